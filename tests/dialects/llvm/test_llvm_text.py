"""Every op of the llvm dialect reads and prints as upstream's does."""

import shutil
import subprocess
from pathlib import Path

import pytest

from stepwell.ir.diagnostics import ParseError, VerifyError
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import PrintOptions, print_to_text
from stepwell.ir.verifier import verify

HERE = Path(__file__).parent
MLIR_OPT = shutil.which("mlir-opt-22")
FILES = ("ops.mlir", "intrinsics.mlir")
GENERIC = PrintOptions(generic=True)


def upstream(text: str, *flags: str) -> str:
    assert MLIR_OPT is not None
    ran = subprocess.run([MLIR_OPT, *flags], input=text, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


@pytest.mark.parametrize("name", FILES)
def test_text_is_a_fixed_point(name: str) -> None:
    module = parse_module((HERE / name).read_text())
    custom, generic = print_to_text(module), print_to_text(module, GENERIC)
    assert print_to_text(parse_module(custom)) == custom
    assert print_to_text(parse_module(generic), GENERIC) == generic


@pytest.mark.skipif(MLIR_OPT is None, reason="needs mlir-opt-22")
@pytest.mark.parametrize("name", FILES)
def test_upstream_reads_both_forms_as_the_same_program(name: str) -> None:
    source = (HERE / name).read_text()
    module = parse_module(source)
    expected = upstream(source)
    assert upstream(print_to_text(module)) == expected
    assert upstream(print_to_text(module, GENERIC)) == expected


@pytest.mark.parametrize("name", FILES)
def test_corpus_verifies(name: str) -> None:
    verify(parse_module((HERE / name).read_text()))


TYPES = [
    "!llvm.ptr", "!llvm.ptr<3>", "!llvm.void", "!llvm.array<4 x ptr>", "!llvm.func<void ()>",
    "!llvm.func<i32 (ptr, ...)>", "!llvm.struct<()>", "!llvm.struct<(i32, array<2 x f32>)>",
    "!llvm.struct<packed (i8, i64)>", '!llvm.struct<"a", (ptr, struct<"a">)>',
    '!llvm.struct<"o", opaque>', "!llvm.array<2 x vector<4xf32>>", "vector<2x!llvm.ptr<1>>",
    "!llvm.metadata", "!llvm.token", "!llvm.label",
]  # fmt: skip


@pytest.mark.parametrize("type", TYPES)
def test_types_print_as_read(type: str) -> None:
    module = parse_module(f"module attributes {{a.t = {type}}} {{}}")
    assert f"a.t = {type}}}" in print_to_text(module)


WRONG = [
    ("%0 = llvm.zext %x : i32 to i16", "integer width of the output type is smaller or equal"),
    ("llvm.fence monotonic", "can be given only acquire, release, acq_rel, and seq_cst orderings"),
    ("%0 = llvm.getelementptr %p[0, 1] : (!llvm.ptr) -> !llvm.ptr, i32", "cannot be indexed"),
    (
        "%0 = llvm.getelementptr %p[0, %x] : (!llvm.ptr, i32) -> !llvm.ptr, !llvm.struct<(i32)>",
        "expected index 1 indexing a struct to be constant",
    ),
    ("llvm.return %x : i32", "expected no operands"),
    ("%0 = llvm.add %x, %p : i32", "expects different type than prior uses"),
    ("%0 = llvm.extractvalue %s[2] : !llvm.struct<(i32)>", "position out of bounds"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "message"), WRONG)
def test_wrong_programs_are_refused(line: str, message: str) -> None:
    head = "llvm.func @f(%x: i32, %p: !llvm.ptr, %s: !llvm.struct<(i32)>) {"
    end = "" if "llvm.return" in line else "llvm.return"
    with pytest.raises((ParseError, VerifyError), match=message):
        verify(parse_module(f"{head}\n{line}\n{end}\n}}"))

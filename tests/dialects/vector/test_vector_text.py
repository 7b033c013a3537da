# ruff: noqa: E501
"""Every op of the vector dialect reads and prints as upstream's does."""

import shutil
import subprocess
from pathlib import Path

import pytest

from stepwell.ir.diagnostics import ParseError, VerifyError
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import PrintOptions, print_to_text
from stepwell.ir.verifier import verify

CORPUS = (Path(__file__).parent / "ops.mlir").read_text()
MLIR_OPT = shutil.which("mlir-opt-22")
GENERIC = PrintOptions(generic=True)


def upstream(text: str) -> str:
    assert MLIR_OPT is not None
    ran = subprocess.run([MLIR_OPT], input=text, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_text_is_a_fixed_point() -> None:
    module = parse_module(CORPUS)
    custom, generic = print_to_text(module), print_to_text(module, GENERIC)
    assert print_to_text(parse_module(custom)) == custom
    assert print_to_text(parse_module(generic), GENERIC) == generic


@pytest.mark.skipif(MLIR_OPT is None, reason="needs mlir-opt-22")
def test_upstream_reads_both_forms_as_the_same_program() -> None:
    module = parse_module(CORPUS)
    expected = upstream(CORPUS)
    assert upstream(print_to_text(module)) == expected
    assert upstream(print_to_text(module, GENERIC)) == expected


def test_corpus_verifies() -> None:
    verify(parse_module(CORPUS))


WRONG = [
    ("%0 = vector.shape_cast %v : vector<2x4xf32> to vector<9xf32>", "different number of elements"),
    ("%0 = vector.broadcast %v : vector<2x4xf32> to vector<4xf32>", "source rank higher than"),
    ("%0 = vector.transpose %v, [0, 0] : vector<2x4xf32> to vector<2x2xf32>", "duplicate"),
    ("%0 = vector.extract %v[2] : vector<4xf32> from vector<2x4xf32>", "position attribute #1"),
    ("%0 = vector.insert %f, %v [1] : f32 into vector<2x4xf32>", "expected position attribute rank"),
    ("%0 = vector.shuffle %v, %v [4] : vector<2x4xf32>, vector<2x4xf32>", "mask index #1 out of"),
    ("%0 = vector.bitcast %v : vector<2x4xf32> to vector<2x4xf64>", "bitwidth of the minor"),
    ("%0 = vector.transfer_read %m[%i], %f : memref<8x8xf32>, vector<4xf32>", "requires 2 indices"),
    ("%0 = vector.transfer_read %m[%i], %f : memref<8x8xf32>", "requires two types"),
    ("vector.transfer_write %v, %m[%i] : vector<2x4xf32>", "requires two types"),
    ("%0 = vector.load %m[%i] : memref<8x8xf32>, vector<4xf32>", "requires 2 indices"),
    ("%0 = vector.from_elements %f : vector<2xf32>", "does not match the number of elements"),
    (
        "%0 = vector.multi_reduction <add>, %v, %f [0] : vector<2x4xf32> to f32",
        "is incompatible with source type",
    ),
    ("%0 = vector.reduction <minsi>, %w : vector<4xf32> into f32", "unsupported reduction type"),
]  # fmt: skip


@pytest.mark.parametrize(("line", "message"), WRONG)
def test_wrong_programs_are_refused(line: str, message: str) -> None:
    head = "func.func @f(%v: vector<2x4xf32>, %w: vector<4xf32>, %f: f32, %m: memref<8x8xf32>, %i: index) {"
    with pytest.raises((ParseError, VerifyError), match=message):
        verify(parse_module(f"{head}\n{line}\nreturn\n}}"))

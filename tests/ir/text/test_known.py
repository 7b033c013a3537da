"""The short ways for lines and ops like an earlier one give what the general ways give."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from stepwell.ir.diagnostics import ParseError
from stepwell.ir.operation import Operation
from stepwell.ir.text.known_lines import KnownLines
from stepwell.ir.text.known_shapes import KnownShapes
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import PrintOptions, print_to_text
from stepwell.ir.verifier import verify
from tests.effort import calls_made

ROOT = Path(__file__).parents[3]
sys.path.insert(0, str(ROOT / "benchmarks"))
from generated_text import OPS_A_FUNCTION, program  # noqa: E402

CORPUS = sorted([*ROOT.glob("examples/**/*.mlir"), *ROOT.glob("tests/**/*.mlir")])
WITH_PLACES = PrintOptions(generic=True, locations=True)
OPTIONS = [
    PrintOptions(),
    PrintOptions(generic=True),
    PrintOptions(keep_names=False, local_scope=True),
    PrintOptions(locations=True, elide_elements=2),
]


@contextmanager
def only_general_ways() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KnownLines, "read", lambda known, p: False)
        patch.setattr(KnownShapes, "line", lambda known, op, dialect: None)
        yield


def outcome(text: str) -> str:
    """The program with all its places, or the errors."""
    try:
        return print_to_text(parse_module(text, allow_unregistered=True), WITH_PLACES)
    except ParseError as error:
        return str(error)


def chunks(path: Path) -> list[str]:
    return path.read_text().split("// -----")


def check_reading(text: str) -> str:
    found = outcome(text)
    with only_general_ways():
        assert outcome(text) == found
    return found


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: str(path.relative_to(ROOT)))
def test_the_corpus_is_read_and_written_as_by_the_general_ways(path: Path) -> None:
    for chunk in chunks(path):
        check_reading(f"{chunk}\n{chunk}")  # so that every line was read before
        try:
            module = parse_module(chunk, allow_unregistered=True)
        except ParseError:
            continue
        for options in OPTIONS:
            found = print_to_text(module, options)
            with only_general_ways():
                assert print_to_text(module, options) == found


def in_function(*lines: str) -> str:
    body = "\n".join(f"  {line}" for line in lines)
    return f"func.func @f(%a: i32, %b: i32, %i: index, %j: index, %m: memref<8xf32>) {{\n{body}\n}}"


@pytest.mark.parametrize(
    "lines",
    [
        # The next line goes on.
        ('%x = "t.f"(%a) : (i32) -> i32', '%y = "t.f"(%b) : (i32) -> i32', 'loc("here")', "return"),
        ('"t.f"(%a) : (i32) -> ()', '"t.f"(%b) : (i32) -> ()', '  loc("here")', "return"),
        ("return", "return", "%a : i32"),
        # The line is the same, what it means is not.
        ("%x = arith.addi %a, %b : i32", "%y = arith.addi %x, %i : i32", "return"),
        ("%x = arith.addi %a, %b : i32", "%x = arith.addi %a, %b : i32", "return"),
        ("%x = arith.addi %a, %b : i32", "%y = arith.addi %x, %late : i32", "return"),
        ("%x = arith.addi %a, %b : i32", "%y = arith.addi %x, %x : i32", "return"),
        ("%x = arith.subi %a, %a : i32", "%y = arith.subi %x, %x : i32",
         "%z = arith.subi %x, %y : i32", "%w = arith.subi %z, %z : i32", "return"),
        ("%x = affine.load %m[%i + %i] : memref<8xf32>",
         "%y = affine.load %m[%j + %j] : memref<8xf32>",
         "%z = affine.load %m[%i + %j] : memref<8xf32>", "return"),
        ("%x = affine.load %m[%i + %j] : memref<8xf32>",
         "%y = affine.load %m[%i + %i] : memref<8xf32>",
         "%z = affine.load %m[%j + %i] : memref<8xf32>", "return"),
        # Names that are no operands, and names of parts.
        ('"t.f"(%a) {s = "%b"} : (i32) -> ()', '"t.f"(%b) {s = "%a"} : (i32) -> ()', "return"),
        ("%x = arith.addi %a, %b : i32  // %a", "%y = arith.addi %b, %x : i32  // %b", "return"),
        ('%p:2 = "t.f"() : () -> (i32, i32)', "%x = arith.addi %a, %b : i32",
         "%y = arith.addi %p#1, %p#0 : i32", "%z = arith.addi %p, %y#0 : i32", "return"),
        # Uses before definitions.
        ("cf.br ^c", "^b:", "%x = arith.addi %v, %a : i32", "%y = arith.addi %w, %a : i32",
         "return", "^c:", "%v = arith.muli %a, %b : i32", "%w = arith.muli %b, %v : i32",
         "cf.br ^b"),
        ("^c:", "%x = arith.addi %v, %a : f32", "%u = arith.muli %a, %b : i32",
         "%v = arith.muli %a, %b : i32", "return"),
    ],
)  # fmt: skip
def test_a_line_like_an_earlier_one(lines: tuple[str, ...]) -> None:
    check_reading(in_function(*lines))


def test_a_word_means_what_the_region_and_the_aliases_say() -> None:
    call = 'llvm.func @f(%a: i32) {\n  "t.f"() {x = #x} : () -> ()\n  llvm.return\n}'
    text = f'#x = 1 : i32\n{call}\nfunc.func @g() {{\n  "t.f"() {{x = #x}} : () -> ()\n  return\n}}'
    check_reading(text)
    again = text.replace("#x = 1", "#x = 2").replace("@f", "@h").replace("@g", "@k")
    check_reading(f"{text}\n{again}")


def test_lines_that_end_the_file_or_end_as_on_windows() -> None:
    lines = ["module {", '  "t.f"() : () -> i32', '  "t.f"() : () -> i32', "}"]
    assert check_reading("\n".join(lines)) == check_reading("\n".join(lines) + "\n")
    assert "t.f" in check_reading("\r\n".join(lines))
    check_reading("\n".join(lines[:-1]))
    check_reading("\n".join(lines[:-1])[:-1])


# What is measured plus 15 percent. Not seconds: those are for `benchmarks/text_speed.py`.
CALLS_AN_OP = {"parse": 35, "verify": 15.5, "print": 31}


@pytest.fixture(scope="module")
def large() -> str:
    parse_module(program(1))  # loads the dialects
    return program(60)


def test_calls_an_op(large: str) -> None:
    modules: list[Operation] = []
    module = parse_module(large)
    actions = {
        "parse": lambda: modules.append(parse_module(large)),
        "verify": lambda: verify(module),
        "print": lambda: print_to_text(module),
    }
    found = {name: calls_made(action) / 60 / OPS_A_FUNCTION for name, action in actions.items()}
    assert all(found[name] < most for name, most in CALLS_AN_OP.items()), found

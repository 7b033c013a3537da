"""Index arithmetic: text, meaning, canonical form."""

import itertools

import pytest

from stepwell.dialects.index.bounds import Bounds
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.numbers.integers import to_signed
from stepwell.ir.text.parse import parse_module
from tests.dialects.canonical_form import HAS_ORACLE, NO_ORACLE, oracle, ours

BINARY = (
    "add sub mul divs divu ceildivs ceildivu floordivs rems remu maxs maxu mins minu and or xor \
shl shrs shru".split()
)
PREDICATES = "eq ne slt sle sgt sge ult ule ugt uge".split()
TEXT = (
    "func.func @f(%a: index, %b: index, %i: i32) {\n"
    + "".join(f"  %{name} = index.{name} %a, %b {{note}}\n" for name in BINARY)
    + "".join(f"  %c{word} = index.cmp {word}(%a, %b)\n" for word in PREDICATES)
    + "  %x = index.casts %a : index to i32\n  %y = index.castu %i : i32 to index\n"
    "  %k = index.constant -3\n  %t = index.bool.constant true\n  %s = index.sizeof\n  return\n}"
)


@pytest.mark.skipif(not HAS_ORACLE, reason=NO_ORACLE)
def test_reads_and_prints_as_upstream() -> None:
    assert ours(TEXT).split() == oracle(TEXT).split()
    assert oracle(ours(TEXT, generic=True)) == oracle(TEXT)


def call(op: str, *values: int) -> object:
    text = (
        "func.func @f(%a: index, %b: index) -> index {"
        f" %r = index.{op} %a, %b return %r : index }}"
    )
    return Interpreter(parse_module(text)).call("f", *values)


@pytest.mark.parametrize(
    ("op", "a", "b", "expected"),
    [
        ("add", 2**63 - 1, 1, -(2**63)),
        ("divu", -1, 2, 2**63 - 1),
        ("ceildivs", 7, 2, 4),
        ("floordivs", -7, 2, -4),
        ("rems", -7, 2, -1),
        ("maxu", -1, 1, -1),
        ("shru", -1, 63, 1),
        ("shrs", -1, 63, -1),
    ],
)
def test_values(op: str, a: int, b: int, expected: int) -> None:
    assert call(op, a, b) == expected


def test_comparisons_are_decided_only_when_they_hold_of_all_values() -> None:
    text = """
    func.func @f(%a: index) -> (i1, i1, i1) {
      %five = index.constant 5
      %zero = index.constant 0
      %m = index.minu %a, %five
      %n = index.maxs %a, %five
      %x = index.cmp sgt(%m, %five)
      %y = index.cmp ult(%n, %five)
      %z = index.cmp sgt(%m, %zero)
      return %x, %y, %z : i1, i1, i1
    }"""
    found = ours(text, canonicalize=True)
    assert found.count("index.cmp") == 1 and "return %false, %false, %" in found


def test_bounds_answer_as_all_values_do() -> None:
    width = 64
    limits = (-3, 0, 4, -(2**63), 2**63 - 1)
    samples = sorted({to_signed(limit + step, width) for limit in limits for step in (-1, 0, 1)})
    for low, high in itertools.product(limits, repeat=2):
        if low > high:
            continue
        bounds, inside = Bounds.of_signed(low, high), [s for s in samples if low <= s <= high]
        for word, limit in itertools.product(PREDICATES, limits):
            answer = bounds.always(word, Bounds.of_signed(limit, limit))
            if answer is not None:
                text = (
                    f"func.func @f(%a: index, %b: index) {{ %r = index.cmp {word}(%a, %b) return }}"
                )
                op = parse_module(text).regions[0].entry.first.regions[0].entry.first  # type: ignore[union-attr]
                assert all(op.evaluate(value, limit) == answer for value in inside)  # type: ignore[union-attr]

"""Values are preserved: by building, simplifying, composing, printing and reading."""

from collections.abc import Callable
from typing import TypeAlias

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from stepwell.ir.affine import (
    AffineBinary,
    AffineConstant,
    AffineDim,
    AffineExpr,
    AffineMap,
    AffineSymbol,
)
from stepwell.ir.affine.expr import post_order
from stepwell.ir.affine.simplify import simplify_expr
from stepwell.ir.affine.text import parse_map

DIMS, SYMBOLS = 3, 2
Point: TypeAlias = tuple[list[int], list[int]]
# An expression and, worked out apart from it, its value at a point.
Pair: TypeAlias = tuple[AffineExpr, Callable[[Point], int]]

few = settings(max_examples=150)


def _leaf(kind: str, n: int) -> Pair:
    if kind == "dim":
        return AffineDim(n % DIMS), lambda p: p[0][n % DIMS]
    if kind == "symbol":
        return AffineSymbol(n % SYMBOLS), lambda p: p[1][n % SYMBOLS]
    return AffineConstant(n), lambda p: n


def _node(kind: str, left: Pair, right: Pair, n: int) -> Pair:
    (a, f), (b, g) = left, right
    if kind == "+":
        return a + b, lambda p: f(p) + g(p)
    if kind == "-":
        return a - b, lambda p: f(p) - g(p)
    if kind == "*":
        return a * (n - 5), lambda p: f(p) * (n - 5)
    if kind == "mod":
        return a % n, lambda p: f(p) % n
    if kind == "floordiv":
        return a // n, lambda p: f(p) // n
    if kind == "ceildiv":
        return a.ceildiv(n), lambda p: -(-f(p) // n)
    if kind == "symbol product":
        return a * AffineSymbol(n % SYMBOLS), lambda p: f(p) * p[1][n % SYMBOLS]
    return a - a // n * n, lambda p: f(p) - f(p) // n * n


PURE = ["+", "+", "-", "*", "mod", "floordiv", "ceildiv", "remainder"]
leaves = st.builds(_leaf, st.sampled_from(["dim", "symbol", "constant"]), st.integers(-9, 9))


def _pairs(kinds: list[str]) -> st.SearchStrategy[Pair]:
    return st.recursive(
        leaves,
        lambda inner: st.builds(_node, st.sampled_from(kinds), inner, inner, st.integers(1, 12)),
        max_leaves=12,
    )


numbers = st.integers(-100, 100)
points = st.tuples(
    st.lists(numbers, min_size=DIMS, max_size=DIMS),
    st.lists(st.integers(1, 50), min_size=SYMBOLS, max_size=SYMBOLS),
)
pure = _pairs(PURE)
semi = _pairs([*PURE, "symbol product"])


def _value(expr: AffineExpr, point: Point) -> int:
    return AffineMap(DIMS, SYMBOLS, (expr,)).evaluate(*point)[0]


@few
@given(semi, points)
def test_building_preserves_the_value(pair: Pair, point: Point) -> None:
    expr, value = pair
    assert _value(expr, point) == value(point)


@few
@given(pure, points)
def test_simplifying_preserves_the_value(pair: Pair, point: Point) -> None:
    simple = simplify_expr(pair[0], DIMS, SYMBOLS)
    assert _value(simple, point) == pair[1](point)


@few
@given(semi)
def test_the_divisor_divides(pair: Pair) -> None:
    divisor = pair[0].largest_known_divisor
    for point in (([7, -3, 5], [2, 9]), ([1, 0, -13], [1, 4])):
        value = pair[1](point)
        assert value == 0 if divisor == 0 else value % divisor == 0


@few
@given(semi, points)
def test_printing_and_reading_preserve_the_value(pair: Pair, point: Point) -> None:
    map = AffineMap(DIMS, SYMBOLS, (pair[0],))
    assert parse_map(str(map)).evaluate(*point) == (pair[1](point),)


@few
@given(semi)
def test_a_printed_map_reads_back_as_itself(pair: Pair) -> None:
    # MLIR prints a + (b + c) as a + b + c, which reads as (a + b) + c.
    assume(not any(_is_grouped_right(node) for node in post_order(pair[0])))
    map = AffineMap(DIMS, SYMBOLS, (pair[0],))
    assert parse_map(str(map)) is map


def _is_grouped_right(node: AffineExpr) -> bool:
    match node:
        case AffineBinary(kind="add", rhs=AffineBinary(kind="add")):
            return True
    return False


@few
@given(st.lists(semi, min_size=2, max_size=2), st.lists(semi, min_size=2, max_size=2), points)
def test_composing_is_applying_in_turn(outer: list[Pair], inner: list[Pair], point: Point) -> None:
    fold = [AffineDim(0), AffineDim(1), AffineDim(0) + AffineDim(1)]
    f = AffineMap(DIMS, SYMBOLS, tuple([e for e, _ in outer])).replace(fold, (), 2, SYMBOLS)
    g = AffineMap(DIMS, SYMBOLS, tuple([e for e, _ in inner]))
    dims, symbols = point
    both = f.compose(g).evaluate(dims, symbols + symbols)
    assert both == f.evaluate(g.evaluate(dims, symbols), symbols)

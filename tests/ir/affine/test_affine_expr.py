"""Expressions are canonical and interned, and print as MLIR prints them."""

import copy

import numpy as np
import pytest

from stepwell.ir.affine import (
    AffineBinary,
    AffineConstant,
    AffineDim,
    AffineExpr,
    AffineSymbol,
    binary,
    evaluate,
    replace,
)

d0, d1, d2 = AffineDim(0), AffineDim(1), AffineDim(2)
s0, s1 = AffineSymbol(0), AffineSymbol(1)

# Each pair was read off mlir-opt.
CANONICAL: list[tuple[AffineExpr, str]] = [
    (3 + d0, "d0 + 3"),
    (2 * d1, "d1 * 2"),
    (d0 + d0 * 3, "d0 * 4"),
    (s0 + d0, "d0 + s0"),
    (s0 * d0, "d0 * s0"),
    (d1 + d0, "d0 + d1"),
    (s1 + s0, "s0 + s1"),
    (s1 * s0, "s0 * s1"),
    (s1 * 2 * s0, "(s0 * s1) * 2"),
    (d1 * 2 + d0, "d1 * 2 + d0"),
    (d2 + d0 + d1, "d0 + d2 + d1"),
    (d0 + 1 + d1, "d0 + d1 + 1"),
    (d0 + (1 + d1) + 2, "d0 + d1 + 1 + 2"),
    ((d0 + 1) * 2, "(d0 + 1) * 2"),
    (-(d0 + d1), "-(d0 + d1)"),
    (d0 - d1 * 2, "d0 - d1 * 2"),
    (d0 - (d1 - 2), "d0 - (d1 - 2)"),
    (d0 - d1 // 2, "d0 - d1 floordiv 2"),
    (d0 * -3 + d1, "d0 * -3 + d1"),
    (-(d0 // 2), "-(d0 floordiv 2)"),
    ((-d0) % 4, "(-d0) mod 4"),
    (d0 * 4 % 2, "0"),
    ((d0 * 4 + d1) // 4, "d0 + d1 floordiv 4"),
    ((d0 * 4 + d1) % 4, "d1 mod 4"),
    (d0 % 12 % 4, "d0 mod 4"),
    (d0 % 6 % 4, "(d0 mod 6) mod 4"),
    (d0 - 4 * (d0 // 4), "d0 mod 4"),
    (d0 - d0 // s0 * s0, "d0 mod s0"),
    (d0 + d1 - d1 // 8 * 8, "d0 + d1 mod 8"),
    (d0 + d1 - d1 // s0 * s0, "d0 + d1 - (d1 floordiv s0) * s0"),
    (d0 + d1 // 2 - d1 // 2, "d0"),
    (d0 + d1 - d1, "d0 + d1 - d1"),
    ((d0 * 6).ceildiv(3), "d0 * 2"),
    ((d0 * 6 + 3).ceildiv(3), "(d0 * 6 + 3) ceildiv 3"),
    (AffineConstant(-5) // 3, "-2"),
    (AffineConstant(-5) % 3, "1"),
    (AffineConstant(5).ceildiv(3), "2"),
    (d0 // 0, "d0 floordiv 0"),
    (AffineConstant(5) % -3, "5 mod -3"),
    (AffineConstant((1 << 63) - 1) + 1, "9223372036854775807 + 1"),
    (d0 * ((1 << 63) - 1) * 2, "d0 * -2"),
    (d0 - ((1 << 63) - 1) - 1, "d0 - -9223372036854775808"),
]


@pytest.mark.parametrize(("expr", "text"), CANONICAL, ids=[text for _, text in CANONICAL])
def test_an_expression_is_canonical_and_prints_as_mlir_does(expr: AffineExpr, text: str) -> None:
    assert str(expr) == text


def test_equal_expressions_are_one_object() -> None:
    assert (d0 * 2 + 1) // s0 is (1 + 2 * d0) // s0
    assert binary("ceildiv", d0, s0) is d0.ceildiv(s0)
    assert copy.deepcopy(d0 + 1) is d0 + 1


def test_expressions_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        d0.position = 3  # type: ignore[misc]


def test_facts_about_an_expression() -> None:
    assert (s0 * s1 + 3).is_symbolic_or_constant
    assert not (s0 + d0).is_symbolic_or_constant
    assert (d0 * 3 % 7).is_pure_affine
    assert not (d0 * s0).is_pure_affine
    assert not (d0 % s0).is_pure_affine
    assert (d0 * 12 + d1 * 8).largest_known_divisor == 4
    assert (d0 * 12 // 8).largest_known_divisor == 1
    assert AffineBinary("floordiv", d0 * 12, AffineConstant(-4)).largest_known_divisor == 3
    assert AffineConstant(0).is_multiple_of(7)
    assert (d0 + s0).uses_dim(0) and not (d0 + s0).uses_dim(1)
    assert (d0 + s1).uses_symbol(1) and not (d0 + s1).uses_symbol(0)


@pytest.mark.parametrize("wrong", [lambda: AffineDim(-1), lambda: AffineSymbol(-1)])
def test_a_negative_position_is_refused(wrong: object) -> None:
    with pytest.raises(ValueError, match="cannot be -1"):
        wrong()  # type: ignore[operator]


def test_a_constant_has_64_bits() -> None:
    assert AffineConstant(-(1 << 63)).value == -(1 << 63)
    with pytest.raises(ValueError, match="does not fit"):
        AffineConstant(1 << 63)


def test_only_expressions_and_integers_are_operands() -> None:
    with pytest.raises(TypeError, match="expected an affine expression"):
        d0 + "1"  # type: ignore[operator]


def test_evaluate_rounds_as_the_operations_say() -> None:
    assert evaluate(d0 // 2, [-3]) == -2
    assert evaluate(d0.ceildiv(2), [-3]) == -1
    assert evaluate(d0 % 4, [-3]) == 1
    assert evaluate(d0 * s0 + d1 % s1, [2, 9], [5, 4]) == 11
    with pytest.raises(ZeroDivisionError):
        evaluate(d0 // s0, [1], [0])


def test_evaluate_takes_arrays() -> None:
    i, j = np.arange(-20, 20), np.arange(40)[:, None]
    expr = (d0 * 3 + d1) // 4 - d0 % 5 + (d1 - d0).ceildiv(s0)
    want = (i * 3 + j) // 4 - i % 5 - (-(j - i) // 3)
    np.testing.assert_array_equal(evaluate(expr, [i, j], [3]), want)


def test_replace_leaves_positions_without_replacement() -> None:
    assert replace(d0 + d1 * s0, [d1]) is d1 + d1 * s0
    assert replace(d0 % s0, [d0 * 8], [AffineConstant(4)]) is AffineConstant(0)


def test_deep_expressions_do_not_overflow_the_stack() -> None:
    nested: AffineExpr = d0
    right: AffineExpr = d0
    total: AffineExpr = d0 * 8
    for i in range(5_000):
        nested = (nested + 1) * s0
        right = AffineDim(i % 3) * 8 + right
        total = total + AffineDim(i % 3) * 8
    assert str(nested).endswith(" + 1) * s0")
    assert (right // 8).dim_bound == 3
    assert str(right % 8) == "(d0 * 9) mod 8"
    assert total % 4 is AffineConstant(0)
    assert evaluate(total // 8, [1, 1, 1]) == 5_001
    assert replace(right, [d0, d0, d0]).dim_bound == 1
    assert (right + (d0 // 4) * 4).dim_bound == 3

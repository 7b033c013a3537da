"""Maps: making, asking, composing, cutting; and integer sets."""

import pytest

from stepwell.ir.affine import AffineConstant, AffineDim, AffineMap, IntegerSet, concat_maps
from stepwell.ir.affine.map import apply_permutation
from stepwell.ir.affine.text import parse_map, parse_set

d0, d1 = AffineDim(0), AffineDim(1)


def test_making_maps() -> None:
    assert AffineMap.identity(2) is parse_map("(i, j) -> (i, j)")
    assert AffineMap.multi_dim_identity(0) is parse_map("() -> ()")
    assert AffineMap.minor_identity(3, 2) is parse_map("(i, j, k) -> (j, k)")
    assert AffineMap.constant(4, -1) is parse_map("() -> (4, -1)")
    assert AffineMap.permutation([2, 0, 1]) is parse_map("(i, j, k) -> (k, i, j)")
    assert AffineMap.filtered_identity(3, lambda i: i != 1) is parse_map("(i, j, k) -> (i, k)")
    assert AffineMap(1, 0, [d0, 0]) is parse_map("(i) -> (i, 0)")  # type: ignore[arg-type]


def test_what_cannot_be_made_is_refused() -> None:
    with pytest.raises(ValueError, match="more than 1 dimensions"):
        AffineMap(1, 0, (d1,))
    with pytest.raises(ValueError, match="not a permutation"):
        AffineMap.permutation([0, 0])
    with pytest.raises(ValueError, match="last 3 of 2"):
        AffineMap.minor_identity(2, 3)


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("(d0, d1) -> (d0, d1)", "identity minor permutation projected"),
        ("(d0, d1) -> (d1, d0)", "permutation projected"),
        ("(d0, d1) -> (d1)", "minor projected"),
        ("(d0, d1) -> (d0)", "projected"),
        ("(d0, d1) -> (d0, d0)", ""),
        ("(d0, d1) -> (d0, 0)", "projected-or-zero"),
        ("(d0) -> (d0, 0)", ""),
        ("(d0)[s0] -> (d0)", "identity"),
        ("()[s0] -> (s0)", "symbol-identity"),
        ("(d0, d1) -> (3, 4)", "constant"),
        ("() -> ()", "identity minor permutation projected constant symbol-identity empty"),
    ],
)
def test_kinds_of_maps(text: str, facts: str) -> None:
    map, facts_wanted = parse_map(text), set(facts.split())
    if "projected" in facts_wanted:
        facts_wanted.add("projected-or-zero")
    found = {
        "identity": map.is_identity,
        "minor": map.is_minor_identity,
        "permutation": map.is_permutation,
        "projected": map.is_projected_permutation(),
        "projected-or-zero": map.is_projected_permutation(allow_zeros=True),
        "constant": map.is_constant and (map.num_results > 0 or map.is_empty),
        "symbol-identity": map.is_symbol_identity and not map.num_dims,
        "empty": map.is_empty,
    }
    assert {name for name, holds in found.items() if holds} == facts_wanted


def test_compose_puts_the_outer_symbols_first() -> None:
    outer = parse_map("(d0, d1)[s0] -> (d0 + s0, d1 mod 4)")
    inner = parse_map("(d0)[s0] -> (d0 * 2 - s0, d0 * 8)")
    assert str(outer.compose(inner)) == "(d0)[s0, s1] -> (d0 * 2 - s1 + s0, 0)"
    with pytest.raises(ValueError, match="cannot compose"):
        inner.compose(inner)


def test_evaluate_checks_the_number_of_inputs() -> None:
    map = parse_map("(d0)[s0] -> (d0 * s0, d0 floordiv 2)")
    assert map.evaluate([-3], [4]) == (-12, -2)
    with pytest.raises(ValueError, match="cannot take"):
        map.evaluate([1, 2], [4])


def test_constant_fold_with_what_is_known() -> None:
    map = parse_map("(d0, d1)[s0] -> (d0 + s0, d1 * 2, 7)")
    partly, values = map.partial_constant_fold([1, None, 4])
    assert (str(partly), values) == ("(d0, d1)[s0] -> (5, d1 * 2, 7)", None)
    assert map.constant_fold([1, 3, 4]) == (5, 6, 7)
    assert parse_map("(d0) -> (d0 floordiv 0)").constant_fold([3]) is None
    assert parse_map("(d0) -> (d0 mod -2)").constant_fold([3]) is None


def test_choosing_results() -> None:
    map = parse_map("(i, j, k) -> (i, 0, j, k)")
    assert str(map.sub_map([2, 0])) == "(d0, d1, d2) -> (d1, d0)"
    assert str(map.slice_map(1, 2)) == "(d0, d1, d2) -> (0, d1)"
    assert str(map.major_sub_map(1)) == "(d0, d1, d2) -> (d0)"
    assert str(map.minor_sub_map(2)) == "(d0, d1, d2) -> (d1, d2)"
    assert map.minor_sub_map(9) is map
    assert str(map.drop_results({0, 3})) == "(d0, d1, d2) -> (0, d1)"
    assert map.drop_zero_results() is AffineMap.identity(3)
    assert str(map.insert_result(d1 + 1, 1)) == "(d0, d1, d2) -> (d0, d1 + 1, 0, d1, d2)"
    assert map.result_position(d1) == 2 and map.result_position(d0 + 1) is None


def test_changing_inputs() -> None:
    map = parse_map("(i, j, k)[m, n] -> (k + n, i)")
    assert str(map.shift_dims(2, 1)) == "(d0, d1, d2, d3, d4)[s0, s1] -> (d4 + s1, d0)"
    assert str(map.shift_symbols(1)) == "(d0, d1, d2)[s0, s1, s2] -> (d2 + s2, d0)"
    assert str(map.compress_unused_dims()) == "(d0, d1)[s0, s1] -> (d1 + s1, d0)"
    assert str(map.compress_unused_symbols()) == "(d0, d1, d2)[s0] -> (d2 + s0, d0)"
    with pytest.raises(ValueError, match="to be removed"):
        map.compress_dims({0})
    with pytest.raises(ValueError, match="to be removed"):
        map.compress_symbols({1})


def test_inverse_permutation() -> None:
    map = parse_map("(i, j, k) -> (k, i, i + j, j, k)")
    inverse = map.inverse_permutation()
    assert str(inverse) == "(d0, d1, d2, d3, d4) -> (d1, d3, d0)"
    assert parse_map("(i, j) -> (i)").inverse_permutation() is None
    with pytest.raises(ValueError, match="has symbols"):
        parse_map("(i)[n] -> (i)").inverse_permutation()
    assert apply_permutation(AffineMap.permutation([2, 0, 1]), "abc") == ["c", "a", "b"]


def test_concat_shares_dims_but_not_symbols() -> None:
    maps = [parse_map("(i)[n] -> (i + n)"), parse_map("(i, j)[n] -> (j * n)"), AffineMap(0, 0)]
    assert str(concat_maps(maps)) == "(d0, d1)[s0, s1] -> (d0 + s0, d1 * s1)"


def test_largest_known_divisor_of_all_results() -> None:
    assert parse_map("(i, j) -> (i * 12, j * 8 + 4)").largest_known_divisor == 4


def test_sets() -> None:
    points = parse_set("(i)[n] : (i >= 0, i <= n - 1, i mod 2 == 0)")
    assert [i for i in range(-3, 9) if points.contains([i], [7])] == [0, 2, 4, 6]
    assert (points.num_constraints, points.num_equalities) == (3, 1)
    moved = points.replace([d0 + 1], [AffineConstant(5)], 1, 0)
    assert str(moved) == "(d0) : (d0 + 1 >= 0, -(d0 + 1) + 4 >= 0, (d0 + 1) mod 2 == 0)"
    assert IntegerSet.empty(1, 0) is parse_set("(d0) : (1 == 0)")
    assert IntegerSet.empty(1, 0).is_empty_set and not points.is_empty_set
    with pytest.raises(ValueError, match="need as many flags"):
        IntegerSet(1, 0, (d0,), ())

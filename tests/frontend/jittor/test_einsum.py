"""`jt.einsum`: NumPy's values, derivatives, and what is wrong with an equation."""

from __future__ import annotations

import numpy as np
import pytest

from stepwell.frontend import jittor as jt
from tests.frontend.jittor.gradient_checking import check

SIZES = {"i": 2, "j": 3, "k": 4, "l": 5, "b": 2, "h": 3}
EQUATIONS = [
    "ij,jk->ik", "ij,jk", "ij,kj->ki", "ij->ji", "ij->", "ij->j", "ii->i", "ii", "iji->j",
    "i,i->", "i,j->ij", "ij,ij->ij", "ij,j->i", "bij,bjk->bik", "bhij,bhkj->bhik", "ij,jk,kl->il",
    "i,ij,j->", "ij,kl->", "b ij, b jk -> b ik", "ijk,kl,j->il", "ab,cd->dbca", "ij,ji->i",
]  # fmt: skip


def operands(equation: str) -> list[np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    rng = np.random.default_rng(len(equation))
    terms = equation.replace(" ", "").partition("->")[0].split(",")
    return [rng.standard_normal([SIZES.get(label, 3) for label in term]) for term in terms]


@pytest.mark.parametrize("equation", EQUATIONS)
def test_values_and_derivatives(equation: str) -> None:
    given = operands(equation)
    wanted = np.einsum(equation, *given)
    found = jt.einsum(equation, *(jt.array(one, "float64") for one in given))
    assert tuple(found.shape) == (wanted.shape or (1,))
    np.testing.assert_allclose(found.numpy(), wanted.reshape(found.shape), 1e-12, 1e-12)
    check(lambda *xs: jt.einsum(equation, *xs), given, 1e-6)


@pytest.mark.parametrize(
    "equation, shapes",
    [
        ("...ij,...jk->...ik", [(2, 1, 3, 4), (5, 4, 2)]), ("...i->...", [(2, 3, 4)]),
        ("i...->...i", [(2, 3, 4)]), ("...,...->...", [(3, 1), (4,)]),
        ("...ij,j", [(2, 3, 4), (4,)]), ("ij,ij->i", [(3, 1), (3, 4)]), ("...", [(2, 3)]),
    ],
)  # fmt: skip
def test_dimensions_that_are_broadcast(equation: str, shapes: list[tuple[int, ...]]) -> None:
    rng = np.random.default_rng(1)
    given = [rng.standard_normal(shape) for shape in shapes]
    found = jt.einsum(equation, *(jt.array(one, "float64") for one in given))
    np.testing.assert_allclose(found.numpy(), np.einsum(equation, *given), 1e-12, 1e-12)


def test_types_are_promoted() -> None:
    found = jt.einsum("i,i->i", jt.array([1, 2]), jt.array([0.5, 1.5]))
    assert found.dtype == "float32" and found.tolist() == [0.5, 3.0]


@pytest.mark.usefixtures("nothing_compiled")
def test_a_product_is_a_contraction_and_serves_all_sizes() -> None:
    counts = []
    for size in (3, 8, 20):
        a, b = jt.randn(size, 5), jt.randn(5, size + 1)
        made = jt.einsum("ij,jk->ik", a, b)
        assert "vector." in jt.dump_ir(made, "loops")
        np.testing.assert_allclose(made.numpy(), a.numpy() @ b.numpy(), 1e-4, 1e-4)
        counts.append(jt.compile_stats().compiled)
    assert counts[0] == counts[-1]


@pytest.mark.parametrize(
    "equation, words",
    [
        ("ij,jk->il", "labels twice or of no operand"),
        ("ij,jk->ii", "labels twice or of no operand"),
        ("ij->ij", "is for 1 operands, not 2"),
        ("i,jk->ijk", "'i' in 'i,jk->ijk' does not fit 2 dimensions"),
        ("ijk,jk", "'ijk' in 'ijk,jk' does not fit 2 dimensions"),
        ("ij,ij->i", "'i' in 'ij,ij->i' has sizes 2 and 3"),
        ("i1,jk", "is no equation"),
        ("ii,jk", "'i' in 'ii,jk' has sizes 2 and 3"),
    ],
)
def test_what_is_wrong_is_said(equation: str, words: str) -> None:
    with pytest.raises(jt.TensorError, match=words):
        jt.einsum(equation, jt.ones(2, 3), jt.ones(3, 4))

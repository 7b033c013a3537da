"""Functions of elements, of places and of orders: NumPy's values, and derivatives."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor.methods import Methods
from tests.frontend.jittor.gradient_checking import check

RNG = np.random.default_rng(7)
X = RNG.uniform(0.1, 0.9, (3, 4))
SHAPED = RNG.standard_normal((2, 3, 4)).astype(np.float32)

FUNCTIONS: dict[str, Callable[..., Any]] = {
    "log10": np.log10, "log1p": np.log1p, "expm1": np.expm1, "asin": np.arcsin, "acos": np.arccos,
    "atan": np.arctan, "sinh": np.sinh, "cosh": np.cosh, "asinh": np.arcsinh,
    "atanh": np.arctanh, "floor": np.floor, "ceil": np.ceil, "round": np.round,
    "rsqrt": lambda x: 1 / np.sqrt(x), "sign": np.sign,
}  # fmt: skip


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_of_elements(name: str) -> None:
    function = getattr(jt, name)
    x = jt.array(X, dtype="float64")
    np.testing.assert_allclose(function(x).numpy(), FUNCTIONS[name](X), rtol=1e-9)
    np.testing.assert_allclose(getattr(x, name)().numpy(), FUNCTIONS[name](X), rtol=1e-9)
    if name not in ("floor", "ceil", "round", "sign"):
        check(lambda x: function(x), [X], 1e-5)


def test_acosh_and_rounding() -> None:
    np.testing.assert_allclose(jt.acosh(jt.array(X + 1.5)).numpy(), np.arccosh(X + 1.5), rtol=1e-5)
    assert jt.round(jt.array([0.5, 1.5, -2.5])).tolist() == [0.0, 2.0, -2.0]
    assert jt.sign(jt.array([-3, 0, 2])).tolist() == [-1, 0, 1]


def test_what_is_no_number() -> None:
    x = jt.array([1.0, np.nan, np.inf, -np.inf])
    assert x.isnan().tolist() == [False, True, False, False]
    assert x.isinf().tolist() == [False, False, True, True]
    assert x.isfinite().tolist() == [True, False, False, False]


def test_creation() -> None:
    assert jt.eye(2, 3).tolist() == [[1, 0, 0], [0, 1, 0]]
    np.testing.assert_allclose(jt.linspace(-1, 2, 7).numpy(), np.linspace(-1, 2, 7), rtol=1e-6)
    assert jt.linspace(3, 9, 1).tolist() == [3.0]
    assert jt.full_like(jt.array([1, 2]), 7).tolist() == [7, 7]
    numbers = jt.randint(3, 6, [1000]).numpy()
    assert set(numbers) == {3, 4, 5} and numbers.dtype == np.int32
    assert sorted(jt.randperm(20).tolist()) == list(range(20))  # type: ignore[call-overload]
    drawn = jt.normal(jt.array([5.0, -5.0]), 0.1, [500, 2]).numpy()
    assert np.allclose(drawn.mean(0), [5, -5], atol=0.1) and 0.05 < drawn.std(0).max() < 0.2
    with pytest.raises(jt.TensorError, match="there are no numbers from 3 on and below 3"):
        jt.randint(3, 3)


def test_places_known_beforehand() -> None:
    x = jt.array(SHAPED)
    for k in (-1, 0, 2):
        np.testing.assert_array_equal(jt.tril(x, k).numpy(), np.tril(SHAPED, k))
        np.testing.assert_array_equal(x.triu(k).numpy(), np.triu(SHAPED, k))
    np.testing.assert_array_equal(x.flip(1).numpy(), np.flip(SHAPED, 1))
    np.testing.assert_array_equal(x.flip([0, -1]).numpy(), np.flip(SHAPED, (0, 2)))
    np.testing.assert_array_equal(x.roll(-5, 2).numpy(), np.roll(SHAPED, -5, 2))
    np.testing.assert_array_equal(x.roll(7).numpy(), np.roll(SHAPED, 7))
    np.testing.assert_array_equal(x.repeat(2, 1, 3).numpy(), np.tile(SHAPED, (2, 1, 3)))
    np.testing.assert_array_equal(x.repeat(2, 2, 1, 1).numpy(), np.tile(SHAPED, (2, 2, 1, 1)))
    np.testing.assert_array_equal(x.unbind(1)[2].numpy(), SHAPED[:, 2])
    np.testing.assert_array_equal(
        x.masked_fill(x > 0, -1.0).numpy(), np.where(SHAPED > 0, -1, SHAPED)
    )
    assert jt.one_hot(jt.array([2, 0]), 3).tolist() == [[0, 0, 1], [1, 0, 0]]
    assert jt.one_hot(jt.array([1, 0])).tolist() == [[0, 1], [1, 0]]


def test_places_that_are_values() -> None:
    x = jt.array(SHAPED)
    for dim in range(3):
        np.testing.assert_array_equal(
            x.index_select(dim, jt.array([1, 0, 1])).numpy(), SHAPED.take([1, 0, 1], dim)
        )
        index = RNG.integers(0, SHAPED.shape[dim], (2, 3, 4))
        np.testing.assert_array_equal(
            x.gather(dim, jt.array(index)).numpy(), np.take_along_axis(SHAPED, index, dim)
        )
    part = x.gather(1, jt.array([[[2, 0]]]))
    np.testing.assert_array_equal(part.numpy(), [[[SHAPED[0, 2, 0], SHAPED[0, 0, 1]]]])
    with pytest.raises(jt.TensorError, match="places of shape"):
        x.gather(1, jt.array([[0]]))


def test_orders() -> None:
    x = jt.array(SHAPED)
    for dim in range(3):
        values, places = x.sort(dim)
        np.testing.assert_array_equal(values.numpy(), np.sort(SHAPED, dim))
        np.testing.assert_array_equal(places.numpy(), np.argsort(SHAPED, dim))
        down, places = x.sort(dim, True)
        np.testing.assert_array_equal(down.numpy(), np.flip(np.sort(SHAPED, dim), dim))
    assert jt.argsort(jt.array([1, 0, 1, 0]), descending=True)[0].tolist() == [0, 2, 1, 3]
    values, places = x.topk(2, 1)
    np.testing.assert_array_equal(values.numpy(), np.flip(np.sort(SHAPED, 1), 1)[:, :2])
    assert x.topk(1, 1, largest=False)[0].numpy().tolist() == SHAPED.min(1, keepdims=True).tolist()
    assert jt.nonzero(jt.array([[0, 3], [4, 0]])).tolist() == [[0, 1], [1, 0]]
    assert jt.unique(jt.array([3, 1, 3])).tolist() == [1, 3]


def test_statistics() -> None:
    x = jt.array(SHAPED)
    np.testing.assert_allclose(x.var(1).numpy(), SHAPED.var(1), rtol=1e-4)
    np.testing.assert_allclose(x.var((0, 2), True).numpy(), SHAPED.var((0, 2), ddof=1), rtol=1e-4)
    np.testing.assert_allclose(x.std().numpy(), [SHAPED.std(ddof=1)], rtol=1e-4)
    np.testing.assert_allclose(x.norm().numpy(), np.linalg.norm(SHAPED, axis=-1), rtol=1e-4)
    np.testing.assert_allclose(x.norm(1, 0).numpy(), np.abs(SHAPED).sum(0), rtol=1e-4)
    wanted = np.log(np.exp(SHAPED.astype(float)).sum(1))
    np.testing.assert_allclose(x.logsumexp(1).numpy(), wanted, rtol=1e-4, atol=1e-5)
    assert jt.logsumexp(jt.array([1000.0, 1000.0]), 0).item() == pytest.approx(1000.6931)
    assert (x > 9).any().item() is False and (x > -9).all_(0).numpy().all()


def test_derivatives() -> None:
    places = jt.array([[0, 2, 2, 1]])
    check(lambda x: jt.tril(x) * 2.0 + jt.flip(x, [0, 1]), [X])
    check(lambda x: jt.roll(x, 1, 1) * x.repeat(1, 1), [X])
    check(lambda x: x.gather(0, places) * 3.0, [X])
    check(lambda x: x.index_select(1, jt.array([3, 0, 3])), [X])
    check(lambda x: x.sort(1)[0] * x, [X])
    check(lambda x: x.std(0) + x.norm(2, 0) + x.logsumexp(0), [X])


def test_methods_are_what_is_declared() -> None:
    x = jt.array([[1.5, -2.5]])
    assert all(callable(getattr(x, name)) for name in Methods.__annotations__)
    assert x.int().tolist() == [[1, -2]] and x.double().dtype == "float64"
    assert x.t().shape == [2, 1] and x.squeeze().shape == [2]
    assert x.add(1.0).mul(2.0).tolist() == [[5.0, -3.0]]
    assert x.clamp(-1.0, 1.0).tolist() == [[1.0, -1.0]]


def test_batches_of_matrices() -> None:
    a, b = RNG.standard_normal((2, 3, 4)), RNG.standard_normal((2, 4, 5))
    found = jt.bmm(jt.array(a), jt.array(b)).numpy()
    np.testing.assert_allclose(found, a @ b, rtol=1e-4, atol=1e-5)
    with pytest.raises(jt.TensorError, match="cannot multiply batches"):
        jt.bmm(jt.array(a), jt.array(b[0]))


def test_what_is_alive() -> None:
    info = jt.liveness_info()
    assert info.keys() == {"hold_vars", "lived_vars", "lived_ops"}
    x = jt.array([1.0])
    assert jt.is_var(x) and not jt.is_var(1.0)
    assert jt.liveness_info()["hold_vars"] == info["hold_vars"] + 1

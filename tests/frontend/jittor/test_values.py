"""Operations compute what NumPy computes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from stepwell.frontend import jittor as jt

X = np.array([[-2.5, 0.0, 1.25], [3.5, -0.75, 7.0]], dtype=np.float32)
POSITIVE = np.abs(X) + np.float32(0.5)
ROW = np.array([2.0, -3.0, 0.5], dtype=np.float32)
COLUMN = np.array([[4.0], [-1.0]], dtype=np.float32)
INTEGERS = np.array([-7, 7, 5, -5, 0, -(2**31)], dtype=np.int32)
Array = npt.NDArray[Any]


def same(found: jt.Var, wanted: npt.ArrayLike, tolerance: float = 1e-6) -> None:
    value = found.numpy()
    expected = np.asarray(wanted)
    assert value.shape == tuple(found.shape) == (expected.shape or (1,))
    np.testing.assert_allclose(value, expected.reshape(value.shape), tolerance, tolerance)


BINARY: dict[str, Callable[..., jt.Var | Array]] = {
    "add": lambda a, b: a + b,
    "subtract": lambda a, b: a - b,
    "multiply": lambda a, b: a * b,
    "divide": lambda a, b: a / b,
    "floor_divide": lambda a, b: a // b,
    "mod": lambda a, b: a % b,
    "less": lambda a, b: a < b,
    "less_equal": lambda a, b: a <= b,
    "greater": lambda a, b: a > b,
    "greater_equal": lambda a, b: a >= b,
    "equal": lambda a, b: a == b,
    "not_equal": lambda a, b: a != b,
}


@pytest.mark.parametrize("name", BINARY)
def test_operators_broadcast(name: str) -> None:
    function = BINARY[name]
    x, row, column = jt.array(X), jt.array(ROW), jt.array(COLUMN)
    same(function(x, row), function(X, ROW))  # type: ignore[arg-type]
    same(function(column, row), function(COLUMN, ROW))  # type: ignore[arg-type]
    same(function(x, 1.25), function(X, np.float32(1.25)))  # type: ignore[arg-type]
    same(function(2.0, row), function(np.float32(2.0), ROW))  # type: ignore[arg-type]


@pytest.mark.parametrize("divisor", [2, -2, 3, -1])
def test_integers_are_divided_downwards(divisor: int) -> None:
    x = jt.array(INTEGERS)
    wanted = np.array([int(v) // divisor for v in INTEGERS]).astype(np.int32)
    same(x // divisor, wanted)
    same(x % divisor, np.array([int(v) % divisor for v in INTEGERS]))
    assert (x // divisor).dtype == "int32"


def test_integers_divided_by_zero_give_zero() -> None:
    x = jt.array(INTEGERS)
    same(x // jt.zeros(6, dtype="int32"), np.zeros(6))
    same(x % jt.zeros(6, dtype="int32"), np.zeros(6))


def test_true_division_of_integers_is_float() -> None:
    quotient = jt.array([1, 2]) / 4
    assert quotient.dtype == "float32"
    same(quotient, [0.25, 0.5])


@pytest.mark.parametrize("exponent", [1, 2, 5, 0.5, -1, 0])
def test_powers(exponent: float) -> None:
    same(jt.array(POSITIVE) ** exponent, POSITIVE**exponent, 1e-5)


def test_powers_of_integers() -> None:
    x = jt.array([-3, 2, 7])
    same(x**3, [-27, 8, 343])
    same(x ** jt.array([2, 10, 0]), [9, 1024, 1])
    same(2.0 ** jt.array([1.0, 3.0]), [2, 8])


UNARY: dict[str, tuple[Callable[[jt.Var], jt.Var], Callable[[Array], Array]]] = {
    "exp": (jt.exp, np.exp),
    "sin": (jt.sin, np.sin),
    "cos": (jt.cos, np.cos),
    "tanh": (jt.tanh, np.tanh),
    "abs": (jt.abs, np.abs),
    "negative": (lambda x: -x, np.negative),
    "relu": (jt.relu, lambda x: np.maximum(x, 0)),
    "sigmoid": (jt.sigmoid, lambda x: 1 / (1 + np.exp(-x))),
}


@pytest.mark.parametrize("name", UNARY)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_functions(name: str, dtype: str) -> None:
    ours, numpys = UNARY[name]
    found = ours(jt.array(X, dtype=dtype))
    assert found.dtype == dtype
    same(found, numpys(X.astype(dtype)), 1e-5 if dtype == "float32" else 1e-12)


@pytest.mark.parametrize("name", ["log", "log2", "sqrt"])
def test_functions_of_positive_numbers(name: str) -> None:
    same(getattr(jt, name)(jt.array(POSITIVE)), getattr(np, name)(POSITIVE), 1e-5)


def test_extrema_of_pairs_keep_nan() -> None:
    a, b = jt.array([1.0, np.nan, 3.0]), jt.array([2.0, 1.0, -3.0])
    same(jt.maximum(a, b), [2, np.nan, 3])
    same(jt.minimum(a, 1.5), [1, np.nan, 1.5])


def test_nan_does_not_equal_itself() -> None:
    x = jt.array([np.nan, 1.0])
    assert (x == x).tolist() == [False, True]
    assert (x != x).tolist() == [True, False]


def test_ternary() -> None:
    x = jt.array(X)
    same(jt.ternary(x > 0, x * 2, -1.0), np.where(X > 0, X * 2, -1))
    same(jt.where(x > 0, jt.array(ROW), x), np.where(X > 0, ROW, X))


@pytest.mark.parametrize("name", ["sum", "prod", "max", "min", "mean"])
@pytest.mark.parametrize("dims", [None, 0, 1, -1, (0, 1)])
@pytest.mark.parametrize("keepdims", [False, True])
def test_reductions(name: str, dims: int | tuple[int, ...] | None, keepdims: bool) -> None:
    found = getattr(jt.array(X), name)(dims, keepdims=keepdims)
    same(found, getattr(np, name)(X, axis=dims, keepdims=keepdims), 1e-5)


def test_reductions_of_nothing() -> None:
    empty = jt.zeros(0, 3)
    same(empty.sum(0), [0, 0, 0])
    assert np.isnan(empty.mean(0).numpy()).all()
    with pytest.raises(jt.TensorError, match="no elements"):
        empty.max(0)


@pytest.mark.parametrize(
    ("a", "b"),
    [((2, 3), (3, 4)), ((5, 2, 3), (5, 3, 4)), ((5, 2, 3), (3, 4)), ((1, 2, 3), (5, 3, 1))],
)
def test_matrix_products(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    x, y = jt.randn(*a), jt.randn(*b)
    same(x @ y, x.numpy() @ y.numpy(), 1e-5)


def test_shapes() -> None:
    x = jt.array(X)
    same(x.reshape(3, -1), X.reshape(3, 2))
    same((x + 1).reshape([6]), (X + 1).ravel())
    same(x.transpose(), X.T)
    cube = jt.randn(2, 3, 4)
    same(cube.transpose(1, 2, 0), cube.numpy().transpose(1, 2, 0))
    same(cube.transpose(0, 2), cube.numpy().swapaxes(0, 2))
    same(jt.array(ROW).broadcast([2, 3]), np.broadcast_to(ROW, (2, 3)))
    same(jt.array(ROW).broadcast([3, 4], [1]), np.broadcast_to(ROW[:, None], (3, 4)))
    same(x.unsqueeze(1), X[:, None])


Key = Callable[[jt.Var | Array], jt.Var | Array]
KEYS: list[Key] = [
    lambda x: x[1],
    lambda x: x[-1, 2],
    lambda x: x[:, 1:],
    lambda x: x[..., 0],
    lambda x: x[::2, :2],
    lambda x: x[:, 1:1],
    lambda x: x[:, None, 1],
]


@pytest.mark.parametrize("number", range(len(KEYS)))
def test_slices(number: int) -> None:
    key = KEYS[number]
    same(key(jt.array(X) * 2), key(X * 2))  # type: ignore[arg-type]


def test_creation() -> None:
    same(jt.zeros(2, 3), np.zeros((2, 3)))
    same(jt.ones([2], dtype="int32"), [1, 1])
    same(jt.full([2, 2], 3.5), np.full((2, 2), 3.5))
    same(jt.arange(5), np.arange(5))
    same(jt.arange(1, 2, 0.25), [1, 1.25, 1.5, 1.75])
    same(jt.arange(3, -3, -2), [3, 1, -1])


def test_random_numbers_follow_the_seed() -> None:
    first = jt.randn(4, 5).numpy(), jt.random([1000]).numpy()
    jt.set_global_seed(7)
    again = jt.randn(4, 5).numpy(), jt.random([1000]).numpy()
    for a, b in zip(first, again, strict=True):
        np.testing.assert_array_equal(a, b)
    assert 0 <= first[1].min() and first[1].max() < 1 and 0.4 < first[1].mean() < 0.6


def test_native_types_and_shapes() -> None:
    assert jt.array(np.zeros(3)).dtype == "float32"
    assert jt.array([1, 2]).dtype == "int32"
    assert jt.array(np.zeros(3), dtype="float64").dtype == "float64"
    assert jt.array(3.0).shape == [1]
    assert (jt.array([1]) + jt.array([1.5])).dtype == "float32"
    assert (jt.array([1]) * 2.5).dtype == "float32"
    assert jt.array([True, False]).sum().item() == 1


def test_single_values() -> None:
    loss = jt.array(X).sum()
    assert loss.shape == [1] and loss.shape == (1,)
    assert loss.item() == float(loss) == loss.data[0] == X.sum()
    with pytest.raises(jt.TensorError, match="one element"):
        jt.array(X).item()


@pytest.mark.parametrize(
    "wrong",
    [
        lambda x: x + jt.zeros(4),
        lambda x: x @ x,
        lambda x: x.reshape(4),
        lambda x: x.sum(2),
        lambda x: x[3],
        lambda x: x[:, 1.5],
        lambda x: x.cast("complex64"),
        lambda x: jt.array(["a"]),
        lambda x: (x > 0) - (x > 0),
    ],
)
def test_mistakes_are_explained(wrong: Callable[[jt.Var], jt.Var]) -> None:
    with pytest.raises(jt.TensorError):
        wrong(jt.array(X)).sync()


@pytest.mark.parametrize(
    "a, b", [((3,), (3,)), ((3,), (3, 4)), ((2, 3), (3,)), ((3,), (5, 3, 4)), ((5, 2, 3), (3,))]
)
def test_products_with_vectors(a: tuple[int, ...], b: tuple[int, ...]) -> None:
    rng = np.random.default_rng(3)
    x, y = rng.standard_normal(a), rng.standard_normal(b)
    found = jt.array(x, "float64") @ jt.array(y, "float64")
    wanted = np.matmul(x, y)
    assert tuple(found.shape) == (wanted.shape or (1,))
    np.testing.assert_allclose(found.numpy(), wanted.reshape(found.shape), 1e-12)
    with pytest.raises(jt.TensorError, match="cannot multiply"):
        jt.ones(4) @ jt.array(y)

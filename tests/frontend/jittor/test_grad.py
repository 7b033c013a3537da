"""Derivatives agree with finite differences in float64."""

from __future__ import annotations

import numpy as np
import pytest

from stepwell.frontend import jittor as jt
from tests.frontend.jittor.gradient_checking import Function, check

RNG = np.random.default_rng(3)
A, B = RNG.uniform(0.6, 2.0, (2, 3)), RNG.uniform(0.6, 2.0, (2, 3))
ROW, COLUMN = RNG.uniform(0.6, 2.0, 3), RNG.uniform(0.6, 2.0, (2, 1))
CUBE, MATRIX = RNG.uniform(-1, 1, (4, 2, 3)), RNG.uniform(-1, 1, (3, 5))

CASES: dict[str, tuple[Function, tuple[object, ...]]] = {
    "add": (lambda a, b: a + b, (A, ROW)),
    "subtract": (lambda a, b: a - b, (ROW, A)),
    "multiply": (lambda a, b: a * b, (A, COLUMN)),
    "divide": (lambda a, b: a / b, (COLUMN, A)),
    "number": (lambda a: 3.0 / (2.0 - a * 0.25) + 1.5, (A,)),
    "power": (lambda a, b: a**b, (A, B)),
    "square": (lambda a: a**3 + a**-1.5, (A,)),
    "base": (lambda a: 2.0**a, (A,)),
    "mod": (lambda a, b: (a * 7) % b, (A, B)),
    "maximum": (jt.maximum, (A, B)),
    "minimum": (lambda a: jt.minimum(a, 1.25), (A,)),
    "exp": (jt.exp, (A,)),
    "log": (jt.log, (A,)),
    "log2": (jt.log2, (A,)),
    "sqrt": (jt.sqrt, (A,)),
    "sin": (jt.sin, (A,)),
    "cos": (jt.cos, (A,)),
    "tan": (jt.tan, (CUBE,)),
    "tanh": (jt.tanh, (A,)),
    "sigmoid": (jt.sigmoid, (CUBE,)),
    "erf": (jt.erf, (CUBE,)),
    "abs": (jt.abs, (CUBE,)),
    "negative": (lambda a: -a, (A,)),
    "relu": (jt.relu, (CUBE,)),
    "ternary": (lambda a, b: jt.ternary(a > b, a * 2, b * b), (A, B)),
    "sum": (lambda a: a.sum(1) * jt.array([1.0, 3.0], dtype="float64"), (A,)),
    "mean": (lambda a: a.mean() * a.mean(0), (A,)),
    "prod": (lambda a: a.prod(0), (A,)),
    "max": (lambda a: a.max(1, keepdims=True) * a, (A,)),
    "min": (lambda a: a.min(), (A,)),
    "matmul": (lambda a, b: a @ b, (A, MATRIX)),
    "batched matmul": (lambda a, b: a @ b, (CUBE, MATRIX)),
    "transpose": (lambda a: a.transpose(2, 0, 1)[1] * a[:, :, 0], (CUBE,)),
    "reshape": (lambda a: a.reshape(4, 6) * a.reshape(24)[:6], (CUBE,)),
    "broadcast": (lambda a, b: a.broadcast([2, 3], [0]) * b, (ROW, A)),
    "slice": (lambda a: a[1:, :, ::2] * a[0, 1, 2], (CUBE,)),
    "shared": (lambda a: a * a + a, (A,)),
    "softmax": (lambda a: jt.exp(a) / jt.exp(a).sum(1, keepdims=True), (A,)),
}


@pytest.mark.parametrize("name", CASES)
def test_derivatives(name: str) -> None:
    function, given = CASES[name]
    check(function, given)


def test_derivatives_of_derivatives() -> None:
    x = jt.array([0.5, 2.0], dtype="float64")
    first = jt.grad((x**3).sum(), x)
    second = jt.grad(first.sum(), x)
    np.testing.assert_allclose(second.numpy(), 6 * x.numpy())


def test_ties_share() -> None:
    x = jt.array([2.0, 2.0, 1.0])
    np.testing.assert_allclose(jt.grad(x.max(), x).numpy(), [0.5, 0.5, 0])
    np.testing.assert_allclose(jt.grad(jt.maximum(x, 2.0).sum(), x).numpy(), [0.5, 0.5, 0])


def test_the_value_may_be_known_already() -> None:
    x = jt.array([1.0, 2.0])
    loss = (jt.exp(x) * x).sum().sync()
    np.testing.assert_allclose(jt.grad(loss, x).numpy(), np.exp([1, 2]) * [2, 3], 1e-6)


def test_detach_stops_derivatives() -> None:
    x = jt.array([3.0])
    np.testing.assert_allclose(jt.grad(x * x.detach(), x).numpy(), [3.0])


def test_what_does_not_lead_to_the_loss_has_zeros() -> None:
    x, y = jt.array([3.0]), jt.array([1.0, 2.0])
    with pytest.warns(UserWarning, match=r"grads\[1\] doesn't have gradient"):
        gx, gy = jt.grad(x * 2, [x, y])
    assert gx.tolist() == [2.0] and gy.tolist() == [0.0, 0.0]


def test_the_loss_must_be_of_floats() -> None:
    x = jt.array([3])
    with pytest.raises(jt.TensorError, match="loss of floats"):
        jt.grad(x, x)


@pytest.mark.usefixtures("nothing_compiled")
def test_sizes_do_not_compile_anew() -> None:
    def step(rows: int) -> None:
        x, w = jt.randn(rows, 3), jt.randn(3, 2)
        jt.grad((jt.tanh(x @ w)[1:] ** 2).mean(), w).sync()

    step(3)
    before = jt.compile_stats().compiled
    step(4)
    step(9)
    assert jt.compile_stats().compiled == before

"""`x[key]` and `x[key] = value`: what NumPy gives for the same key."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from stepwell.frontend import jittor as jt
from tests.frontend.jittor.gradient_checking import check

SHAPE = (3, 4, 5)
X = np.arange(60, dtype=np.float32).reshape(SHAPE)
MASK = X % 7 == 3
ROWS = np.array([[2, 0], [1, -1]])
KEYS: list[Any] = [
    1, -1, (0, 2), (0, 2, 3), slice(1, 3), slice(None, None, -1), slice(2, None, -2),
    (slice(None), slice(3, 0, -2)), (..., 1), (1, ..., slice(1, 4, 2)), None, (None, 1, None), (),
    (slice(2, 2),), [0, 2], ([0, 2],), (slice(None), [1, 3]),
    (slice(None), slice(1, 3), [4, 0, -1]), ROWS, (slice(None), ROWS), ([0, 2], [1, 3]),
    ([0, 1], slice(None), [2, 3]), (0, slice(None), [1, 2]), (slice(None), 0, [1, 2]),
    ([[0], [2]], [1, 3]), (None, [0, 2]), (..., [1, 1, 1]), ([0, 2], None, [1, 3]), MASK,
    X[:, :, 0] > 20, (slice(None), X[0] % 2 == 0), (np.array([True, False, True]), [1, 3]),
    [True, False, True], np.zeros(SHAPE, bool), (slice(None, None, -1), [1, 2]),
    np.array([], np.int64), [], np.array([1, 2], np.uint8), (np.int64(1), 2),
]  # fmt: skip


def shown(key: object) -> str:
    return repr(key).replace("\n", "")[:60]


@pytest.mark.parametrize("key", KEYS, ids=shown)
def test_reading(key: Any) -> None:
    wanted = X[key]
    found = jt.array(X)[key]
    assert tuple(found.shape) == (wanted.shape or (1,))
    np.testing.assert_array_equal(found.numpy(), wanted.reshape(wanted.shape or (1,)))


def as_vars(key: Any) -> Any:
    if isinstance(key, tuple):
        return tuple(as_vars(one) for one in key)
    is_array = isinstance(key, list | np.ndarray) and np.size(key)
    return jt.array(np.asarray(key)) if is_array and np.asarray(key).dtype != np.uint8 else key


@pytest.mark.parametrize("key", KEYS, ids=shown)
def test_places_and_truth_in_vars(key: Any) -> None:
    wanted = X[key]
    found = jt.array(X)[as_vars(key)]
    np.testing.assert_array_equal(found.numpy(), wanted.reshape(wanted.shape or (1,)))


@pytest.mark.parametrize("in_vars", [False, True])
@pytest.mark.parametrize("key", KEYS, ids=shown)
def test_writing(key: Any, in_vars: bool) -> None:
    part = X[key]
    values: list[Any] = [-5, np.arange(part.size, dtype=np.float32).reshape(part.shape) - 100]
    if part.ndim:
        values.append(np.full((1, *part.shape[1:]), 0.25, np.float32))
    for value in values:
        wanted, x = X.copy(), jt.array(X)
        before = x * 1
        wanted[key] = value
        x[as_vars(key) if in_vars else key] = jt.array(value) if in_vars else value
        np.testing.assert_array_equal(x.numpy(), wanted)
        np.testing.assert_array_equal(before.numpy(), X)


@settings(max_examples=60)
@given(st.data())
def test_any_key(data: st.DataObject) -> None:
    shape = data.draw(arrays.array_shapes(min_dims=1, max_dims=3, min_side=1, max_side=4))
    x = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    key: Any
    if data.draw(st.booleans()):
        key = data.draw(arrays.basic_indices(shape, allow_newaxis=True))
    else:
        key = data.draw(arrays.integer_array_indices(shape))
    wanted = x[key]
    found = jt.array(x)[key]
    np.testing.assert_array_equal(found.numpy(), wanted.reshape(wanted.shape or (1,)))
    y, var = x.copy(), jt.array(x)
    y[key] = -1
    var[key] = -1
    np.testing.assert_array_equal(var.numpy(), y)


def test_the_last_that_writes_to_a_place_is_right() -> None:
    x = jt.zeros(4)
    x[[1, 2, 1]] = [5.0, 6.0, 7.0]
    assert x.tolist() == [0, 7, 6, 0]


def test_types_stay() -> None:
    x = jt.array([1, 2, 3])
    x[1] = 2.75
    assert x.dtype == "int32" and x.tolist() == [1, 2, 3]
    mask = jt.array([False, False])
    mask[0] = True
    assert mask.dtype == "bool" and mask.tolist() == [True, False]


def test_arithmetic_in_place() -> None:
    x = jt.array(X)
    x[1] += 100
    x[:, 0] *= 2
    wanted = X.copy()
    wanted[1] += 100
    wanted[:, 0] *= 2
    np.testing.assert_array_equal(x.numpy(), wanted)


@pytest.mark.parametrize(
    "key", [1, slice(None, None, -2), [2, 0, 2], (slice(None), [1, 1]), ([0, 2], [1, 1])], ids=shown
)
def test_derivatives(key: Any) -> None:
    x = np.linspace(-1, 1, 12).reshape(3, 4)

    def written(x: jt.Var, value: jt.Var) -> jt.Var:
        y = x * 1.5
        y[key] = value * value
        return y * y

    check(lambda x: x[key] * x[key], [x])
    check(written, [x, np.linspace(0.5, 2, x[key].size).reshape(x[key].shape)])


def test_a_loss_picks_the_scores_of_the_targets() -> None:
    scores, targets = jt.randn(6, 4), jt.array([0, 3, 1, 1, 2, 0])
    picked = scores[jt.arange(6), targets]
    (g,) = jt.grad(picked.sum(), [scores])
    np.testing.assert_array_equal(picked.numpy(), scores.numpy()[np.arange(6), targets.numpy()])
    np.testing.assert_array_equal(g.numpy(), np.eye(4, dtype=np.float32)[targets.numpy()])


@pytest.mark.usefixtures("nothing_compiled")
def test_parts_of_all_sizes_share_a_plan() -> None:
    counts = []
    for rows in (3, 5, 8):
        x = jt.array(np.ones((rows, 4), np.float32))
        x[1:3] = 7
        y = x[[0, 1]].sum().item()
        assert y == 4 + 28
        counts.append(jt.compile_stats().compiled)
    assert counts[0] == counts[-1]


def test_methods_reduce_over_dim_or_dims() -> None:
    x = jt.array(X)
    for name in ("sum", "prod", "max", "min", "mean"):
        wanted = getattr(np, name)(X / 8, axis=1, keepdims=True)
        for function in (getattr(jt, name), getattr(jt.Var, name)):
            found = function(x / 8, dim=1, keepdims=True)
            np.testing.assert_allclose(found.numpy(), wanted, 1e-5)


@pytest.mark.parametrize(
    "key, words",
    [
        (3, "index 3 is out of range for dimension 0 of size 3"),
        ([0, 3], "index 3 is out of range for dimension 0 of size 3"),
        ((slice(None), [-5]), "index -5 is out of range for dimension 1 of size 4"),
        ((0, 0, 0, 0), "4 indices for 3 dimensions"),
        ((MASK, 0), "4 indices for 3 dimensions"),
        (MASK[:2], "truth values of [2, 4, 5] do not fit elements of [3, 4, 5]"),
        (1.5, "indexing by float is not supported"),
        ("a", "indexing by str is not supported"),
        ([0.5], "an index of float64 is not supported"),
        (True, "a single truth value is no index"),
        (([0, 1], [0, 1, 2]), "shapes"),
    ],
    ids=shown,
)
def test_keys_that_do_not_fit(key: Any, words: str) -> None:
    x = jt.array(X)
    with pytest.raises(jt.TensorError, match=words.replace("[", r"\[")):
        x[key].sync()
    with pytest.raises(jt.TensorError):
        x[key] = 1
    np.testing.assert_array_equal(x.numpy(), X)


def test_a_value_that_does_not_fit() -> None:
    x = jt.array(X)
    for key in (0, [0, 1]):
        with pytest.raises(jt.TensorError, match="does not fit a part of"):
            x[key] = jt.ones(7)
    np.testing.assert_array_equal(x.numpy(), X)


def test_places_in_a_var_are_integers() -> None:
    with pytest.raises(jt.TensorError, match="an index of float32 is not supported"):
        jt.array(X)[jt.ones(2)]

"""Matrix products and convolutions of all kinds, compiled, against NumPy in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor.nn import functional as F
from stepwell.runtime.threads import set_thread_count, thread_count

Array = NDArray[Any]
EDGES = [1, 3, 7, 17, 65]


def floats(*shape: int, seed: int = 0) -> Array:
    return np.random.default_rng(seed + sum(shape)).standard_normal(shape).astype(np.float32)


def near(found: jt.Var, expected: Array, dtype: str = "float32") -> None:
    tolerance = 1e-4 if dtype == "float32" else 1e-11
    assert str(found.dtype) == dtype
    np.testing.assert_allclose(found.numpy(), expected, rtol=tolerance, atol=10 * tolerance)


def convolved(
    x: Array, w: Array, stride: int = 1, padding: int = 0, dilation: int = 1, groups: int = 1
) -> Array:
    """The definition, in float64."""
    edge = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    image = np.pad(x.astype(np.float64), edge)
    reach = [dilation * (size - 1) + 1 for size in w.shape[2:]]
    windows = np.lib.stride_tricks.sliding_window_view(image, reach, (2, 3))
    windows = windows[:, :, ::stride, ::stride, ::dilation, ::dilation]
    parts = zip(np.split(windows, groups, 1), np.split(w, groups, 0), strict=True)
    found = [np.einsum("nchwkl,fckl->nfhw", a, b, optimize=True) for a, b in parts]
    return np.concatenate(found, 1)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_matrix_products_of_odd_sizes(dtype: str) -> None:
    for m in EDGES:
        for k, n in zip(EDGES, reversed(EDGES), strict=True):
            a, b = floats(m, k), floats(k, n)
            expected = a.astype(np.float64) @ b.astype(np.float64)
            x, y, xt, yt = (jt.array(one).astype(dtype) for one in (a, b, a.T.copy(), b.T.copy()))
            near(x @ y, expected, dtype)
            near(xt.transpose() @ y, expected, dtype)
            near(x @ yt.transpose(), expected, dtype)


def test_sizes_beyond_a_block_and_batches() -> None:
    for m, k, n in ((260, 5, 3), (3, 300, 70), (257, 257, 129)):
        a, b = floats(m, k), floats(k, n)
        near(jt.array(a) @ jt.array(b), a.astype(np.float64) @ b)
    a, b = floats(3, 5, 7), floats(3, 7, 9)
    near(jt.array(a) @ jt.array(b), a.astype(np.float64) @ b)
    near(jt.array(a) @ jt.array(b[0]), a.astype(np.float64) @ b[0])


def test_a_product_of_nothing_is_zero() -> None:
    near(jt.zeros((3, 0)) @ jt.zeros((0, 5)), np.zeros((3, 5)))


@pytest.mark.parametrize(
    ("stride", "padding", "dilation", "groups"),
    [(1, 0, 1, 1), (2, 1, 1, 1), (1, 2, 2, 1), (3, 1, 2, 1), (1, 1, 1, 2), (2, 1, 1, 4)],
)
def test_convolutions(stride: int, padding: int, dilation: int, groups: int) -> None:
    for n, height, width, size in ((1, 7, 17, 3), (2, 11, 9, 1), (3, 13, 5, 2)):
        x, w = floats(n, 4, height, width), floats(8, 4 // groups, size, size)
        y = F.conv2d(jt.array(x), jt.array(w), None, stride, padding, dilation, groups)
        near(y, convolved(x, w, stride, padding, dilation, groups))


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_random_convolutions(data: st.DataObject) -> None:
    stride, padding = data.draw(st.sampled_from([(1, 0), (1, 1), (2, 1), (2, 3)]))
    c, f, n = (data.draw(st.integers(1, limit)) for limit in (9, 20, 3))
    k, l = (data.draw(st.integers(1, 4)) for _ in range(2))  # noqa: E741
    height, width = (data.draw(st.integers(max(1, size), 19)) for size in (k, l))
    x, w = floats(n, c, height, width), floats(f, c, k, l)
    y = F.conv2d(jt.array(x), jt.array(w), None, stride, padding)
    near(y, convolved(x, w, stride, padding))


@settings(max_examples=30, deadline=None)
@given(m=st.integers(0, 270), k=st.integers(0, 270), n=st.integers(0, 70))
def test_random_matrix_products(m: int, k: int, n: int) -> None:
    a, b = floats(m, k), floats(k, n)
    near(jt.array(a) @ jt.array(b), a.astype(np.float64) @ b)


@pytest.mark.usefixtures("nothing_compiled")
def test_batches_of_all_sizes_share_a_kernel() -> None:
    w = floats(6, 3, 3, 3)
    counts = []
    for n in (1, 4, 8):
        x = floats(n, 3, 9, 9)
        near(F.relu(F.conv2d(jt.array(x), jt.array(w), padding=1)),
             np.maximum(convolved(x, w, padding=1), 0))  # fmt: skip
        counts.append(jt.compile_stats().compiled)
    assert counts[0] == counts[1] == counts[2]


def test_what_follows_is_done_to_the_sums() -> None:
    x, w, b, r = floats(2, 3, 9, 7), floats(5, 3, 3, 3), floats(5), floats(2, 5, 9, 7)
    made = F.conv2d(jt.array(x), jt.array(w), jt.array(b), padding=1) + jt.array(r)
    y = F.relu(made)
    assert jt.kernel_count(y) == 1
    near(y, np.maximum(convolved(x, w, padding=1) + b[:, None, None] + r, 0))
    a, v, c = floats(9, 5), floats(5, 33), floats(33)
    near(F.relu(jt.array(a) @ jt.array(v) + jt.array(c)),
         np.maximum(a.astype(np.float64) @ v + c, 0))  # fmt: skip


@pytest.mark.parametrize(("stride", "padding", "groups"), [(1, 1, 1), (2, 1, 1), (2, 0, 2)])
def test_gradients_of_convolutions(stride: int, padding: int, groups: int) -> None:
    """The derivative by x along v is the convolution of v, and by w along u that with u."""
    x, w = floats(2, 4, 9, 7), floats(6, 4 // groups, 3, 3)
    a, b = jt.array(x), jt.array(w)
    y = F.relu(F.conv2d(a, b, None, stride, padding, 1, groups))
    g = floats(*y.shape, seed=1)
    by_x, by_w = jt.grad((y * jt.array(g)).sum(), [a, b])
    passed = g * (convolved(x, w, stride, padding, 1, groups) > 0)
    for seed in range(3):
        v, u = floats(*x.shape, seed=seed + 2), floats(*w.shape, seed=seed + 2)
        for found, direction, image in ((by_x, v, (v, w)), (by_w, u, (x, u))):
            expected = (passed * convolved(*image, stride, padding, 1, groups)).sum()
            np.testing.assert_allclose((found.numpy() * direction).sum(), expected, 1e-3, 1e-2)


def test_gradients_of_products_are_tiles_too() -> None:
    a, b = floats(17, 7), floats(7, 33)
    x, y = jt.array(a), jt.array(b)
    g = floats(17, 33)
    by_x, by_y = jt.grad(((x @ y) * jt.array(g)).sum(), [x, y])
    assert "call @contraction_tile_f32" in jt.dump_ir(by_x, "loops")
    assert "call @contraction_tile_f32" in jt.dump_ir(by_y, "loops")
    near(by_x, g.astype(np.float64) @ b.T)
    near(by_y, a.T.astype(np.float64) @ g)


def test_any_number_of_threads_gives_the_same_bytes() -> None:
    a, w = jt.array(floats(2, 8, 40, 40)), jt.array(floats(260, 8, 3, 3))
    before = thread_count()
    try:
        found = []
        for count in (1, 2, 3):
            set_thread_count(count)
            found.append(F.conv2d(a, w, padding=1).numpy().tobytes())
    finally:
        set_thread_count(before)
    assert found[0] == found[1] == found[2]

"""The functions behind the layers, against NumPy's arithmetic."""

from __future__ import annotations

from math import erf

import numpy as np
import pytest
from numpy.typing import NDArray

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor.nn import functional as F

Floats = NDArray[np.float64]


def random_array(*shape: int, seed: int = 0) -> Floats:
    return np.random.default_rng(seed + sum(shape)).standard_normal(shape)


def convolved(
    x: Floats,
    w: Floats,
    stride: tuple[int, int],
    pad: tuple[int, int],
    dilation: tuple[int, int],
    groups: int,
) -> Floats:
    """The definition, one window at a time."""
    x = np.pad(x, ((0, 0), (0, 0), (pad[0], pad[0]), (pad[1], pad[1])))
    filters, depth, *kernel = w.shape
    reach = [dilation[d] * (kernel[d] - 1) + 1 for d in range(2)]
    sizes = [(x.shape[2 + d] - reach[d]) // stride[d] + 1 for d in range(2)]
    made = np.zeros((len(x), filters, *sizes))
    for f in range(filters):
        first = f // (filters // groups) * depth
        for i in range(sizes[0]):
            for j in range(sizes[1]):
                top, left = i * stride[0], j * stride[1]
                window = x[:, first : first + depth,
                           top : top + reach[0] : dilation[0],
                           left : left + reach[1] : dilation[1]]  # fmt: skip
                made[:, f, i, j] = (window * w[f]).sum((1, 2, 3))
    return made


Pair = tuple[int, int]
Shape = tuple[int, int, int, int]
CONVOLUTIONS: list[tuple[Shape, Shape, Pair, Pair, Pair, int]] = [
    ((2, 3, 6, 7), (4, 3, 3, 3), (1, 1), (1, 1), (1, 1), 1),
    ((1, 2, 5, 5), (3, 2, 1, 1), (1, 1), (0, 0), (1, 1), 1),
    ((2, 2, 9, 8), (2, 2, 3, 2), (2, 3), (0, 2), (1, 1), 1),
    ((1, 2, 9, 9), (2, 2, 3, 3), (1, 1), (2, 1), (2, 3), 1),
    ((2, 4, 6, 6), (6, 2, 3, 3), (1, 2), (1, 1), (1, 1), 2),
    ((1, 3, 5, 5), (3, 1, 3, 3), (1, 1), (1, 1), (1, 1), 3),
]


@pytest.mark.parametrize("case", CONVOLUTIONS)
def test_conv2d(case: tuple[Shape, Shape, Pair, Pair, Pair, int]) -> None:
    x, w = random_array(*case[0]), random_array(*case[1], seed=1)
    _, _, stride, pad, dilation, groups = case
    b = random_array(len(w), seed=2)
    made = F.conv2d(
        jt.array(x, "float64"), jt.array(w, "float64"), jt.array(b, "float64"),
        stride, pad, dilation, groups,
    )  # fmt: skip
    wanted = convolved(x, w, stride, pad, dilation, groups) + b.reshape(1, -1, 1, 1)
    assert made.shape == list(wanted.shape)
    np.testing.assert_allclose(made.numpy(), wanted, 1e-9, 1e-9)


@pytest.mark.usefixtures("nothing_compiled")
def test_conv2d_takes_numbers_for_pairs_and_one_plan_serves_all_sizes() -> None:
    jt.sync_all()
    w = jt.array(random_array(5, 2, 3, 3))
    before = jt.compile_stats().compiled
    for batch, size in ((1, 6), (4, 6), (8, 7)):
        x = random_array(batch, 2, size, size + 1)
        made = F.conv2d(jt.array(x), w, stride=2, padding=1).numpy()
        wanted = convolved(x, w.numpy(), (2, 2), (1, 1), (1, 1), 1)
        np.testing.assert_allclose(made, wanted, 1e-4, 1e-4)
    assert jt.compile_stats().compiled == before + 1


def test_conv2d_refuses_what_does_not_fit() -> None:
    x, w = jt.randn(1, 4, 5, 5), jt.randn(6, 3, 3, 3)
    with pytest.raises(jt.TensorError, match="6 filters of 3 channels do not fit 4 channels"):
        F.conv2d(x, w)
    with pytest.raises(jt.TensorError, match="a window of 3 .* does not fit into 2"):
        F.conv2d(jt.randn(1, 3, 2, 2), w)
    with pytest.raises(jt.TensorError, match="conv2d takes"):
        F.conv2d(jt.randn(3, 5, 5), w)


def pooled(x: Floats, kernel: int, stride: int, pad: int, op: str, counted: bool) -> Floats:
    outside: float = {"max": -np.inf, "min": np.inf}.get(op, 0.0 if counted else np.nan)
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)), constant_values=outside)
    sizes = [(size - kernel) // stride + 1 for size in x.shape[2:]]
    made = np.zeros((*x.shape[:2], *sizes))
    for i in range(sizes[0]):
        for j in range(sizes[1]):
            top, left = i * stride, j * stride
            window = x[:, :, top : top + kernel, left : left + kernel]
            reduced = {"max": np.max, "min": np.min, "mean": np.nanmean}
            made[:, :, i, j] = reduced[op](window, axis=(2, 3))  # type: ignore[operator]
    return made


@pytest.mark.parametrize("op", ["max", "min", "mean"])
@pytest.mark.parametrize(("kernel", "stride", "pad"), [(2, 2, 0), (3, 1, 1), (3, 2, 1)])
def test_pool(op: str, kernel: int, stride: int, pad: int) -> None:
    x = random_array(2, 3, 7, 8)
    for counted in (True, False):
        made = F.pool(jt.array(x, "float64"), kernel, op, pad, stride, counted)
        wanted = pooled(x, kernel, stride, pad, op, counted)
        np.testing.assert_allclose(made.numpy(), wanted, 1e-12)


def test_pools_by_their_other_names() -> None:
    x = random_array(1, 2, 4, 4)
    v = jt.array(x, "float64")
    wanted = pooled(x, 2, 2, 0, "max", True)
    np.testing.assert_allclose(F.pool(v, 2).numpy(), wanted)
    np.testing.assert_allclose(F.max_pool2d(v, 2).numpy(), wanted)
    mean = x.reshape(1, 2, 2, 2, 2, 2).mean((3, 5))
    np.testing.assert_allclose(F.avg_pool2d(v, 2).numpy(), mean)
    np.testing.assert_allclose(F.adaptive_avg_pool2d(v, 2).numpy(), mean)
    np.testing.assert_allclose(F.adaptive_avg_pool2d(v, 1).numpy(), x.mean((2, 3), keepdims=True))
    parts = [slice(0, 2), slice(1, 3), slice(2, 4)]  # of 4 in 3: they overlap
    wanted = np.array([[x[0, :, r, c].mean((1, 2)) for c in parts] for r in parts])
    np.testing.assert_allclose(F.adaptive_avg_pool2d(v, 3).numpy()[0], wanted.transpose(2, 0, 1))
    with pytest.raises(jt.TensorError, match="there is no pool 'median'"):
        F.pool(v, 2, "median")


def test_batch_norm() -> None:
    x = random_array(3, 4, 2, 5)
    mean, var, w, b = random_array(4), random_array(4, seed=1) ** 2, random_array(4), np.arange(4.0)
    columns = [one.reshape(1, 4, 1, 1) for one in (mean, var, w, b)]
    vx, vm, vv, vw, vb = (jt.array(one, "float64") for one in (x, mean, var, w, b))
    wanted: Floats = (x - columns[0]) / np.sqrt(columns[1] + 1e-5)
    np.testing.assert_allclose(F.batch_norm(vx, vm, vv).numpy(), wanted, 1e-9)
    np.testing.assert_allclose(
        F.batch_norm(vx, vm, vv, vw, vb, eps=1e-3).numpy(),
        (x - columns[0]) / np.sqrt(columns[1] + 1e-3) * columns[2] + columns[3],
        1e-9,
    )


def test_layer_norm() -> None:
    x, w, b = random_array(3, 4, 5), random_array(4, 5), random_array(4, 5, seed=1)
    centred = x - x.mean((1, 2), keepdims=True)
    wanted = centred / np.sqrt(x.var((1, 2), keepdims=True) + 1e-5) * w + b
    made = F.layer_norm(*(jt.array(x, "float64"), (4, 5)), jt.array(w, "float64"),
                        jt.array(b, "float64"))  # fmt: skip
    np.testing.assert_allclose(made.numpy(), wanted, 1e-9, 1e-12)
    last = F.layer_norm(jt.array(x, "float64"), 5).numpy()
    np.testing.assert_allclose(last.mean(2), 0, atol=1e-12)
    with pytest.raises(jt.TensorError, match="does not end in"):
        F.layer_norm(jt.array(x), 4)


def test_softmax() -> None:
    x = random_array(3, 4) * 10
    powers = np.exp(x - x.max(0))
    wanted = powers / powers.sum(0)
    np.testing.assert_allclose(F.softmax(jt.array(x, "float64"), 0).numpy(), wanted, 1e-9)
    np.testing.assert_allclose(
        F.log_softmax(jt.array(x, "float64"), 0).numpy(), np.log(wanted), 1e-7
    )


def test_activations() -> None:
    x = np.linspace(-8, 8, 33)
    v = jt.array(x, "float64")
    sigmoid = 1 / (1 + np.exp(-x))
    half = np.array([0.5 * (1 + erf(one / np.sqrt(2))) for one in x])
    for made, wanted in [
        (F.relu(v), np.maximum(x, 0)),
        (F.relu6(v), np.clip(x, 0, 6)),
        (F.leaky_relu(v), np.where(x > 0, x, 0.01 * x)),
        (F.leaky_relu(v, 0.2), np.where(x > 0, x, 0.2 * x)),
        (F.sigmoid(v), sigmoid),
        (F.silu(v), x * sigmoid),
        (F.tanh(v), np.tanh(x)),
        (F.gelu(v), x * half),
    ]:
        np.testing.assert_allclose(made.numpy(), wanted, 1e-6, 1e-9)


def test_embedding() -> None:
    table = random_array(7, 3)
    indices = np.array([[0, 6, 2], [3, 3, 1]])
    made = F.embedding(jt.array(indices), jt.array(table, "float64"))
    np.testing.assert_array_equal(made.numpy(), table[indices])
    with pytest.raises(jt.TensorError, match="indices are integers"):
        F.embedding(jt.randn(2), jt.array(table))


def test_against_torch() -> None:
    torch = pytest.importorskip("torch")
    x, w, b = random_array(2, 4, 9, 9), random_array(6, 2, 3, 3), random_array(6)
    tx, tw, tb = (torch.tensor(one) for one in (x, w, b))
    v = [jt.array(one, "float64") for one in (x, w, b)]
    for options in (
        {"stride": 2, "padding": 1, "groups": 2},
        {"stride": (1, 2), "padding": (2, 0), "dilation": (2, 1), "groups": 2},
    ):
        wanted = torch.nn.functional.conv2d(tx, tw, tb, **options).numpy()
        made = F.conv2d(v[0], v[1], v[2], **options)
        np.testing.assert_allclose(made.numpy(), wanted, 1e-9, 1e-9)
    for ours, theirs in (
        (F.max_pool2d(v[0], 3, 2, 1), torch.nn.functional.max_pool2d(tx, 3, 2, 1)),
        (F.avg_pool2d(v[0], 3, 2, 1), torch.nn.functional.avg_pool2d(tx, 3, 2, 1)),
        (F.gelu(v[0]), torch.nn.functional.gelu(tx)),
        (F.silu(v[0]), torch.nn.functional.silu(tx)),
        (F.leaky_relu(v[0]), torch.nn.functional.leaky_relu(tx)),
        (F.log_softmax(v[0], 1), torch.nn.functional.log_softmax(tx, 1)),
    ):
        np.testing.assert_allclose(ours.numpy(), theirs.numpy(), 1e-6, 1e-9)

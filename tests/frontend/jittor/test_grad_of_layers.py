"""The functions behind layers, and losses: their derivatives agree with differences."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor import nn
from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.nn import functional as F
from tests.frontend.jittor.gradient_checking import Function, check


def some(*shape: int) -> NDArray[np.float64]:
    """Different numbers, none of which is near another or near 0."""
    count = int(np.prod(shape))
    order = np.random.default_rng(count).permutation(count)
    return ((order + 0.5) / count * 2.5 - 1.2).reshape(shape)


ROWS, COLUMNS = some(3, 4), some(4)
IMAGE, SMALL = some(2, 2, 4, 4), some(1, 2, 5, 5)
CLASSES = jt.array([2, 0, 3])
TARGET = jt.array(some(3, 4)[::-1].copy(), dtype="float64")
SHARES = jt.array((some(3, 4) + 1.3) / 3, dtype="float64")

CASES: dict[str, tuple[Function, tuple[NDArray[np.float64], ...]]] = {
    "linear": (F.linear, (ROWS, some(2, 4), some(2))),
    "conv2d": (
        lambda x, w, b: F.conv2d(x, w, b, padding=1),
        (IMAGE, some(3, 2, 3, 3), some(3)),
    ),
    "conv2d with stride": (
        lambda x, w: F.conv2d(x, w, stride=(2, 3), padding=(0, 2)),
        (SMALL, some(2, 2, 3, 2)),
    ),
    "conv2d with dilation": (lambda x, w: F.conv2d(x, w, dilation=2), (SMALL, some(1, 2, 2, 2))),
    "conv2d in groups": (
        lambda x, w: F.conv2d(x, w, padding=1, groups=2),
        (SMALL, some(4, 1, 3, 3)),
    ),
    "max pool": (lambda x: F.max_pool2d(x, 2), (IMAGE,)),
    "overlapping max pool": (lambda x: F.pool(x, 3, "maximum", 1, 2), (SMALL,)),
    "min pool": (lambda x: F.pool(x, 2, "minimum"), (IMAGE,)),
    "mean pool": (lambda x: F.avg_pool2d(x, 2), (IMAGE,)),
    "adaptive mean pool": (lambda x: F.adaptive_avg_pool2d(x, 1), (IMAGE,)),
    "conv1d": (
        lambda x, w, b: F.conv1d(x, w, b, 2, 1),
        (some(2, 2, 5), some(3, 2, 3), some(3)),
    ),
    "transposed convolution": (
        lambda x, w, b: F.conv_transpose2d(x, w, b, (2, 1), 1, (1, 0), dilation=(1, 2)),
        (some(1, 2, 3, 3), some(2, 3, 3, 2), some(3)),
    ),
    "max pool to the end": (lambda x: F.max_pool2d(x, 2, ceil_mode=True), (SMALL,)),
    "mean pool to the end": (
        lambda x: F.avg_pool2d(x, 2, 2, 1, ceil_mode=True),
        (SMALL,),
    ),
    "uneven means": (lambda x: F.adaptive_avg_pool2d(x, (2, 3)), (SMALL,)),
    "uneven maxima": (lambda x: F.adaptive_max_pool2d(x, (3, 2)), (SMALL,)),
    "group norm": (
        lambda x, w, b: F.group_norm(x, 2, w, b),
        (some(2, 4, 3), some(4), some(4)),
    ),
    "running sums": (lambda x: jt.cumsum(x, 0), (ROWS,)),
    "running products": (lambda x: jt.cumprod(x, 1), (ROWS,)),
    "border": (lambda x: nn.pad(x, (1, 0, -1, 2)), (SMALL,)),
    "mirrored border": (lambda x: nn.pad(x, (1, 2), "reflect"), (SMALL,)),
    "circular border": (lambda x: nn.pad(x, (1, 2), "circular"), (ROWS,)),
    "larger": (lambda x: nn.interpolate(x, 3, mode="bilinear"), (some(1, 1, 2, 2),)),
    "pixel shuffle": (lambda x: nn.pixel_shuffle(x, 2), (some(1, 4, 2, 1),)),
    "batch norm": (
        lambda x, mean, var, w, b: F.batch_norm(x, mean, var, w, b),
        (IMAGE, some(2), some(2) + 2.0, some(2), some(2)),
    ),
    "batch norm in training": (lambda x: nn.BatchNorm(2, affine=False)(x), (IMAGE,)),
    "layer norm": (
        lambda x, w, b: F.layer_norm(x, (4,), w, b),
        (ROWS, COLUMNS, some(4) + 0.1),
    ),
    "softmax": (F.softmax, (ROWS,)),
    "softmax of columns": (lambda x: F.softmax(x, 0), (ROWS,)),
    "log softmax": (F.log_softmax, (ROWS,)),
    "relu": (jt.relu, (ROWS,)),
    "leaky relu": (F.leaky_relu, (ROWS,)),
    "relu6": (lambda x: F.relu6(x * 6), (ROWS,)),
    "gelu": (F.gelu, (ROWS,)),
    "elu": (lambda x: nn.elu(x, 0.8), (ROWS,)),
    "selu": (nn.selu, (ROWS,)),
    "celu": (lambda x: nn.celu(x, 0.8), (ROWS,)),
    "softplus": (lambda x: nn.softplus(x, 1.5, 1.0), (ROWS,)),
    "softsign": (nn.softsign, (ROWS,)),
    "logsigmoid": (nn.logsigmoid, (ROWS,)),
    "mish": (nn.mish, (ROWS,)),
    "hardtanh": (lambda x: nn.hardtanh(x, -0.5, 0.4), (ROWS,)),
    "hardsigmoid": (lambda x: nn.hardsigmoid(x * 4), (ROWS,)),
    "hardswish": (lambda x: nn.hardswish(x * 4), (ROWS,)),
    "prelu": (nn.prelu, (ROWS, some(4))),
    "glu": (nn.glu, (ROWS,)),
    "huber": (lambda x: nn.huber_loss(x, TARGET, 0.7), (ROWS,)),
    "divergence": (lambda x: nn.kl_div(x, SHARES), (ROWS,)),
    "cosine": (nn.cosine_similarity, (ROWS, some(3, 4)[::-1])),
    "triplets": (
        lambda x, y: nn.triplet_margin_loss(x, y, SHARES, 0.3),
        (ROWS, some(3, 4)[::-1]),
    ),
    "silu": (F.silu, (ROWS,)),
    "embedding": (lambda table: F.embedding(jt.array([[2, 0], [2, 1]]), table), (ROWS,)),
    "concatenated": (
        lambda a, b: jt.Var(ops.concatenated([a.node, (b * b).node, a.node], 1)),
        (ROWS, some(3, 2)),
    ),
    "cross entropy": (lambda x: nn.cross_entropy_loss(x, CLASSES), (ROWS,)),
    "nll": (lambda x: nn.nll_loss(F.log_softmax(x, 1), CLASSES), (ROWS,)),
    "mse": (lambda x: nn.mse_loss(x, TARGET), (ROWS,)),
    "l1": (lambda x: nn.l1_loss(x, TARGET), (ROWS,)),
    "smooth l1": (lambda x: nn.smooth_l1_loss(x, TARGET), (ROWS,)),
    "bce": (lambda x: nn.bce_loss(jt.sigmoid(x), SHARES), (ROWS,)),
    "bce with logits": (
        lambda x: nn.binary_cross_entropy_with_logits(x, SHARES),
        (ROWS,),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_derivatives(name: str) -> None:
    function, given = CASES[name]
    check(function, given, 2e-6)


def test_second_derivatives_of_a_convolution() -> None:
    def slope(x: jt.Var, w: jt.Var) -> jt.Var:
        g: jt.Var = jt.grad((jt.tanh(F.conv2d(x, w)) ** 2).sum(), w)
        return g

    check(slope, (some(1, 1, 3, 3), some(1, 1, 2, 2)), 2e-5)

"""Operators that stand for a sequence of others: `jt.ops.fused_conv_relu_bn`."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.nn.functional import Pair, batch_norm, conv2d, relu
from stepwell.frontend.jittor.var import Var


def fused_conv_relu_bn(
    x: Var,
    weight: Var,
    bn_params: Sequence[Var],
    stride: Pair = 1,
    padding: Pair = 0,
    eps: float = 1e-5,
) -> Var:
    """`batch_norm(relu(conv2d(x, weight)), *bn_params)`, which is one kernel, as it would be if
    written so.

    Args:
        x: [batch, channels, height, width]. weight: [filters, channels, height, width].
        bn_params: mean and variance, and scale and shift if there are any; vectors over filters.

    Raises:
        TensorError: the shapes do not fit.
    """
    if len(bn_params) not in (2, 4):
        raise TensorError(
            f"bn_params are mean, variance, scale and shift, not {len(bn_params)} vectors"
        )
    mean, variance, *affine = bn_params
    scale, shift = affine or (None, None)
    return batch_norm(relu(conv2d(x, weight, None, stride, padding)), mean, variance, scale, shift,
                      eps)  # fmt: skip

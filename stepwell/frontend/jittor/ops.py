"""Operations under the names that Jittor's description gives them.

There is no operation for each combination of others: what is written one after the other is fused
by its structure. A name for a combination only says it in one word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.nn import BatchNorm
from stepwell.frontend.jittor.nn.functional import batch_norm, conv2d, relu
from stepwell.frontend.jittor.nn.sizes import Pair
from stepwell.frontend.jittor.var import Var

Parameters = BatchNorm | Mapping[str, Var] | Sequence[Var]
_NAMES = ("mean", "var", "weight", "bias")


def fused_conv_relu_bn(
    x: Var,
    weight: Var,
    bn_params: Parameters,
    stride: Pair = 1,
    padding: Pair = 0,
    eps: float = 1e-5,
) -> Var:
    """`batch_norm(relu(conv2d(x, weight)))`.

    Args:
        x, weight, stride, padding: see `conv2d`. bn_params: a BatchNorm; or mean, variance and, if
            there are any, weight and bias: a dictionary with these as "mean", "var", "weight" and
            "bias", or a sequence in this order. eps: see `batch_norm`; a BatchNorm has its own.

    Raises:
        TensorError: the shapes do not fit, or the parameters are others.
    """
    y = relu(conv2d(x, weight, None, stride, padding))
    if isinstance(bn_params, BatchNorm):
        return bn_params(y)
    named = bn_params if isinstance(bn_params, Mapping) else _named(bn_params)
    if not {"mean", "var"} <= set(named) <= set(_NAMES):
        raise TensorError(f"a batch norm has {', '.join(_NAMES)}, not {', '.join(named)}")
    scale, shift = named.get("weight"), named.get("bias")
    return batch_norm(y, named["mean"], named["var"], scale, shift, eps)


def _named(listed: Sequence[Var]) -> dict[str, Var]:
    if len(listed) not in (2, len(_NAMES)):
        raise TensorError(f"a batch norm has {', '.join(_NAMES)}, not {len(listed)} parts")
    return dict(zip(_NAMES, listed, strict=False))

"""Losses and the softmax behind them."""

from __future__ import annotations

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.functions import arange, exp, log
from stepwell.frontend.jittor.var import Var


def softmax(x: Var, dim: int = -1) -> Var:
    """exp(x) as shares of their sum along `dim`; the greatest is subtracted first."""
    powers = exp(x - x.max(dim, keepdims=True).detach())
    return powers / powers.sum(dim, keepdims=True)


def log_softmax(x: Var, dim: int = -1) -> Var:
    """The logarithm of `softmax`, without computing that."""
    shifted = x - x.max(dim, keepdims=True).detach()
    return shifted - log(exp(shifted).sum(dim, keepdims=True))


def mse_loss(output: Var, target: Var) -> Var:
    """The mean of the squared differences."""
    difference = output - target
    return (difference * difference).mean()


def cross_entropy_loss(output: Var, target: Var) -> Var:
    """The mean of -log_softmax(output) at the classes `target`.

    Args:
        output: scores of shape [rows, classes]. target: one class number for each row.

    Raises:
        TensorError: the shapes are others.
    """
    if output.ndim != 2 or target.shape != output.shape[:1]:
        raise TensorError(
            "cross_entropy_loss takes scores of [rows, classes] and one class a row, "
            f"not {output.shape!r} and {target.shape!r}"
        )
    classes = arange(output.shape[1])
    chosen = (classes == target.unsqueeze(1)).cast(output.dtype)
    return -(log_softmax(output, 1) * chosen).sum(1).mean()

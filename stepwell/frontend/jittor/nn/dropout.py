"""Dropout: noise against learning by heart."""

from __future__ import annotations

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.functions import full, random, ternary
from stepwell.frontend.jittor.nn.module import Module
from stepwell.frontend.jittor.var import Var


def dropout(x: Var, p: float = 0.5, is_train: bool = False) -> Var:
    """`x` with each element 0 with probability `p`, and the others divided by 1 - p; `x` itself
    unless `is_train`.

    Raises:
        TensorError: `p` is no probability.

    Source: Srivastava et al., "Dropout", 2014.
    """
    if not 0 <= p <= 1:
        raise TensorError(f"{p} is no probability")
    if not is_train or p == 0:
        return x
    if p == 1:
        return x * 0.0
    return ternary(random(x.shape) >= p, x / (1.0 - p), 0)


class Dropout(Module):
    """`dropout` as a layer, which does so in training.

    Args:
        p: the probability of a 0. is_train: whether it starts in training.
    """

    def __init__(self, p: float = 0.5, is_train: bool = True) -> None:
        super().__init__()
        self.p = p
        self.is_train = is_train

    def execute(self, x: Var) -> Var:
        return dropout(x, self.p, self.is_train)


def dropout2d(x: Var, p: float = 0.5, is_train: bool = False) -> Var:
    """As `dropout`, but of whole channels [batch, channels, ...].

    Raises:
        TensorError: `p` is no probability, or there are no channels.
    """
    if x.ndim < 2:
        raise TensorError(f"the shape {x.shape!r} has no channels")
    ones = full([*x.shape[:2], *[1] * (x.ndim - 2)], 1, x.dtype)
    return x if not is_train or p == 0 else x * dropout(ones, p, is_train)


class Dropout2d(Dropout):
    """`dropout2d` as a layer, which does so in training."""

    def execute(self, x: Var) -> Var:
        return dropout2d(x, self.p, self.is_train)

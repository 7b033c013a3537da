"""RMSprop."""

from __future__ import annotations

from stepwell.frontend.jittor.functions import sqrt
from stepwell.frontend.jittor.optim.group import ParamGroup
from stepwell.frontend.jittor.optim.optimizer import Optimizer, Parameters, argument
from stepwell.frontend.jittor.var import Var


class RMSprop(Optimizer):
    """Steps by the derivatives over the root of a running mean of their squares.

    Args:
        params, lr: see `Optimizer`. eps: added to the root. alpha: the share of the last running
            mean that is kept.

    Source: Hinton, lecture 6e of "Neural networks for machine learning", 2012.
    """

    SETTINGS = ("lr", "eps", "alpha")

    def __init__(
        self, params: Parameters, lr: float = 1e-2, eps: float = 1e-8, alpha: float = 0.99
    ) -> None:
        super().__init__(params, lr)
        self.eps = eps
        self.alpha = alpha

    def move(self, group: ParamGroup, number: int, g: Var) -> None:
        param, kept = group.params[number], group.kept("values", number)
        alpha = self.setting(group, "alpha")
        square = kept * alpha + g * g * (1.0 - alpha)
        kept.update(square)
        rate = argument(self.setting(group, "lr"), param.dtype)
        param.update(param - g * rate / (sqrt(square) + self.setting(group, "eps")))

"""Stochastic gradient descent."""

from __future__ import annotations

from stepwell.frontend.jittor.optim.group import ParamGroup
from stepwell.frontend.jittor.optim.optimizer import Optimizer, Parameters, argument
from stepwell.frontend.jittor.var import Var


class SGD(Optimizer):
    """Stochastic gradient descent.

    Args:
        params, lr: see `Optimizer`. momentum: the share of the last step that is kept.
            weight_decay: the share of a parameter that is added to its derivative. dampening: by
            how much of it a derivative is lessened in the momentum. nesterov: whether to look
            ahead.
    """

    SETTINGS = ("lr", "momentum", "weight_decay", "dampening", "nesterov")

    def __init__(
        self,
        params: Parameters,
        lr: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        dampening: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(params, lr)
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.dampening = dampening
        self.nesterov = nesterov

    def move(self, group: ParamGroup, number: int, g: Var) -> None:
        param = group.params[number]
        decay = self.setting(group, "weight_decay")
        change = self._with_momentum(group, number, g + param * decay if decay else g)
        param.update(param - change * argument(self.setting(group, "lr"), param.dtype))

    def _with_momentum(self, group: ParamGroup, number: int, g: Var) -> Var:
        momentum = self.setting(group, "momentum")
        if not momentum:
            return g
        kept = group.kept("values", number)
        moving = kept * momentum + g * (1.0 - self.setting(group, "dampening"))
        kept.update(moving)
        return g + moving * momentum if self.setting(group, "nesterov") else moving

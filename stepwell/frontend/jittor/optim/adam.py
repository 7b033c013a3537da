"""Adam, and Adam with weight decay of its own."""

from __future__ import annotations

from math import sqrt as root

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.functions import sqrt
from stepwell.frontend.jittor.optim.group import ParamGroup
from stepwell.frontend.jittor.optim.optimizer import Optimizer, Parameters, argument
from stepwell.frontend.jittor.var import Var


class Adam(Optimizer):
    """Steps by a running mean of the derivatives over the root of one of their squares.

    Args:
        params, lr: see `Optimizer`. eps: added to the root. betas: the shares of the last running
            means that are kept. weight_decay: the share of a parameter that is added to its
            derivative.

    Raises:
        TensorError: a beta is not in [0, 1).

    Source: Kingma and Ba, "Adam: a method for stochastic optimization", 2015, algorithm 1.
    """

    SETTINGS = ("lr", "eps", "betas", "weight_decay")

    def __init__(
        self,
        params: Parameters,
        lr: float,
        eps: float = 1e-8,
        betas: tuple[float, float] = (0.9, 0.999),
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr)
        if not all(0 <= beta < 1 for beta in betas):
            raise TensorError(f"betas are in [0, 1), not {betas}")
        self.eps = eps
        self.betas = (betas[0], betas[1])
        self.weight_decay = weight_decay

    def move(self, group: ParamGroup, number: int, g: Var) -> None:
        param = group.params[number]
        decay = self.setting(group, "weight_decay")
        change = self._change(group, number, g + param * decay if decay else g)
        param.update(param - change)

    def _change(self, group: ParamGroup, number: int, g: Var) -> Var:
        first, second = self._betas_of(group)
        m, v = group.kept("m", number), group.kept("values", number)
        mean = m * first + g * (1.0 - first)
        square = v * second + g * g * (1.0 - second)
        m.update(mean)
        v.update(square)
        # The means started from 0; what makes up for that differs from step to step.
        rate = self.setting(group, "lr") / (1.0 - first**self.n_step)
        grown = root(1.0 - second**self.n_step)
        spread = sqrt(square) / argument(grown, g.dtype) + self.setting(group, "eps")
        return mean * argument(rate, g.dtype) / spread

    def _betas_of(self, group: ParamGroup) -> tuple[float, float]:
        betas = group.settings.get("betas", self.betas)
        assert isinstance(betas, tuple)
        return betas[0], betas[1]


class AdamW(Adam):
    """As `Adam`, but parameters shrink by lr * weight_decay of themselves, apart from the means.

    Source: Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.
    """

    def move(self, group: ParamGroup, number: int, g: Var) -> None:
        param = group.params[number]
        change = self._change(group, number, g)
        decay = self.setting(group, "weight_decay")
        if not decay:
            param.update(param - change)
            return
        left = argument(1.0 - self.setting(group, "lr") * decay, param.dtype)
        param.update(param * left - change)

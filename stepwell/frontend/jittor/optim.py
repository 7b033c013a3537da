"""Optimisers: from derivatives to better parameters."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stepwell.frontend.jittor.autograd import grad
from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.plans import execute
from stepwell.frontend.jittor.var import Var, array


class SGD:
    """Stochastic gradient descent.

    `step` only extends the graph: the new parameters are computed with the next value that is asked
    for, such as the loss, in one program; or at the latest when the next step is made.

    Args:
        params: what to optimise. lr: the step's length; may be changed at any time. momentum: the
        share of the last step that is kept. weight_decay: the share of a parameter that is added to
        its derivative. dampening: by how much of it a derivative is lessened in the momentum.
        nesterov: whether to look ahead.

    Raises:
        TensorError: there are no parameters.
    """

    def __init__(
        self,
        params: Sequence[Var],
        lr: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        dampening: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        self.params = list(params)
        if not self.params:
            raise TensorError("there are no parameters to optimise")
        self.lr = lr
        self.momentum = momentum
        self.weight_decay = weight_decay
        self.dampening = dampening
        self.nesterov = nesterov
        self._grads: list[Var] | None = None
        self._momenta = [
            array(np.zeros(one.shape), dtype=one.dtype) for one in self.params if momentum
        ]

    def zero_grad(self) -> None:
        """Forgets the derivatives."""
        self._grads = None

    def backward(self, loss: Var) -> None:
        """Adds the derivatives of `loss` to those of earlier losses since the last step."""
        new = grad(loss, self.params)
        before = self._grads
        self._grads = new if before is None else [a + b for a, b in zip(before, new, strict=True)]

    def step(self, loss: Var | None = None) -> None:
        """Moves the parameters; with a loss, against its derivatives alone.

        Raises:
            TensorError: there is no loss, and there was none before.
        """
        if loss is not None:
            self.zero_grad()
            self.backward(loss)
        if self._grads is None:
            raise TensorError("step() without a loss wants backward(loss) before it")
        # The last step, if nothing made it happen yet: graphs must not grow from step to step.
        execute([one.node for one in (*self.params, *self._momenta)])
        # The rate is an argument of the program: changing it compiles nothing.
        rates = {one.dtype: array(self.lr, dtype=one.dtype) for one in self.params}
        grads, self._grads = self._grads, None
        for number, (param, g) in enumerate(zip(self.params, grads, strict=True)):
            change = self._change(number, param, g)
            param.update(param - change * rates[param.dtype])

    def _change(self, number: int, param: Var, g: Var) -> Var:
        if self.weight_decay:
            g = g + param * self.weight_decay
        if not self.momentum:
            return g
        kept = self._momenta[number]
        moving = kept * self.momentum + g * (1.0 - self.dampening)
        kept.update(moving)
        return g + moving * self.momentum if self.nesterov else moving

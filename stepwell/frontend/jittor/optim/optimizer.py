"""`Optimizer`: what all optimisers share.

Derivatives come in one of three ways:

    optimizer.step(loss)
    optimizer.backward(loss); optimizer.step()      # several losses add up, until a step
    loss.backward(); optimizer.step()               # so do these, until zero_grad(), as in torch
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar

from stepwell.frontend.jittor.autograd import grad
from stepwell.frontend.jittor.dtypes import DType, TensorError
from stepwell.frontend.jittor.functions import minimum, sqrt
from stepwell.frontend.jittor.optim.group import ParamGroup
from stepwell.frontend.jittor.optim.state import described, restore
from stepwell.frontend.jittor.plans import execute
from stepwell.frontend.jittor.var import Var, array

Parameters = Iterable[Var] | Sequence[Mapping[str, object]]


class Optimizer:
    """Base of optimisers. A subclass names its settings and defines `move`.

    `step` only extends the graph: the new parameters are computed with the next value that is asked
    for, such as the loss, in one program; or at the latest when the next step is made. What changes
    from step to step (the rate, the number of the step) are arguments of that program, so that
    steps after the first compile nothing.

    Args:
        params: what to optimise; or dictionaries with "params" and the settings that differ for
            them. lr: the step's length; may be changed at any time.

    Raises:
        TensorError: there are no parameters, or what is given as one is none.
    """

    SETTINGS: ClassVar[tuple[str, ...]] = ("lr",)

    def __init__(self, params: Parameters, lr: float) -> None:
        self.lr = lr
        self.n_step = 0
        self.param_groups: list[ParamGroup] = []
        given = list(params)
        if given and all(isinstance(one, Mapping) for one in given):
            for one in given:
                assert isinstance(one, Mapping)
                self.add_param_group(one)
        else:
            self.param_groups.append(ParamGroup(given, {}))  # type: ignore[arg-type]

    def add_param_group(self, group: Mapping[str, object]) -> None:
        """Adds parameters: "params" of the dictionary, with its other entries as their settings.

        Raises:
            TensorError: there are none, or a setting is unknown.
        """
        rest = dict(group)
        params = rest.pop("params", ())
        unknown = [name for name in rest if name not in self.SETTINGS]
        if unknown:
            raise TensorError(f"{type(self).__name__} has no setting '{unknown[0]}'")
        listed = [params] if isinstance(params, Var) else params
        self.param_groups.append(ParamGroup(listed, rest))  # type: ignore[arg-type]

    def move(self, group: ParamGroup, number: int, g: Var) -> None:
        """Updates parameter `number` of `group`, whose derivative is `g`."""
        raise NotImplementedError

    # Derivatives.

    def zero_grad(self) -> None:
        """Forgets the derivatives, those that `loss.backward()` left at the parameters too."""
        for group in self.param_groups:
            group.grads = [None] * len(group.params)
            for one in group.params:
                one.grad = None

    def backward(self, loss: Var) -> None:
        """Adds the derivatives of `loss` to those of earlier losses since the last step.

        Raises:
            TensorError: the loss is not of floats.
        """
        places = [
            (group, number)
            for group in self.param_groups
            for number, param in enumerate(group.params)
            if not param.is_stop_grad()
        ]
        found = grad(loss, [group.params[number] for group, number in places])
        for (group, number), g in zip(places, found, strict=True):
            before = group.grads[number]
            group.grads[number] = g if before is None else before + g

    def find_grad(self, param: Var) -> Var:
        """The derivative by `param` since the last step.

        Raises:
            TensorError: there is none.
        """
        for group in self.param_groups:
            for one, g in zip(group.params, group.grads, strict=True):
                if one is param and g is not None:
                    return g
        if param.grad is not None:
            return param.grad
        raise TensorError("there is no derivative by that Var; backward(loss) makes them")

    def clip_grad_norm(self, max_norm: float, norm_type: int = 2) -> None:
        """Scales the derivatives down together where their norm is greater than `max_norm`.

        Args:
            max_norm: of all derivatives as one vector. norm_type: 2, for the Euclidean norm.

        Raises:
            TensorError: it is another norm, or there are no derivatives.
        """
        if norm_type != 2:
            raise TensorError(f"derivatives are clipped by the norm 2, not {norm_type}")
        self._collect()
        found = [g for group in self.param_groups for g in group.grads if g is not None]
        total = (found[0] * found[0]).sum()
        for g in found[1:]:
            total = total + (g * g).sum()
        share = minimum(array(max_norm, total.dtype) / (sqrt(total) + 1e-6), 1.0)
        for group in self.param_groups:
            group.grads = [None if g is None else g * share.cast(g.dtype) for g in group.grads]

    def _collect(self) -> None:
        """Takes the derivatives that `loss.backward()` left at the parameters, if none are here.

        Raises:
            TensorError: there are none.
        """
        groups = self.param_groups
        if any(g is not None for group in groups for g in group.grads):
            return
        for group in groups:
            group.grads = [None if one.is_stop_grad() else one.grad for one in group.params]
        if all(g is None for group in groups for g in group.grads):
            raise TensorError("step() without a loss wants backward(loss) before it")

    # Steps.

    def step(self, loss: Var | None = None) -> None:
        """Moves the parameters; with a loss, against its derivatives alone.

        Raises:
            TensorError: there is no loss, and there was none before.
        """
        if loss is not None:
            self.zero_grad()
            self.backward(loss)
        self._collect()
        # The last step, if nothing made it happen yet: graphs must not grow from step to step.
        execute([one.node for one in self._held()])
        self.n_step += 1
        for group in self.param_groups:
            for number, g in enumerate(group.grads):
                if g is not None:
                    self.move(group, number, g)
            group.grads = [None] * len(group.params)

    def _held(self) -> list[Var]:
        found: list[Var] = []
        for group in self.param_groups:
            found += group.params
            for kept in group.state.values():
                found += kept.values()
        return found

    def setting(self, group: ParamGroup, name: str) -> float:
        """The number `name`: the group's own if it has one."""
        value = group.settings.get(name, getattr(self, name))
        assert isinstance(value, (int, float))
        return value

    # State.

    def state_dict(self) -> dict[str, object]:
        """Settings and copies of what is kept from step to step; not the parameters."""
        return described(self, self.SETTINGS)

    def load_state_dict(self, state: object) -> None:
        """Sets what `state_dict` gave.

        Raises:
            TensorError: it is of another optimiser or of other parameters.
        """
        restore(self, self.SETTINGS, state)


def argument(value: float, dtype: DType) -> Var:
    """A number that programs take as an argument."""
    return array(value, dtype=dtype)

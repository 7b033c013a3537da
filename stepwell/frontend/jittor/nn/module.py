"""`Module`: a part of a model, with parameters and parts of its own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from stepwell.frontend.jittor.dtypes import AnyArray, TensorError
from stepwell.frontend.jittor.var import Operand, Var, array


class Module:
    """Base of models and layers. A subclass sets Vars and Modules as attributes in `__init__` and
    defines `execute` (or `forward`); calling the module runs that.

    class Model(Module):
        def __init__(self):
            super().__init__()
            self.layer = Linear(3, 1)

        def execute(self, x):
            return self.layer(x)
    """

    def __init__(self) -> None:
        self.is_train = True

    def execute(self, *inputs: Var) -> Var:
        """What the module computes; the method `forward`, unless a subclass defines this.

        Raises:
            TensorError: neither is defined.
        """
        forward = getattr(type(self), "forward", None)
        if forward is None:
            raise TensorError(f"{type(self).__name__} defines neither execute nor forward")
        result: Var = forward(self, *inputs)
        return result

    def __call__(self, *inputs: Var) -> Var:
        return self.execute(*inputs)

    # Parts.

    def children(self) -> list[Module]:
        """The modules that are attributes of this one."""
        return [one for _, one in self.parts()]

    def parts(self) -> Iterator[tuple[str, Module]]:
        """The modules that are attributes of this one, with their names."""
        for name, value in vars(self).items():
            if isinstance(value, Module):
                yield name, value

    def named_modules(self) -> list[tuple[str, Module]]:
        """This module and all within it, with dotted names, outer ones first."""
        found: list[tuple[str, Module]] = []
        pending: list[tuple[str, Module]] = [("", self)]
        while pending:
            name, module = pending.pop()
            found.append((name, module))
            prefix = f"{name}." if name else ""
            inner = [(prefix + part, one) for part, one in module.parts()]
            pending += reversed(inner)
        return found

    def modules(self) -> list[Module]:
        """This module and all within it."""
        return [module for _, module in self.named_modules()]

    # Parameters.

    def named_parameters(self) -> list[tuple[str, Var]]:
        """The Vars of this module and all within it, each once, with dotted names."""
        found: list[tuple[str, Var]] = []
        seen: set[int] = set()
        for name, module in self.named_modules():
            prefix = f"{name}." if name else ""
            for key, value in vars(module).items():
                if isinstance(value, Var) and id(value) not in seen:
                    seen.add(id(value))
                    found.append((prefix + key, value))
        return found

    def parameters(self) -> list[Var]:
        """The Vars of this module and all within it."""
        return [value for _, value in self.named_parameters()]

    def state_dict(self) -> dict[str, AnyArray]:
        """Copies of the values of the parameters, by name."""
        return {name: value.numpy() for name, value in self.named_parameters()}

    def load_state_dict(self, state: Mapping[str, Operand]) -> None:
        """Sets the parameters that `state` names.

        Raises:
            TensorError: a name is unknown, or a shape differs.
        """
        known = dict(self.named_parameters())
        for name, value in state.items():
            if name not in known:
                raise TensorError(f"there is no parameter '{name}'")
            new = array(value, dtype=known[name].dtype)
            if new.shape != known[name].shape:
                raise TensorError(
                    f"parameter '{name}' has the shape {known[name].shape!r}, not {new.shape!r}"
                )
            known[name].assign(new)

    # Training or not.

    def train(self) -> None:
        """Prepares this module and all within it for training."""
        for module in self.modules():
            module.is_train = True

    def eval(self) -> None:
        """Prepares this module and all within it for use."""
        for module in self.modules():
            module.is_train = False

    def is_training(self) -> bool:
        """Whether the module is prepared for training."""
        return self.is_train

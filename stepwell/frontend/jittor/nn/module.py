"""`Module`: a part of a model, with parameters and parts of its own."""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterator, Mapping
from typing import NoReturn, Self

import numpy as np

from stepwell.frontend.jittor.dtypes import AnyArray, TensorError
from stepwell.frontend.jittor.nn.hooks import Handle, Hook, Hooks, run_with_hooks
from stepwell.frontend.jittor.serialization import load, save
from stepwell.frontend.jittor.var import Var, array

# In files that torch wrote; a count that no result here depends on.
_FOREIGN_COUNT = "num_batches_tracked"


def _undefined(self: Module, *inputs: object) -> NoReturn:
    raise TensorError(f"{type(self).__name__} defines neither execute nor forward")


class Module:
    """Base of models and layers. A subclass sets Vars and Modules as attributes in `__init__` and
    defines `execute` (or `forward`, which is the same); calling the module runs that.

    class Model(Module):
        def __init__(self):
            super().__init__()
            self.layer = Linear(3, 1)

        def execute(self, x):
            return self.layer(x)

    Vars whose names start with `_` are the module's own business: they are no parameters.
    """

    execute: Callable[..., Var] = _undefined
    forward: Callable[..., Var] = _undefined
    is_train: bool = True
    _buffers: tuple[str, ...] = ()
    _hooks: Hooks | None = None

    def __init__(self) -> None:
        self.is_train = True

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        own = vars(cls)
        if "execute" in own:
            cls.forward = own["execute"]
        elif "forward" in own:
            cls.execute = own["forward"]

    def __call__(self, *inputs: object, **options: object) -> Var:
        if self._hooks is None:
            return self.execute(*inputs, **options)
        found = run_with_hooks(self, self.execute, self._hooks, inputs, options)
        return found  # type: ignore[return-value]  # hooks may return anything

    # Hooks: see `Hooks` for what they are called with.

    def register_pre_forward_hook(self, hook: Hook) -> Handle:
        """Has `hook(module, inputs)` called before `execute`; it may return other inputs."""
        return Handle(self._own_hooks().before, hook)

    register_forward_pre_hook = register_pre_forward_hook

    def register_forward_hook(self, hook: Hook) -> Handle:
        """Has `hook(module, inputs, output)` called after `execute`; it may return another one."""
        return Handle(self._own_hooks().after, hook)

    def register_input_backward_hook(self, hook: Hook) -> Handle:
        """Has `hook(module, derivatives)` called with those by the inputs; it may return others."""
        return Handle(self._own_hooks().by_inputs, hook)

    def register_output_backward_hook(self, hook: Hook) -> Handle:
        """Has `hook(module, derivatives)` called with those by the outputs; it may change them."""
        return Handle(self._own_hooks().by_outputs, hook)

    def register_backward_hook(self, hook: Hook) -> Handle:
        """Has `hook(module, by_inputs, by_outputs)` called with derivatives; it may return others
        by the inputs."""
        return Handle(self._own_hooks().by_both, hook)

    register_full_backward_hook = register_backward_hook

    def remove_pre_forward_hook(self) -> None:
        """Takes off what `register_pre_forward_hook` registered."""
        self._own_hooks().before.clear()

    def remove_forward_hook(self) -> None:
        """Takes off what `register_forward_hook` registered."""
        self._own_hooks().after.clear()

    def remove_input_backward_hook(self) -> None:
        """Takes off what `register_input_backward_hook` registered."""
        self._own_hooks().by_inputs.clear()

    def remove_output_backward_hook(self) -> None:
        """Takes off what `register_output_backward_hook` registered."""
        self._own_hooks().by_outputs.clear()

    def _own_hooks(self) -> Hooks:
        if self._hooks is None:
            self._hooks = Hooks()
        return self._hooks

    # Parts.

    def parts(self) -> Iterator[tuple[str, Module]]:
        """The modules that are attributes of this one, with their names."""
        for name, value in vars(self).items():
            if isinstance(value, Module):
                yield name, value

    def named_children(self) -> list[tuple[str, Module]]:
        """The modules that are attributes of this one, with their names."""
        return list(self.parts())

    def children(self) -> list[Module]:
        """The modules that are attributes of this one."""
        return [one for _, one in self.parts()]

    def named_modules(self) -> list[tuple[str, Module]]:
        """This module and all within it, each once, with dotted names, outer ones first."""
        found: list[tuple[str, Module]] = []
        seen: set[int] = set()
        pending: list[tuple[str, Module]] = [("", self)]
        while pending:
            name, module = pending.pop()
            if id(module) in seen:
                continue
            seen.add(id(module))
            found.append((name, module))
            inner = [(_dotted(name, part), one) for part, one in module.parts()]
            pending += reversed(inner)
        return found

    def modules(self) -> list[Module]:
        """This module and all within it."""
        return [module for _, module in self.named_modules()]

    def apply(self, function: Callable[[Module], object]) -> Self:
        """Calls `function` with this module and all within it."""
        for module in self.modules():
            function(module)
        return self

    # Parameters.

    def named_parameters(self) -> list[tuple[str, Var]]:
        """The Vars of this module and all within it, each once, with dotted names.

        As in Jittor, state such as running means is among them; optimisers pass it by, as it is
        marked by `stop_grad`.
        """
        found: list[tuple[str, Var]] = []
        seen: set[int] = set()
        for name, module in self.named_modules():
            for key, value in vars(module).items():
                if not isinstance(value, Var) or key.startswith("_") or id(value) in seen:
                    continue
                seen.add(id(value))
                found.append((_dotted(name, key), value))
        return found

    def parameters(self) -> list[Var]:
        """The Vars of this module and all within it."""
        return [value for _, value in self.named_parameters()]

    def register_buffer(self, name: str, value: Var) -> Var:
        """Makes `value` the attribute `name`: state that is saved, but not optimised."""
        setattr(self, name, value.stop_grad())
        self._buffers = (*self._buffers, name)
        return value

    def named_buffers(self) -> list[tuple[str, Var]]:
        """The registered state of this module and all within it, with dotted names."""
        return [
            (_dotted(name, key), getattr(module, key))
            for name, module in self.named_modules()
            for key in module._buffers
        ]

    def buffers(self) -> list[Var]:
        """The registered state of this module and all within it."""
        return [value for _, value in self.named_buffers()]

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Has optimisers move the parameters within, or pass them by."""
        held = {id(one) for one in self.buffers()}
        for value in self.parameters():
            if id(value) not in held:
                value.requires_grad = requires_grad
        return self

    # State.

    def state_dict(self) -> dict[str, Var]:
        """Copies of the parameters and the state, by name."""
        return {name: array(value.data, value.dtype) for name, value in self.named_parameters()}

    def load_state_dict(self, state: object) -> None:
        """Sets the parameters that `state` names; the others stay as they are.

        Raises:
            TensorError: it is no mapping of names to arrays, a name is unknown, or a shape differs;
                nothing is set then.
        """
        self._load(state, _refuse)

    def load_parameters(self, state: object) -> None:
        """As `load_state_dict`, but names that are unknown only give warnings.

        Raises:
            TensorError: it is no mapping of names to arrays, or a shape differs.
        """
        self._load(state, _warn)

    def _load(self, state: object, unknown: Callable[[str], None]) -> None:
        if not isinstance(state, Mapping):
            raise TensorError(f"parameters come as a dictionary, not as {type(state).__name__}")
        known = dict(self.named_parameters())
        found: list[tuple[Var, Var]] = []
        for name, value in state.items():
            if name in known:
                found.append((known[name], _fitting(name, value, known[name])))
            elif str(name).rpartition(".")[2] != _FOREIGN_COUNT:
                unknown(name)
        for parameter, value in found:
            is_stopped = parameter.is_stop_grad()
            parameter.assign(value)
            parameter.requires_grad = not is_stopped

    def save(self, path: str | os.PathLike[str]) -> None:
        """Writes the parameters and the state to the file `path`; see `save` of the library."""
        save(self.state_dict(), path)

    def load(self, path: str | os.PathLike[str]) -> None:
        """Sets the parameters that the file `path` names; see `load_parameters`."""
        self.load_parameters(load(path))

    # Training or not.

    def train(self, mode: bool = True) -> Self:
        """Prepares this module and all within it for training; for use, if `mode` is false."""
        for module in self.modules():
            module.is_train = mode
        return self

    def eval(self) -> Self:
        """Prepares this module and all within it for use."""
        return self.train(False)

    def is_training(self) -> bool:
        """Whether the module is prepared for training."""
        return self.is_train

    @property
    def training(self) -> bool:
        """Whether the module is prepared for training."""
        return self.is_train

    # As text.

    def extra_repr(self) -> str:
        """What `repr` shows between the brackets: the numbers and shapes of this module alone."""
        return ", ".join(
            f"{name}={value}"
            for name, value in vars(self).items()
            if not name.startswith("_") and isinstance(value, (bool, int, float, str, tuple))
            if name != "is_train"
        )

    def __repr__(self) -> str:
        lines: list[str] = []
        pending: list[tuple[int, str, Module]] = [(0, "", self)]
        while pending:
            depth, name, module = pending.pop()
            if depth < 0:
                lines.append("    " * ~depth + ")")
                continue
            inner = list(module.parts())
            label = f"{'    ' * depth}{name}{type(module).__name__}({module.extra_repr()}"
            lines.append(label if inner else label + ")")
            if inner and depth < _DEPTH_SHOWN:
                pending.append((~depth, "", module))
                pending += [(depth + 1, f"{part}: ", one) for part, one in reversed(inner)]
        return "\n".join(lines)


_DEPTH_SHOWN = 20


def _dotted(prefix: str, name: str) -> str:
    return f"{prefix}.{name}" if prefix else name


def _fitting(name: str, value: object, known: Var) -> Var:
    """`value` as a Var of its own, of the type and shape of `known`."""
    try:
        given: AnyArray = value.data if isinstance(value, Var) else np.asarray(value)
    except ValueError as error:
        raise TensorError(f"parameter '{name}' is no array: {error}") from None
    made = array(given, dtype=known.dtype)
    if made.shape != known.shape:
        raise TensorError(f"parameter '{name}' has the shape {known.shape!r}, not {made.shape!r}")
    return made


def _refuse(name: str) -> None:
    raise TensorError(f"there is no parameter '{name}'")


def _warn(name: str) -> None:
    warnings.warn(f"there is no parameter '{name}'", stacklevel=4)

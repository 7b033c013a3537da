"""Modules that hold others in order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.nn.module import Module
from stepwell.frontend.jittor.var import Var

Layer = Module | Callable[[Var], Var]
Layers = Layer | list[Layer] | tuple[Layer, ...] | Mapping[str, Layer]


class Applied(Module):
    """A function as a layer."""

    def __init__(self, function: Callable[[Var], Var]) -> None:
        super().__init__()
        self.function = function

    def execute(self, x: Var) -> Var:
        return self.function(x)

    def extra_repr(self) -> str:
        """The function's name."""
        return getattr(self.function, "__name__", type(self.function).__name__)


class Sequential(Module):
    """Layers, each applied to the result of the one before.

    Args:
        layers: modules and functions; lists of them, or dictionaries that name them. Layers without
            a name are numbered.

    Raises:
        TensorError: something else is among them.
    """

    def __init__(self, *layers: Layers) -> None:
        super().__init__()
        self.layers: dict[str, Module] = {}
        for one in layers:
            self._add(one)

    def _add(self, given: Layers) -> None:
        if isinstance(given, Mapping):
            for name, layer in given.items():
                self.add_module(name, layer)
        elif isinstance(given, (list, tuple)):
            self.extend(given)
        else:
            self.append(given)

    def add_module(self, name: str, layer: Layer) -> None:
        """Adds a layer at the end, with a name.

        Raises:
            TensorError: it is no module or function, or the name is taken.
        """
        if not callable(layer):
            raise TensorError(f"a layer is a module or a function, not {type(layer).__name__}")
        if str(name) in self.layers:
            raise TensorError(f"there is a layer '{name}' already")
        self.layers[str(name)] = layer if isinstance(layer, Module) else Applied(layer)

    def append(self, layer: Layer) -> Sequential:
        """Adds a layer at the end, named by its number."""
        self.add_module(str(len(self.layers)), layer)
        return self

    def extend(self, layers: Sequence[Layer]) -> Sequential:
        """Adds layers at the end."""
        for layer in layers:
            self.append(layer)
        return self

    def parts(self) -> Iterator[tuple[str, Module]]:
        """The layers, with their names."""
        yield from self.layers.items()

    def execute(self, x: Var) -> Var:
        for layer in self.layers.values():
            x = layer(x)
        return x

    def keys(self) -> list[str]:
        """The layers' names."""
        return list(self.layers)

    def values(self) -> list[Module]:
        """The layers."""
        return list(self.layers.values())

    def items(self) -> list[tuple[str, Module]]:
        """The layers with their names."""
        return list(self.layers.items())

    def __getitem__(self, key: int | str) -> Module:
        try:
            return self.layers[key] if isinstance(key, str) else self.values()[key]
        except (KeyError, IndexError):
            # An IndexError ends a loop over the layers; Python makes one of it.
            raise IndexError(f"there is no layer {key!r}; there are {len(self)}") from None

    def __iter__(self) -> Iterator[Module]:
        return iter(self.values())

    def __len__(self) -> int:
        return len(self.layers)


class ModuleList(Sequential):
    """Modules in a list, so that their parameters are found. Calling it calls each, as with
    `Sequential`."""

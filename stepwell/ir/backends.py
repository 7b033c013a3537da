"""Backends, by the target attributes that they compile modules for.

A backend registers itself when its package is imported: it is a package in `stepwell/backends/`,
or what an entry point of the group `stepwell.backends` names. It says where its function is, which
is imported, and LLVM with it, only when something is compiled.

>>> find("nvvm.target") is not None
True
>>> find("no.target") is None
True
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import entry_points
from pkgutil import iter_modules
from typing import Protocol

from stepwell.ir.attribute import Attribute
from stepwell.ir.operation import Operation

PACKAGE = "stepwell.backends"


class Compile(Protocol):
    """Compiles a module to text for a target."""

    def __call__(
        self, module: Operation, target: Attribute, libraries: Sequence[str], toolkit: str
    ) -> str:
        """The assembly of `module`.

        Args:
            module: what is compiled.
            target: the target attribute.
            libraries: files to link, beside those that the target names.
            toolkit: a folder of the vendor's tools; empty if none was named.

        Raises:
            BackendError: the module cannot be compiled.
        """


@dataclass(frozen=True, slots=True)
class Backend:
    """A registered backend.

    Attributes:
        target: the name of its target attribute, such as `nvvm.target`.
        place: where its `Compile` function is: `package.module:function`.
    """

    target: str
    place: str

    def load(self) -> Compile:
        """The function that compiles."""
        module, _, function = self.place.partition(":")
        found: Compile = getattr(importlib.import_module(module), function)
        return found


_known: dict[str, Backend] = {}


def register(target: str, place: str) -> None:
    """Makes a backend known for a target attribute, in place of any other.

    Args:
        target: the name of the attribute.
        place: `package.module:function` of its `Compile` function.
    """
    _known[target] = Backend(target, place)


def find(target: str) -> Backend | None:
    """The backend for target attributes of this name."""
    _import_all()
    return _known.get(target)


@cache
def _import_all() -> None:
    """Imports what registers backends; ours first, so that others can replace them."""
    package = importlib.import_module(PACKAGE)
    for module in iter_modules(package.__path__):
        importlib.import_module(f"{PACKAGE}.{module.name}")
    for entry in entry_points(group=PACKAGE):
        entry.load()

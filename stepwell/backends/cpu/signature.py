"""What a compiled function takes and returns, in the terms of its lowered calling convention.

The convention is that of `finalize-memref-to-llvm` and `convert-func-to-llvm`: a ranked memref is
passed as allocated pointer, aligned pointer, offset, sizes, strides (all counted in elements); an
unranked one as rank and pointer to its descriptor; several results come back in one struct.
"""

from __future__ import annotations

from dataclasses import dataclass

from stepwell.backends.cpu.elements import ELEMENTS, SCALARS
from stepwell.ir.diagnostics import BackendError

Sizes = tuple[int | None, ...]
"""Sizes or strides; None where only the running program knows."""


@dataclass(frozen=True, slots=True)
class ScalarArg:
    """A number. `kind` is the type's MLIR spelling: i1, i8 ... i64, index, f16, bf16, f32, f64."""

    kind: str

    def __post_init__(self) -> None:
        if self.kind not in SCALARS:
            raise BackendError(f"a function cannot take or return a scalar of type {self.kind}")

    def __str__(self) -> str:
        return self.kind


@dataclass(frozen=True, slots=True)
class MemRefArg:
    """A memref.

    Args:
        element: the element type's MLIR spelling, as of `ScalarArg`, or `complex<f32>`, `ui8`, ...
        shape: the sizes; None for an unranked memref.
        strides: None for the identity layout (row-major, no gaps), else those of `strided<[...]>`.
        offset: the layout's offset; None for `offset: ?`.
        writable: whether the function may write to it; if not, read-only arrays are taken too.
    """

    element: str
    shape: Sizes | None
    strides: Sizes | None = None
    offset: int | None = 0
    writable: bool = True

    def __post_init__(self) -> None:
        if self.element not in ELEMENTS:
            raise BackendError(f"no array can hold elements of type {self.element}")
        if self.strides is not None and len(self.strides) != len(self.shape or ()):
            raise BackendError(f"{self}: as many strides as sizes are needed")

    @property
    def rank(self) -> int:
        """The rank; 0 for an unranked memref, which `shape` tells apart."""
        return len(self.shape or ())

    def __str__(self) -> str:
        if self.shape is None:
            return f"memref<*x{self.element}>"
        sizes = "".join(f"{_spelled(size)}x" for size in self.shape)
        if self.strides is None:
            return f"memref<{sizes}{self.element}>"
        strides = ", ".join(_spelled(stride) for stride in self.strides)
        offset = "" if self.offset == 0 else f", offset: {_spelled(self.offset)}"
        return f"memref<{sizes}{self.element}, strided<[{strides}]{offset}>>"


Arg = ScalarArg | MemRefArg


@dataclass(frozen=True, slots=True)
class FunctionSignature:
    """The name, arguments and results of one compiled function."""

    name: str
    args: tuple[Arg, ...]
    results: tuple[Arg, ...] = ()

    def __str__(self) -> str:
        args = ", ".join(str(arg) for arg in self.args)
        results = ", ".join(str(result) for result in self.results)
        return f"@{self.name}({args}) -> ({results})"


def _spelled(size: int | None) -> str:
    return "?" if size is None else str(size)

"""Programs for convolutions and poolings and their derivatives, as the tensor library makes them.

The sizes of the results are arguments; all sizes are dynamic.
"""

from __future__ import annotations

from dataclasses import dataclass

PRODUCTS = ["n", "f", "h", "c", "k", "l", "w"]
"""The dimensions of the products: batch, filter, row, channel, place in the filter, column."""


@dataclass(frozen=True)
class Window:
    """How a window moves: stride, padding, dilation, the same along both axes."""

    stride: int = 1
    padding: int = 0
    dilation: int = 1

    def place(self, outer: str, inner: str) -> str:
        """Where it reads."""
        return f"{outer} * {self.stride} + {inner} * {self.dilation} - {self.padding}"

    def out_size(self, size: int, kernel: int) -> int:
        """How many places it has."""
        return (size + 2 * self.padding - self.dilation * (kernel - 1) - 1) // self.stride + 1


def tensor(rank: int) -> str:
    """A type."""
    return f"tensor<{'?x' * rank}f32>"


def _map(dims: list[str], *places: str) -> str:
    return f"affine_map<({', '.join(dims)}) -> ({', '.join(places)})>"


def _sizes(*names: str) -> str:
    return ", ".join(f"%s{name}" for name in names)


def _seen(value: str, own: str, name: str, source: str) -> str:
    """`%name`: a tensor with the dimensions `own`, repeated to all products."""
    missing = [dim for dim in PRODUCTS if dim not in own]
    at = [PRODUCTS.index(dim) for dim in missing]
    return (
        f"  %{name} = meta.broadcast %{value} sizes({_sizes(*missing)}) dimensions = {at} : "
        f"{source} -> {tensor(7)}\n"
    )


def _patches(window: Window, otherwise: str = "zero") -> str:
    map = _map(PRODUCTS, "n", "c", window.place("h", "k"), window.place("w", "l"))
    padded = f" else %{otherwise}" if window.padding else ""
    extra = ", f32" if window.padding else ""
    return (
        f"  %patches = meta.reindex %x[{map}] sizes({_sizes(*PRODUCTS)}){padded} : "
        f"{tensor(4)}{extra} -> {tensor(7)}\n"
    )


def _function(name: str, operands: dict[str, str], lines: str, result: str) -> str:
    arguments = [f"%{operand}: {type}" for operand, type in operands.items()]
    arguments += [f"%s{dim}: index" for dim in [*PRODUCTS, "y", "x"]]
    return (
        f"func.func @{name}({', '.join(arguments)}) -> {result} {{\n"
        "  %zero = arith.constant 0.0 : f32\n"
        f"{lines}  return %r : {result}\n}}\n"
    )


def convolution(window: Window) -> str:
    """`@forward(x, weight, sizes)`."""
    lines = (
        _patches(window)
        + _seen("weight", "fckl", "weights", tensor(4))
        + f"  %p = arith.mulf %patches, %weights : {tensor(7)}\n"
        + f"  %r = meta.reduce add %p dimensions = [3, 4, 5] : {tensor(7)} -> {tensor(4)}\n"
    )
    return _function("forward", {"x": tensor(4), "weight": tensor(4)}, lines, tensor(4))


def by_weight(window: Window) -> str:
    """`@by_weight(x, derivative of the result, sizes)`."""
    lines = (
        _patches(window)
        + _seen("g", "nfhw", "given", tensor(4))
        + f"  %p = arith.mulf %given, %patches : {tensor(7)}\n"
        + f"  %r = meta.reduce add %p dimensions = [0, 2, 6] : {tensor(7)} -> {tensor(4)}\n"
    )
    return _function("by_weight", {"x": tensor(4), "g": tensor(4)}, lines, tensor(4))


def by_input(window: Window, reduced_first: bool = False) -> str:
    """`@by_input(weight, derivative of the result, sizes)`."""
    dims, value, rank, between = PRODUCTS, "p", 7, ""
    if reduced_first:
        dims, value, rank = [dim for dim in PRODUCTS if dim != "f"], "q", 6
        between = f"  %q = meta.reduce add %p dimensions = [1] : {tensor(7)} -> {tensor(6)}\n"
    map = _map(dims, "n", "c", window.place("h", "k"), window.place("w", "l"))
    lines = (
        _seen("weight", "fckl", "weights", tensor(4))
        + _seen("g", "nfhw", "given", tensor(4))
        + f"  %p = arith.mulf %given, %weights : {tensor(7)}\n"
        + between
        + f"  %r = meta.reindex_reduce add %{value}[{map}] sizes({_sizes('n', 'c', 'y', 'x')}) : "
        + f"{tensor(rank)} -> {tensor(4)}\n"
    )
    return _function("by_input", {"weight": tensor(4), "g": tensor(4)}, lines, tensor(4))


def pooling(window: Window, kind: str) -> str:
    """`@pool(x, sizes)`."""
    dims = ["n", "c", "h", "w", "k", "l"]
    map = _map(dims, "n", "c", window.place("h", "k"), window.place("w", "l"))
    start = {"add": "0.0", "max": "0xFF800000", "min": "0x7F800000"}[kind]
    lines = (
        f"  %start = arith.constant {start} : f32\n"
        f"  %patches = meta.reindex %x[{map}] sizes({_sizes(*dims)}) else %start : "
        f"{tensor(4)}, f32 -> {tensor(6)}\n"
        f"  %r = meta.reduce {kind} %patches dimensions = [4, 5] : {tensor(6)} -> {tensor(4)}\n"
    )
    return _function("pool", {"x": tensor(4)}, lines, tensor(4))


def sum_pooling_by_input(window: Window) -> str:
    """`@pool_by_input(derivative of the result, sizes)`."""
    dims = ["n", "c", "h", "w", "k", "l"]
    map = _map(dims, "n", "c", window.place("h", "k"), window.place("w", "l"))
    lines = (
        f"  %given = meta.broadcast %g sizes({_sizes('k', 'l')}) dimensions = [4, 5] : "
        f"{tensor(4)} -> {tensor(6)}\n"
        f"  %r = meta.reindex_reduce add %given[{map}] sizes({_sizes('n', 'c', 'y', 'x')}) : "
        f"{tensor(6)} -> {tensor(4)}\n"
    )
    return _function("pool_by_input", {"g": tensor(4)}, lines, tensor(4))

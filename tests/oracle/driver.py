"""The driver function: makes the inputs, calls the entry, prints every output bit for bit.

Floats travel as the integers of the same bits, since the runner prints floats with six digits.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from tests.oracle.signature import Signature, ValueType

Array = NDArray[np.generic]
ENTRY = "__driver"

# What makes an element an integer that the runner prints whole: ops with their result types.
CARRIED: dict[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "i1": ("i32", (("arith.extui", "i32"),)),
    "i8": ("i32", (("arith.extui", "i32"),)),
    "i16": ("i32", (("arith.extui", "i32"),)),
    "i32": ("i32", ()),
    "i64": ("i64", ()),
    "index": ("i64", (("arith.index_cast", "i64"),)),
    "f16": ("i32", (("arith.bitcast", "i16"), ("arith.extui", "i32"))),
    "bf16": ("i32", (("arith.bitcast", "i16"), ("arith.extui", "i32"))),
    "f32": ("i32", (("arith.bitcast", "i32"),)),
    "f64": ("i64", (("arith.bitcast", "i64"),)),
}


def _sizes(shape: Sequence[int | None]) -> str:
    return "".join(f"{'?' if size is None else size}x" for size in shape)


def _dense(array: Array) -> str:
    if array.dtype == np.bool_:
        return f"dense<{str(array.tolist()).lower()}>"
    raw = np.ascontiguousarray(array).tobytes().hex().upper()
    return f'dense<"0x{raw}">' if raw else "dense<>"


def _scalar(array: Array, element: str) -> str:
    if array.dtype == np.bool_:
        return "true" if array else "false"
    if element.startswith(("f", "bf")):
        bits = np.atleast_1d(array).view(f"u{array.dtype.itemsize}")[0]
        return f"0x{int(bits):0{2 * array.dtype.itemsize}X} : {element}"
    return f"{int(array)} : {element}"


def _checked(value: object, wanted: ValueType) -> Array:
    array: Array = np.asarray(value)
    if wanted.kind == "scalar" and array.dtype in (np.int64, np.float64):
        array = array.astype(wanted.dtype)
    fits = len(array.shape) == len(wanted.shape) and all(
        size in (None, given) for size, given in zip(wanted.shape, array.shape, strict=True)
    )
    if array.dtype != wanted.dtype or not fits:
        raise ValueError(f"{array.dtype}{list(array.shape)} does not fit {wanted.text}")
    return array


class Driver:
    """Collects the text of the driver, and which outputs it will print, in order."""

    def __init__(self, signature: Signature, entry: str) -> None:
        self.signature = signature
        self.entry = entry
        self.globals: list[str] = []
        self.body: list[str] = []
        self._made = 0

    def _name(self) -> str:
        self._made += 1
        return f"%v{self._made}"

    def _do(self, text: str) -> str:
        name = self._name()
        self.body.append(f"{name} = {text}")
        return name

    def make(self, value: object, wanted: ValueType) -> str:
        """Adds the ops that make one input and returns its name."""
        array = _checked(value, wanted)
        if wanted.kind == "scalar":
            return self._do(f"arith.constant {_scalar(array, wanted.element)}")
        fixed = f"{_sizes(array.shape)}{wanted.element}"
        if wanted.kind == "tensor":
            made = self._do(f"arith.constant {_dense(array)} : tensor<{fixed}>")
            return self._cast("tensor", made, f"tensor<{fixed}>", wanted.text)
        symbol = f"@__input_{len(self.globals)}"
        self.globals.append(
            f'memref.global "private" constant {symbol} : memref<{fixed}> = {_dense(array)}'
        )
        source = self._do(f"memref.get_global {symbol} : memref<{fixed}>")
        made = self._do(f"memref.alloc() : memref<{fixed}>")
        self.body.append(f"memref.copy {source}, {made} : memref<{fixed}> to memref<{fixed}>")
        return self._cast("memref", made, f"memref<{fixed}>", wanted.text)

    def _cast(self, dialect: str, name: str, given: str, wanted: str) -> str:
        if given == wanted:
            return name
        return self._do(f"{dialect}.cast {name} : {given} to {wanted}")

    def show(self, name: str, shown: ValueType) -> None:
        """Adds the ops that print one output."""
        if shown.kind == "scalar":
            self._show_scalar(name, shown.element)
            return
        buffer_type = shown.text
        if shown.kind == "tensor":
            buffer_type = f"memref<{_sizes(shown.shape)}{shown.element}>"
            name = self._do(
                f"bufferization.to_buffer {name} read_only : {shown.text} to {buffer_type}"
            )
        self._show_buffer(name, buffer_type, shown)

    def _carry(self, name: str, element: str) -> tuple[list[str], str]:
        """The lines that turn `name` into a printable integer, and the last one's name."""
        lines, given = [], element
        for op, wanted in CARRIED[element][1]:
            made = self._name()
            lines.append(f"{made} = {op} {name} : {given} to {wanted}")
            name, given = made, wanted
        return lines, name

    def _show_scalar(self, name: str, element: str) -> None:
        carrier = CARRIED[element][0]
        lines, bits = self._carry(name, element)
        self.body += lines
        zero = self._do("arith.constant 0 : index")
        box = self._do(f"memref.alloca() : memref<1x{carrier}>")
        self.body.append(f"memref.store {bits}, {box}[{zero}] : memref<1x{carrier}>")
        self._print(box, f"memref<1x{carrier}>", carrier)

    def _show_buffer(self, name: str, buffer_type: str, shown: ValueType) -> None:
        carrier = CARRIED[shown.element][0]
        sizes = []
        for axis, size in enumerate(shown.shape):
            if size is None:
                index = self._do(f"arith.constant {axis} : index")
                sizes.append(self._do(f"memref.dim {name}, {index} : {buffer_type}"))
        copy_type = f"memref<{_sizes(shown.shape)}{carrier}>"
        copy = self._do(f"memref.alloc({', '.join(sizes)}) : {copy_type}")
        axes = ", ".join(f"d{axis}" for axis in range(len(shown.shape)))
        same = f"affine_map<({axes}) -> ({axes})>"
        loops = ", ".join(['"parallel"'] * len(shown.shape))
        lines, bits = self._carry("%element", shown.element)
        self.body += [
            f"linalg.generic {{indexing_maps = [{same}, {same}], iterator_types = [{loops}]}}",
            f"  ins({name} : {buffer_type}) outs({copy} : {copy_type}) {{",
            f"  ^bb0(%element: {shown.element}, %before: {carrier}):",
            *(f"    {line}" for line in lines),
            f"    linalg.yield {bits} : {carrier}",
            "}",
        ]
        self._print(copy, copy_type, carrier)

    def _print(self, name: str, given: str, carrier: str) -> None:
        unranked = f"memref<*x{carrier}>"
        box = self._do(f"memref.cast {name} : {given} to {unranked}")
        self.body.append(f"func.call @printMemref{carrier.upper()}({box}) : ({unranked}) -> ()")

    def call(self, names: Sequence[str]) -> list[str]:
        """Adds the call of the entry and returns the names of its results."""
        takes = ", ".join(one.text for one in self.signature.arguments)
        gives = ", ".join(one.text for one in self.signature.results)
        results = [self._name() for _ in self.signature.results]
        left = f"{', '.join(results)} = " if results else ""
        passed = ", ".join(names)
        self.body.append(f"{left}func.call @{self.entry}({passed}) : ({takes}) -> ({gives})")
        return results


def add_driver(module: str, signature: Signature, entry: str, inputs: Sequence[object]) -> str:
    """The module, as the oracle printed it, with `@__driver` added at its end.

    Raises:
        ValueError: the inputs do not fit the entry function.
    """
    if len(inputs) != len(signature.arguments):
        raise ValueError(f"@{entry} takes {len(signature.arguments)}, given {len(inputs)}")
    driver = Driver(signature, entry)
    names = [driver.make(*pair) for pair in zip(inputs, signature.arguments, strict=True)]
    results = driver.call(names)
    for name, shown in zip(results, signature.results, strict=True):
        driver.show(name, shown)
    for name, shown in zip(names, signature.arguments, strict=True):
        if shown.kind == "memref":
            driver.show(name, shown)
    prints = [
        f"func.func private @printMemref{carrier.upper()}(memref<*x{carrier}>)"
        for carrier in ("i32", "i64")
        if f"@printMemref{carrier.upper()}" not in module
    ]
    lines = [*prints, *driver.globals, f"func.func @{ENTRY}() {{"]
    lines += [f"  {line}" for line in [*driver.body, "return"]] + ["}", ""]
    end = module.rindex("}")
    return module[:end] + "\n".join(lines) + module[end:]


def read_outputs(printed: str, types: Sequence[ValueType]) -> list[Array]:
    """The arrays that the runner printed, in order, as the types of the program.

    Raises:
        ValueError: the runner printed another number of outputs or of elements.
    """
    chunks = printed.split("Unranked Memref")[1:]
    return [_read_one(*pair) for pair in zip(chunks, types, strict=True)]


def _read_one(chunk: str, shown: ValueType) -> Array:
    found = re.search(r"sizes = \[([^]]*)\].*?data =\s*(.*)", chunk, re.DOTALL)
    if found is None:
        raise ValueError(f"the runner printed no buffer: {chunk[:200]}")
    shape = [int(size) for size in re.findall(r"\d+", found[1])]
    if 0 in shape:  # the runner prints what lies behind an empty buffer
        return np.zeros(shape, shown.dtype)
    carrier = np.dtype(np.int32 if CARRIED[shown.element][0] == "i32" else np.int64)
    flat = np.array([int(one) for one in re.findall(r"-?\d+", found[2])], dtype=carrier)
    if shown.dtype.itemsize < carrier.itemsize:
        flat = flat.astype(f"u{shown.dtype.itemsize}")
    bits: Array = flat.view(shown.dtype)
    return bits.reshape(() if shown.kind == "scalar" else shape)

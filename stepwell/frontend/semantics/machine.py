"""The interpreter for programs between two levels.

While a program is being lowered, some of it works on memrefs and some on the descriptors that they
become, with casts between the two. Here such casts have a meaning: both kinds of memory share
their bytes. Calls of the C library's mathematics do what the ops of `math` do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np

from stepwell.dialects.builtin.ops import UnrealizedConversionCastOp
from stepwell.dialects.llvm.layout import size_of
from stepwell.dialects.llvm.memory import Pointer, memory_of
from stepwell.dialects.llvm.types import ArrayType, StructType
from stepwell.dialects.math import float_functions
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import StringAttr
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.interpreter.machine import POISON, Machine, Results, RuntimeValue
from stepwell.ir.interpreter.memory import Allocation, MemRef, storage_of
from stepwell.ir.interpreter.scalars import array_of, fit, scalars_of
from stepwell.ir.operation import Operation
from stepwell.ir.text.parse import parse_module
from stepwell.passes.lowering.libm import FUNCTIONS


class NotRunnable(InterpreterError):
    """The program holds something that the interpreter has no meaning for (yet)."""


class BridgingInterpreter(Interpreter):
    """An interpreter that crosses pending casts."""

    def _runner(self, cls: type[Operation]) -> Callable[[Operation, list[RuntimeValue]], Any]:
        if cls is UnrealizedConversionCastOp:
            return self._cast
        function = _MATHEMATICS.get(cls.name)
        if function is not None:
            return lambda op, operands: _mathematics(function, op, operands)
        if hasattr(cls, "execute") or hasattr(cls, "evaluate"):
            return super()._runner(cls)
        raise NotRunnable(f"'{cls.name}' op has no meaning that the interpreter knows")

    def _cast(self, op: Operation, operands: list[RuntimeValue]) -> RuntimeValue:
        if len(operands) != 1 or len(op.results) != 1:
            raise NotRunnable("a cast between several values is pending")
        return across(self, operands[0], op.operands[0].type, op.results[0].type)

    def _external(
        self, function: Operation, arguments: Sequence[RuntimeValue], at: Operation
    ) -> Results:
        name = function.get_attribute("sym_name")
        known = library_function(name.value) if isinstance(name, StringAttr) else None
        if known is None:
            raise NotRunnable(f"it calls {name}, which is declared but not defined")
        return Results((known(*arguments),))


_MATHEMATICS: dict[str, Callable[..., float]] = {
    f"llvm.intr.{name}": getattr(float_functions, name)
    for name in ("exp exp2 log log2 log10 sin cos tan asin acos atan sinh cosh tanh atan2".split())
} | {"llvm.intr.pow": float_functions.power}
"""What `math` says of functions whose last bit is free: so lowering them changes no bit."""


def _mathematics(
    function: Callable[..., float], op: Operation, operands: Sequence[RuntimeValue]
) -> RuntimeValue:
    if any(value is POISON for value in operands):
        return POISON
    type = op.results[0].type
    shape = np.broadcast_shapes(*(np.shape(value) for value in operands))
    if not shape:
        return fit(type)(function(*map(float, operands)))
    columns = [scalars_of(value, shape) for value in operands]
    rows = [function(*map(float, row)) for row in zip(*columns, strict=True)]
    return array_of(rows, shape, type)


@cache
def library_function(name: str) -> Callable[..., RuntimeValue] | None:
    """A function of the C library's mathematics, by what `math` says it is."""
    ops = {function: op for op, function in FUNCTIONS.items()}
    name = name.removeprefix("__nv_")  # as kernels call them
    type, op = ("f64", ops.get(name)) if name in ops else ("f32", ops.get(name.removesuffix("f")))
    if op is None:
        return None
    count = {"math.atan2": 2, "math.powf": 2, "math.fma": 3}.get(op, 1)
    names = ", ".join(f"%{number}" for number in range(count))
    taken = ", ".join(f"%{number}: {type}" for number in range(count))
    module = parse_module(
        f"func.func @f({taken}) -> {type} {{ %r = {op} {names} : {type}\n return %r : {type} }}"
    )
    return lambda *arguments: Interpreter(module).call("f", *arguments)


def across(machine: Machine, value: RuntimeValue, source: Type, target: Type) -> RuntimeValue:
    """A value of one type as the same value of another type, at another level.

    Raises:
        NotRunnable: no way is known.
    """
    if value is POISON or source is target:
        return value
    if isinstance(value, MemRef):
        if isinstance(target, StructType):
            return descriptor(machine, value)
        if isinstance(target, types.MemRefType):
            return value
    if isinstance(source, StructType) and isinstance(target, types.MemRefType):
        return memref(machine, value, target)
    if isinstance(source, types.ComplexType) and isinstance(target, StructType):
        return (value.real, value.imag)
    if isinstance(target, types.ComplexType) and isinstance(source, StructType):
        return np.array(value).view(np.dtype(f"c{2 * value[0].itemsize}"))[0]
    if isinstance(target, ArrayType) and isinstance(source, types.VectorType):
        return _rows(value, value.ndim - 1)
    if isinstance(source, ArrayType) and isinstance(target, types.VectorType):
        return np.asarray(value).reshape(target.shape)
    if isinstance(value, (int, np.generic)) or isinstance(source, types.VectorType):
        return value
    raise NotRunnable(f"a cast from '{source}' to '{target}' is pending")


def _rows(value: Any, depth: int) -> RuntimeValue:
    return tuple(_rows(row, depth - 1) for row in value) if depth else value


def descriptor(machine: Machine, value: MemRef) -> RuntimeValue:
    """The struct that a memref becomes: two pointers, offset, sizes and strides."""
    memory = memory_of(machine)
    allocation = value.allocation

    def adopt() -> Pointer:
        buffer = allocation.buffer
        if buffer.dtype.kind == "O":
            raise NotRunnable("memory of such elements has no bytes")
        if not buffer.flags.c_contiguous:
            raise NotRunnable("memory with gaps is passed to lowered code")
        return memory.adopt(buffer.reshape(-1).view(np.uint8))

    pointer = machine.remember(("descriptor", allocation), adopt)
    numbers = (value.sizes, value.strides) if value.rank else ()
    return (pointer, pointer, value.offset, *numbers)


def memref(machine: Machine, value: RuntimeValue, type: types.MemRefType) -> MemRef:
    """The memref that a descriptor stands for."""
    _, aligned, offset, *numbers = value
    if not isinstance(aligned, Pointer) or offset is POISON:
        raise InterpreterError("uses an undefined memref descriptor")
    sizes, strides = numbers if numbers else ((), ())
    if any(number is POISON for number in (*sizes, *strides)):
        raise InterpreterError("uses an undefined memref descriptor")
    return MemRef(_allocation(machine, aligned, type.element_type), offset, sizes, strides)


def _allocation(machine: Machine, pointer: Pointer, element: Type) -> Allocation:
    dtype, inner = storage_of(element)
    if dtype.kind == "O":
        raise NotRunnable("memory of such elements has no bytes")
    owner = pointer.allocation
    if owner is None:
        return Allocation(np.zeros((0, *inner), dtype))
    storage = owner.storage
    if storage is None:
        raise InterpreterError("accesses memory that was freed")

    def see() -> Allocation:
        size = size_of(element)
        raw = storage[pointer.offset :]
        whole = raw[: len(raw) // size * size]
        return Allocation(whole.view(dtype).reshape(-1, *inner))

    found: Allocation = machine.remember(("memref", owner, pointer.offset, dtype, inner), see)
    return found


__all__ = ["BridgingInterpreter", "NotRunnable", "across", "descriptor", "memref"]

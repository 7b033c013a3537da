"""Calling a function by the signature it began with, whatever passes made of it.

Bufferization turns tensors into memrefs, and may turn results into arguments to be filled; lowering
takes memrefs apart. What the caller sees stays the same, and is compared.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stepwell.dialects.llvm.types import LLVMFunctionType, PointerType, StructType
from stepwell.frontend.semantics.inputs import Input
from stepwell.frontend.semantics.machine import (
    BridgingInterpreter,
    NotRunnable,
    across,
    descriptor,
    memref,
)
from stepwell.frontend.semantics.outcome import Observed, Outcome
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import TypeAttr
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.arguments import to_runtime
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.interpreter.memory import MemRef
from stepwell.ir.operation import Operation
from stepwell.ir.strides import strides_and_offset
from stepwell.ir.types import DYNAMIC, FunctionType

LLVM_FUNCTION = "llvm.func"


class TooLong(InterpreterError):
    """The program ran more ops than it may."""


@dataclass(frozen=True, slots=True)
class Signature:
    """How a function is called.

    Attributes:
        original: its type when the pipeline began.
        now: its type when it last was a func.func.
    """

    original: FunctionType
    now: FunctionType

    def changed_to(self, function: Operation) -> Signature:
        """The signature of what the function has become."""
        if function.name == LLVM_FUNCTION:
            return self
        return Signature(self.original, function_type(function))


def function_type(function: Operation) -> FunctionType:
    """The type of a func.func or the like.

    Raises:
        NotRunnable: it has none.
    """
    attribute = function.get_attribute("function_type")
    type = attribute.value if isinstance(attribute, TypeAttr) else None
    if isinstance(type, LLVMFunctionType):
        return type.signature()
    if isinstance(type, FunctionType):
        return type
    raise NotRunnable(f"'{function.name}' is no function that can be called")


def call(
    module: Operation,
    function: Operation,
    signature: Signature,
    inputs: Sequence[Input],
    max_steps: int,
) -> Outcome:
    """Runs a function and says what its caller sees.

    Args:
        module: the program.
        function: the function, at whatever level it is.
        signature: how to call it.
        inputs: for the original signature; they are copied.
        max_steps: how many ops may run.

    Raises:
        TooLong: more ops would have to run.
        NotRunnable: the program, or its signature, is between two levels.
        InterpreterError: it does something undefined.
    """
    output = io.StringIO()
    machine = BridgingInterpreter(module, output=output, max_steps=max_steps)
    passed, buffers, filled = _arguments(signature, inputs)
    lowered = function.name == LLVM_FUNCTION
    given = _expanded(machine, signature.now, function, passed) if lowered else passed
    try:
        with np.errstate(all="ignore"):
            found = list(machine.run(function, given))
            if lowered:
                found = _unpacked(machine, signature.now, found)
    except InterpreterError as error:
        if machine.steps_left < 0:
            raise TooLong(f"more than {max_steps} ops ran") from None
        raise error
    results = _placed_results(signature, found, filled)
    observed = [
        _observe(f"result {number}", value, type)
        for number, (value, type) in enumerate(
            zip(results, signature.original.results, strict=True)
        )
    ]
    observed += [
        _observe(f"argument {number} after the call", value, signature.original.inputs[number])
        for number, value in buffers
    ]
    return Outcome(tuple(observed), output.getvalue(), max_steps - machine.steps_left)


def _arguments(
    signature: Signature, inputs: Sequence[Input]
) -> tuple[list[RuntimeValue], list[tuple[int, MemRef]], list[MemRef]]:
    """Runtime values; the memrefs the caller looks at, by number; those that results are put in."""
    original, now = signature.original.inputs, signature.now.inputs
    if len(now) < len(original):
        raise NotRunnable("it takes fewer arguments than before")
    passed: list[RuntimeValue] = []
    buffers: list[tuple[int, MemRef]] = []
    for number, (value, old, new) in enumerate(zip(inputs, original, now, strict=False)):
        made = _argument(value, old, new, f"argument {number}")
        passed.append(made)
        if isinstance(old, types.MemRefType):
            buffers.append((number, made))
    filled = [_fresh(type) for type in now[len(original) :]]
    return [*passed, *filled], buffers, filled


def _argument(value: Input, old: Type, new: Type, what: str) -> RuntimeValue:
    if isinstance(new, types.MemRefType):
        return _memref_with(np.asarray(value), new)
    if old is not new and not (types.is_ranked(old) and types.is_ranked(new)):
        if {type(old), type(new)} - {types.IndexType, types.IntegerType}:
            raise NotRunnable(f"{what} has become '{new}', it was '{old}'")
    copied = value.copy() if isinstance(value, np.ndarray) else value
    return to_runtime(copied, new, what)


def _memref_with(array: NDArray[np.generic], type: types.MemRefType) -> MemRef:
    """A memref of this type that holds these elements."""
    made = _laid_out(type, array.shape)
    made.write(array)
    return made


def _laid_out(type: types.MemRefType, sizes: Sequence[int]) -> MemRef:
    known = strides_and_offset(type)
    if known is None:
        raise NotRunnable(f"nobody can make a '{type}': its layout has no strides")
    strides = list(known[0])
    step = 1
    for d in reversed(range(len(strides))):
        if strides[d] == DYNAMIC:
            strides[d] = step
        step = max(step, strides[d] * max(sizes[d], 1))
    offset = 0 if known[1] == DYNAMIC else known[1]
    return MemRef.allocate(sizes, type.element_type, strides, offset)


def _fresh(type: Type) -> MemRef:
    """An argument that a result is to be put in."""
    if not isinstance(type, types.MemRefType) or DYNAMIC in type.shape:
        raise NotRunnable(f"it has a new argument of type '{type}'")
    return _laid_out(type, type.shape)


def _placed_results(
    signature: Signature, found: list[RuntimeValue], filled: list[MemRef]
) -> list[RuntimeValue]:
    """One value for each original result, with those that were put into arguments."""
    original = signature.original.results
    if len(found) + len(filled) != len(original):
        raise NotRunnable("it returns another number of results than before")
    if not filled:
        return found
    waiting, returned = iter(filled), iter(found)
    moved = (types.RankedTensorType, types.MemRefType)
    shaped = sum(isinstance(type, moved) for type in original)
    if shaped != len(filled):
        raise NotRunnable("only some of its results have become arguments")
    return [next(waiting if isinstance(type, moved) else returned) for type in original]


def _observe(what: str, value: RuntimeValue, type: Type) -> Observed:
    """What the caller sees of a value, in the terms of the original type."""
    element = types.element_type_or_self(type)
    if value is POISON:
        return Observed(what, np.zeros((), dtype_of(element)), np.zeros((), bool))
    if isinstance(value, MemRef):
        array = value.to_numpy()
        undefined = np.zeros(array.shape, bool)
        if value.allocation.undefined:
            marks = [at in value.allocation.undefined for at in value.positions()]
            undefined = np.array(marks, bool).reshape(value.sizes)
        return Observed.of(what, array, undefined)
    if isinstance(value, int) and abs(value) >= 1 << 63:
        return Observed.of(what, np.array(value, object))
    wide = isinstance(element, types.IntegerType) and element.width > 64
    array = np.asarray(value, object if wide else dtype_of(element))
    return Observed.of(what, array)


# Functions of the llvm dialect.


def _expanded(
    machine: BridgingInterpreter,
    type: FunctionType,
    function: Operation,
    values: Sequence[RuntimeValue],
) -> list[RuntimeValue]:
    """The arguments as a lowered function takes them: memrefs in pieces."""
    wanted = list(function_type(function).inputs)
    whole: list[RuntimeValue] = []
    bare: list[RuntimeValue] = []
    for value, source in zip(values, type.inputs, strict=True):
        if not isinstance(value, MemRef):
            target = wanted[len(whole)] if len(whole) < len(wanted) else source
            lowered = across(machine, value, source, target)
            whole.append(lowered)
            bare.append(lowered)
            continue
        first, second, offset, *numbers = descriptor(machine, value)
        flat = [number for group in numbers for number in group]
        whole += [first, second, offset, *flat]
        bare.append(first)
    for one in (whole, bare):
        if len(one) == len(wanted) and all(map(_suits, one, wanted)):
            return one
    raise NotRunnable("its arguments have become something unknown")


def _suits(value: RuntimeValue, type: Type) -> bool:
    is_pointer = not isinstance(value, (int, float, tuple, np.generic, np.ndarray))
    return is_pointer == isinstance(type, PointerType)


def _unpacked(
    machine: BridgingInterpreter, type: FunctionType, found: list[RuntimeValue]
) -> list[RuntimeValue]:
    """The results of a lowered function as they were before: memrefs whole."""
    results = type.results
    if not results:
        return []
    if len(found) != 1:
        raise NotRunnable("its results have become something unknown")
    parts = list(found) if len(results) == 1 else list(found[0])
    return [_raised(machine, part, result) for part, result in zip(parts, results, strict=True)]


def _raised(machine: BridgingInterpreter, value: RuntimeValue, type: Type) -> RuntimeValue:
    if isinstance(type, types.MemRefType):
        if not isinstance(value, tuple):
            raise NotRunnable("a result has become something unknown")
        return memref(machine, value, type)
    if isinstance(value, tuple):
        if isinstance(type, types.ComplexType):
            return across(machine, value, StructType((type.element_type,) * 2), type)
        return np.asarray(value)
    return value

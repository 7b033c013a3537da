"""Ops of the vector dialect that read and write memory directly."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepwell.dialects.vector.transfers import elements_of
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.constraints import AnyMemRef, AnyShaped, AnyVector, Index
from stepwell.ir.definition import Op
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.effects import Effect, read, write
from stepwell.ir.fields import operand, optional_prop, optional_result, result, variadic_operand
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.property_kinds import I64, Bool
from stepwell.ir.strides import row_major_strides
from stepwell.ir.traits import Pure
from stepwell.ir.value import Value


def _check_indices(op: Op, base: Value, indices: Sequence[Value]) -> None:
    rank = len(types.dims_of(base.type))
    if len(indices) != rank:
        raise op.error(f"requires {rank} indices")


def _check_element(op: Op, base: Value, vector: Value) -> None:
    base_element = types.element_type_or_self(base.type)
    if isinstance(base_element, types.VectorType):
        if base_element is not vector.type:
            raise op.error("base memref and result vector types should match")
    elif base_element is not types.element_type_or_self(vector.type):
        raise op.error("base and result element types should match")


def window(
    memory: NDArray[Any], indices: Sequence[int], shape: Sequence[int]
) -> tuple[slice | int, ...]:
    """The part of memory of this shape that begins at `indices`, along the last dimensions.

    Raises:
        InterpreterError: it reaches outside.
    """
    rank = len(indices)
    sizes = [1] * (rank - len(shape)) + list(shape)
    parts: list[slice | int] = []
    for dim, (index, size) in enumerate(zip(indices, sizes, strict=True)):
        if index < 0 or index + size > memory.shape[dim]:
            raise InterpreterError(
                f"accesses elements {index} to {index + size} of dimension {dim}, which has size "
                f"{memory.shape[dim]}"
            )
        parts.append(index if dim < rank - len(shape) else slice(index, index + size))
    return tuple(parts)


class LoadOp(Op, name="vector.load"):
    """`%v = vector.load %m[%i] : memref<8xf32>, vector<4xf32>`: neighbours as a vector."""

    base = operand(AnyMemRef)
    indices = variadic_operand(Index)
    nontemporal = optional_prop(Bool)
    alignment = optional_prop(I64)
    result_ = result(AnyVector)
    syntax = "$base `[` $indices `]` attr-dict `:` type($base) `,` type($result)"

    def effects(self) -> list[Effect]:
        return [read(self.base)]

    def verify_op(self) -> None:
        _check_indices(self, self.base, self.indices)
        _check_element(self, self.base, self.results[0])

    def execute(self, machine: Machine, base: RuntimeValue, *indices: int) -> RuntimeValue:
        memory = elements_of(base)
        shape = _outer_shape(self.base, self.results[0])
        return memory[window(memory, indices, shape)].copy().reshape(_shape(self.results[0]))


def _shape(value: Value) -> tuple[int, ...]:
    return types.dims_of(value.type)


def _outer_shape(base: Value, vector: Value) -> tuple[int, ...]:
    """The dimensions of a vector that lie along those of the memory."""
    element = types.element_type_or_self(base.type)
    shape = _shape(vector)
    return shape[: len(shape) - element.rank] if isinstance(element, types.VectorType) else shape


class StoreOp(Op, name="vector.store"):
    """`vector.store %v, %m[%i] : memref<8xf32>, vector<4xf32>`: a vector into neighbours."""

    valueToStore = operand(AnyVector)
    base = operand(AnyMemRef)
    indices = variadic_operand(Index)
    nontemporal = optional_prop(Bool)
    alignment = optional_prop(I64)
    syntax = (
        "$valueToStore `,` $base `[` $indices `]` attr-dict `:` type($base) `,` type($valueToStore)"
    )

    def effects(self) -> list[Effect]:
        return [write(self.base)]

    def verify_op(self) -> None:
        _check_indices(self, self.base, self.indices)
        _check_element(self, self.base, self.valueToStore)

    def execute(
        self, machine: Machine, value: RuntimeValue, base: RuntimeValue, *indices: int
    ) -> None:
        memory = elements_of(base, to_write=True)
        shape = _outer_shape(self.base, self.valueToStore)
        memory[window(memory, indices, shape)] = value


class MaskedLoadOp(Op, name="vector.maskedload"):
    """`%v = vector.maskedload %m[%i], %mask, %other : ... into vector<4xf32>`."""

    base = operand(AnyMemRef)
    indices = variadic_operand(Index)
    mask = operand(AnyVector)
    pass_thru = operand(AnyVector)
    alignment = optional_prop(I64)
    result_ = result(AnyVector)
    syntax = (
        "$base `[` $indices `]` `,` $mask `,` $pass_thru attr-dict `:` type($base) `,` "
        "type($mask) `,` type($pass_thru) `into` type($result)"
    )

    def effects(self) -> list[Effect]:
        return [read(self.base)]

    def verify_op(self) -> None:
        _check_indices(self, self.base, self.indices)
        _check_element(self, self.base, self.results[0])
        if self.pass_thru.type is not self.results[0].type:
            raise self.error("expected pass_thru of same type as result type")

    def execute(self, machine: Machine, base: RuntimeValue, *rest: RuntimeValue) -> RuntimeValue:
        *indices, mask, other = rest
        made = other.copy()
        memory = elements_of(base)
        for place in _true_places(mask):
            made[place] = memory[_moved(memory, indices, place)]
        return made


class MaskedStoreOp(Op, name="vector.maskedstore"):
    """`vector.maskedstore %m[%i], %mask, %v : memref<8xf32>, vector<4xi1>, vector<4xf32>`."""

    base = operand(AnyMemRef)
    indices = variadic_operand(Index)
    mask = operand(AnyVector)
    valueToStore = operand(AnyVector)
    alignment = optional_prop(I64)
    syntax = (
        "$base `[` $indices `]` `,` $mask `,` $valueToStore attr-dict `:` type($base) `,` "
        "type($mask) `,` type($valueToStore)"
    )

    def effects(self) -> list[Effect]:
        return [write(self.base)]

    def verify_op(self) -> None:
        _check_indices(self, self.base, self.indices)
        _check_element(self, self.base, self.valueToStore)

    def execute(self, machine: Machine, base: RuntimeValue, *rest: RuntimeValue) -> None:
        *indices, mask, value = rest
        memory = elements_of(base, to_write=True)
        for place in _true_places(mask):
            memory[_moved(memory, indices, place)] = value[place]


def _true_places(mask: RuntimeValue) -> list[tuple[int, ...]]:
    return [tuple(int(i) for i in place) for place in np.argwhere(mask)]


def _moved(memory: NDArray[Any], indices: Sequence[int], place: Sequence[int]) -> tuple[int, ...]:
    """`indices` moved by `place` along the last dimensions, which must stay inside."""
    lead = len(indices) - len(place)
    found = [*indices[:lead], *(i + p for i, p in zip(indices[lead:], place, strict=True))]
    for dim, index in enumerate(found):
        if not 0 <= index < memory.shape[dim]:
            raise InterpreterError(f"index {index} of dimension {dim} is out of bounds")
    return tuple(found)


class GatherOp(Op, name="vector.gather"):
    """`%v = vector.gather %m[%i] [%indices], %mask, %other : ... into vector<4xf32>`.

    Element k is read at the base indices plus `%indices[k]` in the last dimension.
    """

    is_maskable = True
    base = operand(AnyShaped)
    offsets = variadic_operand(Index)
    indices = operand(AnyVector)
    mask = operand(AnyVector)
    pass_thru = operand(AnyVector)
    alignment = optional_prop(I64)
    result_ = result(AnyVector)
    syntax = (
        "$base `[` $offsets `]` `[` $indices `]` `,` $mask `,` $pass_thru attr-dict `:` "
        "type($base) `,` type($indices) `,` type($mask) `,` type($pass_thru) `into` type($result)"
    )

    def effects(self) -> list[Effect]:
        return [read(self.base)] if isinstance(self.base.type, types.MemRefType) else []

    def verify_op(self) -> None:
        _check_indices(self, self.base, self.offsets)
        _check_element(self, self.base, self.results[0])

    def execute(self, machine: Machine, base: RuntimeValue, *rest: RuntimeValue) -> RuntimeValue:
        *offsets, indices, mask, other = rest
        memory = elements_of(base)
        made = other.copy()
        for place in _true_places(mask):
            made[place] = memory[_gathered(memory, offsets, indices[place])]
        return made


class ScatterOp(Op, name="vector.scatter"):
    """`vector.scatter %m[%i] [%indices], %mask, %v : ...`: the reverse of `vector.gather`."""

    is_maskable = True
    base = operand(AnyShaped)
    offsets = variadic_operand(Index)
    indices = operand(AnyVector)
    mask = operand(AnyVector)
    valueToStore = operand(AnyVector)
    alignment = optional_prop(I64)
    result_ = optional_result()
    syntax = (
        "$base `[` $offsets `]` `[` $indices `]` `,` $mask `,` $valueToStore attr-dict `:` "
        "type($base) `,` type($indices) `,` type($mask) `,` type($valueToStore) "
        "(`->` type($result)^)?"
    )

    def effects(self) -> list[Effect]:
        return [write(self.base)] if isinstance(self.base.type, types.MemRefType) else []

    def verify_op(self) -> None:
        _check_indices(self, self.base, self.offsets)
        _check_element(self, self.base, self.valueToStore)

    def execute(self, machine: Machine, base: RuntimeValue, *rest: RuntimeValue) -> RuntimeValue:
        *offsets, indices, mask, value = rest
        is_tensor = isinstance(base, np.ndarray)
        memory = base.copy() if is_tensor else elements_of(base, to_write=True)
        for place in _true_places(mask):
            memory[_gathered(memory, offsets, indices[place])] = value[place]
        return memory if is_tensor else None


def _gathered(memory: NDArray[Any], offsets: Sequence[int], step: int) -> tuple[int, ...]:
    """Where the element lies that is `step` elements after the one at `offsets`, row by row."""
    strides = [int(np.prod(memory.shape[dim + 1 :])) for dim in range(len(offsets))]
    flat = sum(o * s for o, s in zip(offsets, strides, strict=True)) + int(step)
    if not 0 <= flat < int(np.prod(memory.shape)):
        raise InterpreterError(f"element {flat} is out of bounds")
    return tuple(int(i) for i in np.unravel_index(flat, memory.shape))


class ExpandLoadOp(Op, name="vector.expandload"):
    """`%v = vector.expandload %m[%i], %mask, %other : ...`: neighbours into the true elements."""

    base = operand(AnyMemRef)
    indices = variadic_operand(Index)
    mask = operand(AnyVector)
    pass_thru = operand(AnyVector)
    alignment = optional_prop(I64)
    result_ = result(AnyVector)
    syntax = MaskedLoadOp.syntax

    def effects(self) -> list[Effect]:
        return [read(self.base)]

    def verify_op(self) -> None:
        _check_indices(self, self.base, self.indices)
        _check_element(self, self.base, self.results[0])

    def execute(self, machine: Machine, base: RuntimeValue, *rest: RuntimeValue) -> RuntimeValue:
        *indices, mask, other = rest
        memory, made = elements_of(base), other.copy()
        for number, place in enumerate(_true_places(mask)):
            made[place] = memory[_moved(memory, indices, (number,))]
        return made


class CompressStoreOp(Op, name="vector.compressstore"):
    """`vector.compressstore %m[%i], %mask, %v : ...`: the true elements, side by side."""

    base = operand(AnyMemRef)
    indices = variadic_operand(Index)
    mask = operand(AnyVector)
    valueToStore = operand(AnyVector)
    alignment = optional_prop(I64)
    syntax = MaskedStoreOp.syntax

    def effects(self) -> list[Effect]:
        return [write(self.base)]

    def verify_op(self) -> None:
        _check_indices(self, self.base, self.indices)
        _check_element(self, self.base, self.valueToStore)

    def execute(self, machine: Machine, base: RuntimeValue, *rest: RuntimeValue) -> None:
        *indices, mask, value = rest
        memory = elements_of(base, to_write=True)
        for number, place in enumerate(_true_places(mask)):
            memory[_moved(memory, indices, (number,))] = value[place]


class TypeCastOp(Op, name="vector.type_cast", traits=(Pure,)):
    """`%v = vector.type_cast %m : memref<4x8xf32> to memref<4xvector<8xf32>>`.

    The same memory with dimensions moved between the memref and its elements.
    """

    memref = operand(AnyMemRef)
    result_ = result(AnyMemRef)
    syntax = "$memref attr-dict `:` type($memref) `to` type($result)"

    def verify_op(self) -> None:
        source, target = self.memref.type, self.results[0].type
        assert isinstance(source, types.MemRefType) and isinstance(target, types.MemRefType)
        for type, what in ((source, "operand to be a memref"), (target, "result to be a memref")):
            if type.layout is not None:
                raise self.error(f"expects {what} with identity layout")
        if source.memory_space is not target.memory_space:
            raise self.error("expects result in same memory space")
        if types.DYNAMIC in source.shape:
            raise self.error(
                "operand #0 must be statically shaped memref of any type values, but got "
                f"'{source}'"
            )
        (sizes, scalar), (new_sizes, new_scalar) = _in_all(source), _in_all(target)
        if scalar is not new_scalar:
            raise self.error(
                f"expects result and operand with same underlying scalar type: '{target}'"
            )
        if sizes != new_sizes:
            raise self.error(
                f"expects concatenated result and operand shapes to be equal: '{target}'"
            )

    def evaluate(self, memref: RuntimeValue) -> RuntimeValue:
        target = self.results[0].type
        assert isinstance(target, types.MemRefType)
        allocation = memref.allocation
        buffer = allocation.buffer
        first = memref.offset * buffer.itemsize * math.prod(buffer.shape[1:])
        cast = allocation.seen_as(target.element_type, first)
        return type(memref)(cast, 0, target.shape, row_major_strides(target.shape))


def _in_all(type: types.MemRefType) -> tuple[tuple[int, ...], Type]:
    """The dimensions of a memref and then of its elements, and the type of a number."""
    element = type.element_type
    inner = element.shape if isinstance(element, types.VectorType) else ()
    return type.shape + inner, types.element_type_or_self(element)

"""Ops of the bufferization dialect: https://mlir.llvm.org/docs/Dialects/BufferizationOps/"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from stepwell.dialects.tensor.shapes import compatible, fill_sizes, ranked, verify_dynamic_sizes
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import UNIT, DenseArrayAttr
from stepwell.ir.constraints import (
    I1,
    AnyRankedOrUnrankedMemRef,
    AnyRankedTensor,
    AnyShaped,
    AnyTensor,
    Index,
)
from stepwell.ir.definition import Op
from stepwell.ir.effects import Effect, allocate, free, read, write
from stepwell.ir.fields import (
    OPERAND_SEGMENTS,
    operand,
    optional_operand,
    optional_prop,
    optional_result,
    result,
    unit_prop,
    variadic_operand,
    variadic_result,
)
from stepwell.ir.interpreter.machine import Machine, Results, RuntimeValue
from stepwell.ir.interpreter.memory import MemRef
from stepwell.ir.property_kinds import AnyAttr
from stepwell.ir.types import MemRefType, UnrankedMemRefType

if TYPE_CHECKING:
    from stepwell.ir.rewriting.folding import Fold
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer
    from stepwell.ir.value import Value

MEMREFS = (MemRefType, UnrankedMemRefType)


class AllocTensorOp(Op, name="bufferization.alloc_tensor"):
    """`%t = bufferization.alloc_tensor(%n) copy(%a) size_hint=%h : tensor<?x4xf32>`.

    A tensor that will get a buffer of its own; with `copy`, one with these elements.
    """

    dynamic_sizes = variadic_operand(Index)
    copy = optional_operand(AnyRankedTensor)
    size_hint = optional_operand(Index)
    memory_space = optional_prop(AnyAttr)
    result_ = result(AnyRankedTensor)

    @classmethod
    def parse(cls, p: OpParser) -> AllocTensorOp:
        sizes = p.operands("(", ")")
        copied = None
        if p.accept("copy"):
            p.literal("(")
            copied = p.operand()
            p.literal(")")
        hint = None
        if p.accept("size_hint"):
            p.literal("=")
            hint = p.operand()
        entries = p.optional_dictionary()
        p.literal(":")
        type = p.type()
        values = p.resolve_all(sizes, [types.index] * len(sizes))
        values += [p.resolve(copied, type)] if copied is not None else []
        values += [p.resolve(hint, types.index)] if hint is not None else []
        properties: dict[str, Attribute] = {
            OPERAND_SEGMENTS: DenseArrayAttr.i32(
                [len(sizes), int(copied is not None), int(hint is not None)]
            )
        }
        if "memory_space" in entries:
            properties["memory_space"] = entries.pop("memory_space")
        return cls.create(values, [type], properties, entries or None)

    def print(self, p: Printer) -> None:
        p.write("(")
        p.operands(self.dynamic_sizes)
        p.write(")")
        if self.copy is not None:
            p.write(f" copy({p.name(self.copy)})")
        if self.size_hint is not None:
            p.write(f" size_hint={p.name(self.size_hint)}")
        p.attr_dict(self)
        p.write(" : ")
        p.type(self.result_.type)

    def verify_op(self) -> None:
        if self.copy is not None:
            if self.dynamic_sizes:
                raise self.error("dynamic sizes not needed when copying a tensor")
            if self.copy.type is not self.result_.type:
                raise self.error("expected that `copy` and return type match")
            return
        verify_dynamic_sizes(self, self.result_.type, len(self.dynamic_sizes))

    def effects(self) -> list[Effect]:
        """Makes a buffer, in the end."""
        return [allocate(self.result_)]

    def execute(self, machine: Machine, *operands: RuntimeValue) -> RuntimeValue:
        """The copied tensor, or what fresh memory holds."""
        count = len(self.dynamic_sizes)
        if self.copy is not None:
            return np.array(operands[count])
        type = ranked(self.result_.type)
        shape = fill_sizes(type.shape, operands[:count])
        return MemRef.allocate(shape, type.element_type).to_numpy()


class ToTensorOp(Op, name="bufferization.to_tensor"):
    """`%t = bufferization.to_tensor %m restrict writable : memref<4xf32> to tensor<4xf32>`.

    What the buffer holds, as a tensor.
    """

    buffer = operand(AnyRankedOrUnrankedMemRef)
    restrict = unit_prop()
    writable = unit_prop()
    result_ = result(AnyTensor)
    syntax = (
        "$buffer (`restrict` $restrict^)? (`writable` $writable^)? attr-dict "
        "`:` type($buffer) `to` type($result)"
    )

    def verify_op(self) -> None:
        _verify_same_shape(self, self.buffer.type, self.result_.type)

    def effects(self) -> list[Effect]:
        """Reads the buffer."""
        return [read(self.buffer)]

    def execute(self, machine: Machine, buffer: RuntimeValue) -> RuntimeValue:
        """A copy, since tensors do not change."""
        return buffer.to_numpy()

    def fold(self, operands: Sequence[Attribute | None]) -> Fold:
        """Undoes a `to_buffer` right before it."""
        made = self.buffer.defining_op
        if not isinstance(made, ToBufferOp) or made.tensor.type is not self.result_.type:
            return None
        return made.tensor if made.next is self else None


class ToBufferOp(Op, name="bufferization.to_buffer"):
    """`%m = bufferization.to_buffer %t read_only : tensor<4xf32> to memref<4xf32>`.

    The buffer in which the tensor will live.
    """

    tensor = operand(AnyTensor)
    read_only = unit_prop()
    buffer = result(AnyRankedOrUnrankedMemRef)
    syntax = "$tensor (`read_only` $read_only^)? attr-dict `:` type($tensor) `to` type($buffer)"

    def verify_op(self) -> None:
        _verify_same_shape(self, self.buffer.type, self.tensor.type)

    def effects(self) -> list[Effect]:
        """None: it only names memory."""
        return []

    def is_speculatable(self) -> bool:
        """Harmless anywhere."""
        return True

    def execute(self, machine: Machine, tensor: RuntimeValue) -> RuntimeValue:
        """A buffer of its own; so writes to it do not show in the tensor."""
        element = types.element_type_or_self(self.buffer.type)
        made = MemRef.allocate(tensor.shape, element, name="to_buffer")
        made.write(tensor)
        return made

    def fold(self, operands: Sequence[Attribute | None]) -> Fold:
        """Undoes a `to_tensor`."""
        made = self.tensor.defining_op
        if isinstance(made, ToTensorOp) and made.buffer.type is self.buffer.type:
            return made.buffer
        return None


def _verify_same_shape(op: Op, buffer: Type, tensor: Type) -> None:
    same = types.element_type_or_self(buffer) is types.element_type_or_self(tensor)
    ranked_alike = types.is_ranked(buffer) == types.is_ranked(tensor)
    if same and ranked_alike and types.is_ranked(buffer):
        same = types.dims_of(buffer) == types.dims_of(tensor)
    if not (same and ranked_alike):
        raise op.error("failed to verify that specified tensor and buffer types match")


class MaterializeInDestinationOp(Op, name="bufferization.materialize_in_destination"):
    """`%r = bufferization.materialize_in_destination %t in %d : (...) -> ...`.

    The elements of the source, in the memory of the destination, which may be a memref.
    """

    source = operand(AnyTensor)
    dest = operand(AnyShaped)
    restrict = unit_prop()
    writable = unit_prop()
    result_ = optional_result(AnyTensor)

    @classmethod
    def parse(cls, p: OpParser) -> MaterializeInDestinationOp:
        source = p.operand()
        p.literal("in")
        properties: dict[str, Attribute] = {}
        for word in ("restrict", "writable"):
            if p.accept(word):
                properties[word] = UNIT
        dest = p.operand()
        attributes = p.optional_dictionary()
        p.literal(":")
        start = p.start
        type = p.type()
        if not isinstance(type, types.FunctionType):
            raise p.error(f"expected function type, found '{type}'", start)
        values = p.resolve_all([source, dest], type.inputs)
        return cls.create(values, type.results, properties or None, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.source)} in")
        for word in ("restrict", "writable"):
            if self.get_attribute(word) is not None:
                p.write(f" {word}")
        p.write(f" {p.name(self.dest)}")
        p.attr_dict(self, ("restrict", "writable"))
        p.write(" : ")
        p.function_type(self.operand_types, self.result_types)

    def verify_op(self) -> None:
        to_memory = isinstance(self.dest.type, MEMREFS)
        if (self.writable is not None) != to_memory:
            raise self.error(
                "'writable' must be specified if and only if the destination is of memref type"
            )
        if self.restrict is not None and not to_memory:
            raise self.error("'restrict' is valid only for memref destinations")
        if not isinstance(self.dest.type, MEMREFS) and self.result_ is None:
            raise self.error("tensor result expected for tensor destination")
        if to_memory and self.result_ is not None:
            raise self.error("memref 'dest' implies zero results")
        source, dest = self.source.type, self.dest.type
        if types.is_ranked(source) and types.is_ranked(dest):
            a, b = types.dims_of(source), types.dims_of(dest)
            if len(a) != len(b):
                raise self.error("source/destination rank mismatch")
            if not compatible(a, b):
                raise self.error("source/destination shapes are incompatible")

    def effects(self) -> list[Effect]:
        """Writes to a memref."""
        return [write(self.dest)] if isinstance(self.dest.type, MEMREFS) else []

    def execute(self, machine: Machine, source: RuntimeValue, dest: RuntimeValue) -> RuntimeValue:
        """Copies into the memref; of a tensor nothing but the elements can be seen."""
        if not isinstance(dest, MemRef):
            return source
        dest.write(source)
        return Results()


class CloneOp(Op, name="bufferization.clone"):
    """`%c = bufferization.clone %m : memref<4xf32> to memref<4xf32>`: a copy of a buffer.

    Neither may be written to afterwards.
    """

    input = operand(AnyRankedOrUnrankedMemRef)
    output = result(AnyRankedOrUnrankedMemRef)
    syntax = "$input attr-dict `:` type($input) `to` type($output)"

    def effects(self) -> list[Effect]:
        """Reads one, makes the other."""
        return [read(self.input), allocate(self.output), write(self.output)]

    def execute(self, machine: Machine, source: RuntimeValue) -> RuntimeValue:
        """Fresh memory with the same elements."""
        element = types.element_type_or_self(self.output.type)
        made = MemRef.allocate(source.sizes, element, name="clone")
        made.copy_from(source)
        return made


class DeallocTensorOp(Op, name="bufferization.dealloc_tensor"):
    """`bufferization.dealloc_tensor %t : tensor<4xf32>`: the tensor's buffer is not needed more."""

    tensor = operand(AnyTensor)
    syntax = "$tensor attr-dict `:` type($tensor)"

    def effects(self) -> list[Effect]:
        """Frees the tensor's buffer."""
        return [free(self.tensor)]

    def execute(self, machine: Machine, tensor: RuntimeValue) -> RuntimeValue:
        """Nothing: a tensor that is a value has no buffer."""
        return Results()


class DeallocOp(Op, name="bufferization.dealloc"):
    """`%o = bufferization.dealloc (%m : memref<4xf32>) if (%own) retain (%r : memref<4xf32>)`.

    Frees the buffers that are owned and not retained. The results say which of the retained ones
    are owned now.
    """

    memrefs = variadic_operand(AnyRankedOrUnrankedMemRef)
    conditions = variadic_operand(I1)
    retained = variadic_operand(AnyRankedOrUnrankedMemRef)
    updated_conditions = variadic_result(I1)

    @classmethod
    def parse(cls, p: OpParser) -> DeallocOp:
        memrefs = _typed_values(p)
        conditions: list[Value] = []
        if memrefs:
            p.literal("if")
            names = p.operands("(", ")")
            conditions = p.resolve_all(names, [types.i1] * len(names))
        retained = _typed_values(p) if p.accept("retain") else []
        attributes = p.optional_dictionary()
        sizes = DenseArrayAttr.i32([len(memrefs), len(conditions), len(retained)])
        return cls.create(
            [*memrefs, *conditions, *retained],
            [types.i1] * len(retained),
            {OPERAND_SEGMENTS: sizes},
            attributes or None,
        )

    def print(self, p: Printer) -> None:
        if self.memrefs:
            p.write(" ")
            _print_typed(p, self.memrefs)
            p.write(" if (")
            p.operands(self.conditions)
            p.write(")")
        if self.retained:
            p.write(" retain ")
            _print_typed(p, self.retained)
        p.attr_dict(self)

    def verify_op(self) -> None:
        if len(self.memrefs) != len(self.conditions):
            raise self.error("must have the same number of conditions as memrefs to deallocate")
        if len(self.retained) != len(self.updated_conditions):
            raise self.error(
                "must have the same number of updated conditions (results) as retained operands"
            )

    def effects(self) -> list[Effect]:
        """Frees the memrefs."""
        return [free(value) for value in self.memrefs]

    def execute(self, machine: Machine, *operands: RuntimeValue) -> RuntimeValue:
        """Frees each allocation at most once."""
        count = len(self.memrefs)
        memrefs, conditions = operands[:count], operands[count : 2 * count]
        retained = operands[2 * count :]
        kept = [value.allocation for value in retained]
        for memref, owned in zip(memrefs, conditions, strict=True):
            held = any(memref.allocation is allocation for allocation in kept)
            if owned and not held and memref.allocation.alive:
                memref.allocation.free()
        return Results(
            int(
                any(
                    owned and memref.allocation is value.allocation
                    for memref, owned in zip(memrefs, conditions, strict=True)
                )
            )
            for value in retained
        )


def _typed_values(p: OpParser) -> list[Value]:
    if not p.accept("("):
        return []
    names = p.operands()
    p.literal(":")
    found = p.types()
    p.literal(")")
    return p.resolve_all(names, found)


def _print_typed(p: Printer, values: Sequence[Value]) -> None:
    p.write("(")
    p.operands(values)
    p.write(" : ")
    p.types([value.type for value in values])
    p.write(")")

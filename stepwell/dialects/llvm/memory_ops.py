"""Loads, stores, addresses and atomics of the llvm dialect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from stepwell.dialects.llvm.attributes import (
    NO_FLAGS,
    ZERO,
    DereferenceableAttr,
    Ordering,
)
from stepwell.dialects.llvm.layout import size_of, struct_layout
from stepwell.dialects.llvm.memory import memory_of
from stepwell.dialects.llvm.types import (
    AnyPointer,
    ArrayType,
    LLVMType,
    PointerLike,
    StructType,
)
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import UNIT, DenseArrayAttr, IntegerAttr, TypeAttr
from stepwell.ir.constraints import SignlessInteger
from stepwell.ir.definition import Op
from stepwell.ir.effects import Effect, allocate, read, write
from stepwell.ir.fields import (
    operand,
    optional_prop,
    prop,
    result,
    unit_prop,
    variadic_operand,
)
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.property_kinds import (
    I32,
    I64,
    Array,
    DenseI32Array,
    Str,
    TypeOf,
    instance_of,
)
from stepwell.ir.text import lexer
from stepwell.ir.traits import Pure
from stepwell.ir.types import FunctionType, VectorType
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import Operand, OpParser
    from stepwell.ir.text.printer import Printer

DYNAMIC_INDEX = -(2**31)
"""Stands in `rawConstantIndices` for an index that is an operand."""

GEP_FLAGS = {"inbounds": 3, "nusw": 2, "nuw": 4, "inbounds_flag": 1}


class AllocaOp(Op, name="llvm.alloca"):
    """`%p = llvm.alloca %n x f32 : (i64) -> !llvm.ptr`: stack memory for n values."""

    arraySize = operand(SignlessInteger)
    alignment = optional_prop(I64)
    elem_type = prop(TypeOf)
    inalloca = unit_prop()
    res = result(AnyPointer)

    @classmethod
    def parse(cls, p: OpParser) -> AllocaOp:
        properties: dict[str, Attribute] = {}
        if p.optional_keyword("inalloca"):
            properties["inalloca"] = UNIT
        size = p.operand()
        p.keyword("x")
        properties["elem_type"] = TypeAttr(p.type())
        attributes = p.optional_dictionary()
        if "alignment" in attributes:
            properties["alignment"] = attributes.pop("alignment")
        p.literal(":")
        start = p.start
        type: Type = p.type()
        if not isinstance(type, FunctionType) or len(type.inputs) != 1 or len(type.results) != 1:
            raise p.error("expected function type with one operand and one result", start)
        value = p.resolve(size, type.inputs[0])
        return cls.create([value], type.results, properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(" inalloca" if self.inalloca is not None else "")
        p.write(f" {p.name(self.arraySize)} x {p.show(self.elem_type)}")
        p.attr_dict(self, ("elem_type", "inalloca"))
        p.write(" : ")
        p.function_type(self.operand_types, self.result_types)

    def effects(self) -> list[Effect]:
        return [allocate(self.res)]

    def execute(self, machine: Machine, size: int) -> RuntimeValue:
        return memory_of(machine).allocate(size * size_of(self.elem_type.value))


class LoadOp(Op, name="llvm.load"):
    """`%v = llvm.load %p : !llvm.ptr -> f32`: reads memory."""

    addr = operand(AnyPointer)
    alignment = optional_prop(I64)
    volatile__ = unit_prop()
    nontemporal = unit_prop()
    invariant = unit_prop()
    invariantGroup = unit_prop()
    ordering = prop(Ordering, ZERO)
    syncscope = optional_prop(Str)
    dereferenceable = optional_prop(instance_of(DereferenceableAttr))
    access_groups = optional_prop(Array)
    alias_scopes = optional_prop(Array)
    noalias_scopes = optional_prop(Array)
    tbaa = optional_prop(Array)
    res = result(LLVMType)
    syntax = (
        "(`volatile` $volatile_^)? $addr "
        "(`atomic` (`syncscope` `(` $syncscope^ `)`)? $ordering^)? "
        "(`invariant` $invariant^)? (`invariant_group` $invariantGroup^)? "
        "(`dereferenceable` `` $dereferenceable^)? attr-dict `:` type($addr) `->` type($res)"
    )

    def effects(self) -> list[Effect]:
        if self.volatile__ is not None or self.ordering is not ZERO:
            return [read(self.addr), write(None), read(None)]
        return [read(self.addr)]

    def execute(self, machine: Machine, pointer: RuntimeValue) -> RuntimeValue:
        return memory_of(machine).load(pointer, self.res.type)


class StoreOp(Op, name="llvm.store"):
    """`llvm.store %v, %p : f32, !llvm.ptr`: writes memory."""

    value = operand(LLVMType)
    addr = operand(AnyPointer)
    alignment = optional_prop(I64)
    volatile__ = unit_prop()
    nontemporal = unit_prop()
    invariantGroup = unit_prop()
    ordering = prop(Ordering, ZERO)
    syncscope = optional_prop(Str)
    access_groups = optional_prop(Array)
    alias_scopes = optional_prop(Array)
    noalias_scopes = optional_prop(Array)
    tbaa = optional_prop(Array)
    syntax = (
        "(`volatile` $volatile_^)? $value `,` $addr "
        "(`atomic` (`syncscope` `(` $syncscope^ `)`)? $ordering^)? "
        "(`invariant_group` $invariantGroup^)? attr-dict `:` type($value) `,` type($addr)"
    )

    def effects(self) -> list[Effect]:
        if self.volatile__ is not None or self.ordering is not ZERO:
            return [write(self.addr), write(None), read(None)]
        return [write(self.addr)]

    def execute(self, machine: Machine, value: RuntimeValue, pointer: RuntimeValue) -> None:
        memory_of(machine).store(pointer, value, self.value.type)


class GEPOp(Op, name="llvm.getelementptr", traits=(Pure,)):
    """`%q = llvm.getelementptr inbounds %p[0, %i] : (!llvm.ptr, i64) -> !llvm.ptr, !T`.

    The address of a part of what the pointer points to, seen as values of the last type.
    """

    base = operand(PointerLike)
    dynamicIndices = variadic_operand()
    rawConstantIndices = prop(DenseI32Array)
    elem_type = prop(TypeOf)
    noWrapFlags = prop(I32, NO_FLAGS)
    res = result(PointerLike)

    @classmethod
    def parse(cls, p: OpParser) -> GEPOp:
        flags = 0
        while p.kind == lexer.BARE:
            flags |= GEP_FLAGS[p.keyword(*GEP_FLAGS)]
            p.accept("|")
        base = p.operand()
        names: list[Operand] = []

        def index() -> int:
            name = p.optional_operand()
            if name is None:
                return p.integer()
            names.append(name)
            return DYNAMIC_INDEX

        indices = p.comma_separated(index, "[", "]")
        attributes = p.optional_dictionary()
        p.literal(":")
        start = p.start
        type: Type = p.type()
        if not isinstance(type, FunctionType) or not type.inputs:
            raise p.error("expected function type", start)
        p.literal(",")
        properties: dict[str, Attribute] = {
            "rawConstantIndices": DenseArrayAttr.i32(indices),
            "elem_type": TypeAttr(p.type()),
            "noWrapFlags": IntegerAttr(flags, types.i32),
        }
        values = p.resolve_all([base, *names], type.inputs)
        return cls.create(values, type.results, properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f"{_gep_flags(self.noWrapFlags.value)} {p.name(self.base)}[")
        shown = [p.name(i) if isinstance(i, Value) else str(i) for i in self.indices]
        p.write(", ".join(shown) + "]")
        p.attr_dict(self, ("rawConstantIndices", "elem_type", "noWrapFlags"))
        p.write(" : ")
        p.function_type(self.operand_types, self.result_types)
        p.write(f", {p.show(self.elem_type)}")

    @property
    def indices(self) -> list[Value | int]:
        """All indices: values, or numbers."""
        dynamic = iter(self.dynamicIndices)
        return [
            next(dynamic) if number == DYNAMIC_INDEX else number
            for number in self.rawConstantIndices.ints
        ]

    def verify_op(self) -> None:
        constant = self.rawConstantIndices.ints
        if sum(i == DYNAMIC_INDEX for i in constant) != len(self.dynamicIndices):
            raise self.error(
                "expected as many dynamic indices as specified in 'rawConstantIndices'"
            )
        type: Type = self.elem_type.value
        for number, index in enumerate(constant[1:], 1):
            if isinstance(type, StructType):
                if index == DYNAMIC_INDEX:
                    raise self.error(f"expected index {number} indexing a struct to be constant")
                elements = type.elements or ()
                if not 0 <= index < len(elements):
                    raise self.error(f"index {number} indexing a struct is out of bounds")
                type = elements[index]
            elif isinstance(type, (ArrayType, VectorType)):
                type = type.element_type
            else:
                raise self.error(f"type '{type}' cannot be indexed (index #{number})")

    def evaluate(self, base: RuntimeValue, *dynamic: RuntimeValue) -> RuntimeValue:
        values = iter(dynamic)
        indices = [next(values) if i == DYNAMIC_INDEX else i for i in self.rawConstantIndices.ints]
        if not isinstance(self.res.type, VectorType):
            return base.moved(self._distance(indices))
        count = self.res.type.num_elements
        bases = list(base) if isinstance(base, np.ndarray) else [base] * count
        found = np.empty(count, object)
        for lane in range(count):
            mine = [int(i[lane]) if isinstance(i, np.ndarray) else i for i in indices]
            found[lane] = bases[lane].moved(self._distance(mine))
        return found

    def _distance(self, indices: Sequence[int]) -> int:
        """How many bytes the indices mean."""
        type: Type = self.elem_type.value
        distance = indices[0] * size_of(type)
        for index in indices[1:]:
            if isinstance(type, StructType):
                distance += struct_layout(type)[0][index]
                type = (type.elements or ())[index]
                continue
            assert isinstance(type, (ArrayType, VectorType))
            type = type.element_type
            distance += index * size_of(type)
        return distance


def _gep_flags(flags: int) -> str:
    words = []
    if flags & 3 == 3:
        words.append("inbounds")
    elif flags & 1:
        words.append("inbounds_flag")
    if flags & 3 == 2:
        words.append("nusw")
    if flags & 4:
        words.append("nuw")
    return " " + "|".join(words) if words else ""

"""Memory accesses with affine subscripts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from stepwell.dialects.affine.operands import (
    parse_subscripts,
    run_map,
    subscripts_text,
    verify_subscripts,
)
from stepwell.dialects.memref.access import parse_prefetch, print_prefetch
from stepwell.ir.affine_attributes import AffineMapAttr, AffineMapKind
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.constraints import AnyMemRef, AnyVector, Index
from stepwell.ir.definition import Op
from stepwell.ir.effects import Effect, read, write
from stepwell.ir.fields import operand, prop, result, variadic_operand
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.interpreter.memory import MemRef
from stepwell.ir.property_kinds import I32, Bool
from stepwell.ir.types import MemRefType, VectorType
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class AffineAccessOp(Op):
    """Base of the ops with a memref, a map of subscripts, and its operands."""

    inline_properties = ("map",)
    map = prop(AffineMapKind)

    @property
    def accessed(self) -> Value:
        """The memref."""
        return next(v for v in self._operands if isinstance(v.type, MemRefType))

    @property
    def map_operands(self) -> list[Value]:
        """The operands of the map."""
        return self._operands[self._operands.index(self.accessed) + 1 :]

    @property
    def memref_type(self) -> MemRefType:
        """The type of the memref."""
        type = self.accessed.type
        assert isinstance(type, MemRefType)
        return type

    @classmethod
    def read_access(cls, p: OpParser, vector: bool = False, stored: bool = False) -> AffineAccessOp:
        """Reads all of the op's text.

        Args:
            p: stands after the op's name.
            vector: whether a vector type follows the memref's.
            stored: whether a value comes first.
        """
        value = p.operand() if stored else None
        if stored:
            p.literal(",")
        memref = p.operand()
        map, operands = parse_subscripts(p)
        attributes = p.optional_dictionary()
        p.literal(":")
        start = p.start
        type: Type = p.type()
        if not isinstance(type, MemRefType):
            raise p.error(f"expected a memref type, found '{type}'", start)
        element: Type = type.element_type
        if vector:
            p.literal(",")
            element = p.type()
        values = [p.resolve(memref, type), *operands]
        if value is not None:
            values.insert(0, p.resolve(value, element))
        properties: dict[str, Attribute] = {"map": AffineMapAttr(map)}
        results = [] if stored else [element]
        return cls.create(values, results, properties, attributes or None)

    def write_access(self, p: Printer, vector: Type | None = None) -> None:
        """Writes what `read_access` reads, from the memref on."""
        shown = ", ".join(subscripts_text(p, self.map.map, self.map_operands))
        p.write(f"{p.name(self.accessed)}[{shown}]")
        p.attr_dict(self, ["map"])
        p.write(f" : {p.show(self.memref_type)}")
        if vector is not None:
            p.write(f", {p.show(vector)}")

    def verify_op(self) -> None:
        verify_subscripts(self, self.map.map, self.map_operands, self.memref_type.rank)

    def verify_vector(self, type: Type) -> None:
        """Checks the vector of a vector access."""
        if not isinstance(type, VectorType):
            raise self.error("expected a vector type")
        if type.element_type is not self.memref_type.element_type:
            raise self.error("requires memref and vector types of the same elemental type")

    def element(self, operands: Sequence[RuntimeValue]) -> tuple[int, ...]:
        """The element that is accessed."""
        return run_map(self.map.map, operands)


class AffineLoadOp(AffineAccessOp, name="affine.load"):
    """`%x = affine.load %m[%i + 3, symbol(%n)] : memref<4x8xf32>`: one element."""

    memref = operand(AnyMemRef)
    indices = variadic_operand(Index)
    result_ = result()

    @classmethod
    def parse(cls, p: OpParser) -> AffineAccessOp:
        return cls.read_access(p)

    def print(self, p: Printer) -> None:
        p.write(" ")
        self.write_access(p)

    def verify_op(self) -> None:
        super().verify_op()
        if self.result_.type is not self.memref_type.element_type:
            raise self.error("result type must match element type of memref")

    def effects(self) -> list[Effect]:
        return [read(self.memref)]

    def execute(self, machine: Machine, memref: MemRef, *operands: RuntimeValue) -> RuntimeValue:
        return memref.load(self.element(operands))


class AffineStoreOp(AffineAccessOp, name="affine.store"):
    """`affine.store %x, %m[%i + 3, symbol(%n)] : memref<4x8xf32>`: replaces one element."""

    value = operand()
    memref = operand(AnyMemRef)
    indices = variadic_operand(Index)

    @classmethod
    def parse(cls, p: OpParser) -> AffineAccessOp:
        return cls.read_access(p, stored=True)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.value)}, ")
        self.write_access(p)

    @property
    def accessed(self) -> Value:
        return self._operands[1]

    def verify_op(self) -> None:
        super().verify_op()
        if self.value.type is not self.memref_type.element_type:
            raise self.error("value to store must have the same type as memref element type")

    def effects(self) -> list[Effect]:
        return [write(self.memref)]

    def execute(
        self, machine: Machine, value: RuntimeValue, memref: MemRef, *operands: RuntimeValue
    ) -> None:
        memref.store(self.element(operands), value)


class AffineVectorLoadOp(AffineAccessOp, name="affine.vector_load"):
    """`%v = affine.vector_load %m[%i] : memref<100xf32>, vector<8xf32>`: elements from one on."""

    memref = operand(AnyMemRef)
    indices = variadic_operand(Index)
    result_ = result(AnyVector)

    @classmethod
    def parse(cls, p: OpParser) -> AffineAccessOp:
        return cls.read_access(p, vector=True)

    def print(self, p: Printer) -> None:
        p.write(" ")
        self.write_access(p, self.result_.type)

    def verify_op(self) -> None:
        super().verify_op()
        self.verify_vector(self.result_.type)

    def effects(self) -> list[Effect]:
        return [read(self.memref)]

    def execute(self, machine: Machine, memref: MemRef, *operands: RuntimeValue) -> RuntimeValue:
        type = self.result_.type
        assert isinstance(type, VectorType)
        return _slice(memref, self.element(operands), type).to_numpy().reshape(type.shape)


class AffineVectorStoreOp(AffineAccessOp, name="affine.vector_store"):
    """`affine.vector_store %v, %m[%i] : memref<100xf32>, vector<8xf32>`."""

    value = operand(AnyVector)
    memref = operand(AnyMemRef)
    indices = variadic_operand(Index)

    @classmethod
    def parse(cls, p: OpParser) -> AffineAccessOp:
        return cls.read_access(p, vector=True, stored=True)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.value)}, ")
        self.write_access(p, self.value.type)

    def verify_op(self) -> None:
        super().verify_op()
        self.verify_vector(self.value.type)

    def effects(self) -> list[Effect]:
        return [write(self.memref)]

    def execute(
        self, machine: Machine, value: RuntimeValue, memref: MemRef, *operands: RuntimeValue
    ) -> None:
        type = self.value.type
        assert isinstance(type, VectorType)
        target = _slice(memref, self.element(operands), type)
        target.write(np.asarray(value).reshape(target.sizes))


def _slice(memref: MemRef, place: Sequence[int], type: VectorType) -> MemRef:
    """The elements of a vector access: it runs along the last dimensions."""
    ones = memref.rank - len(type.shape)
    return memref.subview(place, [1] * ones + list(type.shape), [1] * memref.rank)


class AffinePrefetchOp(AffineAccessOp, name="affine.prefetch"):
    """`affine.prefetch %m[%i + 5], read, locality<3>, data : memref<100xf32>`: a hint."""

    memref = operand(AnyMemRef)
    indices = variadic_operand(Index)
    isWrite = prop(Bool)
    localityHint = prop(I32)
    isDataCache = prop(Bool)

    @classmethod
    def parse(cls, p: OpParser) -> AffinePrefetchOp:
        memref = p.operand()
        map, operands = parse_subscripts(p)
        properties = parse_prefetch(p)
        properties["map"] = AffineMapAttr(map)
        attributes = p.optional_dictionary()
        p.literal(":")
        values = [p.resolve(memref, p.type()), *operands]
        return cls.create(values, (), properties, attributes or None)

    def print(self, p: Printer) -> None:
        shown = ", ".join(subscripts_text(p, self.map.map, self.map_operands))
        p.write(f" {p.name(self.memref)}[{shown}]")
        print_prefetch(p, self.isWrite, self.localityHint, self.isDataCache)
        p.attr_dict(self, ["map", "isWrite", "localityHint", "isDataCache"])
        p.write(f" : {p.show(self.memref.type)}")

    def effects(self) -> list[Effect]:
        return [read(self.memref), write(self.memref)]

    def execute(self, machine: Machine, *operands: RuntimeValue) -> None:
        """Nothing: it is only a hint."""

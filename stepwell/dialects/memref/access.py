"""Reading and writing memory, and asking for its shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stepwell.dialects.memref.layout import Alignment, element_of_memref
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.constraints import AnyMemRef, AnyRankedOrUnrankedMemRef, Index, Var
from stepwell.ir.definition import Op
from stepwell.ir.effects import Effect, read, write
from stepwell.ir.fields import operand, optional_prop, prop, result, variadic_operand
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.property_kinds import I32, Bool
from stepwell.ir.traits import (
    NoMemoryEffect,
    Pure,
    SameOperandsAndResultElementType,
    SameOperandsShape,
)
from stepwell.ir.types import DYNAMIC, MemRefType, index
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


def rank_of(value: Value) -> int:
    """The rank of a ranked memref value."""
    assert isinstance(value.type, MemRefType)
    return value.type.rank


class LoadOp(Op, name="memref.load"):
    """`%x = memref.load %m[%i, %j] : memref<4x8xf32>`: one element."""

    M = Var("M", AnyMemRef)
    memref = operand(M)
    indices = variadic_operand(Index)
    nontemporal = optional_prop(Bool)
    alignment = optional_prop(Alignment)
    result_ = result(element_of_memref(M, "result type"))
    syntax = "$memref `[` $indices `]` attr-dict `:` type($memref)"

    @classmethod
    def infer_result_types(cls, operands, properties, regions):  # type: ignore[no-untyped-def]
        return [operands[0].type.element_type]

    def verify_op(self) -> None:
        rank = rank_of(self.memref)
        if len(self.indices) != rank:
            raise self.error(
                f"incorrect number of indices for load, expected {rank} but got {len(self.indices)}"
            )

    def effects(self) -> list[Effect]:
        return [read(self.memref)]

    def execute(
        self, machine: Machine, memref: RuntimeValue, *indices: RuntimeValue
    ) -> RuntimeValue:
        return memref.load(indices)


class StoreOp(Op, name="memref.store"):
    """`memref.store %x, %m[%i, %j] : memref<4x8xf32>`: replaces one element."""

    M = Var("M", AnyMemRef)
    value = operand(element_of_memref(M, "type of 'value'"))
    memref = operand(M)
    indices = variadic_operand(Index)
    nontemporal = optional_prop(Bool)
    alignment = optional_prop(Alignment)
    syntax = "$value `,` $memref `[` $indices `]` attr-dict `:` type($memref)"

    def verify_op(self) -> None:
        if len(self.indices) != rank_of(self.memref):
            raise self.error("store index operand count not equal to memref rank")
        memref = self.memref.type
        assert isinstance(memref, MemRefType)
        if self.value.type is not memref.element_type:
            raise self.error(
                "failed to verify that type of 'value' matches element type of 'memref'"
            )

    def effects(self) -> list[Effect]:
        return [write(self.memref)]

    def execute(
        self,
        machine: Machine,
        value: RuntimeValue,
        memref: RuntimeValue,
        *indices: RuntimeValue,
    ) -> None:
        memref.store(indices, value)


class CopyOp(
    Op,
    name="memref.copy",
    traits=(SameOperandsAndResultElementType, SameOperandsShape),
):
    """`memref.copy %a, %b : memref<4xf32> to memref<4xf32>`: copies all elements of `%a`."""

    source = operand(AnyRankedOrUnrankedMemRef)
    target = operand(AnyRankedOrUnrankedMemRef)
    syntax = "$source `,` $target attr-dict `:` type($source) `to` type($target)"

    def effects(self) -> list[Effect]:
        return [read(self.source), write(self.target)]

    def execute(self, machine: Machine, source: RuntimeValue, target: RuntimeValue) -> None:
        target.copy_from(source)


class PrefetchOp(Op, name="memref.prefetch"):
    """`memref.prefetch %m[%i], read, locality<3>, data : memref<4xf32>`: a hint."""

    memref = operand(AnyMemRef)
    indices = variadic_operand(Index)
    isWrite = prop(Bool)
    localityHint = prop(I32)
    isDataCache = prop(Bool)

    @classmethod
    def parse(cls, p: OpParser) -> PrefetchOp:
        memref = p.operand()
        indices = p.operands("[", "]")
        properties = parse_prefetch(p)
        attributes = p.optional_dictionary()
        p.literal(":")
        operands = [p.resolve(memref, p.type()), *(p.resolve(i, index) for i in indices)]
        return cls.create(operands, (), properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.memref)}[")
        p.operands(self.indices)
        p.write("]")
        print_prefetch(p, self.isWrite, self.localityHint, self.isDataCache)
        p.attr_dict(self, ("isWrite", "localityHint", "isDataCache"))
        p.write(" : ")
        p.type(self.memref.type)

    def verify_op(self) -> None:
        if len(self.indices) != rank_of(self.memref):
            raise self.error("too few indices")

    def effects(self) -> list[Effect]:
        return [read(self.memref), write(self.memref)]

    def execute(self, machine: Machine, *operands: RuntimeValue) -> None:
        """Nothing: it is only a hint."""


def parse_prefetch(p: OpParser) -> dict[str, Attribute]:
    """`, read, locality<3>, data` as properties."""
    p.literal(",")
    is_write = p.keyword("read", "write") == "write"
    p.literal(",")
    p.keyword("locality")
    p.literal("<")
    start = p.start
    locality = p.integer()
    if not 0 <= locality <= 3:
        raise p.error("32-bit signless integer attribute whose minimum value is 0 whose maximum "
                      "value is 3", start)  # fmt: skip
    p.literal(">")
    p.literal(",")
    is_data = p.keyword("data", "instr") == "data"
    return {
        "isWrite": Bool.coerce(is_write),
        "localityHint": I32.coerce(locality),
        "isDataCache": Bool.coerce(is_data),
    }


def print_prefetch(
    p: Printer, is_write: IntegerAttr, locality: IntegerAttr, is_data: IntegerAttr
) -> None:
    """Writes what `parse_prefetch` reads."""
    p.write(", write" if is_write.value else ", read")
    p.write(f", locality<{locality.value}>")
    p.write(", data" if is_data.value else ", instr")


class DimOp(Op, name="memref.dim", traits=(NoMemoryEffect,)):
    """`%n = memref.dim %m, %i : memref<4x?xf32>`: the size of dimension `%i`."""

    source = operand(AnyRankedOrUnrankedMemRef)
    index_ = operand(Index)
    result_ = result(Index)
    syntax = "attr-dict $source `,` $index `:` type($source)"

    def result_name(self) -> str:
        return "dim"

    @property
    def constant_index(self) -> int | None:
        """The dimension asked for, if it is a constant."""
        op = self.index_.defining_op
        value = op.get_attribute("value") if op is not None else None
        return value.value if isinstance(value, IntegerAttr) else None

    def is_speculatable(self) -> bool:
        number = self.constant_index
        if number is None or not isinstance(self.source.type, MemRefType):
            return False
        return 0 <= number < self.source.type.rank

    def fold(self, operands: Sequence[Attribute | None]) -> Attribute | None:
        number = operands[1]
        type = self.source.type
        if not isinstance(number, IntegerAttr) or not isinstance(type, MemRefType):
            return None
        if not 0 <= number.value < type.rank or type.shape[number.value] == DYNAMIC:
            return None
        return IntegerAttr(type.shape[number.value], index)

    def execute(self, machine: Machine, memref: RuntimeValue, number: int) -> int:
        if not isinstance(number, int) or not 0 <= number < memref.rank:
            raise machine.undefined(self, f"asks for dimension {number} of {memref.rank}")
        return int(memref.sizes[number])


class RankOp(Op, name="memref.rank", traits=(Pure,)):
    """`%r = memref.rank %m : memref<*xf32>`: how many dimensions there are."""

    memref = operand(AnyRankedOrUnrankedMemRef)
    result_ = result(Index)
    syntax = "$memref attr-dict `:` type($memref)"

    def fold(self, operands: Sequence[Attribute | None]) -> Attribute | None:
        type = self.memref.type
        return IntegerAttr(type.rank, index) if isinstance(type, MemRefType) else None

    def execute(self, machine: Machine, memref: RuntimeValue) -> int:
        return int(memref.rank)

"""Other types and facts for the same memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stepwell.dialects.memref.layout import agree, cast_compatible
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.block import Region
from stepwell.ir.constraints import AnyMemRef, AnyRankedOrUnrankedMemRef, Index, Var
from stepwell.ir.definition import Op
from stepwell.ir.fields import (
    operand,
    prop,
    result,
    variadic_operand,
    variadic_result,
)
from stepwell.ir.interpreter.machine import Machine, Results, RuntimeValue
from stepwell.ir.interpreter.memory import MemRef
from stepwell.ir.property_kinds import I32
from stepwell.ir.strides import strides_and_offset
from stepwell.ir.traits import Pure, SameVariadicSizes
from stepwell.ir.types import MemRefType, UnrankedMemRefType, index
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class CastOp(Op, name="memref.cast", traits=(Pure,)):
    """`%b = memref.cast %a : memref<4xf32> to memref<?xf32>`: the same memory, known otherwise.

    What the new type claims must be true.
    """

    source = operand(AnyRankedOrUnrankedMemRef)
    dest = result(AnyRankedOrUnrankedMemRef)
    syntax = "$source attr-dict `:` type($source) `to` type($dest)"

    def result_name(self) -> str:
        return "cast"

    def verify_op(self) -> None:
        verify_cast(self, cast_compatible(self.source.type, self.dest.type))

    def fold(self, operands: Sequence[Attribute | None]) -> Value | None:
        if self.source.type is self.dest.type:
            return self.source
        inner = self.source.defining_op
        if isinstance(inner, CastOp) and inner.source.type is self.dest.type:
            return inner.source
        return None

    def execute(self, machine: Machine, source: RuntimeValue) -> RuntimeValue:
        check_claims(self, machine, source, self.dest.type)
        return source


def verify_cast(op: Op, compatible: bool) -> None:
    """Raises VerifyError unless the cast is allowed."""
    if not compatible:
        raise op.error(
            f"operand type '{op.operand_types[0]}' and result type '{op.result_types[0]}' are cast "
            "incompatible"
        )


def check_claims(op: Op, machine: Machine, memref: MemRef, type: Type) -> None:
    """Raises InterpreterError if a memref is not what its type says."""
    if not isinstance(type, MemRefType):
        return
    if memref.rank != type.rank or not all(map(agree, type.shape, memref.sizes)):
        raise machine.undefined(op, f"claims that sizes {list(memref.sizes)} are '{type}'")
    known = strides_and_offset(type)
    if known is None:
        return
    claims = zip(known[0], memref.strides, memref.sizes, strict=True)
    if not all(size <= 1 or agree(a, b) for a, b, size in claims):
        raise machine.undefined(op, f"claims that strides {list(memref.strides)} are '{type}'")
    if not agree(known[1], memref.offset):
        raise machine.undefined(op, f"claims that the offset {memref.offset} is '{type}'")


class MemorySpaceCastOp(Op, name="memref.memory_space_cast", traits=(Pure,)):
    """`%b = memref.memory_space_cast %a : memref<4xf32, 3> to memref<4xf32>`."""

    source = operand(AnyRankedOrUnrankedMemRef)
    dest = result(AnyRankedOrUnrankedMemRef)
    syntax = "$source attr-dict `:` type($source) `to` type($dest)"

    def result_name(self) -> str:
        return "memspacecast"

    def verify_op(self) -> None:
        verify_cast(self, without_space(self.source.type) is without_space(self.dest.type))

    def fold(self, operands: Sequence[Attribute | None]) -> Value | None:
        return self.source if self.source.type is self.dest.type else None

    def execute(self, machine: Machine, source: RuntimeValue) -> RuntimeValue:
        return source


def without_space(type: Type) -> Type:
    """The type in the default memory space."""
    if isinstance(type, MemRefType):
        return MemRefType(type.shape, type.element_type, type.layout)
    return UnrankedMemRefType(type.element_type) if isinstance(type, UnrankedMemRefType) else type


class AssumeAlignmentOp(Op, name="memref.assume_alignment", traits=(Pure,)):
    """`%b = memref.assume_alignment %a, 16 : memref<4xf32>`: the same memory, promised aligned."""

    T = Var("T", AnyMemRef)
    memref = operand(T)
    alignment = prop(I32)
    result_ = result(T)
    syntax = "$memref `,` $alignment attr-dict `:` type($memref)"

    def result_name(self) -> str:
        return "assume_align"

    def verify_op(self) -> None:
        value = self.alignment.value
        if value <= 0 or value.bit_count() != 1:
            raise self.error("alignment must be power of 2")

    def execute(self, machine: Machine, memref: RuntimeValue) -> RuntimeValue:
        return memref


class DistinctObjectsOp(Op, name="memref.distinct_objects", traits=(Pure,)):
    """`%c:2 = memref.distinct_objects %a, %b : memref<4xf32>, memref<4xf32>`: do not overlap."""

    operands_ = variadic_operand(AnyMemRef)
    results_ = variadic_result(AnyMemRef)

    @classmethod
    def parse(cls, p: OpParser) -> DistinctObjectsOp:
        names = p.operands()
        attributes = p.optional_dictionary()
        p.literal(":")
        types = p.types()
        return cls.create(p.resolve_all(names, types), types, None, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(" ")
        p.operands(self._operands)
        p.attr_dict(self)
        p.write(" : ")
        p.types(self.operand_types)

    def verify_op(self) -> None:
        if len(self._operands) < 2:
            raise self.error("expected at least two operands")
        if self.operand_types != self.result_types:
            raise self.error("operand types and result types must match")

    def execute(self, machine: Machine, *memrefs: RuntimeValue) -> RuntimeValue:
        allocations = [memref.allocation.owner or memref.allocation for memref in memrefs]
        for number, allocation in enumerate(allocations):
            if any(allocation is other for other in allocations[:number]):
                raise machine.undefined(self, "is given the same memory twice")
        return Results(memrefs)


class ExtractStridedMetadataOp(
    Op, name="memref.extract_strided_metadata", traits=(Pure, SameVariadicSizes)
):
    """`%base, %offset, %sizes:2, %strides:2 = memref.extract_strided_metadata %m : ...`."""

    source = operand(AnyMemRef)
    base_buffer = result(AnyMemRef)
    offset = result(Index)
    sizes_and_strides = variadic_result(Index)
    syntax = "$source `:` type($source) `->` type(results) attr-dict"

    def result_names(self) -> list[str | None]:
        rank = len(self.sizes_and_strides) // 2
        groups: list[str | None] = []
        for name in ("sizes", "strides"):
            groups += ([name] + [None] * rank)[:rank]
        return ["base_buffer", "offset", *groups]

    @property
    def sizes(self) -> tuple[Value, ...]:
        """The size of each dimension."""
        return self.results[2 : 2 + len(self.sizes_and_strides) // 2]

    @property
    def strides(self) -> tuple[Value, ...]:
        """The stride of each dimension."""
        return self.results[2 + len(self.sizes_and_strides) // 2 :]

    @classmethod
    def infer_result_types(
        cls,
        operands: Sequence[Value],
        properties: dict[str, Attribute],
        regions: Sequence[Region],
    ) -> list[Type]:
        type = operands[0].type
        assert isinstance(type, MemRefType)
        base = MemRefType((), type.element_type, None, type.memory_space)
        return [base, index, *([index] * (2 * type.rank))]

    def execute(self, machine: Machine, memref: RuntimeValue) -> RuntimeValue:
        base = memref.with_layout(0, (), ())
        return (base, memref.offset, *memref.sizes, *memref.strides)


class ExtractAlignedPointerAsIndexOp(
    Op, name="memref.extract_aligned_pointer_as_index", traits=(Pure,)
):
    """`%p = memref.extract_aligned_pointer_as_index %m : memref<4xf32> -> index`: its address."""

    source = operand(AnyRankedOrUnrankedMemRef)
    aligned_pointer = result(Index)
    syntax = "$source `:` type($source) `->` type(results) attr-dict"

    def result_name(self) -> str:
        return "intptr"

    def execute(self, machine: Machine, memref: RuntimeValue) -> int:
        return int(memref.allocation.buffer.ctypes.data)

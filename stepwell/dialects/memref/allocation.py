"""Making and giving back memory."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from stepwell.dialects.memref.layout import Alignment, fill_sizes, runtime_layout, space_text
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attribute import Type
from stepwell.ir.block import Region
from stepwell.ir.constraints import AnyMemRef, AnyRankedOrUnrankedMemRef, Index
from stepwell.ir.definition import Op
from stepwell.ir.effects import Effect, allocate, free
from stepwell.ir.fields import (
    operand,
    optional_operand,
    optional_prop,
    region,
    result,
    variadic_operand,
    variadic_result,
)
from stepwell.ir.implicit_terminator import end_region_with, here
from stepwell.ir.interpreter.machine import Execution, Machine, RunRegion, RuntimeValue
from stepwell.ir.interpreter.memory import MemRef
from stepwell.ir.operation import Operation
from stepwell.ir.region_flow import RegionSuccessor
from stepwell.ir.traits import (
    AutomaticAllocationScope,
    HasParent,
    Pure,
    RecursiveMemoryEffects,
    ReturnLike,
    SingleBlock,
    Terminator,
)
from stepwell.ir.types import DYNAMIC, MemRefType
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class AllocationOp(Op):
    """Base of alloc and alloca."""

    dynamicSizes = variadic_operand(Index)
    symbolOperands = variadic_operand(Index)
    alignment = optional_prop(Alignment)
    memref = result(AnyMemRef)
    syntax = "`(` $dynamicSizes `)` (`` `[` $symbolOperands^ `]`)? attr-dict `:` type($memref)"

    @property
    def type(self) -> MemRefType:
        """The type of the memory."""
        type = self.memref.type
        assert isinstance(type, MemRefType)
        return type

    @property
    def mixed_sizes(self) -> list[Value | int]:
        """The sizes: values where the type does not know them."""
        following = iter(self.dynamicSizes)
        return [next(following) if size == DYNAMIC else size for size in self.type.shape]

    def verify_op(self) -> None:
        dynamic = self.type.shape.count(DYNAMIC)
        if len(self.dynamicSizes) != dynamic:
            raise self.error(
                f"incorrect number of dynamic sizes, has {len(self.dynamicSizes)}, expected "
                f"{dynamic}"
            )
        layout = self.type.layout
        symbols = layout.map.num_symbols if isinstance(layout, AffineMapAttr) else 0
        if len(self.symbolOperands) != symbols:
            raise self.error(
                "symbol operand count does not equal memref symbol count: expected "
                f"{symbols}, got {len(self.symbolOperands)}"
            )

    def effects(self) -> list[Effect]:
        return [allocate(self.memref)]

    def execute(self, machine: Machine, *operands: RuntimeValue) -> RuntimeValue:
        type = self.type
        dynamic = type.shape.count(DYNAMIC)
        sizes = fill_sizes(type.shape, operands[:dynamic])
        strides, offset = runtime_layout(type, sizes, operands[dynamic:])
        name = self.memref.name_hint or ""
        return MemRef.allocate(sizes, type.element_type, strides, offset, name, space_text(type))


class AllocOp(AllocationOp, name="memref.alloc"):
    """`%m = memref.alloc(%n) : memref<?xf32>`: memory on the heap."""

    def result_name(self) -> str:
        return "alloc"


class AllocaOp(AllocationOp, name="memref.alloca"):
    """`%m = memref.alloca() : memref<4xf32>`: memory on the stack."""

    def result_name(self) -> str:
        return "alloca"


class DeallocOp(Op, name="memref.dealloc"):
    """`memref.dealloc %m : memref<4xf32>`: gives memory from `memref.alloc` back."""

    memref = operand(AnyRankedOrUnrankedMemRef)
    syntax = "$memref attr-dict `:` type($memref)"

    def effects(self) -> list[Effect]:
        return [free(self.memref)]

    def execute(self, machine: Machine, memref: RuntimeValue) -> None:
        memref.allocation.free()


class ReallocOp(Op, name="memref.realloc"):
    """`%r = memref.realloc %m(%n) : memref<4xf32> to memref<?xf32>`: the memory, resized.

    The first elements are kept; `%m` must not be used any more.
    """

    source = operand(AnyMemRef)
    dynamicResultSize = optional_operand(Index)
    alignment = optional_prop(Alignment)
    result_ = result(AnyMemRef)
    syntax = "$source (`(` $dynamicResultSize^ `)`)? attr-dict `:` type($source) `to` type($result)"

    def verify_op(self) -> None:
        old, new = self.source.type, self.result_.type
        assert isinstance(old, MemRefType) and isinstance(new, MemRefType)
        if old.layout is not None:
            raise self.error(f"unsupported layout for source memref type '{old}'")
        if new.layout is not None:
            raise self.error(f"unsupported layout for result memref type '{new}'")
        if old.memory_space is not new.memory_space:
            raise self.error(
                f"different memory spaces specified for source memref type '{old}' and result "
                f"memref type '{new}'"
            )
        if old.element_type is not new.element_type:
            raise self.error(
                f"different element types specified for source memref type '{old}' and result "
                f"memref type '{new}'"
            )
        if (DYNAMIC in new.shape) != (self.dynamicResultSize is not None):
            missing = "missing" if DYNAMIC in new.shape else "unnecessary"
            raise self.error(f"{missing} dimension operand for result type '{new}'")

    def effects(self) -> list[Effect]:
        return [free(self.source), allocate(self.result_)]

    def execute(self, machine: Machine, source: RuntimeValue, *size: int) -> RuntimeValue:
        type = self.result_.type
        assert isinstance(type, MemRefType)
        old = source.to_numpy()
        made = MemRef.allocate(fill_sizes(type.shape, size), type.element_type)
        kept = min(made.sizes[0], source.sizes[0])
        made.subview([0], [kept], [1]).write(old[:kept])
        source.allocation.free()
        return made


class AllocaScopeReturnOp(
    Op,
    name="memref.alloca_scope.return",
    traits=(Pure, ReturnLike, Terminator, HasParent.of("memref.alloca_scope")),
):
    """`memref.alloca_scope.return %x : f32`: ends a scope and hands values out of it."""

    values = variadic_operand()
    syntax = "attr-dict ($values^ `:` type($values))?"


class AllocaScopeOp(
    Op,
    name="memref.alloca_scope",
    traits=(AutomaticAllocationScope, RecursiveMemoryEffects, SingleBlock),
):
    """`%r = memref.alloca_scope -> (f32) { ... }`: stack memory made inside ends with it."""

    results_ = variadic_result()
    bodyRegion = region()

    @classmethod
    def parse(cls, p: OpParser) -> Generator[Any, Any, Operation]:
        types: list[Type] = p.function_results() if p.accept("->") else []
        body = end_region_with((yield p.region()), AllocaScopeReturnOp, here(p))
        attributes = p.optional_dictionary()
        return cls.create((), types, None, attributes or None, (), [body])

    def print(self, p: Printer) -> Generator[Any, None, None]:
        p.write("  ")
        if self.results:
            p.write("-> (")
            p.types(self.result_types)
            p.write(") ")
        yield p.region(self.bodyRegion, arguments=False, terminator=bool(self.results))
        p.attr_dict(self)

    def region_successors(self, source: Region | None) -> list[RegionSuccessor]:
        if source is not None:
            return [RegionSuccessor(None, self.results)]
        return [RegionSuccessor(self.bodyRegion)]

    def entry_operands(self, target: Region | None) -> Sequence[Value]:
        return []

    def execute(self, machine: Machine) -> Execution:
        return (yield RunRegion(self.bodyRegion))

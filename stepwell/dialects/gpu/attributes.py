"""Attributes of the gpu dialect, and its token type: https://mlir.llvm.org/docs/Dialects/GPU/"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine.syntax_error import AffineSyntaxError
from stepwell.ir.affine.text import parse_map
from stepwell.ir.attribute import Attribute, Show, Type
from stepwell.ir.attributes import DictionaryAttr, StringAttr
from stepwell.ir.enums import EnumAttr, enum_kind
from stepwell.ir.property_kinds import array_of, instance_of

if TYPE_CHECKING:
    from stepwell.ir.text.reader import Reader

DIMENSIONS = ("x", "y", "z")


class AsyncTokenType(Type):
    """`!gpu.async.token`: stands for work that was begun and may not be done yet."""

    name = "gpu.async.token"


class AddressSpaceAttr(EnumAttr):
    """Which memory of a GPU: `#gpu.address_space<workgroup>`."""

    name = "gpu.address_space"
    cases = ("global", "workgroup", "private")


class DimensionAttr(EnumAttr):
    """One of the three dimensions of a grid or block: `#gpu<dim x>`."""

    name = "gpu.dim"
    cases = DIMENSIONS
    bracketed = False


class AllReduceOperationAttr(EnumAttr):
    """How values of several threads become one: `#gpu<all_reduce_op add>`."""

    name = "gpu.all_reduce_op"
    cases = (
        "add", "mul", "minui", "minsi", "minnumf", "maxui", "maxsi", "maxnumf", "and", "or", "xor",
        "minimumf", "maximumf",
    )  # fmt: skip
    bracketed = False


class ShuffleModeAttr(EnumAttr):
    """From which lane a shuffle takes its value: `#gpu<shuffle_mode xor>`."""

    name = "gpu.shuffle_mode"
    cases = ("xor", "up", "down", "idx")
    bracketed = False


class BroadcastTypeAttr(EnumAttr):
    """Which lane's value a broadcast gives to all: `#gpu<broadcast specific_lane>`."""

    name = "gpu.broadcast"
    cases = ("first_active_lane", "specific_lane")
    bracketed = False


MAPPING_IDS = (*DIMENSIONS, *(f"linear_dim_{number}" for number in range(10)))


class ThreadMappingAttr(EnumAttr):
    """A dimension of `scf.forall` is run by threads: `#gpu.thread<x>`."""

    name = "gpu.thread"
    cases = MAPPING_IDS


class BlockMappingAttr(EnumAttr):
    """A dimension of `scf.forall` is run by blocks: `#gpu.block<x>`."""

    name = "gpu.block"
    cases = MAPPING_IDS


class WarpMappingAttr(EnumAttr):
    """A dimension of `scf.forall` is run by warps: `#gpu.warp<x>`."""

    name = "gpu.warp"
    cases = MAPPING_IDS


class WarpgroupMappingAttr(EnumAttr):
    """A dimension of `scf.forall` is run by groups of warps: `#gpu.warpgroup<x>`."""

    name = "gpu.warpgroup"
    cases = MAPPING_IDS


class LaneMappingAttr(EnumAttr):
    """A dimension of `scf.forall` is run by lanes of a warp: `#gpu.lane<x>`."""

    name = "gpu.lane"
    cases = MAPPING_IDS


class LoopDimMapAttr(Attribute):
    """Which processor runs the iterations of a dimension of a parallel loop.

    `#gpu.loop_dim_map<processor = thread_x, map = (d0) -> (d0), bound = (d0) -> (d0)>`
    """

    name = "gpu.loop_dim_map"
    processor: str
    map: AffineMap
    bound: AffineMap

    def body(self, show: Show) -> str:
        return f"processor = {self.processor}, map = {self.map}, bound = {self.bound}"

    @classmethod
    def parse_body(cls, reader: Reader) -> Self:
        reader.keyword("processor")
        reader.literal("=")
        processor = reader.keyword(*PROCESSORS)
        reader.literal(",")
        reader.keyword("map")
        reader.literal("=")
        start = reader.start
        first, comma, second = reader.source_text[start:].partition(", bound")
        if not comma or "=" not in second:
            raise reader.error("expected 'map = ..., bound = ...'", start)
        bound = second.partition("=")[2]
        reader.seek(len(reader.source_text))
        behind = len(reader.source_text) - len(bound)
        return cls(processor, _map(reader, first, start), _map(reader, bound, behind))


def _map(reader: Reader, text: str, start: int) -> AffineMap:
    """The affine map in `text`, which is at `start`."""
    try:
        return parse_map(text)
    except AffineSyntaxError as error:
        raise reader.error(error.message, start + error.offset) from None


class ObjectAttr(Attribute):
    """`#gpu.object<#nvvm.target, assembly = "...">`: a compiled module."""

    name = "gpu.object"
    target: Attribute
    format: str
    properties: DictionaryAttr | None
    object: StringAttr

    def body(self, show: Show) -> str:
        extra = f"properties = {show(self.properties)}, " if self.properties is not None else ""
        form = "" if self.format == "fatbin" else f"{self.format} = "
        return f"{show(self.target)}, {extra}{form}{show(self.object)}"

    @classmethod
    def parse_body(cls, reader: Reader) -> Self:
        target = reader.attribute()
        reader.literal(",")
        properties: DictionaryAttr | None = None
        if reader.optional_keyword("properties"):
            reader.literal("=")
            properties = DictionaryAttr.of(reader.dictionary())
            reader.literal(",")
        form = reader.optional_keyword(*OBJECT_FORMATS)
        if form is not None:
            reader.literal("=")
        start = reader.start
        text = reader.attribute()
        if not isinstance(text, StringAttr):
            raise reader.error("expected a string", start)
        return cls(target, form or "fatbin", properties, text)


class SelectObjectAttr(Attribute):
    """`#gpu.select_object<1 : i64>`: which object of a binary is launched."""

    name = "gpu.select_object"
    target: Attribute | None = None

    def body(self, show: Show) -> str:
        return show(self.target) if self.target is not None else ""

    @classmethod
    def parse_body(cls, reader: Reader) -> Self:
        return cls(None) if reader.at_end() else cls(reader.attribute())


PROCESSORS = (
    "block_x", "block_y", "block_z", "thread_x", "thread_y", "thread_z", "sequential",
)  # fmt: skip
OBJECT_FORMATS = ("offload", "assembly", "bin", "fatbin")
TOKEN = AsyncTokenType()
WORKGROUP = AddressSpaceAttr("workgroup")
PRIVATE = AddressSpaceAttr("private")
DimensionKind = enum_kind(DimensionAttr)
AllReduceKind = enum_kind(AllReduceOperationAttr)
ShuffleModeKind = enum_kind(ShuffleModeAttr)
BroadcastKind = enum_kind(BroadcastTypeAttr)
Objects = array_of(instance_of(ObjectAttr, "GPU object attribute"))

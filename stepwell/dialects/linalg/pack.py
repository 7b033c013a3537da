"""`linalg.pack` and `linalg.unpack`: into tiles that lie together, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from stepwell.dialects.linalg.execution import as_elements, deliver
from stepwell.dialects.linalg.structured import is_memref, is_tensor, shape_of
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.constraints import Index
from stepwell.ir.definition import Op
from stepwell.ir.effects import Effect, read, write
from stepwell.ir.fields import (
    OPERAND_SEGMENTS,
    operand,
    optional_operand,
    optional_result,
    prop,
    variadic_operand,
)
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.property_kinds import DenseI64Array
from stepwell.ir.text.index_lists import (
    parse_index_list,
    print_index_list,
    runtime_indices,
    verify_dynamic_count,
)
from stepwell.ir.types import DYNAMIC
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

NO_ORDER = DenseArrayAttr.i64(())


class TilingLayoutOp(Op):
    """Base of pack and unpack. The unpacked side is `small`, the packed one has the tiles last."""

    source = operand()
    dest = operand()
    outer_dims_perm = prop(DenseI64Array, NO_ORDER)
    inner_dims_pos = prop(DenseI64Array)
    static_inner_tiles = prop(DenseI64Array)

    @property
    def dps_inputs(self) -> tuple[Value, ...]:
        """The source."""
        return (self.operands[0],)

    @property
    def dps_inits(self) -> tuple[Value, ...]:
        """The destination."""
        return (self.operands[1],)

    def effects(self) -> list[Effect]:
        """Reads and writes memrefs."""
        source, dest = self.operands[:2]
        found = [read(source)] if is_memref(source.type) else []
        return [*found, write(dest)] if is_memref(dest.type) else found

    def is_speculatable(self) -> bool:
        """Whether only tensors are touched."""
        return not is_memref(self.operands[1].type)

    def verify_layout(self, plain: Type, packed: Type) -> None:
        """Checks the attributes against both types.

        Raises:
            VerifyError: they do not fit.
        """
        verify_dynamic_count(
            self, "inner_tiles", "static_inner_tiles", self.static_inner_tiles.ints
        )
        self._verify_tiling(len(shape_of(plain)))
        self._verify_packed(shape_of(plain), packed)

    def _verify_tiling(self, rank: int) -> None:
        """Checks the attributes against the number of dimensions."""
        positions, order = self.inner_dims_pos.ints, self.outer_dims_perm.ints
        tiles = self.static_inner_tiles.ints
        if len(tiles) > rank:
            raise self.error(
                "tiling factors must be less than or equal to the input rank for pack or output "
                "rank for unpack"
            )
        if len(tiles) != len(positions):
            raise self.error("tiling factors must equal the number of dimensions to tile")
        if len(set(positions)) != len(positions) or any(not 0 <= p < rank for p in positions):
            raise self.error("invalid inner_dims_pos vector")
        if order and sorted(order) != list(range(rank)):
            raise self.error("invalid outer_dims_perm vector")
        if any(tile == 0 for tile in tiles):
            raise self.error("invalid zero tile factor")

    def _verify_packed(self, plain: Sequence[int], packed: Type) -> None:
        """Checks the shape of the packed type against that of the plain one."""
        rank, tiles = len(plain), self.static_inner_tiles.ints
        expected = packed_shape(plain, tiles, self.inner_dims_pos.ints, self.outer_dims_perm.ints)
        found = shape_of(packed)
        if len(found) != len(expected):
            raise self.error(
                "packed rank != (unpacked rank + num tiling factors), got "
                f"{len(found)} != {len(expected)}"
            )
        for tile, size in zip(tiles, found[rank:], strict=True):
            if (tile == DYNAMIC) != (size == DYNAMIC) or tile != size:
                raise self.error(
                    "mismatch in inner tile sizes specified and shaped of tiled dimension in the "
                    "packed type"
                )
        if any(
            DYNAMIC not in (wanted, size) and size < wanted
            for wanted, size in zip(expected[:rank], found[:rank], strict=True)
        ):
            raise self.error(
                f"expected '{types.RankedTensorType(expected, types.element_type_or_self(packed))}'"
                f" for the packed domain value, got '{packed}'"
            )

    def print_tail(self, p: Printer, tiles: Sequence[Value]) -> None:
        """Writes everything after the padding value."""
        if self.outer_dims_perm.values:
            p.write(f" outer_dims_perm = [{', '.join(self.outer_dims_perm.items())}]")
        p.write(f" inner_dims_pos = [{', '.join(self.inner_dims_pos.items())}] inner_tiles = ")
        print_index_list(p, tiles, self.static_inner_tiles.ints)
        p.write(f" into {p.name(self.operands[1])}")
        p.attr_dict(self, ("outer_dims_perm", "inner_dims_pos", "static_inner_tiles"))
        p.write(" : ")
        p.type(self.operands[0].type)
        p.write(" -> ")
        p.type(self.operands[1].type)


class PackOp(TilingLayoutOp, name="linalg.pack"):
    """`linalg.pack %a padding_value(%p : f32) inner_dims_pos = [0] inner_tiles = [8] into %b`.

    Cuts dimensions into tiles; the dimensions within a tile come last.
    """

    padding_value = optional_operand()
    inner_tiles = variadic_operand(Index)
    result_ = optional_result()

    def result_name(self) -> str:
        """`pack`."""
        return "pack"

    @classmethod
    def parse(cls, p: OpParser) -> PackOp:
        return _parse(cls, p, padding=True)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.source)}")
        if self.padding_value is not None:
            p.write(f" padding_value({p.name(self.padding_value)} : ")
            p.type(self.padding_value.type)
            p.write(")")
        self.print_tail(p, self.inner_tiles)

    def verify_op(self) -> None:
        element = types.element_type_or_self(self.source.type)
        if self.padding_value is not None and self.padding_value.type is not element:
            raise self.error(
                f"expected padding_value has '{element}' but got: '{self.padding_value.type}'"
            )
        self.verify_layout(self.source.type, self.dest.type)

    def execute(
        self, machine: Machine, source: RuntimeValue, dest: RuntimeValue, *rest: RuntimeValue
    ) -> RuntimeValue:
        """Pads to whole tiles, splits, and moves the tiles to the end."""
        padding = rest[0] if self.padding_value is not None else None
        tiles = runtime_indices(
            self.static_inner_tiles.ints, list(rest[0 if padding is None else 1 :])
        )
        array, target = as_elements(source), as_elements(dest)
        positions = self.inner_dims_pos.ints
        extents = _outer_extents(self, target.shape, array.ndim)
        widths = [0] * array.ndim
        for position, tile in zip(positions, tiles, strict=True):
            widths[position] = extents[position] * tile - array.shape[position]
        if padding is None and any(widths):
            raise machine.undefined(self, "needs a padding value for incomplete tiles")
        if any(width < 0 for width in widths):
            raise machine.undefined(self, "has a destination that is too small")
        if any(widths):
            array = np.pad(
                array,
                [(0, width) for width in widths],
                constant_values=0 if padding is None else padding,
            )
        return deliver([dest], [_pack(array, tiles, positions, self.outer_dims_perm.ints)])


class UnPackOp(TilingLayoutOp, name="linalg.unpack"):
    """`linalg.unpack %a inner_dims_pos = [0] inner_tiles = [8] into %b : ... -> ...`.

    Undoes `linalg.pack`; what padding added is dropped.
    """

    inner_tiles = variadic_operand(Index)
    result_ = optional_result()

    def result_name(self) -> str:
        """`unpack`."""
        return "unpack"

    @classmethod
    def parse(cls, p: OpParser) -> UnPackOp:
        return _parse(cls, p, padding=False)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.source)}")
        self.print_tail(p, self.inner_tiles)

    def verify_op(self) -> None:
        self.verify_layout(self.dest.type, self.source.type)

    def execute(
        self, machine: Machine, source: RuntimeValue, dest: RuntimeValue, *tiles: RuntimeValue
    ) -> RuntimeValue:
        """Joins the tiles and cuts off what the destination has no room for."""
        array, target = as_elements(source), as_elements(dest)
        plain = _unpack(array, self.inner_dims_pos.ints, self.outer_dims_perm.ints)
        return deliver([dest], [plain[tuple(slice(size) for size in target.shape)]])


def packed_shape(
    shape: Sequence[int], tiles: Sequence[int], positions: Sequence[int], order: Sequence[int]
) -> tuple[int, ...]:
    """The shape of the packed side."""
    outer = list(shape)
    for position, tile in zip(positions, tiles, strict=True):
        size = outer[position]
        outer[position] = DYNAMIC if DYNAMIC in (size, tile) else -(-size // tile)
    if order:
        outer = [outer[dim] for dim in order]
    return (*outer, *tiles)


L = TypeVar("L", bound=TilingLayoutOp)


def _parse(cls: type[L], p: OpParser, padding: bool) -> L:
    source = p.operand()
    padding_value: list[Value] = []
    if padding and p.accept("padding_value"):
        p.literal("(")
        name = p.operand()
        p.literal(":")
        padding_value = [p.resolve(name, p.type())]
        p.literal(")")
    properties: dict[str, Attribute] = {}
    if p.accept("outer_dims_perm"):
        properties["outer_dims_perm"] = _numbers(p)
    p.literal("inner_dims_pos")
    properties["inner_dims_pos"] = _numbers(p)
    p.literal("inner_tiles")
    p.literal("=")
    names, numbers = parse_index_list(p)
    properties["static_inner_tiles"] = DenseArrayAttr.i64(numbers)
    p.literal("into")
    dest = p.operand()
    attributes = p.optional_dictionary()
    p.literal(":")
    source_type = p.type()
    p.literal("->")
    dest_type = p.type()
    tiles = p.resolve_all(names, [types.index] * len(names))
    values = [p.resolve(source, source_type), p.resolve(dest, dest_type), *padding_value, *tiles]
    if padding:
        properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32([1, 1, len(padding_value), len(tiles)])
    results = [dest_type] if is_tensor(dest_type) else []
    return cls.create(values, results, properties, attributes or None)


def _numbers(p: OpParser) -> DenseArrayAttr:
    p.literal("=")
    return DenseArrayAttr.i64(p.comma_separated(p.integer, "[", "]"))


def _outer_extents(op: TilingLayoutOp, packed: Sequence[int], rank: int) -> list[int]:
    """How many tiles there are along each dimension of the plain side."""
    order = op.outer_dims_perm.ints or tuple(range(rank))
    extents = [0] * rank
    for place, dim in enumerate(order):
        extents[dim] = packed[place]
    return extents


def _pack(
    array: NDArray[Any], tiles: Sequence[int], positions: Sequence[int], order: Sequence[int]
) -> NDArray[Any]:
    rank = array.ndim
    shape: list[int] = []
    outer, inner = [], {}
    sizes = dict(zip(positions, tiles, strict=True))
    for dim in range(rank):
        outer.append(len(shape))
        shape.append(array.shape[dim] // sizes.get(dim, 1))
        if dim in sizes:
            inner[dim] = len(shape)
            shape.append(sizes[dim])
    outer = [outer[dim] for dim in order] if order else outer
    return array.reshape(shape).transpose([*outer, *(inner[dim] for dim in positions)])


def _unpack(array: NDArray[Any], positions: Sequence[int], order: Sequence[int]) -> NDArray[Any]:
    rank = array.ndim - len(positions)
    place = {dim: number for number, dim in enumerate(order or range(rank))}
    inner = {dim: rank + number for number, dim in enumerate(positions)}
    axes: list[int] = []
    shape: list[int] = []
    for dim in range(rank):
        axes.append(place[dim])
        size = array.shape[place[dim]]
        if dim in inner:
            axes.append(inner[dim])
            size *= array.shape[inner[dim]]
        shape.append(size)
    return array.transpose(axes).reshape(shape)

"""The innermost part of every contraction: a tile of sums in vector registers."""

from __future__ import annotations

from dataclasses import dataclass

from stepwell.dialects.func.ops import FuncOp, ReturnOp
from stepwell.dialects.vector.compute import FMAOp
from stepwell.ir import types
from stepwell.ir.attributes import UNIT, TypeAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.builder import Builder
from stepwell.ir.location import UNKNOWN
from stepwell.ir.symbol_table import SymbolTable
from stepwell.ir.types import DYNAMIC, FloatType, FunctionType, MemRefType, VectorType
from stepwell.ir.value import Value
from stepwell.passes.contraction_kernels.writing import Writer

VECTORS = 2
"""How many vectors make up a row of a tile."""


@dataclass(frozen=True, slots=True)
class TileShape:
    """How much is computed at once.

    Attributes:
        element: the type of the elements.
        lanes: elements of a vector.
        rows: rows of a tile.
        panels: tiles side by side in a block.
        block_rows: rows of a block.
        depth: products of a sum that are taken together.
    """

    element: FloatType
    lanes: int
    rows: int
    panels: int = 2
    block_rows: int = 128
    depth: int = 256

    @property
    def vector(self) -> VectorType:
        """A vector of elements."""
        return VectorType((self.lanes,), self.element)

    @property
    def panel(self) -> int:
        """Columns of a tile."""
        return VECTORS * self.lanes

    @property
    def columns(self) -> int:
        """Columns of a block."""
        return self.panels * self.panel

    @property
    def arguments(self) -> tuple[types.Type, ...]:
        """What the function of a tile takes: the left factor, where its rows begin, the tile's
        first row, where its sums lie, how many there are; the right factor, packed, and the
        panel's first element; the sums of the block, and the panel's first column."""
        return (
            MemRefType((DYNAMIC,), self.element),
            MemRefType((self.block_rows,), types.index),
            types.index,
            MemRefType((self.depth,), types.index),
            types.index,
            MemRefType((self.depth * self.columns,), self.element),
            types.index,
            MemRefType((self.block_rows, self.columns), self.element),
            types.index,
        )


def tile_function(shape: TileShape, table: SymbolTable) -> str:
    """The name of the function that adds products to a tile; it is made if it is not there."""
    name = f"contraction_tile_{shape.element}"
    if table.lookup(name) is None:
        block = Block(shape.arguments)
        type = TypeAttr(FunctionType(shape.arguments, ()))
        made = FuncOp(name, type, sym_visibility="private", no_inline=UNIT, body=Region([block]))
        table.insert(made)
        end = Builder.into(block).insert(ReturnOp([]))
        _write(shape, block.args, Writer(Builder.before_op(end), block, UNKNOWN))
    return name


def _write(shape: TileShape, arguments: list[Value], w: Writer) -> None:
    left, starts, row, steps, depth, packed, panel, sums, column = arguments
    rows = [w.load(starts, w.add(row, number)) for number in range(shape.rows)]
    zeros = [w.splat(0.0, shape.vector)] * (shape.rows * VECTORS)
    with w.loop(0, depth, carried=zeros) as loop:
        step = w.load(steps, loop.place)
        first = w.add(panel, w.mul(loop.place, shape.panel))
        columns = [
            w.load_vector(shape.vector, packed, w.add(first, number * shape.lanes))
            for number in range(VECTORS)
        ]
        totals = iter(loop.carried)
        found: list[Value] = []
        for start in rows:
            factor = w.spread(w.load(left, w.add(start, step)), shape.vector)
            found += [w.put(FMAOp(factor, other, next(totals))) for other in columns]
        loop.next = found
    totals = iter(loop.results)
    for number in range(shape.rows):
        for part in range(VECTORS):
            place = w.add(row, number), w.add(column, part * shape.lanes)
            old = w.load_vector(shape.vector, sums, *place)
            w.store_vector(w.sum(old, next(totals)), sums, *place)

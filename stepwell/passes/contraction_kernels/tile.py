"""The innermost part of every contraction: a tile of sums in vector registers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stepwell.dialects.func.ops import FuncOp, ReturnOp
from stepwell.dialects.llvm.attributes import Linkage
from stepwell.dialects.vector.compute import FMAOp
from stepwell.ir import types
from stepwell.ir.attribute import Type
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
    block_rows: int = 256
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
    def sums(self) -> MemRefType:
        """The memory for the sums of a block, row by row."""
        return MemRefType((self.block_rows * self.columns,), self.element)

    @property
    def arguments(self) -> tuple[Type, ...]:
        """What the function of a tile takes: the left factor, where its rows begin, the tile's
        first row, where its sums lie, how many there are; the right factor, packed, and the
        panel's first element; the sums of the block, the panel's first column, and how many
        products are in the sums already."""
        return (
            MemRefType((DYNAMIC,), self.element),
            MemRefType((self.block_rows,), types.index),
            types.index,
            MemRefType((self.depth,), types.index),
            types.index,
            MemRefType((self.depth * self.columns,), self.element),
            types.index,
            self.sums,
            types.index,
            types.index,
        )


def tile_function(shape: TileShape, table: SymbolTable) -> str:
    """The name of the function that adds products to a tile; it is made if it is not there."""
    name = f"contraction_tile_{shape.element}"
    return private_function(name, shape.arguments, table, lambda w, given: _write(w, shape, given))


Body = Callable[[Writer, Sequence[Value]], object]
"""Writes a function, given its arguments."""


def private_function(name: str, arguments: Sequence[Type], table: SymbolTable, body: Body) -> str:
    """The name of a function that contractions share; it is made if it is not there."""
    if table.lookup(name) is None:
        block = Block(arguments)
        type = TypeAttr(FunctionType(tuple(arguments), ()))
        made = FuncOp(name, type, sym_visibility="private", no_inline=UNIT, body=Region([block]))
        made.attributes["llvm.linkage"] = Linkage("internal")
        table.insert(made)
        end = Builder.into(block).insert(ReturnOp([]))
        body(Writer(Builder.before_op(end), block, UNKNOWN), block.args)
    return name


def _write(w: Writer, shape: TileShape, arguments: Sequence[Value]) -> None:
    left, starts, row, steps, depth, packed, panel, sums, column, before = arguments
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
    corner = w.add(w.mul(row, shape.columns), column)
    places = [
        w.add(corner, number * shape.columns + part * shape.lanes)
        for number in range(shape.rows)
        for part in range(VECTORS)
    ]
    then, otherwise = w.branches(w.compare("eq", before, 0))
    with w.branch(then):
        for total, place in zip(loop.results, places, strict=True):
            w.store_vector(total, sums, place)
    with w.branch(otherwise):
        for total, place in zip(loop.results, places, strict=True):
            old = w.load_vector(shape.vector, sums, place)
            w.store_vector(w.sum(old, total), sums, place)

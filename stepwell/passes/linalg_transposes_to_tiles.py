"""Lower transposes to loops over tiles

    linalg.generic {indexing_maps = [(d0, d1) -> (d1, d0), (d0, d1) -> (d0, d1)],
                    iterator_types = ["parallel", "parallel"]} ins(%x) outs(%y) { yield %in }
->
    scf.parallel (%i, %j) = (%c0, %c0) to (%m, %n) step (%c64, %c64) {
      scf.for ... { scf.for ... {                    // blocks of 8 x 8 in a tile
        scf.if ... {                                 // whole ones: 8 rows as vectors, shuffled,
          vector.load ... vector.shuffle ... vector.store
        } else { ... }                               // those at the end: element by element
      } }
    }

What reads along one dimension and writes along another uses a whole line of the cache only if it
comes back to it soon; so both dimensions are cut into tiles. Pure transposes move blocks of
vectors; other elementwise ops that read across go through their tiles element by element.

Needs: linalg on memrefs; later convert-vector-to-llvm.  Keeps: values.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.compare import CmpIOp
from stepwell.dialects.arith.integer import AddIOp, AndIOp
from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.structured import StructuredOp, shape_of
from stepwell.dialects.scf.branches import IfOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.attribute import Type
from stepwell.ir.block import Block, Region
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import FloatType, IntegerType, MemRefType, VectorType
from stepwell.ir.value import Value
from stepwell.passes.linalg_to_loops.loop_kinds import ParallelLoops
from stepwell.passes.linalg_to_loops.lowering import extent_of, lower_point
from stepwell.passes.strided_loops.blocks import Piece, open_parallel, open_piece, piece_at
from stepwell.passes.strided_loops.transposed_block import SIDE, Place, transpose_block
from stepwell.passes.strided_metadata.index_math import IndexMath

TILE = 64


@pass_("linalg-transposes-to-tiles", on="any")
def linalg_transposes_to_tiles(op: Operation, context: PassContext) -> None:
    """Lowers the elementwise ops inside `op` that read across what they write."""
    for inner in [one for one in walk(op) if isinstance(one, StructuredOp)]:
        crossing = _crossing(inner)
        if crossing is not None:
            _Transpose(inner, *crossing).lower()
            context.statistic("num-lowered", "Number of transposes lowered", 1)


def _crossing(op: StructuredOp) -> tuple[int, int] | None:
    """The loop along which an operand is read and the one along which results are written, if they
    are two."""
    maps, count = op.indexing_maps, len(op.dps_inputs)
    if not op.has_pure_buffer_semantics or any(kind is not PARALLEL for kind in op.iterator_types):
        return None
    writing = {_last(map) for map in maps[count:]}
    if len(writing) != 1 or None in writing or not all(_is_plain(map) for map in maps):
        return None
    (along,) = writing
    assert along is not None
    for map in maps[:count]:
        across = _last(map)
        if across not in (None, along) and map.is_function_of_dim(along):
            assert across is not None
            return across, along
    return None


def _last(map: AffineMap) -> int | None:
    last = map.results[-1] if map.results else None
    return last.position if isinstance(last, AffineDim) else None


def _is_plain(map: AffineMap) -> bool:
    return all(isinstance(expr, AffineDim) for expr in map.results)


class _Transpose:
    """Lowers one op.

    Args:
        across: the loop along which an operand is read.
        along: the loop along which results are written.
    """

    def __init__(self, op: StructuredOp, across: int, along: int) -> None:
        self.op = op
        self.across = across
        self.along = along
        self.rewriter = Rewriter(location=op.location)
        self.variables: list[Value] = []

    def lower(self) -> None:
        """Replaces the op by loops."""
        op, rewriter = self.op, self.rewriter
        rewriter.start_at(op)
        dims = range(op.num_loops)
        tiled = (self.across, self.along)
        extents = [extent_of(op, op.indexing_maps, dim, rewriter, True) for dim in dims]
        outer = [dim for dim in dims if dim not in tiled] + list(tiled)
        steps = [TILE if dim in tiled else 1 for dim in outer]
        opened = open_parallel(rewriter, [extents[dim] for dim in outer], steps)
        found = dict(zip(outer, opened, strict=True))
        self.variables = [found[dim] for dim in dims]
        pieces = [piece_at(rewriter, found[dim], extents[dim], TILE) for dim in tiled]
        element = self._element()
        if element is None:
            self._elements(pieces)
        else:
            self._blocks(pieces, VectorType((SIDE,), element))
        op.erase()

    def _element(self) -> Type | None:
        """What is moved, if nothing else is done and vectors of it can be."""
        op = self.op
        values = [*op.dps_inputs, *op.dps_inits]
        body, ending = op.body, op.body.last
        if len(values) != 2 or ending is not body.first or ending is None:
            return None
        if ending.operands[0] is not body.args[0] or len(shape_of(values[0].type)) != op.num_loops:
            return None
        if any(not isinstance(v.type, MemRefType) or v.type.layout is not None for v in values):
            return None
        element = types.element_type_or_self(values[0].type)
        whole = isinstance(element, IntegerType) and element.width in (8, 16, 32, 64)
        return element if whole or isinstance(element, FloatType) else None

    def _elements(self, pieces: Sequence[Piece]) -> None:
        for dim, piece in zip((self.across, self.along), pieces, strict=True):
            self.variables[dim] = open_piece(self.rewriter, piece)
        lower_point(self.op, self.variables, self.rewriter, ParallelLoops())

    def _blocks(self, pieces: Sequence[Piece], type: VectorType) -> None:
        rewriter, math = self.rewriter, IndexMath(self.rewriter)
        whole: list[Value] = []
        left: list[Piece] = []
        for dim, piece in zip((self.across, self.along), pieces, strict=True):
            place = open_piece(rewriter, piece, SIDE)
            end = rewriter.insert(AddIOp(piece.start, piece.count)).result
            left.append(piece_at(rewriter, place, end, SIDE))
            whole.append(rewriter.insert(CmpIOp("eq", left[-1].count, math.value(SIDE))).result)
            self.variables[dim] = place
        both = rewriter.insert(AndIOp(*whole)).result
        regions = [Region([Block()]), Region([Block()])]
        for region in regions:
            region.entry.append(YieldOp.create())
        rewriter.insert(IfOp.create([both], [], regions=regions))
        with rewriter.before(regions[0].entry.last):  # type: ignore[arg-type]
            source, target = self.op.dps_inputs[0], self.op.dps_inits[0]
            maps = self.op.indexing_maps
            rows, columns = self._moved(maps[0], self.along), self._moved(maps[1], self.across)
            transpose_block(rewriter, source, rows, target, columns, type)
        with rewriter.before(regions[1].entry.last):  # type: ignore[arg-type]
            self._elements(left)

    def _moved(self, map: AffineMap, dim: int) -> Place:
        """Where an operand is read or written, some iterations on along a loop."""
        variables = list(self.variables)

        def at(number: int) -> list[Value]:
            place = list(variables)
            step = IndexMath(self.rewriter).add(variables[dim], number)
            place[dim] = IndexMath(self.rewriter).value(step)
            return [place[e.position] for e in map.results if isinstance(e, AffineDim)]

        return at

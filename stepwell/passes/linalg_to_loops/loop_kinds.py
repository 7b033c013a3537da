"""The three kinds of loops that a structured op can become."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from stepwell.dialects.affine.access import AffineLoadOp, AffineStoreOp
from stepwell.dialects.affine.for_loop import AffineForOp
from stepwell.dialects.affine.terminator import AffineYieldOp
from stepwell.dialects.memref.access import LoadOp, StoreOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.parallel import ParallelOp, ReduceOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineConstant, AffineSymbol
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import DenseArrayAttr, IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value
from stepwell.passes.strided_metadata.index_math import Index, IndexMath


class LoopKind(Protocol):
    """Makes loops and accesses. After `open` the rewriter stands in the innermost body."""

    def open(
        self, rewriter: Rewriter, extents: Sequence[Index], parallel: Sequence[bool]
    ) -> list[Value]:
        """Loops from 0 to each extent; their induction variables."""

    def load(self, rewriter: Rewriter, buffer: Value, indices: Sequence[Value]) -> Value:
        """One element."""

    def store(
        self, rewriter: Rewriter, value: Value, buffer: Value, indices: Sequence[Value]
    ) -> None:
        """Sets one element."""


class _MemoryAccess:
    def load(self, rewriter: Rewriter, buffer: Value, indices: Sequence[Value]) -> Value:
        return rewriter.insert(LoadOp(buffer, list(indices))).result

    def store(
        self, rewriter: Rewriter, value: Value, buffer: Value, indices: Sequence[Value]
    ) -> None:
        rewriter.insert(StoreOp(value, buffer, list(indices)))


class SequentialLoops(_MemoryAccess):
    """`scf.for`."""

    def open(
        self, rewriter: Rewriter, extents: Sequence[Index], parallel: Sequence[bool]
    ) -> list[Value]:
        math = IndexMath(rewriter)
        bounds = [math.value(extent) for extent in extents]
        zero, one = (math.value(0), math.value(1)) if extents else (None, None)
        variables: list[Value] = []
        for bound in bounds:
            assert zero is not None and one is not None
            variables.append(open_for(rewriter, zero, bound, one))
        return variables


def open_for(rewriter: Rewriter, lower: Value, upper: Value, step: Value) -> Value:
    """A loop at the rewriter, which then stands in its body; the induction variable."""
    body = Block([types.index])
    rewriter.insert(ForOp.create([lower, upper, step], [], regions=[Region([body])]))
    rewriter.set_point(body, None)
    end = rewriter.insert(YieldOp.create())
    rewriter.set_point(body, end)
    return body.args[0]


class ParallelLoops(SequentialLoops):
    """`scf.parallel` for each run of parallel dimensions, `scf.for` for the others."""

    def open(
        self, rewriter: Rewriter, extents: Sequence[Index], parallel: Sequence[bool]
    ) -> list[Value]:
        math = IndexMath(rewriter)
        bounds = [math.value(extent) for extent in extents]
        zero, one = (math.value(0), math.value(1)) if extents else (None, None)
        variables: list[Value] = []
        place = 0
        while place < len(bounds):
            assert zero is not None and one is not None
            end = place
            while end < len(bounds) and parallel[end]:
                end += 1
            if end == place:
                variables.append(open_for(rewriter, zero, bounds[place], one))
                place += 1
            else:
                variables += _open_parallel(rewriter, zero, bounds[place:end], one)
                place = end
        return variables


def _open_parallel(
    rewriter: Rewriter, zero: Value, uppers: Sequence[Value], one: Value
) -> list[Value]:
    count = len(uppers)
    body = Block([types.index] * count)
    operands = [*[zero] * count, *uppers, *[one] * count]
    sizes = DenseArrayAttr.i32([count, count, count, 0])
    rewriter.insert(
        ParallelOp.create(operands, [], {OPERAND_SEGMENTS: sizes}, regions=[Region([body])])
    )
    rewriter.set_point(body, None)
    end = rewriter.insert(ReduceOp.create())
    rewriter.set_point(body, end)
    return list(body.args)


class AffineLoops:
    """`affine.for`, with affine loads and stores."""

    def open(
        self, rewriter: Rewriter, extents: Sequence[Index], parallel: Sequence[bool]
    ) -> list[Value]:
        return [self._open(rewriter, extent) for extent in extents]

    def _open(self, rewriter: Rewriter, extent: Index) -> Value:
        known = isinstance(extent, int)
        zero = AffineMap.constant(0)
        upper = AffineMap(0, 0, (AffineConstant(extent),)) if isinstance(extent, int) else _SYMBOL
        operands = [] if isinstance(extent, int) else [extent]
        body = Block([types.index])
        properties = {
            "lowerBoundMap": AffineMapAttr(zero),
            "upperBoundMap": AffineMapAttr(upper),
            "step": IntegerAttr(1, types.index),
            OPERAND_SEGMENTS: DenseArrayAttr.i32([0, 0 if known else 1, 0]),
        }
        rewriter.insert(AffineForOp.create(operands, [], properties, regions=[Region([body])]))
        rewriter.set_point(body, None)
        end = rewriter.insert(AffineYieldOp.create())
        rewriter.set_point(body, end)
        return body.args[0]

    def load(self, rewriter: Rewriter, buffer: Value, indices: Sequence[Value]) -> Value:
        element = types.element_type_or_self(buffer.type)
        made = AffineLoadOp.create([buffer, *indices], [element], _identity(len(indices)))
        return rewriter.insert(made).results[0]

    def store(
        self, rewriter: Rewriter, value: Value, buffer: Value, indices: Sequence[Value]
    ) -> None:
        operands = [value, buffer, *indices]
        rewriter.insert(AffineStoreOp.create(operands, [], _identity(len(indices))))


_SYMBOL = AffineMap(0, 1, (AffineSymbol(0),))


def _identity(rank: int) -> dict[str, Attribute]:
    return {"map": AffineMapAttr(AffineMap.identity(rank))}

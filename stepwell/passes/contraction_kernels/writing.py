"""Short names for the ops that kernels are made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from stepwell.dialects.arith.casts import IndexCastOp
from stepwell.dialects.arith.compare import CmpIOp, SelectOp
from stepwell.dialects.arith.division import DivUIOp, RemUIOp
from stepwell.dialects.arith.floating import AddFOp
from stepwell.dialects.arith.integer import AddIOp, MaxSIOp, MinSIOp, MulIOp, SubIOp
from stepwell.dialects.memref.access import DimOp, LoadOp, StoreOp
from stepwell.dialects.memref.allocation import AllocaOp
from stepwell.dialects.memref.views import ReinterpretCastOp
from stepwell.dialects.scf.branches import IfOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.parallel import ParallelOp, ReduceOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.dialects.vector import memory_ops as vector
from stepwell.dialects.vector.shapes import BroadcastOp
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr, IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.builder import Builder
from stepwell.ir.definition import Op
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.location import Location
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC, MemRefType, VectorType
from stepwell.ir.value import Value
from stepwell.passes.strided_metadata.index_math import Index

CACHE_LINE = 64

Known = dict[tuple[object, Type], Value]
"""Constants, by what they are and their types."""


class Loop:
    """A loop that is being written.

    Attributes:
        place: where it is.
        carried: what comes from the iteration before.
        next: what goes to the next one; to be set.
        results: what is carried in the end.
    """

    def __init__(self, place: Value, carried: Sequence[Value], results: Sequence[Value]) -> None:
        self.place = place
        self.carried = carried
        self.next: Sequence[Value] = ()
        self.results = results


class Writer:
    """Inserts ops one after the other, and folds arithmetic on numbers that are known.

    Args:
        first: where the ops go.
        constants: the block at whose beginning constants go.
        known: the constants that are there; each is made once.
    """

    def __init__(
        self, first: Rewriter, constants: Block, location: Location, known: Known | None = None
    ) -> None:
        self._places = [first]
        self._top = constants
        self._known: Known = {} if known is None else known
        self._sizes: dict[tuple[Value, int], Value] = {}
        self._location = location

    def put(self, op: Op) -> Value:
        """Inserts an op; its result."""
        return self._places[-1].insert(op).results[0]

    def copy(self, op: Operation) -> None:
        """Inserts a copy of an op."""
        self._places[-1].insert(op)

    def do(self, op: Op) -> None:
        """Inserts an op without results."""
        self._places[-1].insert(op)

    # Numbers.

    def value(self, number: Index, type: Type = types.index) -> Value:
        """A number as a value."""
        if isinstance(number, Value):
            return number
        return self._constant(number, type, IntegerAttr(number, type))

    def splat(self, number: float, type: Type) -> Value:
        """A vector of one number, or that number."""
        key = ("splat", number)
        if isinstance(type, VectorType):
            array = np.full(type.shape, number)
            return self._constant(key, type, DenseElementsAttr.from_numpy(array, type))
        return self._constant(key, type, number)

    def steps(self, type: VectorType) -> Value:
        """0, 1, 2, ..."""
        array = np.arange(type.shape[0], dtype=np.int32)
        return self._constant("steps", type, DenseElementsAttr.from_numpy(array, type))

    def _constant(self, key: object, type: Type, content: Attribute | float) -> Value:
        known = self._known.get((key, type))
        if known is None:
            top = Builder.into(self._top, self._location)
            top.set_point(self._top, self._top.first)
            known = self._known[key, type] = top.constant(content, type)
        return known

    def add(self, a: Index, b: Index) -> Index:
        """a + b."""
        if isinstance(a, int) and isinstance(b, int):
            return a + b
        for one, other in ((a, b), (b, a)):
            if isinstance(one, int) and one == 0:
                return other
        return self.put(AddIOp(self.value(a), self.value(b)))

    def sub(self, a: Index, b: Index) -> Index:
        """a - b."""
        if isinstance(b, int):
            return self.add(a, -b)
        return self.put(SubIOp(self.value(a), b))

    def mul(self, a: Index, b: Index) -> Index:
        """a * b."""
        if isinstance(a, int) and isinstance(b, int):
            return a * b
        for one, other in ((a, b), (b, a)):
            if isinstance(one, int) and one in (0, 1):
                return other if one else 0
        return self.put(MulIOp(self.value(a), self.value(b)))

    def product(self, factors: Sequence[Index]) -> Index:
        """All factors multiplied."""
        total: Index = 1
        for factor in factors:
            total = self.mul(total, factor)
        return total

    def div(self, a: Index, b: Index) -> Index:
        """a / b of numbers that are not negative."""
        return self.put(DivUIOp(self.value(a), self.value(b)))

    def rem(self, a: Index, b: Index) -> Index:
        """The rest of a / b of numbers that are not negative."""
        return self.put(RemUIOp(self.value(a), self.value(b)))

    def pieces(self, a: Index, size: int) -> Index:
        """How many pieces of a size make up a number that is not negative."""
        if isinstance(a, int):
            return -(-a // size)
        return self.div(self.add(a, size - 1), size)

    def sum(self, a: Value, b: Value) -> Value:
        """a + b of floats."""
        return self.put(AddFOp(a, b))

    def at_most(self, a: Index, limit: int) -> Value:
        """The smaller one."""
        return self.put(MinSIOp(self.value(a), self.value(limit)))

    def at_least(self, a: Index, limit: int) -> Index:
        """The larger one."""
        if isinstance(a, int):
            return max(a, limit)
        return self.put(MaxSIOp(a, self.value(limit)))

    def compare(self, kind: str, a: Index, b: Index) -> Value:
        """arith.cmpi."""
        return self.put(CmpIOp(kind, self.value(a), self.value(b)))

    def select(self, condition: Value, a: Index, b: Index) -> Value:
        """a if the condition holds, else b."""
        return self.put(SelectOp(condition, self.value(a), self.value(b)))

    def difference(self, a: Value, b: Value) -> Value:
        """a - b of vectors of integers."""
        return self.put(SubIOp(a, b))

    def total(self, a: Value, b: Value) -> Value:
        """a + b of vectors of integers."""
        return self.put(AddIOp(a, b))

    def compare_values(self, kind: str, a: Value, b: Value) -> Value:
        """arith.cmpi of vectors."""
        return self.put(CmpIOp(kind, a, b))

    def widen(self, number: Value) -> Value:
        """32 bits as an index."""
        return self.put(IndexCastOp(number, result_types=[types.index]))

    def narrow(self, number: Index) -> Value:
        """An index as 32 bits."""
        if isinstance(number, int):
            return self.value(number, types.i32)
        return self.put(IndexCastOp(number, result_types=[types.i32]))

    def split(self, number: Index, extents: Sequence[Index]) -> list[Index]:
        """A place in a space by its coordinates there, the last one fastest."""
        found: list[Index] = []
        for extent in reversed(extents[1:]):
            found.append(self.rem(number, extent))
            number = self.div(number, extent)
        return [number, *reversed(found)] if extents else []

    def advanced(self, at: Sequence[Value], extents: Sequence[Index]) -> list[Value]:
        """The coordinates of the place after `at`."""
        found: list[Value] = []
        carry: Value | None = None
        for number in range(len(at) - 1, -1, -1):
            up = self.value(self.add(at[number], 1))
            moved = up if carry is None else self.select(carry, up, at[number])
            if not number:
                return [moved, *reversed(found)]
            carry = self.compare("eq", moved, extents[number])
            found.append(self.select(carry, 0, moved))
        return []

    # Memory.

    def size(self, memory: Value, dim: int) -> Index:
        """The size of a dimension."""
        assert isinstance(memory.type, MemRefType)
        known = memory.type.shape[dim]
        if known != DYNAMIC:
            return known
        found = self._sizes.get((memory, dim))
        if found is None:
            found = self.put(DimOp(memory, self.value(dim)))
            if len(self._places) == 1:
                self._sizes[memory, dim] = found
        return found

    def flat(self, memory: Value, count: Index) -> Value:
        """All elements of memory without gaps, in one row."""
        assert isinstance(memory.type, MemRefType)
        type = MemRefType((DYNAMIC,), memory.type.element_type)
        one = DenseArrayAttr.i64([1])
        return self.put(
            ReinterpretCastOp(
                memory, [], [self.value(count)], [], DenseArrayAttr.i64([0]),
                DenseArrayAttr.i64([DYNAMIC]), one, result_types=[type],
            )
        )  # fmt: skip

    def stack(self, shape: Sequence[int], element: Type) -> Value:
        """Memory for the iteration, at the beginning of a line of the cache."""
        type = MemRefType(tuple(shape), element)
        line = IntegerAttr(CACHE_LINE, types.i64)
        return self.put(AllocaOp([], [], alignment=line, result_types=[type]))

    def load(self, memory: Value, *indices: Index) -> Value:
        """One element."""
        return self.put(LoadOp(memory, [self.value(index) for index in indices]))

    def store(self, value: Value, memory: Value, *indices: Index) -> None:
        """Sets one element."""
        self.do(StoreOp(value, memory, [self.value(index) for index in indices]))

    def load_vector(self, type: VectorType, memory: Value, *indices: Index) -> Value:
        """Neighbours."""
        places = [self.value(index) for index in indices]
        return self.put(vector.LoadOp(memory, places, result_types=[type]))

    def store_vector(self, value: Value, memory: Value, *indices: Index) -> None:
        """Sets neighbours."""
        self.do(vector.StoreOp(value, memory, [self.value(index) for index in indices]))

    def spread(self, value: Value, type: VectorType) -> Value:
        """A vector of one value."""
        return self.put(BroadcastOp(value, result_types=[type]))

    # Control.

    @contextmanager
    def loop(
        self, lower: Index, upper: Index, step: int = 1, carried: Sequence[Index] = ()
    ) -> Iterator[Loop]:
        """`scf.for`."""
        inits = [self.value(one) for one in carried]
        kinds = [one.type for one in inits]
        body = Block([types.index, *kinds])
        bounds = (self.value(lower), self.value(upper), self.value(step))
        made = self._places[-1].insert(
            ForOp(*bounds, inits, body=Region([body]), result_types=kinds)
        )
        loop = Loop(body.args[0], body.args[1:], made.results)
        with self._inside(body):
            yield loop
            self.do(YieldOp.create(list(loop.next)))

    @contextmanager
    def parallel(self, upper: Index) -> Iterator[Value]:
        """`scf.parallel` over one dimension."""
        body = Block([types.index])
        bounds = [[self.value(0)], [self.value(upper)], [self.value(1)]]
        self.do(ParallelOp(*bounds, [], body=Region([body]), result_types=[]))
        with self._inside(body):
            yield body.args[0]
            self.do(ReduceOp.create())

    def branches(self, condition: Value) -> tuple[Block, Block]:
        """`scf.if`; the blocks for `inside`."""
        then, otherwise = Block(), Block()
        self.do(
            IfOp(condition, then=Region([then]), otherwise=Region([otherwise]), result_types=[])
        )
        return then, otherwise

    @contextmanager
    def branch(self, block: Block) -> Iterator[None]:
        """Writes one of `branches`."""
        with self._inside(block):
            yield
            self.do(YieldOp.create())

    @contextmanager
    def _inside(self, block: Block) -> Iterator[None]:
        self._places.append(Builder.into(block, self._location))
        yield
        self._places.pop()

"""Arithmetic on places and sizes, and the loops over them, at a rewriter's insertion point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from stepwell.dialects.arith import compare, division, floating, integer
from stepwell.dialects.arith.casts import IndexCastOp, IndexCastUIOp
from stepwell.dialects.memref.access import LoadOp, StoreOp
from stepwell.dialects.memref.allocation import AllocOp, DeallocOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC, MemRefType, element_type_or_self, index
from stepwell.ir.value import Value

_FLOAT: dict[str, type[Operation]] = {
    "add": floating.AddFOp, "mul": floating.MulFOp,
    "minnumf": floating.MinNumFOp, "maxnumf": floating.MaxNumFOp,
    "minimumf": floating.MinimumFOp, "maximumf": floating.MaximumFOp,
}  # fmt: skip
_INTEGER: dict[str, type[Operation]] = {
    "add": integer.AddIOp, "mul": integer.MulIOp,
    "minui": integer.MinUIOp, "minsi": integer.MinSIOp,
    "maxui": integer.MaxUIOp, "maxsi": integer.MaxSIOp,
    "and": integer.AndIOp, "or": integer.OrIOp, "xor": integer.XOrIOp,
}  # fmt: skip


class Arithmetic:
    """Makes ops; operands are values or, for places, numbers."""

    def __init__(self, rewriter: Rewriter) -> None:
        self.rewriter = rewriter

    def index(self, number: Value | int) -> Value:
        """A place as a value."""
        if isinstance(number, Value):
            return number
        return self.rewriter.constant(IntegerAttr(number, index), index)

    def add(self, a: Value | int, b: Value | int) -> Value:
        """a + b."""
        return self._two(integer.AddIOp, a, b)

    def sub(self, a: Value | int, b: Value | int) -> Value:
        """a - b."""
        return self._two(integer.SubIOp, a, b)

    def mul(self, a: Value | int, b: Value | int) -> Value:
        """a * b."""
        return self._two(integer.MulIOp, a, b)

    def div(self, a: Value | int, b: Value | int) -> Value:
        """a / b, of unsigned numbers."""
        return self._two(division.DivUIOp, a, b)

    def rem(self, a: Value | int, b: Value | int) -> Value:
        """The rest of a / b, of unsigned numbers."""
        return self._two(division.RemUIOp, a, b)

    def xor(self, a: Value | int, b: Value | int) -> Value:
        """Bits that are set in one of them."""
        return self._two(integer.XOrIOp, a, b)

    def smaller(self, a: Value | int, b: Value | int) -> Value:
        """The smaller one."""
        return self._two(integer.MinSIOp, a, b)

    def compare(self, how: str, a: Value | int, b: Value | int) -> Value:
        """An i1."""
        return self.rewriter.insert(compare.CmpIOp(how, self.index(a), self.index(b))).result

    def both(self, *conditions: Value) -> Value:
        """Whether all hold."""
        found = conditions[0]
        for other in conditions[1:]:
            found = self.rewriter.insert(integer.AndIOp(found, other)).result
        return found

    def negated(self, condition: Value) -> Value:
        """Whether it does not hold."""
        true = self.rewriter.constant(IntegerAttr(1, types.i1), types.i1)
        return self.rewriter.insert(integer.XOrIOp(condition, true)).result

    def select(self, condition: Value, a: Value, b: Value) -> Value:
        """One of the two."""
        return self.rewriter.insert(compare.SelectOp(condition, a, b)).result

    def to_index(self, value: Value, signed: bool = True) -> Value:
        """An integer as a place."""
        if value.type is index:
            return value
        cast = IndexCastOp if signed else IndexCastUIOp
        return self.rewriter.insert(cast(value, result_types=[index])).result

    def combine(self, kind: str, a: Value, b: Value) -> Value:
        """Two values by the name of an `all_reduce_op`."""
        is_float = isinstance(element_type_or_self(a.type), types.FloatType)
        chosen = (_FLOAT if is_float else _INTEGER)[kind]
        return self.rewriter.insert(chosen.create([a, b], [a.type])).result

    def _two(self, kind: type[Operation], a: Value | int, b: Value | int) -> Value:
        return self.rewriter.insert(kind.create([self.index(a), self.index(b)], [index])).result

    # Memory and loops.

    def allocate(self, sizes: Sequence[Value], type: Type, shape: tuple[int, ...]) -> Value:
        """Fresh memory; `sizes` are those that `shape` leaves open."""
        made = AllocOp(list(sizes), [], result_types=[MemRefType(shape, type)])
        return self.rewriter.insert(made).result

    def array(self, size: Value, type: Type) -> Value:
        """Fresh memory for `size` elements."""
        return self.allocate([size], type, (DYNAMIC,))

    def free(self, memory: Value) -> None:
        """Gives memory back."""
        self.rewriter.insert(DeallocOp(memory))

    def load(self, memory: Value, place: Value) -> Value:
        """An element of an array."""
        return self.rewriter.insert(LoadOp(memory, [place])).result

    def store(self, value: Value, memory: Value, place: Value) -> None:
        """Sets an element of an array."""
        self.rewriter.insert(StoreOp(value, memory, [place]))

    def loop(
        self, lower: Value, upper: Value, step: Value, carried: Sequence[Value] = ()
    ) -> tuple[ForOp, Block]:
        """An scf.for and its body, which has no terminator yet."""
        body = Block([lower.type, *(value.type for value in carried)])
        made = ForOp.create(
            [lower, upper, step, *carried], [v.type for v in carried], regions=[Region([body])]
        )
        return self.rewriter.insert(made), body

    @contextmanager
    def nest(self, sizes: Sequence[Value]) -> Iterator[list[Value]]:
        """Inside, ops go into loops over these sizes, the first running fastest."""
        rewriter = self.rewriter
        zero, one = self.index(0), self.index(1)
        with rewriter.at(rewriter.block, rewriter._anchor):
            places: list[Value] = []
            for size in reversed(sizes):
                _, body = self.loop(zero, size, one)
                last = YieldOp.create()
                body.append(last)
                rewriter.set_point(body, last)
                places.insert(0, body.args[0])
            yield places

"""What the body of a structured op reads, and where, as sums of its loops."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from stepwell.dialects.arith.compare import CmpIOp
from stepwell.dialects.arith.constant import ConstantOp
from stepwell.dialects.arith.integer import AndIOp
from stepwell.dialects.linalg.generic import IndexOp
from stepwell.dialects.linalg.structured import StructuredOp
from stepwell.dialects.memref.access import DimOp, LoadOp
from stepwell.dialects.memref.allocation import AllocOp
from stepwell.dialects.scf.branches import IfOp
from stepwell.ir.affine.expr import AffineConstant, AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.operation import walk
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.rewriting.pattern import NoMatch
from stepwell.ir.types import DYNAMIC, MemRefType
from stepwell.ir.value import BlockArgument, Value
from stepwell.passes.meta_to_linalg.inversion import terms_of
from stepwell.passes.parallel_fusion.places import CONSTANT, linear_form


@dataclass(frozen=True, slots=True)
class Sum:
    """Loops by number with their coefficients, and a number."""

    terms: Mapping[int, int]
    number: int

    @property
    def loop(self) -> int | None:
        """The loop that this is, if it is one and nothing else."""
        if self.number or list(self.terms.values()) != [1]:
            return None
        return next(iter(self.terms))


@dataclass(frozen=True, slots=True)
class Guard:
    """A condition: the sum is at least 0 and below the bound."""

    sum: Sum
    bound: Value


@dataclass(frozen=True, slots=True)
class Read:
    """An element of memory for each point.

    Attributes:
        memory: without gaps.
        places: one for each of its dimensions.
        guards: under which it is read.
        otherwise: the value else; None without guards.
    """

    memory: Value
    places: tuple[Sum, ...]
    guards: tuple[Guard, ...] = ()
    otherwise: Value | None = None

    def loops(self) -> set[int]:
        """The loops on which it depends."""
        sums = [*self.places, *(guard.sum for guard in self.guards)]
        return {loop for one in sums for loop in one.terms}


def factor_of(op: StructuredOp, value: Value) -> Read:
    """What a value in the body of `op` reads.

    Raises:
        NoMatch: it is not one element, at a place that is a sum of loops.
    """
    if isinstance(value, BlockArgument):
        if value.parent_block is not op.body or value.index >= len(op.dps_inputs):
            raise NoMatch("a factor is not read from an input")
        memory = op.dps_inputs[value.index]
        return Read(_whole(memory), _sums_of(op.indexing_maps[value.index]))
    maker = value.defining_op
    if isinstance(maker, LoadOp):
        return Read(_whole(maker.memref), tuple(_sum(op, index) for index in maker.indices))
    if isinstance(maker, IfOp) and maker.parent is op.body:
        return _guarded(op, maker)
    raise NoMatch("a factor is computed")


def _guarded(op: StructuredOp, branch: IfOp) -> Read:
    then, otherwise = branch.then.entry, branch.otherwise
    load, ending = then.first, then.last
    if not isinstance(load, LoadOp) or ending is None or list(ending.operands) != [load.result]:
        raise NoMatch("a branch does more than load")
    last = otherwise.entry.last if not otherwise.is_empty else None
    other = last.operands[0] if last is not None else None
    if other is None or not isinstance(other.defining_op, ConstantOp):
        raise NoMatch("the other branch is no constant")
    if last is not otherwise.entry.first:
        raise NoMatch("the other branch computes")
    read = Read(_whole(load.memref), tuple(_sum(op, index) for index in load.indices))
    sizes = known_extents(op)
    guards = [
        guard
        for guard in _conditions(op, branch.condition)
        if guard.sum.loop is None or origin(guard.bound) not in sizes.get(guard.sum.loop, ())
    ]
    return Read(read.memory, read.places, tuple(guards), other if guards else None)


def _conditions(op: StructuredOp, condition: Value) -> list[Guard]:
    found: list[Guard] = []
    pending = [condition]
    while pending:
        value = pending.pop()
        maker = value.defining_op
        if isinstance(maker, AndIOp):
            pending += [maker.rhs, maker.lhs]
        elif isinstance(maker, CmpIOp) and maker.word == "ult":
            if _is_inside(op, maker.rhs):
                raise NoMatch("a bound is computed")
            found.append(Guard(_sum(op, maker.lhs), maker.rhs))
        else:
            raise NoMatch("a condition is no comparison with a size")
    return found


def _is_inside(op: StructuredOp, value: Value) -> bool:
    block = value.parent_block
    while block is not None and block is not op.body:
        owner = block.parent_op
        block = owner.parent if owner is not None else None
    return block is not None


def _sum(op: StructuredOp, index: Value) -> Sum:
    loops: dict[Value, int] = {
        one.result: one.dim.value for one in walk(op) if isinstance(one, IndexOp)
    }
    form = dict(linear_form(index, loops))
    number = form.pop(CONSTANT, 0)
    terms: dict[int, int] = {}
    for key, factor in form.items():
        if not isinstance(key, int):
            raise NoMatch("a place is no sum of loops")
        terms[key] = factor
    return Sum(terms, number)


def _sums_of(map: AffineMap) -> tuple[Sum, ...]:
    found = [terms_of(expr) for expr in map.results]
    sums = [
        Sum(one[0], one[1].value)
        for one in found
        if one is not None and isinstance(one[1], AffineConstant)
    ]
    if len(sums) != len(found):
        raise NoMatch("an indexing map is not linear")
    return tuple(sums)


def _whole(memory: Value) -> Value:
    if not has_no_gaps(memory):
        raise NoMatch("memory is not laid out row by row")
    return memory


def has_no_gaps(memory: Value) -> bool:
    """Whether a value is a memref whose elements lie row by row, from its first on."""
    type = memory.type
    return isinstance(type, MemRefType) and type.layout is None and type.memory_space is None


Origin = tuple[Value, int] | Value | int
"""A size: of a dimension of memory, a value, or a number."""


def origin(size: Value) -> Origin:
    """Where a size comes from; the sizes of what is allocated are those it was allocated with."""
    number = constant_of(size)
    if isinstance(number, IntegerAttr):
        return number.value
    maker = size.defining_op
    if isinstance(maker, DimOp):
        dim = constant_of(maker.operands[1])
        if isinstance(dim, IntegerAttr):
            return size_of_memory(maker.source, dim.value)
    return size


def size_of_memory(memory: Value, dim: int) -> Origin:
    """The origin of the size of a dimension of memory."""
    assert isinstance(memory.type, MemRefType)
    shape = memory.type.shape
    if shape[dim] != DYNAMIC:
        return shape[dim]
    maker = memory.defining_op
    if isinstance(maker, AllocOp):
        given = sum(size == DYNAMIC for size in shape[:dim])
        return origin(maker.dynamicSizes[given])
    return memory, dim


def known_extents(op: StructuredOp) -> dict[int, list[Origin]]:
    """The extents of loops: the sizes of what is read and written along them."""
    found: dict[int, list[Origin]] = {}
    pairs: Sequence[tuple[Value, AffineMap]] = list(zip(op.operands, op.indexing_maps, strict=True))
    for memory, map in pairs:
        for dim, expr in enumerate(map.results):
            if isinstance(expr, AffineDim) and isinstance(memory.type, MemRefType):
                found.setdefault(expr.position, []).append(size_of_memory(memory, dim))
    return found

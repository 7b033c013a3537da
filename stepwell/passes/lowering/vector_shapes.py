"""Lowering vector: ops that move elements about."""

from __future__ import annotations

from collections.abc import Sequence
from math import prod

import numpy as np

from stepwell.dialects.llvm.types import ArrayType
from stepwell.ir.attribute import Type
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.types import DYNAMIC, VectorType
from stepwell.ir.value import Value
from stepwell.passes.lowering.emit import Index
from stepwell.passes.lowering.to_llvm import LLVMRewriter
from stepwell.passes.lowering.vector_rows import (
    Position,
    all_positions,
    element,
    from_elements,
    from_rows,
    innermost_type,
    ints,
    numbers,
    row,
    row_positions,
    shape_of,
    shuffle,
    splat,
    splat_to,
)

SHAPES = ConversionPatterns()


def _result(op: Operation, emit: LLVMRewriter, number: int = 0) -> Type:
    found = emit.types.convert_type(op.results[number].type)
    assert found is not None
    return found


@SHAPES.of("vector.broadcast")
def lower_broadcast(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.broadcast: rows used again, single elements spread"""
    type = _result(op, emit)
    source = op.operands[0].type
    if not isinstance(source, VectorType):
        return splat_to(emit, operands[0], type)
    old, new = shape_of(source), shape_of(op.result.type)
    lead = len(new) - len(old)
    rows: dict[Position, Value] = {}
    known: dict[Position, Value] = {}
    for position in row_positions(new):
        where = tuple(0 if old[n] == 1 else position[lead + n] for n in range(len(old) - 1))
        if where not in known:
            found = row(emit, operands[0], where)
            if old[-1] != new[-1]:
                found = splat(emit, emit.element(found, 0), innermost_type(type))
            known[where] = found
        rows[position] = known[where]
    return from_rows(emit, type, rows)


def _position(op: Operation, dynamic: Sequence[Value]) -> list[Index]:
    rest = list(dynamic)
    return [rest.pop(0) if n == DYNAMIC else n for n in ints(op, "static_position")]


def _choose(emit: LLVMRewriter, aggregate: Value, index: Index) -> Value:
    """A part of an array; a dynamic index is compared with each."""
    if isinstance(index, int):
        return emit.extract_value(aggregate, index)
    assert isinstance(aggregate.type, ArrayType)
    found: Value = emit.extract_value(aggregate, 0)
    for number in range(1, aggregate.type.size):
        here = emit.icmp("eq", index, emit.index(number))
        found = emit.select(here, emit.extract_value(aggregate, number), found)
    return found


@SHAPES.of("vector.extract")
def lower_extract(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.extract -> llvm.extractvalue and llvm.extractelement"""
    value = operands[0]
    position = _position(op, operands[1:])
    if not vector_rank(op.operands[0]):
        return emit.element(value, 0)
    while position:
        if not isinstance(value.type, ArrayType):
            return emit.element(value, position[0])
        static = _leading(position, value.type)
        value = emit.extract_value(value, *static) if static else _choose(emit, value, position[0])
        position = position[max(len(static), 1) :]
    return value


def _leading(position: Sequence[Index], type: Type) -> list[int]:
    """The static indices at the start of a position, as far as they go into arrays."""
    found: list[int] = []
    for index in position:
        if not isinstance(index, int) or not isinstance(type, ArrayType):
            break
        found.append(index)
        type = type.element_type
    return found


def vector_rank(value: Value) -> int:
    """How many dimensions a vector has."""
    return value.type.rank if isinstance(value.type, VectorType) else 0


@SHAPES.of("vector.insert")
def lower_insert(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.insert -> llvm.insertvalue and llvm.insertelement"""
    value, target = operands[:2]
    position = _position(op, operands[2:])
    if not position:
        scalar = not isinstance(op.operands[0].type, VectorType)
        return emit.set_element(target, value, 0) if scalar else value
    return _put(emit, target, value, position)


def _put(emit: LLVMRewriter, target: Value, value: Value, position: Sequence[Index]) -> Value:
    """`target` with `value` at `position`."""
    chain = [target]
    for index in position[:-1]:
        chain.append(_choose(emit, chain[-1], index))
    made = value
    for inside, index in zip(reversed(chain), reversed(position), strict=True):
        made = _replace(emit, inside, made, index)
    return made


def _replace(emit: LLVMRewriter, aggregate: Value, value: Value, index: Index) -> Value:
    if not isinstance(aggregate.type, ArrayType):
        return emit.set_element(aggregate, value, index)
    if isinstance(index, int):
        return emit.insert_value(aggregate, value, index)
    made = aggregate
    for number in range(aggregate.type.size):
        here = emit.icmp("eq", index, emit.index(number))
        kept = emit.select(here, value, emit.extract_value(aggregate, number))
        made = emit.insert_value(made, kept, number)
    return made


@SHAPES.of("vector.shape_cast")
def lower_shape_cast(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.shape_cast: the same elements in other rows"""
    type = _result(op, emit)
    old, new = shape_of(op.operands[0].type), shape_of(op.result.type)
    if old[-1] == new[-1]:
        pairs = zip(row_positions(new), row_positions(old), strict=True)
        return from_rows(emit, type, {to: row(emit, operands[0], at) for to, at in pairs})
    order = all_positions(old)
    numbers_of = {position: n for n, position in enumerate(all_positions(new))}
    if prod(old[:-1]) == 1 or prod(new[:-1]) == 1:
        return _cut_or_join(emit, operands[0], old, new, type)
    return from_elements(
        emit, new, type, lambda at: element(emit, operands[0], order[numbers_of[at]])
    )


def _cut_or_join(
    emit: LLVMRewriter, value: Value, old: Sequence[int], new: Sequence[int], type: Type
) -> Value:
    """One row cut into several, or several joined to one, by shuffles."""
    if prod(old[:-1]) == 1:
        whole, size = row(emit, value, (0,) * (len(old) - 1)), new[-1]
        rows: dict[Position, Value] = {}
        for number, position in enumerate(row_positions(new)):
            first = number * size
            rows[position] = shuffle(emit, whole, whole, range(first, first + size))
        return from_rows(emit, type, rows)
    made, size = row(emit, value, row_positions(old)[0]), old[-1]
    for number, position in enumerate(row_positions(old)[1:], 1):
        part = row(emit, value, position)
        wide = shuffle(emit, part, part, [n if n < size else -1 for n in range(number * size)])
        both = [*range(number * size), *range(number * size, number * size + size)]
        made = shuffle(emit, made, wide, both)
    return from_rows(emit, type, {(0,) * (len(new) - 1): made})


@SHAPES.of("vector.transpose")
def lower_transpose(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.transpose: whole rows if the last dimension stays, else element by element"""
    type = _result(op, emit)
    permutation = ints(op, "permutation")
    new = shape_of(op.result.type)
    if not permutation:
        return operands[0]

    def source(position: Position) -> Position:
        found = [0] * len(permutation)
        for here, dim in enumerate(permutation[: len(position)]):
            found[dim] = position[here]
        return tuple(found)

    if permutation[-1] == len(permutation) - 1:
        rows = {p: row(emit, operands[0], source(p)[:-1]) for p in row_positions(new)}
        return from_rows(emit, type, rows)
    return from_elements(emit, new, type, lambda at: element(emit, operands[0], source(at)))


@SHAPES.of("vector.extract_strided_slice")
def lower_extract_slice(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.extract_strided_slice: rows, shuffled if they are cut"""
    type = _result(op, emit)
    old, new = shape_of(op.operands[0].type), shape_of(op.result.type)
    offsets, strides = _padded(op, len(old))
    picks = [offsets[-1] + n * strides[-1] for n in range(new[-1])]
    rows: dict[Position, Value] = {}
    for position in row_positions(new):
        found = row(emit, operands[0], _shifted(position, offsets, strides))
        rows[position] = found if new[-1] == old[-1] else shuffle(emit, found, found, picks)
    return from_rows(emit, type, rows)


def _padded(op: Operation, rank: int) -> tuple[list[int], list[int]]:
    """Offsets and strides for all dimensions."""
    offsets, strides = list(ints(op, "offsets")), list(ints(op, "strides"))
    return offsets + [0] * (rank - len(offsets)), strides + [1] * (rank - len(strides))


def _shifted(position: Position, offsets: Sequence[int], strides: Sequence[int]) -> Position:
    return tuple(offsets[n] + at * strides[n] for n, at in enumerate(position))


@SHAPES.of("vector.insert_strided_slice")
def lower_insert_slice(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.insert_strided_slice: rows replaced, or mixed by a shuffle"""
    small, big = shape_of(op.operands[0].type), shape_of(op.operands[1].type)
    lead = len(big) - len(small)
    offsets = list(ints(op, "offsets"))
    strides = [1] * lead + list(ints(op, "strides"))
    made = operands[1]
    for position in row_positions(small):
        where = _shifted((0,) * lead + position, offsets, strides)
        new = row(emit, operands[0], position)
        if small[-1] != big[-1]:
            new = _mixed(emit, row(emit, made, where), new, offsets[-1], strides[-1])
        made = emit.insert_value(made, new, *where) if where else new
    return made


def _mixed(emit: LLVMRewriter, old: Value, new: Value, offset: int, stride: int) -> Value:
    """`old` with the elements of `new` from `offset` on."""
    size, count = shape_of(old.type)[0], shape_of(new.type)[0]
    wide = shuffle(emit, new, new, [n if n < count else -1 for n in range(size)])
    mask = list(range(size))
    for number in range(count):
        mask[offset + number * stride] = size + number
    return shuffle(emit, old, wide, mask)


@SHAPES.of("vector.shuffle")
def lower_shuffle(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.shuffle -> llvm.shufflevector, or rows picked"""
    mask = ints(op, "mask")
    a, b = operands
    first, second = (shape_of(value.type) for value in op.operands)
    if len(first) == 1 and vector_rank(op.operands[0]):
        if first == second:
            return shuffle(emit, a, b, mask)
        size = max(first[0], second[0])
        a, b = (_widened(emit, value, size) for value in (a, b))
        return shuffle(emit, a, b, [n if n < first[0] else n - first[0] + size for n in mask])
    type = _result(op, emit)
    made: Value = emit.poison(type)
    for number, pick in enumerate(mask):
        if pick < 0:
            continue
        found = (
            emit.extract_value(a, pick)
            if pick < first[0]
            else emit.extract_value(b, pick - first[0])
        )
        made = emit.insert_value(made, found, number)
    return made


def _widened(emit: LLVMRewriter, value: Value, size: int) -> Value:
    count = shape_of(value.type)[0]
    if count == size:
        return value
    return shuffle(emit, value, value, [n if n < count else -1 for n in range(size)])


@SHAPES.of("vector.interleave")
def lower_interleave(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.interleave: rows shuffled together"""
    shape = shape_of(op.operands[0].type)
    mask = [n // 2 + (n % 2) * shape[-1] for n in range(2 * shape[-1])]
    rows = {
        at: shuffle(emit, row(emit, operands[0], at), row(emit, operands[1], at), mask)
        for at in row_positions(shape)
    }
    return from_rows(emit, _result(op, emit), rows)


@SHAPES.of("vector.deinterleave")
def lower_deinterleave(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.deinterleave: the even and the odd elements of each row"""
    shape = shape_of(op.operands[0].type)
    found: list[Value] = []
    for number in range(2):
        mask = range(number, shape[-1], 2)
        rows: dict[Position, Value] = {}
        for at in row_positions(shape):
            part = row(emit, operands[0], at)
            rows[at] = shuffle(emit, part, part, mask)
        found.append(from_rows(emit, _result(op, emit, number), rows))
    return found


@SHAPES.of("vector.from_elements")
def lower_from_elements(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.from_elements -> llvm.insertelement"""
    shape = shape_of(op.result.type)
    given = dict(zip(all_positions(shape), operands, strict=True))
    return from_elements(emit, shape, _result(op, emit), lambda at: given[at])


@SHAPES.of("vector.to_elements")
def lower_to_elements(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.to_elements -> llvm.extractelement"""
    shape = shape_of(op.operands[0].type)
    return [element(emit, operands[0], at) for at in all_positions(shape)]


@SHAPES.of("vector.bitcast")
def lower_bitcast(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.bitcast -> llvm.bitcast of each row"""
    type = _result(op, emit)
    inner = innermost_type(type)
    rows: dict[Position, Value] = {}
    for at in row_positions(shape_of(op.operands[0].type)):
        part = row(emit, operands[0], at)
        rows[at] = part if part.type is inner else emit.cast("bitcast", part, inner)
    return from_rows(emit, type, rows)


@SHAPES.of("vector.step")
def lower_step(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.step -> a constant"""
    count = shape_of(op.result.type)[0]
    return numbers(emit, [int(n) for n in np.arange(count)], emit.types.index)

"""The meaning of structured ops: running the body over the iteration space.

Where the body is straight scalar code and the outputs do not depend on reduction dimensions, all
parallel points are computed at once with whole arrays, and only the reduction dimensions are
looped over, in order; so sums round as in the loops that upstream generates. Otherwise the region
is run point by point.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.block import Block
from stepwell.ir.interpreter.machine import (
    POISON,
    Execution,
    Machine,
    Results,
    RunRegion,
    RuntimeValue,
)
from stepwell.ir.interpreter.memory import MemRef
from stepwell.ir.interpreter.scalars import apply_elementwise
from stepwell.ir.operation import Operation
from stepwell.ir.traits import ConstantLike, Elementwise
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.dialects.linalg.structured import StructuredOp

Indices = tuple[Any, ...]
POSITIONS = "linalg positions"
"""The machine's state that tells `linalg.index` where the enclosing op is."""


def run_structured(
    op: StructuredOp, machine: Machine, operands: Sequence[RuntimeValue]
) -> Execution:
    """Runs a structured op; the results are its tensor inits, updated."""
    arrays = [as_elements(value) for value in operands]
    inputs = len(op.dps_inputs)
    arrays[inputs:] = [np.array(array) for array in arrays[inputs:]]
    ranges = loop_extents(op, machine, arrays)
    if 0 not in ranges:
        try:
            if _is_simple(op):
                _run_arrays(op, arrays, ranges)
            else:
                yield from _run_points(op, machine, arrays, ranges)
        except IndexError:
            raise machine.undefined(op, "reads or writes outside an operand") from None
    return deliver(operands[inputs:], arrays[inputs:])


def deliver(inits: Sequence[RuntimeValue], arrays: Sequence[RuntimeValue]) -> RuntimeValue:
    """Writes what was computed to the memrefs; the rest are the results."""
    found = []
    for init, array in zip(inits, arrays, strict=True):
        if isinstance(init, MemRef):
            init.write(array)
        else:
            found.append(array)
    return found[0] if len(found) == 1 else Results(found)


def as_elements(value: RuntimeValue) -> RuntimeValue:
    """The elements of a tensor or memref as an array to be read; a scalar stays what it is."""
    return value.view() if isinstance(value, MemRef) else value


def loop_extents(
    op: StructuredOp, machine: Machine, arrays: Sequence[RuntimeValue]
) -> tuple[int, ...]:
    """How many points each dimension has, from the operands' shapes.

    Raises:
        InterpreterError: the operands disagree.
    """
    found: dict[int, int] = {}
    for map, array in zip(op.indexing_maps, arrays, strict=True):
        for expr, size in zip(map.results, np.shape(array), strict=True):
            if isinstance(expr, AffineDim) and found.setdefault(expr.position, size) != size:
                raise machine.undefined(
                    op,
                    f"has operands whose shapes disagree: dimension {expr.position} of the "
                    f"iteration space has {found[expr.position]} and {size} points",
                )
    return tuple(found[number] for number in range(op.num_loops))


def _is_simple(op: StructuredOp) -> bool:
    """Whether arrays may stand for the scalars of the body."""
    parallel = {n for n, kind in enumerate(op.iterator_types) if kind.value == "parallel"}
    for map in op.indexing_maps[len(op.dps_inputs) :]:
        positions = map.dim_positions
        if positions is None or set(positions) != parallel or len(positions) != len(parallel):
            return False
    return all(_is_liftable(inner) for inner in op.body.ops)


def _is_within_reach(value: Value, body: Block) -> bool:
    """Whether the body defines the value, or it is a constant."""
    made = value.defining_op
    return value.parent_block is body or (made is not None and ConstantLike in made.traits)


def _is_liftable(op: Operation) -> bool:
    body = op.parent
    if op.regions or body is None or not all(_is_within_reach(v, body) for v in op.operands):
        return False
    if op.name in ("linalg.index", "linalg.yield") or ConstantLike in op.traits:
        return True
    return Elementwise in op.traits and hasattr(op, "evaluate")


def _run_arrays(op: StructuredOp, arrays: list[RuntimeValue], ranges: tuple[int, ...]) -> None:
    maps, inputs = op.indexing_maps, len(op.dps_inputs)
    grid = _parallel_grid(op, ranges)
    places = [map.evaluate(grid) if map.num_results else () for map in maps]
    current = [
        _read(array, place) for array, place in zip(arrays[inputs:], places[inputs:], strict=True)
    ]
    reductions = [n for n, axis in enumerate(grid) if isinstance(axis, int)]
    for point in itertools.product(*(range(ranges[n]) for n in reductions)):
        for number, position in zip(reductions, point, strict=True):
            grid[number] = position
        values = [
            _read(array, map.evaluate(grid) if map.num_results else ())
            for array, map in zip(arrays[:inputs], maps[:inputs], strict=True)
        ]
        current = _body_of_arrays(op, [*values, *current], grid)
    for array, place, value in zip(arrays[inputs:], places[inputs:], current, strict=True):
        array[place] = value


def _parallel_grid(op: StructuredOp, ranges: tuple[int, ...]) -> list[Any]:
    """An open grid over the parallel dimensions, in the order of the space; 0 for reductions."""
    parallel = [n for n, kind in enumerate(op.iterator_types) if kind.value == "parallel"]
    grid: list[Any] = [0] * len(ranges)
    for axis, number in enumerate(parallel):
        shape = [1] * len(parallel)
        shape[axis] = ranges[number]
        grid[number] = np.arange(ranges[number]).reshape(shape)
    return grid


def _read(array: RuntimeValue, place: Indices) -> RuntimeValue:
    if not isinstance(array, np.ndarray):
        return array
    for index, size in zip(place, array.shape, strict=True):
        if np.min(index, initial=0) < 0 or np.max(index, initial=0) >= size:
            raise IndexError
    return _scalar(array[place])


def _scalar(value: Any) -> RuntimeValue:
    """A single element as the interpreter holds it."""
    if isinstance(value, np.ndarray) and value.ndim == 0:
        value = value[()]
    if isinstance(value, np.ndarray) or value.dtype.kind not in "iub":
        return value
    return int(value)


def _body_of_arrays(
    op: StructuredOp, arguments: Sequence[RuntimeValue], grid: Sequence[Any]
) -> list[RuntimeValue]:
    known: dict[Value, RuntimeValue] = dict(zip(op.body.args, arguments, strict=True))
    for inner in op.body.ops:
        operands = [_known(value, known) for value in inner.operands]
        if inner.name == "linalg.yield":
            return operands
        if inner.name == "linalg.index":
            known[inner.result] = grid[inner.dim.value]  # type: ignore[attr-defined]
        elif ConstantLike in inner.traits:
            known[inner.result] = inner.evaluate()  # type: ignore[attr-defined]
        else:
            known[inner.result] = apply_elementwise(inner, operands)
    return []


def _known(value: Value, known: dict[Value, RuntimeValue]) -> RuntimeValue:
    if value not in known:
        known[value] = value.defining_op.evaluate()  # type: ignore[union-attr]
    return known[value]


def _run_points(
    op: StructuredOp, machine: Machine, arrays: list[RuntimeValue], ranges: tuple[int, ...]
) -> Execution:
    maps, inputs = op.indexing_maps, len(op.dps_inputs)
    positions: dict[Operation, tuple[int, ...]] = machine.remember(POSITIONS, dict)
    outer = positions.get(op)
    for point in itertools.product(*map_ranges(ranges)):
        positions[op] = point
        places = [_place(map, point) for map in maps]
        values = [_read(a, place) for a, place in zip(arrays, places, strict=True)]
        yielded = yield RunRegion(op.regions[0], values)
        for array, place, value in zip(arrays[inputs:], places[inputs:], yielded, strict=True):
            if value is POISON:
                raise machine.undefined(op, "its body yields poison")
            array[place] = value
    if outer is not None:
        positions[op] = outer
    return None


def map_ranges(ranges: Sequence[int]) -> list[range]:
    """One `range` for each extent."""
    return [range(extent) for extent in ranges]


def _place(map: AffineMap, point: Sequence[int]) -> Indices:
    return map.evaluate(point) if map.num_results else ()

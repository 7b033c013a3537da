"""What all structured ops of linalg share: operands, iteration space, verification, meaning.

A structured op runs a body for each point of an iteration space. Every operand has an indexing map
from points to its elements; the body gets those elements and yields the new elements of the inits.
The space's extent comes from the shapes of the operands.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.linalg.attributes import PARALLEL, IteratorTypeAttr
from stepwell.dialects.linalg.execution import run_structured
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.block import Block, Region
from stepwell.ir.definition import Op
from stepwell.ir.effects import Effect, read, write
from stepwell.ir.interpreter.machine import Execution, Machine, RuntimeValue
from stepwell.ir.traits import RecursiveMemoryEffects, SingleBlock
from stepwell.ir.types import DYNAMIC
from stepwell.ir.value import Value


def shape_of(type: Type) -> tuple[int, ...]:
    """The sizes of a shaped type; none for a scalar."""
    return types.dims_of(type) if types.is_ranked(type) else ()


class StructuredOp(Op, traits=(RecursiveMemoryEffects, SingleBlock)):
    """Base of the ops with upstream's LinalgOp interface."""

    @property
    def dps_inputs(self) -> tuple[Value, ...]:
        """The operands that are only read."""
        raise NotImplementedError

    @property
    def dps_inits(self) -> tuple[Value, ...]:
        """The operands that results start from (tensors) or are written to (memrefs)."""
        raise NotImplementedError

    @property
    def indexing_maps(self) -> list[AffineMap]:
        """The map of each operand, inputs first."""
        raise NotImplementedError

    @property
    def iterator_types(self) -> list[IteratorTypeAttr]:
        """The kind of each dimension of the iteration space."""
        raise NotImplementedError

    @property
    def body(self) -> Block:
        """What is run for each point."""
        return self.regions[0].entry

    @property
    def num_loops(self) -> int:
        """How many dimensions the iteration space has."""
        return len(self.iterator_types)

    @property
    def loop_ranges(self) -> tuple[int, ...]:
        """The extent of each dimension as far as the types tell; DYNAMIC where they do not."""
        shapes = [shape_of(value.type) for value in self.operands]
        return static_ranges(self.indexing_maps, shapes, self.num_loops)

    @property
    def has_pure_tensor_semantics(self) -> bool:
        """Whether no operand is a memref."""
        return not any(is_memref(value.type) for value in self.operands)

    @property
    def has_pure_buffer_semantics(self) -> bool:
        """Whether no operand is a tensor."""
        return not any(is_tensor(value.type) for value in self.operands)

    @property
    def num_parallel_loops(self) -> int:
        """How many dimensions are parallel."""
        return sum(kind is PARALLEL for kind in self.iterator_types)

    def matching_map(self, operand_number: int) -> AffineMap:
        """The indexing map of one operand."""
        return self.indexing_maps[operand_number]

    def effects(self) -> list[Effect]:
        """Reads the memrefs among the inputs, reads and writes those among the inits."""
        found = [read(value) for value in self.dps_inputs if is_memref(value.type)]
        for value in self.dps_inits:
            if is_memref(value.type):
                found += [read(value), write(value)]
        return found

    def is_speculatable(self) -> bool:
        """Whether it may run where it did not before: if nothing but tensors is touched."""
        return self.has_pure_tensor_semantics

    def execute(self, machine: Machine, *operands: RuntimeValue) -> Execution:
        """Runs the body for each point."""
        return (yield from run_structured(self, machine, operands))

    def verify_op(self) -> None:
        verify_structure(self)
        verify_body(self)


def is_memref(type: Type) -> bool:
    """Whether `type` is a memref."""
    return isinstance(type, (types.MemRefType, types.UnrankedMemRefType))


def is_tensor(type: Type) -> bool:
    """Whether `type` is a tensor."""
    return isinstance(type, (types.RankedTensorType, types.UnrankedTensorType))


def static_ranges(
    maps: Sequence[AffineMap], shapes: Sequence[Sequence[int]], count: int
) -> tuple[int, ...]:
    """The extent of each dimension, from the first operand that is indexed by it alone."""
    found: list[int | None] = [None] * count
    for map, shape in zip(maps, shapes, strict=False):
        for expr, size in zip(map.results, shape, strict=False):
            if isinstance(expr, AffineDim) and found[expr.position] in (None, DYNAMIC):
                if found[expr.position] is None or size != DYNAMIC:
                    found[expr.position] = size
    return tuple(DYNAMIC if size is None else size for size in found)


def is_invertible(maps: Sequence[AffineMap], count: int) -> bool:
    """Whether every dimension is by itself the index of some operand."""
    alone = {e.position for map in maps for e in map.results if isinstance(e, AffineDim)}
    return len(alone) == count


def verify_structure(op: StructuredOp) -> None:
    """Checks the maps against the operands.

    Raises:
        VerifyError: they do not fit.
    """
    if not (op.has_pure_tensor_semantics or op.has_pure_buffer_semantics):
        raise op.error("expected to have pure tensor or buffer semantics")
    maps, loops, operands = op.indexing_maps, op.num_loops, op.operands
    if len(maps) != len(operands):
        raise op.error(
            f"expected the number of indexing_map ({len(maps)}) to be equal to the number of "
            f"input/output operands ({len(operands)})"
        )
    for number, (map, value) in enumerate(zip(maps, operands, strict=True)):
        _verify_map(op, number, map, value, loops)
    _verify_results(op)
    if not is_invertible(maps, loops):
        every = ", ".join(str(expr) for map in maps for expr in map.results)
        dims = ", ".join(f"d{number}" for number in range(loops))
        raise op.error(f"invalid indexing maps are non-invertible: (({dims}) -> ({every}))")
    _verify_shapes(op, maps)


def _verify_map(op: StructuredOp, number: int, map: AffineMap, value: Value, loops: int) -> None:
    if map.num_symbols:
        raise op.error(f"unexpected symbols in indexing_map #{number}")
    if map.num_dims != loops:
        raise op.error(
            f"expected indexing_map #{number} to have {loops} dim(s) to match the number of loops"
        )
    rank = len(shape_of(value.type))
    if map.num_results != rank:
        raise op.error(
            f"expected operand #{number} rank ({rank}) to match the result rank of indexing_map "
            f"({map.num_results})"
        )


def _verify_results(op: StructuredOp) -> None:
    tensors = [value for value in op.dps_inits if is_tensor(value.type)]
    if len(tensors) != len(op.results):
        raise op.error(
            f"expected the number of tensor results ({len(op.results)}) to be equal to the number "
            f"of output tensors ({len(tensors)})"
        )
    for number, (init, result) in enumerate(zip(tensors, op.results, strict=True)):
        if init.type is not result.type:
            raise op.error(
                f"expected type of operand #{len(op.dps_inputs) + number} ('{init.type}') to match "
                f"type of corresponding result ('{result.type}')"
            )


def _verify_shapes(op: StructuredOp, maps: Sequence[AffineMap]) -> None:
    ranges = op.loop_ranges
    if DYNAMIC in ranges or 0 in ranges:
        return
    ends = [size - 1 for size in ranges]
    for number, (map, value) in enumerate(zip(maps, op.operands, strict=True)):
        lows, highs = map.evaluate([0] * len(ends)), map.evaluate(ends)
        for dim, size in enumerate(shape_of(value.type)):
            low, end = min(lows[dim], highs[dim]), max(lows[dim], highs[dim]) + 1
            if low < 0:
                raise op.error(f"unexpected result less than 0 at expression #{dim} in {map}")
            exact = isinstance(map.results[dim], AffineDim)
            if size != DYNAMIC and (end != size if exact else end > size):
                wanted = f"{end}" if exact else f"greater than or equal to {end}"
                raise op.error(
                    f"inferred input/output operand #{number} has shape's dimension #{dim} to be "
                    f"{wanted}, but found {size}"
                )


def verify_body(op: StructuredOp) -> None:
    """Checks the arguments of the body against the operands.

    Raises:
        VerifyError: they do not fit.
    """
    region = op.regions[0] if op.regions else Region()
    if not region.has_one_block:
        raise op.error("expects to have 1 region with 1 block")
    arguments = region.entry.args
    if len(arguments) != op.num_operands:
        raise op.error(
            "expected as many non-induction variable region arguments as the number of "
            "input/output operands"
        )
    for number, (argument, value) in enumerate(zip(arguments, op.operands, strict=True)):
        expected = types.element_type_or_self(value.type)
        if argument.type is not expected:
            raise op.error(
                f"expected type of bb argument #{number} ('{argument.type}') to match element or "
                f"self type of the corresponding operand ('{expected}')"
            )


def element_types(values: Sequence[Value]) -> list[Type]:
    """The element type of each value (its own, for a scalar)."""
    return [types.element_type_or_self(value.type) for value in values]


def tensor_types(values: Sequence[Value]) -> list[Type]:
    """The types of those that are tensors: what the results of an op with these inits have."""
    return [value.type for value in values if is_tensor(value.type)]


def take_properties(
    cls: type[Op], entries: dict[str, Attribute]
) -> tuple[dict[str, Attribute], dict[str, Attribute]]:
    """Splits what an attribute dictionary holds into properties of `cls` and attributes."""
    properties = {name: value for name, value in entries.items() if name in cls.property_names}
    attributes = {name: value for name, value in entries.items() if name not in properties}
    return properties, attributes

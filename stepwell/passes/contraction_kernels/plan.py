"""Which contractions become kernels, and which of their loops do what."""

from __future__ import annotations

from dataclasses import dataclass

from stepwell.dialects.arith.floating import AddFOp, MulFOp
from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.structured import StructuredOp
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.rewriting.pattern import NoMatch
from stepwell.ir.strides import strides_and_offset
from stepwell.ir.types import FloatType, MemRefType, f32, f64
from stepwell.ir.value import Value
from stepwell.passes.contraction_kernels.smooth_loops import smooth_loop, stride_of
from stepwell.passes.meta_to_linalg.inversion import terms_of


@dataclass(frozen=True, slots=True)
class Plan:
    """A sum of products of two memrefs, and the parts of its loops.

    Attributes:
        op: the structured op.
        operands: the two factors and the sum.
        maps: of the operands.
        element: the type of their elements.
        vector: the loop whose points are lanes of vectors.
        rows: the parallel loop of which several points are computed at once, if there is one.
        outer: the other parallel loops.
        reduced: the other loops that reduce.
    """

    op: StructuredOp
    operands: tuple[Value, Value, Value]
    maps: tuple[AffineMap, AffineMap, AffineMap]
    element: FloatType
    vector: int
    rows: int | None
    outer: tuple[int, ...]
    reduced: tuple[int, ...]

    @property
    def sums_lanes(self) -> bool:
        """Whether the lanes are terms of one sum, and not each the sum of its own."""
        return self.op.iterator_types[self.vector] is not PARALLEL

    def stride(self, number: int) -> int:
        """How many elements of an operand lie between lanes."""
        return stride_of(self.maps[number], self.vector) or 0

    def uses_rows(self, number: int) -> bool:
        """Whether each of the rows reads an element of its own."""
        return self.rows is not None and self.maps[number].is_function_of_dim(self.rows)


def plan_for(op: StructuredOp) -> Plan:
    """The plan for a structured op.

    Raises:
        NoMatch: it is no sum of products, or there is no loop along neighbours.
    """
    if op.num_parallel_loops == op.num_loops:
        raise NoMatch("it reduces nothing")
    if not op.has_pure_buffer_semantics or len(op.dps_inits) != 1:
        raise NoMatch("it does not write one memref")
    factors = _factors(op)
    values = (op.operands[factors[0]], op.operands[factors[1]], op.dps_inits[0])
    types = [value.type for value in values]
    element = types[2].element_type if isinstance(types[2], MemRefType) else None
    if element not in (f32, f64) or not all(_is_dense(type, element) for type in types):
        raise NoMatch("an operand is no memref of floats with neighbours in its last dimension")
    maps = op.indexing_maps
    if any(terms_of(expr) is None for map in maps for expr in map.results):
        raise NoMatch("an indexing map is not linear")
    vector = smooth_loop(op)
    if vector is None:
        raise NoMatch("no loop passes along neighbours")
    assert isinstance(element, FloatType)
    return _with_loops(
        op, values, (maps[factors[0]], maps[factors[1]], maps[len(op.dps_inputs)]), element, vector
    )


def _with_loops(
    op: StructuredOp,
    values: tuple[Value, Value, Value],
    maps: tuple[AffineMap, AffineMap, AffineMap],
    element: FloatType,
    vector: int,
) -> Plan:
    kinds = op.iterator_types
    parallel = [n for n in range(op.num_loops) if kinds[n] is PARALLEL and n != vector]
    moving = [map for map in maps[:2] if stride_of(map, vector)]
    sharing = [loop for loop in parallel if any(not map.is_function_of_dim(loop) for map in moving)]
    # The loops of a window are short; one that is always a place by itself may be long.
    alone = [loop for loop in sharing if not any(_is_in_sum(map, loop) for map in maps)]
    rows = (alone or sharing)[-1] if sharing else None
    return Plan(
        op,
        values,
        maps,
        element,
        vector,
        rows,
        tuple(loop for loop in parallel if loop != rows),
        tuple(n for n in range(op.num_loops) if kinds[n] is not PARALLEL and n != vector),
    )


def _is_in_sum(map: AffineMap, loop: int) -> bool:
    return any(expr.uses_dim(loop) and not isinstance(expr, AffineDim) for expr in map.results)


def _factors(op: StructuredOp) -> tuple[int, int]:
    """The numbers of the two inputs whose product the body adds to the output."""
    body, ending = op.body, op.body.last
    total = ending.operands[0].defining_op if ending is not None else None
    if not isinstance(total, AddFOp) or total.parent is not body:
        raise NoMatch("its body does not add")
    out = body.args[len(op.dps_inputs)]
    others = [value for value in (total.lhs, total.rhs) if value is not out]
    product = others[0].defining_op if len(others) == 1 else None
    if not isinstance(product, MulFOp) or product.parent is not body:
        raise NoMatch("its body does not add a product to the output")
    places = [n for v in (product.lhs, product.rhs) for n, a in enumerate(body.args) if a is v]
    if len(places) != 2 or len(op.dps_inputs) in places:
        raise NoMatch("its body does not multiply two inputs")
    if sum(1 for _ in body.ops) != len((product, total, ending)):
        raise NoMatch("its body does more than that")
    return places[0], places[1]


def _is_dense(type: object, element: object) -> bool:
    """Whether a type is a memref of these elements whose last dimension holds neighbours."""
    if not isinstance(type, MemRefType) or type.element_type is not element:
        return False
    found = strides_and_offset(type)
    return found is not None and (not found[0] or found[0][-1] == 1)

"""Which contractions become kernels, and which of their loops do what."""

from __future__ import annotations

from dataclasses import dataclass

from stepwell.dialects.arith.floating import AddFOp, MulFOp
from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.structured import StructuredOp
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.rewriting.pattern import NoMatch
from stepwell.ir.types import FloatType, MemRefType, f32, f64
from stepwell.ir.value import Value
from stepwell.passes.contraction_kernels.reads import Read, factor_of, has_no_gaps


@dataclass(frozen=True, slots=True)
class Plan:
    """A sum of products, and the parts of its loops.

    Attributes:
        op: the structured op.
        left: the factor that a row has for itself.
        right: the factor that a column has for itself.
        out: the memory of the sums.
        places: the loop along each dimension of `out`.
        element: the type of all elements.
        rows: the loops that the left factor alone has.
        columns: those that the right one alone has, along which the sums are neighbours.
        outer: the other loops that run in parallel.
        sums: the loops that sum, in the order in which the left factor lies in memory.
    """

    op: StructuredOp
    left: Read
    right: Read
    out: Value
    places: tuple[int, ...]
    element: FloatType
    rows: tuple[int, ...]
    columns: tuple[int, ...]
    outer: tuple[int, ...]
    sums: tuple[int, ...]


def plan_for(op: StructuredOp) -> Plan:
    """The plan for a structured op.

    Raises:
        NoMatch: it is no sum of products, or no factor is shared by rows and the other by columns.
    """
    if op.num_parallel_loops == op.num_loops:
        raise NoMatch("it reduces nothing")
    if not op.has_pure_buffer_semantics or len(op.dps_inits) != 1:
        raise NoMatch("it does not write one memref")
    out = op.dps_inits[0]
    element = out.type.element_type if isinstance(out.type, MemRefType) else None
    if element not in (f32, f64) or not has_no_gaps(out):
        raise NoMatch("it does not write floats row by row")
    places = [expr.position for expr in op.indexing_maps[-1].results if isinstance(expr, AffineDim)]
    kinds = op.iterator_types
    parallel = {loop for loop, kind in enumerate(kinds) if kind is PARALLEL}
    if len(places) != len(op.indexing_maps[-1].results) or set(places) != parallel:
        raise NoMatch("a loop is not along a dimension of what is written")
    factors = [factor_of(op, value) for value in _factors(op)]
    if any(_element(factor.memory) is not element for factor in factors):
        raise NoMatch("the factors are of another type")
    if any(factor.memory is out for factor in factors):
        raise NoMatch("it reads what it writes")
    if places and places[-1] in factors[0].loops():
        factors.reverse()
    assert isinstance(element, FloatType)
    return _with_loops(op, factors[0], factors[1], tuple(places), element)


def _element(memory: Value) -> object:
    return memory.type.element_type if isinstance(memory.type, MemRefType) else None


def _with_loops(
    op: StructuredOp, left: Read, right: Read, places: tuple[int, ...], element: FloatType
) -> Plan:
    in_left, in_right = left.loops(), right.loops()
    rows = tuple(loop for loop in places if loop in in_left and loop not in in_right)
    if not rows:
        raise NoMatch("the columns share no factor")
    first = len(places)
    while first and places[first - 1] in in_right and places[first - 1] not in in_left:
        first -= 1
    columns = places[first:]
    if not columns:
        raise NoMatch("the rows share no factor")
    if left.guards:
        raise NoMatch("what rows share is not read everywhere")
    sums = [loop for loop, kind in enumerate(op.iterator_types) if kind is not PARALLEL]
    in_order = {loop: dim for dim, place in enumerate(left.places) for loop in place.terms}
    sums.sort(key=lambda loop: in_order.get(loop, -1))
    outer = tuple(loop for loop in places[:first] if loop not in rows)
    return Plan(
        op, left, right, op.dps_inits[0], places, element, rows, columns, outer, tuple(sums)
    )


def _factors(op: StructuredOp) -> tuple[Value, Value]:
    """The two values whose product the body adds to the output."""
    body, ending = op.body, op.body.last
    total = ending.operands[0].defining_op if ending is not None else None
    if not isinstance(total, AddFOp) or total.parent is not body:
        raise NoMatch("its body does not add")
    out = body.args[len(op.dps_inputs)]
    others = [value for value in (total.lhs, total.rhs) if value is not out]
    product = others[0].defining_op if len(others) == 1 else None
    if not isinstance(product, MulFOp) or product.parent is not body:
        raise NoMatch("its body does not add a product to the output")
    if not out.has_one_use:
        raise NoMatch("its body reads the output twice")
    return product.lhs, product.rhs

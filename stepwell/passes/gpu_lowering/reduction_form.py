"""Which structured ops combine elements that threads can share out, and how."""

from __future__ import annotations

from dataclasses import dataclass

from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.structured import StructuredOp
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.attribute import Type
from stepwell.ir.operation import Operation
from stepwell.ir.types import FloatType, IntegerType, MemRefType
from stepwell.passes.gpu_lowering.combining import kind_of


@dataclass(frozen=True, slots=True)
class ReductionForm:
    """A structured op on memrefs that combines elements.

    Attributes:
        op: the op; it has one init.
        combiner: the op in its body that combines the element so far with another one.
        kind: what `gpu.all_reduce` calls that.
        rows: the dimensions that stay.
        reduced: the dimensions along which elements are combined.
        neighbours_reduced: whether elements that are combined lie next to each other in memory.
    """

    op: StructuredOp
    combiner: Operation
    kind: str
    rows: tuple[int, ...]
    reduced: tuple[int, ...]
    neighbours_reduced: bool

    @property
    def type(self) -> Type:
        """The type of the elements that are combined."""
        return self.combiner.results[0].type


def reduction_form(op: StructuredOp) -> ReductionForm | None:
    """How `op` combines elements; None if it does not, or not so that threads can share the work.

    Some input must have an element for each point: in a product of matrices, none has, and threads
    had better share what they read than what they add.
    """
    reduced = tuple(n for n, kind in enumerate(op.iterator_types) if kind is not PARALLEL)
    if not reduced or not op.has_pure_buffer_semantics or len(op.dps_inits) != 1:
        return None
    combiner = _combiner(op)
    kind = kind_of(combiner) if combiner is not None else None
    maps = op.indexing_maps
    rows = tuple(n for n in range(op.num_loops) if n not in reduced)
    if combiner is None or kind is None or sorted(_dims(maps[-1]) or ()) != list(rows):
        return None
    whole = _input_with_every_point(op)
    if whole is None:
        return None
    return ReductionForm(op, combiner, kind, rows, reduced, whole[-1] in reduced)


def _combiner(op: StructuredOp) -> Operation | None:
    last = op.body.last
    assert last is not None
    so_far, found = op.body.args[-1], last.operands[0].defining_op
    if found is None or found.parent is not op.body or so_far not in found.operands:
        return None
    type = found.results[0].type
    can_be_exchanged = isinstance(type, IntegerType | FloatType) and type.width in (32, 64)
    uses = sum(user is not None for user in so_far.uses)
    return found if can_be_exchanged and uses == 1 and len(found.operands) == 2 else None


def _input_with_every_point(op: StructuredOp) -> tuple[int, ...] | None:
    """The dimensions of an input in which every point has its own element, if there is one."""
    for map, value in zip(op.indexing_maps, op.dps_inputs, strict=False):
        dims = _dims(map)
        if dims and len(dims) == op.num_loops and isinstance(value.type, MemRefType):
            return dims
    return None


def _dims(map: AffineMap) -> tuple[int, ...] | None:
    """The dimensions that a map takes; None if it does more than that."""
    found = [expr.position for expr in map.results if isinstance(expr, AffineDim)]
    if len(found) != len(map.results) or len(set(found)) != len(found):
        return None
    return tuple(found)

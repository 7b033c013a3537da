"""Order the loops of reductions: neighbours innermost, sums outside of them

    linalg.matmul ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?xf32>)
->
    linalg.generic {indexing_maps = [...], iterator_types = ["parallel", "reduction", "parallel"]}
      ins(%a, %b : ...) outs(%c : ...) { ... }            // rows, then the sum, then columns

Structured ops that reduce are made `linalg.generic` whose innermost loop passes along neighbours in
memory, in every operand that it moves in: a loop that runs in parallel if there is one, which is
then a loop over vectors, else one that reduces. The other parallel loops are outermost. Sums of
products may be rounded once instead of twice, and those of named ops added in any order.

Needs: linalg. Keeps: values, but for rounding.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.flags import FastMathFlags
from stepwell.dialects.arith.floating import AddFOp, MulFOp
from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.generic import GenericOp, IndexOp
from stepwell.dialects.linalg.structured import StructuredOp
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attributes import ArrayAttr, IntegerAttr
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.greedy import GreedyOptions, apply_patterns_greedily
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.passes.linalg_generalize_named_ops import as_generic
from stepwell.passes.meta_to_linalg.inversion import terms_of

FREE = FastMathFlags(("reassoc", "contract"))
FAR_NEIGHBOUR = 4


@pattern
def in_order(op: StructuredOp, rewriter: Rewriter) -> Rewrite:
    """a structured op that reduces -> linalg.generic with its loops in order"""
    if op.num_parallel_loops == op.num_loops:
        raise NoMatch("it reduces nothing")
    order = _order(op)
    named = not isinstance(op, GenericOp)
    if order == list(range(op.num_loops)) and not named:
        raise NoMatch("its loops are in order")
    made = as_generic(op)
    rewriter.insert(made)
    _interchange(made, order)
    if named:
        for inner in made.body.ops:
            if isinstance(inner, AddFOp | MulFOp):
                inner.set_attribute("fastmath", FREE)
    return list(made.results) if made.results else _gone(op, rewriter)


def _gone(op: Operation, rewriter: Rewriter) -> bool:
    rewriter.erase(op)
    return True


def _order(op: StructuredOp) -> list[int]:
    """The loops, outermost first."""
    kinds, innermost = op.iterator_types, _innermost(op)
    rest = [loop for loop in range(op.num_loops) if loop != innermost]
    kept = [loop for loop in rest if kinds[loop] is PARALLEL]
    return [*kept, *(loop for loop in rest if kinds[loop] is not PARALLEL), innermost]


def _innermost(op: StructuredOp) -> int:
    chosen = smooth_loop(op)
    if chosen is not None:
        return chosen
    parallel = [loop for loop, kind in enumerate(op.iterator_types) if kind is PARALLEL]
    return (parallel or [op.num_loops - 1])[-1]


def smooth_loop(op: StructuredOp) -> int | None:
    """The loop that should be innermost, or None if none passes along neighbours.

    Whoever wrote a generic op chose its order: its innermost loop stays if it can. Of others, those
    that run in parallel are preferred, and of these those that go one element on each time.
    """
    last = op.num_loops - 1
    if isinstance(op, GenericOp) and _is_smooth(op, last, FAR_NEIGHBOUR):
        return last
    kinds = op.iterator_types
    parallel = [loop for loop, kind in enumerate(kinds) if kind is PARALLEL]
    reduced = [loop for loop, kind in enumerate(kinds) if kind is not PARALLEL]
    for loops in (parallel, reduced):
        for stride in (1, FAR_NEIGHBOUR):
            smooth = [loop for loop in loops if _is_smooth(op, loop, stride)]
            if smooth:
                return smooth[-1]
    return None


def _is_smooth(op: StructuredOp, loop: int, stride: int) -> bool:
    """Whether the loop moves a few elements at most in each operand; one, in what is written."""
    inputs = len(op.dps_inputs)
    strides = [_stride_of(map, loop) for map in op.indexing_maps]
    if any(found is None or not 0 <= found <= stride for found in strides):
        return False
    return all(found in (0, 1) for found in strides[inputs:])


def _stride_of(map: AffineMap, loop: int) -> int | None:
    """How many elements the loop moves each time; None if that is not known, or a whole row."""
    if any(expr.uses_dim(loop) for expr in map.results[:-1]):
        return None
    if not map.results:
        return 0
    last = terms_of(map.results[-1])
    return None if last is None else last[0].get(loop, 0)


def _interchange(op: GenericOp, order: Sequence[int]) -> None:
    """Puts the loops of an op in another order."""
    dims = [AffineDim(order.index(loop)) for loop in range(len(order))]
    maps = [map.replace(dims, (), len(order), 0) for map in op.indexing_maps]
    kinds = op.iterator_types
    op.set_attribute("indexing_maps", ArrayAttr(tuple(AffineMapAttr(map) for map in maps)))
    op.set_attribute("iterator_types", ArrayAttr(tuple(kinds[loop] for loop in order)))
    for inner in walk(op):
        if isinstance(inner, IndexOp) and inner.parent_op is op:
            old = inner.dim
            inner.set_attribute("dim", IntegerAttr(order.index(old.value), old.type))


@pass_("linalg-order-loops")
def linalg_order_loops(op: Operation, context: PassContext) -> None:
    """Puts the loops of all structured ops inside `op` that reduce in order."""
    options = GreedyOptions(simplify="disabled", fold=False)
    apply_patterns_greedily(op, [in_order], options)

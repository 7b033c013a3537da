"""Lower sums of products to loops over vectors

    linalg.matmul ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?xf32>)
->
    scf.parallel (%block) = ... {                  // four rows
      scf.for %j = ... {                           // sixteen columns
        %sums:4 = scf.for %k = ... iter_args(...) {
          %row = vector.load %b[%k, %j] : memref<?x?xf32>, vector<16xf32>
          ...                                      // four products, added up in registers
        }
        ...
      }
    }

For contractions, named or generic, on memrefs of f32 or f64 of which some loop passes along
neighbours in memory. That loop runs over vectors, masked at its end; if it is one that sums, so are
the lanes in the end. Several points of another loop that share a vector are computed at once. Other
ops stay. Products and sums may be rounded once, and sums are taken in another order.

Needs: linalg on memrefs; later convert-vector-to-llvm. Keeps: values, but for rounding; memory.
"""

from __future__ import annotations

from stepwell.dialects.linalg.structured import StructuredOp
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.greedy import GreedyOptions, apply_patterns_greedily
from stepwell.ir.rewriting.pattern import Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.passes.contraction_kernels.kernel import Kernel
from stepwell.passes.contraction_kernels.plan import plan_for


@pass_("linalg-contractions-to-vectors")
def linalg_contractions_to_vectors(
    op: Operation, context: PassContext, *, vector_bits: int = 512, rows: int = 4
) -> None:
    """Lowers the contractions inside `op` to loops over vectors.

    Args:
        op: where they are looked for.
        context: of the pass manager.
        vector_bits: how large a vector is.
        rows: how many rows are computed at once.
    """

    @pattern
    def contraction(op: StructuredOp, rewriter: Rewriter) -> Rewrite:
        """a structured op that sums products -> loops over vectors"""
        plan = plan_for(op)
        Kernel(plan, max(1, vector_bits // plan.element.width), max(1, rows)).emit(rewriter)
        rewriter.erase(op)
        return True

    options = GreedyOptions(simplify="disabled", fold=False)
    apply_patterns_greedily(op, [contraction], options)

"""Lower the operations from the vector dialect into the SCF dialect

    %v = vector.transfer_read %m[%i, %j], %pad : memref<?x?xf32>, vector<3x4xf32>
->
    %buffer = memref.alloca() : memref<vector<3x4xf32>>
    %rows = vector.type_cast %buffer : memref<vector<3x4xf32>> to memref<3xvector<4xf32>>
    scf.for %n = %c0 to %c3 step %c1 {
      scf.if (%i + %n is inside) { %rows[%n] = vector.transfer_read %m[%i + %n, %j], ... }
      else { %rows[%n] = padding }
    }
    %v = memref.load %buffer[]

Maps that permute or repeat dimensions become transposes and broadcasts first. Rows that do not lie
in one piece are transferred by elements, and vectors are printed so.

Needs: nothing.  Keeps: meaning.
"""

from __future__ import annotations

from stepwell.dialects.vector.shapes import TransposeOp
from stepwell.dialects.vector.transfers import TransferWriteOp
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.greedy import GreedyOptions, apply_patterns_greedily
from stepwell.passes.vector_to_scf.first_dimension import Options
from stepwell.passes.vector_to_scf.loops import loop_patterns
from stepwell.passes.vector_to_scf.permutations import PERMUTATIONS
from stepwell.passes.vector_to_scf.printing import print_by_elements
from stepwell.passes.vector_to_scf.rows import row_by_elements
from stepwell.passes.vector_to_scf.unrolled import unroll_patterns


@pass_("convert-vector-to-scf", title="ConvertVectorToSCFPass")
def convert_vector_to_scf(
    op: Operation,
    context: PassContext,
    *,
    full_unroll: bool = False,
    target_rank: int = 1,
    lower_tensors: bool = False,
    lower_scalable: bool = False,
) -> None:
    """Lowers transfers of more dimensions than `target-rank`.

    Options: full-unroll (no loops and buffers, but many ops), target-rank, lower-tensors (also
    transfers from and to tensors), lower-scalable (refused where it would have an effect).
    """
    if lower_scalable:
        _refuse_scalable(op)
    order = GreedyOptions(top_down=False)
    apply_patterns_greedily(op, PERMUTATIONS, order)
    options = Options(target_rank, lower_tensors)
    patterns = unroll_patterns(options) if full_unroll else loop_patterns(options)
    rows = [row_by_elements] if target_rank == 1 else []
    apply_patterns_greedily(op, [*patterns, *rows, print_by_elements], order)


def _refuse_scalable(root: Operation) -> None:
    """Raises PassError at a write that `lower-scalable` is about."""
    for op in walk(root):
        if isinstance(op, TransferWriteOp) and isinstance(op.valueToStore.owner, TransposeOp):
            if any(op.vector_type.scalable):
                raise op.error("lower-scalable: transposed scalable vectors are not supported")

"""Lower the operations from the vector dialect into the SCF dialect

Transfers of several dimensions become transfers of rows, with masks where a row may lie outside.
Needs: nothing.  Keeps: meaning.
"""

from __future__ import annotations

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.lowering.driver import lower
from stepwell.passes.lowering.vector_transfers import TRANSFERS


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
    """Options: target-rank (transfers of this rank stay), lower-tensors.

    Transfers are always unrolled (full-unroll): the sizes of vectors are static.
    """
    lower(op, [TRANSFERS], options={"target-rank": target_rank, "lower-tensors": lower_tensors})

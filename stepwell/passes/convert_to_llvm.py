"""Convert to LLVM via dialect interfaces found in the input IR

Applies the lowerings of all dialects that have any: arith, cf, func, index, math, memref, ub and
vector.
Needs: nothing.  Keeps: meaning.
"""

from __future__ import annotations

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.lowering.sets import BY_DIALECT
from stepwell.passes.lowering.to_llvm import lower


@pass_("convert-to-llvm", title="ConvertToLLVMPass")
def convert_to_llvm(
    op: Operation,
    context: PassContext,
    *,
    filter_dialects: list[str] | None = None,
    dynamic: bool = False,
    allow_pattern_rollback: bool = True,
) -> None:
    """Options: filter-dialects (only these).

    dynamic and allow-pattern-rollback, which tune upstream's framework, are accepted.
    """
    chosen = [name for name in BY_DIALECT if not filter_dialects or name in filter_dialects]
    lower(op, [one for name in chosen for one in BY_DIALECT[name]])

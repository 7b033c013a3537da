"""Simplify and eliminate unrealized conversion casts

Conversions leave `builtin.unrealized_conversion_cast` ops where converted and other code meet. This
pass removes the casts that undo each other, and those that nobody uses.

    %1 = builtin.unrealized_conversion_cast %0 : index to i64
    %2 = builtin.unrealized_conversion_cast %1 : i64 to index      ->    uses of %2 use %0

Needs: nothing. Keeps: everything but these casts.
"""

from __future__ import annotations

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.casts import reconcile_casts


@pass_("reconcile-unrealized-casts")
def reconcile_unrealized_casts(op: Operation, context: PassContext) -> None:
    """Removes the casts inside `op` that undo each other or are unused."""
    if not reconcile_casts(op):
        context.preserve_all()

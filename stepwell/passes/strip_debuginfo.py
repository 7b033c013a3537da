"""Makes all locations unknown.

Needs: nothing. Keeps: everything but locations.
"""

from __future__ import annotations

from stepwell.ir.location import UNKNOWN
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_


@pass_("strip-debuginfo", on="any", title="StripDebugInfo")
def strip_debuginfo(op: Operation, context: PassContext) -> None:
    """Strip debug info from all operations."""
    for inner in walk(op):
        inner._location = UNKNOWN
        for region in inner.regions:
            for block in region:
                for argument in block.args:
                    argument._location = UNKNOWN
    context.preserve_all()

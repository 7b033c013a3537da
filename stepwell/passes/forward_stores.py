"""Keep in values what is stored only to be loaded again

    memref.store %x, %m[%i]                     memref.store %x, %m[%i]
    %0 = memref.load %m[%i]              ->     scf.for iter_args carries the sum
    scf.for ... { %m[%i] += "a"() }             memref.store %sum, %m[%i]

Loads of what the same block stored or loaded before use that value, and so do loads in loops after
it that leave the place alone; a store that another follows unread goes; a loop that updates one
place carries its value; memory that nothing reads goes. Places are the same if their indices are
the same values.

Needs: memrefs, scf. Keeps: values.
"""

from __future__ import annotations

from stepwell.dialects.memref.allocation import AllocOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.ir.operation import Operation, walk, walk_post_order
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.forwarding.accumulators import carry_accumulators
from stepwell.passes.forwarding.blocks import erase_unread, forward_in_block


@pass_("forward-stores", on="any")
def forward_stores(op: Operation, context: PassContext) -> None:
    """Keeps in values what is stored to be loaded again, inside `op`."""
    for loop in [one for one in walk_post_order(op) if isinstance(one, ForOp)]:
        carry_accumulators(loop)
    blocks = [block for holder in walk(op) for region in holder.regions for block in region]
    gone = sum(forward_in_block(block) for block in blocks)
    for alloc in [one for one in walk(op) if isinstance(one, AllocOp)]:
        erase_unread(alloc)
    context.statistic("num-forwarded", "Number of loads and stores removed", gone)

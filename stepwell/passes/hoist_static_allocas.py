"""Make stack memory of loops memory of the function

    scf.for %i = ... { %m = memref.alloca() : memref<256xf32> ... }
    scf.for %j = ... { %n = memref.alloca() : memref<256xf32> ... }
->
    %m = memref.alloca() : memref<256xf32>
    scf.for %i = ... { ... }                      // both loops use %m
    scf.for %j = ... { ... }

Machine code gives stack memory back when the function returns, so that an allocation in a loop
would use up the stack. Memory whose size is known moves to the beginning of the function; loops
that run one after the other share what is alike.

Needs: parallel loops that run on one thread, as they do after `convert-scf-parallel-to-threads`.
Keeps: values.
"""

from __future__ import annotations

from stepwell.dialects.func.ops import FuncOp
from stepwell.dialects.memref.allocation import AllocaOp
from stepwell.dialects.scf.branches import IfOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.parallel import ParallelOp
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_

Kind = tuple[Type, Attribute | None]


@pass_("hoist-static-allocas", on="any")
def hoist_static_allocas(op: Operation, context: PassContext) -> None:
    """Hoists the static `memref.alloca` ops of loops, in every function inside `op`."""
    for function in [one for one in walk(op) if isinstance(one, FuncOp)]:
        if not function.is_declaration:
            moved = _hoist(function)
            context.statistic("num-hoisted", "Number of allocations hoisted", moved)


def _hoist(function: FuncOp) -> int:
    shared: dict[Kind, list[AllocaOp]] = {}
    counts: dict[tuple[Operation, Kind], int] = {}
    start = function.body.entry.first
    moved = 0
    for op in [one for one in walk(function) if isinstance(one, AllocaOp)]:
        around = _outermost_loop(op, function)
        if around is None or op.operands:
            continue
        kind = op.memref.type, op.properties.get("alignment")
        number = counts.get((around, kind), 0)
        counts[around, kind] = number + 1
        alike = shared.setdefault(kind, [])
        if number < len(alike):
            op.replace_all_uses_with(alike[number])
            op.erase()
        else:
            alike.append(op)
            if op is not start and start is not None:
                op.move_before(start)
        moved += 1
    return moved


def _outermost_loop(op: AllocaOp, function: FuncOp) -> Operation | None:
    """The loop around `op` that stands in the function's body; None if there is something else
    around it, or no loop."""
    found: Operation | None = None
    loops = False
    for around in op.ancestors():
        if around is function:
            return found if loops else None
        if not isinstance(around, ForOp | ParallelOp | IfOp):
            return None
        loops = loops or not isinstance(around, IfOp)
        found = around
    return None

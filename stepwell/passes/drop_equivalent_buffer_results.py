"""Remove MemRef return values that are equivalent to a bbArg

    func.func private @f(%a: memref<4xf32>) -> memref<4xf32> { return %a }
    // -> func.func private @f(%a: memref<4xf32>) { return }, and callers use what they passed

Only in private functions with a body and one `return`; casts in between are made in the caller.

Needs: nothing. Keeps: values, memory.
"""

from __future__ import annotations

from stepwell.dialects.func.ops import CallOp, FuncOp, ReturnOp
from stepwell.ir.attributes import TypeAttr
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import FunctionType
from stepwell.ir.value import BlockArgument, Value
from stepwell.passes.bufferize import buffer_ops


@pass_("drop-equivalent-buffer-results", on="builtin.module")
def drop_equivalent_buffer_results(op: Operation, context: PassContext) -> None:
    """Drops the results of all private functions in the module `op` that are their arguments."""
    calls = [found for found in walk(op) if isinstance(found, CallOp)]
    for function in [found for found in walk(op) if isinstance(found, FuncOp)]:
        ends = [block.last for block in function.body.blocks]
        returns = [end for end in ends if isinstance(end, ReturnOp)]
        private = getattr(function.get_attribute("sym_visibility"), "value", "") == "private"
        if not private or len(returns) != 1:
            continue
        dropped = _equivalent(function, returns[0])
        if dropped:
            _drop(function, returns[0], dropped)
            mine = [call for call in calls if call.callee.root == function.sym_name.value]
            calls = [call for call in calls if call.callee.root != function.sym_name.value]
            calls += [_call_without(call, dropped) for call in mine]


def _equivalent(function: FuncOp, end: ReturnOp) -> dict[int, int]:
    """The results that are an argument, perhaps cast, by number."""
    found = {}
    for number, value in enumerate(end.operands):
        value = _before_casts(value)
        if isinstance(value, BlockArgument) and value.owner is function.body.entry:
            found[number] = value.index
    return found


def _before_casts(value: Value) -> Value:
    while value.defining_op is not None and value.defining_op.name == "memref.cast":
        value = value.defining_op._operands[0]
    return value


def _drop(function: FuncOp, end: ReturnOp, dropped: dict[int, int]) -> None:
    kept = [n for n in range(end.num_operands) if n not in dropped]
    end.set_operands([end._operands[n] for n in kept])
    type = function.type
    results = tuple(type.results[n] for n in kept)
    function.properties["function_type"] = TypeAttr(FunctionType(type.inputs, results))


def _call_without(call: CallOp, dropped: dict[int, int]) -> CallOp:
    """The call with fewer results; those that are gone are what was passed."""
    rewriter = Rewriter()
    rewriter.start_at(call)
    kept = [n for n in range(len(call.results)) if n not in dropped]
    types = [call.results[n].type for n in kept]
    made = CallOp.create(call.operands, types, dict(call.properties), dict(call.attributes))
    rewriter.insert(made)
    values: list[Value] = []
    following = iter(made.results)
    for number, result in enumerate(call.results):
        if number in dropped:
            passed = call._operands[dropped[number]]
            values.append(buffer_ops.cast(rewriter, passed, result.type))
        else:
            values.append(next(following))
    rewriter.replace(call, values)
    return made

"""Converts memref-typed function results to out-params

    func.func private @f() -> memref<4xf32> {      func.func private @f(%out: memref<4xf32>) {
      %0 = memref.alloc() : memref<4xf32>     ->     %0 = memref.alloc() : memref<4xf32>
      return %0 : memref<4xf32>                      memref.copy %0, %out
    }                                                return
                                                   }

Callers allocate the result. Functions without a body stay.

Needs: results in row-major order. Keeps: values.
"""

from __future__ import annotations

from dataclasses import dataclass

from stepwell.dialects.func.ops import CallOp, FuncOp, ReturnOp
from stepwell.dialects.memref.allocation import AllocOp
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import UNIT, ArrayAttr, DictionaryAttr, TypeAttr
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC, FunctionType, MemRefType
from stepwell.ir.value import BlockArgument, Value
from stepwell.passes.bufferize import buffer_ops


@dataclass(slots=True)
class _Options:
    add_attribute: bool
    hoist_static: bool
    hoist_dynamic: bool


@pass_("buffer-results-to-out-params", on="builtin.module")
def buffer_results_to_out_params(
    op: Operation,
    context: PassContext,
    *,
    add_result_attr: bool = False,
    hoist_static_allocs: bool = False,
    hoist_dynamic_allocs: bool = False,
    modify_public_functions: bool = False,
) -> None:
    """Converts the private functions of the module `op`, or all.

    Raises:
        VerifyError: a result has a layout, or a size that callers do not know.
    """
    options = _Options(add_result_attr, hoist_static_allocs, hoist_dynamic_allocs)
    sizes: dict[str, dict[int, list[int]]] = {}
    for function in [found for found in walk(op) if isinstance(found, FuncOp)]:
        private = getattr(function.get_attribute("sym_visibility"), "value", "") == "private"
        if not function.is_declaration and (private or modify_public_functions):
            sizes[function.sym_name.value] = _convert(function, options)
    for call in [found for found in walk(op) if isinstance(found, CallOp)]:
        if call.callee.root in sizes:
            _convert_call(call, sizes[call.callee.root])


def _convert(function: FuncOp, options: _Options) -> dict[int, list[int]]:
    """Returns, for results whose allocation callers can make, the arguments that are its sizes."""
    type = function.type
    numbers = [n for n, result in enumerate(type.results) if isinstance(result, MemRefType)]
    for number in numbers:
        if getattr(type.results[number], "layout", None) is not None:
            raise function.error("cannot create out param for result with unsupported layout")
    if not numbers:
        return {}
    entry = function.body.entry
    before = len(entry.args)
    outs = [entry.add_argument(type.results[number]) for number in numbers]
    known: dict[int, list[int]] = {}
    for block in function.body.blocks:
        if isinstance(block.last, ReturnOp):
            _convert_return(block.last, dict(zip(numbers, outs, strict=True)), options, known)
    kept = tuple(r for n, r in enumerate(type.results) if n not in numbers)
    grown = FunctionType(entry.arg_types, kept)
    function.properties["function_type"] = TypeAttr(grown)
    if options.add_attribute:
        _mark(function, before)
    return known


def _mark(function: FuncOp, first: int) -> None:
    stated = function.arg_attrs
    old: list[Attribute] = list(stated.values) if isinstance(stated, ArrayAttr) else []
    old += [DictionaryAttr.of({})] * (first - len(old))
    new = [DictionaryAttr.of({"bufferize.result": UNIT})] * (len(function.body.args) - first)
    function.properties["arg_attrs"] = ArrayAttr((*old, *new))


def _convert_return(
    end: ReturnOp,
    outs: dict[int, BlockArgument],
    options: _Options,
    known: dict[int, list[int]],
) -> None:
    rewriter = Rewriter()
    rewriter.start_at(end)
    returned = end.operands
    end.set_operands([value for n, value in enumerate(returned) if n not in outs])
    for number, out in outs.items():
        maker = returned[number].defining_op
        sizes = _argument_sizes(maker)
        if isinstance(maker, AllocOp) and sizes is not None and _hoists(maker, options):
            known[number] = sizes
            rewriter.replace(maker, [out])
        else:
            buffer_ops.copy(rewriter, returned[number], out)


def _hoists(op: AllocOp, options: _Options) -> bool:
    return options.hoist_dynamic if DYNAMIC in op.type.shape else options.hoist_static


def _argument_sizes(op: Operation | None) -> list[int] | None:
    """The numbers of the function's arguments that are the dynamic sizes of an allocation."""
    if not isinstance(op, AllocOp):
        return None
    found = []
    for size in op.dynamicSizes:
        if not isinstance(size, BlockArgument) or not isinstance(size.owner.parent_op, FuncOp):
            return None
        found.append(size.index)
    return found


def _convert_call(call: CallOp, known: dict[int, list[int]]) -> None:
    rewriter = Rewriter()
    rewriter.start_at(call)
    buffers: dict[int, Value] = {}
    for number, result in enumerate(call.results):
        type = result.type
        if isinstance(type, MemRefType):
            if DYNAMIC in type.shape and number not in known:
                raise call.error("cannot create out param for dynamically shaped result")
            sizes = [call._operands[n] for n in known.get(number, ())]
            buffers[number] = buffer_ops.alloc(rewriter, type, sizes, 0)
    if not buffers:
        return
    types: list[Type] = [r.type for n, r in enumerate(call.results) if n not in buffers]
    operands = [*call.operands, *buffers.values()]
    made = rewriter.insert(
        CallOp.create(operands, types, dict(call.properties), dict(call.attributes))
    )
    rest = iter(made.results)
    values = [buffers[n] if n in buffers else next(rest) for n in range(len(call.results))]
    rewriter.replace(call, values)

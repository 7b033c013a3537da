"""Functions: arguments, calls and results, and the analysis across calls."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.func.ops import CallOp, FuncOp, ReturnOp
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import ArrayAttr, DictionaryAttr, IntegerAttr, TypeAttr
from stepwell.ir.operation import Operation
from stepwell.ir.types import FunctionType, MemRefType
from stepwell.ir.value import BlockArgument, OpResult, Value
from stepwell.passes.bufferize import buffer_ops
from stepwell.passes.bufferize.analysis import Analysis, CallSummary, is_writable
from stepwell.passes.bufferize.bufferizer import DYNAMIC_LAYOUT, IDENTITY, Bufferizer
from stepwell.passes.bufferize.model import Alias, Model, is_tensor, models

WRITABLE = "bufferization.writable"


@models(FuncOp)
class FunctionModel(Model):
    """The function itself: its arguments."""

    def is_writable(self, op: Operation, value: Value, analysis: Analysis) -> bool:
        assert isinstance(op, FuncOp)
        stated = argument_attributes(op, value.index).get(WRITABLE)
        return not (isinstance(stated, IntegerAttr) and stated.value == 0)

    def buffer_type(self, op: Operation, value: Value, bufferizer: Bufferizer) -> Type:
        type = bufferizer.identity_type(value.type)
        conversion = bufferizer.options.function_boundary_type_conversion
        if conversion == IDENTITY or not isinstance(type, MemRefType):
            return type
        return buffer_ops.dynamic_layout(type)

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        """The signature is changed by `bufferize_signature`."""


def argument_attributes(function: FuncOp, index: int) -> dict[str, Attribute]:
    """The attributes of one argument."""
    stated = function.arg_attrs
    if isinstance(stated, ArrayAttr) and index < len(stated.values):
        entry = stated.values[index]
        if isinstance(entry, DictionaryAttr):
            return entry.as_dict()
    return {}


@models(ReturnOp)
class ReturnModel(Model):
    """`return`: hands buffers to the caller."""

    def always_in_place(self, op: Operation, number: int) -> bool:
        return True

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        conversion = bufferizer.options.function_boundary_type_conversion
        values = []
        for number, value in enumerate(op.operands):
            if not is_tensor(value.type):
                values.append(value)
                continue
            buffer = bufferizer.buffer(op, number)
            if conversion == IDENTITY:
                buffer = bufferizer.as_type(buffer, bufferizer.identity_type(value.type))
            elif conversion == DYNAMIC_LAYOUT and isinstance(buffer.type, MemRefType):
                wide = buffer_ops.dynamic_layout(
                    MemRefType(buffer.type.shape, buffer.type.element_type)
                )
                buffer = bufferizer.as_type(buffer, wide)
            values.append(buffer)
        op.set_operands(values)


@models(CallOp)
class CallModel(Model):
    """`call`: what the callee does to its arguments, as far as it is known."""

    def reads(self, op: Operation, number: int, analysis: Analysis) -> bool:
        callee = _callee(op, analysis)
        return callee is None or callee.reads[number]

    def writes(self, op: Operation, number: int, analysis: Analysis) -> bool:
        callee = _callee(op, analysis)
        return callee is None or callee.writes[number]

    def is_writable(self, op: Operation, value: Value, analysis: Analysis) -> bool:
        callee = _callee(op, analysis)
        return callee is None or value.index not in callee.read_only

    def aliases(self, op: Operation, number: int, analysis: Analysis) -> list[Alias]:
        callee = _callee(op, analysis)
        if callee is None:
            return [Alias(result, False) for result in op.results if is_tensor(result.type)]
        return [Alias(op.results[n], same) for n, same in callee.returned[number].items()]

    def buffer_type(self, op: Operation, value: Value, bufferizer: Bufferizer) -> Type:
        callee = _function(op)
        if callee is not None and callee.type.results[value.index] is not value.type:
            return callee.type.results[value.index]
        return bufferizer.identity_type(value.type)

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        callee = _function(op)
        wanted: Sequence[Type] = callee.type.inputs if callee is not None else ()
        values: list[Value] = []
        for number, value in enumerate(op.operands):
            if is_tensor(value.type):
                buffer = bufferizer.buffer(op, number)
                type = wanted[number] if wanted else buffer.type
                if isinstance(type, (types.MemRefType, types.UnrankedMemRefType)):
                    buffer = bufferizer.as_type(buffer, type)
                value = buffer
            values.append(value)
        results = [
            bufferizer.buffer_type(result) if is_tensor(result.type) else result.type
            for result in op.results
        ]
        made = bufferizer.rewriter.insert(
            CallOp.create(values, results, dict(op.properties), dict(op.attributes))
        )
        bufferizer.replace(op, made.results)


def _function(op: Operation) -> FuncOp | None:
    """The function that a call names, if it is in the same module."""
    assert isinstance(op, CallOp)
    for holder in op.ancestors():
        if holder.name == "builtin.module":
            for other in holder.regions[0].entry.ops:
                if isinstance(other, FuncOp) and other.sym_name.value == op.callee.root:
                    return other
    return None


def _callee(op: Operation, analysis: Analysis) -> CallSummary | None:
    assert isinstance(op, CallOp)
    callee = analysis.functions.get(op.callee.root)
    return callee.call_summary if callee is not None else None


def summarize(callee: Analysis) -> CallSummary:
    """What callers must know of an analysed function; asked before the function is rewritten."""
    arguments = callee.function.regions[0].args
    reads, writes, returned = [], [], []
    for argument in arguments:
        tensor = is_tensor(argument.type)
        members = callee.aliases.members(argument)
        reads.append(tensor and callee.is_read(argument))
        writes.append(tensor and any(True for _ in callee._writes_in_place(members)))
        returned.append(_returned(argument, callee) if tensor else {})
    return CallSummary(reads, writes, returned, _read_only_results(callee))


def _read_only_results(callee: Analysis) -> frozenset[int]:
    """The numbers of the results that may be constants, say."""
    found: set[int] = set()
    for block in callee.function.regions[0].blocks:
        if isinstance(block.last, ReturnOp):
            for number, value in enumerate(block.last.operands):
                members = callee.aliases.members(value) if is_tensor(value.type) else []
                if any(_is_read_only(member, callee) for member in members):
                    found.add(number)
    return frozenset(found)


def _is_read_only(value: Value, callee: Analysis) -> bool:
    """Whether memory made in the callee must not be written; what callers gave they know about."""
    entry = callee.function.regions[0].first
    is_argument = not isinstance(value, OpResult) and value.owner is entry
    return not is_argument and not is_writable(value, callee)


def _returned(argument: Value, callee: Analysis) -> dict[int, bool]:
    """The numbers of the results that may be `argument`, and whether they are all of it."""
    found: dict[int, bool] = {}
    for block in callee.function.regions[0].blocks:
        if not isinstance(block.last, ReturnOp):
            continue
        for number, value in enumerate(block.last.operands):
            if is_tensor(value.type) and callee.aliases.same(value, argument):
                same = callee.equivalent.same(value, argument)
                found[number] = found.get(number, True) and same
    return found


def bufferize_signature(function: FuncOp, bufferizer: Bufferizer) -> None:
    """Gives the function memrefs for its tensor arguments; see `finish_signature` for results."""
    if function.is_declaration:
        declared = [_boundary_type(t, bufferizer) for t in function.type.inputs]
        results = [_boundary_type(t, bufferizer) for t in function.type.results]
        function.properties["function_type"] = TypeAttr(
            FunctionType(tuple(declared), tuple(results))
        )
        return
    entry = function.body.entry
    for argument in list(entry.args):
        if is_tensor(argument.type):
            made = _insert_like(argument, bufferizer.buffer_type(argument))
            bufferizer.buffers[argument] = made
            bufferizer.dead_arguments.append(argument)


def _insert_like(argument: BlockArgument, type: Type) -> BlockArgument:
    made = argument.owner.insert_argument(argument.index + 1, type)
    made._location, made.name_hint = argument._location, argument.name_hint
    return made


def _boundary_type(type: Type, bufferizer: Bufferizer) -> Type:
    if not is_tensor(type):
        return type
    found = bufferizer.identity_type(type)
    conversion = bufferizer.options.function_boundary_type_conversion
    if conversion == IDENTITY or not isinstance(found, MemRefType):
        return found
    return buffer_ops.dynamic_layout(found)


def finish_signature(function: FuncOp) -> None:
    """Sets the function's type from its block arguments and its `return`."""
    if function.is_declaration:
        return
    results = list(function.type.results)
    for block in function.body.blocks:
        if isinstance(block.last, ReturnOp):
            results = [value.type for value in block.last.operands]
    inputs = function.body.entry.arg_types
    function.properties["function_type"] = TypeAttr(FunctionType(inputs, tuple(results)))
    stated = function.arg_attrs
    if isinstance(stated, ArrayAttr):
        kept = []
        for entry in stated.values:
            items = entry.as_dict() if isinstance(entry, DictionaryAttr) else {}
            items = {k: v for k, v in items.items() if not k.startswith("bufferization.")}
            kept.append(DictionaryAttr.of(items))
        if any(entry.entries for entry in kept):
            function.properties["arg_attrs"] = ArrayAttr(tuple(kept))
        else:
            del function.properties["arg_attrs"]

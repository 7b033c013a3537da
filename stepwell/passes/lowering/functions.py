"""Lowering func: signatures with memrefs taken apart, calls, and wrappers for C.

https://mlir.llvm.org/docs/TargetLLVMIR/#calling-conventions
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.llvm.attributes import Linkage
from stepwell.dialects.llvm.types import LLVMFunctionType, PointerType, StructType, VoidType
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import (
    UNIT,
    ArrayAttr,
    DictionaryAttr,
    SymbolRefAttr,
    TypeAttr,
)
from stepwell.ir.block import Block
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.types import FunctionType, MemRefType, UnrankedMemRefType
from stepwell.ir.value import Value
from stepwell.passes.lowering.descriptor import ALLOCATED, Descriptor, unranked
from stepwell.passes.lowering.emit import symbol_name
from stepwell.passes.lowering.symbols import make_function
from stepwell.passes.lowering.to_llvm import LLVMRewriter
from stepwell.passes.lowering.unranked_results import copies_to_heap, copies_to_stack

FUNC = ConversionPatterns()
C_INTERFACE = "llvm.emit_c_interface"
C_PREFIX = "_mlir_ciface_"
_TO_PROPERTY = {
    "llvm.linkage": "linkage",
    "llvm.readnone": "",
    "llvm.always_inline": "always_inline",
    "llvm.no_inline": "no_inline",
    "llvm.optimize_none": "optimize_none",
}


@FUNC.of("func.func", converts=False)
def lower_function(op: Operation, emit: LLVMRewriter) -> bool:
    """func.func -> llvm.func, with its wrapper for C if it asks for one."""
    type = _function_type(op)
    converted = emit.types.function(type)
    if converted is None:
        return False
    made = make_function(emit, symbol_name(op), converted, *_facts(op, type, emit))
    body = op.regions[0]
    if not body.is_empty:
        made.regions[0].take_body(body)
        convert_entry(made.regions[0].entry, type, emit)
    if C_INTERFACE in op.attributes and not emit.types.bare_pointers:
        if made.regions[0].is_empty:
            _call_external_c(made, op, type, emit)
        else:
            _wrap_for_c(made, op, type, emit)
    emit.erase(op)
    return True


def _function_type(op: Operation) -> FunctionType:
    attribute = op.properties["function_type"]
    assert isinstance(attribute, TypeAttr) and isinstance(attribute.value, FunctionType)
    return attribute.value


def _facts(
    op: Operation, type: FunctionType, emit: LLVMRewriter
) -> tuple[dict[str, Attribute], dict[str, Attribute]]:
    """Properties and attributes of the new function."""
    properties: dict[str, Attribute] = {}
    attributes: dict[str, Attribute] = {}
    for name, value in op.attributes.items():
        target = _TO_PROPERTY.get(name)
        if target is None:
            attributes[name] = value
        elif target:
            properties[target] = value
    visibility = op.properties.get("sym_visibility")
    if visibility is not None:
        properties["sym_visibility"] = visibility
    arguments = argument_attributes(op, type, emit)
    if arguments is not None:
        properties["arg_attrs"] = arguments
    results = op.properties.get("res_attrs")
    if isinstance(results, ArrayAttr) and len(type.results) == 1:
        properties["res_attrs"] = results
    return properties, attributes


_OF_POINTERS = (
    "llvm.noalias",
    "llvm.readonly",
    "llvm.writeonly",
    "llvm.nonnull",
    "llvm.dereferenceable",
    "llvm.dereferenceable_or_null",
    "llvm.align",
    "llvm.noundef",
)


def argument_attributes(op: Operation, type: FunctionType, emit: LLVMRewriter) -> ArrayAttr | None:
    """Attributes per parameter; the parts of a memref keep none but with bare pointers."""
    old = op.properties.get("arg_attrs")
    if not isinstance(old, ArrayAttr):
        return None
    found: list[Attribute] = []
    for entry, input in zip(old.values, type.inputs, strict=True):
        parts = emit.types.argument(input) or []
        if len(parts) == 1 and isinstance(entry, DictionaryAttr):
            found.append(entry)
            continue
        assert isinstance(entry, DictionaryAttr)
        kept = {key: value for key, value in entry.entries if key not in _OF_POINTERS}
        found += [DictionaryAttr.of(kept) for _ in parts]
    return ArrayAttr(tuple(found))


def convert_entry(block: Block, type: FunctionType, emit: LLVMRewriter) -> None:
    """Replaces the arguments of the entry block by their parts."""
    anchor = block.first
    old_arguments = list(block.args)
    groups: list[list[Value]] = []
    for old in old_arguments:
        parts = emit.types.argument(old.type)
        assert parts is not None
        group: list[Value] = []
        for part in parts:
            made = block.add_argument(part, old._location)  # type: ignore[arg-type]
            made.name_hint = old.name_hint if len(parts) == 1 else None
            group.append(made)
        groups.append(group)
    with emit.at(block, anchor):
        for old, group in reversed(list(zip(old_arguments, groups, strict=True))):
            if old.has_uses:
                new = from_parts(emit, old.type, group)
                emit.replace_all_uses(old, new, (block, anchor))
    block.erase_arguments(old_arguments)


def from_parts(emit: LLVMRewriter, type: Type, parts: Sequence[Value]) -> Value:
    """The converted value of an argument from the parameters that it became."""
    if isinstance(type, MemRefType):
        if emit.types.bare_pointers:
            return Descriptor.of_static(emit, type, parts[0], parts[0])
        return Descriptor.pack(emit, type, parts)
    if isinstance(type, UnrankedMemRefType):
        return unranked(emit, parts[0], parts[1])
    return parts[0]


def to_parts(emit: LLVMRewriter, type: Type, value: Value) -> list[Value]:
    """The parameters that a converted argument becomes."""
    if isinstance(type, MemRefType):
        if emit.types.bare_pointers:
            return [Descriptor(emit, value).aligned]
        return Descriptor(emit, value).unpack()
    if isinstance(type, UnrankedMemRefType):
        return [emit.extract_value(value, 0), emit.extract_value(value, 1)]
    return [value]


# Returns and calls.


@FUNC.of("func.return")
def lower_return(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> bool:
    """func.return -> llvm.return of the result, or of all results in a struct."""
    function = op.parent_op
    if function is None or function.name != "llvm.func":
        return False
    old_types = op.operand_types
    values = list(operands)
    if emit.types.bare_pointers:
        values = [
            emit.extract_value(value, ALLOCATED) if isinstance(old, MemRefType) else value
            for value, old in zip(values, old_types, strict=True)
        ]
    else:
        values = copies_to_heap(emit, old_types, values)
    return_values(emit, values)
    emit.erase(op)
    return True


def return_values(emit: LLVMRewriter, values: Sequence[Value]) -> None:
    """llvm.return of the value, or of all in a struct."""
    if len(values) > 1:
        packed: Value = emit.poison(StructType(tuple(value.type for value in values)))
        for number, value in enumerate(values):
            packed = emit.insert_value(packed, value, number)
        values = [packed]
    emit.op("llvm.return", values)


@FUNC.of("func.call", "func.call_indirect")
def lower_call(
    op: Operation, operands: Sequence[Value], emit: LLVMRewriter
) -> Sequence[Value] | None:
    """func.call -> llvm.call with memrefs taken apart."""
    result = emit.types.packed_results(op.result_types)
    if result is None:
        return None
    direct = op.name == "func.call"
    arguments: list[Value] = []
    for number, (value, old) in enumerate(zip(operands, op.operand_types, strict=True)):
        is_callee = not direct and number == 0
        if not is_callee and emit.types.argument(old) is None:
            return None
        arguments += [value] if is_callee else to_parts(emit, old, value)
    callee = op.properties.get("callee")
    name = callee.root if isinstance(callee, SymbolRefAttr) else None
    kept = {"no_inline": UNIT} if "no_inline" in op.properties else {}
    called = emit.call(name, arguments, result, dict(kept))
    values: list[Value] = []
    if called is not None:
        count = len(op.results)
        values = [called] if count == 1 else [emit.extract_value(called, n) for n in range(count)]
    if emit.types.bare_pointers:
        return [
            Descriptor.of_static(emit, old, value, value) if isinstance(old, MemRefType) else value
            for value, old in zip(values, op.result_types, strict=True)
        ]
    return copies_to_stack(emit, op.result_types, values)


@FUNC.of("func.constant")
def lower_constant(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Value:
    """func.constant -> llvm.mlir.addressof."""
    return emit.value(
        "llvm.mlir.addressof", (), PointerType(), {"global_name": op.properties["value"]}
    )


# Wrappers for C: memrefs are passed as pointers to their descriptors, and so are their results.


def _c_signature(type: FunctionType, emit: LLVMRewriter) -> tuple[LLVMFunctionType, Type | None]:
    """The type of the wrapper; and what it stores through its first parameter, if anything."""
    result = emit.types.packed_results(type.results)
    assert result is not None
    parameters: list[Type] = []
    through = isinstance(result, StructType)
    if through:
        parameters.append(PointerType())
    for input in type.inputs:
        is_memref = isinstance(input, (MemRefType, UnrankedMemRefType))
        converted = PointerType() if is_memref else emit.types.convert_type(input)
        assert converted is not None
        parameters.append(converted)
    returned: Type = VoidType() if through else result
    return LLVMFunctionType(returned, tuple(parameters)), result if through else None


def _wrap_for_c(
    function: Operation, old: Operation, type: FunctionType, emit: LLVMRewriter
) -> None:
    """Defines `_mlir_ciface_f`, which calls `f`."""
    wrapper_type, through = _c_signature(type, emit)
    name = symbol_name(function)
    assert function.parent is not None
    with emit.at(function.parent, function.next):
        made = make_function(
            emit,
            C_PREFIX + name,
            wrapper_type,
            _wrapper_facts(old, through),
            dict(function.attributes),
        )
    block = Block(wrapper_type.parameters)
    made.regions[0].append(block)
    with emit.at(block, None):
        _call_from_c(block, name, type, through, emit)


def _call_from_c(
    block: Block, name: str, type: FunctionType, through: Type | None, emit: LLVMRewriter
) -> None:
    """The body of a wrapper: calls `name`, and stores its results if they go through memory."""
    incoming: list[Value] = list(block.args)
    target = incoming.pop(0) if through is not None else None
    arguments: list[Value] = []
    for value, input in zip(incoming, type.inputs, strict=True):
        if isinstance(input, (MemRefType, UnrankedMemRefType)):
            converted = emit.types.convert_type(input)
            assert converted is not None
            value = emit.load(value, converted)
        arguments += to_parts(emit, input, value)
    result = emit.types.packed_results(type.results)
    assert result is not None
    called = emit.call(name, arguments, result)
    if target is not None and called is not None:
        emit.store(called, target)
        called = None
    emit.op("llvm.return", [called] if called is not None else [])


def _call_external_c(
    function: Operation, old: Operation, type: FunctionType, emit: LLVMRewriter
) -> None:
    """Defines `f` by a call of the C function `_mlir_ciface_f`, which is declared."""
    wrapper_type, through = _c_signature(type, emit)
    name = C_PREFIX + symbol_name(function)
    assert function.parent is not None
    with emit.at(function.parent, function.next):
        make_function(
            emit, name, wrapper_type, _wrapper_facts(old, through), dict(function.attributes)
        )
    function.properties["linkage"] = Linkage("private")
    converted = emit.types.function(type)
    assert converted is not None
    block = Block(converted.parameters)
    function.regions[0].append(block)
    with emit.at(block, None):
        _forward_to_c(block, name, type, through, wrapper_type.result, emit)


def _forward_to_c(
    block: Block,
    name: str,
    type: FunctionType,
    through: Type | None,
    result: Type,
    emit: LLVMRewriter,
) -> None:
    arguments: list[Value] = []
    if through is not None:
        arguments.append(emit.alloca(emit.index(1), through))
    rest: list[Value] = list(block.args)
    for input in type.inputs:
        count = len(emit.types.argument(input) or ())
        parts, rest = rest[:count], rest[count:]
        value = from_parts(emit, input, parts)
        if isinstance(input, (MemRefType, UnrankedMemRefType)):
            place = emit.alloca(emit.index(1), value.type)
            emit.store(value, place)
            value = place
        arguments.append(value)
    called: Value | None = emit.call(name, arguments, result)
    if through is not None:
        called = emit.load(arguments[0], through)
    emit.op("llvm.return", [called] if called is not None else [])


def _wrapper_facts(old: Operation, through: Type | None) -> dict[str, Attribute]:
    """What a wrapper keeps of the function: its visibility, and attributes per argument."""
    kept: dict[str, Attribute] = {}
    visibility = old.properties.get("sym_visibility")
    if visibility is not None:
        kept["sym_visibility"] = visibility
    attributes = old.properties.get("arg_attrs")
    if isinstance(attributes, ArrayAttr):
        first = (DictionaryAttr(),) if through is not None else ()
        kept["arg_attrs"] = ArrayAttr((*first, *attributes.values))
    return kept

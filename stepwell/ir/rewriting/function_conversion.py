"""Conversion of function signatures: func.func, func.return and func.call.

patterns += function_conversion_patterns()
add_function_legality(target, converter)
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir import dialect
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import ArrayAttr, DictionaryAttr, TypeAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion_rewriter import ConversionRewriter
from stepwell.ir.rewriting.conversion_target import ConversionTarget
from stepwell.ir.rewriting.pattern import Pattern, Rewrite
from stepwell.ir.rewriting.type_converter import TypeConverter
from stepwell.ir.types import FunctionType
from stepwell.ir.value import Value


def function_conversion_patterns(*function_ops: str) -> list[Pattern]:
    """Patterns that convert the types of functions (`func.func` by default), returns and calls."""
    functions = [_op(name) for name in function_ops or ("func.func",)]
    returns, calls = _op("func.return"), _op("func.call")
    return [
        Pattern("convert-function-signature", tuple(functions), _convert_signature, converts=True),
        Pattern("convert-return", (returns,), _convert_operands, converts=True),
        Pattern("convert-call", (calls,), _convert_call, converts=True),
    ]


def add_function_legality(target: ConversionTarget, converter: TypeConverter) -> None:
    """Makes functions, returns and calls legal when their types are."""

    def is_legal_function(op: Operation) -> bool:
        bodies = all(converter.is_legal_region(region) for region in op.regions)
        return bodies and converter.is_legal_signature(signature_of(op))

    target.add_dynamically_legal_op("func.func", legal=is_legal_function)
    target.add_dynamically_legal_op("func.return", "func.call", legal=converter.is_legal_op)


def signature_of(op: Operation) -> FunctionType:
    """The type that a function op's property `function_type` states."""
    stated = op.properties["function_type"]
    assert isinstance(stated, TypeAttr) and isinstance(stated.value, FunctionType)
    return stated.value


def _op(name: str) -> type[Operation]:
    cls = dialect.find_op(name)
    assert cls is not None, name
    return cls


def _convert_signature(
    op: Operation, operands: Sequence[Value], rewriter: ConversionRewriter
) -> Rewrite:
    """Converts a function's type and the arguments of all its blocks."""
    old = signature_of(op)
    inputs = [rewriter.convert_types([type]) for type in old.inputs]
    results = [rewriter.convert_types([type]) for type in old.results]
    for region in op.regions:
        rewriter.convert_region_arguments(region)
    new = FunctionType(tuple(sum(inputs, [])), tuple(sum(results, [])))
    op.properties["function_type"] = TypeAttr(new)
    for name, groups in (("arg_attrs", inputs), ("res_attrs", results)):
        stated = op.properties.get(name)
        if isinstance(stated, ArrayAttr):
            op.properties[name] = _spread(stated, [len(group) for group in groups])
    rewriter.modified(op)
    return True


def _spread(stated: ArrayAttr, sizes: Sequence[int]) -> ArrayAttr:
    """The attributes of values of which each became `sizes` others; kept where it is still one."""
    found: list[Attribute] = []
    for attribute, size in zip(stated.values, sizes, strict=True):
        found += [attribute] if size == 1 else [DictionaryAttr()] * size
    return ArrayAttr(tuple(found))


def _convert_operands(
    op: Operation, operands: Sequence[Value], rewriter: ConversionRewriter
) -> Rewrite:
    """Makes a return hand over the converted values."""
    op.set_operands(operands)
    rewriter.modified(op)
    return True


def _convert_call(
    op: Operation, operands: Sequence[Value], rewriter: ConversionRewriter
) -> Rewrite:
    """Converts the operands and results of a call."""
    groups = [rewriter.convert_types([type]) for type in op.result_types]
    properties = dict(op.properties)
    for name, sizes in (
        ("arg_attrs", [len(rewriter.convert_types([type])) for type in op.operand_types]),
        ("res_attrs", [len(group) for group in groups]),
    ):
        stated = properties.get(name)
        if isinstance(stated, ArrayAttr):
            properties[name] = _spread(stated, sizes)
    made = type(op).create(operands, sum(groups, []), properties, dict(op.attributes) or None)
    rewriter.insert(made)
    replacement: list[list[Value]] = []
    start = 0
    for group in groups:
        replacement.append(list(made.results[start : start + len(group)]))
        start += len(group)
    rewriter.replace(op, replacement)
    return True

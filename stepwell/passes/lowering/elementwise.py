"""Lowering elementwise ops: vectors of several dimensions are taken apart into vectors of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import product

from stepwell.dialects.llvm.attributes import FastMathFlags
from stepwell.dialects.llvm.types import ArrayType
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.enums import FlagsAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.value import Value
from stepwell.passes.lowering.emit import NSW, NUW
from stepwell.passes.lowering.to_llvm import LLVMRewriter

Build = Callable[[Sequence[Value], Sequence[Type]], Sequence[Value]]


def positions(type: Type) -> Iterator[tuple[int, ...]]:
    """The positions of the vectors in nested arrays."""
    sizes = []
    while isinstance(type, ArrayType):
        sizes.append(range(type.size))
        type = type.element_type
    yield from product(*sizes)


def innermost(type: Type) -> Type:
    """The vector type inside nested arrays."""
    while isinstance(type, ArrayType):
        type = type.element_type
    return type


def unrolled(
    emit: LLVMRewriter, operands: Sequence[Value], results: Sequence[Type], build: Build
) -> list[Value]:
    """`build` applied to scalars or vectors, or to each vector of nested arrays.

    Args:
        emit: writes the ops.
        operands: of converted types; scalars among arrays are used for every vector.
        results: the converted types of the results.
        build: gets the operands and the result types of one piece, and gives its results.
    """
    arrays = [value for value in operands if isinstance(value.type, ArrayType)]
    shape: Type = arrays[0].type if arrays else results[0]
    if not isinstance(shape, ArrayType):
        return list(build(operands, results))
    inner = [innermost(type) for type in results]
    made: list[Value] = [emit.poison(type) for type in results]
    for position in positions(shape):
        pieces = [
            emit.extract_value(value, *position) if isinstance(value.type, ArrayType) else value
            for value in operands
        ]
        for number, piece in enumerate(build(pieces, inner)):
            made[number] = emit.insert_value(made[number], piece, *position)
    return made


def converted_results(op: Operation, emit: LLVMRewriter) -> list[Type] | None:
    """The converted types of the results."""
    return emit.types.convert_types(op.result_types)


def fastmath(op: Operation) -> FastMathFlags | None:
    """The fast-math flags of an op, as those of the llvm dialect."""
    flags = op.properties.get("fastmath")
    if not isinstance(flags, FlagsAttr):
        return None
    return FastMathFlags(flags.flags)


def carried(op: Operation) -> dict[str, Attribute]:
    """The llvm properties that say what the flags of an arith op say."""
    found: dict[str, Attribute] = {}
    flags = fastmath(op)
    if flags is not None:
        found["fastmathFlags"] = flags
    overflow = op.properties.get("overflowFlags")
    if isinstance(overflow, FlagsAttr):
        bits = NSW * ("nsw" in overflow.flags) + NUW * ("nuw" in overflow.flags)
        found["overflowFlags"] = IntegerAttr(bits, types.i32)
    if "isExact" in op.properties:
        found["isExact"] = op.properties["isExact"]
    if "nonNeg" in op.properties:
        found["nonNeg"] = op.properties["nonNeg"]
    return found


def elementwise(
    lowerings: ConversionPatterns, table: dict[str, str], extra: dict[str, Attribute] | None = None
) -> None:
    """Registers lowerings of ops that have a counterpart.

    Args:
        lowerings: where.
        table: the llvm op of each op.
        extra: properties that the llvm op gets.
    """
    for source, target in table.items():
        lowerings.of(source, name=f"{source} -> {target}")(_same(target, extra or {}))


def _same(
    target: str, extra: dict[str, Attribute]
) -> Callable[[Operation, Sequence[Value], LLVMRewriter], Rewrite]:
    def lower(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
        results = converted_results(op, emit)
        if results is None or not _keeps_floats(op):
            return None
        properties = carried(op) | extra
        attributes = dict(op.attributes) or None

        def build(pieces: Sequence[Value], inner: Sequence[Type]) -> Sequence[Value]:
            return emit.op(target, pieces, inner, dict(properties), attributes=attributes).results

        return unrolled(emit, operands, results, build)

    return lower


def _keeps_floats(op: Operation) -> bool:
    """Whether no float is of a format that LLVM only knows as bits."""
    for type in (*op.operand_types, *op.result_types):
        element = types.element_type_or_self(type)
        if isinstance(element, types.FloatType) and element.width <= 8:
            return False
    return True

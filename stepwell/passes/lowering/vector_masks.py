"""Lowering vector: masks."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr, FloatAttr, IntegerAttr
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.types import VectorType
from stepwell.ir.value import Value
from stepwell.passes.lowering.to_llvm import LLVMRewriter
from stepwell.passes.lowering.vector_rows import (
    Position,
    from_rows,
    ints,
    kind_of,
    numbers,
    row_positions,
    shape_of,
    splat,
)

MASKS = ConversionPatterns()


def _result(op: Operation, emit: LLVMRewriter) -> Type:
    found = emit.types.convert_type(op.results[0].type)
    assert found is not None
    return found


@MASKS.of("vector.create_mask")
def lower_create_mask(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.create_mask: element numbers compared with the bounds"""
    shape = shape_of(op.result.type)
    type = _result(op, emit)
    steps = numbers(emit, list(range(shape[-1])), emit.types.index)
    full = emit.icmp("slt", steps, splat(emit, operands[-1], steps.type))
    none = numbers(emit, [0] * shape[-1], types.i1)
    rows: dict[Position, Value] = {}
    for at in row_positions(shape):
        found: Value = full
        for bound, number in zip(operands, at, strict=False):
            found = emit.select(emit.icmp("slt", emit.index(number), bound), found, none)
        rows[at] = found
    return from_rows(emit, type, rows)


@MASKS.of("vector.constant_mask")
def lower_constant_mask(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.constant_mask -> constants"""
    shape, bounds = shape_of(op.result.type), ints(op, "mask_dim_sizes")
    full = [int(n < bounds[-1]) for n in range(shape[-1])]
    rows: dict[Position, Value] = {}
    for at in row_positions(shape):
        inside = all(n < bound for n, bound in zip(at, bounds, strict=False))
        rows[at] = numbers(emit, full if inside else [0] * shape[-1], types.i1)
    return from_rows(emit, _result(op, emit), rows)


@MASKS.of("vector.mask", converts=False)
def lower_mask(op: Operation, emit: LLVMRewriter) -> Rewrite:
    """vector.mask: the op inside, given the mask or neutral elements in its place"""
    block = op.regions[0].entry
    inner = block.first
    if inner is None:
        return None
    if inner is block.last:
        return list(inner.operands)
    masking = _MASKING.get(inner.name)
    if masking is None:
        return None
    otherwise = op.operands[1] if op.num_operands > 1 else None
    emit.move_before(inner, op)
    masking(emit, inner, op.operands[0], otherwise)
    last = block.last
    assert last is not None
    return list(last.operands)


def _mask_transfer(emit: LLVMRewriter, op: Operation, mask: Value, otherwise: Value | None) -> None:
    sizes = op.properties["operandSegmentSizes"]
    assert isinstance(sizes, DenseArrayAttr)
    op.set_operands([*op.operands, mask])
    op.properties["operandSegmentSizes"] = DenseArrayAttr.i32((*sizes.ints[:-1], 1))


def _mask_gather(emit: LLVMRewriter, op: Operation, mask: Value, otherwise: Value | None) -> None:
    number = op.num_operands - 2
    emit.start_at(op)
    both = emit.value("arith.andi", (op.operands[number], mask), mask.type)
    op.set_operand(number, both)


def _neutral(kind: str, type: Type) -> Attribute:
    """The scalar that changes nothing when it is combined."""
    if isinstance(type, types.FloatType):
        number = {
            "add": -0.0,
            "mul": 1.0,
            "minnumf": float("nan"),
            "maxnumf": float("nan"),
            "minimumf": float("inf"),
            "maximumf": float("-inf"),
        }[kind]
        return FloatAttr.of(number, type)
    width = type.width if isinstance(type, types.IntegerType) else 64
    largest = (1 << (width - 1)) - 1
    integers = {
        "mul": 1,
        "and": -1,
        "minui": -1,
        "minsi": largest,
        "maxsi": -largest - 1,
    }
    return IntegerAttr(integers.get(kind, 0), type)


def _mask_reduction(
    emit: LLVMRewriter, op: Operation, mask: Value, otherwise: Value | None
) -> None:
    """Elements that are masked off become neutral."""
    source = op.operands[0]
    type = source.type
    assert isinstance(type, VectorType)
    emit.start_at(op)
    dense = DenseElementsAttr.splat(_neutral(kind_of(op), type.element_type), type)
    neutral = emit.value("arith.constant", (), type, {"value": dense})
    op.set_operand(0, emit.value("arith.select", (mask, source, neutral), type))


_MASKING = {
    "vector.transfer_read": _mask_transfer,
    "vector.transfer_write": _mask_transfer,
    "vector.gather": _mask_gather,
    "vector.scatter": _mask_gather,
    "vector.reduction": _mask_reduction,
    "vector.multi_reduction": _mask_reduction,
}

"""Vectors of several dimensions as rows: nested arrays whose innermost parts are LLVM vectors."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import product

import numpy as np

from stepwell.dialects.llvm.attributes import FastMathFlags
from stepwell.dialects.llvm.types import ArrayType
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import ArrayAttr, DenseArrayAttr, IntegerAttr
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.operation import Operation
from stepwell.ir.types import VectorType
from stepwell.ir.value import Value
from stepwell.passes.lowering.to_llvm import LLVMRewriter

Position = tuple[int, ...]


def vector_type(value: Value) -> VectorType:
    """The type of a value that is a vector."""
    assert isinstance(value.type, VectorType)
    return value.type


def shape_of(type: Type) -> tuple[int, ...]:
    """The sizes of a vector type; a vector without dimensions has one element."""
    return (type.shape or (1,)) if isinstance(type, VectorType) else ()


def row_positions(shape: Sequence[int]) -> list[Position]:
    """The positions of the rows."""
    return list(product(*(range(size) for size in shape[:-1])))


def all_positions(shape: Sequence[int]) -> list[Position]:
    """The positions of the elements."""
    return list(product(*(range(size) for size in shape)))


def row(emit: LLVMRewriter, value: Value, position: Position) -> Value:
    """A row, or what else stands at a position that does not reach into rows."""
    return emit.extract_value(value, *position) if position else value


def element(emit: LLVMRewriter, value: Value, position: Position) -> Value:
    """One element."""
    return emit.element(row(emit, value, position[:-1]), position[-1])


def rows_of(emit: LLVMRewriter, value: Value, shape: Sequence[int]) -> dict[Position, Value]:
    """All rows."""
    return {position: row(emit, value, position) for position in row_positions(shape)}


def from_rows(emit: LLVMRewriter, type: Type, rows: Mapping[Position, Value]) -> Value:
    """The converted vector (`type`) with these rows."""
    if not isinstance(type, ArrayType):
        return rows[()]
    made: Value = emit.poison(type)
    for position, value in rows.items():
        made = emit.insert_value(made, value, *position)
    return made


def from_elements(
    emit: LLVMRewriter, shape: Sequence[int], type: Type, get: Callable[[Position], Value]
) -> Value:
    """The converted vector whose elements `get` gives."""
    inner = innermost_type(type)
    rows: dict[Position, Value] = {}
    for position in row_positions(shape):
        made: Value = emit.poison(inner)
        for last in range(shape[-1]):
            made = emit.set_element(made, get((*position, last)), last)
        rows[position] = made
    return from_rows(emit, type, rows)


def innermost_type(type: Type) -> Type:
    """The type of the rows."""
    while isinstance(type, ArrayType):
        type = type.element_type
    return type


def splat(emit: LLVMRewriter, value: Value, type: Type) -> Value:
    """A row (of LLVM vector type `type`) whose elements are all `value`."""
    made = emit.value("llvm.insertelement", (emit.poison(type), value, emit.i32(0)), type)
    size = shape_of(type)[0]
    return made if size == 1 else shuffle(emit, made, made, [0] * size)


def shuffle(emit: LLVMRewriter, a: Value, b: Value, mask: Sequence[int]) -> Value:
    """`llvm.shufflevector`."""
    type = vector_type(a)
    result = VectorType((len(mask),), type.element_type)
    return emit.value("llvm.shufflevector", (a, b), result, {"mask": DenseArrayAttr.i32(mask)})


def numbers(emit: LLVMRewriter, values: Sequence[int], element: Type) -> Value:
    """A constant row of integers."""
    type = VectorType((len(values),), element)
    dense = DenseElementsAttr.from_numpy(np.array(values, np.int64), type)
    return emit.literal(dense, type)


def ints(op: Operation, name: str) -> tuple[int, ...]:
    """A list of integers among the properties."""
    found = op.properties[name]
    if isinstance(found, DenseArrayAttr):
        return found.ints
    assert isinstance(found, ArrayAttr)
    return tuple(item.value for item in found.values if isinstance(item, IntegerAttr))


def kind_of(op: Operation) -> str:
    """The combining kind: "add", "maximumf", ..."""
    return str(getattr(op.properties["kind"], "value", ""))


_FLOAT = {
    "add": "llvm.fadd",
    "mul": "llvm.fmul",
    "minnumf": "llvm.intr.minnum",
    "maxnumf": "llvm.intr.maxnum",
    "minimumf": "llvm.intr.minimum",
    "maximumf": "llvm.intr.maximum",
}
_INTEGER = {
    "add": "llvm.add",
    "mul": "llvm.mul",
    "minui": "llvm.intr.umin",
    "minsi": "llvm.intr.smin",
    "maxui": "llvm.intr.umax",
    "maxsi": "llvm.intr.smax",
    "and": "llvm.and",
    "or": "llvm.or",
    "xor": "llvm.xor",
}


def combine(
    emit: LLVMRewriter, kind: str, a: Value, b: Value, flags: FastMathFlags | None = None
) -> Value:
    """Two scalars or rows combined by a kind of reduction."""
    is_float = is_float_like(a.type)
    name = (_FLOAT if is_float else _INTEGER)[kind]
    given: dict[str, Attribute] | None = None
    if is_float and flags is not None:
        given = {"fastmathFlags": flags}
    return emit.value(name, (a, b), a.type, given)


def is_float_like(type: Type) -> bool:
    """Whether a scalar or row is of floats."""
    return isinstance(types.element_type_or_self(type), types.FloatType)


def splat_to(emit: LLVMRewriter, scalar: Value, type: Type) -> Value:
    """A converted vector of any shape whose elements are all `scalar`."""
    filled = splat(emit, scalar, innermost_type(type))
    if not isinstance(type, ArrayType):
        return filled
    shape: list[int] = []
    part: Type = type
    while isinstance(part, ArrayType):
        shape.append(part.size)
        part = part.element_type
    return from_rows(emit, type, {position: filled for position in all_positions(shape)})

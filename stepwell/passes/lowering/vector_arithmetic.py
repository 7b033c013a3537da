"""Lowering vector: sums and products."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

from stepwell.dialects.llvm.attributes import FastMathFlags
from stepwell.ir import types
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import ArrayAttr, IntegerAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.types import VectorType
from stepwell.ir.value import Value
from stepwell.passes.lowering.elementwise import elementwise, fastmath
from stepwell.passes.lowering.to_llvm import LLVMRewriter
from stepwell.passes.lowering.vector_rows import (
    Position,
    combine,
    element,
    from_elements,
    from_rows,
    innermost_type,
    ints,
    is_float_like,
    kind_of,
    row,
    row_positions,
    rows_of,
    shape_of,
    splat,
)

ARITHMETIC = ConversionPatterns()
elementwise(ARITHMETIC, {"vector.fma": "llvm.intr.fma"})

_REDUCE_INTEGER = {
    "add": "add",
    "mul": "mul",
    "minui": "umin",
    "minsi": "smin",
    "maxui": "umax",
    "maxsi": "smax",
    "and": "and",
    "or": "or",
    "xor": "xor",
}
_REDUCE_FLOAT = {
    "minnumf": "fmin",
    "maxnumf": "fmax",
    "minimumf": "fminimum",
    "maximumf": "fmaximum",
}


def reduce_row(
    emit: LLVMRewriter,
    kind: str,
    value: Value,
    start: Value | None,
    flags: FastMathFlags | None = None,
) -> Value:
    """The elements of a row combined, with `start` first if it is given."""
    scalar = types.element_type_or_self(value.type)
    if not is_float_like(scalar):
        name = f"llvm.intr.vector.reduce.{_REDUCE_INTEGER[kind]}"
        found: Value = emit.value(name, (value,), scalar)
        return found if start is None else combine(emit, kind, start, found)
    if emit.options.get("reassociate-fp-reductions"):
        flags = FastMathFlags((*(flags.flags if flags else ()), "reassoc"))
    given: dict[str, Attribute] = {"fastmathFlags": flags} if flags is not None else {}
    if kind in _REDUCE_FLOAT:
        name = f"llvm.intr.vector.reduce.{_REDUCE_FLOAT[kind]}"
        found = emit.value(name, (value,), scalar, given)
        return found if start is None else combine(emit, kind, found, start, flags)
    first = emit.number(0.0 if kind == "add" else 1.0, scalar) if start is None else start
    return emit.value(f"llvm.intr.vector.reduce.f{kind}", (first, value), scalar, given)


@ARITHMETIC.of("vector.reduction")
def lower_reduction(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.reduction -> llvm.intr.vector.reduce.*"""
    start = operands[1] if len(operands) > 1 else None
    return reduce_row(emit, kind_of(op), operands[0], start, fastmath(op))


@ARITHMETIC.of("vector.multi_reduction")
def lower_multi_reduction(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.multi_reduction: rows combined with each other, or each within itself"""
    shape, kind = shape_of(op.operands[0].type), kind_of(op)
    dims = set(ints(op, "reduction_dims"))
    last = len(shape) - 1
    if not dims:
        return _combined(op, operands, emit)
    kept = [dim for dim in range(len(shape)) if dim not in dims]
    parts: dict[Position, Value] = {}
    target = shape_of(op.result.type)
    for at, source in rows_of(emit, operands[0], shape).items():
        where = tuple(at[dim] for dim in kept if dim != last)
        if where not in parts:
            parts[where] = _start(emit, operands[1], where, target)
        if last in dims:
            parts[where] = reduce_row(emit, kind, source, parts[where], fastmath(op))
        else:
            parts[where] = combine(emit, kind, source, parts[where], fastmath(op))
    if not target:
        return parts[()]
    type = _result(op, emit)
    if last in dims:
        return from_elements(emit, target, type, lambda at: parts[at])
    return from_rows(emit, type, parts)


def _combined(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Value:
    a, b = operands
    rows = {
        at: combine(emit, kind_of(op), row(emit, a, at), row(emit, b, at), fastmath(op))
        for at in row_positions(shape_of(op.result.type))
    }
    return from_rows(emit, _result(op, emit), rows)


def _start(emit: LLVMRewriter, accumulator: Value, where: Position, shape: Sequence[int]) -> Value:
    """What a result starts from: a scalar, an element or a row of the accumulator."""
    if not shape:
        return accumulator
    if len(where) == len(shape):
        return element(emit, accumulator, where)
    return row(emit, accumulator, where)


def _result(op: Operation, emit: LLVMRewriter, number: int = 0) -> Type:
    found = emit.types.convert_type(op.results[number].type)
    assert found is not None
    return found


def multiply_add(
    emit: LLVMRewriter,
    kind: str,
    a: Value,
    b: Value,
    accumulator: Value | None,
    flags: FastMathFlags | None = None,
) -> Value:
    """a * b combined with the accumulator; one instruction for a sum of floats."""
    if is_float_like(a.type) and kind == "add" and accumulator is not None:
        return emit.intrinsic("fma", (a, b, accumulator), a.type, flags)
    both = combine(emit, "mul", a, b, flags)
    return both if accumulator is None else combine(emit, kind, both, accumulator, flags)


@ARITHMETIC.of("vector.outerproduct")
def lower_outerproduct(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.outerproduct: each element of the left side times the right side"""
    left, right, *rest = operands
    kind = kind_of(op)
    if not isinstance(op.operands[1].type, VectorType):
        spread = splat(emit, right, left.type)
        return multiply_add(emit, kind, left, spread, rest[0] if rest else None)
    rows: dict[Position, Value] = {}
    for number in range(shape_of(left.type)[0]):
        scalar = splat(emit, emit.element(left, number), right.type)
        start = emit.extract_value(rest[0], number) if rest else None
        rows[(number,)] = multiply_add(emit, kind, scalar, right, start)
    return from_rows(emit, _result(op, emit), rows)


@ARITHMETIC.of("vector.scan")
def lower_scan(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.scan: running results along a dimension"""
    shape = shape_of(op.operands[0].type)
    dim = op.properties["reduction_dim"]
    inclusive = op.properties["inclusive"]
    assert isinstance(dim, IntegerAttr) and isinstance(inclusive, IntegerAttr)
    rest = [size for n, size in enumerate(shape) if n != dim.value]
    found: dict[Position, Value] = {}
    running: dict[Position, Value] = {}
    for at in product(*(range(size) for size in rest)):
        total: Value = element(emit, operands[1], at or (0,))
        for step in range(shape[dim.value]):
            where = (*at[: dim.value], step, *at[dim.value :])
            item = element(emit, operands[0], where)
            if inclusive.value:
                total = item if not step else combine(emit, kind_of(op), total, item)
                found[where] = total
            else:
                found[where] = total
                total = combine(emit, kind_of(op), total, item)
        last = (*at[: dim.value], shape[dim.value] - 1, *at[dim.value :])
        running[at or (0,)] = found[last]
    whole = from_elements(emit, shape, _result(op, emit), lambda at: found[at])
    carry = from_elements(emit, tuple(rest) or (1,), _result(op, emit, 1), lambda at: running[at])
    return [whole, carry]


# Contractions.


class Contraction:
    """A `vector.contract`: which dimensions of the iteration space each side has."""

    def __init__(self, op: Operation, operands: Sequence[Value]) -> None:
        maps = op.properties["indexing_maps"]
        kinds = op.properties["iterator_types"]
        assert isinstance(maps, ArrayAttr) and isinstance(kinds, ArrayAttr)
        self.dims = [
            list(m.map.dim_positions or ()) for m in maps.values if isinstance(m, AffineMapAttr)
        ]
        self.left, self.right, self.accumulator = operands[:3]
        self.kind = kind_of(op)
        self.flags = fastmath(op)
        self.count = len(kinds.values)
        self.sizes = [1] * self.count
        for dims, value in zip(self.dims[:2], op.operands[:2], strict=True):
            for dim, size in zip(dims, shape_of(value.type), strict=True):
                self.sizes[dim] = size
        self.result_shape = shape_of(op.result.type)

    def reductions(self) -> list[int]:
        """The dimensions that the result lacks."""
        return [dim for dim in range(self.count) if dim not in self.dims[2]]

    def vector_dim(self) -> int | None:
        """A dimension that the rows of the result and of a side have in common, if any works."""
        if not self.dims[2]:
            return None
        last = self.dims[2][-1]
        sides = [dims for dims in self.dims[:2] if last in dims]
        return last if all(dims[-1] == last for dims in sides) else None


@ARITHMETIC.of("vector.contract")
def lower_contract(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.contract: products of rows if the layout allows it, else of elements"""
    contraction = Contraction(op, operands)
    operands_type = types.element_type_or_self(op.operands[0].type)
    if operands_type is not types.element_type_or_self(op.result.type):
        return None
    type = _result(op, emit)
    dim = contraction.vector_dim()
    parts = _sums(emit, contraction, dim)
    if not contraction.result_shape:
        return parts[()]
    if dim is not None:
        return from_rows(emit, type, parts)
    return from_elements(emit, contraction.result_shape, type, lambda at: parts[at])


def _sums(emit: LLVMRewriter, c: Contraction, vector_dim: int | None) -> dict[Position, Value]:
    """The rows (or elements) of the result, by position."""
    loops = [range(1 if dim == vector_dim else size) for dim, size in enumerate(c.sizes)]
    dot = None if vector_dim is not None else _dot_dim(c)
    if dot is not None:
        loops[dot] = range(1)
    parts: dict[Position, Value] = {}
    known: dict[tuple[int, Position], Value] = {}
    row_dim = vector_dim if vector_dim is not None else dot
    for point in product(*loops):
        where = tuple(point[dim] for dim in c.dims[2] if dim != vector_dim)
        if where not in parts:
            parts[where] = _start(emit, c.accumulator, where, c.result_shape)
        a, b = (
            _factor(emit, known, side, value, c, point, row_dim)
            for side, value in enumerate((c.left, c.right))
        )
        if dot is not None:
            both = combine(emit, "mul", a, b, c.flags)
            parts[where] = reduce_row(emit, c.kind, both, parts[where], c.flags)
        else:
            parts[where] = multiply_add(emit, c.kind, a, b, parts[where], c.flags)
    return parts


def _dot_dim(c: Contraction) -> int | None:
    """A reduction along the rows of both sides."""
    left, right = c.dims[:2]
    if left and right and left[-1] == right[-1] and left[-1] in c.reductions():
        return left[-1]
    return None


def _factor(
    emit: LLVMRewriter,
    known: dict[tuple[int, Position], Value],
    side: int,
    value: Value,
    c: Contraction,
    point: Position,
    row_dim: int | None,
) -> Value:
    """The row or element of a side that a point of the iteration space uses."""
    dims = c.dims[side]
    position = tuple(point[dim] for dim in dims if dim != row_dim)
    key = side, position
    if key not in known:
        if row_dim in dims:
            known[key] = row(emit, value, position)
        else:
            scalar = element(emit, value, position) if dims else value
            row_type = _row_type(c, row_dim)
            known[key] = scalar if row_type is None else splat(emit, scalar, row_type)
    return known[key]


def _row_type(c: Contraction, row_dim: int | None) -> Type | None:
    if row_dim is None:
        return None
    side = c.left if row_dim in c.dims[0] else c.right
    return innermost_type(side.type)

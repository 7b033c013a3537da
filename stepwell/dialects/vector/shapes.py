"""Ops that rearrange the elements of vectors: broadcast, shape_cast, transpose, shuffle, ..."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.constraints import AnyVector, Var
from stepwell.ir.definition import Op
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.fields import operand, prop, result, variadic_operand, variadic_result
from stepwell.ir.interpreter.machine import RuntimeValue
from stepwell.ir.interpreter.scalars import array_of, scalars_of
from stepwell.ir.property_kinds import I64, DenseI64Array
from stepwell.ir.traits import Pure
from stepwell.ir.types import VectorType, dims_of
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.block import Region

V = Var("V", AnyVector)


def vector_type(value: Value) -> VectorType:
    """The type of a value that is a vector."""
    assert isinstance(value.type, VectorType)
    return value.type


def flags_of(type: VectorType) -> tuple[bool, ...]:
    """Which dimensions are scalable."""
    return type.scalable or (False,) * type.rank


class BroadcastOp(Op, name="vector.broadcast", traits=(Pure,)):
    """`%v = vector.broadcast %x : f32 to vector<2x4xf32>`: repeats a value along new dimensions."""

    source = operand()
    vector = result(AnyVector)
    syntax = "$source attr-dict `:` type($source) `to` type($vector)"

    def verify_op(self) -> None:
        source, target = self.source.type, vector_type(self.vector)
        if types.element_type_or_self(source) is not target.element_type:
            raise self.error("source and result element types must match")
        if not isinstance(source, VectorType):
            return
        if source.rank > target.rank:
            raise self.error("source rank higher than destination rank")
        lead = target.rank - source.rank
        for dim, size in enumerate(source.shape):
            if size not in (1, target.shape[lead + dim]):
                raise self.error(f"dimension mismatch ({size} vs. {target.shape[lead + dim]})")

    def evaluate(self, source: RuntimeValue) -> RuntimeValue:
        type = vector_type(self.vector)
        made = np.asarray(source, dtype_of(type.element_type))
        return np.broadcast_to(made, type.shape).copy()

    def fold(self, operands: Sequence[Attribute | None]) -> Value | None:
        """A broadcast to the same type."""
        return self.source if self.source.type is self.vector.type else None


class ShapeCastOp(Op, name="vector.shape_cast", traits=(Pure,)):
    """`%w = vector.shape_cast %v : vector<2x4xf32> to vector<8xf32>`.

    The same elements, row by row.
    """

    source = operand(AnyVector)
    result_ = result(AnyVector)
    syntax = "$source attr-dict `:` type($source) `to` type($result)"

    def verify_op(self) -> None:
        source, target = vector_type(self.source), vector_type(self.results[0])
        if source.element_type is not target.element_type:
            raise self.error("has different source and result element types")
        if source.num_elements != target.num_elements:
            raise self.error(
                f"has different number of elements at source ({source.num_elements}) and result "
                f"({target.num_elements})"
            )

    def evaluate(self, source: RuntimeValue) -> RuntimeValue:
        return source.reshape(dims_of(self.results[0].type))

    def fold(self, operands: Sequence[Attribute | None]) -> Value | None:
        """A cast to the same type, also by way of another one."""
        wanted, source = self.results[0].type, self.source
        while source.type is not wanted and isinstance(source.owner, ShapeCastOp):
            source = source.owner.source
        return source if source.type is wanted else None


class TransposeOp(Op, name="vector.transpose", traits=(Pure,)):
    """`%w = vector.transpose %v, [1, 0] : vector<2x4xf32> to vector<4x2xf32>`."""

    vector = operand(AnyVector)
    permutation = prop(DenseI64Array)
    result_ = result(AnyVector)
    syntax = "$vector `,` $permutation attr-dict `:` type($vector) `to` type($result)"

    def verify_op(self) -> None:
        source, target = vector_type(self.vector), vector_type(self.results[0])
        permutation = self.permutation.ints
        if source.rank != target.rank:
            raise self.error(f"vector result rank mismatch: {target.rank}")
        if len(permutation) != source.rank:
            raise self.error(f"transposition length mismatch: {len(permutation)}")
        if sorted(permutation) != list(range(source.rank)):
            raise self.error("transposition index out of range or duplicate")
        if tuple(source.shape[p] for p in permutation) != target.shape:
            raise self.error("dimension size mismatch")

    def evaluate(self, vector: RuntimeValue) -> RuntimeValue:
        return np.transpose(vector, self.permutation.ints)

    def fold(self, operands: Sequence[Attribute | None]) -> Value | None:
        """A permutation that changes nothing, also together with the one before it."""
        mine = self.permutation.ints
        if mine == tuple(range(len(mine))):
            return self.vector
        source = self.vector.owner
        if isinstance(source, TransposeOp):
            before = source.permutation.ints
            if tuple(before[p] for p in mine) == tuple(range(len(mine))):
                return source.vector
        return None


class ShuffleOp(Op, name="vector.shuffle", traits=(Pure,)):
    """`%s = vector.shuffle %a, %b [0, 5, -1] : vector<4xf32>, vector<4xf32>`.

    Slices along the first dimension of both vectors, one after the other; -1 is poison (here 0).
    """

    v1 = operand(AnyVector)
    v2 = operand(AnyVector)
    mask = prop(DenseI64Array)
    vector = result(AnyVector)
    syntax = "operands $mask attr-dict `:` type(operands)"

    @classmethod
    def infer_result_types(
        cls,
        operands: Sequence[Value],
        properties: dict[str, Attribute],
        regions: Sequence[Region],
    ) -> list[Type]:
        first, mask = vector_type(operands[0]), properties["mask"]
        assert isinstance(mask, DenseArrayAttr)
        return [VectorType((len(mask.values), *first.shape[1:]), first.element_type)]

    def verify_op(self) -> None:
        first, second = vector_type(self.v1), vector_type(self.v2)
        if first.rank != second.rank or first.shape[1:] != second.shape[1:]:
            raise self.error("dimension mismatch")
        if not self.mask.values:
            raise self.error("invalid mask length")
        total = (first.shape or (1,))[0] + (second.shape or (1,))[0]
        for number, index in enumerate(self.mask.ints):
            if not -1 <= index < total:
                raise self.error(f"mask index #{number + 1} out of range")

    def evaluate(self, first: RuntimeValue, second: RuntimeValue) -> RuntimeValue:
        both = np.concatenate([np.atleast_1d(first), np.atleast_1d(second)])
        made = both[[max(index, 0) for index in self.mask.ints]]
        made[[index < 0 for index in self.mask.ints]] = 0
        return made


class BitCastOp(Op, name="vector.bitcast", traits=(Pure,)):
    """`%w = vector.bitcast %v : vector<4xf32> to vector<8xi16>`: the same bits, cut otherwise."""

    source = operand(AnyVector)
    result_ = result(AnyVector)
    syntax = "$source attr-dict `:` type($source) `to` type($result)"

    def verify_op(self) -> None:
        source, target = vector_type(self.source), vector_type(self.results[0])
        if source.shape[:-1] != target.shape[:-1]:
            raise self.error("dimension size mismatch")
        if _row_bits(source) != _row_bits(target):
            raise self.error(
                "source/result bitwidth of the minor 1-D vectors must be equal"
                if source.shape
                else "source/result bitwidth of the 0-D vector element types must be equal"
            )

    def evaluate(self, source: RuntimeValue) -> RuntimeValue:
        target = vector_type(self.results[0])
        from_type, to_type = vector_type(self.source).element_type, target.element_type
        if _is_whole(from_type) and _is_whole(to_type):
            flat = np.ascontiguousarray(source).reshape(-1)
            return flat.view(dtype_of(to_type)).reshape(target.shape)
        bits = [_bits(item, from_type) for item in scalars_of(source, source.shape)]
        return array_of(_recut(bits, _width(from_type), _width(to_type)), target.shape, target)

    def fold(self, operands: Sequence[Attribute | None]) -> Value | None:
        """A cast to the same type, also by way of another one."""
        wanted, source = self.results[0].type, self.source
        while source.type is not wanted and isinstance(source.owner, BitCastOp):
            source = source.owner.source
        return source if source.type is wanted else None


def _width(type: Type) -> int:
    return type.width if isinstance(type, (types.IntegerType, types.FloatType)) else 64


def _is_whole(type: Type) -> bool:
    return dtype_of(type).itemsize * 8 == _width(type)


def _row_bits(type: VectorType) -> int:
    return _width(type.element_type) * (type.shape[-1] if type.shape else 1)


def _bits(item: RuntimeValue, type: Type) -> int:
    if isinstance(item, int):
        return item & ((1 << _width(type)) - 1)
    return int(np.asarray(item).view(f"u{item.dtype.itemsize}"))


def _recut(items: list[int], from_width: int, to_width: int) -> list[RuntimeValue]:
    """Numbers of one width, the first lowest, as numbers of another."""
    whole = 0
    for number, item in enumerate(items):
        whole |= item << number * from_width
    count = len(items) * from_width // to_width
    return [whole >> n * to_width & ((1 << to_width) - 1) for n in range(count)]


class InterleaveOp(Op, name="vector.interleave", traits=(Pure,)):
    """`%r = vector.interleave %a, %b : vector<4xf32> -> vector<8xf32>`.

    Elements of both in turn.
    """

    lhs = operand(V)
    rhs = operand(V)
    result_ = result(AnyVector)
    syntax = "$lhs `,` $rhs attr-dict `:` type($lhs) `->` type($result)"

    def verify_op(self) -> None:
        source, target = vector_type(self.lhs), vector_type(self.results[0])
        if target.shape != (*source.shape[:-1], 2 * (source.shape or (1,))[-1]):
            raise self.error("failed to verify that type of 'result' is double the width of inputs")

    def evaluate(self, first: RuntimeValue, second: RuntimeValue) -> RuntimeValue:
        return np.stack([first, second], axis=-1).reshape(dims_of(self.results[0].type))


class DeinterleaveOp(Op, name="vector.deinterleave", traits=(Pure,)):
    """`%a, %b = vector.deinterleave %v : vector<8xf32> -> vector<4xf32>`: even and odd elements."""

    source = operand(AnyVector)
    W = Var("W", AnyVector)
    res1 = result(W)
    res2 = result(W)
    syntax = "$source attr-dict `:` type($source) `->` type($res1)"

    def verify_op(self) -> None:
        source, target = vector_type(self.source), vector_type(self.res1)
        if source.shape != (*target.shape[:-1], 2 * target.shape[-1]):
            raise self.error(
                "failed to verify that type of 'source' is double the width of results"
            )

    def evaluate(self, vector: RuntimeValue) -> RuntimeValue:
        return vector[..., ::2], vector[..., 1::2]


class FromElementsOp(Op, name="vector.from_elements", traits=(Pure,)):
    """`%v = vector.from_elements %a, %b : vector<2xf32>`: a vector of scalars, row by row."""

    elements = variadic_operand()
    dest = result(AnyVector)
    syntax = "$elements attr-dict `:` type($dest)"

    @classmethod
    def parse(cls, p):  # type: ignore[no-untyped-def]
        names = p.operands()
        attributes = p.optional_dictionary()
        p.literal(":")
        type = p.type()
        element = types.element_type_or_self(type)
        values = p.resolve_all(names, [element] * len(names))
        return cls.create(values, [type], None, attributes or None)

    def verify_op(self) -> None:
        type = vector_type(self.dest)
        if len(self.elements) != type.num_elements:
            raise self.error(
                f"number of operands ({len(self.elements)}) does not match the number of elements "
                f"of the result ({type.num_elements})"
            )

    def evaluate(self, *elements: RuntimeValue) -> RuntimeValue:
        type = vector_type(self.dest)
        return array_of(list(elements), type.shape, type)


class ToElementsOp(Op, name="vector.to_elements", traits=(Pure,)):
    """`%e:4 = vector.to_elements %v : vector<4xf32>`: the elements as scalars, row by row."""

    source = operand(AnyVector)
    elements = variadic_result()
    syntax = "$source attr-dict `:` type($source)"

    @classmethod
    def infer_result_types(
        cls,
        operands: Sequence[Value],
        properties: dict[str, Attribute],
        regions: Sequence[Region],
    ) -> list[Type]:
        type = vector_type(operands[0])
        return [type.element_type] * type.num_elements

    @classmethod
    def parse(cls, p):  # type: ignore[no-untyped-def]
        name = p.operand()
        attributes = p.optional_dictionary()
        p.literal(":")
        value = p.resolve(name, p.type())
        results = cls.infer_result_types([value], {}, ())
        return cls.create([value], results, None, attributes or None)

    def evaluate(self, source: RuntimeValue) -> RuntimeValue:
        found = scalars_of(source, source.shape)
        return found[0] if len(found) == 1 else tuple(found)

    def fold(self, operands: Sequence[Attribute | None]) -> tuple[Value, ...] | None:
        """The scalars that a from_elements put in."""
        source = self.source.owner
        return source.elements if isinstance(source, FromElementsOp) else None


class ScalableInsertOp(Op, name="vector.scalable.insert", traits=(Pure,)):
    """`%r = vector.scalable.insert %part, %v[0] : vector<4xf32> into vector<[4]xf32>`."""

    W = Var("W", AnyVector)
    valueToStore = operand(AnyVector)
    dest = operand(W)
    pos = prop(I64)
    res = result(W)
    syntax = (
        "$valueToStore `,` $dest `[` $pos `]` attr-dict `:` type($valueToStore) `into` type($dest)"
    )

    def evaluate(self, part: RuntimeValue, whole: RuntimeValue) -> RuntimeValue:
        made = whole.copy()
        made[self.pos.value : self.pos.value + len(part)] = part
        return made


class ScalableExtractOp(Op, name="vector.scalable.extract", traits=(Pure,)):
    """`%r = vector.scalable.extract %v[0] : vector<4xf32> from vector<[4]xf32>`."""

    source = operand(AnyVector)
    pos = prop(I64)
    res = result(AnyVector)
    syntax = "$source `[` $pos `]` attr-dict `:` type($res) `from` type($source)"

    def evaluate(self, whole: RuntimeValue) -> RuntimeValue:
        size = dims_of(self.res.type)[0]
        return whole[self.pos.value : self.pos.value + size]

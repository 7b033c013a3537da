"""Parts of vectors: extract, insert, and strided slices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from stepwell.dialects.vector.combining import scalar
from stepwell.dialects.vector.shapes import BroadcastOp, flags_of, vector_type
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import ArrayAttr, DenseArrayAttr, IntegerAttr
from stepwell.ir.constraints import AnyVector, Index, Var
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, prop, result, variadic_operand
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.property_kinds import DenseI64Array, I64Array
from stepwell.ir.text import lexer
from stepwell.ir.traits import Pure
from stepwell.ir.types import DYNAMIC, VectorType
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.block import Region
    from stepwell.ir.text.op_parser import Operand, OpParser
    from stepwell.ir.text.printer import Printer

POISON_POSITION = -1


def parse_position(p: OpParser) -> tuple[list[Operand], DenseArrayAttr]:
    """`[0, %i]`: the operands in it, and all positions, DYNAMIC where an operand is meant."""
    names: list[Operand] = []

    def one() -> int:
        if p.kind == lexer.PERCENT:
            names.append(p.operand())
            return DYNAMIC
        return p.integer()

    return names, DenseArrayAttr.i64(p.comma_separated(one, "[", "]"))


def position_text(p: Printer, static: Sequence[int], dynamic: Sequence[Value]) -> str:
    """What `parse_position` reads."""
    values = iter(dynamic)
    return f"[{', '.join(p.name(next(values)) if s == DYNAMIC else str(s) for s in static)}]"


def filled(static: Sequence[int], dynamic: Sequence[int]) -> tuple[int, ...]:
    """The positions as numbers."""
    values = iter(dynamic)
    return tuple(next(values) if s == DYNAMIC else s for s in static)


def _check_position(op: Op, static: Sequence[int], type: VectorType) -> None:
    if len(static) > type.rank:
        raise op.error("expected position attribute of rank no greater than vector rank")
    for number, (index, size) in enumerate(zip(static, type.shape, strict=False)):
        if index != DYNAMIC and not -1 <= index < size:
            raise op.error(
                f"expected position attribute #{number + 1} to be a non-negative integer smaller "
                "than the corresponding vector dimension or poison (-1)"
            )


def _part_type(type: VectorType, count: int) -> Type:
    """The type of what a position of `count` numbers selects."""
    if count == type.rank:
        return type.element_type
    return VectorType(type.shape[count:], type.element_type, flags_of(type)[count:])


def _inside(place: tuple[int, ...], shape: Sequence[int]) -> bool:
    return all(0 <= index < size for index, size in zip(place, shape, strict=False))


def note_known_positions(op: ExtractOp | InsertOp, dynamic: Sequence[Attribute | None]) -> bool:
    """Makes dynamic positions that are constants static; whether there are any."""
    sizes = vector_type(op.operands[op.num_operands - len(dynamic) - 1]).shape
    first = op.num_operands - len(dynamic)
    static = list(op.static_position.ints)
    kept: list[Value] = []
    places = [n for n, position in enumerate(static) if position == DYNAMIC]
    for number, (place, known) in enumerate(zip(places, dynamic, strict=True)):
        if isinstance(known, IntegerAttr) and 0 <= known.value < sizes[place]:
            static[place] = known.value
        else:
            kept.append(op.operands[first + number])
    if len(kept) == len(dynamic):
        return False
    op.set_operands([*op.operands[:first], *kept])
    op.static_position = DenseArrayAttr.i64(static)
    return True


class ExtractOp(Op, name="vector.extract", traits=(Pure,)):
    """`%e = vector.extract %v[0, %i] : f32 from vector<2x4xf32>`: an element, or a slice."""

    source = operand(AnyVector)
    dynamic_position = variadic_operand(Index)
    static_position = prop(DenseI64Array)
    result_ = result()

    @classmethod
    def parse(cls, p: OpParser) -> ExtractOp:
        source = p.operand()
        names, position = parse_position(p)
        attributes = p.optional_dictionary()
        p.literal(":")
        target = p.type()
        p.literal("from")
        values = [p.resolve(source, p.type())]
        values += p.resolve_all(names, [types.index] * len(names))
        return cls.create(values, [target], {"static_position": position}, attributes or None)

    def print(self, p: Printer) -> None:
        position = position_text(p, self.static_position.ints, self.dynamic_position)
        p.write(f" {p.name(self.source)}{position}")
        p.attr_dict(self, ("static_position",))
        p.write(f" : {p.show(self.results[0].type)} from {p.show(self.source.type)}")

    @classmethod
    def infer_result_types(
        cls,
        operands: Sequence[Value],
        properties: dict[str, Attribute],
        regions: Sequence[Region],
    ) -> list[Type]:
        static = properties["static_position"]
        assert isinstance(static, DenseArrayAttr)
        return [_part_type(vector_type(operands[0]), len(static.values))]

    def verify_op(self) -> None:
        type = vector_type(self.source)
        static = self.static_position.ints
        _check_position(self, static, type)
        expected = _part_type(type, len(static))
        found = self.results[0].type
        if found is not expected and types.element_type_or_self(found) is not expected:
            raise self.error(
                f"inferred type(s) '{expected}' are incompatible with return type(s) of operation "
                f"'{found}'"
            )

    def evaluate(self, source: RuntimeValue, *dynamic: int) -> RuntimeValue:
        place = filled(self.static_position.ints, dynamic)
        if not _inside(place, source.shape):
            return POISON
        found = source[place]
        is_vector = isinstance(self.results[0].type, VectorType)
        return np.asarray(found) if is_vector else scalar(found)

    def fold(self, operands: Sequence[Attribute | None]) -> Value | bool | None:
        """Looks through extracts, inserts and broadcasts of scalars."""
        if note_known_positions(self, operands[1:]) or self._take_in_extracts():
            return True
        static = self.static_position.ints
        if not static and self.source.type is self.results[0].type:
            return self.source
        if DYNAMIC in static or POISON_POSITION in static:
            return None
        source = self.source
        while isinstance(source.owner, InsertOp):
            inserted = source.owner.static_position.ints
            if DYNAMIC in inserted or POISON_POSITION in inserted:
                return None
            if inserted == static and source.owner.valueToStore.type is self.results[0].type:
                return source.owner.valueToStore
            shorter = min(len(inserted), len(static))
            if inserted[:shorter] == static[:shorter]:
                return None
            source = source.owner.dest
        if isinstance(source.owner, BroadcastOp):
            scalar_source = source.owner.source
            return scalar_source if scalar_source.type is self.results[0].type else None
        return None

    def _take_in_extracts(self) -> bool:
        """Makes an extract from extracts one from their source; whether there are any."""
        source, position = self.source, self.static_position.ints
        while isinstance(source.owner, ExtractOp):
            if DYNAMIC in position:
                return False
            position = source.owner.static_position.ints + position
            source = source.owner.source
        if source is self.source or DYNAMIC in position:
            return False
        self.set_operand(0, source)
        self.static_position = DenseArrayAttr.i64(position)
        return True


class InsertOp(Op, name="vector.insert", traits=(Pure,)):
    """`%w = vector.insert %e, %v [0, %i] : f32 into vector<2x4xf32>`.

    `%v` with one part replaced.
    """

    W = Var("W", AnyVector)
    valueToStore = operand()
    dest = operand(W)
    dynamic_position = variadic_operand(Index)
    static_position = prop(DenseI64Array)
    result_ = result(W)

    @classmethod
    def parse(cls, p: OpParser) -> InsertOp:
        value = p.operand()
        p.literal(",")
        dest = p.operand()
        names, position = parse_position(p)
        attributes = p.optional_dictionary()
        p.literal(":")
        value_type = p.type()
        p.literal("into")
        type = p.type()
        values = [p.resolve(value, value_type), p.resolve(dest, type)]
        values += p.resolve_all(names, [types.index] * len(names))
        return cls.create(values, [type], {"static_position": position}, attributes or None)

    def print(self, p: Printer) -> None:
        position = position_text(p, self.static_position.ints, self.dynamic_position)
        p.write(f" {p.name(self.valueToStore)}, {p.name(self.dest)} {position}")
        p.attr_dict(self, ("static_position",))
        p.write(f" : {p.show(self.valueToStore.type)} into {p.show(self.dest.type)}")

    @classmethod
    def infer_result_types(
        cls,
        operands: Sequence[Value],
        properties: dict[str, Attribute],
        regions: Sequence[Region],
    ) -> list[Type]:
        return [operands[1].type]

    def verify_op(self) -> None:
        type = vector_type(self.dest)
        static = self.static_position.ints
        _check_position(self, static, type)
        found = self.valueToStore.type
        rank = len(static) + (found.rank if isinstance(found, VectorType) else 0)
        if rank != type.rank:
            raise self.error(
                "expected position attribute rank + source rank to match dest vector rank"
                if isinstance(found, VectorType)
                else "expected position attribute rank to match the dest vector rank"
            )

    def evaluate(self, value: RuntimeValue, dest: RuntimeValue, *dynamic: int) -> RuntimeValue:
        place = filled(self.static_position.ints, dynamic)
        if not _inside(place, dest.shape):
            return POISON
        made = dest.copy()
        made[place] = value
        return made

    def fold(self, operands: Sequence[Attribute | None]) -> Value | bool | None:
        """An insertion of the whole."""
        if note_known_positions(self, operands[2:]):
            return True
        whole = not self.static_position.values and self.valueToStore.type is self.dest.type
        return self.valueToStore if whole else None


def _numbers(attribute: ArrayAttr) -> list[int]:
    return [value.value for value in attribute.values if isinstance(value, IntegerAttr)]


class ExtractStridedSliceOp(Op, name="vector.extract_strided_slice", traits=(Pure,)):
    """`%s = vector.extract_strided_slice %v {offsets = [0], sizes = [2], strides = [1]} : ...`."""

    source = operand(AnyVector)
    offsets = prop(I64Array)
    sizes = prop(I64Array)
    strides = prop(I64Array)
    result_ = result(AnyVector)
    syntax = "$source attr-dict `:` type($source) `to` type(results)"

    def verify_op(self) -> None:
        type = vector_type(self.source)
        lists = [_numbers(a) for a in (self.offsets, self.sizes, self.strides)]
        if len({len(numbers) for numbers in lists}) != 1:
            raise self.error("expected offsets, sizes and strides attributes of same size")
        if len(lists[0]) > type.rank:
            raise self.error("expected offsets attribute of rank no greater than vector rank")
        if any(stride != 1 for stride in lists[2]):
            raise self.error("expected strides to be confined to [1, 2)")
        for offset, size, bound in zip(lists[0], lists[1], type.shape, strict=False):
            if not 0 <= offset < bound or not 1 <= size or offset + size > bound:
                raise self.error(
                    f"expected sum(offsets, sizes) dimension to be confined to [1, {bound + 1})"
                )

    def evaluate(self, vector: RuntimeValue) -> RuntimeValue:
        pairs = zip(_numbers(self.offsets), _numbers(self.sizes), strict=True)
        return vector[tuple(slice(o, o + s) for o, s in pairs)]

    def fold(self, operands: Sequence[Attribute | None]) -> Value | None:
        """A slice of the whole."""
        return self.source if self.source.type is self.results[0].type else None


class InsertStridedSliceOp(Op, name="vector.insert_strided_slice", traits=(Pure,)):
    """`%w = vector.insert_strided_slice %s, %v {offsets = [1, 0], strides = [1]} : ...`."""

    W = Var("W", AnyVector)
    valueToStore = operand(AnyVector)
    dest = operand(W)
    offsets = prop(I64Array)
    strides = prop(I64Array)
    res = result(W)
    syntax = "$valueToStore `,` $dest attr-dict `:` type($valueToStore) `into` type($dest)"

    def verify_op(self) -> None:
        source, target = vector_type(self.valueToStore), vector_type(self.dest)
        offsets, strides = _numbers(self.offsets), _numbers(self.strides)
        if len(offsets) != target.rank:
            raise self.error("expected offsets of same size as destination vector rank")
        if len(strides) != source.rank:
            raise self.error("expected strides of same size as source vector rank")
        if source.rank > target.rank:
            raise self.error("expected source rank to be no greater than destination rank")
        if any(stride != 1 for stride in strides):
            raise self.error("expected strides to be confined to [1, 2)")
        sizes = [1] * (target.rank - source.rank) + list(source.shape)
        for offset, size, bound in zip(offsets, sizes, target.shape, strict=True):
            if offset < 0 or offset + size > bound:
                raise self.error(
                    "expected sum(offsets, source vector shape) dimension to be confined to "
                    f"[1, {bound + 1})"
                )

    def evaluate(self, part: RuntimeValue, whole: RuntimeValue) -> RuntimeValue:
        made = whole.copy()
        offsets = _numbers(self.offsets)
        lead = whole.ndim - part.ndim
        place: list[int | slice] = [*offsets[:lead]]
        place += [slice(o, o + s) for o, s in zip(offsets[lead:], part.shape, strict=True)]
        made[tuple(place)] = part
        return made

    def fold(self, operands: Sequence[Attribute | None]) -> Value | None:
        """A slice that covers the whole."""
        return self.valueToStore if self.valueToStore.type is self.dest.type else None

"""Looks at part of a memory, or at all of it in another shape."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import TYPE_CHECKING, Any

from stepwell.dialects.memref.layout import agree, all_agree, fill_sizes, memory_space
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine.syntax_error import AffineSyntaxError
from stepwell.ir.affine.text import parse_map
from stepwell.ir.affine_attributes import AffineMapAttr, AffineMapKind
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr, StridedLayoutAttr
from stepwell.ir.block import Region
from stepwell.ir.constraints import AnyMemRef, AnyRankedOrUnrankedMemRef, Index
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, prop, result, variadic_operand
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.property_kinds import DenseI64Array
from stepwell.ir.strides import product, row_major_strides, strides_and_offset, total
from stepwell.ir.text.index_lists import OffsetSizeAndStrideOp
from stepwell.ir.traits import Pure
from stepwell.ir.types import DYNAMIC, MemRefType, element_type_or_self
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class SubViewOp(OffsetSizeAndStrideOp, name="memref.subview", traits=(Pure,)):
    """`%s = memref.subview %m[%i, 2] [4, %n] [2, 1] : memref<8x16xf32> to memref<4x?xf32, ...>`.

    Element (a, b) of it is element (i + 2a, 2 + b) of `%m`. The result may leave out dimensions of
    size 1.
    """

    source = operand(AnyMemRef)
    offsets = variadic_operand(Index)
    sizes = variadic_operand(Index)
    strides = variadic_operand(Index)
    static_offsets = prop(DenseI64Array)
    static_sizes = prop(DenseI64Array)
    static_strides = prop(DenseI64Array)
    result_ = result(AnyMemRef)
    syntax = (
        "$source `` custom<Offsets>($offsets, $static_offsets) custom<Sizes>($sizes, "
        "$static_sizes) custom<Strides>($strides, $static_strides) attr-dict `:` type($source) "
        "`to` type($result)"
    )
    elided_properties = ("static_offsets", "static_sizes", "static_strides")

    def result_name(self) -> str:
        return "subview"

    @classmethod
    def infer_result_types(
        cls,
        operands: Sequence[Value],
        properties: dict[str, Attribute],
        regions: Sequence[Region],
    ) -> list[Type]:
        source = operands[0].type
        assert isinstance(source, MemRefType)
        lists = [properties[name] for name in cls.elided_properties]
        offsets, sizes, strides = (a.ints for a in lists if isinstance(a, DenseArrayAttr))
        if any(len(numbers) != source.rank for numbers in (offsets, sizes, strides)):
            raise TypeError("the lists of a slice do not fit the rank of its source")
        return [subview_type(source, offsets, sizes, strides)]

    @classmethod
    def compatible_result_types(cls, inferred: list[Type], found: list[Type]) -> bool:
        return True  # `verify_op` says more about what is wrong

    def verify_op(self) -> None:
        self.verify_lists()
        source, found = self.source.type, self.result_.type
        assert isinstance(source, MemRefType) and isinstance(found, MemRefType)
        offsets, sizes, strides = self.static_lists()
        self.verify_lists(source.rank, source.rank, source.rank)
        if source.memory_space is not found.memory_space:
            raise self.error(
                f"different memory spaces specified for base memref type '{source}' and subview "
                f"memref type '{found}'"
            )
        if strides_and_offset(source) is None:
            raise self.error(f"base type '{source}' is not strided")
        self._verify_result(subview_type(source, offsets, sizes, strides), found)
        _verify_bounds(self, source, offsets, sizes, strides)

    def _verify_result(self, expected: MemRefType, found: MemRefType) -> None:
        if found.rank > expected.rank:
            raise self.error(
                f"expected result rank to be smaller or equal to the source rank, but got '{found}'"
            )
        if found.element_type is not expected.element_type:
            raise self.error(
                f"expected result element type to be '{expected.element_type}', but got '{found}'"
            )
        kept = kept_dims(expected, found, all_agree)
        if kept is None:
            shapes = any(_shapes(expected, found))
            what = "layout" if shapes else "sizes"
            raise self.error(
                f"expected result type to be '{expected}' or a rank-reduced version. (mismatch of "
                f"result {what}), but got '{found}'"
            )

    @property
    def kept(self) -> list[int]:
        """The dimensions of the source that the result has."""
        source, found = self.source.type, self.result_.type
        assert isinstance(source, MemRefType) and isinstance(found, MemRefType)
        kept = kept_dims(subview_type(source, *self.static_lists()), found, all_agree)
        return list(range(source.rank)) if kept is None else kept

    def execute(self, machine: Machine, source: RuntimeValue, *operands: int) -> RuntimeValue:
        return source.subview(*self.runtime_lists(operands)).keep(self.kept)


def subview_type(
    source: MemRefType, offsets: Sequence[int], sizes: Sequence[int], strides: Sequence[int]
) -> MemRefType:
    """The type of a subview that keeps all dimensions."""
    known = strides_and_offset(source)
    source_strides, offset = known or ((DYNAMIC,) * source.rank, DYNAMIC)
    for number, stride in zip(offsets, source_strides, strict=True):
        offset = total(offset, product(number, stride))
    steps = [product(a, b) for a, b in zip(strides, source_strides, strict=True)]
    layout = StridedLayoutAttr(tuple(steps), offset)
    return MemRefType(tuple(sizes), source.element_type, layout, source.memory_space)


def rank_reduced_subview_type(
    shape: Sequence[int],
    source: MemRefType,
    offsets: Sequence[int],
    sizes: Sequence[int],
    strides: Sequence[int],
) -> MemRefType:
    """The type of a subview of this shape, which leaves out dimensions of size 1."""
    full = subview_type(source, offsets, sizes, strides)
    assert isinstance(full.layout, StridedLayoutAttr)
    wanted = MemRefType(tuple(shape), source.element_type)
    kept = next(_shapes(full, wanted), list(range(full.rank)))
    steps = tuple(full.layout.strides[d] for d in kept)
    layout = StridedLayoutAttr(steps, full.layout.offset)
    return MemRefType(
        tuple(full.shape[d] for d in kept), full.element_type, layout, full.memory_space
    )


def _shapes(full: MemRefType, reduced: MemRefType) -> Iterator[list[int]]:
    """The choices of dimensions to keep whose sizes are those of `reduced`."""
    ones = [d for d, size in enumerate(full.shape) if size == 1]
    for dropped in combinations(ones, full.rank - reduced.rank):
        kept = [d for d in range(full.rank) if d not in dropped]
        if all_agree([full.shape[d] for d in kept], reduced.shape):
            yield kept


def kept_dims(full: MemRefType, reduced: MemRefType, same: Any = all_agree) -> list[int] | None:
    """Which dimensions of `full` the type `reduced` keeps; None if it is no reduction of it."""
    if full.rank < reduced.rank:
        return None
    left, right = strides_and_offset(full), strides_and_offset(reduced)
    if left is None or right is None or not agree(left[1], right[1]):
        return None
    candidates = _shapes(full, reduced)
    for kept in candidates:
        steps = [left[0][d] for d in kept]
        used = [number for number, d in enumerate(kept) if full.shape[d] != 1]
        if same([steps[n] for n in used], [right[0][n] for n in used]):
            return kept
    return None


def _verify_bounds(
    op: OffsetSizeAndStrideOp,
    source: MemRefType,
    offsets: Sequence[int],
    sizes: Sequence[int],
    strides: Sequence[int],
) -> None:
    rows = zip(source.shape, offsets, sizes, strides, strict=True)
    for dim, (bound, offset, size, stride) in enumerate(rows):
        if DYNAMIC in (bound, offset):
            continue
        if offset >= bound and size != 0:
            raise op.error(f"offset {dim} is out-of-bounds: {offset} >= {bound}")
        if DYNAMIC in (size, stride) or size == 0:
            continue
        last = offset + (size - 1) * stride
        if last >= bound:
            raise op.error(f"slice along dimension {dim} runs out-of-bounds: {last} >= {bound}")


class ReinterpretCastOp(OffsetSizeAndStrideOp, name="memref.reinterpret_cast", traits=(Pure,)):
    """`%r = memref.reinterpret_cast %m to offset: [0], sizes: [128], strides: [1] : ... to ...`.

    The same memory with another offset, other sizes and strides.
    """

    source = operand(AnyRankedOrUnrankedMemRef)
    offsets = variadic_operand(Index)
    sizes = variadic_operand(Index)
    strides = variadic_operand(Index)
    static_offsets = prop(DenseI64Array)
    static_sizes = prop(DenseI64Array)
    static_strides = prop(DenseI64Array)
    result_ = result(AnyMemRef)
    syntax = (
        "$source `to` `offset` `` `:` custom<Offsets>($offsets, $static_offsets) `` `,` `sizes` "
        "`` `:` custom<Sizes>($sizes, $static_sizes) `` `,` `strides` `` `:` "
        "custom<Strides>($strides, $static_strides) attr-dict `:` type($source) `to` "
        "type($result)"
    )
    elided_properties = ("static_offsets", "static_sizes", "static_strides")

    def result_name(self) -> str:
        return "reinterpret_cast"

    def verify_op(self) -> None:
        source, found = self.source.type, self.result_.type
        assert isinstance(found, MemRefType)
        self.verify_lists(1, found.rank, found.rank)
        pair = f"source type '{source}' and result memref type '{found}'"
        if memory_space(source) is not found.memory_space:
            raise self.error(f"different memory spaces specified for {pair}")
        if element_type_or_self(source) is not found.element_type:
            raise self.error(f"different element types specified for {pair}")
        (offset,), sizes, strides = self.static_lists()
        for dim, (size, wanted) in enumerate(zip(found.shape, sizes, strict=True)):
            if not agree(size, wanted):
                raise self.error(
                    f"expected result type with size = {_shown(wanted)} instead of {_shown(size)} "
                    f"in dim = {dim}"
                )
        known = strides_and_offset(found)
        if known is None:
            raise self.error(f"expected result type to have strided layout but found '{found}'")
        if not agree(known[1], offset):
            raise self.error(
                f"expected result type with offset = {_shown(offset)} instead of {_shown(known[1])}"
            )
        for dim, (stride, wanted) in enumerate(zip(known[0], strides, strict=True)):
            if not agree(stride, wanted):
                raise self.error(
                    f"expected result type with stride = {_shown(wanted)} instead of "
                    f"{_shown(stride)} in dim = {dim}"
                )

    def execute(self, machine: Machine, source: RuntimeValue, *operands: int) -> RuntimeValue:
        (offset,), sizes, strides = self.runtime_lists(operands)
        return source.with_layout(offset, sizes, strides)


def _shown(number: int) -> str:
    return "dynamic" if number == DYNAMIC else str(number)


class ViewOp(Op, name="memref.view", traits=(Pure,)):
    """`%v = memref.view %bytes[%shift][%n] : memref<2048xi8> to memref<?x4xf32>`.

    Bytes, from `%shift` on, as elements of another type.
    """

    source = operand(AnyMemRef)
    byte_shift = operand(Index)
    sizes = variadic_operand(Index)
    result_ = result(AnyMemRef)
    syntax = (
        "$source `[` $byte_shift `]` `` `[` $sizes `]` attr-dict `:` type($source) `to` "
        "type($result)"
    )

    def result_name(self) -> str:
        return "view"

    def verify_op(self) -> None:
        source, found = self.source.type, self.result_.type
        assert isinstance(source, MemRefType) and isinstance(found, MemRefType)
        if found.layout is not None:
            raise self.error(f"unsupported map for result memref type '{found}'")
        if source.layout is not None:
            raise self.error(f"unsupported map for base memref type '{source}'")
        if source.memory_space is not found.memory_space:
            raise self.error(
                f"different memory spaces specified for base memref type '{source}' and view "
                f"memref type '{found}'"
            )
        dynamic = found.shape.count(DYNAMIC)
        if len(self.sizes) != dynamic:
            raise self.error(
                f"incorrect number of dynamic sizes, has {len(self.sizes)}, expected {dynamic}"
            )

    def execute(
        self, machine: Machine, source: RuntimeValue, shift: int, *sizes: int
    ) -> RuntimeValue:
        found = self.result_.type
        assert isinstance(found, MemRefType)
        seen = source.allocation.seen_as(found.element_type, source.offset + shift)
        known = fill_sizes(found.shape, sizes)
        made = type(source)(seen, 0, known, row_major_strides(known))
        made.view()
        return made


class TransposeOp(Op, name="memref.transpose", traits=(Pure,)):
    """`%t = memref.transpose %m (i, j) -> (j, i) : memref<8x16xf32> to memref<16x8xf32, ...>`."""

    in_ = operand(AnyMemRef)
    permutation = prop(AffineMapKind)
    result_ = result(AnyMemRef)
    inline_properties = ("permutation",)

    def result_name(self) -> str:
        return "transpose"

    @classmethod
    def parse(cls, p: OpParser) -> TransposeOp:
        source = p.operand()
        start = p.start
        inputs, _ = p.raw_brackets()
        p.literal("->")
        outputs, _ = p.raw_brackets()
        try:
            map = parse_map(f"({inputs}) -> ({outputs})")
        except AffineSyntaxError as error:
            raise p.error(error.message, start) from None
        attributes = p.optional_dictionary()
        p.literal(":")
        value = p.resolve(source, p.type())
        p.literal("to")
        properties: dict[str, Attribute] = {"permutation": AffineMapAttr(map)}
        return cls.create([value], [p.type()], properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.in_)} {self.permutation.map}")
        p.attr_dict(self, ["permutation"])
        p.write(f" : {p.show(self.in_.type)} to {p.show(self.result_.type)}")

    @classmethod
    def infer_result_types(
        cls,
        operands: Sequence[Value],
        properties: dict[str, Attribute],
        regions: Sequence[Region],
    ) -> list[Type]:
        source, map = operands[0].type, properties["permutation"]
        assert isinstance(source, MemRefType) and isinstance(map, AffineMapAttr)
        return [transposed_type(source, map.map)]

    @classmethod
    def compatible_result_types(cls, inferred: list[Type], found: list[Type]) -> bool:
        return True  # `verify_op` says more about what is wrong

    def verify_op(self) -> None:
        source, found, map = self.in_.type, self.result_.type, self.permutation.map
        assert isinstance(source, MemRefType) and isinstance(found, MemRefType)
        if not map.is_permutation:
            raise self.error("expected a permutation map")
        if map.num_dims != source.rank:
            raise self.error("expected a permutation map of same rank as the input")
        expected = transposed_type(source, map)
        same = (
            found.shape == expected.shape
            and found.element_type is expected.element_type
            and found.memory_space is expected.memory_space
            and strides_and_offset(found) == strides_and_offset(expected)
        )
        if not same:
            raise self.error(
                f"result type '{found}' is not equivalent to the canonical transposed input type "
                f"'{expected}'"
            )

    def fold(self, operands: Sequence[Attribute | None]) -> Value | None:
        if self.permutation.map.is_identity and self.in_.type is self.result_.type:
            return self.in_
        return None

    def execute(self, machine: Machine, source: RuntimeValue) -> RuntimeValue:
        return source.keep(self.permutation.map.dim_positions or ())


def transposed_type(source: MemRefType, map: AffineMap) -> MemRefType:
    """The type of a memref whose dimension d is dimension `map`(d) of `source`."""
    positions = map.dim_positions or ()
    strides, offset = strides_and_offset(source) or ((DYNAMIC,) * source.rank, DYNAMIC)
    layout = StridedLayoutAttr(tuple(strides[p] for p in positions), offset)
    return MemRefType(
        tuple(source.shape[p] for p in positions), source.element_type, layout, source.memory_space
    )


class ReshapeOp(Op, name="memref.reshape", traits=(Pure,)):
    """`%r = memref.reshape %m(%shape) : (memref<8x16xf32>, memref<2xindex>) -> memref<?x?xf32>`."""

    source = operand(AnyRankedOrUnrankedMemRef)
    shape = operand(AnyMemRef)
    result_ = result(AnyRankedOrUnrankedMemRef)
    syntax = "$source `(` $shape `)` attr-dict `:` functional-type(operands, results)"

    def result_name(self) -> str:
        return "reshape"

    def verify_op(self) -> None:
        source, found, shape = self.source.type, self.result_.type, self.shape.type
        if element_type_or_self(source) is not element_type_or_self(found):
            raise self.error(
                "element types of source and destination memref types should be the same"
            )
        if isinstance(source, MemRefType) and source.layout is not None:
            raise self.error("source memref type should have identity affine map")
        if not isinstance(found, MemRefType):
            return
        assert isinstance(shape, MemRefType)
        if found.layout is not None:
            raise self.error("result memref type should have identity affine map")
        if shape.shape[0] == DYNAMIC:
            raise self.error(
                "cannot use shape operand with dynamic length to reshape to statically-ranked "
                "memref type"
            )
        if shape.shape[0] != found.rank:
            raise self.error("length of shape operand differs from the result's memref rank")

    def effects(self) -> list[Any]:
        return []

    def execute(self, machine: Machine, source: RuntimeValue, shape: RuntimeValue) -> RuntimeValue:
        sizes = [int(size) for size in shape.to_numpy()]
        made = source.with_layout(source.offset, sizes, row_major_strides(sizes))
        if any(size < 0 for size in sizes) or made.num_elements != source.num_elements:
            raise machine.undefined(self, f"reshapes {list(source.sizes)} to {sizes}")
        return made

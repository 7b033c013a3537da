"""memref.expand_shape and memref.collapse_shape: splitting and joining neighbouring dimensions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import ArrayAttr, IntegerAttr, StridedLayoutAttr
from stepwell.ir.block import Region
from stepwell.ir.constraints import AnyMemRef, Index
from stepwell.ir.definition import Op
from stepwell.ir.diagnostics import VerifyError
from stepwell.ir.fields import operand, prop, result, variadic_operand
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.interpreter.memory import MemRef
from stepwell.ir.property_kinds import DenseI64Array, I64Array, array_of
from stepwell.ir.strides import product, row_major_strides, strides_and_offset
from stepwell.ir.text.index_lists import (
    index_list_parser,
    index_list_printer,
    runtime_indices,
    verify_dynamic_count,
)
from stepwell.ir.traits import Pure
from stepwell.ir.types import DYNAMIC, MemRefType
from stepwell.ir.value import Value

Groups: TypeAlias = list[list[int]]

Reassociation = array_of(I64Array)


def groups_of(attribute: Attribute | None) -> Groups:
    """`[[0, 1], [2]]` as lists of dimensions."""
    if not isinstance(attribute, ArrayAttr):
        return []
    return [
        [item.value for item in group.values if isinstance(item, IntegerAttr)]
        for group in attribute.values
        if isinstance(group, ArrayAttr)
    ]


def verify_groups(op: Op, groups: Groups, few: MemRefType, many: MemRefType) -> None:
    """Checks that the groups are the dimensions of `many`, in order, one group for each of `few`.

    Raises:
        VerifyError: they are not, or sizes do not fit.
    """
    if len(groups) != few.rank:
        raise op.error(
            f"invalid number of reassociation groups: found {len(groups)}, expected {few.rank}"
        )
    following = 0
    for group in groups:
        for dim in group:
            if dim != following:
                raise op.error("reassociation indices must be contiguous")
            following += 1
    if following != many.rank and few.rank:
        raise op.error(f"expected rank of expanded type to be {following}, but it is {many.rank}")
    if not few.rank and any(size not in (1, DYNAMIC) for size in many.shape):
        raise op.error("rank 0 memrefs can only be extended/collapsed with/from ones")
    for size, group in zip(few.shape, groups, strict=True):
        sizes = [many.shape[dim] for dim in group]
        if DYNAMIC in (size, *sizes):
            continue
        count = 1
        for inner in sizes:
            count *= inner
        if count != size:
            raise op.error(
                f"collapsed dim size ({size}) must equal reassociation group size ({count})"
            )


def expanded_type(source: MemRefType, shape: Sequence[int], groups: Groups) -> MemRefType:
    """The type of `source` with its dimensions split into the sizes of `shape`."""
    if source.layout is None:
        return MemRefType(tuple(shape), source.element_type, None, source.memory_space)
    strides, offset = strides_and_offset(source) or ((DYNAMIC,) * source.rank, DYNAMIC)
    found: list[int] = []
    for stride, group in zip(strides, groups, strict=True):
        inner = row_major_strides([shape[dim] for dim in group])
        found += [product(stride, step) for step in inner]
    layout = StridedLayoutAttr(tuple(found), offset)
    return MemRefType(tuple(shape), source.element_type, layout, source.memory_space)


def collapsed_type(source: MemRefType, groups: Groups) -> MemRefType:
    """The type of `source` with the dimensions of each group joined.

    Raises:
        VerifyError: they do not lie one after another.
    """
    shape: list[int] = []
    for group in groups:
        size = 1
        for dim in group:
            size = product(size, source.shape[dim])
        shape.append(size)
    if source.layout is None:
        return MemRefType(tuple(shape), source.element_type, None, source.memory_space)
    known = strides_and_offset(source)
    if known is None:
        raise VerifyError("invalid source layout map or collapsing non-contiguous dims")
    strides, offset = known
    joined = [_joined_stride(source.shape, strides, group) for group in groups]
    layout = StridedLayoutAttr(tuple(joined), offset)
    return MemRefType(tuple(shape), source.element_type, layout, source.memory_space)


def _joined_stride(shape: Sequence[int], strides: Sequence[int], group: Sequence[int]) -> int:
    """The stride of the joined dimension: that of the last one that is not of size 1."""
    used = [dim for dim in group if shape[dim] != 1]
    if not used:
        return strides[group[-1]] if group else 1
    for outer, inner in zip(used, used[1:], strict=False):
        expected = product(strides[inner], shape[inner])
        if expected != strides[outer] and DYNAMIC not in (expected, strides[outer]):
            raise VerifyError("invalid source layout map or collapsing non-contiguous dims")
    return strides[used[-1]]


def same_memref(a: MemRefType, b: MemRefType) -> bool:
    """Whether two types say the same, perhaps in other words."""
    return (
        a.shape == b.shape
        and a.element_type is b.element_type
        and a.memory_space is b.memory_space
        and strides_and_offset(a) == strides_and_offset(b)
    )


class ExpandShapeOp(Op, name="memref.expand_shape", traits=(Pure,)):
    """`%r = memref.expand_shape %m [[0, 1], [2]] output_shape [2, %n, 16] : ... into ...`."""

    src = operand(AnyMemRef)
    output_shape = variadic_operand(Index)
    reassociation = prop(Reassociation)
    static_output_shape = prop(DenseI64Array)
    result_ = result(AnyMemRef)
    parse_OutputShape = index_list_parser("output_shape", "static_output_shape")
    print_OutputShape = index_list_printer("output_shape", "static_output_shape")
    syntax = (
        "$src $reassociation `output_shape` custom<OutputShape>($output_shape, "
        "$static_output_shape) attr-dict `:` type($src) `into` type($result)"
    )
    elided_properties = ("static_output_shape",)

    def result_name(self) -> str:
        return "expand_shape"

    def verify_op(self) -> None:
        source, found = self.src.type, self.result_.type
        assert isinstance(source, MemRefType) and isinstance(found, MemRefType)
        groups = groups_of(self.reassociation)
        if source.rank > found.rank:
            raise self.error(
                f"has source rank {source.rank} and result rank {found.rank}. This is not an "
                f"expansion ({source.rank} > {found.rank})."
            )
        verify_groups(self, groups, source, found)
        expected = expanded_type(source, found.shape, groups)
        if not same_memref(expected, found):
            raise self.error(f"expected expanded type to be '{expected}' but found '{found}'")
        numbers = self.static_output_shape.ints
        verify_dynamic_count(self, "output_shape", "static_output_shape", numbers)
        if numbers != found.shape:
            raise self.error(
                "expected number of static shape dims to be equal to the output rank "
                f"({found.rank}) but found {len(numbers)} inputs instead"
                if len(numbers) != found.rank
                else f"invalid output shape provided at pos {_first_difference(numbers, found)}"
            )

    def fold(self, operands: Sequence[Attribute | None]) -> Value | None:
        return fold_reshape(self, CollapseShapeOp)

    def execute(self, machine: Machine, source: MemRef, *operands: int) -> RuntimeValue:
        shape = runtime_indices(self.static_output_shape.ints, operands)
        sizes: list[int] = []
        strides: list[int] = []
        groups = groups_of(self.reassociation)
        for size, stride, group in zip(source.sizes, source.strides, groups, strict=True):
            inner = [shape[dim] for dim in group]
            steps = row_major_strides(inner)
            if not inner or steps[0] * inner[0] != size:
                raise machine.undefined(self, f"splits size {size} into {inner}")
            sizes += inner
            strides += [stride * step for step in steps]
        if not groups:
            sizes, strides = list(shape), [1] * len(shape)
        return source.with_layout(source.offset, sizes, strides)


def _first_difference(numbers: Sequence[int], found: MemRefType) -> int:
    pairs = enumerate(zip(numbers, found.shape, strict=True))
    return next(n for n, (a, b) in pairs if a != b)


def fold_reshape(op: Op, inverse: type[Op]) -> Value | None:
    """`op` undoes an `inverse` that undid it, or changes nothing."""
    source = op._operands[0]
    if source.type is op.results[0].type:
        return source
    inner = source.defining_op
    if isinstance(inner, inverse) and inner._operands[0].type is op.results[0].type:
        same = inner.get_attribute("reassociation") is op.get_attribute("reassociation")
        return inner._operands[0] if same else None
    return None


class CollapseShapeOp(Op, name="memref.collapse_shape", traits=(Pure,)):
    """`%r = memref.collapse_shape %m [[0, 1], [2]] : memref<2x4x16xf32> into memref<8x16xf32>`."""

    src = operand(AnyMemRef)
    reassociation = prop(Reassociation)
    result_ = result(AnyMemRef)
    syntax = "$src $reassociation attr-dict `:` type($src) `into` type($result)"

    def result_name(self) -> str:
        return "collapse_shape"

    @classmethod
    def infer_result_types(
        cls,
        operands: Sequence[Value],
        properties: dict[str, Attribute],
        regions: Sequence[Region],
    ) -> list[Type]:
        source = operands[0].type
        assert isinstance(source, MemRefType)
        groups = groups_of(properties["reassociation"])
        if [dim for group in groups for dim in group] != list(range(source.rank)) and groups:
            raise TypeError("the reassociation does not fit the rank of the source")
        try:
            return [collapsed_type(source, groups)]
        except VerifyError as error:
            raise TypeError(error.diagnostics[0].message) from None

    @classmethod
    def compatible_result_types(cls, inferred: list[Type], found: list[Type]) -> bool:
        return True  # `verify_op` says more about what is wrong

    def verify_op(self) -> None:
        source, found = self.src.type, self.result_.type
        assert isinstance(source, MemRefType) and isinstance(found, MemRefType)
        if source.rank < found.rank:
            raise self.error(
                f"has source rank {source.rank} and result rank {found.rank}. This is not a "
                f"collapse ({source.rank} < {found.rank})."
            )
        groups = groups_of(self.reassociation)
        verify_groups(self, groups, found, source)
        try:
            expected = collapsed_type(source, groups)
        except VerifyError as error:
            raise self.error(error.diagnostics[0].message) from None
        # The stride of a dimension of size 1 may be anything.
        expected = MemRefType(
            found.shape, expected.element_type, expected.layout, expected.memory_space
        )
        if not same_memref(expected, found):
            raise self.error(f"expected collapsed type to be '{expected}' but found '{found}'")

    def fold(self, operands: Sequence[Attribute | None]) -> Value | None:
        return fold_reshape(self, ExpandShapeOp)

    def execute(self, machine: Machine, source: MemRef) -> RuntimeValue:
        sizes: list[int] = []
        strides: list[int] = []
        for group in groups_of(self.reassociation):
            inner = [source.sizes[dim] for dim in group]
            used = [dim for dim in group if source.sizes[dim] != 1]
            for outer, following in zip(used, used[1:], strict=False):
                step = source.strides[following] * source.sizes[following]
                if step != source.strides[outer]:
                    raise machine.undefined(self, "joins dimensions that are not contiguous")
            size = 1
            for number in inner:
                size *= number
            sizes.append(size)
            strides.append(source.strides[used[-1]] if used else 1)
        return source.with_layout(source.offset, sizes, strides)

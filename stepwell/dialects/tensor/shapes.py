"""What the ops on tensors need to know about shapes."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.operation import Operation
from stepwell.ir.types import DYNAMIC, RankedTensorType


def ranked(type: Type) -> RankedTensorType:
    """`type`, which must be a ranked tensor."""
    assert isinstance(type, RankedTensorType), type
    return type


def num_dynamic(shape: Sequence[int]) -> int:
    """How many sizes are unknown."""
    return sum(size == DYNAMIC for size in shape)


def verify_dynamic_sizes(op: Operation, type: Type, count: int) -> None:
    """Checks that there is a size operand for each unknown size of `type`.

    Raises:
        VerifyError: there are more, or fewer.
    """
    expected = num_dynamic(types.dims_of(type))
    if count != expected:
        raise op.error(f"incorrect number of dynamic sizes, has {count}, expected {expected}")


def fill_sizes(shape: Sequence[int], sizes: Sequence[int]) -> tuple[int, ...]:
    """The shape with the unknown sizes filled in, in order."""
    following = iter(sizes)
    return tuple(next(following) if size == DYNAMIC else size for size in shape)


def compatible(a: Sequence[int], b: Sequence[int]) -> bool:
    """Whether two shapes may be the same at run time."""
    return len(a) == len(b) and all(DYNAMIC in (x, y) or x == y for x, y in zip(a, b, strict=True))


def are_cast_compatible(source: Type, target: Type) -> bool:
    """Whether `tensor.cast` may turn one type into the other."""
    if types.element_type_or_self(source) is not types.element_type_or_self(target):
        return False
    if not (types.is_ranked(source) and types.is_ranked(target)):
        return True
    return compatible(types.dims_of(source), types.dims_of(target))


def dropped_dims(full: Sequence[int], reduced: Sequence[int]) -> set[int] | None:
    """Which unit dimensions of `full` are missing in `reduced`; None if that is impossible."""
    dropped: set[int] = set()
    place = 0
    for dim, size in enumerate(full):
        if place < len(reduced) and reduced[place] == size:
            place += 1
        elif size == 1:
            dropped.add(dim)
        else:
            return None
    return dropped if place == len(reduced) else None


def verify_slice_type(op: Operation, expected: RankedTensorType, found: RankedTensorType) -> None:
    """Checks that `found` is `expected`, or that with some unit dimensions left out.

    Raises:
        VerifyError: it is not.
    """
    if len(found.shape) > len(expected.shape):
        raise op.error("expected rank to be smaller or equal to the other rank. ")
    if found.element_type is not expected.element_type:
        raise op.error(f"expected element type to be '{expected.element_type}'")
    if dropped_dims(expected.shape, found.shape) is None:
        plain = RankedTensorType(expected.shape, expected.element_type)
        raise op.error(f"expected type to be '{plain}' or a rank-reduced version. (size mismatch) ")


def verify_in_bounds(
    op: Operation,
    shape: Sequence[int],
    offsets: Sequence[int],
    sizes: Sequence[int],
    strides: Sequence[int],
) -> None:
    """Checks that a slice lies within the shape, as far as numbers are known.

    Raises:
        VerifyError: it does not.
    """
    for dim, (extent, offset, size, stride) in enumerate(
        zip(shape, offsets, sizes, strides, strict=True)
    ):
        if DYNAMIC in (extent, offset):
            continue
        if offset >= extent:
            if size == 0:
                continue
            raise op.error(f"offset {dim} is out-of-bounds: {offset} >= {extent}")
        if DYNAMIC in (size, stride):
            continue
        last = offset + (size - 1) * stride
        if last >= extent:
            raise op.error(f"slice along dimension {dim} runs out-of-bounds: {last} >= {extent}")

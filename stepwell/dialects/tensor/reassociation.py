"""Groups of dimensions that `expand_shape` splits and `collapse_shape` joins: `[[0, 1], [2]]`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stepwell.ir import types
from stepwell.ir.attributes import ArrayAttr, IntegerAttr
from stepwell.ir.operation import Operation
from stepwell.ir.property_kinds import I64Array, Kind, array_of
from stepwell.ir.types import DYNAMIC

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

Groups = list[list[int]]

Reassociation: Kind[ArrayAttr] = array_of(I64Array)


def parse_groups(p: OpParser) -> ArrayAttr:
    """Reads `[[0, 1], [2]]`."""
    groups = p.comma_separated(lambda: p.comma_separated(p.integer, "[", "]"), "[", "]")
    return groups_attribute(groups)


def groups_attribute(groups: Sequence[Sequence[int]]) -> ArrayAttr:
    """The attribute of groups."""
    return ArrayAttr(
        tuple(ArrayAttr(tuple(IntegerAttr(dim, types.i64) for dim in group)) for group in groups)
    )


def print_groups(p: Printer, attribute: ArrayAttr) -> None:
    """Writes `[[0, 1], [2]]`."""
    groups = groups_of(attribute)
    p.write("[" + ", ".join(f"[{', '.join(map(str, group))}]" for group in groups) + "]")


def groups_of(attribute: ArrayAttr) -> Groups:
    """The numbers of the attribute."""
    return [
        [item.value for item in group.values if isinstance(item, IntegerAttr)]
        for group in attribute.values
        if isinstance(group, ArrayAttr)
    ]


def verify_groups(
    op: Operation,
    groups: Groups,
    expanded: Sequence[int],
    collapsed: Sequence[int],
) -> None:
    """Checks that the groups turn one shape into the other.

    Raises:
        VerifyError: they do not.
    """
    if len(groups) != len(collapsed):
        if not (collapsed == () and not groups):
            raise op.error(
                f"expected collapsed rank ({len(collapsed)}) to equal the number of reassociation "
                f"maps ({len(groups)})."
            )
    following = 0
    for number, group in enumerate(groups):
        largest = max(group, default=0) + 1
        if largest > len(expanded):
            raise op.error(
                f"expected reassociation map #{number} to have size equal to the expanded rank "
                f"({len(expanded)}), but it is  {largest}."
            )
        if group != list(range(following, following + len(group))):
            raise op.error(f"expected reassociation map #{number} to be valid and contiguous.")
        following += len(group)
    if groups and following != len(expanded):
        raise op.error(
            f"expected reassociation map #0 to have size equal to the expanded rank "
            f"({len(expanded)}), but it is  {following}."
        )
    for number, size in enumerate(collapsed_shape(expanded, groups)):
        if size != collapsed[number]:
            wanted = "dynamic size" if size == DYNAMIC else f"static value of {size}"
            raise op.error(f"expected dimension {number} of collapsed type to be {wanted}")


def collapsed_shape(expanded: Sequence[int], groups: Groups) -> tuple[int, ...]:
    """The shape with each group joined to one dimension."""
    found = []
    for group in groups:
        total = 1
        for dim in group:
            size = expanded[dim]
            total = DYNAMIC if DYNAMIC in (size, total) else total * size
        found.append(total)
    return tuple(found)

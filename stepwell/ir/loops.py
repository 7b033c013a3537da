"""What loops have in common [LoopLikeOpInterface].

A loop is an op with `loop_regions(self) -> list[Region]`: the regions that may run again and again.
"""

from __future__ import annotations

from collections.abc import Iterator

from stepwell.ir.block import Region
from stepwell.ir.operation import Operation, walk_post_order
from stepwell.ir.value import Value


def is_loop(op: Operation) -> bool:
    """Whether `op` is a loop."""
    return hasattr(type(op), "loop_regions")


def loop_regions(loop: Operation) -> list[Region]:
    """The regions of `loop` that may run again and again."""
    regions: list[Region] = loop.loop_regions()  # type: ignore[attr-defined]
    return regions


def loops_inside_first(root: Operation) -> Iterator[Operation]:
    """The loops in `root`, inner ones before those around them."""
    return (op for op in walk_post_order(root) if is_loop(op))


def is_defined_inside(value: Value, region: Region) -> bool:
    """Whether `value` is defined in `region` or in a region within it."""
    block = value.parent_block
    while block is not None and block.parent is not None:
        if block.parent is region:
            return True
        owner = block.parent.parent
        block = owner.parent if owner is not None else None
    return False


def is_defined_outside(value: Value, loop: Operation) -> bool:
    """Whether `value` is the same for all iterations because `loop` does not contain it."""
    return not any(is_defined_inside(value, region) for region in loop.regions)

"""Finding patterns that say one thing and do another; slow, so only on demand (tests turn it on).

A pattern that returns "no" must not have changed the program, and one that returns "yes" must have.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from stepwell.ir.operation import Operation, walk

_enabled: ContextVar[bool] = ContextVar("pattern checks", default=False)


@contextmanager
def pattern_checks() -> Iterator[None]:
    """Inside, the drivers compare the program before and after each pattern."""
    token = _enabled.set(True)
    try:
        yield
    finally:
        _enabled.reset(token)


def checks_enabled() -> bool:
    """Whether patterns are checked."""
    return _enabled.get()


def fingerprint(root: Operation) -> int:
    """A number that (almost surely) changes when anything inside `root` does."""
    return hash(tuple(_facts(op) for op in walk(root)))


def _facts(op: Operation) -> tuple[object, ...]:
    return (
        op,
        op.parent,
        tuple(op._operands),
        tuple(op.result_types),
        tuple(op.successors),
        tuple((op._properties or {}).items()),
        tuple((op._attributes or {}).items()),
        tuple((block, tuple(block.arg_types)) for region in op.regions for block in region),
    )

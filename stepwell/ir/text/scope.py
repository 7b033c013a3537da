"""Names in a text: SSA values, blocks, and uses that come before definitions."""

from __future__ import annotations

from stepwell.ir.attribute import Type
from stepwell.ir.block import Block, Region
from stepwell.ir.operation import UnregisteredOp, unregistered_class
from stepwell.ir.value import Value

FORWARD: type[UnregisteredOp] = unregistered_class("builtin.forward_reference")


class IsolatedScope:
    """The names that one isolated-from-above op can see.

    `values` maps "%x" to its value; `forward` holds values that were used but not defined yet, with
    the place of the first use; `poisoned` the names whose definition could not be read.
    """

    __slots__ = ("defined_at", "forward", "poisoned", "values")

    def __init__(self) -> None:
        self.values: dict[str, Value] = {}
        self.forward: dict[str, tuple[Value, int]] = {}
        self.poisoned: set[str] = set()
        self.defined_at: dict[str, int] = {}


class RegionScope:
    """A region being read: its blocks by name, and the value names that end with it."""

    __slots__ = ("block", "blocks", "default_dialect", "isolated", "names", "region", "undefined")

    def __init__(self, region: Region, isolated: bool, default_dialect: str) -> None:
        self.region = region
        self.isolated = isolated
        self.default_dialect = default_dialect
        self.block: Block | None = None
        self.blocks: dict[str, Block] = {}
        self.undefined: dict[str, int] = {}
        self.names: list[str] = []


def forward_value(type: Type) -> Value:
    """A stand-in for a value that is defined later in the text."""
    return FORWARD.create((), (type,)).results[0]

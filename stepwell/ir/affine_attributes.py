"""Affine maps and integer sets as attributes."""

from __future__ import annotations

from typing import ClassVar

from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine.set import IntegerSet
from stepwell.ir.attribute import Attribute, Show
from stepwell.ir.property_kinds import Kind, array_of


class AffineMapAttr(Attribute):
    """`affine_map<(d0, d1) -> (d1, d0)>`."""

    map: AffineMap
    alias = "map"
    layout_noun: ClassVar[str] = "inputs of the map"

    @property
    def is_identity(self) -> bool:
        """Whether the map changes nothing; as a memref layout it is then left out."""
        return self.map.is_identity

    @property
    def layout_rank(self) -> int:
        """How many dimensions the map takes."""
        return self.map.num_dims

    def text(self, show: Show) -> str:
        return f"affine_map<{self.map}>"


class IntegerSetAttr(Attribute):
    """`affine_set<(d0) : (d0 - 1 >= 0)>`."""

    set: IntegerSet
    alias = "set"

    def text(self, show: Show) -> str:
        return f"affine_set<{self.set}>"


AffineMapKind: Kind[AffineMapAttr] = Kind(
    AffineMapAttr,
    "AffineMap attribute",
    lambda value: AffineMapAttr(value) if isinstance(value, AffineMap) else None,
)
AffineMapArray = array_of(AffineMapKind)
IntegerSetKind: Kind[IntegerSetAttr] = Kind(
    IntegerSetAttr,
    "IntegerSet attribute",
    lambda value: IntegerSetAttr(value) if isinstance(value, IntegerSet) else None,
)

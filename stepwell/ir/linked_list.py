"""What blocks (lists of ops) and regions (lists of blocks) share: the links."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from stepwell.ir.block import Block
    from stepwell.ir.operation import Operation

Item = TypeVar("Item", "Operation", "Block")


class LinkedList(Generic[Item]):
    """A doubly linked list of things that know their neighbours and, as `parent`, their list.

    Attributes:
        first: None if the list is empty.
        last: None if the list is empty.
    """

    __slots__ = ("first", "last")

    first: Item | None
    last: Item | None

    def forward(self) -> Iterator[Item]:
        """The items in order. The one being visited may be erased or moved."""
        item = self.first
        while item is not None:
            following = item.next
            yield item
            item = following

    def backward(self) -> Iterator[Item]:
        """The items, last one first. The one being visited may be erased or moved."""
        item = self.last
        while item is not None:
            preceding = item.prev
            yield item
            item = preceding

    def detach(self, item: Item) -> None:
        """Takes `item` out of this list without erasing it."""
        assert item.parent is self, "the item is in another list"
        if item.prev is None:
            self.first = item.next
        else:
            item.prev.next = item.next
        if item.next is None:
            self.last = item.prev
        else:
            item.next.prev = item.prev
        item.parent = item.prev = item.next = None

    def link(self, item: Item, anchor: Item | None) -> None:
        """Puts a detached item before `anchor`, or at the end. Callers set its parent."""
        before = self.last if anchor is None else anchor.prev
        item.prev, item.next = before, anchor
        if before is None:
            self.first = item
        else:
            before.next = item
        if anchor is None:
            self.last = item
        else:
            anchor.prev = item

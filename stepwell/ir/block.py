"""Blocks (lists of ops) and regions (lists of blocks), both doubly linked.

Inserting, removing and moving take constant time; iterating allows the current element to be
erased.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from stepwell.ir.attribute import Type
from stepwell.ir.linked_list import LinkedList
from stepwell.ir.value import BlockArgument

if TYPE_CHECKING:
    from stepwell.ir.location import Location
    from stepwell.ir.operation import Operation

_ORDER_STEP = 64


class Block(LinkedList["Operation"]):
    """A list of ops with arguments; its last op may be a terminator with successors."""

    yields_constant: ClassVar[bool] = False  # as ops say it: a block owns values, too

    __slots__ = (
        "_order_valid",
        "_predecessors",
        "args",
        "name_hint",
        "next",
        "parent",
        "prev",
    )

    def __init__(self, arg_types: Sequence[Type] = ()) -> None:
        self.parent: Region | None = None
        self.prev: Block | None = None
        self.next: Block | None = None
        self.first = None
        self.last = None
        self.name_hint: str | None = None
        self.args: list[BlockArgument] = []
        self._predecessors: dict[Operation, int] | None = None
        self._order_valid = True
        for type in arg_types:
            self.add_argument(type)

    # Arguments.

    def add_argument(self, type: Type, location: Location | None = None) -> BlockArgument:
        """Appends an argument of `type` and returns it."""
        return self.insert_argument(len(self.args), type, location)

    def insert_argument(
        self, index: int, type: Type, location: Location | None = None
    ) -> BlockArgument:
        """Inserts an argument before number `index` and returns it."""
        made = BlockArgument(type, self, index)
        made._location = location
        self.args.insert(index, made)
        for later in self.args[index + 1 :]:
            later.index += 1
        return made

    def erase_argument(self, index: int) -> None:
        """Removes an argument that has no uses."""
        argument = self.args[index]
        assert not argument.has_uses, "a block argument that is used cannot be erased"
        del self.args[index]
        for later in self.args[index:]:
            later.index -= 1

    def erase_arguments(self, arguments: Iterable[BlockArgument]) -> None:
        """As `erase_argument`, of several at once: the rest are numbered anew only once."""
        gone = set(arguments)
        assert not any(one.has_uses for one in gone), "a block argument that is used stays"
        self.args[:] = [one for one in self.args if one not in gone]
        for index, one in enumerate(self.args):
            one.index = index

    @property
    def arg_types(self) -> tuple[Type, ...]:
        """The types of the arguments."""
        return tuple(argument.type for argument in self.args)

    # The list of ops.

    @property
    def ops(self) -> Iterator[Operation]:
        """The ops in order. The one being visited may be erased or moved."""
        return self.forward()

    @property
    def ops_reversed(self) -> Iterator[Operation]:
        """The ops, last one first. The one being visited may be erased or moved."""
        return self.backward()

    def __iter__(self) -> Iterator[Operation]:
        return self.forward()

    def append(self, op: Operation) -> None:
        """Puts a detached op at the end. Not by `link`: reading programs is mostly this."""
        assert op.parent is None, "the op is in a block already"
        last = self.last
        op.parent = self
        op.prev = last
        if last is None:
            self.first = op
            op._order = 0
        else:
            last.next = op
            op._order = last._order + _ORDER_STEP
        self.last = op

    def insert_before(self, op: Operation, anchor: Operation | None) -> None:
        """Puts a detached op before `anchor`, or at the end if that is None."""
        if anchor is None:
            self.append(op)
            return
        assert op.parent is None and anchor.parent is self
        op.parent = self
        self.link(op, anchor)
        before = op.prev
        if before is None:
            op._order = anchor._order - _ORDER_STEP
            return
        op._order = (before._order + anchor._order) // 2
        if op._order == before._order:
            self._order_valid = False

    def is_before(self, a: Operation, b: Operation) -> bool:
        """Whether `a` stands before `b`; both must be in this block."""
        if not self._order_valid:
            for number, op in enumerate(self.ops):
                op._order = number * _ORDER_STEP
            self._order_valid = True
        return a._order < b._order

    def split_before(self, op: Operation) -> Block:
        """Moves `op` and all after it into a new block placed after this one."""
        assert self.parent is not None and op.parent is self
        made = Block()
        self.parent.insert_after(made, self)
        before, made.first, made.last = op.prev, op, self.last
        self.last, op.prev = before, None
        if before is None:
            self.first = None
        else:
            before.next = None
        made._order_valid = self._order_valid  # the ops keep their numbers
        moving: Operation | None = op
        while moving is not None:
            moving.parent = made
            moving = moving.next
        return made

    @property
    def terminator(self) -> Operation | None:
        """The last op if it is a terminator (or could be one, being unregistered)."""
        last = self.last
        return last if last is not None and last.may_be_terminator else None

    # Places.

    @property
    def parent_op(self) -> Operation | None:
        """The op whose region holds this block."""
        return self.parent.parent if self.parent is not None else None

    @property
    def is_entry(self) -> bool:
        """Whether this is the first block of its region."""
        return self.parent is not None and self.parent.first is self

    @property
    def predecessors(self) -> tuple[Block, ...]:
        """The blocks whose terminators name this one, each once."""
        found: dict[Block, None] = {}
        for op in self._predecessors or ():
            if op.parent is not None:
                found[op.parent] = None
        return tuple(found)

    @property
    def successors(self) -> tuple[Block, ...]:
        """The blocks that the terminator names, in its order."""
        return tuple(self.last.successors) if self.last is not None else ()

    def replace_all_uses_with(self, new: Block) -> None:
        """Makes every terminator that names this block name `new` instead."""
        for op in tuple(self._predecessors or ()):
            for number, successor in enumerate(op.successors):
                if successor is self:
                    op.set_successor(number, new)

    def erase(self) -> None:
        """Removes the block and its ops, which nothing outside may use."""
        if self.parent is not None:
            self.parent.detach(self)
        for op in self.ops:
            op.drop_all_references()
        for op in self.ops_reversed:
            op.erase(check_uses=False)


class Region(LinkedList["Block"]):
    """A list of blocks that belongs to an op. The first one is the entry block."""

    __slots__ = ("parent",)

    def __init__(self, blocks: Sequence[Block] = ()) -> None:
        self.parent: Operation | None = None
        self.first = None
        self.last = None
        for block in blocks:
            self.append(block)

    @property
    def blocks(self) -> Iterator[Block]:
        """The blocks in order. The one being visited may be erased or moved."""
        return self.forward()

    def __iter__(self) -> Iterator[Block]:
        return self.forward()

    @property
    def entry(self) -> Block:
        """The first block. Only for regions that have one."""
        assert self.first is not None, "the region has no block"
        return self.first

    @property
    def is_empty(self) -> bool:
        """Whether there is no block at all."""
        return self.first is None

    @property
    def has_one_block(self) -> bool:
        """Whether there is exactly one block."""
        return self.first is not None and self.first is self.last

    @property
    def args(self) -> list[BlockArgument]:
        """The arguments of the entry block."""
        return self.first.args if self.first is not None else []

    def append(self, block: Block) -> None:
        """Puts a detached block at the end."""
        self.insert_before(block, None)

    def insert_before(self, block: Block, anchor: Block | None) -> None:
        """Puts a detached block before `anchor`, or at the end if that is None."""
        assert block.parent is None, "the block is in a region already"
        assert anchor is None or anchor.parent is self
        block.parent = self
        self.link(block, anchor)

    def insert_after(self, block: Block, anchor: Block) -> None:
        """Puts a detached block after `anchor`."""
        self.insert_before(block, anchor.next)

    def take_body(self, other: Region) -> None:
        """Moves all blocks of `other` to the end of this region."""
        for block in other.blocks:
            other.detach(block)
            self.append(block)

    def is_ancestor_of(self, other: Region) -> bool:
        """Whether `other` is this region or is nested in it."""
        region: Region | None = other
        while region is not None:
            if region is self:
                return True
            owner = region.parent
            block = owner.parent if owner is not None else None
            region = block.parent if block is not None else None
        return False

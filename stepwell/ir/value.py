"""SSA values and who uses them.

A value knows its users as an insertion-ordered table (op -> how many of its operands), so adding or
removing a use costs the same whether it has one use or a million.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from stepwell.ir.attribute import Type
from stepwell.ir.diagnostics import StepwellError

if TYPE_CHECKING:
    from stepwell.ir.block import Block
    from stepwell.ir.operation import Operation


class Value:
    """The result of an op or an argument of a block. See `OpResult` and `BlockArgument`."""

    __slots__ = ("_users", "index", "name_hint", "owner", "type")

    type: Type
    index: int
    name_hint: str | None
    owner: Operation | Block
    _users: dict[Operation, int] | None

    def __init__(self, type: Type, owner: Operation | Block, index: int) -> None:
        self.type = type
        self.owner = owner
        self.index = index
        self.name_hint = None
        self._users = None

    @property
    def users(self) -> tuple[Operation, ...]:
        """The ops that use this value, each once, in order of their first use."""
        return tuple(self._users) if self._users else ()

    @property
    def uses(self) -> Iterator[tuple[Operation, int]]:
        """(op, operand number) of every use. Collect them before changing the IR."""
        for user in self.users:
            for number, operand in enumerate(user._operands):
                if operand is self:
                    yield user, number

    @property
    def has_uses(self) -> bool:
        """Whether any op uses this value."""
        return bool(self._users)

    @property
    def num_uses(self) -> int:
        """How many operands this value is."""
        return sum(self._users.values()) if self._users else 0

    @property
    def has_one_use(self) -> bool:
        """Whether exactly one operand of one op is this value."""
        return self.num_uses == 1

    @property
    def defining_op(self) -> Operation | None:
        """The op whose result this is; None for a block argument."""
        return None

    @property
    def parent_block(self) -> Block | None:
        """The block in which the value is defined."""
        raise NotImplementedError

    def replace_all_uses_with(self, new: Value) -> None:
        """Makes every user use `new` instead."""
        if new is self or not self._users:
            return
        users, self._users = self._users, None
        into = new._users
        if into is None:
            into = new._users = {}
        for user, count in users.items():
            operands = user._operands
            for number, operand in enumerate(operands):
                if operand is self:
                    operands[number] = new
            into[user] = into.get(user, 0) + count

    def _add_use(self, user: Operation) -> None:
        users = self._users
        if users is None:
            self._users = {user: 1}
        else:
            users[user] = users.get(user, 0) + 1

    def _remove_use(self, user: Operation) -> None:
        users = self._users
        assert users is not None
        count = users[user]
        if count == 1:
            del users[user]
        else:
            users[user] = count - 1

    def __repr__(self) -> str:
        return f"<{type(self).__name__} %{self.name_hint or self.index} : {self.type}>"


class OpResult(Value):
    """Result number `index` of the op `owner`."""

    __slots__ = ()
    owner: Operation

    @property
    def defining_op(self) -> Operation:
        """The op whose result this is."""
        return self.owner

    @property
    def parent_block(self) -> Block | None:
        """The block that holds the defining op."""
        return self.owner.parent


class BlockArgument(Value):
    """Argument number `index` of the block `owner`."""

    __slots__ = ("_location",)
    owner: Block
    _location: object

    @property
    def parent_block(self) -> Block:
        """The block whose argument this is."""
        return self.owner


class ErasedValue(Value):
    """What the results of an erased op become: any use of it says so."""

    __slots__ = ()

    def __getattribute__(self, name: str) -> object:
        if name.startswith("__") or name == "_users":
            return object.__getattribute__(self, name)
        raise StaleHandleError("this value belongs to an op that has been erased")


class StaleHandleError(StepwellError):
    """A Python name still refers to an op or value that was erased from the program."""

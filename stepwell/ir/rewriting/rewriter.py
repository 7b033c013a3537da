"""The rewriter: through it, patterns and passes change programs, and others hear of it.

A driver hangs a `Listener` on it to learn which ops are new, changed or gone. Ops that are inserted
without a location get `location`: that of the op that is being rewritten.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager

from stepwell.ir import dialect
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.block import Block, Region
from stepwell.ir.clone import AnyOp
from stepwell.ir.diagnostics import PassError
from stepwell.ir.interpreter.constants import attribute_of
from stepwell.ir.location import UNKNOWN, Location
from stepwell.ir.operation import Operation, SourcePosition, walk, walk_post_order
from stepwell.ir.traits import ConstantLike
from stepwell.ir.value import OpResult, Value

Replacement = Value | Operation | Sequence[Value | Operation]

_Point = AbstractContextManager[None]

CONSTANT_DIALECTS = ("arith", "complex", "func", "ub")
"""Who is asked for a constant when the op's own dialect cannot make it."""


class Listener:
    """Hears what a rewriter does. Every method may be left out."""

    def inserted(self, op: Operation) -> None:
        """`op` is now in a block: it is new, or it was moved there."""

    def modified(self, op: Operation) -> None:
        """`op` was changed in place."""

    def replacing(self, op: Operation, values: Sequence[Value]) -> None:
        """The results of `op` are about to be replaced by `values`."""

    def erasing(self, op: Operation) -> None:
        """`op` is about to be erased; it has its operands still."""


class Rewriter:
    """Changes the IR.

    Attributes:
        location: what ops without a location get.
        changes: how many changes were made through this rewriter.
    """

    def __init__(self, *listeners: Listener, location: Location = UNKNOWN) -> None:
        self.listeners = list(listeners)
        self.location: Location | SourcePosition = location
        self.changes = 0
        self._block: Block | None = None
        self._anchor: Operation | None = None
        self._op_name = CONSTANT_DIALECTS[0]

    # Where ops are inserted.

    def set_point(self, block: Block, anchor: Operation | None) -> None:
        """New ops go into `block`, before `anchor` or, if that is None, at the end."""
        self._block, self._anchor = block, anchor

    def start_at(self, op: Operation) -> None:
        """New ops go before `op` and share its location."""
        assert op.parent is not None, "the op is in no block"
        self.set_point(op.parent, op)
        self.location = op._location
        self._op_name = op.name

    @property
    def block(self) -> Block:
        """The block that new ops go into."""
        if self._block is None:
            raise PassError("the rewriter has no insertion point")
        return self._block

    @contextmanager
    def at(self, block: Block, anchor: Operation | None) -> Iterator[None]:
        """Inside, ops go into `block`, before `anchor` or at the end."""
        saved = self._block, self._anchor
        self.set_point(block, anchor)
        try:
            yield
        finally:
            self._block, self._anchor = saved

    def before(self, op: Operation) -> _Point:
        """Inside, ops go before `op`."""
        assert op.parent is not None, "the op is in no block"
        return self.at(op.parent, op)

    def after(self, op: Operation) -> _Point:
        """Inside, ops go after `op`."""
        assert op.parent is not None, "the op is in no block"
        return self.at(op.parent, op.next)

    def at_start(self, block: Block) -> _Point:
        """Inside, ops go to the start of `block`."""
        return self.at(block, block.first)

    def at_end(self, block: Block) -> _Point:
        """Inside, ops go to the end of `block`."""
        return self.at(block, None)

    # Single ops.

    def insert(self, op: AnyOp) -> AnyOp:
        """Puts a detached op at the insertion point and returns it."""
        self.block.insert_before(op, self._anchor)
        _locate(op, self.location)
        self._notify_inserted(op)
        return op

    def _notify_inserted(self, op: Operation) -> None:
        self.changes += 1
        if op.regions:
            for inner in walk(op):
                for listener in self.listeners:
                    listener.inserted(inner)
            return
        for listener in self.listeners:
            listener.inserted(op)

    def constant(
        self,
        value: Attribute | int | float,
        type: Type,
        location: Location | None = None,
        dialects: Sequence[str] = (),
    ) -> Value:
        """A constant at the insertion point.

        Args:
            value: an attribute, or a number (of every element, if `type` has elements).
            type: of the result.
            location: in place of the rewriter's.
            dialects: asked for the op before the dialect of the op that is rewritten, and `arith`.

        Raises:
            PassError: no dialect has such a constant.
        """
        made = self.constant_or_none(value, type, location, dialects)
        if made is None:
            raise PassError(f"no dialect can make a constant {value} of type '{type}'")
        return made

    def constant_or_none(
        self,
        value: Attribute | int | float,
        type: Type,
        location: Location | None = None,
        dialects: Sequence[str] = (),
    ) -> Value | None:
        """As `constant`, but None if no dialect has such a constant."""
        attribute = value if isinstance(value, Attribute) else attribute_of(value, type)
        if attribute is None:
            return None
        own = self._op_name.partition(".")[0]
        asked = dict.fromkeys((*dialects, own, *CONSTANT_DIALECTS))
        op = dialect.materialize_constant(attribute, type, asked)
        if op is None:
            return None
        if location is not None:
            op.location = location
        return self.insert(op).result

    def replace(self, op: Operation, replacement: Replacement) -> None:
        """Makes all users of the results of `op` use `replacement`, and erases `op`.

        Args:
            op: what goes.
            replacement: a value or an op for each result, or one op with as many results; an op
                that is not in a block yet is inserted.
        """
        values = self._values(op, replacement)
        for listener in self.listeners:
            listener.replacing(op, values)
        for old, new in zip(op.results, values, strict=True):
            _keep_name(old, new)
            self.replace_all_uses(old, new)
        self.erase(op)

    def _values(self, op: Operation, replacement: Replacement) -> list[Value]:
        items = [replacement] if isinstance(replacement, Value | Operation) else replacement
        values: list[Value] = []
        for item in items:
            if isinstance(item, Operation):
                if item.parent is None:
                    self.insert(item)
                values += item.results
            else:
                values.append(item)
        if len(values) != len(op.results):
            raise PassError(
                f"'{op.name}' has {len(op.results)} results, but {len(values)} values replace it"
            )
        return values

    def replace_all_uses(self, old: Value, new: Value) -> None:
        """Makes every user of `old` use `new`."""
        if old is new or not old.has_uses:
            return
        users = old.users
        old.replace_all_uses_with(new)
        for user in users:
            self.modified(user)

    def erase(self, op: Operation) -> None:
        """Removes `op` and all inside it; nothing may use its results."""
        if op is self._anchor:
            self._anchor = op.next
        self.changes += 1
        if self.listeners:
            for inner in list(walk_post_order(op)) if op.regions else (op,):
                for listener in self.listeners:
                    listener.erasing(inner)
        op.erase()

    def modified(self, op: Operation) -> None:
        """Says that `op` was changed in place."""
        self.changes += 1
        for listener in self.listeners:
            listener.modified(op)

    def move_before(self, op: Operation, anchor: Operation) -> None:
        """Moves `op` to just before `anchor`."""
        op.move_before(anchor)
        self._notify_inserted(op)

    def move_after(self, op: Operation, anchor: Operation) -> None:
        """Moves `op` to just after `anchor`."""
        op.move_after(anchor)
        self._notify_inserted(op)

    # Blocks and regions.

    def create_block(
        self, region: Region, arg_types: Sequence[Type] = (), before: Block | None = None
    ) -> Block:
        """A new block in `region`, before a block or at the end."""
        made = Block(arg_types)
        region.insert_before(made, before)
        self.changes += 1
        return made

    def erase_block(self, block: Block) -> None:
        """Removes `block` and its ops, which nothing outside of it may use."""
        for op in block.ops_reversed:
            for inner in list(walk_post_order(op)):
                for listener in self.listeners:
                    listener.erasing(inner)
        self.changes += 1
        block.erase()

    def split_block(self, block: Block, before_op: Operation) -> Block:
        """Moves `before_op` and all after it to a new block, placed after `block`."""
        self.changes += 1
        return block.split_before(before_op)

    def inline_block_before(
        self, block: Block, op: Operation, arguments: Sequence[Value] = ()
    ) -> None:
        """Moves the ops of `block` to before `op`, and erases the empty block.

        Args:
            block: not in use by any branch.
            op: where they go.
            arguments: what replaces the arguments of `block`.
        """
        assert op.parent is not None
        self._inline(block, op.parent, op, arguments)

    def merge_blocks(self, source: Block, target: Block, arguments: Sequence[Value] = ()) -> None:
        """Moves the ops of `source` to the end of `target`, and erases the empty block."""
        self._inline(source, target, None, arguments)

    def _inline(
        self, source: Block, target: Block, anchor: Operation | None, arguments: Sequence[Value]
    ) -> None:
        for old, new in zip(source.args, arguments, strict=True):
            self.replace_all_uses(old, new)
        for op in source.ops:
            source.detach(op)
            target.insert_before(op, anchor)
            for listener in self.listeners:
                listener.inserted(op)
        self.changes += 1
        source.erase()

    def move_blocks(self, region: Region, into_region: Region, before: Block | None = None) -> None:
        """Moves all blocks of `region` into another one, before a block or at the end."""
        for block in region.blocks:
            region.detach(block)
            into_region.insert_before(block, before)
        self.changes += 1
        for owner in (region.parent, into_region.parent):
            if owner is not None:
                self.modified(owner)


def _locate(op: Operation, location: Location | SourcePosition) -> None:
    """Gives `location` to `op` and the ops inside it that have none."""
    if op._location is UNKNOWN:
        op._location = location
    if op.regions:
        for inner in walk(op):
            if inner._location is UNKNOWN:
                inner._location = location


def _keep_name(old: Value, new: Value) -> None:
    """Lets a computed value take over the name that the source gave the old one."""
    if old.name_hint is None or new.name_hint is not None or not isinstance(new, OpResult):
        return
    if not new.owner.has_trait(ConstantLike):
        new.name_hint = old.name_hint

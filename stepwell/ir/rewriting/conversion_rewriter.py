"""The rewriter that conversion patterns use: it lets the types of values change.

Where a value of an old type is replaced by values of other types, a cast back to the old type takes
its place for the users that are not converted yet. When these are converted, they look through it.
A cast of the old value to just these types is replaced at once: a later pattern sees what made its
operands, not a chain of casts. Casts that nobody needs in the end are removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from stepwell.ir.attribute import Type
from stepwell.ir.block import Block, Region
from stepwell.ir.clone import AnyOp
from stepwell.ir.location import Location
from stepwell.ir.operation import ErasedOp, Operation, SourcePosition, walk
from stepwell.ir.rewriting.casts import cast_origin, is_cast, make_cast, reconcile
from stepwell.ir.rewriting.pattern import NoMatch
from stepwell.ir.rewriting.rewriter import Listener, Rewriter
from stepwell.ir.rewriting.type_converter import TypeConverter
from stepwell.ir.value import BlockArgument, OpResult, Value

Point: TypeAlias = tuple[Block, Operation | None]
"""Where to insert: before an op of a block, or at its end."""


class ConversionRewriter(Rewriter):
    """As `Rewriter`, for conversions. Subclasses may know how to write the ops of a dialect.

    Attributes:
        converter: how types are converted; None if they are not.
        casts: the casts met or made so far: whether each leads back to an old type; None if it was
            there before.
        made: the ops inserted or moved since the list was last cleared, with those inside them.
        insertions: how many of the changes were insertions of new ops.
    """

    def __init__(self, *listeners: Listener, converter: TypeConverter | None = None) -> None:
        super().__init__(*listeners)
        self.converter = converter
        self.casts: dict[Operation, bool | None] = {}
        self.made: list[Operation] = []
        self.insertions = 0
        self._stand_ins: dict[tuple[Value, tuple[Type, ...]], Operation] = {}

    # Types and values after conversion.

    def convert_types(self, all_types: Sequence[Type]) -> list[Type]:
        """What `all_types` are converted to, in one list.

        Raises:
            NoMatch: one of them cannot be converted.
        """
        return [new for type in all_types for new in self._converted_types(type)]

    def _converted_types(self, type: Type) -> tuple[Type, ...]:
        found = (type,) if self.converter is None else self.converter.convert(type)
        if found is None:
            raise NoMatch(f"type '{type}' cannot be converted")
        return found

    def convert_type(self, type: Type) -> Type:
        """The one type that `type` is converted to. Raises NoMatch if there is not exactly one."""
        found = self._converted_types(type)
        if len(found) != 1:
            raise NoMatch(f"type '{type}' is converted to {len(found)} types")
        return found[0]

    def converted(self, value: Value) -> list[Value]:
        """The values that stand for `value` in converted code. Raises NoMatch if none can."""
        return self.converted_all((value,))

    def converted_value(self, value: Value) -> Value:
        """The one value that stands for `value`. Raises NoMatch if there is not exactly one."""
        found = self.converted_all((value,))
        if len(found) != 1:
            raise NoMatch(f"a value of type '{value.type}' is converted to {len(found)} values")
        return found[0]

    def converted_all(self, values: Sequence[Value]) -> list[Value]:
        """The values that stand for all of `values`, in one list. Raises NoMatch."""
        if self.converter is None:
            return list(values)
        convert = self.converter.convert
        all_types = [convert(value.type) for value in values]
        found: list[Value] = []
        if None in all_types:  # before any cast is made
            self.convert_types([value.type for value in values])
        for value, wanted in zip(values, all_types, strict=True):
            assert wanted is not None
            if len(wanted) == 1 and wanted[0] is value.type:
                found.append(value)
            else:
                found += self._standing_for(value, wanted)
        return found

    def _standing_for(self, value: Value, wanted: tuple[Type, ...]) -> Sequence[Value]:
        """What `value` was cast from; or a cast, just after its definition."""
        origin = cast_origin(value)
        if origin is not None and origin.operand_types == wanted and len(origin.results) == 1:
            return origin._operands
        known = self._stand_ins.get((value, wanted))
        if known is None or type(known) is ErasedOp:
            known = self._cast([value], wanted, False, _after(value), self._location_of(value))
            self._stand_ins[value, wanted] = known
        return known.results

    # Changes.

    def insert(self, op: AnyOp) -> AnyOp:
        """Puts a detached op at the insertion point and returns it."""
        self.insertions += 1
        return super().insert(op)

    def _notify_inserted(self, op: Operation) -> None:
        if op.regions:
            self.made += walk(op)
        else:
            self.made.append(op)
        if self.listeners:
            super()._notify_inserted(op)
        else:
            self.changes += 1

    def _inline(
        self, source: Block, target: Block, anchor: Operation | None, arguments: Sequence[Value]
    ) -> None:
        moved = list(source.ops)
        super()._inline(source, target, anchor, arguments)
        self.made += moved

    def take_back(self) -> bool:
        """Erases the new ops that `made` lists; False if they are in use by others."""
        for op in reversed(self.made):
            if type(op) is ErasedOp:
                continue
            for user in [user for result in op.results for user in result.users]:
                if user not in self.casts or any(result.has_uses for result in user.results):
                    return False
                user.erase()
            op.erase()
        self.made.clear()
        return True

    def replace(self, op: Operation, replacement: object) -> None:
        """Replaces `op`; the new values may have other types.

        Args:
            op: what goes.
            replacement: one value, op or sequence of values for each result. A result converted to
                several values has a sequence.
        """
        groups = self._groups(op, replacement)
        if self.listeners:
            flat = [value for group in groups for value in group]
            for listener in self.listeners:
                listener.replacing(op, flat)
        block = op.parent
        for old, group in zip(op.results, groups, strict=True):
            assert block is not None, "the op is in no block"
            self._substitute(old, group, (block, op), op._location)
        self.erase(op)

    def _groups(self, op: Operation, replacement: object) -> Sequence[Sequence[Value]]:
        groups: list[Sequence[Value]]
        items = replacement if isinstance(replacement, list | tuple) else [replacement]
        values = [item for item in items if isinstance(item, Value)]
        if len(values) == len(items):
            groups = [(value,) for value in values]
        elif any([isinstance(item, list | tuple) for item in items]):
            groups = [self._group(item) for item in items]
        else:
            groups = [(value,) for item in items for value in self._group(item)]
        if len(groups) != len(op.results):
            raise ValueError(f"{len(groups)} replacements for the results of '{op.name}'")
        return groups

    def _group(self, item: object) -> list[Value]:
        if isinstance(item, Value):
            return [item]
        if isinstance(item, Operation):
            if item.parent is None:
                self.insert(item)
            return list(item.results)
        assert isinstance(item, Sequence), "a value, an op, or a sequence of these"
        return [value for part in item for value in self._group(part)]

    def replace_all_uses(self, old: Value, new: Value, point: Point | None = None) -> None:
        """Makes every user of `old` use `new`, through a cast if its type is another one.

        Args:
            old: loses its users.
            new: gets them.
            point: where the cast goes; by default to the first place where `new` is known.
        """
        self.changes += 1
        self._substitute(old, (new,), point or _after(new), self._location_of(new))

    def _substitute(
        self,
        old: Value,
        group: Sequence[Value],
        point: Point,
        location: Location | SourcePosition,
    ) -> None:
        """Makes all users of `old` use `group`; a cast that they need goes to `point`."""
        if len(group) == 1:
            new = group[0]
            new.name_hint = new.name_hint or old.name_hint
            if new.type is old.type:
                self._use(old, new)
                return
        if old._users:
            self._resolve_casts(old, group)
        if old._users:
            self._use(old, self._cast(group, [old.type], True, point, location).results[0])

    def _use(self, old: Value, new: Value) -> None:
        if self.listeners:
            super().replace_all_uses(old, new)
        else:
            old.replace_all_uses_with(new)

    def _resolve_casts(self, old: Value, group: Sequence[Value]) -> None:
        """Casts of `old` to the types of `group` are nothing but `group`."""
        types = tuple([value.type for value in group])
        for user in old.users:
            if is_cast(user) and user.result_types == types and user._operands == [old]:
                user.replace_all_uses_with(group)
                user.set_operands(())  # dead; it may be where ops are being inserted
                self.casts.setdefault(user, None)
                self._stand_ins.pop((old, types), None)

    # Block arguments.

    def convert_block_arguments(
        self, block: Block, all_types: Sequence[Sequence[Type]] | None = None
    ) -> list[list[Value]]:
        """Gives the arguments of `block` new types; its ops see the old ones through casts.

        Args:
            block: changed in place; what branches pass is converted with the branches.
            all_types: the types that each argument becomes; by default, what the converter says.

        Returns:
            The new arguments for each old one.

        Raises:
            NoMatch: the converter does not know a type; nothing is changed then.
        """
        old = list(block.args)
        if all_types is None:
            all_types = [self._converted_types(argument.type) for argument in old]
        groups: list[list[Value]] = []
        for argument, wanted in zip(old, all_types, strict=True):
            groups.append(self._convert_argument(block, argument, wanted))
        self.changes += 1
        return groups

    def _convert_argument(
        self, block: Block, old: BlockArgument, wanted: Sequence[Type]
    ) -> list[Value]:
        if len(wanted) == 1:
            self._retype(old, wanted[0])
            return [old]
        location = old._location
        group: list[Value] = []
        for type in wanted:
            made = block.insert_argument(old.index, type)
            made._location = location
            group.append(made)
        self._substitute(old, group, (block, block.first), self.location)
        block.erase_argument(old.index)
        return group

    def _retype(self, argument: BlockArgument, type: Type) -> None:
        """Changes the type of an argument; its users get it cast back."""
        old = argument.type
        if old is type:
            return
        block = argument.owner
        stand_in = Value(old, block, argument.index)
        argument.replace_all_uses_with(stand_in)
        argument.type = type
        self._stand_ins.pop((argument, (type,)), None)
        self._substitute(stand_in, (argument,), (block, block.first), self.location)

    def convert_region_arguments(self, region: Region) -> None:
        """`convert_block_arguments` for all blocks of `region`. Raises NoMatch."""
        for block in region:
            self.convert_types(block.arg_types)
        for block in region:
            self.convert_block_arguments(block)

    # Casts.

    def _cast(
        self,
        inputs: Sequence[Value],
        wanted: Sequence[Type],
        back: bool,
        point: Point,
        location: Location | SourcePosition,
    ) -> Operation:
        """Inserts a cast. It counts as no change: it may turn out to be unneeded."""
        made = make_cast(inputs, wanted)
        made._location = location
        block, anchor = point
        block.insert_before(made, anchor)
        for listener in self.listeners:
            listener.inserted(made)
        self.casts[made] = back
        return made

    def _location_of(self, value: Value) -> Location | SourcePosition:
        return value.owner._location if isinstance(value, OpResult) else self.location

    def finish(self) -> None:
        """Removes the casts that are not needed, and asks the converter about the others."""
        alive = [cast for cast in self.casts if type(cast) is not ErasedOp]
        own = [cast for cast in alive if self.casts[cast] is not None]
        reconcile(own, alive)
        converter = self.converter
        if converter is None or not converter.materializes:
            return
        for cast in own:
            if type(cast) is not ErasedOp:
                self._materialize(cast, converter)

    def _materialize(self, cast: Operation, converter: TypeConverter) -> None:
        back = self.casts[cast]
        makers = converter.source_materializations if back else converter.target_materializations
        self.start_at(cast)
        for make in makers:
            found = make(self, cast.result_types, cast.operands, cast.location)
            if found is None:
                continue
            values = [found] if isinstance(found, Value) else list(found)
            cast.replace_all_uses_with(values)
            cast.erase()
            return


def _after(value: Value) -> Point:
    """The first place where `value` is known."""
    if isinstance(value, OpResult):
        assert value.owner.parent is not None
        return value.owner.parent, value.owner.next
    assert isinstance(value, BlockArgument)
    return value.owner, value.owner.first

"""The rewriter that conversion patterns use: it lets the types of values change.

Where a value of an old type is replaced by values of other types, a cast back to the old type takes
its place for the users that are not converted yet. When these are converted, they look through it.
Casts that nobody needs in the end are removed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

from stepwell.ir.attribute import Type
from stepwell.ir.block import Block, Region
from stepwell.ir.location import Location
from stepwell.ir.operation import ErasedOp, Operation, SourcePosition
from stepwell.ir.rewriting.casts import cast_origin, make_cast, reconcile
from stepwell.ir.rewriting.pattern import NoMatch
from stepwell.ir.rewriting.rewriter import Listener, Rewriter
from stepwell.ir.rewriting.type_converter import TypeConverter
from stepwell.ir.value import BlockArgument, OpResult, Value

ValueGroup: TypeAlias = Value | Operation | Sequence[Value]


class ConversionRewriter(Rewriter):
    """As `Rewriter`, for conversions.

    Attributes:
        converter: how types are converted; None if they are not.
        casts: the casts made so far, and whether each leads back to an old type.
    """

    def __init__(self, *listeners: Listener, converter: TypeConverter | None = None) -> None:
        super().__init__(*listeners)
        self.converter = converter
        self.casts: dict[Operation, bool] = {}
        self._targets: dict[tuple[Value, tuple[Type, ...]], Operation] = {}

    # Types and values after conversion.

    def convert_types(self, all_types: Sequence[Type]) -> list[Type]:
        """What `all_types` are converted to, in one list.

        Raises:
            NoMatch: one of them cannot be converted.
        """
        flat: list[Type] = []
        for type in all_types:
            found = (type,) if self.converter is None else self.converter.convert(type)
            if found is None:
                raise NoMatch(f"type '{type}' cannot be converted")
            flat += found
        return flat

    def convert_type(self, type: Type) -> Type:
        """The one type that `type` is converted to. Raises NoMatch if there is not exactly one."""
        found = self.convert_types([type])
        if len(found) != 1:
            raise NoMatch(f"type '{type}' is converted to {len(found)} types")
        return found[0]

    def converted(self, value: Value) -> list[Value]:
        """The values that stand for `value` in converted code. Raises NoMatch if none can."""
        wanted = tuple(self.convert_types([value.type]))
        if wanted == (value.type,):
            return [value]
        origin = cast_origin(value)
        if origin is not None and origin.operand_types == wanted and len(origin.results) == 1:
            return list(origin._operands)
        known = self._targets.get((value, wanted))
        if known is None or type(known) is ErasedOp:
            known = self._cast_after(value, wanted)
            self._targets[value, wanted] = known
        return list(known.results)

    def converted_value(self, value: Value) -> Value:
        """The one value that stands for `value`. Raises NoMatch if there is not exactly one."""
        found = self.converted(value)
        if len(found) != 1:
            raise NoMatch(f"a value of type '{value.type}' is converted to {len(found)} values")
        return found[0]

    def converted_all(self, values: Sequence[Value]) -> list[Value]:
        """The values that stand for all of `values`, in one list."""
        return [new for value in values for new in self.converted(value)]

    # Changes.

    def replace(self, op: Operation, replacement: object) -> None:
        """Replaces `op`; the new values may have other types.

        Args:
            op: what goes.
            replacement: one value, op or sequence of values for each result. A result converted to
                several values has a sequence.
        """
        groups = self._groups(op, replacement)
        flat = [value for group in groups for value in group]
        for listener in self.listeners:
            listener.replacing(op, flat)
        for old, group in zip(op.results, groups, strict=True):
            if not old.has_uses:
                continue
            if len(group) == 1 and group[0].type is old.type:
                self.replace_all_uses(old, group[0])
                continue
            with self.before(op):
                cast = self._cast(group, [old.type], True, op._location)
            super().replace_all_uses(old, cast.result)
        self.erase(op)

    def _groups(self, op: Operation, replacement: object) -> list[list[Value]]:
        if isinstance(replacement, Value | Operation) or not isinstance(replacement, Sequence):
            replacement = [replacement]
        if any(isinstance(item, list | tuple) for item in replacement):
            groups = [self._group(item) for item in replacement]
        else:
            groups = [[value] for item in replacement for value in self._group(item)]
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

    def replace_all_uses(self, old: Value, new: Value) -> None:
        """Makes every user of `old` use `new`, through a cast if its type is another one."""
        if new.type is not old.type and old.has_uses:
            new = self._cast_after(new, (old.type,), back=True).result
        super().replace_all_uses(old, new)

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
            all_types = [self.convert_types([argument.type]) for argument in old]
        groups: list[list[Value]] = []
        for argument, wanted in zip(old, all_types, strict=True):
            groups.append(self._convert_argument(block, argument, wanted))
        self.changes += 1
        return groups

    def _convert_argument(
        self, block: Block, old: BlockArgument, wanted: Sequence[Type]
    ) -> list[Value]:
        if list(wanted) == [old.type]:
            return [old]
        location = old._location
        group: list[Value] = []
        for type in wanted:
            made = block.insert_argument(old.index, type)
            made._location = location
            group.append(made)
        if len(group) == 1:
            group[0].name_hint = old.name_hint
        if old.has_uses:
            with self.at_start(block):
                cast = self._cast(group, [old.type], True, self.location)
            super().replace_all_uses(old, cast.result)
        block.erase_argument(old.index)
        return group

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
        location: Location | SourcePosition,
    ) -> Operation:
        made = make_cast(inputs, wanted)
        made._location = location
        self.insert(made)
        self.changes -= 1  # a cast that turns out to be unneeded is no change
        self.casts[made] = back
        return made

    def _cast_after(self, value: Value, wanted: Sequence[Type], back: bool = False) -> Operation:
        """A cast of `value`, at the first place where the value is known."""
        if isinstance(value, OpResult):
            with self.after(value.owner):
                return self._cast([value], wanted, back, value.owner._location)
        assert isinstance(value, BlockArgument)
        with self.at_start(value.owner):
            return self._cast([value], wanted, back, self.location)

    def finish(self) -> None:
        """Removes the casts that are not needed, and asks the converter about the others."""
        reconcile([cast for cast in self.casts if type(cast) is not ErasedOp])
        for cast, back in list(self.casts.items()):
            if type(cast) is not ErasedOp:
                self._materialize(cast, back)

    def _materialize(self, cast: Operation, back: bool) -> None:
        if self.converter is None:
            return
        converter = self.converter
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

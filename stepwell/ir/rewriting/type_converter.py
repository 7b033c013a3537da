"""Type conversion: which types become which, when a dialect is converted to another.

    converter = TypeConverter()
    converter.add(lambda type: type)                            # whatever no other rule knows stays

    @converter.rule
    def index_is_i64(type: IndexType) -> Type:
        return i64

Rules are tried last one first. One returns the new type; several (or none) for one value; or None
if it does not know the type. A type that converts to itself is legal.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Sequence
from typing import TypeAlias

from stepwell.ir.attribute import Type
from stepwell.ir.block import Region
from stepwell.ir.location import Location
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import FunctionType
from stepwell.ir.value import Value

Converted: TypeAlias = Type | Sequence[Type] | None
TypeRule: TypeAlias = Callable[..., Converted]
Materialization: TypeAlias = Callable[
    [Rewriter, Sequence[Type], Sequence[Value], Location], "Sequence[Value] | Value | None"
]
"""Makes values of the given types from values; None if it does not know how."""


class TypeConverter:
    """Chained rules for types, and how to get from a value to its converted form and back."""

    def __init__(self, *rules: TypeRule) -> None:
        self._rules: list[tuple[TypeRule, tuple[type, ...]]] = []
        self._known: dict[Type, tuple[Type, ...] | None] = {}
        self.source_materializations: list[Materialization] = []
        self.target_materializations: list[Materialization] = []
        for rule in rules:
            self.add(rule)

    def add(self, rule: TypeRule) -> None:
        """Adds a rule, to be tried before those added so far.

        If its parameter is annotated with a class of types, it is asked about these only.
        """
        self._rules.insert(0, (rule, _annotated_classes(rule)))
        self._known.clear()

    def rule(self, rule: TypeRule) -> TypeRule:
        """`add`, as a decorator."""
        self.add(rule)
        return rule

    def add_source_materialization(self, make: Materialization) -> None:
        """`make` turns converted values back into one of an old type, in place of a cast."""
        self.source_materializations.insert(0, make)

    def add_target_materialization(self, make: Materialization) -> None:
        """`make` turns an old value into converted ones, in place of a cast."""
        self.target_materializations.insert(0, make)

    @property
    def materializes(self) -> bool:
        """Whether there is anything to take the place of a cast."""
        return bool(self.source_materializations or self.target_materializations)

    def convert(self, type: Type) -> tuple[Type, ...] | None:
        """The types that a value of `type` is converted to; None if no rule knows it."""
        try:
            return self._known[type]
        except KeyError:
            found = self._known[type] = self._ask(type)
            return found

    def _ask(self, type: Type) -> tuple[Type, ...] | None:
        for rule, classes in self._rules:
            if classes and not isinstance(type, classes):
                continue
            found = rule(type)
            if found is not None:
                return (found,) if isinstance(found, Type) else tuple(found)
        return None

    def convert_type(self, type: Type) -> Type | None:
        """The only type that `type` is converted to; None if there is not exactly one."""
        try:
            found = self._known[type]
        except KeyError:
            found = self.convert(type)
        return found[0] if found is not None and len(found) == 1 else None

    def convert_types(self, all_types: Sequence[Type]) -> list[Type] | None:
        """What all types are converted to, in one list; None if one is not known."""
        flat: list[Type] = []
        for type in all_types:
            found = self.convert(type)
            if found is None:
                return None
            flat += found
        return flat

    def is_legal(self, type: Type) -> bool:
        """Whether `type` stays as it is."""
        return self.convert(type) == (type,)

    def are_legal(self, all_types: Sequence[Type]) -> bool:
        """Whether all of these types stay as they are."""
        return all(self.is_legal(type) for type in all_types)

    def is_legal_op(self, op: Operation) -> bool:
        """Whether all operands and results of `op` have legal types."""
        return self.are_legal(op.operand_types) and self.are_legal(op.result_types)

    def is_legal_region(self, region: Region) -> bool:
        """Whether all block arguments of `region` have legal types."""
        return all(self.are_legal(block.arg_types) for block in region)

    def is_legal_signature(self, type: FunctionType) -> bool:
        """Whether all inputs and results of a function type are legal."""
        return self.are_legal(type.inputs) and self.are_legal(type.results)


def _annotated_classes(rule: TypeRule) -> tuple[type, ...]:
    annotations = getattr(rule, "__annotations__", {})
    first = next(iter(annotations), "return")
    if first == "return":
        return ()
    only = types.SimpleNamespace(__annotations__={first: annotations[first]})
    hint = typing.get_type_hints(only, getattr(rule, "__globals__", {}))[first]
    return (hint,) if isinstance(hint, type) else typing.get_args(hint)

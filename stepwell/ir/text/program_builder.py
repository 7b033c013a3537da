"""Building the program while it is read: regions, blocks, names, generic ops.

The rules of `module.lark` call these methods as they are reduced.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Any, TypeAlias

from stepwell.ir.attribute import Attribute
from stepwell.ir.block import Block, Region
from stepwell.ir.diagnostics import Diagnostic, ParseError, Source
from stepwell.ir.location import DeferredLoc, Location
from stepwell.ir.operation import Operation, walk
from stepwell.ir.text.op_parser import Argument, OpParser, RegionRequest
from stepwell.ir.text.scope import IsolatedScope, RegionScope
from stepwell.ir.traits import IsolatedFromAbove
from stepwell.ir.value import Value

MAX_ERRORS = 50

Matcher: TypeAlias = Generator[RegionRequest, Region, Operation]
Binding: TypeAlias = tuple[str, int, int]
"""What stands left of `=`: a name, how many results it takes, and where it stands."""


class Frame:
    """An op whose region is being read: the matcher to resume, or None for a generic op."""

    __slots__ = ("cls", "matcher", "request", "start")

    def __init__(
        self, cls: type[Operation], matcher: Matcher | None, request: RegionRequest, start: int
    ) -> None:
        self.cls = cls
        self.matcher = matcher
        self.request = request
        self.start = start


class ProgramBuilder(OpParser):
    """The part of the module parser that makes IR. `top` gets the ops of the top level."""

    __slots__ = ("diagnostics", "finished_region", "top")

    def __init__(self, source: Source, allow_unregistered: bool) -> None:
        super().__init__(source, allow_unregistered)
        self.diagnostics: list[Diagnostic] = []
        self.top = Block()
        self.finished_region = Region()

    def check_limit(self) -> None:
        if len(self.diagnostics) >= MAX_ERRORS:
            raise ParseError([])

    def resolve_locations(self) -> None:
        """Puts the locations that aliases stand for in the place of those aliases."""
        for root in self.top.ops:
            for op in walk(root):
                op._location = self._resolved(op._location)
                for region in op.regions:
                    for block in region.blocks:
                        for argument in block.args:
                            argument._location = self._resolved(argument._location)

    def _resolved(self, location: Any) -> Any:
        if not isinstance(location, DeferredLoc):
            return location
        found = self.context.attribute_aliases.get(location.alias_name)
        if not isinstance(found, Location):
            message = f"operation location alias was never defined: '#{location.alias_name}'"
            raise self.error(message, location.start)
        return found

    def begin_region(self, frame: Frame) -> None:
        cls = frame.cls
        isolated = IsolatedFromAbove in cls.traits
        region = Region()
        self.region_scopes.append(
            RegionScope(region, isolated, getattr(cls, "default_dialect", ""))
        )
        if isolated:
            self.scopes.append(IsolatedScope())
        scope = self.region_scopes[-1]
        if frame.request.arguments:
            scope.block = Block()
            region.append(scope.block)
            for argument in frame.request.arguments:
                self._add_argument(scope, argument)

    def _add_argument(self, scope: RegionScope, argument: Argument) -> None:
        assert scope.block is not None
        made = scope.block.add_argument(argument.type)
        name, start = argument.operand
        location = argument.location
        made._location = location if location is not None else (self.context.source, start)
        if name:
            self.define(name, made, start)

    def end_region(self) -> Region:
        scope = self.region_scopes.pop()
        for name, start in scope.undefined.items():
            raise self.error(f"reference to an undefined block '{name}'", start)
        if scope.isolated:
            self.check_forward(self.scopes.pop())
        else:
            values = self.scopes[-1].values
            for name in scope.names:
                del values[name]
        self.finished_region = scope.region
        return scope.region

    def check_forward(self, scope: IsolatedScope) -> None:
        for name, (value, start) in scope.forward.items():
            if name.partition("#")[0] not in scope.poisoned:
                error = self.error(f"use of undeclared SSA value name '{name}'", start)
                self.diagnostics += error.diagnostics
                self.check_limit()
            value.owner._operands = []  # type: ignore[union-attr]

    def begin_block(self, name: str, start: int, arguments: list[Argument]) -> None:
        scope = self.region_scopes[-1]
        block = scope.blocks.get(name)
        if block is None:
            block = scope.blocks[name] = Block()
        elif name not in scope.undefined:
            raise self.error(f"redefinition of block '{name}'", start)
        scope.undefined.pop(name, None)
        if not name[1:].isdigit() and not name.startswith("^bb"):
            block.name_hint = name[1:]
        if scope.region.first is not None and scope.region.first.args and scope.block is None:
            raise self.error("entry block arguments were already defined", start)
        scope.region.append(block)
        scope.block = block
        for argument in arguments:
            self._add_argument(scope, argument)

    def place_op(self, op: Operation) -> None:
        if not self.region_scopes:
            self.top.append(op)
            return
        scope = self.region_scopes[-1]
        if scope.block is None:
            scope.block = Block()
            scope.region.append(scope.block)
        scope.block.append(op)

    def finish_op(
        self,
        op: Operation | None,
        bound: list[Binding] | None,
        location: Location | None,
    ) -> None:
        """Puts an op in its block and names its results; None stands for a failed op."""
        if op is not None:
            if location is not None:
                op._location = location
            self.place_op(op)
        if bound is not None:
            self.bind_results(op, bound)

    def bind_results(self, op: Operation | None, bound: list[Binding]) -> None:
        if op is None:
            self.scopes[-1].poisoned.update(name for name, _, _ in bound)
            return
        results = op.results
        if len(bound) == 1 and len(results) == 1 and bound[0][1] == 1:
            self.define(bound[0][0], results[0], bound[0][2])
            return
        wanted = sum(count for _, count, _ in bound)
        if wanted != len(results):
            raise self.error(
                f"operation defines {len(results)} results but was provided {wanted} to bind",
                bound[0][2],
            )
        position = 0
        for name, count, start in bound:
            self.define(name, results[position], start)
            if count > 1:
                for number in range(count):
                    self.define_part(name, number, results[position + number])
            position += count

    def define_part(self, name: str, number: int, value: Value) -> None:
        """Defines `%name#number`."""
        scope = self.scopes[-1]
        full = f"{name}#{number}"
        self._satisfy(scope, full, value)
        scope.values[full] = value
        if self.region_scopes:
            self.region_scopes[-1].names.append(full)

    def define(self, name: str, value: Value, start: int) -> None:
        scope = self.scopes[-1]
        if name in scope.values:
            error = self.error(f"redefinition of SSA value '{name}'", start)
            prior = scope.defined_at.get(name)
            if prior is not None:
                error.diagnostics[0].note("previously defined here", self.place(prior))
            raise error
        if scope.forward:
            self._satisfy(scope, name, value)
            self._satisfy(scope, name + "#0", value)
        scope.values[name] = value
        scope.defined_at[name] = start
        if not name[1].isdigit():
            value.name_hint = name[1:]
        if self.region_scopes and not self.region_scopes[-1].isolated:
            self.region_scopes[-1].names.append(name)

    def _satisfy(self, scope: IsolatedScope, name: str, value: Value) -> None:
        """Puts a definition in the place of its earlier uses."""
        found = scope.forward.pop(name, None)
        if found is None:
            return
        stand_in, start = found
        if stand_in.type is not value.type:
            error = self.error(f"definition of SSA value '{name}' has type '{value.type}'", None)
            error.diagnostics[0].note(
                f"previously used here with type '{stand_in.type}'", self.place(start)
            )
            raise error
        stand_in.replace_all_uses_with(value)

    def build_generic(self, items: list[Any]) -> Operation:
        name, _, operands, _, successors, properties, regions, attributes = items[:8]
        cls: type[Operation] = name.value
        input_types = [token.value for token in items[10]]
        result_types = [token.value for token in items[13]]
        self.op_start = name.start
        values = self.resolve_all([token.value for token in operands], input_types)
        inherent: dict[str, Attribute] = properties.value if properties else {}
        discardable: dict[str, Attribute] = dict(attributes[0].value) if attributes else {}
        if cls.is_registered:
            for key in list(discardable):
                if key in cls.property_names and key not in inherent:
                    inherent[key] = discardable.pop(key)
        return cls.create(
            values,
            result_types,
            inherent or None,
            discardable or None,
            [token.value for token in successors],
            regions,
            (self.context.source, name.start),
        )

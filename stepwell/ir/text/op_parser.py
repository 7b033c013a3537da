"""What custom syntax reads beyond types and attributes: operands, regions, successors."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.block import Block, Region
from stepwell.ir.diagnostics import Diagnostic, ParseError, Severity, Source
from stepwell.ir.location import Location
from stepwell.ir.operation import Operation
from stepwell.ir.text import lexer
from stepwell.ir.text.context import ParseContext
from stepwell.ir.text.reader import Reader
from stepwell.ir.text.scope import IsolatedScope, RegionScope, forward_value
from stepwell.ir.types import none
from stepwell.ir.value import Value

Operand: TypeAlias = tuple[str, int]
"""An SSA name as written ("%x", "%x#1") and where it stands."""


@dataclass(slots=True)
class Argument:
    """A block argument as written: `%x : type {attributes} loc(...)`."""

    operand: Operand
    type: Type
    attributes: dict[str, Attribute] | None = None
    location: Location | None = None


@dataclass(slots=True)
class RegionRequest:
    """What a `parse` yields to have a region read: the arguments of its entry block."""

    arguments: Sequence[Argument] = ()
    optional: bool = False


ParseResult: TypeAlias = "Operation | Generator[RegionRequest, Region, Operation]"


class OpParser(Reader):
    """A `Reader` that knows which values and blocks are in scope."""

    __slots__ = ("op_start", "region_scopes", "scopes")

    def __init__(self, source: Source, allow_unregistered: bool = False) -> None:
        super().__init__(source.text, ParseContext(source, allow_unregistered))
        self.scopes = [IsolatedScope()]
        self.region_scopes: list[RegionScope] = []
        self.op_start = 0

    # Operands.

    def operand(self) -> Operand:
        """Expects an SSA name."""
        if self.kind != lexer.PERCENT:
            raise self.error(f"expected SSA operand, found {self.found()}")
        start = self.start
        return self.advance(), start

    def optional_operand(self) -> Operand | None:
        """An SSA name, if one is here."""
        if self.kind != lexer.PERCENT:
            return None
        start = self.start
        return self.advance(), start

    def operands(self, opening: str = "", close: str = "") -> list[Operand]:
        """SSA names with commas between them; none, or in brackets where those are given."""
        if opening:
            return self.comma_separated(self.operand, opening, close)
        if self.kind != lexer.PERCENT:
            return []
        return self.comma_separated(self.operand)

    def resolve(self, operand: Operand, type: Type) -> Value:
        """The value that a name stands for, which must have `type`.

        A name that is not defined yet gets a stand-in.

        Raises:
            ParseError: the value has another type.
        """
        name, start = operand
        scope = self.scopes[-1]
        value = scope.values.get(name)
        if value is None:
            value = self._missing(scope, name, start, type)
        if value.type is not type:
            raise self._wrong_type(scope, name, start, value, type)
        return value

    def resolve_all(self, operands: Sequence[Operand], types: Sequence[Type]) -> list[Value]:
        """The values that names stand for.

        Raises:
            ParseError: there are more names than types, or fewer; or a type is wrong.
        """
        if len(operands) != len(types):
            start = operands[0][1] if operands else self.op_start
            raise self.error(
                f"number of operands and types do not match: got {len(operands)} operands and "
                f"{len(types)} types",
                start,
            )
        return [self.resolve(name, type) for name, type in zip(operands, types, strict=True)]

    def value_type(self, operand: Operand) -> Type | None:
        """The type of a value that is already defined."""
        value = self.scopes[-1].values.get(operand[0])
        return value.type if value is not None else None

    def _missing(self, scope: IsolatedScope, name: str, start: int, type: Type) -> Value:
        base, mark, number = name.partition("#")
        if mark:
            first = scope.values.get(base)
            if first is not None:
                results = getattr(first.owner, "results", (first,))
                if int(number) < len(results) and results[0] is first:
                    return results[int(number)]
                raise self.error("reference to invalid result number", start)
        if base in scope.poisoned:
            return forward_value(type)
        found = scope.forward.get(name)
        if found is None:
            found = scope.forward[name] = (forward_value(type), start)
        return found[0]

    def _wrong_type(
        self, scope: IsolatedScope, name: str, start: int, value: Value, type: Type
    ) -> ParseError:
        message = (
            f"use of value '{name}' expects different type than prior uses: "
            f"'{type}' vs '{value.type}'"
        )
        error = self.error(message, start)
        forward = scope.forward.get(name)
        prior = forward[1] if forward else scope.defined_at.get(name.partition("#")[0])
        if prior is not None:
            error.diagnostics[0].note("prior use here", self.place(prior))
        return ParseError(error.diagnostics)

    # Blocks and regions.

    def successor(self) -> Block:
        """Expects `^block`."""
        if self.kind != lexer.CARET:
            raise self.error(f"expected block name, found {self.found()}")
        start = self.start
        return self.block_named(self.advance(), start)

    def successor_with_arguments(self) -> tuple[Block, list[Value]]:
        """Expects `^block` or `^block(%a, %b : type, type)`."""
        block = self.successor()
        if not self.accept("("):
            return block, []
        names = self.operands()
        self.literal(":")
        types = self.types()
        self.literal(")")
        return block, self.resolve_all(names, types)

    def block_named(self, name: str, start: int) -> Block:
        """The block called `name` in the region being read; made if it is not there yet."""
        if not self.region_scopes:
            raise self.error("a block name may stand only in a region", start)
        scope = self.region_scopes[-1]
        found = scope.blocks.get(name)
        if found is None:
            found = scope.blocks[name] = Block()
            scope.undefined[name] = start
        return found

    def region(self, arguments: Sequence[Argument] = ()) -> RegionRequest:
        """To be yielded: `body = yield p.region()` reads `{ ... }`.

        Args:
            arguments: the arguments of the entry block, where the op's syntax names them.
        """
        return RegionRequest(arguments)

    def argument(self, type: Type | None = None, attributes: bool = False) -> Argument:
        """Expects `%x : type`, with a dictionary if `attributes`, and an optional location.

        Args:
            type: the type, where the syntax does not write it.
            attributes: whether a dictionary may follow.
        """
        operand = self.operand()
        if type is None:
            self.literal(":")
            type = self.type()
        dictionary = self.optional_dictionary() if attributes else None
        return Argument(operand, type, dictionary, self.optional_location())

    def assignment(self) -> tuple[Argument, Operand]:
        """Expects `%inner = %outer`; the type of the argument is filled in later."""
        inner = self.operand()
        self.literal("=")

        return Argument(inner, none), self.operand()

    def fail(self, message: str, start: int | None = None) -> ParseError:
        """An error at the op's name (or at `start`), to be raised."""
        place = self.place(self.op_start if start is None else start)
        return ParseError(Diagnostic(Severity.ERROR, message, place))

"""Reading a line again that was read before.

Most lines of a large program differ from an earlier one in their SSA names alone: the same op, with
the same types and attributes. The first such line is read by the op's own matcher or the grammar.
What came out is kept as a recipe, under the text of the line without its names: from then on a line
costs one split, one look-up and the making of the op. No op's syntax is known here, so it works for
every op without regions and successors, custom or generic, and an error is never reported here: a
line that does not fit its recipe is left to the matchers.

What makes this right: an op's syntax can see the text, the types of the operands, and whether two
operands are the same; nothing else tells names apart. So a recipe asks for the types it was learned
with and for the same operands to be the same, which only a declared `syntax` does not look at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.block import Block
from stepwell.ir.operation import Operation
from stepwell.ir.text.lexer import SPACE, SSA_ID
from stepwell.ir.text.syntax import is_declared
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.program_builder import ProgramBuilder

_MOST_RECIPES = 20_000
_NAMES = re.compile(rf"({SSA_ID}(?:\#\d+)?)", re.ASCII)
_STATEMENT = re.compile(
    rf"(?:[ \t\r\n]+|//[^\n]*)*(?:[}}^]|{SSA_ID}(?::\d+)?[ ]*=|[a-z_]\w*\.\w)", re.ASCII
)


class _Recipe(NamedTuple):
    """What a line becomes.

    Attributes:
        cls: the class of the op.
        is_named: whether the first name is that of the result.
        types: of the operands, in the order of their names in the line.
        order: for each operand the number of its name; None if they are in order.
        alike: which names and operands must be the same ones (see `_alike`); None if any may.
        result_types: of the results.
        properties: to be copied.
        attributes: to be copied.
        gap: how far the op's place is from the beginning of the line, without the result's name.
        indent: how far the result's name is from the beginning of the line.
    """

    cls: type[Operation]
    is_named: bool
    types: list[Type]
    order: list[int] | None
    alike: list[int] | None
    result_types: tuple[Type, ...]
    properties: dict[str, Attribute] | None
    attributes: dict[str, Attribute] | None
    gap: int
    indent: int


class KnownLines:
    """The recipes of one program: for each default dialect, lines without names to recipes."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[str, dict[str, _Recipe]] = {}

    def forget(self) -> None:
        """Forgets all, because a word may mean something else from here on."""
        self._known.clear()

    def read(self, p: ProgramBuilder) -> bool:
        """Reads the lines that are known, from the one in which `p` stands, and moves behind them.

        A line is an op only if the next one does not continue it; that is so if that one is known
        too, or begins as a statement does.
        """
        scope = p.region_scopes[-1] if p.region_scopes else None
        block = scope.block if scope is not None else None
        recipes = self._known.get(scope.default_dialect) if scope is not None else None
        if block is None or recipes is None:
            return False
        text = p.source_text
        first = start = text.rfind("\n", 0, p.start) + 1
        find, split, get = text.find, _NAMES.split, recipes.get
        end = find("\n", start)
        pieces = split(text[start:end])
        recipe = get("\n".join(pieces[::2])) if end >= 0 else None
        while recipe is not None:
            following = end + 1
            end = find("\n", following)
            coming = split(text[following:end])
            next_recipe = get("\n".join(coming[::2])) if end >= 0 else None
            if next_recipe is None and _STATEMENT.match(text, following) is None:
                break
            if not _make(p, block, recipe, pieces[1::2], start):
                break
            start, pieces, recipe = following, coming, next_recipe
        if start != first:
            p.seek(start)
        return start != first

    def learn(self, p: ProgramBuilder, start: int) -> None:
        """Keeps a recipe if the statement at `start`, just read, was one op on one line."""
        if p.diagnostics or not p.region_scopes:
            return
        scope = p.region_scopes[-1]
        op = scope.block.last if scope.block is not None else None
        if op is None or op.regions or op.successors or not isinstance(op._location, tuple):
            return
        text = p.source_text
        first, end = text.rfind("\n", 0, start) + 1, text.find("\n", start)
        place = op._location[1]
        if not first <= place < end or text[first:start].strip() or p.start <= end:
            return
        space = SPACE.match(text, end)
        if space is None or space.end() < p.start:
            return
        recipes = self._known.setdefault(scope.default_dialect, {})
        if len(recipes) < _MOST_RECIPES:
            pieces = _NAMES.split(text[first:end])
            recipe = _recipe(op, pieces, p.scopes[-1].values, place - first)
            if recipe is not None:
                recipes["\n".join(pieces[::2])] = recipe


def _recipe(
    op: Operation, pieces: list[str], in_scope: dict[str, Value], place: int
) -> _Recipe | None:
    """What is to be kept of an op, or None if it is not clear which name is which operand."""
    names = pieces[1::2]
    is_named = bool(names) and pieces[2].lstrip().startswith("=")
    indent = 0
    if is_named:
        name = names.pop(0)
        if len(op.results) != 1 or in_scope.get(name) is not op.results[0]:
            return None
        indent = len(pieces[0])
        place -= len(name)
    values = [in_scope.get(name) for name in names]
    alike = _alike(values)
    if len(values) != len(op._operands) or set(values) != set(op._operands):
        return None
    if alike != _alike(names):
        return None
    free = alike == list(range(len(alike))) and (
        not op.is_registered or is_declared(type(op), "parse")
    )
    order = _order(values, op._operands)
    if order is None:
        return None
    return _Recipe(
        type(op),
        is_named,
        [value.type for value in values if value is not None],
        None if order == list(range(len(order))) else order,
        None if free else alike,
        op.result_types,
        dict(op._properties) if op._properties else None,
        dict(op._attributes) if op._attributes else None,
        place,
        indent,
    )


def _alike(items: Sequence[object]) -> list[int]:
    """For each item, the number of the first one that is the same."""
    first: dict[object, int] = {}
    return [first.setdefault(item, number) for number, item in enumerate(items)]


def _order(values: Sequence[Value | None], operands: Sequence[Value]) -> list[int] | None:
    """For each operand which of `values` it is, each used once; None if that cannot be."""
    left: dict[Value | None, list[int]] = {}
    for number in range(len(values) - 1, -1, -1):
        left.setdefault(values[number], []).append(number)
    order: list[int] = []
    for operand in operands:
        numbers = left[operand]
        if not numbers:
            return None
        order.append(numbers.pop())
    return order


def _make(p: ProgramBuilder, block: Block, recipe: _Recipe, names: list[str], start: int) -> bool:
    """Makes the op of the line at `start` in `block`; False if the line does not fit."""
    cls, is_named, types, order, alike, result_types, properties, attributes, gap, indent = recipe
    in_scope = p.scopes[-1].values
    name = ""
    if is_named:
        name = names.pop(0)
        if name in in_scope:
            return False
        gap += len(name)
    try:
        operands = [in_scope[name] for name in names]
    except KeyError:
        return False
    if [value.type for value in operands] != types:
        return False
    if alike is not None and not _alike(operands) == _alike(names) == alike:
        return False
    if order is not None:
        operands = [operands[number] for number in order]
    op = cls.__new__(cls)
    op._build(
        operands,
        result_types,
        properties.copy() if properties is not None else None,
        attributes.copy() if attributes is not None else None,
        (),
        (),
        (p.context.source, start + gap),
    )
    block.append(op)
    if is_named:
        p.define(name, op.results[0], start + indent)
    return True

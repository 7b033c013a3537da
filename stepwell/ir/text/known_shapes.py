"""Writing an op again that was written before.

Most ops of a large program differ from an earlier one in the names of their values alone. Where an
op's declared `syntax` is all there is to its text, or it is printed in the generic form, that text
follows from its class, its types, its properties and its attributes. The first such op is written
by the general writer, with numbers in place of names; what comes out is kept as a template under
these facts, and from then on an op costs one look-up and the filling in of names. No op's syntax is
known here. Ops with regions, successors, or code of their own for printing have no template.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from stepwell.ir.operation import Operation
from stepwell.ir.text.naming import Names
from stepwell.ir.text.syntax import is_declared

_MOST_TEMPLATES = 20_000
_MARK = "\0"

WriteAside = Callable[[Operation], str]
"""Gives the text of an op, without its results, under the names of the moment."""


class _Template(NamedTuple):
    """The text of an op, with `%s` for each name; and whose names they are, None if in order."""

    text: str
    order: tuple[int, ...] | None


class KnownShapes:
    """The templates of one printer.

    Args:
        names: of the values.
        write_aside: the general writer.
        generic: whether it writes the generic form.
    """

    __slots__ = ("_generic", "_has_template", "_names", "_templates", "_write_aside")

    def __init__(self, names: Names, write_aside: WriteAside, generic: bool) -> None:
        self._names = names
        self._write_aside = write_aside
        self._generic = generic
        self._templates: dict[object, _Template] = {}
        self._has_template: dict[type[Operation], bool] = {}

    def line(self, op: Operation, default_dialect: str) -> str | None:
        """The text of an op with its results, or None if it must be written piece by piece."""
        if op.regions or op.successors:
            return None
        cls = op.__class__
        has_template = self._has_template.get(cls)
        if has_template is None:
            has_template = self._has_template[cls] = self._may_have_template(cls)
        results, operands = op.results, op._operands
        if not has_template or len(results) > 1:
            return None
        properties, attributes = op._properties, op._attributes
        key = (
            cls,
            default_dialect,
            tuple([value.type for value in operands]),
            results[0].type if results else None,
            tuple(properties.items()) if properties else None,
            tuple(attributes.items()) if attributes else None,
        )
        template = self._templates.get(key) or self._learn(op, key)
        if template is None:
            return None
        text, order = template
        if order is not None:
            operands = [operands[number] for number in order]
        names = self._names.values
        try:
            body = text % tuple([names[value] for value in operands])
            return f"{names[results[0]]} = {body}" if results else body
        except KeyError:  # a value from outside of what is printed
            return None

    def _may_have_template(self, cls: type[Operation]) -> bool:
        return self._generic or not cls.is_registered or is_declared(cls, "print")

    def _learn(self, op: Operation, key: object) -> _Template | None:
        """The template of an op; None if a value stands in it twice, or there are too many."""
        operands = op._operands
        if len(set(operands)) != len(operands) or len(self._templates) >= _MOST_TEMPLATES:
            return None
        names, kept = self._names, self._names.values
        names.values = {value: f"{_MARK}{n}{_MARK}" for n, value in enumerate(operands)}
        try:
            pieces = self._write_aside(op).replace("%", "%%").split(_MARK)
        finally:
            names.values = kept
        numbers = pieces[1::2]
        if not all(number.isdigit() for number in numbers):
            return None
        order = tuple(int(number) for number in numbers)
        in_order = order == tuple(range(len(operands)))
        template = _Template("%s".join(pieces[::2]), None if in_order else order)
        self._templates[key] = template
        return template

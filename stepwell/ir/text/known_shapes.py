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
from stepwell.ir.value import OpResult

_MOST_TEMPLATES = 20_000
_MARK = "\0"

WriteAside = Callable[[Operation], str]
"""Gives the text of an op, without its results, under the names of the moment."""


class _Template(NamedTuple):
    """The text of an op, with `%s` for each name; and whose names they are, None if in order."""

    text: str
    order: tuple[int, ...] | None


_Templates = dict[object, _Template]
_NONE: _Templates = {}
"""Stands for the templates of a class that may have none."""


class KnownShapes:
    """The templates of one printer.

    Args:
        names: of the values.
        write_aside: the general writer.
        generic: whether it writes the generic form.
    """

    __slots__ = ("_generic", "_names", "_templates", "_write_aside")

    def __init__(self, names: Names, write_aside: WriteAside, generic: bool) -> None:
        self._names = names
        self._write_aside = write_aside
        self._generic = generic
        self._templates: dict[type[Operation], _Templates] = {}

    def line(self, op: Operation, default_dialect: str) -> str | None:
        """The text of an op with its results, or None if it must be written piece by piece."""
        templates = self._templates.get(op.__class__)
        if templates is None:
            templates = self._templates_of(op.__class__)
        if templates is _NONE or op.regions or op.successors:
            return None
        results, operands = op.results, op._operands
        if len(results) > 1:
            return None
        properties, attributes = op._properties, op._attributes
        key = (
            default_dialect,
            results[0].type if results else None,
            tuple(properties.items()) if properties else None,
            tuple(attributes.items()) if attributes else None,
            *[value.type for value in operands],
        )
        template = templates.get(key)
        if template is None:
            template = self._learn(op)
            if template is not None and len(templates) < _MOST_TEMPLATES:
                templates[key] = template
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

    def _templates_of(self, cls: type[Operation]) -> _Templates:
        declared = self._generic or not cls.is_registered or is_declared(cls, "print")
        return self._templates.setdefault(cls, {} if declared else _NONE)

    def _learn(self, op: Operation) -> _Template | None:
        """The template of an op; None if not each of its operands stands in it once."""
        names, kept, operands = self._names, self._names.values, op._operands
        # Stand-ins, because an op may have one value twice.
        op._operands = [OpResult(value.type, op, n) for n, value in enumerate(operands)]
        names.values = {value: f"{_MARK}{n}{_MARK}" for n, value in enumerate(op._operands)}
        try:
            pieces = self._write_aside(op).replace("%", "%%").split(_MARK)
        finally:
            names.values, op._operands = kept, operands
        if len(pieces) != 2 * len(operands) + 1:
            return None
        order = tuple(int(number) for number in pieces[1::2])
        in_order = order == tuple(range(len(operands)))
        return _Template("%s".join(pieces[::2]), None if in_order else order)

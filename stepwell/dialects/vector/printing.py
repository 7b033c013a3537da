"""vector.print: shows values while the program runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from stepwell.dialects.vector.attributes import NEWLINE, PrintPunctuation, PunctuationKind
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import StringAttr
from stepwell.ir.definition import Op
from stepwell.ir.fields import optional_operand, optional_prop, prop
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.location import quote
from stepwell.ir.property_kinds import Str
from stepwell.ir.text import lexer

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

ENDINGS = {"no_punctuation": "", "newline": "\n", "comma": ", ", "open": "( ", "close": " )"}


class PrintOp(Op, name="vector.print"):
    """`vector.print %v : vector<4xf32>`, `vector.print str "text"`, `vector.print`.

    Writes `( 1, 2, 3, 4 )` and a new line, as upstream's runner does.
    """

    source = optional_operand()
    punctuation = prop(PunctuationKind, NEWLINE)
    stringLiteral = optional_prop(Str)

    @classmethod
    def parse(cls, p: OpParser) -> PrintOp:
        properties: dict[str, Attribute] = {"punctuation": NEWLINE}
        values = []
        if p.kind == lexer.PERCENT:
            name = p.operand()
            p.literal(":")
            values = [p.resolve(name, p.type())]
        elif p.optional_keyword("str"):
            properties["stringLiteral"] = StringAttr(p.string())
        if p.optional_keyword("punctuation"):
            properties["punctuation"] = PrintPunctuation.parse_short(p)
        return cls.create(values, (), properties, p.optional_dictionary() or None)

    def print(self, p: Printer) -> None:
        if self.source is not None:
            p.write(f" {p.name(self.source)} : {p.show(self.source.type)}")
        elif self.stringLiteral is not None:
            p.write(f" str {quote(self.stringLiteral.value)}")
        if self.punctuation is not NEWLINE:
            p.write(f" punctuation <{self.punctuation.value}>")
        p.attr_dict(self, ("punctuation", "stringLiteral"))

    def execute(self, machine: Machine, *values: RuntimeValue) -> None:
        text = ENDINGS[self.punctuation.value]
        if self.stringLiteral is not None:
            text = self.stringLiteral.value  # upstream's runner writes no punctuation after it
        if self.source is not None:
            text = shown(values[0], self.source.type) + text
        machine.write(text)


def shown(value: RuntimeValue, type: Type) -> str:
    """A value as upstream's runner prints it."""
    if isinstance(type, types.VectorType):
        return _array(np.asarray(value), type.element_type)
    return _element(value, type)


def _array(values: Any, element: Type) -> str:
    """`( ( 1, 2 ), ( 3, 4 ) )`, built from the inside out."""
    items = [_element(item, element) for item in values.reshape(-1).tolist()]
    for size in reversed(values.shape or (1,)):
        groups = range(0, len(items), size)
        items = [f"( {', '.join(items[s : s + size])} )" for s in groups]
    return items[0]


def _element(value: Any, type: Type) -> str:
    if isinstance(type, types.FloatType):
        return f"{float(value):g}"
    if type is types.index or (isinstance(type, types.IntegerType) and type.signedness == "u"):
        return str(int(value) & (2**64 - 1))
    return str(int(value))

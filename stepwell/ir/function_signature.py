"""The syntax that function-like ops share: `@name(%a: i32 {x}) -> (i32 {y}) {...}`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import ArrayAttr, DictionaryAttr, StringAttr, symbol_text
from stepwell.ir.text import lexer
from stepwell.ir.types import FunctionType

if TYPE_CHECKING:
    from stepwell.ir.operation import Operation
    from stepwell.ir.text.op_parser import Argument, OpParser
    from stepwell.ir.text.printer import Printer

VISIBILITIES = ("public", "private", "nested")


@dataclass(slots=True)
class Signature:
    """What was read between the name and the attributes of a function."""

    inputs: list[Type] = field(default_factory=list)
    arguments: list[Argument] = field(default_factory=list)
    argument_attributes: list[dict[str, Attribute]] = field(default_factory=list)
    results: list[Type] = field(default_factory=list)
    result_attributes: list[dict[str, Attribute]] = field(default_factory=list)
    is_variadic: bool = False

    def type(self) -> FunctionType:
        """The function's type."""
        return FunctionType(tuple(self.inputs), tuple(self.results))

    def properties(self) -> dict[str, Attribute]:
        """`arg_attrs` and `res_attrs`, where any is there."""
        found: dict[str, Attribute] = {}
        for name, all_attributes in (
            ("arg_attrs", self.argument_attributes),
            ("res_attrs", self.result_attributes),
        ):
            if any(all_attributes):
                found[name] = ArrayAttr(tuple(DictionaryAttr.of(entry) for entry in all_attributes))
        return found


def parse_visibility(p: OpParser) -> dict[str, Attribute]:
    """`public`, `private` or `nested`, if it is there, as the property `sym_visibility`."""
    word = p.optional_keyword(*VISIBILITIES)
    return {"sym_visibility": StringAttr(word)} if word is not None else {}


def parse_signature(p: OpParser, variadic: bool = False) -> Signature:
    """Reads `(arguments) -> results`.

    Args:
        p: stands at the `(`.
        variadic: whether `...` may end the arguments.
    """
    signature = Signature()
    p.literal("(")
    while p.text != ")":
        if variadic and p.accept("..."):
            signature.is_variadic = True
            break
        _parse_argument(p, signature)
        if not p.accept(","):
            break
    p.literal(")")
    if p.accept("->"):
        _parse_results(p, signature)
    return signature


def _parse_argument(p: OpParser, signature: Signature) -> None:
    if p.kind == lexer.PERCENT:
        argument = p.argument(attributes=True)
        if len(signature.arguments) < len(signature.inputs):
            raise p.error("expected type instead of SSA identifier", argument.operand[1])
        signature.arguments.append(argument)
        signature.inputs.append(argument.type)
        signature.argument_attributes.append(argument.attributes or {})
        return
    if signature.arguments:
        raise p.error(f"expected SSA identifier, found {p.found()}")
    signature.inputs.append(p.type())
    signature.argument_attributes.append(p.optional_dictionary())
    p.optional_location()


def _parse_results(p: OpParser, signature: Signature) -> None:
    if p.text != "(":
        signature.results.append(p.type())
        signature.result_attributes.append({})
        return
    p.literal("(")
    while p.text != ")":
        signature.results.append(p.type())
        signature.result_attributes.append(p.optional_dictionary())
        if not p.accept(","):
            break
    p.literal(")")


def print_signature(p: Printer, op: Operation, type: FunctionType, variadic: bool = False) -> None:
    """Writes what `parse_signature` reads, without the name."""
    argument_attributes = _dictionaries(op.get_attribute("arg_attrs"), len(type.inputs))
    result_attributes = _dictionaries(op.get_attribute("res_attrs"), len(type.results))
    body = op.regions[0]
    p.write("(")
    for number, input in enumerate(type.inputs):
        p.write(", " if number else "")
        if body.first is not None:
            p.argument(body.args[number], argument_attributes[number])
        else:
            p.type(input)
            p.dictionary(argument_attributes[number])
    if variadic:
        p.write(", ..." if type.inputs else "...")
    p.write(")")
    if type.results:
        p.write(" -> ")
        _print_results(p, type.results, result_attributes)


def _print_results(
    p: Printer, results: Sequence[Type], attributes: list[dict[str, Attribute]]
) -> None:
    bare = len(results) == 1 and not attributes[0] and not isinstance(results[0], FunctionType)
    p.write("" if bare else "(")
    for number, result in enumerate(results):
        p.write(", " if number else "")
        p.type(result)
        p.dictionary(attributes[number])
    p.write("" if bare else ")")


def _dictionaries(attribute: Attribute | None, count: int) -> list[dict[str, Attribute]]:
    if not isinstance(attribute, ArrayAttr):
        return [{} for _ in range(count)]
    found = [v.as_dict() if isinstance(v, DictionaryAttr) else {} for v in attribute.values]
    return found + [{} for _ in range(count - len(found))]


def print_symbol_head(p: Printer, op: Operation) -> None:
    """Writes ` private @name`."""
    visibility = op.get_attribute("sym_visibility")
    if isinstance(visibility, StringAttr):
        p.write(f" {visibility.value}")
    name = op.get_attribute("sym_name")
    p.write(" " + symbol_text(name.value if isinstance(name, StringAttr) else ""))

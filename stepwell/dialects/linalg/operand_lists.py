"""The text `ins(%a, %b : type, type) outs(%c : type)` that structured ops share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stepwell.ir.attribute import Type
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


def parse_ins_outs(p: OpParser) -> tuple[list[Value], list[Value]]:
    """Reads both lists; either may be missing."""
    return _parse_list(p, "ins"), _parse_list(p, "outs")


def _parse_list(p: OpParser, word: str) -> list[Value]:
    if not p.accept(word):
        return []
    p.literal("(")
    names = p.operands()
    p.literal(":")
    types = p.types()
    p.literal(")")
    return p.resolve_all(names, types)


def print_ins_outs(p: Printer, inputs: Sequence[Value], inits: Sequence[Value]) -> None:
    """Writes both lists, without those that are empty."""
    for word, values in (("ins", inputs), ("outs", inits)):
        if values:
            p.write(f" {word}(")
            p.operands(values)
            p.write(" : ")
            p.types([value.type for value in values])
            p.write(")")


def parse_result_types(p: OpParser) -> list[Type]:
    """Reads `-> type` or `-> (type, type)` if it is there."""
    return p.function_results() if p.accept("->") else []


def print_result_types(p: Printer, results: Sequence[Value]) -> None:
    """Writes ` -> type`, or nothing if there are no results."""
    if results:
        p.write(" -> ")
        p.results_type([value.type for value in results])


def parse_dimensions(p: OpParser, word: str) -> DenseArrayAttr:
    """Reads `word = [0, 1]`."""
    p.literal(word)
    p.literal("=")
    return DenseArrayAttr.i64(p.comma_separated(p.integer, "[", "]"))


def print_dimensions(p: Printer, word: str, dimensions: DenseArrayAttr) -> None:
    """Writes what `parse_dimensions` reads."""
    p.write(f" {word} = [{', '.join(dimensions.items())}] ")

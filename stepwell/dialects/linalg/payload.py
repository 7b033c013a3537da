"""The short form of a body with a single op: `linalg.map { arith.addf } ...`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.block import Block, Region
from stepwell.ir.definition import Op
from stepwell.ir.dialect import find_op
from stepwell.ir.operation import Operation, unregistered_class

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

Payload = tuple[str, dict[str, Attribute]]


def parse_payload(p: OpParser) -> Payload | None:
    """Reads `{ name {attributes} }` if it is there."""
    if not p.accept("{"):
        return None
    name = p.keyword()
    attributes = p.optional_dictionary()
    p.literal("}")
    return name, attributes


def payload_region(payload: Payload, elements: Sequence[Type], order: Sequence[int]) -> Region:
    """The body that the short form stands for.

    Args:
        payload: the op's name and attributes.
        elements: the types of the body's arguments; the last one is that of the op's result.
        order: which arguments are the op's operands.
    """
    name, entries = payload
    block = Block(elements)
    cls = find_op(name) or unregistered_class(name)
    properties = _defaults(cls)
    properties |= {key: value for key, value in entries.items() if key in cls.property_names}
    attributes = {key: value for key, value in entries.items() if key not in properties}
    operands = [block.args[number] for number in order]
    op = cls.create(operands, [elements[-1]], properties or None, attributes or None)
    block.append(op)
    ending = find_op("linalg.yield")
    assert ending is not None
    block.append(ending.create([op.result]))
    return Region([block])


def _defaults(cls: type[Operation]) -> dict[str, Attribute]:
    if not issubclass(cls, Op):
        return {}
    fields = cls.property_fields.items()
    return {name: field.default for name, field in fields if field.default is not None}


def payload_of(block: Block, order: Sequence[int]) -> Operation | None:
    """The single op of a body that the short form can stand for, or None."""
    op, ending = block.first, block.last
    if op is None or ending is None or op.next is not ending or op.regions:
        return None
    if not order or list(op.operands) != [block.args[number] for number in order]:
        return None
    if len(op.results) != 1 or list(ending.operands) != [op.result]:
        return None
    return op


def print_payload(p: Printer, op: Operation) -> None:
    """Writes ` { name {attributes} }`."""
    p.write(f" {{ {op.name}")
    p.attr_dict(op)
    p.write(" }")


def print_region_below(p: Printer, region: Region) -> Iterator[Any]:
    """Writes the arguments and the region, on the next line and deeper."""
    outer, p.indent = p.indent, p.indent + "  "
    p.line()
    p.write("(")
    for number, argument in enumerate(region.entry.args):
        p.write(", " if number else "")
        p.argument(argument)
    p.write(") ")
    yield p.region(region, arguments=False)
    p.indent = outer

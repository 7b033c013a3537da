"""Reading a program for a tool: with its resources, and with or without the implicit module."""

from __future__ import annotations

from dataclasses import dataclass

from stepwell.ir.diagnostics import Diagnostic, ParseError, Place, Severity, Source
from stepwell.ir.operation import Operation
from stepwell.ir.text.module_parser import ModuleParser
from stepwell.ir.text.parse import place_in_module
from stepwell.ir.text.resources import Resources


@dataclass(frozen=True, slots=True)
class Program:
    """What a file holds: the outermost op, and its resources."""

    op: Operation
    resources: Resources


def read_program(source: Source, allow_unregistered: bool, implicit_module: bool = True) -> Program:
    """Reads a file.

    Args:
        source: its text and name.
        allow_unregistered: whether ops of unknown dialects are kept.
        implicit_module: whether ops outside of a module are put into one; without it the file
            must hold one op.

    Raises:
        ParseError: the text is wrong, or does not hold one op.
    """
    parser = ModuleParser(source, allow_unregistered)
    top = parser.run()
    resources: Resources = parser.context.resources
    if implicit_module:
        return Program(place_in_module(top, source), resources)
    if top.first is None or top.first is not top.last:
        place = Place(source.name, 1, 1)
        message = "source must contain a single top-level operation"
        raise ParseError(Diagnostic(Severity.ERROR, message, place))
    return Program(top.first.detach(), resources)

"""Reading programs: the functions that the rest of the project calls."""

from __future__ import annotations

from stepwell.ir import dialect
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.block import Block, Region
from stepwell.ir.diagnostics import ParseError, Source
from stepwell.ir.operation import Operation
from stepwell.ir.text.context import ParseContext
from stepwell.ir.text.module_parser import ModuleParser
from stepwell.ir.text.reader import Reader


def parse_module(
    text: str, filename: str = "<input>", allow_unregistered: bool = False
) -> Operation:
    """The program in `text` as a `builtin.module`; ops that stand outside of one are put into one.

    Args:
        text: MLIR, in custom or generic syntax.
        filename: its name in locations and messages.
        allow_unregistered: whether ops of unknown dialects are kept (in the generic form).

    Raises:
        ParseError: the text is wrong; carries every error found, with places.
    """
    source = Source(text, filename)
    return place_in_module(ModuleParser(source, allow_unregistered).run(), source)


def place_in_module(top: Block, source: Source) -> Operation:
    """The module that is the only op of `top`, or a new one around all of its ops."""
    module_class = dialect.find_op("builtin.module")
    assert module_class is not None
    only = top.first
    if only is not None and only is top.last and isinstance(only, module_class):
        module = only.detach()
    else:
        module = _implicit_module(module_class, top)
        module._location = (source, 0)
    return module


def _implicit_module(cls: type[Operation], top: Block) -> Operation:
    return cls.create(regions=[Region([top])])


def parse_type(text: str, allow_unregistered: bool = False) -> Type:
    """The type that `text` spells. Raises ParseError if it spells none."""
    return _whole(text, allow_unregistered).type()


def parse_attribute(text: str, allow_unregistered: bool = False) -> Attribute:
    """The attribute that `text` spells. Raises ParseError if it spells none."""
    return _whole(text, allow_unregistered).attribute()


def _whole(text: str, allow_unregistered: bool) -> Reader:
    return Reader(text, ParseContext(Source(text), allow_unregistered))


__all__ = ["ParseError", "parse_attribute", "parse_module", "parse_type"]

"""Numbers as attributes, and the checks that MLIR makes on them."""

from __future__ import annotations

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import FloatAttr, IntegerAttr
from stepwell.ir.diagnostics import StepwellError
from stepwell.ir.numbers.float_format import float_format
from stepwell.ir.numbers.float_text import parse_float


class LiteralError(Exception):
    """A literal is wrong for its type; the reader turns it into a ParseError with a place."""

    def __init__(self, message: str, start: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start


def number_attribute(text: str, type: Type | None, start: int = 0) -> Attribute:
    """The attribute that the literal `text` (with its sign) stands for.

    Args:
        text: digits, `0x...`, or a decimal number with a point.
        type: its type; None for the default, i64 or f64.
        start: where it stands, for errors.

    Raises:
        LiteralError: it does not fit the type.
    """
    is_float = "." in text
    if type is None:
        type = types.f64 if is_float else types.i64
    if isinstance(type, types.FloatType):
        return _float(text, type, start)
    if not isinstance(type, (types.IntegerType, types.IndexType)):
        raise LiteralError("integer literal not valid for specified type", start)
    if is_float:
        raise LiteralError("floating point value not valid for specified type", start)
    value = _integer(text)
    if not _fits(value, text, type):
        raise LiteralError("integer constant out of range for attribute", start)
    return IntegerAttr(value, type)


def _integer(text: str) -> int:
    return int(text, 16) if "0x" in text else int(text)


def _fits(value: int, text: str, type: Type) -> bool:
    width = type.width if isinstance(type, types.IntegerType) else 64
    sign = type.signedness if isinstance(type, types.IntegerType) else ""
    if sign == "u":
        return 0 <= value < 1 << width and not text.startswith("-")
    if sign == "s":
        return -(1 << width) // 2 <= value < max(1, (1 << width) // 2)
    return -(1 << width) // 2 <= value < 1 << width


def _float(text: str, type: types.FloatType, start: int) -> FloatAttr:
    form = float_format(type.format)
    try:
        if "0x" in text:
            if text.startswith("-"):
                raise LiteralError(
                    "hexadecimal float literal should not have a leading minus", start
                )
            bits = int(text, 16)
            if bits >> form.width:
                raise LiteralError("hexadecimal float constant out of range for type", start)
            return FloatAttr(bits, type)
        return FloatAttr(parse_float(text, form), type)
    except StepwellError as error:
        raise LiteralError(error.diagnostics[0].message, start) from None

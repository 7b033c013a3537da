"""What is wrong with the text of an affine map, set or expression, in MLIR's words."""

from __future__ import annotations

import re

from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

_TOKEN = re.compile(r"(?:\s|//[^\n]*)*(->|==|%[\w$.#-]+|\w[\w$.]*|\S)")
_SIGNS = frozenset({"+", "-", "*", "mod", "floordiv", "ceildiv"})


class AffineSyntaxError(ValueError):
    """A mistake in an affine text: the message, and the offset in the text where it shows."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


def explain(error: UnexpectedInput, text: str, start: str) -> AffineSyntaxError:
    """The error for a text, read as a `start`, at which the parser stopped."""
    offset = _place(error, text)
    before = [match[1] for match in _TOKEN.finditer(text[:offset])]
    found = _TOKEN.match(text, offset)
    message = _message(_expected(error), before, found[1] if found else "", start)
    return AffineSyntaxError(message, offset)


def _place(error: UnexpectedInput, text: str) -> int:
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    if at_end or isinstance(error, UnexpectedEOF) or error.pos_in_stream is None:
        return len(text.rstrip())
    return error.pos_in_stream


def _expected(error: UnexpectedInput) -> frozenset[str]:
    if isinstance(error, UnexpectedToken):
        return frozenset(error.expected)
    if isinstance(error, UnexpectedCharacters):
        return frozenset(error.allowed)
    return frozenset()


def _message(expected: frozenset[str], before: list[str], found: str, start: str) -> str:
    last = before[-1] if before else ""
    if "INTEGER" in expected:
        return _missing_expression(last, found)
    if "NAME" in expected:
        return "expected bare identifier"
    if "SSA_NAME" in expected:
        return "expected ssa identifier inside symbol"
    if not before and start != "operands":
        return "expected '(' in dimensional identifier list"
    if "->" not in before and ":" not in before and ("COLON" in expected or start == "map"):
        return _incomplete_space(before, start)
    return _incomplete_list(expected, before, start)


def _missing_expression(last: str, found: str) -> str:
    if last in _SIGNS:
        return "missing right operand of binary operator"
    if found in _SIGNS:
        return "missing left operand of binary operator"
    if last == "(" and found == ")":
        return "no expression inside parentheses"
    return "expected affine expression"


def _incomplete_space(before: list[str], start: str) -> str:
    if before.count("(") != before.count(")"):
        return "expected ')' in dimensional identifier list"
    if before.count("[") != before.count("]"):
        return "expected ']' in symbol list"
    return "expected '->'" if start == "map" else "expected ':'"


def _incomplete_list(expected: frozenset[str], before: list[str], start: str) -> str:
    what = "affine map range" if start == "map" else "integer set constraint list"
    if before[-1:] in (["->"], [":"]):
        return f"expected '(' in {what}"
    if start == "set" and ("EQUAL" in expected or "MORETHAN" in expected):
        return "expected '== affine-expr' or '>= affine-expr' at end of affine constraint"
    if before.count("(") > before.count(")"):
        return "expected ')'" if start == "operands" else f"expected ')' in {what}"
    return "unexpected text after the affine expressions"

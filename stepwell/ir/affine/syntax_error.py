"""What is wrong with the text of an affine map, set or expression, in MLIR's words."""

from __future__ import annotations

import re

from lark.exceptions import UnexpectedCharacters, UnexpectedEOF, UnexpectedInput, UnexpectedToken

_TOKEN = re.compile(r"(?:\s|//[^\n]*)*(->|==|%[\w$.#-]+|\w[\w$.]*|\S)")
_SIGNS = frozenset({"+", "-", "*", "mod", "floordiv", "ceildiv"})
_BEFORE_NEGATION = ([], ["("], [","], *([sign] for sign in sorted(_SIGNS)))
_INCOMPLETE_CONSTRAINT = "expected '== affine-expr' or '>= affine-expr' at end of affine constraint"


class AffineSyntaxError(ValueError):
    """A mistake in an affine text: the message, and the offset in the text where it shows."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.message = message
        self.offset = offset


def explain(error: UnexpectedInput, text: str, start: str) -> AffineSyntaxError:
    """The error for a text, read as a `start`, at which the parser stopped."""
    offset = _place(error, text)
    if isinstance(error, UnexpectedCharacters):
        return AffineSyntaxError("unexpected character", offset)
    before = [match[1] for match in _TOKEN.finditer(text[:offset])]
    found = _TOKEN.match(text, offset)
    expected = frozenset(error.expected) if isinstance(error, UnexpectedToken) else frozenset()
    if "INTEGER" in expected:
        return AffineSyntaxError(_missing_expression(before, found[1] if found else ""), offset)
    if start == "set" and _is_incomplete_constraint(expected, before):
        return AffineSyntaxError(_INCOMPLETE_CONSTRAINT, offset)
    # What is missing belongs behind what was read last.
    place = len(text[:offset].rstrip()) if before else offset
    return AffineSyntaxError(_missing_punctuation(expected, before, start), place)


def _place(error: UnexpectedInput, text: str) -> int:
    at_end = isinstance(error, UnexpectedToken) and error.token.type == "$END"
    if at_end or isinstance(error, UnexpectedEOF) or error.pos_in_stream is None:
        return len(text.rstrip())
    return error.pos_in_stream


def _missing_expression(before: list[str], found: str) -> str:
    last = before[-1] if before else ""
    if last in _SIGNS and not (last == "-" and before[-2:-1] in _BEFORE_NEGATION):
        return "missing right operand of binary operator"
    if found in _SIGNS:
        return "missing left operand of binary operator"
    if last == "(" and found == ")":
        return "no expression inside parentheses"
    return "expected affine expression"


def _is_incomplete_constraint(expected: frozenset[str], before: list[str]) -> bool:
    this_one = before[len(before) - before[::-1].index(",") :] if "," in before else before
    if {">", "<", "=="} & set(this_one):
        return before[-1] in (">", "<")
    return bool({"EQUAL", "MORETHAN"} & expected)


def _missing_punctuation(expected: frozenset[str], before: list[str], start: str) -> str:
    if "NAME" in expected:
        return "expected bare identifier"
    if "SSA_NAME" in expected:
        return "unexpected ssa identifier" if start != "operands" else "expected ssa identifier"
    if not before and start != "operands":
        return "expected '(' in dimensional identifier list"
    if start != "operands" and not {"->", ":"} & set(before):
        return _incomplete_space(before)
    return _incomplete_list(before, start)


def _incomplete_space(before: list[str]) -> str:
    if before.count("(") != before.count(")"):
        return "expected ')' in dimensional identifier list"
    if before.count("[") != before.count("]"):
        return "expected ']' in symbol list"
    return "expected '->' or ':'"


def _incomplete_list(before: list[str], start: str) -> str:
    what = "affine map range" if start == "map" else "integer set constraint list"
    if before[-1:] in (["->"], [":"]):
        return f"expected '(' in {what}"
    if before.count("(") > before.count(")"):
        return "expected ')'" if start == "operands" else f"expected ')' in {what}"
    return "unexpected text after the affine expressions"

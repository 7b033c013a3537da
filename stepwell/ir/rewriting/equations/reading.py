"""Reading equations: the text of rules as terms."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from lark import Lark, Transformer, v_args
from lark.exceptions import UnexpectedInput, VisitError

from stepwell.ir import dialect
from stepwell.ir.diagnostics import ParseError
from stepwell.ir.rewriting.equations.terms import (
    Condition,
    Equation,
    Literal,
    OpTerm,
    Power,
    PropertyTerm,
    Term,
    Variable,
    subterms,
)

_CONTINUES = ("->", "if ", "and ", "or ")
FUNCTIONS = ("width", "type", "unsigned")


def read_equations(text: str) -> list[Equation]:
    """The equations in `text`: one a line; a line that starts with `->` or `if` goes on with it.

    `#` starts a comment.

    Raises:
        ParseError: a line is no equation, or names an op that does not exist.
    """
    return [read_equation(line) for line in _logical_lines(text)]


def _logical_lines(text: str) -> list[str]:
    lines: list[str] = []
    for raw in text.splitlines():
        line = raw.partition("#")[0].strip()
        if not line:
            continue
        if lines and line.startswith(_CONTINUES):
            lines[-1] += " " + line
        else:
            lines.append(line)
    return lines


def read_equation(line: str) -> Equation:
    """One equation.

    Raises:
        ParseError: it is none, or names an op that does not exist.
    """
    text = " ".join(line.split())
    try:
        parts: Any = _parser().parse(text)
    except UnexpectedInput as error:
        column = getattr(error, "column", None)
        where = f" at column {column}" if isinstance(column, int) and column > 0 else ""
        raise ParseError(f"cannot read the rule{where}: {text}") from None
    except VisitError as error:
        raise error.orig_exc from None
    equation = Equation(text, *parts)
    _check_names(equation)
    return equation


@cache
def _parser() -> Lark:
    grammar = (Path(__file__).parent / "equation.lark").read_text("utf-8")
    return Lark(grammar, parser="lalr", start="equation", transformer=_Terms())


@v_args(inline=True)
class _Terms(Transformer):  # type: ignore[type-arg]
    """Builds terms while parsing."""

    def equation(
        self, left: OpTerm, right: tuple[Term, ...], condition: Condition | None = None
    ) -> tuple[OpTerm, tuple[Term, ...], Condition | None]:
        return left, right, condition

    def results(self, *terms: Term) -> tuple[Term, ...]:
        return terms

    def variable(self, name: str) -> Variable:
        return Variable(str(name))

    def power(self, base: str, name: str) -> Power:
        if base != "2":
            raise ParseError(f"only powers of two can be matched, not {base}^{name}")
        return Power(str(name))

    def operation(self, name: str, *parts: Term | PropertyTerm) -> OpTerm:
        cls = dialect.find_op(str(name))
        if cls is None:
            raise ParseError(f"a rule names '{name}', which is no op{dialect.suggestion(name)}")
        properties = tuple(part for part in parts if isinstance(part, PropertyTerm))
        arguments = tuple(part for part in parts if not isinstance(part, PropertyTerm))
        return OpTerm(cls, properties, arguments)

    def word(self, *words: str) -> PropertyTerm:
        return PropertyTerm(tuple(map(str, words)))

    def named(self, name: str, *words: str) -> PropertyTerm:
        return PropertyTerm(tuple(map(str, words)), str(name))

    def integer(self, text: str) -> Literal:
        return Literal(int(text), str(text))

    def negative_integer(self, text: str) -> Literal:
        return Literal(-int(text), f"-{text}")

    def decimal(self, text: str) -> Literal:
        return Literal(float(text), str(text))

    def negative_decimal(self, text: str) -> Literal:
        return Literal(-float(text), f"-{text}")

    def true(self) -> Literal:
        return Literal(True, "true")

    def false(self) -> Literal:
        return Literal(False, "false")

    def nan(self) -> Literal:
        return Literal(float("nan"), "nan")

    def inf(self) -> Literal:
        return Literal(float("inf"), "inf")

    def negative_inf(self) -> Literal:
        return Literal(float("-inf"), "-inf")

    def disjunction(self, *parts: Condition) -> Condition:
        return Condition("or", parts)

    def conjunction(self, *parts: Condition) -> Condition:
        return Condition("and", parts)

    def negate(self, part: Condition) -> Condition:
        return Condition("not", (part,))

    def compare(self, left: Condition, sign: str, right: Condition) -> Condition:
        return Condition(str(sign), (left, right))

    def add(self, left: Condition, right: Condition) -> Condition:
        return Condition("+", (left, right))

    def subtract(self, left: Condition, right: Condition) -> Condition:
        return Condition("-", (left, right))

    def number(self, text: str) -> Condition:
        return Condition("number", (), int(text))

    def negative_number(self, text: str) -> Condition:
        return Condition("number", (), -int(text))

    def name(self, text: str) -> Condition:
        return Condition("name", (), str(text))

    def call(self, function: str, name: str) -> Condition:
        if function not in FUNCTIONS:
            raise ParseError(f"a rule knows {', '.join(FUNCTIONS)}, but not '{function}'")
        return Condition(str(function), (), str(name))

    def number_power(self, base: str, name: str) -> Condition:
        return Condition("power", (), str(name))


def _check_names(equation: Equation) -> None:
    """Everything on the right and in the condition must be bound on the left."""
    bound = {"result"}
    for term in subterms(equation.left):
        if isinstance(term, Variable):
            bound.add(term.name)
        elif isinstance(term, Power):
            bound.add(term.exponent)
    used = _names_in(equation.condition)
    for result in equation.right:
        for term in subterms(result):
            if isinstance(term, Variable):
                used.append(term.name)
            elif isinstance(term, Power):
                used.append(term.exponent)
    for name in used:
        if name not in bound:
            raise ParseError(f"'{name}' does not occur on the left of the rule: {equation.text}")


def _names_in(condition: Condition | None) -> list[str]:
    found: list[str] = []
    pending = [condition] if condition is not None else []
    while pending:
        item = pending.pop()
        if isinstance(item.value, str):
            found.append(item.value)
        pending += item.parts
    return found

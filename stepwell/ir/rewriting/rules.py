"""Rules that are equations.

    RULES = rules('''
        arith.addi(x, 0) -> x
        arith.subi(x, x) -> 0
        arith.cmpi[slt|sgt](x, x) -> false
        arith.muli(x, 2^k) -> arith.shli(x, k) if k < width(x)
        arith.addi(arith.addi(x, C), D) -> arith.addi(x, arith.addi(C, D))
        arith.addui_extended(x, 0) -> x, false
    ''')

- A name is a value; the same name twice is the same value. A capital letter demands a constant.
- A number is the constant of that value: of any width, or a vector or tensor full of it.
- `2^k` is a constant power of two, and `k` its exponent.
- `[slt]` demands a value of the op's property; `[a|b]` one of several; of flags, that the flag is
  there. On the right it sets the property. A word that is no value of it stands for whatever it is.
- Operands of commutative ops are tried in both orders, nested ones too.
- A condition compares numbers and types: `width(x)`, `type(x)`, `type(result)`, `k`, `C` (signed),
  `unsigned(C)`, with `+`, `-`, `and`, `or`, `not`.
- The equation is the name of the pattern.

`stepwell.ir.rewriting.rule_checking` tests rules against the meanings of their ops.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from stepwell.ir import dialect
from stepwell.ir.attribute import Type
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.equations.building import build, number_attribute
from stepwell.ir.rewriting.equations.conditions import holds
from stepwell.ir.rewriting.equations.matching import Bindings, makers, match, variants
from stepwell.ir.rewriting.equations.reading import read_equations
from stepwell.ir.rewriting.equations.terms import Equation, Term
from stepwell.ir.rewriting.pattern import Pattern, Rewrite
from stepwell.ir.rewriting.rewriter import CONSTANT_DIALECTS, Rewriter
from stepwell.ir.value import Value


class Rule:
    """One equation, ready to be applied."""

    def __init__(self, equation: Equation) -> None:
        self.equation = equation
        self.name = equation.text
        self.lefts = variants(equation)

    def pattern(self, benefit: int) -> Pattern:
        """The rule as a pattern."""
        root = self.equation.left.cls
        wanted = tuple(makers(left) for left in self.lefts)
        return Pattern(
            self.name,
            (root,),
            self.apply,
            benefit,
            self.name,
            self.explain,
            makers=wanted if all(wanted) else (),
        )

    def apply(self, op: Operation, rewriter: Rewriter) -> Rewrite:
        """Replaces `op` by the right side if the left one matches."""
        for left in self.lefts:
            bindings: Bindings = {}
            if match(left, op, bindings) is None and self._holds(op, bindings):
                return self._replacement(op, bindings, rewriter)
        return None

    def explain(self, op: Operation) -> str:
        """Why the rule does not apply to `op`."""
        for left in self.lefts:
            bindings: Bindings = {}
            if match(left, op, bindings) is None:
                return (
                    "its condition does not hold"
                    if not self._holds(op, bindings)
                    else ("the right side cannot be built for these types")
                )
        return match(self.lefts[0], op, {}) or ""

    def _holds(self, op: Operation, bindings: Bindings) -> bool:
        condition = self.equation.condition
        if len(op.results) == 1:
            bindings["result"] = op.results[0]
        return condition is None or holds(condition, bindings)

    def _replacement(self, op: Operation, bindings: Bindings, rewriter: Rewriter) -> Rewrite:
        made: list[Operation] = []
        prefix = op.name.partition(".")[0]

        def leaf(term: Term, type: Type) -> Value | None:
            attribute = number_attribute(term, type, bindings)
            if attribute is None:
                return None
            dialects = (prefix, *CONSTANT_DIALECTS)
            constant = dialect.materialize_constant(attribute, type, dialects)
            if constant is None:
                return None
            made.append(constant)
            return constant.result

        values: list[Value] = []
        for term, result in zip(self.equation.right, op.results, strict=True):
            value = build(term, result.type, bindings, leaf, made)
            if value is None:
                for unneeded in reversed(made):
                    unneeded.erase()
                return None
            values.append(value)
        for new in made:
            rewriter.insert(new)
        return values


class RuleSet:
    """The rules of one `rules(...)`.

    They are read when they are first used, so that a file can state rules about the ops it defines.
    """

    def __init__(self, text: str, benefit: int) -> None:
        self._text = text
        self._benefit = benefit

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The equations.

        Raises:
            ParseError: a line is no equation, or names what does not exist.
        """
        return tuple(Rule(equation) for equation in read_equations(self._text))

    @cached_property
    def patterns(self) -> tuple[Pattern, ...]:
        """A pattern for each."""
        return tuple(rule.pattern(self._benefit) for rule in self.rules)

    def __iter__(self) -> Iterator[Pattern]:
        return iter(self.patterns)


def rules(text: str, benefit: int = 1) -> RuleSet:
    """The rules that `text` states, one a line."""
    return RuleSet(text, benefit)

"""The language of equations, and a check of every rule of every dialect against `evaluate`."""

from __future__ import annotations

import types as python_types

import pytest

from stepwell.ir import dialect, types
from stepwell.ir.constraints import Exactly, SignlessIntegerLike, Var, bool_of
from stepwell.ir.definition import Op
from stepwell.ir.diagnostics import ParseError
from stepwell.ir.dialect import Dialect
from stepwell.ir.enums import IntegerEnum
from stepwell.ir.fields import operand, prop, result
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.property_kinds import TypedAttr
from stepwell.ir.rewriting.canonical import canonicalization_patterns
from stepwell.ir.rewriting.fingerprint import pattern_checks
from stepwell.ir.rewriting.greedy import apply_patterns_greedily
from stepwell.ir.rewriting.rule_checking import check_rule
from stepwell.ir.rewriting.rules import Rule, rules
from stepwell.ir.rewriting.trace import Trace, tracing
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.traits import Commutative, ConstantLike, Elementwise, Pure
from tests.ir.rewriting.greedy_dialect import Binary


class ConstantOp(Op, name="eq.constant", traits=(Pure, ConstantLike)):
    """A constant."""

    value = prop(TypedAttr)
    output = result()
    syntax = "$value `to` type($output) attr-dict"


class AddOp(Binary, name="eq.add", traits=(Pure, Elementwise, Commutative)):
    """x + y"""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return lhs + rhs


class SubOp(Binary, name="eq.sub", traits=(Pure, Elementwise)):
    """x - y"""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return lhs - rhs


class MulOp(Binary, name="eq.mul", traits=(Pure, Elementwise, Commutative)):
    """x * y"""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return lhs * rhs


class ShlOp(Binary, name="eq.shl", traits=(Pure, Elementwise)):
    """x << y"""

    def evaluate(self, lhs: int, rhs: int) -> RuntimeValue:
        element = types.element_type_or_self(self.output.type)
        width = element.width if isinstance(element, types.IntegerType) else 64
        return lhs << rhs if 0 <= rhs < width else POISON


class CompareOp(Op, name="eq.compare", traits=(Pure, Elementwise)):
    """x < y and the like"""

    T = Var("T", SignlessIntegerLike)
    predicate = prop(IntegerEnum(types.i64, ("eq", "lt", "gt"), "predicate"))
    lhs = operand(T)
    rhs = operand(T)
    output = result(bool_of(T))
    syntax = "$predicate `,` $lhs `,` $rhs attr-dict `:` type($lhs)"

    def evaluate(self, lhs: int, rhs: int) -> int:
        return int((lhs == rhs, lhs < rhs, lhs > rhs)[self.predicate.value])


class PickOp(Op, name="eq.pick", traits=(Pure, Elementwise)):
    """condition ? x : y"""

    T = Var("T", SignlessIntegerLike)
    condition = operand(Exactly(types.i1))
    lhs = operand(T)
    rhs = operand(T)
    output = result(T)
    syntax = "$condition `,` $lhs `,` $rhs attr-dict `:` type($output)"

    def evaluate(self, condition: int, lhs: int, rhs: int) -> int:
        return lhs if condition else rhs


class PairOp(Op, name="eq.pair", traits=(Pure,)):
    """x + y, and whether it is not 0"""

    T = Var("T", SignlessIntegerLike)
    lhs = operand(T)
    rhs = operand(T)
    sum = result(T)
    flag = result(Exactly(types.i1))
    syntax = "$lhs `,` $rhs attr-dict `:` type($lhs)"

    def evaluate(self, lhs: int, rhs: int) -> tuple[int, int]:
        return lhs + rhs, int(lhs + rhs != 0)


OPS = (ConstantOp, AddOp, SubOp, MulOp, ShlOp, CompareOp, PickOp, PairOp)


@pytest.fixture(autouse=True)
def _dialect() -> None:
    module = python_types.SimpleNamespace(**{cls.__name__: cls for cls in OPS})
    dialect.register(
        Dialect(
            "eq",
            module,  # type: ignore[arg-type]
            materialize_constant=lambda value, type: ConstantOp(value, result_types=[type]),
        )
    )


def rewritten(text: str, equations: str, trace: Trace | None = None) -> str:
    module = parse_module(text)
    with pattern_checks(), tracing(trace or Trace()):
        assert apply_patterns_greedily(module, rules(equations)).converged
    return print_to_text(module)


def returned(body: str, equations: str, type: str = "i32") -> str:
    """The lines of a function of `%x`, `%y` that returns `%r`, after the rules."""
    text = f"func.func @f(%x: {type}, %y: {type}) -> {type} {{\n{body}\nreturn %r : {type}\n}}"
    lines = rewritten(text, equations).splitlines()[2:-2]
    return "\n".join(line.strip() for line in lines)


@pytest.mark.parametrize("type", ["i1", "i32", "index", "vector<4xi8>", "tensor<2x?xi64>"])
def test_one_rule_for_all_widths_and_shapes(type: str) -> None:
    body = f"%0 = eq.sub %x, %y : {type}\n%r = eq.add %0, %y : {type}"
    assert returned(body, "eq.add(eq.sub(x, y), y) -> x", type) == f"return %x : {type}"


def test_commutative_ops_match_in_both_orders() -> None:
    equation = "eq.sub(eq.add(x, eq.mul(y, x)), x) -> eq.mul(y, x)"
    for product in ("%x, %y", "%y, %x"):
        for sum in ("%0, %x", "%x, %0"):
            body = f"%0 = eq.mul {product} : i32\n%1 = eq.add {sum} : i32"
            body += "\n%r = eq.sub %1, %x : i32"
            assert returned(body, equation).splitlines()[-2:] == [
                "%r = eq.mul %y, %x : i32",
                "return %r : i32",
            ]


def test_numbers_are_constants_and_splats() -> None:
    body = "%c = eq.constant 0 : i32 to i32\n%r = eq.add %c, %x : i32"
    assert returned(body, "eq.add(x, 0) -> x") == "return %x : i32"
    type = "vector<2xi32>"
    body = f"%c = eq.constant dense<0> : {type} to {type}\n%r = eq.add %x, %c : {type}"
    assert returned(body, "eq.add(x, 0) -> x", type) == f"return %x : {type}"
    body = "%r = eq.sub %x, %x : vector<2xi32>"
    assert "dense<0>" in returned(body, "eq.sub(x, x) -> 0", type)


def test_a_constant_that_cannot_be_made_leaves_the_program_alone() -> None:
    body = "%r = eq.sub %x, %x : tensor<?xi32>"
    type = "tensor<?xi32>"
    trace = Trace(why_not=["eq.sub(x, x) -> 0"])
    text = f"func.func @f(%x: {type}) -> {type} {{\n{body}\nreturn %r : {type}\n}}"
    assert "eq.sub %x, %x" in rewritten(text, "eq.sub(x, x) -> 0", trace)
    assert trace.refused[0].reason == "the right side cannot be built for these types"


def test_powers_of_two_and_conditions() -> None:
    equation = "eq.mul(x, 2^k) -> eq.shl(x, k) if k < width(x) and not k == 0"
    body = "%c = eq.constant 8 : i32 to i32\n%r = eq.mul %c, %x : i32"
    assert returned(body, equation).splitlines() == [
        "%0 = eq.constant 3 : i32 to i32",
        "%r = eq.shl %x, %0 : i32",
        "return %r : i32",
    ]
    for value in (1, 6, 0):
        body = f"%c = eq.constant {value} : i32 to i32\n%r = eq.mul %x, %c : i32"
        assert "eq.mul" in returned(body, equation)
    body = "%c = eq.constant -2147483648 : i32 to i32\n%r = eq.mul %x, %c : i32"
    assert "eq.constant 31" in returned(body, equation)


def test_capital_letters_are_constants() -> None:
    equation = "eq.add(eq.add(x, C), D) -> eq.add(x, eq.add(C, D)) if C != D"
    body = """%c = eq.constant 5 : i32 to i32
      %d = eq.constant 6 : i32 to i32
      %0 = eq.add %c, %x : i32
      %r = eq.add %0, %d : i32"""
    assert returned(body, equation).splitlines() == [
        "%0 = eq.constant 11 : i32 to i32",
        "%r = eq.add %x, %0 : i32",
        "return %r : i32",
    ]
    assert "6" in returned(body.replace("5", "6"), equation)


def test_properties_select_and_are_set() -> None:
    equations = """
      eq.compare[lt|gt](x, x) -> false
      eq.compare[eq](x, x) -> true
      eq.compare[p](C, x) -> eq.compare[p](x, C)
        if C == 7
    """
    text = """func.func @f(%x: i32) -> (i1, i1, i1, i1) {
      %c = eq.constant 7 : i32 to i32
      %0 = eq.compare lt, %x, %x : i32
      %1 = eq.compare gt, %x, %x : i32
      %2 = eq.compare eq, %x, %x : i32
      %3 = eq.compare gt, %c, %x : i32
      return %0, %1, %2, %3 : i1, i1, i1, i1
    }"""
    found = rewritten(text, equations)
    assert "eq.compare gt, %x, %" in found
    assert found.count("eq.compare") == 1
    assert found.count("eq.constant false") == found.count("eq.constant true") == 1


def test_several_results() -> None:
    text = """func.func @f(%x: i32) -> (i32, i1) {
      %c = eq.constant 0 : i32 to i32
      %0:2 = eq.pair %c, %x : i32
      return %0#0, %0#1 : i32, i1
    }"""
    found = rewritten(text, "eq.pair(0, x) -> x, eq.compare[gt](x, 0)")
    assert "eq.pair" not in found and "eq.compare gt, %x" in found


def test_the_equation_is_the_name_and_refusals_say_why() -> None:
    trace = Trace(why_not=["*"])
    body = "%0 = eq.add %x, %y : i32\n%r = eq.sub %0, %y : i32"
    returned_text = "func.func @f(%x: i32, %y: i32) -> i32 {\n" + body + "\nreturn %r : i32\n}"
    rewritten(
        returned_text,
        "eq.add(x,   0) -> x  # nothing\neq.sub(eq.mul(x, y), y) -> x if width(x) == 3",
        trace,
    )
    said = {(one.pattern, one.reason) for one in trace.refused}
    assert said == {
        ("eq.add(x, 0) -> x", "operand #1 is not the constant 0"),
        ("eq.sub(eq.mul(x, y), y) -> x if width(x) == 3", "operand #0 is not made by 'eq.mul'"),
    }
    remark = trace.refused[0].diagnostic().render()
    assert remark.startswith("<input>:2:") and "remark: pattern 'eq.add(x, 0) -> x'" in remark


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("eq.add(x, 0) x", "cannot read the rule at column 14"),
        ("eq.ad(x, 0) -> x", "'eq.ad', which is no op; did you mean 'eq.add'"),
        ("eq.add(x, 0) -> y", "'y' does not occur on the left"),
        ("eq.add(x, 0) -> x if k < 3", "'k' does not occur on the left"),
        ("eq.add(x, 3^k) -> x", "only powers of two"),
        ("eq.add(x, 0) -> x if size(x) == 3", "not 'size'"),
    ],
)
def test_errors(text: str, words: str) -> None:
    with pytest.raises(ParseError) as caught:
        list(rules(text))
    assert words in str(caught.value)


def check(text: str) -> tuple[int, str | None]:
    (rule,) = rules(text).rules
    outcome = check_rule(rule)
    return outcome.cases, outcome.counterexample


@pytest.mark.parametrize(
    "text",
    [
        "eq.add(x, 0) -> x",
        "eq.sub(eq.add(x, y), y) -> x",
        "eq.mul(x, 2^k) -> eq.shl(x, k)",
        "eq.compare[lt|gt](x, x) -> false",
        "eq.pick(c, x, x) -> x",
        "eq.mul(eq.mul(x, C), D) -> eq.mul(x, eq.mul(C, D))",
        "eq.pair(x, 0) -> x, eq.pick(eq.compare[eq](x, 0), false, true)",
    ],
)
def test_right_rules_pass_the_check(text: str) -> None:
    cases, counterexample = check(text)
    assert counterexample is None
    assert cases > 1000


@pytest.mark.parametrize(
    "text",
    [
        "eq.add(x, 1) -> x",
        "eq.sub(eq.sub(x, y), y) -> x",
        "eq.mul(x, 2^k) -> eq.shl(x, 1)",
        "eq.compare[lt|eq](x, x) -> false",
        "eq.pick(c, x, y) -> x",
        "eq.mul(x, y) -> eq.shl(x, y)",
        "eq.pair(x, 0) -> x, true",
    ],
)
def test_wrong_rules_do_not(text: str) -> None:
    cases, counterexample = check(text)
    assert counterexample is not None and text in counterexample


def test_a_right_side_that_is_undefined_more_often_is_wrong() -> None:
    _, counterexample = check("eq.add(x, x) -> eq.shl(x, 1) if width(x) != 1")
    assert counterexample is None
    _, counterexample = check("eq.add(x, x) -> eq.shl(x, 1)")
    assert counterexample is not None and "poison" in counterexample and "i1" in counterexample


def _all_rules() -> list[Rule]:
    found = []
    for prefix in dialect.available():
        for pattern in canonicalization_patterns(prefix):
            owner = getattr(pattern.function, "__self__", None)
            if isinstance(owner, Rule):
                found.append(owner)
    return found


@pytest.mark.parametrize("rule", _all_rules(), ids=lambda rule: rule.name)
def test_every_rule_of_every_dialect(rule: Rule) -> None:
    outcome = check_rule(rule)
    assert outcome.counterexample is None
    assert outcome.cases > 0, "no types were found for which the rule could be tested"

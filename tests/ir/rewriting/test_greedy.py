"""The greedy driver applies patterns: order, limits, checks, traces, and what they cost."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation, walk
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.rewriting.greedy import (
    GreedyOptions,
    GreedyResult,
    apply_patterns_greedily,
    apply_patterns_to,
)
from stepwell.ir.rewriting.pattern import (
    Maker,
    NoMatch,
    Pattern,
    PatternSet,
    Rewrite,
    pattern,
)
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.rewriting.trace import DEAD, FOLD, Trace, tracing
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.traits import ConstantLike
from stepwell.ir.value import Value
from tests.effort import calls_made
from tests.ir.rewriting.greedy_dialect import (
    AddOp,
    Binary,
    KeepOp,
    MaxOp,
    NegOp,
    body_after,
    known_and_checked,
    run,
)


@pytest.fixture(autouse=True)
def _dialect() -> Iterator[None]:
    with known_and_checked():
        yield


# Patterns.


@pattern
def add_self(op: AddOp, rewriter: Rewriter) -> Rewrite:
    """x + x -> max x, x + 1"""
    if op.lhs is not op.rhs:
        raise NoMatch("the operands differ")
    one = rewriter.constant(1, op.output.type)
    return AddOp(rewriter.insert(NegOp(op.lhs)).output, one)


def test_new_ops_get_the_location_of_the_old_one() -> None:
    module = parse_module(
        "func.func @f(%x: i32) {\n%a = gr.add %x, %x : i32\ngr.keep %a : i32\nreturn }"
    )
    apply_patterns_greedily(module, [add_self])
    made = [op for op in walk(module) if op.name in ("gr.neg", "gr.add", "gr.constant")]
    assert len(made) == 3
    assert {str(op.location) for op in made} == {'loc("<input>":2:6)'}


def test_benefit_order_and_classes() -> None:
    seen: list[str] = []

    def record(name: str, benefit: int, on: type[Operation]) -> Pattern:
        @pattern(benefit=benefit, name=name, on=on)
        def never(op: Operation, rewriter: Rewriter) -> Rewrite:
            seen.append(name)
            return None

        return never

    patterns = [record("a", 1, AddOp), record("b", 3, Binary), record("c", 3, Operation)]
    patterns += [record("d", 9, MaxOp)]
    text = "func.func @f(%x: i32, %y: i32) {\n%a = gr.add %x, %y : i32\ngr.keep %a : i32\nreturn }"
    run(text, patterns)
    assert seen == ["c", "b", "c", "a", "c", "c"]
    kept = PatternSet(patterns, enabled=["a", "b"], disabled=["b"]).for_class(AddOp)
    assert [one.name for one in kept] == ["a"]


def _recorder(seen: list[str], name: str, *operands: Maker | None) -> Pattern:
    """A pattern on additions that never applies, and writes down what it was tried on."""

    @pattern(name=name, operands=operands)
    def never(op: AddOp, rewriter: Rewriter) -> Rewrite:
        seen.append(f"{name} {op.output.name_hint}")
        return None

    return never


MAKERS = """func.func @f(%x: i32, %y: i32) {
  %c = gr.constant 7 : i32 to i32
  %n = gr.neg %x : i32
  %m = gr.max %x, %y : i32
  %xy = gr.add %x, %y : i32
  %nx = gr.add %n, %x : i32
  %nc = gr.add %n, %c : i32
  %mn = gr.add %m, %n : i32
  gr.keep %xy : i32
  gr.keep %nx : i32
  gr.keep %nc : i32
  gr.keep %mn : i32
  return
}"""


def test_patterns_are_tried_only_on_what_the_right_ops_made() -> None:
    seen: list[str] = []
    patterns = [
        _recorder(seen, "any"),
        _recorder(seen, "neg", NegOp),
        _recorder(seen, "neg, constant", NegOp, ConstantLike),
        _recorder(seen, "second neg", None, NegOp),
        _recorder(seen, "binary", Binary),
        _recorder(seen, "third", None, None, NegOp),
    ]
    run(MAKERS, patterns)
    assert seen == [
        "any xy",
        *("any nx", "neg nx"),
        *("any nc", "neg nc", "neg, constant nc"),
        *("any mn", "second neg mn", "binary mn"),
    ]


def test_who_asks_why_hears_of_patterns_for_other_makers_too() -> None:
    seen: list[str] = []
    with tracing(Trace(why_not=["neg"])) as trace:
        run(MAKERS, [_recorder(seen, "neg", NegOp)])
    assert seen == ["neg xy", "neg nx", "neg nc", "neg mn"]
    assert len(trace.refused) == 4


def test_annotations_say_what_is_matched() -> None:
    @pattern
    def both(op: AddOp | NegOp, rewriter: Rewriter) -> Rewrite:
        return None

    assert both.roots == (AddOp, NegOp)
    with pytest.raises(TypeError, match="annotate"):

        @pattern
        def none(op, rewriter):  # type: ignore[no-untyped-def]
            return None


@pattern
def grow(op: NegOp, rewriter: Rewriter) -> Rewrite:
    """-x -> -(x) with a greater tag"""
    tag = op.tag.value if op.tag is not None else 0
    return NegOp(op.input, tag=tag + 1)


NEG = "func.func @f(%x: i32) {\n%a = gr.neg %x : i32\ngr.keep %a : i32\nreturn }"


def test_limits() -> None:
    text, outcome = run(NEG, [grow], GreedyOptions(max_rewrites=3, max_iterations=2))
    assert "tag 6" in text and not outcome.converged and outcome.changed
    assert run(NEG, []) == (print_to_text(parse_module(NEG)), GreedyResult(True, False))


def test_patterns_that_undo_each_other_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stepwell.ir.rewriting.greedy.PATIENCE", 100)

    @pattern
    def swap(op: MaxOp, rewriter: Rewriter) -> Rewrite:
        op.set_operands([op.rhs, op.lhs])
        rewriter.modified(op)
        return True

    text = "func.func @f(%x: i32, %y: i32) {\n%a = gr.max %x, %y : i32\ngr.keep %a : i32\nreturn }"
    module = parse_module(text)
    with pytest.raises(PassError, match="never come to an end; the last to apply: swap"):
        apply_patterns_greedily(module, [swap])


def test_checks_find_patterns_that_lie() -> None:
    @pattern
    def changes(op: NegOp, rewriter: Rewriter) -> Rewrite:
        op.tag = 3
        return None

    @pattern
    def boasts(op: NegOp, rewriter: Rewriter) -> Rewrite:
        return True

    with pytest.raises(PassError, match="does not apply, but changed the program"):
        run(NEG, [changes])
    with pytest.raises(PassError, match="said that it applied, but changed nothing"):
        run(NEG, [boasts])


def test_traces() -> None:
    text = """func.func @f(%x: i32, %y: i32) {
      %a = gr.add %x, %x : i32
      %b = gr.add %x, %y : i32
      %c = gr.constant 1 : i32 to i32
      %d = gr.add %c, %c : i32
      gr.keep %a, %b, %d : i32, i32, i32
      return }"""
    with tracing(Trace(why_not=["add_self"])) as trace:
        run(text, [add_self])
    names = [one.pattern for one in trace.applied]
    assert "add_self" in names and FOLD in names and DEAD not in names[:1]
    applied = next(one for one in trace.applied if one.pattern == "add_self")
    assert applied.op == "gr.add" and str(applied.place) == "<input>:2:12"
    refused = [one for one in trace.refused if str(one.place) == "<input>:3:12"]
    assert refused and refused[0].reason == "the operands differ"


def test_only_given_ops_and_what_they_become() -> None:
    module = parse_module(
        NEG.replace("gr.keep %a : i32", "%b = gr.neg %x : i32\ngr.keep %a, %b : i32, i32")
    )
    first = next(op for op in walk(module) if isinstance(op, NegOp))
    apply_patterns_to([first], [grow], GreedyOptions(max_rewrites=2, max_iterations=1))
    assert [op.tag.value if op.tag else 0 for op in walk(module) if isinstance(op, NegOp)] == [2, 0]


def test_operands_that_lose_their_last_user_are_visited_again() -> None:
    @pattern
    def drop(op: KeepOp, rewriter: Rewriter) -> Rewrite:
        if not op.operands:
            return None
        op.set_operands([])
        rewriter.modified(op)
        return True

    found = body_after("%a = gr.add %x, %y : i32\n%b = gr.neg %a : i32\ngr.keep %b : i32", [drop])
    assert found == ["gr.keep"]


# Scaling.


@pattern
def add_of_zero(op: AddOp, rewriter: Rewriter) -> Rewrite:
    """0 + x -> x"""
    zero = constant_of(op.rhs)
    return op.lhs if isinstance(zero, IntegerAttr) and zero.value == 0 else None


def chain(length: int) -> Operation:
    lines = ["func.func @f(%x: i32) {", "%v0 = gr.neg %x : i32"]
    for number in range(length // 4):
        lines += [
            f"%k{number} = gr.constant {number % 5} : i32 to i32",
            f"%a{number} = gr.add %k{number}, %v{number} : i32",
            f"%d{number} = gr.add %k{number}, %k{number} : i32",
            f"%v{number + 1} = gr.add %a{number}, %d{number} : i32",
        ]
    return parse_module("\n".join([*lines, f"gr.keep %v{length // 4} : i32", "return", "}"]))


def nest(depth: int) -> Operation:
    text = "gr.loop {\n" * depth + "gr.write\n" + "gr.end\n}\n" * depth
    return parse_module(f"func.func @f() {{\n{text}return\n}}")


def calls(module: Operation) -> int:
    options = GreedyOptions(simplify="normal")
    return calls_made(lambda: apply_patterns_greedily(module, [add_of_zero], options))


@pytest.fixture
def _no_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stepwell.ir.rewriting.applier.checks_enabled", lambda: False)


@pytest.mark.usefixtures("_no_checks")
def test_work_is_linear_in_the_number_of_ops() -> None:
    assert calls(chain(8_000)) < 10.5 * calls(chain(800))


@pytest.mark.usefixtures("_no_checks")
def test_work_is_linear_in_the_depth_of_regions() -> None:
    assert calls(nest(8_000)) < 10.5 * calls(nest(800))


def test_patterns_for_other_makers_cost_nothing(_no_checks: None) -> None:
    def calls_with(count: int) -> int:
        module = chain(40)
        patterns = PatternSet(_recorder([], f"p{n}", MaxOp, NegOp) for n in range(count))
        apply_patterns_greedily(module, patterns)  # finds, once, what may match what
        return calls_made(lambda: apply_patterns_greedily(module, patterns))

    assert calls_with(50) == calls_with(1)


def test_a_value_replaced_in_very_many_users(_no_checks: None) -> None:
    lines = ["func.func @f(%x: i32, %y: i32) {", "%z = gr.constant 0 : i32 to i32"]
    lines += ["%v = gr.add %z, %y : i32", *["gr.keep %v : i32"] * 20_000, "return", "}"]
    module = parse_module("\n".join(lines))
    assert calls(module) < 200 * 20_000
    users = {op for op in walk(module) if op.name == "gr.keep"}
    assert len(users) == 20_000
    argument: Value = next(iter(users)).operands[0]
    assert argument.num_uses == 20_000

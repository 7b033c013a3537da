"""Dialect conversion: which patterns are tried, what they see, and what is left when they fail."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from stepwell.dialects.arith.ops import AddIOp, ConstantOp
from stepwell.ir import types
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation, walk
from stepwell.ir.rewriting.conversion import (
    ConversionPatterns,
    ConversionRewriter,
    ConversionTarget,
    apply_full_conversion,
    apply_partial_conversion,
    conversion_pattern,
)
from stepwell.ir.rewriting.pattern import NoMatch, Pattern, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.value import OpResult, Value
from stepwell.ir.verifier import verify
from tests.effort import calls_made
from tests.ir.rewriting.conversion_dialect import NewOp, OldOp, converter, old_to_new, register

ONE = """func.func @f(%a: index) {
  %0 = conv.old %a, %a : index, index to index
  return
}"""
CHAIN = """func.func @f(%a: index) {
  %0 = conv.old %a, %a : index, index to index
  %1 = conv.old %0, %0 : index, index to index
  return
}"""


@pytest.fixture(autouse=True)
def _dialect() -> None:
    register()


def old_is_illegal() -> ConversionTarget:
    target = ConversionTarget()
    target.add_illegal_op(OldOp)
    return target


def names(module: Operation) -> list[str]:
    return [op.name for op in walk(module)][2:]


def refusal(module: Operation, patterns: Sequence[Pattern]) -> str:
    with pytest.raises(PassError) as caught:
        apply_partial_conversion(module, old_is_illegal(), patterns, converter())
    return str(caught.value)


# Patterns that give up.


def test_what_a_pattern_inserted_before_it_gave_up_is_erased() -> None:
    @conversion_pattern(benefit=2)
    def half(op: OldOp, operands: Sequence[Value], rewriter: ConversionRewriter) -> Rewrite:
        first = rewriter.insert(NewOp(operands, result_types=[types.i64]))
        rewriter.converted_value(rewriter.insert(NewOp([], result_types=[types.index])).outputs[0])
        rewriter.insert(NewOp([first.outputs[0]], result_types=[]))
        raise NoMatch("second thoughts")

    module = parse_module(CHAIN)
    assert apply_partial_conversion(module, old_is_illegal(), [half, old_to_new], converter())
    verify(module)
    assert names(module).count("conv.new") == 2 and "conv.old" not in names(module)

    again = parse_module(CHAIN)
    apply_partial_conversion(again, old_is_illegal(), [old_to_new], converter())
    assert print_to_text(module) == print_to_text(again)


def test_inserting_and_giving_up_is_no_change() -> None:
    @pattern(on=OldOp)
    def half(op: Operation, rewriter: Rewriter) -> Rewrite:
        rewriter.insert(NewOp([], result_types=[]))
        return None

    module = parse_module(ONE)
    before = print_to_text(module)
    assert not apply_partial_conversion(module, ConversionTarget(), [half], converter())
    assert print_to_text(module) == before


def test_giving_up_after_other_changes_is_an_error() -> None:
    @pattern(on=OldOp)
    def half(op: Operation, rewriter: Rewriter) -> Rewrite:
        rewriter.modified(op)
        return None

    @pattern(on=OldOp)
    def moves(op: Operation, rewriter: Rewriter) -> Rewrite:
        assert op.parent is not None and op.parent.last is not None
        rewriter.move_before(op, op.parent.last)
        return None

    @pattern(on=OldOp)
    def entangles(op: Operation, rewriter: Rewriter) -> Rewrite:
        made = rewriter.insert(NewOp([], result_types=[types.index]))
        op.set_operand(0, made.outputs[0])  # not told to the rewriter
        return None

    for bad in (half, moves, entangles):
        text = refusal(parse_module(ONE), [bad])
        assert text.startswith("<input>:2:8: error: ")
        assert f"pattern '{bad.name}' gave up after changing the program" in text


def test_a_conversion_that_fails_says_what_it_left() -> None:
    @conversion_pattern
    def only_first(op: OldOp, operands: Sequence[Value], rewriter: ConversionRewriter) -> Rewrite:
        if isinstance(op.lhs, OpResult):
            raise NoMatch("it is not the first")
        return NewOp(operands, result_types=[types.i64])

    module = parse_module(CHAIN)
    text = refusal(module, [only_first])
    assert "<input>:3:8: error: failed to legalize operation 'conv.old'" in text
    assert "note: pattern 'only_first' does not apply: it is not the first" in text
    assert "note: one other op was rewritten before; the program is left between the two" in text
    verify(module)
    casts = "builtin.unrealized_conversion_cast"
    assert names(module) == [casts, "conv.new", casts, "conv.old", "func.return"]
    assert "rewritten before" not in refusal(parse_module(ONE), [])


# Which patterns are tried, and on what.


def test_patterns_find_ops_by_name() -> None:
    tried: list[str] = []
    collected = ConversionPatterns()

    @collected.of("conv.old", "conv.unheard_of")
    def first(op: Operation, operands: Sequence[Value], rewriter: ConversionRewriter) -> Rewrite:
        tried.append("first")
        return NewOp(operands, result_types=[types.i64])

    @collected.of("conv.old", name="conv.old, later", converts=False)
    def later(op: Operation, rewriter: ConversionRewriter) -> Rewrite:
        assert op.operand_types == (types.index, types.index)
        tried.append("later")
        return None

    @collected.of("conv.box")
    def other(op: Operation, operands: Sequence[Value], rewriter: ConversionRewriter) -> Rewrite:
        raise AssertionError("there is none")

    assert [each.name for each in collected] == ["other", "conv.old, later", "first"]
    apply_partial_conversion(parse_module(ONE), old_is_illegal(), collected, converter())
    assert tried == ["later", "first"]


def test_benefit_goes_before_order_whether_by_name_or_by_class() -> None:
    tried: list[str] = []

    def noting(name: str, benefit: int, on: str | type[Operation]) -> Pattern:
        def note(op: Operation, rewriter: Rewriter) -> Rewrite:
            tried.append(name)
            return None

        return pattern(benefit=benefit, name=name, on=on)(note)

    patterns = [
        noting("a", 1, OldOp), noting("b", 2, "conv.old"), noting("c", 1, "conv.old"),
        noting("d", 3, Operation), noting("e", 2, OldOp),
    ]  # fmt: skip
    module = parse_module(ONE)
    (old,) = [op for op in walk(module) if op.name == "conv.old"]
    apply_partial_conversion(old, ConversionTarget(), patterns)
    assert tried == ["d", "b", "e", "a", "c"]


def test_what_is_around_the_given_ops_stays() -> None:
    @pattern(on="func.func")
    def never(op: Operation, rewriter: Rewriter) -> Rewrite:
        raise AssertionError("the function is not among the ops")

    module = parse_module(CHAIN)
    function = module.regions[0].entry.first
    assert function is not None
    inside = list(function.regions[0].entry.ops)
    assert apply_partial_conversion(inside[:1], old_is_illegal(), [never, old_to_new], converter())
    assert [op.name for op in function.regions[0].entry.ops].count("conv.old") == 1


FOLDABLE = """func.func @f(%a: i32) -> i32 {
  %0 = arith.constant 0 : i32
  %1 = arith.addi %a, %0 : i32
  return %1 : i32
}"""


@pytest.mark.parametrize("fold", [True, False])
def test_folding_can_be_left_out(fold: bool) -> None:
    seen: list[str] = []

    @pattern
    def note(op: AddIOp, rewriter: Rewriter) -> Rewrite:
        seen.append(op.name)
        return NewOp(list(op.operands), result_types=[types.i32])

    module = parse_module(FOLDABLE)
    target = ConversionTarget()
    target.add_legal_dialect("func", "builtin", "conv")
    target.add_legal_op(ConstantOp)
    apply_full_conversion(module, target, [note], fold=fold)
    assert seen == ([] if fold else ["arith.addi"])


def test_a_target_that_changes_is_asked_again() -> None:
    patterns = ConversionPatterns()
    patterns.of("conv.old")(old_to_new.function)
    target = ConversionTarget()
    target.add_legal_dialect("conv")
    module = parse_module(ONE)
    assert not apply_partial_conversion(module, target, patterns, converter())
    target.add_illegal_op("conv.old")
    assert apply_partial_conversion(module, target, patterns, converter())


# What patterns see.


def test_operands_are_seen_without_casts_in_between() -> None:
    """Also where a cast to the new type was there before the value got that type."""
    makers: list[str] = []

    @conversion_pattern
    def looks(op: OldOp, operands: Sequence[Value], rewriter: ConversionRewriter) -> Rewrite:
        makers.extend(v.owner.name for v in operands if isinstance(v, OpResult))
        return NewOp(operands, result_types=rewriter.convert_types(op.result_types))

    module = parse_module("""func.func @f(%a: i64) {
      %0 = conv.old %a, %a : i64, i64 to index
      %1 = builtin.unrealized_conversion_cast %0 : index to i64
      %2 = conv.old %1, %0 : i64, index to index
      return
    }""")
    apply_partial_conversion(module, old_is_illegal(), [looks], converter())
    assert makers == ["conv.new", "conv.new"]
    assert names(module) == ["conv.new", "conv.new", "func.return"]


def test_patterns_can_have_a_rewriter_that_knows_more() -> None:
    class Numbers(ConversionRewriter):
        def number(self, value: int) -> Value:
            return self.constant(IntegerAttr(value, types.i64), types.i64)

    @conversion_pattern
    def to_number(op: OldOp, operands: Sequence[Value], rewriter: Numbers) -> Rewrite:
        return rewriter.number(7)

    module = parse_module(ONE)
    rewriter = Numbers(converter=converter())
    assert apply_partial_conversion(module, old_is_illegal(), [to_number], rewriter=rewriter)
    assert names(module) == ["arith.constant", "func.return"]


def test_arguments_keep_name_and_place_when_their_type_changes() -> None:
    module = parse_module("func.func @f(%a: index, %wide: i128, %b: index) { return }")
    block = module.regions[0].entry.first.regions[0].entry  # type: ignore[union-attr]
    made = ConversionRewriter(converter=converter()).convert_block_arguments(block)
    assert [[value.type for value in group] for group in made] == [
        [types.i64], [types.i64, types.i64], [types.i64],
    ]  # fmt: skip
    assert [value for group in made for value in group] == list(block.args)
    assert [argument.name_hint for argument in block.args] == ["a", None, None, "b"]
    assert [argument.index for argument in block.args] == [0, 1, 2, 3]


def test_work_grows_like_the_program() -> None:
    def effort(count: int) -> int:
        lines = "%0 = conv.old %a, %a : index, index to index\n" + "".join(
            f"%{n} = conv.old %{n - 1}, %a : index, index to index\n" for n in range(1, count)
        )
        module = parse_module(f"func.func @f(%a: index) {{\n{lines}return\n}}")
        target = old_is_illegal()
        return calls_made(
            lambda: apply_partial_conversion(module, target, [old_to_new], converter())
        )

    effort(10)
    assert effort(800) < 2.2 * effort(400)

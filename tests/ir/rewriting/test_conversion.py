"""Dialect conversion: legality, type conversion one to many, casts, and the errors that explain."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from stepwell.dialects.func.ops import FuncOp
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation, walk
from stepwell.ir.rewriting.conversion import (
    ConversionRewriter,
    ConversionTarget,
    apply_full_conversion,
    apply_partial_conversion,
    conversion_pattern,
)
from stepwell.ir.rewriting.function_conversion import (
    add_function_legality,
    function_conversion_patterns,
)
from stepwell.ir.rewriting.pattern import NoMatch, Pattern, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.value import Value
from tests.ir.rewriting.conversion_dialect import (
    InlinedOp,
    NewOp,
    OldOp,
    converter,
    old_to_new,
    register,
)


@pytest.fixture(autouse=True)
def _dialect() -> None:
    register()


@pattern
def inline(op: InlinedOp, rewriter: Rewriter) -> Rewrite:
    """conv.inlined -> its ops"""
    end = op.body.entry.last
    assert end is not None
    rewriter.erase(end)
    rewriter.inline_block_before(op.body.entry, op)
    rewriter.erase(op)
    return True


def converted(text: str, full: bool = True) -> str:
    module = parse_module(text)
    target, rules = ConversionTarget(), converter()
    target.add_legal_op("conv.new", "conv.box", "conv.end", "builtin.module")
    target.add_illegal_op(OldOp, InlinedOp)
    add_function_legality(target, rules)
    patterns = [old_to_new, inline, *function_conversion_patterns()]
    apply = apply_full_conversion if full else apply_partial_conversion
    apply(module, target, patterns, rules)
    return print_to_text(module)


def test_one_to_one_leaves_no_casts() -> None:
    assert (
        converted("""
      func.func @f(%a: index, %b: i32) -> index {
        %0 = conv.old %a, %b : index, i32 to index
        %1 = conv.old %0, %0 : index, index to index
        return %1 : index
      }""")
        == """module {
  func.func @f(%a: i64, %b: i32) -> i64 {
    %0 = conv.new %a, %b : (i64, i32) -> i64
    %1 = conv.new %0, %0 : (i64, i64) -> i64
    return %1 : i64
  }
}"""
    )


def test_one_to_many_and_one_to_none() -> None:
    assert (
        converted("""
      func.func @f(%a: i128, %n: none, %b: i32) -> (none, i128) {
        %0 = conv.old %a, %b : i128, i32 to i128
        %1:2 = call @f(%0, %n, %b) : (i128, none, i32) -> (none, i128)
        %2 = conv.old %1#1, %1#0 : i128, none to i128
        return %1#0, %2 : none, i128
      }""")
        == """module {
  func.func @f(%arg0: i64, %arg1: i64, %b: i32) -> (i64, i64) {
    %0:2 = conv.new %arg0, %arg1, %b : (i64, i64, i32) -> (i64, i64)
    %1:2 = call @f(%0#0, %0#1, %b) : (i64, i64, i32) -> (i64, i64)
    %2:2 = conv.new %1#0, %1#1 : (i64, i64) -> (i64, i64)
    return %2#0, %2#1 : i64, i64
  }
}"""
    )


def test_argument_attributes_follow_their_arguments() -> None:
    text = converted("""
      func.func private @f(i128, index {t.x = 1 : i32}) -> (i128, index {t.y})
    """)
    assert "(i64, i64, i64 {t.x = 1 : i32}) -> (i64, i64, i64 {t.y})" in text


def test_other_code_sees_the_old_types_through_casts() -> None:
    module = parse_module(
        """
      func.func @f(%a: index) {
        %0 = conv.old %a, %a : index, index to index
        "test.unknown"(%0) : (index) -> ()
        return
      }""",
        allow_unregistered=True,
    )
    target = ConversionTarget()
    target.add_illegal_op(OldOp)
    assert apply_partial_conversion(module, target, [old_to_new], converter())
    assert (
        print_to_text(module)
        == """module {
  func.func @f(%a: index) {
    %0 = builtin.unrealized_conversion_cast %a : index to i64
    %1 = conv.new %0, %0 : (i64, i64) -> i64
    %2 = builtin.unrealized_conversion_cast %1 : i64 to index
    "test.unknown"(%2) : (index) -> ()
    return
  }
}"""
    )


def test_nested_regions_and_moved_ops() -> None:
    assert (
        converted("""
      func.func @f(%a: index) {
        conv.box {
          conv.inlined {
            conv.inlined {
              %0 = conv.old %a, %a : index, index to index
              conv.end
            }
            conv.end
          }
          conv.end
        }
        return
      }""")
        == """module {
  func.func @f(%a: i64) {
    conv.box {
      %0 = conv.new %a, %a : (i64, i64) -> i64
      conv.end
    }
    return
  }
}"""
    )


def test_hundreds_of_regions_inlined_into_each_other() -> None:
    depth = 300
    text = "conv.inlined {\n" * depth + "conv.end\n" + "}\nconv.end\n" * (depth - 1) + "}\n"
    module = parse_module(f"func.func @f() {{\n{text}return\n}}")
    target = ConversionTarget()
    target.add_illegal_op(InlinedOp)
    apply_partial_conversion(module, target, [inline])
    assert [op.name for op in walk(module)] == ["builtin.module", "func.func", "func.return"]


def test_uses_before_definitions() -> None:
    """A block that stands before the one that dominates it is converted first."""
    module = parse_module(
        """
      func.func @f(%a: index) {
        "test.br"()[^bb2] : () -> ()
      ^bb1:
        %1 = conv.old %0, %0 : index, index to index
        return
      ^bb2:
        %0 = conv.old %a, %a : index, index to index
        "test.br"()[^bb1] : () -> ()
      }""",
        allow_unregistered=True,
    )
    target, rules = ConversionTarget(), converter()
    target.add_illegal_op(OldOp)
    add_function_legality(target, rules)
    apply_partial_conversion(module, target, [old_to_new, *function_conversion_patterns()], rules)
    text = print_to_text(module)
    assert "cast" not in text and text.count("conv.new") == 2


def test_block_arguments_of_all_blocks() -> None:
    module = parse_module(
        """
      func.func @f(%a: index) {
        "test.br"(%a)[^bb1] : (index) -> ()
      ^bb1(%b: index, %c: i128):
        %1 = conv.old %b, %c : index, i128 to index
        return
      }""",
        allow_unregistered=True,
    )
    target, rules = ConversionTarget(), converter()
    target.add_illegal_op(OldOp)
    add_function_legality(target, rules)
    apply_partial_conversion(module, target, [old_to_new, *function_conversion_patterns()], rules)
    function = module.regions[0].entry.first
    assert function is not None
    second = function.regions[0].entry.next
    assert second is not None and second.arg_types == (types.i64,) * 3
    made = second.first
    assert made is not None and made.operands == tuple(second.args)


@conversion_pattern
def refuses(op: OldOp, operands: Sequence[Value], rewriter: ConversionRewriter) -> Rewrite:
    """never applies"""
    raise NoMatch("only even days")


@conversion_pattern
def is_silent(op: OldOp, operands: Sequence[Value], rewriter: ConversionRewriter) -> Rewrite:
    """never applies"""
    return None


def message(apply: object, patterns: Sequence[Pattern], target: ConversionTarget) -> str:
    module = parse_module(
        "func.func @f(%a: index) {\n%0 = conv.old %a, %a : index, index to index\nreturn\n}"
    )
    with pytest.raises(PassError) as caught:
        apply(module, target, patterns, converter())  # type: ignore[operator]
    return str(caught.value)


def test_errors_say_which_patterns_were_tried() -> None:
    target = ConversionTarget()
    target.add_illegal_dialect("conv")
    text = message(apply_partial_conversion, [refuses, is_silent], target)
    assert "<input>:2:6: error: failed to legalize operation 'conv.old'" in text
    assert "that was explicitly marked illegal" in text
    assert "note: pattern 'refuses' does not apply: only even days" in text
    assert "note: pattern 'is_silent' does not apply: it does not match" in text
    assert "there is no pattern" in message(apply_partial_conversion, [], target)


def test_full_conversion_wants_all_ops_legal() -> None:
    target = ConversionTarget()
    target.add_legal_dialect("func", "builtin")
    text = message(apply_full_conversion, [], target)
    assert "failed to legalize operation 'conv.old'" in text
    assert "explicitly" not in text


def test_what_a_pattern_makes_must_be_legal_too() -> None:
    target = ConversionTarget()
    target.add_illegal_op(OldOp, NewOp)
    text = message(apply_partial_conversion, [old_to_new], target)
    assert "failed to legalize operation 'conv.new' that was explicitly marked illegal" in text


def test_patterns_that_go_in_a_circle_are_found() -> None:
    @pattern(on=OldOp)
    def again(op: Operation, rewriter: Rewriter) -> Rewrite:
        return OldOp(*op.operands, result_types=op.result_types)

    target = ConversionTarget()
    target.add_illegal_op(OldOp)
    text = message(apply_partial_conversion, [again], target)
    assert "the conversion of 'conv.old' goes in a circle" in text


def test_legality() -> None:
    module = parse_module("func.func @f() {\nconv.box { conv.end }\nreturn\n}")
    function = next(op for op in walk(module) if isinstance(op, FuncOp))
    target = ConversionTarget()
    assert target.is_legal(function) is None
    target.add_illegal_dialect("func")
    assert target.is_legal(function) is False
    target.add_dynamically_legal_op(FuncOp, legal=lambda op: None)
    assert target.is_legal(function) is False
    target.add_dynamically_legal_op(FuncOp, legal=lambda op: True)
    assert target.is_legal(function) is True
    target.mark_unknown_dynamically_legal(lambda op: op.name != "conv.end")
    assert target.is_legal(next(op for op in walk(module) if op.name == "conv.end")) is False
    target.mark_recursively_legal("conv.box")
    target.add_legal_op("func.return")
    apply_full_conversion(module, target, [])


def test_materializations_take_the_place_of_casts() -> None:
    rules = converter()

    def make(
        rewriter: Rewriter, wanted: Sequence[Type], values: Sequence[Value], location: object
    ) -> Sequence[Value]:
        return rewriter.insert(NewOp(list(values), result_types=list(wanted))).results

    rules.add_target_materialization(make)
    module = parse_module(
        "func.func @f(%a: index) {\n%0 = conv.old %a, %a : index, index to i32\nreturn\n}"
    )
    target = ConversionTarget()
    target.add_illegal_op(OldOp)
    apply_partial_conversion(module, target, [old_to_new], rules)
    text = print_to_text(module)
    assert "conv.new %a : (index) -> i64" in text and "cast" not in text

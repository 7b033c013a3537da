"""The passes canonicalize and reconcile-unrealized-casts."""

from __future__ import annotations

import sys
import types as python_types
from collections.abc import Iterator

import pytest

from stepwell.dialects.arith.ops import AddIOp
from stepwell.ir import dialect
from stepwell.ir.definition import Op
from stepwell.ir.diagnostics import PassError
from stepwell.ir.dialect import Dialect
from stepwell.ir.fields import operand, result
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.rewriting.canonical import CanonicalPatterns, canonicalization_patterns
from stepwell.ir.rewriting.pattern import Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.rewriting.rules import rules
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.traits import Pure
from stepwell.passes.canonicalize import canonicalize
from stepwell.passes.reconcile_unrealized_casts import reconcile_unrealized_casts


class WrapOp(Op, name="ca.wrap", traits=(Pure,)):
    """One thing in, one thing out."""

    input = operand()
    output = result()
    syntax = "$input attr-dict `:` type($input) `to` type($output)"


class SwapOp(Op, name="ca.swap", traits=(Pure,)):
    """Becomes itself for ever."""

    input = operand()
    output = result()
    syntax = "$input attr-dict `:` type($input) `to` type($output)"


@pytest.fixture(autouse=True)
def _dialect() -> Iterator[None]:
    dialect.register(
        Dialect(
            "ca",
            python_types.SimpleNamespace(a=WrapOp, b=SwapOp),  # type: ignore[arg-type]
            canonical_module="ca_canonicalize",
        )
    )

    @pattern
    def swap(op: SwapOp, rewriter: Rewriter) -> Rewrite:
        return SwapOp(op.input, result_types=op.result_types)

    module = python_types.ModuleType("ca_canonicalize")
    module.__spec__ = __spec__
    module.WRAP = rules("ca.wrap(x) -> x if type(x) == type(result)")  # type: ignore[attr-defined]
    module.swap = swap  # type: ignore[attr-defined]
    module.text = "no pattern"  # type: ignore[attr-defined]
    sys.modules["ca_canonicalize"] = module
    yield
    del sys.modules["ca_canonicalize"]


def run(text: str, **options: object) -> tuple[str, PassContext]:
    module, context = parse_module(text), PassContext()
    canonicalize(module, context, **options)  # type: ignore[arg-type]
    return print_to_text(module), context


TEXT = """func.func @f(%x: i32) -> i32 {
  %0 = ca.wrap %x : i32 to i32
  %1 = ca.wrap %0 : i32 to i64
  %2 = arith.addi %0, %0 : i32
  return %0 : i32
}"""


def test_patterns_of_the_dialects_in_the_program() -> None:
    found, context = run(TEXT)
    assert found.splitlines()[2] == "    return %x : i32"
    assert not context.changed_nothing
    assert run(found)[1].changed_nothing


def test_patterns_are_found_in_the_dialects_module() -> None:
    names = [one.name for one in canonicalization_patterns("ca")]
    assert names == ["ca.wrap(x) -> x if type(x) == type(result)", "swap"]
    assert canonicalization_patterns("nobody_has_this") == ()


def test_patterns_can_be_chosen() -> None:
    name = "ca.wrap(x) -> x if type(x) == type(result)"
    assert "ca.wrap" in run(TEXT, disable_patterns=[name])[0]
    assert "ca.wrap" in run(TEXT, enable_patterns=["swap"])[0]
    assert "ca.wrap" not in run(TEXT, enable_patterns=[name])[0]


def test_dialects_join_when_their_ops_appear() -> None:
    patterns = CanonicalPatterns()
    assert all("ca." not in one.name for one in patterns.for_class(AddIOp))
    assert [one.name for one in patterns.for_class(SwapOp)] == ["swap"]


SWAP = """func.func @f(%x: i32) -> i32 {
  %0 = ca.swap %x : i32 to i32
  return %0 : i32
}"""


def test_convergence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("stepwell.ir.rewriting.greedy.PATIENCE", 100)
    limits = {"max_iterations": 3, "max_num_rewrites": 2}
    assert "ca.swap" in run(SWAP, **limits)[0]
    with pytest.raises(PassError, match="did not converge in 3 iterations"):
        run(SWAP, test_convergence=True, **limits)
    with pytest.raises(PassError, match="undo each other"):
        run(SWAP)


def test_both_directions() -> None:
    assert run(TEXT, top_down=False)[0] == run(TEXT, top_down=True)[0]


def reconciled(text: str) -> list[str]:
    module = parse_module(text, allow_unregistered=True)
    reconcile_unrealized_casts(module, PassContext())
    return [line.strip() for line in print_to_text(module).splitlines()[2:-2]]


CASTS = """func.func @f(%x: i64, %y: index) -> i64 {
  %0 = builtin.unrealized_conversion_cast %x : i64 to index
  %1 = builtin.unrealized_conversion_cast %0 : index to i32
  %2 = builtin.unrealized_conversion_cast %1 : i32 to i64
  %3:2 = builtin.unrealized_conversion_cast %y : index to i64, i64
  %4 = builtin.unrealized_conversion_cast %3#0, %3#1 : i64, i64 to index
  %5 = builtin.unrealized_conversion_cast %3#1, %3#0 : i64, i64 to index
"""


def test_casts_that_undo_each_other_go() -> None:
    assert reconciled(CASTS + "return %2 : i64 }") == ["return %x : i64"]
    used = reconciled(CASTS + '"test.use"(%4) : (index) -> () return %2 : i64 }')
    assert used == ['"test.use"(%y) : (index) -> ()', "return %x : i64"]


def test_other_casts_stay() -> None:
    found = reconciled(CASTS + '"test.use"(%5, %1) : (index, i32) -> () return %2 : i64 }')
    assert sum("unrealized_conversion_cast" in line for line in found) == 4
    assert found[-1] == "return %x : i64"

"""A dialect to rewrite: numbers, memory, loops and branches; and the greedy driver on a text."""

from __future__ import annotations

import types as python_types
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from stepwell.ir import dialect
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.constraints import SignlessIntegerLike, Var
from stepwell.ir.definition import Op
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.dialect import Dialect
from stepwell.ir.effects import Effect, allocate, read, write
from stepwell.ir.fields import (
    operand,
    optional_prop,
    prop,
    region,
    result,
    successor,
    variadic_operand,
)
from stepwell.ir.property_kinds import I64, TypedAttr
from stepwell.ir.rewriting.fingerprint import pattern_checks
from stepwell.ir.rewriting.folding import Fold
from stepwell.ir.rewriting.greedy import (
    GreedyOptions,
    GreedyResult,
    apply_patterns_greedily,
)
from stepwell.ir.rewriting.pattern import Pattern
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.traits import (
    Commutative,
    ConstantLike,
    Elementwise,
    Idempotent,
    Involution,
    IsolatedFromAbove,
    Pure,
    RecursiveMemoryEffects,
    Terminator,
)


class ConstantOp(Op, name="gr.constant", traits=(Pure, ConstantLike)):
    """A constant."""

    value = prop(TypedAttr)
    output = result()
    syntax = "$value `to` type($output) attr-dict"


class Binary(Op):
    """Two operands and a result of one type."""

    T = Var("T", SignlessIntegerLike)
    lhs = operand(T)
    rhs = operand(T)
    output = result(T)
    syntax = "$lhs `,` $rhs attr-dict `:` type($output)"


class AddOp(Binary, name="gr.add", traits=(Pure, Elementwise, Commutative)):
    """x + y; folds x + 0"""

    def fold(self, operands: Sequence[Attribute | None]) -> Fold:
        return self.lhs if operands[1] is IntegerAttr(0, self.output.type) else None

    def evaluate(self, lhs: int, rhs: int) -> int:
        return lhs + rhs


class DivOp(Binary, name="gr.div", traits=(Pure, Elementwise)):
    """x / y, undefined for 0"""

    def evaluate(self, lhs: int, rhs: int) -> int:
        if rhs == 0:
            raise InterpreterError("division by zero")
        return lhs // rhs


class MaxOp(Binary, name="gr.max", traits=(Pure, Elementwise, Commutative, Idempotent)):
    """The greater one."""

    def evaluate(self, lhs: int, rhs: int) -> int:
        return max(lhs, rhs)


class NegOp(Op, name="gr.neg", traits=(Pure, Elementwise, Involution)):
    """-x"""

    T = Var("T", SignlessIntegerLike)
    input = operand(T)
    output = result(T)
    tag = optional_prop(I64)
    syntax = "$input (`tag` $tag^)? attr-dict `:` type($output)"

    def evaluate(self, input: int) -> int:
        return -input


class KeepOp(Op, name="gr.keep"):
    """Unknown effects."""

    inputs = variadic_operand()
    syntax = "($inputs^ `:` type($inputs))? attr-dict"


class ReadOp(Op, name="gr.read"):
    """Reads."""

    output = result()
    syntax = "attr-dict `:` type($output)"

    def effects(self) -> list[Effect]:
        return [read()]


class NewOp(Op, name="gr.new"):
    """Makes memory and writes to it."""

    output = result()
    syntax = "attr-dict `:` type($output)"

    def effects(self) -> list[Effect]:
        return [allocate(self.output), write(self.output)]


class WriteOp(Op, name="gr.write"):
    """Writes."""

    syntax = "attr-dict"

    def effects(self) -> list[Effect]:
        return [write()]


class LoopOp(Op, name="gr.loop", traits=(RecursiveMemoryEffects,)):
    """Runs its body."""

    body = region()
    syntax = "$body attr-dict"


class IsolatedOp(Op, name="gr.isolated", traits=(IsolatedFromAbove,)):
    """Sees nothing outside."""

    body = region()
    syntax = "$body attr-dict"


class EndOp(Op, name="gr.end", traits=(Terminator, Pure)):
    """Ends a block."""

    syntax = "attr-dict"


class BranchOp(Op, name="gr.br", traits=(Terminator, Pure)):
    """Goes on elsewhere."""

    arguments = variadic_operand()
    target = successor()
    syntax = "$target (`(` $arguments^ `:` type($arguments) `)`)? attr-dict"

    def successor_operands(self, index: int) -> tuple[int, int]:
        return 0, self.num_operands


class ForkOp(Op, name="gr.fork", traits=(Terminator, Pure)):
    """Goes on in one of two places, and passes nothing."""

    condition = operand()
    first = successor()
    second = successor()
    syntax = "$condition `:` type($condition) `,` $first `,` $second attr-dict"

    def successor_operands(self, index: int) -> tuple[int, int]:
        return 1, 1


OPS = (ConstantOp, AddOp, DivOp, MaxOp, NegOp, KeepOp, ReadOp, NewOp, WriteOp, LoopOp, IsolatedOp)
ENDS = (EndOp, BranchOp, ForkOp)


@contextmanager
def known_and_checked() -> Iterator[None]:
    """Inside, the ops are known, and patterns are checked for telling the truth."""
    module = python_types.SimpleNamespace(**{cls.__name__: cls for cls in OPS + ENDS})
    dialect.register(
        Dialect(
            "gr",
            module,  # type: ignore[arg-type]
            materialize_constant=lambda value, type: ConstantOp(value, result_types=[type]),
        )
    )
    with pattern_checks():
        yield


DEFAULT = GreedyOptions()


def run(
    text: str, patterns: Sequence[Pattern] = (), options: GreedyOptions = DEFAULT
) -> tuple[str, GreedyResult]:
    module = parse_module(text)
    outcome = apply_patterns_greedily(module, patterns, options)
    return print_to_text(module), outcome


def body_after(lines: str, patterns: Sequence[Pattern] = ()) -> list[str]:
    """The lines of a function of %x and %y after the driver."""
    text, outcome = run(f"func.func @f(%x: i32, %y: i32) {{\n{lines}\nreturn\n}}", patterns)
    assert outcome.converged
    return [line.strip() for line in text.splitlines()[2:-3]]

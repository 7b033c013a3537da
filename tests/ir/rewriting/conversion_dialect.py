"""A dialect to convert from and to, a converter of types, and a pattern."""

from __future__ import annotations

import types as python_types
from collections.abc import Sequence

from stepwell.ir import dialect, types
from stepwell.ir.attribute import Type
from stepwell.ir.definition import Op
from stepwell.ir.dialect import Dialect
from stepwell.ir.fields import operand, region, result, variadic_operand, variadic_result
from stepwell.ir.rewriting.conversion import (
    ConversionRewriter,
    TypeConverter,
    conversion_pattern,
)
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.traits import Terminator
from stepwell.ir.value import Value


class OldOp(Op, name="conv.old"):
    """Adds two values."""

    lhs = operand()
    rhs = operand()
    output = result()
    syntax = "$lhs `,` $rhs attr-dict `:` type($lhs) `,` type($rhs) `to` type($output)"


class NewOp(Op, name="conv.new"):
    """Takes and gives any values."""

    inputs = variadic_operand()
    outputs = variadic_result()
    syntax = "$inputs attr-dict `:` functional-type($inputs, $outputs)"


class BoxOp(Op, name="conv.box"):
    """Holds a region."""

    body = region()
    syntax = "$body attr-dict"


class InlinedOp(Op, name="conv.inlined"):
    """Holds a region that takes its place."""

    body = region()
    syntax = "$body attr-dict"


class EndOp(Op, name="conv.end", traits=(Terminator,)):
    """Ends a region."""

    syntax = "attr-dict"


def register() -> None:
    """Makes the ops known."""
    module = python_types.SimpleNamespace(a=OldOp, b=NewOp, c=BoxOp, d=InlinedOp, e=EndOp)
    dialect.register(Dialect("conv", module))  # type: ignore[arg-type]


def converter() -> TypeConverter:
    """index becomes i64, i128 becomes two i64, none disappears."""
    made = TypeConverter(lambda type: type)

    @made.rule
    def index(type: types.IndexType) -> Type:
        return types.i64

    @made.rule
    def wide(type: types.IntegerType) -> Sequence[Type] | None:
        return (types.i64, types.i64) if type.width == 128 else None

    @made.rule
    def nothing(type: types.NoneType) -> Sequence[Type]:
        return ()

    return made


@conversion_pattern
def old_to_new(op: OldOp, operands: Sequence[Value], rewriter: ConversionRewriter) -> Rewrite:
    """conv.old -> conv.new on converted types"""
    made = NewOp(operands, result_types=rewriter.convert_types(op.result_types))
    rewriter.insert(made)
    rewriter.replace(op, [list(made.results)])
    return True

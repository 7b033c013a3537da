"""Comparisons, and choosing by their result."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from stepwell.dialects.arith import float_meaning, integer_meaning
from stepwell.dialects.arith.casts import ExtSIOp, ExtUIOp
from stepwell.dialects.arith.constant import float_of, int_like, int_of
from stepwell.dialects.arith.flags import NO_FASTMATH, FloatPredicate, IntegerPredicate
from stepwell.dialects.arith.floating import FASTMATH
from stepwell.dialects.arith.integer import Constants, is_all_ones, wraps_in_numpy
from stepwell.dialects.ub.ops import PoisonAttr
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.constraints import (
    AnyType,
    BoolLike,
    FloatLike,
    SignlessIntegerLike,
    Transform,
    Var,
)
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, prop, result
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.rewriting.folding import Fold
from stepwell.ir.traits import Elementwise, Pure, SameTypeOperands

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


def bools_of(var: Var) -> Transform:
    """i1 in the shape of the variable's type."""
    words = "result type has i1 element type and same shape as operands"
    return Transform(var, lambda type: types.with_element(type, types.i1), words)


class Comparison(Op, traits=(Pure, Elementwise, SameTypeOperands)):
    """Base of `op predicate, %a, %b : type`."""

    @property
    def word(self) -> str:
        """The predicate as it is printed."""
        raise NotImplementedError


class CmpIOp(Comparison, name="arith.cmpi"):
    """`%r = arith.cmpi slt, %a, %b : i32`: compares integers."""

    T = Var("T", SignlessIntegerLike)
    predicate = prop(IntegerPredicate)
    lhs = operand(T)
    rhs = operand(T)
    out = result(bools_of(T))
    syntax = "$predicate `,` $lhs `,` $rhs attr-dict `:` type($lhs)"

    @property
    def word(self) -> str:
        return IntegerPredicate.word(self.predicate)

    @property
    def evaluates_arrays(self) -> bool:
        """Whether `evaluate` takes whole arrays."""
        word = self.word
        return word[0] != "u" and (wraps_in_numpy(self.lhs.type) or word in ("eq", "ne"))

    def evaluate(self, lhs: Any, rhs: Any) -> RuntimeValue:
        if isinstance(lhs, np.ndarray) or isinstance(rhs, np.ndarray):
            relation = integer_meaning.split_predicate(self.word)[1]
            return integer_meaning.COMPARISONS[relation](lhs, rhs)
        width = integer_meaning.width_of(self.lhs.type)
        return int(integer_meaning.compare(self.word, lhs, rhs, width))

    def fold(self, operands: Constants) -> Fold:
        word = self.word
        if self.lhs is self.rhs:
            return int_like(int(word in ("eq", "sle", "sge", "ule", "uge")), self.results[0].type)
        if operands[0] is not None and operands[1] is None:
            self.predicate = integer_meaning.swapped(word)
            self.set_operands([self.rhs, self.lhs])
            return True
        constant = int_of(operands[1])
        return None if constant is None else self._fold_boolean(word, constant)

    def _fold_boolean(self, word: str, constant: int) -> Fold:
        """`x` for `x != 0` and `x == 1`, where x is an i1 or extends one."""
        if integer_meaning.width_of(self.lhs.type) == 1:
            same = word == ("ne" if constant == 0 else "eq")
            return self.lhs if same else None
        extended = self.lhs.owner
        if constant != 0 or word != "ne" or not isinstance(extended, (ExtSIOp, ExtUIOp)):
            return None
        return extended.in_ if integer_meaning.width_of(extended.in_.type) == 1 else None


class CmpFOp(Comparison, name="arith.cmpf"):
    """`%r = arith.cmpf olt, %a, %b : f32`: compares floats; `u...` holds if one is NaN."""

    T = Var("T", FloatLike)
    predicate = prop(FloatPredicate)
    lhs = operand(T)
    rhs = operand(T)
    fastmath = prop(FASTMATH, NO_FASTMATH)
    out = result(bools_of(T))
    syntax = "$predicate `,` $lhs `,` $rhs (`fastmath` `` $fastmath^)? attr-dict `:` type($lhs)"

    @property
    def word(self) -> str:
        return FloatPredicate.word(self.predicate)

    def evaluate(self, lhs: Any, rhs: Any) -> RuntimeValue:
        numbers = float_meaning.number(lhs), float_meaning.number(rhs)
        if float_meaning.breaks_promise(self.fastmath, numbers):
            return POISON
        return int(float_meaning.compare(self.word, *numbers))

    def fold(self, operands: Constants) -> Fold:
        word, type = self.word, self.results[0].type
        if word in ("false", "true"):
            return int_like(int(word == "true"), type)
        either = (float_of(operands[0]), float_of(operands[1]))
        if any(value is not None and math.isnan(value) for value in either):
            return int_like(int(word[0] == "u"), type)
        return None


class SelectOp(Op, name="arith.select", traits=(Pure, Elementwise)):
    """`%r = arith.select %condition, %a, %b : i32`: %a where the condition holds, else %b."""

    T = Var("T", AnyType)
    condition = operand(BoolLike)
    true_value = operand(T)
    false_value = operand(T)
    result_ = result(T)
    handles_poison = True

    @classmethod
    def parse(cls, p: OpParser) -> SelectOp:
        names = p.operands()
        if len(names) != 3:
            raise p.error("expected 3 operands")
        attributes = p.optional_dictionary()
        p.literal(":")
        type = p.type()
        condition: Type = types.i1
        if p.accept(","):
            condition, type = type, p.type()
        values = p.resolve_all(names, [condition, type, type])
        return cls.create(values, [type], None, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(" ")
        p.operands(self._operands)
        p.attr_dict(self)
        p.write(" : ")
        if isinstance(self.condition.type, types.ShapedType):
            p.type(self.condition.type)
            p.write(", ")
        p.type(self.results[0].type)

    def verify_op(self) -> None:
        chosen, condition = self.results[0].type, self.condition.type
        if isinstance(condition, types.ShapedType):
            same = isinstance(chosen, types.ShapedType) and condition is types.with_element(
                chosen, types.i1
            )
            if not same:
                raise self.error(
                    "failed to verify that condition is signless i1 or has matching shape"
                )

    @property
    def evaluates_arrays(self) -> bool:
        """Always: whole values are chosen, or NumPy chooses element by element."""
        return True

    def evaluate(
        self, condition: RuntimeValue, true_value: RuntimeValue, false_value: RuntimeValue
    ) -> RuntimeValue:
        if condition is POISON:
            return POISON
        if not isinstance(condition, np.ndarray):
            return true_value if condition else false_value
        if true_value is POISON or false_value is POISON:
            return false_value if true_value is POISON and not condition.any() else POISON
        return np.where(condition, true_value, false_value)

    def fold(self, operands: Constants) -> Fold:
        if self.true_value is self.false_value:
            return self.true_value
        condition = int_of(operands[0])
        if condition is not None:
            return self.true_value if condition else self.false_value
        for chosen, other in ((operands[1], self.false_value), (operands[2], self.true_value)):
            if isinstance(chosen, PoisonAttr):
                return other
        return self._fold_boolean(operands) or self._fold_comparison()

    def _fold_boolean(self, operands: Constants) -> Fold:
        """`select c, true, false` is c."""
        if types.element_type_or_self(self.results[0].type) is not types.i1:
            return None
        yes, no = int_of(operands[1]), int_of(operands[2])
        same = self.condition.type is self.results[0].type
        return self.condition if same and is_all_ones(yes, 1) and no == 0 else None

    def _fold_comparison(self) -> Fold:
        """`select (a == b), a, b` is b."""
        test = self.condition.owner
        if not isinstance(test, CmpIOp) or test.word not in ("eq", "ne"):
            return None
        if {test.lhs, test.rhs} != {self.true_value, self.false_value}:
            return None
        return self.false_value if test.word == "eq" else self.true_value

"""The functions of numbers, as ops of the arith and math dialects.

They are written for whatever values a `Space` makes: tensors of one shape, or single numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepwell.dialects.arith.casts import (
    ExtFOp,
    ExtSIOp,
    ExtUIOp,
    FPToSIOp,
    SIToFPOp,
    TruncFOp,
    TruncIOp,
    UIToFPOp,
)
from stepwell.dialects.arith.compare import CmpFOp, CmpIOp, SelectOp
from stepwell.dialects.arith.division import DivSIOp, RemSIOp
from stepwell.dialects.arith.floating import (
    AddFOp,
    DivFOp,
    MaximumFOp,
    MinimumFOp,
    MulFOp,
    NegFOp,
    RemFOp,
    SubFOp,
)
from stepwell.dialects.arith.integer import (
    AddIOp,
    AndIOp,
    MaxSIOp,
    MinSIOp,
    MulIOp,
    OrIOp,
    SubIOp,
    XOrIOp,
)
from stepwell.dialects.math import exact, exponential, trigonometric
from stepwell.dialects.math.integers import AbsIOp
from stepwell.frontend.jittor.dtypes import DType, TensorError, bool_
from stepwell.frontend.jittor.node import Number
from stepwell.ir.attribute import Type
from stepwell.ir.builder import Builder
from stepwell.ir.definition import Op
from stepwell.ir.value import Value


class Space:
    """Makes elementwise ops on values of one kind: here single numbers."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder

    def type_of(self, dtype: DType) -> Type:
        """The type of the values whose elements are `dtype`."""
        return dtype.element

    def constant(self, number: Number, dtype: DType) -> Value:
        """The number everywhere."""
        return self.builder.constant(number, dtype.element)

    def make(self, cls: type[Op], *operands: Value) -> Value:
        """An op whose result has the type of its operands."""
        return self.builder.insert(cls(*operands)).results[0]

    def cast(self, cls: type[Op], operand: Value, dtype: DType) -> Value:
        """An op whose result has elements of another type."""
        return self.builder.insert(cls(operand, result_types=[self.type_of(dtype)])).results[0]

    def compare(self, cls: type[Op], word: str, x: Value, y: Value) -> Value:
        """A comparison."""
        return self.builder.insert(cls(word, x, y)).results[0]


Function = Callable[[Space, Sequence[Value], DType], Value]
"""Takes the operands, all of one type, and that type."""

UNARY_FLOAT: dict[str, type[Op]] = {
    "exp": exponential.ExpOp,
    "log": exponential.LogOp,
    "log2": exponential.Log2Op,
    "sqrt": exponential.SqrtOp,
    "sin": trigonometric.SinOp,
    "cos": trigonometric.CosOp,
    "tan": trigonometric.TanOp,
    "tanh": trigonometric.TanhOp,
    "erf": exponential.ErfOp,
    "log10": exponential.Log10Op,
    "log1p": exponential.Log1pOp,
    "expm1": exponential.ExpM1Op,
    "rsqrt": exponential.RsqrtOp,
    "asin": trigonometric.AsinOp,
    "acos": trigonometric.AcosOp,
    "atan": trigonometric.AtanOp,
    "sinh": trigonometric.SinhOp,
    "cosh": trigonometric.CoshOp,
    "asinh": trigonometric.AsinhOp,
    "acosh": trigonometric.AcoshOp,
    "atanh": trigonometric.AtanhOp,
    "floor": exact.FloorOp,
    "ceil": exact.CeilOp,
    "round": exact.RoundEvenOp,
}
# For floats, integers and bools, where there is one.
ARITHMETIC: dict[str, tuple[type[Op] | None, type[Op] | None, type[Op] | None]] = {
    "add": (AddFOp, AddIOp, OrIOp),
    "subtract": (SubFOp, SubIOp, None),
    "multiply": (MulFOp, MulIOp, AndIOp),
    "maximum": (MaximumFOp, MaxSIOp, OrIOp),
    "minimum": (MinimumFOp, MinSIOp, AndIOp),
    "divide": (DivFOp, None, None),
    "power": (exponential.PowFOp, None, None),
    "logical_and": (None, None, AndIOp),
    "logical_or": (None, None, OrIOp),
}
# Unordered "not equal": NaN differs from everything, itself included.
PREDICATES: dict[str, tuple[str, str, str]] = {
    "equal": ("oeq", "eq", "eq"),
    "not_equal": ("une", "ne", "ne"),
    "less": ("olt", "slt", "ult"),
    "less_equal": ("ole", "sle", "ule"),
    "greater": ("ogt", "sgt", "ugt"),
    "greater_equal": ("oge", "sge", "uge"),
}
_KINDS = ("float", "int", "bool")


def converted(b: Space, value: Value, source: DType, target: DType) -> Value:
    """Elements `source` as `target`s; floats are cut off at integers, and what is not 0 is True."""
    if source is target:
        return value
    if target is bool_:
        return compare(b, "not_equal", value, b.constant(0, source), source)
    kinds = (source.kind, target.kind)
    if kinds == ("float", "float"):
        made: type[Op] = ExtFOp if target.rank > source.rank else TruncFOp
    elif kinds == ("int", "int"):
        made = ExtSIOp if target.rank > source.rank else TruncIOp
    elif kinds == ("float", "int"):
        made = FPToSIOp
    elif kinds == ("bool", "int"):
        made = ExtUIOp
    else:
        made = SIToFPOp if source.kind == "int" else UIToFPOp
    return b.cast(made, value, target)


def compare(b: Space, name: str, x: Value, y: Value, dtype: DType) -> Value:
    """The bools of a comparison."""
    word = PREDICATES[name][_KINDS.index(dtype.kind)]
    if dtype.is_float:
        return b.compare(CmpFOp, word, x, y)
    return b.compare(CmpIOp, word, x, y)


def apply(b: Space, name: str, operands: Sequence[Value], dtype: DType) -> Value:
    """The function `name` of `operands`, which are `dtype`s.

    Raises:
        TensorError: it is not defined for these.
    """
    if name in UNARY_FLOAT:
        return b.make(UNARY_FLOAT[name], *operands)
    if name in PREDICATES:
        return compare(b, name, operands[0], operands[1], dtype)
    if name in ARITHMETIC:
        made = ARITHMETIC[name][_KINDS.index(dtype.kind)]
        if made is not None:
            return b.make(made, *operands)
    elif name in _COMPOSED and (dtype.kind != "bool" or name in ("copy", "ternary", "logical_not")):
        return _COMPOSED[name](b, operands, dtype)
    raise TensorError(f"'{name}' is not defined for {dtype}")


def _copy(b: Space, operands: Sequence[Value], dtype: DType) -> Value:
    return operands[0]


def _ternary(b: Space, operands: Sequence[Value], dtype: DType) -> Value:
    return b.make(SelectOp, *operands)


def _logical_not(b: Space, operands: Sequence[Value], dtype: DType) -> Value:
    return b.make(XOrIOp, operands[0], b.constant(1, dtype))


def _negative(b: Space, operands: Sequence[Value], dtype: DType) -> Value:
    if dtype.is_float:
        return b.make(NegFOp, operands[0])
    return b.make(SubIOp, b.constant(0, dtype), operands[0])


def _abs(b: Space, operands: Sequence[Value], dtype: DType) -> Value:
    return b.make(exact.AbsFOp if dtype.is_float else AbsIOp, operands[0])


def _sigmoid(b: Space, operands: Sequence[Value], dtype: DType) -> Value:
    one = b.constant(1.0, dtype)
    exp = b.make(exponential.ExpOp, b.make(NegFOp, operands[0]))
    return b.make(DivFOp, one, b.make(AddFOp, one, exp))


def _mod(b: Space, operands: Sequence[Value], dtype: DType) -> Value:
    """The remainder with the divisor's sign; of integers by 0 it is 0, as in NumPy."""
    x, y = operands
    zero = b.constant(0, dtype)
    if dtype.is_float:
        rest = b.make(RemFOp, x, y)
        moved = b.make(AddFOp, rest, y)
    else:
        rest = b.make(RemSIOp, x, _safe_divisor(b, y, dtype))
        moved = b.make(AddIOp, rest, y)
    return b.make(SelectOp, _signs_differ(b, rest, y, zero, dtype), moved, rest)


def _signs_differ(b: Space, rest: Value, y: Value, zero: Value, dtype: DType) -> Value:
    """Whether `rest` is not 0 and has another sign than `y`."""
    signs = [compare(b, "less", value, zero, dtype) for value in (rest, y)]
    differ = b.make(XOrIOp, *signs)
    return b.make(AndIOp, differ, compare(b, "not_equal", rest, zero, dtype))


def _safe_divisor(b: Space, y: Value, dtype: DType) -> Value:
    """1 where dividing by `y` could trap (by 0, or by -1 because of the least integer), else `y`.

    The remainder by 1 is 0, which is what the remainder by 0 and by -1 is to be.
    """
    zero, one, minus = (b.constant(number, dtype) for number in (0, 1, -1))
    by_zero = compare(b, "equal", y, zero, dtype)
    by_minus = compare(b, "equal", y, minus, dtype)
    return b.make(SelectOp, b.make(OrIOp, by_zero, by_minus), one, y)


def _floor_divide(b: Space, operands: Sequence[Value], dtype: DType) -> Value:
    """The greatest integer not above the quotient; integers by 0 give 0, as in NumPy."""
    x, y = operands
    zero = b.constant(0, dtype)
    if dtype.is_float:
        rest = _mod(b, operands, dtype)
        # x less the remainder is a multiple of y, up to rounding.
        whole = b.make(DivFOp, b.make(SubFOp, x, rest), y)
        rounded = b.make(exact.RoundEvenOp, whole)
        by_zero = compare(b, "equal", y, zero, dtype)
        return b.make(SelectOp, by_zero, b.make(DivFOp, x, y), rounded)
    safe = _safe_divisor(b, y, dtype)
    rest = b.make(RemSIOp, x, safe)
    cut = b.make(DivSIOp, x, safe)
    below = b.make(SubIOp, cut, b.constant(1, dtype))
    whole = b.make(SelectOp, _signs_differ(b, rest, y, zero, dtype), below, cut)
    negated = b.make(SubIOp, zero, x)
    by_minus = compare(b, "equal", y, b.constant(-1, dtype), dtype)
    whole = b.make(SelectOp, by_minus, negated, whole)
    return b.make(SelectOp, compare(b, "equal", y, zero, dtype), zero, whole)


_COMPOSED: dict[str, Function] = {
    "copy": _copy,
    "ternary": _ternary,
    "logical_not": _logical_not,
    "negative": _negative,
    "abs": _abs,
    "sigmoid": _sigmoid,
    "mod": _mod,
    "floor_divide": _floor_divide,
}

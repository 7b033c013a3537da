"""Two values of several threads as one: the ops behind `add`, `maximumf` and the like."""

from __future__ import annotations

import math

from stepwell.dialects.arith.floating import (
    AddFOp,
    MaximumFOp,
    MaxNumFOp,
    MinimumFOp,
    MinNumFOp,
    MulFOp,
)
from stepwell.dialects.arith.integer import (
    AddIOp,
    AndIOp,
    MaxSIOp,
    MaxUIOp,
    MinSIOp,
    MinUIOp,
    MulIOp,
    OrIOp,
    XOrIOp,
)
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import FloatAttr, IntegerAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import FloatType, IntegerType, element_type_or_self
from stepwell.ir.value import Value

_INTEGERS = {
    "add": AddIOp, "mul": MulIOp, "and": AndIOp, "or": OrIOp, "xor": XOrIOp,
    "minsi": MinSIOp, "maxsi": MaxSIOp, "minui": MinUIOp, "maxui": MaxUIOp,
}  # fmt: skip
_FLOATS = {
    "add": AddFOp, "mul": MulFOp, "minnumf": MinNumFOp, "maxnumf": MaxNumFOp,
    "minimumf": MinimumFOp, "maximumf": MaximumFOp,
}  # fmt: skip


def combine(rewriter: Rewriter, kind: str, a: Value, b: Value) -> Value:
    """`a` and `b` as one, by the op that `kind` (of `gpu.all_reduce`) means for their type."""
    is_float = isinstance(element_type_or_self(a.type), FloatType)
    classes: dict[str, type[Operation]] = {**(_FLOATS if is_float else _INTEGERS)}
    return rewriter.insert(classes[kind](a, b)).result  # type: ignore[call-arg]


def kind_of(op: Operation) -> str | None:
    """The kind of `gpu.all_reduce` that means `op`, if there is one."""
    for table in (_INTEGERS, _FLOATS):
        for kind, cls in table.items():
            if type(op) is cls:
                return kind
    return None


def neutral(kind: str, type: Type) -> IntegerAttr | FloatAttr:
    """What changes nothing when it is combined with another value: of f32, i64 and the like."""
    if isinstance(type, FloatType):
        limits = {"add": -0.0, "mul": 1.0, "minimumf": math.inf, "maximumf": -math.inf}
        return FloatAttr.of(limits.get(kind, math.nan), type)
    assert isinstance(type, IntegerType)
    low, high = -(1 << (type.width - 1)), (1 << (type.width - 1)) - 1
    numbers = {
        "add": 0, "or": 0, "xor": 0, "maxui": 0, "mul": 1, "and": -1, "minui": -1,
        "minsi": high, "maxsi": low,
    }  # fmt: skip
    return IntegerAttr(numbers[kind], type)

"""Two values of several threads as one: the ops behind `add`, `maximumf` and the like."""

from __future__ import annotations

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
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import FloatType, element_type_or_self
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

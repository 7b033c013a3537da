"""The llvm dialect: LLVM IR as MLIR ops."""

from stepwell.dialects.llvm import (
    aggregates,
    arithmetic,
    atomic_ops,
    attributes,
    calls,
    casts,
    comparisons,
    constants,
    control,
    float_intrinsics,
    float_intrinsics_mixed,
    function,
    integer_intrinsics,
    memory_intrinsics,
    memory_ops,
    other_intrinsics,
    types,
    vector_intrinsics,
)
from stepwell.dialects.llvm.constants import ConstantOp, PoisonOp
from stepwell.dialects.llvm.types import is_compatible
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import FloatAttr, IntegerAttr
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.dialect import Dialect
from stepwell.ir.operation import Operation


def _materialize(value: Attribute, type: Type) -> Operation | None:
    if not is_compatible(type):
        return None
    if value.name == "ub.poison":
        return PoisonOp(result_types=[type])
    if isinstance(value, (IntegerAttr, FloatAttr, DenseElementsAttr)):
        return ConstantOp(value, result_types=[type])
    return None


DIALECT = Dialect(
    "llvm",
    aggregates,
    arithmetic,
    atomic_ops,
    attributes,
    calls,
    casts,
    comparisons,
    constants,
    control,
    float_intrinsics,
    float_intrinsics_mixed,
    function,
    integer_intrinsics,
    memory_intrinsics,
    memory_ops,
    other_intrinsics,
    types,
    vector_intrinsics,
    materialize_constant=_materialize,
    summary="LLVM IR as MLIR ops",
)

"""The ub dialect: undefined behaviour as ops."""

from stepwell.dialects.ub import ops
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.dialect import Dialect
from stepwell.ir.operation import Operation


def _materialize(value: Attribute, type: Type) -> Operation | None:
    if isinstance(value, ops.PoisonAttr):
        return ops.PoisonOp(value, result_types=[type])
    return None


DIALECT = Dialect(
    "ub", ops, materialize_constant=_materialize, summary="undefined behaviour as ops"
)

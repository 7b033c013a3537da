"""The func dialect: functions and calls."""

from stepwell.dialects.func import ops
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import SymbolRefAttr
from stepwell.ir.dialect import Dialect
from stepwell.ir.operation import Operation
from stepwell.ir.types import FunctionType


def _materialize(value: Attribute, type: Type) -> Operation | None:
    if isinstance(value, SymbolRefAttr) and isinstance(type, FunctionType):
        return ops.ConstantOp(value, result_types=[type])
    return None


DIALECT = Dialect("func", ops, materialize_constant=_materialize, summary="functions and calls")

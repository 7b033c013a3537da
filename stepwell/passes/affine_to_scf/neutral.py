"""The elements that reductions start from."""

from __future__ import annotations

import math

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import FloatAttr, IntegerAttr

_FLOATS = {
    "addf": -0.0,
    "mulf": 1.0,
    "maximumf": -math.inf,
    "minimumf": math.inf,
    "maxnumf": math.nan,
    "minnumf": math.nan,
}


def neutral_element(kind: str, type: Type) -> Attribute:
    """The x with op(x, y) == y for all y.

    Args:
        kind: the name of arith's op, without the prefix.
        type: an integer, index or float type.
    """
    if kind in _FLOATS:
        return FloatAttr.of(_FLOATS[kind], type)
    width = type.width if isinstance(type, types.IntegerType) else 64
    integers = {
        "addi": 0,
        "muli": 1,
        "ori": 0,
        "xori": 0,
        "andi": -1,
        "maxsi": -(1 << (width - 1)),
        "minsi": (1 << (width - 1)) - 1,
        "maxui": 0,
        "minui": -1,
    }
    return IntegerAttr(integers[kind], type)

"""Strings in global memory, for messages and printing."""

from __future__ import annotations

import numpy as np

from stepwell.dialects.llvm.attributes import Linkage
from stepwell.dialects.llvm.types import ArrayType, PointerType
from stepwell.ir import types
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import UNIT, IntegerAttr, StringAttr, SymbolRefAttr, TypeAttr
from stepwell.ir.block import Region
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.value import Value
from stepwell.passes.lowering.to_llvm import LLVMRewriter


def text_address(emit: LLVMRewriter, text: str, stem: str) -> Value:
    """The address of `text`, ended by a zero, in a new global whose name starts with `stem`."""
    data = text.encode() + b"\0"
    type = ArrayType(len(data), types.i8)
    name = emit.unused_symbol(stem)
    tensor = types.RankedTensorType((len(data),), types.i8)
    value = DenseElementsAttr.from_numpy(np.frombuffer(data, np.int8), tensor)
    given: dict[str, Attribute] = {
        "addr_space": IntegerAttr(0, types.i32),
        "constant": UNIT,
        "global_type": TypeAttr(type),
        "linkage": Linkage("private"),
        "sym_name": StringAttr(name),
        "value": value,
        "visibility_": IntegerAttr(0, types.i64),
    }
    emit.declare(name, lambda: emit.op("llvm.mlir.global", (), (), given, regions=[Region()]))
    named = {"global_name": SymbolRefAttr(name)}
    address = emit.value("llvm.mlir.addressof", (), PointerType(), dict(named))
    return emit.gep(address, [0], type)

"""Declaring functions of the llvm dialect."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.llvm.attributes import Linkage
from stepwell.dialects.llvm.types import LLVMFunctionType
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import IntegerAttr, StringAttr, TypeAttr
from stepwell.ir.block import Region
from stepwell.ir.operation import Operation
from stepwell.passes.lowering.to_llvm import LLVMRewriter


def make_function(
    emit: LLVMRewriter,
    name: str,
    type: LLVMFunctionType,
    properties: dict[str, Attribute] | None = None,
    attributes: dict[str, Attribute] | None = None,
) -> Operation:
    """Inserts an `llvm.func` without a body."""
    given: dict[str, Attribute] = {
        "sym_name": StringAttr(name),
        "function_type": TypeAttr(type),
        "linkage": Linkage("external"),
        "visibility_": IntegerAttr(0, types.i64),
        **(properties or {}),
    }
    return emit.op("llvm.func", (), (), given, attributes=attributes, regions=[Region()])


def declare_function(
    emit: LLVMRewriter,
    name: str,
    result: Type,
    parameters: Sequence[Type],
    properties: dict[str, Attribute] | None = None,
) -> str:
    """Declares an LLVM function, unless there is a symbol of that name."""
    type = LLVMFunctionType(result, tuple(parameters))
    return emit.declare(name, lambda: make_function(emit, name, type, properties))

"""What the functions of a program take and return, in the terms of compiled code."""

from __future__ import annotations

from stepwell.backends.cpu.elements import ELEMENTS, SCALARS
from stepwell.backends.cpu.signature import Arg, FunctionSignature, MemRefArg, ScalarArg
from stepwell.dialects.func.ops import FuncOp
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.operation import Operation
from stepwell.ir.strides import strides_and_offset
from stepwell.ir.types import DYNAMIC, FunctionType


def signatures_of(module: Operation) -> list[FunctionSignature]:
    """The signatures of the public functions that Python can call.

    A function whose types have no counterpart in Python (vectors, say) is left out.
    """
    found: list[FunctionSignature] = []
    for op in module.regions[0].entry.ops:
        if isinstance(op, FuncOp) and not op.is_declaration and is_public(op):
            signature = signature_of(op.sym_name.value, op.type)
            if signature is not None:
                found.append(signature)
    return found


def signature_of(name: str, type: FunctionType) -> FunctionSignature | None:
    """The signature of a function of this type; None if Python cannot call it."""
    arguments = [argument_of(one) for one in type.inputs]
    results = [argument_of(one) for one in type.results]
    known = tuple(one for one in arguments if one is not None)
    returned = tuple(one for one in results if one is not None)
    if len(known) != len(arguments) or len(returned) != len(results):
        return None
    return FunctionSignature(name, known, returned)


def is_public(function: FuncOp) -> bool:
    """Whether the function can be called from outside."""
    visibility = function.sym_visibility
    return visibility is None or visibility.value == "public"


def argument_of(type: Type) -> Arg | None:
    """How a value of a type is passed; None if it cannot be."""
    if isinstance(type, (types.RankedTensorType, types.UnrankedTensorType)):
        shape = _sizes(type.shape) if isinstance(type, types.RankedTensorType) else None
        return _array(type.element_type, shape, writable=False)
    if isinstance(type, types.UnrankedMemRefType):
        return _array(type.element_type, None, writable=True)
    if isinstance(type, types.MemRefType):
        return _memref(type)
    return ScalarArg(str(type)) if str(type) in SCALARS else None


def _array(element: Type, shape: tuple[int | None, ...] | None, writable: bool) -> Arg | None:
    if str(element) not in ELEMENTS:
        return None
    return MemRefArg(str(element), shape, writable=writable)


def _memref(type: types.MemRefType) -> Arg | None:
    known = strides_and_offset(type)
    if known is None or type.memory_space is not None or str(type.element_type) not in ELEMENTS:
        return None
    strides, offset = known
    return MemRefArg(
        str(type.element_type),
        _sizes(type.shape),
        None if type.layout is None else _sizes(strides),
        None if offset == DYNAMIC else offset,
    )


def _sizes(numbers: tuple[int, ...]) -> tuple[int | None, ...]:
    return tuple(None if number == DYNAMIC else number for number in numbers)

"""The types of the llvm dialect as LLVM writes them, and which of them the backend takes.

What is refused here would make LLVM abort the process, or take forever.
"""

from __future__ import annotations

from functools import cache

from stepwell.dialects.llvm.types import (
    ArrayType,
    LLVMFunctionType,
    PointerType,
    StructType,
    VoidType,
)
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.diagnostics import BackendError

MAX_INTEGER_WIDTH = 512
MAX_VECTOR_ELEMENTS = 1 << 14
FLOAT_NAMES = {"f16": "half", "bf16": "bfloat", "f32": "float", "f64": "double", "f80": "x86_fp80"}
_VECTOR_FLOATS = ("f16", "bf16", "f32", "f64")


def _refused(type: Type, why: str) -> BackendError:
    return BackendError(f"the CPU backend cannot compile the type '{type}': {why}")


@cache
def type_text(type: Type) -> str:
    """`type` in LLVM's syntax.

    Raises:
        BackendError: LLVM cannot compile values of this type on a CPU.
    """
    match type:
        case types.IntegerType():
            return _integer(type)
        case types.FloatType():
            if type.format not in FLOAT_NAMES:
                raise _refused(type, "no such float in the processor")
            return FLOAT_NAMES[type.format]
        case PointerType():
            return f"ptr addrspace({type.address_space})" if type.address_space else "ptr"
        case types.VectorType():
            return _vector(type)
        case ArrayType():
            return f"[{type.size} x {type_text(type.element_type)}]"
        case StructType():
            return _struct(type)
        case VoidType():
            return "void"
        case LLVMFunctionType():
            return function_type_text(type)
    raise _refused(type, "not a type of LLVM")


def function_type_text(type: LLVMFunctionType) -> str:
    """A function type: `i32 (ptr, ...)`."""
    inside = [type_text(parameter) for parameter in type.parameters]
    inside += ["..."] if type.is_variadic else []
    return f"{type_text(type.result)} ({', '.join(inside)})"


def _integer(type: types.IntegerType) -> str:
    if not 1 <= type.width <= MAX_INTEGER_WIDTH:
        raise _refused(type, f"integers have 1 to {MAX_INTEGER_WIDTH} bits")
    if not type.is_signless:
        raise _refused(type, "integers of the llvm dialect have no sign")
    return f"i{type.width}"


def _vector(type: types.VectorType) -> str:
    if len(type.shape) != 1:
        raise _refused(type, "vectors of LLVM have one dimension")
    if type.scalable:
        raise _refused(type, "scalable vectors need a processor that has them")
    if type.shape[0] > MAX_VECTOR_ELEMENTS:
        raise _refused(type, f"vectors have at most {MAX_VECTOR_ELEMENTS} elements")
    element = type.element_type
    if isinstance(element, types.FloatType) and element.format not in _VECTOR_FLOATS:
        raise _refused(type, "vectors of such floats crash LLVM")
    if not isinstance(element, (types.IntegerType, types.FloatType, PointerType)):
        raise _refused(type, "vectors hold integers, floats or pointers")
    return f"<{type.shape[0]} x {type_text(element)}>"


def _struct(type: StructType) -> str:
    if type.elements is None:
        raise _refused(type, "its contents are not known")
    inside = ", ".join(type_text(element) for element in type.elements)
    text = f"{{ {inside} }}" if inside else "{}"
    return f"<{text}>" if type.is_packed else text


@cache
def mangled(type: Type) -> str:
    """`type` in the name of an intrinsic: `v4f32`."""
    match type:
        case types.IntegerType():
            return type_text(type)
        case types.FloatType():
            type_text(type)
            return type.format
        case PointerType():
            return f"p{type.address_space}"
        case types.VectorType():
            type_text(type)
            return f"v{type.shape[0]}{mangled(type.element_type)}"
    raise _refused(type, "no intrinsic works on it")


def symbol_name(name: str) -> str:
    """`@name`, quoted where LLVM demands it."""
    if name and name.isascii() and all(c.isalnum() or c in "$._-" for c in name):
        if not name[0].isdigit():
            return f"@{name}"
    return f"@{quoted(name)}"


def quoted(text: str) -> str:
    """A string literal."""
    raw = text.encode("utf-8", "surrogateescape")
    return '"' + "".join(_escaped(byte) for byte in raw) + '"'


def _escaped(byte: int) -> str:
    return chr(byte) if 32 <= byte < 127 and byte not in (34, 92) else f"\\{byte:02X}"

"""Types of the llvm dialect: https://mlir.llvm.org/docs/Dialects/LLVM/#types

Inside each other they are written without `!llvm.`: `!llvm.struct<(ptr, array<4 x i32>)>`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from stepwell.ir import types
from stepwell.ir.attribute import Show, Type
from stepwell.ir.constraints import Constraint, instance
from stepwell.ir.diagnostics import VerifyError
from stepwell.ir.location import quote
from stepwell.ir.text import lexer

if TYPE_CHECKING:
    from stepwell.ir.text.reader import Reader

PREFIX = "!llvm."


class PointerType(Type):
    """`!llvm.ptr`, `!llvm.ptr<3>`: an address in an address space."""

    name = "llvm.ptr"
    address_space: int = 0

    def body(self, show: Show) -> str:
        return str(self.address_space) if self.address_space else ""

    @classmethod
    def parse_body(cls, reader: Reader) -> Self:
        found = reader.optional_integer()
        return cls(found or 0)


class _Bare(Type):
    """A type that has nothing but its name."""


class VoidType(_Bare):
    """`!llvm.void`: the result of a function that returns nothing."""

    name = "llvm.void"


class LabelType(_Bare):
    """`!llvm.label`."""

    name = "llvm.label"


class TokenType(_Bare):
    """`!llvm.token`."""

    name = "llvm.token"


class MetadataType(_Bare):
    """`!llvm.metadata`."""

    name = "llvm.metadata"


class PPCFP128Type(_Bare):
    """`!llvm.ppc_fp128`."""

    name = "llvm.ppc_fp128"


class X86AMXType(_Bare):
    """`!llvm.x86_amx`."""

    name = "llvm.x86_amx"


class ArrayType(Type):
    """`!llvm.array<4 x i32>`."""

    name = "llvm.array"
    size: int
    element_type: Type

    def body(self, show: Show) -> str:
        return f"{self.size} x {inner_text(self.element_type, show)}"

    @classmethod
    def parse_body(cls, reader: Reader) -> Self:
        size = reader.integer()
        if not reader.text.startswith("x"):
            raise reader.error(f"expected 'x' in dimension list, found {reader.found()}")
        reader.seek(reader.start + 1)
        return cls(size, inner_type(reader))

    def verify(self) -> None:
        if isinstance(self.element_type, (VoidType, LabelType, MetadataType, LLVMFunctionType)):
            raise VerifyError(f"invalid array element type: {self.element_type}")


class LLVMFunctionType(Type):
    """`!llvm.func<i32 (ptr, ...)>`."""

    name = "llvm.func"
    result: Type
    parameters: tuple[Type, ...] = ()
    is_variadic: bool = False

    def body(self, show: Show) -> str:
        inside = [inner_text(type, show) for type in self.parameters]
        inside += ["..."] if self.is_variadic else []
        return f"{inner_text(self.result, show)} ({', '.join(inside)})"

    @classmethod
    def parse_body(cls, reader: Reader) -> Self:
        result = inner_type(reader)
        parameters: list[Type] = []
        variadic = False
        reader.literal("(")
        while reader.text != ")" and not variadic:
            variadic = reader.accept("...")
            if not variadic:
                parameters.append(inner_type(reader))
                if not reader.accept(","):
                    break
        reader.literal(")")
        return cls(result, tuple(parameters), variadic)

    def signature(self) -> types.FunctionType:
        """The builtin function type of the same shape; void is no result."""
        results = () if isinstance(self.result, VoidType) else (self.result,)
        return types.FunctionType(self.parameters, results)


class StructType(Type):
    """`!llvm.struct<(i32, ptr)>`, `!llvm.struct<packed (i8)>`, `!llvm.struct<"name", (i32)>`.

    Args:
        elements: the types inside; None for an opaque struct, or a mention of an enclosing one.
        is_packed: no padding.
        identifier: the name of a named struct.
        is_opaque: named, without contents.
    """

    name = "llvm.struct"
    elements: tuple[Type, ...] | None = ()
    is_packed: bool = False
    identifier: str | None = None
    is_opaque: bool = False

    def body(self, show: Show) -> str:
        name = quote(self.identifier) if self.identifier is not None else ""
        if self.is_opaque:
            return f"{name}, opaque"
        if self.elements is None:
            return name
        packed = "packed " if self.is_packed else ""
        inside = ", ".join(inner_text(type, show) for type in self.elements)
        return f"{name}{', ' if name else ''}{packed}({inside})"

    @classmethod
    def parse_body(cls, reader: Reader) -> Self:
        name = reader.string() if reader.kind == lexer.STRING else None
        if name is not None:
            if not reader.accept(","):
                return cls(None, False, name)
            if reader.optional_keyword("opaque"):
                return cls(None, False, name, True)
        elif reader.optional_keyword("opaque"):
            raise reader.error("only identified structs can be opaque")
        packed = reader.optional_keyword("packed") is not None
        inside = reader.comma_separated(lambda: inner_type(reader), "(", ")")
        return cls(tuple(inside), packed, name)

    def verify(self) -> None:
        for type in self.elements or ():
            if isinstance(type, (VoidType, LabelType, MetadataType, TokenType, LLVMFunctionType)):
                raise VerifyError(f"invalid LLVM structure element type: {type}")


_INNER: dict[str, type[Type]] = {
    cls.name.removeprefix("llvm."): cls
    for cls in (
        PointerType, VoidType, LabelType, TokenType, MetadataType, PPCFP128Type, X86AMXType,
        ArrayType, LLVMFunctionType, StructType,
    )
}  # fmt: skip


def inner_text(type: Type, show: Show) -> str:
    """The text of a type inside an llvm type."""
    return show(type).removeprefix(PREFIX)


def inner_type(reader: Reader) -> Type:
    """Reads what `inner_text` wrote."""
    cls = _INNER.get(reader.text) if reader.kind == lexer.BARE else None
    if cls is None:
        return reader.type()
    reader.advance()
    if not reader.accept("<"):
        return cls()
    start = reader.start
    found = reader.checked(lambda: cls.parse_body(reader), start)
    reader.literal(">")
    return found


pointer = PointerType()
void = VoidType()

AnyPointer = instance(PointerType, description="LLVM pointer type")
AnyStruct = instance(StructType, description="LLVM structure type")


def is_compatible(type: Type) -> bool:
    """Whether `type` may appear in the llvm dialect."""
    if isinstance(type, types.IntegerType):
        return type.is_signless
    if isinstance(type, types.VectorType):
        element = type.element_type
        return len(type.shape) == 1 and (
            isinstance(element, (types.FloatType, PointerType))
            or (isinstance(element, types.IntegerType) and element.is_signless)
        )
    if isinstance(type, types.FloatType):
        return type.format in ("f16", "bf16", "f32", "f64", "f80", "f128")
    return type.name.startswith("llvm.")


LLVMType = Constraint(is_compatible, "LLVM dialect-compatible type")


def _vector_or_scalar(accepts: type[Type], words: str) -> Constraint:
    def check(type: Type) -> bool:
        element = type.element_type if isinstance(type, types.VectorType) else type
        return isinstance(element, accepts) and is_compatible(type)

    return Constraint(check, f"{words} or LLVM dialect-compatible vector of {words}")


IntegerLike = _vector_or_scalar(types.IntegerType, "signless integer")
FloatLike = _vector_or_scalar(types.FloatType, "floating point LLVM type")
PointerLike = _vector_or_scalar(PointerType, "LLVM pointer type")
AnyVector = Constraint(
    lambda type: isinstance(type, types.VectorType) and is_compatible(type),
    "LLVM dialect-compatible vector type",
)

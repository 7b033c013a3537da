"""Constants and globals of the llvm dialect."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from stepwell.dialects.llvm.attributes import (
    EXTERNAL,
    ZERO,
    LinkageKind,
    UnnamedAddr,
    Visibility,
)
from stepwell.dialects.llvm.function import (
    parse_comdat,
    parse_symbol_words,
    print_comdat,
    print_symbol_words,
)
from stepwell.dialects.llvm.layout import size_of
from stepwell.dialects.llvm.memory import NULL, Pointer, memory_of
from stepwell.dialects.llvm.types import (
    AnyPointer,
    ArrayType,
    LLVMType,
    PointerType,
    StructType,
    is_compatible,
)
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import (
    UNIT,
    ArrayAttr,
    FloatAttr,
    IntegerAttr,
    StringAttr,
    SymbolRefAttr,
    TypeAttr,
)
from stepwell.ir.block import Region
from stepwell.ir.definition import Op
from stepwell.ir.dense_attributes import DenseElementsAttr, dtype_of
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.fields import optional_prop, prop, region, result, unit_prop
from stepwell.ir.interpreter.machine import (
    POISON,
    Execution,
    Machine,
    RunRegion,
    RuntimeValue,
)
from stepwell.ir.property_kinds import (
    I32,
    I64,
    AnyAttr,
    Array,
    FlatSymbolRef,
    Str,
    SymbolName,
    SymbolRef,
    TypeOf,
)
from stepwell.ir.traits import ConstantLike, IsolatedFromAbove, Pure, Symbol

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class ConstantOp(Op, name="llvm.mlir.constant", traits=(Pure, ConstantLike)):
    """`%c = llvm.mlir.constant(42 : i32) : i32`: a number, vector, array or string."""

    value = prop(AnyAttr)
    res = result(LLVMType)
    syntax = "`(` $value `)` attr-dict `:` type($res)"

    def evaluate(self) -> RuntimeValue:
        return constant_value(self.value, self.res.type)

    def verify_op(self) -> None:
        value, type = self.value, self.res.type
        element = type.element_type if isinstance(type, types.VectorType) else type
        if isinstance(value, IntegerAttr) and not isinstance(
            element, (types.IntegerType, types.FloatType)
        ):
            raise self.error("expected integer type")
        if isinstance(value, FloatAttr) and not isinstance(
            element, (types.IntegerType, types.FloatType)
        ):
            raise self.error("expected float type")


class ZeroOp(Op, name="llvm.mlir.zero", traits=(Pure,)):
    """`%z = llvm.mlir.zero : !llvm.ptr`: the value whose bits are all zero."""

    res = result(LLVMType)
    syntax = "attr-dict `:` type($res)"

    def evaluate(self) -> RuntimeValue:
        return zero_value(self.res.type)


class UndefOp(Op, name="llvm.mlir.undef", traits=(Pure,)):
    """`%u = llvm.mlir.undef : i32`: any value."""

    res = result(LLVMType)
    syntax = "attr-dict `:` type($res)"

    def evaluate(self) -> RuntimeValue:
        return POISON


class PoisonOp(Op, name="llvm.mlir.poison", traits=(Pure,)):
    """`%p = llvm.mlir.poison : i32`: the result of what must not happen."""

    res = result(LLVMType)
    syntax = "attr-dict `:` type($res)"

    def evaluate(self) -> RuntimeValue:
        return POISON


class NoneTokenOp(Op, name="llvm.mlir.none", traits=(Pure,)):
    """`%t = llvm.mlir.none : !llvm.token`: no token."""

    res = result(LLVMType)
    syntax = "attr-dict `:` type($res)"

    def evaluate(self) -> RuntimeValue:
        return POISON


class AddressOfOp(Op, name="llvm.mlir.addressof", traits=(Pure,)):
    """`%p = llvm.mlir.addressof @g : !llvm.ptr`: the address of a global or function."""

    global_name = prop(FlatSymbolRef)
    res = result(AnyPointer)
    syntax = "$global_name attr-dict `:` type($res)"

    def execute(self, machine: Machine) -> Execution:
        target = machine.symbol(self, self.global_name)
        if not isinstance(target, GlobalOp):
            return target
        known: dict[object, Pointer] = machine.remember("llvm.globals", dict)
        block = getattr(machine.thread, "block", None) if target.is_shared else None
        key = (target, block)
        if key not in known:
            memory = memory_of(machine)
            pointer = known[key] = _storage(target, machine)
            if target.value is not None:
                memory.store(pointer, constant_value(target.value, target.type), target.type)
            elif not target.initializer.is_empty:
                (value,) = yield RunRegion(target.initializer)
                memory.store(pointer, value, target.type)
        return known[key]


def _storage(target: GlobalOp, machine: Machine) -> Pointer:
    """Memory for a global. In shared memory one without a size is what the launch asked for."""
    memory, size = memory_of(machine), size_of(target.type)
    dynamic = getattr(machine.thread, "dynamic_memory", None) if target.is_shared else None
    if dynamic is None or size:
        return memory.allocate(size)
    return memory.adopt(dynamic.allocation.buffer.view(np.uint8))


class GlobalOp(Op, name="llvm.mlir.global", traits=(IsolatedFromAbove, Symbol)):
    """`llvm.mlir.global internal constant @g(42 : i32) {...} : i32 {...}`: a global variable."""

    global_type = prop(TypeOf)
    constant = unit_prop()
    sym_name = prop(SymbolName)
    linkage = prop(LinkageKind, EXTERNAL)
    dso_local = unit_prop()
    thread_local__ = unit_prop()
    externally_initialized = unit_prop()
    value = optional_prop(AnyAttr)
    alignment = optional_prop(I64)
    addr_space = prop(I32, IntegerAttr(0, types.i32))
    unnamed_addr = prop(UnnamedAddr, ZERO)
    section = optional_prop(Str)
    comdat = optional_prop(SymbolRef)
    dbg_exprs = optional_prop(Array)
    visibility__ = prop(Visibility, ZERO)
    target_specific_attrs = optional_prop(Array)
    initializer = region()

    @property
    def type(self) -> Type:
        """The type of what it holds."""
        return self.global_type.value

    @property
    def is_shared(self) -> bool:
        """Whether each block of a GPU's threads has one of its own."""
        return self.addr_space.value == SHARED_SPACE

    @classmethod
    def parse(cls, p: OpParser) -> Generator[Any, Region, Any]:
        properties = parse_symbol_words(p, tls=True)
        if p.optional_keyword("constant"):
            properties["constant"] = UNIT
        properties["sym_name"] = StringAttr(p.symbol_name())
        p.literal("(")
        if p.text != ")":
            properties["value"] = p.attribute()
        p.literal(")")
        properties |= parse_comdat(p)
        attributes = p.optional_dictionary()
        for name in cls.property_names & attributes.keys():
            properties[name] = attributes.pop(name)
        properties.setdefault("addr_space", IntegerAttr(0, types.i32))
        properties["global_type"] = TypeAttr(cls._parse_type(p, properties.get("value")))
        body = (yield p.region()) if p.text == "{" else Region()
        return cls.create((), (), properties, attributes or None, (), [body])

    @staticmethod
    def _parse_type(p: OpParser, value: Attribute | None) -> Type:
        if p.accept(":"):
            return p.type()
        if isinstance(value, StringAttr):
            return ArrayType(len(value.value), types.i8)
        raise p.error("type can only be omitted for string globals")

    def print(self, p: Printer) -> Iterator[Any]:
        print_symbol_words(self, p, self.linkage, self.thread_local__ is not None)
        p.write(" constant" if self.constant is not None else "")
        p.write(f" {SymbolRefAttr(self.sym_name.value)}(")
        p.write(p.show(self.value) if self.value is not None else "")
        p.write(")")
        print_comdat(p, self.comdat)
        self._print_attributes(p)
        if not isinstance(self.value, StringAttr):
            p.write(f" : {p.show(self.type)}")
        if not self.initializer.is_empty:
            p.write(" ")
            yield p.region(self.initializer)

    def _print_attributes(self, p: Printer) -> None:
        entries = dict(self.attributes)
        for name, value in self.properties.items():
            if name not in GLOBAL_HIDDEN:
                entries[name] = value
        entries["addr_space"] = self.addr_space
        p.dictionary(entries)

    def verify_op(self) -> None:
        if not is_compatible(self.type):
            raise self.error("expects type to be a valid element type for an LLVM global")
        if self.value is not None and not self.initializer.is_empty:
            raise self.error("cannot have both initializer value and region")
        if self.alignment is not None and self.alignment.value.bit_count() != 1:
            raise self.error("alignment attribute is not a power of 2")
        if isinstance(self.value, StringAttr) and not (
            isinstance(self.type, ArrayType) and self.type.size == len(self.value.value)
        ):
            raise self.error(
                "requires an i8 array type of the length equal to that of the string attribute"
            )


SHARED_SPACE = 3  # of NVIDIA's and of AMD's GPUs
GLOBAL_HIDDEN = (
    "global_type", "constant", "sym_name", "linkage", "thread_local_", "value", "unnamed_addr",
    "comdat", "visibility_",
)  # fmt: skip


def zero_value(type: Type) -> RuntimeValue:
    """The value of `type` whose bits are all zero."""
    match type:
        case types.IntegerType() | types.IndexType():
            return 0
        case types.FloatType():
            return dtype_of(type).type(0)
        case types.VectorType() if isinstance(type.element_type, PointerType):
            found = np.empty(type.num_elements, object)
            found[:] = [NULL] * type.num_elements
            return found.reshape(type.shape)
        case types.VectorType():
            return np.zeros(type.shape, dtype_of(type.element_type))
        case PointerType():
            return NULL
        case ArrayType():
            return (zero_value(type.element_type),) * type.size
        case StructType():
            return tuple(zero_value(element) for element in type.elements or ())
    raise InterpreterError(f"there is no zero of type '{type}'")


def constant_value(value: Attribute, type: Type) -> RuntimeValue:
    """The value that a constant of `type` holding `value` has."""
    match value:
        case IntegerAttr():
            if isinstance(type, types.FloatType):
                bits = value.value & ((1 << type.width) - 1)
                return constant_value(FloatAttr(bits, type), type)
            return value.value
        case FloatAttr():
            return dtype_of(value.type).type(value.value)
        case StringAttr():
            raw = value.value.encode("utf-8", "surrogateescape")
            return tuple(byte - 256 if byte > 127 else byte for byte in raw)
        case DenseElementsAttr() if isinstance(type, types.VectorType):
            return value.to_numpy()
        case DenseElementsAttr():
            return _nested(value.to_numpy(), type, value.element_type)
        case ArrayAttr() if isinstance(type, StructType):
            pairs = zip(value.values, type.elements or (), strict=True)
            return tuple(constant_value(item, of) for item, of in pairs)
        case ArrayAttr() if isinstance(type, ArrayType):
            return tuple(constant_value(item, type.element_type) for item in value.values)
    raise InterpreterError(f"a constant of type '{type}' cannot hold '{value}'")


def _nested(values: Any, type: Type, element: Type) -> RuntimeValue:
    """Nested arrays, perhaps of vectors, with the elements of a NumPy array."""
    if isinstance(type, types.VectorType):
        return values
    if isinstance(type, ArrayType):
        return tuple(_nested(part, type.element_type, element) for part in values)
    return values if isinstance(element, types.FloatType) else int(values)

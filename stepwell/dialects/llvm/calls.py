"""Calls of functions and of LLVM intrinsics by name, and inline assembly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from stepwell.dialects.llvm.attributes import (
    C_CONVENTION,
    NO_BUNDLES,
    NO_FASTMATH,
    NO_TAIL,
    CallingConvention,
    CConvKind,
    FastMathKind,
    MemoryEffectsAttr,
    TailCallKind,
    TailCallKindKind,
)
from stepwell.dialects.llvm.memory import call_library, is_library_function
from stepwell.dialects.llvm.types import LLVMFunctionType, PointerType, VoidType
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import ArrayAttr, DenseArrayAttr, StringAttr, SymbolRefAttr, TypeAttr
from stepwell.ir.definition import Op
from stepwell.ir.enums import IntegerEnum
from stepwell.ir.fields import (
    OPERAND_SEGMENTS,
    optional_prop,
    optional_result,
    prop,
    unit_prop,
    variadic_operand,
)
from stepwell.ir.interpreter.machine import Call, CallValue, Execution, Machine, RuntimeValue
from stepwell.ir.location import quote
from stepwell.ir.property_kinds import (
    Array,
    DenseI32Array,
    DictArray,
    FlatSymbolRef,
    Str,
    TypeOf,
    instance_of,
)
from stepwell.ir.text import lexer
from stepwell.ir.types import FunctionType
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import Operand, OpParser
    from stepwell.ir.text.printer import Printer

AsmDialect = IntegerEnum(types.i64, ("att", "intel"), "assembler dialect")


class CallOp(Op, name="llvm.call"):
    """`%r = llvm.call @f(%a) : (i32) -> i32` or `llvm.call %p(%a) : !llvm.ptr, (i32) -> i32`."""

    callee_operands = variadic_operand()
    op_bundle_operands = variadic_operand()
    result_ = optional_result()
    var_callee_type = optional_prop(TypeOf)
    callee = optional_prop(FlatSymbolRef)
    fastmathFlags = prop(FastMathKind, NO_FASTMATH)
    CConv = prop(CConvKind, C_CONVENTION)
    TailCallKind = prop(TailCallKindKind, NO_TAIL)
    memory_effects = optional_prop(instance_of(MemoryEffectsAttr))
    convergent = unit_prop()
    no_unwind = unit_prop()
    will_return = unit_prop()
    op_bundle_sizes = prop(DenseI32Array, NO_BUNDLES)
    op_bundle_tags = optional_prop(Array)
    arg_attrs = optional_prop(DictArray)
    res_attrs = optional_prop(DictArray)
    no_inline = unit_prop()
    always_inline = unit_prop()
    inline_hint = unit_prop()
    branch_weights = optional_prop(DenseI32Array)

    @property
    def call_arguments(self) -> tuple[Value, ...]:
        """What the function is given."""
        operands = self.callee_operands
        return operands if self.callee is not None else operands[1:]

    @classmethod
    def parse(cls, p: OpParser) -> CallOp:
        properties: dict[str, Attribute] = {
            "fastmathFlags": NO_FASTMATH,
            "CConv": C_CONVENTION,
            "TailCallKind": NO_TAIL,
        }
        convention = p.optional_keyword(*CallingConvention.cases)
        if convention:
            properties["CConv"] = CallingConvention(convention)
        tail = p.optional_keyword(*TailCallKind.cases)
        if tail:
            properties["TailCallKind"] = TailCallKind(tail)
        callee: list[Operand] = []
        if p.kind == lexer.AT:
            properties["callee"] = SymbolRefAttr(p.symbol_name())
        else:
            callee = [p.operand()]
        names = p.operands("(", ")")
        if p.optional_keyword("vararg"):
            p.literal("(")
            properties["var_callee_type"] = TypeAttr(p.type())
            p.literal(")")
        bundles = parse_bundles(p)
        attributes = p.optional_dictionary()
        for name in cls.property_names & attributes.keys():
            properties[name] = attributes.pop(name)
        p.literal(":")
        callee_types = [p.type()] if callee else []
        if callee:
            p.literal(",")
        type = parse_call_type(p)
        values = p.resolve_all(callee, callee_types) + p.resolve_all(names, type.inputs)
        extra = bundles.resolve(p, properties)
        properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32((len(values), len(extra)))
        results = [t for t in type.results if not isinstance(t, VoidType)]
        return cls.create(values + extra, results, properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {self.CConv.value}" if self.CConv is not C_CONVENTION else "")
        p.write(f" {self.TailCallKind.value}" if self.TailCallKind is not NO_TAIL else "")
        arguments = self.call_arguments
        if self.callee is not None:
            p.write(f" {self.callee}(")
        else:
            p.write(f" {p.name(self.callee_operands[0])}(")
        p.operands(arguments)
        p.write(")")
        if self.var_callee_type is not None:
            p.write(f" vararg({p.show(self.var_callee_type)})")
        print_bundles(self, p)
        p.attr_dict(self, CALL_HIDDEN)
        p.write(" : ")
        if self.callee is None:
            p.write(f"{p.show(self.callee_operands[0].type)}, ")
        p.function_type([value.type for value in arguments], self.result_types)

    def verify_op(self) -> None:
        if self.callee is None:
            operands = self.callee_operands
            if not operands or not isinstance(operands[0].type, PointerType):
                raise self.error("indirect call expects a pointer as callee")

    def execute(self, machine: Machine, *operands: RuntimeValue) -> Execution:
        operands = operands[: len(self.callee_operands)]
        if self.callee is None:
            return (yield CallValue(self, operands[0], operands[1:]))
        function = machine.function(self, self.callee)
        if is_library_function(machine, function, self.callee.root):
            return call_library(machine, self.callee.root, operands)
        return (yield Call(self, self.callee, operands))


CALL_HIDDEN = (
    "callee", "var_callee_type", "CConv", "TailCallKind", "op_bundle_sizes", "op_bundle_tags",
)  # fmt: skip


class CallIntrinsicOp(Op, name="llvm.call_intrinsic"):
    """`llvm.call_intrinsic "llvm.name"(%a) : (i32) -> i32`: calls an intrinsic by its LLVM name."""

    intrin = prop(Str)
    args = variadic_operand()
    op_bundle_operands = variadic_operand()
    results_ = optional_result()
    fastmathFlags = prop(FastMathKind, NO_FASTMATH)
    op_bundle_sizes = prop(DenseI32Array, NO_BUNDLES)
    op_bundle_tags = optional_prop(Array)
    arg_attrs = optional_prop(DictArray)
    res_attrs = optional_prop(DictArray)

    @classmethod
    def parse(cls, p: OpParser) -> CallIntrinsicOp:
        properties: dict[str, Attribute] = {
            "intrin": StringAttr(p.string()),
            "fastmathFlags": NO_FASTMATH,
        }
        names = p.operands("(", ")")
        bundles = parse_bundles(p)
        attributes = p.optional_dictionary()
        for name in cls.property_names & attributes.keys():
            properties[name] = attributes.pop(name)
        p.literal(":")
        type = parse_call_type(p)
        values = p.resolve_all(names, type.inputs)
        extra = bundles.resolve(p, properties)
        properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32((len(values), len(extra)))
        return cls.create(values + extra, type.results, properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {quote(self.intrin.value)}(")
        p.operands(self.args)
        p.write(")")
        print_bundles(self, p)
        p.attr_dict(self, ("intrin", "op_bundle_sizes", "op_bundle_tags"))
        p.write(" : ")
        p.function_type([value.type for value in self.args], self.result_types)

    def verify_op(self) -> None:
        if not self.intrin.value.startswith("llvm."):
            raise self.error("intrinsic name must start with 'llvm.'")

    def execute(self, machine: Machine, *operands: RuntimeValue) -> RuntimeValue:
        raise machine.undefined(self, f"calls {self.intrin.value}, which has no meaning here")


class InlineAsmOp(Op, name="llvm.inline_asm"):
    """`llvm.inline_asm has_side_effects "text", "constraints" %a : (i32) -> i32`."""

    operands_ = variadic_operand()
    res = optional_result()
    asm_string = prop(Str)
    constraints = prop(Str)
    has_side_effects = unit_prop()
    is_align_stack = unit_prop()
    tail_call_kind = prop(TailCallKindKind, NO_TAIL)
    asm_dialect = optional_prop(AsmDialect)
    operand_attrs = optional_prop(Array)
    syntax = (
        "(`has_side_effects` $has_side_effects^)? (`is_align_stack` $is_align_stack^)? "
        "(`tail_call_kind` `=` $tail_call_kind^)? (`asm_dialect` `=` $asm_dialect^)? attr-dict "
        "$asm_string `,` $constraints operands `:` functional-type(operands, results)"
    )

    def execute(self, machine: Machine, *operands: RuntimeValue) -> RuntimeValue:
        raise machine.undefined(self, "is machine code, which the interpreter cannot run")


class Bundles:
    """Operand bundles as they were read: `["tag"(%a : i32)]`."""

    def __init__(self) -> None:
        self.tags: list[str] = []
        self.names: list[list[Operand]] = []
        self.types: list[list[Type]] = []

    def resolve(self, p: OpParser, properties: dict[str, Attribute]) -> list[Value]:
        """The operands of all bundles; notes their sizes and tags."""
        properties["op_bundle_sizes"] = DenseArrayAttr.i32(len(names) for names in self.names)
        if self.tags:
            properties["op_bundle_tags"] = ArrayAttr(tuple(StringAttr(tag) for tag in self.tags))
        found: list[Value] = []
        for names, of in zip(self.names, self.types, strict=True):
            found += p.resolve_all(names, of)
        return found


def parse_bundles(p: OpParser) -> Bundles:
    """Operand bundles, if they are there."""
    bundles = Bundles()

    def one() -> None:
        bundles.tags.append(p.string())
        p.literal("(")
        bundles.names.append(p.operands())
        bundles.types.append(p.types() if p.accept(":") else [])
        p.literal(")")

    if p.text == "[":
        p.comma_separated(one, "[", "]")
    return bundles


def print_bundles(op: Any, p: Printer) -> None:
    """Writes what `parse_bundles` reads."""
    tags = op.op_bundle_tags
    if tags is None:
        return
    values: Sequence[Value] = op.op_bundle_operands
    start = 0
    p.write(" [")
    for number, (tag, size) in enumerate(zip(tags.values, op.op_bundle_sizes.ints, strict=True)):
        mine = values[start : start + size]
        start += size
        p.write(f"{', ' if number else ''}{tag}(")
        p.operands(mine)
        p.write(" : " if mine else "")
        p.types([value.type for value in mine])
        p.write(")")
    p.write("]")


def parse_call_type(p: OpParser) -> FunctionType:
    """Expects a function type with at most one result."""
    start = p.start
    found: Type = p.type()
    if not isinstance(found, FunctionType):
        raise p.error(f"expected function type, found '{found}'", start)
    if len(found.results) > 1:
        raise p.error("expected function with 0 or 1 result", start)
    return found


def callee_type(op: CallOp) -> LLVMFunctionType | None:
    """The type of a variadic callee."""
    type = op.var_callee_type.value if op.var_callee_type is not None else None
    return type if isinstance(type, LLVMFunctionType) else None

"""Functions of the llvm dialect, and the ops that end them."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

from stepwell.dialects.llvm.attributes import (
    C_CONVENTION,
    EXTERNAL,
    ZERO,
    CallingConvention,
    CConvKind,
    FramePointerKind,
    Linkage,
    LinkageKind,
    MemoryEffectsAttr,
    TargetFeaturesAttr,
    UnnamedAddr,
    Visibility,
    VScaleRangeAttr,
)
from stepwell.dialects.llvm.types import LLVMFunctionType, VoidType, is_compatible, void
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import UNIT, IntegerAttr, StringAttr, SymbolRefAttr, TypeAttr
from stepwell.ir.block import Region
from stepwell.ir.definition import Op
from stepwell.ir.enums import EnumAttr, enum_kind
from stepwell.ir.fields import optional_operand, optional_prop, prop, region, unit_prop
from stepwell.ir.function_signature import parse_signature, print_signature
from stepwell.ir.property_kinds import (
    I64,
    AnyAttr,
    Array,
    DictArray,
    FlatSymbolRef,
    Kind,
    Str,
    SymbolName,
    SymbolRef,
    instance_of,
)
from stepwell.ir.traits import (
    AutomaticAllocationScope,
    IsolatedFromAbove,
    NoMemoryEffect,
    Pure,
    ReturnLike,
    Symbol,
    Terminator,
)
from stepwell.ir.types import FunctionType

if TYPE_CHECKING:
    from stepwell.ir.interpreter.machine import Machine, RuntimeValue
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

FunctionTypeOf: Kind[TypeAttr] = Kind(
    TypeAttr,
    "type attribute of LLVM function type",
    lambda v: TypeAttr(v) if isinstance(v, LLVMFunctionType) else None,
    lambda attribute: isinstance(attribute.value, LLVMFunctionType),
)
HIDDEN = (
    "sym_name", "function_type", "arg_attrs", "res_attrs", "linkage", "CConv", "visibility_",
    "unnamed_addr", "comdat", "vscale_range",
)  # fmt: skip


class LLVMFuncOp(
    Op,
    name="llvm.func",
    traits=(AutomaticAllocationScope, IsolatedFromAbove, Symbol),
):
    """`llvm.func internal fastcc @f(%a: i32, ...) -> i32 attributes {...} {...}`: a function."""

    sym_name = prop(SymbolName)
    sym_visibility = optional_prop(Str)
    function_type = prop(FunctionTypeOf)
    linkage = prop(LinkageKind, EXTERNAL)
    dso_local = unit_prop()
    CConv = prop(CConvKind, C_CONVENTION)
    comdat = optional_prop(SymbolRef)
    convergent = unit_prop()
    personality = optional_prop(FlatSymbolRef)
    garbageCollector = optional_prop(Str)
    passthrough = optional_prop(Array)
    arg_attrs = optional_prop(DictArray)
    res_attrs = optional_prop(DictArray)
    function_entry_count = optional_prop(I64)
    memory_effects = optional_prop(instance_of(MemoryEffectsAttr))
    visibility__ = prop(Visibility, ZERO)
    section = optional_prop(Str)
    unnamed_addr = prop(UnnamedAddr, ZERO)
    alignment = optional_prop(I64)
    vscale_range = optional_prop(instance_of(VScaleRangeAttr))
    frame_pointer = optional_prop(enum_kind(FramePointerKind))
    target_cpu = optional_prop(Str)
    tune_cpu = optional_prop(Str)
    target_features = optional_prop(instance_of(TargetFeaturesAttr))
    reciprocal_estimates = optional_prop(Str)
    prefer_vector_width = optional_prop(Str)
    no_signed_zeros_fp_math = optional_prop(AnyAttr)
    no_infs_fp_math = optional_prop(AnyAttr)
    no_nans_fp_math = optional_prop(AnyAttr)
    denormal_fp_math = optional_prop(Str)
    denormal_fp_math_f32 = optional_prop(Str)
    fp_contract = optional_prop(Str)
    instrument_function_entry = optional_prop(Str)
    instrument_function_exit = optional_prop(Str)
    no_inline = unit_prop()
    always_inline = unit_prop()
    inline_hint = unit_prop()
    no_unwind = unit_prop()
    will_return = unit_prop()
    noreturn = unit_prop()
    optimize_none = unit_prop()
    vec_type_hint = optional_prop(AnyAttr)
    work_group_size_hint = optional_prop(AnyAttr)
    reqd_work_group_size = optional_prop(AnyAttr)
    intel_reqd_sub_group_size = optional_prop(AnyAttr)
    uwtable_kind = optional_prop(AnyAttr)
    body = region()

    @property
    def type(self) -> LLVMFunctionType:
        """The function's type."""
        type = self.function_type.value
        assert isinstance(type, LLVMFunctionType)
        return type

    @property
    def signature(self) -> FunctionType:
        """The type as a builtin function type, in which void is no result."""
        return self.type.signature()

    @property
    def is_external(self) -> bool:
        """Whether there is no body."""
        return self.body.is_empty

    @classmethod
    def parse(cls, p: OpParser) -> Generator[Any, Region, Any]:
        properties = parse_symbol_words(p)
        convention = p.optional_keyword(*CallingConvention.cases)
        properties["CConv"] = CallingConvention(convention) if convention else C_CONVENTION
        properties["sym_name"] = StringAttr(p.symbol_name())
        signature = parse_signature(p, variadic=True)
        start = p.start
        if len(signature.results) > 1:
            raise p.error("failed to construct function type: expected zero or one result", start)
        result = signature.results[0] if signature.results else void
        type = LLVMFunctionType(result, tuple(signature.inputs), signature.is_variadic)
        properties["function_type"] = TypeAttr(type)
        properties |= signature.properties()
        if p.optional_keyword("vscale_range"):
            p.literal("(")
            low = p.integer()
            p.literal(",")
            text = f"minRange = {low}, maxRange = {p.integer()}"
            properties["vscale_range"] = VScaleRangeAttr(text)
            p.literal(")")
        properties |= parse_comdat(p)
        attributes = p.dictionary() if p.accept("attributes") else {}
        for name in cls.property_names & attributes.keys():
            properties[name] = attributes.pop(name)
        body = (yield p.region(signature.arguments)) if p.text == "{" else Region()
        return cls.create((), (), properties, attributes or None, (), [body])

    def print(self, p: Printer) -> Iterator[Any]:
        print_symbol_words(self, p, self.linkage if self.linkage is not EXTERNAL else None)
        if self.CConv is not C_CONVENTION:
            p.write(f" {self.CConv.value}")
        p.write(f" {SymbolRefAttr(self.sym_name.value)}")
        print_signature(p, self, self.signature, self.type.is_variadic)
        if self.vscale_range is not None:
            numbers = [part.split("=")[1].strip() for part in self.vscale_range.written.split(",")]
            p.write(f" vscale_range({', '.join(numbers)})")
        print_comdat(p, self.comdat)
        p.attr_dict(self, HIDDEN, keyword=True)
        if not self.body.is_empty:
            p.write(" ")
            yield p.region(self.body, arguments=False, empty_block=True)

    def verify_op(self) -> None:
        for type in (*self.type.parameters, self.type.result):
            if not is_compatible(type):
                raise self.error(f"expects LLVM-compatible types in its signature, found '{type}'")
        if self.body.is_empty:
            if self.linkage.value not in ("external", "extern_weak"):
                raise self.error("external functions must have 'external' or 'extern_weak' linkage")
            return
        if self.linkage.value == "common":
            raise self.error("functions cannot have 'common' linkage")
        if self.body.entry.arg_types != self.type.parameters:
            raise self.error("entry block arguments must match the function signature")


class ReturnOp(Op, name="llvm.return", traits=(Pure, ReturnLike, Terminator)):
    """`llvm.return %a : i32`: ends the function, or the initialiser of a global."""

    arg = optional_operand()
    syntax = "attr-dict ($arg^ `:` type($arg))?"

    def verify_op(self) -> None:
        function = self.parent_op
        if not isinstance(function, LLVMFuncOp):
            return
        wanted = function.type.result
        if isinstance(wanted, VoidType):
            if self.arg is not None:
                raise self.error("expected no operands")
        elif self.arg is None:
            raise self.error("expected 1 operand")
        elif self.arg.type is not wanted:
            raise self.error(f"mismatching result types: '{self.arg.type}' and '{wanted}'")


class UnreachableOp(Op, name="llvm.unreachable", traits=(Terminator, NoMemoryEffect)):
    """`llvm.unreachable`: control never comes here."""

    syntax = "attr-dict"

    def execute(self, machine: Machine) -> RuntimeValue:
        raise machine.undefined(self, "was reached")


class ComdatOp(Op, name="llvm.comdat", traits=(Symbol,)):
    """`llvm.comdat @c { llvm.comdat_selector @f any }`: groups of sections that go together."""

    sym_name = prop(SymbolName)
    body = region()
    syntax = "$sym_name $body attr-dict"


class ComdatSelectorOp(Op, name="llvm.comdat_selector", traits=(Symbol,)):
    """`llvm.comdat_selector @f any`: one group."""

    sym_name = prop(SymbolName)
    comdat = optional_prop(I64)
    KINDS = ("any", "exactmatch", "largest", "nodeduplicate", "samesize")

    @classmethod
    def parse(cls, p: OpParser) -> ComdatSelectorOp:
        name = StringAttr(p.symbol_name())
        kind = IntegerAttr(cls.KINDS.index(p.keyword(*cls.KINDS)))
        properties: dict[str, Attribute] = {"sym_name": name, "comdat": kind}
        return cls.create((), (), properties, p.optional_dictionary() or None)

    def print(self, p: Printer) -> None:
        number = self.comdat.value if self.comdat is not None else 0
        p.write(f" {SymbolRefAttr(self.sym_name.value)} {self.KINDS[number]}")
        p.attr_dict(self, ("sym_name", "comdat"))


def parse_symbol_words(p: OpParser, tls: bool = False) -> dict[str, Attribute]:
    """`internal hidden thread_local unnamed_addr`, all optional, as properties."""
    linkage = p.optional_keyword(*Linkage.cases)
    found: dict[str, Attribute] = {"linkage": Linkage(linkage) if linkage else EXTERNAL}
    visibility = p.optional_keyword("hidden", "protected")
    found["visibility_"] = Visibility.coerce(visibility or "")
    if tls and p.optional_keyword("thread_local"):
        found["thread_local_"] = UNIT
    unnamed = p.optional_keyword("local_unnamed_addr", "unnamed_addr")
    found["unnamed_addr"] = UnnamedAddr.coerce(unnamed or "")
    return found


def print_symbol_words(
    op: Any, p: Printer, linkage: EnumAttr | None, thread_local: bool = False
) -> None:
    """Writes what `parse_symbol_words` reads."""
    words = [linkage.value] if linkage is not None else []
    words.append(Visibility.word(op.visibility__))
    words.append("thread_local" if thread_local else "")
    words.append(UnnamedAddr.word(op.unnamed_addr))
    for word in words:
        p.write(f" {word}" if word else "")


def parse_comdat(p: OpParser) -> dict[str, Attribute]:
    """`comdat(@a::@b)`, if it is there."""
    if not p.optional_keyword("comdat"):
        return {}
    p.literal("(")
    found = p.symbol_reference()
    p.literal(")")
    return {"comdat": found}


def print_comdat(p: Printer, comdat: SymbolRefAttr | None) -> None:
    """Writes what `parse_comdat` reads."""
    if comdat is not None:
        p.write(f" comdat({comdat})")

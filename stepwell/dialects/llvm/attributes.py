"""Attributes of the llvm dialect, and the kinds of its properties."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Show, Type
from stepwell.ir.attributes import DenseArrayAttr, IntegerAttr
from stepwell.ir.enums import EnumAttr, FlagsAttr, IntegerEnum, enum_kind
from stepwell.ir.location import quote
from stepwell.ir.text import lexer

if TYPE_CHECKING:
    from stepwell.ir.text.reader import Reader


class Linkage(EnumAttr):
    """Who sees a symbol, and what happens when two have one name."""

    name = "llvm.linkage"
    cases = (
        "private", "internal", "available_externally", "linkonce", "weak", "common", "appending",
        "extern_weak", "linkonce_odr", "weak_odr", "external",
    )  # fmt: skip


class CallingConvention(EnumAttr):
    """How arguments and results travel."""

    name = "llvm.cconv"
    cases = (
        "ccc", "fastcc", "coldcc", "cc_10", "cc_11", "webkit_jscc", "anyregcc", "preserve_mostcc",
        "preserve_allcc", "swiftcc", "cxx_fast_tlscc", "tailcc", "cfguard_checkcc", "swifttailcc",
        "x86_stdcallcc", "x86_fastcallcc", "arm_apcscc", "arm_aapcscc", "arm_aapcs_vfpcc",
        "msp430_intrcc", "x86_thiscallcc", "ptx_kernelcc", "ptx_devicecc", "spir_funccc",
        "spir_kernelcc", "intel_ocl_bicc", "x86_64_sysvcc", "win64cc", "x86_vectorcallcc",
        "hhvmcc", "hhvm_ccc", "x86_intrcc", "avr_intrcc", "avr_builtincc", "amdgpu_vscc",
        "amdgpu_gscc", "amdgpu_cscc", "amdgpu_kernelcc", "x86_regcallcc", "amdgpu_hscc",
        "msp430_builtincc", "amdgpu_lscc", "amdgpu_escc", "aarch64_vectorcallcc",
        "aarch64_sve_vectorcallcc", "wasm_emscripten_invokecc", "amdgpu_gfxcc", "m68k_intrcc",
    )  # fmt: skip


class TailCallKind(EnumAttr):
    """Whether a call may, must or must not reuse its caller's frame."""

    name = "llvm.tailcallkind"
    cases = ("none", "notail", "tail", "musttail")


class FramePointerKind(EnumAttr):
    """Which functions keep a frame pointer."""

    name = "llvm.framePointerKind"
    cases = ("none", "non-leaf", "all", "reserved", "non-leaf-no-reserve")

    def text(self, show: Show) -> str:
        return f"#{self.name}<{quote(self.value) if '-' in self.value else self.value}>"

    @classmethod
    def parse_body(cls, reader: Reader) -> Self:
        start = reader.start
        word = reader.string() if reader.kind == lexer.STRING else reader.keyword()
        if word not in cls.cases:
            raise reader.error(f"expected one of {', '.join(cls.cases)}, found '{word}'", start)
        return cls(word)


class UWTableKind(EnumAttr):
    """Which unwind table a function has."""

    name = "llvm.uwtableKind"
    cases = ("none", "sync", "async")


class FastMathFlags(FlagsAttr):
    """What the optimiser may assume about floating-point arithmetic."""

    name = "llvm.fastmath"
    cases = ("nnan", "ninf", "nsz", "arcp", "contract", "afn", "reassoc")
    groups = {"fast": cases}


class OverflowFlags(FlagsAttr):
    """Promises that an integer op does not overflow, as an attribute of its own."""

    name = "llvm.overflow"
    cases = ("nsw", "nuw")


class DereferenceableAttr(Attribute):
    """`#llvm.dereferenceable<bytes = 8, mayBeNull = true>`: what a loaded pointer points to."""

    name = "llvm.dereferenceable"
    bytes: int
    may_be_null: bool = False

    def body(self, show: Show) -> str:
        return f"bytes = {self.bytes}" + (", mayBeNull = true" if self.may_be_null else "")

    @classmethod
    def parse_body(cls, reader: Reader) -> Self:
        reader.keyword("bytes")
        reader.literal("=")
        size = reader.integer()
        null = False
        if reader.accept(","):
            reader.keyword("mayBeNull")
            reader.literal("=")
            null = reader.keyword("true", "false") == "true"
        return cls(size, null)


class ConstantRangeAttr(Attribute):
    """`#llvm.constant_range<i32, 1, 65>`: a value is at least the first, and below the second."""

    name = "llvm.constant_range"
    type: Type
    lower: int
    upper: int

    def body(self, show: Show) -> str:
        return f"{show(self.type)}, {self.lower}, {self.upper}"

    @classmethod
    def parse_body(cls, reader: Reader) -> Self:
        type = reader.type()
        reader.literal(",")
        lower = reader.integer()
        reader.literal(",")
        return cls(type, lower, reader.integer())


class _VerbatimAttr(Attribute):
    """An attribute that is passed through: its body is kept as it was written."""

    written: str = ""

    def body(self, show: Show) -> str:
        return self.written

    @classmethod
    def parse_body(cls, reader: Reader) -> Self:
        written = reader.source_text[reader.start :].strip()
        reader.seek(len(reader.source_text))
        return cls(written)


class MemoryEffectsAttr(_VerbatimAttr):
    """`#llvm.memory_effects<other = none, argMem = read, ...>`."""

    name = "llvm.memory_effects"


class TargetFeaturesAttr(_VerbatimAttr):
    """`#llvm.target_features<["+avx2"]>`."""

    name = "llvm.target_features"


class VScaleRangeAttr(_VerbatimAttr):
    """`#llvm.vscale_range<minRange = 1, maxRange = 16>`."""

    name = "llvm.vscale_range"


class LoopAnnotationAttr(_VerbatimAttr):
    """`#llvm.loop_annotation<...>`."""

    name = "llvm.loop_annotation"


class LoopUnrollAttr(_VerbatimAttr):
    """`#llvm.loop_unroll<...>`."""

    name = "llvm.loop_unroll"


class LoopVectorizeAttr(_VerbatimAttr):
    """`#llvm.loop_vectorize<...>`."""

    name = "llvm.loop_vectorize"


class TBAARootAttr(_VerbatimAttr):
    """`#llvm.tbaa_root<id = "...">`."""

    name = "llvm.tbaa_root"


class AliasScopeDomainAttr(_VerbatimAttr):
    """`#llvm.alias_scope_domain<...>`."""

    name = "llvm.alias_scope_domain"


class AliasScopeAttr(_VerbatimAttr):
    """`#llvm.alias_scope<...>`."""

    name = "llvm.alias_scope"


class AccessGroupAttr(_VerbatimAttr):
    """`#llvm.access_group<...>`."""

    name = "llvm.access_group"


class QuotedEnum(IntegerEnum):
    """An integer property that is written as a quoted word: the predicate of `llvm.icmp`."""

    def word(self, attribute: IntegerAttr) -> str:
        return quote(self.cases[attribute.value])


ICMP_PREDICATES = ("eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge")
FCMP_PREDICATES = (
    "_false", "oeq", "ogt", "oge", "olt", "ole", "one", "ord",
    "ueq", "ugt", "uge", "ult", "ule", "une", "uno", "_true",
)  # fmt: skip
ORDERINGS = (
    "not_atomic", "unordered", "monotonic", "consume", "acquire", "release", "acq_rel", "seq_cst",
)  # fmt: skip
ATOMIC_OPS = (
    "xchg", "add", "sub", "_and", "nand", "_or", "_xor", "max", "min", "umax", "umin", "fadd",
    "fsub", "fmax", "fmin", "uinc_wrap", "udec_wrap", "usub_cond", "usub_sat",
    "fmaximum", "fminimum",
)  # fmt: skip
UNNAMED_ADDR = ("", "local_unnamed_addr", "unnamed_addr")
VISIBILITIES = ("", "hidden", "protected")

ICmpPredicate = QuotedEnum(types.i64, ICMP_PREDICATES, "integer comparison predicate")
FCmpPredicate = QuotedEnum(types.i64, FCMP_PREDICATES, "floating-point comparison predicate")
Ordering = IntegerEnum(types.i64, ORDERINGS, "atomic ordering")
AtomicOp = IntegerEnum(types.i64, ATOMIC_OPS, "atomic operation")
UnnamedAddr = IntegerEnum(types.i64, UNNAMED_ADDR, "unnamed address")
Visibility = IntegerEnum(types.i64, VISIBILITIES, "visibility")
LinkageKind = enum_kind(Linkage)
CConvKind = enum_kind(CallingConvention)
TailCallKindKind = enum_kind(TailCallKind)
FastMathKind = enum_kind(FastMathFlags)

ZERO = IntegerAttr(0, types.i64)
NO_FLAGS = IntegerAttr(0, types.i32)
EXTERNAL = Linkage("external")
C_CONVENTION = CallingConvention("ccc")
NO_TAIL = TailCallKind("none")
NO_FASTMATH = FastMathFlags(())
NO_BUNDLES = DenseArrayAttr.i32(())
NSW, NUW = 1, 2

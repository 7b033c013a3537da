"""How each op of the llvm dialect is written in LLVM IR: the allow-list of the CPU backend."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from stepwell.backends.cpu.translate_function import FunctionText, Writers, refused
from stepwell.backends.cpu.translate_intrinsics import ENDING, SPECS, Spec
from stepwell.backends.cpu.translate_signature import convention_text
from stepwell.backends.cpu.translate_types import (
    function_type_text,
    mangled,
    quoted,
    symbol_name,
    type_text,
)
from stepwell.dialects.llvm import DIALECT
from stepwell.dialects.llvm.aggregates import (
    ExtractElementOp,
    ExtractValueOp,
    FreezeOp,
    InsertElementOp,
    InsertValueOp,
    ShuffleVectorOp,
)
from stepwell.dialects.llvm.arithmetic import FNegOp
from stepwell.dialects.llvm.atomic_ops import AtomicRMWOp, CmpXchgOp, FenceOp
from stepwell.dialects.llvm.attributes import (
    ATOMIC_OPS,
    FCMP_PREDICATES,
    ICMP_PREDICATES,
    ORDERINGS,
)
from stepwell.dialects.llvm.calls import CallIntrinsicOp, CallOp, callee_type
from stepwell.dialects.llvm.comparisons import FCmpOp, ICmpOp, SelectOp
from stepwell.dialects.llvm.function import ReturnOp, UnreachableOp
from stepwell.dialects.llvm.memory_intrinsics import MemcpyInlineOp
from stepwell.dialects.llvm.memory_ops import AllocaOp, GEPOp, LoadOp, StoreOp
from stepwell.dialects.llvm.other_intrinsics import AssumeOp
from stepwell.dialects.llvm.types import LLVMFunctionType, StructType, void
from stepwell.ir import types
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.operation import Operation
from stepwell.ir.value import Value

W = TypeVar("W", bound=Callable[..., None])
WRITERS: Writers = {}

PLAIN = "add sub mul shl udiv sdiv urem srem and or xor lshr ashr fadd fsub fmul fdiv frem".split()
CASTS = (
    "trunc zext sext sitofp uitofp fptosi fptoui fpext fptrunc "
    "bitcast addrspacecast ptrtoint inttoptr"
).split()
FLAGS = {"isExact": "exact ", "isDisjoint": "disjoint ", "nonNeg": "nneg "}


def writes(*classes: type[Operation]) -> Callable[[W], W]:
    """Registers the function below as what writes ops of these classes."""

    def register(function: W) -> W:
        WRITERS.update(dict.fromkeys(classes, function))
        return function

    return register


def fast_math(op: Any) -> str:
    """The fast-math flags of an op, each with a space after it."""
    flags = op.fastmathFlags
    return "".join(f"{word} " for word in (flags.words().split(", ") if flags.flags else ()))


def flags_of(op: Operation) -> str:
    """The flags of an arithmetic op or cast, each with a space after it."""
    properties = op.properties
    words = [word for name, word in FLAGS.items() if name in properties]
    overflow = properties.get("overflowFlags")
    if isinstance(overflow, IntegerAttr):
        words.append("nuw " if overflow.value & 2 else "")
        words.append("nsw " if overflow.value & 1 else "")
    if "fastmathFlags" in properties:
        words.append(fast_math(op))
    return "".join(words)


@writes(*(DIALECT.ops[f"llvm.{name}"] for name in PLAIN))
def binary(op: Operation, f: FunctionText) -> None:
    """`add nsw i32 %a, %b`."""
    left, right = op._operands
    word = op.name.removeprefix("llvm.")
    f.define(op, f"{word} {flags_of(op)}{f.typed(left)}, {f.value(right)}")


@writes(*(DIALECT.ops[f"llvm.{name}"] for name in CASTS))
def cast(op: Operation, f: FunctionText) -> None:
    """`zext nneg i32 %a to i64`."""
    word, to = op.name.removeprefix("llvm."), type_text(op.results[0].type)
    f.define(op, f"{word} {flags_of(op)}{f.typed(op._operands[0])} to {to}")


@writes(FNegOp)
def fneg(op: FNegOp, f: FunctionText) -> None:
    """`fneg float %a`."""
    f.define(op, f"fneg {fast_math(op)}{f.typed(op._operands[0])}")


@writes(FreezeOp)
def freeze(op: FreezeOp, f: FunctionText) -> None:
    """`freeze i32 %a`."""
    f.define(op, f"freeze {f.typed(op.val)}")


@writes(ICmpOp)
def icmp(op: ICmpOp, f: FunctionText) -> None:
    """`icmp slt i32 %a, %b`."""
    predicate = ICMP_PREDICATES[op.predicate.value]
    f.define(op, f"icmp {predicate} {f.typed(op.lhs)}, {f.value(op.rhs)}")


@writes(FCmpOp)
def fcmp(op: FCmpOp, f: FunctionText) -> None:
    """`fcmp olt float %a, %b`."""
    predicate = FCMP_PREDICATES[op.predicate.value].lstrip("_")
    f.define(op, f"fcmp {fast_math(op)}{predicate} {f.typed(op.lhs)}, {f.value(op.rhs)}")


@writes(SelectOp)
def select(op: SelectOp, f: FunctionText) -> None:
    """`select i1 %c, i32 %a, i32 %b`."""
    values = ", ".join(f.typed(value) for value in op._operands)
    element = types.element_type_or_self(op.res.type)
    flags = fast_math(op) if isinstance(element, types.FloatType) else ""
    f.define(op, f"select {flags}{values}")


@writes(ExtractValueOp)
def extract_value(op: ExtractValueOp, f: FunctionText) -> None:
    """`extractvalue { i32 } %s, 0`."""
    if not op.position.values:
        raise refused(op, "an empty position")
    f.define(op, f"extractvalue {f.typed(op.container)}, {_numbers(op.position.ints)}")


@writes(InsertValueOp)
def insert_value(op: InsertValueOp, f: FunctionText) -> None:
    """`insertvalue { i32 } %s, i32 %v, 0`."""
    if not op.position.values:
        raise refused(op, "an empty position")
    numbers = _numbers(op.position.ints)
    f.define(op, f"insertvalue {f.typed(op.container)}, {f.typed(op.value)}, {numbers}")


def _numbers(values: Sequence[int]) -> str:
    return ", ".join(map(str, values))


@writes(ExtractElementOp)
def extract_element(op: ExtractElementOp, f: FunctionText) -> None:
    """`extractelement <4 x i32> %v, i64 %i`."""
    f.define(op, f"extractelement {f.typed(op.vector)}, {f.typed(op.position)}")


@writes(InsertElementOp)
def insert_element(op: InsertElementOp, f: FunctionText) -> None:
    """`insertelement <4 x i32> %v, i32 %e, i64 %i`."""
    values = ", ".join(f.typed(value) for value in (op.vector, op.value, op.position))
    f.define(op, f"insertelement {values}")


@writes(ShuffleVectorOp)
def shuffle_vector(op: ShuffleVectorOp, f: FunctionText) -> None:
    """`shufflevector <4 x i32> %a, <4 x i32> %b, <2 x i32> <i32 0, i32 5>`."""
    mask = ", ".join("i32 poison" if i < 0 else f"i32 {i}" for i in op.mask.ints)
    size = len(op.mask.values)
    f.define(op, f"shufflevector {f.typed(op.v1)}, {f.typed(op.v2)}, <{size} x i32> <{mask}>")


@writes(AllocaOp)
def alloca(op: AllocaOp, f: FunctionText) -> None:
    """`alloca float, i64 4, align 16`."""
    if op.inalloca is not None:
        raise refused(op, "'inalloca'")
    place = getattr(op.res.type, "address_space", 0)
    space = f", addrspace({place})" if place else ""
    size = f.typed(op.arraySize)
    text = f"alloca {type_text(op.elem_type.value)}, {size}{_align(op.alignment)}{space}"
    f.alloca(op, text, not f.value(op.arraySize).startswith("%"))


def _align(alignment: IntegerAttr | None) -> str:
    return f", align {alignment.value}" if alignment is not None and alignment.value else ""


def _atomic_words(op: LoadOp | StoreOp) -> tuple[str, str]:
    """What stands after the word, and at the end before the alignment."""
    volatile = "volatile " if op.volatile__ is not None else ""
    if not op.ordering.value:
        return volatile, ""
    if op.alignment is None:
        raise refused(op, "an atomic access needs an alignment")
    return f"atomic {volatile}", f"{_scope(op.syncscope)} {ORDERINGS[op.ordering.value]}"


def _scope(scope: Any) -> str:
    return f" syncscope({quoted(scope.value)})" if scope is not None and scope.value else ""


def _hints(op: LoadOp | StoreOp) -> str:
    hints = ", !nontemporal !0" if op.nontemporal is not None else ""
    if isinstance(op, LoadOp) and op.invariant is not None:
        hints += ", !invariant.load !1"
    return hints


@writes(LoadOp)
def load(op: LoadOp, f: FunctionText) -> None:
    """`load volatile i32, ptr %p, align 4`."""
    before, after = _atomic_words(op)
    type = type_text(op.res.type)
    text = f"load {before}{type}, {f.typed(op.addr)}{after}{_align(op.alignment)}{_hints(op)}"
    f.define(op, text)


@writes(StoreOp)
def store(op: StoreOp, f: FunctionText) -> None:
    """`store i32 %v, ptr %p, align 4`."""
    before, after = _atomic_words(op)
    ends = f"{after}{_align(op.alignment)}{_hints(op)}"
    f.line(f"store {before}{f.typed(op.value)}, {f.typed(op.addr)}{ends}")


@writes(GEPOp)
def get_element_pointer(op: GEPOp, f: FunctionText) -> None:
    """`getelementptr inbounds float, ptr %p, i64 %i`."""
    indices = [f.typed(i) if isinstance(i, Value) else f"i32 {i}" for i in op.indices]
    flags = gep_flags(op)
    element = type_text(op.elem_type.value)
    f.define(op, f"getelementptr {flags}{element}, {f.typed(op.base)}, {', '.join(indices)}")


def gep_flags(op: GEPOp) -> str:
    """`inbounds nuw `."""
    flags = op.noWrapFlags.value
    words = "inbounds " if flags & 1 else "nusw " if flags & 2 else ""
    return words + ("nuw " if flags & 4 else "")


@writes(AtomicRMWOp)
def atomic_rmw(op: AtomicRMWOp, f: FunctionText) -> None:
    """`atomicrmw add ptr %p, i32 %v acq_rel`."""
    word = ATOMIC_OPS[op.bin_op.value].lstrip("_")
    volatile = "volatile " if op.volatile__ is not None else ""
    ends = f"{_scope(op.syncscope)} {ORDERINGS[op.ordering.value]}{_align(op.alignment)}"
    f.define(op, f"atomicrmw {volatile}{word} {f.typed(op.ptr)}, {f.typed(op.val)}{ends}")


@writes(CmpXchgOp)
def compare_exchange(op: CmpXchgOp, f: FunctionText) -> None:
    """`cmpxchg weak ptr %p, i32 %a, i32 %b acq_rel monotonic`."""
    weak = "weak " if op.weak is not None else ""
    volatile = "volatile " if op.volatile__ is not None else ""
    success, failure = (ORDERINGS[o.value] for o in (op.success_ordering, op.failure_ordering))
    values = ", ".join(f.typed(value) for value in op._operands)
    ends = f"{_scope(op.syncscope)} {success} {failure}{_align(op.alignment)}"
    f.define(op, f"cmpxchg {weak}{volatile}{values}{ends}")


@writes(FenceOp)
def fence(op: FenceOp, f: FunctionText) -> None:
    """`fence seq_cst`."""
    f.line(f"fence{_scope(op.syncscope)} {ORDERINGS[op.ordering.value]}")


@writes(ReturnOp)
def returns(op: ReturnOp, f: FunctionText) -> None:
    """`ret i32 %a`."""
    f.line("ret void" if op.arg is None else f"ret {f.typed(op.arg)}")


@writes(UnreachableOp)
def unreachable(op: UnreachableOp, f: FunctionText) -> None:
    """`unreachable`."""
    f.line("unreachable")


@writes(CallOp)
def call(op: CallOp, f: FunctionText) -> None:
    """`call i32 @f(i32 %a)`."""
    if op.op_bundle_tags is not None:
        raise refused(op, "operand bundles")
    arguments = op.call_arguments
    target = (
        symbol_name(op.callee.root) if op.callee is not None else f.value(op.callee_operands[0])
    )
    result = op.results[0].type if op.results else void
    variadic: LLVMFunctionType | None = callee_type(op)
    shown = function_type_text(variadic) if variadic is not None else type_text(result)
    tail = op.TailCallKind.value
    head = "" if tail == "none" else f"{tail} "
    convention = convention_text(op, op.CConv.value)
    inside = ", ".join(f.typed(value) for value in arguments)
    floats = isinstance(types.element_type_or_self(result), types.FloatType)
    flags = fast_math(op) if floats else ""
    _emit(op, f, f"{head}call {flags}{convention}{shown} {target}({inside})")


def _emit(op: Operation, f: FunctionText, text: str) -> None:
    if op.results:
        f.define(op, text)
    else:
        f.line(text)


@writes(CallIntrinsicOp)
def call_intrinsic(op: CallIntrinsicOp, f: FunctionText) -> None:
    """A call of one of `SPECS` by its LLVM name, without the types in it."""
    name = op.intrin.value
    spec = SPECS.get(name.replace("llvm.", ENDING, 1))
    if spec is None or op.op_bundle_tags is not None:
        raise refused(op, f"calls {name} by name; use the op of the intrinsic")
    floats = op.results and isinstance(
        types.element_type_or_self(op.results[0].type), types.FloatType
    )
    result = type_text(op.results[0].type) if op.results else "void"
    inside = ", ".join(f.typed(value) for value in op.args)
    flags = fast_math(op) if floats else ""
    _emit(op, f, f"call {flags}{result} @{_suffixed(name, op, spec)}({inside})")


def _bundles(op: AssumeOp, f: FunctionText) -> str:
    """` ["align"(ptr %p, i64 16)]`, or nothing."""
    values, shown = list(op.op_bundle_operands), []
    tags = op.op_bundle_tags.values if op.op_bundle_tags is not None else ()
    for tag, size in zip(tags, op.op_bundle_sizes.ints, strict=True):
        inside = ", ".join(f.typed(value) for value in values[:size])
        shown.append(f"{tag}({inside})")
        values = values[size:]
    return f" [{', '.join(shown)}]" if shown else ""


@writes(*(DIALECT.ops[name] for name in SPECS if name in DIALECT.ops))
def intrinsic(op: Operation, f: FunctionText) -> None:
    """`call float @llvm.exp.f32(float %x)`."""
    spec = SPECS[op.name]
    properties = op.properties
    if isinstance(op, AssumeOp):
        f.line(f"call void @llvm.assume({f.typed(op.cond)}){_bundles(op, f)}")
        return
    arguments = _arguments(op, f, spec)
    for name, word in spec.immediates:
        value = properties.get(name)
        number = value.value if isinstance(value, IntegerAttr) else 0
        arguments.append(f"{word} {('true' if number else 'false') if word == 'i1' else number}")
    result = type_text(op.results[0].type) if op.results else "void"
    flags = fast_math(op) if "fastmathFlags" in properties and op.name not in _NO_FLAGS else ""
    _emit(op, f, f"call {flags}{result} @{_name(op, spec)}({', '.join(arguments)})")


@writes(MemcpyInlineOp)
def memcpy_inline(op: MemcpyInlineOp, f: FunctionText) -> None:
    """`call void @llvm.memcpy.inline.p0.p0.i64(ptr %a, ptr %b, i64 8, i1 false)`."""
    pointers = ", ".join(f.typed(value) for value in op._operands)
    length = f"{type_text(op.len_.type)} {op.len_.value}"
    names = ".".join(mangled(type) for type in (*op.operand_types, op.len_.type))
    volatile = "true" if op.isVolatile.value else "false"
    f.line(f"call void @llvm.memcpy.inline.{names}({pointers}, {length}, i1 {volatile})")


_NO_FLAGS = ("llvm.intr.frexp", "llvm.intr.sincos")
_PASS_THROUGH = ("llvm.intr.masked.load", "llvm.intr.masked.gather")


def _name(op: Operation, spec: Spec) -> str:
    return _suffixed(op.name.replace(ENDING, "llvm."), op, spec)


def _suffixed(name: str, op: Operation, spec: Spec) -> str:
    """An intrinsic's name with the types it is overloaded on."""
    suffixes = []
    for where in spec.overloads:
        value = op.results[0] if where == "r" else op._operands[int(where)]
        suffixes.append(mangled(value.type))
    if name == "llvm.frexp":
        pair = op.results[0].type
        assert isinstance(pair, StructType) and pair.elements is not None
        suffixes.append(mangled(pair.elements[-1]))
    return ".".join([name, *suffixes])


def _arguments(op: Operation, f: FunctionText, spec: Spec) -> list[str]:
    shown = [f.typed(value) for value in op._operands]
    alignment = op.properties.get("alignment")
    if spec.aligned >= 0 and isinstance(alignment, IntegerAttr) and alignment.value:
        value = op._operands[spec.aligned]
        word = f"{type_text(value.type)} align {alignment.value} {f.value(value)}"
        shown[spec.aligned] = word
    if op.name in _PASS_THROUGH and len(shown) == 2:
        shown.append(f"{type_text(op.results[0].type)} poison")
    return shown

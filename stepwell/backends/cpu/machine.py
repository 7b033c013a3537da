"""The host as LLVM sees it: parse, check, optimise and emit LLVM IR.

Everything goes through LLVM IR *text*. A module is parsed into a context of its own, so that
nothing of it stays behind when it is dropped. LLVM's complaints become `BackendError`; what LLVM
answers by ending the process (an intrinsic its target cannot select, bad inline assembly) must be
kept away from it, which is what `AllowList` is for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import llvmlite.binding as llvm
from llvmlite.binding.newpassmanagers import NewPassManager

from stepwell.ir.diagnostics import BackendError

# C's other allocation functions: their memory would be given to the runtime's `free`.
FOREIGN_ALLOCATIONS = ("realloc", "reallocf", "posix_memalign", "memalign", "valloc", "strdup")

# Families of target-independent intrinsics which every host target selects (or expands to a libcall
# that is there) for i1-i64, bf16, f16, f32, f64 and vectors of them.
HOST_INTRINSICS = frozenset(
    """abs acos asin assume atan atan2 bitreverse bswap canonicalize ceil copysign cos cosh
    ctlz ctpop cttz debugtrap donothing exp exp10 exp2 expect experimental.constrained
    experimental.noalias.scope.decl fabs floor fma fmuladd fptosi.sat fptoui.sat frexp fshl
    fshr get.active.lane.mask invariant.end invariant.start is.constant is.fpclass ldexp
    lifetime.end lifetime.start llrint llround log log10 log2 lrint lround
    masked.compressstore masked.expandload masked.gather masked.load masked.scatter
    masked.store maximum maximumnum maxnum memcpy memmove memset minimum minimumnum minnum
    nearbyint objectsize pow powi prefetch ptrmask rint round roundeven sadd.sat
    sadd.with.overflow scmp sideeffect sin sinh smax smin smul.with.overflow sqrt sshl.sat
    ssub.sat ssub.with.overflow stackrestore stacksave stepvector tan tanh trap trunc uadd.sat
    uadd.with.overflow ucmp umax umin umul.with.overflow ushl.sat usub.sat usub.with.overflow
    vector.deinterleave2 vector.extract vector.insert vector.interleave2 vector.reduce.add
    vector.reduce.and vector.reduce.fadd vector.reduce.fmax vector.reduce.fmaximum
    vector.reduce.fmin vector.reduce.fminimum vector.reduce.fmul vector.reduce.mul
    vector.reduce.or vector.reduce.smax vector.reduce.smin vector.reduce.umax
    vector.reduce.umin vector.reduce.xor vector.reverse vector.splice""".split()
)

_INLINE_ASM = re.compile(r'\basm\b[\sa-z]*"((?:[^"\\]|\\.)*)"')
_STRINGS_AND_COMMENTS = re.compile(r'"[^"\n]*"|;[^\n]*')
_MANGLED_TYPE = re.compile(r"\.(?:(?:nx)?v\d+)?(?:[iuf]\d+|bf16|p\d+|s_.*|sl_.*)(?=\.|$)")


@dataclass(frozen=True, slots=True)
class AllowList:
    """What LLVM may be given; all else is refused before LLVM could end the process.

    Args:
        intrinsics: names of intrinsics without `llvm.` and without the mangled types, like `sqrt`.
        inline_asm: the exact texts of inline assembly which are known to be good.
    """

    intrinsics: frozenset[str] = HOST_INTRINSICS
    inline_asm: frozenset[str] = frozenset()

    def check_text(self, llvm_ir: str) -> None:
        """Raises `BackendError` when `llvm_ir` holds inline assembly that is not allowed."""
        if not re.search(r"\basm\b", _STRINGS_AND_COMMENTS.sub("", llvm_ir)):
            return
        for match in _INLINE_ASM.finditer(llvm_ir):
            if match[1] not in self.inline_asm:
                raise BackendError(f"inline assembly is not allowed here: {match[1]!r}")

    def check_module(self, module: llvm.ModuleRef) -> None:
        """Raises `BackendError` when `module` declares an intrinsic that is not allowed."""
        for function in module.functions:
            name: str = function.name
            if name in FOREIGN_ALLOCATIONS:
                raise BackendError(f"the module uses @{name}; use malloc and free")
            if name.startswith("llvm.") and not self._allows(name[5:]):
                raise BackendError(f"the CPU backend does not know the intrinsic @{name}")

    def _allows(self, name: str) -> bool:
        base = _MANGLED_TYPE.sub("", name)
        while base:
            if base in self.intrinsics:
                return True
            base = base.rpartition(".")[0]
        return False


@dataclass(slots=True)
class Module:
    """A parsed LLVM module and the context that owns its types and constants."""

    ref: llvm.ModuleRef
    context: llvm.ContextRef

    def __str__(self) -> str:
        return str(self.ref)


@dataclass(frozen=True, slots=True)
class Host:
    """The machine this process runs on, in LLVM's words; part of a cache key."""

    triple: str
    cpu: str
    features: str

    def target_machine(self, level: int = 2, *, jit: bool = True) -> llvm.TargetMachine:
        """A new LLVM target machine: position independent, small code model."""
        target = llvm.Target.from_triple(self.triple)
        return target.create_target_machine(
            cpu=self.cpu, features=self.features, opt=level, reloc="pic", codemodel="small", jit=jit
        )


@cache
def host() -> Host:
    """The host's triple, CPU name and features; asked once."""
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    return Host(
        llvm.get_process_triple(), llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()
    )


@cache
def _shared_target_machine(level: int) -> llvm.TargetMachine:
    return host().target_machine(level)


def parse(llvm_ir: str, allowed: AllowList | None = None) -> Module:
    """Parses and verifies LLVM IR text.

    Args:
        llvm_ir: the text of one module.
        allowed: what may be in it; the default allows no inline assembly.

    Raises:
        BackendError: LLVM does not accept the text, or it holds what is not allowed.
    """
    host()
    allowed = allowed or AllowList()
    allowed.check_text(llvm_ir)
    context = llvm.create_context()
    try:
        ref = llvm.parse_assembly(llvm_ir, context=context)
        ref.verify()
    except RuntimeError as error:
        raise BackendError(f"LLVM refuses the module: {str(error).strip()}") from None
    allowed.check_module(ref)
    return Module(ref, context)


def optimise(llvm_ir: str, level: int = 3, allowed: AllowList | None = None) -> Module:
    """Parses `llvm_ir` and runs LLVM's default pipeline for the host on it.

    Args:
        llvm_ir: the text of one module.
        level: 0 to 3, as in -O0 to -O3; but 2 is -O1 with vectorised loops.
        allowed: see `parse`.

    Raises:
        BackendError: see `parse`; or `level` is not 0 to 3.
    """
    if level not in (0, 1, 2, 3):
        raise BackendError(f"optimisation level must be 0, 1, 2 or 3, found {level!r}")
    module = parse(llvm_ir, allowed)
    module.ref.triple = host().triple
    # Passes compute offsets in structs: these have to be those that code is generated for.
    module.ref.data_layout = str(_shared_target_machine(level).target_data)
    builder = _pass_builder(level)
    passes = builder.getModulePassManager()
    passes.run(module.ref, builder)
    # The class inherits a `_dispose` that does nothing before the one that frees the passes.
    NewPassManager._dispose(passes)
    passes.detach()
    return module


@cache
def _pass_builder(level: int) -> llvm.PassBuilder:
    # What -O2 does beside -O1 and the vectorizers takes a fifth of the time, and finds nothing to
    # gain in loops that the passes before have made.
    options = llvm.create_pipeline_tuning_options(speed_level=1 if level == 2 else level)
    options.loop_vectorization = options.slp_vectorization = level >= 2
    options.loop_interleaving = level >= 2
    # Unrolled loops take long to compile, and gain little where loops are vectorised already.
    options.loop_unrolling = level >= 3
    return llvm.create_pass_builder(_shared_target_machine(level), options)


def to_object(module: Module, level: int = 3) -> bytes:
    """Machine code for `module` as a relocatable object file.

    Raises:
        BackendError: LLVM cannot emit it.
    """
    try:
        return bytes(_shared_target_machine(level).emit_object(module.ref))
    except RuntimeError as error:
        raise BackendError(f"LLVM cannot emit the module: {error}") from None


def to_assembly(module: Module, level: int = 3) -> str:
    """The host's assembly text for `module`; raises like `to_object`."""
    try:
        return str(_shared_target_machine(level).emit_assembly(module.ref))
    except RuntimeError as error:
        raise BackendError(f"LLVM cannot emit the module: {error}") from None

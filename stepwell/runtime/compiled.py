"""`compile`: from a program at any level to functions that Python can call.

compiled = compile(module)                  # machine code for this CPU, from the cache if possible
y = compiled["main"](x, w)                  # NumPy arrays in and out
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepwell.backends.cpu.compile import compile_to_object
from stepwell.backends.cpu.signature import FunctionSignature
from stepwell.backends.cpu.translate import translate_to_llvm_ir
from stepwell.dialects.func.ops import FuncOp
from stepwell.ir import types
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import FALSE, ArrayAttr, DictionaryAttr
from stepwell.ir.clone import clone
from stepwell.ir.diagnostics import BackendError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.instrument import Instrument
from stepwell.ir.text.printer import PrintOptions, print_to_text
from stepwell.ir.verifier import verify
from stepwell.passes.pipelines import run_passes
from stepwell.runtime.cache import Entry, cache_key, default_cache, environment_parts
from stepwell.runtime.cuda.compiling import chip_of, code_of, compile_parts
from stepwell.runtime.cuda.default import default_device
from stepwell.runtime.cuda.program import CudaModule
from stepwell.runtime.executable import CompiledModule
from stepwell.runtime.function_types import is_public, signatures_of
from stepwell.runtime.phases import phase

WRITABLE = "bufferization.writable"
TARGETS = ("cpu", "interpreter", "gpu-emulated", "cuda")


class InterpretedModule:
    """The functions of a program, run by the interpreter; called like those of compiled code."""

    def __init__(self, module: Operation) -> None:
        self._module = module

    def __getitem__(self, name: str) -> Callable[..., object]:
        interpreter = Interpreter(self._module)
        return lambda *arguments: interpreter.call(name, *arguments)


def compile(
    module: Operation,
    target: str = "cpu",
    pipeline: str | None = None,
    level: int = 3,
    use_cache: bool = True,
    instruments: Sequence[Instrument] = (),
) -> CompiledModule | InterpretedModule | CudaModule:
    """Makes the functions of a program callable. The program itself stays as it is.

    Arrays that are passed for tensors are never written; those passed for memrefs may be.

    Args:
        module: a builtin.module at any level.
        target: "cpu"; "cuda" for an NVIDIA GPU; "gpu-emulated" to run what would be done there on
            the CPU; or "interpreter" to run the meanings of the ops as they stand.
        pipeline: the passes down to the llvm dialect; by default `lower-to-llvm` for programs with
            tensors, `lower-buffers-to-llvm` for others, and what corresponds to them for a GPU.
        level: LLVM's optimisation level, 0 to 3.
        use_cache: whether machine code is taken from the cache and put into it.
        instruments: told about every pass, if any has to run.

    Raises:
        VerifyError: the program is invalid.
        PassError: a pass fails.
        BackendError: something is left that has no machine code, or the target is unknown.
        DeviceError: the target is "cuda", and there is no GPU.
    """
    verify(module)
    if target == "interpreter":
        return InterpretedModule(clone(module))
    if target == "cuda":
        return _for_cuda(module, pipeline, level, use_cache, instruments)
    if target not in TARGETS:
        raise BackendError(f"unknown target '{target}'; the targets are: {', '.join(TARGETS)}")
    signatures = signatures_of(module)
    passes = pipeline or default_pipeline(module, target)

    def build() -> Entry:
        with phase("passes"):
            llvm_ir = lower(module, passes, instruments)
        with phase("codegen"):
            code = compile_to_object(llvm_ir, signatures, level)
        return Entry({"pipeline": passes}, code)

    if use_cache:
        key = _key(module, passes, level, signatures)
        entry = default_cache().get_or_build(key, build)
    else:
        entry = build()
    with phase("load"):
        return CompiledModule(entry.payload, signatures)


def _for_cuda(
    module: Operation,
    pipeline: str | None,
    level: int,
    use_cache: bool,
    instruments: Sequence[Instrument],
) -> CudaModule:
    """The program on the default GPU; it is asked for first, since nothing works without it."""
    device = default_device()
    signatures = signatures_of(module)
    passes = pipeline or default_pipeline(module, "cuda")
    chip = chip_of(device.capability)

    def build() -> Entry:
        lowered = clone(module)
        protect_arguments(lowered)
        with phase("codegen"):
            return compile_parts(lowered, signatures, passes, level, chip, instruments)

    if use_cache:
        key = _key(module, f"{chip}: {passes}", level, signatures)
        entry = default_cache().get_or_build(key, build)
    else:
        entry = build()
    with phase("load"):
        return CudaModule(code_of(entry, signatures), device)


def lower(module: Operation, passes: str, instruments: Sequence[Instrument] = ()) -> str:
    """The LLVM IR text of a program, which stays as it is. `instruments` see every pass.

    Raises:
        PassError: a pass fails.
        BackendError: something is left that has no LLVM IR.
    """
    lowered = clone(module)
    protect_arguments(lowered)
    run_passes(lowered, passes, verify_each=False, instruments=instruments)
    verify(lowered)
    return translate_to_llvm_ir(lowered)


def default_pipeline(module: Operation, target: str = "cpu") -> str:
    """The named pipeline that takes this program to the llvm dialect."""
    tensors = has_tensors(module)
    option = "" if tensors else "{buffers=true}"
    if target == "gpu-emulated":
        return f"lower-to-llvm-gpu-emulated{option}"
    if target == "cuda":
        return f"lower-to-gpu{option}"
    return "lower-to-llvm" if tensors else "lower-buffers-to-llvm"


def has_tensors(module: Operation) -> bool:
    """Whether any value of the program is a tensor."""
    for op in walk(module):
        values = [*op.results, *(a for r in op.regions for b in r.blocks for a in b.args)]
        if any(
            isinstance(v.type, (types.RankedTensorType, types.UnrankedTensorType)) for v in values
        ):
            return True
    return False


def protect_arguments(module: Operation) -> None:
    """Marks the tensor arguments of public functions as not to be written in place."""
    for op in module.regions[0].entry.ops:
        if not isinstance(op, FuncOp) or op.is_declaration or not is_public(op):
            continue
        stated = op.arg_attrs.values if isinstance(op.arg_attrs, ArrayAttr) else ()
        entries: list[DictionaryAttr] = []
        for number, type in enumerate(op.type.inputs):
            given = stated[number] if number < len(stated) else DictionaryAttr()
            facts: dict[str, Attribute] = (
                given.as_dict() if isinstance(given, DictionaryAttr) else {}
            )
            if isinstance(type, (types.RankedTensorType, types.UnrankedTensorType)):
                facts.setdefault(WRITABLE, FALSE)
            entries.append(DictionaryAttr.of(facts))
        if any(entry.entries for entry in entries):
            op.properties["arg_attrs"] = ArrayAttr(tuple(entries))


def _key(module: Operation, passes: str, level: int, signatures: list[FunctionSignature]) -> str:
    """What the machine code depends on."""
    text = print_to_text(module, PrintOptions(generic=True, keep_names=False))
    return cache_key(
        {
            **environment_parts(),
            "ir": text,
            "pipeline": passes,
            "level": str(level),
            "signatures": "\n".join(map(str, signatures)),
        }
    )

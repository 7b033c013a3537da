"""`compile`: from a program at any level to functions that Python can call.

compiled = compile(module)                  # machine code for this CPU, from the cache if possible
y = compiled["main"](x, w)                  # NumPy arrays in and out
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stepwell.backends.cpu.compile import compile_to_object
from stepwell.backends.cpu.drivers import split_off_drivers
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
    if target not in TARGETS:
        raise BackendError(f"unknown target '{target}'; the targets are: {', '.join(TARGETS)}")
    source = Source(
        signatures_of(module),
        lambda: print_to_text(module, PrintOptions(generic=True, keep_names=False)),
        lambda: clone(module),
    )
    passes = pipeline or default_pipeline(module, target)
    return compile_source(source, target, passes, level, use_cache, instruments)


@dataclass(frozen=True, slots=True)
class Source:
    """A program that need not be there: it is made when the cache has no machine code of it.

    Args:
        signatures: of its functions. identity: gives a text that no other program has.
        make: gives the program, which is then compiled in place.
    """

    signatures: list[FunctionSignature]
    identity: Callable[[], str]
    make: Callable[[], Operation]


def compile_source(
    source: Source,
    target: str,
    passes: str,
    level: int,
    use_cache: bool = True,
    instruments: Sequence[Instrument] = (),
) -> CompiledModule | CudaModule:
    """As `compile`, of a program that is made if it has to be; it is verified when it is lowered.

    Raises:
        PassError: a pass fails.
        VerifyError: the passes leave an invalid program.
        BackendError: something is left that has no machine code, or the program's functions are not
            what the signatures say.
        DeviceError: the target is "cuda", and there is no GPU.
    """
    if target == "cuda":
        return _for_cuda(source, passes, level, use_cache, instruments)

    def build() -> Entry:
        module = _made(source)
        with phase("passes"):
            _lower(module, passes, instruments)
            drivers = split_off_drivers(module) if level else None
            llvm_ir = translate_to_llvm_ir(module)
            rest = translate_to_llvm_ir(drivers) if drivers is not None else ""
        with phase("codegen"):
            code = compile_to_object(llvm_ir, source.signatures, level, drivers=rest)
        return Entry({"pipeline": passes}, code)

    entry = _entry(source, passes, level, build) if use_cache else build()
    with phase("load"):
        return CompiledModule(entry.payload, source.signatures)


def _for_cuda(
    source: Source, passes: str, level: int, use_cache: bool, instruments: Sequence[Instrument]
) -> CudaModule:
    """The program on the default GPU; it is asked for first, since nothing works without it."""
    device = default_device()
    chip = chip_of(device.capability)

    def build() -> Entry:
        module = _made(source)
        protect_arguments(module)
        with phase("codegen"):
            return compile_parts(module, source.signatures, passes, level, chip, instruments)

    entry = _entry(source, f"{chip}: {passes}", level, build) if use_cache else build()
    with phase("load"):
        return CudaModule(code_of(entry, source.signatures), device)


def _made(source: Source) -> Operation:
    with phase("build"):
        module = source.make()
    if signatures_of(module) != source.signatures:
        raise BackendError("the program's functions are not what its signatures say")
    return module


def lower(module: Operation, passes: str, instruments: Sequence[Instrument] = ()) -> str:
    """The LLVM IR text of a program, which stays as it is. `instruments` see every pass.

    Raises:
        PassError: a pass fails.
        BackendError: something is left that has no LLVM IR.
    """
    lowered = clone(module)
    _lower(lowered, passes, instruments)
    return translate_to_llvm_ir(lowered)


def _lower(module: Operation, passes: str, instruments: Sequence[Instrument]) -> None:
    protect_arguments(module)
    run_passes(module, passes, verify_each=False, instruments=instruments)
    verify(module)


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


def _entry(source: Source, passes: str, level: int, build: Callable[[], Entry]) -> Entry:
    """The machine code from the cache, or built. The key is all that it depends on."""
    parts = {
        **environment_parts(),
        "ir": source.identity(),
        "pipeline": passes,
        "level": str(level),
        "signatures": "\n".join(map(str, source.signatures)),
    }
    return default_cache().get_or_build(cache_key(parts), build)

"""Running pipelines from Python, and the pipelines that have a name."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.instrument import Instrument
from stepwell.ir.pass_manager.pipeline import parse_pipeline
from stepwell.ir.pass_manager.registry import pipeline
from stepwell.ir.pass_manager.running import PassManager


def run_passes(
    module: Operation,
    pipeline: str,
    verify_each: bool = True,
    instruments: Sequence[Instrument] = (),
) -> None:
    """Runs a textual pipeline on a program, in place.

    Args:
        module: the program.
        pipeline: `builtin.module(canonicalize,func.func(cse))`, or the passes alone.
        verify_each: whether the program is verified after each pass.
        instruments: told about every pass.

    Raises:
        PassError: the pipeline is malformed, or a pass fails.
        VerifyError: a pass made an invalid program.
    """
    manager = PassManager(instruments, verify_each=verify_each)
    manager.run(parse_pipeline(pipeline, module.name), module)


_TO_BUFFERS = (
    "differentiate,canonicalize,cse,convert-elementwise-to-linalg,convert-meta-to-linalg,"
    "linalg-fuse-elementwise-ops,one-shot-bufferize{bufferize-function-boundaries=true"
    " function-boundary-type-conversion=identity-layout-map},"
    "buffer-deallocation-pipeline,convert-bufferization-to-memref"
)
TO_LAUNCHES = (
    "func.func(linalg-collapse-dimensions,convert-linalg-reductions-to-gpu,"
    "convert-linalg-to-parallel-loops{results-first=true}),canonicalize,cse,"
    "func.func(scf-parallel-loop-fusion{move-others=true},forward-stores,"
    "gpu-tile-parallel-loops,gpu-map-parallel-loops{mapping-policy=innermost-first},"
    "convert-parallel-loops-to-gpu),lower-affine"
)
TO_KERNELS = f"{TO_LAUNCHES},gpu-kernel-outlining"


@pipeline("lower-to-llvm")
def lower_to_llvm(*, threads: bool = False) -> str:
    """From linalg or meta on tensors (or anything below) to the llvm dialect, through plain loops.

    Option threads: whether large parallel loops run on the thread pool.
    """
    return f"builtin.module({_TO_BUFFERS},{_from_buffers(threads)})"


@pipeline("lower-buffers-to-llvm")
def lower_buffers_to_llvm(*, threads: bool = False) -> str:
    """From linalg on memrefs (or anything below) to the llvm dialect, through plain loops.

    Option threads: whether large parallel loops run on the thread pool.
    """
    return f"builtin.module(canonicalize,cse,{_from_buffers(threads)})"


def _from_buffers(threads: bool) -> str:
    loops = "func.func(convert-linalg-to-loops),lower-affine"
    if threads:
        loops = (
            "func.func(convert-linalg-to-parallel-loops),lower-affine,"
            "convert-scf-parallel-to-threads"
        )
    return (
        f"{loops},convert-vector-to-scf{{full-unroll=true}},convert-scf-to-cf,"
        "expand-strided-metadata,lower-affine,convert-vector-to-llvm,convert-arith-to-llvm,"
        "convert-math-to-llvm,convert-index-to-llvm,finalize-memref-to-llvm,convert-func-to-llvm,"
        "convert-cf-to-llvm,convert-ub-to-llvm,reconcile-unrealized-casts"
    )


@pipeline("test-lower-to-llvm")
def test_lower_to_llvm() -> str:
    """From loops, vectors and linalg on buffers to the llvm dialect; upstream's test pipeline."""
    return (
        "builtin.module(func.func(convert-vector-to-scf),func.func(convert-linalg-to-loops),"
        "lower-affine,convert-scf-to-cf,canonicalize,cse,convert-vector-to-llvm,"
        "func.func(convert-math-to-llvm),expand-strided-metadata,lower-affine,"
        "finalize-memref-to-llvm,convert-func-to-llvm,convert-arith-to-llvm,convert-cf-to-llvm,"
        "convert-index-to-llvm,convert-ub-to-llvm,reconcile-unrealized-casts)"
    )


@pipeline("buffer-deallocation-pipeline")
def buffer_deallocation_pipeline(*, private_function_dynamic_ownership: bool = False) -> str:
    """Frees every buffer that the program allocates, after one-shot bufferization.

    No deallocation may be there already, except by `memref.realloc`. With
    `private-function-dynamic-ownership`, private functions say at run time who owns their results.
    """
    dynamic = "true" if private_function_dynamic_ownership else "false"
    return (
        "builtin.module(expand-realloc{emit-deallocs=false},canonicalize,"
        "ownership-based-buffer-deallocation{private-function-dynamic-ownership="
        f"{dynamic}}},canonicalize,buffer-deallocation-simplification,"
        "bufferization-lower-deallocations,cse,canonicalize)"
    )


@pipeline("linalg-to-kernels")
def linalg_to_kernels() -> str:
    """From linalg on memrefs to kernels in modules of their own, for an NVIDIA GPU."""
    return f"builtin.module({TO_KERNELS},nvvm-attach-target{{chip=sm_90 features=+ptx80 O=3}})"


@pipeline("tensors-to-kernels")
def tensors_to_kernels() -> str:
    """From linalg on tensors to kernels in modules of their own, for an NVIDIA GPU."""
    kernels = linalg_to_kernels().removeprefix("builtin.module(").removesuffix(")")
    return (
        "builtin.module(inline,symbol-dce,canonicalize,cse,convert-elementwise-to-linalg,"
        "linalg-fuse-elementwise-ops,"
        "one-shot-bufferize{bufferize-function-boundaries=true"
        " function-boundary-type-conversion=identity-layout-map},"
        f"buffer-deallocation-pipeline,convert-bufferization-to-memref,{kernels})"
    )


@pipeline("kernels-to-nvvm")
def kernels_to_nvvm() -> str:
    """The kernels of a program to the nvvm and llvm dialects; what is around them stays."""
    return (
        "builtin.module(convert-scf-to-cf,gpu.module(convert-gpu-to-nvvm,"
        "reconcile-unrealized-casts))"
    )


@pipeline("lower-to-llvm-gpu-emulated")
def lower_to_llvm_gpu_emulated(*, buffers: bool = False) -> str:
    """From linalg (or anything below) through kernels, which run on the CPU, to the llvm dialect.

    Option buffers: the program has no tensors.
    """
    first = "canonicalize,cse" if buffers else _TO_BUFFERS
    return f"builtin.module({first},{TO_KERNELS},gpu-to-loops,canonicalize,{_from_buffers(False)})"


@pipeline("lower-to-gpu")
def lower_to_gpu(*, buffers: bool = False) -> str:
    """From linalg (or anything below) to kernels and a host that holds their memory on a GPU.

    Option buffers: the program has no tensors.
    """
    first = "canonicalize,cse" if buffers else _TO_BUFFERS
    return (
        f"builtin.module({first},inline,gpu-copies-to-linalg,{TO_LAUNCHES},gpu-place-memory,"
        "gpu-kernel-outlining,canonicalize,cse)"
    )


@pipeline("gpu-host-to-llvm")
def gpu_host_to_llvm() -> str:
    """The host's part of a program for a GPU to the llvm dialect; its kernels, lowered, go."""
    return (
        "builtin.module(func.func(convert-linalg-to-loops),lower-affine,convert-scf-to-cf,"
        "expand-strided-metadata,lower-affine,gpu-to-llvm,gpu-launches-to-calls,"
        "reconcile-unrealized-casts)"
    )

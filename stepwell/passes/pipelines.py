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


@pipeline("lower-to-llvm")
def lower_to_llvm(*, threads: bool = False) -> str:
    """From linalg or meta on tensors (or anything below) to the llvm dialect, through plain loops.

    Option threads: whether large parallel loops run on the thread pool.
    """
    return (
        "builtin.module(differentiate,canonicalize,cse,convert-elementwise-to-linalg,"
        "convert-meta-to-linalg,linalg-fuse-elementwise-ops,"
        "one-shot-bufferize{bufferize-function-boundaries=true"
        " function-boundary-type-conversion=identity-layout-map},"
        f"buffer-deallocation-pipeline,convert-bufferization-to-memref,{_from_buffers(threads)})"
    )


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
    return (
        "builtin.module(func.func(convert-linalg-to-parallel-loops,"
        "scf-parallel-loop-tiling{parallel-loop-tile-sizes=16,16},gpu-map-parallel-loops,"
        "convert-parallel-loops-to-gpu),lower-affine,gpu-kernel-outlining,"
        "nvvm-attach-target{chip=sm_90 features=+ptx80 O=3})"
    )


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

"""Where plans run: on the host, on a CUDA device, or on the host as they would run on a device.

`jt.flags.use_cuda` and the environment variable STEPWELL_TARGET decide. With
STEPWELL_TARGET=gpu-emulated, operations become kernels, and these become loops of the CPU.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from stepwell.backends.cpu.machine import host
from stepwell.frontend.jittor.flags import flags
from stepwell.passes.pipelines import TO_KERNELS, TO_LAUNCHES

EMULATED = "gpu-emulated"
CUDA = "cuda"
CPU = "cpu"
CONTRACTIONS = "linalg-contractions-to-vectors"
APPROXIMATIONS = "test-math-polynomial-approximation"


def for_host(passes: str) -> str:
    """The passes with tiles of contractions that fit the vector registers of this machine; as they
    are written they fit 32 registers of 512 bits. Where the machine has no fused multiplication and
    addition, functions are approximated without."""
    features = host().features.split(",")
    if "-fma" in features:
        passes = passes.replace(APPROXIMATIONS, f"{APPROXIMATIONS}{{fused=false}}")
    if "+avx512f" in features:
        return passes
    bits = 256 if "+avx" in features else 128
    return passes.replace(CONTRACTIONS, f"{CONTRACTIONS}{{vector-bits={bits} rows=4}}")


def target() -> str:
    """What plans are compiled for."""
    wanted = os.environ.get("STEPWELL_TARGET", "")
    if wanted == EMULATED:
        return EMULATED
    return CUDA if flags.use_cuda or wanted == CUDA else CPU


def kernel_pipeline(place: str, stages: Mapping[str, str]) -> str:
    """The passes of a plan whose operations become kernels.

    Args:
        place: "gpu-emulated" or "cuda".
        stages: the passes for the CPU, by level; those down to "buffers" are used, and for the
            emulation those of "llvm".
    """
    levels = list(stages)
    first = [stages[level] for level in levels[: levels.index("buffers") + 1] if stages[level]]
    if place == CUDA:
        rest = [
            "inline,gpu-copies-to-linalg", TO_LAUNCHES, "gpu-place-memory,gpu-kernel-outlining",
            "canonicalize,cse",
        ]  # fmt: skip
    else:
        loops = "gpu-to-loops,canonicalize,func.func(convert-linalg-to-loops)"
        rest = [TO_KERNELS, loops, stages["llvm"]]
    return f"builtin.module({','.join([*first, *rest])})"

"""The examples for GPUs as data: their arguments for several sizes, and what NumPy says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stepwell.ir.operation import Operation
from stepwell.ir.text.parse import parse_module

FOLDER = Path(__file__).parents[3] / "examples" / "gpu"
Array = NDArray[np.float32]
TO_KERNELS = (
    "func.func(convert-linalg-to-parallel-loops,"
    "scf-parallel-loop-tiling{parallel-loop-tile-sizes=16,16},gpu-map-parallel-loops,"
    "convert-parallel-loops-to-gpu),lower-affine,gpu-kernel-outlining,"
    "nvvm-attach-target{chip=sm_90 features=+ptx80 O=3},convert-scf-to-cf"
)
"""The first part of upstream's pipeline for NVIDIA's GPUs, which ends with kernels."""

TO_NVVM = "gpu.module(convert-gpu-to-nvvm,reconcile-unrealized-casts)"
"""And its second part, without what follows on the host."""


@dataclass(frozen=True, slots=True)
class Example:
    """A program for a GPU.

    Attributes:
        name: its file's, without the ending.
        make: the arguments for one choice of sizes; the last is where the result goes.
        result: what it must be.
        sizes: choices of sizes, odd ones among them; the first is for what takes long.
        entry: the function to call.
        upstream: whether mlir-opt makes kernels of it too.
    """

    name: str
    make: Callable[..., tuple[Array, ...]]
    result: Callable[..., Array]
    sizes: tuple[tuple[int, ...], ...]
    entry: str = "main"
    upstream: bool = True

    def module(self) -> Operation:
        """The program, freshly read."""
        return parse_module(self.text(), f"{self.name}.mlir")

    def text(self) -> str:
        """The program's text."""
        return (FOLDER / f"{self.name}.mlir").read_text(encoding="utf-8")


def random(*shape: int) -> Array:
    """Numbers around zero, the same each time."""
    return np.random.default_rng(sum(shape)).standard_normal(shape).astype(np.float32)


def zeros(*shape: int) -> Array:
    """Where a result goes: what it is not."""
    return np.full(shape, 77, np.float32)


def softmax(x: Array) -> Array:
    """Row by row, in double precision."""
    wide = x.astype(np.float64)
    e = np.exp(wide - wide.max(axis=1, keepdims=True))
    return np.asarray(e / e.sum(axis=1, keepdims=True), np.float32)


EXAMPLES = (
    Example(
        "reduction",
        lambda n, blocks: (random(n), zeros(blocks), zeros(1)),
        lambda x, part: x.sum(dtype=np.float64, keepdims=True),
        ((257, 2), (1, 1), (1000, 3)),
    ),
    Example(
        "all_reduce",
        lambda n: (random(n), zeros(1)),
        lambda x: x.sum(dtype=np.float64, keepdims=True),
        ((777,), (1,)),
    ),
    Example(
        "row_sums",
        lambda m, n: (random(m, n), zeros(m)),
        lambda x: x.sum(axis=1, dtype=np.float64),
        ((17, 33), (1, 1)),
        upstream=False,  # its passes want sizes that are multiples of the tiles'
    ),
    Example("softmax", lambda m, n: (random(m, n), zeros(m, n)), softmax, ((2, 133), (1, 1))),
    Example(
        "matmul_tiled",
        lambda m, k, n: (random(m, k), random(k, n), zeros(m, n)),
        lambda a, b: a @ b,
        ((3, 17, 5), (17, 5, 20)),
    ),
)
FIXED = (
    Example("add", lambda: (), lambda: zeros(0), (), "add"),
    Example("matmul", lambda: (), lambda: zeros(0), (), "matmul"),
)
"""Programs whose sizes are too large to be interpreted."""

CASES = [(example, sizes) for example in EXAMPLES for sizes in example.sizes]
CASE_IDS = [f"{e.name}-{'x'.join(map(str, sizes))}" for e, sizes in CASES]
ALL = (*FIXED, *EXAMPLES)

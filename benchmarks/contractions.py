"""How fast contractions are: matrix products, and the convolutions of ResNet-50.

Prints a line for each shape: GFLOP/s here, and in torch where an environment with torch is given;
medians over rounds that alternate, of the processor's time if there is one thread. Outputs are
checked against NumPy in float64 first.

    python benchmarks/contractions.py [--torch-python PATH] [--rounds 7] [--threads 1]
"""

from __future__ import annotations

import argparse
import json
import statistics
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from peers import clock_for, seconds, torch_timer

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor.nn import functional as F
from stepwell.runtime.threads import set_thread_count

PRODUCTS = (256, 512, 1024)
# Channels in, channels out, size of the image, of the filter, stride; as ResNet-50 has them.
CONVOLUTIONS = (
    (3, 64, 224, 7, 2), (64, 64, 56, 1, 1), (64, 64, 56, 3, 1), (64, 256, 56, 1, 1),
    (256, 128, 56, 1, 1), (128, 128, 56, 3, 2), (128, 512, 28, 1, 1), (256, 512, 56, 1, 2),
    (128, 128, 28, 3, 1), (256, 256, 14, 3, 1), (1024, 256, 14, 1, 1), (256, 1024, 14, 1, 1),
    (512, 512, 7, 3, 1), (2048, 512, 7, 1, 1), (512, 2048, 7, 1, 1),
)  # fmt: skip

TORCH = """
products, convolutions = shapes
for n in products:
    a, b = torch.randn(n, n), torch.randn(n, n)
    runs.append(lambda a=a, b=b: a @ b)
for c, f, n, k, s in convolutions:
    x, w = torch.randn(1, c, n, n), torch.randn(f, c, k, k)
    runs.append(lambda x=x, w=w, s=s, k=k: torch.nn.functional.conv2d(x, w, None, s, k // 2))
"""

Array = np.ndarray[Any, np.dtype[np.float32]]


def convolved(x: Array, w: Array, stride: int) -> np.ndarray[Any, Any]:
    """A convolution in float64, padded by half a filter."""
    pad = w.shape[2] // 2
    image = np.pad(x.astype(np.float64), ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(image, w.shape[2:], (2, 3))
    windows = windows[:, :, ::stride, ::stride]
    return np.asarray(np.einsum("nchwkl,fckl->nfhw", windows, w, optimize=True))


@dataclass(frozen=True, slots=True)
class Case:
    """What runs, how many floating-point operations that is, and what it must give."""

    name: str
    operations: float
    run: Callable[[], jt.Var]
    expected: Callable[[], Any]


def floats(*shape: int) -> Array:
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def product(n: int) -> Case:
    """A product of square matrices."""
    a, b = floats(n, n), floats(n, n)
    x, y = jt.array(a), jt.array(b)
    return Case(f"matmul {n}", 2.0 * n**3, lambda: (x @ y).sync(), lambda: a.astype(np.float64) @ b)


def convolution(c: int, f: int, n: int, k: int, stride: int) -> Case:
    """A convolution of one image."""
    a, b = floats(1, c, n, n), floats(f, c, k, k)
    x, y = jt.array(a), jt.array(b)
    size = (n + 2 * (k // 2) - k) // stride + 1
    return Case(
        f"conv {c}->{f} {k}x{k}/{stride} on {n}",
        2.0 * size * size * f * c * k * k,
        lambda: F.conv2d(x, y, stride=stride, padding=k // 2).sync(),
        lambda: convolved(a, b, stride),
    )


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--torch-python", help="a python that can import torch")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args(arguments)
    set_thread_count(options.threads)
    clock, ask = clock_for(options.threads), None
    if options.torch_python:
        shapes = json.dumps([PRODUCTS, CONVOLUTIONS])
        ask = torch_timer(options.torch_python, options.threads, TORCH, shapes)
    cases = [product(n) for n in PRODUCTS] + [convolution(*one) for one in CONVOLUTIONS]
    for number, case in enumerate(cases):
        np.testing.assert_allclose(case.run().numpy(), case.expected(), rtol=1e-3, atol=1e-2)
        own: list[float] = []
        other: list[float] = []
        for _ in range(options.rounds):
            own.append(seconds(case.run, clock))
            if ask is not None:
                other.append(ask(number))
        line = f"{case.name:28} {case.operations / statistics.median(own) / 1e9:7.1f} GFLOP/s"
        if other:
            line += f"   torch {case.operations / statistics.median(other) / 1e9:7.1f}"
        print(line, flush=True)


if __name__ == "__main__":
    main()

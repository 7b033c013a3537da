"""How fast kernels without contractions are: element-wise chains, reductions, rows, transposes.

Prints a line for each: milliseconds here, and in torch, eager and compiled, where an environment
with torch is given, and the ratio to the better of the two; medians over rounds that alternate, of
the processor's time if there is one thread. Outputs are checked against NumPy in float64 first. The
line `copy` is NumPy's copy of 4M floats into memory that is there.

    python benchmarks/kernels.py [--torch-python PATH] [--rounds 7] [--threads 2] [--only NAME]
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from peers import clock_for, seconds, torch_timer

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor.nn import functional as F
from stepwell.runtime.threads import set_thread_count

MANY = 4 << 20
SIDE = 2048
IMAGES = (8, 64, 112, 112)
SLOPE = math.sqrt(2 / math.pi)

TORCH = """
import torch.nn.functional as F
many, side, images, slope = shapes
flat, square, image = torch.randn(many), torch.randn(side, side), torch.randn(images)
weight, bias = torch.randn(side), torch.randn(side)
kernels = [
    (lambda x: x * 2 + 1, flat),
    (lambda x: 0.5 * x * (1 + torch.tanh(slope * (x + 0.044715 * x * x * x))), flat),
    (lambda x: torch.exp(x), flat),
    (lambda x: x.sum(), flat),
    (lambda x: x.sum(1), square),
    (lambda x: x.sum(0), square),
    (lambda x: torch.softmax(x, 1), square),
    (lambda x: F.layer_norm(x, (side,), weight, bias), square),
    (lambda x: x.t().contiguous(), square),
    (lambda x: F.max_pool2d(x, 2), image),
]
for kernel, x in kernels:
    runs.append(lambda kernel=kernel, x=x: kernel(x))
    runs.append(lambda kernel=torch.compile(kernel), x=x: kernel(x))
"""

Array = np.ndarray[Any, Any]


@dataclass(frozen=True, slots=True)
class Case:
    """What runs, and what it must give."""

    name: str
    run: Callable[[], jt.Var]
    expected: Callable[[], Array]


def floats(*shape: int) -> Array:
    return np.random.default_rng(0).standard_normal(shape).astype(np.float32)


def gelu(x: Any, tanh: Callable[[Any], Any]) -> Any:
    """The approximation by tanh, as a chain of operations."""
    return 0.5 * x * (1 + tanh(SLOPE * (x + 0.044715 * x * x * x)))


def softmax(x: Array) -> Array:
    raised = np.exp(x - x.max(1, keepdims=True))
    return np.asarray(raised / raised.sum(1, keepdims=True))


def layer_norm(x: Array, weight: Array, bias: Array) -> Array:
    centered = x - x.mean(1, keepdims=True)
    scale = np.sqrt((centered * centered).mean(1, keepdims=True) + 1e-5)
    return np.asarray(centered / scale * weight + bias)


def pooled(x: Array) -> Array:
    n, c, h, w = x.shape
    return np.asarray(x.reshape(n, c, h // 2, 2, w // 2, 2).max((3, 5)))


def cases() -> Sequence[Case]:
    """In the order of TORCH."""
    flat, square, image = floats(MANY), floats(SIDE, SIDE), floats(*IMAGES)
    weight, bias = floats(SIDE), floats(SIDE) + 1
    x, m, i, w, b = (jt.array(one) for one in (flat, square, image, weight, bias))
    wide, rows = flat.astype(np.float64), square.astype(np.float64)
    return (
        Case("x*2+1, 4M", lambda: x * 2 + 1, lambda: wide * 2 + 1),
        Case("gelu(tanh), 4M", lambda: gelu(x, jt.tanh), lambda: np.asarray(gelu(wide, np.tanh))),
        Case("exp, 4M", lambda: jt.exp(x), lambda: np.exp(wide)),
        Case("sum, 4M", lambda: x.sum(), lambda: np.asarray(wide.sum())),
        Case("sum of rows, 2048^2", lambda: m.sum(1), lambda: rows.sum(1)),
        Case("sum of columns, 2048^2", lambda: m.sum(0), lambda: rows.sum(0)),
        Case("softmax, 2048^2", lambda: F.softmax(m, 1), lambda: softmax(rows)),
        Case("layer norm, 2048^2", lambda: F.layer_norm(m, (SIDE,), w, b),
             lambda: layer_norm(rows, weight, bias)),
        Case("transpose, 2048^2", lambda: m.transpose(1, 0), lambda: rows.T),
        Case("max pool 2x2, 8x64x112^2", lambda: F.max_pool2d(i, 2, 2), lambda: pooled(image)),
    )  # fmt: skip


def report(name: str, own: Sequence[float], eager: Sequence[float], inductor: Sequence[float]
           ) -> None:  # fmt: skip
    mine = statistics.median(own)
    line = f"{name:26} {mine * 1e3:8.3f} ms"
    if eager:
        others = statistics.median(eager), statistics.median(inductor)
        line += f"   torch {others[0] * 1e3:8.3f}   compiled {others[1] * 1e3:8.3f}"
        line += f"   ratio {mine / min(others):5.2f}"
    print(line, flush=True)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--torch-python", help="a python that can import torch")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--only", default="", help="cases whose name contains this")
    options = parser.parse_args(arguments)
    set_thread_count(options.threads)
    clock, ask = clock_for(options.threads), None
    if options.torch_python:
        shapes = json.dumps([MANY, SIDE, IMAGES, SLOPE])
        ask = torch_timer(options.torch_python, options.threads, TORCH, shapes)
    source, target = floats(MANY), floats(MANY)
    copy = [seconds(lambda: np.copyto(target, source), clock) for _ in range(options.rounds)]
    report("copy, 4M (NumPy)", copy, [], [])
    for number, case in enumerate(cases()):
        if options.only not in case.name:
            continue
        wanted = case.expected()
        tolerance = 1e-5 * np.sqrt(MANY / wanted.size)
        found = case.run().numpy().reshape(wanted.shape)
        np.testing.assert_allclose(found, wanted, rtol=1e-5, atol=tolerance)
        own: list[float] = []
        eager: list[float] = []
        inductor: list[float] = []
        for _ in range(options.rounds):
            own.append(seconds(lambda case=case: case.run().sync(), clock))  # type: ignore[misc]
            if ask is not None:
                eager.append(ask(2 * number))
                inductor.append(ask(2 * number + 1))
        report(case.name, own, eager, inductor)


if __name__ == "__main__":
    main()

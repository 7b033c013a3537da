"""How long the first run of a program takes: compiled, and from the cache on disk.

Prints milliseconds, each the median of rounds in new processes that have imported everything: the
first run with an empty cache, what of it went where, and the first run with the cache of the round
before. Of "element-wise" and "convolution" the process has compiled another element-wise kernel
before; "first of all" has not, and pays for what is read and made once. Outputs are checked against
NumPy in float64, those of the residual network against the second run's.

    python benchmarks/compile_time.py [--rounds 3] [--only NAME]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]
Case = tuple[Callable[[], Array], Callable[[], Array]]
"""What is run, and what gives the same."""

RANDOM = np.random.default_rng(7)
PHASES = ("build", "passes", "codegen", "load")


def numbers(*shape: int) -> Array:
    """Random numbers around zero."""
    return RANDOM.standard_normal(shape).astype(np.float32)


def elementwise() -> Case:
    """One kernel of two operations."""
    from stepwell.frontend import jittor as jt

    given = numbers(64, 100)
    x = jt.array(given)
    return lambda: (x * 2 + 1).data, lambda: given.astype(np.float64) * 2 + 1


def convolution() -> Case:
    """A convolution, batch norm and relu as when nothing is trained: one kernel."""
    from stepwell.frontend import jittor as jt
    from stepwell.frontend.jittor import nn

    given = numbers(2, 16, 28, 28)
    first = nn.Conv2d(16, 32, 3, padding=1)
    layers = nn.Sequential(first, nn.BatchNorm(32), nn.ReLU())
    layers.eval()
    assert first.bias is not None
    weight, bias = first.weight.numpy(), first.bias.numpy()
    for parameter in layers.parameters():
        parameter.sync()
    x = jt.array(given)

    def expected() -> Array:
        image = np.pad(given.astype(np.float64), ((0, 0), (0, 0), (1, 1), (1, 1)))
        windows = np.lib.stride_tricks.sliding_window_view(image, (3, 3), (2, 3))
        sums = np.einsum("nchwkl,fckl->nfhw", windows, weight, optimize=True)
        return np.asarray(np.maximum((sums + bias[:, None, None]) / np.sqrt(1 + 1e-5), 0))

    return lambda: layers(x).data, expected


def resnet50() -> Case:
    """ResNet-50 on one image."""
    from stepwell.frontend import jittor as jt
    from stepwell.frontend.jittor.models import resnet50

    network = resnet50()
    network.eval()
    for parameter in network.parameters():
        parameter.sync()
    x = jt.array(numbers(1, 3, 224, 224))
    return lambda: network(x).data, lambda: network(x).data


CASES = {
    "first of all": elementwise,
    "element-wise": elementwise,
    "convolution": convolution,
    "resnet50": resnet50,
}


def first_run(name: str) -> dict[str, float]:
    """The milliseconds of the first run in this process, and of its phases."""
    from stepwell.frontend import jittor as jt

    if name != "first of all":
        (jt.array(numbers(3, 5)) - 4).sync()
    run, expected = CASES[name]()
    before = dict(jt.compile_stats().seconds)
    start = time.perf_counter()
    found = run()
    spent = {"all": time.perf_counter() - start}
    for phase in PHASES:
        spent[phase] = jt.compile_stats().seconds[phase] - before[phase]
    np.testing.assert_allclose(found, expected(), rtol=1e-4, atol=1e-4)
    return {key: seconds * 1e3 for key, seconds in spent.items()}


def measured(name: str, folder: str) -> dict[str, float]:
    """`first_run` in a new process with this cache."""
    environment = {**os.environ, "STEPWELL_CACHE_DIR": folder}
    command = [sys.executable, os.path.abspath(__file__), "--child", name]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def median(runs: list[dict[str, float]], key: str) -> float:
    """Of one of the figures."""
    return statistics.median(run[key] for run in runs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=list(CASES))
    parser.add_argument("--child", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(first_run(options.child)))
        return
    print(f"{'':14}{'cold':>9}" + "".join(f"{phase:>9}" for phase in PHASES) + f"{'cached':>9}")
    for name in [options.only] if options.only else CASES:
        cold: list[dict[str, float]] = []
        cached: list[dict[str, float]] = []
        for _ in range(options.rounds):
            with tempfile.TemporaryDirectory() as folder:
                cold.append(measured(name, folder))
                cached.append(measured(name, folder))
        figures = [median(cold, key) for key in ("all", *PHASES)] + [median(cached, "all")]
        print(f"{name:14}" + "".join(f"{figure:9.1f}" for figure in figures), flush=True)


if __name__ == "__main__":
    main()

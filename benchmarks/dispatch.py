"""What the tensor library spends around its kernels: microseconds, the median and the best.

    python benchmarks/dispatch.py [--torch-python PATH]

Small arrays, so that kernels take no time: `(x + 1).sync()`; a lazy chain of 100 operations, built
and computed; ten steps of training a small perceptron, per step. Beside it NumPy, and torch's eager
mode where this Python, or the one given, has it (one thread).
"""

from __future__ import annotations

import argparse
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np

REPEATS = 60
CHAIN = 100

Figures = dict[str, tuple[float, float]]
"""By row, the median and the best time in microseconds."""


def microseconds(action: Callable[[], object], number: int, parts: int = 1) -> tuple[float, float]:
    """The median and the best of REPEATS times of `number` calls, per call and each of `parts`."""
    for _ in range(3):
        action()
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        for _ in range(number):
            action()
        times.append((time.perf_counter() - start) / number * 1e6 / parts)
    return statistics.median(times), min(times)


def measure(add: Callable[[], object], chain: Callable[[], object], train: Callable[[], object]
            ) -> Figures:  # fmt: skip
    """The three figures."""
    return {
        "(x + 1).sync()": microseconds(add, 100),
        "chain of 100": microseconds(chain, 5),
        "training step": microseconds(train, 1, parts=10),
    }


def stepwell_figures() -> Figures:
    """This library's."""
    from stepwell.frontend import jittor as jt

    x = jt.array(np.ones(16, np.float32))

    def chain() -> None:
        y = x
        for _ in range(CHAIN // 2):
            y = y * x + x
        y.sync()

    model = jt.nn.Sequential(jt.nn.Linear(16, 32), jt.nn.ReLU(), jt.nn.Linear(32, 4))
    optimizer = jt.optim.SGD(model.parameters(), 1e-3)
    inputs, wanted = jt.array(np.ones((8, 16))), jt.array(np.ones((8, 4)))

    def train() -> None:
        for _ in range(10):
            loss = ((model(inputs) - wanted) ** 2).mean()
            optimizer.step(loss)
            loss.sync()

    return measure(lambda: (x + 1).sync(), chain, train)


def numpy_figures() -> Figures:
    """NumPy's, without derivatives."""
    x = np.ones(16, np.float32)

    def chain() -> None:
        y = x
        for _ in range(CHAIN // 2):
            y = y * x + x

    return {
        "(x + 1).sync()": microseconds(lambda: x + 1, 100),
        "chain of 100": microseconds(chain, 5),
    }


def torch_figures() -> Figures:
    """Those of torch's eager mode."""
    import torch

    torch.set_num_threads(1)
    x = torch.ones(16)

    def chain() -> None:
        y = x
        for _ in range(CHAIN // 2):
            y = y * x + x

    model = torch.nn.Sequential(torch.nn.Linear(16, 32), torch.nn.ReLU(), torch.nn.Linear(32, 4))
    optimizer = torch.optim.SGD(model.parameters(), 1e-3)
    inputs, wanted = torch.ones(8, 16), torch.ones(8, 4)

    def train() -> None:
        for _ in range(10):
            loss = ((model(inputs) - wanted) ** 2).mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            loss.item()

    return measure(lambda: x + 1, chain, train)


def torch_elsewhere(python: str) -> Figures:
    """torch's figures by another interpreter; none where it has no torch."""
    done = subprocess.run([python, __file__, "--only-torch"], capture_output=True, text=True)
    if done.returncode:
        return {}
    found: Figures = json.loads(done.stdout)
    return found


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--torch-python", default=sys.executable, metavar="PATH")
    parser.add_argument("--only-torch", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.only_torch:
        print(json.dumps(torch_figures()))
        return
    columns = {
        "stepwell": stepwell_figures(),
        "torch": torch_elsewhere(options.torch_python),
        "numpy": numpy_figures(),
    }
    print(f"{'microseconds':16}" + "".join(f"{name:>18}" for name in columns))
    for row in columns["stepwell"]:
        found = [figures.get(row) for figures in columns.values()]
        cells = ["-" if one is None else f"{one[0]:.1f} ({one[1]:.1f})" for one in found]
        print(f"{row:16}" + "".join(f"{cell:>18}" for cell in cells))


if __name__ == "__main__":
    main()

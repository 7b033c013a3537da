"""Runs ResNet-50 with random weights forward, twice.

python examples/jittor/resnet50.py [--batch 1] [--size 224]

Prints the time of the first inference, which compiles, and of the second, which does not; and the
number of kernels.
"""

from __future__ import annotations

import argparse
import time

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor.models import resnet50


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--batch", type=int, default=1)
    parser.add_argument("--size", type=int, default=224)
    options = parser.parse_args(arguments)
    jt.set_global_seed(0)
    model = resnet50()
    model.eval()
    kernels = 0
    with jt.no_grad():
        for name in ("first", "second"):
            x = jt.randn(options.batch, 3, options.size, options.size).sync()
            start = time.perf_counter()
            scores = model(x)
            built = time.perf_counter()
            scores.sync()
            seconds = time.perf_counter() - start
            kernels = kernels or jt.kernel_count(scores)
            print(f"{name} inference: {seconds:.3f} s, {built - start:.3f} s of it to describe it")
    compiled = jt.compile_stats().compiled
    print(f"{compiled} programs compiled in all, that of the network of {kernels} kernels")
    print(f"scores: {scores.shape}, from {scores.min().item():.3f} to {scores.max().item():.3f}")


if __name__ == "__main__":
    main()

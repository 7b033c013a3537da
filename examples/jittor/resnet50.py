"""Runs ResNet-50 with random weights forward, twice.

python examples/jittor/resnet50.py [--batch 1] [--size 224]

Prints the time of the first inference, which compiles unless an earlier run has, and of the second,
which does not; and the number of kernels: loop nests that run one after the other.
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
    model = resnet50().eval()
    for name in ("first", "second"):
        x = jt.randn(options.batch, 3, options.size, options.size).sync()
        start = time.perf_counter()
        scores = model(x).sync()
        print(f"{name} inference: {time.perf_counter() - start:.3f} s", flush=True)
    values = scores.numpy()
    print(f"scores: {scores.shape}, from {values.min():.3f} to {values.max():.3f}")
    print(f"kernels: {jt.kernel_count(model(x))}")


if __name__ == "__main__":
    main()

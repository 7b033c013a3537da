"""Times beside other programs: clocks, and a process with torch that times the same work.

Used by the benchmarks here. A peer runs in a process of its own, because its Python and its threads
are its own; it is asked for one time at a time, so that rounds alternate.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable

LEAST_SECONDS = 0.02

_FIRST = """
import json, sys, time, torch
threads, shapes = int(sys.argv[1]), json.loads(sys.argv[2])
torch.set_num_threads(threads)
torch.manual_seed(0)
clock = time.process_time if threads == 1 else time.perf_counter
runs = []
"""
_LAST = f"""
with torch.no_grad():
    for line in sys.stdin:
        run = runs[int(line)]
        run()
        count, start = 0, clock()
        while clock() - start < {LEAST_SECONDS}:
            run()
            count += 1
        print((clock() - start) / count, flush=True)
"""


def clock_for(threads: int) -> Callable[[], float]:
    """The processor's time for one thread, whoever else is running; else the wall's."""
    return time.process_time if threads == 1 else time.perf_counter


def seconds(run: Callable[[], object], clock: Callable[[], float]) -> float:
    """The time of one call, of as many as fill LEAST_SECONDS, after one that does not count."""
    run()
    count, start = 0, clock()
    while clock() - start < LEAST_SECONDS:
        run()
        count += 1
    return (clock() - start) / count


def torch_timer(python: str, threads: int, program: str, shapes: str) -> Callable[[int], float]:
    """Starts a process with torch.

    Args:
        python: can import torch.
        threads: how many it uses.
        program: its source text: appends functions to `runs`, from what it finds in `shapes`.
        shapes: as JSON.

    Returns:
        Asks the process for the seconds of one call of a function, by its number.
    """
    process = subprocess.Popen(
        [python, "-c", _FIRST + program + _LAST, str(threads), shapes],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        env={**os.environ, "OMP_NUM_THREADS": str(threads)},
    )  # fmt: skip

    def ask(number: int) -> float:
        assert process.stdin is not None and process.stdout is not None
        print(number, file=process.stdin, flush=True)
        return float(process.stdout.readline())

    return ask

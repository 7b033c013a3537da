"""How long compiling takes: the first run of a program, cold and from the cache on disk.

Prints a line for each program: milliseconds of the first run in a new process that has imported
everything, with an empty cache and with what the run before left there, each the median of rounds;
and where the time of a cold run goes, by phase. Compiling the passes' rules, which happens once a
process, is shared out as it comes: `element-wise, warm` is a second kernel, other than the first,
in the same process. Outputs are checked against NumPy; those of the network against the same
network run by torch where an environment with torch is given.

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
"""What is timed, and what it must give."""

RANDOM = np.random.default_rng(7)


def numbers(*shape: int) -> Array:
    """Random numbers around zero."""
    return RANDOM.standard_normal(shape).astype(np.float32)

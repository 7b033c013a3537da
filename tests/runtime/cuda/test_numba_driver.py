"""What is asked of numba, and how its answers are read: see the script."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_programs_through_numbas_driver(tmp_path: Path) -> None:
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "STEPWELL_CACHE_DIR": str(tmp_path),
        "NUMBA_CUDA_USE_NVIDIA_BINDING": "0",
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-m", "tests.runtime.cuda.numba_on_fake"],
        cwd=ROOT, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stdout == "7 launches\n"

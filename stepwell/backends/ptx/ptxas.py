"""NVIDIA's assembler, where it is installed: does it take our PTX, and what do kernels need?"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from stepwell.ir.diagnostics import BackendError

_ENTRY = re.compile(r"Compiling entry function '([^']+)' for '[^']+'")
_STACK = re.compile(r"(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads")
_USED = re.compile(r"Used (\d+) registers")
_BARRIERS = re.compile(r"used (\d+) barriers")
_SHARED = re.compile(r"(\d+) bytes smem")


@dataclass(frozen=True, slots=True)
class Resources:
    """What one thread (or block) of a kernel needs.

    Attributes:
        kernel: its name.
        registers: of each thread.
        shared_bytes: of shared memory, each block.
        barriers: of each block.
        stack_bytes: of local memory, each thread.
        spill_bytes: of registers that were stored and loaded again.
    """

    kernel: str
    registers: int
    shared_bytes: int
    barriers: int
    stack_bytes: int
    spill_bytes: int


def find_ptxas() -> Path | None:
    """The assembler: on the PATH, under `CUDA_HOME` or `CUDA_PATH`, in the wheel
    nvidia-cuda-nvcc, or under /usr/local/cuda; None if there is none."""
    return next((path for path in _places() if path.is_file()), None)


def _places() -> Iterator[Path]:
    on_path = shutil.which("ptxas")
    if on_path is not None:
        yield Path(on_path)
    for variable in ("CUDA_HOME", "CUDA_PATH"):
        if os.environ.get(variable):
            yield Path(os.environ[variable]) / "bin" / "ptxas"
    spec = find_spec("nvidia")
    for folder in sorted(spec.submodule_search_locations or ()) if spec is not None else ():
        yield from sorted(Path(folder).glob("*/bin/ptxas"), reverse=True)
    yield Path("/usr/local/cuda/bin/ptxas")


def assemble(ptx: str, chip: str = "sm_90") -> list[Resources]:
    """Assembles PTX with `ptxas -v`, and says what its kernels need, in the text's order.

    Args:
        ptx: the text of one module.
        chip: which GPU.

    Raises:
        BackendError: there is no ptxas, or it refuses the text.
    """
    ptxas = find_ptxas()
    if ptxas is None:
        raise BackendError("there is no ptxas; install nvidia-cuda-nvcc, or set CUDA_HOME")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "kernels.ptx"
        source.write_text(ptx, encoding="utf-8")
        target = source.with_suffix(".cubin")
        command = [str(ptxas), f"-arch={chip}", "-v", str(source), "-o", str(target)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise BackendError(f"ptxas refuses the text: {(ran.stderr or ran.stdout).strip()}")
    found = {one.kernel: one for one in _read(ran.stderr + ran.stdout)}
    order = re.findall(r"\.entry ([\w$]+)", ptx)
    return [found[name] for name in order if name in found]


def _read(text: str) -> Iterator[Resources]:
    starts = list(_ENTRY.finditer(text))
    for start, following in zip(starts, [*starts[1:], None], strict=True):
        part = text[start.end() : following.start() if following is not None else None]
        stack = _STACK.search(part)
        if stack is None or not _USED.search(part):
            raise BackendError(f"cannot read what ptxas says of the kernel {start[1]}")
        yield Resources(
            start[1],
            _number(_USED, part),
            _number(_SHARED, part),
            _number(_BARRIERS, part),
            int(stack[1]),
            int(stack[2]) + int(stack[3]),
        )


def _number(pattern: re.Pattern[str], text: str) -> int:
    found = pattern.search(text)
    return int(found[1]) if found is not None else 0

"""Where the functions that kernels call by the names of libdevice come from.

NVIDIA's libdevice where it is installed, or else our own `device_math.mlir`. It is looked for at
`STEPWELL_LIBDEVICE` (a file, or `none`), under `CUDA_HOME` and `CUDA_PATH`, in the wheel
nvidia-cuda-nvcc, and under /usr/local/cuda.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from stepwell.backends.cpu.translate import translate_to_llvm_ir
from stepwell.ir.diagnostics import BackendError
from stepwell.ir.text.parse import parse_module
from stepwell.passes.pipelines import run_passes

PREFIX = "__nv_"
VARIABLE = "STEPWELL_LIBDEVICE"
_FILE = "nvvm/libdevice/libdevice.10.bc"
_OWN = Path(__file__).with_name("device_math.mlir")
_LOWERING = (
    "builtin.module(convert-math-to-llvm,convert-arith-to-llvm,convert-func-to-llvm,"
    "reconcile-unrealized-casts)"
)


def find_libdevice(toolkit: str = "") -> Path | None:
    """The file of libdevice's bitcode; None if there is none, or `STEPWELL_LIBDEVICE` is `none`.

    Args:
        toolkit: a folder of NVIDIA's tools, asked first if given.

    Raises:
        BackendError: `STEPWELL_LIBDEVICE` names a file that does not exist.
    """
    if toolkit and (Path(toolkit) / _FILE).is_file():
        return Path(toolkit) / _FILE
    chosen = os.environ.get(VARIABLE, "")
    if chosen == "none":
        return None
    if chosen:
        if not Path(chosen).is_file():
            raise BackendError(f"{VARIABLE} names a file that does not exist: {chosen}")
        return Path(chosen)
    return next((path for path in _places() if path.is_file()), None)


def _places() -> Iterator[Path]:
    for variable in ("CUDA_HOME", "CUDA_PATH"):
        if os.environ.get(variable):
            yield Path(os.environ[variable]) / _FILE
    spec = find_spec("nvidia")
    for folder in sorted(spec.submodule_search_locations or ()) if spec is not None else ():
        yield from sorted(Path(folder).glob(f"*/{_FILE}"), reverse=True)
    yield Path("/usr/local/cuda") / _FILE


def bitcode_of(path: Path) -> bytes:
    """What a library to be linked holds.

    Raises:
        BackendError: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BackendError(f"cannot read {path}: {error.strerror}") from None


@cache
def own_functions() -> str:
    """LLVM IR of the functions that we have ourselves, from `device_math.mlir`."""
    module = parse_module(_OWN.read_text(encoding="utf-8"), _OWN.name)
    run_passes(module, _LOWERING)
    return translate_to_llvm_ir(module)

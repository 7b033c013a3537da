"""The parts of a key that do not come from the program: our own source, LLVM, the machine, Python.

A compiler that was edited, another LLVM, or a machine without an instruction that the code uses
must each give another key. The source is hashed by content (a few milliseconds, once a process):
sizes and times of files do not change with every edit.
"""

from __future__ import annotations

import os
import sys
import time
from functools import cache
from hashlib import sha256
from pathlib import Path

import stepwell

SOURCE_SUFFIXES = (".py", ".lark", ".json", ".mlir")

# The kernel stamps files with a clock that lags by up to a tick; the slack covers it.
_STARTED_NS = time.time_ns() - 20_000_000


def source_digest(root: Path, started_ns: int) -> str:
    """A digest over the path and content of every source file under `root`.

    Where a file is younger than `started_ns`, the code loaded in this process may not be the code
    on disk, and what it compiles must not be found by a later process that runs the new code. The
    digest is then one that nobody else has; so it is too where no source can be read.
    """
    digest = sha256()
    stable = False
    start = len(os.path.join(root, ""))
    for path in _source_files(root):
        try:
            with open(path, "rb", buffering=0) as file:
                status = os.fstat(file.fileno())
                content = file.read()
        except OSError:
            return _private_digest()
        stable = max(status.st_mtime_ns, status.st_ctime_ns) <= started_ns
        if not stable:
            break
        name = path[start:].encode("utf-8", "surrogateescape")
        digest.update(b"%d %d\n" % (len(name), len(content)))
        digest.update(name)
        digest.update(content)
    return digest.hexdigest() if stable else _private_digest()


def environment_parts() -> dict[str, bytes | str]:
    """The parts of a cache key that describe this installation and this machine.

    A caller that compiles for another target replaces `triple`, `cpu` and `features`; one that
    uses a device adds its driver and instruction-set versions.
    """
    return dict(_environment())


@cache
def _environment() -> dict[str, str]:
    # Asked for only when something is compiled: the cache's own command starts without LLVM.
    import llvmlite
    from llvmlite import binding

    try:
        features = binding.get_host_cpu_features().flatten()
    except RuntimeError:
        features = ""
    return {
        "stepwell source": source_digest(Path(stepwell.__file__).parent, _STARTED_NS),
        "llvmlite": llvmlite.__version__,
        "llvm": ".".join(str(number) for number in binding.llvm_version_info),
        "triple": binding.get_process_triple(),
        "cpu": binding.get_host_cpu_name(),
        "features": features,
        "python": f"{sys.version_info.major}.{sys.version_info.minor}"
        f" {sys.implementation.cache_tag}",
    }


def _source_files(root: Path) -> list[str]:
    """Their paths as texts: objects for some hundred of them take longer than reading them."""
    found: list[str] = []
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = [name for name in subfolders if name != "__pycache__"]
        found += [os.path.join(folder, name) for name in names if name.endswith(SOURCE_SUFFIXES)]
    return sorted(found)


def _private_digest() -> str:
    return "private " + os.urandom(32).hex()

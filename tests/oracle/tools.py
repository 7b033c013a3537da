"""Where upstream's tools and runner libraries are, if they are installed."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

VERSION = "22"
RUNNER_LIBRARIES = ("libmlir_runner_utils", "libmlir_c_runner_utils")


class OracleError(Exception):
    """A tool of the oracle refused its input; the message holds what it said."""


@dataclass(frozen=True, slots=True)
class Oracle:
    """The tools that were found: the optimiser, the runner, and the runner's libraries."""

    opt: str
    runner: str
    libraries: tuple[str, ...]


def call(command: list[str], text: str, limit: float = 120) -> str:
    """Runs a tool on `text` and returns what it printed.

    Raises:
        OracleError: the tool failed; the message names the command and shows its errors.
    """
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=limit)
    if done.returncode != 0:
        raise OracleError(f"{' '.join(command)}\nexit {done.returncode}\n{done.stderr[:4000]}")
    return done.stdout


def find_tool(name: str) -> str | None:
    """The path of `NAME-22`, or of `NAME` if that is version 22; None if there is neither."""
    versioned = shutil.which(f"{name}-{VERSION}")
    if versioned is not None:
        return versioned
    plain = shutil.which(name)
    if plain is None:
        return None
    said = subprocess.run([plain, "--version"], capture_output=True, text=True).stdout
    return plain if f"LLVM version {VERSION}." in said else None


def _library_folders(runner: str) -> list[Path]:
    """Folders to look in, most specific first."""
    folders = [Path(given) for given in [os.environ.get("MLIR_RUNNER_LIB_DIR")] if given]
    config = shutil.which(f"llvm-config-{VERSION}")
    if config is not None:
        said = subprocess.run([config, "--libdir"], capture_output=True, text=True).stdout.strip()
        folders.append(Path(said))
    folders.append(Path(runner).resolve().parent.parent / "lib")
    folders.append(Path(f"/usr/lib/llvm-{VERSION}/lib"))
    return folders


def _find_library(stem: str, folders: list[Path]) -> str | None:
    for folder in folders:
        for found in sorted(folder.glob(f"{stem}.so*")):
            return str(found)
    return None


@functools.cache
def find_oracle() -> Oracle | None:
    """The installed oracle, or None where a part of it is missing."""
    opt, runner = find_tool("mlir-opt"), find_tool("mlir-runner")
    if opt is None or runner is None:
        return None
    folders = _library_folders(runner)
    libraries = [_find_library(stem, folders) for stem in RUNNER_LIBRARIES]
    present = tuple(path for path in libraries if path is not None)
    return Oracle(opt, runner, present) if len(present) == len(libraries) else None

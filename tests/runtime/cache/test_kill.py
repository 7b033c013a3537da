"""SIGKILL at every system call: nothing torn, nothing lost, nobody waits."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from stepwell.runtime.cache import DiskCache
from stepwell.runtime.cache.directory import CacheDirectory
from stepwell.runtime.cache.maintenance import STALE_AFTER_SECONDS, clear, list_files
from tests.runtime.cache.conftest import (
    Interference,
    entry_for,
    fill,
    key_for,
    kill_self,
    run_child,
)

LIMIT = 2_000
ROUND_SIGNAL = 9


def prepare(folder: Path) -> None:
    fill(folder, ["a", "b", "c"])


def put_new(folder: Path) -> None:
    DiskCache(folder, LIMIT).put(key_for("new"), entry_for("new"))


def put_again(folder: Path) -> None:
    DiskCache(folder, LIMIT).put(key_for("a"), entry_for("a again"))


def hit(folder: Path) -> None:
    DiskCache(folder, LIMIT).get(key_for("a"))


def put_and_evict(folder: Path) -> None:
    disk = DiskCache(folder, limit=3 * 400)
    for name in ("new", "newer"):
        disk.put(key_for(name), entry_for(name))


def clear_all(folder: Path) -> None:
    clear(CacheDirectory(str(folder), create=False))


MAY_LOSE: dict[Callable[[Path], None], set[str]] = {
    put_new: set(),
    put_again: set(),
    hit: set(),
    put_and_evict: {"a", "b", "c"},
    clear_all: {"a", "b", "c"},
}


@pytest.mark.parametrize("work", MAY_LOSE)
def test_kill_at_every_call(tmp_path: Path, work: Callable[[Path], None]) -> None:
    at = 0
    status = ROUND_SIGNAL
    while status != 0:
        at += 1
        folder = tmp_path / str(at)
        prepare(folder)
        status = run_child(partial(killed_at, at, work, folder))
        assert status in (0, ROUND_SIGNAL)
        check_survivors(folder, MAY_LOSE[work])
    assert at > 5


def killed_at(at: int, work: Callable[[Path], None], folder: Path) -> None:
    with Interference(at, kill_self).active():
        work(folder)


def check_survivors(folder: Path, may_lose: set[str]) -> None:
    disk = DiskCache(folder)
    for name in ("a", "b", "c", "new", "newer"):
        found = disk.get(key_for(name))
        allowed = [entry_for(name), entry_for("a again")] if name == "a" else [entry_for(name)]
        if name in may_lose or name.startswith("new"):
            assert found is None or found in allowed
        else:
            assert found in allowed
    # The next process works as if nothing had been, and in the end sweeps what was left.
    for temporary in folder.glob("tmp-*"):
        old = temporary.stat().st_mtime - STALE_AFTER_SECONDS - 1
        os.utime(temporary, (old, old))
    disk = DiskCache(folder)
    assert disk.put(key_for("next"), entry_for("next"))
    assert disk.get(key_for("next")) == entry_for("next")
    assert list_files(CacheDirectory(str(folder), create=False)).temporaries == []

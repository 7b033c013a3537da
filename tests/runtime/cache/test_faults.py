"""Every system call of every operation fails, once or from then on: the answer stays right."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from logging import LogRecord
from pathlib import Path

import pytest

from stepwell.runtime.cache import CompiledModuleCache, DiskCache
from stepwell.runtime.cache.entry_file import entry_name
from tests.runtime.cache.conftest import Interference, entry_for, fail_with, fill, key_for

ERRORS = ["ENOSPC", "EIO", "EACCES", "EROFS", "EMFILE", "EINTR", "ENOENT"]
# The code tells ENOENT from the rest and nothing else; the campaign goes through all of them.
EXAMPLES = ["ENOSPC", "ENOENT"]
LIMIT = 2_000


def prepare(folder: Path) -> None:
    """A folder at its limit: the next put must evict. `bad` is corrupt, `other` is used last."""
    fill(folder, ["first", "second", "third", "bad", "a", "other"])
    (folder / entry_name(key_for("bad"))).write_bytes(b"x" * 300)
    temporary = folder / ("tmp-" + "0" * 32)
    temporary.write_bytes(b"x")
    os.utime(temporary, (1, 1))


def ask(name: str) -> Callable[[Path], None]:
    def work(folder: Path) -> None:
        cache = CompiledModuleCache(DiskCache(folder, LIMIT))
        assert cache.get_or_build(key_for(name), lambda: entry_for(name)) == entry_for(name)
        assert cache.get_or_build(key_for(name), lambda: entry_for("wrong")) == entry_for(name)

    return work


def replace(folder: Path) -> None:
    disk = DiskCache(folder, LIMIT)
    disk.put(key_for("a"), entry_for("a"))
    assert disk.get(key_for("a")) in (None, entry_for("a"))


WORK = {"miss": ask("new"), "hit": ask("a"), "corrupt": ask("bad"), "replace": replace}


def open_descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.parametrize("work", WORK)
@pytest.mark.parametrize("is_lasting", [False, True])
def test_any_failing_call_costs_time_only(
    tmp_path: Path, warnings: list[LogRecord], work: str, is_lasting: bool
) -> None:
    before = open_descriptors()
    for error in EXAMPLES:
        at = 1
        while is_right_with_fault(tmp_path / f"{error}-{at}", WORK[work], error, at, is_lasting):
            at += 1
        assert at > 8
    assert len(warnings) <= 1
    assert open_descriptors() == before


def is_right_with_fault(
    folder: Path, work: Callable[[Path], None], error: str, at: int, is_lasting: bool
) -> bool:
    """Runs `work` with a failing call, checks what is left; whether the call was reached."""
    prepare(folder)
    fault = Interference(at, fail_with(getattr(errno, error)), is_lasting)
    with fault.active():
        work(folder)
    healthy = DiskCache(folder)
    assert healthy.get(key_for("other")) == entry_for("other")
    for name in ("new", "a", "bad"):
        assert healthy.get(key_for(name)) in (None, entry_for(name))
    return fault.is_reached


@pytest.mark.parametrize("error", ERRORS[:-1])
def test_a_put_that_fails_says_so_once_and_the_next_one_works(
    disk: DiskCache, folder: Path, warnings: list[LogRecord], error: str
) -> None:
    disk.put(key_for("a"), entry_for("a"))
    fault = Interference(1, fail_with(getattr(errno, error)), from_then_on=True)
    with fault.active():
        for number in range(5):
            assert not disk.put(key_for(str(number)), entry_for(str(number)))
    assert len(warnings) == 1
    assert disk.put(key_for("b"), entry_for("b"))
    assert disk.get(key_for("b")) == entry_for("b")
    assert len(list(folder.iterdir())) == 2


def test_a_folder_removed_during_a_put_is_made_again(
    disk: DiskCache, folder: Path, warnings: list[LogRecord]
) -> None:
    for at in range(2, 8):
        disk.put(key_for("a"), entry_for("a"))
        with Interference(at, lambda _: shutil.rmtree(folder)).active():
            disk.put(key_for("b"), entry_for("b"))
        assert at > 6 or disk.get(key_for("b")) == entry_for("b")
    assert not warnings


def test_a_full_disk_leaves_no_temporary_file(disk: DiskCache, folder: Path) -> None:
    disk.put(key_for("a"), entry_for("a"))
    real_write = os.write

    def full(descriptor: int, content: bytes) -> int:
        if len(content) < 150:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real_write(descriptor, content[:100])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "write", full)
        assert not disk.put(key_for("b"), entry_for("b"))
        assert not disk.put(key_for("a"), entry_for("new"))
    assert [path.name for path in folder.iterdir()] == [entry_name(key_for("a"))]
    assert disk.get(key_for("a")) == entry_for("a")


def test_short_writes_and_reads_are_continued(disk: DiskCache) -> None:
    real_write, real_read = os.write, os.read
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "write", lambda descriptor, content: real_write(descriptor, content[:7]))
        patch.setattr(os, "read", lambda descriptor, size: real_read(descriptor, min(size, 5)))
        assert disk.put(key_for("a"), entry_for("a"))
        assert disk.get(key_for("a")) == entry_for("a")


def test_an_interrupt_during_a_put_passes_through_and_leaves_nothing(
    disk: DiskCache, folder: Path
) -> None:
    disk.put(key_for("a"), entry_for("a"))

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    before = open_descriptors()
    for at in range(1, 8):
        with pytest.raises(KeyboardInterrupt), Interference(at, interrupt).active():
            disk.put(key_for("b"), entry_for("b"))
        temporaries = [path for path in folder.iterdir() if path.name.startswith("tmp-")]
        assert temporaries == []
        assert disk.get(key_for("a")) == entry_for("a")
    assert open_descriptors() == before


def test_the_warning_does_not_raise_when_warnings_are_errors(
    recwarn: pytest.WarningsRecorder, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    cache = CompiledModuleCache(DiskCache(tmp_path / "file" / "cache"))
    assert cache.get_or_build(key_for("a"), lambda: entry_for("a")) == entry_for("a")
    assert len(recwarn) == 0

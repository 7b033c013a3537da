"""The cache on disk in good times: hits, misses, eviction, recovery from bad files."""

from __future__ import annotations

import os
import stat
import time
from logging import LogRecord
from pathlib import Path

import pytest

from stepwell.runtime.cache import DiskCache, Entry
from stepwell.runtime.cache.entry import encode_entry
from stepwell.runtime.cache.entry_file import entry_name
from tests.runtime.cache.conftest import entry_for, key_for


def file_of(folder: Path, name: str) -> Path:
    return folder / entry_name(key_for(name))


def size_of(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir())


def test_what_was_put_is_found_by_another_cache_and_nothing_else_is(folder: Path) -> None:
    assert DiskCache(folder).put(key_for("a"), entry_for("a"))
    assert DiskCache(folder).get(key_for("a")) == entry_for("a")
    assert DiskCache(folder).get(key_for("b")) is None


def test_folder_and_files_are_private_and_no_temporary_file_stays(
    disk: DiskCache, folder: Path
) -> None:
    previous = os.umask(0)
    try:
        disk.put(key_for("a"), entry_for("a"))
    finally:
        os.umask(previous)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [path.name for path in folder.iterdir()] == [entry_name(key_for("a"))]
    assert stat.S_IMODE(file_of(folder, "a").stat().st_mode) == 0o600


def test_a_second_put_replaces_the_first(disk: DiskCache) -> None:
    disk.put(key_for("a"), entry_for("old"))
    disk.put(key_for("a"), entry_for("new", 10))
    assert disk.get(key_for("a")) == entry_for("new", 10)


@pytest.mark.parametrize("key", ["../../etc/passwd", "a" * 63 + "/", "", "\0" * 64])
def test_names_that_are_no_digests_never_reach_the_file_system(disk: DiskCache, key: str) -> None:
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        disk.get(key)
    with pytest.raises(ValueError, match="64 hexadecimal digits"):
        disk.put(key, entry_for("a"))


@pytest.mark.parametrize("step", [37])
def test_flipped_bits_and_truncations_on_disk_are_misses_and_are_replaced(
    disk: DiskCache, folder: Path, warnings: list[LogRecord], step: int
) -> None:
    key, entry = key_for("a"), entry_for("a", 100)
    content = encode_entry(key, entry)
    disk.put(key, entry)
    broken = [content[:end] for end in range(0, len(content), step)]
    for bit in range(0, len(content) * 8, step):
        flipped = bytearray(content)
        flipped[bit // 8] ^= 1 << bit % 8
        broken.append(bytes(flipped))
    for candidate in broken:
        file_of(folder, "a").write_bytes(candidate)
        assert disk.get(key) is None
        assert not file_of(folder, "a").exists()
    assert disk.put(key, entry) and disk.get(key) == entry
    assert not warnings


def test_an_entry_renamed_to_another_key_is_a_miss(disk: DiskCache, folder: Path) -> None:
    disk.put(key_for("a"), entry_for("a"))
    disk.put(key_for("b"), entry_for("b"))
    os.rename(file_of(folder, "a"), file_of(folder, "b"))
    assert disk.get(key_for("b")) is None


def test_the_longest_unused_entry_goes_first(folder: Path) -> None:
    disk = DiskCache(folder, limit=10_000)
    for number, name in enumerate("abcdefgh"):
        disk.put(key_for(name), entry_for(name, 1000))
        os.utime(file_of(folder, name), (1000 + number, 1000 + number))
    assert disk.get(key_for("a")) is not None
    disk.put(key_for("i"), entry_for("i", 1000))
    disk.put(key_for("j"), entry_for("j", 1000))
    kept = [name for name in "abcdefghij" if file_of(folder, name).exists()]
    assert kept == list("adefghij")
    assert size_of(folder) <= 10_000


def test_the_limit_holds_after_every_put(folder: Path) -> None:
    disk = DiskCache(folder, limit=5_000)
    for number in range(60):
        name = str(number)
        assert disk.put(key_for(name), entry_for(name, 100 + 37 * number % 900))
        assert size_of(folder) <= 5_000
        assert disk.get(key_for(name)) is not None


def test_an_entry_above_the_limit_is_not_written_and_evicts_nobody(
    folder: Path, warnings: list[LogRecord]
) -> None:
    disk = DiskCache(folder, limit=2_000)
    disk.put(key_for("a"), entry_for("a"))
    assert not disk.put(key_for("big"), entry_for("big", 2_001))
    assert disk.get(key_for("a")) == entry_for("a")
    assert DiskCache(folder, limit=0).put(key_for("b"), entry_for("b")) is False
    assert not warnings


def test_old_temporary_files_are_swept_and_young_ones_stay(folder: Path) -> None:
    disk = DiskCache(folder)
    disk.put(key_for("a"), entry_for("a"))
    old, young, foreign = (folder / name for name in ("tmp-" + "0" * 32, "tmp-" + "1" * 32, "tmp"))
    for path in (old, young, foreign):
        path.write_bytes(b"half an ent")
    for path in (old, foreign):
        os.utime(path, (1, 1))
    disk = DiskCache(folder)
    disk.put(key_for("b"), entry_for("b"))
    assert not old.exists() and young.exists() and foreign.exists()


def test_a_hit_marks_the_entry_as_used_and_a_look_into_the_future_is_harmless(
    disk: DiskCache, folder: Path
) -> None:
    disk.put(key_for("a"), entry_for("a"))
    for moment in (0, 2**33):
        os.utime(file_of(folder, "a"), (moment, moment))
        assert disk.get(key_for("a")) is not None
        assert abs(file_of(folder, "a").stat().st_mtime - time.time()) < 60


def test_a_folder_removed_under_us_is_made_again(disk: DiskCache, folder: Path) -> None:
    disk.put(key_for("a"), entry_for("a"))
    file_of(folder, "a").unlink()
    folder.rmdir()
    assert disk.get(key_for("a")) is None
    assert disk.put(key_for("a"), entry_for("a"))
    assert DiskCache(folder).get(key_for("a")) == entry_for("a")


def test_a_descriptor_closed_by_somebody_and_given_to_another_folder_is_not_used(
    disk: DiskCache, folder: Path, tmp_path: Path
) -> None:
    disk.put(key_for("a"), entry_for("a"))
    directory = disk._directory
    assert directory is not None
    other = tmp_path / "other"
    other.mkdir()
    stranger = os.open(other, os.O_RDONLY)
    os.dup2(stranger, directory.descriptor)
    os.close(stranger)
    number = directory.descriptor
    del directory
    assert disk.put(key_for("b"), entry_for("b"))
    assert list(other.iterdir()) == []
    os.fstat(number)  # the stranger's descriptor is still open: it was not ours to close
    os.close(number)
    assert DiskCache(folder).get(key_for("b")) == entry_for("b")


def test_large_payloads_come_back(disk: DiskCache) -> None:
    entry = Entry({}, os.urandom(1 << 20) * 8)
    disk.put(key_for("a"), entry)
    assert disk.get(key_for("a")) == entry

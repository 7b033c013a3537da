"""Folders and files that somebody else prepared: refused, without hanging and without harm."""

from __future__ import annotations

import os
import resource
from functools import partial
from logging import LogRecord
from pathlib import Path

import pytest

from stepwell.runtime.cache import CompiledModuleCache, DiskCache, directory, entry_file
from stepwell.runtime.cache.directory import CacheDirectory, CacheRefused
from stepwell.runtime.cache.entry import LARGEST_ENTRY, MAGIC, encode_entry
from stepwell.runtime.cache.entry_file import entry_name
from stepwell.runtime.cache.maintenance import clear, verify
from tests.runtime.cache.conftest import entry_for, key_for

NAME = entry_name(key_for("a"))


def works_without_disk(path: Path, warnings: list[LogRecord], reason: str) -> None:
    cache = CompiledModuleCache(DiskCache(path))
    for name in ("a", "b"):
        assert cache.get_or_build(key_for(name), partial(entry_for, name)) == entry_for(name)
    assert cache.statistics.builds == 2
    assert [reason in record.getMessage() for record in warnings] == [True]


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o720, 0o702, 0o1777])
def test_a_folder_that_others_can_write_is_refused(
    folder: Path, warnings: list[LogRecord], mode: int
) -> None:
    DiskCache(folder).put(key_for("a"), entry_for("planted"))
    folder.chmod(mode)
    works_without_disk(folder, warnings, "others can write it")
    assert [path.name for path in folder.iterdir()] == [NAME]


def test_a_folder_opened_to_others_while_we_run_is_refused(
    disk: DiskCache, folder: Path, warnings: list[LogRecord]
) -> None:
    disk.put(key_for("a"), entry_for("a"))
    folder.chmod(0o777)
    assert disk.get(key_for("a")) is None
    assert not disk.put(key_for("b"), entry_for("b"))
    assert len(warnings) == 1


def test_a_folder_of_another_user_is_refused(
    folder: Path, warnings: list[LogRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder.mkdir(mode=0o700)
    owner = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    works_without_disk(folder, warnings, f"it belongs to user {owner}")


@pytest.mark.parametrize("ending", ["", "/", "/."])
def test_a_link_in_place_of_the_folder_is_refused(
    tmp_path: Path, folder: Path, warnings: list[LogRecord], ending: str
) -> None:
    target = tmp_path / "target"
    target.mkdir(mode=0o700)
    folder.symlink_to(target)
    cache = CompiledModuleCache(DiskCache(str(folder) + ending))
    assert cache.get_or_build(key_for("a"), lambda: entry_for("a")) == entry_for("a")
    assert "symbolic link" in warnings[0].getMessage() and len(warnings) == 1
    assert list(target.iterdir()) == []


def test_a_dangling_link_a_file_and_a_pipe_are_no_folders(tmp_path: Path) -> None:
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "pipe")
    for name in ("dangling", "file", "pipe"):
        cache = CompiledModuleCache(DiskCache(tmp_path / name))
        assert cache.get_or_build(key_for("a"), lambda: entry_for("a")) == entry_for("a")
        with pytest.raises(CacheRefused):
            CacheDirectory(str(tmp_path / name), create=False)
    assert not (tmp_path / "nothing").exists()


def test_a_system_without_relative_opening_is_refused(
    folder: Path, warnings: list[LogRecord], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(directory, "_IS_SUPPORTED", False)
    works_without_disk(folder, warnings, "relative to a folder")


def test_a_path_with_a_nul_is_a_warning(tmp_path: Path, warnings: list[LogRecord]) -> None:
    works_without_disk(tmp_path / "a\0b", warnings, "cannot use")


def plant_link(folder: Path) -> None:
    outside = folder.parent / "outside"
    outside.write_bytes(encode_entry(key_for("a"), entry_for("a")))
    (folder / NAME).symlink_to(outside)


def plant_pipe(folder: Path) -> None:
    os.mkfifo(folder / NAME)


def plant_folder(folder: Path) -> None:
    (folder / NAME).mkdir()


def plant_device(folder: Path) -> None:
    try:
        os.mknod(folder / NAME, 0o600 | 0o020000, os.makedev(1, 5))  # /dev/zero: endless
    except PermissionError:
        pytest.skip("making devices needs root")


def plant_dangling_link(folder: Path) -> None:
    (folder / NAME).symlink_to(folder.parent / "outside")


PLANTS = [plant_link, plant_pipe, plant_folder, plant_device, plant_dangling_link]


@pytest.mark.parametrize("plant", PLANTS)
def test_what_is_no_file_is_a_miss_and_never_followed(
    disk: DiskCache, folder: Path, plant: object
) -> None:
    disk.put(key_for("b"), entry_for("b"))
    assert callable(plant)
    plant(folder)
    outside = folder.parent / "outside"
    before = outside.read_bytes() if outside.exists() else None
    assert disk.get(key_for("a")) is None
    assert os.path.lexists(folder / NAME)
    stored = disk.put(key_for("a"), entry_for("a"))
    assert stored == (plant is not plant_folder)
    assert disk.get(key_for("a")) == (entry_for("a") if stored else None)
    assert (outside.read_bytes() if outside.exists() else None) == before
    assert disk.get(key_for("b")) == entry_for("b")


def test_a_link_put_there_between_look_and_open_is_not_followed(
    disk: DiskCache, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk.put(key_for("b"), entry_for("b"))
    plant_link(folder)
    monkeypatch.setattr(entry_file, "_check_regular", lambda status: None)
    assert disk.get(key_for("a")) is None


@pytest.mark.parametrize("plant", PLANTS)
def test_clear_and_verify_leave_what_is_not_ours(folder: Path, plant: object) -> None:
    DiskCache(folder).put(key_for("b"), entry_for("b"))
    assert callable(plant)
    plant(folder)
    opened = CacheDirectory(str(folder), create=False)
    assert list(verify(opened, repair=False)) == [(NAME, "not a regular file")]
    clear(opened)
    assert [path.name for path in folder.iterdir()] == [NAME]
    outside = folder.parent / "outside"
    assert plant is not plant_link or outside.stat().st_size > 0


@pytest.mark.parametrize("size", [1 << 40, LARGEST_ENTRY, LARGEST_ENTRY + 1])
@pytest.mark.parametrize("has_header", [False, True])
def test_a_sparse_file_takes_no_memory_and_evicts_nobody(
    disk: DiskCache, folder: Path, size: int, has_header: bool
) -> None:
    disk.put(key_for("b"), entry_for("b"))
    lengths = (0).to_bytes(8, "big") + (size - 92).to_bytes(8, "big")
    with open(folder / NAME, "wb") as file:
        if has_header:
            key = bytes.fromhex(key_for("b" if size == LARGEST_ENTRY else "a"))
            file.write(MAGIC + (1).to_bytes(4, "big") + key + lengths)
        try:
            file.truncate(size)
        except OSError:
            pytest.skip("this file system has no files of that size")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    listed = DiskCache(folder)
    assert listed.put(key_for("c"), entry_for("c"))
    assert listed.get(key_for("a")) is None
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss < peak + 50_000
    assert not (folder / NAME).exists()
    assert listed.get(key_for("b")) == entry_for("b")


def test_bytes_of_other_formats_are_never_run(disk: DiskCache, folder: Path) -> None:
    disk.put(key_for("b"), entry_for("b"))
    witness = folder.parent / "witness"
    planted = b"cposix\nsystem\n(S'touch %s'\ntR." % os.fsencode(witness)
    for content in (planted, MAGIC + planted * 10, b"\x7fELF" * 100):
        (folder / NAME).write_bytes(content)
        assert disk.get(key_for("a")) is None
    assert not witness.exists()

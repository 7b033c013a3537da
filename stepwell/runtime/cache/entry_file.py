"""One entry as one file: read with suspicion, written whole or not at all.

Writers never meet: each writes a temporary file under a random name and renames it into place, and
the last rename wins. Readers see an old entry, a new one or none. There are no locks to be left
behind by a process that was killed.
"""

from __future__ import annotations

import os
import re
import stat
from contextlib import suppress

from stepwell.runtime.cache.directory import CacheDirectory
from stepwell.runtime.cache.entry import (
    HEADER_SIZE,
    LARGEST_ENTRY,
    CorruptEntry,
    Entry,
    announced_size,
    check_key,
    decode_entry,
    encode_entry,
)

_ENTRY_NAME = re.compile(r"([0-9a-f]{64})\.entry")
_TEMPORARY_NAME = re.compile(r"tmp-[0-9a-f]{32}")


class NotAFile(CorruptEntry):
    """What has the entry's name is a link, a pipe, a device or a folder."""


def entry_name(key: str) -> str:
    """The file name for `key`. Raises ValueError if it is not a key."""
    return check_key(key) + ".entry"


def key_of_name(name: str) -> str | None:
    """The key whose entry has this file name, or None if it is no entry's name."""
    match = _ENTRY_NAME.fullmatch(name)
    return match.group(1) if match else None


def is_temporary_name(name: str) -> bool:
    """Whether an unfinished entry could have this file name."""
    return _TEMPORARY_NAME.fullmatch(name) is not None


def read_entry(directory: CacheDirectory, key: str) -> Entry:
    """The entry of `key`; reading marks it as just used.

    Raises FileNotFoundError if there is none, NotAFile or CorruptEntry if what is there is not it,
    and OSError if it cannot be read. A corrupt file is removed; what is not a file stays.
    """
    descriptor, status = _open_entry(directory, key)
    try:
        entry = decode_entry(_read_whole(descriptor, status.st_size, key), key)
        with suppress(OSError):
            os.utime(descriptor)
        return entry
    except CorruptEntry:
        _remove_same(directory, entry_name(key), status)
        raise
    finally:
        os.close(descriptor)


def inspect_entry(directory: CacheDirectory, key: str) -> Entry:
    """Like `read_entry`, but changes nothing: no removal, no mark of use."""
    descriptor, status = _open_entry(directory, key)
    try:
        return decode_entry(_read_whole(descriptor, status.st_size, key), key)
    finally:
        os.close(descriptor)


def write_entry(directory: CacheDirectory, key: str, entry: Entry) -> int:
    """Stores `entry` under `key` and returns its size in bytes.

    Raises OSError if that fails; then nothing has changed. Once this returns, the entry survives
    the loss of power as well (the folder's own sync is a wish: some file systems refuse it).
    """
    content = encode_entry(key, entry)
    temporary = f"tmp-{os.urandom(16).hex()}"
    folder = directory.descriptor
    try:
        _write_temporary(folder, temporary, content)
        os.rename(temporary, entry_name(key), src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        raise
    with suppress(OSError):
        os.fsync(folder)
    return len(content)


def _open_entry(directory: CacheDirectory, key: str) -> tuple[int, os.stat_result]:
    """A descriptor of the entry's file, which is a regular one, and its status."""
    name = entry_name(key)
    folder = directory.descriptor
    # Opening a device can have effects and opening a pipe can block, so the name is looked at
    # first; the flags and the second look cover a change in between.
    _check_regular(os.stat(name, dir_fd=folder, follow_symlinks=False))
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
    descriptor = os.open(name, flags, dir_fd=folder)
    try:
        status = os.fstat(descriptor)
        _check_regular(status)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, status


def _check_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise NotAFile("not a regular file")


def _read_whole(descriptor: int, size: int, key: str) -> bytes:
    # The header must agree with the file's size before memory of that size is asked for: a sparse
    # file of a terabyte costs its owner nothing.
    header = _read_exactly(descriptor, HEADER_SIZE)
    if announced_size(header, key) != size:
        raise CorruptEntry("the length is not the one in the header")
    if size > LARGEST_ENTRY:
        raise CorruptEntry("larger than any entry")
    return header + _read_exactly(descriptor, size - HEADER_SIZE)


def _read_exactly(descriptor: int, size: int) -> bytes:
    pieces = []
    missing = size
    while missing > 0:
        piece = os.read(descriptor, missing)
        if not piece:
            raise CorruptEntry("the file ends too early")
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)


def _remove_same(directory: CacheDirectory, name: str, seen: os.stat_result) -> None:
    """Removes `name` if it is still the file that was seen, not a good one put there since."""
    folder = directory.descriptor
    with suppress(OSError):
        now = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if (now.st_dev, now.st_ino) == (seen.st_dev, seen.st_ino):
            os.unlink(name, dir_fd=folder)


def _write_temporary(folder: int, name: str, content: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, 0o600, dir_fd=folder)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(descriptor, rest) :]
        os.fsync(descriptor)
    except BaseException:
        with suppress(OSError):
            os.close(descriptor)
        raise
    # Not in a `finally`: network file systems report a full disk here, and that must not be lost.
    os.close(descriptor)

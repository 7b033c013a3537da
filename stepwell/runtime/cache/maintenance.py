"""Looking through the whole folder: sizes, eviction, sweeping, clearing, verifying.

Only files with the names of entries and temporary files are ever touched, and no link is followed.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from stepwell.runtime.cache.directory import CacheDirectory
from stepwell.runtime.cache.entry import CorruptEntry
from stepwell.runtime.cache.entry_file import (
    entry_name,
    inspect_entry,
    is_temporary_name,
    key_of_name,
)

# No write takes an hour without touching its file; a temporary file of that age has lost its maker.
STALE_AFTER_SECONDS = 3600.0

# Evicting a little more than needed keeps a full cache from evicting at every write.
_KEPT_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of ours in the folder; `last_used` is in seconds since 1970."""

    name: str
    size: int
    last_used: float


@dataclass(slots=True)
class Listing:
    """What the folder holds of ours. Foreign files, links, pipes and folders are not listed."""

    entries: list[StoredFile] = field(default_factory=list)
    temporaries: list[StoredFile] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes in all, unfinished files included."""
        return sum(file.size for file in self.entries + self.temporaries)


def list_files(directory: CacheDirectory) -> Listing:
    """Every file of ours. Raises OSError if the folder cannot be read."""
    listing = Listing()
    for name in _names(directory):
        is_entry = key_of_name(name) is not None
        if not is_entry and not is_temporary_name(name):
            continue
        with suppress(OSError):
            status = os.stat(name, dir_fd=directory.descriptor, follow_symlinks=False)
            if stat.S_ISREG(status.st_mode):
                file = StoredFile(name, status.st_size, status.st_mtime)
                (listing.entries if is_entry else listing.temporaries).append(file)
    return listing


def evict(directory: CacheDirectory, limit: int, keep: str) -> int:
    """Brings the folder down to `limit` bytes and returns how many entries remain.

    The longest unused go first, those above the limit by themselves before all, and the entry of
    key `keep`, just written, last. Temporary files that nobody writes any more go too.
    Raises OSError if the folder cannot be read.
    """
    listing = list_files(directory)
    total = listing.size - _sweep(directory, listing.temporaries)
    if total <= limit:
        return len(listing.entries)
    kept = entry_name(keep)
    order = sorted(
        listing.entries, key=lambda f: (f.size <= limit, f.name == kept, f.last_used, f.name)
    )
    remaining = len(order)
    for file in order:
        if total <= limit * _KEPT_SHARE or (file.name == kept and total <= limit):
            break
        if _remove(directory, file.name):
            total -= file.size
            remaining -= 1
    return remaining


def clear(directory: CacheDirectory) -> Listing:
    """Removes every entry and temporary file, and returns those that were removed.

    Raises OSError if the folder cannot be read.
    """
    listing = list_files(directory)
    return Listing(
        [file for file in listing.entries if _remove(directory, file.name)],
        [file for file in listing.temporaries if _remove(directory, file.name)],
    )


def verify(directory: CacheDirectory, *, repair: bool) -> Iterator[tuple[str, str]]:
    """Yields the name of each bad entry and what is wrong with it; removes it if `repair`.

    Entries that go away meanwhile are not bad. Raises OSError if the folder cannot be read.
    """
    for name in sorted(_names(directory)):
        key = key_of_name(name)
        if key is None:
            continue
        problem = _problem(directory, key)
        if problem is not None:
            yield name, problem
            if repair:
                _remove(directory, name)


def _problem(directory: CacheDirectory, key: str) -> str | None:
    try:
        inspect_entry(directory, key)
    except FileNotFoundError:
        return None
    except CorruptEntry as error:
        return str(error.diagnostics[0].message)
    except OSError as error:
        return error.strerror or str(error)
    return None


def _names(directory: CacheDirectory) -> list[str]:
    # A descriptor of its own: the position in the folder would be shared by threads and forks.
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    descriptor = os.open(".", flags, dir_fd=directory.descriptor)
    try:
        return os.listdir(descriptor)
    finally:
        os.close(descriptor)


def _sweep(directory: CacheDirectory, temporaries: list[StoredFile]) -> int:
    now = time.time()
    # A time in the future is a clock that was set back, not a file that is being written.
    stale = [file for file in temporaries if abs(now - file.last_used) > STALE_AFTER_SECONDS]
    return sum(file.size for file in stale if _remove(directory, file.name))


def _remove(directory: CacheDirectory, name: str) -> bool:
    """Unlinks a name of ours; whether it is gone now, by us or by somebody else."""
    try:
        os.unlink(name, dir_fd=directory.descriptor)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return True

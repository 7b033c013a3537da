"""The cache on disk as the compiler sees it: a miss or an entry, never an error.

Whatever the file system does, the compiler goes on: a read that fails is a miss, a write that fails
is one warning a process.
"""

from __future__ import annotations

import errno
import os

from stepwell.runtime.cache.directory import CacheDirectory, CacheRefused
from stepwell.runtime.cache.entry import LARGEST_ENTRY, CorruptEntry, Entry, check_key
from stepwell.runtime.cache.entry_file import read_entry, write_entry
from stepwell.runtime.cache.maintenance import evict
from stepwell.runtime.cache.warning import warn_once

DEFAULT_LIMIT = 2 << 30

# After listing n entries the next n/1000 writes do without, so that a write costs the looking at
# about a thousand files at most, on average. A small cache keeps to its limit exactly.
_ENTRIES_PER_WRITE = 1000


class DiskCache:
    """Entries in one folder, shared with every process of this user.

    It keeps no lock, and may be used from several threads and after a fork.

    Args:
        path: the folder; made on first use.
        limit: how many bytes to keep there.
    """

    def __init__(self, path: str | os.PathLike[str], limit: int = DEFAULT_LIMIT) -> None:
        self.path = os.path.abspath(os.fspath(path))
        self.limit = limit
        self._directory: CacheDirectory | None = None
        self._refused = False
        self._writes_until_listing = 0
        self._bytes_until_listing = 0

    def get(self, key: str) -> Entry | None:
        """The entry of `key`, or None. Raises ValueError if `key` is not a cache key."""
        check_key(key)
        directory = self._open()
        if directory is None:
            return None
        try:
            return read_entry(directory, key)
        except (OSError, CorruptEntry, MemoryError):
            return None

    def put(self, key: str, entry: Entry) -> bool:
        """Stores `entry`; whether it is there now.

        Raises ValueError or TypeError if `key` is not a key or the metadata not JSON.
        """
        check_key(key)
        if len(entry.payload) > min(self.limit, LARGEST_ENTRY):
            return False
        # The second try is for a folder that was removed while we held it open.
        for _ in range(2):
            directory = self._open()
            if directory is None:
                return False
            try:
                self._keep_to_limit(directory, key, write_entry(directory, key, entry))
            except OSError as error:
                if error.errno != errno.ENOENT:
                    warn_once(f"cannot write the cache in {self.path}: {error.strerror}")
                    return False
            else:
                return True
        return False

    def _open(self) -> CacheDirectory | None:
        # Two threads may both open it; the object that loses closes itself when it is dropped.
        directory = self._directory
        if directory is not None and directory.is_intact():
            return directory
        self._directory = None
        if self._refused:
            return None
        try:
            directory = self._directory = CacheDirectory(self.path, create=True)
        except CacheRefused as error:
            self._refused = True
            warn_once(error.diagnostics[0].message)
        except (OSError, ValueError) as error:
            warn_once(f"cannot use the cache in {self.path}: {error}")
        else:
            return directory
        return None

    def _keep_to_limit(self, directory: CacheDirectory, key: str, written: int) -> None:
        self._writes_until_listing -= 1
        self._bytes_until_listing -= written
        if self._writes_until_listing > 0 and self._bytes_until_listing > 0:
            return
        remaining = evict(directory, self.limit, keep=key)
        self._writes_until_listing = remaining // _ENTRIES_PER_WRITE
        self._bytes_until_listing = self.limit // 100

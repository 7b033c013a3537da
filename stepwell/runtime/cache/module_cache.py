"""The compiled-module cache: memory over disk, one compilation per key among threads."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable
from dataclasses import dataclass

from stepwell.runtime.cache.disk import DEFAULT_LIMIT, DiskCache
from stepwell.runtime.cache.entry import Entry, check_key
from stepwell.runtime.cache.memory import RecentEntries
from stepwell.runtime.cache.settings import BadSetting, cache_limit, cache_path
from stepwell.runtime.cache.warning import warn_once


@dataclass(slots=True)
class CacheStatistics:
    """How requests were answered so far in this process."""

    memory_hits: int = 0
    disk_hits: int = 0
    builds: int = 0


class _Flight:
    """A key that some thread is fetching; the others wait here."""

    __slots__ = ("done", "entry", "owner")

    def __init__(self) -> None:
        self.done = threading.Event()
        self.entry: Entry | None = None
        self.owner = threading.get_ident()


class CompiledModuleCache:
    """Entries by key, from memory, from disk, or built.

    Safe to use from several threads and after a fork. Building and file access happen outside the
    lock, so different keys never wait for each other.

    Args:
        disk: the entries that outlive the process; None for memory alone.
        most_entries: how many entries to keep in memory.
        most_bytes: how many bytes of them.
    """

    def __init__(
        self,
        disk: DiskCache | None,
        *,
        most_entries: int = 1024,
        most_bytes: int = 256 << 20,
    ) -> None:
        self.disk = disk
        self.statistics = CacheStatistics()
        self._recent = RecentEntries(most_entries, most_bytes)
        self._flights: dict[str, _Flight] = {}
        self._lock = threading.Lock()
        _caches.add(self)

    def get_or_build(self, key: str, build: Callable[[], Entry]) -> Entry:
        """The entry of `key`; `build` makes it if neither memory nor disk has it.

        Threads that ask for the same key at the same time wait for one of them to build it. What
        `build` raises, its own caller gets, and one of the waiting threads tries again.

        Raises ValueError if `key` is not a cache key, RuntimeError if `build` asks for the key it
        is building.
        """
        check_key(key)
        while True:
            flight = _Flight()
            # Registered inside the `try`, so that an interrupt at any point leaves nobody waiting.
            try:
                found = self._join(key, flight)
                if isinstance(found, Entry):
                    return found
                if found is flight:
                    return self._fetch(key, flight, build)
            finally:
                self._leave(key, flight)
            if found.owner == flight.owner:
                raise RuntimeError(f"building the cache entry {key} needs that same entry")
            found.done.wait()
            if found.entry is not None:
                with self._lock:
                    self.statistics.memory_hits += 1
                return found.entry

    def _join(self, key: str, flight: _Flight) -> Entry | _Flight:
        """The entry if memory has it, else the flight that is fetching it: ours, if none was."""
        with self._lock:
            entry = self._recent.get(key)
            if entry is not None:
                self.statistics.memory_hits += 1
                return entry
            return self._flights.setdefault(key, flight)

    def _fetch(self, key: str, flight: _Flight, build: Callable[[], Entry]) -> Entry:
        entry = self.disk.get(key) if self.disk is not None else None
        if entry is not None:
            self._publish(key, flight, entry, is_built=False)
            return entry
        entry = build()
        self._publish(key, flight, entry, is_built=True)
        if self.disk is not None:
            self.disk.put(key, entry)
        return entry

    def _publish(self, key: str, flight: _Flight, entry: Entry, *, is_built: bool) -> None:
        with self._lock:
            self.statistics.builds += is_built
            self.statistics.disk_hits += not is_built
            self._recent.put(key, entry)
        flight.entry = entry
        flight.done.set()

    def _leave(self, key: str, flight: _Flight) -> None:
        with self._lock:
            if self._flights.get(key) is flight:
                del self._flights[key]
        flight.done.set()

    def _after_fork(self) -> None:
        # Another thread of the parent may have held the lock or been building: in the child neither
        # will ever end.
        self._lock = threading.Lock()
        self._flights = {}
        self._recent = self._recent.copy()


# Created before any cache; a fork in a child process renews the locks of all that are alive.
_caches: weakref.WeakSet[CompiledModuleCache] = weakref.WeakSet()


def _renew_after_fork() -> None:
    for cache in list(_caches):
        cache._after_fork()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_after_fork)

_default: dict[str, CompiledModuleCache] = {}


def default_cache() -> CompiledModuleCache:
    """The cache of this process, as the environment variables say when it is first asked for."""
    existing = _default.get("cache")
    # `setdefault` is atomic: threads that meet here all get the same one.
    return existing or _default.setdefault("cache", _cache_from_environment())


def _cache_from_environment() -> CompiledModuleCache:
    path = cache_path()
    if path is None:
        return CompiledModuleCache(None)
    try:
        limit = cache_limit()
    except BadSetting as error:
        warn_once(f"{error.diagnostics[0].message}; the limit is the default")
        limit = DEFAULT_LIMIT
    return CompiledModuleCache(DiskCache(path, limit))

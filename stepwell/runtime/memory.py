"""A memory pool: best fit with splitting and merging, over arenas of any kind of memory.

The pool only counts addresses and never touches the memory, so it serves a GPU's as well as the
host's.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from stepwell.backends.cpu.support import allocator
from stepwell.ir.diagnostics import DeviceError

ALIGNMENT = 64
_ARENA = 32 << 20


@dataclass(frozen=True, slots=True)
class PoolStatistics:
    """What a pool holds, in bytes and blocks.

    Args:
        used: bytes handed out, rounded up to the alignment.
        reserved: bytes taken from the source.
        peak: the most bytes ever handed out at a time.
        live_blocks: blocks handed out.
        largest_free: the largest free block.
        limit: the most bytes to take from the source; None for no limit.
    """

    used: int
    reserved: int
    peak: int
    live_blocks: int
    largest_free: int
    limit: int | None


class Pool:
    """Hands out blocks of larger arenas; freed neighbours are merged.

    Args:
        take: takes that many bytes from the source; returns an aligned address, or None.
        give: gives an arena back.
        limit: the most bytes to take; None for no limit.
        arena: the least size of an arena.
        name: what error messages call the memory.
    """

    def __init__(
        self,
        take: Callable[[int], int | None],
        give: Callable[[int], None],
        *,
        limit: int | None = None,
        arena: int = _ARENA,
        name: str = "host",
    ) -> None:
        self._take = take
        self._give = give
        self._limit = limit
        self._arena = arena
        self._name = name
        self._lock = Lock()
        self._arenas: dict[int, int] = {}
        self._live: dict[int, int] = {}
        self._free: list[tuple[int, int]] = []  # (size, address), sorted
        self._size_at: dict[int, int] = {}  # free blocks by their first byte ...
        self._start_of: dict[int, int] = {}  # ... and by the byte after their last
        self._used = 0
        self._peak = 0

    def allocate(self, size: int) -> int:
        """The address of `size` bytes, aligned to 64.

        Raises:
            DeviceError: there is no room, or `size` is negative.
        """
        if size < 0:
            raise DeviceError(f"cannot allocate {size} bytes")
        wanted = max(-(-size // ALIGNMENT) * ALIGNMENT, ALIGNMENT)
        with self._lock:
            block = self._best_fit(wanted) or self._grow(wanted)
            if block is None:
                raise self._out_of_memory(size)
            found, address = block
            self._remove(found, address)
            if found > wanted:
                self._insert(found - wanted, address + wanted)
            self._live[address] = wanted
            self._used += wanted
            self._peak = max(self._peak, self._used)
            return address

    def free(self, address: int) -> None:
        """Takes a block back; raises DeviceError when it is not a live block's address."""
        with self._lock:
            size = self._live.pop(address, None)
            if size is None:
                raise DeviceError(f"{self._name} memory at {address:#x} is not a live block")
            self._used -= size
            before = None if address in self._arenas else self._start_of.get(address)
            if before is not None:
                joined = self._size_at[before]
                self._remove(joined, before)
                address, size = before, joined + size
            end = address + size
            after = None if end in self._arenas else self._size_at.get(end)
            if after is not None:
                self._remove(after, end)
                size += after
            self._insert(size, address)

    def set_limit(self, limit: int | None) -> None:
        """Sets the most bytes to take, for what is taken from now on; None for no limit."""
        with self._lock:
            self._limit = limit

    def trim(self) -> None:
        """Gives arenas without live blocks back to the source."""
        with self._lock:
            whole = [(s, a) for a, s in self._arenas.items() if self._size_at.get(a) == s]
            for size, address in whole:
                self._remove(size, address)
                del self._arenas[address]
                self._give(address)

    def statistics(self) -> PoolStatistics:
        """What the pool holds now."""
        with self._lock:
            largest = self._free[-1][0] if self._free else 0
            return PoolStatistics(
                self._used, self._reserved(), self._peak, len(self._live), largest, self._limit
            )

    def _best_fit(self, wanted: int) -> tuple[int, int] | None:
        at = bisect_left(self._free, (wanted, 0))
        return self._free[at] if at < len(self._free) else None

    def _grow(self, wanted: int) -> tuple[int, int] | None:
        room = None if self._limit is None else self._limit - self._reserved()
        for size in dict.fromkeys((max(wanted, self._arena), wanted)):
            if room is not None and size > room:
                continue
            address = self._take(size)
            if address is not None:
                self._arenas[address] = size
                self._insert(size, address)
                return size, address
        return None

    def _reserved(self) -> int:
        return sum(self._arenas.values())

    def _insert(self, size: int, address: int) -> None:
        insort(self._free, (size, address))
        self._size_at[address] = size
        self._start_of[address + size] = address

    def _remove(self, size: int, address: int) -> None:
        del self._free[bisect_left(self._free, (size, address))]
        del self._size_at[address]
        del self._start_of[address + size]

    def _out_of_memory(self, size: int) -> DeviceError:
        free = sum(free_size for free_size, _ in self._free)
        if self._limit is not None:
            free += self._limit - self._reserved()
        largest = self._free[-1][0] if self._free else 0
        limit = "" if self._limit is None else f", limit {self._limit}"
        return DeviceError(
            f"out of {self._name} memory: wanted {size} bytes, free {free}, "
            f"largest free block {largest}{limit}"
        )


def host_pool(limit: int | None = None, arena: int = _ARENA) -> Pool:
    """A pool of host memory; see `Pool`."""
    return Pool(allocator.allocate, allocator.free, limit=limit, arena=arena)

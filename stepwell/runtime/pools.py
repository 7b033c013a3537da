"""All memory pools of the process, by name: what `display_memory_info` shows.

The host's is there from the start; a device's is added by what makes it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass

from stepwell.backends.cpu.support import allocator
from stepwell.runtime.memory import PoolStatistics

HOST = "pool"


@dataclass(frozen=True, slots=True)
class PoolUse:
    """What a pool holds, in bytes: `used` and `unused` are `total`.

    Args:
        name: the pool's. is_device: whether its memory is a device's. used: handed out.
        unused: kept for reuse. total: taken from the system. peak: the most ever handed out.
        limit: the most to hand out; None for no limit. ram: all that the device has.
    """

    name: str
    is_device: bool
    used: int
    unused: int
    total: int
    peak: int
    limit: int | None
    ram: int


@dataclass(frozen=True, slots=True)
class _Source:
    statistics: Callable[[], PoolStatistics]
    is_device: bool
    ram: int


_SOURCES: dict[str, _Source] = {}


def add_pool(
    name: str, statistics: Callable[[], PoolStatistics], *, is_device: bool, ram: int
) -> None:
    """Makes a pool known.

    Args:
        name: of the pool; a pool of the same name is replaced.
        statistics: tells what it holds. is_device: whether its memory is a device's.
        ram: how much memory there is, in bytes.
    """
    _SOURCES[name] = _Source(statistics, is_device, ram)


def remove_pool(name: str) -> None:
    """Forgets a pool, if it is known."""
    _SOURCES.pop(name, None)


def pools() -> list[PoolUse]:
    """What every pool holds now, in the order in which they were added."""
    found = []
    for name, source in _SOURCES.items():
        held = source.statistics()
        unused = held.reserved - held.used
        found.append(
            PoolUse(
                name,
                source.is_device,
                held.used,
                unused,
                held.reserved,
                held.peak,
                held.limit,
                source.ram,
            )
        )
    return found


def host_ram() -> int:
    """The memory of this machine, in bytes; 0 where the system does not say."""
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, OSError, ValueError):
        return 0


def _host_statistics() -> PoolStatistics:
    held = allocator.statistics()
    return PoolStatistics(
        held.used, held.reserved, held.peak, held.live_blocks, held.cached, held.limit
    )


add_pool(HOST, _host_statistics, is_device=False, ram=host_ram())

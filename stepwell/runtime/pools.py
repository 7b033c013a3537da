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
    trim: Callable[[], None]
    set_limit: Callable[[int | None], None]
    is_device: bool
    ram: int


_SOURCES: dict[str, _Source] = {}
_DEVICE_LIMIT: list[int | None] = []  # empty until one is set


def add_pool(
    name: str,
    statistics: Callable[[], PoolStatistics],
    *,
    trim: Callable[[], None],
    set_limit: Callable[[int | None], None],
    is_device: bool,
    ram: int,
) -> None:
    """Makes a pool known.

    Args:
        name: of the pool; a pool of the same name is replaced.
        statistics: tells what it holds. trim: gives back what is unused.
        set_limit: sets the most bytes to hand out. is_device: whether its memory is a device's.
        ram: how much memory there is, in bytes.
    """
    _SOURCES[name] = _Source(statistics, trim, set_limit, is_device, ram)
    if is_device and _DEVICE_LIMIT:
        set_limit(_DEVICE_LIMIT[0])


def remove_pool(name: str) -> None:
    """Forgets a pool, if it is known."""
    _SOURCES.pop(name, None)


def trim_pools() -> None:
    """Gives the unused memory of all pools back to where it is from."""
    for source in _SOURCES.values():
        source.trim()


def limit_devices(limit: int | None) -> None:
    """Sets the most bytes that each device's pool hands out, those to come included; None for no
    limit, which leaves those to come with what they are made with."""
    _DEVICE_LIMIT[:] = [] if limit is None else [limit]
    for source in _SOURCES.values():
        if source.is_device:
            source.set_limit(limit)


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


add_pool(
    HOST,
    _host_statistics,
    trim=allocator.trim,
    set_limit=allocator.set_limits,
    is_device=False,
    ram=host_ram(),
)

"""Numbers about memory, and the text of `display_memory_info`."""

from __future__ import annotations

from dataclasses import dataclass

from stepwell.runtime.pools import PoolUse, pools
from stepwell.runtime.sizes import size_text

HEADER = "=== display_memory_info ==="
FOOTER = "==========================="


@dataclass(frozen=True, slots=True)
class MemoryInfo:
    """What all pools hold together, in bytes: `used` and `unused` are `total`."""

    used: int
    unused: int
    total: int
    peak: int


@dataclass(frozen=True, slots=True)
class MemInfo:
    """Jittor's `get_mem_info()`: what the machine has, and what the pools took of it."""

    total_cpu_ram: int
    total_cpu_used: int
    total_cuda_ram: int
    total_cuda_used: int


def memory_info() -> MemoryInfo:
    """What the pools hold: the device's where there is one, else the host's."""
    found = pools()
    shown = [one for one in found if one.is_device] or found
    return MemoryInfo(
        sum(one.used for one in shown),
        sum(one.unused for one in shown),
        sum(one.total for one in shown),
        sum(one.peak for one in shown),
    )


def mem_info() -> MemInfo:
    """The memory of the machine and what the pools took of it, used or not."""
    found = pools()
    host = [one for one in found if not one.is_device]
    device = [one for one in found if one.is_device]
    return MemInfo(
        max((one.ram for one in host), default=0),
        sum(one.total for one in host),
        sum(one.ram for one in device),
        sum(one.total for one in device),
    )


def memory_text(hold_vars: int, lived_vars: int, lived_ops: int) -> str:
    """The text of `display_memory_info` for these counts."""
    total = mem_info()
    cpu, gpu = total.total_cpu_used, total.total_cuda_used
    lines = [
        HEADER,
        f"total_cpu_ram: {size_text(total.total_cpu_ram)}"
        f" total_device_ram: {size_text(total.total_cuda_ram)}",
        f"hold_vars: {hold_vars} lived_vars: {lived_vars} lived_ops: {lived_ops}",
        *map(_pool_line, pools()),
        f"cpu&gpu: {size_text(cpu + gpu)} gpu: {size_text(gpu)} cpu: {size_text(cpu)}",
        FOOTER,
    ]
    return "\n".join(lines)


def _pool_line(pool: PoolUse) -> str:
    used, unused = _share(pool.used, pool.total), _share(pool.unused, pool.total)
    return (
        f"name: {pool.name} is_device: {int(pool.is_device)}"
        f" used: {size_text(pool.used)}({used:.4g}%)"
        f" unused: {size_text(pool.unused)}({unused:.4g}%) total: {size_text(pool.total)}"
    )


def _share(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0

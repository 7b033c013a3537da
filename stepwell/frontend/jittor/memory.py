"""Memory: what is in use, giving back what is not, limits, and who asked for it."""

from __future__ import annotations

import gc as python_gc
import weakref
from dataclasses import dataclass

from stepwell.backends.cpu.support import allocator
from stepwell.frontend.jittor.dtypes import AnyArray
from stepwell.frontend.jittor.flags import flags
from stepwell.frontend.jittor.memory_info import mem_info, memory_text
from stepwell.frontend.jittor.node import Node
from stepwell.frontend.jittor.origins import note_origin, unwatch, watch
from stepwell.frontend.jittor.places import Stack, origin_of, user_stack
from stepwell.frontend.jittor.plans import forget_history, observe, stop_observing
from stepwell.frontend.jittor.program import Recording
from stepwell.frontend.jittor.var import Var, pending_vars
from stepwell.runtime.cuda.arrays import DeviceArray
from stepwell.runtime.pools import limit_devices, trim_pools
from stepwell.runtime.sizes import size_text

_KEPT_FOR_REUSE = 1 << 30


def display_memory_info() -> None:
    """Prints what is held: Vars and operations, and the bytes of each pool.

    `used` and `unused` of a pool add up to its `total`: what freed arrays leave stays in the pool
    until `gc()`. Arrays of the program's own that no Var holds are not counted.
    """
    alive = _Alive()
    print(memory_text(alive.vars, alive.nodes, alive.ops))


get_mem_info = mem_info


def liveness_info() -> dict[str, int]:
    """The counts of `number_of_hold_vars` and its like: `hold_vars`, `lived_vars`, `lived_ops`."""
    alive = _Alive()
    return {"hold_vars": alive.vars, "lived_vars": alive.nodes, "lived_ops": alive.ops}


def number_of_hold_vars() -> int:
    """The number of Vars that the program holds."""
    return _Alive().vars


def number_of_lived_vars() -> int:
    """The number of values of the graph, computed or not, that something needs."""
    return _Alive().nodes


def number_of_lived_ops() -> int:
    """The number of operations of the graph that are yet to be run or kept for derivatives."""
    return _Alive().ops


class _Alive:
    """Counts of what is alive. The collector knows them all, so that making one counts nothing."""

    def __init__(self) -> None:
        self.vars = self.nodes = self.ops = 0
        for one in python_gc.get_objects():
            kind = type(one)
            if kind is Var:
                self.vars += 1
            elif issubclass(kind, Node) and one.instruction.name != "constant":
                self.nodes += 1
                self.ops += bool(one.inputs)


def gc() -> None:
    """Gives all memory that is not in use back to the system."""
    trim_pools()


def clean() -> None:
    """`gc()`, after Python has collected its own garbage."""
    python_gc.collect()
    gc()


def clean_graph() -> None:
    """Forgets how the values that are known were computed. They stay, as constants for derivatives;
    what is not computed yet still will be."""
    forget_history(one.node for one in pending_vars())


# Limits and the pool.


def _use_pool(value: bool) -> None:
    limit = allocator.statistics().limit
    allocator.set_limits(limit, _KEPT_FOR_REUSE if value else 0)
    if not value:
        allocator.trim()


def _limit(value: int) -> None:
    allocator.set_limits(None if value < 0 else value)


def _limit_devices(value: int) -> None:
    limit_devices(None if value < 0 else value)


# Who asked for memory.


@dataclass(frozen=True, slots=True)
class MaxMemory:
    """The most memory in use since `memory_profiler_enable` was set.

    Args:
        peak: bytes in use at the time, with what kernels held in between.
        places: the bytes of the values then alive, by the places that asked for them.
    """

    peak: int
    places: dict[Stack, int]

    def __str__(self) -> str:
        held = sum(self.places.values())
        lines = [f"peak: {size_text(self.peak)} values: {size_text(held)}"]
        _Tree(self.places).write(lines)
        return "\n".join(lines)


class _Tree:
    """Bytes by call: the callers first."""

    def __init__(self, places: dict[Stack, int]) -> None:
        self.sizes: dict[tuple[str, ...], int] = {}
        for stack, size in places.items():
            names = tuple(str(place) for place in reversed(stack))
            for depth in range(len(names)):
                path = names[: depth + 1]
                self.sizes[path] = self.sizes.get(path, 0) + size

    def write(self, lines: list[str]) -> None:
        """Adds a line a call, the largest first, each under its caller."""
        under: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
        for path in self.sizes:
            under.setdefault(path[:-1], []).append(path)
        pending = sorted(under.get((), ()), key=self.sizes.__getitem__)
        while pending:
            path = pending.pop()
            lines.append(f"{'  ' * len(path)}{size_text(self.sizes[path])} {path[-1]}")
            pending += sorted(under.get(path, ()), key=self.sizes.__getitem__)


class _MemoryProfiler:
    """The bytes of the values that are alive, by the places where their Vars were made."""

    def __init__(self) -> None:
        self.live: dict[Stack, int] = {}
        self.total = self.most = 0
        self.at_peak: dict[Stack, int] = {}

    def start(self) -> None:
        """Starts anew."""
        self.__init__()  # type: ignore[misc]
        allocator.forget_peak()
        watch(note_origin)
        watch(self.made)
        observe(self.computed)

    def stop(self) -> None:
        """What was found stays."""
        unwatch(self.made)
        stop_observing(self.computed)
        if flags.debug_level == 0:
            unwatch(note_origin)

    def made(self, one: Var) -> None:
        """A Var has been made, perhaps of an array."""
        if one.node.value is not None and not one.node.inputs:
            self._add(one.node, one.node.value)

    def computed(self, recording: Recording) -> None:
        """A plan has computed values."""
        for node in recording.wanted:
            if node.value is not None:
                self._add(node, node.value)

    def _add(self, node: Node, value: AnyArray | DeviceArray) -> None:
        if value.base is None or not value.nbytes:
            return
        stack, size = origin_of(node) or user_stack(), value.nbytes
        self.live[stack] = self.live.get(stack, 0) + size
        self.total += size
        weakref.finalize(value, self._drop, stack, size).atexit = False
        if self.total > self.most:
            self.most, self.at_peak = self.total, dict(self.live)

    def _drop(self, stack: Stack, size: int) -> None:
        self.total -= size
        left = self.live.get(stack, 0) - size
        if left > 0:
            self.live[stack] = left
        else:
            self.live.pop(stack, None)


_PROFILER = _MemoryProfiler()


def get_max_memory_info() -> MaxMemory:
    """The most memory in use since `jt.flags.memory_profiler_enable` was set, and for whom."""
    return MaxMemory(allocator.statistics().peak, dict(_PROFILER.at_peak))


def get_max_memory_treemap() -> str:
    """`get_max_memory_info()` as text: a line for each call, under its caller."""
    return str(get_max_memory_info())


def _profile(value: bool) -> None:
    if value:
        _PROFILER.start()
    else:
        _PROFILER.stop()


flags.when_changed("use_memory_pool", _use_pool)
flags.when_changed("cpu_mem_limit", _limit)
flags.when_changed("device_mem_limit", _limit_devices)
flags.when_changed("memory_profiler_enable", _profile)

"""Memory over disk: one build per key, bounded memory, threads and forks."""

from __future__ import annotations

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from logging import LogRecord
from pathlib import Path

import pytest

from stepwell.runtime.cache import (
    CompiledModuleCache,
    DiskCache,
    Entry,
    default_cache,
    module_cache,
)
from tests.runtime.cache.conftest import entry_for, key_for, run_child


def must_not_build() -> Entry:
    raise AssertionError("built although it was there")


@pytest.fixture
def cache(disk: DiskCache) -> CompiledModuleCache:
    return CompiledModuleCache(disk)


def test_built_once_then_from_memory_then_from_disk(
    cache: CompiledModuleCache, disk: DiskCache
) -> None:
    entry = cache.get_or_build(key_for("a"), lambda: entry_for("a"))
    assert cache.get_or_build(key_for("a"), must_not_build) is entry
    again = CompiledModuleCache(disk)
    assert again.get_or_build(key_for("a"), must_not_build) == entry
    assert again.statistics == module_cache.CacheStatistics(0, 1, 0)
    assert cache.statistics == module_cache.CacheStatistics(1, 0, 1)


def test_without_a_disk_memory_alone_serves() -> None:
    cache = CompiledModuleCache(None)
    entry = cache.get_or_build(key_for("a"), lambda: entry_for("a"))
    assert cache.get_or_build(key_for("a"), must_not_build) is entry


def test_memory_keeps_the_recent_entries_only() -> None:
    cache = CompiledModuleCache(None, most_entries=3, most_bytes=1000)
    built: list[str] = []

    def ask(name: str, size: int = 100) -> None:
        def build() -> Entry:
            built.append(name)
            return entry_for(name, size)

        assert cache.get_or_build(key_for(name), build) == entry_for(name, size)

    for name in "abcaacd":
        ask(name)
    assert built == list("abcd")
    ask("a")
    ask("b")
    assert built == list("abcdb")
    ask("wide", 850)
    ask("a")
    ask("b")
    assert built == [*"abcdb", "wide", "b"] or built == [*"abcdb", "wide", "a", "b"]
    assert len(cache._recent) <= 3 and cache._recent._bytes <= 1000
    for _ in range(2):
        ask("too wide", 1001)
    assert built[-2:] == ["too wide", "too wide"]
    assert len(cache._recent) > 0


def test_threads_that_want_the_same_key_wait_for_one_build(cache: CompiledModuleCache) -> None:
    started = threading.Barrier(16)
    builds: dict[str, int] = dict.fromkeys("abcd", 0)

    def work(number: int) -> None:
        started.wait()
        for step in range(40):
            name = "abcd"[(number + step) % 4]

            def build(name: str = name) -> Entry:
                builds[name] += 1
                time.sleep(0.01)
                return entry_for(name)

            assert cache.get_or_build(key_for(name), build) == entry_for(name)

    with ThreadPoolExecutor(16) as pool:
        for future in [pool.submit(work, number) for number in range(16)]:
            future.result(timeout=30)
    assert builds == dict.fromkeys("abcd", 1)
    assert cache.statistics.builds == 4 and cache.statistics.memory_hits == 16 * 40 - 4
    assert not cache._flights


class CountedFlight(module_cache._Flight):
    """Counts the threads that have come to wait for it."""

    waiting = threading.Semaphore(0)

    def __init__(self) -> None:
        super().__init__()
        wait = self.done.wait

        def counted(timeout: float | None = None) -> bool:
            self.waiting.release()
            return wait(timeout)

        self.done.wait = counted  # type: ignore[method-assign]


def test_one_build_serves_all_waiting_threads_even_if_memory_keeps_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module_cache, "_Flight", CountedFlight)
    cache = CompiledModuleCache(None, most_entries=0)
    builds: list[int] = []
    inside = threading.Event()
    release = threading.Event()

    def build() -> Entry:
        builds.append(1)
        inside.set()
        release.wait(60)
        return entry_for("a")

    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(cache.get_or_build, key_for("a"), build)]
        inside.wait(60)
        futures += [pool.submit(cache.get_or_build, key_for("a"), build) for _ in range(3)]
        for _ in range(3):
            assert CountedFlight.waiting.acquire(timeout=60)
        release.set()
        assert [future.result(60) for future in futures] == [entry_for("a")] * 4
    assert len(builds) == 1


def test_a_failing_build_reaches_its_caller_and_another_thread_tries_again(
    cache: CompiledModuleCache,
) -> None:
    inside = threading.Event()
    release = threading.Event()

    def fail() -> Entry:
        inside.set()
        release.wait(10)
        raise KeyboardInterrupt

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(cache.get_or_build, key_for("a"), fail)
        inside.wait(10)
        second = pool.submit(cache.get_or_build, key_for("a"), lambda: entry_for("a"))
        time.sleep(0.05)
        release.set()
        with pytest.raises(KeyboardInterrupt):
            first.result(10)
        assert second.result(10) == entry_for("a")


def test_a_slow_build_does_not_hold_up_other_keys(cache: CompiledModuleCache) -> None:
    inside, release = threading.Event(), threading.Event()

    def slow() -> Entry:
        inside.set()
        assert release.wait(10)
        return entry_for("slow")

    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(cache.get_or_build, key_for("slow"), slow)
        inside.wait(10)
        assert cache.get_or_build(key_for("fast"), lambda: entry_for("fast")) == entry_for("fast")
        release.set()
        assert pending.result(10) == entry_for("slow")


def test_a_build_may_need_another_key_but_not_its_own(cache: CompiledModuleCache) -> None:
    def outer() -> Entry:
        return cache.get_or_build(key_for("inner"), lambda: entry_for("inner"))

    assert cache.get_or_build(key_for("outer"), outer) == entry_for("inner")

    def endless() -> Entry:
        return cache.get_or_build(key_for("own"), endless)

    with pytest.raises(RuntimeError, match="needs that same entry"):
        cache.get_or_build(key_for("own"), endless)


def test_a_fork_while_other_threads_build_leaves_the_child_free(
    cache: CompiledModuleCache,
) -> None:
    inside, release = threading.Event(), threading.Event()

    def slow() -> Entry:
        inside.set()
        release.wait(20)
        return entry_for("slow")

    def in_child() -> None:
        assert cache.get_or_build(key_for("kept"), must_not_build) == entry_for("kept")
        for name in ("slow", "own"):
            built = cache.get_or_build(key_for(name), partial(entry_for, name))
            assert built == entry_for(name)

    cache.get_or_build(key_for("kept"), lambda: entry_for("kept"))
    with ThreadPoolExecutor(1) as pool:
        pending = pool.submit(cache.get_or_build, key_for("slow"), slow)
        inside.wait(10)
        assert run_child(in_child) == 0
        # As if the other thread stood in the lock at the moment of the fork.
        with cache._lock:
            assert run_child(in_child) == 0
        release.set()
        assert pending.result(10) == entry_for("slow")


def test_a_fork_inside_a_build_finishes_in_both_processes(cache: CompiledModuleCache) -> None:
    children: list[int] = []

    def build() -> Entry:
        children.append(os.fork())
        return entry_for("a")

    found = cache.get_or_build(key_for("a"), build)
    if children[0] == 0:
        os._exit(0 if found == entry_for("a") else 1)
    assert os.waitpid(children[0], 0)[1] == 0
    assert cache.get_or_build(key_for("a"), must_not_build) == entry_for("a")


@pytest.mark.parametrize("setting", ["off", "OFF", "", " "])
def test_the_default_cache_can_do_without_a_disk(
    monkeypatch: pytest.MonkeyPatch, setting: str
) -> None:
    monkeypatch.setattr(module_cache, "_default", {})
    monkeypatch.setenv("STEPWELL_CACHE_DIR", setting)
    assert default_cache().disk is None
    assert default_cache() is default_cache()


def test_the_default_cache_follows_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, warnings: list[LogRecord]
) -> None:
    monkeypatch.setattr(module_cache, "_default", {})
    monkeypatch.setenv("STEPWELL_CACHE_DIR", str(tmp_path / "x" / ".." / "here"))
    monkeypatch.setenv("STEPWELL_CACHE_LIMIT", "3 MiB")
    disk = default_cache().disk
    assert disk is not None
    assert (disk.path, disk.limit) == (str(tmp_path / "here"), 3 << 20)
    monkeypatch.setattr(module_cache, "_default", {})
    monkeypatch.setenv("STEPWELL_CACHE_LIMIT", "much")
    disk = default_cache().disk
    assert disk is not None and disk.limit == 2 << 30
    assert "STEPWELL_CACHE_LIMIT" in warnings[0].getMessage()

"""Many processes on the same keys with a small limit, some killed: never a wrong answer."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

from stepwell.runtime.cache import CompiledModuleCache, DiskCache
from stepwell.runtime.cache.directory import CacheDirectory
from stepwell.runtime.cache.entry import Entry
from stepwell.runtime.cache.maintenance import clear, list_files, verify
from tests.runtime.cache.conftest import entry_for, key_for, run_child

LIMIT = 30_000
LARGEST = 4_000


def expected(number: int) -> Entry:
    return entry_for(f"key {number}", 200 + number * 97 % (LARGEST - 500))


def hammer(folder: Path, seed: int, steps: int, keys: int = 50) -> None:
    """Asks for random keys, sometimes clears or damages; raises at the first wrong answer."""
    chance = random.Random(seed)
    disk = DiskCache(folder, LIMIT)
    for step in range(steps):
        number = chance.randrange(keys)
        cache = CompiledModuleCache(disk)
        found = cache.get_or_build(key_for(f"key {number}"), partial(expected, number))
        assert found == expected(number)
        if step % 100 == 99:
            clear(CacheDirectory(str(folder), create=False))
        if chance.random() < 0.02:
            damage(folder, chance)


def damage(folder: Path, chance: random.Random) -> None:
    names = sorted(os.listdir(folder))
    try:
        with open(folder / chance.choice(names or ["none"]), "r+b") as file:
            file.seek(chance.randrange(100))
            file.write(b"damage")
    except OSError:
        pass


def spawn(folder: Path, seed: int, steps: int) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            hammer(folder, seed, steps)
            code = 0
        finally:
            os._exit(code)
    return child


def test_sixteen_processes_of_which_some_are_killed(folder: Path) -> None:
    chance = random.Random(5)
    children = [spawn(folder, seed, 60) for seed in range(16)]
    victims = children[:6]
    for victim in victims:
        time.sleep(chance.random() * 0.1)
        os.kill(victim, signal.SIGKILL)
    statuses = {child: os.waitpid(child, 0)[1] for child in children}
    assert all(statuses[child] == 0 for child in children[6:])
    assert all(statuses[child] in (0, signal.SIGKILL) for child in victims)
    assert run_child(lambda: hammer(folder, 99, 30)) == 0
    opened = CacheDirectory(str(folder), create=False)
    assert list_files(opened).size <= LIMIT + LARGEST
    for _ in verify(opened, repair=True):
        pass
    assert list(verify(opened, repair=False)) == []


def test_processes_started_anew_find_what_others_built(folder: Path) -> None:
    code = f"""
from stepwell.runtime.cache import CompiledModuleCache, DiskCache, Entry, cache_key
cache = CompiledModuleCache(DiskCache({str(folder)!r}))
for number in range(20):
    cache.get_or_build(cache_key({{"n": str(number)}}), lambda: Entry({{"n": number}}, b"x"))
print(cache.statistics.builds, cache.statistics.disk_hits)
"""
    command = [sys.executable, "-c", code]
    root = Path(__file__).parents[3]
    outputs = [
        subprocess.run(command, cwd=root, capture_output=True, text=True).stdout for _ in range(2)
    ]
    assert outputs == ["20 0\n", "0 20\n"]

"""The long tests of the cache: `python -m tests.runtime.cache.campaign [SECTION ...]`.

Sections: flips (every bit, truncation, zero fill), faults (every error at every call), kills
(SIGKILL at every kernel call, by strace), processes (16 of them, 1,000 requests each, some killed).
Prints how many cases each went through; stops at the first wrong one.
"""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

from stepwell.runtime.cache import CorruptEntry
from stepwell.runtime.cache.directory import CacheDirectory
from stepwell.runtime.cache.entry import decode_entry, encode_entry
from stepwell.runtime.cache.maintenance import list_files
from tests.runtime.cache import test_faults, test_kill, test_processes
from tests.runtime.cache.conftest import entry_for, key_for

MARK = "/stepwell-campaign-mark"
WORKERS: dict[str, Callable[[Path], None]] = {work.__name__: work for work in test_kill.MAY_LOSE}


def flips() -> int:
    cases = 0
    for name, size in (("one", 0), ("two", 2000), ("three", 4000)):
        key = key_for(name)
        content = encode_entry(key, entry_for(name, size))
        flipped = bytearray(content)
        for bit in range(len(content) * 8):
            flipped[bit // 8] ^= 1 << bit % 8
            must_be_refused(bytes(flipped), key)
            flipped[bit // 8] ^= 1 << bit % 8
        for end in range(len(content)):
            must_be_refused(content[:end], key)
            filled = content[:end] + bytes(len(content) - end)
            if filled != content:
                must_be_refused(filled, key)
        must_be_refused(content, key_for("another"))
        cases += len(content) * 10 + 1
    return cases


def must_be_refused(content: bytes, key: str) -> None:
    try:
        decode_entry(content, key)
    except CorruptEntry:
        return
    raise AssertionError("a broken entry was accepted")


def faults() -> int:
    cases = 0
    for error in test_faults.ERRORS:
        for name, work in test_faults.WORK.items():
            for is_lasting in (False, True):
                at = 0
                reached = True
                while reached:
                    at += 1
                    with tempfile.TemporaryDirectory() as scratch:
                        folder = Path(scratch, f"{error}-{name}-{at}")
                        reached = test_faults.is_right_with_fault(
                            folder, work, error, at, is_lasting
                        )
                cases += at - 1
    return cases


def kills() -> int:
    if shutil.which("strace") is None:
        sys.exit("the section `kills` needs strace")
    cases = 0
    for name, work in WORKERS.items():
        for call, at in kernel_calls(name):
            with tempfile.TemporaryDirectory() as scratch:
                folder = Path(scratch, "cache")
                test_kill.prepare(folder)
                inject = f"inject={call}:signal=SIGKILL:when={at}"
                status = traced(name, folder, ["-o", "/dev/null", "-e", inject])
                assert status in (-signal.SIGKILL, 128 + signal.SIGKILL, 0), (call, at, status)
                cases += status != 0
                test_kill.check_survivors(folder, test_kill.MAY_LOSE[work])
    return cases


def kernel_calls(worker: str) -> list[tuple[str, int]]:
    """Each kernel call of the worker's own work: its name, and its number among those so named."""
    with tempfile.TemporaryDirectory() as scratch:
        folder, log = Path(scratch, "cache"), Path(scratch, "log")
        test_kill.prepare(folder)
        assert traced(worker, folder, ["-o", str(log)]) == 0
        lines = log.read_text(errors="replace").splitlines()
    seen: Counter[str] = Counter()
    found: list[tuple[str, int]] = []
    is_marked = False
    for line in lines:
        match = re.match(r"(\w+)\(", line)
        if match is None:
            continue
        seen[match.group(1)] += 1
        if MARK in line and is_marked:
            return found
        is_marked = is_marked or MARK in line
        if is_marked and MARK not in line:
            found.append((match.group(1), seen[match.group(1)]))
    raise AssertionError("the trace has no end mark")


def traced(worker: str, folder: Path, options: list[str]) -> int:
    command = [sys.executable, "-m", "tests.runtime.cache.campaign", "--worker", worker]
    full = ["strace", "-qq", *options, *command, str(folder)]
    return subprocess.run(full, stderr=subprocess.DEVNULL, timeout=60).returncode


def run_worker(name: str, folder: str) -> None:
    os.path.lexists(MARK)
    WORKERS[name](Path(folder))
    os.path.lexists(MARK)


def processes() -> int:
    chance = random.Random(time.time_ns())
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch, "cache")
        children = [test_processes.spawn(folder, seed, 1000) for seed in range(16)]
        victims = children[:4]
        for victim in victims:
            time.sleep(chance.random())
            os.kill(victim, signal.SIGKILL)
        statuses = {child: os.waitpid(child, 0)[1] for child in children}
        assert all(statuses[child] == 0 for child in children[4:]), statuses
        test_processes.hammer(folder, 99, 50)
        size = list_files(CacheDirectory(str(folder), create=False)).size
        assert size <= test_processes.LIMIT + test_processes.LARGEST, size
    return 16 * 1000


SECTIONS = {"flips": flips, "faults": faults, "kills": kills, "processes": processes}


def main(names: list[str]) -> None:
    if names[:1] == ["--worker"]:
        return run_worker(*names[1:])
    for name in names or SECTIONS:
        started = time.time()
        cases = SECTIONS[name]()
        print(f"{name}: {cases} cases, all right, {time.time() - started:.0f} s", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])

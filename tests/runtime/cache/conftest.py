"""What the cache tests share: entries, a folder, and a way to break any system call."""

from __future__ import annotations

import logging
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from stepwell.runtime.cache import DiskCache, Entry
from stepwell.runtime.cache import warning as cache_warning
from stepwell.runtime.cache.entry import encode_entry
from stepwell.runtime.cache.entry_file import entry_name

SYSTEM_CALLS = (
    "mkdir open fstat stat lstat read write fsync close rename unlink utime listdir".split()
)


@dataclass
class Interference:
    """Counts the system calls in a `with active():` block and does something at the k-th one."""

    at: int
    act: Callable[[str], None]
    from_then_on: bool = False
    count: int = 0

    @property
    def is_reached(self) -> bool:
        return self.count >= self.at

    @contextmanager
    def active(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name in SYSTEM_CALLS:
                patch.setattr(os, name, self._wrap(name))
            yield

    def _wrap(self, name: str) -> Callable[..., Any]:
        real = getattr(os, name)

        def wrapped(*arguments: Any, **keywords: Any) -> Any:
            self.count += 1
            is_hit = self.count == self.at or (self.from_then_on and self.count > self.at)
            if not is_hit:
                return real(*arguments, **keywords)
            result = None
            if name == "close":
                real(*arguments)  # a failing close closes all the same
            elif name == "write":
                result = real(arguments[0], arguments[1][: len(arguments[1]) // 2])  # torn
            self.act(name)
            return result if name in ("close", "write") else real(*arguments, **keywords)

        return wrapped


def fail_with(number: int) -> Callable[[str], None]:
    def act(name: str) -> None:
        raise OSError(number, os.strerror(number), name)

    return act


def kill_self(_name: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def run_child(work: Callable[[], None]) -> int:
    """Runs `work` in a fork and returns the wait status: 0 if it ended well."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    return os.waitpid(child, 0)[1]


def key_for(name: str) -> str:
    return sha256(name.encode()).hexdigest()


def entry_for(name: str, size: int = 200) -> Entry:
    """An entry whose whole content follows from its name, so that any mix-up shows."""
    seed = sha256(name.encode()).digest()
    return Entry({"name": name, "size": size}, (seed * (size // 32 + 1))[:size])


def fill(folder: Path, names: list[str]) -> None:
    """Makes a cache with an entry for each name, the first the longest unused; it syncs nothing."""
    folder.mkdir(mode=0o700)
    for number, name in enumerate(names):
        path = folder / entry_name(key_for(name))
        path.write_bytes(encode_entry(key_for(name), entry_for(name)))
        os.utime(path, (1000 + number, 1000 + number))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture
def disk(folder: Path) -> DiskCache:
    return DiskCache(folder)


@pytest.fixture(autouse=True)
def fresh_warning(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_warning, "_first_warning", threading.Lock())


class Collector(logging.Handler):
    def __init__(self, records: list[logging.LogRecord]) -> None:
        super().__init__()
        self.records = records

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


@pytest.fixture
def warnings() -> Iterator[list[logging.LogRecord]]:
    """What `stepwell.cache` logs, growing."""
    records: list[logging.LogRecord] = []
    handler = Collector(records)
    logger = logging.getLogger("stepwell.cache")
    logger.addHandler(handler)
    yield records
    logger.removeHandler(handler)

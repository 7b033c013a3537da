"""Keys: every input alone changes the key, and nothing else does."""

from __future__ import annotations

import subprocess
import sys
import time
from hashlib import sha256
from pathlib import Path

import pytest

from stepwell.runtime.cache import cache_key, environment_parts
from stepwell.runtime.cache.environment import source_digest

PARTS: dict[str, bytes | str] = {
    "ir": b"module {}",
    "pipeline": "canonicalize,cse",
    "options": "O2",
    "driver": "",
}


@pytest.mark.parametrize("name", sorted({**PARTS, **environment_parts()}))
def test_changing_one_part_changes_the_key(name: str) -> None:
    parts = {**PARTS, **environment_parts()}
    key = cache_key(parts)
    value = parts[name]
    others: list[bytes | str] = [
        value + b"\0" if isinstance(value, bytes) else value + "\0",
        value[:-1] + b"}}" if isinstance(value, bytes) else value[:-1] + "}}",
        value.decode() if isinstance(value, bytes) else value.encode(),
    ]
    keys = {cache_key({**parts, name: other}) for other in others}
    assert len(keys) == 3 and key not in keys
    without = {other: content for other, content in parts.items() if other != name}
    renamed: dict[str, bytes | str] = {**without, name + "x": value}
    assert len({key, cache_key(without), cache_key(renamed)}) == 3


def test_order_does_not_matter_and_the_key_is_stable() -> None:
    assert cache_key(PARTS) == cache_key(dict(reversed(PARTS.items())))
    written = b"stepwell cache key 1\n2\n1 text 2\nabc1 bytes 0\nx"
    assert cache_key({"x": b"", "a": "bc"}) == sha256(written).hexdigest()


def test_parts_cannot_run_into_each_other() -> None:
    ambiguous: list[dict[str, bytes | str]] = [
        {"a": "bc", "d": "e"},
        {"a": "b", "cd": "e"},
        {"a": "bc", "de": ""},
        {"a": "bcde"},
        {"a": "b", "c": "de"},
        {"a": "1 text 1\nb"},
        {"": "abcde"},
        {"abcde": ""},
        {"a": "bc1 text 1\nde"},
        {"a": "\ud800"},
        {"a": "\udfff"},
    ]
    assert len({cache_key(parts) for parts in ambiguous}) == len(ambiguous)


def test_two_processes_agree_on_the_environment() -> None:
    code = "from stepwell.runtime.cache import *; print(cache_key(environment_parts()))"
    command = [sys.executable, "-c", code]
    root = Path(__file__).parents[3]
    seen = {subprocess.run(command, cwd=root, capture_output=True).stdout for _ in range(2)}
    assert len(seen) == 1 and len(seen.pop()) == 65


def test_the_environment_says_what_machine_code_depends_on() -> None:
    parts = environment_parts()
    assert set(parts) == {
        "stepwell source",
        "llvmlite",
        "llvm",
        "triple",
        "cpu",
        "features",
        "python",
    }
    assert all(parts.values())
    parts["cpu"] = "changed by a caller"
    assert environment_parts()["cpu"] != parts["cpu"]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    root = tmp_path / "package"
    (root / "inner").mkdir(parents=True)
    (root / "a.py").write_bytes(b"x = 1\n")
    (root / "inner" / "g.lark").write_bytes(b"start: A\n")
    return root


def soon() -> int:
    return time.time_ns() + 10**9


def test_every_source_byte_counts(package: Path) -> None:
    before = source_digest(package, soon())
    assert source_digest(package, soon()) == before
    for name in ("a.py", "inner/g.lark"):
        content = (package / name).read_bytes()
        for place in range(len(content)):
            changed = bytearray(content)
            changed[place] ^= 1
            (package / name).write_bytes(changed)
            assert source_digest(package, soon()) != before
        (package / name).write_bytes(content)
    assert source_digest(package, soon()) == before


def test_names_and_borders_of_files_count_and_compiled_files_do_not(package: Path) -> None:
    before = source_digest(package, soon())
    (package / "__pycache__").mkdir()
    (package / "__pycache__" / "a.py").write_bytes(b"")
    (package / "notes.txt").write_bytes(b"")
    assert source_digest(package, soon()) == before
    (package / "b.py").write_bytes(b"")
    with_b = source_digest(package, soon())
    assert with_b != before
    (package / "b.py").rename(package / "c.py")
    assert source_digest(package, soon()) not in (before, with_b)


def test_content_cannot_pass_for_another_file(package: Path) -> None:
    (package / "inner" / "g.lark").unlink()
    (package / "a.py").write_bytes(b"Xb.pyY")
    one_file = source_digest(package, soon())
    (package / "a.py").write_bytes(b"X")
    (package / "b.py").write_bytes(b"Y")
    assert source_digest(package, soon()) != one_file


def test_source_edited_after_the_start_is_never_shared(package: Path) -> None:
    started = time.time_ns() - 10**9
    digests = {source_digest(package, started) for _ in range(3)}
    assert len(digests) == 3


def test_source_that_cannot_be_read_is_never_shared(tmp_path: Path) -> None:
    assert source_digest(tmp_path / "gone", soon()) != source_digest(tmp_path / "gone", soon())

"""`stepwell-cache`: what it prints, removes and returns."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from stepwell.frontend.command_line.cache import main
from stepwell.runtime.cache import DiskCache
from stepwell.runtime.cache.entry_file import entry_name
from tests.runtime.cache.conftest import entry_for, key_for


@pytest.fixture
def filled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with entries a, b and c, of which b is corrupt, a temporary and a foreign file."""
    monkeypatch.setenv("STEPWELL_CACHE_DIR", str(folder))
    monkeypatch.delenv("STEPWELL_CACHE_LIMIT", raising=False)
    disk = DiskCache(folder)
    for name in "abc":
        disk.put(key_for(name), entry_for(name))
    bad = folder / entry_name(key_for("b"))
    bad.write_bytes(bad.read_bytes()[:-1])
    (folder / ("tmp-" + "0" * 32)).write_bytes(b"x" * 50)
    (folder / "notes.entry").write_text("mine")
    return folder


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_info_shows_the_figures(filled: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.utime(filled / entry_name(key_for("a")), (10**9, 10**9))
    assert main(["info"]) == 0
    printed = capsys.readouterr().out
    size = sum((filled / entry_name(key_for(name))).stat().st_size for name in "abc")
    assert f"folder:   {filled}\n" in printed
    assert "entries:  3\n" in printed
    assert f"size:     {size} bytes\n" in printed
    assert "limit:    2.0 GiB\n" in printed
    assert "unfinished files: 1, 50 bytes\n" in printed
    assert "oldest:   last used 2001-09-0" in printed
    assert "newest:   last used 20" in printed


def test_clear_removes_what_is_ours_and_nothing_else(
    filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outside = filled.parent / "outside"
    outside.write_text("precious")
    link = filled / entry_name(key_for("link"))
    link.symlink_to(outside)
    assert main(["clear"]) == 0
    assert names(filled) == {"notes.entry", link.name}
    assert outside.read_text() == "precious"
    assert "removed 3 entries, " in capsys.readouterr().out


def test_verify_names_the_bad_ones_and_repair_removes_them(
    filled: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = names(filled)
    times = {name: (filled / name).stat().st_mtime_ns for name in before}
    assert main(["verify"]) == 1
    printed = capsys.readouterr().out
    bad = entry_name(key_for("b"))
    assert f"{bad}: the length is not the one in the header\n" in printed
    assert "1 bad, 3 entries in the cache now\n" in printed
    assert {name: (filled / name).stat().st_mtime_ns for name in names(filled)} == times
    assert main(["verify", "--repair"]) == 1
    assert names(filled) == before - {bad}
    assert main(["verify"]) == 0
    assert "0 bad, 2 entries in the cache now\n" in capsys.readouterr().out


@pytest.mark.parametrize("command", ["info", "clear", "verify"])
def test_no_folder_yet_is_an_empty_cache(
    folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    command: str,
) -> None:
    monkeypatch.setenv("STEPWELL_CACHE_DIR", str(folder))
    assert main([command]) == 0
    assert "0" in capsys.readouterr().out
    assert not folder.exists()


@pytest.mark.parametrize("command", ["info", "clear", "verify"])
def test_a_refused_folder_is_an_error_without_a_traceback(
    filled: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    filled.chmod(0o777)
    before = names(filled)
    assert main([command]) == 1
    assert "others can write it (mode 0777)" in capsys.readouterr().err
    assert names(filled) == before


def test_the_cache_can_be_off(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("STEPWELL_CACHE_DIR", "off")
    assert main(["info"]) == 0
    assert capsys.readouterr().out == "off (STEPWELL_CACHE_DIR)\n"


def test_a_bad_limit_is_an_error_that_names_it(
    filled: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert filled.is_dir()
    for text in ("much", "-1", "1e9", "1 PB", "9" * 400, "٣"):
        monkeypatch.setenv("STEPWELL_CACHE_LIMIT", text)
        assert main(["info"]) == 1, text
        assert "error: STEPWELL_CACHE_LIMIT" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [[], ["sweep"], ["info", "--repair"]])
def test_bad_usage_exits_with_2(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(arguments)
    assert exit_.value.code == 2


def test_it_starts_without_the_heavy_libraries(filled: Path) -> None:
    code = (
        "import sys; from stepwell.frontend.command_line.cache import main; main(['info']);"
        "print(sorted({'numpy', 'llvmlite', 'numba', 'lark'} & set(sys.modules)))"
    )
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.stdout.endswith("[]\n"), done.stderr
    assert str(filled) in done.stdout

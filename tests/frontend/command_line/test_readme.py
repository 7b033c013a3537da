"""What the README shows is true."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from stepwell.frontend.command_line import cache, opt, run, translate
from tests.docs.fenced import ROOT, page

README = page("README.md")
COMMANDS = README.commands()
TOOLS = {
    "stepwell-opt": opt.main,
    "stepwell-run": run.main,
    "stepwell-translate": translate.main,
    "stepwell-cache": cache.main,
}


def test_there_are_commands_to_check() -> None:
    assert len(COMMANDS) >= 18
    assert sum(README.printed_by(command) is not None for command in COMMANDS) == 1


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("STEPWELL_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path


@pytest.mark.usefixtures("workplace")
def test_the_commands_run(capfd: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        words = shlex.split(command)
        status = TOOLS[words[0]](words[1:])
        captured = capfd.readouterr()
        assert status == 0, f"{command}\n{captured.err}"
        assert README.printed_by(command) in (None, captured.out)


def test_the_test_command_is_marked() -> None:
    assert re.search(r"^<!-- ci:test -->\n```sh\n.*pytest.*\n```$", README.text, re.MULTILINE)

"""What the README shows is true."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import stepwell
from stepwell.frontend.command_line import opt, run

ROOT = Path(__file__).parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
TOOLS = {"stepwell-opt": opt.main, "stepwell-run": run.main}
COMMANDS = [
    part.strip()
    for kind, text in BLOCKS
    if kind == "sh"
    for line in text.splitlines()
    for part in line.split("&&")
    if part.strip().startswith("stepwell-")
]


def shown_after(text: str) -> str | None:
    """The block that follows the one that ends in `text`, if the word "prints" is between."""
    pattern = re.escape(text) + r"\n```\n\nprints\n\n```\w+\n(.*?)^```$"
    found = re.search(pattern, README, re.MULTILINE | re.DOTALL)
    return found[1] if found is not None else None


def test_there_are_commands_to_check() -> None:
    assert len(COMMANDS) >= 10
    assert sum(shown_after(command) is not None for command in COMMANDS) == 1


@pytest.fixture
def workplace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.usefixtures("workplace")
def test_the_commands_run(capsys: pytest.CaptureFixture[str]) -> None:
    for command in COMMANDS:
        words = shlex.split(command)
        on_cpu = words[0] == "stepwell-run" and "--target=interpreter" not in words
        if on_cpu and not hasattr(stepwell, "compile"):
            continue
        status = TOOLS[words[0]](words[1:])
        captured = capsys.readouterr()
        assert status == 0, f"{command}\n{captured.err}"
        assert shown_after(command) in (None, captured.out)


def test_the_python_code_runs() -> None:
    code = "\n".join(text for kind, text in BLOCKS if kind == "python")
    done = subprocess.run([sys.executable, "-"], input=code, capture_output=True, text=True,
                          cwd=ROOT)  # fmt: skip
    assert done.stderr == ""
    assert done.stdout == shown_after("print(module)")


def test_the_test_command_is_marked() -> None:
    assert re.search(r"^<!-- ci:test -->\n```sh\n.*pytest.*\n```$", README, re.MULTILINE)

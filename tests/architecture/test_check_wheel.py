"""The wheel check, on wheels made up for the purpose."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from tests.architecture.check_wheel import faults

METADATA = {
    "stepwell-1.dist-info/licenses/LICENSE": "x",
    "stepwell-1.dist-info/entry_points.txt": "",
}
FILES = {
    "stepwell/__init__.py": "",
    "stepwell/py.typed": "",
    "stepwell/ir/grammar.lark": "start: x",
    "stepwell/ir/__init__.py": "x = 1\n",
}


def _tree(root: Path) -> None:
    for name, text in {**FILES, "tests/test_x.py": "", "stepwell/notes.txt": ""}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def _faults(root: Path, files: dict[str, str]) -> list[str]:
    _tree(root)
    wheel = root / "stepwell-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    return faults(wheel, root)


def test_a_whole_wheel_has_no_fault(tmp_path: Path) -> None:
    assert _faults(tmp_path, FILES | METADATA) == []


@pytest.mark.parametrize("name", [*FILES, *METADATA])
def test_what_is_missing_is_named(tmp_path: Path, name: str) -> None:
    given = {key: text for key, text in (FILES | METADATA).items() if key != name}
    assert _faults(tmp_path, given) == [
        f"missing: {name.rpartition('dist-info/')[2].split('/')[-1]}"
        if name in METADATA
        else f"missing: {name}"
    ]


@pytest.mark.parametrize("name", ["tests/test_x.py", "ir/__init__.py", "docs/index.md"])
def test_what_does_not_belong_is_named(tmp_path: Path, name: str) -> None:
    given = FILES | METADATA | {name: ""}
    assert _faults(tmp_path, given) == [f"does not belong there: {name}"]


def test_other_bytes_are_named(tmp_path: Path) -> None:
    given = FILES | METADATA | {"stepwell/ir/__init__.py": "x = 2\n"}
    assert _faults(tmp_path, given) == ["differs from the source: stepwell/ir/__init__.py"]

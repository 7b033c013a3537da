"""Checks what a built wheel holds: `python tests/architecture/check_wheel.py dist/NAME.whl`.

The whole package and nothing beside it, and the same bytes as in the source tree.
"""

from __future__ import annotations

import sys
import zipfile
from pathlib import Path

SHIPPED = {".py", ".lark", ".json", ".mlir", ".typed"}


def expected_files(root: Path) -> dict[str, bytes]:
    """What of the source tree belongs into a wheel, by its name in it."""
    return {
        path.relative_to(root).as_posix(): path.read_bytes()
        for path in sorted((root / "stepwell").rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts and path.suffix in SHIPPED
    }


def wheel_files(wheel: Path) -> dict[str, bytes]:
    """All files of a wheel but its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        return {
            name: archive.read(name)
            for name in archive.namelist()
            if ".dist-info/" not in name and not name.endswith("/")
        }


def faults(wheel: Path, root: Path) -> list[str]:
    """What is wrong with the wheel; nothing if it is right."""
    expected, present = expected_files(root), wheel_files(wheel)
    found = [f"missing: {name}" for name in expected if name not in present]
    found += [f"does not belong there: {name}" for name in present if name not in expected]
    found += [
        f"differs from the source: {name}"
        for name in expected
        if name in present and present[name] != expected[name]
    ]
    with zipfile.ZipFile(wheel) as archive:
        metadata = [name for name in archive.namelist() if ".dist-info/" in name]
    if not any(name.endswith("/LICENSE") for name in metadata):
        found.append("missing: LICENSE")
    if not any(name.endswith("/entry_points.txt") for name in metadata):
        found.append("missing: entry_points.txt")
    return found


def main(arguments: list[str]) -> int:
    """Checks each wheel named; returns 1 if one has a fault."""
    if not arguments:
        print("usage: check_wheel.py WHEEL...", file=sys.stderr)
        return 2
    wrong = 0
    for name in arguments:
        found = faults(Path(name), Path(__file__).parents[2])
        for fault in found:
            print(f"{name}: {fault}", file=sys.stderr)
        if not found:
            print(f"{name}: {len(wheel_files(Path(name)))} files, as in the source")
        wrong += bool(found)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

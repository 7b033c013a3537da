"""Prints how large the package's files and functions are: `python tests/architecture/sizes.py`.

A file past 600 lines or a function past 60 is marked: it is asked what its two ideas are.
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[2]))

from tests.architecture.sources import PACKAGE, Size, function_sizes, module_name, python_files

LONG_FILE, TOO_LONG_FILE, LONG_FUNCTION = 600, 800, 60


def file_sizes(root: Path = PACKAGE) -> list[Size]:
    """The package's files, longest first."""
    sizes = [
        Size(str(path.relative_to(root.parent)), len(path.read_text(encoding="utf-8").splitlines()))
        for path in python_files(root)
    ]
    return sorted(sizes, key=lambda size: (-size.lines, size.name))


def all_function_sizes() -> list[Size]:
    """The package's functions, longest first."""
    sizes = [
        size
        for path in python_files()
        for size in function_sizes(path.read_text(encoding="utf-8"), module_name(path))
    ]
    return sorted(sizes, key=lambda size: (-size.lines, size.name))


def _rows(sizes: list[Size], limit: int, count: int) -> list[str]:
    return [
        f"{'*' if size.lines > limit else ' '} {size.lines:6}  {size.name}"
        for size in sizes[:count]
    ]


def _middle(sizes: list[Size]) -> int:
    return sizes[len(sizes) // 2].lines if sizes else 0


def table() -> str:
    """All files, and the forty longest functions."""
    files, functions = file_sizes(), all_function_sizes()
    total = sum(size.lines for size in files)
    return "\n".join(
        [
            f"{len(files)} files, {total} lines, median {_middle(files)}; * past {LONG_FILE}",
            *_rows(files, LONG_FILE, len(files)),
            "",
            f"{len(functions)} functions, median {_middle(functions)}; * past {LONG_FUNCTION}",
            *_rows(functions, LONG_FUNCTION, 40),
        ]
    )


if __name__ == "__main__":
    print(table())

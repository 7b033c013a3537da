"""The fenced blocks of a page of the documentation, and the commands in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).parents[2]
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED = re.compile(r"^`([\w.]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PYTHON_PAGES = ("README.md", "CONTRIBUTING.md", "docs/*.md")


@dataclass(frozen=True, slots=True)
class Page:
    """A page.

    Attributes:
        path: from the root of the repository.
        text: all of it.
    """

    path: str
    text: str

    def blocks(self, kind: str) -> list[str]:
        """The texts of the blocks in one language."""
        return [found[2] for found in _FENCE.finditer(self.text) if found[1] == kind]

    def files(self) -> dict[str, str]:
        """The blocks that stand below a line that is a file's name: by name."""
        return dict(_NAMED.findall(self.text))

    def commands(self) -> list[str]:
        """The commands of this project's tools, in order."""
        parts = [
            part.strip()
            for text in self.blocks("sh")
            for line in text.splitlines()
            for part in line.split("&&")
        ]
        return [part for part in parts if part.startswith("stepwell-")]

    def printed_by(self, text: str) -> str | None:
        """The block after the one that holds `text`, if only the word "prints" is between."""
        found = list(_FENCE.finditer(self.text))
        for block, following in pairwise(found):
            between = self.text[block.end() : following.start()]
            if text in block[2].splitlines() and between.strip() == "prints":
                return following[2]
        return None


def page(path: str) -> Page:
    """A page of this repository."""
    return Page(path, (ROOT / path).read_text(encoding="utf-8"))


def pages() -> list[Page]:
    """All pages for readers."""
    paths = [path for pattern in PYTHON_PAGES for path in sorted(ROOT.glob(pattern))]
    return [page(path.relative_to(ROOT).as_posix()) for path in paths]

"""Code on the pages runs, and what they point at is there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.fenced import ROOT, Page, pages

PAGES = pages()
by_page = pytest.mark.parametrize("page", PAGES, ids=[page.path for page in PAGES])
_FILES = re.compile(r"`((?:stepwell|tests|benchmarks|docs|examples)/[\w/.-]+)`")
_LINKS = re.compile(r"\]\(([\w./-]+)\)")


def test_the_pages_are_found() -> None:
    paths = [page.path for page in PAGES]
    assert {"README.md", "CONTRIBUTING.md", "docs/design.md", "docs/text.md"} <= set(paths)


@by_page
def test_python_code_runs(page: Page, tmp_path: Path) -> None:
    files = page.files().values()
    code = "\n".join(block for block in page.blocks("python") if block not in files)
    environment = {
        **os.environ, "PYTHONPATH": str(ROOT), "STEPWELL_CACHE_DIR": str(tmp_path / "cache")
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-"], input=code, capture_output=True, text=True,
                          cwd=tmp_path, env=environment)  # fmt: skip
    assert done.stderr == ""
    printing = [line for line in code.splitlines() if line.startswith("print(")]
    assert done.stdout == "".join(page.printed_by(line) or "" for line in printing)


@by_page
def test_links_and_files_exist(page: Page) -> None:
    for link in _LINKS.findall(page.text):
        assert (ROOT / page.path).parent.joinpath(link).exists(), link
    for path in _FILES.findall(page.text):
        assert (ROOT / path).exists(), path

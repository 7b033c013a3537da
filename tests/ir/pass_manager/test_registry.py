"""Passes by name: where they are found, and what their signatures may say."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Literal

import pytest

from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager import registry
from stepwell.ir.pass_manager.options import options_of
from stepwell.ir.pass_manager.registry import Pass, PassContext, available, find, load_file, pass_
from stepwell.ir.pass_manager.titles import title_of

Mode = Literal["fast", "slow"]

FILE = '''"""Counts.

More."""
from stepwell.ir.pass_manager.registry import pass_

@pass_("from-file")
def from_file(op, context, *, deep: "bool" = False) -> None:
    """Own summary."""
'''


def test_a_pass_is_found_by_name() -> None:
    found = find("mark")
    assert isinstance(found, Pass)
    assert (found.on, found.title, found.summary) == ("func.func", "Marker", "Marks functions.")
    assert [option.name for option in found.options][:2] == ["text", "times"]
    assert found.text == "Marks functions.\n\nAll of them."


def test_an_unknown_name_gets_a_suggestion() -> None:
    with pytest.raises(PassError, match="there is no pass 'nothng'; did you mean 'nothing'?"):
        find("nothng")


@pytest.mark.parametrize("name", ["", "..", "os", "pipelines", "a b", "../x", "1x"])
def test_odd_names_are_just_unknown(name: str) -> None:
    with pytest.raises(PassError, match="there is no pass"):
        find(name)


def test_a_file_gives_passes(tmp_path: Path) -> None:
    path = tmp_path / "mine.py"
    path.write_text(FILE)
    load_file(str(path))
    assert find("from-file").summary == "Own summary."
    assert "from-file" in [listing.name for listing in available()]
    del sys.modules["stepwell_loaded_mine"]


def test_files_are_read_without_being_imported() -> None:
    (one,) = registry._defined_in(FILE, "stepwell.passes.from_file")
    assert (one.name, one.summary) == ("from-file", "Counts.")
    (other,) = registry._defined_in(FILE, "stepwell.passes.several")
    assert other.summary == "Own summary."
    assert registry._defined_in("def f(): pass", "stepwell.passes.f") == []


def test_what_the_package_defines_is_listed_and_found() -> None:
    for listing in available():
        if listing.module.startswith("stepwell.passes"):
            found = find(listing.name)
            assert found.name == listing.name
            assert found.summary == listing.summary
            assert found.summary


def test_installed_packages_add_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = EntryPoint("plugged", "plugin_for_test:plugged", "stepwell.passes")
    monkeypatch.setattr(registry, "_entry_points", lambda: {"plugged": entry})
    assert "plugged" in [listing.name for listing in available()]
    with pytest.raises(PassError, match="pass 'plugged' cannot be loaded: No module named"):
        find("plugged")


def test_kinds_of_options() -> None:
    def function(
        op: Operation,
        context: PassContext,
        *,
        lambda_: int = 1,
        mode: Mode = "fast",
        sizes: list[int] | None = None,
        names: tuple[str, ...] = ("a",),
    ) -> None: ...

    first, mode, sizes, names = options_of(function)
    assert (first.name, first.parameter, first.scalar) == ("lambda", "lambda_", int)
    assert mode.choices == ("fast", "slow")
    assert (sizes.is_list, sizes.scalar, sizes.default) == (True, int, None)
    assert (names.is_list, names.scalar, names.default) == (True, str, ["a"])


def no_default(op: Operation, context: PassContext, *, x: int) -> None: ...


def no_such_type(op: Operation, context: PassContext, *, x: dict[str, int] = {}) -> None: ...  # noqa: B006


@pytest.mark.parametrize("function", [no_default, no_such_type])
def test_a_signature_that_cannot_be_options(function: Callable[..., None]) -> None:
    with pytest.raises(TypeError):
        pass_("bad")(function)


def test_titles() -> None:
    assert title_of("convert-linalg-to-loops") == "ConvertLinalgToLoopsPass"
    assert title_of("canonicalize") == "Canonicalizer"
    assert title_of("symbol-dce") == "SymbolDCE"


def test_passes_are_found_by_their_file_names_without_reading_all_files() -> None:
    code = (
        "from stepwell.ir.pass_manager import registry\n"
        "for name in ('cse', 'lower-affine', 'convert-scf-to-cf'):\n"
        "    assert registry.find(name).name == name\n"
        "print(registry._index.cache_info().misses)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "0\n"

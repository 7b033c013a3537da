"""Passes by name.

A pass is a function marked with `@pass_("its-name")` in `stepwell/passes/its_name.py`; the file
is imported when the pass is first asked for. Installed packages add passes by entry points of the
group `stepwell.passes`, and `load_file` takes one from any file. What exists is read from the
files' text, so that listing passes imports none.
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType
from typing import TypeVar

from stepwell.ir.diagnostics import PassError, StepwellError
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.options import Option, did_you_mean, options_of
from stepwell.ir.pass_manager.titles import title_of

PACKAGE = "stepwell.passes"

F = TypeVar("F", bound=Callable[..., None])
G = TypeVar("G", bound=Callable[..., str])


@dataclass(frozen=True, slots=True)
class Pass:
    """A registered pass.

    Args:
        name: in pipelines and as a flag.
        on: the op it runs on, or "any".
        function: `function(op, context, *, options...)`.
        title: how banners and timings call it; upstream's name of the class.
        summary: one line.
        text: the whole documentation.
        options: in the order of the signature.
    """

    name: str
    on: str
    function: Callable[..., None]
    title: str
    summary: str
    text: str = field(repr=False)
    options: tuple[Option, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class NamedPipeline:
    """A pipeline that has a name: a function from options to the pipeline's text."""

    name: str
    function: Callable[..., str]
    summary: str
    text: str = field(repr=False)
    options: tuple[Option, ...] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Listing:
    """What is known of a pass without importing it."""

    name: str
    summary: str
    module: str
    is_pipeline: bool = False


_known: dict[str, Pass | NamedPipeline] = {}


def pass_(name: str, on: str = "any", title: str | None = None) -> Callable[[F], F]:
    """Registers a function as the pass `name`; the function itself stays as it is.

    Args:
        name: of the pass; its file is called the same, with underscores.
        on: the op that it runs on ("func.func", "builtin.module"), or "any".
        title: what banners call it, if upstream's class is not named after the pass.
    """

    def register(function: F) -> F:
        text = _documentation(name, function)
        _known[name] = Pass(
            name,
            on,
            function,
            title or title_of(name),
            _first_line(text),
            text,
            options_of(function),
        )
        return function

    return register


def pipeline(name: str) -> Callable[[G], G]:
    """Registers a function that makes a pipeline's text from its options, under a name."""

    def register(function: G) -> G:
        text = inspect.cleandoc(function.__doc__ or "")
        _known[name] = NamedPipeline(name, function, _first_line(text), text, options_of(function))
        return function

    return register


def find(name: str) -> Pass | NamedPipeline:
    """The pass or named pipeline called `name`, imported if need be.

    Raises:
        PassError: there is none, or its file cannot be imported.
    """
    if name not in _known:
        _import(name)
    found = _known.get(name)
    if found is None:
        names = [listing.name for listing in available()]
        raise PassError(f"there is no pass '{name}'{did_you_mean(name, names)}")
    return found


def load_file(path: str) -> ModuleType:
    """Imports a Python file that a user names, for the passes or dialects it registers.

    Raises:
        PassError: the file is missing or raises an error.
    """
    name = f"stepwell_loaded_{Path(path).stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not Path(path).is_file():
        raise PassError(f"cannot load '{path}': not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except StepwellError:
        raise
    except Exception as error:
        raise PassError(f"cannot load '{path}': {type(error).__name__}: {error}") from error
    return module


def available() -> list[Listing]:
    """All passes and named pipelines that could be used, sorted by name."""
    found = dict(_index())
    for name, entry in _entry_points().items():
        found.setdefault(name, Listing(name, "", entry.module))
    for name, known in _known.items():
        module = known.function.__module__
        found[name] = Listing(name, known.summary, module, isinstance(known, NamedPipeline))
    return [found[name] for name in sorted(found)]


def _import(name: str) -> None:
    """Imports the file that is named like the pass, or the one that the files' texts name."""
    module = f"{PACKAGE}.{name.replace('-', '_')}"
    try:
        if module.replace(".", "").isidentifier() and _exists(module):
            importlib.import_module(module)
        if name in _known:
            return  # without reading the text of all files
        listing = _index().get(name)
        if listing is not None:
            importlib.import_module(listing.module)
        elif name in _entry_points():
            _entry_points()[name].load()
    except ImportError as error:
        raise PassError(f"pass '{name}' cannot be loaded: {error}") from error


def _exists(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


@cache
def _entry_points() -> dict[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=PACKAGE)}


@cache
def _index() -> dict[str, Listing]:
    """The passes that the package's files define, found in their text."""
    spec = importlib.util.find_spec(PACKAGE)
    found: dict[str, Listing] = {}
    for folder in (spec.submodule_search_locations or ()) if spec is not None else ():
        for path in sorted(Path(folder).rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            module = ".".join((PACKAGE, *parts)).removesuffix(".__init__")
            for listing in _defined_in(path.read_text(encoding="utf-8"), module):
                found[listing.name] = listing
    return found


def _defined_in(text: str, module: str) -> list[Listing]:
    if "@pass_(" not in text and "@pipeline(" not in text:
        return []
    tree = ast.parse(text)
    of_file = _first_line(ast.get_docstring(tree) or "")
    found = []
    for node in tree.body:
        for mark in node.decorator_list if isinstance(node, ast.FunctionDef) else ():
            kind, name = _mark(mark)
            if kind in ("pass_", "pipeline"):
                own = _first_line(ast.get_docstring(node) or "")  # type: ignore[arg-type]
                summary = (of_file if _is_file_of(module, name) else own) or own or of_file
                found.append(Listing(name, summary, module, kind == "pipeline"))
    return found


def _mark(node: ast.expr) -> tuple[str, str]:
    """`("pass_", "cse")` for the decorator `pass_("cse", ...)`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
        first = node.args[0]
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return node.func.id, first.value
    return "", ""


def _is_file_of(module: str, name: str) -> bool:
    """Whether the file is about this pass alone, by the house's rule."""
    return module.rpartition(".")[2] == name.replace("-", "_")


def _documentation(name: str, function: Callable[..., object]) -> str:
    own = inspect.cleandoc(function.__doc__ or "")
    if not _is_file_of(function.__module__, name):
        return own
    of_file = inspect.cleandoc(sys.modules[function.__module__].__doc__ or "")
    return "\n\n".join(part for part in (of_file, own) if part)


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0].strip()


__all__ = [
    "Listing",
    "NamedPipeline",
    "Pass",
    "PassContext",
    "available",
    "find",
    "load_file",
    "pass_",
    "pipeline",
]

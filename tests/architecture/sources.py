"""The package's source files, and what they import and define."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "stepwell"
LAYERS = ("ir", "dialects", "passes", "backends", "runtime", "frontend")


@dataclass(frozen=True, slots=True)
class Import:
    """One imported module, written in full, and the line that imports it."""

    module: str
    line: int


@dataclass(frozen=True, slots=True)
class Size:
    """How many lines a file or a function has."""

    name: str
    lines: int


@cache
def parsed(source: str) -> ast.Module:
    """The syntax tree of a source text, made once; not to be changed."""
    return ast.parse(source)


def python_files(root: Path = PACKAGE) -> list[Path]:
    """All Python files of the package, sorted; links are not followed."""
    return sorted(path for path in root.rglob("*.py") if "__pycache__" not in path.parts)


def module_name(path: Path, root: Path = ROOT) -> str:
    """`stepwell.ir.text` for `stepwell/ir/text.py` or `stepwell/ir/text/__init__.py`."""
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _absolute(node: ast.ImportFrom, package: str) -> str:
    """The module that an import names, relative ones resolved in `package`."""
    if node.level == 0:
        return node.module or ""
    above = package.split(".")
    base = ".".join(above[: len(above) - node.level + 1])
    return f"{base}.{node.module}" if node.module else base


def imports(source: str, module: str, is_package: bool = False) -> list[Import]:
    """Every import in a file: at its top, in functions, under TYPE_CHECKING.

    `from a.b import c` counts as both `a.b` and `a.b.c`, since `c` may be a module.
    """
    package = module if is_package else module.rpartition(".")[0]
    found = []
    for node in ast.walk(parsed(source)):
        if isinstance(node, ast.Import):
            found += [Import(alias.name, node.lineno) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(node, package)
            found.append(Import(base, node.lineno))
            found += [Import(f"{base}.{alias.name}", node.lineno) for alias in node.names]
        elif isinstance(node, ast.Call) and _imports_by_name(node):
            found += [
                Import(argument.value, node.lineno)
                for argument in node.args[:1]
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
            ]
    return found


def _imports_by_name(node: ast.Call) -> bool:
    called = node.func
    name = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
    return name in ("import_module", "__import__")


def layer(module: str) -> str | None:
    """`ir` for `stepwell.ir.anything`; None outside the six layers."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 and parts[0] == "stepwell" and parts[1] in LAYERS else None


def upward_imports(source: str, module: str, is_package: bool = False) -> list[str]:
    """Each import that points to a higher layer than the module's own, as a message."""
    own = layer(module)
    if own is None:
        return []
    return [
        f"{module}:{one.line}: {own} imports {one.module}"
        for one in imports(source, module, is_package)
        if (other := layer(one.module)) and LAYERS.index(other) > LAYERS.index(own)
    ]


def function_sizes(source: str, module: str) -> list[Size]:
    """Every function and method with its number of lines, decorators not counted."""
    sizes, pending = [], [(parsed(source).body, module)]
    while pending:
        body, prefix = pending.pop()
        for node in body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            name = f"{prefix}.{node.name}"
            if not isinstance(node, ast.ClassDef):
                sizes.append(Size(name, (node.end_lineno or node.lineno) - node.lineno + 1))
            pending.append((node.body, name))
    return sizes

"""How the custom syntax of an op is read: by its own `parse`, or by its compiled `syntax`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stepwell.ir.operation import Operation
from stepwell.ir.text.op_parser import OpParser
from stepwell.ir.text.syntax_parser import compile_parser

_matchers: dict[type[Operation], Callable[[OpParser], Any]] = {}


def matcher_of(cls: type[Operation]) -> Callable[[OpParser], Any]:
    """A function from the parser, standing after the op's name, to the op or a generator of it."""
    found = _matchers.get(cls)
    if found is None:
        found = _matchers[cls] = _make(cls)
    return found


def _make(cls: type[Operation]) -> Callable[[OpParser], Any]:
    own = getattr(cls, "parse", None)
    if own is not None:
        return own  # type: ignore[no-any-return]
    if getattr(cls, "syntax", None) is not None:
        return compile_parser(cls)  # type: ignore[arg-type]

    def has_none(p: OpParser) -> Operation:
        raise p.fail(f"'{cls.name}' has no custom assembly form; write it in the generic form")

    return has_none

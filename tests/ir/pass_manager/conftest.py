"""Passes to test the machinery with; they are registered for the time of each test."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import pytest

from stepwell.ir.attributes import StringAttr
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager import registry
from stepwell.ir.pass_manager.registry import PassContext, pass_, pipeline


@pytest.fixture(autouse=True)
def passes() -> Iterator[None]:
    @pass_("mark", on="func.func", title="Marker")
    def mark(
        op: Operation,
        context: PassContext,
        *,
        text: str = "seen",
        times: int = 1,
        mode: Literal["append", "replace"] = "replace",
        sizes: list[int] = [],  # noqa: B006
        quiet: bool = False,
        weight: float = 1.5,
        note: str | None = None,
    ) -> None:
        """Marks functions.

        All of them.
        """
        op.attributes["mark"] = StringAttr(text * times)
        context.statistic("num-marks", "Number of marks", times)

    @pass_("nothing")
    def nothing(op: Operation, context: PassContext) -> None:
        """Does nothing."""
        context.preserve_all()

    @pass_("refuse")
    def refuse(op: Operation, context: PassContext) -> None:
        """Always fails."""
        raise op.error("is refused")

    @pass_("crash")
    def crash(op: Operation, context: PassContext) -> None:
        """Is broken."""
        raise KeyError("oops")

    @pass_("number", on="builtin.module")
    def number(op: Operation, context: PassContext) -> None:
        """Names functions by their order."""
        functions = [one for one in walk(op) if one.name == "func.func"]
        for position, function in enumerate(functions):
            function.set_attribute("sym_name", StringAttr(f"f{position}"))

    @pipeline("mark-twice")
    def mark_twice(*, text: str = "x") -> str:
        """Marks, then marks again."""
        return f"builtin.module(func.func(mark{{text={text}}}),nothing,func.func(mark))"

    yield
    for name, known in list(registry._known.items()):
        if not known.function.__module__.startswith("stepwell."):
            del registry._known[name]

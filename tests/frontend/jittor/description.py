"""Running the code of the project's description as it stands."""

from __future__ import annotations

import sys
from collections.abc import Mapping

import pytest

from stepwell.frontend import jittor


def run(code: str, patch: pytest.MonkeyPatch, names: Mapping[str, object]) -> dict[str, object]:
    """Runs a block in which `jittor` is this library; returns all names after it.

    Args:
        code: the block, verbatim. patch: undoes what is changed. names: what it leaves undefined.
    """
    patch.setitem(sys.modules, "jittor", jittor)
    patch.setitem(sys.modules, "jittor.nn", jittor.nn)
    after: dict[str, object] = {"jt": jittor, **names}
    exec(compile(code, "<description>", "exec"), after)  # noqa: S102
    return after

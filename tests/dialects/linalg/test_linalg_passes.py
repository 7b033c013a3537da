"""Passes on linalg, compared with mlir-opt's."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.dialects.against_upstream import check_pass, files

HERE = Path(__file__).parent


@pytest.mark.parametrize("path", files(HERE / "passes"), ids=lambda path: path.stem)
def test_pass_does_what_upstreams_does(path: Path) -> None:
    check_pass(path.read_text(), path.stem)


def test_every_named_op_generalises_as_upstreams() -> None:
    check_pass((HERE / "corpus" / "named_ops.mlir").read_text(), "linalg-generalize-named-ops")

"""What memref's ops refuse, in upstream's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from stepwell.ir.diagnostics import StepwellError
from tests.dialects.programs import program

CASES = (Path(__file__).parent / "invalid.mlir").read_text().split("// -----\n")


@pytest.mark.parametrize("text", CASES, ids=range(len(CASES)))
def test_invalid_programs_are_refused(text: str) -> None:
    first, _, rest = text.partition("\n")
    with pytest.raises(StepwellError) as caught:
        program(rest)
    assert first.removeprefix("// error: ") in caught.value.diagnostics[0].message

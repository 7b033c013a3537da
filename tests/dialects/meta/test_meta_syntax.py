"""The text of the meta dialect: custom and generic form are read back as they were."""

from __future__ import annotations

from pathlib import Path

from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import PrintOptions, print_to_text
from stepwell.ir.verifier import verify

TEXT = (Path(__file__).parent / "syntax.mlir").read_text()


def test_custom_form_is_printed_as_read() -> None:
    module = parse_module(TEXT)
    verify(module)
    assert print_to_text(module) == TEXT.rstrip("\n")


def test_generic_form_is_read_back() -> None:
    generic = print_to_text(parse_module(TEXT), PrintOptions(generic=True))
    assert '"meta.reduce"' in generic and "operandSegmentSizes" in generic
    assert print_to_text(parse_module(generic)) == TEXT.rstrip("\n")

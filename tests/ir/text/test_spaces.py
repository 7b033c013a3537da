"""Spaces where upstream's lexer takes them, and the names of grouped results."""

from __future__ import annotations

import pytest

from stepwell.ir.diagnostics import ParseError
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from tests.passes.passes_on_text import plain


@pytest.mark.parametrize(
    ("spaced", "printed"),
    [
        ("dense < [1, 2] > : tensor <2xi32>", "dense<[1, 2]> : tensor<2xi32>"),
        ("dense\n<3> : vector  <2xi32>", "dense<3> : vector<2xi32>"),
        ("array <i32: 1, 2>", "array<i32: 1, 2>"),
        ("memref <4xf32, strided <[1], offset : 3>>", "memref<4xf32, strided<[1], offset: 3>>"),
    ],
)
def test_space_before_the_angle_of_a_builtin_word_is_read(spaced: str, printed: str) -> None:
    module = parse_module(f"module attributes {{test.a = {spaced}}} {{}}")
    assert f"test.a = {printed}" in print_to_text(module)


def test_space_before_the_angle_of_a_dialect_type_is_refused() -> None:
    with pytest.raises(ParseError):
        parse_module("func.func private @f(!llvm.struct <(i32)>)")


def test_a_place_inside_a_spaced_type_is_told_exactly() -> None:
    with pytest.raises(ParseError) as caught:
        parse_module("func.func private @f(tensor  <4xwrong>)")
    assert ":1:33:" in str(caught.value)


def test_extract_strided_metadata_names_its_groups_of_results() -> None:
    module = parse_module(
        """
        func.func @f(%m: memref<?x?xf32>) -> (index, index) {
          %0:6 = memref.extract_strided_metadata %m
            : memref<?x?xf32> -> memref<f32>, index, index, index, index, index
          return %0#3, %0#4 : index, index
        }"""
    )
    text = plain(module)
    assert "%base_buffer, %offset, %sizes:2, %strides:2 = memref.extract" in text
    assert "return %sizes#1, %strides#0" in text

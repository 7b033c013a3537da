"""The greedy driver removes what nobody needs or reaches."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from stepwell.ir.rewriting.greedy import (
    GreedyOptions,
)
from tests.ir.rewriting.greedy_dialect import (
    body_after,
    known_and_checked,
    run,
)


@pytest.fixture(autouse=True)
def _dialect() -> Iterator[None]:
    with known_and_checked():
        yield


def test_dead_ops_go_and_effects_stay() -> None:
    assert body_after("""
      %a = gr.add %x, %y : i32
      %b = gr.add %a, %y : i32
      %c = gr.read : i32
      %d = gr.new : i32
      gr.loop {
        %e = gr.read : i32
        gr.end
      }
      gr.loop {
        gr.write
        gr.end
      }""") == ["gr.loop {", "gr.write", "gr.end", "}"]


def test_dead_cycles_and_arguments_go() -> None:
    text, _ = run(
        """
      func.func @f(%x: i32) {
        gr.br ^bb1(%x, %x : i32, i32)
      ^bb1(%a: i32, %b: i32):
        %c = gr.add %a, %x : i32
        gr.keep %b : i32
        gr.fork %b : i32, ^bb2, ^bb3
      ^bb2:
        gr.br ^bb1(%c, %b : i32, i32)
      ^bb3:
        return
      }""",
        options=GreedyOptions(simplify="normal"),
    )
    assert "gr.add" not in text
    assert "^bb1(%b: i32):" in text
    assert text.count("gr.br ^bb1(%") == 2 and ", i32" not in text


def test_unreachable_blocks_go() -> None:
    text, _ = run("""
      func.func @f(%x: i32) {
        return
      ^bb1(%a: i32):
        gr.keep %a : i32
        gr.br ^bb2(%a : i32)
      ^bb2(%b: i32):
        gr.br ^bb1(%b : i32)
      }""")
    assert text.splitlines()[1:] == ["  func.func @f(%x: i32) {", "    return", "  }", "}"]


def test_aggressive_merges_blocks_and_drops_arguments() -> None:
    text = """
      func.func @f(%x: i32) {
        gr.fork %x : i32, ^bb1, ^bb2
      ^bb1:
        gr.keep %x : i32
        gr.br ^bb3(%x : i32)
      ^bb2:
        gr.keep %x : i32
        gr.br ^bb3(%x : i32)
      ^bb3(%a: i32):
        gr.keep %a : i32
        return
      }"""
    found, _ = run(text)
    assert found.count("gr.keep %x") == 2 and "^bb3" not in found and "%a" not in found
    assert run(text, options=GreedyOptions(simplify="normal"))[0].count("^bb3") == 3
    assert "^bb4" not in run(text, options=GreedyOptions(simplify="disabled"))[0]

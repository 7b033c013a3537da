"""Walks over a program: their order, and what may change meanwhile."""

from __future__ import annotations

from stepwell.ir.operation import (
    ErasedOp,
    Operation,
    ops_inside,
    walk,
    walk_post_order,
)
from stepwell.ir.text.parse import parse_module

TEXT = """"my.root"() ({
  "my.a"() ({
    "my.b"() : () -> ()
    "my.c"() ({
    ^bb0:
      "my.d"() : () -> ()
    ^bb1:
      "my.e"() : () -> ()
    }, {
      "my.f"() : () -> ()
    }) : () -> ()
    "my.g"() : () -> ()
  }, {
  }) : () -> ()
  "my.h"() : () -> ()
}) : () -> ()"""


def _root() -> Operation:
    module = parse_module(TEXT, allow_unregistered=True)
    (root,) = module.regions[0].entry.ops
    return root


def _names(ops: list[Operation]) -> str:
    return "".join(op.name.removeprefix("my.")[0] for op in ops)


def test_orders() -> None:
    root = _root()
    assert _names(list(walk(root))) == "rabcdefgh"
    assert _names(list(walk_post_order(root))) == "bdefcgahr"
    assert _names(list(walk(root, reverse=True))) == "rhagcfedb"
    assert _names(ops_inside(root.regions)) == "abcdefgh"
    inner = ops_inside(root.regions)[0]
    assert _names(ops_inside(inner.regions)) == "bcdefg"
    assert ops_inside(inner.regions[1:]) == []


def test_what_some_ops_contain_is_passed_over() -> None:
    asked: list[Operation] = []

    def passes(op: Operation) -> bool:
        asked.append(op)
        return op.name == "my.c"

    assert _names(ops_inside(_root().regions, passes)) == "abcgh"
    assert _names(asked) == "ac"


def test_every_op_may_be_erased_once_what_it_contains_was_visited() -> None:
    root = _root()
    visited: list[str] = []
    for op in walk_post_order(root):
        visited.append(op.name.removeprefix("my.")[0])
        if op is not root:
            op.erase()
    assert "".join(visited) == "bdefcgahr"
    assert root.regions[0].entry.first is None


def test_erasing_an_op_erases_all_inside_and_frees_what_it_used() -> None:
    module = parse_module(
        """func.func @f(%n: index, %x: i32) -> i32 {
          %c1 = arith.constant 1 : index
          scf.for %i = %c1 to %n step %c1 {
            %y = arith.addi %x, %x : i32
            "my.use"(%y, %x) : (i32, i32) -> ()
          }
          return %x : i32
        }""",
        allow_unregistered=True,
    )
    (function,) = module.regions[0].entry.ops
    n, x = function.regions[0].entry.args
    (loop,) = [op for op in walk(function) if op.name == "scf.for"]
    inside = ops_inside(loop.regions)
    assert (n.num_uses, x.num_uses) == (1, 4)
    loop.erase()
    assert (n.num_uses, x.num_uses) == (0, 1)
    assert all(type(op) is ErasedOp for op in (loop, *inside))

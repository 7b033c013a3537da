"""Arguments of blocks keep their numbers when others come and go."""

from __future__ import annotations

import pytest

from stepwell.dialects.arith.integer import AddIOp
from stepwell.ir import types
from stepwell.ir.block import Block


def test_several_arguments_are_erased_at_once() -> None:
    block = Block([types.i1, types.i8, types.i16, types.i32, types.i64])
    a, b, c, d, e = block.args
    block.erase_arguments([d, a, c])
    assert block.args == [b, e]
    assert [one.index for one in block.args] == [0, 1]
    assert block.arg_types == (types.i8, types.i64)


def test_no_argument_that_is_used_is_erased() -> None:
    block = Block([types.i32, types.i32])
    block.append(AddIOp(block.args[1], block.args[1]))
    with pytest.raises(AssertionError):
        block.erase_arguments(block.args)
    assert len(block.args) == 2
    block.erase_arguments([block.args[0]])
    assert [one.index for one in block.args] == [0]

"""Building IR by hand."""

from __future__ import annotations

import pytest

from stepwell.dialects.arith.ops import AddIOp
from stepwell.dialects.builtin.ops import ModuleOp
from stepwell.dialects.func.ops import FuncOp, ReturnOp
from stepwell.ir.attributes import TypeAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.builder import Builder
from stepwell.ir.diagnostics import PassError, StepwellError
from stepwell.ir.location import FileLineColLoc
from stepwell.ir.operation import walk
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.types import FunctionType, f32, i32

HERE = FileLineColLoc("here", 1, 2)


def function_of_x() -> tuple[ModuleOp, FuncOp]:
    module = ModuleOp.empty()
    type = TypeAttr(FunctionType((i32,), (i32,)))
    function = FuncOp("f", function_type=type, body=Region([Block([i32])]))
    return module, Builder.into(module.body.entry).insert(function)


def test_ops_go_where_the_builder_is() -> None:
    module, function = function_of_x()
    b = Builder.into(function.body.entry, HERE)
    (x,) = function.body.args
    total = b.make(AddIOp, x, 1)
    with b.before(total):
        other = b.make(AddIOp, rhs=x, lhs=x)
    with b.at_start(function.body.entry):
        first = b.insert(AddIOp(x, x))
    b.insert(ReturnOp([total.result]))
    last = Builder.after_op(total).insert(AddIOp(other, first))
    text = print_to_text(module)
    assert text.splitlines()[1:] == [
        "  func.func @f(%arg0: i32) -> i32 {",
        "    %0 = arith.addi %arg0, %arg0 : i32",
        "    %c1_i32 = arith.constant 1 : i32",
        "    %1 = arith.addi %arg0, %arg0 : i32",
        "    %2 = arith.addi %arg0, %c1_i32 : i32",
        "    %3 = arith.addi %1, %0 : i32",
        "    return %2 : i32",
        "  }",
        "}",
    ]
    assert {op.location for op in walk(function) if op is not function} == {HERE}
    assert last.prev is total


def test_numbers_need_a_type() -> None:
    _, function = function_of_x()
    b = Builder.into(function.body.entry)
    with pytest.raises(StepwellError, match="the number given for 'lhs' is not clear"):
        b.make(AddIOp, 1, 2)
    assert b.make(AddIOp, 1, 2, result_types=[i32]).result.type is i32
    with pytest.raises(PassError, match="constant 1.5 of type 'i32'"):
        b.constant(1.5, i32)
    assert b.constant(2, f32).type is f32

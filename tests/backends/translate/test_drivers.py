"""Functions that only call loops are compiled apart from these; what they compute is the same."""

from __future__ import annotations

import pytest

import stepwell as sw
from stepwell.backends.cpu.compile import compile_to_object
from stepwell.backends.cpu.drivers import split_off_drivers
from stepwell.backends.cpu.signature import FunctionSignature, ScalarArg
from stepwell.backends.cpu.translate import translate_to_llvm_ir
from stepwell.dialects.llvm.function import LLVMFuncOp
from stepwell.ir.operation import Operation, walk
from stepwell.runtime.executable import CompiledModule

LOOP = """
llvm.func LINKAGE @sum(%n: i64) -> i64 {
  %zero = llvm.mlir.constant(0 : i64) : i64
  %one = llvm.mlir.constant(1 : i64) : i64
  llvm.br ^head(%zero, %zero : i64, i64)
^head(%i: i64, %s: i64):
  %more = llvm.icmp "slt" %i, %n : i64
  llvm.cond_br %more, ^body, ^end
^body:
  %t = llvm.add %s, %i : i64
  %j = llvm.add %i, %one : i64
  llvm.br ^head(%j, %t : i64, i64)
^end:
  llvm.return %s : i64
}
"""
DRIVER = """
llvm.func @main(%a: i64, %b: i64) -> i64 {
  %x = llvm.call @sum(%a) : (i64) -> i64
  %y = llvm.call @sum(%b) : (i64) -> i64
  %z = llvm.mul %x, %y : i64
  llvm.return %z : i64
}
"""
PLAIN = """
llvm.func @main(%a: i64, %b: i64) -> i64 {
  %z = llvm.mul %a, %b : i64
  llvm.return %z : i64
}
"""
SIGNATURE = FunctionSignature("main", (ScalarArg("i64"), ScalarArg("i64")), (ScalarArg("i64"),))


def names(module: Operation) -> list[str]:
    """The functions that are defined."""
    return [
        op.sym_name.value
        for op in walk(module)
        if isinstance(op, LLVMFuncOp) and not op.is_external
    ]


def test_driver_is_compiled_apart() -> None:
    module = sw.parse(LOOP.replace("LINKAGE", "") + DRIVER)
    drivers = split_off_drivers(module)
    assert drivers is not None
    sw.verify(module)
    sw.verify(drivers)
    assert names(module) == ["sum"] and names(drivers) == ["main"]
    code = compile_to_object(
        translate_to_llvm_ir(module), [SIGNATURE], drivers=translate_to_llvm_ir(drivers)
    )
    assert CompiledModule(code, [SIGNATURE])["main"](5, 7) == 10 * 21


@pytest.mark.parametrize(
    "text",
    [
        LOOP.replace("LINKAGE", "internal") + DRIVER,  # it could not see the loop
        LOOP.replace("LINKAGE", "").replace("@sum", "@main"),  # it is the loop
        PLAIN,  # all that it does is its own
        LOOP.replace("LINKAGE", "") + PLAIN,
    ],
)
def test_others_stay(text: str) -> None:
    module = sw.parse(text)
    before = str(module)
    assert split_off_drivers(module) is None
    assert str(module) == before


def test_what_is_called_stays() -> None:
    """A function between is called by another, perhaps in a loop."""
    between = DRIVER.replace("@main", "@between")
    loop = LOOP.replace("LINKAGE", "")
    middle = loop.replace("@sum", "@middle").replace(
        "llvm.add %s, %i : i64", "llvm.call @between(%s, %i) : (i64, i64) -> i64"
    )
    module = sw.parse(loop + between + middle + DRIVER.replace("@sum", "@middle"))
    drivers = split_off_drivers(module)
    assert drivers is not None and names(drivers) == ["main"]
    assert names(module) == ["sum", "between", "middle"]

"""Options and errors of the passes that lower to the llvm dialect."""

from __future__ import annotations

import pytest

from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import walk
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.passes.pipelines import run_passes

PROGRAM = """
func.func @f(%x: f32, %i: i32, %v: vector<4xf32>) -> (f32, i32, f32) {
  %0 = math.log1p %x : f32
  %1 = arith.addi %i, %i : i32
  %2 = vector.reduction <add>, %v : vector<4xf32> into f32
  return %0, %1, %2 : f32, i32, f32
}
"""


def lowered(pipeline: str) -> str:
    module = parse_module(PROGRAM)
    run_passes(module, pipeline)
    return print_to_text(module)


def test_log1p_is_kept_unless_it_may_be_approximated() -> None:
    assert "math.log1p" in lowered("convert-math-to-llvm{approximate-log1p=false}")
    assert "math.log1p" not in lowered("convert-math-to-llvm")


def test_only_the_chosen_dialects_are_converted() -> None:
    text = lowered("convert-to-llvm{filter-dialects=arith}")
    assert "arith.addi" not in text
    assert "math.log1p" in text
    assert "func.func" in text


def test_reductions_are_reassociated_on_demand() -> None:
    assert "reassoc" not in lowered("convert-vector-to-llvm")
    assert "reassoc" in lowered("convert-vector-to-llvm{reassociate-fp-reductions=true}")


def test_an_unknown_contract_lowering_is_refused() -> None:
    with pytest.raises(PassError, match="vector-contract-lowering"):
        lowered("convert-vector-to-llvm{vector-contract-lowering=magic}")


def test_the_passes_can_run_in_any_order() -> None:
    steps = ["convert-func-to-llvm", "convert-vector-to-llvm", "convert-math-to-llvm"]
    steps += ["convert-arith-to-llvm"]
    for order in (steps, steps[::-1], steps[2:] + steps[:2]):
        module = parse_module(PROGRAM)
        run_passes(module, ",".join([*order, "reconcile-unrealized-casts"]))
        names = {op.name for op in walk(module)} - {"builtin.module"}
        assert all(name.startswith("llvm.") for name in names), names

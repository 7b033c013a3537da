"""Each miscompile that is planted must be found, and the pass that made it named."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stepwell.frontend.command_line.opt import main
from stepwell.ir.pass_manager import registry

PLANTED = Path(__file__).with_name("planted_passes.py")

PROGRAMS = {
    "plant-swapped-operands": """
func.func @f(%a: i32, %b: i32) -> i32 {
  %0 = arith.subi %a, %b : i32
  return %0 : i32
}""",
    "plant-loop-bound": """
func.func @f(%n: index, %a: i64) -> i64 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = scf.for %i = %c0 to %n step %c1 iter_args(%x = %a) -> (i64) {
    %one = arith.constant 1 : i64
    %1 = arith.addi %x, %one : i64
    scf.yield %1 : i64
  }
  return %0 : i64
}""",
    "plant-dropped-store": """
func.func @f(%m: memref<4xf32>, %x: f32) {
  %c2 = arith.constant 2 : index
  memref.store %x, %m[%c2] : memref<4xf32>
  return
}""",
    "plant-wrong-predicate": """
func.func @f(%a: i16, %b: i16) -> i1 {
  %0 = arith.cmpi slt, %a, %b : i16
  return %0 : i1
}""",
    "plant-nan-dropping-fold": """
func.func @f(%a: f64) -> f64 {
  %0 = arith.subf %a, %a : f64
  return %0 : f64
}""",
    "plant-signed-zero-fold": """
func.func @f(%a: vector<2xf32>) -> vector<2xf32> {
  %z = arith.constant dense<0.0> : vector<2xf32>
  %0 = arith.addf %a, %z : vector<2xf32>
  return %0 : vector<2xf32>
}""",
    "plant-hoisted-trap": """
func.func @f(%a: i32, %b: i32) -> i32 {
  %c0 = arith.constant 0 : i32
  %c1 = arith.constant 1 : i32
  %positive = arith.cmpi sgt, %b, %c0 : i32
  %0 = scf.if %positive -> (i32) {
    %1 = arith.divsi %a, %b : i32
    scf.yield %1 : i32
  } else {
    scf.yield %c1 : i32
  }
  return %0 : i32
}""",
    "plant-constant-width": """
func.func @f(%a: i8, %b: i8) -> i32 {
  %0 = arith.addi %a, %b : i8
  %1 = arith.extsi %0 : i8 to i32
  return %1 : i32
}""",
    "plant-store-forwarding": """
func.func @f(%m: memref<4xi32>, %i: index, %j: index, %x: i32, %y: i32) -> i32 {
  memref.store %x, %m[%i] : memref<4xi32>
  memref.store %y, %m[%j] : memref<4xi32>
  %0 = memref.load %m[%i] : memref<4xi32>
  return %0 : i32
}""",
    "plant-shift-for-division": """
func.func @f(%a: i64) -> i64 {
  %c2 = arith.constant 2 : i64
  %0 = arith.divsi %a, %c2 : i64
  return %0 : i64
}""",
    "plant-wrong-branch-argument": """
func.func @f(%a: i32, %b: i32) -> (i32, i32) {
  cf.br ^next(%a, %b : i32, i32)
^next(%x: i32, %y: i32):
  return %x, %y : i32, i32
}""",
    "plant-lost-iteration-value": """
func.func @f(%t: tensor<?xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = tensor.dim %t, %c0 : tensor<?xf32>
  %0 = scf.for %i = %c0 to %n step %c1 iter_args(%x = %t) -> (tensor<?xf32>) {
    %v = arith.constant 5.0 : f32
    %1 = tensor.insert %v into %x[%i] : tensor<?xf32>
    scf.yield %1 : tensor<?xf32>
  }
  return %0 : tensor<?xf32>
}""",
    "plant-transposed-map": """
func.func @f(%t: tensor<2x2xi8>) -> i8 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %0 = tensor.extract %t[%c0, %c1] : tensor<2x2xi8>
  return %0 : i8
}""",
    "plant-cse-across-write": """
func.func @f(%m: memref<?xi32>, %x: i32) -> i32 {
  %c0 = arith.constant 0 : index
  %a = memref.load %m[%c0] : memref<?xi32>
  memref.store %x, %m[%c0] : memref<?xi32>
  %b = memref.load %m[%c0] : memref<?xi32>
  %0 = arith.xori %a, %b : i32
  return %0 : i32
}""",
    "plant-lost-function": """
func.func @f(%a: i32) -> i32 {
  return %a : i32
}""",
    "plant-in-place-argument": """
func.func @f(%m: memref<3xi32>, %x: i32) -> i32 {
  %c0 = arith.constant 0 : index
  %own = memref.alloc() : memref<3xi32>
  memref.store %x, %own[%c0] : memref<3xi32>
  %0 = memref.load %own[%c0] : memref<3xi32>
  return %0 : i32
}""",
    "plant-wrong-pattern": """
func.func @f(%a: i32) -> (i32, i32) {
  %c2 = arith.constant 2 : i32
  %c3 = arith.constant 3 : i32
  %0 = arith.muli %a, %c2 : i32
  %1 = arith.muli %0, %c3 : i32
  return %0, %1 : i32, i32
}""",
    "plant-narrow-product": """
func.func private @product(%a: i32, %b: i32) -> i32 {
  %0 = arith.muli %a, %b : i32
  return %0 : i32
}
func.func @f(%a: i32, %b: i32) -> i32 {
  %0 = call @product(%a, %b) : (i32, i32) -> i32
  return %0 : i32
}""",
}


@pytest.fixture(autouse=True)
def forget_planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):  # type: ignore[no-untyped-def]
    monkeypatch.chdir(tmp_path)
    yield
    for name in [name for name in registry._known if name.startswith("plant-")]:
        del registry._known[name]


def run(program: str, *flags: str) -> int:
    Path("f.mlir").write_text(program, encoding="utf-8")
    return main(["f.mlir", f"--load-pass={PLANTED}", *flags])


def test_a_program_for_each_planted_pass() -> None:
    planted = re.findall(r'@pass_\("(plant-[a-z-]+)"', PLANTED.read_text(encoding="utf-8"))
    assert sorted(planted) == sorted(PROGRAMS) and len(planted) >= 12


@pytest.mark.parametrize("name", PROGRAMS)
def test_names_the_pass(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    flags = ["--check-semantics", "--check-semantics-inputs=24", "-o", "out.mlir"]
    flags.append("--check-semantics-max-steps=2000")
    status = run(PROGRAMS[name], "--cse", f"--{name}", "--symbol-dce", *flags)
    errors = capsys.readouterr().err
    assert status == 1
    assert f"error: pass '{name}' changed the value of @f" in errors
    assert re.search(r"note: pass 2 of 3: ", errors)
    assert "reproducer written to" in errors


@pytest.mark.parametrize("name", PROGRAMS)
def test_silent_without_the_flag(name: str) -> None:
    assert run(PROGRAMS[name], f"--{name}", "-o", "out.mlir") == 0


def test_the_reproducer_reproduces(capsys: pytest.CaptureFixture[str]) -> None:
    run(PROGRAMS["plant-swapped-operands"], "--plant-swapped-operands", "--check-semantics")
    path = Path("check-semantics-plant-swapped-operands.mlir")
    first = path.read_text(encoding="utf-8").splitlines()[0]
    flags = re.search(r"stepwell-opt %s --pass-pipeline='(.*?)' (.*)", first)
    assert flags is not None
    capsys.readouterr()
    again = main([str(path), f"--pass-pipeline={flags[1]}", *flags[2].split()])
    assert again == 1
    assert "pass 'plant-swapped-operands' changed" in capsys.readouterr().err


def test_names_the_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(PROGRAMS["plant-wrong-pattern"], "--plant-wrong-pattern", "--check-semantics") == 1
    errors = capsys.readouterr().err
    assert "'multiply_by_three' on 'arith.muli'" in errors.replace("-", "_")


def test_says_which_element_and_both_values(capsys: pytest.CaptureFixture[str]) -> None:
    program = PROGRAMS["plant-dropped-store"]
    assert run(program, "--plant-dropped-store", "--check-semantics") == 1
    assert re.search(r"argument 0 after the call at \[2\] was \S+, is \S+", capsys.readouterr().err)


def test_the_reproducer_is_reduced(capsys: pytest.CaptureFixture[str]) -> None:
    noise = "\n".join(f"  %n{i} = arith.muli %a, %b : i32" for i in range(10))
    program = PROGRAMS["plant-swapped-operands"].replace("  return", noise + "\n  return")
    run(program, "--plant-swapped-operands", "--check-semantics")
    text = Path("check-semantics-plant-swapped-operands.mlir").read_text(encoding="utf-8")
    assert "arith.subi" in text and "arith.muli" not in text

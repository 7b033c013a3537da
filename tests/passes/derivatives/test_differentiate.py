"""What differentiate does to programs: gradients in place, functions added, errors told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from stepwell.frontend.command_line.opt import main
from stepwell.ir.constraints import FloatLike
from stepwell.ir.definition import Op
from stepwell.ir.diagnostics import PassError, StepwellError
from stepwell.ir.dialect import Dialect, register
from stepwell.ir.fields import operand, result
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.traits import Elementwise, Pure, SameOperandsAndResultType
from stepwell.ir.value import Value
from stepwell.passes.derivatives.expressions import Expressions
from stepwell.passes.pipelines import run_passes
from tests.passes.derivatives.finite_differences import check, derived, results

HERE = Path(__file__).parent


def run(text: str, *arguments: object) -> list[np.ndarray]:
    """What `@main` gives once its gradients are expanded."""
    return results(derived(text, ""), "main", arguments)


def test_a_gradient_of_a_gradient() -> None:
    text = """
        func.func @main(%x: tensor<?xf64>) -> (tensor<?xf64>, tensor<?xf64>, tensor<?xf64>) {
          %0 = arith.mulf %x, %x : tensor<?xf64>
          %y = arith.mulf %0, %x : tensor<?xf64>
          %g = meta.gradient %y by %x : tensor<?xf64> by tensor<?xf64>
          %h = meta.gradient %g by %x : tensor<?xf64> by tensor<?xf64>
          %i = meta.gradient %h by %x : tensor<?xf64> by tensor<?xf64>
          return %g, %h, %i : tensor<?xf64>, tensor<?xf64>, tensor<?xf64>
        }"""
    x = np.array([0.5, -2.0])
    for found, wanted in zip(run(text, x), (3 * x * x, 6 * x, 6 + 0 * x), strict=True):
        np.testing.assert_allclose(found, wanted)


@pytest.mark.parametrize("function", ["exp", "sin", "tanh", "sqrt", "log", "erf", "rsqrt", "tan"])
def test_second_derivatives_are_differences_of_first_ones(function: str) -> None:
    text = f"""
        func.func @main(%x: tensor<?xf64>) -> (tensor<?xf64>, tensor<?xf64>) {{
          %y = math.{function} %x : tensor<?xf64>
          %g = meta.gradient %y by %x : tensor<?xf64> by tensor<?xf64>
          %h = meta.gradient %g by %x : tensor<?xf64> by tensor<?xf64>
          return %g, %h : tensor<?xf64>, tensor<?xf64>
        }}"""
    x, step = np.array([0.4, 0.9, 1.3]), 1e-6
    second = run(text, x)[1]
    differences = (run(text, x + step)[0] - run(text, x - step)[0]) / (2 * step)
    np.testing.assert_allclose(second, differences, 1e-6, 1e-6)


def test_values_on_the_way_are_targets_too() -> None:
    text = """
        func.func @main(%x: tensor<f64>) -> (tensor<f64>, tensor<f64>, tensor<f64>) {
          %y = math.exp %x : tensor<f64>
          %z = arith.mulf %y, %x : tensor<f64>
          %g:3 = meta.gradient %z by %x, %y, %z
            : tensor<f64> by tensor<f64>, tensor<f64>, tensor<f64>
          return %g#0, %g#1, %g#2 : tensor<f64>, tensor<f64>, tensor<f64>
        }"""
    by_x, by_y, by_z = run(text, np.array(0.5))
    np.testing.assert_allclose([by_x, by_y, by_z], [np.exp(0.5) * 1.5, 0.5, 1.0])


def test_without_influence_the_derivative_is_zero() -> None:
    text = """
        func.func @main(%x: tensor<2xf64>, %w: tensor<?xf32>) -> (tensor<?xf32>, tensor<2xf64>) {
          %0 = math.floor %x : tensor<2xf64>
          %i = arith.fptosi %x : tensor<2xf64> to tensor<2xi32>
          %1 = arith.sitofp %i : tensor<2xi32> to tensor<2xf64>
          %y = arith.addf %0, %1 : tensor<2xf64>
          %g:2 = meta.gradient %y by %w, %x : tensor<2xf64> by tensor<?xf32>, tensor<2xf64>
          return %g#0, %g#1 : tensor<?xf32>, tensor<2xf64>
        }"""
    by_w, by_x = run(text, np.ones(2), np.ones(3, np.float32))
    np.testing.assert_array_equal(by_w, np.zeros(3, np.float32))
    np.testing.assert_array_equal(by_x, np.zeros(2))


def test_stop_gradient_stops_and_goes() -> None:
    text = """
        func.func @main(%x: tensor<?xf64>) -> tensor<?xf64> {
          %0 = meta.stop_gradient %x : tensor<?xf64>
          %y = arith.mulf %x, %0 : tensor<?xf64>
          %g = meta.gradient %y by %x : tensor<?xf64> by tensor<?xf64>
          return %g : tensor<?xf64>
        }"""
    module = derived(text, "")
    assert "meta." not in print_to_text(module)
    np.testing.assert_array_equal(results(module, "main", [np.array([3.0])])[0], [3.0])


def test_ops_that_no_float_flows_through_need_no_rule() -> None:
    text = """
        func.func @main(%x: tensor<?xf64>, %seed: i64, %c: i1) -> tensor<?xf64> {
          %c0 = arith.constant 0 : index
          %n = tensor.dim %x, %c0 : tensor<?xf64>
          %r = meta.random uniform seed %seed sizes(%n) : tensor<?xf64>
          %k = scf.if %c -> tensor<?xf64> {
            %2 = math.exp %r : tensor<?xf64>
            scf.yield %2 : tensor<?xf64>
          } else {
            scf.yield %r : tensor<?xf64>
          }
          %y = arith.mulf %x, %k : tensor<?xf64>
          %g = meta.gradient %y by %x : tensor<?xf64> by tensor<?xf64>
          %d = arith.subf %g, %k : tensor<?xf64>
          return %d : tensor<?xf64>
        }"""
    np.testing.assert_array_equal(run(text, np.ones(5), 3, 1)[0], np.zeros(5))


def test_a_target_may_be_the_result_of_anything() -> None:
    text = """
        func.func @main(%seed: i64, %x: tensor<4xf64>) -> (tensor<4xf64>, tensor<4xf64>) {
          %r = meta.random uniform seed %seed : tensor<4xf64>
          %s = meta.stop_gradient %x : tensor<4xf64>
          %p = arith.mulf %r, %s : tensor<4xf64>
          %y = arith.mulf %p, %r : tensor<4xf64>
          %g:2 = meta.gradient %y by %r, %s
            : tensor<4xf64> by tensor<4xf64>, tensor<4xf64>
          %d = arith.divf %g#0, %r : tensor<4xf64>
          return %d, %g#1 : tensor<4xf64>, tensor<4xf64>
        }"""
    x = np.array([1.0, 2.0, 3.0, 4.0])
    by_r, by_s = run(text, 7, x)
    np.testing.assert_allclose(by_r, 2 * x)
    assert (by_s > 0).all()


def error(text: str, options: str = "") -> str:
    """What differentiate says of the program."""
    with pytest.raises(PassError) as caught:
        derived(text, options)
    return str(caught.value)


def test_an_op_without_a_rule_is_named_with_its_place() -> None:
    text = """
        func.func @f(%x: tensor<4xf64>) -> tensor<4xi64> {
          %y = tensor.bitcast %x : tensor<4xf64> to tensor<4xi64>
          %z = tensor.bitcast %x : tensor<4xf64> to tensor<4xf64>
          %g = meta.gradient %z by %x : tensor<4xf64> by tensor<4xf64>
          return %y : tensor<4xi64>
        }"""
    assert "<input>:4:16: error: 'tensor.bitcast' op has no derivative rule" in error(text)


def test_calls_are_to_be_inlined_first() -> None:
    text = """
        func.func private @g(tensor<f64>) -> tensor<f64>
        func.func @f(%x: tensor<f64>) -> tensor<f64> {
          %y = call @g(%x) : (tensor<f64>) -> tensor<f64>
          return %y : tensor<f64>
        }"""
    assert "'func.call' op has no derivative rule; inline the function" in error(text, "function=f")


def test_regions_that_use_a_target_are_refused() -> None:
    text = """
        func.func @f(%c: i1, %x: tensor<f64>) -> tensor<f64> {
          %y = scf.if %c -> tensor<f64> {
            %0 = math.exp %x : tensor<f64>
            scf.yield %0 : tensor<f64>
          } else {
            scf.yield %x : tensor<f64>
          }
          return %y : tensor<f64>
        }"""
    assert "'scf.if' op has no derivative rule; only straight-line" in error(text, "function=f")


def test_a_gradient_in_a_loop_is_refused() -> None:
    text = """
        func.func @f(%c: i1, %x: tensor<f64>) {
          scf.if %c {
            %g = meta.gradient %x by %x : tensor<f64> by tensor<f64>
          }
          return
        }"""
    assert "expanded only in the first block of a function" in error(text)


FUNCTION = """
    func.func @f(%x: tensor<?xf64>, %n: i32, %s: f32, %w: tensor<?xf64>) -> (f32, tensor<?xf64>) {
      %0 = arith.mulf %x, %w : tensor<?xf64>
      %1 = arith.mulf %s, %s : f32
      return %1, %0 : f32, tensor<?xf64>
    }
    func.func private @declared(tensor<?xf64>) -> tensor<?xf64>
    func.func @of_integers(%i: i32) -> i32 {
      return %i : i32
    }"""


def test_the_derivative_of_a_function() -> None:
    x, w = np.array([1.0, 2.0]), np.array([3.0, 4.0])
    arguments = [x, 1, 5.0, w]
    by_x, by_s, by_w = results(derived(FUNCTION), "f_grad", arguments)
    assert by_s == 10.0 and not by_x.any() and not by_w.any()
    (by_w,) = results(derived(FUNCTION, "function=f arguments=3 result=1"), "f_grad", arguments)
    np.testing.assert_array_equal(by_w, x)


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ("function=g", "there is no function @g with a body"),
        ("function=declared", "there is no function @declared with a body"),
        ("function=f arguments=4", "@f has 4 arguments, and none of number 4"),
        ("function=f arguments=-1", "@f has 4 arguments, and none of number -1"),
        ("function=f arguments=0,1", "@f has no derivative by argument 1, a 'i32'"),
        ("function=f result=2", "@f has 2 results, and none of number 2"),
        ("function=of_integers", "@of_integers has no argument of floats"),
    ],
)
def test_wrong_options_are_told(options: str, text: str) -> None:
    assert text in error(FUNCTION, options)


def test_a_declared_derivative_gets_its_body() -> None:
    text = """
        func.func private @f_grad(f64) -> f64
        func.func @f(%x: f64) -> f64 {
          %0 = arith.mulf %x, %x : f64
          return %0 : f64
        }
        func.func @main(%x: f64) -> f64 {
          %0 = call @f_grad(%x) : (f64) -> f64
          return %0 : f64
        }"""
    module = derived(text)
    assert results(module, "main", [3.0])[0] == 6.0
    with pytest.raises(PassError, match="there is a function @f_grad"):
        run_passes(module, "differentiate{function=f}")
    other = text.replace("@f_grad(f64)", "@f_grad(f32)").replace("@main(%x: f64)", "@main(%x: f32)")
    other = other.replace("@f_grad(%x) : (f64)", "@f_grad(%x) : (f32)")
    with pytest.raises(StepwellError, match="is declared as"):
        derived(other)


class CubeOp(Op, name="cubes.cube", traits=(Pure, Elementwise, SameOperandsAndResultType)):
    """`%y = cubes.cube %x : f64`: its third power. An op of somebody else's."""

    x = operand(FloatLike)
    y = result(FloatLike)
    syntax = "$x attr-dict `:` type($y)"

    def evaluate(self, x: float) -> float:
        return x**3

    def derivative(self, g: Value, e: Expressions) -> Sequence[Value | None]:
        return [e.mul(g, e.scale(e.square(self.x), 3.0))]


def test_an_op_may_bring_its_derivative_along() -> None:
    register(Dialect("cubes", CubeOp, summary="for this test"))
    text = """
        func.func @f(%x: tensor<?xf64>) -> tensor<?xf64> {
          %y = cubes.cube %x : tensor<?xf64>
          return %y : tensor<?xf64>
        }"""
    check(text, [np.array([0.5, -2.0])])


def test_programs_read_well_afterwards() -> None:
    before = (HERE / "programs.mlir").read_text(encoding="utf-8")
    module = parse_module(before)
    run_passes(module, "differentiate,canonicalize,cse")
    after = (HERE / "programs.out.mlir").read_text(encoding="utf-8")
    assert print_to_text(module) == after.rstrip("\n")


def test_the_interpreter_says_to_differentiate_first() -> None:
    text = """
        func.func @main(%x: tensor<f64>) -> tensor<f64> {
          %g = meta.gradient %x by %x : tensor<f64> by tensor<f64>
          return %g : tensor<f64>
        }"""
    with pytest.raises(StepwellError, match="run the pass 'differentiate' first"):
        Interpreter(parse_module(text)).call("main", np.array(1.0))


def test_the_semantic_checker_follows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "tanh.mlir"
    path.write_text(
        """
        func.func @f(%x: tensor<?xf64>) -> tensor<?xf64> {
          %0 = meta.stop_gradient %x : tensor<?xf64>
          %1 = math.tanh %0 : tensor<?xf64>
          %y = arith.mulf %1, %x : tensor<?xf64>
          return %y : tensor<?xf64>
        }""",
        encoding="utf-8",
    )
    pipeline = "--pass-pipeline=builtin.module(differentiate{function=f},canonicalize)"
    assert main([str(path), pipeline, "--check-semantics"]) == 0
    assert "check-semantics: 0 comparisons" not in capsys.readouterr().err

"""Structured ops: their bodies are differentiated at each point. Against differences."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from stepwell.ir.diagnostics import PassError
from tests.passes.derivatives.finite_differences import check, derived

RNG = np.random.default_rng(8)
EXAMPLES = Path(__file__).parents[3] / "examples"

# The op that makes %y : O from %a, %b and the init %c; the types of these; their shapes.
CASES: dict[str, tuple[str, tuple[str, str, str], tuple[tuple[int, ...], ...]]] = {
    "matmul": (
        "linalg.matmul ins(%a, %b : A, B) outs(%c : C) -> C",
        ("tensor<?x?xf64>", "tensor<?x?xf64>", "tensor<?x?xf64>"),
        ((2, 3), (3, 4), (2, 4)),
    ),
    "matmul transposed": (
        "linalg.matmul indexing_maps = [affine_map<(m, n, k) -> (k, m)>,"
        " affine_map<(m, n, k) -> (k, n)>, affine_map<(m, n, k) -> (m, n)>]"
        " ins(%a, %b : A, B) outs(%c : C) -> C",
        ("tensor<3x2xf64>", "tensor<3x4xf64>", "tensor<2x4xf64>"),
        ((3, 2), (3, 4), (2, 4)),
    ),
    "batch matmul": (
        "linalg.batch_matmul ins(%a, %b : A, B) outs(%c : C) -> C",
        ("tensor<?x2x3xf64>", "tensor<?x3x?xf64>", "tensor<?x2x?xf64>"),
        ((2, 2, 3), (2, 3, 2), (2, 2, 2)),
    ),
    "matvec": (
        "linalg.matvec ins(%a, %b : A, B) outs(%c : C) -> C",
        ("tensor<?x?xf64>", "tensor<?xf64>", "tensor<?xf64>"),
        ((2, 3), (3,), (2,)),
    ),
    "dot": (
        "linalg.dot ins(%a, %b : A, B) outs(%c : C) -> C",
        ("tensor<?xf64>", "tensor<?xf64>", "tensor<f64>"),
        ((3,), (3,), ()),
    ),
    "fill": (
        "linalg.fill ins(%a : A) outs(%c : C) -> C",
        ("f64", "f64", "tensor<?x3xf64>"),
        ((), (), (2, 3)),
    ),
    "conv": (
        "linalg.conv_2d_nhwc_hwcf {strides = dense<[1, 2]> : tensor<2xi64>}"
        " ins(%a, %b : A, B) outs(%c : C) -> C",
        ("tensor<1x4x5x2xf64>", "tensor<2x3x2x2xf64>", "tensor<1x3x2x2xf64>"),
        ((1, 4, 5, 2), (2, 3, 2, 2), (1, 3, 2, 2)),
    ),
    "elementwise": (
        "linalg.mul ins(%a, %b : A, B) outs(%c : C) -> C",
        ("tensor<?xf64>", "tensor<?xf64>", "tensor<?xf64>"),
        ((3,), (3,), (3,)),
    ),
    "generic": (
        "linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d1, d0)>,"
        " affine_map<(d0, d1) -> (d0)>, affine_map<(d0, d1) -> (d0)>],"
        ' iterator_types = ["parallel", "reduction"]} ins(%a, %b : A, B) outs(%c : C) {\n'
        "  ^bb0(%x: f64, %z: f64, %sum: f64):\n"
        "    %0 = arith.mulf %x, %z : f64\n"
        "    %1 = math.tanh %0 : f64\n"
        "    %2 = arith.addf %1, %sum : f64\n"
        "    linalg.yield %2 : f64\n"
        "  } -> C",
        ("tensor<?x?xf64>", "tensor<?xf64>", "tensor<?xf64>"),
        ((3, 2), (2,), (2,)),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_rule(name: str) -> None:
    op, given, shapes = CASES[name]
    for letter, type in zip("ABC", given, strict=True):
        op = op.replace(f" {letter}", f" {type}")
    a, b, c = given
    text = f"""
        func.func @f(%a: {a}, %b: {b}, %c: {c}, %weights: {c}) -> {c} {{
          %y = {op}
          %z = math.tanh %y : {c}
          %weighted = arith.mulf %z, %weights : {c}
          return %weighted : {c}
        }}"""
    arguments: list[object] = []
    for kind, shape in zip((*given, c), (*shapes, shapes[-1]), strict=True):
        made = RNG.uniform(-1, 1, shape)
        arguments.append(made if kind.startswith("tensor") else float(made))
    check(text, arguments)


SMALLER = {"8": "2", "32": "3", "64": "4", "10": "2"}


def test_the_perceptron_of_the_examples() -> None:
    text = (EXAMPLES / "mlp.mlir").read_text(encoding="utf-8")
    text = re.sub(r"(?<=[<x])(8|32|64|10)(?=x)", lambda size: SMALLER[size[0]], text)
    text = text.replace("@main", "@f").replace("f32", "f64")
    shapes = [(2, 3), (3, 4), (4,), (4, 2), (2,)]
    arrays = [RNG.uniform(0.1, 1, shape) for shape in shapes]
    check(text, arrays, before="inline,")


def test_bodies_that_do_more_than_add_are_refused() -> None:
    text = """
        func.func @f(%a: tensor<3xf64>, %c: tensor<f64>) -> tensor<f64> {
          %y = linalg.reduce { arith.maximumf } ins(%a : tensor<3xf64>) outs(%c : tensor<f64>)
            dimensions = [0]
          return %y : tensor<f64>
        }"""
    with pytest.raises(PassError, match="does more with the init than add to it"):
        derived(text)


def test_bodies_that_use_a_target_from_outside_are_refused() -> None:
    text = """
        func.func @f(%a: tensor<3xf64>, %s: f64) -> tensor<3xf64> {
          %y = linalg.map ins(%a : tensor<3xf64>) outs(%a : tensor<3xf64>)
            (%in: f64, %out: f64) {
              %0 = arith.mulf %in, %s : f64
              linalg.yield %0 : f64
            }
          return %y : tensor<3xf64>
        }"""
    with pytest.raises(PassError, match="'linalg.map' op has no derivative rule"):
        derived(text)

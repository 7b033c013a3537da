"""Rules of meta and tensor, which move elements about, against differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepwell.dialects.linalg.structured import StructuredOp
from stepwell.ir.traits import Elementwise
from stepwell.passes import differentiate
from stepwell.passes.derivatives.rules import classes_with_rules
from tests.passes.derivatives.finite_differences import check, derived, results

RNG = np.random.default_rng(5)

# Ops that make the value %y of type R, from %x : tensor<?x?xf64> of 3 by 4, sizes %m and %n, a
# scalar %s, and a map #m. Each is checked with weights, so that no derivative cancels out.
CASES: dict[str, tuple[str, str]] = {
    "broadcast": (
        "%y = meta.broadcast %x sizes(%n, %m) dimensions = [0, 2]"
        " : tensor<?x?xf64> -> tensor<?x?x?x?xf64>",
        "tensor<?x?x?x?xf64>",
    ),
    "broadcast of nothing new": (
        "%y = meta.broadcast %x dimensions = [] : tensor<?x?xf64> -> tensor<?x?xf64>",
        "tensor<?x?xf64>",
    ),
    "reduce add": (
        "%y = meta.reduce add %x dimensions = [0] : tensor<?x?xf64> -> tensor<?xf64>",
        "tensor<?xf64>",
    ),
    "reduce all": (
        "%y = meta.reduce add %x dimensions = [0, 1] : tensor<?x?xf64> -> tensor<f64>",
        "tensor<f64>",
    ),
    "reduce mul": (
        "%y = meta.reduce mul %x dimensions = [1] : tensor<?x?xf64> -> tensor<?xf64>",
        "tensor<?xf64>",
    ),
    "reduce max": (
        "%y = meta.reduce max %x dimensions = [1] : tensor<?x?xf64> -> tensor<?xf64>",
        "tensor<?xf64>",
    ),
    "reduce min": (
        "%y = meta.reduce min %x dimensions = [0, 1] : tensor<?x?xf64> -> tensor<f64>",
        "tensor<f64>",
    ),
    "reindex": (
        "%y = meta.reindex %x[affine_map<(d0, d1) -> (d1, d0)>] sizes(%n, %m)"
        " : tensor<?x?xf64> -> tensor<?x?xf64>",
        "tensor<?x?xf64>",
    ),
    "reindex with else": (
        "%y = meta.reindex %x[affine_map<(d0)[s0] -> (d0 - 1, s0 - d0)>](%m) sizes(%n) else %s"
        " : tensor<?x?xf64>, f64 -> tensor<?xf64>",
        "tensor<?xf64>",
    ),
    "windows": (
        "%y = meta.reindex %x[affine_map<(d0, d1, d2) -> (d0, d1 * 2 + d2 - 1)>]"
        " sizes(%m, %m, %m) else %s : tensor<?x?xf64>, f64 -> tensor<?x?x?xf64>",
        "tensor<?x?x?xf64>",
    ),
    "reindex_reduce add": (
        "%y = meta.reindex_reduce add %x[affine_map<(d0, d1) -> (d0 + d1 - 1)>] sizes(%n)"
        " : tensor<?x?xf64> -> tensor<?xf64>",
        "tensor<?xf64>",
    ),
    "reindex_reduce max": (
        "%z = meta.reindex_reduce max %x[affine_map<(d0, d1) -> (d0 + d1 - 1)>] sizes(%n)"
        " : tensor<?x?xf64> -> tensor<?xf64>\n"
        "%y = math.tanh %z : tensor<?xf64>",
        "tensor<?xf64>",
    ),
    "reindex_reduce mul": (
        "%y = meta.reindex_reduce mul %x[affine_map<(d0, d1) -> (d0 + d1 - 1)>] sizes(%n)"
        " : tensor<?x?xf64> -> tensor<?xf64>",
        "tensor<?xf64>",
    ),
    "gather": (
        "%y = meta.gather %x at %i : tensor<?x?xf64>, tensor<?xi32> -> tensor<?x?xf64>",
        "tensor<?x?xf64>",
    ),
    "scatter_reduce add": (
        "%y = meta.scatter_reduce add %x at %i sizes(%n)"
        " : tensor<?x?xf64>, tensor<?xi32> -> tensor<?x?xf64>",
        "tensor<?x?xf64>",
    ),
    "scatter_reduce max": (
        "%z = meta.scatter_reduce max %x at %i sizes(%n)"
        " : tensor<?x?xf64>, tensor<?xi32> -> tensor<?x?xf64>\n"
        "%y = math.tanh %z : tensor<?x?xf64>",
        "tensor<?x?xf64>",
    ),
    "scatter_reduce min": (
        "%z = meta.scatter_reduce min %x at %i sizes(%n)"
        " : tensor<?x?xf64>, tensor<?xi32> -> tensor<?x?xf64>\n"
        "%y = math.tanh %z : tensor<?x?xf64>",
        "tensor<?x?xf64>",
    ),
    "splat": ("%y = tensor.splat %s[%n] : tensor<?x2xf64>", "tensor<?x2xf64>"),
    "from_elements": (
        "%t = arith.mulf %s, %s : f64\n"
        "%y = tensor.from_elements %s, %t, %t, %s, %s, %t : tensor<3x2xf64>",
        "tensor<3x2xf64>",
    ),
    "extract": (
        "%c2 = arith.constant 2 : index\n"
        "%e = tensor.extract %x[%c2, %m] : tensor<?x?xf64>\n"
        "%e2 = arith.mulf %e, %e : f64\n"
        "%y = tensor.splat %e2[%n] : tensor<?xf64>",
        "tensor<?xf64>",
    ),
    "insert": (
        "%c2 = arith.constant 2 : index\n%y = tensor.insert %s into %x[%c2, %m] : tensor<?x?xf64>",
        "tensor<?x?xf64>",
    ),
    "cast": (
        "%z = tensor.cast %x : tensor<?x?xf64> to tensor<3x?xf64>\n"
        "%y = arith.mulf %z, %z : tensor<3x?xf64>",
        "tensor<3x?xf64>",
    ),
    "reshape": (
        "%c2 = arith.constant 2 : index\n"
        "%c6 = arith.constant 6 : index\n"
        "%shape = tensor.from_elements %c2, %c6 : tensor<2xindex>\n"
        "%y = tensor.reshape %x(%shape) : (tensor<?x?xf64>, tensor<2xindex>) -> tensor<?x?xf64>",
        "tensor<?x?xf64>",
    ),
    "expand_shape": (
        "%c2 = arith.constant 2 : index\n"
        "%y = tensor.expand_shape %x [[0], [1, 2]] output_shape [%m, 2, %c2]"
        " : tensor<?x?xf64> into tensor<?x2x?xf64>",
        "tensor<?x2x?xf64>",
    ),
    "collapse_shape": (
        "%y = tensor.collapse_shape %x [[0, 1]] : tensor<?x?xf64> into tensor<?xf64>",
        "tensor<?xf64>",
    ),
    "extract_slice": (
        "%c2 = arith.constant 2 : index\n"
        "%y = tensor.extract_slice %x[1, 0] [1, %c2] [1, 2] : tensor<?x?xf64> to tensor<?xf64>",
        "tensor<?xf64>",
    ),
    "insert_slice": (
        "%row = meta.reduce add %x dimensions = [1] : tensor<?x?xf64> -> tensor<?xf64>\n"
        "%y = tensor.insert_slice %row into %x[0, 1] [%m, 1] [1, 1]"
        " : tensor<?xf64> into tensor<?x?xf64>",
        "tensor<?x?xf64>",
    ),
    "concat": (
        "%part = tensor.extract_slice %x[0, 0] [%m, 2] [1, 1]"
        " : tensor<?x?xf64> to tensor<?x2xf64>\n"
        "%y = tensor.concat dim(1) %x, %part, %x"
        " : (tensor<?x?xf64>, tensor<?x2xf64>, tensor<?x?xf64>) -> tensor<?x?xf64>",
        "tensor<?x?xf64>",
    ),
    "shared": (
        "%z = arith.mulf %x, %x : tensor<?x?xf64>\n%y = arith.addf %z, %x : tensor<?x?xf64>",
        "tensor<?x?xf64>",
    ),
}


def program(ops: str, type: str, weigh: str = "mulf %y, %weights") -> str:
    """The ops, and their result weighted, if that names the weights."""
    weights = f", %weights: {type}" if "%weights" in weigh else ""
    return f"""
        func.func @f(%x: tensor<?x?xf64>, %s: f64, %m: index, %n: index, %i: tensor<?xi32>
                     {weights}) -> {type} {{
          {ops}
          %weighted = arith.{weigh} : {type}
          return %weighted : {type}
        }}"""


@pytest.mark.parametrize("name", CASES)
def test_rule(name: str) -> None:
    ops, type = CASES[name]
    arguments: list[object] = [
        RNG.uniform(0.5, 2.0, (3, 4)), 0.7, 3, 4, np.array([1, 3, 1], np.int32)
    ]  # fmt: skip
    if name == "gather":
        arguments[4] = np.array([1, 2, 1], np.int32)
    text = program(ops, type)
    alone = derived(program(ops, type, weigh="negf %y"), "")
    shape = results(alone, "f", arguments)[0].shape
    check(text, [*arguments, RNG.uniform(0.5, 2.0, shape)])


def test_every_rule_is_checked() -> None:
    assert differentiate.WITH_RULES
    checked = " ".join(ops for ops, _ in CASES.values())
    for cls in classes_with_rules():
        if cls is not StructuredOp and Elementwise not in cls.traits:
            assert f"{cls.name} " in checked


SOFTMAX = """
    func.func @f(%x: tensor<?x?xf64>, %weights: tensor<?x?xf64>) -> tensor<?x?xf64> {
      %c1 = arith.constant 1 : index
      %n = tensor.dim %x, %c1 : tensor<?x?xf64>
      %max = meta.reduce max %x dimensions = [1] : tensor<?x?xf64> -> tensor<?xf64>
      %wide = meta.broadcast %max sizes(%n) dimensions = [1] : tensor<?xf64> -> tensor<?x?xf64>
      %low = arith.subf %x, %wide : tensor<?x?xf64>
      %e = math.exp %low : tensor<?x?xf64>
      %sum = meta.reduce add %e dimensions = [1] : tensor<?x?xf64> -> tensor<?xf64>
      %all = meta.broadcast %sum sizes(%n) dimensions = [1] : tensor<?xf64> -> tensor<?x?xf64>
      %y = arith.divf %e, %all : tensor<?x?xf64>
      %weighted = arith.mulf %y, %weights : tensor<?x?xf64>
      return %weighted : tensor<?x?xf64>
    }"""


@settings(max_examples=10)
@given(rows=st.integers(0, 4), columns=st.integers(1, 5), seed=st.integers(0, 1000))
def test_softmax(rows: int, columns: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    check(SOFTMAX, [random.normal(size=(rows, columns)) for _ in range(2)])


def test_equal_elements_share_the_derivative_of_the_greatest() -> None:
    text = program(*CASES["reduce max"])
    x = np.array([[2.0, 2.0, 1.0], [0.0, 3.0, 0.0]])
    arguments = [x, 0.0, 2, 3, np.zeros(1, np.int32), np.ones(2)]
    by_x = results(derived(text), "f_grad", arguments)[0]
    np.testing.assert_array_equal(by_x, [[0.5, 0.5, 0.0], [0.0, 1.0, 0.0]])


def test_windows_that_share_their_greatest_element_add_up() -> None:
    text = """
        func.func @f(%x: tensor<?xf64>, %n: index) -> tensor<?xf64> {
          %low = arith.constant 0xFFF0000000000000 : f64
          %c2 = arith.constant 2 : index
          %w = meta.reindex %x[affine_map<(d0, d1) -> (d0 + d1)>] sizes(%n, %c2) else %low
            : tensor<?xf64>, f64 -> tensor<?x?xf64>
          %y = meta.reduce max %w dimensions = [1] : tensor<?x?xf64> -> tensor<?xf64>
          return %y : tensor<?xf64>
        }"""
    module = derived(text)
    (by_x,) = results(module, "f_grad", [np.array([1.0, 5.0, 2.0, 3.0]), 4])
    np.testing.assert_array_equal(by_x, [0.0, 2.0, 0.0, 2.0])

"""Rules of element-wise ops, on scalars and on tensors of any shape, against differences."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stepwell.ir.traits import Elementwise
from stepwell.passes import differentiate
from stepwell.passes.derivatives.rules import classes_with_rules
from tests.passes.derivatives import finite_differences
from tests.passes.derivatives.finite_differences import check

ANY, POSITIVE, WITHIN = (-2.0, 2.0), (0.3, 2.0), (-0.8, 0.8)
Range = tuple[float, float]

# The op with `T` for its type, and where its operands %a, %b, %c may be.
CASES: dict[str, tuple[str, tuple[Range, ...]]] = {
    "arith.addf": ("arith.addf %a, %b : T", (ANY, ANY)),
    "arith.subf": ("arith.subf %a, %b : T", (ANY, ANY)),
    "arith.mulf": ("arith.mulf %a, %b : T", (ANY, ANY)),
    "arith.divf": ("arith.divf %a, %b : T", (ANY, POSITIVE)),
    "arith.remf": ("arith.remf %a, %b : T", ((3.1, 3.9), (0.71, 0.75))),
    "arith.negf": ("arith.negf %a : T", (ANY,)),
    "arith.maximumf": ("arith.maximumf %a, %b : T", (ANY, ANY)),
    "arith.minimumf": ("arith.minimumf %a, %b : T", (ANY, ANY)),
    "arith.maxnumf": ("arith.maxnumf %a, %b : T", (ANY, ANY)),
    "arith.minnumf": ("arith.minnumf %a, %b : T", (ANY, ANY)),
    "math.absf": ("math.absf %a : T", (ANY,)),
    "math.acos": ("math.acos %a : T", (WITHIN,)),
    "math.acosh": ("math.acosh %a : T", ((1.2, 3.0),)),
    "math.asin": ("math.asin %a : T", (WITHIN,)),
    "math.asinh": ("math.asinh %a : T", (ANY,)),
    "math.atan": ("math.atan %a : T", (ANY,)),
    "math.atan2": ("math.atan2 %a, %b : T", (ANY, POSITIVE)),
    "math.atanh": ("math.atanh %a : T", (WITHIN,)),
    "math.cbrt": ("math.cbrt %a : T", (POSITIVE,)),
    "math.ceil": ("math.ceil %a : T", ((0.2, 0.8),)),
    "math.clampf": ("math.clampf %a to [%b, %c] : T", ((-2.0, 2.0), (-1.0, -0.5), (0.5, 1.0))),
    "math.copysign": ("math.copysign %a, %b : T", (ANY, ANY)),
    "math.cos": ("math.cos %a : T", (ANY,)),
    "math.cosh": ("math.cosh %a : T", (ANY,)),
    "math.erf": ("math.erf %a : T", (ANY,)),
    "math.erfc": ("math.erfc %a : T", (ANY,)),
    "math.exp": ("math.exp %a : T", (ANY,)),
    "math.exp2": ("math.exp2 %a : T", (ANY,)),
    "math.expm1": ("math.expm1 %a : T", (ANY,)),
    "math.floor": ("math.floor %a : T", ((0.2, 0.8),)),
    "math.fma": ("math.fma %a, %b, %c : T", (ANY, ANY, ANY)),
    "math.log": ("math.log %a : T", (POSITIVE,)),
    "math.log10": ("math.log10 %a : T", (POSITIVE,)),
    "math.log1p": ("math.log1p %a : T", (POSITIVE,)),
    "math.log2": ("math.log2 %a : T", (POSITIVE,)),
    "math.powf": ("math.powf %a, %b : T", (POSITIVE, ANY)),
    "math.round": ("math.round %a : T", ((0.1, 0.4),)),
    "math.roundeven": ("math.roundeven %a : T", ((0.6, 0.9),)),
    "math.rsqrt": ("math.rsqrt %a : T", (POSITIVE,)),
    "math.sin": ("math.sin %a : T", (ANY,)),
    "math.sinh": ("math.sinh %a : T", (ANY,)),
    "math.sqrt": ("math.sqrt %a : T", (POSITIVE,)),
    "math.tan": ("math.tan %a : T", ((-1.0, 1.0),)),
    "math.tanh": ("math.tanh %a : T", (ANY,)),
    "math.trunc": ("math.trunc %a : T", ((0.2, 0.8),)),
}
SEPARATELY = {"arith.select", "arith.extf", "arith.truncf", "math.fpowi"}


def program(op: str, count: int, type: str) -> str:
    """The op's result, weighted, as a function `@f` of its operands and the weights."""
    names = "abc"[:count]
    arguments = ", ".join(f"%{name}: {type}" for name in (*names, "weights"))
    return f"""
        func.func @f({arguments}) -> {type} {{
          %y = {op.replace("T", type)}
          %weighted = arith.mulf %y, %weights : {type}
          return %weighted : {type}
        }}"""


@pytest.mark.parametrize("name", CASES)
@settings(max_examples=4)
@given(shape=st.lists(st.integers(0, 3), max_size=3), seed=st.integers(0, 1000))
def test_rule_on_tensors(name: str, shape: list[int], seed: int) -> None:
    op, ranges = CASES[name]
    random = np.random.default_rng(seed)
    arrays = [random.uniform(*one, shape) for one in (*ranges, ANY)]
    dynamic = "tensor<" + "?x" * len(shape) + "f64>"
    static = "tensor<" + "".join(f"{size}x" for size in shape) + "f64>"
    for type in (dynamic, static):
        check(program(op, len(ranges), type), arrays, 2e-6)


@pytest.mark.parametrize("name", CASES)
def test_rule_on_numbers(name: str) -> None:
    op, ranges = CASES[name]
    random = np.random.default_rng(1)
    check(program(op, len(ranges), "f64"), [random.uniform(*one) for one in (*ranges, ANY)], 2e-6)


def test_every_elementwise_rule_is_checked() -> None:
    assert differentiate.WITH_RULES
    names = {cls.name for cls in classes_with_rules() if Elementwise in cls.traits}
    assert names == CASES.keys() | SEPARATELY


def test_select() -> None:
    random = np.random.default_rng(2)
    text = """
        func.func @f(%c: tensor<?xi1>, %a: tensor<?xf64>, %b: tensor<?xf64>) -> tensor<?xf64> {
          %0 = arith.select %c, %a, %b : tensor<?xi1>, tensor<?xf64>
          %1 = arith.mulf %0, %a : tensor<?xf64>
          return %1 : tensor<?xf64>
        }"""
    choices = np.array([True, False, False, True])
    check(text, [choices, random.normal(size=4), random.normal(size=4)])
    with_a_number = """
        func.func @f(%c: i1, %a: tensor<?xf64>, %b: tensor<?xf64>) -> tensor<?xf64> {
          %0 = arith.select %c, %a, %b : tensor<?xf64>
          return %0 : tensor<?xf64>
        }"""
    check(with_a_number, [0, random.normal(size=4), random.normal(size=4)])


def test_casts_between_floats() -> None:
    text = """
        func.func @f(%a: tensor<?xf64>) -> tensor<?xf64> {
          %0 = arith.truncf %a : tensor<?xf64> to tensor<?xf32>
          %1 = arith.mulf %0, %0 : tensor<?xf32>
          %2 = arith.extf %1 : tensor<?xf32> to tensor<?xf64>
          return %2 : tensor<?xf64>
        }"""
    module = finite_differences.derived(text)
    (found,) = finite_differences.results(module, "f_grad", [np.array([1.0, -2.5])])
    np.testing.assert_array_equal(found, [2.0, -5.0])


def test_whole_powers() -> None:
    text = """
        func.func @f(%a: tensor<?xf64>, %n: tensor<?xi32>) -> tensor<?xf64> {
          %0 = math.fpowi %a, %n : tensor<?xf64>, tensor<?xi32>
          return %0 : tensor<?xf64>
        }"""
    powers = np.array([0, 1, 2, 5, -3], np.int32)
    check(text, [np.array([0.5, 0.0, -2.0, 1.5, -0.8]), powers])
    module = finite_differences.derived(text)
    (found,) = finite_differences.results(module, "f_grad", [np.zeros(1), powers[:1]])
    assert found == 0.0


def test_equal_operands_of_an_extremum_share() -> None:
    text = program("arith.maximumf %a, %b : T", 2, "tensor<2xf64>")
    a = np.array([1.0, 2.0])
    by_a, by_b, _ = finite_differences.results(
        finite_differences.derived(text), "f_grad", [a, np.array([1.0, 0.0]), np.ones(2)]
    )
    np.testing.assert_array_equal(by_a, [0.5, 1.0])
    np.testing.assert_array_equal(by_b, [0.5, 0.0])


def test_powers_of_zero_have_derivatives() -> None:
    text = program("math.powf %a, %b : T", 2, "tensor<3xf64>")
    a, b = np.zeros(3), np.array([2.0, 1.0, 0.0])
    by_a, by_b, _ = finite_differences.results(
        finite_differences.derived(text), "f_grad", [a, b, np.ones(3)]
    )
    np.testing.assert_array_equal(by_a, [0.0, 1.0, 0.0])
    np.testing.assert_array_equal(by_b, [0.0, 0.0, 0.0])

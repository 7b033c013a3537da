"""What the ops of the meta dialect compute, compared with loops over the definition."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module

Array = NDArray[Any]
A = np.arange(12, dtype=np.float32).reshape(3, 4) - 5


def run(line: str, result: str, *typed: tuple[str, object]) -> Any:
    """The value of `%r`, which `line` computes from `%0`, `%1`, ..."""
    arguments = ", ".join(f"%a{number}: {type}" for number, (type, _) in enumerate(typed))
    text = f"func.func @f({arguments}) -> {result} {{\n {line}\n return %r : {result}\n}}"
    return Interpreter(parse_module(text)).call("f", *[value for _, value in typed])


def test_broadcast_repeats_along_new_dimensions() -> None:
    line = "%r = meta.broadcast %a0 sizes(%a1) dimensions = [0] : tensor<?xf32> -> tensor<?x?xf32>"
    found = run(line, "tensor<?x?xf32>", ("tensor<?xf32>", A[0]), ("index", 3))
    np.testing.assert_array_equal(found, np.stack([A[0]] * 3))
    assert run(line, "tensor<?x?xf32>", ("tensor<?xf32>", A[0]), ("index", 0)).shape == (0, 4)


def test_broadcast_between() -> None:
    line = "%r = meta.broadcast %a0 dimensions = [1, 3] : tensor<3x4xf32> -> tensor<3x2x4x5xf32>"
    found = run(line, "tensor<3x2x4x5xf32>", ("tensor<3x4xf32>", A))
    np.testing.assert_array_equal(found, np.broadcast_to(A[:, None, :, None], (3, 2, 4, 5)))


@pytest.mark.parametrize(
    ("kind", "function"), [("add", np.sum), ("mul", np.prod), ("max", np.max), ("min", np.min)]
)
def test_reduce(kind: str, function: Any) -> None:
    line = f"%r = meta.reduce {kind} %a0 dimensions = [0] : tensor<?x?xf32> -> tensor<?xf32>"
    found = run(line, "tensor<?xf32>", ("tensor<?x?xf32>", A))
    np.testing.assert_array_equal(found, function(A, axis=0))


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("add", 0), ("mul", 1), ("max", -128), ("min", 127), ("and", -1), ("or", 0), ("xor", 0)],
)
def test_reducing_nothing_gives_the_neutral_element(kind: str, expected: int) -> None:
    line = f"%r = meta.reduce {kind} %a0 dimensions = [0] : tensor<?xi8> -> tensor<i8>"
    assert run(line, "tensor<i8>", ("tensor<?xi8>", np.zeros(0, np.int8))) == expected


def test_integers_wrap() -> None:
    line = "%r = meta.reduce add %a0 dimensions = [0] : tensor<?xi8> -> tensor<i8>"
    assert run(line, "tensor<i8>", ("tensor<?xi8>", np.full(3, 100, np.int8))) == 300 - 256


@pytest.mark.parametrize(
    ("kind", "expected"), [("add", True), ("mul", False), ("max", True), ("min", False)]
)
def test_booleans_are_zero_and_one(kind: str, expected: bool) -> None:
    line = f"%r = meta.reduce {kind} %a0 dimensions = [0] : tensor<?xi1> -> tensor<i1>"
    found = run(line, "tensor<i1>", ("tensor<?xi1>", np.array([True, False, True, True])))
    assert bool(found) is expected


def test_max_of_nan_is_nan() -> None:
    line = "%r = meta.reduce max %a0 dimensions = [0] : tensor<?xf32> -> tensor<f32>"
    assert np.isnan(run(line, "tensor<f32>", ("tensor<?xf32>", np.array([1, np.nan], np.float32))))


def test_reindex_reads_else_outside() -> None:
    line = (
        "%r = meta.reindex %a0[affine_map<(d0, d1)[s0] -> (d0 * 2 + d1 + s0)>](%a1) "
        "sizes(%a2, %a2) else %a3 : tensor<?xf32>, f32 -> tensor<?x?xf32>"
    )
    x = np.arange(4, dtype=np.float32) + 1
    typed = (("tensor<?xf32>", x), ("index", -1), ("index", 3), ("f32", np.float32(9)))
    found = run(line, "tensor<?x?xf32>", *typed)
    np.testing.assert_array_equal(found, [[9, 1, 2], [2, 3, 4], [4, 9, 9]])


def test_reindex_without_else_must_stay_inside() -> None:
    line = (
        "%r = meta.reindex %a0[affine_map<(d0) -> (d0 + 1, 0)>] sizes(%a1) : "
        "tensor<?x?xf32> -> tensor<?xf32>"
    )
    typed = ("tensor<?x?xf32>", A)
    np.testing.assert_array_equal(run(line, "tensor<?xf32>", typed, ("index", 2)), A[1:, 0])
    with pytest.raises(InterpreterError, match="'meta.reindex' op reads outside of its input"):
        run(line, "tensor<?xf32>", typed, ("index", 3))


def test_reindex_of_nothing_is_else_everywhere() -> None:
    line = (
        "%r = meta.reindex %a0[affine_map<(d0) -> (d0)>] sizes(%a1) else %a2 : "
        "tensor<?xf32>, f32 -> tensor<?xf32>"
    )
    typed = (("tensor<?xf32>", np.zeros(0, np.float32)), ("index", 2), ("f32", np.float32(7)))
    np.testing.assert_array_equal(run(line, "tensor<?xf32>", *typed), [7, 7])


def test_reindex_repeats_along_what_the_map_does_not_use() -> None:
    line = (
        "%r = meta.reindex %a0[affine_map<(d0, d1) -> (d1 - 1)>] sizes(%a1, %a1) else %a2 : "
        "tensor<?xf32>, f32 -> tensor<?x?xf32>"
    )
    typed = (("tensor<?xf32>", A[0]), ("index", 3), ("f32", np.float32(7)))
    found = run(line, "tensor<?x?xf32>", *typed)
    np.testing.assert_array_equal(found, [[7, *A[0, :2]]] * 3)


def test_a_negative_size_is_refused() -> None:
    line = "%r = meta.random uniform seed %a0 sizes(%a1) : tensor<?xf32>"
    with pytest.raises(InterpreterError, match="a size is negative: -1"):
        run(line, "tensor<?xf32>", ("i64", 1), ("index", -1))


@pytest.mark.parametrize("kind", ["add", "max", "mul"])
@pytest.mark.parametrize(
    ("map", "place"),
    [
        ("d0 + d1", lambda i, j: i + j),
        ("d0 * 2 - d1 - 1", lambda i, j: 2 * i - j - 1),
        ("d1 floordiv 2", lambda i, j: j // 2),
    ],
)
def test_reindex_reduce_is_the_transpose(kind: str, map: str, place: Any) -> None:
    combine = {"add": np.add, "max": np.maximum, "mul": np.multiply}[kind]
    expected = np.full(4, {"add": 0, "max": -np.inf, "mul": 1}[kind], np.float32)
    for i, j in itertools.product(range(3), range(4)):
        if 0 <= place(i, j) < 4:
            expected[place(i, j)] = combine(expected[place(i, j)], A[i, j])
    line = (
        f"%r = meta.reindex_reduce {kind} %a0[affine_map<(d0, d1) -> ({map})>] sizes(%a1) : "
        "tensor<?x?xf32> -> tensor<?xf32>"
    )
    found = run(line, "tensor<?xf32>", ("tensor<?x?xf32>", A), ("index", 4))
    np.testing.assert_array_equal(found, expected)


def test_gather_and_scatter() -> None:
    indices = np.array([[2, 0], [2, 2]], np.int32)
    line = "%r = meta.gather %a0 at %a1 : tensor<?x?xf32>, tensor<?x?xi32> -> tensor<?x?x?xf32>"
    typed = (("tensor<?x?xf32>", A), ("tensor<?x?xi32>", indices))
    gathered = run(line, "tensor<?x?x?xf32>", *typed)
    np.testing.assert_array_equal(gathered, A[indices])
    line = (
        "%r = meta.scatter_reduce add %a0 at %a1 sizes(%a2) : "
        "tensor<?x?x?xf32>, tensor<?x?xi32> -> tensor<?x?xf32>"
    )
    typed = (("tensor<?x?x?xf32>", gathered), ("tensor<?x?xi32>", indices))
    found = run(line, "tensor<?x?xf32>", *typed, ("index", 4))
    np.testing.assert_array_equal(found, [A[0], A[0] * 0, A[2] * 3, A[0] * 0])


@pytest.mark.parametrize("index", [-1, 3])
def test_an_index_outside_is_refused(index: int) -> None:
    line = "%r = meta.gather %a0 at %a1 : tensor<?x?xf32>, tensor<i64> -> tensor<?xf32>"
    with pytest.raises(InterpreterError, match=rf"index {index} is outside of \[0, 3\)"):
        run(line, "tensor<?xf32>", ("tensor<?x?xf32>", A), ("tensor<i64>", np.array(index)))


def mix(z: int) -> int:
    mask = (1 << 64) - 1
    z = ((z ^ z >> 30) * 0xBF58476D1CE4E5B9) & mask
    z = ((z ^ z >> 27) * 0x94D049BB133111EB) & mask
    return z ^ z >> 31


def unit(seed: int, k: int, precision: int) -> float:
    mask, step = (1 << 64) - 1, 0x9E3779B97F4A7C15
    bits = mix((mix((seed + step) & mask) + k * step) & mask)
    return float((bits >> (64 - precision)) / 2**precision)


@pytest.mark.parametrize(("type", "precision"), [("f64", 53), ("f32", 24), ("f16", 11)])
@pytest.mark.parametrize("seed", [0, 1, -5, 2**62])
def test_uniform_numbers_are_as_specified(type: str, precision: int, seed: int) -> None:
    line = f"%r = meta.random uniform seed %a0 sizes(%a1) : tensor<?x5x{type}>"
    found = run(line, f"tensor<?x5x{type}>", ("i64", seed), ("index", 3))
    assert found.ravel().tolist() == [unit(seed, k, precision) for k in range(15)]


def test_normal_numbers_are_as_specified() -> None:
    found = run("%r = meta.random normal seed %a0 : tensor<4xf64>", "tensor<4xf64>", ("i64", 3))
    radius = [math.sqrt(-2 * math.log(1 - unit(3, 2 * i, 53))) for i in range(4)]
    angle = [2 * math.pi * unit(3, 2 * i + 1, 53) for i in range(4)]
    expected = [r * math.cos(a) for r, a in zip(radius, angle, strict=True)]
    np.testing.assert_allclose(found, expected, rtol=1e-14)


@pytest.mark.parametrize("distribution", ["uniform", "normal"])
def test_random_numbers_look_random(distribution: str) -> None:
    line = f"%r = meta.random {distribution} seed %a0 : tensor<40000xf32>"
    x = run(line, "tensor<40000xf32>", ("i64", 42)).astype(np.float64)
    mean, deviation = (0.5, 1 / math.sqrt(12)) if distribution == "uniform" else (0, 1)
    assert abs(x.mean() - mean) < 5 * deviation / 200
    assert abs(x.std() - deviation) < 0.02
    assert abs(np.corrcoef(x[1:], x[:-1])[0, 1]) < 0.025
    other = run(line, "tensor<40000xf32>", ("i64", 43))
    assert abs(np.corrcoef(x, other)[0, 1]) < 0.025


def test_stop_gradient_is_the_identity() -> None:
    line = "%r = meta.stop_gradient %a0 : tensor<?x?xf32>"
    np.testing.assert_array_equal(run(line, "tensor<?x?xf32>", ("tensor<?x?xf32>", A)), A)


def test_gradient_must_be_differentiated_first() -> None:
    line = "%r = meta.gradient %a0 by %a0 : tensor<?x?xf32> by tensor<?x?xf32>"
    with pytest.raises(InterpreterError, match="run the pass 'differentiate' first"):
        run(line, "tensor<?x?xf32>", ("tensor<?x?xf32>", A))


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize(
    ("kind", "function"), [("add", np.add), ("mul", np.multiply), ("max", np.maximum)]
)
def test_scan_combines_the_elements_so_far(kind: str, function: np.ufunc, axis: int) -> None:
    type = "tensor<?x?xf32>"
    line = f"%r = meta.scan {kind} %a0 along {axis}"
    found = run(f"{line} : {type}", type, (type, A))
    np.testing.assert_array_equal(found, function.accumulate(A, axis))
    turned = run(f"{line} reverse : {type}", type, (type, A))
    wanted = np.flip(function.accumulate(np.flip(A, axis), axis), axis)
    np.testing.assert_array_equal(turned, wanted)

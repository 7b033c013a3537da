"""The harness itself: every bit arrives, and what cannot be passed is refused."""

from __future__ import annotations

import numpy as np
import pytest

from tests.oracle.driver import Array
from tests.oracle.pipelines import PIPELINES, Pipeline
from tests.oracle.running import Outcome, lower_upstream, required_oracle
from tests.oracle.running import run as run_lowered
from tests.oracle.signature import DTYPES, parse_type, read_signature, split_types
from tests.oracle.tools import OracleError

FIRST, SHORT, ONE_FLAG = PIPELINES
ELEMENTS = sorted(set(DTYPES) - {"index"})


def run(text: str, pipeline: Pipeline, inputs: list[object], entry: str = "main") -> Outcome:
    """Runs all of it upstream."""
    oracle = required_oracle()
    return run_lowered(oracle, text, lower_upstream(oracle, pipeline), inputs, entry)


def _bits(array: Array) -> bytes:
    return np.ascontiguousarray(array).tobytes()


def _any_bits(element: str, shape: tuple[int, ...]) -> Array:
    """Random bits, so that floats hold NaN payloads, infinities, denormals and both zeros."""
    random = np.random.default_rng(3)
    dtype = DTYPES[element]
    if dtype == np.bool_:
        return random.integers(0, 2, shape).astype(np.bool_)
    count = int(np.prod(shape)) * dtype.itemsize
    array: Array = np.frombuffer(random.bytes(count), dtype).reshape(shape).copy()
    special = {"f32": 0x7FC12345, "f64": 0x7FF8000000012345, "f16": 0x8000, "bf16": 0x7FC1}
    if element in special:
        array.view(f"u{dtype.itemsize}").flat[0] = special[element]
    return array


@pytest.mark.parametrize("pipeline", [FIRST, SHORT], ids=lambda one: str(one.name))
@pytest.mark.parametrize("element", ELEMENTS)
def test_every_bit_of_a_tensor_arrives(element: str, pipeline: Pipeline) -> None:
    text = f"""func.func @main(%x: tensor<2x3x{element}>) -> tensor<2x3x{element}> {{
      return %x : tensor<2x3x{element}>
    }}"""
    given = _any_bits(element, (2, 3))
    (returned,) = run(text, pipeline, [given]).results
    assert returned.dtype == given.dtype
    assert returned.shape == given.shape
    assert _bits(returned) == _bits(given)


@pytest.mark.parametrize("element", sorted(DTYPES))
def test_every_bit_of_a_scalar_arrives(element: str) -> None:
    text = f"func.func @main(%x: {element}) -> {element} {{ return %x : {element} }}"
    given = _any_bits(element, ())
    (returned,) = run(text, ONE_FLAG, [given]).results
    assert returned.shape == ()
    assert _bits(returned) == _bits(given)


def test_a_buffer_shows_what_was_written_and_the_input_stays() -> None:
    text = """func.func @main(%m: memref<?x2xf64>) -> (index, f64) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %size = memref.dim %m, %c0 : memref<?x2xf64>
      %value = memref.load %m[%c1, %c0] : memref<?x2xf64>
      %twice = arith.addf %value, %value : f64
      memref.store %twice, %m[%c0, %c1] : memref<?x2xf64>
      return %size, %value : index, f64
    }"""
    given = np.array([[0.1, 0.2], [1 / 3, 0.4], [5e-324, -0.0]])
    outcome = run(text, ONE_FLAG, [given])
    assert [one.item() for one in outcome.results] == [3, 1 / 3]
    np.testing.assert_array_equal(outcome.buffers[0], [[0.1, 2 / 3], [1 / 3, 0.4], [5e-324, -0.0]])
    assert given[0, 1] == 0.2


def test_a_rank_zero_tensor_and_an_empty_one() -> None:
    text = """func.func @main(%x: tensor<f32>, %y: tensor<?x3xi64>)
        -> (tensor<f32>, tensor<?x3xi64>) {
      return %x, %y : tensor<f32>, tensor<?x3xi64>
    }"""
    inputs = [np.array(1.5, np.float32), np.zeros((0, 3), np.int64)]
    outcome = run(text, FIRST, inputs)
    assert outcome.results[0] == np.float32(1.5)
    assert outcome.results[1].shape == (0, 3)


def test_inputs_that_do_not_fit_are_refused() -> None:
    text = "func.func @main(%x: tensor<2xf32>) -> tensor<2xf32> { return %x : tensor<2xf32> }"
    for wrong in (np.zeros(3, np.float32), np.zeros(2, np.float64), np.zeros((1, 2), np.float32)):
        with pytest.raises(ValueError, match="does not fit"):
            run(text, FIRST, [wrong])
    with pytest.raises(ValueError, match="takes 1, given 0"):
        run(text, FIRST, [])
    with pytest.raises(ValueError, match="no function @other"):
        run(text, FIRST, [np.zeros(2, np.float32)], entry="other")


def test_a_refused_program_says_why() -> None:
    with pytest.raises(OracleError, match="custom op 'nonsense'"):
        run("nonsense", FIRST, [])


def test_types_are_split_outside_brackets_only() -> None:
    text = "memref<2xf32, affine_map<(d0) -> (d0, 0)>>, i32, tensor<?xf32>"
    assert split_types(text) == [
        "memref<2xf32, affine_map<(d0) -> (d0, 0)>>",
        "i32",
        "tensor<?xf32>",
    ]


def test_a_signature_is_read_from_the_generic_print() -> None:
    generic = (
        '  "func.func"() <{function_type = (i32) -> (), sym_name = "other"}> ({\n'
        '  "func.func"() <{function_type = (memref<?x4xf32, strided<[4, 1]>>, index) -> '
        '(tensor<f16>, i1), sym_name = "main"}> ({\n'
    )
    signature = read_signature(generic, "main")
    first, second = signature.arguments
    assert (first.kind, first.shape, first.element) == ("memref", (None, 4), "f32")
    assert (second.kind, second.element) == ("scalar", "index")
    assert [one.text for one in signature.results] == ["tensor<f16>", "i1"]
    assert read_signature(generic, "other").results == ()


def test_a_type_without_a_numpy_form_is_refused() -> None:
    for text in ("vector<4xf32>", "tensor<*xf32>", "tensor<2xi7>", "!llvm.ptr"):
        with pytest.raises(ValueError, match="cannot pass"):
            parse_type(text)

"""Bodies that mix elements with scalars from outside."""

from __future__ import annotations

import numpy as np
import pytest

import stepwell as sw
from stepwell.ir.interpreter.interpreter import Interpreter

TEXT = """
func.func @main(%m: tensor<2x3xf32>) -> tensor<2x3xELEMENT> {
  %k = arith.constant 3.0 : f32
  %e = tensor.empty() : tensor<2x3xELEMENT>
  %0 = linalg.generic {
      indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i, j)>],
      iterator_types = ["parallel", "parallel"]}
      ins(%m : tensor<2x3xf32>) outs(%e : tensor<2x3xELEMENT>) {
    ^bb0(%x: f32, %o: ELEMENT):
      %y = OP : f32
      linalg.yield %y : ELEMENT
  } -> tensor<2x3xELEMENT>
  return %0 : tensor<2x3xELEMENT>
}
"""
VALUES = np.arange(6, dtype=np.float32).reshape(2, 3)


@pytest.mark.parametrize(
    ("op", "element", "expected"),
    [
        ("arith.subf %k, %x", "f32", 3 - VALUES),
        ("arith.subf %x, %k", "f32", VALUES - 3),
        ("arith.cmpf olt, %k, %x", "i1", VALUES > 3),
    ],
)
def test_scalar_constant_on_either_side_of_an_element(
    op: str, element: str, expected: np.ndarray[tuple[int, ...], np.dtype[np.generic]]
) -> None:
    module = sw.parse(TEXT.replace("OP", op).replace("ELEMENT", element))
    np.testing.assert_array_equal(Interpreter(module).call("main", VALUES), expected)


def test_index_constant_compared_with_a_position() -> None:
    text = TEXT.replace("%y = OP : f32", BODY).replace("ELEMENT", "i1")
    found = Interpreter(sw.parse(text)).call("main", VALUES)
    np.testing.assert_array_equal(found, [[False, False, True]] * 2)


BODY = """%c1 = arith.constant 1 : index
      %j = linalg.index 1 : index
      %y = arith.cmpi slt, %c1, %j : index"""

"""What convert-vector-to-scf leaves alone or refuses. Its results are in `tests/passes/cases`."""

from __future__ import annotations

import pytest

from stepwell.ir.diagnostics import StepwellError
from stepwell.ir.operation import walk
from tests.passes.passes_on_text import run_passes


def test_transfer_under_a_mask_stays() -> None:
    text = """
    func.func @f(%m: memref<?x?xf32>, %i: index, %p: f32, %k: vector<3x4xi1>) -> vector<3x4xf32> {
      %r = vector.mask %k {
        vector.transfer_read %m[%i, %i], %p : memref<?x?xf32>, vector<3x4xf32>
      } : vector<3x4xi1> -> vector<3x4xf32>
      return %r : vector<3x4xf32>
    }
    """
    module = run_passes(text, "convert-vector-to-scf")
    assert [op.name for op in walk(module) if "transfer" in op.name or "scf" in op.name] == [
        "vector.transfer_read"
    ]


def test_lower_scalable_of_a_transposed_scalable_vector_is_refused() -> None:
    text = """
    func.func @f(%m: memref<?x?xf32>, %i: index, %v: vector<4x[4]xf32>) {
      %t = vector.transpose %v, [1, 0] : vector<4x[4]xf32> to vector<[4]x4xf32>
      vector.transfer_write %t, %m[%i, %i] : vector<[4]x4xf32>, memref<?x?xf32>
      return
    }
    """
    with pytest.raises(StepwellError, match="lower-scalable"):
        run_passes(text, "convert-vector-to-scf{lower-scalable=true}")


def test_a_slice_with_more_dimensions_than_the_memory_needs_a_map() -> None:
    text = """
    func.func @f(%m: memref<?xf32>, %i: index, %v: vector<3x4xf32>) {
      vector.transfer_write %v, %m[%i] : vector<3x4xf32>, memref<?xf32>
      return
    }
    """
    with pytest.raises(StepwellError, match="expected a custom permutation_map when rank"):
        run_passes(text, "")

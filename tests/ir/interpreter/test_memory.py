"""Memrefs of the interpreter: sharing with NumPy, bounds, poison."""

from __future__ import annotations

import numpy as np
import pytest

from stepwell.ir import types
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.machine import POISON
from stepwell.ir.interpreter.memory import MemRef
from stepwell.ir.strides import strides_and_offset
from stepwell.ir.text.parse import parse_module


@pytest.mark.parametrize(
    "array",
    [
        np.arange(24, dtype=np.float32).reshape(2, 3, 4),
        np.arange(24, dtype=np.float32).reshape(2, 3, 4)[:, ::2, 1:],
        np.arange(24, dtype=np.float32).reshape(2, 3, 4).transpose(2, 0, 1),
        np.full((), 5, np.float32),
        np.zeros((3, 0, 2), np.float32),
    ],
)
def test_from_numpy_shares_whatever_the_strides(array: np.ndarray) -> None:
    memref = MemRef.from_numpy(array)
    assert memref.sizes == array.shape
    assert (memref.view() == array).all()
    if array.size:
        memref.store((0,) * array.ndim, np.float32(-1))
        assert array[(0,) * array.ndim] == -1


def test_writable_arrays_without_usable_strides_are_refused() -> None:
    backwards = np.arange(4, dtype=np.float32)[::-1]
    with pytest.raises(InterpreterError, match="copy it"):
        MemRef.from_numpy(backwards)
    backwards.flags.writeable = False
    memref = MemRef.from_numpy(backwards)
    assert memref.to_numpy().tolist() == [3, 2, 1, 0]


def test_read_only_arrays_are_constant_memory() -> None:
    array = np.arange(4, dtype=np.float32)
    array.flags.writeable = False
    with pytest.raises(InterpreterError, match="constant memory"):
        MemRef.from_numpy(array).store((0,), np.float32(1))


def test_poison_stays_poison_until_it_is_overwritten() -> None:
    memref = MemRef.allocate((4,), types.i32)
    memref.store((1,), POISON)
    memref.store((2,), POISON)
    assert memref.load((1,)) is POISON
    memref.store((1,), 7)
    assert memref.load((1,)) == 7
    memref.subview((0,), (2,), (1,)).write(np.array([1, 2], np.int32))
    assert memref.load((2,)) is POISON
    memref.subview((2,), (2,), (1,)).write(np.array([1, 2], np.int32))
    assert memref.load((2,)) == 1


@pytest.mark.parametrize("index", [-1, 4, POISON])
def test_bad_indices_are_found(index: object) -> None:
    with pytest.raises(InterpreterError):
        MemRef.allocate((4,), types.i32).load((index,))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("memref<4x8xf32>", ((8, 1), 0)),
        ("memref<?x8x?xf32>", ((types.DYNAMIC, types.DYNAMIC, 1), 0)),
        ("memref<4x?xf32, strided<[?, 2], offset: 3>>", ((types.DYNAMIC, 2), 3)),
        ("memref<4x8xf32, affine_map<(d0, d1) -> (d1, d0)>>", ((1, 4), 0)),
        (
            "memref<4x8xf32, affine_map<(d0, d1)[s0] -> (d0 * 3 + d1 * s0 + 5)>>",
            ((3, types.DYNAMIC), 5),
        ),
        ("memref<4xf32, affine_map<(d0)[s0] -> (d0 + s0)>>", ((1,), types.DYNAMIC)),
        ("memref<4xf32, affine_map<(d0) -> (d0 floordiv 2)>>", None),
        ("memref<4xf32, affine_map<(d0) -> (d0 floordiv 2, d0 mod 2)>>", None),
    ],
)
def test_strides_of_types(text: str, expected: object) -> None:
    module = parse_module(f"func.func private @f({text})")
    function = module.regions[0].entry.first
    assert function is not None
    type = function.get_attribute("function_type").value.inputs[0]  # type: ignore[union-attr]
    assert strides_and_offset(type) == expected

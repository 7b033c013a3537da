"""Tensors that several threads of a parallel loop build together.

A thread gets each as an array that shows the tensor as it was before the loop. The ops that insert
into it (`tensor.parallel_insert_slice`) write to the array's `accumulator`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


class SharedOutput(np.ndarray[Any, np.dtype[Any]]):
    """A read-only array with the array that the loop's result is built in."""

    accumulator: NDArray[Any]

    @staticmethod
    def of(array: NDArray[Any]) -> SharedOutput:
        """A shared output that starts as `array`."""
        made: SharedOutput = np.array(array).view(SharedOutput)
        made.accumulator = np.array(array, subok=False)
        made.flags.writeable = False
        return made


def accumulator_of(value: NDArray[Any]) -> NDArray[Any]:
    """Where an insertion into the shared output `value` is to be written."""
    return getattr(value, "accumulator", value)

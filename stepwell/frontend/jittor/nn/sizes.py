"""Sizes of windows: pairs of numbers, and how often a window fits."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.frontend.jittor.dtypes import TensorError

Pair = int | Sequence[int]


def pair(size: Pair) -> tuple[int, int]:
    """Height and width, which one number gives both.

    Raises:
        TensorError: there are more than two.
    """
    if isinstance(size, int):
        return size, size
    if len(size) == 1:
        return size[0], size[0]
    if len(size) != 2:
        raise TensorError(f"expected a number or a pair, not {tuple(size)}")
    return size[0], size[1]


def out_size(
    size: int, kernel: int, stride: int, pad: int, dilation: int, ceil_mode: bool = False
) -> int:
    """How many windows there are along a side of `size`.

    With `ceil_mode` one more where the last one does not reach the end, if it starts before that.

    Raises:
        TensorError: there is not one.
    """
    room = size + 2 * pad - dilation * (kernel - 1) - 1
    if room < 0 or stride < 1 or pad < 0 or dilation < 1:
        raise TensorError(
            f"a window of {kernel} (stride {stride}, padding {pad}, dilation {dilation}) "
            f"does not fit into {size}"
        )
    count = room // stride + 1
    reaches_out = ceil_mode and room % stride != 0 and count * stride < size + pad
    return count + 1 if reaches_out else count

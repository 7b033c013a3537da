"""Layers that take the greatest element, or the mean, of each window of an image."""

from __future__ import annotations

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.nn.functional import adaptive_avg_pool2d, adaptive_max_pool2d, pool
from stepwell.frontend.jittor.nn.module import Module
from stepwell.frontend.jittor.nn.sizes import Pair, pair
from stepwell.frontend.jittor.var import Var


class Pool(Module):
    """`pool` as a layer, over images [N, C, H, W].

    Args:
        kernel_size: height and width of a window, or both in one. stride: from one window to the
            next; without it, the windows lie side by side. padding: rows and columns around the
            image, which no maximum takes into account. dilation, return_indices: at their usual
            values only. ceil_mode: whether there is one more window where the last one does not
            reach the end. count_include_pad: whether a mean takes the padding for zeros, or leaves
            it out. op: "maximum", "minimum", "mean" or "add".

    Raises:
        TensorError: an option has an unusual value.
    """

    def __init__(
        self,
        kernel_size: Pair,
        stride: Pair | None = None,
        padding: Pair = 0,
        dilation: Pair | None = None,
        return_indices: bool | None = None,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        op: str = "maximum",
    ) -> None:
        super().__init__()
        if dilation not in (None, 1, (1, 1)) or return_indices:
            raise TensorError("pooling has no dilation and no indices here")
        self.kernel_size = pair(kernel_size)
        self.stride = pair(kernel_size if stride is None else stride)
        self.padding = pair(padding)
        self.count_include_pad = count_include_pad
        self.ceil_mode = ceil_mode
        self.op = op

    def execute(self, x: Var) -> Var:
        return pool(
            x,
            self.kernel_size,
            self.op,
            self.padding,
            self.stride,
            self.count_include_pad,
            self.ceil_mode,
        )


class MaxPool2d(Pool):
    """The greatest element of each window; see `Pool`."""

    def __init__(
        self,
        kernel_size: Pair,
        stride: Pair | None = None,
        padding: Pair = 0,
        dilation: Pair | None = None,
        return_indices: bool | None = None,
        ceil_mode: bool = False,
    ) -> None:
        super().__init__(kernel_size, stride, padding, dilation, return_indices, ceil_mode)


class AvgPool2d(Pool):
    """The mean of each window; see `Pool`."""

    def __init__(
        self,
        kernel_size: Pair,
        stride: Pair | None = None,
        padding: Pair = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ) -> None:
        super().__init__(
            kernel_size,
            stride,
            padding,
            ceil_mode=ceil_mode,
            count_include_pad=count_include_pad,
            op="mean",
        )


class AdaptiveAvgPool2d(Module):
    """`adaptive_avg_pool2d` as a layer."""

    def __init__(self, output_size: Pair) -> None:
        super().__init__()
        self.output_size = pair(output_size)

    def execute(self, x: Var) -> Var:
        return adaptive_avg_pool2d(x, self.output_size)


class AdaptiveMaxPool2d(Module):
    """`adaptive_max_pool2d` as a layer."""

    def __init__(self, output_size: Pair) -> None:
        super().__init__()
        self.output_size = pair(output_size)

    def execute(self, x: Var) -> Var:
        return adaptive_max_pool2d(x, self.output_size)

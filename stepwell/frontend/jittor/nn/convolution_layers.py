"""Convolutions, as layers."""

from __future__ import annotations

from math import sqrt

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.nn import init
from stepwell.frontend.jittor.nn.functional import conv1d, conv2d, conv_transpose2d
from stepwell.frontend.jittor.nn.module import Module
from stepwell.frontend.jittor.nn.sizes import Pair, pair
from stepwell.frontend.jittor.var import Var


class Conv2d(Module):
    """The convolution of images [N, C, H, W] with a kernel for each output channel.

    At first weight and bias are uniformly distributed within 1 / sqrt(inputs of one output).

    Args:
        in_channels: of x. out_channels: of the result. kernel_size: height and width of a kernel,
            or both in one. stride: from one place of the kernel to the next. padding: the rows and
            columns of zeros around x. dilation: from one element of the kernel to the next.
            groups: the parts that the channels fall into; kernels see their own only. bias:
            whether there is one.

    Raises:
        TensorError: the channels do not fall into the groups.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Pair,
        stride: Pair = 1,
        padding: Pair = 0,
        dilation: Pair = 1,
        groups: int = 1,
        bias: bool = True,
    ) -> None:
        super().__init__()
        _check_groups(in_channels, out_channels, groups)
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = pair(kernel_size)
        self.stride = pair(stride)
        self.padding = pair(padding)
        self.dilation = pair(dilation)
        self.groups = groups
        shape = (out_channels, in_channels // groups, *self.kernel_size)
        self.weight, self.bias = _parameters(shape, out_channels, bias)

    def execute(self, x: Var) -> Var:
        return conv2d(
            x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups
        )


Conv = Conv2d


class Conv1d(Module):
    """The convolution of [N, C, width] with a kernel for each output channel; see `Conv2d`.

    Raises:
        TensorError: the channels do not fall into the groups.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        padding: int = 0,
        dilation: int = 1,
        groups: int = 1,
        bias: bool = True,
    ) -> None:
        super().__init__()
        _check_groups(in_channels, out_channels, groups)
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = kernel_size
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
        shape = (out_channels, in_channels // groups, kernel_size)
        self.weight, self.bias = _parameters(shape, out_channels, bias)

    def execute(self, x: Var) -> Var:
        return conv1d(
            x, self.weight, self.bias, self.stride, self.padding, self.dilation, self.groups
        )


class ConvTranspose2d(Module):
    """The transpose of `Conv2d`: each element of x [N, C, H, W] spreads a kernel.

    Args:
        in_channels, out_channels, kernel_size, stride, dilation, groups, bias: as for `Conv2d`.
            padding: the rows and columns that are cut off around the result. output_padding: those
            that are added at its end.

    Raises:
        TensorError: the channels do not fall into the groups.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Pair,
        stride: Pair = 1,
        padding: Pair = 0,
        output_padding: Pair = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Pair = 1,
    ) -> None:
        super().__init__()
        _check_groups(in_channels, out_channels, groups)
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.kernel_size = pair(kernel_size)
        self.stride = pair(stride)
        self.padding = pair(padding)
        self.output_padding = pair(output_padding)
        self.groups = groups
        self.dilation = pair(dilation)
        shape = (in_channels, out_channels // groups, *self.kernel_size)
        self.weight, self.bias = _parameters(shape, out_channels, bias)

    def execute(self, x: Var) -> Var:
        return conv_transpose2d(
            x,
            self.weight,
            self.bias,
            self.stride,
            self.padding,
            self.output_padding,
            self.groups,
            self.dilation,
        )


ConvTranspose = ConvTranspose2d


def _parameters(shape: tuple[int, ...], channels: int, bias: bool) -> tuple[Var, Var | None]:
    """The weight of the shape, and the bias of all output channels if there is one."""
    weight = init.invariant_uniform(shape)
    bound = 1.0 / sqrt(init.fan(shape))
    return weight, init.uniform(channels, low=-bound, high=bound) if bias else None


def _check_groups(in_channels: int, out_channels: int, groups: int) -> None:
    if groups < 1 or in_channels % groups or out_channels % groups:
        raise TensorError(
            f"{in_channels} and {out_channels} channels do not fall into {groups} groups"
        )

"""Borders around images, images in other sizes, and channels as pixels.

Images are [batch, channels, height, width].
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.elements import index_select
from stepwell.frontend.jittor.nn.module import Module
from stepwell.frontend.jittor.nn.sizes import Pair, pair
from stepwell.frontend.jittor.node import Number, constant
from stepwell.frontend.jittor.var import Var, array
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap

MODES = ("constant", "reflect", "replicate", "circular")
Widths = int | Sequence[int]


def pad(x: Var, padding: Sequence[int], mode: str = "constant", value: Number = 0) -> Var:
    """`x` with a border.

    Args:
        padding: the widths before and after, of the last dimension first; negative ones cut off.
        mode: "constant" for `value`, "reflect" for the elements beside the outermost ones in
            reverse order, "replicate" for the outermost ones, "circular" for those of the other
            end.

    Raises:
        TensorError: there is no such mode, or a border is too wide for it.
    """
    widths = list(padding)
    if mode not in MODES or len(widths) % 2 or len(widths) > 2 * x.ndim:
        raise TensorError(f"cannot pad {x.shape!r} by {widths} in the mode {mode!r} of {MODES}")
    before = [0] * x.ndim
    shape = list(x.shape)
    for number in range(len(widths) // 2):
        dim = x.ndim - 1 - number
        before[dim] = widths[2 * number]
        shape[dim] += widths[2 * number] + widths[2 * number + 1]
    if min(shape) < 0:
        raise TensorError(f"padding of {widths} leaves less than nothing of {x.shape!r}")
    if mode == "constant":
        map = AffineMap(x.ndim, 0, tuple(AffineDim(d) - before[d] for d in range(x.ndim)))
        return Var(ops.reindexed(x.node, tuple(shape), map, constant(value, x.dtype)))
    made = x
    for dim, size in enumerate(shape):
        if size != x.shape[dim] or before[dim]:
            made = index_select(made, dim, array(_sources(x, dim, before[dim], size, mode)))
    return made


def _sources(
    x: Var, dim: int, before: int, size: int, mode: str
) -> np.ndarray[tuple[int], np.dtype[np.int32]]:
    """Where the elements along one dimension come from."""
    count = x.shape[dim]
    places = np.arange(size) - before
    widest = max(before, size - before - count)
    if count < 1 or widest > {"reflect": count - 1, "circular": count}.get(mode, widest):
        raise TensorError(f"a border of {widest} is too wide for {count} elements: {mode}")
    if mode == "reflect":
        places = np.abs(places)
        places = count - 1 - np.abs(count - 1 - places)
    elif mode == "replicate":
        places = np.clip(places, 0, count - 1)
    else:
        places = places % count
    return places.astype(np.int32)


def interpolate(
    x: Var,
    size: Pair | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool = False,
) -> Var:
    """Images in another size.

    Args:
        size: height and width, or both in one. scale_factor: instead of `size`, how many times as
            many. mode: "nearest" or "bilinear". align_corners: whether the centers of the outermost
            elements stay in place, rather than their outer edges.

    Raises:
        TensorError: x is no batch of images, neither or both of size and scale are given, or there
            is no such mode.
    """
    if x.ndim != 4 or (size is None) == (scale_factor is None):
        raise TensorError(f"interpolate takes images and a size or a scale, not {x.shape!r}")
    if mode not in ("nearest", "bilinear"):
        raise TensorError(f"there is no mode {mode!r}; there are nearest, bilinear")
    if size is not None:
        sizes = list(pair(size))
    else:
        assert scale_factor is not None
        given = [scale_factor] * 2 if isinstance(scale_factor, (int, float)) else scale_factor
        sizes = [int(have * by) for have, by in zip(x.shape[2:], given, strict=True)]
    if min(sizes) < 1 or 0 in x.shape[2:]:
        raise TensorError(f"cannot make {sizes} of {x.shape!r}")
    made = x
    for dim, count in zip((2, 3), sizes, strict=True):
        if count != x.shape[dim]:
            made = _along(made, dim, count, mode, align_corners)
    return made[...] if made is x else made


def _along(x: Var, dim: int, size: int, mode: str, align_corners: bool) -> Var:
    count = x.shape[dim]
    if mode == "nearest":
        nearest = np.arange(size) * count // size
        return index_select(x, dim, array(nearest.astype(np.int32)))
    if align_corners:
        places = np.arange(size) * ((count - 1) / max(size - 1, 1))
    else:
        places = np.maximum((np.arange(size) + 0.5) * (count / size) - 0.5, 0.0)
    low = np.minimum(places.astype(np.int32), count - 1)
    high = np.minimum(low + 1, count - 1)
    shape = [size if d == dim else 1 for d in range(4)]
    share = array(places - low, x.dtype).reshape(shape)
    first, second = (index_select(x, dim, array(one.astype(np.int32))) for one in (low, high))
    return first * (1.0 - share) + second * share


upsample = resize = interpolate


def pixel_shuffle(x: Var, upscale_factor: int) -> Var:
    """Channels as pixels: [N, C f f, H, W] becomes [N, C, H f, W f].

    Raises:
        TensorError: the channels do not fall into squares.

    Source: Shi et al., "Real-time super-resolution", 2016.
    """
    f = upscale_factor
    if x.ndim != 4 or f < 1 or x.shape[1] % (f * f):
        raise TensorError(f"the channels of {x.shape!r} do not fall into squares of {f}")
    n, c, h, w = x.shape
    parts = x.reshape(n, c // (f * f), f, f, h, w)
    return parts.transpose(0, 1, 4, 2, 5, 3).reshape(n, c // (f * f), h * f, w * f)


class _Border(Module):
    """Base of the layers that add a border: its width, or [left, right, top, bottom]."""

    mode = "constant"
    value: Number = 0

    def __init__(self, padding: Widths) -> None:
        super().__init__()
        given = (padding,) * 4 if isinstance(padding, int) else tuple(padding)
        if len(given) != 4:
            raise TensorError(f"a border is 1 or 4 numbers, not {given}")
        self.padding = given

    def execute(self, x: Var) -> Var:
        return pad(x, self.padding, self.mode, self.value)


class ZeroPad2d(_Border):
    """A border of zeros; see `pad`."""


class ConstantPad2d(_Border):
    """A border of one number; see `pad`."""

    def __init__(self, padding: Widths, value: Number) -> None:
        super().__init__(padding)
        self.value = value


class ReflectionPad2d(_Border):
    """A border that mirrors the image; see `pad`."""

    mode = "reflect"


class ReplicationPad2d(_Border):
    """A border that repeats the outermost elements; see `pad`."""

    mode = "replicate"


class Upsample(Module):
    """`interpolate` as a layer, by a factor."""

    def __init__(
        self,
        scale_factor: float | Sequence[float],
        mode: str = "nearest",
        align_corners: bool = False,
    ) -> None:
        super().__init__()
        self.scale_factor = scale_factor
        self.mode = mode
        self.align_corners = align_corners

    def execute(self, x: Var) -> Var:
        return interpolate(x, None, self.scale_factor, self.mode, self.align_corners)


class Resize(Module):
    """`interpolate` as a layer, to a size."""

    def __init__(self, size: Pair, mode: str = "nearest", align_corners: bool = False) -> None:
        super().__init__()
        self.size = pair(size)
        self.mode = mode
        self.align_corners = align_corners

    def execute(self, x: Var) -> Var:
        return interpolate(x, self.size, None, self.mode, self.align_corners)


class PixelShuffle(Module):
    """`pixel_shuffle` as a layer."""

    def __init__(self, upscale_factor: int) -> None:
        super().__init__()
        self.upscale_factor = upscale_factor

    def execute(self, x: Var) -> Var:
        return pixel_shuffle(x, self.upscale_factor)

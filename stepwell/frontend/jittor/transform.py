"""Transforms of images, for data sets: `jt.transform`.

An image is what NumPy makes an array of, [height, width] or [height, width, channels], such as an
image of Pillow's; numbers of 8 bits mean shares of 255. Transforms give NumPy arrays, on the host,
so that data sets can work beside the model. What is random comes from Python's `random`, so
`random.seed` repeats it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from math import log, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.nn.sizes import Pair, pair

Image = NDArray[Any]
Transform = Callable[[Any], Any]


def as_image(image: object) -> Image:
    """The image as an array.

    Raises:
        TensorError: it has not 2 or 3 dimensions.
    """
    found = np.asarray(image)
    if found.ndim not in (2, 3):
        raise TensorError(f"an image has 2 or 3 dimensions, not the shape {list(found.shape)}")
    return found


# Functions of one image.


def crop(image: object, top: int, left: int, height: int, width: int) -> Image:
    """The part from row `top` and column `left` on.

    Raises:
        TensorError: it is not inside the image.
    """
    found = as_image(image)
    rows, columns = found.shape[:2]
    if min(top, left) < 0 or top + height > rows or left + width > columns:
        raise TensorError(
            f"no {height} x {width} at ({top}, {left}) in an image of {rows} x {columns}"
        )
    return found[top : top + height, left : left + width]


def center_crop(image: object, output_size: Pair) -> Image:
    """The middle of the image."""
    found, (height, width) = as_image(image), pair(output_size)
    top, left = (found.shape[0] - height) // 2, (found.shape[1] - width) // 2
    return crop(found, top, left, height, width)


def hflip(image: object) -> Image:
    """Left and right exchanged."""
    return as_image(image)[:, ::-1]


def vflip(image: object) -> Image:
    """Top and bottom exchanged."""
    return as_image(image)[::-1]


def pad(image: object, padding: int | Sequence[int], fill: float = 0) -> Image:
    """The image with a border: `padding` is its width, or [left and right, top and bottom], or
    [left, top, right, bottom]."""
    found = as_image(image)
    given = [padding] if isinstance(padding, int) else list(padding)
    if len(given) not in (1, 2, 4):
        raise TensorError(f"a border is 1, 2 or 4 numbers, not {given}")
    left, top, right, bottom = given * (4 // len(given))
    widths = [(top, bottom), (left, right), (0, 0)][: found.ndim]
    return np.pad(found, widths, constant_values=fill)


def resize(image: object, size: Pair, interpolation: str = "bilinear") -> Image:
    """The image in another size: its height and width, or with one number its shorter side.

    Args:
        interpolation: "bilinear", in the image's own type, rounded if that is of integers; or
            "nearest".

    Raises:
        TensorError: there is no such interpolation, or a size is below 1.
    """
    found = as_image(image)
    height, width = _target(found, size)
    if min(height, width) < 1 or 0 in found.shape:
        raise TensorError(f"cannot resize {list(found.shape)} to {height} x {width}")
    if interpolation == "nearest":
        rows = (np.arange(height) + 0.5) * found.shape[0] / height
        columns = (np.arange(width) + 0.5) * found.shape[1] / width
        nearest: Image = found[rows.astype(int)][:, columns.astype(int)]
        return nearest
    if interpolation != "bilinear":
        raise TensorError(
            f"there is no interpolation {interpolation!r}; there are bilinear, nearest"
        )
    mixed = _mixed(_mixed(found.astype(np.float64), height, 0), width, 1)
    if found.dtype.kind in "ui":
        mixed = np.rint(mixed)
    return mixed.astype(found.dtype)


def _target(image: Image, size: Pair) -> tuple[int, int]:
    if not isinstance(size, int):
        return pair(size)
    height, width = image.shape[:2]
    if height <= width:
        return size, int(size * width / height)
    return int(size * height / width), size


def _mixed(image: NDArray[np.float64], size: int, axis: int) -> NDArray[np.float64]:
    """Another number of places along an axis, each mixed of its two neighbours; where the image
    shrinks, of all in reach, so that no element is passed over."""
    count = image.shape[axis]
    scale = count / size
    reach = max(scale, 1.0)
    centers = (np.arange(size) + 0.5) * scale - 0.5
    distance = np.abs(np.arange(count) - centers[:, None])
    weights = np.maximum(0.0, 1.0 - distance / reach)
    weights /= weights.sum(1, keepdims=True)
    moved = np.tensordot(weights, image, (1, axis))
    return np.moveaxis(moved, 0, axis)


def to_tensor(image: object) -> NDArray[np.float32]:
    """[channels, height, width] of float32; numbers of 8 bits as shares of 255."""
    found = as_image(image)
    scale = 1 / 255 if found.dtype == np.uint8 else 1.0
    channels = found[:, :, None] if found.ndim == 2 else found
    return np.ascontiguousarray(channels.transpose(2, 0, 1) * np.float32(scale), np.float32)


def image_normalize(
    image: object, mean: float | Sequence[float], std: float | Sequence[float]
) -> NDArray[np.float32]:
    """(image - mean) / std for each channel, [channels, height, width]. An array of floats is taken
    to be that already, any other image goes through `to_tensor`."""
    found = as_image(image)
    tensor = found if found.dtype.kind == "f" and found.ndim == 3 else to_tensor(found)
    means, stds = (np.asarray(one, np.float32).reshape(-1, 1, 1) for one in (mean, std))
    return ((tensor - means) / stds).astype(np.float32)


def gray(image: object, num_output_channels: int = 1) -> Image:
    """The brightness, of 1 or 3 equal channels: .299 red + .587 green + .114 blue."""
    found = as_image(image)
    if found.ndim == 3 and found.shape[2] >= 3:
        light = found[:, :, :3] @ np.array([0.299, 0.587, 0.114])
        found = (np.rint(light) if found.dtype.kind in "ui" else light).astype(found.dtype)
    elif found.ndim == 3:
        found = found[:, :, 0]
    return found if num_output_channels == 1 else np.stack([found] * num_output_channels, 2)


# Transforms: objects that are called with an image.


class Compose:
    """Several transforms one after the other."""

    def __init__(self, transforms: Sequence[Transform]) -> None:
        self.transforms = list(transforms)

    def __call__(self, image: object) -> Any:
        for one in self.transforms:
            image = one(image)
        return image


class Lambda:
    """Any function of an image as a transform."""

    def __init__(self, function: Transform) -> None:
        self.function = function

    def __call__(self, image: object) -> Any:
        return self.function(image)


class Resize:
    """`resize` as a transform."""

    def __init__(self, size: Pair, mode: str = "bilinear") -> None:
        self.size = size
        self.mode = mode

    def __call__(self, image: object) -> Image:
        return resize(image, self.size, self.mode)


class CenterCrop:
    """`center_crop` as a transform."""

    def __init__(self, size: Pair) -> None:
        self.size = pair(size)

    def __call__(self, image: object) -> Image:
        return center_crop(image, self.size)


class Pad:
    """`pad` as a transform."""

    def __init__(self, padding: int | Sequence[int], fill: float = 0) -> None:
        self.padding = padding
        self.fill = fill

    def __call__(self, image: object) -> Image:
        return pad(image, self.padding, self.fill)


class RandomCrop:
    """A part of `size` from anywhere in the image, which may get a border of `padding` before."""

    def __init__(self, size: Pair, padding: int | Sequence[int] = 0, fill: float = 0) -> None:
        self.size = pair(size)
        self.padding = padding
        self.fill = fill

    def __call__(self, image: object) -> Image:
        found, (height, width) = pad(image, self.padding, self.fill), self.size
        room = [have - want for have, want in zip(found.shape[:2], self.size, strict=True)]
        if min(room) < 0:
            raise TensorError(f"no {height} x {width} in an image of {list(found.shape)}")
        top, left = (random.randint(0, most) for most in room)
        return crop(found, top, left, height, width)


class RandomHorizontalFlip:
    """`hflip` with probability `p`."""

    def __init__(self, p: float = 0.5) -> None:
        self.p = p

    def __call__(self, image: object) -> Image:
        return hflip(image) if random.random() < self.p else as_image(image)


class RandomVerticalFlip:
    """`vflip` with probability `p`."""

    def __init__(self, p: float = 0.5) -> None:
        self.p = p

    def __call__(self, image: object) -> Image:
        return vflip(image) if random.random() < self.p else as_image(image)


class RandomResizedCrop:
    """A part of the image with an area and a ratio of width to height from the given ranges, in
    another size; where none fits after ten tries, the largest one in the middle.

    Source: Szegedy et al., "Going deeper with convolutions", 2015.
    """

    def __init__(
        self,
        size: Pair,
        scale: tuple[float, float] = (0.08, 1.0),
        ratio: tuple[float, float] = (3 / 4, 4 / 3),
        interpolation: str = "bilinear",
    ) -> None:
        self.size = pair(size)
        self.scale = scale
        self.ratio = ratio
        self.interpolation = interpolation

    def __call__(self, image: object) -> Image:
        found = as_image(image)
        part = crop(found, *self._part(found.shape[0], found.shape[1]))
        return resize(part, self.size, self.interpolation)

    def _part(self, rows: int, columns: int) -> tuple[int, int, int, int]:
        low, high = (log(one) for one in self.ratio)
        for _ in range(10):
            area = rows * columns * random.uniform(*self.scale)
            ratio = np.exp(random.uniform(low, high))
            width, height = round(sqrt(area * ratio)), round(sqrt(area / ratio))
            if 0 < height <= rows and 0 < width <= columns:
                top, left = random.randint(0, rows - height), random.randint(0, columns - width)
                return top, left, height, width
        ratio = min(max(columns / rows, self.ratio[0]), self.ratio[1])
        height, width = min(rows, round(columns / ratio)), min(columns, round(rows * ratio))
        return (rows - height) // 2, (columns - width) // 2, height, width


RandomCropAndResize = RandomResizedCrop


class RandomApply:
    """Several transforms, all of them with probability `p`, else none."""

    def __init__(self, transforms: Sequence[Transform], p: float = 0.5) -> None:
        self.transforms = Compose(transforms)
        self.p = p

    def __call__(self, image: object) -> Any:
        return self.transforms(image) if random.random() < self.p else image


class RandomChoice:
    """One of several transforms, all equally likely."""

    def __init__(self, transforms: Sequence[Transform]) -> None:
        self.transforms = list(transforms)

    def __call__(self, image: object) -> Any:
        return random.choice(self.transforms)(image)


class Gray:
    """`gray` as a transform."""

    def __init__(self, num_output_channels: int = 1) -> None:
        self.num_output_channels = num_output_channels

    def __call__(self, image: object) -> Image:
        return gray(image, self.num_output_channels)


class ToTensor:
    """`to_tensor` as a transform."""

    def __call__(self, image: object) -> NDArray[np.float32]:
        return to_tensor(image)


class ImageNormalize:
    """`image_normalize` as a transform."""

    def __init__(self, mean: float | Sequence[float], std: float | Sequence[float]) -> None:
        self.mean = mean
        self.std = std

    def __call__(self, image: object) -> NDArray[np.float32]:
        return image_normalize(image, self.mean, self.std)


Normalize = ImageNormalize

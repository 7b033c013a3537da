"""Transforms of images."""

from __future__ import annotations

import random

import numpy as np
import pytest
from numpy.typing import NDArray

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor import transform as T

IMAGE: NDArray[np.uint8] = np.random.default_rng(0).integers(0, 256, (6, 9, 3), dtype=np.uint8)


def test_crops_and_flips() -> None:
    assert np.array_equal(T.crop(IMAGE, 1, 2, 3, 4), IMAGE[1:4, 2:6])
    assert np.array_equal(T.CenterCrop(4)(IMAGE), IMAGE[1:5, 2:6])
    assert np.array_equal(T.hflip(IMAGE), IMAGE[:, ::-1])
    assert np.array_equal(T.vflip(IMAGE), IMAGE[::-1])
    with pytest.raises(jt.TensorError, match=r"no 7 x 7 at \(-1, 1\) in an image of 6 x 9"):
        T.CenterCrop(7)(IMAGE)
    with pytest.raises(jt.TensorError, match="an image has 2 or 3 dimensions"):
        T.hflip(np.zeros(3))


def test_borders() -> None:
    assert T.Pad(2)(IMAGE).shape == (10, 13, 3)
    assert T.pad(IMAGE, (1, 2)).shape == (10, 11, 3)
    found = T.pad(IMAGE[:, :, 0], (1, 2, 3, 4), fill=7)
    assert found.shape == (12, 13)
    assert np.array_equal(found[2:8, 1:10], IMAGE[:, :, 0]) and set(found[0]) == {7}


def test_random_crops_are_parts_of_the_image_and_repeat_with_the_seed() -> None:
    random.seed(3)
    found = [T.RandomCrop((4, 5))(IMAGE) for _ in range(20)]
    random.seed(3)
    again = [T.RandomCrop((4, 5))(IMAGE) for _ in range(20)]
    assert all(np.array_equal(a, b) for a, b in zip(found, again, strict=True))
    parts = [IMAGE[y : y + 4, x : x + 5] for y in range(3) for x in range(5)]
    assert all(any(np.array_equal(one, part) for part in parts) for one in found)
    assert len({one.tobytes() for one in found}) > 5
    assert T.RandomCrop(8, padding=1)(IMAGE).shape == (8, 8, 3)
    with pytest.raises(jt.TensorError, match="no 8 x 8 in an image"):
        T.RandomCrop(8)(IMAGE)


def test_random_flips() -> None:
    random.seed(0)
    flip = T.RandomHorizontalFlip()
    count = sum(np.array_equal(flip(IMAGE), IMAGE[:, ::-1]) for _ in range(200))
    assert 70 < count < 130
    assert np.array_equal(T.RandomHorizontalFlip(0)(IMAGE), IMAGE)
    assert np.array_equal(T.RandomVerticalFlip(1)(IMAGE), IMAGE[::-1])


def test_resize() -> None:
    same = T.resize(IMAGE, (6, 9))
    assert np.array_equal(same, IMAGE) and same.dtype == np.uint8
    assert T.Resize(3)(IMAGE).shape == (3, 4, 3)
    assert T.resize(IMAGE.transpose(1, 0, 2), 3).shape == (4, 3, 3)
    wide = T.resize(np.array([[0.0, 1.0]]), (1, 4))
    np.testing.assert_allclose(wide, [[0.0, 0.25, 0.75, 1.0]])
    halved = T.resize(np.arange(8.0)[None], (1, 4))
    np.testing.assert_allclose(halved.sum(), 14.0)
    assert np.array_equal(T.resize(IMAGE, (3, 3), "nearest"), IMAGE[1::2, 1::3])
    with pytest.raises(jt.TensorError, match="there is no interpolation 'cubic'"):
        T.resize(IMAGE, 3, "cubic")


def test_resized_crops_have_the_size() -> None:
    random.seed(1)
    for shape in ((6, 9, 3), (50, 2, 3), (1, 40)):
        image = np.zeros(shape, np.uint8)
        assert T.RandomResizedCrop((4, 5))(image).shape[:2] == (4, 5)
    whole = T.RandomResizedCrop(6, scale=(1.0, 1.0), ratio=(1.5, 1.5))(IMAGE)
    assert np.array_equal(whole, T.resize(IMAGE, (6, 6)))


def test_to_tensor_and_normalize() -> None:
    tensor = T.ToTensor()(IMAGE)
    assert tensor.shape == (3, 6, 9) and tensor.dtype == np.float32
    np.testing.assert_allclose(tensor, IMAGE.transpose(2, 0, 1) / 255, rtol=1e-6)
    assert T.to_tensor(IMAGE[:, :, 0]).shape == (1, 6, 9)
    mean, std = [0.5, 0.4, 0.3], [0.1, 0.2, 0.3]
    wanted = (tensor - np.reshape(mean, (3, 1, 1))) / np.reshape(std, (3, 1, 1))
    np.testing.assert_allclose(T.ImageNormalize(mean, std)(IMAGE), wanted, rtol=1e-4, atol=1e-5)
    both = T.Compose([T.ToTensor(), T.Normalize(mean, std), jt.array])
    np.testing.assert_allclose(both(IMAGE).numpy(), wanted, rtol=1e-4, atol=1e-5)


def test_gray() -> None:
    light = np.rint(IMAGE @ np.array([0.299, 0.587, 0.114]))
    assert np.array_equal(T.Gray()(IMAGE), light)
    assert T.gray(IMAGE, 3).shape == (6, 9, 3)


def test_choices() -> None:
    random.seed(0)
    none = T.RandomApply([T.hflip, T.vflip], 0.0)
    assert none(IMAGE) is IMAGE
    both = T.RandomApply([T.hflip, T.Lambda(T.vflip)], 1.0)
    assert np.array_equal(both(IMAGE), IMAGE[::-1, ::-1])
    choice = T.RandomChoice([T.hflip, T.vflip])
    assert len({choice(IMAGE).tobytes() for _ in range(30)}) == 2

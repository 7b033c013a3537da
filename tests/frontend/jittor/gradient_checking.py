"""Derivatives against differences, in float64."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from stepwell.frontend import jittor as jt

Function = Callable[..., jt.Var]
STEP = 1e-6


def loss_of(
    function: Function, arrays: Sequence[NDArray[np.float64]]
) -> tuple[jt.Var, list[jt.Var]]:
    """A sum of the results with different weights, so that no derivative cancels out."""
    xs = [jt.array(one, dtype="float64") for one in arrays]
    y = function(*xs)
    weights = jt.array(np.cos(np.arange(y.numel())), dtype="float64").reshape(*y.shape)
    return (y * weights).sum(), xs


def check(function: Function, given: Sequence[object], tolerance: float = 2e-7) -> None:
    """Asserts that the derivatives of `function` by all arguments agree with differences.

    Raises:
        AssertionError: they do not.
    """
    arrays = [np.asarray(one, dtype=np.float64) for one in given]
    loss, xs = loss_of(function, arrays)
    for number, g in enumerate(jt.grad(loss, xs)):
        assert g.shape == xs[number].shape and g.dtype == "float64"
        wanted = np.zeros_like(arrays[number])
        for place in np.ndindex(wanted.shape):
            sides = []
            for sign in (1, -1):
                moved = [one.copy() for one in arrays]
                moved[number][place] += sign * STEP
                sides.append(float(loss_of(function, moved)[0].item()))
            wanted[place] = (sides[0] - sides[1]) / (2 * STEP)
        np.testing.assert_allclose(g.numpy(), wanted, tolerance, tolerance / 10)

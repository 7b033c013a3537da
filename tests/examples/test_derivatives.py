"""The examples with derivatives: run as their comments say."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import cast

import numpy as np
import pytest

import stepwell as sw
from stepwell.frontend.command_line.run import main as run_tool
from tests.examples.programs import FOLDER

HERE = FOLDER / "derivatives"
NEWTON, LEAST_SQUARES = HERE / "newton.mlir", HERE / "least_squares.mlir"
ROOT = 2.0945514815423265
Step = Callable[..., tuple[np.ndarray, np.ndarray, np.ndarray]]
PIPELINE = "builtin.module(differentiate{function=f})"


@pytest.mark.parametrize("target", ["cpu", "interpreter"])
def test_newton_finds_the_root(target: str) -> None:
    module = sw.parse(NEWTON.read_text(encoding="utf-8"), filename=NEWTON.name)
    sw.run_passes(module, PIPELINE)
    assert sw.compile(module, target=target)["main"](1.0) == pytest.approx(ROOT, rel=1e-15)


def test_newton_runs_as_it_says(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_tool([str(NEWTON), f"--pass-pipeline={PIPELINE}", "--arg=1.0"]) == 0
    assert capsys.readouterr().out == f"result : f64 = {ROOT}\n"


def points() -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(4)
    x = random.normal(size=20)
    return x, 3 * x - 1 + random.normal(size=20) * 0.1


def least_squares() -> Step:
    """The compiled step."""
    module = sw.parse(LEAST_SQUARES.read_text(encoding="utf-8"), filename=LEAST_SQUARES.name)
    return cast("Step", sw.compile(module)["main"])


def test_a_step_of_least_squares() -> None:
    x, y = points()
    w, b = np.array(0.5), np.array(0.25)
    loss, next_w, next_b = least_squares()(x, y, w, b)
    errors = w * x + b - y
    assert loss == pytest.approx((errors * errors).mean())
    assert next_w == pytest.approx(w - 0.2 * (errors * x).mean())
    assert next_b == pytest.approx(b - 0.2 * errors.mean())


def test_steps_of_least_squares_arrive() -> None:
    step = least_squares()
    x, y = points()
    w, b = np.array(0.0), np.array(0.0)
    for _ in range(200):
        _, w, b = step(x, y, w, b)
    np.testing.assert_allclose([w, b], np.polyfit(x, y, 1), 1e-6)


def test_least_squares_runs_as_it_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [str(LEAST_SQUARES)]
    for name, array in zip("xywb", (*points(), np.array(0.0), np.array(0.0)), strict=True):
        np.save(tmp_path / f"{name}.npy", array)
        words.append(f"--arg={tmp_path / name}.npy")
    assert run_tool(words) == 0
    assert capsys.readouterr().out.count("tensor<f64> = ") == 3


def test_every_example_is_run() -> None:
    assert set(HERE.glob("*.mlir")) == {NEWTON, LEAST_SQUARES}

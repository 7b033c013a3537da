"""Optimisers take the steps that NumPy takes, and compile nothing after the first."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, pi
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from stepwell.frontend import jittor as jt

Array = npt.NDArray[Any]
START = np.array([[0.5, -1.5], [2.0, 0.25]])
WANTED = np.array([[1.0, 1.0], [-1.0, 0.5]])


def loss_of(w: jt.Var) -> jt.Var:
    apart = w - jt.array(WANTED)
    return (apart * apart * apart * apart).sum()


def slope(w: Array) -> Array:
    found: Array = 4 * (w - WANTED) ** 3
    return found


Rule = Callable[[Array, Array, dict[str, Array], int], Array]


def sgd(w: Array, g: Array, kept: dict[str, Array], n: int) -> Array:
    g = g + 0.01 * w
    kept["v"] = 0.9 * kept.get("v", 0 * w) + 0.8 * g
    return w - 0.01 * (g + 0.9 * kept["v"])


def adam(w: Array, g: Array, kept: dict[str, Array], n: int) -> Array:
    g = g + 0.1 * w
    kept["m"] = 0.8 * kept.get("m", 0 * w) + 0.2 * g
    kept["v"] = 0.95 * kept.get("v", 0 * w) + 0.05 * g * g
    m, v = kept["m"] / (1 - 0.8**n), kept["v"] / (1 - 0.95**n)
    return w - 0.05 * m / (np.sqrt(v) + 1e-8)


def adamw(w: Array, g: Array, kept: dict[str, Array], n: int) -> Array:
    return adam(w, g - 0.1 * w, kept, n) - 0.05 * 0.1 * w


def rmsprop(w: Array, g: Array, kept: dict[str, Array], n: int) -> Array:
    kept["v"] = 0.9 * kept.get("v", 0 * w) + 0.1 * g * g
    return w - 0.01 * g / (np.sqrt(kept["v"]) + 1e-8)


OPTIMIZERS: dict[str, tuple[Callable[[list[jt.Var]], jt.optim.Optimizer], Rule]] = {
    "SGD": (
        lambda p: jt.optim.SGD(
            p, 0.01, momentum=0.9, weight_decay=0.01, dampening=0.2, nesterov=True
        ),
        sgd,
    ),
    "Adam": (lambda p: jt.optim.Adam(p, 0.05, betas=(0.8, 0.95), weight_decay=0.1), adam),
    "AdamW": (lambda p: jt.optim.AdamW(p, 0.05, betas=(0.8, 0.95), weight_decay=0.1), adamw),
    "RMSprop": (lambda p: jt.optim.RMSprop(p, 0.01, alpha=0.9), rmsprop),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
@pytest.mark.usefixtures("nothing_compiled")
def test_steps_are_those_of_numpy_and_one_program(name: str) -> None:
    make, rule = OPTIMIZERS[name]
    w, expected, kept = jt.array(START), START.copy(), dict[str, Array]()
    optimizer = make([w])
    compiled = 0
    for n in range(1, 9):
        loss = loss_of(w)
        optimizer.step(loss)
        loss.sync()
        expected = rule(expected, slope(expected), kept, n)
        np.testing.assert_allclose(w.numpy(), expected, 1e-4, 1e-5)
        compiled = compiled or jt.compile_stats().compiled
    assert jt.compile_stats().compiled == compiled


def step_with(way: str, optimizer: jt.optim.Optimizer, loss: jt.Var) -> None:
    if way == "step(loss)":
        optimizer.step(loss)
        return
    if way == "loss.backward()":
        loss.backward()
    else:
        optimizer.backward(loss)
    optimizer.step()


@pytest.mark.parametrize("way", ["step(loss)", "optimizer.backward(loss)", "loss.backward()"])
def test_the_ways_to_a_step(way: str) -> None:
    w = jt.array(START)
    optimizer = jt.optim.SGD([w], lr=0.01)
    expected = START
    for _ in range(3):
        optimizer.zero_grad()
        step_with(way, optimizer, loss_of(w))
        expected = expected - 0.01 * slope(expected)
    np.testing.assert_allclose(w.numpy(), expected, 1e-5)


def test_losses_add_up_until_a_step_or_zero_grad() -> None:
    w = jt.array(START)
    optimizer = jt.optim.SGD([w], lr=0.5)
    optimizer.backward(w.sum() * 100)
    optimizer.zero_grad()
    optimizer.backward(w.sum())
    optimizer.backward(w.sum() * 2)
    np.testing.assert_allclose(optimizer.find_grad(w).numpy(), 3)
    optimizer.step()
    np.testing.assert_allclose(w.numpy(), START - 1.5)
    with pytest.raises(jt.TensorError, match="no derivative"):
        optimizer.find_grad(w)


@pytest.mark.parametrize("limit", [0.5, 1000.0])
def test_derivatives_are_clipped_together(limit: float) -> None:
    a, b = jt.array([3.0]), jt.array([[1.0, 1.0]])
    optimizer = jt.optim.SGD([a, b], lr=1.0)
    optimizer.backward((a * 2 + (b * jt.array([[1.0, 2.0]])).sum()).sum())
    optimizer.clip_grad_norm(limit)
    optimizer.step()
    share = min(limit / 3, 1)
    np.testing.assert_allclose(a.numpy(), [3 - 2 * share], 1e-5)
    np.testing.assert_allclose(b.numpy(), [[1 - share, 1 - 2 * share]], 1e-5)
    with pytest.raises(jt.TensorError, match="norm 2, not 1"):
        optimizer.clip_grad_norm(1.0, 1)


def test_groups_have_settings_of_their_own() -> None:
    a, b = jt.array([1.0]), jt.array([1.0])
    groups: list[dict[str, object]] = [{"params": [a], "lr": 0.5}, {"params": b}]
    optimizer = jt.optim.SGD(groups, lr=0.1)
    optimizer.step(a.sum() + b.sum())
    assert a.item() == pytest.approx(0.5) and b.item() == pytest.approx(0.9)
    optimizer.param_groups[1]["lr"] = 1.0
    optimizer.lr = 100.0
    optimizer.step(a.sum() + b.sum())
    assert a.item() == pytest.approx(0.0, abs=1e-6) and b.item() == pytest.approx(-0.1)
    assert optimizer.param_groups[0].get("momentum", 7) == 7
    with pytest.raises(jt.TensorError, match="no setting 'rate'"):
        optimizer.add_param_group({"params": [a], "rate": 1})


def test_stopped_parameters_stay_where_they_are() -> None:
    a, b = jt.array([1.0]), jt.array([1.0]).stop_grad()
    optimizer = jt.optim.Adam([a, b], lr=0.1)
    optimizer.step((a * b).sum())
    assert a.item() != 1 and b.item() == 1
    b.start_grad()
    optimizer.step((a * b).sum())
    assert b.item() != 1 and not b.is_stop_grad()


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training_goes_on_after_saving(name: str, tmp_path: Path) -> None:
    make, _ = OPTIMIZERS[name]
    w = jt.array(START)
    optimizer = make([w])
    for _ in range(3):
        optimizer.step(loss_of(w))
    jt.save({"w": w, "optimizer": optimizer.state_dict()}, tmp_path / "checkpoint.pkl")
    for _ in range(3):
        optimizer.step(loss_of(w))
    state = jt.load(tmp_path / "checkpoint.pkl")
    assert isinstance(state, dict)
    again = jt.array(state["w"])
    other = make([again])
    other.lr = 77.0
    other.load_state_dict(state["optimizer"])
    for _ in range(3):
        other.step(loss_of(again))
    np.testing.assert_array_equal(w.numpy(), again.numpy())


def test_foreign_states_are_refused() -> None:
    optimizer = jt.optim.Adam([jt.array(START)], lr=0.1)
    good = optimizer.state_dict()
    group = {"state": {"m": {0: START}}}
    for wrong, words in (
        ([], "no dictionary"),
        ({}, "no dictionary"),
        (jt.optim.SGD([jt.array(START)], 0.1).state_dict(), "no setting 'eps'"),
        ({**good, "param_groups": []}, "0 groups, not 1"),
        ({**good, "param_groups": [{**group, "x": 1}]}, "unknown setting 'x'"),
        ({**good, "param_groups": [{"state": {"m": {0: [1.0]}}}]}, "has the shape"),
        ({**good, "param_groups": [{"state": {"m": {3: START}}}]}, "parameter 3"),
    ):
        with pytest.raises(jt.TensorError, match=words):
            optimizer.load_state_dict(wrong)
    optimizer.load_state_dict({**good, "param_groups": [group]})
    np.testing.assert_allclose(optimizer.param_groups[0].kept("m", 0).numpy(), START)


def test_parameters_are_checked() -> None:
    for wrong, words in (([], "no parameters"), ([jt.array([1])], "int32"), ([3.0], "float")):
        with pytest.raises(jt.TensorError, match=words):
            jt.optim.SGD(wrong, lr=0.1)  # type: ignore[arg-type]
    with pytest.raises(jt.TensorError, match="betas"):
        jt.optim.Adam([jt.array([1.0])], 0.1, betas=(0.9, 1.0))


SCHEDULES: dict[
    str, tuple[Callable[[jt.optim.Optimizer], jt.lr_scheduler.LRScheduler], list[float]]
] = {
    "StepLR": (lambda o: jt.lr_scheduler.StepLR(o, 2, 0.5), [1, 0.5, 0.5, 0.25, 0.25]),
    "MultiStepLR": (lambda o: jt.lr_scheduler.MultiStepLR(o, [3, 1]), [0.1, 0.1, 0.01, 0.01, 0.01]),
    "ExponentialLR": (lambda o: jt.lr_scheduler.ExponentialLR(o, 0.5), [0.5, 0.25, 0.125]),
    "CosineAnnealingLR": (
        lambda o: jt.lr_scheduler.CosineAnnealingLR(o, 4, 0.2),
        [0.2 + 0.4 * (1 + cos(pi * n / 4)) for n in range(1, 6)],
    ),
    "LambdaLR": (lambda o: jt.lr_scheduler.LambdaLR(o, lambda n: 1 / n), [1, 1 / 2, 1 / 3]),
}


@pytest.mark.parametrize("name", SCHEDULES)
@pytest.mark.usefixtures("nothing_compiled")
def test_schedules(name: str) -> None:
    make, rates = SCHEDULES[name]
    w, own = jt.array([0.0]), jt.array([0.0])
    groups: list[dict[str, object]] = [{"params": [w]}, {"params": [own], "lr": 10.0}]
    optimizer = jt.optim.SGD(groups, lr=1.0)
    schedule = make(optimizer)
    at = 0.0
    compiled = 0
    for rate in rates:
        schedule.step()
        assert schedule.get_lr() == optimizer.lr == pytest.approx(rate)
        optimizer.step(w.sum() + own.sum())
        at -= rate
        assert w.item() == pytest.approx(at, rel=1e-5)
        compiled = compiled or jt.compile_stats().compiled
    assert jt.compile_stats().compiled == compiled
    assert optimizer.param_groups[1]["lr"] != 10.0


def test_schedules_are_resumed() -> None:
    optimizer = jt.optim.SGD([jt.array([0.0])], lr=1.0)
    jt.lr_scheduler.StepLR(optimizer, 2, 0.5, last_epoch=3)
    assert optimizer.lr == 0.25


def test_a_rate_goes_down_where_nothing_gets_better() -> None:
    optimizer = jt.optim.SGD([jt.array(START)], lr=1.0)
    schedule = jt.lr_scheduler.ReduceLROnPlateau(optimizer, factor=0.5, patience=1, cooldown=1)
    rates = []
    for measure in (3.0, 2.0, 2.0, 1.9999, 2.1, 2.1, 2.1, 2.1, 1.0, 1.1, 1.1):
        schedule.step(measure)
        rates.append(schedule.get_lr())
    assert rates == [1, 1, 1, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25, 0.125]
    up = jt.lr_scheduler.ReduceLROnPlateau(
        optimizer, "max", 0.1, 0, 0.5, threshold_mode="abs", min_lr=0.1
    )
    for great in (jt.array([1.0]), jt.array([1.4]), jt.array([1.4])):
        up.step(great)
    assert optimizer.lr == 0.1
    with pytest.raises(jt.TensorError, match="the factor is below 1"):
        jt.lr_scheduler.ReduceLROnPlateau(optimizer, factor=1.0)

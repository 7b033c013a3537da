"""When derivatives are taken: of values known and unknown, in blocks, by `backward`."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor import nn
from tests.effort import calls_made


def chain(x: jt.Var, w: jt.Var) -> jt.Var:
    """Some function of both."""
    return jt.tanh(x * w) * w


def by_w(x: float, w: float) -> float:
    """The derivative of `chain` by w."""
    y = np.tanh(x * w)
    return float(y + w * x * (1 - y * y))


# Lazily.


@pytest.mark.parametrize(
    "same",
    [
        lambda x: x.cast("float32"),
        lambda x: x.reshape(2, 2),
        lambda x: x.broadcast([2, 2]),
        lambda x: x[...],
        lambda x: x**1,
        lambda x: jt.concat([x]),
    ],
)
def test_what_changes_nothing_passes_derivatives_of_known_values(
    same: Callable[[jt.Var], jt.Var],
) -> None:
    x = jt.array([[1.0, 2.0], [3.0, 4.0]])
    y = same(x) * 2.0
    y.sync()
    assert jt.grad(y.sum(), x).tolist() == [[2.0, 2.0], [2.0, 2.0]]
    z = same(x)
    z.assign(z + 1.0)
    assert x.tolist() == [[1.0, 2.0], [3.0, 4.0]]


def test_derivatives_are_written_down_and_expanded_by_the_compiler() -> None:
    x, w = jt.array([0.5, 2.0]), jt.array([1.5, -1.0])
    g = jt.grad(chain(x, w), w)
    assert "gradient_part" in jt.dump_ir(g, "graph") and g.node.value is None
    assert "meta.gradient" in jt.dump_ir(g, "meta")
    assert "meta.gradient" not in jt.dump_ir(g, "differentiated")
    np.testing.assert_allclose(g.numpy(), [by_w(0.5, 1.5), by_w(2.0, -1.0)], 1e-5)


def test_taking_derivatives_costs_little_more_than_the_values() -> None:
    w = [jt.array([0.5 + i / 8]) for i in range(8)]

    def loss() -> jt.Var:
        x = jt.array([0.25])
        for one in w:
            x = chain(x, one)
        return x

    def values() -> None:
        loss().sync()

    def derivatives() -> None:
        total = jt.grad(loss(), w)
        sum(total[1:], total[0]).sync()

    for action in (values, derivatives):
        action()
        action()
    assert calls_made(derivatives) < 3 * calls_made(values)


# Values known before the derivatives are.


def test_values_on_the_way_may_become_known_in_between() -> None:
    x, w = jt.array([0.5]), jt.array([1.5])
    hidden = x * w
    loss = jt.tanh(hidden) * w
    g = jt.grad(loss, w)
    hidden.sync()
    loss.sync()
    assert g.item() == pytest.approx(by_w(0.5, 1.5), rel=1e-5)


def test_derivatives_outlive_what_they_are_taken_by() -> None:
    def derivative() -> tuple[jt.Var, jt.Var]:
        w = jt.array([1.5])
        loss = chain(jt.array([0.5]), w)
        return loss, jt.grad(loss, w)

    loss, g = derivative()
    loss.sync()
    assert g.item() == pytest.approx(by_w(0.5, 1.5), rel=1e-5)


def test_a_value_is_used_as_it_was_where_derivatives_need_it_again() -> None:
    x, w = jt.array([0.5]), jt.array([1.5])
    hidden = (x * w).sync()
    loss = jt.tanh(hidden) * w
    total = hidden * 100.0 + jt.grad(loss, w) + hidden
    assert total.item() == pytest.approx(0.75 * 101 + by_w(0.5, 1.5), rel=1e-5)


def test_known_derivatives_have_derivatives() -> None:
    x = jt.array([0.5, 2.0], dtype="float64")
    first = jt.grad((x**3 * jt.exp(x)).sum(), x).sync()
    second = jt.grad(first.sum(), x).sync()
    third = jt.grad(second.sum(), x)
    a = x.numpy()
    np.testing.assert_allclose(third.numpy(), np.exp(a) * (a**3 + 9 * a**2 + 18 * a + 6))


def test_a_copy_is_not_its_original() -> None:
    x = jt.array([3.0])
    y = jt.clone(x)
    by_x, by_y = jt.grad(x * x * y, [x, y])
    assert (by_x.item(), by_y.item()) == (27.0, 9.0)
    assert jt.grad(x * y, y).item() == 3.0


def test_random_numbers_may_be_what_is_differentiated_by() -> None:
    r = jt.randn(4)
    np.testing.assert_allclose(jt.grad(r * r, r).numpy(), 2 * r.numpy())


def test_detached_and_copied_values_are_different_programs() -> None:
    x = jt.array([3.0])
    for _ in range(2):
        assert jt.grad(x * jt.clone(x), x).item() == 6.0
        assert jt.grad(x * x.detach(), x).item() == 3.0


# Blocks.


def test_no_grad_makes_constants() -> None:
    x = jt.array([3.0])
    with jt.no_grad():
        square = x * x
        with jt.enable_grad():
            cube = x * x * x
        again = x * x
    assert square.is_stop_grad() and again.is_stop_grad() and not cube.is_stop_grad()
    assert jt.grad(square * x, x).item() == 9.0
    assert jt.grad(cube, x).item() == 27.0
    with pytest.raises(ZeroDivisionError), jt.no_grad():
        _ = 1 / 0
    assert jt.grad(x * x, x).item() == 6.0


def test_parameters_stay_parameters_in_no_grad() -> None:
    p = jt.array([3.0])
    with jt.no_grad():
        p.assign(p * 2.0)
    assert p.requires_grad
    (p * p).backward()
    assert p.grad is not None and p.grad.item() == 12.0


# backward.


def test_backward_fills_grad_and_adds_up() -> None:
    w, b = jt.array([[1.0, 2.0]]), jt.array([0.5])
    assert w.grad is None
    (w * 3.0 + b).sum().backward()
    (w * w).sum().backward()
    assert w.grad is not None and b.grad is not None
    np.testing.assert_allclose(w.grad.numpy(), [[5.0, 7.0]])
    np.testing.assert_allclose(b.grad.numpy(), [2.0])
    w.grad = None
    (w * w).sum().backward()
    assert w.grad.tolist() == [[2.0, 4.0]] and b.grad.tolist() == [2.0]


def test_backward_passes_by_what_no_derivative_is_wanted_of() -> None:
    x, w, n = jt.array([2.0]).stop_grad(), jt.array([3.0]), jt.array([4])
    hidden = x * w
    (hidden * n * w.detach()).backward()
    assert x.grad is None and hidden.grad is None and n.grad is None
    assert w.grad is not None and w.grad.item() == 24.0
    x.start_grad()
    (x * w).backward()
    assert x.grad is not None and x.grad.item() == 3.0


def test_backward_needs_floats() -> None:
    with pytest.raises(jt.TensorError, match="loss of floats"):
        jt.array([1]).backward()


def test_backward_and_step_are_those_of_the_optimiser() -> None:
    p, q = jt.array([3.0]), jt.array([3.0])
    torch_like, jittor_like = jt.optim.SGD([p], lr=0.125), jt.optim.SGD([q], lr=0.125)
    for _ in range(3):
        torch_like.zero_grad()
        (p * p).backward()
        torch_like.step()
        jittor_like.step(q * q)
        assert p.item() == q.item()


def test_opt_grad_is_what_the_optimiser_has_noted() -> None:
    p, q = jt.array([3.0]), jt.array([1.0])
    optimizer = jt.optim.SGD([p, q], lr=0.1)
    optimizer.backward(p * p * q)
    assert p.opt_grad(optimizer).item() == 6.0
    optimizer.zero_grad()
    with pytest.raises(jt.TensorError, match="there is no derivative by that Var"):
        p.opt_grad(optimizer)
    (p * q).backward()
    assert p.opt_grad(optimizer).item() == 1.0


@pytest.mark.usefixtures("nothing_compiled")
def test_a_training_step_by_backward_compiles_once() -> None:
    layer = nn.Linear(3, 2)
    for one in layer.parameters():
        one.start_grad()
    optimizer = jt.optim.SGD(layer.parameters(), lr=0.1, momentum=0.9)
    x, y = jt.randn(5, 3).sync(), jt.randn(5, 2).sync()
    losses, counts = [], []
    for _ in range(6):
        optimizer.zero_grad()
        loss = nn.mse_loss(layer(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
        counts.append(jt.compile_stats().compiled)
    assert losses[-1] < losses[0] and counts[-1] == counts[1]

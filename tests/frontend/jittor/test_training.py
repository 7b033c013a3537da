"""Models, losses and optimisers."""

from __future__ import annotations

import gc

import numpy as np
import pytest

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor import nn


class Xor(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.hidden = nn.Linear(2, 8)
        self.act = nn.Tanh()
        self.out = nn.Linear(8, 1)

    def execute(self, *inputs: jt.Var) -> jt.Var:
        return self.out(self.act(self.hidden(*inputs)))


@pytest.mark.usefixtures("nothing_compiled")
def test_a_model_learns_xor_with_one_program_for_all_steps() -> None:
    model = Xor()
    x = jt.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
    y = jt.array([[0.0], [1.0], [1.0], [0.0]])
    optimizer = jt.optim.SGD(model.parameters(), lr=0.3, momentum=0.9)
    losses = []
    start = 0
    for number in range(300):
        loss = nn.mse_loss(model(x), y)
        optimizer.step(loss)
        losses.append(loss.item())
        if number == 0:
            start = jt.compile_stats().compiled
    assert losses[-1] < 1e-3 < 0.1 < losses[0]
    assert jt.compile_stats().compiled == start
    np.testing.assert_allclose(model(x).numpy(), y.numpy(), atol=0.1)


def test_steps_are_those_of_numpy() -> None:
    x, y = np.array([[1.0, 2.0], [3.0, -1.0]]), np.array([[1.0], [2.0]])
    w, moving = np.array([[0.5, -0.5]]), np.zeros((1, 2))
    layer = nn.Linear(2, 1, bias=False)
    layer.weight.assign(jt.array(w))
    optimizer = jt.optim.SGD([layer.weight], 0.1, momentum=0.5, weight_decay=0.01)
    for rate in (0.1, 0.1, 0.05):
        optimizer.lr = rate
        optimizer.step(nn.mse_loss(layer(jt.array(x)), jt.array(y)))
        g = 2 * (x @ w.T - y).T @ x / 2 + 0.01 * w
        moving = 0.5 * moving + g
        w = w - rate * moving
    np.testing.assert_allclose(layer.weight.numpy(), w, 1e-5)


def test_backward_adds_up_until_a_step() -> None:
    p = jt.array([1.0])
    optimizer = jt.optim.SGD([p], lr=0.5)
    optimizer.backward(p * 2)
    optimizer.backward(p * 4)
    optimizer.step()
    assert p.item() == 1 - 0.5 * 6
    with pytest.raises(jt.TensorError, match="backward"):
        optimizer.step()


def test_steps_whose_loss_nobody_asks_for_do_not_pile_up() -> None:
    p = jt.array([1.0])
    optimizer = jt.optim.SGD([p], lr=0.25)
    for _ in range(40):
        optimizer.step((p * p).sum())
    assert len(jt.dump_ir(p * 1.5, "graph").splitlines()) < 20
    assert p.item() == pytest.approx(0.5**40)


@pytest.mark.usefixtures("only_our_garbage")
@pytest.mark.parametrize("kind", [jt.optim.SGD, jt.optim.Adam])
def test_training_leaves_nothing_to_the_collector(kind: type[jt.optim.Optimizer]) -> None:
    before = jt.number_of_lived_vars(), jt.number_of_hold_vars()

    def train() -> None:
        layers = nn.Conv2d(1, 3, 3, padding=1), nn.BatchNorm(3), nn.ReLU(), nn.Pool(2)
        model = nn.Sequential(*layers, nn.Flatten(), nn.Linear(12, 8), nn.Dropout(0.5))
        optimizer = kind(model.parameters(), lr=0.01)
        for _ in range(3):
            loss = (model(jt.randn(2, 1, 4, 4)) ** 2).mean()
            (slope,) = jt.grad(loss, model.parameters()[:1])
            optimizer.step(loss)
        assert slope.shape == [3, 1, 3, 3]

    gc.disable()
    try:
        train()
        assert (jt.number_of_lived_vars(), jt.number_of_hold_vars()) == before
    finally:
        gc.enable()


def test_classes_are_learnt() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 3, 60)
    points = np.eye(3)[labels] @ rng.normal(size=(3, 4)) * 2 + rng.normal(size=(60, 4)) * 0.1
    model = nn.Sequential(nn.Linear(4, 16), nn.ReLU(), nn.Linear(16, 3))
    optimizer = jt.optim.SGD(model.parameters(), lr=0.1)
    x, y = jt.array(points), jt.array(labels)
    for _ in range(60):
        loss = nn.cross_entropy_loss(model(x), y)
        optimizer.step(loss)
    assert loss.item() < 0.2
    assert (model(x).numpy().argmax(1) == labels).mean() > 0.95


def test_cross_entropy() -> None:
    scores, labels = np.array([[1.0, 2.0, 0.5], [1000.0, 0.0, -5.0]]), np.array([2, 0])
    shifted = scores - scores.max(1, keepdims=True)
    shares = np.exp(shifted) / np.exp(shifted).sum(1, keepdims=True)
    x = jt.array(scores)
    found = nn.cross_entropy_loss(x, jt.array(labels))
    assert found.item() == pytest.approx(-np.log(shares[[0, 1], labels]).mean(), rel=1e-6)
    np.testing.assert_allclose(nn.softmax(x, 1).numpy(), shares, 1e-5, 1e-7)
    wanted = (shares - np.eye(3)[labels]) / 2
    np.testing.assert_allclose(jt.grad(found, x).numpy(), wanted, 1e-5, 1e-7)
    with pytest.raises(jt.TensorError, match="one class a row"):
        nn.cross_entropy_loss(x, x)


def test_parameters_have_dotted_names_and_can_be_saved() -> None:
    model = nn.Sequential(Xor(), nn.Linear(1, 2, bias=False))
    names = [name for name, _ in model.named_parameters()]
    assert names == ["0.hidden.weight", "0.hidden.bias", "0.out.weight", "0.out.bias", "1.weight"]
    other = nn.Sequential(Xor(), nn.Linear(1, 2, bias=False))
    other.load_state_dict(model.state_dict())
    x = jt.randn(3, 2)
    np.testing.assert_array_equal(model(x).numpy(), other(x).numpy())
    with pytest.raises(jt.TensorError, match="no parameter 'x'"):
        other.load_state_dict({"x": np.zeros(1)})
    with pytest.raises(jt.TensorError, match="has the shape"):
        other.load_state_dict({"1.weight": np.zeros(1)})


def test_modules() -> None:
    class Doubled(nn.Module):
        def forward(self, x: jt.Var) -> jt.Var:
            return x * 2

    model = nn.Sequential(Doubled(), nn.ReLU())
    assert model(jt.array([-1.0, 4.0])).tolist() == [0.0, 8.0]
    model.eval()
    assert not model[0].is_training()
    model.train()
    assert model[0].is_training() and len(model.modules()) == 3
    with pytest.raises(jt.TensorError, match="neither execute nor forward"):
        nn.Module()(jt.array([1.0]))

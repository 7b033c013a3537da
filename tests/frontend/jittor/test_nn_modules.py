"""Modules: names, state, modes, containers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor import nn


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm = nn.BatchNorm(3)
        self.linear = nn.Linear(3, 2)
        self._scratch = jt.zeros(5)

    def forward(self, x: jt.Var) -> jt.Var:
        return self.linear(self.norm(x))


class Doubled(nn.Module):
    def execute(self, x: jt.Var, times: int = 2) -> jt.Var:
        return x * times


def test_execute_and_forward_are_the_same() -> None:
    x = jt.array([1.0])
    for module in (Doubled(), type("Other", (nn.Module,), {"forward": Doubled.execute})()):
        assert module(x).item() == module.execute(x).item() == module.forward(x).item() == 2
        assert module(x, times=5).item() == 5

    class Redefined(Doubled):
        def forward(self, x: jt.Var) -> jt.Var:
            return x * 7

    assert Redefined()(x).item() == Redefined().execute(x).item() == 7


def test_names() -> None:
    model = nn.Sequential(Block(), nn.ReLU())
    names = [name for name, _ in model.named_parameters()]
    norm = ["weight", "bias", "running_mean", "running_var"]
    expected = [*(f"0.norm.{name}" for name in norm), "0.linear.weight", "0.linear.bias"]
    assert names == expected == list(model.state_dict())
    assert [name for name, _ in model.named_modules()] == ["", "0", "0.norm", "0.linear", "1"]
    assert [name for name, _ in model.named_buffers()] == expected[2:4]
    assert len(model.children()) == 2 and len(model.buffers()) == 2


def test_shared_parts_count_once() -> None:
    linear = nn.Linear(2, 2)
    assert len(nn.Sequential(linear, nn.ReLU(), linear).parameters()) == 2
    linear.tied = linear  # type: ignore[attr-defined]
    assert len(linear.modules()) == 1


def test_states_are_copies() -> None:
    model = nn.Linear(2, 1)
    state = model.state_dict()
    before = state["weight"].numpy()
    jt.optim.SGD(model.parameters(), lr=1.0).step(model(jt.ones(1, 2)).sum())
    assert not np.array_equal(model.weight.numpy(), before)
    model.load_state_dict(state)
    np.testing.assert_array_equal(model.weight.numpy(), before)
    assert all(one.requires_grad for one in model.parameters())


def test_loading_is_whole_or_not_at_all() -> None:
    model = nn.Linear(2, 1)
    before = model.weight.numpy()
    new = np.ones((1, 2))
    for rest, words in (
        ({"x": 1.0}, "no parameter 'x'"),
        ({"bias": np.zeros(3)}, "has the shape"),
        ({"bias": [[1.0], [1.0, 2.0]]}, "no array"),
        ({"bias": ["a"]}, "cannot make"),
    ):
        with pytest.raises(jt.TensorError, match=words):
            model.load_state_dict({"weight": new, **rest})
    with pytest.raises(jt.TensorError, match="not as list"):
        model.load_state_dict([])
    np.testing.assert_array_equal(model.weight.numpy(), before)
    model.load_state_dict({"weight": new, "norm.num_batches_tracked": np.int64(3)})
    np.testing.assert_array_equal(model.weight.numpy(), new)


def test_load_parameters_passes_unknown_names_by() -> None:
    model = nn.Linear(2, 1)
    with pytest.warns(UserWarning, match="no parameter 'x'"):
        model.load_parameters({"bias": [3.0], "x": [1.0]})
    assert model.bias is not None and model.bias.item() == 3


def test_models_are_saved(tmp_path: Path) -> None:
    model, other = Block(), Block()
    model(jt.randn(8, 3)).sync()
    model.save(str(tmp_path / "model.pkl"))
    other.load(tmp_path / "model.pkl")
    model.eval()
    other.eval()
    x = jt.randn(4, 3)
    np.testing.assert_array_equal(model(x).numpy(), other(x).numpy())
    assert np.abs(other.norm.running_mean.numpy()).max() > 0
    assert other.norm.running_mean.is_stop_grad() and not other.linear.weight.is_stop_grad()


def test_modes_and_apply() -> None:
    model = nn.Sequential(Block(), nn.Dropout())
    assert model.eval() is model and not any(one.is_training() for one in model.modules())
    assert model.train().training and model.train(False) is model and not model.training
    seen: list[str] = []
    assert model.apply(lambda module: seen.append(type(module).__name__)) is model
    assert seen == ["Sequential", "Block", "BatchNorm", "Linear", "Dropout"]


def test_parameters_are_frozen_together() -> None:
    model = Block()
    model.requires_grad_(False)
    assert all(one.is_stop_grad() for one in model.parameters())
    model.requires_grad_()
    stopped = [name for name, one in model.named_parameters() if one.is_stop_grad()]
    assert stopped == ["norm.running_mean", "norm.running_var"]


def test_stopping_is_for_good_until_started() -> None:
    x = jt.array([2.0]).stop_grad()
    assert x.is_stop_grad() and not x.requires_grad
    x.update(x * 3)
    assert x.is_stop_grad() and x.item() == 6
    y = (x * 2).stop_grad()
    assert y.is_stop_grad() and y.item() == 12
    y.requires_grad = True
    assert not y.is_stop_grad() and y.item() == 12
    w = jt.array([1.0])
    w.update(w + 1)
    assert w.requires_grad and w.item() == 2 and w.requires_grad
    z = w * w
    z.stop_grad()
    assert jt.grad(z * w, w).item() == 4


def test_sequential_takes_what_it_is_given() -> None:
    linear, relu = nn.Linear(2, 2), nn.ReLU()
    x = jt.randn(3, 2)
    wanted = relu(linear(x)).numpy()
    for model in (
        nn.Sequential(linear, relu),
        nn.Sequential([linear, relu]),
        nn.Sequential({"first": linear, "second": relu}),
        nn.Sequential(linear, nn.relu),
        nn.Sequential().append(linear).append(relu),
        nn.Sequential(linear).extend([relu]),
    ):
        np.testing.assert_array_equal(model(x).numpy(), wanted)
        assert len(model) == 2 and model[0] is linear and list(model)[0] is linear
    named = nn.Sequential({"first": linear, "second": relu})
    assert named["second"] is relu and named[-1] is relu and named.keys() == ["first", "second"]
    assert [name for name, _ in named.named_parameters()] == ["first.weight", "first.bias"]
    with pytest.raises(IndexError, match="no layer 5"):
        named[5]
    with pytest.raises(jt.TensorError, match="a module or a function, not str"):
        nn.Sequential("relu")  # type: ignore[arg-type]
    with pytest.raises(jt.TensorError, match="'first' already"):
        named.add_module("first", relu)


def test_lists_of_modules_have_parameters() -> None:
    layers = nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])
    assert len(layers.parameters()) == 6
    assert [type(one).__name__ for one in layers] == ["Linear"] * 3


def test_models_are_shown() -> None:
    model = nn.Sequential(Block(), {"act": nn.LeakyReLU(0.2)}, nn.tanh)
    assert repr(model) == (
        "Sequential(\n"
        "    0: Block(\n"
        "        norm: BatchNorm(num_features=3, eps=1e-05, momentum=0.1, affine=True)\n"
        "        linear: Linear(in_features=3, out_features=2)\n"
        "    )\n"
        "    act: LeakyReLU(scale=0.2)\n"
        "    2: Applied(tanh)\n"
        ")"
    )


def test_what_is_missing_is_said() -> None:
    with pytest.raises(jt.TensorError, match="Module defines neither execute nor forward"):
        nn.Module()(jt.array([1.0]))

"""The description's blocks about models and training run as they stand.

What a block leaves undefined, as `optimizer` or `target`, is in the names it is given.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor import nn
from tests.frontend.jittor.description import run

BLOCK_2 = """
import jittor as jt

x = jt.randn(1, 3, 224, 224)
conv = jt.nn.Conv2d(3, 64, 3, 1, 1)
y = conv(x)
"""

BLOCK_5 = """
x = jt.nn.conv2d(input, weight)
x = jt.nn.relu(x)
x = jt.nn.batch_norm(x)

x = jt.ops.fused_conv_relu_bn(input, weight, bn_params)
"""

BLOCK_7 = """
def forward(self, x):
    conv1 = self.conv1(x)
    relu1 = jt.nn.relu(conv1)
    pool1 = jt.nn.pool(relu1, 2)
    return pool1
"""

BLOCK_20 = """
import jittor as jt
import jittor.nn as nn

class ConvNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv = nn.Conv2d(3, 64, 3, 1, 1)
        self.relu = nn.ReLU()

    def execute(self, x):
        x = self.conv(x)
        x = self.relu(x)
        return x

model = ConvNet()
x = jt.randn(1, 3, 224, 224)
y = model(x)
loss = jt.nn.mse_loss(y, target)
optimizer.backward(loss)
optimizer.step()
"""

BLOCK_21 = """
def forward(self, x):
    y = self.conv1(x)
    z = self.conv2(x)
    return y
"""

BLOCK_22 = """
x = jt.randn(10, 10)
y = x * 2.0 * 3.0

y = x * 6.0
"""

BLOCK_24 = """
def process_batch(batch_size):
    x = jt.randn(batch_size, 3, 224, 224)
    return model(x)

process_batch(1)
process_batch(4)
process_batch(8)
"""

BLOCK_25 = """
with jt.no_grad():
    result1 = model_part1(input1)

    input2 = preprocess(raw_input2)

    result2 = model_part2(input2)
"""

BLOCK_38 = """
class MyModel(jt.nn.Module):
    def __init__(self):
        super().__init__()

    def execute(self, x):
        return output
"""

BLOCK_39 = """
def train_step(model, data, optimizer):
    jt.clean_graph()

    with jt.no_grad():
        data = preprocess(data)

    output = model(data)
    loss = compute_loss(output, target)

    optimizer.backward(loss)
    optimizer.step()

    if step % 100 == 0:
        jt.gc()

    return loss.data[0]
"""

BLOCK_42 = """
jt.save(model.state_dict(), "model.pkl")

model = MyModel()
model.load_state_dict(jt.load("model.pkl"))
model.eval()
"""

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def block(monkeypatch: pytest.MonkeyPatch) -> Run:
    return lambda code, **names: run(code, monkeypatch, names)


def compiled() -> int:
    return jt.compile_stats().compiled


@pytest.mark.usefixtures("nothing_compiled")
def test_block_2_a_convolution_is_computed_when_it_is_asked_for(block: Run) -> None:
    before = compiled()
    after = block(BLOCK_2)
    y, conv = after["y"], after["conv"]
    assert y.shape == [1, 64, 224, 224]
    place = (0, 5, 17, 223)
    window = np.pad(after["x"].numpy()[0], ((0, 0), (1, 1), (1, 1)))[:, 17:20, 223:226]
    wanted = (window * conv.weight.numpy()[5]).sum() + conv.bias.numpy()[5]
    assert y.numpy()[place] == pytest.approx(wanted, rel=1e-4, abs=1e-4)
    assert compiled() > before
    conv(jt.randn(2, 3, 9, 9)).sync()
    assert compiled() <= before + 2


def test_block_5_fused_by_structure_or_by_name(block: Run) -> None:
    norm = nn.BatchNorm(4, affine=False)
    given = {"input": jt.randn(2, 3, 8, 8), "weight": jt.randn(4, 3, 3, 3)}
    after = block(BLOCK_5, **given, bn_params=norm)
    by_name = after["x"].numpy()
    unfused = block(BLOCK_5.partition("\n\nx = jt.ops")[0], **given)["x"].numpy()
    assert by_name.shape == unfused.shape == (2, 4, 6, 6)
    np.testing.assert_allclose(by_name, unfused, 1e-4, 1e-4)
    np.testing.assert_allclose(unfused.mean((0, 2, 3)), 0, atol=1e-4)
    np.testing.assert_allclose(unfused.var((0, 2, 3)), 1, 1e-2)


def test_a_fused_name_takes_its_parameters_in_several_forms() -> None:
    x, weight = jt.randn(2, 3, 8, 8), jt.randn(4, 3, 3, 3)
    mean, var = jt.randn(4), jt.rand(4) + 0.5
    norm = nn.BatchNorm(4).eval()
    norm.load_state_dict({"running_mean": mean, "running_var": var})
    fused = jt.ops.fused_conv_relu_bn
    wanted = fused(x, weight, norm).numpy()
    ones, zeros = jt.ones(4), jt.zeros(4)
    for given in ((mean, var), [mean, var, ones, zeros], {"var": var, "mean": mean}):
        np.testing.assert_allclose(fused(x, weight, given).numpy(), wanted, 1e-5, 1e-5)
    for wrong in ((mean,), {"mean": mean, "variance": var}):
        with pytest.raises(jt.TensorError, match="mean, var, weight, bias"):
            fused(x, weight, wrong)


def test_block_7_forward_is_execute(block: Run) -> None:
    forward = block(BLOCK_7)["forward"]

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv1 = nn.Conv2d(1, 2, 3)

        execute = forward

    x = jt.randn(3, 1, 10, 10)
    net = Net()
    pooled = net(x).numpy()
    windows = net.conv1(x).numpy().reshape(3, 2, 4, 2, 4, 2)
    np.testing.assert_allclose(pooled, np.maximum(windows.max((3, 5)), 0), 1e-5, 1e-6)


def test_block_20_a_step_of_training(block: Run) -> None:
    class Later:
        """The optimiser of a model that the block makes itself."""

        def backward(self, loss: jt.Var) -> None:
            frame = after_model()
            self.optimizer = jt.optim.SGD(frame.parameters(), lr=0.1)
            self.before = frame.conv.weight.numpy()
            self.optimizer.backward(loss)

        def step(self) -> None:
            self.optimizer.step()

    made: list[Any] = []
    original = nn.Module.__init__

    def noticed(self: nn.Module) -> None:
        original(self)
        made.append(self)

    def after_model() -> Any:
        return next(one for one in made if type(one).__name__ == "ConvNet")

    later = Later()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(nn.Module, "__init__", noticed)
        after = block(BLOCK_20, target=jt.zeros(1, 64, 224, 224), optimizer=later)
    model, x, y = after["model"], after["x"], after["y"]
    assert y.shape == [1, 64, 224, 224]
    again = nn.mse_loss(model(x), jt.zeros(1, 64, 224, 224)).item()
    assert 0 < again < after["loss"].item()
    assert not np.array_equal(model.conv.weight.numpy(), later.before)


def test_block_21_what_nobody_asks_for_is_not_compiled(block: Run) -> None:
    forward = block(BLOCK_21)["forward"]
    layers = SimpleNamespace(conv1=nn.Conv2d(2, 3, 3), conv2=nn.Conv2d(2, 3, 5))
    y = forward(layers, jt.randn(1, 2, 9, 9))
    alone = layers.conv1(jt.randn(1, 2, 9, 9))
    assert jt.dump_ir(y, "graph") == jt.dump_ir(alone, "graph")
    assert y.shape == [1, 3, 7, 7]


def test_block_22_constants_are_combined(block: Run) -> None:
    whole = block(BLOCK_22)
    chain = block(BLOCK_22.partition("\n\ny")[0])
    text = jt.dump_ir(chain["y"], "fused")
    assert text.count("arith.mulf") == 1 and "6.0" in text
    assert text == jt.dump_ir(whole["y"], "fused")
    np.testing.assert_allclose(chain["y"].numpy(), chain["x"].numpy() * 6, 1e-6)


@pytest.mark.usefixtures("nothing_compiled")
def test_block_24_batches_of_any_size_are_one_program(block: Run) -> None:
    model = nn.Sequential(nn.Conv2d(3, 4, 3, 2, 1), nn.ReLU(), nn.MaxPool2d(2))
    sizes = []

    def computed(x: jt.Var) -> jt.Var:
        found = model(x).sync()
        sizes.append((tuple(found.shape), compiled()))
        return found

    block(BLOCK_24, model=computed)
    assert [shape for shape, _ in sizes] == [(n, 4, 56, 56) for n in (1, 4, 8)]
    assert len({count for _, count in sizes}) == 1
    model(jt.randn(3, 3, 31, 40)).sync()
    assert compiled() == sizes[0][1]


def test_block_25_parts_without_derivatives(block: Run) -> None:
    first, second = nn.Linear(3, 4), nn.Linear(4, 2)
    raw = jt.randn(5, 4)
    after = block(
        BLOCK_25,
        model_part1=first,
        model_part2=second,
        input1=jt.randn(5, 3),
        raw_input2=raw,
        preprocess=lambda x: x * 2.0,
    )
    wanted = second(raw * 2.0).numpy()
    np.testing.assert_allclose(after["result2"].numpy(), wanted, 1e-5, 1e-6)
    assert after["result1"].shape == [5, 4]
    with pytest.warns(UserWarning, match="doesn't have gradient"):
        assert not jt.grad(after["result2"], second.weight).numpy().any()


def test_block_38_a_model(block: Run) -> None:
    model = block(BLOCK_38, output=jt.array([3.0]))["MyModel"]()
    assert isinstance(model, jt.Module) and model(jt.array([1.0])).item() == 3
    assert model.parameters() == []


@pytest.mark.usefixtures("only_our_garbage")
@pytest.mark.usefixtures("nothing_compiled")
def test_block_39_many_steps_take_no_more_of_anything(block: Run) -> None:
    model = nn.Sequential(nn.Linear(4, 8), nn.BatchNorm(8), nn.ReLU(), nn.Linear(8, 1))
    optimizer = jt.optim.Adam(model.parameters(), lr=0.01)
    names = block(
        BLOCK_39,
        preprocess=lambda x: x / 2.0,
        compute_loss=nn.mse_loss,
        target=jt.array(np.linspace(0, 1, 16)[:, None]),
        step=0,
    )
    data = jt.randn(16, 4)
    losses, counts = [], []
    for step in range(120):
        names["step"] = step
        losses.append(names["train_step"](model, data, optimizer))
        if step in (10, 110):
            counts.append((compiled(), jt.number_of_lived_vars(), jt.number_of_lived_ops()))
    assert counts[0] == counts[1]
    assert isinstance(losses[0], np.float32) and losses[-1] < losses[0] / 5


def test_block_42_saving_and_loading(
    block: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    def my_model() -> nn.Module:
        return nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm(2), nn.Flatten())

    model = my_model()
    x = jt.randn(3, 1, 5, 5)
    model(x).sync()
    after = block(BLOCK_42, model=model, MyModel=my_model)["model"]
    assert after is not model and not after.is_training()
    model.eval()
    np.testing.assert_array_equal(after(x).numpy(), model(x).numpy())

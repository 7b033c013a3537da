"""Layers, losses and training steps give what torch gives, where torch is installed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor import nn
from stepwell.frontend.jittor.models.resnet import Bottleneck
from tests.examples.loading import script

torch = pytest.importorskip("torch")
F = torch.nn.functional

Array = npt.NDArray[Any]
RNG = np.random.default_rng(11)


def normal(*shape: int) -> Array:
    return RNG.normal(size=shape).astype(np.float32)


def copied(model: nn.Module, theirs: Any) -> None:
    """Gives `theirs` the parameters of `model`."""
    state = {name: torch.tensor(value.numpy()) for name, value in model.state_dict().items()}
    missing, unknown = theirs.load_state_dict(state, strict=False)
    assert not unknown and all(name.endswith("num_batches_tracked") for name in missing)


def check_layer(model: nn.Module, theirs: Any, x: Array, tolerance: float = 2e-4) -> None:
    """Values, and derivatives by the input and the parameters, of a random sum of the results."""
    copied(model, theirs)
    mine, other = jt.array(x), torch.tensor(x, requires_grad=True)
    y, wanted = model(mine), theirs(other)
    np.testing.assert_allclose(y.numpy(), wanted.detach().numpy(), tolerance, tolerance)
    weights = normal(*wanted.shape)
    (wanted * torch.tensor(weights)).sum().backward()
    params = [one for one in model.parameters() if not one.is_stop_grad()]
    found = jt.grad((y * jt.array(weights)).sum(), [mine, *params])
    expected = [other.grad, *(one.grad for one in theirs.parameters())]
    for a, b in zip(found, expected, strict=True):
        np.testing.assert_allclose(a.numpy(), b.numpy(), tolerance, tolerance)


T = torch.nn
IMAGE = (2, 4, 9, 8)
LAYERS: dict[str, tuple[Callable[[], nn.Module], Callable[[], Any], tuple[int, ...]]] = {
    "Linear": (lambda: nn.Linear(6, 5), lambda: T.Linear(6, 5), (3, 6)),
    "Conv2d": (lambda: nn.Conv2d(4, 6, 3), lambda: T.Conv2d(4, 6, 3), IMAGE),
    "Conv2d padded": (
        lambda: nn.Conv2d(4, 6, 3, 2, 1),
        lambda: T.Conv2d(4, 6, 3, 2, 1),
        IMAGE,
    ),
    "Conv2d dilated": (
        lambda: nn.Conv2d(4, 6, (3, 2), (1, 2), (2, 0), 2, bias=False),
        lambda: T.Conv2d(4, 6, (3, 2), (1, 2), (2, 0), 2, bias=False),
        IMAGE,
    ),
    "Conv2d in groups": (
        lambda: nn.Conv2d(4, 6, 3, groups=2),
        lambda: T.Conv2d(4, 6, 3, groups=2),
        IMAGE,
    ),
    "Conv2d by channel": (
        lambda: nn.Conv2d(4, 4, 3, padding=1, groups=4),
        lambda: T.Conv2d(4, 4, 3, padding=1, groups=4),
        IMAGE,
    ),
    "BatchNorm2d": (lambda: nn.BatchNorm2d(4), lambda: T.BatchNorm2d(4), IMAGE),
    "BatchNorm1d": (lambda: nn.BatchNorm1d(5), lambda: T.BatchNorm1d(5), (7, 5)),
    "BatchNorm2d in use": (
        lambda: nn.BatchNorm2d(4).eval(),
        lambda: T.BatchNorm2d(4).eval(),
        IMAGE,
    ),
    "LayerNorm": (lambda: nn.LayerNorm(8), lambda: T.LayerNorm(8), IMAGE),
    "LayerNorm 2": (lambda: nn.LayerNorm((9, 8)), lambda: T.LayerNorm((9, 8)), IMAGE),
    "ReLU": (nn.ReLU, T.ReLU, IMAGE),
    "LeakyReLU": (lambda: nn.LeakyReLU(0.2), lambda: T.LeakyReLU(0.2), IMAGE),
    "GELU": (nn.GELU, T.GELU, IMAGE),
    "SiLU": (nn.SiLU, T.SiLU, IMAGE),
    "Sigmoid": (nn.Sigmoid, T.Sigmoid, IMAGE),
    "Tanh": (nn.Tanh, T.Tanh, IMAGE),
    "Softmax": (lambda: nn.Softmax(1), lambda: T.Softmax(1), IMAGE),
    "LogSoftmax": (lambda: nn.LogSoftmax(-1), lambda: T.LogSoftmax(-1), IMAGE),
    "MaxPool2d": (lambda: nn.MaxPool2d(2), lambda: T.MaxPool2d(2), IMAGE),
    "MaxPool2d overlapping": (
        lambda: nn.MaxPool2d(3, 2, 1),
        lambda: T.MaxPool2d(3, 2, 1),
        IMAGE,
    ),
    "AvgPool2d": (lambda: nn.AvgPool2d(3, 2, 1), lambda: T.AvgPool2d(3, 2, 1), IMAGE),
    "AvgPool2d of the inside": (
        lambda: nn.AvgPool2d(3, 2, 1, count_include_pad=False),
        lambda: T.AvgPool2d(3, 2, 1, count_include_pad=False),
        IMAGE,
    ),
    "AdaptiveAvgPool2d": (
        lambda: nn.AdaptiveAvgPool2d((3, 2)),
        lambda: T.AdaptiveAvgPool2d((3, 2)),
        IMAGE,
    ),
    "SELU": (nn.SELU, T.SELU, IMAGE),
    "Softsign": (nn.Softsign, T.Softsign, IMAGE),
    "LogSigmoid": (nn.LogSigmoid, T.LogSigmoid, IMAGE),
    "Mish": (nn.Mish, T.Mish, IMAGE),
    "Hardsigmoid": (nn.Hardsigmoid, T.Hardsigmoid, IMAGE),
    "Hardswish": (nn.Hardswish, T.Hardswish, IMAGE),
    "ELU": (nn.ELU, T.ELU, IMAGE),
    "Softplus": (nn.Softplus, T.Softplus, IMAGE),
    "Hardtanh": (nn.Hardtanh, T.Hardtanh, IMAGE),
    "GLU": (nn.GLU, T.GLU, IMAGE),
    "PReLU": (nn.PReLU, T.PReLU, IMAGE),
    "ReLU6": (nn.ReLU6, T.ReLU6, IMAGE),
    "CELU": (lambda: nn.CELU(0.7), lambda: T.CELU(0.7), IMAGE),
    "PReLU of channels": (lambda: nn.PReLU(4), lambda: T.PReLU(4), IMAGE),
    "Softplus from 1 on": (lambda: nn.Softplus(2, 1), lambda: T.Softplus(2, 1), IMAGE),
    "GroupNorm": (lambda: nn.GroupNorm(2, 4), lambda: T.GroupNorm(2, 4), IMAGE),
    "InstanceNorm": (
        lambda: nn.InstanceNorm2d(4),
        lambda: T.InstanceNorm2d(4, affine=True),
        IMAGE,
    ),
    "Conv1d": (
        lambda: nn.Conv1d(4, 6, 3, 2, 1, groups=2),
        lambda: T.Conv1d(4, 6, 3, 2, 1, groups=2),
        (3, 4, 11),
    ),
    "ConvTranspose2d": (
        lambda: nn.ConvTranspose2d(4, 3, 3),
        lambda: T.ConvTranspose2d(4, 3, 3),
        IMAGE,
    ),
    "ConvTranspose2d with everything": (
        lambda: nn.ConvTranspose2d(4, 6, (3, 2), (2, 3), (1, 0), (1, 2), 2, False, (2, 1)),
        lambda: T.ConvTranspose2d(4, 6, (3, 2), (2, 3), (1, 0), (1, 2), 2, False, (2, 1)),
        IMAGE,
    ),
    "MaxPool2d to the end": (
        lambda: nn.MaxPool2d(3, 2, 1, ceil_mode=True),
        lambda: T.MaxPool2d(3, 2, 1, ceil_mode=True),
        IMAGE,
    ),
    "AvgPool2d to the end": (
        lambda: nn.AvgPool2d(3, 2, 1, ceil_mode=True),
        lambda: T.AvgPool2d(3, 2, 1, ceil_mode=True),
        IMAGE,
    ),
    "AvgPool2d of the inside to the end": (
        lambda: nn.AvgPool2d(2, 3, ceil_mode=True, count_include_pad=False),
        lambda: T.AvgPool2d(2, 3, ceil_mode=True, count_include_pad=False),
        IMAGE,
    ),
    "AdaptiveAvgPool2d, uneven": (
        lambda: nn.AdaptiveAvgPool2d((4, 3)),
        lambda: T.AdaptiveAvgPool2d((4, 3)),
        IMAGE,
    ),
    "AdaptiveMaxPool2d": (
        lambda: nn.AdaptiveMaxPool2d((3, 2)),
        lambda: T.AdaptiveMaxPool2d((3, 2)),
        IMAGE,
    ),
    "AdaptiveMaxPool2d, uneven": (
        lambda: nn.AdaptiveMaxPool2d((4, 11)),
        lambda: T.AdaptiveMaxPool2d((4, 11)),
        IMAGE,
    ),
    "ZeroPad2d": (lambda: nn.ZeroPad2d(2), lambda: T.ZeroPad2d(2), IMAGE),
    "ConstantPad2d": (
        lambda: nn.ConstantPad2d((1, -2, 0, 3), 1.5),
        lambda: T.ConstantPad2d((1, -2, 0, 3), 1.5),
        IMAGE,
    ),
    "ReflectionPad2d": (
        lambda: nn.ReflectionPad2d((3, 7, 8, 1)),
        lambda: T.ReflectionPad2d((3, 7, 8, 1)),
        IMAGE,
    ),
    "ReplicationPad2d": (
        lambda: nn.ReplicationPad2d((3, 0, 11, 1)),
        lambda: T.ReplicationPad2d((3, 0, 11, 1)),
        IMAGE,
    ),
    "Upsample": (lambda: nn.Upsample(2), lambda: T.Upsample(scale_factor=2), IMAGE),
    "Upsample to a size": (
        lambda: nn.Resize((5, 13)),
        lambda: T.Upsample((5, 13)),
        IMAGE,
    ),
    "Upsample bilinear": (
        lambda: nn.Upsample((2, 1.5), "bilinear"),
        lambda: T.Upsample(scale_factor=(2, 1.5), mode="bilinear"),
        IMAGE,
    ),
    "Upsample with corners": (
        lambda: nn.Resize((13, 5), "bilinear", True),
        lambda: T.Upsample((13, 5), mode="bilinear", align_corners=True),
        IMAGE,
    ),
    "PixelShuffle": (lambda: nn.PixelShuffle(2), lambda: T.PixelShuffle(2), IMAGE),
    "Flatten": (nn.Flatten, T.Flatten, IMAGE),
}


@pytest.mark.parametrize("name", LAYERS)
def test_layers_and_their_derivatives(name: str) -> None:
    ours, theirs, shape = LAYERS[name]
    check_layer(ours(), theirs(), normal(*shape))


def test_embedding_and_its_derivative() -> None:
    ours, theirs = nn.Embedding(7, 3), T.Embedding(7, 3)
    copied(ours, theirs)
    numbers, weights = RNG.integers(0, 7, (4, 5)), normal(4, 5, 3)
    y = ours(jt.array(numbers))
    wanted = theirs(torch.tensor(numbers))
    np.testing.assert_array_equal(y.numpy(), wanted.detach().numpy())
    (wanted * torch.tensor(weights)).sum().backward()
    found = jt.grad((y * jt.array(weights)).sum(), ours.weight)
    np.testing.assert_allclose(found.numpy(), theirs.weight.grad.numpy(), 1e-5, 1e-5)


SCORES, CLASSES = normal(6, 5), RNG.integers(0, 5, 6)
YES, COUNTS = RNG.random((6, 5)).astype(np.float32), np.linspace(0.5, 2, 5, dtype=np.float32)
SHARES = np.clip(RNG.random((6, 5)), 0.05, 0.95).astype(np.float32)
SIGNS = np.array([1, -1, -1, 1, -1, 1], np.float32)
Loss = Callable[..., Any]
LOSSES: dict[str, tuple[Loss, Loss, Array, Array]] = {
    "mse": (nn.mse_loss, F.mse_loss, SCORES, YES),
    "l1": (nn.l1_loss, F.l1_loss, SCORES, YES),
    "smooth l1": (nn.smooth_l1_loss, F.smooth_l1_loss, SCORES, YES),
    "cross entropy": (nn.cross_entropy_loss, F.cross_entropy, SCORES, CLASSES),
    "weighted cross entropy": (
        lambda a, b: nn.cross_entropy_loss(a, b, jt.array(COUNTS), 3),
        lambda a, b: F.cross_entropy(a, b, torch.tensor(COUNTS), ignore_index=3),
        SCORES,
        CLASSES,
    ),
    "nll": (nn.nll_loss, F.nll_loss, SCORES, CLASSES),
    "huber": (
        lambda a, b: nn.huber_loss(a, b, 0.6),
        lambda a, b: F.huber_loss(a, b, delta=0.6),
        SCORES,
        YES,
    ),
    "divergence": (
        lambda a, b: nn.kl_div(a, b, "batchmean"),
        lambda a, b: F.kl_div(a, b, reduction="batchmean"),
        SCORES,
        np.where(YES < 0.2, 0, YES),
    ),
    "divergence of logarithms": (
        lambda a, b: nn.kl_div(a, b, "sum", True),
        lambda a, b: F.kl_div(a, b, reduction="sum", log_target=True),
        SCORES,
        np.log(SHARES),
    ),
    "cosine": (
        lambda a, b: nn.cosine_similarity(a, b).sum(),
        lambda a, b: F.cosine_similarity(a, b).sum(),
        SCORES,
        YES,
    ),
    "cosine embedding": (
        lambda a, b: nn.cosine_embedding_loss(a, b + 0.1, jt.array(SIGNS), 0.1),
        lambda a, b: F.cosine_embedding_loss(a, b + 0.1, torch.tensor(SIGNS), 0.1),
        SCORES,
        YES,
    ),
    "margin ranking": (
        lambda a, b: nn.margin_ranking_loss(a, b, jt.array(SIGNS[:, None]), 0.2),
        lambda a, b: F.margin_ranking_loss(a, b, torch.tensor(SIGNS[:, None]), 0.2),
        SCORES,
        YES,
    ),
    "hinge embedding": (
        lambda a, b: nn.hinge_embedding_loss(a, jt.array(SIGNS[:, None])),
        lambda a, b: F.hinge_embedding_loss(a, torch.tensor(SIGNS[:, None])),
        SCORES,
        YES,
    ),
    "triplets": (
        lambda a, b: nn.triplet_margin_loss(a, b, jt.array(SHARES), 0.3),
        lambda a, b: F.triplet_margin_loss(a, b, torch.tensor(SHARES), 0.3),
        SCORES,
        YES,
    ),
    "bce": (nn.bce_loss, F.binary_cross_entropy, SHARES, YES),
    "bce with logits": (
        lambda a, b: nn.binary_cross_entropy_with_logits(a, b, pos_weight=jt.array(COUNTS)),
        lambda a, b: F.binary_cross_entropy_with_logits(a, b, pos_weight=torch.tensor(COUNTS)),
        SCORES,
        YES,
    ),
}


@pytest.mark.parametrize("name", LOSSES)
def test_losses_and_their_derivatives(name: str) -> None:
    ours, theirs, output, target = LOSSES[name]
    mine, other = jt.array(output), torch.tensor(output, requires_grad=True)
    loss, wanted = ours(mine, jt.array(target)), theirs(other, torch.tensor(target))
    wanted.backward()
    assert loss.item() == pytest.approx(wanted.item(), rel=1e-5)
    np.testing.assert_allclose(jt.grad(loss, mine).numpy(), other.grad.numpy(), 1e-4, 1e-6)


class TorchNet(T.Module):  # type: ignore[misc, name-defined]
    """The net of the digits example."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = T.Conv2d(1, 16, 3, padding=1, bias=False)
        self.norm1 = T.BatchNorm2d(16)
        self.conv2 = T.Conv2d(16, 32, 3, padding=1, bias=False)
        self.norm2 = T.BatchNorm2d(32)
        self.fc1 = T.Linear(32 * 2 * 2, 64)
        self.fc2 = T.Linear(64, 10)

    def forward(self, x: Any) -> Any:
        x = F.max_pool2d(F.relu(self.norm1(self.conv1(x))), 2)
        x = F.max_pool2d(F.relu(self.norm2(self.conv2(x))), 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))


OPTIMIZERS: dict[str, tuple[Callable[..., jt.optim.Optimizer], Callable[..., Any]]] = {
    "SGD": (
        lambda p: jt.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=1e-4),
        lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=1e-4),
    ),
    "Adam": (lambda p: jt.optim.Adam(p, lr=0.003), lambda p: torch.optim.Adam(p, lr=0.003)),
    "AdamW": (
        lambda p: jt.optim.AdamW(p, lr=0.003, weight_decay=0.01),
        lambda p: torch.optim.AdamW(p, lr=0.003, weight_decay=0.01),
    ),
    "RMSprop": (
        lambda p: jt.optim.RMSprop(p, 1e-3, 1e-4),
        lambda p: torch.optim.RMSprop(p, 1e-3, eps=1e-4),
    ),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_ten_steps_on_the_digits_net(name: str) -> None:
    make, make_theirs = OPTIMIZERS[name]
    model, theirs = script("digits").Net(), TorchNet()
    copied(model, theirs)
    optimizer, other = make(model.parameters()), make_theirs(theirs.parameters())
    x = RNG.random((10, 32, 1, 8, 8)).astype(np.float32)
    y = RNG.integers(0, 10, (10, 32))
    for images, classes in zip(x, y, strict=True):
        optimizer.step(nn.cross_entropy_loss(model(jt.array(images)), jt.array(classes)))
        other.zero_grad()
        F.cross_entropy(theirs(torch.tensor(images)), torch.tensor(classes)).backward()
        other.step()
    wanted = theirs.state_dict()
    worst = max(
        np.abs(one.numpy() - wanted[name].numpy()).max()
        for name, one in model.state_dict().items()
        # Jittor's is the variance of the batches themselves, torch's an estimate from them.
        if not name.endswith("running_var")
    )
    print(f"largest difference of weights after 10 steps of {name}: {worst:.2e}")
    assert worst < 1e-4


def test_initial_values_are_distributed_alike() -> None:
    pairs = [
        (nn.Linear(300, 200), T.Linear(300, 200)),
        (nn.Conv2d(16, 64, 3), T.Conv2d(16, 64, 3)),
        (nn.Embedding(200, 100), T.Embedding(200, 100)),
    ]
    for ours, theirs in pairs:
        wanted = {name: one.detach().numpy() for name, one in theirs.named_parameters()}
        for name, one in ours.named_parameters():
            assert one.numpy().std() == pytest.approx(wanted[name].std(), rel=0.3)
            assert np.abs(one.numpy()).max() == pytest.approx(np.abs(wanted[name]).max(), rel=0.4)


class TorchBottleneck(T.Module):  # type: ignore[misc, name-defined]
    """The block of ResNet-50, with a short cut of its own."""

    def __init__(self, depth: int, channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = T.Conv2d(depth, channels, 1, bias=False)
        self.bn1 = T.BatchNorm2d(channels)
        self.conv2 = T.Conv2d(channels, channels, 3, stride, 1, bias=False)
        self.bn2 = T.BatchNorm2d(channels)
        self.conv3 = T.Conv2d(channels, 4 * channels, 1, bias=False)
        self.bn3 = T.BatchNorm2d(4 * channels)
        self.downsample = T.Sequential(
            T.Conv2d(depth, 4 * channels, 1, stride, bias=False), T.BatchNorm2d(4 * channels)
        )

    def forward(self, x: Any) -> Any:
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn3(self.conv3(F.relu(self.bn2(self.conv2(y)))))
        return F.relu(y + self.downsample(x))


def test_the_block_of_resnet_50() -> None:
    ours, theirs = Bottleneck(6, 4, 2), TorchBottleneck(6, 4, 2)
    copied(ours, theirs)
    ours.eval()
    theirs.eval()
    x = normal(2, 6, 9, 8)
    wanted = theirs(torch.tensor(x)).detach().numpy()
    np.testing.assert_allclose(ours(jt.array(x)).numpy(), wanted, 1e-4, 1e-5)

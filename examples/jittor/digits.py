"""Trains a small convolutional net on the handwritten digits of scikit-learn.

python examples/jittor/digits.py [--epochs 8] [--seed 0]

Prints the time that training took and the share of the test images that are read correctly.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterable, Iterator

import numpy as np
from rich.console import Console
from rich.progress import track

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor import nn
from stepwell.frontend.jittor.dataset import DataLoader, TensorDataset


class Net(nn.Module):
    """Two convolutions and two matrices: images [N, 1, 8, 8] to scores [N, 10]."""

    def __init__(self) -> None:
        super().__init__()
        # What follows takes the mean away, and with it any bias.
        self.conv1 = nn.Conv2d(1, 16, 3, padding=1, bias=False)
        self.norm1 = nn.BatchNorm(16)
        self.conv2 = nn.Conv2d(16, 32, 3, padding=1, bias=False)
        self.norm2 = nn.BatchNorm(32)
        self.fc1 = nn.Linear(32 * 2 * 2, 64)
        self.fc2 = nn.Linear(64, 10)

    def execute(self, x: jt.Var) -> jt.Var:
        x = nn.pool(nn.relu(self.norm1(self.conv1(x))), 2)
        x = nn.pool(nn.relu(self.norm2(self.conv2(x))), 2)
        x = x.reshape(x.shape[0], -1)
        return self.fc2(nn.relu(self.fc1(x)))


def images() -> tuple[TensorDataset, TensorDataset]:
    """The digits, for training and for testing: a quarter of them."""
    from sklearn.datasets import load_digits
    from sklearn.model_selection import train_test_split

    digits = load_digits()
    x = (digits.images[:, None] / 16.0).astype(np.float32)
    y = digits.target.astype(np.int32)
    parts = train_test_split(x, y, test_size=0.25, random_state=0, stratify=y)
    return TensorDataset(parts[0], parts[2]), TensorDataset(parts[1], parts[3])


def train(model: nn.Module, dataset: TensorDataset, epochs: int, rate: float = 0.01) -> float:
    """Trains the model, and returns the seconds that took."""
    start = time.perf_counter()
    optimizer = jt.optim.Adam(model.parameters(), lr=rate)
    schedule = jt.lr_scheduler.CosineAnnealingLR(optimizer, epochs)
    batches = DataLoader(dataset, batch_size=32, shuffle=True)
    model.train()
    for epoch in range(epochs):
        losses = []
        for x, y in shown(batches, len(batches), f"epoch {epoch + 1:2}"):
            loss = nn.cross_entropy_loss(model(x), y)
            optimizer.step(loss)
            losses.append(loss.item())
        schedule.step()
        print(f"epoch {epoch + 1:2}: mean loss {np.mean(losses):.4f}")
    return time.perf_counter() - start


def accuracy(model: nn.Module, dataset: TensorDataset) -> float:
    """The share of the images for which the model scores the right class highest."""
    model.eval()
    right = 0
    for x, y in DataLoader(dataset, batch_size=150):
        right += int((model(x).numpy().argmax(1) == y.numpy()).sum())
    return right / dataset.item_count()


def shown(
    batches: Iterable[tuple[jt.Var, ...]], count: int, label: str
) -> Iterator[tuple[jt.Var, ...]]:
    """The batches, with a bar on a terminal that shows how far they are read."""
    if not sys.stdout.isatty():
        yield from batches
        return
    yield from track(batches, label, count, console=Console(), transient=True)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    jt.set_global_seed(options.seed)
    for_training, for_testing = images()
    model = Net()
    seconds = train(model, for_training, options.epochs)
    share = accuracy(model, for_testing)
    print(f"trained in {seconds:.1f} s; test accuracy {share:.2%}")


if __name__ == "__main__":
    main()

"""Layers."""

from __future__ import annotations

from collections.abc import Iterator
from math import sqrt

from stepwell.frontend.jittor.functions import rand, relu, sigmoid, tanh
from stepwell.frontend.jittor.nn.losses import cross_entropy_loss, mse_loss
from stepwell.frontend.jittor.nn.module import Module
from stepwell.frontend.jittor.var import Var


class Linear(Module):
    """`x @ weight.T + bias`; at first both are uniformly distributed within 1 / sqrt(inputs).

    Args:
        in_features: of each row of x. out_features: of each row of the result. bias: whether
        there is one.
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        bound = 1.0 / sqrt(max(in_features, 1))
        self.weight = _uniform(bound, out_features, in_features)
        self.bias = _uniform(bound, out_features) if bias else None

    def execute(self, *inputs: Var) -> Var:
        (x,) = inputs
        product = x @ self.weight.transpose()
        return product if self.bias is None else product + self.bias


def _uniform(bound: float, *shape: int) -> Var:
    """Uniformly distributed in [-bound, bound); computed at once, as parameters are arrays in every
    step alike."""
    return ((rand(*shape) * 2.0 - 1.0) * bound).detach().sync()


class ReLU(Module):
    """`relu` as a layer."""

    def execute(self, *inputs: Var) -> Var:
        return relu(*inputs)


class Sigmoid(Module):
    """`sigmoid` as a layer."""

    def execute(self, *inputs: Var) -> Var:
        return sigmoid(*inputs)


class Tanh(Module):
    """`tanh` as a layer."""

    def execute(self, *inputs: Var) -> Var:
        return tanh(*inputs)


class MSELoss(Module):
    """`mse_loss` as a layer."""

    def execute(self, *inputs: Var) -> Var:
        return mse_loss(*inputs)


class CrossEntropyLoss(Module):
    """`cross_entropy_loss` as a layer."""

    def execute(self, *inputs: Var) -> Var:
        return cross_entropy_loss(*inputs)


class Sequential(Module):
    """Layers, each applied to the result of the one before."""

    def __init__(self, *layers: Module) -> None:
        super().__init__()
        self.layers = list(layers)

    def parts(self) -> Iterator[tuple[str, Module]]:
        """The layers, named by their numbers."""
        return ((str(number), layer) for number, layer in enumerate(self.layers))

    def execute(self, *inputs: Var) -> Var:
        (x,) = inputs
        for layer in self.layers:
            x = layer(x)
        return x

    def append(self, layer: Module) -> Sequential:
        """Adds a layer at the end."""
        self.layers.append(layer)
        return self

    def __getitem__(self, number: int) -> Module:
        return self.layers[number]

    def __len__(self) -> int:
        return len(self.layers)

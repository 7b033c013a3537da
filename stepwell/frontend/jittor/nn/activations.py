"""Functions of single elements, and softmax, as layers."""

from __future__ import annotations

from stepwell.frontend.jittor.nn import functional
from stepwell.frontend.jittor.nn.module import Module
from stepwell.frontend.jittor.var import Var


class ReLU(Module):
    """`relu` as a layer."""

    def execute(self, x: Var) -> Var:
        return functional.relu(x)


class LeakyReLU(Module):
    """`leaky_relu` as a layer: negative elements are multiplied by `scale`."""

    def __init__(self, scale: float = 0.01) -> None:
        super().__init__()
        self.scale = scale

    def execute(self, x: Var) -> Var:
        return functional.leaky_relu(x, self.scale)


class GELU(Module):
    """`gelu` as a layer."""

    def execute(self, x: Var) -> Var:
        return functional.gelu(x)


class SiLU(Module):
    """`silu` as a layer."""

    def execute(self, x: Var) -> Var:
        return functional.silu(x)


class Sigmoid(Module):
    """`sigmoid` as a layer."""

    def execute(self, x: Var) -> Var:
        return functional.sigmoid(x)


class Tanh(Module):
    """`tanh` as a layer."""

    def execute(self, x: Var) -> Var:
        return functional.tanh(x)


class Softmax(Module):
    """`softmax` along `dim` as a layer."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def execute(self, x: Var) -> Var:
        return functional.softmax(x, self.dim)


class LogSoftmax(Module):
    """`log_softmax` along `dim` as a layer."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def execute(self, x: Var) -> Var:
        return functional.log_softmax(x, self.dim)

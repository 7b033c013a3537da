"""Functions of single elements, and softmax, as layers."""

from __future__ import annotations

from stepwell.frontend.jittor.nn import activation_functions, functional, init
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


class ReLU6(Module):
    """`relu6` as a layer."""

    def execute(self, x: Var) -> Var:
        return functional.relu6(x)


class SELU(Module):
    """`selu` as a layer."""

    def execute(self, x: Var) -> Var:
        return activation_functions.selu(x)


class Softsign(Module):
    """`softsign` as a layer."""

    def execute(self, x: Var) -> Var:
        return activation_functions.softsign(x)


class LogSigmoid(Module):
    """`logsigmoid` as a layer."""

    def execute(self, x: Var) -> Var:
        return activation_functions.logsigmoid(x)


class Mish(Module):
    """`mish` as a layer."""

    def execute(self, x: Var) -> Var:
        return activation_functions.mish(x)


class Hardsigmoid(Module):
    """`hardsigmoid` as a layer."""

    def execute(self, x: Var) -> Var:
        return activation_functions.hardsigmoid(x)


class Hardswish(Module):
    """`hardswish` as a layer."""

    def execute(self, x: Var) -> Var:
        return activation_functions.hardswish(x)


class ELU(Module):
    """`elu` as a layer."""

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha

    def execute(self, x: Var) -> Var:
        return activation_functions.elu(x, self.alpha)


class CELU(Module):
    """`celu` as a layer."""

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = alpha

    def execute(self, x: Var) -> Var:
        return activation_functions.celu(x, self.alpha)


class Softplus(Module):
    """`softplus` as a layer."""

    def __init__(self, beta: float = 1.0, threshold: float = 20.0) -> None:
        super().__init__()
        self.beta = beta
        self.threshold = threshold

    def execute(self, x: Var) -> Var:
        return activation_functions.softplus(x, self.beta, self.threshold)


class Hardtanh(Module):
    """`hardtanh` as a layer."""

    def __init__(self, min_val: float = -1.0, max_val: float = 1.0) -> None:
        super().__init__()
        self.min_val = min_val
        self.max_val = max_val

    def execute(self, x: Var) -> Var:
        return activation_functions.hardtanh(x, self.min_val, self.max_val)


class GLU(Module):
    """`glu` as a layer."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        self.dim = dim

    def execute(self, x: Var) -> Var:
        return activation_functions.glu(x, self.dim)


class PReLU(Module):
    """`prelu` as a layer: one weight, or one for each channel, at first `init_`."""

    def __init__(self, num_parameters: int = 1, init_: float = 0.25) -> None:
        super().__init__()
        self.weight = init.constant(num_parameters, value=init_)

    def execute(self, x: Var) -> Var:
        return activation_functions.prelu(x, self.weight)


Swish = SiLU

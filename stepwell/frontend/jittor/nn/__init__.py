"""Layers, losses and the base of models."""

from stepwell.frontend.jittor.functions import relu, sigmoid, tanh
from stepwell.frontend.jittor.nn import functional
from stepwell.frontend.jittor.nn.layers import (
    CrossEntropyLoss,
    Linear,
    MSELoss,
    ReLU,
    Sequential,
    Sigmoid,
    Tanh,
)
from stepwell.frontend.jittor.nn.losses import (
    cross_entropy_loss,
    log_softmax,
    mse_loss,
    softmax,
)
from stepwell.frontend.jittor.nn.module import Module

__all__ = [
    "CrossEntropyLoss",
    "Linear",
    "MSELoss",
    "Module",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "cross_entropy_loss",
    "log_softmax",
    "mse_loss",
    "relu",
    "sigmoid",
    "softmax",
    "tanh",
]

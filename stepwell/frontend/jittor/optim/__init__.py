"""Optimisers: from derivatives to better parameters."""

from stepwell.frontend.jittor.optim.adam import Adam, AdamW
from stepwell.frontend.jittor.optim.group import ParamGroup
from stepwell.frontend.jittor.optim.optimizer import Optimizer
from stepwell.frontend.jittor.optim.rmsprop import RMSprop
from stepwell.frontend.jittor.optim.sgd import SGD

__all__ = ["Adam", "AdamW", "Optimizer", "ParamGroup", "RMSprop", "SGD"]

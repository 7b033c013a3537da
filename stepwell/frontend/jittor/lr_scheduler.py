"""Schedules of an optimiser's rate, by Jittor's names.

The rate after `n` calls of `step()` is the first rate times a factor that depends on `n` alone; so
a schedule is resumed by `last_epoch`, and compiles nothing, as rates are arguments.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from math import cos, inf, pi
from typing import SupportsFloat

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.optim import Optimizer


class LRScheduler:
    """Base of schedules. A subclass defines `rate`.

    Args:
        optimizer: whose rate is set. last_epoch: the calls of `step()` that were made before, less
            one; the optimiser has its first rate then.
    """

    def __init__(self, optimizer: Optimizer, last_epoch: int = -1) -> None:
        self.optimizer = optimizer
        self.last_epoch = last_epoch
        self.base_lr = optimizer.lr
        self.base_lr_groups = [
            optimizer.setting(group, "lr") if "lr" in group else None
            for group in optimizer.param_groups
        ]
        if last_epoch >= 0:
            self._set()

    def rate(self, first: float, epoch: int) -> float:
        """The rate after `epoch` calls of `step()`, if it is `first` after none."""
        raise NotImplementedError

    def step(self) -> None:
        """Sets the rate of the next epoch."""
        self.last_epoch += 1
        self._set()

    def _set(self) -> None:
        epoch = self.last_epoch + 1
        self.optimizer.lr = self.rate(self.base_lr, epoch)
        for group, first in zip(self.optimizer.param_groups, self.base_lr_groups, strict=True):
            if first is not None:
                group["lr"] = self.rate(first, epoch)

    def get_lr(self) -> float:
        """The rate as it is."""
        return self.optimizer.lr


class StepLR(LRScheduler):
    """A rate that is multiplied by `gamma` after each `step_size` epochs."""

    def __init__(
        self, optimizer: Optimizer, step_size: int, gamma: float = 0.1, last_epoch: int = -1
    ) -> None:
        if step_size < 1:
            raise TensorError(f"the step_size is 1 or more, not {step_size}")
        self.step_size = step_size
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def rate(self, first: float, epoch: int) -> float:
        return first * self.gamma ** (epoch // self.step_size)


class MultiStepLR(LRScheduler):
    """A rate that is multiplied by `gamma` after each of the `milestones`."""

    def __init__(
        self,
        optimizer: Optimizer,
        milestones: Sequence[int] = (),
        gamma: float = 0.1,
        last_epoch: int = -1,
    ) -> None:
        self.milestones = sorted(milestones)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def rate(self, first: float, epoch: int) -> float:
        return first * self.gamma ** bisect_right(self.milestones, epoch)


class ExponentialLR(LRScheduler):
    """A rate that is multiplied by `gamma` after each epoch."""

    def __init__(self, optimizer: Optimizer, gamma: float, last_epoch: int = -1) -> None:
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def rate(self, first: float, epoch: int) -> float:
        return first * float(self.gamma**epoch)


class CosineAnnealingLR(LRScheduler):
    """A rate that goes down to `eta_min` along half a wave of `T_max` epochs, and up again.

    Source: Loshchilov and Hutter, "SGDR: stochastic gradient descent with warm restarts", 2017.
    """

    def __init__(
        self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0, last_epoch: int = -1
    ) -> None:
        if T_max < 1:
            raise TensorError(f"T_max is 1 or more, not {T_max}")
        self.T_max = T_max
        self.eta_min = eta_min
        super().__init__(optimizer, last_epoch)

    def rate(self, first: float, epoch: int) -> float:
        return self.eta_min + (first - self.eta_min) * (1.0 + cos(pi * epoch / self.T_max)) / 2.0


class LambdaLR(LRScheduler):
    """A rate that is the first one times what a function gives for the epoch."""

    def __init__(
        self, optimizer: Optimizer, lr_lambda: Callable[[int], float], last_epoch: int = -1
    ) -> None:
        self.lr_lambda = lr_lambda
        super().__init__(optimizer, last_epoch)

    def rate(self, first: float, epoch: int) -> float:
        return first * self.lr_lambda(epoch)


class ReduceLROnPlateau:
    """A rate that is multiplied by `factor` when a measure has not become better for a while.

    Args:
        optimizer: whose rates are set. mode: "min" if smaller is better, or "max". factor: below 1.
            patience: the calls of `step(measure)` without something better that are let pass.
            threshold: how much better counts: a share of the best, or an amount, as threshold_mode
            ("rel" or "abs") says. cooldown: the calls after a change that count for nothing.
            min_lr: no rate goes below. eps: no rate is changed by less.

    Raises:
        TensorError: a mode is none of these, or the factor is not below 1.
    """

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
    ) -> None:
        if mode not in ("min", "max") or threshold_mode not in ("rel", "abs"):
            raise TensorError(f"modes are min, max and rel, abs; not {mode}, {threshold_mode}")
        if factor >= 1.0:
            raise TensorError(f"the factor is below 1, not {factor}")
        self.optimizer = optimizer
        self.mode = mode
        self.factor = factor
        self.patience = patience
        self.threshold = threshold
        self.threshold_mode = threshold_mode
        self.cooldown = cooldown
        self.min_lr = min_lr
        self.eps = eps
        self.best = inf if mode == "min" else -inf
        self.last_epoch = 0
        self._bad = 0
        self._resting = 0

    def step(self, measure: SupportsFloat) -> None:
        """Takes the measure of an epoch into account."""
        value = float(measure)
        self.last_epoch += 1
        if self.better(value, self.best):
            self.best = value
            self._bad = 0
        else:
            self._bad += 1
        if self._resting:
            self._resting -= 1
            self._bad = 0
        if self._bad > self.patience:
            self._reduce()
            self._resting = self.cooldown
            self._bad = 0

    def better(self, value: float, best: float) -> bool:
        """Whether `value` is enough better than `best`."""
        sign = -1.0 if self.mode == "min" else 1.0
        if abs(best) == inf:
            return value == value
        by = abs(best) * self.threshold if self.threshold_mode == "rel" else self.threshold
        return sign * (value - best) > by

    def get_lr(self) -> float:
        """The rate as it is."""
        return self.optimizer.lr

    def _reduce(self) -> None:
        self.optimizer.lr = self._lower(self.optimizer.lr)
        for group in self.optimizer.param_groups:
            if "lr" in group:
                group["lr"] = self._lower(self.optimizer.setting(group, "lr"))

    def _lower(self, rate: float) -> float:
        new = max(rate * self.factor, self.min_lr)
        return new if rate - new > self.eps else rate

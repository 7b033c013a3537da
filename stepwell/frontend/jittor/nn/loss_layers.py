"""Losses as layers: what is the same for all batches is said once."""

from __future__ import annotations

from stepwell.frontend.jittor.nn import losses
from stepwell.frontend.jittor.nn.module import Module
from stepwell.frontend.jittor.var import Var


class MSELoss(Module):
    """`mse_loss` as a layer."""

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def execute(self, output: Var, target: Var) -> Var:
        return losses.mse_loss(output, target, self.reduction)


class L1Loss(Module):
    """`l1_loss` as a layer."""

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = reduction

    def execute(self, output: Var, target: Var) -> Var:
        return losses.l1_loss(output, target, self.reduction)


class CrossEntropyLoss(Module):
    """`cross_entropy_loss` as a layer."""

    def __init__(
        self,
        weight: Var | None = None,
        ignore_index: int | None = None,
        reduction: str = "mean",
    ) -> None:
        super().__init__()
        self._weight = weight
        self.ignore_index = ignore_index
        self.reduction = reduction

    def execute(self, output: Var, target: Var) -> Var:
        return losses.cross_entropy_loss(
            output, target, self._weight, self.ignore_index, self.reduction
        )


class NLLLoss(CrossEntropyLoss):
    """`nll_loss` as a layer."""

    def execute(self, output: Var, target: Var) -> Var:
        return losses.nll_loss(output, target, self._weight, self.ignore_index, self.reduction)


class BCELoss(Module):
    """`bce_loss` as a layer."""

    def __init__(
        self, weight: Var | None = None, size_average: bool = True, reduction: str | None = None
    ) -> None:
        super().__init__()
        self._weight = weight
        self.size_average = size_average
        self.reduction = reduction

    def execute(self, output: Var, target: Var) -> Var:
        return losses.bce_loss(output, target, self._weight, self.size_average, self.reduction)


class BCEWithLogitsLoss(Module):
    """`binary_cross_entropy_with_logits` as a layer."""

    def __init__(
        self,
        weight: Var | None = None,
        pos_weight: Var | None = None,
        size_average: bool = True,
        reduction: str | None = None,
    ) -> None:
        super().__init__()
        self._weight = weight
        self._pos_weight = pos_weight
        self.size_average = size_average
        self.reduction = reduction

    def execute(self, output: Var, target: Var) -> Var:
        return losses.binary_cross_entropy_with_logits(
            output, target, self._weight, self._pos_weight, self.size_average, self.reduction
        )


class SmoothL1Loss(Module):
    """`smooth_l1_loss` as a layer."""

    def __init__(self, reduction: str = "mean", beta: float = 1.0) -> None:
        super().__init__()
        self.reduction = reduction
        self.beta = beta

    def execute(self, output: Var, target: Var) -> Var:
        return losses.smooth_l1_loss(output, target, self.reduction, self.beta)


class HuberLoss(Module):
    """`huber_loss` as a layer."""

    def __init__(self, delta: float = 1.0, reduction: str = "mean") -> None:
        super().__init__()
        self.delta = delta
        self.reduction = reduction

    def execute(self, output: Var, target: Var) -> Var:
        return losses.huber_loss(output, target, self.delta, self.reduction)


class KLDivLoss(Module):
    """`kl_div` as a layer."""

    def __init__(self, reduction: str = "mean", log_target: bool = False) -> None:
        super().__init__()
        self.reduction = reduction
        self.log_target = log_target

    def execute(self, output: Var, target: Var) -> Var:
        return losses.kl_div(output, target, self.reduction, self.log_target)

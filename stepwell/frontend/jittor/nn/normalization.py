"""Layers that give what passes a mean of 0 and a variance of 1."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.nn import init
from stepwell.frontend.jittor.nn.functional import (
    batch_norm,
    group_norm,
    instance_norm,
    layer_norm,
    moments,
)
from stepwell.frontend.jittor.nn.module import Module
from stepwell.frontend.jittor.var import Var


class BatchNorm(Module):
    """Normalises each channel (dimension 1) of a batch.

    In training with the batch's own mean and variance, of which it keeps running means; these are
    what it uses after `eval()`. As in Jittor, the running variance is that of the batch itself, not
    an estimate of where it came from. Keeping is lazy: it happens with the next value that is
    computed.

    Args:
        num_features: the number of channels. eps: added to the variance. momentum: the share of a
            new batch in the running means. affine: whether the result is scaled and shifted by
            parameters. is_train: whether it starts in training. sync: for Jittor's sake.

    Source: Ioffe and Szegedy, "Batch normalization", 2015.
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        is_train: bool = True,
        sync: bool = True,
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.is_train = is_train
        self.weight = init.one(num_features) if affine else None
        self.bias = init.zero(num_features) if affine else None
        self.running_mean = self.register_buffer("running_mean", init.zero(num_features))
        self.running_var = self.register_buffer("running_var", init.one(num_features))

    def execute(self, x: Var) -> Var:
        if x.ndim < 2 or x.shape[1] != self.num_features:
            raise TensorError(
                f"this BatchNorm takes {self.num_features} channels, not the shape {x.shape!r}"
            )
        mean, variance = self.running_mean, self.running_var
        if self.is_train:
            mean, variance = self._of_batch(x)
        return batch_norm(x, mean, variance, self.weight, self.bias, self.eps)

    def _of_batch(self, x: Var) -> tuple[Var, Var]:
        """Mean and variance of each channel, which the running ones take into account."""
        mean, variance = moments(x)
        for kept, new in ((self.running_mean, mean), (self.running_var, variance)):
            kept.update(kept + (new - kept) * self.momentum)
        return mean, variance


BatchNorm1d = BatchNorm2d = BatchNorm3d = BatchNorm


class LayerNorm(Module):
    """Normalises the last dimensions of each element of a batch.

    Args:
        normalized_shape: the sizes of those dimensions. eps: added to the variance.
        elementwise_affine: whether the result is scaled and shifted by parameters.

    Source: Ba et al., "Layer normalization", 2016.
    """

    def __init__(
        self,
        normalized_shape: int | Sequence[int],
        eps: float = 1e-5,
        elementwise_affine: bool = True,
    ) -> None:
        super().__init__()
        shape = normalized_shape
        self.normalized_shape = (shape,) if isinstance(shape, int) else tuple(shape)
        self.eps = eps
        self.elementwise_affine = elementwise_affine
        self.weight = init.one(self.normalized_shape) if elementwise_affine else None
        self.bias = init.zero(self.normalized_shape) if elementwise_affine else None

    def execute(self, x: Var) -> Var:
        return layer_norm(x, self.normalized_shape, self.weight, self.bias, self.eps)


class GroupNorm(Module):
    """Normalises groups of channels (dimension 1), for each element of a batch by itself.

    Args:
        num_groups: into how many parts the channels fall. num_channels: how many there are. eps:
            added to the variance. affine: whether each channel is scaled and shifted by parameters.

    Raises:
        TensorError: the channels do not fall into the groups.

    Source: Wu and He, "Group normalization", 2018.
    """

    def __init__(
        self, num_groups: int, num_channels: int, eps: float = 1e-5, affine: bool = True
    ) -> None:
        super().__init__()
        if num_groups < 1 or num_channels % num_groups:
            raise TensorError(f"{num_channels} channels do not fall into {num_groups} groups")
        self.num_groups = num_groups
        self.num_channels = num_channels
        self.eps = eps
        self.affine = affine
        self.weight = init.one(num_channels) if affine else None
        self.bias = init.zero(num_channels) if affine else None

    def execute(self, x: Var) -> Var:
        return group_norm(x, self.num_groups, self.weight, self.bias, self.eps)


class InstanceNorm(Module):
    """Normalises each channel (dimension 1), for each element of a batch by itself.

    Args:
        num_features: the number of channels. eps: added to the variance. affine: whether the
            result is scaled and shifted by parameters.

    Source: Ulyanov et al., "Instance normalization", 2016.
    """

    def __init__(
        self, num_features: int, eps: float = 1e-5, momentum: float = 0.1, affine: bool = True
    ) -> None:
        super().__init__()
        self.num_features = num_features
        self.eps = eps
        self.momentum = momentum
        self.affine = affine
        self.weight = init.one(num_features) if affine else None
        self.bias = init.zero(num_features) if affine else None

    def execute(self, x: Var) -> Var:
        return instance_norm(x, self.weight, self.bias, self.eps)


InstanceNorm1d = InstanceNorm2d = InstanceNorm3d = InstanceNorm

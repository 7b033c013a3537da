"""Losses: how far a model's output is from what is wanted, as one number.

Where there is a `reduction`, it is "mean", "sum", or "none" for the loss of each element.
"""

from __future__ import annotations

from math import nan

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.functions import abs, arange, exp, log, maximum, sqrt, ternary
from stepwell.frontend.jittor.nn.functional import log_softmax
from stepwell.frontend.jittor.var import Var

# Below it no logarithm is taken; as in Jittor.
_LEAST = 1e-20


def mse_loss(output: Var, target: Var, reduction: str = "mean") -> Var:
    """The squared differences."""
    difference = output - target
    return _reduced(difference * difference, reduction)


def l1_loss(output: Var, target: Var, reduction: str = "mean") -> Var:
    """The absolute differences."""
    return _reduced(abs(output - target), reduction)


def smooth_l1_loss(output: Var, target: Var, reduction: str = "mean", beta: float = 1.0) -> Var:
    """As `l1_loss`, but with a parabola below `beta`.

    Source: Girshick, "Fast R-CNN", 2015.
    """
    distance = abs(output - target)
    bowl = distance * distance * (0.5 / beta)
    return _reduced(ternary(distance < beta, bowl, distance - 0.5 * beta), reduction)


def cross_entropy_loss(
    output: Var,
    target: Var,
    weight: Var | None = None,
    ignore_index: int | None = None,
    reduction: str = "mean",
) -> Var:
    """-log_softmax(output) at the classes `target`.

    Args:
        output: scores of shape [rows, classes], or [rows, classes, ...] with a class for each
            place. target: the class numbers; a number that is no class gives nan. weight: how much
            each class counts; the mean is one of counts. ignore_index: a class number that does
            not count. reduction: see above.

    Raises:
        TensorError: the shapes are others.
    """
    rows, wanted = _as_rows(output, target)
    losses = nll_loss(log_softmax(rows, 1), wanted, weight, ignore_index, reduction)
    return losses.reshape(target.shape) if reduction == "none" else losses


def nll_loss(
    output: Var,
    target: Var,
    weight: Var | None = None,
    ignore_index: int | None = None,
    reduction: str = "mean",
) -> Var:
    """As `cross_entropy_loss`, but `output` is logarithms of probabilities already."""
    rows, wanted = _as_rows(output, target)
    column = wanted.unsqueeze(1)
    count = rows.shape[1]
    chosen = arange(count) == column
    losses = -ternary(chosen, rows, 0).sum(1)
    losses = ternary(_is_class(wanted, count), losses, nan)
    if weight is None and ignore_index is None:
        return _reduced(losses, reduction)
    if weight is None:
        counts = wanted.cast(rows.dtype) * 0 + 1
    else:
        counts = ternary(chosen, weight.cast(rows.dtype), 0).sum(1)
    if ignore_index is not None:
        counts = ternary(wanted == ignore_index, 0, counts)
        losses = ternary(wanted == ignore_index, 0, losses)
    total = losses * counts
    return total.sum() / counts.sum() if reduction == "mean" else _reduced(total, reduction)


def bce_loss(
    output: Var,
    target: Var,
    weight: Var | None = None,
    size_average: bool = True,
    reduction: str | None = None,
) -> Var:
    """-log of the probability that `output` gives to `target`, where it is 1, and 1 - `output`
    where that is 0.

    Args:
        output: probabilities. target: 0, 1, or between. weight: how much each element counts.
            size_average: whether the mean is wanted, not the sum; `reduction` says more.
    """
    yes = target * log(maximum(output, _LEAST))
    no = (1.0 - target) * log(maximum(1.0 - output, _LEAST))
    losses = -(yes + no)
    return _reduced(losses if weight is None else losses * weight, reduction, size_average)


def binary_cross_entropy_with_logits(
    output: Var,
    target: Var,
    weight: Var | None = None,
    pos_weight: Var | None = None,
    size_average: bool = True,
    reduction: str | None = None,
) -> Var:
    """`bce_loss` of sigmoid(output), without the loss of digits.

    Args:
        output: scores. target, weight, size_average, reduction: as for `bce_loss`. pos_weight: how
            much an element of target 1 counts.
    """
    # log(1 + exp(-x)) without overflow, whatever the sign of x.
    softplus = log(exp(-abs(output)) + 1.0) + maximum(-output, 0.0)
    counts = target * (pos_weight - 1.0) + 1.0 if pos_weight is not None else None
    losses = (1.0 - target) * output + (softplus if counts is None else softplus * counts)
    return _reduced(losses if weight is None else losses * weight, reduction, size_average)


def _reduced(losses: Var, reduction: str | None, size_average: bool = True) -> Var:
    if reduction is None:
        reduction = "mean" if size_average else "sum"
    if reduction not in ("mean", "sum", "none"):
        raise TensorError(f"the reduction is mean, sum or none, not '{reduction}'")
    if reduction == "none":
        return losses
    return losses.mean() if reduction == "mean" else losses.sum()


def _is_class(numbers: Var, count: int) -> Var:
    # As one product, because there is no `and` of arrays in Python's words.
    return ((numbers >= 0).cast("int32") * (numbers < count).cast("int32")) > 0


def _as_rows(output: Var, target: Var) -> tuple[Var, Var]:
    """The scores as [rows, classes], and the class of each row."""
    given, wanted = output.shape, target.shape
    if output.ndim < 2 or tuple(wanted) != (given[0], *given[2:]):
        raise TensorError(
            "the loss takes scores of [rows, classes] and one class a row, "
            f"not {given!r} and {wanted!r}"
        )
    if output.ndim == 2:
        return output, target
    last = output.transpose(0, *range(2, output.ndim), 1)
    return last.reshape(-1, given[1]), target.reshape(-1)


binary_cross_entropy = bce_loss


def huber_loss(output: Var, target: Var, delta: float = 1.0, reduction: str = "mean") -> Var:
    """Half the squared differences up to `delta`, from there on straight lines.

    Source: Huber, "Robust estimation of a location parameter", 1964.
    """
    return smooth_l1_loss(output, target, reduction, delta) * delta


def kl_div(output: Var, target: Var, reduction: str = "mean", log_target: bool = False) -> Var:
    """The divergence of a distribution `target` from the one whose logarithms are `output`.

    Args:
        reduction: as elsewhere, or "batchmean": the sum by the number of rows. log_target: whether
            the target is given by its logarithms too.
    """
    if log_target:
        each = exp(target) * (target - output)
    else:
        known = target > 0
        each = ternary(known, target * (log(ternary(known, target, 1.0)) - output), 0.0)
    if reduction == "batchmean":
        return each.sum() / output.shape[0]
    return _reduced(each, reduction)


def cosine_similarity(x: Var, y: Var, dim: int = 1, eps: float = 1e-8) -> Var:
    """The cosine of the angle between the vectors along `dim`, whose lengths are at least `eps`."""
    lengths = [sqrt(maximum((one * one).sum(dim), eps * eps)) for one in (x, y)]
    return (x * y).sum(dim) / (lengths[0] * lengths[1])


def cosine_embedding_loss(
    x: Var, y: Var, target: Var, margin: float = 0.0, reduction: str = "mean"
) -> Var:
    """1 less the cosine where `target` is 1; the cosine above `margin` where it is -1."""
    cosine = cosine_similarity(x, y, x.ndim - 1)
    apart = maximum(cosine - margin, 0.0)
    return _reduced(ternary(target > 0, 1.0 - cosine, apart), reduction)


def margin_ranking_loss(
    x: Var, y: Var, target: Var, margin: float = 0.0, reduction: str = "mean"
) -> Var:
    """How far `x` is from being greater than `y` by `margin`; less where `target` is -1."""
    return _reduced(maximum(margin - target * (x - y), 0.0), reduction)


def hinge_embedding_loss(x: Var, target: Var, margin: float = 1.0, reduction: str = "mean") -> Var:
    """`x` where `target` is 1; how far it is below `margin` where that is -1."""
    return _reduced(ternary(target > 0, x, maximum(margin - x, 0.0)), reduction)


def triplet_margin_loss(
    anchor: Var,
    positive: Var,
    negative: Var,
    margin: float = 1.0,
    eps: float = 1e-6,
    reduction: str = "mean",
) -> Var:
    """How much farther `positive` is from `anchor` than `negative`, plus `margin`, if above 0.

    Source: Balntas et al., "Learning local feature descriptors with triplets", 2016.
    """
    near, far = (anchor - positive + eps, anchor - negative + eps)
    apart = [sqrt((one * one).sum(one.ndim - 1)) for one in (near, far)]
    return _reduced(maximum(apart[0] - apart[1] + margin, 0.0), reduction)

"""Derivatives: `grad`, and the blocks in which none are recorded.

`Var.backward` is the other way to ask for them.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import overload

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.gradients import node_gradients
from stepwell.frontend.jittor.var import RECORDING, Var


@overload
def grad(loss: Var, targets: Var, retain_graph: bool = True) -> Var: ...


@overload
def grad(loss: Var, targets: Sequence[Var], retain_graph: bool = True) -> list[Var]: ...


def grad(loss: Var, targets: Var | Sequence[Var], retain_graph: bool = True) -> Var | list[Var]:
    """The derivatives of the sum of `loss` by each of `targets`.

    Where nothing leads from a target to the loss they are zero, with a warning. The derivative of a
    product over elements is NaN where one of them is 0.

    Args:
        loss: a Var of floats. targets: one Var or several. retain_graph: taken because Jittor's
            has it; graphs are kept as long as something refers to them.

    Raises:
        TensorError: the loss is not of floats.
    """
    if not loss.dtype.is_float:
        raise TensorError(f"derivatives need a loss of floats, not of {loss.dtype}")
    wanted = [targets] if isinstance(targets, Var) else list(targets)
    found = node_gradients(loss.node, [one.node for one in wanted])
    made = []
    for number, (one, g) in enumerate(zip(wanted, found, strict=True)):
        if g is None:
            text = f"grads[{number}] doesn't have gradient. It will be set to zero"
            warnings.warn(text, stacklevel=2)
            g = ops.full(one.node.shape, 0, one.dtype)
        made.append(Var(g))
    return made[0] if isinstance(targets, Var) else made


@contextmanager
def no_grad() -> Iterator[None]:
    """Inside, what is computed is constant for derivatives."""
    with _recording(False):
        yield


@contextmanager
def enable_grad() -> Iterator[None]:
    """Inside, derivatives can be taken again, in a `no_grad` block too."""
    with _recording(True):
        yield


@contextmanager
def _recording(wanted: bool) -> Iterator[None]:
    before = RECORDING.enabled
    RECORDING.enabled = wanted
    try:
        yield
    finally:
        RECORDING.enabled = before

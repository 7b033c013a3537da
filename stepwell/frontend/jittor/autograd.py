"""`grad`: derivatives of a Var by others, backwards through the graph."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import overload

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.gradients import derivatives
from stepwell.frontend.jittor.node import Node
from stepwell.frontend.jittor.var import Var


@overload
def grad(loss: Var, targets: Var) -> Var: ...


@overload
def grad(loss: Var, targets: Sequence[Var]) -> list[Var]: ...


def grad(loss: Var, targets: Var | Sequence[Var]) -> Var | list[Var]:
    """The derivatives of the sum of `loss` by each of `targets`.

    Where nothing leads from a target to the loss they are zero, with a warning. The derivative of a
    product over elements is NaN where one of them is 0.

    Args:
        loss: a Var of floats. targets: one Var or several.

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


def node_gradients(loss: Node, targets: Sequence[Node]) -> list[Node | None]:
    """The derivatives of the sum of `loss` by each of `targets`; None where there is none."""
    order = _between(loss, set(targets))
    flows = set(order)
    arrived: dict[Node, Node] = {loss: ops.full(loss.shape, 1, loss.dtype)}
    for node in reversed(order):
        g = arrived.get(node)
        if g is None or node.stops_gradient or not node.inputs:
            continue
        if not any(one in flows for one in node.inputs):
            continue
        for operand, part in zip(node.inputs, derivatives(node, g), strict=True):
            if part is None or operand not in flows:
                continue
            before = arrived.get(operand)
            arrived[operand] = part if before is None else ops.binary("add", before, part)
    return [arrived.get(one) if one in flows else None for one in targets]


def _between(loss: Node, targets: set[Node]) -> list[Node]:
    """The nodes of floats through which `loss` depends on a target, operands before users."""
    order: list[Node] = []
    leads: dict[Node, bool] = {}
    pending = [loss]
    while pending:
        node = pending[-1]
        if node in leads:
            pending.pop()
            continue
        inputs = () if node.stops_gradient else node.inputs
        missing = [one for one in inputs if one not in leads]
        if missing:
            pending += missing
            continue
        pending.pop()
        through = node in targets or any(leads[one] for one in inputs)
        leads[node] = through and node.dtype.is_float
        if leads[node]:
            order.append(node)
    return order

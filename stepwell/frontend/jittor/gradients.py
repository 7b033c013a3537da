"""Derivatives in the graph: one node for all that are asked for together, and one for each of them.

Nothing is differentiated here. The nodes become `meta.gradient`, which the pass `differentiate`
expands when a program is compiled for the first time.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.frontend.jittor.node import (
    History,
    Node,
    StateNode,
    instruction,
    new_gradient_node,
    new_node,
)


def node_gradients(loss: Node, targets: Sequence[Node]) -> list[Node | None]:
    """The derivatives of the sum of `loss` by each of `targets`; None where there is none."""
    history, flowing = _between(loss, targets)
    wanted = [one for one in dict.fromkeys(targets) if one in flowing]
    if not wanted:
        return [None] * len(targets)
    made = instruction("gradient", loss.dtype, len(loss.shape))
    gradient = new_gradient_node(made, (loss, *wanted), loss.shape, history)
    parts: dict[Node, Node] = {}
    for number, one in enumerate(wanted):
        part = instruction("gradient_part", one.dtype, len(one.shape), (number,))
        parts[one] = new_node(part, (gradient, one), one.shape)
    return [parts.get(one) for one in targets]


def _between(loss: Node, targets: Sequence[Node]) -> tuple[History, set[Node]]:
    """How the nodes that lead from a target to `loss` are computed, and which nodes, targets among
    them, lead to it; all by floats alone.

    The history is written down, because nodes whose values are known may forget it.
    """
    history: History = {}
    leads: dict[Node, bool] = {}
    flowing: set[Node] = set()
    asked_for = set(targets)
    pending = [loss]
    while pending:
        node = pending[-1]
        if node in leads:
            pending.pop()
            continue
        inputs = () if node.stops_gradient else node.inputs
        depth = len(pending)
        through = False
        for one in inputs:
            if one not in leads:
                pending.append(one)
            elif leads[one]:
                through = True
        if len(pending) != depth:
            continue
        pending.pop()
        if not node.instruction.dtype.is_float:
            leads[node] = False
            continue
        if through:
            history[node] = node.instruction, inputs
        leads[node] = through = through or node in asked_for
        if through:
            flowing.add(node)
    return history, flowing


def sources_of(loss: Node) -> list[Node]:
    """The nodes of floats that `loss` is computed from and derivatives may be wanted of: given
    values, and the state that `update` made; in the order in which they are met."""
    found: dict[Node, None] = {}
    seen = {loss}
    pending = [loss]
    while pending:
        node = pending.pop()
        is_state = isinstance(node, StateNode)
        if node.dtype.is_float and (is_state or not (node.inputs or node.stops_gradient)):
            found[node] = None
        for one in () if node.stops_gradient else reversed(node.inputs):
            if one not in seen:
                seen.add(one)
                pending.append(one)
    return list(found)

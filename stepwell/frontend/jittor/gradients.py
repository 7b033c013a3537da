"""Derivatives in the graph: one node for all that are asked for together, and one for each of them.

Nothing is differentiated here. The nodes become `meta.gradient`, which the pass `differentiate`
expands when a program is compiled for the first time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.node import (
    History,
    Node,
    StateNode,
    StoppedNode,
    instruction,
    new_gradient_node,
    new_node,
    new_node_of,
)


@dataclass(frozen=True, slots=True, eq=False)
class Call:
    """A call of a function that says its derivative itself.

    Attributes:
        inputs: the nodes it was called with.
        count: how many results it has.
        derivative: from the derivative by each result to that by each input.
    """

    inputs: tuple[Node, ...]
    count: int
    derivative: Callable[[Sequence[Node | None]], Sequence[Node | None]]


class CalledNode(StoppedNode):
    """A result of a `Call`: derivatives pass by it as the call says."""

    __slots__ = ("call", "place")

    call: Call
    place: int


class _Calls:
    """Whether there have been any: who makes none need not look for them."""

    were_made = False


def called(node: Node, call: Call, place: int) -> CalledNode:
    """A copy of `node` as the result number `place` of a call."""
    _Calls.were_made = True
    copy = ops.detached(node, StoppedNode)
    result = new_node_of(CalledNode, copy.instruction, copy.inputs, copy.shape)
    result.call = call
    result.place = place
    return result


def node_gradients(loss: Node, targets: Sequence[Node]) -> list[Node | None]:
    """The derivatives of the sum of `loss` by each of `targets`; None where there is none.

    For each call of a function with a derivative of its own, the last ones first, the product of
    each input and the derivative by it, which is constant, is one more loss.
    """
    losses = [loss]
    for call, results in _calls_behind(loss) if _Calls.were_made else []:
        found = dict(zip(results, _by_all(losses, results), strict=True))
        given: list[Node | None] = [None] * call.count
        for result, g in found.items():
            given[result.place] = g
        if all(g is None for g in given):
            continue
        for one, g in zip(call.inputs, call.derivative(given), strict=True):
            if g is not None and one.dtype.is_float:
                losses.append(ops.binary("multiply", one, ops.detached(g, StoppedNode)))
    return _by_all(losses, targets)


def _calls_behind(loss: Node) -> list[tuple[Call, list[CalledNode]]]:
    """The calls that lead to `loss` with the results that do, the last call first."""
    found: dict[Call, list[CalledNode]] = {}
    seen = {loss}
    pending = [loss]
    while pending:
        node = pending.pop()
        if isinstance(node, CalledNode):
            found.setdefault(node.call, []).append(node)
        for one in _sources(node):
            if one not in seen:
                seen.add(one)
                pending.append(one)
    # The results of a call are made after all that it reads.
    return sorted(found.items(), key=lambda pair: -pair[1][0].serial)


def _sources(node: Node) -> Sequence[Node]:
    """What derivatives by the inputs of a node depend on it through."""
    if isinstance(node, CalledNode):
        return node.call.inputs
    return () if node.stops_gradient else node.inputs


def _by_all(losses: Sequence[Node], targets: Sequence[Node]) -> list[Node | None]:
    """The derivatives of the sum of all losses."""
    total = _gradients(losses[0], targets)
    for loss in losses[1:]:
        for place, g in enumerate(_gradients(loss, targets)):
            before = total[place]
            if g is not None:
                total[place] = g if before is None else ops.binary("add", before, g)
    return total


def _gradients(loss: Node, targets: Sequence[Node]) -> list[Node | None]:
    """As `node_gradients`, by the operations of the library alone."""
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
        for one in reversed(_sources(node)):
            if one not in seen:
                seen.add(one)
                pending.append(one)
    return list(found)

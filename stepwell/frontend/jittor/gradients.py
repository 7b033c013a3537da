"""Derivative rules: for each operation, from the derivative of its result to those of its operands.

A rule takes a node and `g`, the derivative of the loss by it, and returns one node for each
operand, or None where nothing flows. The rules build graph of the same operations, so what they
build can be differentiated again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import log, pi, sqrt

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.node import Node, constant
from stepwell.frontend.jittor.operations import Mask

Rule = Callable[[Node, Node], Sequence[Node | None]]


def derivatives(node: Node, g: Node) -> Sequence[Node | None]:
    """The derivatives by the operands of `node`, in their shapes and types; see Rule."""
    rule = _RULES.get(node.instruction.name)
    if rule is None:
        return [None] * len(node.inputs)
    found = rule(node, g)
    if node.instruction.name not in _ALONG_MASKS:
        return found
    masks: Sequence[Mask] = node.instruction.attributes  # type: ignore[assignment]
    return [
        None if one is None else _gathered(one, operand, mask)
        for one, operand, mask in zip(found, node.inputs, masks, strict=True)
    ]


def _gathered(g: Node, operand: Node, mask: Mask) -> Node:
    """`g`, in the shape of the result, summed over where the operand was repeated."""
    kept = sorted(dim for dim in mask if dim != ops.STRETCHED)
    gone = tuple(dim for dim in range(len(g.shape)) if dim not in kept)
    total = ops.reduced("add", g, gone) if gone else g
    places = tuple(mask.index(dim) for dim in kept)
    if places != tuple(range(len(operand.shape))):
        total = ops.spread(total, places, operand.shape)
    return ops.cast(total, operand.dtype)


def _mul(a: Node, b: Node) -> Node:
    return ops.binary("multiply", a, b)


def _div(a: Node, b: Node) -> Node:
    return ops.binary("divide", a, b)


def _neg(a: Node) -> Node:
    return ops.elementwise("negative", a)


def _if(condition: Node, yes: Node, no: Node) -> Node:
    return ops.elementwise("ternary", condition, yes, no)


def _zero(like: Node) -> Node:
    return constant(0, like.dtype)


def _along_unary(derivative: Callable[[Node, Node], Node]) -> Rule:
    """The rule of a function of one number, from its derivative in terms of operand and result."""
    return lambda node, g: [_mul(g, derivative(node.inputs[0], node))]


def _power(node: Node, g: Node) -> Sequence[Node | None]:
    a, b = node.inputs
    less = ops.elementwise("subtract", b, constant(1, b.dtype))
    by_base = _mul(g, _mul(ops.elementwise("power", a, less), b))
    return [by_base, _mul(g, _mul(node, ops.elementwise("log", a)))]


def _extremum(node: Node, g: Node) -> Sequence[Node | None]:
    """All to the chosen operand; half to each where they are equal."""
    a, b = node.inputs
    wins = ops.binary("greater" if node.instruction.name == "maximum" else "less", a, b)
    ties = ops.binary("equal", a, b)
    half = _if(ties, ops.with_number("multiply", g, 0.5), _zero(g))
    loses = ops.elementwise("logical_not", ops.binary("logical_or", wins, ties))
    return [_if(wins, g, half), _if(loses, g, half)]


def _ternary(node: Node, g: Node) -> Sequence[Node | None]:
    condition = node.inputs[0]
    return [None, _if(condition, g, _zero(g)), _if(condition, _zero(g), g)]


def _mod(node: Node, g: Node) -> Sequence[Node | None]:
    whole = ops.binary("floor_divide", *node.inputs)
    return [g, _neg(_mul(g, whole))]


def _reduce(node: Node, g: Node) -> Sequence[Node | None]:
    (a,) = node.inputs
    name, gone = node.instruction.attributes
    assert isinstance(gone, tuple)
    kept = tuple(dim for dim in range(len(a.shape)) if dim not in gone)
    wide = ops.spread(g, kept, a.shape)
    if name == "add":
        return [ops.cast(wide, a.dtype)]
    result = ops.spread(node, kept, a.shape)
    if name == "multiply":
        return [_div(_mul(wide, result), a)]
    chosen = ops.cast(ops.binary("equal", a, result), a.dtype)
    count = ops.spread(ops.reduced("add", chosen, gone), kept, a.shape)
    return [_div(_mul(wide, chosen), count)]


def _matmul(node: Node, g: Node) -> Sequence[Node | None]:
    a, b = node.inputs
    by_a, by_b = ops.matmul(g, _turned(b)), ops.matmul(_turned(a), g)
    return [
        _gathered(one, operand, ops.broadcast_mask(operand.shape, one.shape))
        for one, operand in ((by_a, a), (by_b, b))
    ]


def _turned(a: Node) -> Node:
    """The matrices transposed."""
    rank = len(a.shape)
    return ops.transpose(a, [*range(rank - 2), rank - 1, rank - 2])


def _slice(node: Node, g: Node) -> Sequence[Node | None]:
    dropped = node.instruction.attributes[0]
    assert isinstance(dropped, tuple)
    return [ops.unslice(g, node.inputs[0].shape, node.sizes, dropped)]


def _unslice(node: Node, g: Node) -> Sequence[Node | None]:
    dropped = node.instruction.attributes[0]
    assert isinstance(dropped, tuple)
    rank = len(node.shape)
    sizes = node.sizes[rank:]
    starts, counts, steps = (sizes[i * rank : (i + 1) * rank] for i in range(3))
    return [ops.slice_of(g, starts, counts, steps, dropped)]


_ELEMENTWISE: dict[str, Rule] = {
    "copy": lambda node, g: [g],
    "add": lambda node, g: [g, g],
    "subtract": lambda node, g: [g, _neg(g)],
    "multiply": lambda node, g: [_mul(g, node.inputs[1]), _mul(g, node.inputs[0])],
    "divide": lambda node, g: [
        _div(g, node.inputs[1]),
        _neg(_div(_mul(g, node), node.inputs[1])),
    ],
    "power": _power,
    "mod": _mod,
    "maximum": _extremum,
    "minimum": _extremum,
    "ternary": _ternary,
    "over_count": lambda node, g: [ops.over_count(g, node.sizes[0])],
    "negative": lambda node, g: [_neg(g)],
    "exp": _along_unary(lambda x, y: y),
    "log": lambda node, g: [_div(g, node.inputs[0])],
    "log2": lambda node, g: [_div(g, ops.with_number("multiply", node.inputs[0], log(2.0)))],
    "sqrt": lambda node, g: [_div(g, ops.with_number("multiply", node, 2.0))],
    "sin": _along_unary(lambda x, y: ops.elementwise("cos", x)),
    "cos": _along_unary(lambda x, y: _neg(ops.elementwise("sin", x))),
    "tan": _along_unary(lambda x, y: ops.with_number("add", _mul(y, y), 1.0)),
    "tanh": _along_unary(lambda x, y: ops.with_number("subtract", _mul(y, y), 1.0, swapped=True)),
    "sigmoid": _along_unary(
        lambda x, y: _mul(y, ops.with_number("subtract", y, 1.0, swapped=True))
    ),
    "erf": _along_unary(
        lambda x, y: ops.with_number(
            "multiply", ops.elementwise("exp", _neg(_mul(x, x))), 2.0 / sqrt(pi)
        )
    ),
    "abs": lambda node, g: [
        _if(
            ops.with_number("less", node.inputs[0], 0.0),
            _neg(g),
            _mul(g, ops.cast(ops.with_number("not_equal", node.inputs[0], 0.0), g.dtype)),
        )
    ],
}
_ALONG_MASKS = frozenset(_ELEMENTWISE)
_RULES: dict[str, Rule] = {
    **_ELEMENTWISE,
    "reduce": _reduce,
    "matmul": _matmul,
    "reshape": lambda node, g: [ops.reshape(g, node.inputs[0].shape)],
    "slice": _slice,
    "unslice": _unslice,
}

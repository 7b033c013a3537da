"""Nodes of the lazy graph: what is to be computed, from what, and the value once it is known.

A node is an append on the graph: all that its kind of operation implies (name, element type, rank)
is in an interned `Instruction`, so that two graphs can be compared by identities.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from itertools import count
from typing import TypeVar

from stepwell.frontend.jittor.dtypes import AnyArray, DType
from stepwell.runtime.cuda.arrays import DeviceArray

Shape = tuple[int, ...]
Number = float | int | bool


class Instruction:
    """An operation without its operands and sizes: one object for equal ones.

    Made by `instruction`. `attributes` holds what changes the code, such as the dimensions of a
    reduction; sizes never do.
    """

    __slots__ = ("attributes", "dtype", "leaf", "name", "rank")

    leaf: Instruction
    """The instruction that reads a known value of the same type and rank."""

    def __init__(
        self, name: str, dtype: DType, rank: int, attributes: tuple[Hashable, ...]
    ) -> None:
        self.name = name
        self.dtype = dtype
        self.rank = rank
        self.attributes = attributes

    def __repr__(self) -> str:
        given = "".join(f" {attribute}" for attribute in self.attributes)
        return f"{self.name}{given} : {self.dtype}[{', '.join('?' * self.rank)}]"


_INSTRUCTIONS: dict[tuple[str, DType, int, tuple[Hashable, ...]], Instruction] = {}


def instruction(
    name: str, dtype: DType, rank: int, attributes: tuple[Hashable, ...] = ()
) -> Instruction:
    """The instruction with these fields."""
    key = (name, dtype, rank, attributes)
    found = _INSTRUCTIONS.get(key)
    if found is None:
        found = _INSTRUCTIONS[key] = Instruction(name, dtype, rank, attributes)
        found.leaf = found if name == "leaf" else instruction("leaf", dtype, rank)
    return found


class _Nobody:
    __slots__ = ("__weakref__",)


next_serial = count().__next__

NOBODY: Callable[[], object] = weakref.ref(_Nobody())
"""A reference to nothing, for nodes that no Var holds."""


class Node:
    """A value of the graph. `value` is None until it has been computed.

    Made by `new_node`: Python is slow to call a class that has a constructor, and one is made for
    each operation.

    Attributes: `instruction`, what is computed; `inputs`, from what; `shape`, of the result.
    """

    __slots__ = ("holder", "inputs", "instruction", "origin", "serial", "shape", "value")

    instruction: Instruction
    inputs: tuple[Node, ...]
    shape: Shape
    value: AnyArray | DeviceArray | None
    holder: Callable[[], object]
    """Gives the Var that holds the node, or None."""
    serial: int
    """Greater than those of all nodes that were made before, as inputs are."""
    origin: tuple[object, ...]
    """Where in the user's program it was made; not set unless that is to be noted."""

    sizes: Shape = ()
    """Numbers that the operation takes at run time, such as the shape of a reshape."""
    stops_gradient = False
    """Whether derivatives end here."""
    history: History = {}  # noqa: RUF012
    """Of what is to be computed again for this node; see GradientNode."""

    @property
    def dtype(self) -> DType:
        """The element type."""
        return self.instruction.dtype

    def __repr__(self) -> str:
        return f"<{self.instruction!r} of shape {list(self.shape)}>"


Made = TypeVar("Made", bound=Node)


def new_node(instruction: Instruction, inputs: tuple[Node, ...], shape: Shape) -> Node:
    """A node, which no Var holds yet.

    Args:
        instruction: what is computed. inputs: from what. shape: of the result.
    """
    return new_node_of(Node, instruction, inputs, shape)


def new_node_of(
    kind: type[Made], instruction: Instruction, inputs: tuple[Node, ...], shape: Shape
) -> Made:
    """As `new_node`, of a class of nodes."""
    one = kind()
    one.instruction = instruction
    one.inputs = inputs
    one.shape = shape
    one.value = None
    one.holder = NOBODY
    one.serial = next_serial()
    return one


class SizedNode(Node):
    """A node whose operation takes `sizes`."""

    __slots__ = ("sizes",)


def new_sized_node(
    instruction: Instruction, inputs: tuple[Node, ...], shape: Shape, sizes: Shape
) -> Node:
    """As `new_node`, for an operation that takes `sizes`."""
    one = new_node_of(SizedNode, instruction, inputs, shape)
    one.sizes = sizes
    return one


class StoppedNode(Node):
    """A node through which no derivative flows."""

    __slots__ = ()
    stops_gradient = True


class StateNode(StoppedNode):
    """What `update` gave a Var: no derivative flows to where it came from, but the Var itself may
    be one that derivatives are wanted of, as parameters are."""

    __slots__ = ()


History = dict[Node, tuple[Instruction, tuple[Node, ...]]]
"""How nodes are computed: by which instruction, from what."""


class GradientNode(Node):
    """Derivatives of the sum of the first input by the others. Its value is never asked for: a
    `gradient_part` gives each of them.

    Attributes: `history`, of the nodes on the way from those inputs to the first. They are computed
    again with the derivatives, even where their values are known.
    """

    __slots__ = ("history",)


def new_gradient_node(
    instruction: Instruction, inputs: tuple[Node, ...], shape: Shape, history: History
) -> Node:
    """As `new_node`, for derivatives."""
    one = new_node_of(GradientNode, instruction, inputs, shape)
    one.history = history
    GRADIENTS.add(instruction)
    return one


GRADIENTS: set[Instruction] = set()
"""The instructions of all gradient nodes."""


def leaf(value: AnyArray, dtype: DType) -> Node:
    """A node whose value is known."""
    made = new_node(instruction("leaf", dtype, value.ndim), (), value.shape)
    made.value = value
    return made


_CONSTANTS: dict[tuple[DType, Number | str], Node] = {}
_CONSTANT_LIMIT = 4096


def constant(value: Number, dtype: DType) -> Node:
    """The node of a number written in the program: of shape `()`, one node for equal numbers.

    Its value is part of the code, as it is in the instruction's attributes.
    """
    # Zeros of both signs are equal, and nan is not: their texts tell the first apart and find the
    # second again.
    key = (dtype, value if value and value == value else repr(value))
    found = _CONSTANTS.get(key)
    if found is None:
        if len(_CONSTANTS) >= _CONSTANT_LIMIT:
            _CONSTANTS.clear()
        made = instruction("constant", dtype, 0, (repr(_as_kind(value, dtype)),))
        found = _CONSTANTS[key] = new_node(made, (), ())
    return found


def _as_kind(value: Number, dtype: DType) -> Number:
    if dtype.kind == "float":
        return float(value)
    return bool(value) if dtype.kind == "bool" else int(value)


def is_open(one: Instruction) -> bool:
    """Whether it is a constant whose value is not part of the code, but an argument."""
    return one.name == "constant" and not one.attributes


def opened(one: Instruction) -> Instruction:
    """A constant without its value; any other instruction as it is."""
    return instruction("constant", one.dtype, 0) if one.name == "constant" else one


def constant_value(one: Instruction) -> Number:
    """The number of a `constant` instruction."""
    text = str(one.attributes[0])
    if one.dtype.kind == "float":
        return float(text)
    return text == "True" if one.dtype.kind == "bool" else int(text)

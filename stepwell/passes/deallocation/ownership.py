"""The state of ownership: for each buffer, the i1 that says whether this code must free it."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir import types
from stepwell.ir.attributes import DenseArrayAttr, IntegerAttr
from stepwell.ir.block import Block
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import MemRefType
from stepwell.ir.value import Value
from stepwell.passes.bufferize import buffer_ops


class Unknown:
    """In place of a condition: the buffer may be one of several with different owners."""


UNKNOWN = Unknown()

Owned = Value | Unknown


class OwnershipState:
    """Conditions by buffer and block, and the buffers each block has to care for."""

    def __init__(self, rewriter: Rewriter) -> None:
        self.rewriter = rewriter
        self._owned: dict[tuple[Value, Block], Owned] = {}
        self._cares: dict[Block, dict[Value, None]] = {}
        self._constants: dict[tuple[Block, bool], Value] = {}

    def constant(self, block: Block, value: bool) -> Value:
        """`true` or `false` at the start of `block`."""
        key = (block, value)
        if key not in self._constants:
            with self.rewriter.at_start(block):
                made = self.rewriter.constant(int(value), types.i1, None, ("arith",))
            self._constants[key] = made
        return self._constants[key]

    def set(self, buffer: Value, owned: Owned, block: Block) -> None:
        """In `block`, `owned` says whether `buffer` is owned."""
        self._owned[buffer, block] = owned

    def join(self, buffer: Value, owned: Owned, block: Block) -> None:
        """`buffer` may (also) be one whose owner `owned` tells."""
        before = self._owned.get((buffer, block), owned)
        self._owned[buffer, block] = owned if before is owned else UNKNOWN

    def has(self, buffer: Value, block: Block) -> bool:
        """Whether anything is known of `buffer` in `block`."""
        return (buffer, block) in self._owned

    def owned(self, buffer: Value, block: Block) -> Owned:
        """Whether `buffer` is owned in `block`: what comes from outside the region never is."""
        found = self._owned.get((buffer, block))
        home = buffer.parent_block
        if found is None and home is not None and home.parent is block.parent:
            found = self._owned.get((buffer, home))
        return found if found is not None else self.constant(block, False)

    def care_for(self, buffer: Value, block: Block) -> None:
        """`block` must free `buffer` at its end, or hand it on."""
        self._cares.setdefault(block, {})[buffer] = None

    def to_free(self, block: Block) -> tuple[list[Value], list[Value]]:
        """The buffers to free at the end of `block`, as whole allocations, and their conditions."""
        buffers, conditions = [], []
        for buffer in self._cares.get(block, ()):
            owned = self.owned(buffer, block)
            assert isinstance(owned, Value), "what a block cares for has one owner"
            buffers.append(base_of(self.rewriter, buffer))
            conditions.append(owned)
        return buffers, conditions


def base_of(rewriter: Rewriter, buffer: Value) -> Value:
    """The whole allocation behind a memref of known rank."""
    if not isinstance(buffer.type, MemRefType):
        return buffer
    rank = len(buffer.type.shape)
    base = MemRefType((), buffer.type.element_type, None, buffer.type.memory_space)
    results = [base, *[types.index] * (1 + 2 * rank)]
    made = buffer_ops.make(rewriter, "memref.extract_strided_metadata", [buffer], results)
    return made.results[0]


def dealloc(
    rewriter: Rewriter,
    buffers: Sequence[Value],
    conditions: Sequence[Value],
    retained: Sequence[Value],
) -> Operation | None:
    """A `bufferization.dealloc`, unless there is nothing to say."""
    if not buffers and not retained:
        return None
    sizes = {
        buffer_ops.SEGMENTS: DenseArrayAttr.i32([len(buffers), len(conditions), len(retained)])
    }
    return buffer_ops.make(
        rewriter,
        "bufferization.dealloc",
        [*buffers, *conditions, *retained],
        [types.i1] * len(retained),
        dict(sizes),
    )


def known(condition: Value) -> bool | None:
    """What a condition certainly is, or None."""
    stated = constant_of(condition)
    return bool(stated.value) if isinstance(stated, IntegerAttr) else None

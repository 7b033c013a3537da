"""A launch of blocks of threads in one dimension, being written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from stepwell.dialects.arith.compare import CmpIOp
from stepwell.dialects.gpu.attributes import AllReduceOperationAttr
from stepwell.dialects.gpu.collectives import AllReduceOp
from stepwell.dialects.gpu.function import ATTRIBUTIONS
from stepwell.dialects.gpu.launch import LaunchOp, TerminatorOp
from stepwell.dialects.scf.branches import IfOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.ir.attributes import UNIT, IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import i64, index
from stepwell.ir.value import Value
from stepwell.passes.strided_metadata.index_math import Index, IndexMath

_BLOCK_X, _THREAD_X, _THREADS_X = 0, 3, 9


class LaunchOfBlocks:
    """`gpu.launch` with blocks and threads in the dimension x.

    Attributes:
        inside: writes what a thread does.
        block: the number of the thread's block.
        thread: the number of the thread in its block.
        threads: how many threads a block has.
    """

    def __init__(self, host: Rewriter, blocks: Index, threads: Index) -> None:
        """Inserts a launch that does nothing yet at `host`."""
        math = IndexMath(host)
        one, grid, size = math.value(1), math.value(blocks), math.value(threads)
        body = Block([index] * 12)
        made = LaunchOp(
            [], grid, one, one, size, one, one, body=Region([body]),
            attributes={ATTRIBUTIONS: IntegerAttr(0, i64)}, result_types=[],
        )  # fmt: skip
        launch = host.insert(made)
        self.inside = Rewriter(location=launch.location)
        self.inside.set_point(body, None)
        self.inside.set_point(body, self.inside.insert(TerminatorOp.create()))
        self.block = body.args[_BLOCK_X]
        self.thread = body.args[_THREAD_X]
        self.threads = body.args[_THREADS_X]

    def all_reduce(self, kind: str, value: Value) -> Value:
        """The values of all threads of the block as one."""
        made = AllReduceOp.create(
            [value], [value.type], {"op": AllReduceOperationAttr(kind), "uniform": UNIT},
            regions=[Region()],
        )  # fmt: skip
        return self.inside.insert(made).results[0]

    @contextmanager
    def first_thread(self) -> Iterator[None]:
        """What is written in between, only the first thread of the block does."""
        zero = IndexMath(self.inside).value(0)
        is_first = self.inside.insert(CmpIOp("eq", self.thread, zero)).result
        then = Block()
        branch = self.inside.insert(IfOp.create([is_first], [], regions=[Region([then]), Region()]))
        self.inside.set_point(then, None)
        self.inside.set_point(then, self.inside.insert(YieldOp.create()))
        yield
        assert branch.parent is not None
        self.inside.set_point(branch.parent, branch.next)


def accumulate(
    inside: Rewriter,
    bounds: tuple[Value, Value, Value],
    start: Value,
    combined: Callable[[Value, Value], Value],
) -> Value:
    """A loop that carries one value along.

    Args:
        inside: stands where the loop goes, then behind it.
        bounds: lower and upper bound, and step.
        start: the value before the first iteration.
        combined: writes an iteration, given its variable and the value so far; the next value.
    """
    body = Block([index, start.type])
    loop = inside.insert(ForOp.create([*bounds, start], [start.type], regions=[Region([body])]))
    inside.set_point(body, None)
    inside.insert(YieldOp.create([combined(body.args[0], body.args[1])]))
    assert loop.parent is not None
    inside.set_point(loop.parent, loop.next)
    return loop.results[0]

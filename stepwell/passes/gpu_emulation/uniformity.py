"""Which values are the same in all threads of a block.

All values are taken to be, until something shows that they are not: a coordinate of a thread, an
exchange, memory. A load from an address that is the same in all threads counts only where a branch
or loop around a barrier depends on it, because then all threads must find the same value there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from stepwell.dialects.gpu.collectives import AllReduceOp
from stepwell.dialects.memref.access import LoadOp
from stepwell.dialects.scf.branches import IfOp
from stepwell.dialects.scf.loops import ForOp, WhileOp
from stepwell.ir.block import Block, Region
from stepwell.ir.effects import is_memory_effect_free, is_speculatable
from stepwell.ir.operation import Operation
from stepwell.ir.value import Value
from stepwell.passes.gpu_emulation.kernel import EXCHANGES, OF_THREAD, WHOLE_BLOCK, Kernel

Flow = tuple[Value, Value]


class Uniformity:
    """What is known of the values of a kernel.

    Attributes:
        varying: the values that threads may have different ones of.
        masked: the branches that only some threads take, although there are exchanges in them.
        loads: the loads that are done once for all threads.
    """

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._ops = list(_ops_between_exchanges(kernel))
        self.masked: dict[Operation, None] = {}
        self.loads: dict[Operation, None] = {}
        self.varying: dict[Value, None] = {}
        self._settle(None)
        self.loads = dict.fromkeys(self._loads_that_decide())
        self._settle(self.loads)
        self._check()

    def is_varying(self, value: Value) -> bool:
        """Whether threads may have different ones."""
        return value in self.varying

    def is_once(self, op: Operation) -> bool:
        """Whether `op`, which stands between exchanges, is run once for all threads."""
        if op in self.loads:
            return True
        return not op.regions and bool(op.results) and not self.is_varying(op.results[0])

    # Finding out.

    def _settle(self, loads: dict[Operation, None] | None) -> None:
        """Finds what varies; `loads` are the uniform ones, None for all that could be."""
        self.varying = dict.fromkeys(
            value for value, what in self._kernel.coordinates.items() if what[0] in OF_THREAD
        )
        self.varying |= dict.fromkeys(self._kernel.private)
        self.masked = {}
        before = -1
        while before != len(self.varying) + len(self.masked):
            before = len(self.varying) + len(self.masked)
            for op in self._ops:
                if op in self._kernel.splitting:
                    self._around_exchanges(op)
                elif self._varies(op, loads):
                    self.varying |= dict.fromkeys(op.results)

    def _around_exchanges(self, op: Operation) -> None:
        if isinstance(op, IfOp) and self.is_varying(op.condition):
            self.masked[op] = None
            self.varying |= dict.fromkeys(op.results)
        for source, target in flows(op):
            if self.is_varying(source):
                self.varying[target] = None

    def _varies(self, op: Operation, loads: dict[Operation, None] | None) -> bool:
        if isinstance(op, AllReduceOp):
            return False
        if isinstance(op, EXCHANGES) or op.regions:
            return True
        if any(map(self.is_varying, op._operands)):
            return True
        hidden = self._is_masked(op)
        if isinstance(op, LoadOp):
            return hidden or (loads is not None and op not in loads)
        return not is_memory_effect_free(op) or (hidden and not is_speculatable(op))

    def _is_masked(self, op: Operation) -> bool:
        return any(around in self.masked for around in op.ancestors())

    def _loads_that_decide(self) -> Iterator[Operation]:
        """The uniform loads that conditions and bounds around exchanges depend on."""
        pending: list[Value] = []
        sources: dict[Value, list[Value]] = {}
        for op in self._kernel.splitting:
            pending += _deciding(op)
            for source, target in flows(op):
                sources.setdefault(target, []).append(source)
        seen: dict[Value, None] = {}
        while pending:
            value = pending.pop()
            if value in seen or self.is_varying(value):
                continue
            seen[value] = None
            pending += sources.get(value, [])
            maker = value.defining_op
            if maker is None or maker in self._kernel.splitting:
                continue
            pending += maker._operands
            if isinstance(maker, LoadOp):
                yield maker

    # Checks.

    def _check(self) -> None:
        for op in self._kernel.splitting:
            if not isinstance(op, (ForOp, IfOp, WhileOp)):
                raise op.error("has a barrier in it; only scf.for, scf.if and scf.while may")
            if not isinstance(op, IfOp) and any(map(self.is_varying, _deciding(op))):
                raise op.error(
                    "has a barrier in it, but the threads of a block may not run it equally often"
                )
        for op in self._ops:
            if isinstance(op, WHOLE_BLOCK) and self._is_masked(op):
                raise op.error("may not be reached by all threads of the block")


def _ops_between_exchanges(kernel: Kernel) -> Iterator[Operation]:
    """The ops of the kernel except those inside ops without exchanges."""
    pending: list[Block] = [kernel.body]
    while pending:
        for op in pending.pop().ops:
            yield op
            if op in kernel.splitting:
                pending += [block for region in op.regions for block in region.blocks]


def _deciding(op: Operation) -> list[Value]:
    """What says whether and how often the regions of `op` run."""
    if isinstance(op, ForOp):
        return [op.lowerBound, op.upperBound, op.step]
    if isinstance(op, IfOp):
        return [op.condition]
    return [_last(op.regions[0])._operands[0]] if isinstance(op, WhileOp) else []


def flows(op: Operation) -> list[Flow]:
    """Where values go into the regions of `op`, between them, and out: (source, target)."""
    if isinstance(op, ForOp):
        carried = op.body.args[1:]
        found: list[Flow] = list(zip(op.initArgs, carried, strict=True))
        found += zip(_last(op.body)._operands, carried, strict=True)
        found += zip(carried, op.results, strict=True)
        return found + [(bound, op.body.args[0]) for bound in _deciding(op)]
    if isinstance(op, WhileOp):
        passed: Sequence[Value] = _last(op.before)._operands[1:]
        found = list(zip(op.inits, op.before.args, strict=True))
        found += zip(_last(op.after)._operands, op.before.args, strict=True)
        found += zip(passed, op.after.args, strict=True)
        return found + list(zip(passed, op.results, strict=True))
    if isinstance(op, IfOp):
        regions = [region for region in op.regions if region.first is not None]
        return [
            pair
            for region in regions
            for pair in zip(_last(region)._operands, op.results, strict=True)
        ]
    return []


def _last(region: Region) -> Operation:
    last = region.entry.last
    assert last is not None
    return last

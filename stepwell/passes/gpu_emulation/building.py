"""A kernel's steps as a function: loops over blocks, and over threads for each segment."""

from __future__ import annotations

from collections.abc import Iterable

from stepwell.dialects.func.ops import FuncOp, ReturnOp
from stepwell.dialects.gpu.collectives import AllReduceOp
from stepwell.dialects.gpu.threads import SUBGROUP_SIZE
from stepwell.dialects.memref.views import ViewOp
from stepwell.dialects.scf.branches import IfOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.terminators import ConditionOp, YieldOp
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import TypeAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.clone import clone
from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import FunctionType, MemRefType, index
from stepwell.ir.value import Value
from stepwell.passes.gpu_emulation.arithmetic import Arithmetic
from stepwell.passes.gpu_emulation.exchanges import Crowd, fetched, reduced
from stepwell.passes.gpu_emulation.kernel import Coordinate, Kernel
from stepwell.passes.gpu_emulation.schedule import (
    Enter,
    Entry,
    Keep,
    Leave,
    Publish,
    Run,
    Schedule,
    Segment,
    Step,
    entering,
    leaving,
    used,
)

SIZES = (index,) * 7
"""What a function gets after the kernel's arguments: grid, block, bytes of dynamic memory."""
_ALIGNMENT = 64
Point = tuple[Block, Operation | None]


def build_function(kernel: Kernel, schedule: Schedule, name: str) -> FuncOp:
    """The function that runs all blocks of the kernel, one after the other.

    Raises:
        PassError: memory of a thread has a type whose size is not known.
    """
    return _Builder(kernel, schedule, name).run()


class _Builder:
    """Makes the function.

    Attributes:
        outer: values of the kernel that are the same for the block, and what they are now.
        local: these and the ones of the thread, while a segment is made.
    """

    def __init__(self, kernel: Kernel, schedule: Schedule, name: str) -> None:
        self.kernel = kernel
        self.schedule = schedule
        inputs = tuple(value.type for value in kernel.parameters)
        self.entry = Block([*inputs, *SIZES])
        type = TypeAttr(FunctionType((*inputs, *SIZES), ()))
        self.function = FuncOp(name, type, sym_visibility="private", body=Region([self.entry]))
        self.function.location = kernel.function.location
        self.rewriter = Rewriter(location=kernel.function.location)
        self.rewriter.set_point(self.entry, None)
        self.make = Arithmetic(self.rewriter)
        self.outer: dict[Value, Value] = dict(zip(kernel.parameters, self.entry.args, strict=False))
        self.local: dict[Value, Value] = {}
        self.arrays: dict[Value, Value] = {}
        self.published: dict[Operation, Value] = {}
        self.private: dict[Value, tuple[Value, int]] = {}
        self.points: list[Point] = []
        self.nests: dict[Operation, Operation] = {}

    def run(self) -> FuncOp:
        """Makes all of it."""
        make = self.make
        sizes = self.entry.args[len(self.kernel.parameters) :]
        self.grid, self.block = sizes[:3], sizes[3:6]
        self.count = make.mul(make.mul(self.block[0], self.block[1]), self.block[2])
        self._allocate_arrays()
        # A block without threads does nothing, not even what is done once for all of them.
        some = make.compare("sgt", self.count, 0)
        outermost = make.select(some, self.grid[2], make.index(0))
        with make.nest([self.grid[0], self.grid[1], outermost]) as places:
            self._block_coordinates(places)
            memory = self._allocate_shared(sizes[6])
            for step in self.schedule.steps:
                self._step(step)
            for one in memory:
                make.free(one)
        for array in [*self.arrays.values(), *self.published.values()]:
            make.free(array)
        for buffer, _ in self.private.values():
            make.free(buffer)
        self.rewriter.insert(ReturnOp([]))
        return self.function

    # Memory and coordinates.

    def _allocate_arrays(self) -> None:
        for value in self.schedule.kept:
            self.arrays[value] = self.make.array(self.count, value.type)
        for step in self.schedule.steps:
            for entry in step.entries if isinstance(step, Segment) else ():
                if isinstance(entry, Publish):
                    type = entry.op._operands[0].type
                    self.published[entry.op] = self.make.array(self.count, type)
        for value, memory in self.kernel.private.items():
            size = -(-_bytes(memory) // _ALIGNMENT) * _ALIGNMENT
            whole = self.make.mul(self.count, size)
            self.private[value] = self.make.array(whole, types.i8), size

    def _allocate_shared(self, dynamic: Value) -> list[Value]:
        made = []
        for value, type in self.kernel.shared.items():
            self.outer[value] = self.make.allocate([], type.element_type, type.shape)
            made.append(self.outer[value])
        if self.kernel.dynamic is not None:
            self.outer[self.kernel.dynamic] = self.make.array(dynamic, types.i8)
            made.append(self.outer[self.kernel.dynamic])
        return made

    def _block_coordinates(self, places: list[Value]) -> None:
        make = self.make
        known: dict[Coordinate, Value] = {}
        for number, dimension in enumerate("xyz"):
            known["block", dimension] = places[number]
            known["grid_size", dimension] = self.grid[number]
            known["block_size", dimension] = self.block[number]
        for value, coordinate in self.kernel.coordinates.items():
            what = coordinate[0]
            if coordinate in known:
                self.outer[value] = known[coordinate]
            elif what in ("cluster_size", "cluster_block"):
                self.outer[value] = make.index(int(what == "cluster_size"))
            elif what == "subgroup_size":
                self.outer[value] = make.index(SUBGROUP_SIZE)
            elif what == "num_subgroups":
                rounded = make.add(self.count, SUBGROUP_SIZE - 1)
                self.outer[value] = make.div(rounded, SUBGROUP_SIZE)
        self.places = places

    def _of_thread(self, coordinate: Coordinate) -> Value:
        what, dimension = coordinate
        make = self.make
        if what == "lane":
            return make.rem(self.linear, SUBGROUP_SIZE)
        if what == "subgroup":
            return make.div(self.linear, SUBGROUP_SIZE)
        number = "xyz".index(dimension)
        if what == "thread":
            return self.thread[number]
        before = make.mul(self.places[number], self.block[number])
        return make.add(before, self.thread[number])

    # Steps of a block.

    def _step(self, step: Step) -> None:
        if isinstance(step, Segment):
            self._segment(step)
            return
        self.rewriter.location = step.op._location
        if isinstance(step, Enter):
            self._enter(step)
        elif isinstance(step, Leave):
            self._leave(step)
        elif isinstance(step.op, AllReduceOp):
            crowd = Crowd(self.make, self.published[step.op], self.count)
            self.outer[step.op.result] = reduced(step.op, crowd, self.outer)
        else:
            self.rewriter.insert(clone(step.op, self.outer))

    # Loops and branches around exchanges: what all threads have in common is carried as it was.

    def _common(self, pairs: Iterable[tuple[Value, Value]]) -> list[Value]:
        """What now stands for the first of each pair whose second is the same in all threads."""
        return [self.outer[value] for value, target in pairs if not self._varies(target)]

    def _varies(self, value: Value) -> bool:
        return self.schedule.is_varying(value)

    def _enter(self, step: Enter) -> None:
        made = self.nests.get(step.op) or self._begin(step.op)
        body = made.regions[step.region].entry
        own = [a for a in step.op.regions[step.region].args if not self._varies(a)]
        self.outer |= zip(own, body.args, strict=True)
        self.points.append((self.rewriter.block, self.rewriter._anchor))
        self.rewriter.set_point(body, None)

    def _begin(self, op: Operation) -> Operation:
        """Makes the loop or branch that stands for `op`, with empty blocks."""
        regions = []
        for region in op.regions:
            blocks = []
            if region.first is not None:
                blocks.append(Block([a.type for a in region.args if not self._varies(a)]))
            regions.append(Region(blocks))
        fixed = 3 if isinstance(op, ForOp) else int(isinstance(op, IfOp))
        operands = [self.outer[value] for value in op._operands[:fixed]]
        operands += self._common(entering(op))
        results = [value.type for value in op.results if not self._varies(value)]
        made = type(op).create(operands, results, dict(op.properties), None, (), regions)
        self.nests[op] = self.rewriter.insert(made)
        return made

    def _leave(self, step: Leave) -> None:
        last = step.op.regions[step.region].entry.last
        assert last is not None
        values = self._common(leaving(last))
        if isinstance(last, ConditionOp):
            self.rewriter.insert(ConditionOp(self.outer[last.condition], values))
        else:
            self.rewriter.insert(YieldOp(values))
        self.rewriter.set_point(*self.points.pop())
        own = [value for value in step.op.results if not self._varies(value)]
        self.outer |= zip(own, self.nests[step.op].results, strict=True)

    # Segments: what each thread does.

    def _segment(self, segment: Segment) -> None:
        with self.make.nest(self.block) as self.thread:
            self.local = dict(self.outer)
            rows = self.make.add(self.thread[1], self.make.mul(self.block[1], self.thread[2]))
            self.linear = self.make.add(self.thread[0], self.make.mul(self.block[0], rows))
            for condition, wanted in segment.guards:
                self._guard(self._value(condition), wanted)
            for entry in segment.entries:
                self._entry(entry)

    def _guard(self, condition: Value, wanted: bool) -> None:
        """What follows in the segment is done only if the condition is as wanted."""
        body, last = Block(), YieldOp.create()
        body.append(last)
        holds = condition if wanted else self.make.negated(condition)
        self.rewriter.insert(IfOp.create([holds], [], regions=[Region([body]), Region()]))
        self.rewriter.set_point(body, last)

    def _entry(self, entry: Entry) -> None:
        values = [self._value(value) for value in used(entry)]
        if isinstance(entry, Keep):
            for value, (_, target) in zip(values, entry.pairs, strict=True):
                self.make.store(value, self.arrays[target], self.linear)
            return
        self.rewriter.location = entry.op._location
        if isinstance(entry, Publish):
            self.make.store(values[0], self.published[entry.op], self.linear)
            return
        if isinstance(entry, Run):
            self.rewriter.insert(clone(entry.op, self.local))
        else:
            crowd = Crowd(self.make, self.published[entry.op], self.count)
            results = fetched(entry.op, self.linear, crowd, self.local)
            self.local |= zip(entry.op.results, results, strict=True)
        for result in entry.op.results:
            if result in self.arrays:
                self.make.store(self.local[result], self.arrays[result], self.linear)

    def _value(self, value: Value) -> Value:
        """What stands for a value in this thread."""
        pending = [value]
        while pending:
            one = pending[-1]
            if one not in self.local:
                missing = self._find(one)
                if missing:
                    pending += missing
                    continue
            pending.pop()
        return self.local[value]

    def _find(self, value: Value) -> list[Value]:
        """Makes a value anew; if that needs others first, gives them."""
        owner = self.schedule.array_owner(value)
        if value in self.kernel.coordinates:
            self.local[value] = self._of_thread(self.kernel.coordinates[value])
        elif value in self.private:
            buffer, size = self.private[value]
            shift = self.make.mul(self.linear, size)
            made = ViewOp(buffer, shift, [], result_types=[self.kernel.private[value]])
            self.local[value] = self.rewriter.insert(made).result
        elif owner in self.arrays:
            self.local[value] = self.make.load(self.arrays[owner], self.linear)
        else:
            op = value.defining_op
            assert op is not None, "a value of no thread"
            missing = [operand for operand in op._operands if operand not in self.local]
            if missing:
                return missing
            self.rewriter.insert(clone(op, self.local))
        return []


def _bytes(type: MemRefType) -> int:
    """How much memory a thread needs for it."""
    count = 1
    for size in type.shape:
        count *= size
    return count * _element_bytes(type.element_type)


def _element_bytes(type: Type) -> int:
    if isinstance(type, types.VectorType):
        bits = 8 * _element_bytes(type.element_type)
        for size in type.shape:
            bits *= size
        return 1 << max(bits // 8 - 1, 0).bit_length()
    if isinstance(type, (types.IntegerType, types.FloatType)):
        return 1 << max(-(-type.width // 8) - 1, 0).bit_length()
    if isinstance(type, types.ComplexType):
        return 2 * _element_bytes(type.element_type)
    if type is index:
        return 8
    raise PassError(f"memory of a thread cannot hold elements of type '{type}' on the CPU")

"""scf: buffers that go round loops and come out of branches."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.scf.canonicalize import trip_count
from stepwell.dialects.scf.forall import ForallOp, InParallelOp
from stepwell.dialects.scf.loops import ForOp, WhileOp
from stepwell.dialects.scf.terminators import ConditionOp, YieldOp
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.operation import Operation
from stepwell.ir.types import MemRefType
from stepwell.ir.value import OpResult, Value
from stepwell.passes.bufferize import buffer_ops
from stepwell.passes.bufferize.analysis import Analysis
from stepwell.passes.bufferize.bufferizer import Bufferizer
from stepwell.passes.bufferize.model import Alias, Model, is_tensor, models
from stepwell.passes.bufferize.tensor_ops import InsertSliceModel, subview

BRANCHES = ("scf.if", "scf.index_switch", "scf.execute_region")


def widest(first: Type, second: Type) -> Type:
    """A type that both can be cast to."""
    if first is second or not isinstance(first, MemRefType):
        return first
    return buffer_ops.dynamic_layout(first)


def take_regions(op: Operation) -> list[Region]:
    """The bodies of `op`, moved into fresh regions."""
    made = [Region() for _ in op.regions]
    for old, new in zip(op.regions, made, strict=True):
        new.take_body(old)
    return made


def retype_arguments(block: Block, wanted: Sequence[Type | None], bufferizer: Bufferizer) -> None:
    """Gives tensor arguments (where `wanted` is not None) a memref beside them."""
    for argument, type in zip(list(block.args), wanted, strict=True):
        if type is not None:
            made = block.insert_argument(argument.index + 1, type)
            made._location, made.name_hint = argument._location, argument.name_hint
            bufferizer.buffers[argument] = made
            bufferizer.dead_arguments.append(argument)


def buffers_for(
    op: Operation, numbers: Sequence[int], types: Sequence[Type], bufferizer: Bufferizer
) -> list[Value]:
    """The operands `numbers`, tensors as memrefs of the given types."""
    found = []
    for number, type in zip(numbers, types, strict=True):
        value = op._operands[number]
        if is_tensor(value.type):
            value = bufferizer.as_type(bufferizer.buffer(op, number), type)
        found.append(value)
    return found


def result_types(op: Operation, bufferizer: Bufferizer) -> list[Type]:
    """The types of the results, as memrefs where they are tensors."""
    return [
        bufferizer.buffer_type(result) if is_tensor(result.type) else result.type
        for result in op.results
    ]


@models("scf.yield")
class YieldModel(Model):
    """`yield`: hands buffers to the op around it, with what is in them then."""

    def always_in_place(self, op: Operation, number: int) -> bool:
        return True

    def aliases(self, op: Operation, number: int, analysis: Analysis) -> list[Alias]:
        parent = op.parent_op
        if parent is None or isinstance(parent, WhileOp) or number >= len(parent.results):
            return []
        if isinstance(parent, ForOp) and not analysis.loops_return_allocations:
            return []  # what is not the argument's buffer is copied
        return [Alias(parent.results[number], False)]

    def operand_for_result(self, op: Operation, result: OpResult) -> Value | None:
        if isinstance(op.parent_op, WhileOp):
            return None
        return op._operands[result.index] if result.index < op.num_operands else None

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        parent = op.parent_op
        assert parent is not None
        if isinstance(parent, WhileOp):
            wanted = [a.type for a in parent.regions[0].entry.args if not is_tensor(a.type)]
        else:
            wanted = list(parent.result_types)
        op.set_operands(_handed_on(op, range(op.num_operands), wanted, bufferizer))


@models("scf.condition")
class ConditionModel(YieldModel):
    """`condition`: hands buffers to the loop's second region and its results."""

    def aliases(self, op: Operation, number: int, analysis: Analysis) -> list[Alias]:
        return []

    def operand_for_result(self, op: Operation, result: OpResult) -> Value | None:
        return op._operands[result.index + 1]

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        loop = op.parent_op
        assert loop is not None
        numbers = range(1, op.num_operands)
        values = _handed_on(op, numbers, loop.result_types, bufferizer)
        op.set_operands([op._operands[0], *values])


def _handed_on(
    op: Operation, numbers: Sequence[int], wanted: Sequence[Type], bufferizer: Bufferizer
) -> list[Value]:
    values = []
    for number, type in zip(numbers, wanted, strict=True):
        value = op._operands[number]
        if is_tensor(value.type):
            buffer = bufferizer.buffer_of(value)
            if (op, number) in bufferizer.copied_yields:
                buffer = bufferizer.fresh_copy(buffer)
            value = bufferizer.as_type(buffer, type)
        values.append(value)
    return values


@models("scf.for")
class ForModel(Model):
    """`for`: an iteration argument keeps its buffer if the body yields that same buffer.

    Seen from outside, the loop writes its inits. So what goes on inside, on the arguments, need not
    be compared with what happens outside: the arguments are no aliases of the inits.
    """

    def reads(self, op: Operation, number: int, analysis: Analysis) -> bool:
        inside = self.read_inside(op, number)
        return inside is None or analysis.is_read(inside)

    def read_inside(self, op: Operation, number: int) -> Value | None:
        assert isinstance(op, ForOp)
        if not trip_count(op):
            return None  # the loop may not run, and then its result is the init
        return op.iter_args[number - 3]

    def writes(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return True  # what the body makes of it ends up in the result

    def aliases(self, op: Operation, number: int, analysis: Analysis) -> list[Alias]:
        assert isinstance(op, ForOp)
        position = number - 3
        argument = op.iter_args[position]
        same = analysis.equivalent.same(op.yielded[position], argument)
        return [Alias(op.results[position], same)]

    def resolve(self, op: Operation, analysis: Analysis, bufferizer: Bufferizer) -> None:
        assert isinstance(op, ForOp)
        last = op.body.entry.last
        assert last is not None
        for number, (value, argument) in enumerate(zip(op.yielded, op.iter_args, strict=True)):
            if is_tensor(value.type) and not analysis.equivalent.same(value, argument):
                if not bufferizer.options.allow_return_allocs_from_loops:
                    bufferizer.copied_yields.add((last, number))

    def buffer_type(self, op: Operation, value: Value, bufferizer: Bufferizer) -> Type:
        assert isinstance(op, ForOp)
        position = value.index if isinstance(value, OpResult) else value.index - 1
        argument = op.iter_args[position]
        start = bufferizer.operand_type(op, 3 + position)
        last = op.body.entry.last
        if (last, position) in bufferizer.copied_yields:
            return widest(start, bufferizer.identity_type(value.type))
        with bufferizer.assuming(argument, start):
            end = bufferizer.buffer_type(op.yielded[position])
        return widest(start, end)

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        assert isinstance(op, ForOp)
        types = result_types(op, bufferizer)
        inits = buffers_for(op, range(3, op.num_operands), types, bufferizer)
        operands = [*op._operands[:3], *inits]
        regions = take_regions(op)
        made = bufferizer.rewriter.insert(
            ForOp.create(operands, types, dict(op.properties), dict(op.attributes), (), regions)
        )
        wanted = [None, *(t if isinstance(t, MemRefType) else None for t in types)]
        pairs = zip(made.body.args, wanted, strict=True)
        retype_arguments(
            made.body.entry, [t if is_tensor(a.type) else None for a, t in pairs], bufferizer
        )
        bufferizer.replace(op, made.results)


@models(*BRANCHES)
class BranchModel(Model):
    """`if` and its kin: the result is the buffer that the branch taken yields."""

    def settle(self, op: Operation, analysis: Analysis) -> None:
        """A result that is one buffer whichever branch is taken is that buffer."""
        for result in op.results:
            given = [
                block.last._operands[result.index]
                for region in op.regions
                for block in region.blocks
                if isinstance(block.last, YieldOp)
            ]
            same = all(analysis.equivalent.same(given[0], other) for other in given[1:])
            if given and is_tensor(result.type) and same:
                analysis.equivalent.union(result, given[0])

    def buffer_type(self, op: Operation, value: Value, bufferizer: Bufferizer) -> Type:
        found: Type | None = None
        for region in op.regions:
            for block in region.blocks:
                if isinstance(block.last, YieldOp):
                    type = bufferizer.buffer_type(block.last._operands[value.index])
                    found = type if found is None else widest(found, type)
        return found if found is not None else bufferizer.identity_type(value.type)

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        types = result_types(op, bufferizer)
        regions = take_regions(op)
        made = bufferizer.rewriter.insert(
            type(op).create(
                op.operands, types, dict(op.properties), dict(op.attributes), (), regions
            )
        )
        bufferizer.replace(op, made.results)


@models("scf.while")
class WhileModel(Model):
    """`while`: buffers stay if both regions hand on what they were given."""

    def writes(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return True

    def aliases(self, op: Operation, number: int, analysis: Analysis) -> list[Alias]:
        assert isinstance(op, WhileOp)
        if number >= len(op.results) or op.results[number].type is not op._operands[number].type:
            return []
        condition, last = op.regions[0].entry.last, op.regions[1].entry.last
        assert isinstance(condition, ConditionOp) and isinstance(last, YieldOp)
        before, after = op.regions[0].entry.args, op.regions[1].entry.args
        same = analysis.equivalent.same(condition._operands[number + 1], before[number])
        same = same and analysis.equivalent.same(last._operands[number], after[number])
        return [Alias(op.results[number], same)]

    def resolve(self, op: Operation, analysis: Analysis, bufferizer: Bufferizer) -> None:
        condition, last = op.regions[0].entry.last, op.regions[1].entry.last
        assert isinstance(condition, ConditionOp) and isinstance(last, YieldOp)
        before = op.regions[0].entry.args
        for number, value in enumerate(condition._operands[1:]):
            same = number < len(before) and analysis.equivalent.same(value, before[number])
            if is_tensor(value.type) and not same:
                bufferizer.copied_yields.add((condition, number + 1))
        for number, value in enumerate(last._operands):
            after = op.regions[1].entry.args
            same = number < len(after) and analysis.equivalent.same(value, after[number])
            if is_tensor(value.type) and not same:
                bufferizer.copied_yields.add((last, number))

    def buffer_type(self, op: Operation, value: Value, bufferizer: Bufferizer) -> Type:
        if not isinstance(value, OpResult) and value.parent_block is op.regions[0].entry:
            start = bufferizer.operand_type(op, value.index)
        else:
            start = bufferizer.identity_type(value.type)
            inits = op.operands
            if value.index < len(inits) and inits[value.index].type is value.type:
                start = bufferizer.operand_type(op, value.index)
        return widest(start, bufferizer.identity_type(value.type))

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        assert isinstance(op, WhileOp)
        arguments = [region.entry.args for region in op.regions]
        wanted = [
            [bufferizer.buffer_type(a) if is_tensor(a.type) else None for a in given]
            for given in arguments
        ]
        types = result_types(op, bufferizer)
        starts = [t or a.type for t, a in zip(wanted[0], arguments[0], strict=True)]
        inits = buffers_for(op, range(op.num_operands), starts, bufferizer)
        regions = take_regions(op)
        made = bufferizer.rewriter.insert(
            WhileOp.create(inits, types, dict(op.properties), dict(op.attributes), (), regions)
        )
        for region, given in zip(made.regions, wanted, strict=True):
            retype_arguments(region.entry, given, bufferizer)
        bufferizer.replace(op, made.results)


@models("scf.forall")
class ForallModel(Model):
    """`forall`: the shared outputs are one buffer for all threads."""

    def writes(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return True

    def aliases(self, op: Operation, number: int, analysis: Analysis) -> list[Alias]:
        assert isinstance(op, ForallOp)
        position = number - (op.num_operands - len(op.outputs))
        return [Alias(op.results[position])]

    def buffer_type(self, op: Operation, value: Value, bufferizer: Bufferizer) -> Type:
        assert isinstance(op, ForallOp)
        position = value.index if isinstance(value, OpResult) else value.index - op.rank
        return bufferizer.operand_type(op, op.num_operands - len(op.outputs) + position)

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        assert isinstance(op, ForallOp)
        first = op.num_operands - len(op.outputs)
        buffers = [bufferizer.buffer(op, first + n) for n in range(len(op.outputs))]
        for argument, buffer in zip(op.output_arguments, buffers, strict=True):
            bufferizer.buffers[argument] = buffer
            bufferizer.dead_arguments.append(argument)
        properties: dict[str, Attribute] = dict(op.properties)
        sizes = properties[OPERAND_SEGMENTS]
        assert isinstance(sizes, DenseArrayAttr)
        properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32([*sizes.ints[:3], 0])
        regions = take_regions(op)
        bufferizer.rewriter.insert(
            ForallOp.create(op._operands[:first], [], properties, dict(op.attributes), (), regions)
        )
        bufferizer.replace(op, buffers)


@models("tensor.parallel_insert_slice")
class ParallelInsertSliceModel(InsertSliceModel):
    """A thread's part of a shared output: a copy into a subview, before the terminator."""

    def reads(self, op: Operation, number: int, analysis: Analysis) -> bool:
        return number == 0

    def aliases(self, op: Operation, number: int, analysis: Analysis) -> list[Alias]:
        return []

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        terminator = op.parent_op
        assert isinstance(terminator, InParallelOp)
        with bufferizer.rewriter.before(terminator):
            target = bufferizer.buffer_of(op.operands[1])
            source = bufferizer.buffer(op, 0)
            part = subview(op, bufferizer, target, op.operands[2:], op.operands[0].type)
            buffer_ops.copy(bufferizer.rewriter, source, part)
        bufferizer.replace(op, [])

"""Giving every buffer an owner, and every block a `bufferization.dealloc` at its end.

Blocks get an i1 argument for each buffer they are handed, ops with regions an i1 result for each
buffer they give; a function owns none of its arguments and hands over all its results.
"""

from __future__ import annotations

from stepwell.dialects.func.ops import CallOp, FuncOp, ReturnOp
from stepwell.dialects.scf.branches import IfOp
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr, TypeAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.dominance import DominatorTree
from stepwell.ir.effects import EffectKind, own_effects
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.operation import Operation, walk, walk_post_order
from stepwell.ir.region_flow import as_branch, as_region_branch, is_region_end
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import FunctionType
from stepwell.ir.value import Value
from stepwell.passes.bufferize import buffer_ops
from stepwell.passes.bufferize.scf_ops import take_regions
from stepwell.passes.deallocation.liveness import BufferLiveness, is_buffer
from stepwell.passes.deallocation.ownership import (
    UNKNOWN,
    OwnershipState,
    Unknown,
    dealloc,
    known,
)


class DeallocationInserter:
    """Inserts the deallocations of one function.

    Args:
        function: with a body.
        dynamic: the private functions whose results come with i1 results that say who owns them.
    """

    def __init__(self, function: FuncOp, dynamic: frozenset[str] = frozenset()) -> None:
        self.function = function
        self.dynamic = dynamic
        self.rewriter = Rewriter()
        self.state = OwnershipState(self.rewriter)
        self._new: dict[Value, Value] = {}
        self._results: tuple[Type, ...] | None = None

    def run(self) -> None:
        """Does it.

        Raises:
            VerifyError: the function frees buffers itself, or has loops made of branches.
        """
        _check(self.function)
        holders = [op for op in walk_post_order(self.function) if op.regions]
        for holder in holders:
            for region in holder.regions:
                if not region.is_empty:
                    self._region(region)
        if self._results is not None:
            grown = FunctionType(self.function.type.inputs, self._results)
            self.function.properties["function_type"] = TypeAttr(grown)

    def _region(self, region: Region) -> None:
        liveness = BufferLiveness(region)
        for block in list(DominatorTree(region).preorder()):
            self._start(block, liveness)
            for op in list(block.ops):
                if op is not block.last or not self._is_terminator(op):
                    self._operation(op)
            liveness.renamed(lambda value: self._new.get(value, value))
            last = block.last
            if last is not None and self._is_terminator(last):
                self.rewriter.start_at(last)
                self._end(last, liveness)

    def _is_terminator(self, op: Operation) -> bool:
        return op.may_be_terminator

    # The start of a block.

    def _start(self, block: Block, liveness: BufferLiveness) -> None:
        for value in liveness.live_in(block):
            self.state.care_for(value, block)
        holder = block.parent_op
        is_entry_of_function = holder is self.function and block.is_entry
        passed_on = not block.is_entry or as_region_branch(holder) is not None
        for argument in list(block.args):
            if not is_buffer(argument.type):
                continue
            if is_entry_of_function or not passed_on:
                self.state.set(argument, self.state.constant(block, False), block)
            else:
                self.state.set(argument, block.add_argument(types.i1), block)
            self.state.care_for(argument, block)

    # Ops in the middle.

    def _operation(self, op: Operation) -> None:
        block = op.parent
        assert block is not None
        self.rewriter.start_at(op)
        if as_region_branch(op) is not None:
            op = self._region_branch(op)
        elif hasattr(op, "call_arguments"):
            op = self._call(op)
        elif op.name == "arith.select":
            self._select(op)
        else:
            self._allocations(op, block)
        for result in op.results:
            if is_buffer(result.type) and not self.state.has(result, block):
                self._view(op, result, block)

    def _view(self, op: Operation, result: Value, block: Block) -> None:
        """A result that may be any of the operands."""
        for operand in op._operands:
            if is_buffer(operand.type):
                self.state.join(result, self.state.owned(operand, block), block)
        if not self.state.has(result, block):
            self.state.set(result, self.state.constant(block, False), block)

    def _allocations(self, op: Operation, block: Block) -> None:
        """What is allocated is owned; memory on the stack is not."""
        if op.name == "memref.alloca":
            return
        for effect in own_effects(op) or ():
            value = effect.value
            if effect.kind is EffectKind.ALLOCATE and value in op.results and is_buffer(value.type):
                self._own(value, self.state.constant(block, True), block)

    def _own(self, value: Value, condition: Value, block: Block) -> None:
        self.state.set(value, condition, block)
        self.state.care_for(value, block)

    def _select(self, op: Operation) -> None:
        block = op.parent
        assert block is not None
        if not is_buffer(op.result.type):
            return
        condition, a, b = op.operands
        first, second = self.state.owned(a, block), self.state.owned(b, block)
        if isinstance(first, Unknown) or isinstance(second, Unknown):
            self.state.set(op.result, UNKNOWN, block)
            return
        if first is not second:
            with self.rewriter.after(op):
                operands = [condition, first, second]
                made = buffer_ops.make(self.rewriter, "arith.select", operands, [types.i1])
            first = made.result
        self.state.set(op.result, first, block)

    def _call(self, op: Operation) -> Operation:
        block = op.parent
        assert block is not None
        buffers = [n for n, result in enumerate(op.results) if is_buffer(result.type)]
        if isinstance(op, CallOp) and op.callee.root in self.dynamic:
            op = self._with_conditions(op, [])
            conditions: list[Value] = list(op.results[len(op.results) - len(buffers) :])
        else:
            conditions = [self.state.constant(block, True)] * len(buffers)
        for number, condition in zip(buffers, conditions, strict=True):
            self._own(op.results[number], condition, block)
        return op

    def _region_branch(self, op: Operation) -> Operation:
        """Hands no ownership to the regions, and takes what they give."""
        block = op.parent
        assert block is not None
        given = sum(is_buffer(value.type) for value in _entry_operands(op))
        buffers = [n for n, result in enumerate(op.results) if is_buffer(result.type)]
        if not given and not buffers:
            return op
        no = [self.state.constant(block, False)] * given
        op = self._with_conditions(op, no)
        for number, result in zip(buffers, op.results[-len(buffers) :], strict=True):
            self._own(op.results[number], result, block)
        return op

    def _with_conditions(self, op: Operation, extra: list[Value]) -> Operation:
        """`op` made anew, with more operands and an i1 result for each buffer among the results."""
        count = len(op.results)
        more = [types.i1] * sum(is_buffer(result.type) for result in op.results)
        properties = dict(op.properties)
        _extend_last_segment(properties, len(extra))
        regions = take_regions(op)
        made = type(op).create(
            [*op.operands, *extra],
            [*op.result_types, *more],
            properties,
            dict(op.attributes),
            (),
            regions,
            op._location,
        )
        with self.rewriter.before(op):
            self.rewriter.insert(made)
        for old, new in zip(op.results, made.results[:count], strict=True):
            self._new[old] = new
            new.name_hint = old.name_hint
        self.rewriter.replace(op, made.results[:count])
        return made

    # The end of a block.

    def _end(self, last: Operation, liveness: BufferLiveness) -> None:
        if last.successors:
            if len(last.successors) == 1:
                self._branch(last, liveness)
            elif last.name == "cf.cond_br":
                self._conditional_branch(last, liveness)
            else:
                raise last.error("with several successors is not supported by this pass")
        elif isinstance(last, ReturnOp):
            self._return(last)
        elif is_region_end(last):
            results = self._free(last, [v for v in last.operands if is_buffer(v.type)])
            if as_region_branch(last.parent_op) is not None:
                last.set_operands([*last.operands, *results])
        else:
            self._free(last, [])

    def _free(self, last: Operation, retained: list[Value]) -> list[Value]:
        """Frees what the block cares for, but `retained`; returns who owns these now."""
        assert last.parent is not None
        buffers, conditions = self.state.to_free(last.parent)
        made = dealloc(self.rewriter, buffers, conditions, retained)
        return list(made.results) if made is not None else []

    def _branch(self, last: Operation, liveness: BufferLiveness) -> None:
        branch, block = as_branch(last), last.parent
        if branch is None or block is None:
            raise last.error("does not say what it hands to its successor")
        start, stop = branch.successor_operands(0)
        handed = [value for value in last._operands[start:stop] if is_buffer(value.type)]
        live = liveness.live_in(last.successors[0])
        results = self._free(last, [*handed, *live])
        for value, condition in zip(live, results[len(handed) :], strict=True):
            self.state.set(value, condition, block)
        _append_to_segment(last, 0, results[: len(handed)])

    def _conditional_branch(self, last: Operation, liveness: BufferLiveness) -> None:
        block = last.parent
        assert block is not None
        taken = last._operands[0]
        buffers, conditions = self.state.to_free(block)
        after: list[dict[Value, Value]] = []
        handed_on: list[list[Value]] = []
        for number, successor in enumerate(last.successors):
            if number == 1:
                yes = self.rewriter.constant(1, types.i1, None, ("arith",))
                taken = self._binary("arith.xori", yes, taken)
            start, stop = as_branch(last).successor_operands(number)  # type: ignore[union-attr]
            handed = [value for value in last._operands[start:stop] if is_buffer(value.type)]
            live = liveness.live_in(successor)
            here = [self._binary("arith.andi", own, taken) for own in conditions]
            made = dealloc(self.rewriter, buffers, here, [*handed, *live])
            results: list[Value] = list(made.results) if made is not None else []
            handed_on.append(results[: len(handed)])
            after.append(dict(zip(live, results[len(handed) :], strict=True)))
        self._merge(last, after, block)
        for number, results in enumerate(handed_on):
            _append_to_segment(last, number, results)

    def _merge(self, last: Operation, after: list[dict[Value, Value]], block: Block) -> None:
        for value in dict.fromkeys([*after[0], *after[1]]):
            owned = [results[value] for results in after if value in results]
            if len(owned) == 2:
                operands = [last._operands[0], *owned]
                made = buffer_ops.make(self.rewriter, "arith.select", operands, [types.i1])
                owned = [made.result]
            self.state.set(value, owned[0], block)

    def _binary(self, name: str, a: Value, b: Value) -> Value:
        return buffer_ops.make(self.rewriter, name, [a, b], [types.i1]).result

    def _return(self, last: Operation) -> None:
        if self.function.sym_name.value in self.dynamic:
            results = self._free(last, [v for v in last.operands if is_buffer(v.type)])
            last.set_operands([*last.operands, *results])
            old = self.function.type
            self._results = (*old.results, *[types.i1] * len(results))
            return
        block = last.parent
        assert block is not None
        for number, value in enumerate(last.operands):
            if is_buffer(value.type):
                last.set_operand(number, self._surely_owned(value, block))
        self._free(last, [v for v in last.operands if is_buffer(v.type)])

    def _surely_owned(self, value: Value, block: Block) -> Value:
        """`value` if it is owned, else a copy."""
        owned = self.state.owned(value, block)
        if isinstance(owned, Value) and known(owned):
            return value
        if isinstance(owned, Unknown):
            made = self._clone(value)
        else:
            made = self._owned_or_clone(value, owned)
        self._own(made, self.state.constant(block, True), block)
        return made

    def _clone(self, value: Value) -> Value:
        return buffer_ops.make(self.rewriter, "bufferization.clone", [value], [value.type]).result

    def _owned_or_clone(self, value: Value, owned: Value) -> Value:
        then, otherwise = Block(), Block()
        with self.rewriter.at_end(then):
            buffer_ops.make(self.rewriter, "scf.yield", [value])
        with self.rewriter.at_end(otherwise):
            buffer_ops.make(self.rewriter, "scf.yield", [self._clone(value)])
        regions = [Region([then]), Region([otherwise])]
        made = IfOp.create([owned], [value.type], None, None, (), regions)
        return self.rewriter.insert(made).result


def _entry_operands(op: Operation) -> list[Value]:
    """The operands that a region branch hands to the first region it may enter."""
    branch = as_region_branch(op)
    assert branch is not None
    for successor in branch.region_successors(None):
        if successor.target is not None:
            return list(branch.entry_operands(successor.target))
    return []


def _extend_last_segment(properties: dict[str, Attribute], more: int) -> None:
    sizes = properties.get(OPERAND_SEGMENTS)
    if more and isinstance(sizes, DenseArrayAttr):
        *first, last = sizes.ints
        properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32([*first, last + more])


def _append_to_segment(branch: Operation, number: int, values: list[Value]) -> None:
    """Hands successor `number` these values too."""
    if not values:
        return
    stop = as_branch(branch).successor_operands(number)[1]  # type: ignore[union-attr]
    operands = branch.operands
    branch.set_operands([*operands[:stop], *values, *operands[stop:]])
    sizes = branch.properties.get(OPERAND_SEGMENTS)
    if isinstance(sizes, DenseArrayAttr):
        changed = list(sizes.ints)
        changed[number + 1] += len(values)
        branch.properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32(changed)


def _check(function: FuncOp) -> None:
    for op in walk(function):
        if op.name in ("bufferization.dealloc", "memref.dealloc") or _frees(op):
            raise op.error("memory free side-effect on MemRef value not supported!")
        for region in op.regions:
            if not region.has_one_block and _has_buffers(region) and _has_cycle(region):
                raise op.error("Only structured control-flow loops are supported.")


def _frees(op: Operation) -> bool:
    return any(
        effect.kind is EffectKind.FREE and effect.value is not None and is_buffer(effect.value.type)
        for effect in own_effects(op) or ()
    )


def _has_buffers(region: Region) -> bool:
    """Whether any value defined in the blocks of `region` is a buffer."""
    defined = [
        *(a for b in region for a in b.args),
        *(r for b in region for o in b for r in o.results),
    ]
    return any(is_buffer(value.type) for value in defined)


def _has_cycle(region: Region) -> bool:
    """Whether branches can come back to a block: taking off blocks nobody jumps to leaves some."""
    incoming = {block: len(block.predecessors) for block in region.blocks}
    free = [block for block, count in incoming.items() if not count]
    done = 0
    while free:
        block = free.pop()
        done += 1
        for successor in dict.fromkeys(block.successors):
            incoming[successor] -= 1
            if not incoming[successor]:
                free.append(successor)
    return done < len(incoming)

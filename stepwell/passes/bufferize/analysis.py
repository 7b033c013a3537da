"""Which operands may be bufferized in place.

Every op that writes a tensor makes a new value; its buffer may be that of the operand only if
nobody reads the old value afterwards. The ops are visited last first; an operand is bufferized in
place unless that would let a later read see the new contents (a read-after-write conflict), or
would write memory that must not be written.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from stepwell.ir.block import Block, Region
from stepwell.ir.dominance import Dominance, ancestor_in_block
from stepwell.ir.operation import Operation, walk_post_order
from stepwell.ir.value import BlockArgument, OpResult, Value
from stepwell.passes.bufferize.model import Alias, Model, has_tensors, is_tensor, model_of
from stepwell.passes.bufferize.union_find import UnionFind

Use = tuple[Operation, int]


@dataclass(frozen=True, slots=True)
class CallSummary:
    """What a call does, by the number of the argument.

    Attributes:
        reads: whether the callee reads it.
        writes: whether the callee writes it in place.
        returned: the results that may be its buffer, and whether they are the whole of it.
        read_only: the results that may be memory that must not be written.
    """

    reads: list[bool]
    writes: list[bool]
    returned: list[dict[int, bool]]
    read_only: frozenset[int] = frozenset()


class Analysis:
    """The decisions for one function.

    Attributes:
        aliases: values that may share memory.
        equivalent: values that are one whole buffer.
        in_place: the operands that keep their buffer.
        loops_return_allocations: whether `scf.for` may yield other buffers than it was given.
    """

    def __init__(
        self,
        function: Operation,
        functions: dict[str, Analysis] | None = None,
        loops_return_allocations: bool = False,
    ) -> None:
        self.function = function
        self.functions = functions if functions is not None else {}
        self.aliases = UnionFind()
        self.equivalent = UnionFind()
        self.in_place: set[Use] = set()
        self.out_of_place: set[Use] = set()
        self.call_summary: CallSummary | None = None
        self.loops_return_allocations = loops_return_allocations
        self._dominance = Dominance()
        self._read_values: dict[Value, bool] = {}

    # Running.

    def run(self, copy_before_write: bool = False) -> None:
        """Decides for every tensor operand in the function."""
        ops = [op for op in walk_post_order(self.function) if has_tensors(op)]
        for op in ops:
            model = model_of(op)
            if model is None:
                continue
            for number in tensor_operands(op):
                if model.always_in_place(op, number):
                    self._accept((op, number), model)
        for op in reversed(ops):
            model = model_of(op)
            if model is None:
                continue
            for number in tensor_operands(op):
                use = (op, number)
                if use not in self.in_place:
                    self._decide(use, model, copy_before_write)
        for op in ops:
            self._settle(op)

    def _settle(self, op: Operation) -> None:
        """Notes what is one buffer, once everything inside `op` is decided."""
        model = model_of(op)
        if model is None:
            return
        for number in tensor_operands(op):
            if (op, number) in self.in_place:
                for alias in model.aliases(op, number, self):
                    if alias.equivalent:
                        self.equivalent.union(op._operands[number], alias.value)
        model.settle(op, self)

    def _decide(self, use: Use, model: Model, copy_before_write: bool) -> None:
        op, number = use
        if copy_before_write and model.writes(op, number, self):
            self.out_of_place.add(use)
            return
        if self._writes_read_only(use, model) or self._conflicts(use, model):
            self.out_of_place.add(use)
        else:
            self._accept(use, model)

    def _accept(self, use: Use, model: Model) -> None:
        op, number = use
        self.in_place.add(use)
        for alias in model.aliases(op, number, self):
            self.aliases.union(op._operands[number], alias.value)
            if alias.equivalent:
                self.equivalent.union(op._operands[number], alias.value)

    def is_in_place(self, op: Operation, number: int) -> bool:
        """Whether operand `number` of `op` keeps its buffer."""
        return (op, number) not in self.out_of_place

    # Memory that must not be written.

    def _writes_read_only(self, use: Use, model: Model) -> bool:
        op, number = use
        involved = self._involved(use, model)
        writes = model.writes(op, number, self) or any(self._writes_in_place(involved))
        return writes and any(not is_writable(value, self) for value in involved)

    def _involved(self, use: Use, model: Model) -> list[Value]:
        """Everything that would share memory if `use` were in place."""
        op, number = use
        found = dict.fromkeys(self.aliases.members(op._operands[number]))
        for alias in model.aliases(op, number, self):
            found.update(dict.fromkeys(self.aliases.members(alias.value)))
        return list(found)

    def _writes_in_place(self, values: list[Value]) -> Iterator[Use]:
        for value in values:
            for op, number in value.uses:
                model = model_of(op)
                if model is None:
                    yield op, number  # who knows
                elif (op, number) in self.in_place and model.writes(op, number, self):
                    yield op, number

    def _reads(self, values: list[Value]) -> Iterator[Use]:
        for value in values:
            for op, number in value.uses:
                model = model_of(op)
                if model is None or model.reads(op, number, self):
                    yield op, number
                elif not model.writes(op, number, self):
                    # What only aliases it may turn out to be a copy, which reads it.
                    aliases = model.aliases(op, number, self)
                    if any(self.is_read(alias.value) for alias in aliases):
                        yield op, number

    # Read-after-write conflicts.

    def _conflicts(self, use: Use, model: Model) -> bool:
        op, number = use
        own = self.aliases.members(op._operands[number])
        results: list[Value] = []
        for alias in model.aliases(op, number, self):
            results += self.aliases.members(alias.value)
        everything = list(dict.fromkeys([*own, *results]))
        writes = list(self._writes_in_place(everything))
        if model.writes(op, number, self):
            writes.append(use)
        if not writes:
            return False
        reads = list(self._reads(everything))
        return any(self._interferes(read, writes) for read in reads)

    def _interferes(self, read: Use, writes: list[Use]) -> bool:
        reader, number = read
        definitions = self.definitions(reader._operands[number])
        return any(self._conflict(read, write, definitions) for write in writes)

    def _conflict(self, read: Use, write: Use, definitions: list[Value]) -> bool:
        reader, writer = read[0], write[0]
        ordered = self._order_means_something(reader, writer, definitions)
        if ordered:
            if write == read:
                return False
            if self._happens_before(reader, writer):
                return False
            if reader is writer and self._reads_before_writing(read, write):
                return False
            if _mutually_exclusive(reader, writer):
                return False
        for model_op in dict.fromkeys((reader, writer)):
            model = model_of(model_op)
            if model is not None and model.does_not_conflict(model_op, read, write, self):
                return False
        return any(self._breaks(write, definition) for definition in definitions)

    def _reads_before_writing(self, read: Use, write: Use) -> bool:
        """Whether one op reads each element of a buffer before it writes that element."""
        op = read[0]
        model = model_of(op)
        if model is None or not model.reads_before_writing(op, read[1], write[1]):
            return False
        return self.equivalent.same(op._operands[read[1]], op._operands[write[1]])

    def _breaks(self, write: Use, definition: Value) -> bool:
        """Whether a write comes between `definition` and a read of it."""
        writer, number = write
        if isinstance(definition, OpResult):
            if self._happens_before(writer, definition.owner):
                return False
            if definition.owner.is_ancestor_of(writer) and definition.owner is not writer:
                return False  # the write is part of making the value
        elif isinstance(definition, BlockArgument):
            if ancestor_in_block(definition.owner, writer) is None:
                return False
        model = model_of(writer)
        if model is None:
            return True
        made = model.aliases(writer, number, self)
        return not any(alias.value is definition for alias in made)

    def _order_means_something(
        self, reader: Operation, writer: Operation, definitions: list[Value]
    ) -> bool:
        """Whether "before" in the text is before in time: not if a loop lies between."""
        for definition in definitions:
            home = _repetitive_region(definition.parent_block)
            region = _repetitive_region(reader.parent)
            while region is not None and region is not home:
                if _inside(writer, region):
                    return False
                assert region.parent is not None
                region = _repetitive_region(region.parent.parent)
        return not _in_loop_of_blocks(reader, writer)

    def _happens_before(self, first: Operation, second: Operation) -> bool:
        """Whether `first`, or an op around it that does not hold `second`, ends before `second`."""
        op: Operation | None = first
        while op is not None and not (op is not first and op.is_ancestor_of(second)):
            if op is not second and self._dominance.properly_dominates(op, second):
                return not op.is_ancestor_of(second)
            op = op.parent_op
        return False

    # Where a value comes from.

    def definitions(self, value: Value) -> list[Value]:
        """The values that last wrote what `value` holds."""
        found: dict[Value, None] = {}
        seen: set[Value] = set()
        pending = [value]
        while pending:
            current = pending.pop()
            if current in seen:
                continue
            seen.add(current)
            sources = self.sources(current)
            outside = [source for source in sources if not _made_inside(source, current)]
            if not outside or len(outside) < len(sources) or self.is_written(current):
                found[current] = None
            else:
                pending += outside
        return list(found)

    def sources(self, value: Value) -> list[Value]:
        """The operands whose buffers `value` may be, if they are bufferized in place."""
        if not isinstance(value, OpResult):
            return []
        op = value.owner
        model = model_of(op)
        if model is None:
            return []
        found = []
        for number in tensor_operands(op):
            if (op, number) in self.out_of_place:
                continue
            if any(alias.value is value for alias in model.aliases(op, number, self)):
                found.append(op._operands[number])
        return [*found, *yielded_to(value)]

    def is_written(self, value: Value) -> bool:
        """Whether the op that makes `value` writes it (rather than passing a buffer on)."""
        if not isinstance(value, OpResult):
            return True
        op = value.owner
        model = model_of(op)
        if model is None:
            return True
        for number in tensor_operands(op):
            if any(alias.value is value for alias in model.aliases(op, number, self)):
                if model.writes(op, number, self) or (op, number) in self.out_of_place:
                    return True
        return any(self._written_inside(source, op) for source in yielded_to(value))

    def _written_inside(self, value: Value, holder: Operation) -> bool:
        """Whether `value`, yielded by a region of `holder`, was written in that region."""
        for definition in self.definitions(value):
            if isinstance(definition, OpResult) and holder.is_ancestor_of(definition.owner):
                return True
        return False

    def is_read(self, value: Value) -> bool:
        """Whether the contents of `value` are ever read, also by way of what aliases them."""
        found = self._read_values.get(value)
        if found is None:
            found = self._read_values[value] = self._is_read(value)
        return found

    def _is_read(self, value: Value) -> bool:
        seen: set[Value] = set()
        pending = [value]
        while pending:
            current = pending.pop()
            if current in seen:
                continue
            seen.add(current)
            for op, number in current.uses:
                model = model_of(op)
                inside = model.read_inside(op, number) if model is not None else None
                if inside is not None:
                    pending.append(inside)
                elif model is None or model.reads(op, number, self):
                    return True
                elif not model.writes(op, number, self):
                    pending += [alias.value for alias in model.aliases(op, number, self)]
        return False


def tensor_operands(op: Operation) -> list[int]:
    """The numbers of the operands that are tensors."""
    return [number for number, value in enumerate(op._operands) if is_tensor(value.type)]


def is_writable(value: Value, analysis: Analysis) -> bool:
    """Whether the memory behind `value` may be written."""
    if isinstance(value, OpResult):
        model = model_of(value.owner)
        return model is not None and model.is_writable(value.owner, value, analysis)
    holder = value.parent_block.parent_op if value.parent_block is not None else None
    model = model_of(holder) if holder is not None else None
    return model is None or holder is None or model.is_writable(holder, value, analysis)


def yielded_to(value: OpResult) -> list[Value]:
    """The values that terminators inside the op hand to its result `value`."""
    found: list[Value] = []
    for region in value.owner.regions:
        for block in region.blocks:
            terminator = block.last
            model = model_of(terminator) if terminator is not None else None
            if terminator is None or model is None:
                continue
            given = getattr(model, "operand_for_result", None)
            source = given(terminator, value) if given is not None else None
            if source is not None:
                found.append(source)
    return found


def _made_inside(source: Value, result: Value) -> bool:
    """Whether `source` is defined in a region of the op that has the result `result`."""
    holder = source.parent_block.parent_op if source.parent_block is not None else None
    owner = result.owner
    return holder is not None and isinstance(owner, Operation) and owner.is_ancestor_of(holder)


_RUN_FOR_EACH_ELEMENT = ("linalg.", "tensor.generate", "tensor.pad")


def _repetitive_region(block: Block | None) -> Region | None:
    """The nearest region around a block that may run several times for one run of its op."""
    while block is not None and block.parent is not None:
        region = block.parent
        owner = region.parent
        loops = getattr(owner, "loop_regions", None)
        if loops is not None and any(region is loop for loop in loops()):
            return region
        if owner is not None and owner.name.startswith(_RUN_FOR_EACH_ELEMENT):
            return region
        block = owner.parent if owner is not None else None
    return None


def _inside(op: Operation, region: Region) -> bool:
    inner = op.parent_region
    return inner is not None and region.is_ancestor_of(inner)


def _in_loop_of_blocks(first: Operation, second: Operation) -> bool:
    """Whether branches could run `first` again after `second`: some region has several blocks."""
    for op in (first, *first.ancestors()):
        region = op.parent_region
        if region is not None and not region.has_one_block and _inside(second, region):
            return True
    return False


def _mutually_exclusive(first: Operation, second: Operation) -> bool:
    """Whether two ops stand in different branches of one conditional."""
    around = {id(op): op for op in (first, *first.ancestors())}
    for op in (second, *second.ancestors()):
        parent = op.parent_op
        if parent is None or id(parent) not in around or len(parent.regions) < 2:
            continue
        if parent.name not in ("scf.if", "scf.index_switch"):
            continue
        a = next(r for r in parent.regions if _inside(first, r)) if first is not parent else None
        b = next(r for r in parent.regions if _inside(second, r)) if second is not parent else None
        if a is not None and b is not None and a is not b:
            return True
    return False


__all__ = ["Alias", "Analysis", "Use", "is_writable", "tensor_operands", "yielded_to"]

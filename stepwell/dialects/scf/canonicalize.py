"""Canonical patterns of scf: branches and loops whose course is known."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.compare import SelectOp
from stepwell.dialects.scf.branches import ExecuteRegionOp, IfOp, IndexSwitchOp
from stepwell.dialects.scf.forall import ForallOp
from stepwell.dialects.scf.loops import ForOp, WhileOp
from stepwell.dialects.scf.parallel import ParallelOp
from stepwell.dialects.scf.terminators import ConditionOp, YieldOp
from stepwell.ir.attributes import FALSE, TRUE, DenseArrayAttr, IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.effects import is_pure
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.operation import Operation, walk
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.rewriting.pattern import Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC
from stepwell.ir.value import Value


def integer_of(value: Value) -> int | None:
    """The number that `value` is, if it is a constant."""
    found = constant_of(value)
    return found.value if isinstance(found, IntegerAttr) else None


def inline(
    rewriter: Rewriter, op: Operation, block: Block, arguments: Sequence[Value] = ()
) -> list[Value]:
    """Moves the ops of a region's only block to before `op`; returns what it would have yielded."""
    last = block.last
    assert last is not None
    position = [block.args.index(v) if v in block.args else -1 for v in last._operands]
    values = [
        arguments[at] if at >= 0 else value
        for at, value in zip(position, last._operands, strict=True)
    ]
    rewriter.erase(last)
    rewriter.inline_block_before(block, op, arguments)
    return values


def is_defined_outside(value: Value, op: Operation) -> bool:
    """Whether `value` is defined outside the regions of `op`."""
    block = value.parent_block
    inside = block.parent_op if block is not None else None
    return inside is None or not op.is_ancestor_of(inside)


# Branches.


@pattern
def if_of_constant(op: IfOp, rewriter: Rewriter) -> Rewrite:
    """An if whose condition is known becomes the region that runs."""
    known = integer_of(op.condition)
    if known is None:
        return None
    chosen = op.then if known else op.otherwise
    if chosen.is_empty:
        rewriter.erase(op)
        return True
    return inline(rewriter, op, chosen.entry)


@pattern
def unused_results_of_if(op: IfOp, rewriter: Rewriter) -> Rewrite:
    """Results that nobody uses go."""
    kept = [number for number, result in enumerate(op.results) if result.has_uses]
    if len(kept) == len(op.results):
        return None
    made = IfOp.create(
        [op.condition],
        [op.results[number].type for number in kept],
        None,
        dict(op.attributes) or None,
        (),
        [Region(), Region()],
    )
    rewriter.insert(made)
    for old, new in zip(op.regions, made.regions, strict=True):
        rewriter.move_blocks(old, new)
        keep_operands(rewriter, new, kept)
    return replace_kept(rewriter, op, made, kept)


def keep_operands(rewriter: Rewriter, region: Region, kept: Sequence[int]) -> None:
    """Leaves the terminators of a region only these operands."""
    for block in region.blocks:
        last = block.last
        if last is not None and isinstance(last, YieldOp):
            last.set_operands([last._operands[number] for number in kept])
            rewriter.modified(last)


def replace_kept(rewriter: Rewriter, op: Operation, made: Operation, kept: Sequence[int]) -> bool:
    """Replaces `op`, of whose results only those in `kept` are used, by `made`."""
    for number, new in zip(kept, made.results, strict=True):
        if new.name_hint is None:
            new.name_hint = op.results[number].name_hint
        rewriter.replace_all_uses(op.results[number], new)
    rewriter.erase(op)
    return True


@pattern
def empty_else(op: IfOp, rewriter: Rewriter) -> Rewrite:
    """An else region that does nothing goes."""
    if op.results or not op.has_idle_else:
        return None
    rewriter.erase_block(op.otherwise.entry)
    rewriter.modified(op)
    return True


@pattern
def condition_inside_if(op: IfOp, rewriter: Rewriter) -> Rewrite:
    """Inside the regions of an if its condition is known."""
    if constant_of(op.condition) is not None:
        return None
    changed = False
    for user, region in _users_inside(op, op.condition):
        with rewriter.before(op):
            known = TRUE if region is op.then else FALSE
            value = rewriter.constant(known, op.condition.type)
        for number, operand in enumerate(user._operands):
            if operand is op.condition:
                user.set_operand(number, value)
        rewriter.modified(user)
        changed = True
    return changed


def _users_inside(op: IfOp, value: Value) -> list[tuple[Operation, Region]]:
    """The ops inside `op` that use `value`, each with the region of `op` that it is in."""
    users = value._users or {}
    if len(users) > _MANY:  # most may be elsewhere
        return [(i, r) for r in op.regions for b in r for o in b for i in walk(o) if i in users]
    found: list[tuple[Operation, Region]] = []
    for user in users:
        region = user.parent_region if user is not op else None
        while region is not None and region.parent is not op:
            region = region.parent.parent_region if region.parent is not None else None
        if region is not None:
            found.append((user, region))
    return found


_MANY = 64


@pattern
def if_to_select(op: IfOp, rewriter: Rewriter) -> Rewrite:
    """Results that are values from outside become selects."""
    if not op.results or op.otherwise.is_empty:
        return None
    yes, no = op.then.entry.last, op.otherwise.entry.last
    assert yes is not None and no is not None
    pairs = list(zip(yes._operands, no._operands, strict=True))
    outside = [all(is_defined_outside(value, op) for value in pair) for pair in pairs]
    movable = [
        number for number, result in enumerate(op.results) if outside[number] and result.has_uses
    ]
    if not movable:
        return None
    for number in movable:
        first, second = pairs[number]
        value = first
        if first is not second:
            value = rewriter.insert(SelectOp(op.condition, first, second)).result
        rewriter.replace_all_uses(op.results[number], value)
    return True


@pattern
def switch_of_constant(op: IndexSwitchOp, rewriter: Rewriter) -> Rewrite:
    """A switch on a known number becomes the region that runs."""
    known = integer_of(op.arg)
    return None if known is None else inline(rewriter, op, op.region_for(known).entry)


@pattern
def inline_execute_region(op: ExecuteRegionOp, rewriter: Rewriter) -> Rewrite:
    """A region of one block needs no op around it."""
    last = op.body.entry.last
    if op.no_inline is not None or not op.body.has_one_block or not isinstance(last, YieldOp):
        return None
    return inline(rewriter, op, op.body.entry)


# Loops.


def trip_count(loop: ForOp) -> int | None:
    """How often the body runs, if that is known."""
    if loop.lowerBound is loop.upperBound:
        return 0
    lower, upper = integer_of(loop.lowerBound), integer_of(loop.upperBound)
    step = integer_of(loop.step)
    if lower is None or upper is None:
        return None
    lower, upper = loop.compared(lower), loop.compared(upper)
    if lower >= upper:
        return 0
    if step is None or loop.compared(step) <= 0:
        return None
    return -((lower - upper) // loop.compared(step))


@pattern
def short_for(op: ForOp, rewriter: Rewriter) -> Rewrite:
    """A loop that runs not at all yields its first values; one that runs once is its body."""
    count = trip_count(op)
    if count == 0:
        return op.inits
    if count == 1:
        return inline(rewriter, op, op.body.entry, [op.lowerBound, *op.inits])
    return None


@pattern
def loop_of_nothing(op: ForOp, rewriter: Rewriter) -> Rewrite:
    """A loop that only hands on values from outside yields them, if it runs at all."""
    if not op.results or not _does_nothing(op.body):
        return None
    count = trip_count(op)
    if not count or any(not is_defined_outside(value, op) for value in op.yielded):
        return None
    return op.yielded


def _does_nothing(region: Region) -> bool:
    return region.has_one_block and region.entry.first is region.entry.last


@pattern
def constant_iter_args(op: ForOp, rewriter: Rewriter) -> Rewrite:
    """Iteration arguments that never change, or that nobody needs, go."""
    rows = list(zip(op.inits, op.iter_args, op.yielded, op.results, strict=True))
    kept: list[int] = []
    for number, (init, argument, value, result) in enumerate(rows):
        if value in (argument, init):
            rewriter.replace_all_uses(result, init)
            rewriter.replace_all_uses(argument, init)
        elif result.has_uses or not _feeds_only_itself(op, argument, value):
            kept.append(number)
    if len(kept) == len(rows):
        return None
    return _with_iter_args(op, rewriter, kept)


def _feeds_only_itself(op: ForOp, argument: Value, value: Value) -> bool:
    """Whether an argument is unused, but perhaps for the pure op that makes its next value."""
    if not argument.has_uses:
        return True
    maker = value.defining_op
    if maker is None or argument.users != (maker,) or maker.parent is not op.body.entry:
        return False
    return len(maker.results) == 1 and value.has_one_use and is_pure(maker)


def _with_iter_args(op: ForOp, rewriter: Rewriter, kept: Sequence[int]) -> bool:
    """Makes the loop anew with only these iteration arguments."""
    last = op.body.entry.last
    assert last is not None
    body = op.body.entry
    gone = [number for number in range(len(op.inits)) if number not in kept]
    makers = [value.defining_op for value in (op.yielded[number] for number in gone)]
    last.set_operands([op.yielded[number] for number in kept])
    rewriter.modified(last)
    for number in reversed(gone):
        argument = body.args[1 + number]
        if argument.has_uses:
            maker = makers[gone.index(number)]
            assert maker is not None
            rewriter.erase(maker)
        body.erase_argument(1 + number)
    made = ForOp.create(
        [*op._operands[:3], *(op.inits[number] for number in kept)],
        [op.results[number].type for number in kept],
        dict(op.properties) or None,
        dict(op.attributes) or None,
        (),
        [Region()],
    )
    rewriter.insert(made)
    rewriter.move_blocks(op.body, made.body)
    return replace_kept(rewriter, op, made, kept)


@pattern
def condition_inside_while(op: WhileOp, rewriter: Rewriter) -> Rewrite:
    """In the second region, what was the condition is true."""
    condition = op.before.entry.last
    if not isinstance(condition, ConditionOp):
        return None
    changed = False
    for argument, value in zip(op.after.args, condition.args, strict=True):
        if value is condition.condition and argument.has_uses:
            with rewriter.before(op):
                truth = rewriter.constant(TRUE, value.type)
            rewriter.replace_all_uses(argument, truth)
            changed = True
    return changed


@pattern
def while_that_never_repeats(op: WhileOp, rewriter: Rewriter) -> Rewrite:
    """A while whose condition is false is its first region."""
    condition = op.before.entry.last
    if not isinstance(condition, ConditionOp) or integer_of(condition.condition) != 0:
        return None
    if not op.before.has_one_block:
        return None
    return inline(rewriter, op, op.before.entry, list(op._operands))[1:]


@pattern
def short_parallel(op: ParallelOp, rewriter: Rewriter) -> Rewrite:
    """A parallel loop over no points yields its first values."""
    for lower, upper in zip(op.lowerBound, op.upperBound, strict=True):
        first, last = integer_of(lower), integer_of(upper)
        if lower is upper or (first is not None and last is not None and first >= last):
            return list(op.initVals)
    return None


@pattern
def single_dimensions_of_parallel(op: ParallelOp, rewriter: Rewriter) -> Rewrite:
    """Dimensions of one point go, if others are left."""
    rows = list(zip(op.lowerBound, op.upperBound, op.step, strict=True))
    single = [number for number, row in enumerate(rows) if _runs_once(*row)]
    if not single or len(single) == len(rows):
        return None
    body = op.body.entry
    for number in reversed(single):
        rewriter.replace_all_uses(body.args[number], rows[number][0])
        body.erase_argument(number)
    left = [row for number, row in enumerate(rows) if number not in single]
    operands = [row[part] for part in range(3) for row in left]
    operands += op.initVals
    op.set_operands(operands)
    count = len(left)
    sizes = [count, count, count, len(operands) - 3 * count]
    op.properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32(sizes)
    rewriter.modified(op)
    return True


def _runs_once(lower: Value, upper: Value, step: Value) -> bool:
    first, last, stride = integer_of(lower), integer_of(upper), integer_of(step)
    if first is None or last is None or stride is None:
        return False
    return first < last <= first + stride


@pattern
def constant_bounds_of_forall(op: ForallOp, rewriter: Rewriter) -> Rewrite:
    """Bounds and steps that are constants are written as numbers."""
    changed = False
    groups: list[list[Value]] = []
    for name, values in (
        ("staticLowerBound", op.dynamicLowerBound),
        ("staticUpperBound", op.dynamicUpperBound),
        ("staticStep", op.dynamicStep),
    ):
        numbers = op.properties[name]
        assert isinstance(numbers, DenseArrayAttr)
        found, left = known_numbers(numbers.ints, values)
        groups.append(left)
        if len(left) < len(values):
            op.properties[name] = DenseArrayAttr.i64(found)
            changed = True
    if not changed:
        return None
    groups.append(list(op.outputs))
    op.set_operands([value for group in groups for value in group])
    op.properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32([len(group) for group in groups])
    rewriter.modified(op)
    return True


def known_numbers(numbers: Sequence[int], values: Sequence[Value]) -> tuple[list[int], list[Value]]:
    """An index list with its constants written as numbers, and the values that are left."""
    following = iter(values)
    found: list[int] = []
    left: list[Value] = []
    for number in numbers:
        if number == DYNAMIC:
            value = next(following)
            constant = integer_of(value)
            if constant is None:
                left.append(value)
            else:
                number = constant
        found.append(number)
    return found, left


@pattern
def forall_of_no_points(op: ForallOp, rewriter: Rewriter) -> Rewrite:
    """A forall over no points yields its outputs."""
    bounds = zip(op.mixed_lower_bound, op.mixed_upper_bound, strict=True)
    for lower, upper in bounds:
        if isinstance(lower, int) and isinstance(upper, int) and lower >= upper:
            return list(op.outputs)
    return None

"""Canonical patterns of cf."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.compare import SelectOp
from stepwell.dialects.arith.constant import int_of
from stepwell.dialects.cf.ops import AssertOp, BranchOp, CondBranchOp, SwitchOp
from stepwell.ir import types
from stepwell.ir.block import Block
from stepwell.ir.numbers.integers import to_unsigned
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value

Way = tuple[Block, tuple[Value, ...]]
"""A block, and the values passed to it."""


def shortcut(block: Block, arguments: Sequence[Value]) -> Way | None:
    """Where a branch to `block` ends up, if `block` does nothing but branch on."""
    branch = block.terminator
    if not isinstance(branch, BranchOp) or branch.prev is not None or branch.dest is block:
        return None
    users = {user for argument in block.args for user in argument.users}
    if users - {branch}:
        return None
    passed = dict(zip(block.args, arguments, strict=True))
    return branch.dest, tuple(passed.get(value, value) for value in branch.operands)  # type: ignore[call-overload]


def _leads_alone(op: Operation, block: Block) -> bool:
    """Whether `op` is the only one that branches to `block`."""
    predecessors = block._predecessors or {}
    return len(predecessors) == 1 and op in predecessors


def _users_in(block: Block, value: Value) -> list[Operation]:
    """The ops of `block` that use `value`, in time of the lesser of block and uses."""
    users = value._users or {}
    if len(users) > _MANY:
        return [op for op in block if op in users]
    return [user for user in users if user.parent is block]


_MANY = 16


def _branch_to(op: BranchOp | CondBranchOp | SwitchOp, way: Way, rewriter: Rewriter) -> Rewrite:
    rewriter.insert(BranchOp(list(way[1]), way[0]))
    rewriter.erase(op)
    return True


@pattern
def branch_to_own_block(op: BranchOp, rewriter: Rewriter) -> Rewrite:
    """Merges a block into the only one that branches to it"""
    block, own = op.dest, op.parent
    if own is None or block is own or not _leads_alone(op, block):
        raise NoMatch("the block is reached in another way, too")
    arguments = op.operands
    rewriter.erase(op)
    rewriter.merge_blocks(block, own, arguments)
    return True


@pattern
def branch_through(op: BranchOp, rewriter: Rewriter) -> Rewrite:
    """Skips a block that only branches on"""
    way = shortcut(op.dest, op.operands)
    if way is None:
        raise NoMatch("the block does something")
    return _branch_to(op, way, rewriter)


@pattern
def known_condition(op: CondBranchOp, rewriter: Rewriter) -> Rewrite:
    """cond_br true, ^a, ^b -> br ^a"""
    condition = int_of(constant_of(op.condition))
    if condition is None:
        raise NoMatch("the condition is not known")
    return _branch_to(op, _ways(op)[0 if condition else 1], rewriter)


def _ways(op: CondBranchOp) -> tuple[Way, Way]:
    return (op.trueDest, op.trueDestOperands), (op.falseDest, op.falseDestOperands)


@pattern
def conditional_branch_through(op: CondBranchOp, rewriter: Rewriter) -> Rewrite:
    """Skips blocks that only branch on"""
    old = _ways(op)
    new = [shortcut(*way) or way for way in old]
    if tuple(new) == old:
        raise NoMatch("the blocks do something")
    (yes, yes_values), (no, no_values) = new
    rewriter.insert(
        CondBranchOp(op.condition, list(yes_values), list(no_values), op.branch_weights, yes, no)
    )
    rewriter.erase(op)
    return True


@pattern
def same_successors(op: CondBranchOp, rewriter: Rewriter) -> Rewrite:
    """cond_br c, ^a(x), ^a(y) -> br ^a(select c, x, y)"""
    (yes, yes_values), (no, no_values) = _ways(op)
    if yes is not no:
        raise NoMatch("the blocks differ")
    pairs = list(zip(yes_values, no_values, strict=True))
    if len(yes._predecessors or ()) != 1 and any(a is not b for a, b in pairs):
        raise NoMatch("the block is reached in another way, too, and gets different values")
    values = tuple(
        a if a is b else rewriter.insert(SelectOp(op.condition, a, b)).result for a, b in pairs
    )
    return _branch_to(op, (yes, values), rewriter)


@pattern
def condition_decided_before(op: CondBranchOp, rewriter: Rewriter) -> Rewrite:
    """A cond_br in a block that only one way of a cond_br on the same condition leads to"""
    block = op.parent
    branches = list(block._predecessors or ()) if block is not None else []
    before = branches[0] if len(branches) == 1 else None
    if not isinstance(before, CondBranchOp) or before.condition is not op.condition:
        raise NoMatch("the condition was not decided before")
    if before.trueDest is before.falseDest:
        raise NoMatch("both ways lead here")
    return _branch_to(op, _ways(op)[0 if before.trueDest is block else 1], rewriter)


@pattern
def condition_known_after(op: CondBranchOp, rewriter: Rewriter) -> Rewrite:
    """Uses of the condition in a block that only one way leads to become true (false)"""
    if op.trueDest is op.falseDest:
        raise NoMatch("both ways lead to one block")
    changed = False
    for block, value in ((op.trueDest, 1), (op.falseDest, 0)):
        users = _users_in(block, op.condition) if _leads_alone(op, block) else []
        if not users:
            continue
        known = rewriter.constant(value, types.i1)
        for user in users:
            user.set_operands([known if v is op.condition else v for v in user.operands])
            rewriter.modified(user)
        changed = True
    return changed


@pattern
def assertion_that_holds(op: AssertOp, rewriter: Rewriter) -> Rewrite:
    """assert true -> nothing"""
    if int_of(constant_of(op.arg)) != 1:
        raise NoMatch("the condition is not known to hold")
    rewriter.erase(op)
    return True


def _cases(op: SwitchOp) -> list[tuple[int, Block, tuple[Value, ...]]]:
    return [
        (value, op.caseDestinations[number], op.arguments(number + 1))
        for number, value in enumerate(op.cases)
    ]


@pattern
def known_case(op: SwitchOp, rewriter: Rewriter) -> Rewrite:
    """switch 1, [default: ^a, 1: ^b] -> br ^b"""
    flag = int_of(constant_of(op.flag))
    if flag is None or not isinstance(op.flag.type, types.IntegerType):
        raise NoMatch("the flag is not known")
    width = op.flag.type.width
    taken = ((b, v) for c, b, v in _cases(op) if to_unsigned(c - flag, width) == 0)
    return _branch_to(op, next(taken, (op.defaultDestination, op.defaultOperands)), rewriter)


@pattern
def cases_like_default(op: SwitchOp, rewriter: Rewriter) -> Rewrite:
    """Drops cases that do what the default does; a switch with no other becomes a br"""
    default = op.defaultDestination, op.defaultOperands
    cases = _cases(op)
    kept = [case for case in cases if case[1:] != default]
    if not kept:
        return _branch_to(op, default, rewriter)
    if len(kept) == len(cases):
        raise NoMatch("all cases differ from the default")
    rewriter.insert(SwitchOp.build(op.flag, default, kept))
    rewriter.erase(op)
    return True


@pattern
def switch_through(op: SwitchOp, rewriter: Rewriter) -> Rewrite:
    """Skips blocks that only branch on"""
    default: Way = op.defaultDestination, op.defaultOperands
    cases = _cases(op)
    new_default = shortcut(*default) or default
    new_cases = [
        (value, *(shortcut(block, passed) or (block, passed))) for value, block, passed in cases
    ]
    if new_default == default and new_cases == cases:
        raise NoMatch("the blocks do something")
    rewriter.insert(SwitchOp.build(op.flag, new_default, new_cases))
    rewriter.erase(op)
    return True

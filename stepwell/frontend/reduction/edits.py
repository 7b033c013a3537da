"""What can be taken from a program: each kind of edit finds its places and changes one of them.

Places are found in the same order in a copy of the program, so that a reducer can name them by
number. An edit need not keep the meaning, nor leave a valid program: the reducer looks at what came
out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from stepwell.dialects.cf.ops import BranchOp
from stepwell.dialects.llvm.control import BrOp
from stepwell.ir.attributes import ArrayAttr, TypeAttr
from stepwell.ir.block import Block
from stepwell.ir.operation import Operation, walk
from stepwell.ir.region_flow import as_branch
from stepwell.ir.rewriting.region_simplification import erase_unreachable
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.symbol_table import is_symbol, symbol_name, uses_of
from stepwell.ir.traits import ConstantLike, Terminator
from stepwell.ir.types import FunctionType
from stepwell.ir.value import Value

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Edit(Generic[T]):
    """A kind of edit.

    Attributes:
        name: for statistics.
        places: what it could change in a program, in order.
        change: changes one of them; False if it cannot be changed.
    """

    name: str
    places: Callable[[Operation], Iterator[T]]
    change: Callable[[T], bool]


# Ops go; what they gave is taken from elsewhere.


def _erasable(module: Operation) -> Iterator[Operation]:
    return (op for op in walk(module) if op is not module and Terminator not in op.traits)


def _erase(op: Operation) -> bool:
    if op.successors or not _replace_results(op, []):
        return False
    op.erase()
    return True


def _replace_results(op: Operation, preferred: Sequence[Value]) -> bool:
    """Gives all users of the results other values, of `preferred` where the types agree."""
    assert op.parent is not None
    rewriter = Rewriter()
    rewriter.start_at(op)
    candidates = [*preferred, *op.operands, *op.parent.args]
    is_constant = ConstantLike in op.traits
    for result in op.results:
        if not result.has_uses:
            continue
        other = _of_type(result, candidates)
        if other is None and not is_constant:
            other = rewriter.constant_or_none(0, result.type)
        if other is None:
            return False
        result.replace_all_uses_with(other)
    return True


def _of_type(wanted: Value, candidates: Sequence[Value]) -> Value | None:
    return next((one for one in candidates if one.type is wanted.type), None)


# A region takes the place of its op.


def _regions(module: Operation) -> Iterator[Block]:
    """The only blocks of regions of ops that are no symbols."""
    for op in walk(module):
        if op is not module and not is_symbol(op):
            yield from (region.entry for region in op.regions if region.has_one_block)


def _unwrap(block: Block) -> bool:
    op, last = block.parent_op, block.last
    if op is None or last is None or Terminator not in last.traits or last.successors:
        return False
    rewriter = Rewriter()
    rewriter.start_at(op)
    given: list[Value] = []
    for number, argument in enumerate(block.args):
        left = [one for one in op.operands if one not in given[:number]]
        other = _of_type(argument, [*left, *op.operands])
        other = rewriter.constant_or_none(0, argument.type) if other is None else other
        if other is None:
            return False
        given.append(other)
    handed = list(last.operands)
    last.erase()
    rewriter.inline_block_before(block, op, given)
    if not _replace_results(op, handed):
        return False
    op.erase()
    return True


# One way of several.


def _ways(module: Operation) -> Iterator[tuple[Operation, int]]:
    for op in walk(module):
        if len(op.successors) > 1 and as_branch(op) is not None:
            yield from ((op, number) for number in range(len(op.successors)))


def _take(way: tuple[Operation, int]) -> bool:
    op, number = way
    branch = as_branch(op)
    if branch is None or op.parent is None or not op.successors:
        return False
    start, stop = branch.successor_operands(number)
    made = BrOp if op.name.startswith("llvm.") else BranchOp
    target, operands = op.successors[number], list(op.operands)[start:stop]
    op.parent.insert_before(made.create(operands, [], successors=[target]), op)
    region = op.parent_region
    op.erase()
    assert region is not None
    erase_unreachable(region, Rewriter())
    return True


# Blocks that follow each other become one.


def _joints(module: Operation) -> Iterator[Operation]:
    """The branches to the only block that they lead to, which nothing else leads to."""
    for op in walk(module):
        if len(op.successors) == 1 and len(op.successors[0].predecessors) == 1:
            yield op


def _merge(op: Operation) -> bool:
    branch, source = as_branch(op), op.parent
    if branch is None or source is None or not op.successors or op.successors[0] is source:
        return False
    start, stop = branch.successor_operands(0)
    target, operands = op.successors[0], list(op.operands)[start:stop]
    op.erase()
    Rewriter().merge_blocks(target, source, operands)
    return True


# Functions take less.


def _unused_arguments(module: Operation) -> Iterator[tuple[Operation, int]]:
    """Those of functions that nothing in the program refers to."""
    for op in walk(module):
        type = op.properties.get("function_type")
        if not isinstance(type, TypeAttr) or not isinstance(type.value, FunctionType):
            continue
        body, name = op.regions[0] if op.regions else None, symbol_name(op)
        if body is None or body.is_empty or name is None or uses_of(name, module):
            continue
        yield from ((op, n) for n, one in enumerate(body.args) if not one.has_uses)


def _drop_argument(place: tuple[Operation, int]) -> bool:
    op, number = place
    type = op.properties["function_type"]
    assert isinstance(type, TypeAttr) and isinstance(type.value, FunctionType)
    inputs = (*type.value.inputs[:number], *type.value.inputs[number + 1 :])
    op.regions[0].entry.erase_argument(number)
    op.properties["function_type"] = TypeAttr(FunctionType(inputs, type.value.results))
    found = op.properties.get("arg_attrs")
    if isinstance(found, ArrayAttr):
        left = (*found.values[:number], *found.values[number + 1 :])
        op.properties["arg_attrs"] = ArrayAttr(left)
    return True


# Smaller constants, fewer attributes.


def _constants(module: Operation) -> Iterator[Operation]:
    return (op for op in walk(module) if ConstantLike in op.traits and len(op.results) == 1)


def _zero(op: Operation) -> bool:
    rewriter = Rewriter()
    rewriter.start_at(op)
    made = rewriter.constant_or_none(0, op.results[0].type)
    if made is None:
        return False
    rewriter.replace(op, made)
    return True


def _with_attributes(module: Operation) -> Iterator[Operation]:
    return (op for op in walk(module) if op.attributes)


def _clear(op: Operation) -> bool:
    op.attributes.clear()
    return True


ERASE = Edit("erase ops", _erasable, _erase)
UNWRAP = Edit("replace ops by a region", _regions, _unwrap)
TAKE = Edit("take one branch", _ways, _take)
ZERO = Edit("make constants zero", _constants, _zero)
MERGE = Edit("merge blocks", _joints, _merge)
NARROW = Edit("drop arguments", _unused_arguments, _drop_argument)
CLEAR = Edit("drop attributes", _with_attributes, _clear)
EDITS: tuple[Edit[Operation] | Edit[Block] | Edit[tuple[Operation, int]], ...] = (
    ERASE, UNWRAP, TAKE, MERGE, ERASE, ZERO, NARROW, CLEAR,
)  # fmt: skip

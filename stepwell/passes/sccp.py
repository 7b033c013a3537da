"""Replaces values that are the same constant on every path that can run.

    cf.br ^bb1(%c1 : i32)                        cf.br ^bb1(%c1 : i32)
  ^bb1(%x: i32):                          ->   ^bb1(%x: i32):
    %0 = arith.addi %x, %c1 : i32                return %c2 : i32
    return %0 : i32

Sparse conditional constant propagation (Wegman and Zadeck, "Constant Propagation with Conditional
Branches", 1991), through branches, regions and calls of private functions. Branches are left as
they are; `canonicalize` removes the ones that are never taken.

Needs: nothing. Keeps: blocks and control flow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from stepwell.ir import dialect
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.block import Block, Region
from stepwell.ir.dataflow.sparse_forward import SparseForward
from stepwell.ir.effects import would_be_trivially_dead
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.evaluation import evaluate_constants
from stepwell.ir.rewriting.folding import scope_of
from stepwell.ir.rewriting.rewriter import CONSTANT_DIALECTS
from stepwell.ir.traits import ConstantLike
from stepwell.ir.value import Value


@pass_("sccp", on="any", title="SCCP")
def sccp(op: Operation, context: PassContext) -> None:
    """Sparse conditional constant propagation."""
    analysis = ConstantPropagation(op)
    analysis.run()
    _replace(op, analysis)


@dataclass(frozen=True, slots=True)
class _Constant:
    """A constant, and the dialect that is asked first to make it; `value` None: not constant."""

    value: Attribute | None
    dialect: str = ""


_VARIES = _Constant(None)


class ConstantPropagation(SparseForward[_Constant]):
    """Which values are constants."""

    def unknown(self, value: Value) -> _Constant:
        return _VARIES

    def join(self, a: _Constant, b: _Constant) -> _Constant:
        return a if a.value is b.value else _VARIES

    def constant(self, state: _Constant) -> Attribute | None:
        return state.value

    def visit(self, op: Operation, operands: Sequence[_Constant]) -> list[_Constant | None]:
        prefix = op.name.partition(".")[0]
        if ConstantLike in op.traits and op._properties and len(op.results) == 1:
            return [_Constant(op._properties.get("value"), prefix)]
        found = _fold([state.value for state in operands], op) if op.results else None
        if found is None:
            return [_VARIES] * len(op.results)
        return [
            self.states.get(item) if isinstance(item, Value) else _Constant(item, prefix)
            for item in found
        ]

    def constant_of(self, value: Value) -> _Constant | None:
        """The constant that `value` always is, or None."""
        found = self.states.get(value)
        return found if found is not None and found.value is not None else None


def _fold(constants: list[Attribute | None], op: Operation) -> Sequence[Value | Attribute] | None:
    """What `op` yields if these are its operands; the op itself stays as it is."""
    known = [constant for constant in constants if constant is not None]
    if known and len(known) == len(constants):
        computed = evaluate_constants(op, known)
        if computed is not None:
            return computed
    own = getattr(op, "fold", None)
    if own is None:
        return None
    operands, properties = list(op._operands), dict(op._properties or {})
    found = own(constants)
    if found is None or isinstance(found, bool):
        if found:
            op.set_operands(operands)
            op._properties = properties or None
        return None
    items = [found] if isinstance(found, Value | Attribute) else list(found)
    return items if len(items) == len(op.results) else None


class _Constants:
    """Makes constants, each once per isolated region, at its start."""

    def __init__(self) -> None:
        self._made: dict[Region, dict[tuple[str, Attribute, Type], Value]] = {}

    def make(self, constant: _Constant, value: Value, block: Block) -> Value | None:
        """A value that is `constant`, for use in `block`; None if no dialect can make it."""
        assert constant.value is not None
        region = scope_of(block)
        made = self._made.setdefault(region, {})
        key = (constant.dialect, constant.value, value.type)
        found = made.get(key)
        if found is not None:
            return found
        prefixes = (constant.dialect, *CONSTANT_DIALECTS)
        op = dialect.materialize_constant(constant.value, value.type, prefixes)
        if op is None:
            return None
        region.entry.insert_before(op, region.entry.first)
        made[key] = op.result
        return op.result


def _replace(root: Operation, analysis: ConstantPropagation) -> None:
    constants = _Constants()
    pending = [block for region in reversed(root.regions) for block in _reversed(region)]
    while pending:
        block = pending.pop()
        for op in block.ops:
            if _replace_values(op.results, analysis, constants, block) and _may_go(op):
                op.erase()
                continue
            pending += [inner for region in reversed(op.regions) for inner in _reversed(region)]
        _replace_values(block.args, analysis, constants, block)


def _reversed(region: Region) -> list[Block]:
    return list(region.blocks)[::-1]


def _may_go(op: Operation) -> bool:
    return bool(op.results) and would_be_trivially_dead(op)


def _replace_values(
    values: Sequence[Value], analysis: ConstantPropagation, constants: _Constants, block: Block
) -> bool:
    """Replaces those of `values` that are constants; whether all are."""
    every = True
    for value in values:
        found = analysis.constant_of(value)
        made = constants.make(found, value, block) if found is not None else None
        if made is None:
            every = False
        else:
            value.replace_all_uses_with(made)
    return every

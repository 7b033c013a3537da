"""Folding: replacing an op by values that are there already, or by constants.

An op folds by its meaning if all operands are constants, by its own `fold`, or by its traits
(commutative, idempotent, involution). https://mlir.llvm.org/docs/Canonicalization/
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.block import Block, Region
from stepwell.ir.by_class import ByClass
from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.evaluation import evaluate_constants
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.traits import (
    Commutative,
    Elementwise,
    Idempotent,
    Involution,
    IsolatedFromAbove,
)
from stepwell.ir.value import Value

Fold: TypeAlias = bool | Value | Attribute | Sequence[Value | Attribute] | None
"""What the method `fold` of an op returns: None if it does not fold; True if it changed the op in
place; else a value or a constant for each result."""

Folded: TypeAlias = list[Value | Attribute] | bool
"""As `Fold`, in one form: False if nothing can be done."""


def constant_of(value: Value) -> Attribute | None:
    """The attribute of the constant op that defines `value`, or None."""
    owner = value.owner
    if not owner.yields_constant or not isinstance(owner, Operation):
        return None
    return owner._properties.get("value") if owner._properties else None


class _Ways:
    """The ways in which ops of one class may fold.

    Attributes:
        own: the method `fold` of the class, if it has one.
        commutes: whether constant operands go behind the others.
        by_trait: what folds them by a trait, if anything does.
    """

    __slots__ = ("by_trait", "commutes", "own")

    def __init__(self, cls: type[Operation]) -> None:
        self.own: _OwnFold | None = getattr(cls, "fold", None)
        self.commutes = Commutative in cls.traits
        self.by_trait: Callable[[Operation], Folded] | None = None
        if Idempotent in cls.traits:
            self.by_trait = _fold_idempotent
        elif Involution in cls.traits:
            self.by_trait = _fold_involution


_OwnFold: TypeAlias = Callable[[Operation, Sequence[Attribute | None]], Fold]
_WAYS = ByClass(_Ways)


def fold(op: Operation) -> Folded:
    """Folds `op` without changing anything around it.

    Returns:
        A value or attribute for each result; True if the op was changed in place; False if nothing
        can be done.
    """
    ways = _WAYS[op.__class__]
    constants: list[Attribute | None] = []
    for value in op._operands:
        if value.owner.yields_constant:
            constants = [constant_of(each) for each in op._operands]
            found = _fold_constants(op, constants)
            if found is not False:
                return found
            break
    if ways.own is not None:
        found = _checked(op, ways.own(op, constants or [None] * len(op._operands)))
        if found is not False:
            return found
    if constants and ways.commutes and _constants_last(op, constants):
        return True
    return ways.by_trait(op) if ways.by_trait is not None else False


def _fold_constants(op: Operation, constants: Sequence[Attribute | None]) -> Folded:
    """What `op` yields because some or all of its operands are these constants."""
    known = [constant for constant in constants if constant is not None]
    poison = next((constant for constant in known if constant.name == "ub.poison"), None)
    if poison is not None and _passes_poison_on(op):
        return [poison] * len(op.results)
    if len(known) < len(constants):
        return False
    computed = evaluate_constants(op, known)
    return False if computed is None else list(computed)


def _passes_poison_on(op: Operation) -> bool:
    """Whether poison in an operand makes every result poison."""
    return Elementwise in op.traits and not getattr(op, "handles_poison", False)


def _checked(op: Operation, found: Fold) -> Folded:
    if found is None or isinstance(found, bool):
        return bool(found)
    items = [found] if isinstance(found, Value | Attribute) else list(found)
    if len(items) != len(op.results):
        raise PassError(f"fold of '{op.name}' gave {len(items)} results for {len(op.results)}")
    for item, result in zip(items, op.results, strict=True):
        if item is result:
            return False
        if isinstance(item, Value) and item.type is not result.type:
            raise PassError(f"fold of '{op.name}' gave a '{item.type}' for a '{result.type}'")
    return items


def _constants_last(op: Operation, constants: Sequence[Attribute | None]) -> bool:
    """Moves constant operands behind the others; whether that changed anything."""
    order = sorted(range(len(constants)), key=lambda n: constants[n] is not None)
    if order == list(range(len(constants))):
        return False
    op.set_operands([op._operands[n] for n in order])
    return True


def _fold_idempotent(op: Operation) -> Folded:
    first = op._operands[0]
    if op.num_operands == 2:
        return [first] if first is op._operands[1] and first.type is op.result.type else False
    inner = first.defining_op
    same = inner is not None and _same_operation(inner, op) and first.type is op.result.type
    return [first] if same else False


def _fold_involution(op: Operation) -> Folded:
    inner = op._operands[0].defining_op if op.num_operands == 1 else None
    if inner is None or not _same_operation(inner, op):
        return False
    operand = inner._operands[0]
    return [operand] if operand.type is op.result.type else False


def _same_operation(a: Operation, b: Operation) -> bool:
    return type(a) is type(b) and (a._properties or {}) == (b._properties or {})


def fold_in_place(op: Operation, rewriter: Rewriter) -> bool:
    """Folds `op` and replaces it, making the constants that are needed; whether it did."""
    found = fold(op)
    return found is not False and replace_folded(op, found, rewriter)


def replace_folded(op: Operation, found: Folded, rewriter: Rewriter) -> bool:
    """Puts what `fold` found in the place of `op`; whether that could be done."""
    rewriter.start_at(op)
    if isinstance(found, bool):
        rewriter.modified(op)
        return True
    values = _materialize(op, found, rewriter)
    if values is None:
        return False
    rewriter.replace(op, values)
    return True


def _materialize(
    op: Operation, found: list[Value | Attribute], rewriter: Rewriter
) -> list[Value] | None:
    """Values for all results, or None (with nothing changed) if a constant cannot be made."""
    dialect = op.name.partition(".")[0]
    made: list[Value] = []
    values: list[Value] = []
    for item, result in zip(found, op.results, strict=True):
        if isinstance(item, Value):
            values.append(item)
            continue
        value = rewriter.constant_or_none(item, result.type, dialects=(dialect,))
        if value is None:
            for unneeded in made:
                rewriter.erase(_owner(unneeded))
            return None
        made.append(value)
        values.append(value)
    return values


def _owner(value: Value) -> Operation:
    owner = value.defining_op
    assert owner is not None
    return owner


ConstantKey: TypeAlias = tuple[str, Attribute, Type]


class ConstantPool:
    """Shares equal constants and gathers them at the start of the nearest isolated region."""

    def __init__(self) -> None:
        self._scopes: dict[Region, dict[ConstantKey, Operation]] = {}
        self._owned: dict[Operation, tuple[Region, ConstantKey]] = {}

    def adopt(self, op: Operation, rewriter: Rewriter) -> bool:
        """Moves a constant to where it is shared; False if an equal one replaced it."""
        value = constant_of(op.results[0]) if op.results else None
        if value is None or op.parent is None or op in self._owned:
            return True
        region = scope_of(op.parent)
        entry = region.entry
        shared = self._scopes.setdefault(region, {})
        key = (op.name.partition(".")[0], value, op.results[0].type)
        existing = shared.get(key)
        if existing is not None:
            rewriter.replace(op, existing)
            return False
        if not self._is_in_place(op, entry):
            op.detach()
            entry.insert_before(op, entry.first)
            rewriter.changes += 1
        shared[key] = op
        self._owned[op] = (region, key)
        return True

    def _is_in_place(self, op: Operation, entry: Block) -> bool:
        return op.parent is entry and (op.prev is None or op.prev in self._owned)

    def forget(self, op: Operation) -> None:
        """Must be called before an op is erased."""
        owned = self._owned.pop(op, None)
        if owned is not None:
            region, key = owned
            del self._scopes[region][key]


def scope_of(block: Block) -> Region:
    """The region at whose start the constants used in `block` belong."""
    region = block.parent
    assert region is not None
    while True:
        owner = region.parent
        if owner is None or owner.parent is None or owner.parent.parent is None:
            return region
        if IsolatedFromAbove in owner.traits or not owner.is_registered:
            return region
        region = owner.parent.parent

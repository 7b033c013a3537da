"""Traits: what every op of a class promises. https://mlir.llvm.org/docs/Traits/

A trait is a class, used as a label: `class AddI(Op, name="arith.addi", traits=(Pure,
Commutative))`. A trait that can be checked has `verify(op)`, which raises `op.error(...)`.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, ClassVar

from stepwell.ir import types
from stepwell.ir.attribute import Type

if TYPE_CHECKING:
    from stepwell.ir.operation import Operation


class Trait:
    """Base of all traits."""

    @staticmethod
    def verify(op: Operation) -> None:
        """Raises `op.error(...)` if the op breaks the promise."""


class Pure(Trait):
    """Touches no memory and may run where it did not before (never traps, always ends)."""


class NoMemoryEffect(Trait):
    """Touches no memory, but may be undefined for some inputs, so it must not be hoisted freely."""


class AlwaysSpeculatable(Trait):
    """May run where it did not before."""


class RecursiveMemoryEffects(Trait):
    """Touches the memory that the ops in its regions touch, and no other."""


class RecursivelySpeculatable(Trait):
    """May run where it did not before if all ops in its regions may."""


class Commutative(Trait):
    """The operands may be exchanged."""


class Idempotent(Trait):
    """f(f(x)) == f(x)."""


class Involution(Trait):
    """f(f(x)) == x."""


class ConstantLike(Trait):
    """Has no operands and one result, the attribute `value`."""


class IsolatedFromAbove(Trait):
    """Its regions use no value defined outside it."""


class SymbolTable(Trait):
    """The symbols defined in its region have distinct names."""


class Symbol(Trait):
    """Defines the name in its property `sym_name`."""


class AffineScope(Trait):
    """Values defined at the top of its region may be affine symbols."""


class AutomaticAllocationScope(Trait):
    """Stack memory allocated inside is released when control leaves it."""


class AltersBody(Trait):
    """The ops in its region do something else there than they would outside (under a mask, say)."""


class NoTerminator(Trait):
    """Its blocks need no terminator."""


class GraphRegion(Trait):
    """In its regions the order of ops means nothing, and uses may come before definitions."""


class SingleBlock(Trait):
    """Each region has at most one block."""

    @staticmethod
    def verify(op: Operation) -> None:
        for number, region in enumerate(op.regions):
            if region.first is not None and not region.has_one_block:
                raise op.error(f"expects region #{number} to have 0 or 1 blocks")


class Terminator(Trait):
    """Ends its block."""

    @staticmethod
    def verify(op: Operation) -> None:
        if op.parent is not None and op.parent.last is not op:
            raise op.error("must be the last operation in the parent block")


class ReturnLike(Trait):
    """Ends its region and hands its operands to the parent op."""


class Elementwise(Trait):
    """Works on each element by itself; scalars, vectors and tensors alike."""


class SameOperandsAndResultType(Trait):
    """All operands and results have one type."""

    @staticmethod
    def verify(op: Operation) -> None:
        found = {value.type for value in (*op.operands, *op.results)}
        if len(found) > 1 and len({_comparable(type) for type in found}) > 1:
            raise op.error("requires the same type for all operands and results")


class SameVariadicSizes(Trait):
    """Fields of variable size all have the same size, so that no property needs to state it."""


class SameTypeOperands(Trait):
    """All operands have one type."""

    @staticmethod
    def verify(op: Operation) -> None:
        if len(set(op.operand_types)) > 1:
            raise op.error("requires all operands to have the same type")


class SameOperandsAndResultShape(Trait):
    """All operands and results have one shape, as far as it is known."""

    @staticmethod
    def verify(op: Operation) -> None:
        if not _compatible_shapes([value.type for value in (*op.operands, *op.results)]):
            raise op.error("requires the same shape for all operands and results")


class SameOperandsShape(Trait):
    """All operands have one shape, as far as it is known."""

    @staticmethod
    def verify(op: Operation) -> None:
        if not _compatible_shapes(list(op.operand_types)):
            raise op.error("requires the same shape for all operands")


class SameOperandsAndResultElementType(Trait):
    """All operands and results have one element type."""

    @staticmethod
    def verify(op: Operation) -> None:
        values = (*op.operands, *op.results)
        if len({types.element_type_or_self(value.type) for value in values}) > 1:
            raise op.error("requires the same element type for all operands and results")


class HasParent(Trait):
    """Stands directly inside one of the named ops: `HasParent.of("func.func")`."""

    parents: ClassVar[tuple[str, ...]] = ()

    @staticmethod
    @cache
    def of(*parents: str) -> type[HasParent]:
        """The trait of ops whose parent is one of `parents`."""

        def verify(op: Operation) -> None:
            parent = op.parent_op
            if parent is not None and parent.is_registered and parent.name not in parents:
                one = "to be one of " if len(parents) > 1 else ""
                names = ", ".join(parents)
                raise op.error(f"expects parent op {one}'{names}'")

        body = {"parents": parents, "verify": staticmethod(verify)}
        return type("HasParent", (HasParent,), body)


def _comparable(type: Type) -> object:
    """Ranked shapes of unknown size count as equal to known ones (as upstream's trait does)."""
    if isinstance(type, types.ShapedType) and not isinstance(type, types.VectorType):
        return types.element_type_or_self(type)
    return type


def _compatible_shapes(all_types: list[Type]) -> bool:
    shaped = [type for type in all_types if isinstance(type, types.ShapedType)]
    if not shaped:
        return True
    if len(shaped) != len(all_types):
        return False
    ranked = [types.dims_of(type) for type in shaped if types.is_ranked(type)]
    if len({len(shape) for shape in ranked}) > 1:
        return False
    return all(
        len({size for size in sizes if size != types.DYNAMIC}) <= 1
        for sizes in zip(*ranked, strict=True)
    )

"""Passes that miscompile on purpose, each by one mistake that real passes are known for.

A file for `--load-pass`: the checker must name each of them.
"""

from __future__ import annotations

from stepwell.dialects.arith.ops import AddIOp, AndIOp, CmpIOp, ConstantOp, MulIOp, ShRUIOp
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import FloatAttr, IntegerAttr
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.greedy import apply_patterns_greedily
from stepwell.ir.rewriting.pattern import Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import IntegerType
from stepwell.ir.value import Value


def _all(root: Operation, *names: str) -> list[Operation]:
    return [op for op in walk(root) if op.name in names]


def _before(op: Operation, new: Operation) -> Value:
    assert op.parent is not None
    op.parent.insert_before(new, op)
    return new.results[0]


def _replace(op: Operation, value: Value) -> None:
    op.replace_all_uses_with([value])
    op.erase()


def _constant(op: Operation, value: Attribute) -> Value:
    made = ConstantOp.create((), [value.type], {"value": value})  # type: ignore[attr-defined]
    return _before(op, made)


def _constant_of(value: Value) -> int | None:
    attribute = value.owner.get_attribute("value") if isinstance(value.owner, ConstantOp) else None
    return attribute.value if isinstance(attribute, IntegerAttr) else None


@pass_("plant-swapped-operands")
def swapped_operands(op: Operation, context: PassContext) -> None:
    """Takes subi for commutative."""
    for found in _all(op, "arith.subi"):
        found.set_operands(list(reversed(found.operands)))


@pass_("plant-loop-bound")
def loop_bound(op: Operation, context: PassContext) -> None:
    """Starts a loop one step late, as peeling does that forgets the peeled iteration."""
    for found in _all(op, "scf.for"):
        lower, _, step, *_ = found.operands
        later = AddIOp.create([lower, step], [lower.type])
        found.set_operand(0, _before(found, later))


@pass_("plant-dropped-store")
def dropped_store(op: Operation, context: PassContext) -> None:
    """Takes a store for dead that a caller sees."""
    _all(op, "memref.store")[-1].erase()


@pass_("plant-wrong-predicate")
def wrong_predicate(op: Operation, context: PassContext) -> None:
    """Compares numbers with a sign as if they had none."""
    first_unsigned = 4  # slt, sle, sgt, sge are 2 to 5; ult, ule, ugt, uge follow
    for found in _all(op, "arith.cmpi"):
        assert isinstance(found, CmpIOp)
        number = found.predicate
        assert isinstance(number, IntegerAttr)
        found.properties["predicate"] = IntegerAttr(number.value + first_unsigned, number.type)


@pass_("plant-nan-dropping-fold")
def nan_dropping_fold(op: Operation, context: PassContext) -> None:
    """x - x -> 0, which NaN and the infinities refute."""
    for found in _all(op, "arith.subf"):
        if found.operands[0] is found.operands[1]:
            _replace(found, _constant(found, FloatAttr.of(0.0, found.results[0].type)))


@pass_("plant-signed-zero-fold")
def signed_zero_fold(op: Operation, context: PassContext) -> None:
    """x + 0.0 -> x, which is wrong for -0.0."""
    for found in _all(op, "arith.addf"):
        _replace(found, found.operands[0])


@pass_("plant-hoisted-trap")
def hoisted_trap(op: Operation, context: PassContext) -> None:
    """Moves a division out of the branch that guards it against zero."""
    for found in _all(op, "arith.divsi"):
        guard = found.parent_op
        assert guard is not None and guard.name == "scf.if"
        found.move_before(guard)


@pass_("plant-constant-width")
def constant_width(op: Operation, context: PassContext) -> None:
    """Folds the extension of a sum as the sum of extensions: forgets that the sum wraps."""
    for found in _all(op, "arith.extsi"):
        addition = found.operands[0].owner
        assert isinstance(addition, AddIOp)
        wide = found.results[0].type
        parts = [_before(found, type(found).create([value], [wide])) for value in addition.operands]
        _replace(found, _before(found, AddIOp.create(parts, [wide])))


@pass_("plant-store-forwarding")
def store_forwarding(op: Operation, context: PassContext) -> None:
    """Forwards a stored value to a load, past a store to memory that may be the same."""
    stores, loads = _all(op, "memref.store"), _all(op, "memref.load")
    first = stores[0]
    for found in loads:
        same_place = [*found.operands] == [*first.operands[1:]]
        if same_place:
            _replace(found, first.operands[0])


@pass_("plant-shift-for-division")
def shift_for_division(op: Operation, context: PassContext) -> None:
    """x / 2 -> x >> 1 without sign: wrong for negative numbers."""
    for found in _all(op, "arith.divsi"):
        one = _constant(found, IntegerAttr(1, found.results[0].type))
        shift = ShRUIOp.create([found.operands[0], one], [found.results[0].type])
        _replace(found, _before(found, shift))


@pass_("plant-wrong-branch-argument")
def wrong_branch_argument(op: Operation, context: PassContext) -> None:
    """Passes the arguments of a branch in the wrong order."""
    for found in _all(op, "cf.br"):
        found.set_operands(list(reversed(found.operands)))


@pass_("plant-lost-iteration-value")
def lost_iteration_value(op: Operation, context: PassContext) -> None:
    """Takes the value a loop carries for invariant: yields what came in."""
    for found in _all(op, "scf.for"):
        body = found.regions[0].entry
        assert body.last is not None
        body.last.set_operands(body.args[1:])


@pass_("plant-transposed-map")
def transposed_map(op: Operation, context: PassContext) -> None:
    """Reads a tensor with its indices swapped."""
    for found in _all(op, "tensor.extract"):
        tensor, row, column = found.operands
        found.set_operands([tensor, column, row])


@pass_("plant-cse-across-write")
def cse_across_write(op: Operation, context: PassContext) -> None:
    """Takes two loads for the same though a store lies between."""
    first, *others = _all(op, "memref.load")
    for found in others:
        _replace(found, first.results[0])


@pass_("plant-lost-function")
def lost_function(op: Operation, context: PassContext) -> None:
    """Erases a function because nobody in the module calls it."""
    _all(op, "func.func")[0].erase()


@pass_("plant-in-place-argument")
def in_place_argument(op: Operation, context: PassContext) -> None:
    """Allocates nothing and works in the caller's buffer."""
    for found in _all(op, "memref.alloc"):
        assert found.parent is not None
        _replace(found, found.parent.args[0])


@pattern()
def multiply_by_two(op: MulIOp, rewriter: Rewriter) -> Rewrite:
    """x * 2 -> x + x: right."""
    if _constant_of(op.operands[1]) != 2:
        return None
    lhs = op.operands[0]
    return rewriter.insert(AddIOp.create([lhs, lhs], [lhs.type]))


@pattern()
def multiply_by_three(op: MulIOp, rewriter: Rewriter) -> Rewrite:
    """x * 3 -> x + x: wrong."""
    if _constant_of(op.operands[1]) != 3:
        return None
    lhs = op.operands[0]
    return rewriter.insert(AddIOp.create([lhs, lhs], [lhs.type]))


@pass_("plant-wrong-pattern")
def wrong_pattern(op: Operation, context: PassContext) -> None:
    """Two patterns, of which one is wrong."""
    apply_patterns_greedily(op, [multiply_by_two, multiply_by_three])


@pass_("plant-narrow-product", on="func.func")
def narrow_product(op: Operation, context: PassContext) -> None:
    """Computes a product in too few bits, in one function of a module."""
    for found in _all(op, "arith.muli"):
        type = found.results[0].type
        assert isinstance(type, IntegerType)
        mask = _constant(found, IntegerAttr((1 << type.width // 2) - 1, type))
        user = MulIOp.create(found.operands, [type])
        product = _before(found, user)
        _replace(found, _before(found, AndIOp.create([product, mask], [type])))

"""Canonical patterns of bufferization: what a `dealloc` need not say."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.bufferization.ops import DeallocOp
from stepwell.ir import dialect, types
from stepwell.ir.attributes import DenseArrayAttr, IntegerAttr
from stepwell.ir.effects import EffectKind, own_effects
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value


def with_memrefs(
    op: DeallocOp, memrefs: Sequence[Value], conditions: Sequence[Value], rewriter: Rewriter
) -> bool:
    """Changes what `op` frees, in place; retained buffers and results stay."""
    retained = op.retained
    op.set_operands([*memrefs, *conditions, *retained])
    sizes = [len(memrefs), len(conditions), len(retained)]
    op.properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32(sizes)
    rewriter.modified(op)
    return True


def stated(condition: Value) -> bool | None:
    """What a condition certainly is, or None."""
    found = constant_of(condition)
    return bool(found.value) if isinstance(found, IntegerAttr) else None


@pattern
def dealloc_same_memref_twice(op: DeallocOp, rewriter: Rewriter) -> Rewrite:
    """A buffer that is named twice is freed if either condition holds."""
    conditions: dict[Value, Value] = {}
    for memref, condition in zip(op.memrefs, op.conditions, strict=True):
        before = conditions.get(memref)
        if before is None or before is condition:
            conditions[memref] = condition
        else:
            conditions[memref] = _either(rewriter, before, condition)
    if len(conditions) == len(op.memrefs):
        raise NoMatch("every buffer is named once")
    return with_memrefs(op, list(conditions), list(conditions.values()), rewriter)


def _either(rewriter: Rewriter, a: Value, b: Value) -> Value:
    from_arith = rewriter.constant(1, types.i1, None, ("arith",))
    if stated(a) or stated(b):
        return from_arith
    select = _find("arith.select")
    return rewriter.insert(select.create([a, from_arith, b], [types.i1])).result


def _find(name: str) -> type[Operation]:
    found = dialect.find_op(name)
    assert found is not None, name
    return found


@pattern
def dealloc_same_retained_twice(op: DeallocOp, rewriter: Rewriter) -> Rewrite:
    """A buffer that is retained twice has one answer."""
    kept = list(dict.fromkeys(op.retained))
    if len(kept) == len(op.retained):
        raise NoMatch("every buffer is retained once")
    made = _dealloc(op.memrefs, op.conditions, kept, rewriter)
    return [made.results[kept.index(value)] for value in op.retained]


def _dealloc(
    memrefs: Sequence[Value], conditions: Sequence[Value], retained: Sequence[Value], r: Rewriter
) -> DeallocOp:
    sizes = DenseArrayAttr.i32([len(memrefs), len(conditions), len(retained)])
    operands = [*memrefs, *conditions, *retained]
    made = DeallocOp.create(operands, [types.i1] * len(retained), {OPERAND_SEGMENTS: sizes})
    return r.insert(made)


@pattern
def dealloc_of_nothing(op: DeallocOp, rewriter: Rewriter) -> Rewrite:
    """With nothing to free, nothing that is retained is owned."""
    if op.memrefs:
        raise NoMatch("frees something")
    no = [rewriter.constant(0, types.i1, None, ("arith",)) for _ in op.results[:1]]
    return no * len(op.results)


@pattern
def dealloc_never(op: DeallocOp, rewriter: Rewriter) -> Rewrite:
    """What is never owned is not freed."""
    pairs = zip(op.memrefs, op.conditions, strict=True)
    kept = [(memref, own) for memref, own in pairs if stated(own) is not False]
    if len(kept) == len(op.memrefs):
        raise NoMatch("no condition is false")
    return with_memrefs(op, [m for m, _ in kept], [c for _, c in kept], rewriter)


@pattern
def dealloc_of_allocation_itself(op: DeallocOp, rewriter: Rewriter) -> Rewrite:
    """The base buffer of a fresh allocation is the allocation."""
    memrefs = [_allocated(value) or value for value in op.memrefs]
    if all(new is old for new, old in zip(memrefs, op.memrefs, strict=True)):
        raise NoMatch("no base buffer of an allocation")
    return with_memrefs(op, memrefs, op.conditions, rewriter)


def _allocated(value: Value) -> Value | None:
    maker = value.defining_op
    if maker is None or maker.name != "memref.extract_strided_metadata":
        return None
    source = maker._operands[0]
    allocator = source.defining_op
    if allocator is None or value is not maker.results[0]:
        return None
    effects = own_effects(allocator) or ()
    made = any(e.kind is EffectKind.ALLOCATE and e.value is source for e in effects)
    return source if made else None


@pattern
def dealloc_of_unused(op: DeallocOp, rewriter: Rewriter) -> Rewrite:
    """An allocation that is only freed need not be made."""
    for number, (memref, own) in enumerate(zip(op.memrefs, op.conditions, strict=True)):
        maker = memref.defining_op
        if maker is None or maker.name != "memref.alloc":
            continue
        if stated(own) and memref.has_one_use and maker.parent is op.parent:
            memrefs, conditions = list(op.memrefs), list(op.conditions)
            del memrefs[number], conditions[number]
            with_memrefs(op, memrefs, conditions, rewriter)
            rewriter.erase(maker)
            return True
    raise NoMatch("every allocation is used")

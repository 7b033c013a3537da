"""Dropping from `bufferization.dealloc` what is known about aliases without running the program."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.integer import OrIOp
from stepwell.dialects.bufferization.canonicalize import stated, with_memrefs
from stepwell.dialects.bufferization.ops import DeallocOp
from stepwell.ir import types
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.rewriting.pattern import NoMatch, Pattern, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value
from stepwell.passes.deallocation.origins import Origins


def simplifications(origins: Origins) -> list[Pattern]:
    """The patterns, asking `origins`."""

    @pattern(benefit=3)
    def free_of_retained(op: DeallocOp, rewriter: Rewriter) -> Rewrite:
        """What is retained for sure is not freed; who retains it owns it now."""
        for number, memref in enumerate(op.memrefs):
            answers = [origins.same(memref, kept) for kept in op.retained]
            if True in answers and None not in answers:
                return _hand_over(op, number, answers, rewriter)
        raise NoMatch("nothing that is freed is surely retained")

    @pattern(benefit=2)
    def retained_for_nothing(op: DeallocOp, rewriter: Rewriter) -> Rewrite:
        """What is none of the freed buffers need not be compared, and is not owned."""
        needed = [
            any(origins.same(kept, memref) is not False for memref in op.memrefs)
            for kept in op.retained
        ]
        if all(needed):
            raise NoMatch("everything that is retained may be freed")
        kept = [value for value, need in zip(op.retained, needed, strict=True) if need]
        made = dealloc(op.memrefs, op.conditions, kept, rewriter)
        results = iter(made.results)
        no = rewriter.constant(0, types.i1, None, ("arith",))
        return [next(results) if need else no for need in needed]

    @pattern(benefit=1)
    def freed_alone(op: DeallocOp, rewriter: Rewriter) -> Rewrite:
        """A buffer that is none of the others is freed by an op of its own."""
        if len(op.memrefs) < 2:
            raise NoMatch("frees one buffer")
        for number, memref in enumerate(op.memrefs):
            others = [*op.memrefs[:number], *op.memrefs[number + 1 :]]
            if all(origins.same(memref, other) is False for other in others):
                return _split(op, number, rewriter)
        raise NoMatch("all buffers may be the same")

    return [free_of_retained, retained_for_nothing, freed_alone]


def dealloc(
    memrefs: Sequence[Value],
    conditions: Sequence[Value],
    retained: Sequence[Value],
    rewriter: Rewriter,
) -> DeallocOp:
    """A new `bufferization.dealloc`."""
    sizes = DenseArrayAttr.i32([len(memrefs), len(conditions), len(retained)])
    operands = [*memrefs, *conditions, *retained]
    properties = {OPERAND_SEGMENTS: sizes}
    return rewriter.insert(DeallocOp.create(operands, [types.i1] * len(retained), dict(properties)))


def _hand_over(
    op: DeallocOp, number: int, answers: list[bool | None], rewriter: Rewriter
) -> Rewrite:
    condition = op.conditions[number]
    memrefs, conditions = list(op.memrefs), list(op.conditions)
    del memrefs[number], conditions[number]
    if not any(r.has_uses for r, same in zip(op.results, answers, strict=True) if same):
        return with_memrefs(op, memrefs, conditions, rewriter)
    made = dealloc(memrefs, conditions, op.retained, rewriter)
    return [
        _either(result, condition, rewriter) if same else result
        for result, same in zip(made.results, answers, strict=True)
    ]


def _either(a: Value, b: Value, rewriter: Rewriter) -> Value:
    if stated(b):
        return b
    return rewriter.insert(OrIOp.create([a, b], [types.i1])).result


def _split(op: DeallocOp, number: int, rewriter: Rewriter) -> Rewrite:
    memrefs, conditions = list(op.memrefs), list(op.conditions)
    alone = dealloc([memrefs.pop(number)], [conditions.pop(number)], op.retained, rewriter)
    rest = dealloc(memrefs, conditions, op.retained, rewriter)
    return [_either(a, b, rewriter) for a, b in zip(rest.results, alone.results, strict=True)]

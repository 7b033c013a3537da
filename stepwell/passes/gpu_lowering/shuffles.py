"""Shuffles of values that are not 32 bits wide, by shuffles of values that are.

%y, %valid = gpu.shuffle xor %x, %offset, %width : f64
// -> the low and the high half of %x's bits, shuffled as i32 and put together
"""

from __future__ import annotations

from stepwell.dialects.arith.casts import BitcastOp, ExtUIOp, TruncIOp
from stepwell.dialects.arith.integer import AndIOp, OrIOp, ShLIOp, ShRUIOp
from stepwell.dialects.gpu.collectives import ShuffleOp
from stepwell.ir.attribute import Type
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import FloatType, IntegerType, i32, i64
from stepwell.ir.value import Value

WORD = 32


def is_word(type: Type) -> bool:
    """Whether values of a type are shuffled as they are."""
    return isinstance(type, IntegerType | FloatType) and type.width == WORD


def can_shuffle(type: Type) -> bool:
    """Whether `expand_shuffle` knows a type: integers and floats of 8, 16 or 64 bits."""
    return isinstance(type, IntegerType | FloatType) and type.width in (8, 16, 64)


def expand_shuffle(op: ShuffleOp, rewriter: Rewriter) -> None:
    """Replaces a shuffle of a type for which `can_shuffle` holds."""
    rewriter.start_at(op)
    type = op.value.type
    assert isinstance(type, IntegerType | FloatType)
    if type.width < WORD:
        word = as_word(rewriter, op.value)
        shuffled = rewriter.insert(ShuffleOp(word, op.offset, op.width, op.mode))
        narrow = from_word(rewriter, shuffled.shuffleResult, type)
        rewriter.replace(op, [narrow, shuffled.valid])
        return
    bits: Value = op.value
    if type is not i64:
        bits = rewriter.insert(BitcastOp(bits, result_types=[i64])).result
    low = rewriter.insert(TruncIOp(bits, result_types=[i32])).result
    above = rewriter.insert(ShRUIOp(bits, rewriter.constant(WORD, i64))).result
    high = rewriter.insert(TruncIOp(above, result_types=[i32])).result
    halves = [
        rewriter.insert(ShuffleOp(half, op.offset, op.width, op.mode)) for half in (low, high)
    ]
    wide = [rewriter.insert(ExtUIOp(h.shuffleResult, result_types=[i64])).result for h in halves]
    moved = rewriter.insert(ShLIOp(wide[1], rewriter.constant(WORD, i64))).result
    whole: Value = rewriter.insert(OrIOp(moved, wide[0])).result
    if type is not i64:
        whole = rewriter.insert(BitcastOp(whole, result_types=[type])).result
    valid = rewriter.insert(AndIOp(halves[0].valid, halves[1].valid)).result
    rewriter.replace(op, [whole, valid])


def as_word(rewriter: Rewriter, value: Value) -> Value:
    """The bits of a value of at most 32 bits, as an i32."""
    type = value.type
    assert isinstance(type, IntegerType | FloatType)
    if isinstance(type, FloatType):
        value = rewriter.insert(BitcastOp(value, result_types=[IntegerType(type.width)])).result
    if type.width == WORD:
        return value
    return rewriter.insert(ExtUIOp(value, result_types=[i32])).result


def from_word(rewriter: Rewriter, word: Value, type: IntegerType | FloatType) -> Value:
    """The value whose bits `as_word` gave."""
    if type.width < WORD:
        word = rewriter.insert(TruncIOp(word, result_types=[IntegerType(type.width)])).result
    if isinstance(type, FloatType):
        word = rewriter.insert(BitcastOp(word, result_types=[type])).result
    return word

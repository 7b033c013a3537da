"""Lowering index and ub."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir import types
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.value import Value
from stepwell.passes.lowering.arith_ops import resize
from stepwell.passes.lowering.elementwise import elementwise
from stepwell.passes.lowering.emit import ICMP
from stepwell.passes.lowering.to_llvm import LLVMRewriter

INDEX = ConversionPatterns()
UB = ConversionPatterns()

elementwise(
    INDEX,
    {
        "index.add": "llvm.add",
        "index.sub": "llvm.sub",
        "index.mul": "llvm.mul",
        "index.divs": "llvm.sdiv",
        "index.divu": "llvm.udiv",
        "index.rems": "llvm.srem",
        "index.remu": "llvm.urem",
        "index.maxs": "llvm.intr.smax",
        "index.maxu": "llvm.intr.umax",
        "index.mins": "llvm.intr.smin",
        "index.minu": "llvm.intr.umin",
        "index.shl": "llvm.shl",
        "index.shrs": "llvm.ashr",
        "index.shru": "llvm.lshr",
        "index.and": "llvm.and",
        "index.or": "llvm.or",
        "index.xor": "llvm.xor",
    },
)


@INDEX.of("index.constant", "index.bool.constant")
def lower_constant(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """index.constant -> llvm.mlir.constant"""
    value = op.properties["value"]
    assert isinstance(value, IntegerAttr)
    if op.name == "index.bool.constant":
        return emit.literal(value, types.i1)
    return emit.literal(IntegerAttr(value.value, emit.types.index), emit.types.index)


@INDEX.of("index.casts", "index.castu")
def lower_cast(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """index.casts -> llvm.sext or llvm.trunc"""
    result = emit.types.convert_type(op.result.type)
    if result is None:
        return None
    return resize(emit, operands[0], result, "sext" if op.name == "index.casts" else "zext")


@INDEX.of("index.cmp")
def lower_compare(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """index.cmp -> llvm.icmp"""
    predicate = op.properties["pred"]
    word = getattr(predicate, "value", None)
    name = ICMP[word] if isinstance(word, int) else str(word)
    return emit.icmp(name, operands[0], operands[1])


@INDEX.of("index.sizeof")
def lower_sizeof(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """index.sizeof -> the width of an index"""
    index = emit.types.index
    return emit.literal(IntegerAttr(index.width, index), index)


@INDEX.of("index.ceildivs")
def lower_ceildivs(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """n ceildiv m -> if n and m have one sign, (n - x) / m + 1, else -(-n / m)"""
    n, m = operands
    index = n.type
    zero, plus, minus = (emit.literal(IntegerAttr(v, index), index) for v in (0, 1, -1))
    positive = emit.icmp("sgt", m, zero)
    step = emit.select(positive, minus, plus)
    above = emit.binary("add", emit.binary("sdiv", emit.binary("add", n, step), m), plus)
    below = emit.binary("sub", zero, emit.binary("sdiv", emit.binary("sub", zero, n), m))
    same = emit.icmp("eq", emit.icmp("sgt", n, zero), positive)
    nonzero = emit.icmp("ne", n, zero)
    return emit.select(emit.binary("and", same, nonzero), above, below)


@INDEX.of("index.ceildivu")
def lower_ceildivu(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """n ceildiv m -> n == 0 ? 0 : (n - 1) / m + 1"""
    n, m = operands
    zero = emit.literal(IntegerAttr(0, n.type), n.type)
    one = emit.literal(IntegerAttr(1, n.type), n.type)
    quotient = emit.binary("udiv", emit.binary("sub", n, one), m)
    above = emit.binary("add", quotient, one)
    return emit.select(emit.icmp("eq", n, zero), zero, above)


@INDEX.of("index.floordivs")
def lower_floordivs(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """n floordiv m -> if the signs differ, -1 - (x - n) / m, else n / m"""
    n, m = operands
    index = n.type
    zero, plus, minus = (emit.literal(IntegerAttr(v, index), index) for v in (0, 1, -1))
    negative = emit.icmp("slt", m, zero)
    step = emit.select(negative, plus, minus)
    below = emit.binary("sub", minus, emit.binary("sdiv", emit.binary("sub", step, n), m))
    direct = emit.binary("sdiv", n, m)
    differ = emit.icmp("ne", emit.icmp("slt", n, zero), negative)
    nonzero = emit.icmp("ne", n, zero)
    return emit.select(emit.binary("and", differ, nonzero), below, direct)


@UB.of("ub.poison")
def lower_poison(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """ub.poison -> llvm.mlir.poison"""
    type = emit.types.convert_type(op.result.type)
    return emit.poison(type) if type is not None else None


@UB.of("ub.unreachable")
def lower_unreachable(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """ub.unreachable -> llvm.unreachable"""
    emit.op("llvm.unreachable")
    return []

"""Lowering memref: atomic updates, by one instruction or a loop of compare-and-exchange."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepwell.dialects.llvm.types import StructType
from stepwell.dialects.memref.atomics import KINDS
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr, IntegerAttr
from stepwell.ir.block import Block
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.value import Value
from stepwell.passes.lowering.descriptor import element_address, element_of
from stepwell.passes.lowering.memref_access import memref_type
from stepwell.passes.lowering.to_llvm import LLVMRewriter

ATOMICS = ConversionPatterns()
MONOTONIC, ACQ_REL = 2, 6
# The numbers that LLVM gives its atomic operations.
LLVM_NUMBERS = {
    "assign": 0, "addi": 1, "andi": 3, "ori": 5, "xori": 6, "maxs": 7, "mins": 8, "maxu": 9,
    "minu": 10, "addf": 11, "maxnumf": 13, "minnumf": 14, "maximumf": 19, "minimumf": 20,
}  # fmt: skip
Combine = Callable[[Value], Value]


@ATOMICS.of("memref.atomic_rmw")
def lower_atomic(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.atomic_rmw -> llvm.atomicrmw; products need a loop"""
    kind = op.properties["kind"]
    assert isinstance(kind, IntegerAttr)
    word = KINDS[kind.value]
    value, memref, *indices = operands
    address = element_address(emit, memref_type(op.operands[1]), memref, indices, inbounds=False)
    number = LLVM_NUMBERS.get(word)
    if number is None:
        product = "llvm.fmul" if word == "mulf" else "llvm.mul"
        return _exchange_loop(
            op, address, value.type, lambda old: emit.value(product, (old, value), old.type), emit
        )
    given: dict[str, Attribute] = {
        "bin_op": IntegerAttr(number, types.i64),
        "ordering": IntegerAttr(ACQ_REL, types.i64),
    }
    return emit.value("llvm.atomicrmw", (address, value), value.type, given)


@ATOMICS.of("memref.generic_atomic_rmw")
def lower_generic_atomic(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """memref.generic_atomic_rmw -> a loop of llvm.cmpxchg around its body"""
    type = memref_type(op.operands[0])
    address = element_address(emit, type, operands[0], operands[1:], inbounds=False)
    body = op.regions[0].entry

    def combine(old: Value) -> Value:
        last = body.last
        assert last is not None
        emit.merge_blocks(body, emit.block, [old])
        found = last.operands[0]
        emit.erase(last)
        return emit.converted_value(found)

    return _exchange_loop(op, address, element_of(emit, type), combine, emit)


def _exchange_loop(
    op: Operation, address: Value, type: Type, combine: Combine, emit: LLVMRewriter
) -> bool:
    """Replaces `op` by: do old = *p; new = combine(old) while *p changed in between."""
    block = op.parent
    assert block is not None and block.parent is not None
    with emit.at(block, op):
        first = emit.load(address, type)
    after = block.split_before(op)
    loop = Block([type])
    block.parent.insert_after(loop, block)
    with emit.at(block, None):
        emit.branch(loop, [first])
    with emit.at(loop, None):
        old: Value = loop.args[0]
        new = combine(old)
        found, done = _exchange(emit, address, old, new)
        segments: dict[str, Attribute] = {"operandSegmentSizes": DenseArrayAttr.i32((1, 0, 1))}
        emit.op("llvm.cond_br", [done, found], (), segments, successors=[after, loop])
    emit.replace(op, [found])
    return True


def _exchange(emit: LLVMRewriter, address: Value, old: Value, new: Value) -> tuple[Value, Value]:
    """What was there, and whether it was exchanged. Floats are compared by their bits."""
    type = old.type
    is_float = isinstance(type, types.FloatType)
    if isinstance(type, types.FloatType):
        bits = types.IntegerType(type.width)
        old, new = emit.cast("bitcast", old, bits), emit.cast("bitcast", new, bits)
    given: dict[str, Attribute] = {
        "success_ordering": IntegerAttr(ACQ_REL, types.i64),
        "failure_ordering": IntegerAttr(MONOTONIC, types.i64),
    }
    both = emit.value("llvm.cmpxchg", (address, old, new), StructType((old.type, types.i1)), given)
    found: Value = emit.extract_value(both, 0)
    done = emit.extract_value(both, 1)
    return emit.cast("bitcast", found, type) if is_float else found, done

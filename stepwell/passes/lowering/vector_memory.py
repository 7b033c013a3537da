"""Lowering vector: loads, stores, gathers, and transfers of vectors of one dimension."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir import types
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import ArrayAttr, DenseArrayAttr, IntegerAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.rewriting.pattern import Rewrite
from stepwell.ir.types import MemRefType, VectorType
from stepwell.ir.value import Value
from stepwell.passes.lowering.descriptor import (
    Descriptor,
    element_address,
    element_of,
    strided,
)
from stepwell.passes.lowering.memref_access import access_facts, memref_type
from stepwell.passes.lowering.to_llvm import LLVMRewriter
from stepwell.passes.lowering.vector_rows import (
    Position,
    from_rows,
    innermost_type,
    numbers,
    row,
    row_positions,
    shape_of,
    splat,
    splat_to,
)

MEMORY = ConversionPatterns()


def alignment_of(type: Type) -> int:
    """The alignment that loads may count on: that of the element."""
    scalar = types.element_type_or_self(type)
    width = getattr(scalar, "width", 64)
    return max(1, 1 << ((int(width) + 7) // 8 - 1).bit_length())


def aligned(
    op: Operation | None, type: Type, emit: LLVMRewriter, width: int = 64
) -> dict[str, Attribute]:
    """The alignment property of a load or store of rows of `type`."""
    given = op.properties.get("alignment") if op is not None else None
    if isinstance(given, IntegerAttr):
        value = given.value
    elif emit.options.get("use-vector-alignment") and isinstance(type, VectorType):
        value = 1 << (type.num_elements * alignment_of(type) - 1).bit_length()
    else:
        value = alignment_of(type)
    return {"alignment": IntegerAttr(value, types.IntegerType(width))}


def _result(op: Operation, emit: LLVMRewriter) -> Type:
    found = emit.types.convert_type(op.results[0].type)
    assert found is not None
    return found


def has_rows(type: MemRefType) -> bool:
    """Whether neighbours along the last dimension lie next to each other."""
    return not type.rank or strided(type)[0][-1] == 1


def _row_address(
    emit: LLVMRewriter, type: MemRefType, memref: Value, indices: Sequence[Value], at: Position
) -> Value:
    """The address of row `at` of a vector that starts at `indices`."""
    moved = list(indices)
    lead = len(indices) - 1 - len(at)
    for number, by in enumerate(at):
        if by:
            moved[lead + number] = emit.binary("add", moved[lead + number], emit.index(by))
    return element_address(emit, type, memref, moved, inbounds=False)


def _holds_vectors(type: MemRefType) -> bool:
    return isinstance(type.element_type, VectorType)


@MEMORY.of("vector.load")
def lower_load(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.load -> llvm.load of each row"""
    memref, *indices = operands
    type, vector = memref_type(op.operands[0]), op.result.type
    if not has_rows(type) or len(shape_of(vector)) > max(type.rank, 1):
        return None
    result = _result(op, emit)
    if _holds_vectors(type):
        return emit.load(element_address(emit, type, memref, indices), result)
    inner = innermost_type(result)
    facts = access_facts(op) | aligned(op, inner, emit)
    rows = {
        at: emit.load(_row_address(emit, type, memref, indices, at), inner, dict(facts))
        for at in row_positions(shape_of(vector))
    }
    return from_rows(emit, result, rows)


@MEMORY.of("vector.store")
def lower_store(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.store -> llvm.store of each row"""
    value, memref, *indices = operands
    type, vector = memref_type(op.operands[1]), op.operands[0].type
    if not has_rows(type) or len(shape_of(vector)) > max(type.rank, 1):
        return None
    if _holds_vectors(type):
        emit.store(value, element_address(emit, type, memref, indices))
        return []
    facts = access_facts(op) | aligned(op, innermost_type(value.type), emit)
    for at in row_positions(shape_of(vector)):
        part = row(emit, value, at)
        emit.store(part, _row_address(emit, type, memref, indices, at), dict(facts))
    return []


def masked_load(
    emit: LLVMRewriter, op: Operation | None, pointer: Value, mask: Value, otherwise: Value
) -> Value:
    """`llvm.intr.masked.load`."""
    facts = aligned(op, otherwise.type, emit, 32)
    return emit.value("llvm.intr.masked.load", (pointer, mask, otherwise), otherwise.type, facts)


def masked_store(
    emit: LLVMRewriter, op: Operation | None, value: Value, pointer: Value, mask: Value
) -> None:
    """`llvm.intr.masked.store`."""
    facts = aligned(op, value.type, emit, 32)
    emit.op("llvm.intr.masked.store", (value, pointer, mask), (), facts)


def _split(op: Operation, operands: Sequence[Value], tail: int) -> tuple[list[Value], list[Value]]:
    """The indices after the memref, and the last `tail` operands."""
    return list(operands[1 : len(operands) - tail]), list(operands[len(operands) - tail :])


@MEMORY.of("vector.maskedload")
def lower_masked_load(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.maskedload -> llvm.intr.masked.load"""
    indices, (mask, otherwise) = _split(op, operands, 2)
    type = memref_type(op.operands[0])
    rows: dict[Position, Value] = {}
    for at in row_positions(shape_of(op.result.type)):
        pointer = _row_address(emit, type, operands[0], indices, at)
        rows[at] = masked_load(emit, op, pointer, row(emit, mask, at), row(emit, otherwise, at))
    return from_rows(emit, otherwise.type, rows)


@MEMORY.of("vector.maskedstore")
def lower_masked_store(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.maskedstore -> llvm.intr.masked.store"""
    indices, (mask, value) = _split(op, operands, 2)
    type = memref_type(op.operands[0])
    for at in row_positions(shape_of(op.operands[-1].type)):
        pointer = _row_address(emit, type, operands[0], indices, at)
        masked_store(emit, op, row(emit, value, at), pointer, row(emit, mask, at))
    return []


@MEMORY.of("vector.expandload")
def lower_expand_load(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.expandload -> llvm.intr.masked.expandload"""
    indices, (mask, otherwise) = _split(op, operands, 2)
    pointer = element_address(
        emit, memref_type(op.operands[0]), operands[0], indices, inbounds=False
    )
    return emit.value("llvm.intr.masked.expandload", (pointer, mask, otherwise), otherwise.type)


@MEMORY.of("vector.compressstore")
def lower_compress_store(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.compressstore -> llvm.intr.masked.compressstore"""
    indices, (mask, value) = _split(op, operands, 2)
    pointer = element_address(
        emit, memref_type(op.operands[0]), operands[0], indices, inbounds=False
    )
    emit.op("llvm.intr.masked.compressstore", (value, pointer, mask))
    return []


# Gathers.


def _pointers(
    emit: LLVMRewriter, type: MemRefType, base: Value, offsets: Value, stride: Value | None
) -> Value:
    """The addresses `base + offset * stride` of a row of offsets."""
    if stride is not None:
        wide = VectorType(shape_of(offsets.type), emit.types.index)
        if offsets.type is not wide:
            offsets = emit.cast("sext", offsets, wide)
        offsets = emit.binary("mul", offsets, splat(emit, stride, wide))
    pointer = emit.types.pointer(type)
    assert pointer is not None
    op = emit.gep(base, [offsets], element_of(emit, type))
    op.type = VectorType(shape_of(offsets.type), pointer)
    return op


def gather(
    emit: LLVMRewriter, op: Operation | None, pointers: Value, mask: Value, other: Value
) -> Value:
    """`llvm.intr.masked.gather`."""
    facts = aligned(op, other.type, emit, 32)
    return emit.value("llvm.intr.masked.gather", (pointers, mask, other), other.type, facts)


def _last_stride(emit: LLVMRewriter, type: MemRefType, memref: Value) -> Value | None:
    if has_rows(type):
        return None
    return Descriptor(emit, memref).stride_of(type, type.rank - 1)


@MEMORY.of("vector.gather")
def lower_gather(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.gather -> llvm.intr.masked.gather"""
    if not isinstance(op.operands[0].type, MemRefType):
        return None
    type = memref_type(op.operands[0])
    indices, (offsets, mask, otherwise) = _split(op, operands, 3)
    base = element_address(emit, type, operands[0], indices, inbounds=False)
    stride = _last_stride(emit, type, operands[0])
    rows: dict[Position, Value] = {}
    for at in row_positions(shape_of(op.result.type)):
        pointers = _pointers(emit, type, base, row(emit, offsets, at), stride)
        rows[at] = gather(emit, op, pointers, row(emit, mask, at), row(emit, otherwise, at))
    return from_rows(emit, otherwise.type, rows)


@MEMORY.of("vector.scatter")
def lower_scatter(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.scatter -> llvm.intr.masked.scatter"""
    if not isinstance(op.operands[0].type, MemRefType):
        return None
    type = memref_type(op.operands[0])
    indices, (offsets, mask, value) = _split(op, operands, 3)
    base = element_address(emit, type, operands[0], indices, inbounds=False)
    stride = _last_stride(emit, type, operands[0])
    for at in row_positions(shape_of(op.operands[-1].type)):
        pointers = _pointers(emit, type, base, row(emit, offsets, at), stride)
        part = row(emit, value, at)
        facts = aligned(op, part.type, emit, 32)
        emit.op("llvm.intr.masked.scatter", (part, pointers, row(emit, mask, at)), (), facts)
    return []


# Transfers.


class Transfer:
    """The parts of a transfer of a vector of at most one dimension."""

    def __init__(self, op: Operation, operands: Sequence[Value], first: int) -> None:
        sizes = op.properties["operandSegmentSizes"]
        assert isinstance(sizes, DenseArrayAttr)
        self.op = op
        self.memref, self.indices = (
            operands[first],
            list(operands[first + 1 :][: sizes.ints[1 + first]]),
        )
        self.has_mask = bool(sizes.ints[3])
        self.mask = operands[-1] if self.has_mask else None
        self.source = op.operands[first].type
        permutation = op.properties["permutation_map"]
        assert isinstance(permutation, AffineMapAttr)
        self.dims = permutation.map.dim_positions

    def in_bounds(self) -> bool:
        """Whether nothing can lie outside the memref."""
        found = self.op.properties.get("in_bounds")
        if not isinstance(found, ArrayAttr):
            return not self.dims
        return all(isinstance(item, IntegerAttr) and item.value for item in found.values)


def _transfer(
    op: Operation, operands: Sequence[Value], first: int, vector: Type
) -> Transfer | None:
    if not isinstance(op.operands[first].type, MemRefType) or not isinstance(vector, VectorType):
        return None
    transfer = Transfer(op, operands, first)
    if vector.rank > 1 or any(vector.scalable) or transfer.dims is None:
        return None
    if isinstance(transfer.source.element_type, VectorType):  # type: ignore[attr-defined]
        return None
    return transfer


def _reach(emit: LLVMRewriter, t: Transfer, row_type: Type) -> Value | None:
    """Which elements lie in the memref and are not masked off; None if all."""
    type = t.source
    assert isinstance(type, MemRefType)
    if t.in_bounds() or not t.dims:
        return t.mask
    dim = t.dims[0]
    size = Descriptor(emit, t.memref).size_of(type, dim)
    left = emit.binary("sub", size, t.indices[dim])
    count = shape_of(row_type)[0]
    steps = numbers(emit, list(range(count)), emit.types.index)
    inside: Value = emit.icmp("slt", steps, splat(emit, left, steps.type))
    return inside if t.mask is None else emit.binary("and", inside, t.mask)


def _all(emit: LLVMRewriter, count: int) -> Value:
    return numbers(emit, [1] * count, types.i1)


def _strided_pointers(emit: LLVMRewriter, t: Transfer, base: Value, row_type: Type) -> Value | None:
    """The addresses of the elements, unless they lie next to each other."""
    type = t.source
    assert isinstance(type, MemRefType)
    if not t.dims or strided(type)[0][t.dims[0]] == 1:
        return None
    stride = Descriptor(emit, t.memref).stride_of(type, t.dims[0])
    steps = numbers(emit, list(range(shape_of(row_type)[0])), emit.types.index)
    return _pointers(emit, type, base, steps, stride)


@MEMORY.of("vector.transfer_read")
def lower_transfer_read(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.transfer_read of one dimension -> a load, masked where it may leave the memref"""
    t = _transfer(op, operands, 0, op.result.type)
    result = _result(op, emit)
    if t is None or not isinstance(t.source, MemRefType):
        return None
    base = element_address(emit, t.source, t.memref, t.indices, inbounds=False)
    mask = _reach(emit, t, result)
    pointers = _strided_pointers(emit, t, base, result)
    if mask is None and pointers is None:
        return emit.load(base, result, aligned(None, result, emit))
    padding = splat_to(emit, operands[1 + len(t.indices)], result)
    if mask is None:
        mask = _all(emit, shape_of(result)[0])
    if pointers is None:
        return masked_load(emit, None, base, mask, padding)
    return gather(emit, None, pointers, mask, padding)


@MEMORY.of("vector.transfer_write")
def lower_transfer_write(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.transfer_write of one dimension -> a store, masked where it may leave the memref"""
    t = _transfer(op, operands, 1, op.operands[0].type)
    if t is None or not isinstance(t.source, MemRefType):
        return None
    value = operands[0]
    base = element_address(emit, t.source, t.memref, t.indices, inbounds=False)
    mask = _reach(emit, t, value.type)
    pointers = _strided_pointers(emit, t, base, value.type)
    if mask is None and pointers is None:
        emit.store(value, base, aligned(None, value.type, emit))
        return []
    if mask is None:
        mask = _all(emit, shape_of(value.type)[0])
    if pointers is None:
        masked_store(emit, None, value, base, mask)
    else:
        facts = aligned(None, value.type, emit, 32)
        emit.op("llvm.intr.masked.scatter", (value, pointers, mask), (), facts)
    return []


@MEMORY.of("vector.type_cast")
def lower_type_cast(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Rewrite:
    """vector.type_cast: the pointers in a descriptor without dimensions"""
    target = op.result.type
    if not isinstance(target, MemRefType):
        return None
    source = Descriptor(emit, operands[0])
    return Descriptor.of_static(emit, target, source.allocated, source.aligned)

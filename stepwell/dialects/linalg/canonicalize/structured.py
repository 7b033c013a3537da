"""Structured ops that do nothing, and casts around structured ops."""

from __future__ import annotations

from stepwell.dialects.linalg.generic import GenericOp, YieldOp
from stepwell.dialects.linalg.named import CopyOp
from stepwell.dialects.linalg.structured import StructuredOp, is_memref, is_tensor
from stepwell.dialects.linalg.transpose_broadcast import BroadcastOp, TransposeOp
from stepwell.dialects.tensor.canonicalize.casts import source_of_cast
from stepwell.dialects.tensor.elements import CastOp
from stepwell.ir import types
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import RankedTensorType
from stepwell.ir.value import Value


@pattern
def no_points(op: StructuredOp, rewriter: Rewriter) -> Rewrite:
    """a structured op with a memref without elements -> nothing"""
    for value in op.operands:
        if isinstance(value.type, types.MemRefType) and 0 in value.type.shape:
            rewriter.erase(op)
            return True
    raise NoMatch("all memrefs may have elements")


@pattern(on=(GenericOp, CopyOp, BroadcastOp))
def identity(op: Operation, rewriter: Rewriter) -> Rewrite:
    """a structured op on tensors that yields its inputs as they are -> the inputs"""
    assert isinstance(op, StructuredOp)
    maps = op.indexing_maps
    if not maps or not maps[0].is_identity or any(map is not maps[0] for map in maps):
        raise NoMatch("the maps are not all the identity")
    last = op.body.first
    if not isinstance(last, YieldOp):
        raise NoMatch("the body computes something")
    if op.has_pure_buffer_semantics:
        return _copy_to_itself(op, last, rewriter)
    if isinstance(op, CopyOp) or not op.has_pure_tensor_semantics:
        raise NoMatch("it is there to make a copy, or works on memrefs and tensors")
    found: list[Value] = []
    for value, result in zip(last.operands, op.results, strict=True):
        if value.parent_block is not op.body:
            raise NoMatch("the body yields a value from outside")
        given = op.operands[value.index]
        if given.type is not result.type:
            if not (is_tensor(given.type) and _same_element(given, result)):
                raise NoMatch("the type differs")
            given = rewriter.insert(CastOp(given, result_types=[result.type])).result
        found.append(given)
    return found


def _same_element(a: Value, b: Value) -> bool:
    return types.element_type_or_self(a.type) is types.element_type_or_self(b.type)


def _copy_to_itself(op: StructuredOp, last: YieldOp, rewriter: Rewriter) -> Rewrite:
    inputs, inits = op.dps_inputs, op.dps_inits
    if len(inputs) != 1 or len(inits) != 1 or inputs[0] is not inits[0]:
        raise NoMatch("it copies to another memref")
    if list(last.operands) != [op.body.args[0]]:
        raise NoMatch("it does not copy")
    rewriter.erase(op)
    return True


@pattern
def transpose_to_the_same(op: TransposeOp, rewriter: Rewriter) -> Rewrite:
    """transpose with permutation [0, 1, ...] on tensors -> the input"""
    order = op.permutation.ints
    if not is_tensor(op.input.type) or list(order) != list(range(len(order))):
        raise NoMatch("it exchanges dimensions, or works on memrefs")
    return op.input if op.input.type is op.results[0].type else None


@pattern
def transpose_of_transpose(op: TransposeOp, rewriter: Rewriter) -> Rewrite:
    """transpose(transpose(t)) -> transpose(t)"""
    made = op.input.defining_op
    if not isinstance(made, TransposeOp) or is_memref(op.input.type):
        raise NoMatch("its input is not transposed")
    inner = made.permutation.ints
    order: dict[str, Attribute] = {
        "permutation": DenseArrayAttr.i64(inner[dim] for dim in op.permutation.ints)
    }
    new = TransposeOp.create([made.input, op.init], op.result_types, order)
    return rewriter.insert(_with_body_of(op, new))


@pattern
def broadcast_of_broadcast(op: BroadcastOp, rewriter: Rewriter) -> Rewrite:
    """broadcast(broadcast(t)) -> broadcast(t)"""
    made = op.input.defining_op
    if not isinstance(made, BroadcastOp) or is_memref(op.input.type):
        raise NoMatch("its input is not broadcast")
    added = op.dimensions.ints
    rank = len(types.dims_of(op.init.type))
    kept = [dim for dim in range(rank) if dim not in added]
    every = sorted([*added, *(kept[dim] for dim in made.dimensions.ints)])
    properties: dict[str, Attribute] = {"dimensions": DenseArrayAttr.i64(every)}
    new = BroadcastOp.create([made.input, op.init], op.result_types, properties)
    return rewriter.insert(_with_body_of(op, new))


def _with_body_of(op: Operation, new: Operation) -> Operation:
    """Moves the region of `op` to `new`; their element types are the same."""
    region = op.regions[0]
    region.parent = None
    op.regions = []
    new.add_region(region)
    return new


@pattern
def operands_without_casts(op: StructuredOp, rewriter: Rewriter) -> Rewrite:
    """an op on tensor.cast(t) -> the op on t, and a cast of its result where t was an init"""
    sources = [source_of_cast(value) for value in op.operands]
    if not any(source is not None for source in sources):
        raise NoMatch("no operand is a cast that forgets sizes")
    values = [s if s is not None else v for s, v in zip(sources, op.operands, strict=True)]
    inits = values[len(op.dps_inputs) :]
    result_types = [value.type for value in inits if isinstance(value.type, RankedTensorType)]
    old_types = op.result_types
    new = type(op).create(
        values,
        result_types,
        dict(op._properties) if op._properties else None,
        dict(op._attributes) if op._attributes else None,
        location=op.location,
    )
    rewriter.insert(_with_body_of(op, new))
    found: list[Value] = []
    for result, wanted in zip(new.results, old_types, strict=True):
        same = result.type is wanted
        cast = None if same else rewriter.insert(CastOp(result, result_types=[wanted]))
        found.append(result if cast is None else cast.result)
    return found

"""What taking a transfer apart along its first dimension needs: indices, bounds and masks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from stepwell.dialects.affine.composition import canonical
from stepwell.dialects.affine.values import AffineApplyOp
from stepwell.dialects.arith.compare import CmpIOp
from stepwell.dialects.arith.integer import AndIOp
from stepwell.dialects.memref.access import DimOp as MemRefDimOp
from stepwell.dialects.scf.branches import IfOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.dialects.tensor.elements import DimOp as TensorDimOp
from stepwell.dialects.vector.masking import MaskOp
from stepwell.dialects.vector.slices import ExtractOp
from stepwell.dialects.vector.transfers import TransferReadOp, TransferWriteOp
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import ArrayAttr, DenseArrayAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.rewriting.pattern import NoMatch
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC, VectorType
from stepwell.ir.value import Value

Transfer: TypeAlias = TransferReadOp | TransferWriteOp
Case: TypeAlias = Callable[[], Value | None]

_SUM = AffineMap(2, 0, (AffineDim(0) + AffineDim(1),))


@dataclass(frozen=True, slots=True)
class Options:
    """The options of the pass.

    Attributes:
        target_rank: transfers of this rank stay as they are.
        lower_tensors: whether transfers from and to tensors are lowered.
    """

    target_rank: int = 1
    lower_tensors: bool = False


def is_on_tensor(op: Transfer) -> bool:
    """Whether the transfer reads or makes a tensor."""
    return isinstance(op.base.type, types.RankedTensorType)


def is_scalable(type: VectorType, dim: int) -> bool:
    """Whether the size of a dimension is a multiple of `vscale`."""
    return bool(type.scalable) and type.scalable[dim]


def check_it_can_be_split(op: Transfer, options: Options) -> None:
    """Raises NoMatch if the first dimension cannot or shall not be taken apart."""
    vector = op.vector_type
    if isinstance(op.parent_op, MaskOp):
        raise NoMatch("it is masked from outside")
    if vector.rank <= options.target_rank:
        raise NoMatch("its rank is small enough")
    if is_on_tensor(op) and not options.lower_tensors:
        raise NoMatch("transfers on tensors are lowered with lower-tensors only")
    if vector.element_type is not types.element_type_or_self(op.base.type):
        raise NoMatch("it changes the element type")
    if is_scalable(vector, 0):
        raise NoMatch("a scalable dimension cannot be taken apart")


def memory_dim(op: Transfer, dim: int = 0) -> int | None:
    """The dimension of the memory that one of the vector goes along; None: it repeats."""
    expr = op.permutation_map.map.results[dim]
    return expr.position if isinstance(expr, AffineDim) else None


def has_mask_along(op: Transfer) -> bool:
    """Whether all there is of the mask goes along the first dimension."""
    if op.mask is None or memory_dim(op) is None:
        return False
    assert isinstance(op.mask.type, VectorType)
    return op.mask.type.rank == 1


def sum_of(rewriter: Rewriter, base: Value, step: Value) -> Value:
    """`base + step`, with the applies that make them taken into the map."""
    made = AffineApplyOp.create([base, step], [types.index], {"map": AffineMapAttr(_SUM)})
    rewriter.insert(made)
    map, operands = canonical(made, _SUM, [base, step])
    made.set_operands(operands)
    made.map = AffineMapAttr(map)
    return made.results[0]


def moved_indices(rewriter: Rewriter, op: Transfer, by: Value) -> list[Value]:
    """Where slice number `by` of the transfer starts."""
    indices = list(op.indices)
    dim = memory_dim(op)
    if dim is not None:
        indices[dim] = sum_of(rewriter, indices[dim], by)
    return indices


def slice_of(
    rewriter: Rewriter,
    op: Transfer,
    indices: Sequence[Value],
    vector: Value | VectorType,
    base: Value,
    mask: Value | None,
) -> Transfer:
    """The transfer of one slice along the first dimension.

    Args:
        rewriter: where it goes.
        op: the whole transfer.
        indices: where the slice starts.
        vector: what is written, or the type of what is read.
        base: the memory, or the tensor so far.
        mask: of the slice.
    """
    masks = [] if mask is None else [mask]
    map = op.permutation_map.map
    properties: dict[str, Attribute] = {
        "permutation_map": AffineMapAttr(map.with_results(map.results[1:])),
        "in_bounds": ArrayAttr(tuple(op.in_bounds.values[1:])),
    }
    if isinstance(op, TransferReadOp):
        assert isinstance(vector, VectorType)
        properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32((1, len(indices), 1, len(masks)))
        operands = [base, *indices, op.padding, *masks]
        return rewriter.insert(TransferReadOp.create(operands, [vector], properties))
    assert isinstance(vector, Value)
    properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32((1, 1, len(indices), len(masks)))
    operands = [vector, base, *indices, *masks]
    results = [base.type] if is_on_tensor(op) else []
    return rewriter.insert(TransferWriteOp.create(operands, results, properties))


def where_inside(
    rewriter: Rewriter,
    op: Transfer,
    number: Value,
    result: Type | None,
    inside: Case,
    outside: Case,
) -> Value | None:
    """Makes ops for slice `number` of a transfer, in an `scf.if` where it may not exist.

    Args:
        rewriter: where they go.
        op: the transfer.
        number: of the slice.
        result: the type of the value that the cases make, if any.
        inside: makes the ops for a slice that exists; its value.
        outside: the same for a slice out of bounds, or masked off.
    """
    condition = _exists(rewriter, op, number)
    if condition is None:
        return inside()
    results = [] if result is None else [result]
    made = IfOp.create([condition], results, regions=[Region([Block()]), Region([Block()])])
    rewriter.insert(made)
    for region, case in zip(made.regions, (inside, outside), strict=True):
        with rewriter.at_end(region.entry):
            value = case()
            rewriter.insert(YieldOp.create([] if value is None else [value]))
    return made.results[0] if made.results else None


def _exists(rewriter: Rewriter, op: Transfer, number: Value) -> Value | None:
    """Whether a slice is in bounds and not masked off; None if that is known."""
    found: Value | None = None
    dim = memory_dim(op)
    if dim is not None and not op.bounds[0]:
        size = _size(rewriter, op.base, dim)
        index = sum_of(rewriter, op.indices[dim], number)
        found = rewriter.insert(CmpIOp("sgt", size, index)).out
    if has_mask_along(op):
        assert op.mask is not None
        position = DenseArrayAttr.i64((DYNAMIC,))
        masked = ExtractOp.create([op.mask, number], [types.i1], {"static_position": position})
        kept = rewriter.insert(masked).results[0]
        found = kept if found is None else rewriter.insert(AndIOp(found, kept)).results[0]
    return found


def _size(rewriter: Rewriter, base: Value, dim: int) -> Value:
    known = types.dims_of(base.type)[dim]
    if known != DYNAMIC:
        return rewriter.constant(known, types.index)
    number = rewriter.constant(dim, types.index)
    if isinstance(base.type, types.MemRefType):
        return rewriter.insert(MemRefDimOp(base, number)).results[0]
    return rewriter.insert(TensorDimOp(base, number)).results[0]

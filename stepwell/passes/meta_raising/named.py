"""Contractions that linalg has names for: matrix products, convolutions, poolings.

Linalg's table of named ops says for each how its operands are read. A contraction is one of them if
loops can be found for the letters of its line.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from stepwell.dialects.linalg.contraction import BatchMatmulOp, MatmulOp
from stepwell.dialects.linalg.named import NAMED_OPS
from stepwell.dialects.linalg.named_table import NamedStructure
from stepwell.dialects.linalg.transpose_broadcast import TransposeOp, copying_region
from stepwell.dialects.tensor.shapes import ranked
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineDim, AffineExpr
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import ArrayAttr, DenseArrayAttr
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import RankedTensorType
from stepwell.ir.value import Value
from stepwell.passes.meta_raising.operands import Operand
from stepwell.passes.meta_raising.views import ZERO
from stepwell.passes.meta_to_linalg.inversion import terms_of
from stepwell.passes.meta_to_linalg.loops import empty
from stepwell.passes.meta_to_linalg.sizes import Size, size_of

PRODUCTS = (
    "matmul",
    "batch_matmul",
    "conv_1d_ncw_fcw",
    "conv_2d_nchw_fchw",
    "conv_2d_nhwc_hwcf",
    "conv_2d_ngchw_gfchw",
    "depthwise_conv_1d_ncw_cw",
    "depthwise_conv_2d_nchw_chw",
)
POOLINGS = {
    kind: tuple(
        name
        for layout in ("nchw", "ncw", "nhwc", "nwc")
        if (name := f"pooling_{layout}_{word}") in NAMED_OPS
    )
    for kind, word in (("add", "sum"), ("max", "max"), ("min", "min"))
}


@dataclass(slots=True)
class Match:
    """A named op that does what a contraction says.

    Attributes:
        structure: its line of the table.
        loops: the loop for each letter.
        operands: what the op reads, in its order; no window.
        strides, dilations: of its windows.
    """

    structure: NamedStructure
    loops: dict[str, int]
    operands: tuple[Operand, ...]
    strides: list[int] = field(default_factory=list)
    dilations: list[int] = field(default_factory=list)


def find_named(kind: str, operands: Sequence[Operand], out: Sequence[int]) -> Match | None:
    """The named op for a contraction, or None.

    Args:
        kind: how products are combined.
        operands: what is read; one for a pooling.
        out: the loop of each dimension of the result.
    """
    names = PRODUCTS if len(operands) > 1 else POOLINGS.get(kind, ())
    for name in names:
        for order in (tuple(operands), tuple(reversed(operands))):
            found = _matched(NAMED_OPS[name].structure, order, out)
            if found is not None:
                return found
    return None


def _matched(
    structure: NamedStructure, operands: tuple[Operand, ...], out: Sequence[int]
) -> Match | None:
    indices = [(index or "").split() for _, index in structure.operands]
    if len(indices[-1]) != len(out) or len(structure.dims or ()) != operands[0].map.num_dims:
        return None
    match = Match(structure, dict(zip(indices[-1], out, strict=True)), operands)
    first, second = indices[0], indices[1]
    if not _matches_first(match, first, operands[0].map):
        return None
    if len(operands) == 1:
        return match if all(letter in match.loops for letter in second) else None
    if sorted(operands[1].map.dim_positions or ()) != sorted(_loops_of(match, second)):
        return None
    return match


def _matches_first(match: Match, items: Sequence[str], map: AffineMap) -> bool:
    """Gives loops to the letters of the first operand, from the outermost item on."""
    if len(items) != map.num_results:
        return False
    if not match.structure.spatial:
        return _matches_in_any_order(match, items, map)
    for item, expr in zip(items, map.results, strict=True):
        outer, _, inner = item.partition(":")
        if not inner:
            if not isinstance(expr, AffineDim) or not _note(match, outer, expr.position):
                return False
        elif not _matches_window(match, outer, inner, expr):
            return False
    return True


def _matches_in_any_order(match: Match, items: Sequence[str], map: AffineMap) -> bool:
    """For a matrix, which may be transposed: the letter not in the result is the loop left over."""
    positions = map.dim_positions
    if positions is None or len(set(positions)) != len(positions):
        return False
    known = [match.loops[item] for item in items if item in match.loops]
    left = [loop for loop in positions if loop not in known]
    unknown = [item for item in items if item not in match.loops]
    if len(left) != len(unknown) or len(left) > 1:
        return False
    return all(_note(match, item, loop) for item, loop in zip(unknown, left, strict=True))


def _matches_window(match: Match, outer: str, inner: str, expr: AffineExpr) -> bool:
    found = terms_of(expr)
    if found is None or found[1] is not ZERO:
        return False
    terms, place = found[0], match.loops.get(outer)
    others = [loop for loop in terms if loop != place]
    if place not in terms or len(others) != 1 or not _note(match, inner, others[0]):
        return False
    match.strides.append(terms[place])
    match.dilations.append(terms[others[0]])
    return True


def _note(match: Match, letter: str, loop: int) -> bool:
    """Gives a loop to a letter; whether that agrees with what is known."""
    if letter in match.loops:
        return match.loops[letter] == loop
    if loop in match.loops.values():
        return False
    match.loops[letter] = loop
    return True


def _loops_of(match: Match, letters: Sequence[str]) -> list[int]:
    return [match.loops.get(letter, -1) for letter in letters]


def make_named(match: Match, init: Value, sizes: Sequence[Size], rewriter: Rewriter) -> Value:
    """The result of the named op; `init` holds the neutral element."""
    structure = match.structure
    cls = NAMED_OPS[structure.name]
    inputs = [operand.value for operand in match.operands]
    properties: dict[str, Attribute] = {}
    if cls in (MatmulOp, BatchMatmulOp):
        properties["indexing_maps"] = _maps(match)
    elif len(inputs) == 1:
        element = ranked(init.type).element_type
        window = [sizes[loop] for loop in _second_loops(match)]
        inputs.append(empty(rewriter, window, element))
    else:
        inputs[1] = _in_order(match.operands[1], _second_loops(match), rewriter)
    if structure.spatial:
        properties["strides"] = _numbers(match.strides)
        properties["dilations"] = _numbers(match.dilations)
    return rewriter.insert(cls.of(inputs, [init], properties)).results[0]


def _second_loops(match: Match) -> list[int]:
    return _loops_of(match, (match.structure.operands[1][1] or "").split())


def _maps(match: Match) -> ArrayAttr:
    """The indexing maps of a matrix product, over its letters."""
    letters = match.structure.dims or ()
    dims = {match.loops[letter]: AffineDim(number) for number, letter in enumerate(letters)}
    found = [
        AffineMap(len(letters), 0, tuple(dims[loop] for loop in operand.map.dim_positions or ()))
        for operand in match.operands
    ]
    out = (match.structure.operands[-1][1] or "").split()
    found.append(AffineMap(len(letters), 0, tuple(AffineDim(letters.index(x)) for x in out)))
    return ArrayAttr(tuple(AffineMapAttr(map) for map in found))


def _in_order(operand: Operand, loops: Sequence[int], rewriter: Rewriter) -> Value:
    """The operand with its dimensions in the order of the loops."""
    found = list(operand.map.dim_positions or ())
    order = [found.index(loop) for loop in loops]
    if order == sorted(order):
        return operand.value
    element = ranked(operand.value.type).element_type
    shape = [size_of(operand.value, dim, rewriter) for dim in order]
    init = empty(rewriter, shape, element)
    made = TransposeOp.create(
        [operand.value, init],
        [init.type],
        {"permutation": DenseArrayAttr.i64(order)},
        None,
        (),
        [copying_region([element, element])],
    )
    return rewriter.insert(made).results[0]


def _numbers(values: Sequence[int]) -> DenseElementsAttr:
    type = RankedTensorType((len(values),), types.i64)
    return DenseElementsAttr.from_numpy(np.array(values, np.int64), type)

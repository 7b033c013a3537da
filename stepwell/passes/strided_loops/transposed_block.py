"""A square block of elements transposed in registers: rows loaded, shuffled, stored as columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepwell.dialects.vector.memory_ops import LoadOp, StoreOp
from stepwell.dialects.vector.shapes import ShuffleOp
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import VectorType
from stepwell.ir.value import Value

SIDE = 8

Place = Callable[[int], Sequence[Value]]
"""The indices at which a row starts, by its number."""


def transpose_block(
    rewriter: Rewriter, source: Value, rows: Place, target: Value, columns: Place, type: VectorType
) -> None:
    """Moves SIDE rows of SIDE neighbours from `source` to `target`, where they are columns.

    Args:
        type: of a row.
    """
    vectors = [
        rewriter.insert(LoadOp(source, list(rows(n)), result_types=[type])).result_
        for n in range(SIDE)
    ]
    for number, vector in enumerate(_transposed(rewriter, vectors)):
        rewriter.insert(StoreOp(vector, target, list(columns(number))))


def _transposed(rewriter: Rewriter, rows: Sequence[Value]) -> list[Value]:
    """Exchanges the upper right quarter of the block with the lower left one, then the same in each
    quarter, and so on."""
    found, distance = list(rows), SIDE // 2
    while distance:
        # From two rows: what stays in the upper one, and what stays in the lower one.
        stay = [k if not k & distance else SIDE + k - distance for k in range(SIDE)]
        other = [k + distance if not k & distance else SIDE + k for k in range(SIDE)]
        for upper in [row for row in range(SIDE) if not row & distance]:
            pair = found[upper], found[upper | distance]
            for row, mask in ((upper, stay), (upper | distance, other)):
                found[row] = rewriter.insert(ShuffleOp(*pair, DenseArrayAttr.i64(mask))).vector
        distance //= 2
    return found

"""Affine expressions, maps and integer sets: MLIR's closed language of index arithmetic."""

from stepwell.ir.affine.expr import (
    AffineBinary,
    AffineConstant,
    AffineDim,
    AffineExpr,
    AffineSymbol,
    BinaryKind,
    binary,
)
from stepwell.ir.affine.map import AffineMap, concat_maps
from stepwell.ir.affine.set import IntegerSet
from stepwell.ir.affine.simplify import simplify_expr, simplify_map
from stepwell.ir.affine.walk import evaluate, replace

__all__ = [
    "AffineBinary",
    "AffineConstant",
    "AffineDim",
    "AffineExpr",
    "AffineMap",
    "AffineSymbol",
    "BinaryKind",
    "IntegerSet",
    "binary",
    "concat_maps",
    "evaluate",
    "replace",
    "simplify_expr",
    "simplify_map",
]

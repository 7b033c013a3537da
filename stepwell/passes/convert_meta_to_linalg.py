"""Convert the ops of the meta dialect to linalg

    %1 = meta.broadcast %x sizes(%n) dimensions = [0] : tensor<?xf32> -> tensor<?x?xf32>
->
    %0 = tensor.empty(%n, %d) : tensor<?x?xf32>
    %1 = linalg.generic {indexing_maps = [#cols, #id], iterator_types = ["parallel", "parallel"]}
           ins(%x : tensor<?xf32>) outs(%0 : tensor<?x?xf32>) {
         ^bb0(%in: f32, %out: f32):
           linalg.yield %in : f32
         } -> tensor<?x?xf32>

All become `linalg.generic` that fuses with others; `tensor.splat` becomes `linalg.fill`. What is
read through an affine map that a structured op cannot have as indexing map, because places may be
outside, is extracted in the body, under a condition. `meta.reindex_reduce` looks for what arrives
at each place, if its map can be solved for that; it and `meta.scatter_reduce` are loops of
`scf.for` else. Ops that read a broadcast read its input instead, and sizes are taken from where
they come from, so that the broadcast need not be stored. `meta.gradient` stays.

Needs: elementwise ops as linalg (convert-elementwise-to-linalg), to read through broadcasts.
Keeps: values.
"""

from __future__ import annotations

from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.canonical import patterns_among
from stepwell.ir.rewriting.greedy import GreedyOptions, apply_patterns_greedily
from stepwell.passes.meta_to_linalg import (
    copies,
    random_bits,
    reading,
    reductions,
    rows,
    scans,
    transposes,
)

_MODULES = (copies, random_bits, reading, reductions, rows, scans, transposes)


@pass_("convert-meta-to-linalg")
def convert_meta_to_linalg(op: Operation, context: PassContext) -> None:
    """Makes every op of the meta dialect inside `op` linalg, but `meta.gradient`."""
    patterns = patterns_among(value for module in _MODULES for value in vars(module).values())
    apply_patterns_greedily(op, patterns, GreedyOptions(simplify="disabled"))

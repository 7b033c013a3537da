"""Lower contractions to tiles of sums in vector registers, with what follows

    linalg.fill ins(%zero : f32) outs(%c : memref<?x?xf32>)
    linalg.matmul ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?xf32>)
    linalg.generic {#pointwise} outs(%c : memref<?x?xf32>) { "relu"(%out) }
->
    scf.parallel (%block) = ... {                 // 256 rows and 64 columns of %c
      scf.for %k = ... step %c256 {
        ...                                       // panels of %b: 256 products for 32 columns each
        scf.for %row = ... { scf.for %column = ... {
          call @contraction_tile_f32(...)         // 8 rows and 32 columns, summed in registers
        } }
      }
      ...                                         // relu of the sums, stored to %c
    }

For contractions, named or generic, on memrefs of f32 or f64 without gaps: sums of products of which
one factor is the same for all columns and the other for all rows. Where an element of a factor lies
must be a sum of loops; the factor of the columns may be read under conditions, as a padded image
is. So convolutions of all kinds and matrix products in any layout are lowered, with their
derivatives; other ops stay. Pointwise ops that follow are applied to the sums before these are
stored. Products and sums may be rounded once, and sums are taken in another order, which depends on
sizes only.

Needs: linalg on memrefs; later hoist-static-allocas and convert-vector-to-llvm. Keeps: values, but
for rounding.
"""

from __future__ import annotations

from stepwell.dialects.linalg.structured import StructuredOp
from stepwell.ir.block import Block
from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.pattern import NoMatch
from stepwell.ir.symbol_table import SymbolTable
from stepwell.passes.contraction_kernels.followers import surroundings_of
from stepwell.passes.contraction_kernels.kernel import Kernel
from stepwell.passes.contraction_kernels.plan import plan_for
from stepwell.passes.contraction_kernels.tile import TileShape
from stepwell.passes.contraction_kernels.writing import Known
from stepwell.passes.parallel_fusion.moving import Footprints


@pass_("linalg-contractions-to-vectors", on="builtin.module")
def linalg_contractions_to_vectors(
    op: Operation, context: PassContext, *, vector_bits: int = 512, rows: int = 8
) -> None:
    """Lowers the contractions inside `op` to loops over tiles.

    Args:
        op: a module.
        context: of the pass manager.
        vector_bits: how large a vector is.
        rows: how many rows a tile has.
    """
    if vector_bits < 64 or vector_bits & (vector_bits - 1) or rows not in (1, 2, 4, 8, 16):
        raise PassError("vector-bits must be a power of two from 64 on, rows one from 1 to 16")
    table, footprints = SymbolTable(op), Footprints()
    gone: set[Operation] = set()
    known: dict[Block, Known] = {}
    for inner in [one for one in walk(op) if isinstance(one, StructuredOp)]:
        if inner in gone:
            continue
        try:
            plan = plan_for(inner)
        except NoMatch:
            continue
        around = surroundings_of(plan, footprints)
        shape = TileShape(plan.element, vector_bits // plan.element.width, rows)
        Kernel(plan, around, shape, table, known).emit()
        for done in (*around.ops, inner):
            footprints.forget(done)
            gone.add(done)
            done.erase()
        context.statistic("num-lowered", "Number of contractions lowered", 1)

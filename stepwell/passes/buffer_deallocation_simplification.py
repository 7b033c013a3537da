"""Optimizes `bufferization.dealloc` operation for more efficient codegen

    %o = bufferization.dealloc (%alloc) if (%true) retain (%alloc)   ->   %true

Needs: ownership as `ownership-based-buffer-deallocation` gives it. Keeps: values, memory.
"""

from __future__ import annotations

from stepwell.dialects.bufferization import canonicalize
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.greedy import GreedyOptions, apply_patterns_greedily
from stepwell.ir.rewriting.pattern import Pattern
from stepwell.passes.deallocation.origins import Origins
from stepwell.passes.deallocation.simplification import simplifications


@pass_("buffer-deallocation-simplification", on="any")
def buffer_deallocation_simplification(op: Operation, context: PassContext) -> None:
    """Simplifies all deallocations in `op` by what is known about aliases."""
    canonical = [found for found in vars(canonicalize).values() if isinstance(found, Pattern)]
    patterns = [*canonical, *simplifications(Origins())]
    apply_patterns_greedily(op, patterns, GreedyOptions(simplify="disabled"))

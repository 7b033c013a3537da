"""Canonicalize operations

Brings ops to the form that all other passes expect: folds constants, applies the canonical patterns
of the dialects until nothing changes any more, erases dead ops, simplifies control flow, and
gathers constants at the start of functions.

    %c0 = arith.constant 0 : i32            %0 = arith.muli %a, %b : i32
    %0 = arith.muli %a, %b : i32       ->
    %1 = arith.addi %c0, %0 : i32

Needs: nothing. Keeps: nothing.
"""

from __future__ import annotations

from typing import Literal

from stepwell.ir.diagnostics import Diagnostic, PassError, Severity
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.canonical import CanonicalPatterns
from stepwell.ir.rewriting.greedy import GreedyOptions, apply_patterns_greedily


@pass_("canonicalize")
def canonicalize(
    op: Operation,
    context: PassContext,
    *,
    top_down: bool = True,
    region_simplify: Literal["disabled", "normal", "aggressive"] = "normal",
    max_iterations: int = 10,
    max_num_rewrites: int = -1,
    test_convergence: bool = False,
    disable_patterns: list[str] | None = None,
    enable_patterns: list[str] | None = None,
) -> None:
    """Canonicalizes everything inside `op`.

    Args:
        op: what to work on.
        context: of the pass manager.
        top_down: whether ops are visited before those that use them.
        region_simplify: what is done to control flow.
        max_iterations: how often the whole is repeated at most; -1 for no limit.
        max_num_rewrites: how many patterns may apply in one iteration; -1 for no limit.
        test_convergence: whether it is an error if that was not enough.
        disable_patterns: names of patterns to leave out.
        enable_patterns: names of patterns to use, and no others.

    Raises:
        PassError: `test_convergence` is on, and there was more to do.
    """
    options = GreedyOptions(
        top_down=top_down,
        simplify=region_simplify,
        max_iterations=max_iterations,
        max_rewrites=max_num_rewrites,
    )
    patterns = CanonicalPatterns(enable_patterns or (), disable_patterns or ())
    result = apply_patterns_greedily(op, patterns, options)
    if not result.changed:
        context.preserve_all()
    if test_convergence and not result.converged:
        text = f"canonicalization did not converge in {max_iterations} iterations"
        raise PassError(Diagnostic(Severity.ERROR, text, op.place))

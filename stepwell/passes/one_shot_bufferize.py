"""Turns tensors into memrefs, in place where no later read would see the difference.

    %0 = tensor.insert %x into %t[%i] : tensor<4xf32>
    // -> memref.store %x, %t_buffer[%i] : memref<4xf32>   if %t is not read later, else into a copy

Needs: verified IR. Keeps: values, control flow.
"""

from __future__ import annotations

from stepwell.dialects.func.ops import CallOp, FuncOp
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.passes.bufferize import load_models
from stepwell.passes.bufferize.analysis import Analysis
from stepwell.passes.bufferize.bufferizer import (
    DYNAMIC_LAYOUT,
    INFER,
    BufferizationOptions,
    Bufferizer,
)
from stepwell.passes.bufferize.function_ops import bufferize_signature, finish_signature, summarize


@pass_("one-shot-bufferize", on="any")
def one_shot_bufferize(
    op: Operation,
    context: PassContext,
    *,
    bufferize_function_boundaries: bool = False,
    function_boundary_type_conversion: str = INFER,
    unknown_type_conversion: str = DYNAMIC_LAYOUT,
    allow_unknown_ops: bool = False,
    allow_return_allocs_from_loops: bool = False,
    copy_before_write: bool = False,
    buffer_alignment: int = 64,
    dialect_filter: list[str] = [],  # noqa: B006
    no_analysis_func_filter: list[str] = [],  # noqa: B006
) -> None:
    """Bufferizes everything inside `op`. The options are upstream's.

    Raises:
        PassError: an op on tensors cannot be bufferized, and unknown ops are not allowed.
    """
    options = BufferizationOptions(
        bufferize_function_boundaries,
        function_boundary_type_conversion,
        unknown_type_conversion,
        allow_unknown_ops,
        allow_return_allocs_from_loops,
        copy_before_write,
        buffer_alignment,
        list(dialect_filter),
        list(no_analysis_func_filter),
    )
    load_models(op)
    if bufferize_function_boundaries and op.name == "builtin.module":
        _bufferize_module(op, options)
    else:
        _bufferize_bodies(op, options)


def _bufferize_module(module: Operation, options: BufferizationOptions) -> None:
    """Analyses callees before callers, then rewrites in the same order."""
    analyses: dict[str, Analysis] = {}
    functions = callees_first(module)
    for function in functions:
        if not function.is_declaration:
            analysis = Analysis(function, analyses, options.allow_return_allocs_from_loops)
            skip = function.sym_name.value in options.no_analysis_func_filter
            analysis.run(options.copy_before_write or skip)
            analysis.call_summary = summarize(analysis)
            analyses[function.sym_name.value] = analysis
    for function in functions:
        found = analyses.get(function.sym_name.value) or Analysis(function)
        bufferizer = Bufferizer(module, found, options)
        bufferize_signature(function, bufferizer)
        if not function.is_declaration:
            bufferizer.run([inner for block in function.body for inner in block])
            finish_signature(function)


def _bufferize_bodies(root: Operation, options: BufferizationOptions) -> None:
    """Bufferizes what is inside functions; their arguments and results stay tensors."""
    options.allow_unknown_ops = True
    functions = (
        [root] if isinstance(root, FuncOp) else [f for f in walk(root) if isinstance(f, FuncOp)]
    )
    module = next((op for op in (root, *root.ancestors()) if op.name == "builtin.module"), root)
    for function in functions:
        if function.is_declaration:
            continue
        analysis = Analysis(
            function, loops_return_allocations=options.allow_return_allocs_from_loops
        )
        analysis.run(options.copy_before_write)
        bufferizer = Bufferizer(module, analysis, options)
        bufferizer.keep = frozenset({"func.return", "func.call"})
        bufferizer.run([inner for block in function.body for inner in block])


def callees_first(module: Operation) -> list[FuncOp]:
    """The functions of a module, each after those it calls (as far as calls make no circle)."""
    functions = {
        op.sym_name.value: op for op in module.regions[0].entry.ops if isinstance(op, FuncOp)
    }
    calls = {
        name: [c.callee.root for c in walk(function) if isinstance(c, CallOp)]
        for name, function in functions.items()
    }
    done: dict[str, FuncOp] = {}
    entered: set[str] = set()
    for start in functions:
        stack = [(start, iter(calls[start]))]
        if start in entered:
            continue
        entered.add(start)
        while stack:
            name, inner = stack[-1]
            callee = next((c for c in inner if c in functions and c not in entered), None)
            if callee is None:
                stack.pop()
                done[name] = functions[name]
            else:
                entered.add(callee)
                stack.append((callee, iter(calls[callee])))
    return list(done.values())

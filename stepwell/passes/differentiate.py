"""Expands `meta.gradient`, and makes derivatives of functions, by reverse mode.

    %y = math.exp %x : tensor<4xf32>
    %g = meta.gradient %y by %x : tensor<4xf32> by tensor<4xf32>
->
    %y = math.exp %x : tensor<4xf32>
    %g = arith.mulf %ones, %y : tensor<4xf32>                  // folded to %y by canonicalize

Gradients are expanded in the order of the program, so that a gradient may be differentiated in its
turn. Afterwards every `meta.stop_gradient` gives way to its operand.

With `function=f` the pass runs on a module and adds the function `@f_grad`: with the arguments of
`@f`, it returns the derivatives of the sum of result number `result` by the `arguments`. Where
`@f_grad` is declared already, it gets its body.

Needs: straight-line code on floats and tensors, no calls. Keeps: values.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.meta.gradient import GradientOp, StopGradientOp
from stepwell.ir.diagnostics import Diagnostic, PassError, Severity
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.traits import IsolatedFromAbove
from stepwell.passes.derivatives import arith, linalg, math, meta, tensor
from stepwell.passes.derivatives.expressions import Expressions
from stepwell.passes.derivatives.functions import add_derivative
from stepwell.passes.derivatives.sweep import derivatives_of

WITH_RULES = (arith, linalg, math, meta, tensor)
"""Importing these makes their rules known."""


@pass_("differentiate")
def differentiate(
    op: Operation,
    context: PassContext,
    *,
    function: str | None = None,
    arguments: Sequence[int] = (),
    result: int = 0,
) -> None:
    """Expands `meta.gradient`.

    Args:
        function: the function whose derivative is added; by default gradients are expanded only
        arguments: the numbers of the arguments to differentiate by; by default all of floats
        result: the number of the result to differentiate
    """
    if function is not None:
        add_derivative(op, function, arguments, result)
    for one in list(walk(op)):
        if isinstance(one, GradientOp):
            _expand(one)
    for one in list(walk(op)):
        if isinstance(one, StopGradientOp):
            one.replace_all_uses_with(one.operands[:1])
            one.erase()


def _expand(gradient: GradientOp) -> None:
    """Puts the ops that compute the derivatives before `gradient`, which goes."""
    _check_place(gradient)
    e = Expressions()
    e.start_at(gradient)
    found = derivatives_of(gradient.loss, gradient.values, e)
    values = [
        e.zero(target) if one is None else one
        for target, one in zip(gradient.values, found, strict=True)
    ]
    e.replace(gradient, values)
    e.erase_unused()


def _check_place(gradient: GradientOp) -> None:
    block, around = gradient.parent, gradient.parent_op
    in_function = around is not None and IsolatedFromAbove in around.traits
    if block is None or not block.is_entry or not in_function:
        text = "'meta.gradient' op is expanded only in the first block of a function"
        raise PassError(Diagnostic(Severity.ERROR, text, gradient.place))

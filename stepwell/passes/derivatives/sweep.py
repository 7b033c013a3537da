"""Reverse mode: from the loss back to the values it is differentiated by.

Only ops through which the loss depends on a target, by floats, take part. Each hands the derivative
by its result on to its operands, as its rule says; what arrives at a value from several users is
added up. All that is built stands at one place, after everything it is built from.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.meta.gradient import StopGradientOp
from stepwell.ir import types
from stepwell.ir.diagnostics import Diagnostic, PassError, Severity
from stepwell.ir.operation import Operation, walk
from stepwell.ir.types import FloatType
from stepwell.ir.value import Value
from stepwell.passes.derivatives.expressions import Expressions
from stepwell.passes.derivatives.rules import Derivatives, rule_for, rule_of_results_for


def is_float(value: Value) -> bool:
    """Whether it is a float, or has elements that are."""
    return isinstance(types.element_type_or_self(value.type), FloatType)


def derivatives_of(
    loss: Value, targets: Sequence[Value], e: Expressions, seed: Value | None = None
) -> list[Value | None]:
    """The derivatives of the sum of `loss` by each of `targets`; None where there is no influence.

    Args:
        loss: a float or a tensor of floats.
        targets: values of floats in the same block.
        e: builds the derivatives, at a place after the loss and the targets.
        seed: what each element of the loss counts; 1 by default.

    Raises:
        PassError: an op on the way has no derivative rule.
    """
    path = _Path(loss, set(targets))
    arrived: dict[Value, Value] = {}
    e.asked_for = path.flowing
    if loss in path.flowing:
        arrived[loss] = e.number(1.0, loss) if seed is None else seed
    for op in reversed(path.ops):
        if any(result in arrived for result in op.results):
            _hand_on(op, path.flowing, arrived, e)
    return [arrived.get(one) for one in targets]


def _hand_on(
    op: Operation, flowing: set[Value], arrived: dict[Value, Value], e: Expressions
) -> None:
    """Adds what `op` passes on to what has arrived at its operands."""
    by_operands = _by_operands(op, flowing, arrived, e)
    for operand, part in zip(op.operands, by_operands, strict=True):
        if part is None or operand not in flowing:
            continue
        part = e.fitted(part, operand.type)
        before = arrived.get(operand)
        arrived[operand] = part if before is None else e.add(before, part)


def _by_operands(
    op: Operation, flowing: set[Value], arrived: dict[Value, Value], e: Expressions
) -> Derivatives:
    if flowing.isdisjoint(_captured_by(op)):
        if len(op.results) == 1:
            rule = rule_for(op)
            if rule is not None:
                return rule(op, arrived[op.result], e)
        of_results = rule_of_results_for(op)
        if of_results is not None:
            return of_results(op, [arrived.get(result) for result in op.results], e)
    raise _no_rule(op)


def _no_rule(op: Operation) -> PassError:
    hint = ""
    if op.name in ("func.call", "call"):
        hint = "; inline the function first, with the pass 'inline'"
    elif op.regions:
        hint = "; only straight-line code on tensors and numbers is differentiated"
    text = f"'{op.name}' op has no derivative rule{hint}"
    return PassError(Diagnostic(Severity.ERROR, text, op.place))


class _Path:
    """What lies between the targets and the loss.

    Attributes:
        ops: those that `loss` is computed by and that read a target or what flows from one,
            operands before users.
        flowing: the values of floats that depend on a target, and on which the loss may depend.
    """

    def __init__(self, loss: Value, targets: set[Value]) -> None:
        self.ops: list[Operation] = []
        self.flowing = {one for one in targets if is_float(one)}
        seen: set[Operation] = set()
        pending: list[tuple[Operation, bool]] = []
        _ask(loss, pending)
        while pending:
            op, is_ready = pending.pop()
            if is_ready:
                self._pass(op)
            elif op not in seen:
                seen.add(op)
                pending.append((op, True))
                for value in reversed(_read_by(op)):
                    _ask(value, pending)

    def _pass(self, op: Operation) -> None:
        """Adds an op, whose operands have been dealt with, if a target flows into it."""
        if isinstance(op, StopGradientOp):
            return
        if any(value in self.flowing for value in _read_by(op)):
            self.ops.append(op)
            self.flowing |= {result for result in op.results if is_float(result)}


def _ask(value: Value, pending: list[tuple[Operation, bool]]) -> None:
    if value.defining_op is not None:
        pending.append((value.defining_op, False))


def _read_by(op: Operation) -> Sequence[Value]:
    """The operands, and what the regions use of the values around."""
    return [*op.operands, *_captured_by(op)] if op.regions else op.operands


def _captured_by(op: Operation) -> list[Value]:
    """What the regions use of the values around."""
    if not op.regions:
        return []
    inner = [one for one in walk(op) if one is not op]
    inside = {op, *inner}
    return [v for one in inner for v in one.operands if not _is_made_in(inside, v)]


def _is_made_in(ops: set[Operation], value: Value) -> bool:
    """Whether one of `ops`, or a block in it, defines the value."""
    made = value.defining_op
    if made is not None:
        return made in ops
    block = value.parent_block
    return block is not None and block.parent_op in ops

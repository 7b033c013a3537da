"""From a function to the function that computes its derivatives."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.func.ops import FuncOp, ReturnOp
from stepwell.ir.attributes import TypeAttr
from stepwell.ir.block import Region
from stepwell.ir.clone import clone_region_into
from stepwell.ir.diagnostics import Diagnostic, PassError, Severity
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.dead_ops import DeadOps
from stepwell.ir.symbol_table import symbols_of
from stepwell.ir.types import FunctionType
from stepwell.ir.value import Value
from stepwell.passes.derivatives.expressions import Expressions
from stepwell.passes.derivatives.sweep import derivatives_of, is_float

SUFFIX = "_grad"


def add_derivative(module: Operation, name: str, numbers: Sequence[int], result: int) -> None:
    """Adds, after the function `name` of `module`, the one that computes its derivatives.

    Args:
        module: where the functions are.
        name: of the function.
        numbers: of the arguments to differentiate by; all of floats if there are none.
        result: the number of the result to differentiate.

    Raises:
        PassError: there is no such function, argument or result; they are not of floats; or an op
            has no derivative rule.
    """
    source = _function(module, name)
    body = Region()
    clone_region_into(source.body, body, {})
    targets = _targets(source, body, numbers)
    end = body.entry.last
    if not isinstance(end, ReturnOp):
        raise _error(source, "is more than straight-line code, which is all that has derivatives")
    loss = _loss(source, end, result)
    _return_derivatives(loss, targets, end)
    _place(module, source, body)


def _return_derivatives(loss: Value, targets: Sequence[Value], end: ReturnOp) -> None:
    """Has the function that `end` ends return the derivatives, and compute no more than these."""
    e = Expressions()
    e.start_at(end)
    by_targets = derivatives_of(loss, targets, e)
    values = [
        e.zero(target) if one is None else one
        for target, one in zip(targets, by_targets, strict=True)
    ]
    end.set_operands(values)
    dead = DeadOps()
    assert end.parent is not None
    for op in end.parent.ops_reversed:
        if op is not end and dead.is_dead(op):
            op.erase()


def _function(module: Operation, name: str) -> FuncOp:
    if module.name != "builtin.module":
        raise PassError(
            "differentiate{function=...} runs on a builtin.module: it adds a function to it"
        )
    found = _named(module, name)
    if found is None or found.is_declaration:
        raise PassError(f"there is no function @{name} with a body to differentiate")
    return found


def _named(module: Operation, name: str) -> FuncOp | None:
    for op in symbols_of(module):
        if isinstance(op, FuncOp) and op.sym_name.value == name:
            return op
    return None


def _targets(source: FuncOp, body: Region, numbers: Sequence[int]) -> list[Value]:
    arguments = body.args
    for number in numbers:
        if not 0 <= number < len(arguments):
            raise _error(source, f"has {len(arguments)} arguments, and none of number {number}")
        if not is_float(arguments[number]):
            kind = arguments[number].type
            raise _error(source, f"has no derivative by argument {number}, a '{kind}'")
    wanted: list[Value] = [arguments[number] for number in numbers]
    wanted = wanted or [argument for argument in arguments if is_float(argument)]
    if not wanted:
        raise _error(source, "has no argument of floats to differentiate by")
    return wanted


def _loss(source: FuncOp, end: ReturnOp, result: int) -> Value:
    if not 0 <= result < end.num_operands:
        raise _error(source, f"has {end.num_operands} results, and none of number {result}")
    loss = end.operands[result]
    if not is_float(loss):
        raise _error(source, f"has no derivative of result {result}, a '{loss.type}'")
    return loss


def _place(module: Operation, source: FuncOp, body: Region) -> None:
    """Puts the body into the function that is declared for it, or into a new one."""
    name = source.sym_name.value + SUFFIX
    end = body.entry.last
    assert end is not None
    type = FunctionType(source.type.inputs, end.operand_types)
    declared = _named(module, name)
    if declared is None:
        made = FuncOp(name, TypeAttr(type), body=body, location=source.location)
        assert source.parent is not None
        source.parent.insert_before(made, source.next)
        return
    if not declared.is_declaration:
        raise _error(source, f"has a derivative already: there is a function @{name}")
    if declared.type is not type:
        raise _error(declared, f"is declared as '{declared.type}'; it would be a '{type}'")
    declared.body.take_body(body)


def _error(function: FuncOp, text: str) -> PassError:
    text = f"function @{function.sym_name.value} {text}"
    return PassError(Diagnostic(Severity.ERROR, text, function.place))

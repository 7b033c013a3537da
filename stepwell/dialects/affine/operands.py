"""Operands of affine maps: their text, what may be one, and running a map on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine.syntax_error import AffineSyntaxError
from stepwell.ir.affine.text import parse_expressions, print_with_operands
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.operation import Operation
from stepwell.ir.traits import AffineScope, ConstantLike, IsolatedFromAbove
from stepwell.ir.types import index
from stepwell.ir.value import BlockArgument, Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

EMPTY = AffineMap(0, 0, ())


def parse_operands(p: OpParser) -> tuple[list[Value], int]:
    """`(%dims)[%symbols]`, perhaps without symbols: all of them, and how many are dimensions."""
    dims = p.operands("(", ")")
    symbols = p.operands("[", "]") if p.text == "[" else []
    return [p.resolve(name, index) for name in (*dims, *symbols)], len(dims)


def operands_text(p: Printer, map_dims: int, values: Sequence[Value]) -> str:
    """What `parse_operands` reads."""
    names = [p.name(value) for value in values]
    symbols = f"[{', '.join(names[map_dims:])}]" if len(names) > map_dims else ""
    return f"({', '.join(names[:map_dims])}){symbols}"


def parse_subscripts(p: OpParser) -> tuple[AffineMap, list[Value]]:
    """`[%i + 3, symbol(%n)]`: a map and its operands."""
    if p.text != "[":
        raise p.error(f"expected '[', found {p.found()}")
    text, start = p.raw_brackets()
    return expressions(p, text, start)


def expressions(p: OpParser, text: str, start: int) -> tuple[AffineMap, list[Value]]:
    """The map and operands of expressions over SSA names, which stand at `start`."""
    if not text.strip():
        return EMPTY, []

    def resolve(name: str, offset: int) -> Value:
        return p.resolve((name, start + offset), index)

    try:
        map, dims, symbols = parse_expressions(text, resolve)
    except AffineSyntaxError as error:
        raise p.error(error.message, start + error.offset) from None
    return map, [*dims, *symbols]


def subscripts_text(p: Printer, map: AffineMap, values: Sequence[Value]) -> list[str]:
    """The text of each result of the map, over the names of its operands."""
    names = [p.name(value) for value in values]
    return print_with_operands(map, names[: map.num_dims], names[map.num_dims :])


def run_map(map: AffineMap, operands: Sequence[RuntimeValue]) -> tuple[int, ...]:
    """The results of a map.

    Raises:
        InterpreterError: an operand is poison, or a division is by zero or a negative number.
    """
    if any(operand is POISON for operand in operands):
        raise InterpreterError("an operand of an affine map is poison")
    try:
        return map.evaluate(operands[: map.num_dims], operands[map.num_dims :])
    except ZeroDivisionError:
        raise InterpreterError("an affine map divides by zero") from None


# What may be an operand.


def affine_scope(op: Operation | None) -> Operation | None:
    """The closest op around `op` (or `op` itself) at whose top symbols may be defined."""
    while op is not None and not op.has_trait(AffineScope):
        op = op.parent_op
    return op


def is_top_level(value: Value, scope: Operation | None) -> bool:
    """Whether `value` is defined at the top of an affine scope, or of one around it.

    Those around count as far as values can be seen from inside.
    """
    block = value.parent_block
    owner = block.parent_op if block is not None else None
    if owner is None:
        return True
    if scope is None:
        return owner.has_trait(AffineScope)
    while owner is not scope and not scope.has_trait(IsolatedFromAbove):
        around = affine_scope(scope.parent_op)
        if around is None:
            return False
        scope = around
    return owner is scope


def is_valid_symbol(value: Value, scope: Operation | None) -> bool:
    """Whether `value` may be a symbol: it does not change within the scope."""
    pending, seen = [value], set()
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        if current.type is not index:
            return False
        if is_top_level(current, scope):
            continue
        op = current.defining_op
        if op is None:
            return False
        if op.has_trait(ConstantLike):
            continue
        if op.name == "affine.apply":
            pending += op._operands
        elif not _is_dim_of_fixed_shape(op, scope):
            return False
    return True


def _is_dim_of_fixed_shape(op: Operation, scope: Operation | None) -> bool:
    if op.name not in ("memref.dim", "tensor.dim"):
        return False
    shaped, number = op._operands
    constant = number.defining_op is not None and number.defining_op.has_trait(ConstantLike)
    return is_top_level(shaped, scope) and constant


def is_valid_dim(value: Value, scope: Operation | None) -> bool:
    """Whether `value` may be a dimension: a symbol, a loop's variable, or an apply of such."""
    pending, seen = [value], set()
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        if current.type is not index:
            return False
        if is_top_level(current, scope):
            continue
        op = current.defining_op
        if op is not None and op.name == "affine.apply":
            pending += op._operands
        elif op is not None and op.name in ("affine.delinearize_index", "affine.linearize_index"):
            pending += [v for v in op._operands if v.type is index]
        elif not (is_induction_variable(current) or is_valid_symbol(current, scope)):
            return False
    return True


def counts_iterations(value: Value) -> bool:
    """Whether `value` is computed from the variable of an affine loop by affine.apply alone."""
    pending, seen = [value], set()
    while pending:
        current = pending.pop()
        if current in seen:
            continue
        seen.add(current)
        op = current.defining_op
        if op is not None and op.name == "affine.apply":
            pending += op._operands
        elif is_induction_variable(current):
            loop = current.parent_block.parent_op if current.parent_block is not None else None
            if loop is not None and loop.name.startswith("affine."):
                return True
    return False


def is_induction_variable(value: Value) -> bool:
    """Whether `value` counts the iterations of a loop, affine or not."""
    if not isinstance(value, BlockArgument):
        return False
    loop = value.owner.parent_op
    if loop is None or not value.owner.is_entry:
        return False
    if loop.name in ("affine.for", "scf.for"):
        return value.index == 0
    if loop.name in ("scf.parallel", "scf.forall"):
        return value.index < len(getattr(loop, "induction_variables", ()))
    return loop.name == "affine.parallel"


def verify_operands(op: Operation, values: Sequence[Value], num_dims: int) -> None:
    """Checks that the operands of a map may be what they are used as.

    Raises:
        VerifyError: one may not.
    """
    scope = affine_scope(op.parent_op)
    for number, value in enumerate(values):
        if number < num_dims:
            if not is_valid_dim(value, scope):
                raise op.error("operand cannot be used as a dimension id")
        elif not is_valid_symbol(value, scope):
            dimension = op.name == "affine.apply" and is_valid_dim(value, scope)
            what = "dimensional operand" if dimension else "operand"
            raise op.error(f"{what} cannot be used as a symbol")


def verify_subscripts(op: Operation, map: AffineMap, values: Sequence[Value], rank: int) -> None:
    """Checks the map of a memory access.

    Raises:
        VerifyError: it does not fit the memref, or an operand may not be one.
    """
    if map.num_results != rank:
        raise op.error("affine map num results must equal memref rank")
    if map.num_inputs != len(values):
        raise op.error("expects as many subscripts as affine map inputs")
    if any(value.type is not index for value in values):
        raise op.error("index to load must have 'index' type")
    verify_operands(op, values, map.num_dims)

"""The casts that stand where converted code meets other code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stepwell.ir import dialect
from stepwell.ir.attribute import Type
from stepwell.ir.operation import Operation, walk
from stepwell.ir.value import Value

CAST = "builtin.unrealized_conversion_cast"


def make_cast(inputs: Sequence[Value], types: Sequence[Type]) -> Operation:
    """A detached cast of `inputs` to values of `types`."""
    cls = dialect.find_op(CAST)
    assert cls is not None
    return cls.create(inputs, types)


def is_cast(op: Operation | None) -> bool:
    """Whether `op` is an unrealized conversion cast."""
    return op is not None and op.name == CAST


def cast_origin(value: Value) -> Operation | None:
    """The cast of which `value` is a result, or None."""
    op = value.defining_op
    return op if is_cast(op) else None


def reconcile_casts(root: Operation) -> bool:
    """Removes casts inside `root` that undo each other, and unused ones; whether there were any."""
    casts = [op for op in walk(root) if is_cast(op)]
    return reconcile(casts)


def reconcile(casts: Iterable[Operation], others: Iterable[Operation] = ()) -> bool:
    """As `reconcile_casts`, for the given casts. Of the `others`, unused ones are removed, too."""
    known = list(casts)
    changed = False
    for cast in known:
        found = undone(cast)
        if found is not None and _is_used(cast):
            changed = True
            cast.replace_all_uses_with(found)
    allowed = dict.fromkeys((*known, *others))
    unused = [cast for cast in allowed if not _is_used(cast)]
    while unused:
        cast = unused.pop()
        if cast not in allowed:
            continue
        del allowed[cast]
        sources = [value.defining_op for value in cast._operands]
        cast.erase()
        changed = True
        for source in dict.fromkeys(sources):
            if source in allowed and not _is_used(source):
                unused.append(source)
    return changed


def _is_used(op: Operation) -> bool:
    return any([result._users for result in op.results])


def undone(cast: Operation) -> Sequence[Value] | None:
    """The values that a chain of casts, ending in `cast`, brings back to their types; or None."""
    wanted = cast.result_types
    inputs: Sequence[Value] = cast.operands
    while tuple([value.type for value in inputs]) != wanted:
        origin = inputs[0].defining_op if inputs else None
        if origin is None or not is_cast(origin) or list(origin.results) != list(inputs):
            return None
        inputs = origin.operands
    return inputs

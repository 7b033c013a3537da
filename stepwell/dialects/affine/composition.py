"""Simpler maps and sets over fewer operands: composing, dropping, merging and simplifying.

All work on a map (or set) with its operands, dimensions first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

from stepwell.dialects.affine.operands import affine_scope, is_valid_symbol
from stepwell.dialects.affine.values import AffineApplyOp
from stepwell.ir.affine.expr import AffineConstant, AffineDim, AffineExpr, AffineSymbol
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine.set import IntegerSet
from stepwell.ir.affine.simplify import simplify_expr
from stepwell.ir.affine.walk import replace, used_dims, used_symbols
from stepwell.ir.attributes import IntegerAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.value import Value

M = TypeVar("M", AffineMap, IntegerSet)


class _Space:
    """The inputs of a map that is being made; each value stands once among dims or symbols."""

    def __init__(self) -> None:
        self.dims: dict[Value, AffineExpr] = {}
        self.symbols: dict[Value, AffineExpr] = {}

    def dim(self, value: Value) -> AffineExpr:
        return self.dims.setdefault(value, AffineDim(len(self.dims)))

    def symbol(self, value: Value) -> AffineExpr:
        return self.symbols.setdefault(value, AffineSymbol(len(self.symbols)))

    def remap(
        self, map: M, dims: Sequence[AffineExpr], symbols: Sequence[AffineExpr]
    ) -> tuple[M, list[Value]]:
        made = map.replace(dims, symbols, len(self.dims), len(self.symbols))
        return made, [*self.dims, *self.symbols]


def canonical(op: Operation, map: M, operands: Sequence[Value]) -> tuple[M, list[Value]]:
    """The map composed with the applies of its operands, simplified, over what it needs.

    Args:
        op: whose map it is; what may be a symbol depends on where it stands.
        map: the map or set.
        operands: its dimensions and symbols.
    """
    map, values = composed(map, operands)
    map, values = with_symbols(map, values, affine_scope(op.parent_op))
    map, values = without_needless(map, values)
    return simplified(map), values


def composed(map: M, operands: Sequence[Value]) -> tuple[M, list[Value]]:
    """Takes the applies that make operands into the map."""
    if not any(isinstance(value.defining_op, AffineApplyOp) for value in operands):
        return map, list(operands)
    known: dict[tuple[Value, bool], AffineExpr] = {}
    roles = [(value, number < map.num_dims) for number, value in enumerate(operands)]
    space = _inputs_in_order(roles)
    for root in roles:
        _expression(root, known, space)
    exprs = [known[role] for role in roles]
    return space.remap(map, exprs[: map.num_dims], exprs[map.num_dims :])


def _inputs_in_order(roles: Sequence[tuple[Value, bool]]) -> _Space:
    """The space of a composed map: what operands need comes after the operands that stay."""
    space = _Space()
    symbols = deque(role for role in roles if not role[1])
    queue = deque(role for role in roles if role[1])
    seen: set[tuple[Value, bool]] = set()
    while queue or symbols:
        role = (queue or symbols).popleft()
        if role in seen:
            continue
        seen.add(role)
        value, is_dim = role
        apply = value.defining_op
        if not isinstance(apply, AffineApplyOp):
            _ = space.dim(value) if is_dim else space.symbol(value)
            continue
        for number, part in enumerate(apply._operands):
            inner_dim = is_dim and number < apply.map.map.num_dims
            (queue if inner_dim else symbols).append((part, inner_dim))
    return space


def _expression(
    root: tuple[Value, bool], known: dict[tuple[Value, bool], AffineExpr], space: _Space
) -> None:
    """Finds the expression of a value used as a dimension (True) or a symbol, and of its makers."""
    stack = [root]
    while stack:
        role = stack[-1]
        value, is_dim = role
        apply = value.defining_op
        if role in known:
            stack.pop()
        elif not isinstance(apply, AffineApplyOp):
            known[role] = space.dim(value) if is_dim else space.symbol(value)
        else:
            # The operands of what is a symbol are symbols.
            inner = apply.map.map
            parts = [
                (part, is_dim and number < inner.num_dims)
                for number, part in enumerate(apply._operands)
            ]
            missing = [part for part in reversed(parts) if part not in known]
            if missing:
                stack += missing
                continue
            exprs = [known[part] for part in parts]
            known[role] = replace(
                inner.results[0], exprs[: inner.num_dims], exprs[inner.num_dims :]
            )


def with_symbols(
    map: M, operands: Sequence[Value], scope: Operation | None
) -> tuple[M, list[Value]]:
    """Makes dimensions that may be symbols symbols."""
    num_dims = map.num_dims
    dims = operands[:num_dims]
    symbols: list[Value] = list(operands[num_dims:])
    kept: list[Value] = []
    exprs: list[AffineExpr] = []
    for value in dims:
        if is_valid_symbol(value, scope):
            exprs.append(AffineSymbol(len(symbols)))
            symbols.append(value)
        else:
            exprs.append(AffineDim(len(kept)))
            kept.append(value)
    if len(kept) == len(dims):
        return map, list(operands)
    made: M = map.replace(exprs, (), len(kept), len(symbols))
    return made, [*kept, *symbols]


def without_needless(map: M, operands: Sequence[Value]) -> tuple[M, list[Value]]:
    """Drops operands that are not used, that stand twice, or that are constants."""
    exprs = map.results if isinstance(map, AffineMap) else map.constraints
    space = _Space()
    num_dims = map.num_dims
    dims = _inputs(operands[:num_dims], used_dims(exprs), space.dim)
    return space.remap(map, dims, _inputs(operands[num_dims:], used_symbols(exprs), space.symbol))


def _inputs(
    values: Sequence[Value], used: Sequence[int], place: Callable[[Value], AffineExpr]
) -> list[AffineExpr]:
    found: list[AffineExpr] = []
    needed = set(used)
    for number, value in enumerate(values):
        constant = constant_of(value)
        if isinstance(constant, IntegerAttr) or number not in needed:
            known = constant.value if isinstance(constant, IntegerAttr) else 0
            found.append(AffineConstant(known))
        else:
            found.append(place(value))
    return found


def simplified(map: M) -> M:
    """The map with each expression simplified."""
    if isinstance(map, AffineMap):
        results = [simplify_expr(r, map.num_dims, map.num_symbols) for r in map.results]
        return map.with_results(results)
    constraints = [simplify_expr(c, map.num_dims, map.num_symbols) for c in map.constraints]
    return IntegerSet(map.num_dims, map.num_symbols, tuple(constraints), map.eq_flags)

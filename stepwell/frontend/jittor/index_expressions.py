"""Index expressions of `reindex`, written as text: "i0 * 2 + i1 - 1"."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.resources import files

from lark import Lark, Token, Transformer
from lark.exceptions import LarkError

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.ir.affine.expr import (
    AffineBinary,
    AffineConstant,
    AffineDim,
    AffineExpr,
    AffineSymbol,
    post_order,
)
from stepwell.ir.affine.map import AffineMap


@lru_cache(1024)
def index_map(expressions: tuple[str, ...], rank: int, operand_rank: int) -> AffineMap:
    """The map that index expressions stand for; its symbols are the operand's sizes, if any are
    used.

    Args:
        expressions: one for each dimension of the operand. `i0`, `i1`, ... are the places in the
            result; `xshape0`, ... the operand's sizes; `+ - * / %` and parentheses as usual, `/`
            rounding down.
        rank: of the result. operand_rank: of the operand.

    Raises:
        TensorError: an expression is malformed, or is not affine.
    """
    results = [_read(text) for text in expressions]
    bound = max((expr.dim_bound for expr in results), default=0)
    sizes = max((expr.symbol_bound for expr in results), default=0)
    if bound > rank or sizes > operand_rank:
        raise TensorError(
            f"the index expressions {list(expressions)} use dimensions that are not there: "
            f"the result has {rank}, the operand {operand_rank}"
        )
    return AffineMap(rank, operand_rank if sizes else 0, tuple(results))


def _read(text: str) -> AffineExpr:
    try:
        made: AffineExpr = _Expressions().transform(_parser().parse(text))
    except (LarkError, RecursionError) as error:
        raise TensorError(f"cannot read the index expression {text!r}: {_first(error)}") from None
    for node in post_order(made):
        if isinstance(node, AffineBinary) and node.kind != "add":
            if not node.rhs.is_symbolic_or_constant:
                raise TensorError(f"the index expression {text!r} is not affine: {node}")
    return made


def _first(error: Exception) -> str:
    return str(error).strip().partition("\n")[0]


@cache
def _parser() -> Lark:
    grammar = files("stepwell.frontend.jittor").joinpath("index_expression.lark").read_text()
    return Lark(grammar, start="sum", parser="lalr")


class _Expressions(Transformer[Token, AffineExpr]):
    def integer(self, items: Sequence[Token]) -> AffineExpr:
        return AffineConstant(int(items[0]))

    def place(self, items: Sequence[Token]) -> AffineExpr:
        return AffineDim(int(items[0]))

    def size(self, items: Sequence[Token]) -> AffineExpr:
        return AffineSymbol(int(items[0]))

    def add(self, items: Sequence[AffineExpr]) -> AffineExpr:
        return items[0] + items[1]

    def subtract(self, items: Sequence[AffineExpr]) -> AffineExpr:
        return items[0] - items[1]

    def multiply(self, items: Sequence[AffineExpr]) -> AffineExpr:
        return items[0] * items[1]

    def divide(self, items: Sequence[AffineExpr]) -> AffineExpr:
        return items[0] // items[1]

    def remainder(self, items: Sequence[AffineExpr]) -> AffineExpr:
        return items[0] % items[1]

    def negate(self, items: Sequence[AffineExpr]) -> AffineExpr:
        return -items[0]

"""Reading and writing affine maps, integer sets, and affine expressions over SSA names.

>>> print(parse_map("(i, j)[n] -> (i + n, 2 * j mod 4)"))
(d0, d1)[s0] -> (d0 + s0, (d1 * 2) mod 4)
>>> print(parse_set("(i)[n] : (i >= 0, i <= n - 1)"))
(d0)[s0] : (d0 >= 0, -d0 + s0 - 1 >= 0)
>>> map, dims, symbols = parse_expressions("%i + 3, symbol(%n) * 2 + %i")
>>> print(map, dims, symbols)
(d0)[s0] -> (d0 + 3, d0 + s0 * 2) ['%i'] ['%n']
>>> print_with_operands(map, dims, symbols)
['%i + 3', '%i + symbol(%n) * 2']
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, lru_cache
from importlib.resources import files
from threading import RLock
from typing import TypeVar, overload

from lark import Lark, Token, Transformer
from lark.exceptions import UnexpectedInput

from stepwell.ir.affine.expr import (
    AffineConstant,
    AffineDim,
    AffineExpr,
    AffineSymbol,
    BinaryKind,
    binary,
)
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine.set import IntegerSet
from stepwell.ir.affine.syntax_error import AffineSyntaxError, explain

Operand = TypeVar("Operand", bound=Hashable)

_KINDS: dict[str, BinaryKind] = {
    "*": "mul",
    "mod": "mod",
    "floordiv": "floordiv",
    "ceildiv": "ceildiv",
}
_LARGEST = (1 << 63) - 1
_SSA_NAME = re.compile(r"%(?:[0-9]+|[A-Za-z_$.-][A-Za-z0-9_$.-]*)(?:#[0-9]+)?")


@lru_cache(maxsize=1024)
def parse_map(text: str) -> AffineMap:
    """The map whose text, the contents of `affine_map<...>`, is given.

    Raises AffineSyntaxError.
    """
    made = _parse(text, "map", None)
    assert isinstance(made, AffineMap)
    return made


@lru_cache(maxsize=1024)
def parse_set(text: str) -> IntegerSet:
    """The set whose text, the contents of `affine_set<...>`, is given.

    Raises AffineSyntaxError.
    """
    made = _parse(text, "set", None)
    assert isinstance(made, IntegerSet)
    return made


@overload
def parse_expressions(text: str) -> tuple[AffineMap, list[str], list[str]]: ...


@overload
def parse_expressions(
    text: str, resolve: Callable[[str, int], Operand]
) -> tuple[AffineMap, list[Operand], list[Operand]]: ...


def parse_expressions(
    text: str, resolve: Callable[[str, int], Operand] | None = None
) -> tuple[AffineMap, list[Operand], list[Operand]] | tuple[AffineMap, list[str], list[str]]:
    """Expressions over SSA names, such as `%i + 3, symbol(%n) * 2`, as a map and its operands.

    `resolve` gets each SSA name once, with the offset in the text where it is used first, and
    returns the operand it stands for; without it, names are operands. An operand is a dimension, or
    inside `symbol(...)` a symbol; equal operands are one, numbered in order of first use.

    Returns the map, the operands of its dimensions, and those of its symbols.
    Raises AffineSyntaxError, and what `resolve` raises.
    """
    # Most texts differ from others in their names only: with the names numbered they are one.
    places: dict[str, int] = {}
    for match in _SSA_NAME.finditer(text):
        places.setdefault(match[0], match.start())
    names = list(places)
    numbers = {name: f"%{i}" for i, name in enumerate(names)}
    numbered = _SSA_NAME.sub(lambda match: numbers[match[0]], text)
    try:
        map, dims, symbols = _numbered_expressions(numbered)
    except AffineSyntaxError:
        _parse(text, "operands", _Operands())
        raise
    if resolve is None:
        return map, [names[i] for i in dims], [names[i] for i in symbols]
    operands = {i: resolve(names[i], places[names[i]]) for i in sorted({*dims, *symbols})}
    return _without_repetition(map, [operands[i] for i in dims], [operands[i] for i in symbols])


@lru_cache(maxsize=4096)
def _numbered_expressions(text: str) -> tuple[AffineMap, tuple[int, ...], tuple[int, ...]]:
    scope = _Operands()
    results = _parse(text, "operands", scope)
    assert isinstance(results, list)
    dims, symbols = [int(name[1:]) for name in scope.dims], [int(n[1:]) for n in scope.symbols]
    return AffineMap(len(dims), len(symbols), tuple(results)), tuple(dims), tuple(symbols)


def _without_repetition(
    map: AffineMap, dims: list[Operand], symbols: list[Operand]
) -> tuple[AffineMap, list[Operand], list[Operand]]:
    new_dims, new_symbols = list(dict.fromkeys(dims)), list(dict.fromkeys(symbols))
    if len(new_dims) < len(dims) or len(new_symbols) < len(symbols):
        map = map.replace(
            [AffineDim(new_dims.index(operand)) for operand in dims],
            [AffineSymbol(new_symbols.index(operand)) for operand in symbols],
            len(new_dims),
            len(new_symbols),
        )
    return map, new_dims, new_symbols


def print_with_operands(
    map: AffineMap, dim_names: Sequence[str], symbol_names: Sequence[str]
) -> list[str]:
    """The text of each result, over the given names; symbols are printed as `symbol(NAME)`."""
    symbols = [f"symbol({name})" for name in symbol_names]
    return [result.text(dim_names.__getitem__, symbols.__getitem__) for result in map.results]


class _Names:
    """The declared names of a map or set."""

    def __init__(self) -> None:
        self.declared: dict[str, AffineExpr] = {}

    def declare(self, token: Token, expr: AffineExpr) -> None:
        if token.value in self.declared:
            raise AffineSyntaxError(f"redefinition of identifier '{token}'", _offset(token))
        self.declared[token.value] = expr

    def name(self, token: Token) -> AffineExpr:
        if token.value not in self.declared:
            raise AffineSyntaxError("use of undeclared identifier", _offset(token))
        return self.declared[token.value]

    def dim(self, token: Token) -> AffineExpr:
        raise AffineSyntaxError("unexpected ssa identifier", _offset(token))

    symbol = dim


class _Operands(_Names):
    """The SSA names met so far, each with its expression."""

    def __init__(self) -> None:
        super().__init__()
        self.dims: dict[str, AffineExpr] = {}
        self.symbols: dict[str, AffineExpr] = {}

    def dim(self, token: Token) -> AffineExpr:
        return self.dims.setdefault(token.value, AffineDim(len(self.dims)))

    def symbol(self, token: Token) -> AffineExpr:
        return self.symbols.setdefault(token.value, AffineSymbol(len(self.symbols)))


class _Actions(Transformer[Token, object]):
    """What is made of each rule; one scope of names is current."""

    def __init__(self) -> None:
        super().__init__()
        self.scope = _Names()

    @contextmanager
    def within(self, scope: _Names) -> Iterator[None]:
        """Makes a scope the current one for a while."""
        outer, self.scope = self.scope, scope
        try:
            yield
        finally:
            self.scope = outer

    def map(self, parts: list[object]) -> AffineMap:
        num_dims, num_symbols, *results = parts
        return AffineMap(num_dims, num_symbols, results)  # type: ignore[arg-type]

    def set(self, parts: list[object]) -> IntegerSet:
        num_dims, num_symbols, *constraints = parts
        # MLIR reads a set without constraints as one that always holds.
        pairs = constraints or [(AffineConstant(0), True)]
        exprs, flags = zip(*pairs, strict=True)
        return IntegerSet(num_dims, num_symbols, exprs, flags)  # type: ignore[arg-type]

    def operands(self, parts: list[AffineExpr]) -> list[AffineExpr]:
        return parts

    def dims(self, names: list[Token]) -> int:
        for position, token in enumerate(names):
            self.scope.declare(token, AffineDim(position))
        return len(names)

    def symbols(self, names: list[Token]) -> int:
        for position, token in enumerate(names):
            self.scope.declare(token, AffineSymbol(position))
        return len(names)

    def at_least(self, sides: list[AffineExpr]) -> tuple[AffineExpr, bool]:
        return sides[0] - sides[1], False

    def at_most(self, sides: list[AffineExpr]) -> tuple[AffineExpr, bool]:
        return sides[1] - sides[0], False

    def equal(self, sides: list[AffineExpr]) -> tuple[AffineExpr, bool]:
        return sides[0] - sides[1], True

    def add(self, terms: list[AffineExpr]) -> AffineExpr:
        return terms[0] + terms[1]

    def subtract(self, terms: list[AffineExpr]) -> AffineExpr:
        return terms[0] - terms[1]

    def binary(self, parts: list[object]) -> AffineExpr:
        lhs, sign, rhs = parts
        assert isinstance(lhs, AffineExpr) and isinstance(rhs, AffineExpr)
        assert isinstance(sign, Token)
        kind = _KINDS[sign.value]
        if kind == "mul" and lhs.dim_bound and rhs.dim_bound:
            raise AffineSyntaxError(
                "non-affine expression: at least one of the multiply operands has to be either a "
                "constant or symbolic",
                _offset(sign),
            )
        if kind != "mul" and rhs.dim_bound:
            raise AffineSyntaxError(
                f"non-affine expression: right operand of {kind} has to be either a constant or "
                "symbolic",
                _offset(sign),
            )
        return binary(kind, lhs, rhs)

    def negation(self, parts: list[AffineExpr]) -> AffineExpr:
        return -parts[0]

    def name(self, parts: list[Token]) -> AffineExpr:
        return self.scope.name(parts[0])

    def integer(self, parts: list[Token]) -> AffineExpr:
        text = parts[0].value
        value = int(text, 16) if text.startswith("0x") else _decimal(text)
        if value > _LARGEST:
            raise AffineSyntaxError("constant too large for index", _offset(parts[0]))
        return AffineConstant(value)

    def ssa_dim(self, parts: list[Token]) -> AffineExpr:
        return self.scope.dim(parts[0])

    def ssa_symbol(self, parts: list[Token]) -> AffineExpr:
        return self.scope.symbol(parts[1])


def _decimal(text: str) -> int:
    # Python refuses to read very long decimals, and what has 20 digits is too large in any case.
    digits = text.lstrip("0")
    return int(digits or "0") if len(digits) < 20 else _LARGEST + 1


def _offset(token: Token) -> int:
    return token.start_pos or 0


@cache
def _parser() -> tuple[Lark, _Actions]:
    actions = _Actions()
    grammar = files("stepwell.ir.affine").joinpath("affine.lark").read_text(encoding="utf-8")
    parser = Lark(
        grammar,
        parser="lalr",
        start=["map", "set", "operands"],
        transformer=actions,
        maybe_placeholders=False,
    )
    return parser, actions


# The parser's actions hold the scope of the text being read.
_lock = RLock()


def _parse(text: str, start: str, scope: _Names | None) -> object:
    with _lock:
        parser, actions = _parser()
        with actions.within(scope or _Names()):
            try:
                return parser.parse(text, start=start)
            except UnexpectedInput as error:
                raise explain(error, text, start) from None

"""Affine expressions: interned nodes that are canonical from the moment they are built.

>>> d0, d1 = AffineDim(0), AffineDim(1)
>>> print(3 + d0 * 2 + d0)
d0 * 3 + 3
>>> print((d0 * 4 + d1) // 4, (d0 * 4 + d1) % 4, d0 - d0 // 8 * 8, sep="; ")
d0 + d1 floordiv 4; d1 mod 4; d0 mod 8
>>> 2 * d0 is d0 + d0
True

Use the operators `+ - * // %`, `ceildiv` and `binary`: they apply the same local rules, in the same
order, as MLIR does when it builds an expression, so the text is the same too. `AffineBinary(...)`
itself makes the bare node.

Sums and products of constants wrap to 64 bits where MLIR's do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from math import gcd
from typing import ClassVar, Literal, TypeAlias

from stepwell.ir.interning import InternedValue

BinaryKind: TypeAlias = Literal["add", "mul", "mod", "floordiv", "ceildiv"]
Name: TypeAlias = Callable[[int], str]

# A piece of an expression's text: a string, or an expression and whether a binary one is put in
# parentheses there.
_Piece: TypeAlias = str | tuple["AffineExpr", bool]

# Programs repeat a few expressions often; the rules' results are kept so that these cost little.
_remembered = lru_cache(maxsize=4096)

_LOWEST, _HIGHEST = -(1 << 63), (1 << 63) - 1


class AffineExpr(InternedValue):
    """Base of all expressions; holds facts that are computed once, when a node is made.

    dim_bound, symbol_bound: one more than the highest dimension or symbol position used, else 0.
    divisor: an integer that divides every value of the expression (0 where it is always zero).
    is_pure_affine: no product, division or remainder by something other than a constant.
    """

    __slots__ = ("dim_bound", "divisor", "is_pure_affine", "symbol_bound")

    # Slots of each object, marked so that they are not taken for fields that identify it.
    dim_bound: ClassVar[int]
    symbol_bound: ClassVar[int]
    divisor: ClassVar[int]
    is_pure_affine: ClassVar[bool]

    @property
    def is_symbolic_or_constant(self) -> bool:
        """Whether no dimension occurs in it."""
        return not self.dim_bound

    @property
    def largest_known_divisor(self) -> int:
        """The largest integer known to divide every value of the expression."""
        return self.divisor

    def is_multiple_of(self, factor: int) -> bool:
        """Whether every value is known to be a multiple of `factor`, which is not 0."""
        return self.divisor % factor == 0

    def uses_dim(self, position: int) -> bool:
        """Whether dimension `position` occurs in it."""
        return AffineDim(position) in post_order(self)

    def uses_symbol(self, position: int) -> bool:
        """Whether symbol `position` occurs in it."""
        return AffineSymbol(position) in post_order(self)

    def ceildiv(self, other: AffineExpr | int) -> AffineExpr:
        """The quotient rounded towards positive infinity."""
        return binary("ceildiv", self, as_expr(other))

    def __add__(self, other: AffineExpr | int) -> AffineExpr:
        return _add(self, as_expr(other))

    def __radd__(self, other: int) -> AffineExpr:
        return _add(as_expr(other), self)

    def __sub__(self, other: AffineExpr | int) -> AffineExpr:
        return _add(self, _mul(as_expr(other), _constant(-1)))

    def __rsub__(self, other: int) -> AffineExpr:
        return _add(as_expr(other), -self)

    def __neg__(self) -> AffineExpr:
        return _mul(self, _constant(-1))

    def __mul__(self, other: AffineExpr | int) -> AffineExpr:
        return _mul(self, as_expr(other))

    def __rmul__(self, other: int) -> AffineExpr:
        return _mul(as_expr(other), self)

    def __floordiv__(self, other: AffineExpr | int) -> AffineExpr:
        return _floordiv(self, as_expr(other))

    def __rfloordiv__(self, other: int) -> AffineExpr:
        return _floordiv(as_expr(other), self)

    def __mod__(self, other: AffineExpr | int) -> AffineExpr:
        return _mod(self, as_expr(other))

    def __rmod__(self, other: int) -> AffineExpr:
        return _mod(as_expr(other), self)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<affine {self}>"

    def text(self, dim: Name = "d{}".format, symbol: Name = "s{}".format) -> str:
        """The text as MLIR prints it, with dimensions and symbols named by the two functions."""
        out: list[str] = []
        stack: list[_Piece] = [(self, False)]
        while stack:
            piece = stack.pop()
            if isinstance(piece, str):
                out.append(piece)
            else:
                stack += piece[0]._pieces(piece[1], dim, symbol)
        return "".join(out)

    def _pieces(self, tight: bool, dim: Name, symbol: Name) -> tuple[_Piece, ...]:
        """The pieces of the text, the last first."""
        raise NotImplementedError

    def _note(self, dims: int, symbols: int, divisor: int, pure: bool) -> None:
        set_slot = object.__setattr__
        set_slot(self, "dim_bound", dims)
        set_slot(self, "symbol_bound", symbols)
        set_slot(self, "divisor", divisor)
        set_slot(self, "is_pure_affine", pure)


class AffineDim(AffineExpr):
    """The dimension at a position, printed `d0`, `d1`, ..."""

    position: int

    def verify(self) -> None:
        """Notes the facts. Raises ValueError for a negative position."""
        if self.position < 0:
            raise ValueError(f"a dimension's position cannot be {self.position}")
        self._note(self.position + 1, 0, 1, True)

    def _pieces(self, tight: bool, dim: Name, symbol: Name) -> tuple[_Piece, ...]:
        return (dim(self.position),)


class AffineSymbol(AffineExpr):
    """The symbol at a position, printed `s0`, `s1`, ..."""

    position: int

    def verify(self) -> None:
        """Notes the facts. Raises ValueError for a negative position."""
        if self.position < 0:
            raise ValueError(f"a symbol's position cannot be {self.position}")
        self._note(0, self.position + 1, 1, True)

    def _pieces(self, tight: bool, dim: Name, symbol: Name) -> tuple[_Piece, ...]:
        return (symbol(self.position),)


class AffineConstant(AffineExpr):
    """An integer of 64 bits."""

    value: int

    def verify(self) -> None:
        """Notes the facts. Raises ValueError if the value does not fit in 64 bits."""
        if not _LOWEST <= self.value <= _HIGHEST:
            raise ValueError(f"the constant {self.value} does not fit in 64 bits")
        self._note(0, 0, abs(self.value), True)

    def _pieces(self, tight: bool, dim: Name, symbol: Name) -> tuple[_Piece, ...]:
        return (str(self.value),)


class AffineBinary(AffineExpr):
    """A bare node of two operands, as given; `binary` simplifies first."""

    kind: BinaryKind
    lhs: AffineExpr
    rhs: AffineExpr

    def verify(self) -> None:
        """Notes the facts, from those of the operands."""
        lhs, rhs = self.lhs, self.rhs
        pure = lhs.is_pure_affine and rhs.is_pure_affine
        if self.kind == "mul":
            pure = pure and (type(lhs) is AffineConstant or type(rhs) is AffineConstant)
        elif self.kind != "add":
            pure = pure and type(rhs) is AffineConstant
        dims = lhs.dim_bound if lhs.dim_bound > rhs.dim_bound else rhs.dim_bound
        symbols = lhs.symbol_bound if lhs.symbol_bound > rhs.symbol_bound else rhs.symbol_bound
        self._note(dims, symbols, _divisor(self.kind, lhs, rhs), pure)

    def _pieces(self, tight: bool, dim: Name, symbol: Name) -> tuple[_Piece, ...]:
        if self.kind == "add":
            inside = self._sum_pieces()
        elif self.kind == "mul" and self.rhs is _constant(-1):
            inside = ((self.lhs, True), "-")
        else:
            sign = " * " if self.kind == "mul" else f" {self.kind} "
            inside = ((self.rhs, True), sign, (self.lhs, True))
        return (")", *inside, "(") if tight else inside

    def _sum_pieces(self) -> tuple[_Piece, ...]:
        """The pieces of a sum, where a negative term is printed as a subtraction."""
        lhs, rhs = (self.lhs, False), self.rhs
        if type(rhs) is AffineConstant and rhs.value < 0:
            return (str(_wrapped(-rhs.value).value), " - ", lhs)
        term, factor = _coefficient(rhs)
        if factor == -1:
            is_sum = type(term) is AffineBinary and term.kind == "add"
            return ((term, is_sum), " - ", lhs)
        if factor < -1:
            return (str(_wrapped(-factor).value), " * ", (term, True), " - ", lhs)
        return ((rhs, False), " + ", lhs)


def as_expr(value: AffineExpr | int) -> AffineExpr:
    """The value itself, or an integer as a constant. Raises TypeError for anything else."""
    if isinstance(value, AffineExpr):
        return value
    if isinstance(value, int):
        return _constant(value)
    raise TypeError(f"expected an affine expression or an integer, got {value!r}")


def post_order(root: AffineExpr) -> Iterator[AffineExpr]:
    """Every distinct node under `root`, operands before the nodes that use them."""
    seen: set[AffineExpr] = set()
    stack: list[tuple[AffineExpr, bool]] = [(root, False)]
    while stack:
        node, operands_done = stack.pop()
        if operands_done:
            yield node
        elif node not in seen:
            seen.add(node)
            stack.append((node, True))
            if isinstance(node, AffineBinary):
                stack += ((node.rhs, False), (node.lhs, False))


def binary(kind: BinaryKind, lhs: AffineExpr, rhs: AffineExpr) -> AffineExpr:
    """The canonical expression for `lhs kind rhs`."""
    if kind == "add":
        return _add(lhs, rhs)
    if kind == "mul":
        return _mul(lhs, rhs)
    if kind == "mod":
        return _mod(lhs, rhs)
    if kind == "floordiv":
        return _floordiv(lhs, rhs)
    return _ceildiv(lhs, rhs)


def _divisor(kind: BinaryKind, lhs: AffineExpr, rhs: AffineExpr) -> int:
    if kind == "mul":
        return lhs.divisor * rhs.divisor
    if kind == "add" or kind == "mod":
        return gcd(lhs.divisor, rhs.divisor)
    if type(rhs) is AffineConstant and rhs.value != 0 and lhs.divisor % rhs.value == 0:
        return abs(lhs.divisor // rhs.value)
    return 1


@_remembered
def _constant(value: int) -> AffineConstant:
    return AffineConstant(int(value))


def _wrapped(value: int) -> AffineConstant:
    if not _LOWEST <= value <= _HIGHEST:
        value = (value - _LOWEST) % (1 << 64) + _LOWEST
    return AffineConstant(value)


def _coefficient(expr: AffineExpr) -> tuple[AffineExpr, int]:
    """`(x, c)` for `x * c`, else `(expr, 1)`."""
    if type(expr) is AffineBinary and expr.kind == "mul" and type(expr.rhs) is AffineConstant:
        return expr.lhs, expr.rhs.value
    return expr, 1


@_remembered
def _add(lhs: AffineExpr, rhs: AffineExpr) -> AffineExpr:
    total = _sum(lhs, rhs)
    if total is None and _is_multiple_of_quotient(rhs):
        total = _sum_with_last_term(lhs, rhs)
    return AffineBinary("add", lhs, rhs) if total is None else total


def _sum(lhs: AffineExpr, rhs: AffineExpr) -> AffineExpr | None:
    """A simpler or reordered form of `lhs + rhs`; None if it stays as it is."""
    if type(lhs) is AffineConstant and type(rhs) is AffineConstant:
        total = lhs.value + rhs.value
        return AffineConstant(total) if _LOWEST <= total <= _HIGHEST else None
    if type(lhs) is AffineConstant or _is_out_of_order(lhs, rhs):
        return _add(rhs, lhs)
    if type(rhs) is AffineConstant:
        return _sum_with_constant(lhs, rhs)
    left, left_factor = _coefficient(lhs)
    right, right_factor = _coefficient(rhs)
    if left is right:
        return _mul(left, _wrapped(left_factor + right_factor))
    if type(lhs) is AffineBinary and lhs.kind == "add" and type(lhs.rhs) is AffineConstant:
        return _add(_add(lhs.lhs, rhs), lhs.rhs)
    modulus = _modulus(lhs, rhs)
    return None if modulus is None else _mod(lhs, modulus)


def _is_out_of_order(lhs: AffineExpr, rhs: AffineExpr) -> bool:
    """Whether the operands of a sum or product are exchanged: symbols go right, d0 before d1."""
    if rhs.dim_bound and not lhs.dim_bound:
        return True
    if type(lhs) is AffineDim and type(rhs) is AffineDim:
        return lhs.position > rhs.position
    if type(lhs) is AffineSymbol and type(rhs) is AffineSymbol:
        return lhs.position > rhs.position
    return False


def _is_multiple_of_quotient(expr: AffineExpr) -> bool:
    if type(expr) is not AffineBinary or expr.kind != "mul":
        return False
    return type(expr.lhs) is AffineBinary and expr.lhs.kind == "floordiv"


def _sum_with_last_term(lhs: AffineExpr, rhs: AffineExpr) -> AffineExpr | None:
    """`x + (y + rhs)` for `(x + y) + rhs` where `y + rhs` has a simpler form."""
    outer: list[AffineExpr] = []
    while type(lhs) is AffineBinary and lhs.kind == "add":
        outer.append(lhs.lhs)
        lhs = lhs.rhs
        total = _sum(lhs, rhs)
        if total is not None:
            for term in reversed(outer):
                total = _add(term, total)
            return total
    return None


def _sum_with_constant(lhs: AffineExpr, rhs: AffineConstant) -> AffineExpr | None:
    if rhs.value == 0:
        return lhs
    if type(lhs) is AffineBinary and lhs.kind == "add" and type(lhs.rhs) is AffineConstant:
        return _add(lhs.lhs, _wrapped(lhs.rhs.value + rhs.value))
    return None


def _modulus(lhs: AffineExpr, rhs: AffineExpr) -> AffineExpr | None:
    """The q for which `lhs + rhs` is `lhs - (lhs floordiv q) * q`, if it is such a sum."""
    product, factor = _coefficient(rhs)
    if type(product) is not AffineBinary or product is rhs:
        return None
    q: AffineExpr
    if product.kind == "mul" and factor == -1:
        quotient, q = product.lhs, product.rhs
    elif product.kind == "floordiv" and factor < 0:
        quotient, q = product, _wrapped(-factor)
    else:
        return None
    if type(quotient) is not AffineBinary or quotient.kind != "floordiv":
        return None
    return q if quotient.rhs is q and quotient.lhs is lhs else None


@_remembered
def _mul(lhs: AffineExpr, rhs: AffineExpr) -> AffineExpr:
    if type(lhs) is AffineConstant and type(rhs) is AffineConstant:
        product = lhs.value * rhs.value
        if _LOWEST <= product <= _HIGHEST:
            return AffineConstant(product)
        return AffineBinary("mul", lhs, rhs)
    if type(lhs) is AffineConstant or _is_out_of_order(lhs, rhs):
        lhs, rhs = rhs, lhs
    inner, factor = _coefficient(lhs)
    if type(rhs) is AffineConstant:
        if rhs.value == 1:
            return lhs
        if rhs.value == 0:
            return rhs
        if inner is not lhs:
            return _mul(inner, _wrapped(factor * rhs.value))
    elif inner is not lhs:
        return _mul(_mul(inner, rhs), AffineConstant(factor))
    return AffineBinary("mul", lhs, rhs)


@_remembered
def _floordiv(lhs: AffineExpr, rhs: AffineExpr) -> AffineExpr:
    if type(rhs) is not AffineConstant or rhs.value == 0:
        return AffineBinary("floordiv", lhs, rhs)
    # A sum is divided term by term where one term is a multiple of the divisor; sums can be long.
    pending: list[AffineExpr | None] = [lhs]
    done: list[AffineExpr] = []
    while pending:
        term = pending.pop()
        if term is None:
            right, left = done.pop(), done.pop()
            done.append(_add(left, right))
        elif _splits(term, rhs.value):
            assert isinstance(term, AffineBinary)
            pending += (None, term.rhs, term.lhs)
        else:
            done.append(_floordiv_term(term, rhs))
    return done.pop()


def _splits(expr: AffineExpr, factor: int) -> bool:
    if type(expr) is not AffineBinary or expr.kind != "add" or factor == 1:
        return False
    return expr.lhs.divisor % factor == 0 or expr.rhs.divisor % factor == 0


def _floordiv_term(lhs: AffineExpr, rhs: AffineConstant) -> AffineExpr:
    if type(lhs) is AffineConstant:
        quotient = lhs.value // rhs.value
        return AffineConstant(quotient) if quotient <= _HIGHEST else _bare("floordiv", lhs, rhs)
    return _exact_quotient(lhs, rhs) or AffineBinary("floordiv", lhs, rhs)


def _exact_quotient(lhs: AffineExpr, rhs: AffineConstant) -> AffineExpr | None:
    if rhs.value == 1:
        return lhs
    inner, factor = _coefficient(lhs)
    if inner is not lhs and factor % rhs.value == 0:
        return _mul(inner, _wrapped(factor // rhs.value))
    return None


def _bare(kind: BinaryKind, lhs: AffineExpr, rhs: AffineExpr) -> AffineExpr:
    return AffineBinary(kind, lhs, rhs)


@_remembered
def _ceildiv(lhs: AffineExpr, rhs: AffineExpr) -> AffineExpr:
    if type(rhs) is not AffineConstant or rhs.value == 0:
        return AffineBinary("ceildiv", lhs, rhs)
    if type(lhs) is AffineConstant:
        quotient = -(-lhs.value // rhs.value)
        return AffineConstant(quotient) if quotient <= _HIGHEST else _bare("ceildiv", lhs, rhs)
    return _exact_quotient(lhs, rhs) or AffineBinary("ceildiv", lhs, rhs)


@_remembered
def _mod(lhs: AffineExpr, rhs: AffineExpr) -> AffineExpr:
    if type(rhs) is not AffineConstant or rhs.value < 1:
        return AffineBinary("mod", lhs, rhs)
    modulus = rhs.value
    while type(lhs) is AffineBinary and lhs.divisor % modulus:
        if lhs.kind == "add" and lhs.lhs.divisor % modulus == 0:
            lhs = lhs.rhs
        elif lhs.kind == "add" and lhs.rhs.divisor % modulus == 0:
            lhs = lhs.lhs
        elif _is_remainder_by_multiple(lhs, modulus):
            lhs = lhs.lhs
        else:
            break
    if type(lhs) is AffineConstant:
        return AffineConstant(lhs.value % modulus)
    return AffineConstant(0) if lhs.divisor % modulus == 0 else AffineBinary("mod", lhs, rhs)


def _is_remainder_by_multiple(expr: AffineBinary, modulus: int) -> bool:
    divisor = expr.rhs
    if expr.kind != "mod" or type(divisor) is not AffineConstant:
        return False
    return divisor.value >= 1 and divisor.value % modulus == 0

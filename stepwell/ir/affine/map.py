"""Affine maps: functions from dimensions and symbols to a tuple of affine expressions.

>>> swap = AffineMap.permutation([1, 0])
>>> print(swap, swap.compose(swap))
(d0, d1) -> (d1, d0) (d0, d1) -> (d0, d1)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from math import gcd
from typing import overload

from stepwell.ir.affine.expr import (
    AffineConstant,
    AffineDim,
    AffineExpr,
    AffineSymbol,
    as_expr,
)
from stepwell.ir.affine.walk import Integers, evaluate, replace, used_dims, used_symbols
from stepwell.ir.interning import InternedValue


def dim_list(count: int, first: int = 0) -> list[AffineExpr]:
    """The dimensions `first`, `first + 1`, ..., `count` of them."""
    return [AffineDim(first + i) for i in range(count)]


def symbol_list(count: int, first: int = 0) -> list[AffineExpr]:
    """The symbols `first`, `first + 1`, ..., `count` of them."""
    return [AffineSymbol(first + i) for i in range(count)]


def space_text(num_dims: int, num_symbols: int) -> str:
    """The text of a map's or set's inputs, such as `(d0, d1)[s0]`."""
    dims = ", ".join([f"d{i}" for i in range(num_dims)])
    symbols = ", ".join([f"s{i}" for i in range(num_symbols)])
    return f"({dims})[{symbols}]" if num_symbols else f"({dims})"


def check_space(num_dims: int, num_symbols: int, exprs: Sequence[AffineExpr]) -> None:
    """Raises ValueError where an expression uses a dimension or symbol that there is not."""
    for expr in exprs:
        if expr.dim_bound > num_dims or expr.symbol_bound > num_symbols:
            raise ValueError(
                f"the expression {expr} uses more than {num_dims} dimensions "
                f"and {num_symbols} symbols"
            )


class AffineMap(InternedValue):
    """`(d0, ...)[s0, ...] -> (results)`. Results may be given as any iterable, with ints.

    Raises ValueError where a result uses a dimension or symbol that the map lacks.
    """

    num_dims: int
    num_symbols: int
    results: tuple[AffineExpr, ...] = ()

    @classmethod
    def _normalise(
        cls, args: tuple[int, int, Iterable[AffineExpr | int]]
    ) -> tuple[int, int, tuple[AffineExpr, ...]]:
        return args[0], args[1], tuple([as_expr(result) for result in args[2]])

    def verify(self) -> None:
        """Refuses results outside the space of the map's inputs."""
        check_space(self.num_dims, self.num_symbols, self.results)

    # Making maps.

    @classmethod
    def identity(cls, num_dims: int) -> AffineMap:
        """`(d0, d1, ...) -> (d0, d1, ...)`."""
        return cls(num_dims, 0, tuple(dim_list(num_dims)))

    @classmethod
    def multi_dim_identity(cls, num_dims: int) -> AffineMap:
        """MLIR's name for `identity`."""
        return cls.identity(num_dims)

    @classmethod
    def minor_identity(cls, num_dims: int, num_results: int) -> AffineMap:
        """The last `num_results` of the dimensions. Raises ValueError if there are fewer."""
        if not 0 <= num_results <= num_dims:
            raise ValueError(f"cannot take the last {num_results} of {num_dims} dimensions")
        return cls(num_dims, 0, tuple(dim_list(num_results, num_dims - num_results)))

    @classmethod
    def constant(cls, *values: int) -> AffineMap:
        """`() -> (values)`."""
        return cls(0, 0, tuple([as_expr(value) for value in values]))

    @classmethod
    def permutation(cls, positions: Sequence[int]) -> AffineMap:
        """The map whose result i is dimension `positions[i]`.

        Raises ValueError unless each of the positions 0, 1, ... occurs once.
        """
        if sorted(positions) != list(range(len(positions))):
            raise ValueError(f"{list(positions)} is not a permutation")
        return cls(len(positions), 0, tuple([AffineDim(p) for p in positions]))

    @classmethod
    def filtered_identity(cls, num_dims: int, keep: Callable[[int], bool]) -> AffineMap:
        """The identity without the results whose position `keep` refuses."""
        return cls(num_dims, 0, tuple([AffineDim(i) for i in range(num_dims) if keep(i)]))

    # What is known about a map.

    @property
    def num_inputs(self) -> int:
        """Dimensions and symbols together."""
        return self.num_dims + self.num_symbols

    @property
    def num_results(self) -> int:
        """How many results there are."""
        return len(self.results)

    @property
    def is_empty(self) -> bool:
        """Whether it is `() -> ()`."""
        return not (self.num_dims or self.num_symbols or self.results)

    @property
    def is_pure_affine(self) -> bool:
        """Whether every result is: no multiplication or division by a symbol."""
        return all(result.is_pure_affine for result in self.results)

    @property
    def is_constant(self) -> bool:
        """Whether every result is a constant."""
        return all(isinstance(result, AffineConstant) for result in self.results)

    @property
    def is_single_constant(self) -> bool:
        """Whether there is one result, a constant."""
        return self.num_results == 1 and self.is_constant

    @property
    def constant_results(self) -> tuple[int, ...] | None:
        """The results' values if all are constants, else None."""
        values = [result.value for result in self.results if isinstance(result, AffineConstant)]
        return tuple(values) if len(values) == self.num_results else None

    @property
    def is_identity(self) -> bool:
        """Whether the results are the dimensions, in order, all of them."""
        return self.num_dims == self.num_results and self.dim_positions == tuple(
            range(self.num_dims)
        )

    @property
    def is_symbol_identity(self) -> bool:
        """Whether the results are the symbols, in order, all of them."""
        return self.results == tuple(symbol_list(self.num_symbols))

    @property
    def is_minor_identity(self) -> bool:
        """Whether the results are the last dimensions, in order, and there are no symbols."""
        skipped = self.num_dims - self.num_results
        return (
            not self.num_symbols
            and skipped >= 0
            and self.dim_positions == tuple(range(skipped, self.num_dims))
        )

    @property
    def dim_positions(self) -> tuple[int, ...] | None:
        """The results' positions if all are dimensions, else None."""
        positions = [result.position for result in self.results if isinstance(result, AffineDim)]
        return tuple(positions) if len(positions) == self.num_results else None

    @property
    def is_permutation(self) -> bool:
        """Whether the results are the dimensions, each once, in any order."""
        return self.num_dims == self.num_results and self.is_projected_permutation()

    def is_projected_permutation(self, allow_zeros: bool = False) -> bool:
        """Whether the results are dimensions, none twice; with `allow_zeros`, or zeros.

        There can be neither symbols nor more results than dimensions.
        """
        if self.num_symbols or self.num_results > self.num_dims:
            return False
        zero = AffineConstant(0)
        rest = [r for r in self.results if not (allow_zeros and r is zero)]
        return all(isinstance(r, AffineDim) for r in rest) and len(set(rest)) == len(rest)

    def result_position(self, expr: AffineExpr) -> int | None:
        """The position of the first result that is `expr`, or None."""
        return self.results.index(expr) if expr in self.results else None

    def is_function_of_dim(self, position: int) -> bool:
        """Whether any result uses the dimension."""
        return any(result.uses_dim(position) for result in self.results)

    def is_function_of_symbol(self, position: int) -> bool:
        """Whether any result uses the symbol."""
        return any(result.uses_symbol(position) for result in self.results)

    @property
    def largest_known_divisor(self) -> int:
        """The largest integer known to divide every value of every result; 0 if all are zero."""
        return gcd(*[result.divisor for result in self.results])

    # Applying and composing.

    @overload
    def evaluate(self, dims: Sequence[int], symbols: Sequence[int] = ()) -> tuple[int, ...]: ...

    @overload
    def evaluate(
        self, dims: Sequence[Integers], symbols: Sequence[Integers] = ()
    ) -> tuple[Integers, ...]: ...

    def evaluate(
        self, dims: Sequence[Integers], symbols: Sequence[Integers] = ()
    ) -> tuple[Integers, ...]:
        """The results' values where the inputs have the given values, ints or arrays.

        Raises ValueError for a wrong number of inputs, ZeroDivisionError for a division by zero.
        """
        if (len(dims), len(symbols)) != (self.num_dims, self.num_symbols):
            raise ValueError(f"{self} cannot take {len(dims)} dims and {len(symbols)} symbols")
        return tuple([evaluate(result, dims, symbols) for result in self.results])

    def compose(self, inner: AffineMap) -> AffineMap:
        """`self(inner(...))`. The symbols are this map's, then the inner one's.

        Raises ValueError unless `inner` has as many results as this map has dimensions.
        """
        if inner.num_results != self.num_dims:
            raise ValueError(f"cannot compose {self} with {inner}")
        places = inner.results
        if self.num_symbols and inner.num_symbols:
            places = inner.shift_symbols(self.num_symbols).results
        results = [replace(result, places) for result in self.results]
        return AffineMap(inner.num_dims, self.num_symbols + inner.num_symbols, tuple(results))

    def constant_fold(self, operands: Sequence[int | None]) -> tuple[int, ...] | None:
        """The results' values where the operands, dims then symbols, are known as far as given.

        None where some result is not known, or has none (a division by zero).
        """
        return self.partial_constant_fold(operands)[1]

    def partial_constant_fold(
        self, operands: Sequence[int | None]
    ) -> tuple[AffineMap, tuple[int, ...] | None]:
        """The map with the results that are known made constants, and all values if all are.

        Raises ValueError for a wrong number of operands.
        """
        if len(operands) != self.num_inputs:
            raise ValueError(f"{self} cannot take {len(operands)} operands")
        inputs = dim_list(self.num_dims) + symbol_list(self.num_symbols)
        known = [
            old if value is None else as_expr(value)
            for old, value in zip(inputs, operands, strict=True)
        ]
        dims, symbols = known[: self.num_dims], known[self.num_dims :]
        folded = [replace(result, dims, symbols) for result in self.results]
        results = [
            new if isinstance(new, AffineConstant) else old
            for old, new in zip(self.results, folded, strict=True)
        ]
        made = AffineMap(self.num_dims, self.num_symbols, tuple(results))
        return made, made.constant_results

    # Maps made from this one.

    def replace(
        self,
        dims: Sequence[AffineExpr],
        symbols: Sequence[AffineExpr],
        num_dims: int,
        num_symbols: int,
    ) -> AffineMap:
        """The map over a new space, with the inputs replaced; missing replacements change nothing.

        Raises ValueError where a result does not fit the new space.
        """
        results = [replace(result, dims, symbols) for result in self.results]
        return AffineMap(num_dims, num_symbols, tuple(results))

    def with_results(self, results: Iterable[AffineExpr]) -> AffineMap:
        """The same inputs with other results."""
        return AffineMap(self.num_dims, self.num_symbols, tuple(results))

    def sub_map(self, positions: Iterable[int]) -> AffineMap:
        """The map with the results at the positions, in the order given."""
        return self.with_results([self.results[i] for i in positions])

    def slice_map(self, start: int, length: int) -> AffineMap:
        """The map with `length` results from `start` on."""
        return self.with_results(self.results[start : start + length])

    def major_sub_map(self, count: int) -> AffineMap:
        """The map with the first `count` results; all of them if there are fewer."""
        return self.with_results(self.results[:count])

    def minor_sub_map(self, count: int) -> AffineMap:
        """The map with the last `count` results; all of them if there are fewer."""
        return self.with_results(self.results[max(0, self.num_results - count) :])

    def drop_results(self, positions: Collection[int]) -> AffineMap:
        """The map without the results at the positions."""
        return self.with_results([r for i, r in enumerate(self.results) if i not in positions])

    def drop_zero_results(self) -> AffineMap:
        """The map without the results that are the constant 0."""
        zero = AffineConstant(0)
        return self.with_results([r for r in self.results if r is not zero])

    def insert_result(self, expr: AffineExpr, position: int) -> AffineMap:
        """The map with one more result, at the position."""
        return self.with_results((*self.results[:position], expr, *self.results[position:]))

    def shift_dims(self, amount: int, first: int = 0) -> AffineMap:
        """The map with `amount` more dimensions, put before dimension `first`."""
        moved = dim_list(first) + dim_list(self.num_dims - first, first + amount)
        return self.replace(moved, (), self.num_dims + amount, self.num_symbols)

    def shift_symbols(self, amount: int, first: int = 0) -> AffineMap:
        """The map with `amount` more symbols, put before symbol `first`."""
        moved = symbol_list(first) + symbol_list(self.num_symbols - first, first + amount)
        return self.replace((), moved, self.num_dims, self.num_symbols + amount)

    def compress_dims(self, unused: Collection[int]) -> AffineMap:
        """The map without the dimensions at the positions; the others close up.

        Raises ValueError where a result uses one of them.
        """
        kept = [i for i in range(self.num_dims) if i not in unused]
        if not set(used_dims(self.results)) <= set(kept):
            raise ValueError(f"{self} uses the dimensions to be removed")
        places = {old: new for new, old in enumerate(kept)}
        dims = [AffineDim(places.get(i, 0)) for i in range(self.num_dims)]
        return self.replace(dims, (), len(kept), self.num_symbols)

    def compress_symbols(self, unused: Collection[int]) -> AffineMap:
        """The map without the symbols at the positions; the others close up.

        Raises ValueError where a result uses one of them.
        """
        kept = [i for i in range(self.num_symbols) if i not in unused]
        if not set(used_symbols(self.results)) <= set(kept):
            raise ValueError(f"{self} uses the symbols to be removed")
        places = {old: new for new, old in enumerate(kept)}
        symbols = [AffineSymbol(places.get(i, 0)) for i in range(self.num_symbols)]
        return self.replace((), symbols, self.num_dims, len(kept))

    def compress_unused_dims(self) -> AffineMap:
        """The map without the dimensions that no result uses."""
        return self.compress_dims(set(range(self.num_dims)) - set(used_dims(self.results)))

    def compress_unused_symbols(self) -> AffineMap:
        """The map without the symbols that no result uses."""
        return self.compress_symbols(set(range(self.num_symbols)) - set(used_symbols(self.results)))

    def inverse_permutation(self) -> AffineMap | None:
        """The map from results back to dimensions; None if some dimension is not a result.

        Of results that are the same dimension the first counts; those that are no dimension are
        passed over.

        Raises ValueError if the map has symbols.
        """
        if self.num_symbols:
            raise ValueError(f"{self} has symbols, and so no inverse")
        found: dict[int, AffineExpr] = {}
        for position, result in enumerate(self.results):
            if isinstance(result, AffineDim):
                found.setdefault(result.position, AffineDim(position))
        if len(found) != self.num_dims:
            return None
        return AffineMap(self.num_results, 0, tuple([found[i] for i in range(self.num_dims)]))

    def __str__(self) -> str:
        results = ", ".join([str(result) for result in self.results])
        return f"{space_text(self.num_dims, self.num_symbols)} -> ({results})"

    def __repr__(self) -> str:
        return f"<affine_map {self}>"


def concat_maps(maps: Iterable[AffineMap]) -> AffineMap:
    """One map with all the results: dimensions are shared, symbols are not."""
    num_dims = num_symbols = 0
    results: list[AffineExpr] = []
    for each in maps:
        results += each.shift_symbols(num_symbols).results
        num_symbols += each.num_symbols
        num_dims = max(num_dims, each.num_dims)
    return AffineMap(num_dims, num_symbols, tuple(results))


def apply_permutation(map: AffineMap, values: Sequence[object]) -> list[object]:
    """The values in the order of the map's results, all of which are dimensions.

    Raises ValueError where a result is not a dimension.
    """
    positions = map.dim_positions
    if positions is None:
        raise ValueError(f"{map} is not a projected permutation")
    return [values[position] for position in positions]

"""Integer sets: the points at which affine constraints hold, such as `(d0)[s0] : (d0 - s0 >= 0)`.

>>> from stepwell.ir.affine.expr import AffineDim, AffineSymbol
>>> d0, s0 = AffineDim(0), AffineSymbol(0)
>>> below = IntegerSet(1, 1, (d0, s0 - d0 - 1), (False, False))
>>> print(below, below.contains([3], [4]), below.contains([4], [4]))
(d0)[s0] : (d0 >= 0, -d0 + s0 - 1 >= 0) True False
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from stepwell.ir.affine.expr import AffineExpr, as_expr
from stepwell.ir.affine.map import check_space, space_text
from stepwell.ir.affine.walk import evaluate, replace
from stepwell.ir.interning import InternedValue


class IntegerSet(InternedValue):
    """Constraint i is `constraints[i] == 0` where `eq_flags[i]`, else `constraints[i] >= 0`.

    Raises ValueError where a constraint uses a dimension or symbol that the set lacks, or where
    there is not one flag for each constraint.
    """

    num_dims: int
    num_symbols: int
    constraints: tuple[AffineExpr, ...]
    eq_flags: tuple[bool, ...]

    @classmethod
    def _normalise(
        cls, args: tuple[int, int, Iterable[AffineExpr | int], Iterable[bool]]
    ) -> tuple[int, int, tuple[AffineExpr, ...], tuple[bool, ...]]:
        constraints = tuple([as_expr(constraint) for constraint in args[2]])
        return args[0], args[1], constraints, tuple([bool(flag) for flag in args[3]])

    def verify(self) -> None:
        """Refuses constraints outside the set's space, and flags that do not match them."""
        if len(self.constraints) != len(self.eq_flags):
            raise ValueError(
                f"{len(self.constraints)} constraints need as many flags, not {len(self.eq_flags)}"
            )
        check_space(self.num_dims, self.num_symbols, self.constraints)

    @classmethod
    def empty(cls, num_dims: int, num_symbols: int) -> IntegerSet:
        """The set without points, `(1 == 0)`."""
        return cls(num_dims, num_symbols, (as_expr(1),), (True,))

    @property
    def is_empty_set(self) -> bool:
        """Whether it is the set that `empty` makes; other sets can lack points too."""
        return self is IntegerSet.empty(self.num_dims, self.num_symbols)

    @property
    def num_inputs(self) -> int:
        """Dimensions and symbols together."""
        return self.num_dims + self.num_symbols

    @property
    def num_constraints(self) -> int:
        """How many constraints there are."""
        return len(self.constraints)

    @property
    def num_equalities(self) -> int:
        """How many of the constraints are equalities."""
        return sum(self.eq_flags)

    @property
    def is_pure_affine(self) -> bool:
        """Whether every constraint is: no multiplication or division by a symbol."""
        return all(constraint.is_pure_affine for constraint in self.constraints)

    def contains(self, dims: Sequence[int], symbols: Sequence[int] = ()) -> bool:
        """Whether all constraints hold at a point. Raises ValueError for a wrong number of inputs.

        Raises ZeroDivisionError where a constraint divides by zero.
        """
        if (len(dims), len(symbols)) != (self.num_dims, self.num_symbols):
            raise ValueError(f"{self} cannot take {len(dims)} dims and {len(symbols)} symbols")
        values = [evaluate(constraint, dims, symbols) for constraint in self.constraints]
        return all(
            value == 0 if is_equality else value >= 0
            for value, is_equality in zip(values, self.eq_flags, strict=True)
        )

    def replace(
        self,
        dims: Sequence[AffineExpr],
        symbols: Sequence[AffineExpr],
        num_dims: int,
        num_symbols: int,
    ) -> IntegerSet:
        """The set over a new space, with the inputs replaced; missing replacements change nothing.

        Raises ValueError where a constraint does not fit the new space.
        """
        constraints = [replace(constraint, dims, symbols) for constraint in self.constraints]
        return IntegerSet(num_dims, num_symbols, tuple(constraints), self.eq_flags)

    def __str__(self) -> str:
        constraints = ", ".join(
            [
                f"{constraint} {'==' if is_equality else '>='} 0"
                for constraint, is_equality in zip(self.constraints, self.eq_flags, strict=True)
            ]
        )
        return f"{space_text(self.num_dims, self.num_symbols)} : ({constraints})"

    def __repr__(self) -> str:
        return f"<affine_set {self}>"

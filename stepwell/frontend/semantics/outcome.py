"""What a run of a function can be seen to have done, and how two runs differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.generic]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Observed:
    """A value that the caller sees.

    Attributes:
        what: where: `result 0`, `argument 1 after the call`.
        value: the value; of no dimensions if it is a scalar.
        defined: which elements mean something.
    """

    what: str
    value: Array
    defined: Mask

    @classmethod
    def of(cls, what: str, value: Array, undefined: Mask | None = None) -> Observed:
        """With all elements defined, but for those given."""
        defined = np.ones(value.shape, bool) if undefined is None else ~undefined
        return cls(what, value, defined)


@dataclass(frozen=True, slots=True)
class Outcome:
    """All that the caller sees of one run.

    Attributes:
        values: results, then buffers.
        printed: what the program printed.
        steps: how many ops ran.
    """

    values: tuple[Observed, ...]
    printed: str = ""
    steps: int = 0

    @property
    def means_something(self) -> bool:
        """Whether there is anything to compare."""
        return bool(self.printed) or any(value.defined.any() for value in self.values)

    def without_garbage(self, other: Outcome) -> Outcome:
        """With what differs from `other` marked as undefined: a run of the same program in which
        fresh memory held something else."""
        pairs = zip(self.values, other.values, strict=True)
        return Outcome(tuple(_agreed(a, b) for a, b in pairs), self.printed, self.steps)


def _agreed(one: Observed, other: Observed) -> Observed:
    if one.value.shape != other.value.shape:
        return Observed(one.what, one.value, np.zeros(one.value.shape, bool))
    same = one.defined & other.defined & equal(one.value, other.value)
    return Observed(one.what, one.value, np.asarray(same))


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where two runs differ.

    Attributes:
        what: the value, and the element if it has many.
        before: how it was shown before.
        after: how it is now.
    """

    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.what} was {self.before}, is {self.after}"


def first_difference(before: Outcome, after: Outcome, tolerance: float = 0.0) -> Difference | None:
    """Where the runs differ; None if they are equal.

    Args:
        before: of the original program; only what is defined there counts.
        after: of the changed one.
        tolerance: relative and absolute, for floats; 0 for equal bits (all NaNs are equal).
    """
    for old, new in zip(before.values, after.values, strict=True):
        found = _difference(old, new, tolerance)
        if found is not None:
            return found
    if before.printed != after.printed:
        return Difference("the printed text", repr(before.printed), repr(after.printed))
    return None


def _difference(old: Observed, new: Observed, tolerance: float) -> Difference | None:
    if old.value.shape != new.value.shape:
        return Difference(
            f"the shape of {old.what}", str(list(old.value.shape)), str(list(new.value.shape))
        )
    wrong = old.defined & ~(new.defined & equal(old.value, new.value, tolerance))
    if not wrong.any():
        return None
    at = tuple(int(i) for i in np.argwhere(wrong)[0])
    where = f"{old.what} at [{', '.join(map(str, at))}]" if at else old.what
    shown = show(new.value[at]) if new.defined[at] else "poison"
    return Difference(where, show(old.value[at]), shown)


def equal(one: Array, other: Array, tolerance: float = 0.0) -> Mask:
    """Which elements are the same: all bits, but any NaN equals any other."""
    if one.dtype != other.dtype:
        other = other.astype(one.dtype)
    if one.dtype.kind == "c":
        half = np.dtype(f"f{one.dtype.itemsize // 2}")
        parts = [np.ascontiguousarray(a).reshape(-1).view(half) for a in (one, other)]
        same = equal(parts[0], parts[1], tolerance).reshape(-1, 2).all(axis=1)
        return np.asarray(same.reshape(one.shape))
    if one.dtype.kind in "biuO":
        return np.asarray(one == other)
    with np.errstate(all="ignore"):
        both_nan = np.isnan(one) & np.isnan(other)
        same = (one == other) & (np.signbit(one) == np.signbit(other))
        if tolerance:
            close = np.isclose(one.astype(float), other.astype(float), tolerance, tolerance)
            same = same | close
    return np.asarray(same | both_nan)


def show(value: object) -> str:
    """A number as it is read back exactly."""
    if isinstance(value, np.ndarray) and value.ndim:
        return "[" + ", ".join(show(one) for one in value) + "]"
    item = value.item() if isinstance(value, np.generic | np.ndarray) else value
    if isinstance(item, float | int | complex):
        return repr(item)
    try:
        return repr(float(item))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return str(item)


def show_input(values: Sequence[object], limit: int = 400) -> str:
    """The arguments of a call; what is too long is cut."""
    shown = ", ".join(show(value) for value in values)
    return f"({shown})" if len(shown) <= limit else f"({shown[:limit]}...)"

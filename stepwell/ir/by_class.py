"""What need be found only once for all ops of a class."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from stepwell.ir.operation import Operation

Found = TypeVar("Found")


class ByClass(dict[type[Operation], Found]):
    """A table from classes of ops to what `find` says of each, filled as it is asked.

    Args:
        find: called once for each class.
    """

    def __init__(self, find: Callable[[type[Operation]], Found]) -> None:
        super().__init__()
        self._find = find

    def __missing__(self, cls: type[Operation]) -> Found:
        found = self._find(cls)
        self[cls] = found
        return found

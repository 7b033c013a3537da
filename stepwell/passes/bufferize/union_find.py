"""Sets of values that only ever grow together."""

from __future__ import annotations

from stepwell.ir.value import Value


class UnionFind:
    """A partition of values; a value nobody joined is alone in its set."""

    def __init__(self) -> None:
        self._parent: dict[Value, Value] = {}
        self._members: dict[Value, list[Value]] = {}

    def find(self, value: Value) -> Value:
        """The value that stands for the set of `value`."""
        root = value
        while (above := self._parent.get(root, root)) is not root:
            root = above
        while (above := self._parent.get(value, value)) is not root:
            self._parent[value] = root
            value = above
        return root

    def union(self, a: Value, b: Value) -> None:
        """Makes one set of the sets of `a` and `b`."""
        first, second = self.find(a), self.find(b)
        if first is second:
            return
        if len(self.members(first)) < len(self.members(second)):
            first, second = second, first
        joined = self.members(first) + self.members(second)
        self._parent[second] = first
        self._members[first] = joined
        self._members.pop(second, None)

    def same(self, a: Value, b: Value) -> bool:
        """Whether two values are in one set."""
        return self.find(a) is self.find(b)

    def members(self, value: Value) -> list[Value]:
        """The values of the set of `value`, in the order in which they came."""
        root = self.find(value)
        return self._members.get(root, [root])

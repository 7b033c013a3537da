"""Which sizes of a program are the same, by what its lines say.

Each dimension of each line's result gets a number; equal numbers mean equal sizes, in whatever
arrays the program is run on. So all loops over one size have one bound, and can become one loop.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from stepwell.frontend.jittor.operations import STRETCHED, Mask
from stepwell.frontend.jittor.program import Line, Program

GIVEN = -1


@dataclass(frozen=True, slots=True)
class Source:
    """Where a size is found at run time: the argument `number`, or dimension `dim` of leaf
    `number`."""

    number: int
    dim: int = GIVEN


class Sizes:
    """The sizes of all lines of a program.

    Attributes: `sources`, where the size of each number is found.
    """

    def __init__(self, program: Program) -> None:
        self.sources: list[Source] = []
        self._same: list[int] = []
        self._shapes: list[list[int]] = []
        self._given: dict[int, int] = {}
        leaves = 0
        for line in program.lines:
            if line.instruction.name == "leaf":
                shape = [self._new(Source(leaves, d)) for d in range(line.instruction.rank)]
                leaves += 1
            else:
                shape = _RULES.get(line.instruction.name, Sizes._elementwise)(self, line)
            self._shapes.append(shape)

    def shape(self, line: int) -> list[int]:
        """The numbers of the sizes of a line's result."""
        return [self._first(size) for size in self._shapes[line]]

    def _new(self, source: Source) -> int:
        self.sources.append(source)
        self._same.append(len(self._same))
        return len(self._same) - 1

    def _argument(self, number: int) -> int:
        found = self._given.get(number)
        if found is None:
            found = self._given[number] = self._new(Source(number))
        return found

    def _arguments(self, line: Line) -> list[int]:
        return [self._argument(line.sizes + number) for number in range(line.size_count)]

    def _first(self, size: int) -> int:
        while self._same[size] != size:
            self._same[size] = self._same[self._same[size]]
            size = self._same[size]
        return size

    def _unite(self, a: int, b: int) -> None:
        first, second = sorted((self._first(a), self._first(b)))
        # Arguments are at hand where the sizes of leaves have to be asked for.
        if self.sources[first].dim != GIVEN and self.sources[second].dim == GIVEN:
            first, second = second, first
        self._same[second] = first

    # The rules: the sizes of a line's result from those of its operands.

    def _along_masks(self, line: Line, masks: Sequence[Mask]) -> dict[int, int]:
        """The sizes of the dimensions that masks name."""
        known: dict[int, int] = {}
        for operand, mask in zip(line.operands, masks, strict=True):
            for size, dim in zip(self._shapes[operand], mask, strict=True):
                if dim == STRETCHED:
                    continue
                if dim in known:
                    self._unite(known[dim], size)
                known[dim] = size
        return known

    def _elementwise(self, line: Line) -> list[int]:
        masks: Sequence[Mask] = line.instruction.attributes  # type: ignore[assignment]
        known = self._along_masks(line, masks)
        dims = range(line.instruction.rank)
        if len(known) == len(dims):
            return [known[dim] for dim in dims]
        given = self._arguments(line)
        return [known[dim] if dim in known else given[dim] for dim in dims]

    def _reduce(self, line: Line) -> list[int]:
        gone = line.instruction.attributes[1]
        assert isinstance(gone, tuple)
        operand = self._shapes[line.operands[0]]
        return [size for dim, size in enumerate(operand) if dim not in gone]

    def _result_of_given_shape(self, line: Line) -> list[int]:
        return self._arguments(line)[: line.instruction.rank]

    def _slice(self, line: Line) -> list[int]:
        dropped = line.instruction.attributes[0]
        assert isinstance(dropped, tuple)
        given = self._arguments(line)
        count = len(given) // 3
        counts = enumerate(given[count : 2 * count])
        return [size for dim, size in counts if dim not in dropped]

    def _reindex(self, line: Line) -> list[int]:
        kept = line.instruction.attributes[1]
        assert isinstance(kept, tuple)
        operand, given = self._shapes[line.operands[0]], self._arguments(line)
        return [given[dim] if place == GIVEN else operand[place] for dim, place in enumerate(kept)]

    def _gather(self, line: Line) -> list[int]:
        table, indices = (self._shapes[number] for number in line.operands)
        return [*indices, *table[1:]]

    def _concat(self, line: Line) -> list[int]:
        along = line.instruction.attributes[0]
        shape = list(self._shapes[line.operands[0]])
        for operand in line.operands[1:]:
            for dim, (a, b) in enumerate(zip(shape, self._shapes[operand], strict=True)):
                if dim != along:
                    self._unite(a, b)
        assert isinstance(along, int)
        shape[along] = self._arguments(line)[0]
        return shape

    def _gradient_part(self, line: Line) -> list[int]:
        return self._shapes[line.operands[1]]


_RULES: dict[str, Callable[[Sizes, Line], list[int]]] = {
    "constant": lambda sizes, line: [],
    "arange": Sizes._result_of_given_shape,
    "reduce": Sizes._reduce,
    "scan": lambda sizes, line: sizes._shapes[line.operands[0]],
    "matmul": Sizes._elementwise,
    "reshape": Sizes._result_of_given_shape,
    "slice": Sizes._slice,
    "unslice": Sizes._result_of_given_shape,
    "reindex": Sizes._reindex,
    "reindex_reduce": Sizes._result_of_given_shape,
    "gather": Sizes._gather,
    "random": Sizes._result_of_given_shape,
    "concat": Sizes._concat,
    "gradient": lambda sizes, line: [],
    "gradient_part": Sizes._gradient_part,
}

"""The fingerprint of a pending graph, which is also the program to be compiled.

The graph is written as a flat tuple of instructions, each followed by the numbers of its operands.
Two graphs have the same code exactly if they compute the same thing on arrays of the same types and
ranks; so the code itself is the key of the plan cache, and no hash can be mistaken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import count
from operator import attrgetter

from stepwell.frontend.jittor.node import (
    GRADIENTS,
    History,
    Instruction,
    Node,
    Number,
    constant_value,
    opened,
)

Code = tuple[Instruction | int | None, ...]

_serial = attrgetter("serial")


@dataclass(frozen=True, slots=True)
class Line:
    """One instruction of a program. `sizes` is where its sizes start among the program's."""

    instruction: Instruction
    operands: tuple[int, ...]
    sizes: int
    size_count: int


@dataclass(frozen=True, slots=True)
class Program:
    """Lines, numbered from 0, and the numbers of those whose values are wanted."""

    lines: tuple[Line, ...]
    outputs: tuple[int, ...]

    def with_open_constants(self) -> Program:
        """The program that takes the values of its constants as arguments."""
        lines = [replace(line, instruction=opened(line.instruction)) for line in self.lines]
        return self.with_lines(lines, self.outputs)

    def with_lines(self, lines: Sequence[Line], outputs: Sequence[int]) -> Program:
        """Other lines in place of these."""
        return replace(self, lines=tuple(lines), outputs=tuple(outputs))

    def __str__(self) -> str:
        rows = []
        for number, line in enumerate(self.lines):
            operands = ", ".join(f"%{operand}" for operand in line.operands)
            rows.append(f"%{number} = {line.instruction!r}({operands})")
        rows.append("return " + ", ".join(f"%{number}" for number in self.outputs))
        return "\n".join(rows)


class Recording:
    """A pending graph, written down.

    Known values and constants come first, in the order in which they are met; then the operations,
    in the order in which they were made. So a step that is repeated has the same code, whether what
    it starts from is older or newer than in the step before.

    Attributes: `code`, the key; `leaves`, the nodes whose values the program reads, and `sizes`,
    the numbers it takes, both in order; `wanted`, the nodes it computes values for; `nodes`, the
    numbers of all. Random numbers that have not been made yet are leaves too.
    """

    __slots__ = ("_again", "code", "leaves", "nodes", "sizes", "wanted")

    def __init__(self, roots: Sequence[Node], anew: bool = False) -> None:
        """Records what `roots` need, none of which is a leaf. With `anew`, values that are known
        are computed again where it is known how."""
        self._again: History = {}
        # Every operation passes here: no calls but the necessary. The numbers of those that are
        # computed come later.
        numbers: dict[Node, int] = dict.fromkeys(roots, -1)
        known: list[Node] = []
        made = list(numbers)
        pending = list(numbers)
        while pending:
            for one in pending.pop().inputs:
                if one not in numbers:
                    if one.value is None and one.inputs:
                        numbers[one] = -1
                        pending.append(one)
                        made.append(one)
                    else:
                        numbers[one] = len(known)
                        known.append(one)
        if anew or (GRADIENTS and not GRADIENTS.isdisjoint([one.instruction for one in made])):
            known, made = self._reach_again(roots, anew)
            numbers = dict(zip(known, count()))
        self._write(roots, known, made, numbers)

    def _reach_again(self, roots: Sequence[Node], anew: bool) -> tuple[list[Node], list[Node]]:
        """What is read and what is computed, where derivatives or the caller want known values
        computed again; notes in `_again` how."""
        again = self._again
        seen, made = set(roots), list(dict.fromkeys(roots))
        known: dict[Node, None] = {}
        pending = made.copy()
        while pending:
            node = pending.pop()
            for one, how in node.history.items():
                if one.value is not None and one not in again:
                    again[one] = how
                    if one in known:
                        del known[one]
                        made.append(one)
                        pending.append(one)
            for one in again[node][1] if node in again else node.inputs:
                if one in seen:
                    continue
                seen.add(one)
                if one in again or (one.inputs and (one.value is None or anew)):
                    pending.append(one)
                    made.append(one)
                else:
                    known[one] = None
        return list(known), made

    def _write(
        self, roots: Sequence[Node], known: list[Node], made: list[Node], numbers: dict[Node, int]
    ) -> None:
        """The code and the rest, of what is read, which has its numbers, and what is computed."""
        again = self._again
        code: list[Instruction | int | None] = []
        sizes: list[int] = []
        wanted: list[Node] = []
        leaves: list[Node] = []
        for one in known:
            if one.value is None and one.instruction.name != "random":
                code.append(one.instruction)
            else:
                code.append(one.instruction.leaf)
                leaves.append(one)
        if len(made) > 1:
            made.sort(key=_serial)
        number = len(known)
        for one in made:
            numbers[one] = number
            number += 1
            inputs = one.inputs
            if again and one in again:
                made_by, inputs = again[one]
                code.append(made_by)
            else:
                code.append(one.instruction)
            for operand in inputs:
                code.append(numbers[operand])
            if one.sizes:
                sizes += one.sizes
            if one.holder() is not None and one.value is None:
                wanted.append(one)
        for root in roots:
            if root.holder() is None or root.value is not None:
                wanted.append(root)
        code.append(None)
        for one in wanted:
            code.append(numbers[one])
        self.code: Code = tuple(code)
        self.leaves, self.sizes, self.wanted, self.nodes = leaves, sizes, wanted, numbers

    def in_order(self) -> list[Node]:
        """All nodes, by number."""
        return sorted(self.nodes, key=self.nodes.__getitem__)

    def family(self) -> tuple[Code, list[Number]]:
        """The code without the values of constants, and the values, in order."""
        code: list[Instruction | int | None] = []
        values: list[Number] = []
        for part in self.code:
            if isinstance(part, Instruction) and part.name == "constant":
                values.append(constant_value(part))
                part = opened(part)
            code.append(part)
        return tuple(code), values

    def program(self) -> Program:
        """The program of this recording."""
        lines, first, leaves = [], 0, set(self.leaves)
        for node in self.in_order():
            if node in leaves:
                lines.append(Line(node.instruction.leaf, (), 0, 0))
                continue
            made, inputs = self._again.get(node, (node.instruction, node.inputs))
            operands = tuple(self.nodes[one] for one in inputs)
            lines.append(Line(made, operands, first, len(node.sizes)))
            first += len(node.sizes)
        return Program(tuple(lines), tuple(self.nodes[node] for node in self.wanted))

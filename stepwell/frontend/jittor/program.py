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

    def identity(self) -> str:
        """A text that no other program has."""
        rows = [
            f"{one.name} {one.dtype} {one.rank} {one.attributes} {line.operands} {line.sizes}"
            f" {line.size_count}"
            for line in self.lines
            for one in (line.instruction,)
        ]
        return "\n".join(["tensor program", *rows, f"return {self.outputs}"])

    def __str__(self) -> str:
        rows = []
        for number, line in enumerate(self.lines):
            operands = ", ".join(f"%{operand}" for operand in line.operands)
            rows.append(f"%{number} = {line.instruction!r}({operands})")
        rows.append("return " + ", ".join(f"%{number}" for number in self.outputs))
        return "\n".join(rows)


class Recording:
    """A pending graph, written down.

    Nodes are numbered as they are met: what is asked for, then the inputs of each that is computed,
    in order. So equal graphs have the same code, whenever and in whatever order their nodes were
    made.

    Attributes: `code`, the key; `leaves`, the nodes whose values the program reads, and `sizes`,
    the numbers it takes, both in order; `wanted`, the nodes it computes values for. Random numbers
    that have not been made yet are leaves too.
    """

    __slots__ = ("_again", "_known", "_numbers", "code", "leaves", "sizes", "wanted")

    def __init__(self, roots: Sequence[Node], anew: bool = False) -> None:
        """Records what `roots` need, none of which is a leaf. With `anew`, what is known is
        computed again where it is known how, and random numbers among the roots are made."""
        self._again: History = _computed_again(roots, anew=True) if anew else {}
        self._write(roots)
        if GRADIENTS and not anew and not GRADIENTS.isdisjoint(self.code):
            self._again = _computed_again(roots, anew=False)
            if self._again:
                self._write(roots)

    def _write(self, roots: Sequence[Node]) -> None:
        # Every operation passes here: no calls but the necessary.
        again = self._again
        met = list(dict.fromkeys(roots))
        numbers = dict(zip(met, count()))
        code: list[Instruction | int | None] = []
        sizes: list[int] = []
        known: list[Node] = []
        leaves: list[Node] = []
        wanted: list[Node] = []
        for one in met:
            inputs = one.inputs
            if inputs and one.value is None:
                code.append(one.instruction)
                if one.holder() is not None:
                    wanted.append(one)
            elif one in again:
                made_by, inputs = again[one]
                code.append(made_by)
            else:
                known.append(one)
                if one.value is None and one.instruction.name != "random":
                    code.append(one.instruction)
                else:
                    code.append(one.instruction.leaf)
                    leaves.append(one)
                continue
            for operand in inputs:
                number = numbers.get(operand)
                if number is None:
                    number = numbers[operand] = len(met)
                    met.append(operand)
                code.append(number)
            if one.sizes:
                sizes += one.sizes
        for root in roots:
            if root.holder() is None or root.value is not None:
                wanted.append(root)
        code.append(None)
        for one in wanted:
            code.append(numbers[one])
        self.code: Code = tuple(code)
        self.leaves, self.sizes, self.wanted = leaves, sizes, wanted
        self._numbers, self._known = numbers, known

    def nodes(self) -> list[Node]:
        """All nodes, as the program has them: what it reads in the order in which it was met, then
        what it computes in the order in which it was made."""
        known = set(self._known)
        computed = [one for one in self._numbers if one not in known]
        return self._known + sorted(computed, key=_serial)

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

    def program(self, outputs: Sequence[Node] | None = None) -> Program:
        """The program of this recording. `outputs` are given instead of the `wanted` nodes."""
        leaves = set(self.leaves)
        lines = [
            Line(one.instruction.leaf if one in leaves else one.instruction, (), 0, 0)
            for one in self._known
        ]
        place = dict(zip(self._known, count()))
        first, start = {}, 0
        for one in self._numbers:
            if one not in place:
                first[one] = start
                start += len(one.sizes)
        for one in sorted(first, key=_serial):
            made, inputs = self._again.get(one, (one.instruction, one.inputs))
            operands = tuple(place[operand] for operand in inputs)
            place[one] = len(lines)
            lines.append(Line(made, operands, first[one], len(one.sizes)))
        wanted = self.wanted if outputs is None else outputs
        return Program(tuple(lines), tuple(place[node] for node in wanted))


def _computed_again(roots: Sequence[Node], anew: bool) -> History:
    """The known values that are computed again, and how: those that derivatives on the way to
    `roots` need, or all with `anew`."""
    found: History = {one: (one.instruction, one.inputs) for one in roots} if anew else {}
    met = dict.fromkeys(roots)
    pending = list(met)
    for one in pending:
        if anew and one.value is not None and one.inputs:
            found.setdefault(one, (one.instruction, one.inputs))
        reached = list(_inputs(one, found))
        for other, how in one.history.items():
            if other.value is not None and other not in found:
                found[other] = how
                reached += how[1] if other in met else ()
        new = dict.fromkeys(operand for operand in reached if operand not in met)
        met.update(new)
        pending += new
    return found


def _inputs(node: Node, again: History) -> tuple[Node, ...]:
    """What a node is computed from; nothing for what is read."""
    if node in again:
        return again[node][1]
    return node.inputs if node.value is None else ()

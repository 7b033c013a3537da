"""The fingerprint of a pending graph, which is also the program to be compiled.

The graph is written as a flat tuple of instructions, each followed by the numbers of its operands.
Two graphs have the same code exactly if they compute the same thing on arrays of the same types and
ranks; so the code itself is the key of the plan cache, and no hash can be mistaken.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stepwell.frontend.jittor.node import (
    History,
    Instruction,
    Node,
    Number,
    constant_value,
    instruction,
    opened,
)

Code = tuple[Instruction | int | None, ...]


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

    Attributes: `code`, the key; `leaves`, the nodes whose values the program reads, and `sizes`,
    the numbers it takes, both in order; `wanted`, the nodes it computes values for. Random numbers
    that have not been made yet are leaves too.
    """

    __slots__ = ("_again", "code", "leaves", "nodes", "sizes", "wanted")

    def __init__(self, roots: Sequence[Node], anew: bool = False) -> None:
        """Records what `roots` need, none of which is a leaf. With `anew`, values that are known
        are computed again where it is known how."""
        self._again: History = {}
        while not self._record(roots, anew):
            pass

    def _record(self, roots: Sequence[Node], anew: bool) -> bool:
        """Records; False if derivatives were met that need something else again, which has been
        noted in `_again`."""
        code: list[Instruction | int | None] = []
        self.leaves: list[Node] = []
        self.sizes: list[int] = []
        self.wanted: list[Node] = []
        again = self._again
        numbers: dict[Node, int] = {}
        leaves, wanted = self.leaves, self.wanted
        pending = list(reversed(roots))
        while pending:
            node = pending[-1]
            if node in numbers:
                pending.pop()
                continue
            if node.history and self._needs_more(node):
                return False
            depth = len(pending)
            made, inputs = again[node] if node in again else (node.instruction, node.inputs)
            for one in inputs:
                if one in numbers:
                    continue
                if one in again or (one.inputs and (one.value is None or anew)):
                    pending.append(one)
                    continue
                # Known values and constants are numbered where they are met.
                numbers[one] = len(numbers)
                if one.value is None:
                    if one.instruction.name == "random":
                        code.append(_leaf_of(one))
                        leaves.append(one)
                    else:
                        code.append(one.instruction)
                    continue
                code.append(_leaf_of(one) if one.inputs else one.instruction)
                leaves.append(one)
            if len(pending) != depth:
                continue
            pending.pop()
            code.append(made)
            for one in inputs:
                code.append(numbers[one])
            numbers[node] = len(numbers)
            if node.sizes:
                self.sizes += node.sizes
            if node.value is None and node.holder() is not None:
                wanted.append(node)
        self._finish(code, roots, numbers)
        return True

    def _needs_more(self, node: Node) -> bool:
        """Whether derivatives need known values computed again that are not noted yet."""
        known = {
            one: how
            for one, how in node.history.items()
            if one.value is not None and one not in self._again
        }
        self._again |= known
        return bool(known)

    def _finish(
        self,
        code: list[Instruction | int | None],
        roots: Sequence[Node],
        numbers: dict[Node, int],
    ) -> None:
        """Adds the numbers of the wanted values to the code, after a None."""
        known = set(self.wanted)
        self.wanted += [root for root in dict.fromkeys(roots) if root not in known]
        code.append(None)
        code += [numbers[node] for node in self.wanted]
        self.code: Code = tuple(code)
        self.nodes = numbers

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
        for node in self.nodes:
            if node in leaves:
                lines.append(Line(_leaf_of(node), (), 0, 0))
                continue
            made, inputs = self._again.get(node, (node.instruction, node.inputs))
            operands = tuple(self.nodes[one] for one in inputs)
            lines.append(Line(made, operands, first, len(node.sizes)))
            first += len(node.sizes)
        return Program(tuple(lines), tuple(self.nodes[node] for node in self.wanted))


def _leaf_of(node: Node) -> Instruction:
    """The instruction that reads the known value of `node`."""
    return instruction("leaf", node.dtype, len(node.shape))

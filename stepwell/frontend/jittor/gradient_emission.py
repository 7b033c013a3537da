"""How derivatives in the graph become `meta.gradient`, and what is constant for them."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.meta.gradient import GradientOp, StopGradientOp
from stepwell.dialects.tensor.elements import CastOp
from stepwell.frontend.jittor.program import Line
from stepwell.ir.builder import Builder
from stepwell.ir.types import RankedTensorType
from stepwell.ir.value import Value


class GradientEmission:
    """Emits the lines `gradient`, `gradient_part` and `stop_gradient` of a program.

    Args:
        b: where ops go. lines: all lines of the program.
    """

    def __init__(self, b: Builder, lines: Sequence[Line]) -> None:
        self._b = b
        self._gradients: dict[int, GradientOp] = {}
        self._targets = {
            number
            for line in lines
            if line.instruction.name == "gradient"
            for number in line.operands[1:]
        }

    def told_apart(self, number: int, value: Value, before: Sequence[Value]) -> Value:
        """The value of line `number`; one of its own where derivatives are wanted by it.

        A line that only copies another has the same value, but a derivative by the copy is not one
        by the original.
        """
        if number not in self._targets or value not in before:
            return value
        return self._b.insert(CastOp(value, result_types=[value.type])).result

    def gradient(self, number: int, operands: Sequence[Value]) -> Value:
        """All derivatives together; the value of the line is never used."""
        made = self._b.insert(GradientOp(operands[0], list(operands[1:])))
        self._gradients[number] = made
        return made.results[0]

    def part(self, line: Line) -> Value:
        """One of them."""
        index = line.instruction.attributes[0]
        assert isinstance(index, int)
        return self._gradients[line.operands[0]].results[index]

    def stopped(self, value: Value) -> Value:
        """The value as a constant."""
        if not isinstance(value.type, RankedTensorType):
            return value
        return self._b.insert(StopGradientOp(value)).result

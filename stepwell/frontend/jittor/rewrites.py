"""Rewrites of a program before it becomes IR.

    %2 = multiply(multiply(x, 2.0), 3.0)
->
    %2 = multiply(x, 6.0)

Arithmetic on floats is not associative, so no pass on the IR may do this; here it is the rule of
the library that constants of a chain are combined first, in the chain's element type. Results may
differ from those of the chain in the last digits, and where the combined constant leaves the type's
range.
"""

from __future__ import annotations

from collections import Counter

import numpy as np

from stepwell.frontend.jittor.node import Instruction, constant, constant_value, is_open
from stepwell.frontend.jittor.program import Line, Program

# (x op a) op b = x op (a combine b)
_CHAINS = {"multiply": "multiply", "add": "add", "divide": "multiply"}


def rewritten(program: Program) -> Program:
    """The program with chains of constants combined, and without lines that nothing needs."""
    return without_unused(with_combined_constants(program))


def with_combined_constants(program: Program) -> Program:
    """`(x * 2) * 3` as `x * 6`; so for sums, and for divisions by constants."""
    uses = Counter(operand for line in program.lines for operand in line.operands)
    uses.update(program.outputs)
    lines: list[Line] = []
    place: list[int] = []
    for line in program.lines:
        operands = tuple(place[operand] for operand in line.operands)
        moved = Line(line.instruction, operands, line.sizes, line.size_count)
        inner = lines[operands[0]] if len(operands) == 2 else moved
        used_once = len(operands) == 2 and uses[line.operands[0]] == 1
        combined = _combined(moved, inner, lines) if used_once else None
        if combined is not None:
            lines.append(Line(combined, (), 0, 0))
            moved = Line(line.instruction, (inner.operands[0], len(lines) - 1), 0, 0)
        place.append(len(lines))
        lines.append(moved)
    return program.with_lines(lines, [place[number] for number in program.outputs])


def _combined(outer: Line, inner: Line, lines: list[Line]) -> Instruction | None:
    """The constant that stands for those of both lines; None if they are no such chain."""
    made = outer.instruction
    if made.name not in _CHAINS or inner.instruction is not made or not made.dtype.is_float:
        return None
    constants = [lines[line.operands[1]].instruction for line in (inner, outer)]
    if any(one.name != "constant" or one.dtype is not made.dtype for one in constants):
        return None
    if any(is_open(one) for one in constants):
        return None
    pair = np.array([constant_value(one) for one in constants], dtype=made.dtype.numpy)
    with np.errstate(all="ignore"):
        value = pair.sum() if _CHAINS[made.name] == "add" else pair.prod()
    return constant(float(value), made.dtype).instruction


def without_unused(program: Program) -> Program:
    """The program without lines that no output needs; arguments stay."""
    needed = set(program.outputs)
    for number in range(len(program.lines) - 1, -1, -1):
        if number in needed:
            needed.update(program.lines[number].operands)
    lines: list[Line] = []
    place: dict[int, int] = {}
    for number, line in enumerate(program.lines):
        is_argument = line.instruction.name == "leaf" or is_open(line.instruction)
        if number not in needed and not is_argument:
            continue
        place[number] = len(lines)
        operands = tuple(place[operand] for operand in line.operands)
        lines.append(Line(line.instruction, operands, line.sizes, line.size_count))
    return program.with_lines(lines, [place[number] for number in program.outputs])

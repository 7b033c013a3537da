"""Making the program of a reproducer smaller: ops go, as long as the pass still changes a value."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from stepwell.frontend.semantics.checker import Blamed, Finding, compare
from stepwell.frontend.semantics.patterns import run_pass
from stepwell.frontend.semantics.reference import functions_of, references
from stepwell.ir.clone import clone
from stepwell.ir.diagnostics import StepwellError
from stepwell.ir.operation import Operation, walk
from stepwell.ir.traits import Terminator
from stepwell.ir.value import Value
from stepwell.ir.verifier import verify

TRIALS = 150
"""How many smaller programs are tried: the user waits."""

_DEEPEST_PATH = 1


def reduced(blamed: Blamed, trials: int = TRIALS) -> Blamed:
    """The same finding with a smaller program before the pass; the finding is that of the program.

    Args:
        blamed: is not changed.
        trials: how many programs may be run.
    """
    if len(blamed.path) > _DEEPEST_PATH or blamed.finding.inputs is None:
        return blamed  # erasing ops could move the one that the pass runs on
    choice = replace(blamed.choice, entry=blamed.finding.function)
    best = replace(blamed, choice=choice)
    if _finding(best) is None:
        return blamed
    position = 0
    while trials > 0 and position < len(list(_erasable(best.before))):
        smaller = _without(best.before, position)
        finding = None
        if smaller is not None:
            trials -= 1
            finding = _finding(replace(best, before=smaller))
        if smaller is None or finding is None:
            position += 1
        else:
            best = replace(best, before=smaller, finding=finding)
    return best


def _finding(blamed: Blamed) -> Finding | None:
    """What the pass changes in this program; None if it is no such program."""
    try:
        verify(blamed.before)
        checked = [one for one in references(blamed.before, blamed.choice) if one.cases]
        module = run_pass(blamed)[0]
        functions = functions_of(module)
        for one in checked:
            function = functions.get(one.name)
            if function is None:
                return None
            found = compare(module, function, one, blamed.choice)[0]
            if found is not None:
                return found
    except (StepwellError, ValueError):
        pass
    return None


def _without(module: Operation, position: int) -> Operation | None:
    """A copy without the op that is number `position` from the end; None if others need it."""
    made = clone(module)
    op = list(_erasable(made))[-1 - position]
    for result in op.results:
        other = _stand_in(op, result)
        if result.has_uses and other is not None:
            result.replace_all_uses_with(other)
    if any(result.has_uses for result in op.results):
        return None
    op.erase()
    return made


def _erasable(module: Operation) -> Iterator[Operation]:
    """The ops inside functions that are no ends of blocks."""
    for op in walk(module):
        inside = op.parent_op is not None and op.parent_op is not module
        if inside and Terminator not in op.traits and not op.successors:
            yield op


def _stand_in(op: Operation, result: Value) -> Value | None:
    """A value of the same type that is known where `op` is: an operand or an argument."""
    block = op.parent
    arguments = list(block.args) if block is not None else []
    for value in [*op.operands, *arguments]:
        if value.type is result.type:
            return value
    return None

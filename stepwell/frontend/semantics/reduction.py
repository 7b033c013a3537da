"""Making the program of a reproducer smaller, as long as the pass still changes a value."""

from __future__ import annotations

from dataclasses import replace

from stepwell.frontend.reduction.reducer import Reducer
from stepwell.frontend.semantics.checker import Blamed, Finding, compare
from stepwell.frontend.semantics.patterns import run_pass
from stepwell.frontend.semantics.reference import functions_of, references
from stepwell.ir.clone import clone
from stepwell.ir.diagnostics import StepwellError
from stepwell.ir.operation import Operation
from stepwell.ir.verifier import verify

TRIALS = 150
"""How many smaller programs are tried: the user waits."""


def reduced(blamed: Blamed, trials: int = TRIALS) -> Blamed:
    """The same finding with a smaller program before the pass; the finding is that of the program.

    Args:
        blamed: is not changed.
        trials: how many programs may be run.
    """
    if blamed.finding.inputs is None:
        return blamed
    choice = replace(blamed.choice, entry=blamed.finding.function)
    start = replace(blamed, choice=choice)

    def still_changes(program: Operation) -> bool:
        return _finding(replace(start, before=program)) is not None

    if not still_changes(clone(blamed.before)):
        return blamed
    smallest = Reducer(blamed.before, still_changes, trials).run()
    finding = _finding(replace(start, before=clone(smallest)))
    return blamed if finding is None else replace(start, before=smallest, finding=finding)


def _finding(blamed: Blamed) -> Finding | None:
    """What the pass changes in this program; None if it is no such program."""
    try:
        checked = [one for one in references(blamed.before, blamed.choice) if one.cases]
        module = run_pass(blamed)[0]
        verify(module)  # the pass may be wrong in other ways, too
        functions = functions_of(module)
        for one in checked:
            function = functions.get(one.name)
            if function is None:
                return None
            found = compare(module, function, one, blamed.choice)[0]
            if found is not None:
                return found
    except (StepwellError, ValueError, IndexError):  # IndexError: no op is where the pass ran
        pass
    return None

"""Which rewrite inside a pass is at fault: the pass is run again and stopped after fewer and fewer
applications of its patterns."""

from __future__ import annotations

from dataclasses import dataclass

from stepwell.frontend.semantics.checker import Blamed, compare
from stepwell.frontend.semantics.reference import Checked, functions_of, references
from stepwell.ir.clone import clone
from stepwell.ir.diagnostics import Place, StepwellError
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.pipeline import Nest
from stepwell.ir.pass_manager.running import PassManager
from stepwell.ir.rewriting.trace import Application, Trace, tracing


class _Enough(BaseException):
    """Ends a pass in the middle; no pass catches it."""


@dataclass(slots=True)
class _CountingTrace(Trace):
    """Ends the pass after so many applications."""

    limit: int = -1

    def note_applied(self, pattern: str, op_name: str, place: Place | None) -> None:
        self.applied.append(Application(pattern, op_name, place))
        if len(self.applied) == self.limit:
            raise _Enough


def program_and_op(blamed: Blamed) -> tuple[Operation, Operation]:
    """A copy of the program before the pass, and the op in it that the pass ran on."""
    module = clone(blamed.before)
    op = module
    for region, block, number in blamed.path:
        inside = list(op.regions[region].blocks)[block].ops
        op = list(inside)[number]
    return module, op


def run_pass(blamed: Blamed, limit: int = -1) -> tuple[Operation, list[Application]]:
    """The program after the pass, or after its first `limit` rewrites, and these."""
    module, op = program_and_op(blamed)
    trace = _CountingTrace(limit=limit)
    try:
        with tracing(trace):
            PassManager(verify_each=False).run(Nest(op.name, [blamed.step]), op)
    except _Enough:
        pass
    return module, trace.applied


def guilty_application(blamed: Blamed) -> tuple[int, Application] | None:
    """The rewrite that changed the value, and its number among those of the pass, from 1.

    None if the pass does not say what it rewrites, or the change cannot be pinned down.
    """
    try:
        checked = [one for one in references(blamed.before, blamed.choice) if one.cases]
        applied = run_pass(blamed)[1]
        if not applied or _is_wrong(blamed, checked, 0):
            return None
        low, high = 0, len(applied)
        if not _is_wrong(blamed, checked, high):
            return None
        while high - low > 1:
            middle = (low + high) // 2
            if _is_wrong(blamed, checked, middle):
                high = middle
            else:
                low = middle
        return high, applied[high - 1]
    except StepwellError:
        return None


def _is_wrong(blamed: Blamed, checked: list[Checked], limit: int) -> bool:
    """Whether the program does something else after `limit` rewrites."""
    module = clone(blamed.before) if limit == 0 else run_pass(blamed, limit)[0]
    functions = functions_of(module)
    for one in checked:
        function = functions.get(one.name)
        if function is None or compare(module, function, one, blamed.choice)[0] is not None:
            return True
    return False

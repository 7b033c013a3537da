"""The instrument of `--check-semantics`: runs the program after each pass that changed it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from stepwell.frontend.semantics.calling import TooLong, call
from stepwell.frontend.semantics.inputs import Input
from stepwell.frontend.semantics.machine import NotRunnable
from stepwell.frontend.semantics.outcome import Difference, first_difference
from stepwell.frontend.semantics.reference import Checked, Choice, functions_of, references
from stepwell.ir.clone import clone
from stepwell.ir.diagnostics import InterpreterError, StepwellError
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.instrument import Instrument, Statistics
from stepwell.ir.pass_manager.ir_printing import outermost
from stepwell.ir.pass_manager.pipeline import Nest, Step
from stepwell.ir.text.printer import PrintOptions, print_to_text

_AS_STORED = PrintOptions(generic=True)


@dataclass(frozen=True, slots=True)
class Finding:
    """A pass changed what a function does.

    Attributes:
        function: its name.
        inputs: on which it shows; None if the function cannot be called any more.
        difference: what was and what is.
    """

    function: str
    inputs: tuple[Input, ...] | None
    difference: Difference


@dataclass(frozen=True, slots=True)
class Blamed:
    """A finding, and all that is needed to see it again.

    Attributes:
        finding: what is wrong.
        step: the pass that ran last.
        number: its place in the pipeline, from 1.
        count: how many passes the pipeline has.
        suspects: passes that may be at fault: `step`, and those after which nothing could be run.
        before: the program before the pass.
        path: where in `before` the pass ran, as positions from the module down.
        anchors: the names of the ops on that path.
        choice: how the program is checked.
    """

    finding: Finding
    step: Step
    number: int
    count: int
    suspects: tuple[str, ...]
    before: Operation
    path: tuple[tuple[int, int, int], ...]
    anchors: tuple[str, ...]
    choice: Choice


Blame = Callable[[Blamed], StepwellError]


class SemanticsCheck(Instrument):
    """Compares the program before and after each pass.

    Args:
        pipeline: what runs.
        choice: inputs and limits.
        blame: turns a finding into the error to be raised.
    """

    def __init__(self, pipeline: Nest, choice: Choice, blame: Blame) -> None:
        self.choice = choice
        self.blame = blame
        self.functions: list[Checked] = []
        self.compared = 0
        self.passes_compared = 0
        self.too_long = 0
        self.found_something = False
        self.notes: list[str] = []
        self._order = list(pipeline.all_steps())
        self._depth = 0
        self._started = False
        self._text = ""
        self._before: Operation | None = None
        self._unrun: list[str] = []

    def before_pass(self, step: Step, op: Operation) -> None:
        self._depth += 1
        if self._depth > 1:
            return
        if not self._started:
            self._start(outermost(op))
        self._text = print_to_text(op, _AS_STORED)

    def failed_pass(self, step: Step, op: Operation, error: StepwellError) -> None:
        self._depth -= 1

    def after_pass(self, step: Step, op: Operation, statistics: Statistics) -> None:
        self._depth -= 1
        if self._depth == 0 and print_to_text(op, _AS_STORED) != self._text:
            self._check(step, op)

    def _start(self, module: Operation) -> None:
        self._started = True
        self.functions = references(module, self.choice)
        for one in self.functions:
            if one.stopped:
                self.notes.append(f"@{one.name} is not checked: {one.stopped}")
        self._before = clone(module)

    def _check(self, step: Step, op: Operation) -> None:
        module = outermost(op)
        before, self._before = self._before, None
        finding, could_run = self._compare(module, step)
        if finding is not None and before is not None:
            self.found_something = True
            raise self.blame(self._blamed(finding, step, op, before))
        self._before = clone(module)
        if could_run:
            self.passes_compared += 1
            self._unrun = []
        else:
            self._unrun.append(step.run.name)

    def _compare(self, module: Operation, step: Step) -> tuple[Finding | None, bool]:
        """The first thing that is wrong, and whether the program could be run."""
        functions = functions_of(module)
        could_run = True
        for checked in self.functions:
            if checked.stopped or not checked.cases:
                continue
            function = functions.get(checked.name)
            if function is None:
                gone = Difference(f"@{checked.name}", "a public function", "gone")
                return Finding(checked.name, None, gone), True
            try:
                finding, compared = compare(module, function, checked, self.choice)
            except NotRunnable as error:
                could_run = False
                self._cannot_run(step, error)
                continue
            if finding is not None:
                return finding, True
            self.compared += compared
            self.too_long += len(checked.cases) - compared
        return None, could_run

    def _cannot_run(self, step: Step, error: NotRunnable) -> None:
        note = f"after '{step.run.name}' nothing could be compared: {error.diagnostics[0].message}"
        if note not in self.notes:
            self.notes.append(note)

    def _blamed(self, finding: Finding, step: Step, op: Operation, before: Operation) -> Blamed:
        chain = [op, *op.ancestors()]
        return Blamed(
            finding,
            step,
            next((n for n, one in enumerate(self._order, 1) if one is step), 0),
            len(self._order),
            (*self._unrun, step.run.name),
            before,
            tuple(reversed([_position(one) for one in chain[:-1]])),
            tuple(one.name for one in reversed(chain)),
            self.choice,
        )

    def report(self) -> str:
        """What was compared, for the user; several lines. Empty after a finding."""
        if self.found_something:
            return ""
        cases = sum(len(one.cases) for one in self.functions)
        skipped: dict[str, int] = {}
        for one in self.functions:
            for reason, count in one.skipped.items():
                skipped[reason] = skipped.get(reason, 0) + count
        if self.too_long:
            skipped["too long after a pass"] = self.too_long
        words = ", ".join(f"{count} {reason}" for reason, count in sorted(skipped.items()))
        lines = [
            f"check-semantics: {_count(self.compared, 'comparison')} of "
            f"{_count(self.passes_compared, 'changing pass', 'changing passes')} on "
            f"{_count(cases, 'input')} of {_count(len(self.functions), 'function')}, "
            f"no difference; skipped: {words or 'nothing'}"
        ]
        return "\n".join([*lines, *(f"check-semantics: {note}" for note in self.notes)]) + "\n"


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _position(op: Operation) -> tuple[int, int, int]:
    """Where `op` is in its parent: the region, the block in it, the op in that."""
    block = op.parent
    assert block is not None and block.parent is not None and op.parent_op is not None
    region = block.parent
    return (
        next(n for n, one in enumerate(op.parent_op.regions) if one is region),
        next(n for n, one in enumerate(region.blocks) if one is block),
        next(n for n, one in enumerate(block.ops) if one is op),
    )


def compare(
    module: Operation, function: Operation, checked: Checked, choice: Choice
) -> tuple[Finding | None, int]:
    """Runs a function on all its inputs; the first difference, and how many were compared.

    Raises:
        NotRunnable: the program is between two levels.
    """
    checked.signature = checked.signature.changed_to(function)
    compared = 0
    limit = choice.max_steps * choice.growth
    for inputs, expected in checked.cases:
        try:
            found = call(module, function, checked.signature, inputs, limit)
        except TooLong:
            continue
        except NotRunnable:
            raise  # which is no difference
        except InterpreterError as error:
            wrong = Difference("the run", "defined", f"undefined: {error.diagnostics[0].message}")
            return Finding(checked.name, inputs, wrong), compared
        difference = first_difference(expected, found, choice.tolerance)
        if difference is not None:
            return Finding(checked.name, inputs, difference), compared
        compared += 1
    return None, compared

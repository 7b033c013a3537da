"""What a program does before any pass: the inputs that mean something, and their outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from stepwell.frontend.semantics.calling import Signature, TooLong, call, function_type
from stepwell.frontend.semantics.inputs import Input, NoInput, inputs_of
from stepwell.frontend.semantics.machine import NotRunnable
from stepwell.frontend.semantics.outcome import Outcome
from stepwell.ir.attributes import StringAttr
from stepwell.ir.diagnostics import InterpreterError, StepwellError
from stepwell.ir.interpreter.memory import fresh_memory_holding
from stepwell.ir.operation import Operation

OTHER_GARBAGE = 58


@dataclass(frozen=True, slots=True)
class Choice:
    """How a program is checked.

    Attributes:
        seed: chooses the inputs.
        inputs: how many each function gets.
        entry: the only function to check; empty for all public ones.
        tolerance: by which floats may differ.
        max_steps: how many ops the original may run; a changed program may run many more, as a
            single op becomes a loop nest on the way down.
    """

    seed: int = 0
    inputs: int = 8
    entry: str = ""
    tolerance: float = 0.0
    max_steps: int = 200_000
    growth: int = 5


@dataclass(slots=True)
class Checked:
    """A function that is checked.

    Attributes:
        name: its symbol.
        signature: how it is called now.
        cases: inputs and what the function did with them.
        skipped: how many inputs were left out, by reason.
        stopped: why it is not checked any more; empty while it is.
    """

    name: str
    signature: Signature
    cases: list[tuple[tuple[Input, ...], Outcome]] = field(default_factory=list)
    skipped: dict[str, int] = field(default_factory=dict)
    stopped: str = ""

    def skip(self, reason: str) -> None:
        """Counts an input that cannot be used."""
        self.skipped[reason] = self.skipped.get(reason, 0) + 1


def functions_of(module: Operation) -> dict[str, Operation]:
    """The functions with a body that can be called from outside, by name."""
    found: dict[str, Operation] = {}
    blocks = module.regions[0].blocks if module.regions else []
    for op in [op for block in blocks for op in block.ops]:
        name, visibility = op.get_attribute("sym_name"), op.get_attribute("sym_visibility")
        is_public = not isinstance(visibility, StringAttr) or visibility.value == "public"
        is_function = op.get_attribute("function_type") is not None and len(op.regions) == 1
        if isinstance(name, StringAttr) and is_function and not op.regions[0].is_empty:
            if is_public:
                found[name.value] = op
    return found


def references(module: Operation, choice: Choice) -> list[Checked]:
    """Runs the functions of a program that no pass has touched yet.

    Raises:
        StepwellError: there is no function of the name that is asked for.
    """
    functions = functions_of(module)
    if choice.entry and choice.entry not in functions:
        known = ", ".join(sorted(functions)) or "none"
        raise StepwellError(
            f"--check-semantics-entry: there is no public function '{choice.entry}'; "
            f"the program defines: {known}"
        )
    names = [choice.entry] if choice.entry else list(functions)
    return [_reference(module, functions[name], name, choice) for name in names]


def _reference(module: Operation, function: Operation, name: str, choice: Choice) -> Checked:
    type = function_type(function)
    made = Checked(name, Signature(type, type))
    try:
        inputs = inputs_of(name, type.inputs, choice.seed, choice.inputs)
    except NoInput as error:
        made.stopped = str(error.diagnostics[0].message)
        return made
    for values in inputs:
        if not _add_case(module, function, made, values, choice):
            break
    return made


def _add_case(
    module: Operation,
    function: Operation,
    made: Checked,
    values: Sequence[Input],
    choice: Choice,
) -> bool:
    """Whether other inputs are worth a try."""
    try:
        outcome = call(module, function, made.signature, values, choice.max_steps)
        with fresh_memory_holding(OTHER_GARBAGE):
            again = call(module, function, made.signature, values, choice.max_steps)
    except TooLong:
        made.skip("too long")
        return True
    except NotRunnable as error:
        made.stopped = str(error.diagnostics[0].message)
        return False
    except InterpreterError:
        made.skip("undefined")
        return True
    if outcome.printed != again.printed:
        made.skip("undefined")
        return True
    outcome = outcome.without_garbage(again)
    if outcome.values and not outcome.means_something:
        empty = all(value.value.size == 0 for value in outcome.values)
        if not empty:
            made.skip("undefined")
            return True
    made.cases.append((tuple(values), outcome))
    return True

"""What the user is told when a pass changed a value, and the file to see it again."""

from __future__ import annotations

import re
from pathlib import Path

from stepwell.frontend.semantics.checker import Blamed
from stepwell.frontend.semantics.outcome import show_input
from stepwell.frontend.semantics.patterns import guilty_application
from stepwell.frontend.semantics.reduction import reduced
from stepwell.ir.diagnostics import Diagnostic, PassError, Severity, StepwellError
from stepwell.ir.text.printer import print_to_text

_SHOWN_IN_FILE = 4000


class SemanticsError(PassError):
    """A pass changed what the program computes."""


def blame(blamed: Blamed) -> StepwellError:
    """The error that names the pass, with the input, the values and a reproducer."""
    finding = blamed.finding
    name = blamed.step.run.name
    if len(blamed.suspects) > 1:
        suspects = ", ".join(f"'{one}'" for one in blamed.suspects)
        head = f"one of the passes {suspects} changed the value of @{finding.function}"
    else:
        head = f"pass '{name}' changed the value of @{finding.function}"
    found = Diagnostic(Severity.ERROR, head)
    where = f" on '{blamed.anchors[-1]}'" if len(blamed.anchors) > 1 else ""
    found.note(f"pass {blamed.number} of {blamed.count}: {blamed.step.to_text()}{where}")
    if finding.inputs is not None:
        found.note(f"input: {show_input(finding.inputs)}")
    found.note(str(finding.difference))
    guilty = guilty_application(blamed)
    if guilty is not None:
        number, application = guilty
        text = f"rewrite {number} of the pass did it: '{application.pattern}' on '{application.op}'"
        found.note(text, application.place)
    found.note(_write(blamed))
    return SemanticsError(found)


def _write(blamed: Blamed) -> str:
    path = Path(f"check-semantics-{re.sub(r'[^A-Za-z0-9]+', '-', blamed.step.run.name)}.mlir")
    try:
        path.write_text(reproducer(reduced(blamed)), encoding="utf-8")
    except OSError as problem:
        return f"a reproducer could not be written: {problem}"
    return f"reproducer written to {path}"


def reproducer(blamed: Blamed) -> str:
    """The program before the pass, with a RUN line that finds the difference again."""
    finding = blamed.finding
    pipeline = blamed.step.to_text()
    for anchor in reversed(blamed.anchors):
        pipeline = f"{anchor}({pipeline})"
    choice = blamed.choice
    flags = (
        f"--check-semantics --check-semantics-entry={finding.function}"
        f" --check-semantics-seed={choice.seed} --check-semantics-inputs={choice.inputs}"
    )
    if choice.tolerance:
        flags += f" --check-semantics-tolerance={choice.tolerance}"
    lines = [
        f"// RUN: not stepwell-opt %s --pass-pipeline='{pipeline}' {flags}",
        f"// Pass '{blamed.step.run.name}' changed the value of @{finding.function}.",
    ]
    if finding.inputs is not None:
        lines.append(f"// Input: {show_input(finding.inputs, _SHOWN_IN_FILE)}")
    lines.append(f"// Found: {finding.difference}")
    return "\n".join(lines) + "\n\n" + print_to_text(blamed.before) + "\n"

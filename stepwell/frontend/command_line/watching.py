"""The instruments that the `--mlir-...` flags ask for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from stepwell.frontend.command_line.flags import Arguments
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.instrument import Instrument
from stepwell.ir.pass_manager.ir_printing import (
    Differences,
    Everything,
    IRPrinting,
    PrintingChoice,
)
from stepwell.ir.pass_manager.pipeline import Nest
from stepwell.ir.pass_manager.reproducer import CrashReproducer
from stepwell.ir.pass_manager.statistics import PassStatistics
from stepwell.ir.pass_manager.timing import Timing

Show = Callable[[Operation], str]
Report = Callable[[], str]


class Watching:
    """All that watches the passes of one run of a tool.

    Args:
        arguments: of the tool.
        show: turns an op into text.
    """

    def __init__(self, arguments: Arguments, show: Show) -> None:
        self.arguments = arguments
        self.show = show
        self.timing = Timing()
        self.statistics = PassStatistics()
        self._printing = _printing_choice(arguments)
        self._reports: list[Report] = []

    def instruments(self, pipeline: Nest, verify_each: bool) -> list[Instrument]:
        """The instruments for one run of `pipeline`.

        Raises:
            UsageError: a flag of `--check-semantics` has a malformed value.
        """
        arguments = self.arguments
        found: list[Instrument] = []
        if self._printing is not None:
            found.append(IRPrinting(self._printing, self.show, _to_errors))
        if arguments.has("diff"):
            found.append(Differences(self.show, _to_errors))
        path = arguments.last("mlir-pass-pipeline-crash-reproducer")
        local = arguments.has("mlir-pass-pipeline-local-reproducer")
        if path is not None:
            found.append(CrashReproducer(path, pipeline, self.show, verify_each, local))
        if arguments.has("mlir-pass-statistics"):
            found.append(self.statistics)
        if arguments.has("check-semantics"):
            checking, report = semantics_check(arguments, pipeline)
            found.append(checking)
            self._reports.append(report)
        if arguments.has("mlir-timing"):
            found.append(self.timing)
        return found

    def report(self, pipeline: Nest | None) -> None:
        """Prints timing and statistics, where they are asked for."""
        arguments = self.arguments
        if arguments.has("mlir-pass-statistics") and pipeline is not None:
            as_list = arguments.last("mlir-pass-statistics-display") == "list"
            _to_errors(self.statistics.report(pipeline, as_list))
        if arguments.has("mlir-timing"):
            as_list = arguments.last("mlir-timing-display") == "list"
            as_json = arguments.last("mlir-output-format") == "json"
            _to_errors(self.timing.report(as_list, as_json))
        for report in self._reports:
            _to_errors(report())


def semantics_check(arguments: Arguments, pipeline: Nest) -> tuple[Instrument, Report]:
    """The instrument of `--check-semantics`, and what says what it compared.

    Raises:
        UsageError: a number is malformed.
    """
    # Imported when asked for: it needs the interpreter and the dialects of all levels.
    from stepwell.frontend.semantics.checker import SemanticsCheck
    from stepwell.frontend.semantics.findings import blame
    from stepwell.frontend.semantics.flags import semantics_choice

    check = SemanticsCheck(pipeline, semantics_choice(arguments), blame)
    return check, check.report


def _printing_choice(arguments: Arguments) -> PrintingChoice | None:
    tree = arguments.last("mlir-print-ir-tree-dir")
    choice = PrintingChoice(
        _names(arguments, "mlir-print-ir-before"),
        _names(arguments, "mlir-print-ir-after"),
        arguments.has("mlir-print-ir-after-change"),
        arguments.has("mlir-print-ir-after-failure"),
        arguments.has("mlir-print-ir-module-scope"),
        Path(tree) if tree is not None else None,
    )
    return choice if choice.before or choice.after or choice.after_failure else None


def _names(arguments: Arguments, flag: str) -> Everything | frozenset[str]:
    if arguments.has(f"{flag}-all"):
        return Everything()
    return frozenset(name for text in arguments.all(flag) for name in text.split(","))


def _to_errors(text: str) -> None:
    sys.stderr.write(text)

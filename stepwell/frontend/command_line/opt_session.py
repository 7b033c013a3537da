"""What `stepwell-opt` does with its input, once the command line is read."""

from __future__ import annotations

import difflib
import sys
from dataclasses import dataclass, field

from stepwell.frontend.command_line.crash_file import write_crash_file
from stepwell.frontend.command_line.expected import check_expected
from stepwell.frontend.command_line.files import (
    DEFAULT_MARKER,
    read_input,
    split_chunks,
    write_output,
)
from stepwell.frontend.command_line.flags import Arguments, UsageError
from stepwell.frontend.command_line.highlight import highlighted
from stepwell.frontend.command_line.opt_flags import FLAGS
from stepwell.frontend.command_line.reading import Program, read_program
from stepwell.frontend.command_line.watching import Watching
from stepwell.frontend.command_line.why_not import explaining
from stepwell.ir.diagnostics import Diagnostic, ParseError, Severity, Source, StepwellError
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.pipeline import MODULE, Nest, add_flag, parse_pipeline
from stepwell.ir.pass_manager.registry import available
from stepwell.ir.pass_manager.reproducer import pipeline_of, reproducer_text
from stepwell.ir.pass_manager.running import InternalError, PassManager
from stepwell.ir.text.printer import PrintOptions, print_to_text
from stepwell.ir.verifier import verify


def run_session(arguments: Arguments) -> int:
    """Processes the input as the command line asks; returns the exit code.

    Raises:
        StepwellError: the input cannot be read, or the pipeline is malformed.
        UsageError: flags contradict each other.
    """
    return _Session(arguments).run()


def build_pipeline(arguments: Arguments, anchor: str = MODULE) -> Nest:
    """The pipeline that the command line asks for.

    Args:
        arguments: of the tool.
        anchor: the op that is the program.

    Raises:
        PassError: a pass or an option is unknown.
        UsageError: a flag is unknown, or the pipeline is given twice.
    """
    text, short = arguments.last("pass-pipeline"), arguments.last("p")
    if text is not None and (arguments.passes or short is not None):
        raise UsageError("'--pass-pipeline' can't be used with individual pass options")
    if text is not None:
        return parse_pipeline(text)
    nest = Nest(anchor) if short is None else parse_pipeline(short, anchor, "<-p>")
    known = [listing.name for listing in available()] if arguments.passes else []
    for name, options in arguments.passes:
        if name not in known:
            pool = [*known, *(flag.name for flag in FLAGS)]
            close = difflib.get_close_matches(name, pool, 1, 0.7)
            hint = f"; did you mean '--{close[0]}'?" if close else ""
            raise UsageError(f"unknown command line argument '--{name}'{hint}")
        add_flag(nest, name, options)
    return nest


@dataclass(slots=True)
class _Outcome:
    """What became of a chunk."""

    output: str = ""
    diagnostics: list[Diagnostic] = field(default_factory=list)


class _Session:
    """One run of the tool on one input."""

    def __init__(self, arguments: Arguments) -> None:
        self.arguments = arguments
        self.verify_each = arguments.is_on("verify-each", True)
        self.options = PrintOptions(
            generic=arguments.has("mlir-print-op-generic"),
            locations=arguments.has("mlir-print-debuginfo"),
            local_scope=arguments.has("mlir-print-local-scope"),
            keep_names=not arguments.has("number-ssa-values"),
            skip_regions=arguments.has("mlir-print-skip-regions"),
            elide_elements=arguments.number("mlir-elide-elementsattrs-if-larger"),
        )
        self.watching = Watching(arguments, self._show)
        self.pipeline = build_pipeline(arguments)
        self.name = ""

    def run(self) -> int:
        """Processes each chunk; returns the exit code."""
        arguments = self.arguments
        given = read_input(arguments.files)
        self.name = given.name
        chunks = [given.text]
        if "split-input-file" in arguments.values:
            chunks = split_chunks(given.text, arguments.last("split-input-file") or DEFAULT_MARKER)
        outcomes = [self._checked(chunk) for chunk in chunks]
        marker = arguments.last("output-split-marker")
        between = f"{DEFAULT_MARKER if marker is None else marker}\n"
        output = between.join(outcome.output for outcome in outcomes)
        write_output(arguments.last("o"), highlighted(output) if self._is_coloured() else output)
        self.watching.report(self.pipeline)
        return 1 if any(outcome.diagnostics for outcome in outcomes) else 0

    def _is_coloured(self) -> bool:
        return self.arguments.has("syntax-highlight") and self.arguments.last("o") is None

    def _show(self, op: Operation) -> str:
        return print_to_text(op, self.options)

    def _checked(self, text: str) -> _Outcome:
        """Processes a chunk and reports what is wrong, or not as expected."""
        source = Source(text, self.name)
        outcome = _Outcome()
        try:
            outcome.output = self._process(source)
        except StepwellError as error:
            outcome.diagnostics = error.diagnostics
        mode = self.arguments.last("verify-diagnostics")
        if mode is not None:
            outcome.diagnostics = check_expected(
                source, outcome.diagnostics, mode == "only-expected"
            )
        for diagnostic in outcome.diagnostics:
            print(diagnostic.render(), file=sys.stderr)
        return outcome

    def _process(self, source: Source) -> str:
        """The text of what a chunk becomes."""
        with self.watching.timing.measure("Parser"):
            program = self._read(source)
        if self.arguments.has("verify-roundtrip"):
            self._check_roundtrip(program)
        self._run_pipeline(program, source)
        with self.watching.timing.measure("Output"):
            # Upstream ends with an empty line, but not when everything is printed in place.
            return self._show(program.op) + ("\n" if self.options.local_scope else "\n\n")

    def _read(self, source: Source) -> Program:
        arguments = self.arguments
        program = read_program(
            source,
            arguments.has("allow-unregistered-dialect"),
            not arguments.has("no-implicit-module"),
        )
        if not arguments.has("mlir-very-unsafe-disable-verifier-on-parsing"):
            verify(program.op)
        return program

    def _run_pipeline(self, program: Program, source: Source) -> None:
        pipeline, verify_each = self._pipeline_for(program)
        self.pipeline = pipeline
        if self.arguments.has("dump-pass-pipeline"):
            print(pipeline.dump(), file=sys.stderr, end="")
        path = self.arguments.last("mlir-generate-reproducer")
        if path is not None:
            text = reproducer_text(self._show(program.op), pipeline.to_text(), verify_each)
            write_output(path, text)
        if not pipeline.steps:
            return
        manager = PassManager(self.watching.instruments(pipeline, verify_each), verify_each)
        remarks: list[Diagnostic] = []
        try:
            with explaining(self.arguments.all("why-not"), remarks):
                manager.run(pipeline, program.op)
        except InternalError as error:
            write_crash_file(error, source.text, pipeline, verify_each)
            raise
        finally:
            for remark in remarks:
                print(remark.render(), file=sys.stderr)

    def _pipeline_for(self, program: Program) -> tuple[Nest, bool]:
        if self.arguments.has("run-reproducer"):
            text, verify_each = pipeline_of(program.resources)
            return parse_pipeline(text, name="<reproducer>"), verify_each
        if program.op.name == MODULE:
            return self.pipeline, self.verify_each
        return build_pipeline(self.arguments, program.op.name), self.verify_each

    def _check_roundtrip(self, program: Program) -> None:
        """Raises ParseError if what we print does not read as the same program."""
        implicit = not self.arguments.has("no-implicit-module")
        for options in (PrintOptions(), PrintOptions(generic=True)):
            text = print_to_text(program.op, options)
            again = read_program(Source(text, "<round trip>"), True, implicit)
            found = print_to_text(again.op, options)
            if found != text:
                raise ParseError(_difference(program.op, text, found))


def _difference(op: Operation, text: str, found: str) -> Diagnostic:
    lines = zip(text.splitlines(), found.splitlines(), strict=False)
    first = next(((a, b) for a, b in lines if a != b), ("", ""))
    wrong = Diagnostic(Severity.ERROR, "the program does not survive a round trip", op.place)
    return wrong.note(f"printed first: {first[0].strip()}").note(f"then: {first[1].strip()}")

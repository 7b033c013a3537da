"""What `stepwell-translate` does, once the command line is read."""

from __future__ import annotations

import sys

from stepwell.backends.cpu.translate import translate_to_llvm_ir
from stepwell.frontend.command_line.files import (
    DEFAULT_MARKER,
    read_input,
    split_chunks,
    write_output,
)
from stepwell.frontend.command_line.flags import Arguments
from stepwell.frontend.command_line.reading import read_program
from stepwell.ir.diagnostics import Source, StepwellError
from stepwell.ir.verifier import verify


def run_session(arguments: Arguments) -> int:
    """Translates the input, or each part of it; returns the exit code.

    Raises:
        StepwellError: the input cannot be read.
    """
    given = read_input(arguments.files)
    chunks = [given.text]
    if "split-input-file" in arguments.values:
        chunks = split_chunks(given.text, arguments.last("split-input-file") or DEFAULT_MARKER)
    outputs, status = [], 0
    for chunk in chunks:
        try:
            source = Source(chunk, given.name)
            module = read_program(source, arguments.has("allow-unregistered-dialect")).op
            verify(module)
            outputs.append(translate_to_llvm_ir(module))
        except StepwellError as error:
            print(error, file=sys.stderr)
            outputs.append("")
            status = 1
    write_output(arguments.last("o"), f"{DEFAULT_MARKER}\n".join(outputs))
    return status

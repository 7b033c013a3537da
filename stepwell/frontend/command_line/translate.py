"""`stepwell-translate`: from the llvm dialect to LLVM IR."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from stepwell.frontend.command_line.flags import Flag, UsageError, help_text, parse_flags
from stepwell.frontend.command_line.guard import guarded

FLAGS = (
    Flag("mlir-to-llvmir", "translate the llvm dialect to LLVM IR"),
    Flag("o", "write here in place of the standard output", "file"),
    Flag("split-input-file", "translate the parts between '// -----' one by one", "marker",
         optional=True),
    Flag("allow-unregistered-dialect", "keep ops of unknown dialects while reading"),
    Flag("help", "print this"),
    Flag("h", "print this", group=""),
)  # fmt: skip

_USAGE = "stepwell-translate --mlir-to-llvmir [file.mlir]"
_ABOUT = "Translates a program in the llvm dialect to LLVM IR; `stepwell-opt` brings it there."


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command; `argv` without the program's name.

    Returns 0; 1 if something is wrong with the input or the command line; 70 for a fault of ours.
    """
    return guarded("stepwell-translate", _main, argv)


def _main(argv: Sequence[str]) -> int:
    arguments = parse_flags(argv, FLAGS)
    if arguments.has("help") or arguments.has("h"):
        print(help_text(_USAGE, _ABOUT, FLAGS), end="")
        return 0
    if not arguments.has("mlir-to-llvmir"):
        raise UsageError("what to do? say --mlir-to-llvmir")
    # Late, because help must not wait for the parser.
    from stepwell.frontend.command_line.translate_session import run_session

    return run_session(arguments)


if __name__ == "__main__":
    sys.exit(main())

"""`stepwell-run`: runs a function of an MLIR file and prints what it returns."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from stepwell.frontend.command_line.flags import Flag, help_text, parse_flags
from stepwell.frontend.command_line.guard import guarded

TARGETS = ("cpu", "interpreter", "gpu-emulated", "cuda")

FLAGS = (
    Flag("entry", "the function to run (main)", "name"),
    Flag("arg", "one argument: x.npy, a number, or a list; repeat it for more", "value"),
    Flag("random", "random arguments (those that --arg did not give)", "seed"),
    Flag("dim", "what '?' in a shape stands for (8)", "n"),
    Flag("target", "where to run (cpu)", "target", choices=TARGETS),
    Flag("time", "measure, too"),
    Flag("emit", "print the program at this level instead of running it", "level",
         choices=("mlir", "llvm", "asm", "obj", "ptx")),
    Flag("pass-pipeline", "run this pipeline first", "text"),
    Flag("p", "short form: -p canonicalize,cse", "passes"),
    Flag("o", "write what --emit prints, or the first result as .npy, here", "file"),
    Flag("O0", "LLVM's optimisation level"),
    Flag("O1", "LLVM's optimisation level"),
    Flag("O2", "LLVM's optimisation level"),
    Flag("O3", "LLVM's optimisation level (the default)"),
    Flag("load-pass", "take passes from a Python file", "file.py"),
    Flag("load-dialect", "take a dialect from a Python file", "file.py"),
    Flag("help", "print this"),
    Flag("h", "print this", group=""),
)  # fmt: skip

_USAGE = "stepwell-run file.mlir [--entry=main] [--arg=VALUE]... [--random=SEED] [options]"
_ABOUT = "Runs a function of an MLIR file, at whatever level it is written, and prints the results."


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command; `argv` without the program's name.

    Returns 0; 1 if something is wrong with the input or the command line; 70 for a fault of ours.
    """
    return guarded("stepwell-run", _main, argv)


def _main(argv: Sequence[str]) -> int:
    arguments = parse_flags(argv, FLAGS)
    if arguments.has("help") or arguments.has("h"):
        print(help_text(_USAGE, _ABOUT, FLAGS), end="")
        return 0
    # Late, because help must not wait for NumPy and the parser.
    from stepwell.frontend.command_line.run_session import run_session

    return run_session(arguments)


if __name__ == "__main__":
    sys.exit(main())

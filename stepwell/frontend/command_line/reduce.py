"""`stepwell-reduce`: the smallest program on which a command still fails."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from stepwell.frontend.command_line.flags import Flag, UsageError, help_text, parse_flags
from stepwell.frontend.command_line.guard import guarded

FLAGS = (
    Flag("o", "write here in place of the standard output", "file"),
    Flag("contains", "the output of the command has to have this in it, however it ends", "text"),
    Flag("timeout", "seconds that the command may take; longer runs do not count (10)", "seconds"),
    Flag("max-tries", "how often the command may be run (1000)", "number"),
    Flag("allow-unregistered-dialect", "keep ops of unknown dialects while reading"),
    Flag("help", "print this"),
    Flag("h", "print this", group=""),
)  # fmt: skip

_USAGE = "stepwell-reduce [options] [file.mlir] -- command..."
_ABOUT = """Makes a program smaller, as long as the command fails on it as it does on the whole.

The command gets the name of a file in place of each {}, or at its end if it has none. It fails if
it ends with another exit code than 0; a smaller program has to make it end with the same code and,
if it wrote an error, with the same one but for places, names and numbers. With --contains, only
that text counts."""


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command; `argv` without the program's name.

    Returns 0; 1 if something is wrong with the input or the command line; 70 for a fault of ours;
    130 if it was interrupted, after writing the smallest program so far.
    """
    return guarded("stepwell-reduce", _main, argv)


def _main(argv: Sequence[str]) -> int:
    given = list(argv)
    place = given.index("--") if "--" in given else len(given)
    arguments = parse_flags(given[:place], FLAGS)
    if arguments.has("help") or arguments.has("h"):
        print(help_text(_USAGE, _ABOUT, FLAGS), end="")
        return 0
    command = given[place + 1 :]
    if not command:
        raise UsageError("which command fails? say it after '--'")
    # Late, because help must not wait for the parser.
    from stepwell.frontend.command_line.reduce_session import run_session

    return run_session(arguments, command)


if __name__ == "__main__":
    sys.exit(main())

"""`stepwell-opt`: reads MLIR, runs passes on it, prints the result."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from stepwell import __version__
from stepwell.frontend.command_line.flags import help_text, parse_flags
from stepwell.frontend.command_line.guard import guarded
from stepwell.frontend.command_line.opt_flags import ABOUT, FLAGS, USAGE

_MORE = "--list-passes shows what passes there are, --help-pass NAME what one does."


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command; `argv` without the program's name.

    Returns 0; 1 if something is wrong with the input or the command line; 70 for a fault of ours.
    """
    return guarded("stepwell-opt", _main, argv)


def _main(argv: Sequence[str]) -> int:
    arguments = parse_flags(argv, FLAGS, passes=True)
    if arguments.has("help") or arguments.has("h"):
        print(help_text(USAGE, ABOUT, FLAGS, _MORE), end="")
        return 0
    if arguments.has("version"):
        print(f"stepwell-opt {__version__}")
        return 0
    # Late, because help must not wait for the registry, nor lists for the parser.
    from stepwell.frontend.command_line.extensions import load_extensions
    from stepwell.frontend.command_line.information import answer

    load_extensions(arguments)
    text = answer(arguments)
    if text is not None:
        print(text, end="")
        return 0
    from stepwell.frontend.command_line.opt_session import run_session

    return run_session(arguments)


if __name__ == "__main__":
    sys.exit(main())

"""`--load-pass` and `--load-dialect`: what a user adds to the tools without packaging it."""

from __future__ import annotations

from stepwell.frontend.command_line.flags import Arguments
from stepwell.ir import dialect
from stepwell.ir.diagnostics import StepwellError
from stepwell.ir.pass_manager.registry import load_file


def load_extensions(arguments: Arguments) -> None:
    """Loads the files of `--load-pass` and `--load-dialect`.

    Raises:
        PassError: one cannot be loaded.
    """
    for path in arguments.all("load-pass"):
        load_file(path)
    for path in arguments.all("load-dialect"):
        found = getattr(load_file(path), "DIALECT", None)
        if not isinstance(found, dialect.Dialect):
            raise StepwellError(f"'{path}' holds no dialect: DIALECT = Dialect(...) is missing")
        dialect.register(found)

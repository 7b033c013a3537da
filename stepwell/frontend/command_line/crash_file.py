"""A reproducer for a pass that broke in a way no user can be blamed for."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from stepwell.ir.pass_manager.pipeline import Nest
from stepwell.ir.pass_manager.reproducer import reproducer_text
from stepwell.ir.pass_manager.running import InternalError


def write_crash_file(error: InternalError, text: str, pipeline: Nest, verify_each: bool) -> None:
    """Keeps the input with its pipeline, in STEPWELL_DUMP_DIR or the system's folder for
    temporary files, and notes in the error where."""
    content = reproducer_text(text.strip("\n"), pipeline.to_text(), verify_each)
    folder = os.environ.get("STEPWELL_DUMP_DIR") or None
    try:
        if folder is not None:
            Path(folder).mkdir(parents=True, exist_ok=True)
        number, path = tempfile.mkstemp(".mlir", "stepwell-reproducer-", folder)
        with open(number, "w", encoding="utf-8") as file:
            file.write(content)
    except OSError as problem:
        note = f"a reproducer could not be written: {problem}"
    else:
        note = f"reproducer written to {path}; 'stepwell-opt --run-reproducer' runs it"
    error.diagnostics[0].note(note + "; please report it")
    error.args = ("\n".join(one.render() for one in error.diagnostics),)

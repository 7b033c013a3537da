"""Prints how many ops of each name there are, to standard error.

Needs: nothing. Keeps: everything.
"""

from __future__ import annotations

import json as json_text
import sys
from collections import Counter

from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_


@pass_("print-op-stats", on="any", title="PrintOpStats")
def print_op_stats(op: Operation, context: PassContext, *, json: bool = False) -> None:
    """Print statistics of operations.

    Args:
        json: print the stats as JSON
    """
    counts = Counter(inner.name for inner in walk(op))
    context.preserve_all()
    sys.stderr.write(_as_json(counts) if json else _as_table(counts))


def _as_json(counts: Counter[str]) -> str:
    lines = [f"  {json_text.dumps(name)} : {counts[name]}" for name in sorted(counts)]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _as_table(counts: Counter[str]) -> str:
    """Names stand under each other at their dots."""
    parts = {name: name.partition(".") for name in sorted(counts)}
    before = max((len(dialect) for dialect, _, _ in parts.values()), default=0)
    after = max((len(rest) for _, _, rest in parts.values()), default=0)
    lines = ["Operations encountered:", "-----------------------"]
    for name, (dialect, dot, rest) in parts.items():
        shown = f"{dialect:>{before + 2}}.{rest:<{after}}" if dot else name
        lines.append(f"{shown} , {counts[name]}")
    return "\n".join(lines) + "\n"

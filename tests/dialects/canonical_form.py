"""Canonicalizing text with our patterns and with mlir-opt, for comparison."""

from __future__ import annotations

import re
import shutil
import subprocess

from stepwell.ir.rewriting.canonical import CanonicalPatterns
from stepwell.ir.rewriting.greedy import GreedyOptions, apply_patterns_greedily
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import PrintOptions, print_to_text

ORACLE = "mlir-opt-22"
HAS_ORACLE = shutil.which(ORACLE) is not None
NO_ORACLE = f"{ORACLE} is not installed"
_FUNCTION = re.compile(r"func\.func @(\w+)\([^{]*\{\n(.*?)\n  \}", re.S)
_CONSTANT = re.compile(r"(%\S+) = (?:arith|index)\.(?:bool\.)?constant (.*)")


def oracle(text: str, *flags: str) -> str:
    """What mlir-opt makes of `text`."""
    done = subprocess.run([ORACLE, *flags], input=text, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[:3000]
    return done.stdout


def ours(text: str, generic: bool = False, canonicalize: bool = False) -> str:
    """`text`, read, perhaps canonicalized, and printed."""
    module = parse_module(text, allow_unregistered=True)
    if canonicalize:
        apply_patterns_greedily(module, CanonicalPatterns(), GreedyOptions(simplify="normal"))
    return print_to_text(module, PrintOptions(generic=generic, keep_names=False)) + "\n"


def bodies(text: str) -> dict[str, str]:
    """The body of each function, constants written where they are used."""
    return {name: _inline_constants(body) for name, body in _FUNCTION.findall(text)}


def _inline_constants(body: str) -> str:
    constants: dict[str, str] = {}
    kept: list[str] = []
    for line in map(str.strip, body.splitlines()):
        match = _CONSTANT.match(line)
        if match:
            constants[match[1]] = f"<{match[2].removesuffix(' : index')}>"
        else:
            kept.append(line)
    names = re.compile(r"%[A-Za-z0-9_$.-]+")
    return "\n".join(names.sub(lambda m: constants.get(m[0], m[0]), line) for line in kept)

"""Writes a large program: `python benchmarks/generated_text.py FUNCTIONS > large.mlir`.

Each function is a chain of integer arithmetic, then a loop that scales a column of a strided
buffer: what hand-written kernels look like after some inlining. About fifty ops a function.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator

CHAIN = 40
KINDS = ("addi", "muli", "xori", "subi")
BUFFER = "memref<128x?xf32, strided<[?, 1], offset: ?>>"
# func, four constants, the chain, loop, load, product, store, the loop's yield, return
OPS_A_FUNCTION = 1 + 4 + CHAIN + 5 + 1


def _chain() -> Iterator[str]:
    """A Fibonacci-like chain, so that each value is used twice and none can be folded."""
    older, newer = "%b", "%a"
    for step in range(CHAIN):
        yield f"    %v{step} = arith.{KINDS[step % len(KINDS)]} {newer}, {older} : i32"
        older, newer = newer, f"%v{step}"


def function(number: int) -> str:
    """One function's text."""
    return "\n".join(
        [
            f"  func.func @kernel_{number}(%a: i32, %b: i32, %buffer: {BUFFER}) -> i32 {{",
            "    %first = arith.constant 0 : index",
            "    %step = arith.constant 1 : index",
            "    %last = arith.constant 128 : index",
            "    %factor = arith.constant 1.500000e+00 : f32",
            *_chain(),
            "    scf.for %row = %first to %last step %step {",
            f"      %old = memref.load %buffer[%row, %first] : {BUFFER}",
            "      %new = arith.mulf %old, %factor : f32",
            f"      memref.store %new, %buffer[%row, %first] : {BUFFER}",
            "    }",
            f"    return %v{CHAIN - 1} : i32",
            "  }",
        ]
    )


def program(functions: int) -> str:
    """A module of so many functions."""
    return "\n".join(["module {", *map(function, range(functions)), "}", ""])


if __name__ == "__main__":
    sys.stdout.write(program(int(sys.argv[1])))

"""scf-parallel-loop-fusion: what becomes one loop, what must not, and that values stay."""

from __future__ import annotations

import random
import re

import numpy as np
import pytest

from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from tests.oracle.tools import call, find_tool
from tests.passes.passes_on_text import plain, run_passes

FUSE = "scf-parallel-loop-fusion"
MORE = "scf-parallel-loop-fusion{move-others=true split-loops=true}"
BEGIN = """
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %cst = arith.constant 1.5 : f32
"""


def loop(body: str, bounds: str = "%n", variables: str = "%i") -> str:
    count = variables.count("%")
    zeros, ones = ", ".join(["%c0"] * count), ", ".join(["%c1"] * count)
    return (
        f"  scf.parallel ({variables}) = ({zeros}) to ({bounds}) step ({ones}) {{\n{body}\n"
        "    scf.reduce\n  }\n"
    )


def program(*parts: str, arguments: str = "%n: index, %x: memref<?xf32>") -> str:
    return f"func.func @f({arguments}) {{{BEGIN}{''.join(parts)}  return\n}}"


def loops_in(module: Operation) -> int:
    return print_to_text(module).count("scf.parallel")


ALLOC = "  %a = memref.alloc(%n) : memref<?xf32>\n"
FILL = loop("    memref.store %cst, %a[%i] : memref<?xf32>")
LOAD = "    %v = memref.load %a[{}] : memref<?xf32>\n"
KEEP = "    memref.store %v, %b[%i] : memref<?xf32>"
OTHER = "  %b = memref.alloc(%n) : memref<?xf32>\n"

SAME_AS_UPSTREAM = {
    "the same place": (ALLOC, OTHER, FILL, loop(LOAD.format("%i") + KEEP)),
    "another place": (
        ALLOC, OTHER, FILL,
        loop("    %j = arith.subi %n, %i : index\n" + LOAD.format("%j") + KEEP),
    ),
    "all places": (
        ALLOC, OTHER, FILL,
        loop("    scf.for %k = %c0 to %n step %c1 {\n" + LOAD.format("%k") + KEEP + "\n    }"),
    ),
    "a place by the same expression": (
        ALLOC, OTHER,
        loop("    %j = affine.apply affine_map<(d0) -> (d0 * 2 + 1)>(%i)\n"
             "    memref.store %cst, %a[%j] : memref<?xf32>"),
        loop("    %j = affine.apply affine_map<(d0) -> (d0 * 2 + 1)>(%i)\n"
             + LOAD.format("%j") + KEEP),
    ),
    "another space": (ALLOC, OTHER, FILL, loop(LOAD.format("%i") + KEEP, "%c2")),
    "an allocation between": (ALLOC, FILL, OTHER, loop(LOAD.format("%i") + KEEP)),
    "arguments that may be one": (
        loop("    %v = memref.load %x[%i] : memref<?xf32>\n"
             "    memref.store %v, %y[%i] : memref<?xf32>"),
        loop("    %v = memref.load %x[%i] : memref<?xf32>\n"
             "    memref.store %v, %z[%i] : memref<?xf32>"),
    ),
    "three": (ALLOC, OTHER, FILL, loop(LOAD.format("%i") + KEEP), loop(LOAD.format("%i") + KEEP)),
}  # fmt: skip
ARGUMENTS = "%n: index, %x: memref<?xf32>, %y: memref<?xf32>, %z: memref<?xf32>"


@pytest.mark.parametrize("name", SAME_AS_UPSTREAM)
def test_as_upstream(name: str) -> None:
    tool = find_tool("mlir-opt")
    if tool is None:
        pytest.skip("mlir-opt-22 is not installed")
    text = program(*SAME_AS_UPSTREAM[name], arguments=ARGUMENTS)
    theirs = call([tool, f"--{FUSE}"], text)
    assert plain(run_passes(text, FUSE)) == plain(parse_module(theirs))


def test_reductions_are_joined() -> None:
    def summed(op: str, name: str) -> str:
        return f"""
  %{name} = scf.parallel (%i) = (%c0) to (%n) step (%c1) init (%cst) -> f32 {{
    %v = memref.load %x[%i] : memref<?xf32>
    scf.reduce(%v : f32) {{
    ^bb0(%p: f32, %q: f32):
      %s = arith.{op} %p, %q : f32
      scf.reduce.return %s : f32
    }}
  }}"""

    text = (
        f"func.func @f(%n: index, %x: memref<?xf32>) -> (f32, f32) {{{BEGIN}"
        f"{summed('addf', 'r')}{summed('maximumf', 't')}\n  return %t, %r : f32, f32\n}}"
    )
    module = run_passes(text, FUSE)
    assert loops_in(module) == 1
    x = np.array([1, 5, 2], np.float32)
    assert Interpreter(module).call("f", 3, x) == (5.0, 9.5)


def test_writes_that_meet_in_other_iterations_stay_apart() -> None:
    """Upstream takes these for one loop, which changes what the memory holds."""
    turned = loop(
        "    %j = arith.subi %n, %i : index\n    %k = arith.subi %j, %c1 : index\n"
        "    %v = memref.load %x[%i] : memref<?xf32>\n"
        "    memref.store %v, %a[%k] : memref<?xf32>"
    )
    assert loops_in(run_passes(program(ALLOC, FILL, turned), FUSE)) == 2
    everywhere = loop("    memref.store %cst, %a[%c0] : memref<?xf32>")
    assert loops_in(run_passes(program(ALLOC, FILL, everywhere), FUSE)) == 2
    calling = loop("    func.call @g() : () -> ()")
    text = program(ALLOC, FILL, calling) + "\nfunc.func private @g()"
    assert loops_in(run_passes(text, FUSE)) == 2


def test_others_are_moved_out_of_the_way() -> None:
    use = loop(LOAD.format("%i") + "    memref.store %v, %b[%i] : memref<?xf32>")
    again = loop(
        "    %v = memref.load %b[%i] : memref<?xf32>\n    memref.store %v, %x[%i] : memref<?xf32>"
    )
    free = "  memref.dealloc %a : memref<?xf32>\n"
    text = program(ALLOC, FILL, OTHER, use, free, again)
    assert loops_in(run_passes(text, FUSE)) == 3
    module = run_passes(text, MORE)
    assert loops_in(module) == 1
    lines = [line.split()[0] for line in print_to_text(module).splitlines() if "alloc" in line]
    assert lines == ["%a", "%b", "memref.dealloc"]


def test_an_op_that_must_stay_between_keeps_loops_apart() -> None:
    use = loop(LOAD.format("%i") + "    memref.store %v, %x[%i] : memref<?xf32>")
    between = "  memref.store %cst, %a[%c0] : memref<?xf32>\n"
    assert loops_in(run_passes(program(ALLOC, FILL, between, use), MORE)) == 2


def test_a_loop_is_split_for_one_over_fewer_dimensions() -> None:
    wide = "  %m = memref.alloc(%n, %n) : memref<?x?xf32>\n"
    fill = loop("    memref.store %cst, %m[%i, %j] : memref<?x?xf32>", "%n, %n", "%i, %j")
    row = loop("""    scf.for %k = %c0 to %n step %c1 {
      %v = memref.load %m[%i, %k] : memref<?x?xf32>
      memref.store %v, %x[%i] : memref<?xf32>
    }""")
    column = row.replace("[%i, %k]", "[%k, %i]")
    assert loops_in(run_passes(program(wide, fill, row), MORE)) == 1
    assert loops_in(run_passes(program(wide, fill, column), MORE)) == 2
    assert loops_in(run_passes(program(wide, fill, row), FUSE)) == 2


INDICES = ("%i", "%j", "%r", "%c0")


def random_program(seed: int) -> str:
    """Loops over one square, which load and store three buffers at places near their own."""
    choose = random.Random(seed)
    parts = ["func.func @f(%n: index) -> (f32, f32, f32) {", BEGIN]
    for name in "abc":
        parts.append(f"  %{name} = memref.alloc(%n, %n) : memref<?x?xf32>\n")
        parts.append(loop(f"    memref.store %cst, %{name}[%i, %j] : memref<?x?xf32>", "%n, %n",
                          "%i, %j"))  # fmt: skip
    for number in range(choose.randint(2, 5)):
        wide = choose.random() < 0.7
        source, target = choose.choice("abc"), choose.choice("abc")
        place = [choose.choice(INDICES) for _ in range(2)]
        body = (
            "    %d = arith.subi %n, %i : index\n    %r = arith.subi %d, %c1 : index\n"
            f"    %v = memref.load %{source}[{', '.join(place)}] : memref<?x?xf32>\n"
            f"    %k = arith.constant {number}.25 : f32\n    %w = arith.mulf %v, %k : f32\n"
            "    %u = arith.addf %w, %cst : f32\n"
            f"    memref.store %u, %{target}[%i, %j] : memref<?x?xf32>"
        )
        if source == target and place != ["%i", "%j"]:
            continue  # its own iterations would race
        if wide:
            parts.append(loop(body, "%n, %n", "%i, %j"))
        else:
            inner = f"    scf.for %j = %c0 to %n step %c1 {{\n{body}\n    }}"
            parts.append(loop(inner))
    for name in "abc":
        parts.append(
            f"  %l{name} = memref.load %{name}[%c1, %c0] : memref<?x?xf32>\n"
            f"  memref.dealloc %{name} : memref<?x?xf32>\n"
        )
    parts.append("  return %la, %lb, %lc : f32, f32, f32\n}")
    return "".join(parts)


@pytest.mark.parametrize("pipeline", [FUSE, MORE, f"{MORE},forward-stores"])
def test_random_programs_keep_their_values(pipeline: str) -> None:
    fused = 0
    for seed in range(40):
        text = random_program(seed)
        before = parse_module(text)
        after = run_passes(text, pipeline)
        fused += loops_in(before) - loops_in(after)
        wanted = Interpreter(before).call("f", 3)
        assert Interpreter(after).call("f", 3) == wanted, re.sub(r"\n+", "\n", text)
    assert fused > 20

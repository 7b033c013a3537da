"""hoist-static-allocas: stack memory of loops at the beginning of the function."""

from __future__ import annotations

import numpy as np

from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.printer import print_to_text
from tests.passes.passes_on_text import run_passes

LOOP = """
  scf.for %i = %c0 to %n step %c1 {{
    %m = memref.alloca() : memref<{size}xf32>
    memref.store %x, %m[%c0] : memref<{size}xf32>
    %v = memref.load %m[%c0] : memref<{size}xf32>
    %w = arith.addf %v, %v : f32
    memref.store %w, %out[%i] : memref<?xf32>
  }}"""


def program(*sizes: int) -> str:
    loops = "".join(LOOP.format(size=size) for size in sizes)
    return f"""func.func @f(%x: f32, %n: index, %out: memref<?xf32>) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index{loops}
  return
}}"""


def test_loops_one_after_the_other_share_memory() -> None:
    module = run_passes(program(4, 8, 4), "hoist-static-allocas")
    lines = print_to_text(module).splitlines()
    places = [number for number, line in enumerate(lines) if "memref.alloca" in line]
    loops = [number for number, line in enumerate(lines) if "scf.for" in line]
    assert len(places) == 2 and max(places) < min(loops)
    out = np.zeros(3, np.float32)
    Interpreter(module).call("f", 1.5, 3, out)
    np.testing.assert_array_equal(out, [3, 3, 3])


def test_allocations_of_one_loop_stay_apart() -> None:
    text = program(4).replace("%v = ", "%other = memref.alloca() : memref<4xf32>\n    %v = ")
    module = run_passes(text, "hoist-static-allocas")
    assert print_to_text(module).count("memref.alloca") == 2


def test_memory_of_unknown_size_and_of_functions_stays() -> None:
    text = program(4).replace("alloca() : memref<4xf32>", "alloca(%n) : memref<?xf32>")
    text = text.replace("memref<4xf32>", "memref<?xf32>")
    module = run_passes(text, "hoist-static-allocas")
    lines = print_to_text(module).splitlines()
    place = next(number for number, line in enumerate(lines) if "memref.alloca" in line)
    assert "scf.for" in lines[place - 1]

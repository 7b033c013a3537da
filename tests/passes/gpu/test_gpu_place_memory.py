"""Whose memory is whose: what kernels use is the GPU's, and the host reaches it through kernels."""

from __future__ import annotations

import numpy as np
import pytest

import stepwell as sw
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.diagnostics import VerifyError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation, walk

LAUNCH = """
  gpu.launch blocks(%bx, %by, %bz) in (%gx = %c1, %gy = %c1, %gz = %c1)
             threads(%t, %ty, %tz) in (%nx = %n, %ny = %c1, %nz = %c1) {{
    {0}
    gpu.terminator
  }}
"""


def program(body: str, returns: str = "", value: str = "") -> str:
    return f"""
memref.global "private" constant @one : memref<1xf32> = dense<1.0>
func.func @main(%x: memref<?xf32>, %host: memref<?xf32>, %n: index) {returns} {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  {body}
  return {value}
}}
"""


def placed(text: str) -> Operation:
    module = sw.parse(text)
    sw.run_passes(module, "gpu-place-memory")
    return module


def names(module: Operation) -> list[str]:
    return [op.name for op in walk(module)]


def numbers(module: Operation, what: str) -> tuple[int, ...]:
    function = next(op for op in walk(module) if op.name == "func.func")
    found = function.attributes[f"stepwell.device_{what}"]
    assert isinstance(found, DenseArrayAttr)
    return tuple(found.ints)


BETWEEN = program(
    f"""
  %m = memref.alloc(%n) : memref<?xf32>
  %own = memref.alloc(%n) : memref<?xf32>
  %one = memref.get_global @one : memref<1xf32>
  {
        LAUNCH.format('''%v = memref.load %x[%t] : memref<?xf32>
    %o = memref.load %one[%c0] : memref<1xf32>
    %w = arith.addf %v, %o : f32
    memref.store %w, %m[%t] : memref<?xf32>''')
    }
  %first = memref.load %m[%c0] : memref<?xf32>
  %twice = arith.addf %first, %first : f32
  memref.store %twice, %m[%c0] : memref<?xf32>
  memref.store %twice, %own[%c0] : memref<?xf32>
  %read = memref.load %own[%c0] : memref<?xf32>
  memref.store %read, %host[%c0] : memref<?xf32>
  memref.copy %m, %x : memref<?xf32> to memref<?xf32>
  memref.dealloc %m : memref<?xf32>
  memref.dealloc %own : memref<?xf32>
  """
)


def test_memory_goes_where_kernels_need_it() -> None:
    found = names(placed(BETWEEN))
    assert "gpu.memcpy" in found and "memref.copy" not in found
    assert found.count("gpu.launch") == 2, "what the host did there is a kernel"
    assert found.count("gpu.alloc") == found.count("gpu.dealloc") >= 2


def test_values_are_the_same() -> None:
    outcomes = []
    for module in (sw.parse(BETWEEN), placed(BETWEEN)):
        x, host = np.arange(1, 5, dtype=np.float32), np.zeros(4, np.float32)
        Interpreter(module).call("main", x, host, 4)
        outcomes.append((x, host))
    for before, after in zip(*outcomes, strict=True):
        np.testing.assert_array_equal(after, before)
    np.testing.assert_array_equal(outcomes[1][0], [4, 3, 4, 5])


def test_arguments_that_only_the_host_uses_stay() -> None:
    body = LAUNCH.format("memref.store %f, %x[%t] : memref<?xf32>")
    body = f"%f = memref.load %host[%c0] : memref<?xf32>{body}"
    module = placed(program(body))
    assert numbers(module, "arguments") == (0,) and numbers(module, "results") == ()
    assert names(module).count("gpu.launch") == 1


def test_views_and_branches_are_of_the_same_memory() -> None:
    body = f"""
  %m = memref.alloc(%n) : memref<?xf32>
  %small = arith.cmpi slt, %n, %c1 : index
  %chosen = scf.if %small -> memref<?xf32> {{
    scf.yield %m : memref<?xf32>
  }} else {{
    scf.yield %x : memref<?xf32>
  }}
  %view = memref.cast %chosen : memref<?xf32> to memref<*xf32>
  %back = memref.cast %view : memref<*xf32> to memref<?xf32>
  %f = arith.constant 1.0 : f32
  {LAUNCH.format("memref.store %f, %back[%t] : memref<?xf32>")}
"""
    module = placed(program(body, "-> memref<?xf32>", "%m : memref<?xf32>"))
    assert numbers(module, "arguments") == (0,) and numbers(module, "results") == (0,)
    assert "memref.alloc" not in names(module)


def test_memory_of_the_gpu_cannot_be_resized() -> None:
    body = f"""
  %f = arith.constant 1.0 : f32
  {LAUNCH.format("memref.store %f, %x[%t] : memref<?xf32>")}
  %r = memref.realloc %x : memref<?xf32> to memref<8xf32>
"""
    with pytest.raises(VerifyError, match="cannot resize memory of the GPU"):
        placed(program(body))

"""Host ops of the gpu dialect: made async, and lowered to calls of the runtime."""

import numpy as np
import pytest

from stepwell.ir.diagnostics import PassError, VerifyError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from stepwell.ir.verifier import verify
from stepwell.passes.pipelines import run_passes
from tests.dialects.against_upstream import UPSTREAM_NAMES, upstream

KERNEL = """
  gpu.module @m {
    gpu.func @k(%x: memref<?xf32>) kernel {
      %t = gpu.thread_id x
      %v = memref.load %x[%t] : memref<?xf32>
      %w = arith.addf %v, %v : f32
      memref.store %w, %x[%t] : memref<?xf32>
      gpu.return
    }
  }
"""
SYNC = f"""
module attributes {{gpu.container_module}} {{
  {KERNEL}
  func.func @main(%n: index, %h: memref<?xf32>) {{
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %d = gpu.alloc (%n) : memref<?xf32>
    gpu.memcpy %d, %h : memref<?xf32>, memref<?xf32>
    %v = memref.load %h[%c0] : memref<?xf32>
    scf.for %i = %c0 to %c1 step %c1 {{
      gpu.launch_func @m::@k blocks in (%c1, %c1, %c1) threads in (%n, %c1, %c1)
          args(%d : memref<?xf32>)
      gpu.launch_func @m::@k blocks in (%c1, %c1, %c1) threads in (%n, %c1, %c1)
          args(%d : memref<?xf32>)
    }}
    gpu.memcpy %h, %d : memref<?xf32>, memref<?xf32>
    memref.store %v, %h[%c0] : memref<?xf32>
    gpu.wait
    gpu.dealloc %d : memref<?xf32>
    return
  }}
}}
"""
ASYNC = f"""
module attributes {{gpu.container_module}} {{
  {KERNEL}
  func.func @main(%n: index, %h: memref<?xf32>, %f: f32, %b: bf16, %u: memref<*xf32>,
                  %small: memref<2x?xbf16>) {{
    %c1 = arith.constant 1 : index
    %i0 = arith.constant 0 : i32
    gpu.set_default_device %i0
    gpu.host_register %u : memref<*xf32>
    %t0 = gpu.wait async
    %d, %t1 = gpu.alloc async [%t0] (%n) : memref<?xf32>
    %t2 = gpu.memcpy async [%t1] %d, %h : memref<?xf32>, memref<?xf32>
    %t3 = gpu.memset async [%t2] %d, %f : memref<?xf32>, f32
    %t4 = gpu.memset async [%t3] %small, %b : memref<2x?xbf16>, bf16
    %t5 = gpu.launch_func async [%t4] @m::@k blocks in (%c1, %c1, %c1)
        threads in (%c1, %c1, %c1) args(%d : memref<?xf32>)
    %t6 = gpu.dealloc async [%t5] %d : memref<?xf32>
    gpu.wait [%t6]
    %s = gpu.alloc host_shared () : memref<4x4xf32>
    %x = memref.load %s[%c1, %c1] : memref<4x4xf32>
    memref.store %x, %h[%c1] : memref<?xf32>
    gpu.host_unregister %u : memref<*xf32>
    return
  }}
}}
"""
JOIN = """
module attributes {gpu.container_module} {
  func.func @main(%d: memref<8xf32>, %h: memref<8xf32>) {
    %a = gpu.wait async
    %b = gpu.wait async
    %c = gpu.memcpy async [%a] %d, %h : memref<8xf32>, memref<8xf32>
    %e = gpu.wait async [%c, %b]
    gpu.wait [%e]
    return
  }
}
"""
REGION = "builtin.module(func.func(gpu-async-region))"
LOWER = (
    "builtin.module(convert-scf-to-cf,gpu.module(convert-gpu-to-nvvm,reconcile-unrealized-casts),"
    "gpu-to-llvm,reconcile-unrealized-casts)"
)
CLEAN = ("--cse", "--canonicalize", "--cse")


def passed(text: str, pipeline: str) -> Operation:
    module = parse_module(text)
    run_passes(module, pipeline)
    verify(module)
    return module


def without_declarations(text: str) -> list[str]:
    """The lines, less the declarations of the runtime, which stand elsewhere in upstream's text."""
    return [line for line in text.split("\n") if "llvm.func @mgpu" not in line]


def test_async_region_is_upstreams() -> None:
    assert print_to_text(passed(SYNC, REGION), UPSTREAM_NAMES).strip() == upstream(
        SYNC, f"--pass-pipeline={REGION}"
    )


def test_async_region_keeps_the_meaning() -> None:
    found = []
    for module in (parse_module(SYNC), passed(SYNC, REGION)):
        x = np.arange(1, 6, dtype=np.float32)
        Interpreter(module).call("main", 5, x)
        found.append(x)
    assert np.array_equal(found[0], [1, 8, 12, 16, 20])
    assert np.array_equal(found[0], found[1])


def test_async_region_refuses_what_is_not_outlined_or_async_already() -> None:
    with pytest.raises(VerifyError, match="is async already"):
        passed(ASYNC, REGION)
    launch = """
func.func @main(%n: index) {
  gpu.launch blocks(%a, %b, %c) in (%d = %n, %e = %n, %f = %n)
             threads(%g, %h, %i) in (%j = %n, %k = %n, %l = %n) { gpu.terminator }
  return
}
"""
    with pytest.raises(VerifyError, match="replace with gpu.launch_func first"):
        passed(launch, REGION)


@pytest.mark.parametrize("text", [ASYNC, upstream], ids=["async", "made async"])
def test_the_calls_are_upstreams(text: object) -> None:
    source = text if isinstance(text, str) else upstream(SYNC, f"--pass-pipeline={REGION}")
    ours = upstream(print_to_text(passed(source, LOWER), UPSTREAM_NAMES), *CLEAN)
    theirs = upstream(upstream(source, f"--pass-pipeline={LOWER}"), *CLEAN)
    assert without_declarations(ours) == without_declarations(theirs)
    names = {line.split("@")[1].split("(")[0] for line in ours.split("\n") if "func @mgpu" in line}
    assert {"mgpuMemAlloc", "mgpuMemcpy", "mgpuStreamCreate", "mgpuStreamSynchronize"} <= names


def test_waiting_for_several_streams_records_after_their_work() -> None:
    """Upstream records an event where a stream is made, before the work that is to be awaited."""
    printed = print_to_text(passed(JOIN, LOWER), UPSTREAM_NAMES)
    calls = [part.split("(")[0] for part in printed.split("llvm.call @mgpu")[1:]]
    assert calls == [
        "StreamCreate", "StreamCreate", "Memcpy",
        "EventCreate", "EventRecord", "EventCreate", "EventRecord",
        "StreamCreate", "StreamWaitEvent", "StreamWaitEvent", "EventDestroy", "EventDestroy",
        "StreamSynchronize", "StreamDestroy",
    ]  # fmt: skip
    assert sorted(upstream(printed).count(f"@mgpu{name}(") for name in set(calls))


def test_what_is_not_async_uses_the_default_stream_and_waits() -> None:
    printed = print_to_text(passed(SYNC, LOWER), UPSTREAM_NAMES)
    calls = [part.split("(")[0] for part in printed.split("llvm.call @mgpu")[1:]]
    assert calls == [
        "MemAlloc", "Memcpy", "StreamSynchronize", "Memcpy", "StreamSynchronize",
        "MemFree", "StreamSynchronize",
    ]  # fmt: skip


def test_what_cannot_be_lowered_is_refused() -> None:
    text = """
func.func @main(%x: memref<4xf64>, %v: f64) {
  gpu.memset %x, %v : memref<4xf64>, f64
  return
}
"""
    with pytest.raises(PassError, match="failed to legalize operation 'gpu.memset'"):
        passed(text, "gpu-to-llvm")

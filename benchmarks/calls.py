"""What a call costs: compiled functions on small NumPy arrays, beside NumPy and ctypes.

Prints one line a contender: the median over interleaved rounds, in microseconds a call, and its
ratio to `np.add(a, 1, out=b)`. Outputs are checked before anything is timed. Also: results in fresh
memory, fork and join of a parallel loop, and compiling and loading.

    python benchmarks/calls.py
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping

import numpy as np

from stepwell.backends.cpu.compile import compile_to_object
from stepwell.backends.cpu.signature import FunctionSignature, MemRefArg, ScalarArg
from stepwell.runtime import threads
from stepwell.runtime.executable import CompiledModule, compile_llvm_ir

ROUNDS = 15
CALLS = 2000

ARRAY = MemRefArg("f32", (None,))
SIGNATURES = (
    FunctionSignature("add_one", (ARRAY, ARRAY)),
    FunctionSignature("scalar", (ScalarArg("f64"),), (ScalarArg("f64"),)),
    FunctionSignature("fresh", (ARRAY,), (ARRAY,)),
    FunctionSignature("fork", (ScalarArg("index"),)),
)
DESCRIPTOR = "{ ptr, ptr, i64, [1 x i64], [1 x i64] }"
LLVM_IR = f"""
declare ptr @malloc(i64)
declare void @stepwell_parallel_for(ptr, i64, i64, ptr, i64)

define void @add_one(ptr %ab, ptr noalias %a, i64 %ao, i64 %n, i64 %as,
                     ptr %bb, ptr noalias %b, i64 %bo, i64 %m, i64 %bs) {{
entry:
  %some = icmp sgt i64 %n, 0
  br i1 %some, label %next, label %done
next:
  %i = phi i64 [ 0, %entry ], [ %i1, %next ]
  %from = getelementptr float, ptr %a, i64 %i
  %to = getelementptr float, ptr %b, i64 %i
  %x = load float, ptr %from
  %y = fadd float %x, 1.0
  store float %y, ptr %to
  %i1 = add i64 %i, 1
  %more = icmp slt i64 %i1, %n
  br i1 %more, label %next, label %done
done:
  ret void
}}

define double @scalar(double %x) {{
  %y = fadd double %x, 1.0
  ret double %y
}}

define {DESCRIPTOR} @fresh(ptr %ab, ptr noalias %a, i64 %ao, i64 %n, i64 %as) {{
  %bytes = mul i64 %n, 4
  %b = call ptr @malloc(i64 %bytes)
  call void @add_one(ptr %ab, ptr %a, i64 0, i64 %n, i64 1, ptr %b, ptr %b, i64 0, i64 %n, i64 1)
  %d0 = insertvalue {DESCRIPTOR} undef, ptr %b, 0
  %d1 = insertvalue {DESCRIPTOR} %d0, ptr %b, 1
  %d2 = insertvalue {DESCRIPTOR} %d1, i64 0, 2
  %d3 = insertvalue {DESCRIPTOR} %d2, i64 %n, 3, 0
  %d4 = insertvalue {DESCRIPTOR} %d3, i64 1, 4, 0
  ret {DESCRIPTOR} %d4
}}

define internal void @nothing(i64 %begin, i64 %end, ptr %context) noinline {{
  ret void
}}

define void @fork(i64 %times) {{
entry:
  br label %next
next:
  %i = phi i64 [ 0, %entry ], [ %i1, %next ]
  call void @stepwell_parallel_for(ptr @nothing, i64 0, i64 1000, ptr null, i64 64)
  %i1 = add i64 %i, 1
  %more = icmp slt i64 %i1, %times
  br i1 %more, label %next, label %done
done:
  ret void
}}
"""

Contender = Callable[[], object]


def medians(contenders: Mapping[str, Contender], calls: int) -> dict[str, float]:
    """Microseconds a call: the median over rounds in which each contender has its turn."""
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(ROUNDS):
        for name, call in contenders.items():
            start = time.perf_counter()
            for _ in range(calls):
                call()
            times[name].append((time.perf_counter() - start) / calls * 1e6)
    return {name: statistics.median(found) for name, found in times.items()}


def report(title: str, found: Mapping[str, float], against: str) -> None:
    """Prints a table of medians and their ratios to one of them."""
    print(title)
    for name, value in found.items():
        print(f"  {name:38s} {value:9.3f} us   {value / found[against]:6.2f} x")


def small_arrays(fast: CompiledModule, slow: CompiledModule, size: int) -> None:
    """Calls with two arrays of `size` elements."""
    a = np.arange(size, dtype=np.float32)
    b, expected = np.zeros_like(a), np.arange(size, dtype=np.float32) + 1
    native, portable = fast["add_one"], slow["add_one"]
    contenders: dict[str, Contender] = {
        "np.add(a, 1, out=b)": lambda: np.add(a, 1, out=b),
        "compiled, wrapper": lambda: native(a, b),
        "compiled, portable": lambda: portable(a, b),
        "an empty Python function": lambda: None,
    }
    for name, call in contenders.items():
        b[:] = 0
        call()
        assert name.startswith("an empty") or np.array_equal(b, expected), name
    report(f"two arrays of {size}", medians(contenders, CALLS), "np.add(a, 1, out=b)")


def fresh_results(fast: CompiledModule, size: int, calls: int) -> None:
    """Calls whose result is a new array of `size` elements."""
    a = np.arange(size, dtype=np.float32)
    fresh = fast["fresh"]
    assert np.array_equal(fresh(a), a + 1)  # type: ignore[arg-type]
    contenders: dict[str, Contender] = {"np.add(a, 1)": lambda: np.add(a, 1)}
    contenders["compiled, result in the pool"] = lambda: fresh(a)
    report(f"a fresh result of {size}", medians(contenders, calls), "np.add(a, 1)")


def fork_and_join(fast: CompiledModule) -> None:
    """A parallel loop that does nothing."""
    fork, inner = fast["fork"], 200
    found = {}
    for count in (1, 2):
        threads.set_thread_count(count)
        contenders = {f"{count} threads": lambda: fork(inner)}
        found.update({k: v / inner for k, v in medians(contenders, 5).items()})
    report("fork and join", found, "1 threads")


def compiling() -> None:
    """From text to object code, and from object code to callables."""
    code = compile_to_object(LLVM_IR, SIGNATURES)
    rows = {
        "text to object code, level 3": lambda: compile_to_object(LLVM_IR, SIGNATURES[:1]),
        "object code to callables": lambda: CompiledModule(code, SIGNATURES),
    }
    report("compiling", medians(rows, 1), "text to object code, level 3")


def main() -> None:
    """Prints all tables."""
    fast = compile_llvm_ir(LLVM_IR, SIGNATURES, portable=False)
    slow = compile_llvm_ir(LLVM_IR, SIGNATURES, portable=True)
    small_arrays(fast, slow, 16)
    scalar = fast["scalar"]
    assert scalar(1.5) == 2.5
    name = "compiled, f64 to f64"
    report("a scalar", medians({name: lambda: scalar(1.5)}, CALLS), name)
    fresh_results(fast, 16, CALLS)
    fresh_results(fast, 4 << 20, 3)
    fork_and_join(fast)
    compiling()


if __name__ == "__main__":
    main()

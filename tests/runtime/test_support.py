"""What compiled code calls: parallel loops, copies, printing, conversions."""

from __future__ import annotations

import ctypes
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ml_dtypes import bfloat16

from stepwell.backends.cpu.elements import ELEMENTS
from stepwell.backends.cpu.machine import optimise, to_object
from stepwell.backends.cpu.objects import LoadedObject
from stepwell.backends.cpu.signature import FunctionSignature, MemRefArg, ScalarArg
from stepwell.ir.diagnostics import DeviceError
from stepwell.runtime import threads
from stepwell.runtime.executable import compile_llvm_ir

Parameters = Callable[[str, int], str]

FILL = """
declare void @stepwell_parallel_for(ptr, i64, i64, ptr, i64)
define internal void @body(i64 %begin, i64 %end, ptr %data) {
entry:
  %some = icmp slt i64 %begin, %end
  br i1 %some, label %next, label %done
next:
  %i = phi i64 [ %begin, %entry ], [ %i1, %next ]
  %at = getelementptr i64, ptr %data, i64 %i
  %old = load i64, ptr %at
  %sum = add i64 %old, %i
  %new = add i64 %sum, 1
  store i64 %new, ptr %at
  %i1 = add i64 %i, 1
  %more = icmp slt i64 %i1, %end
  br i1 %more, label %next, label %done
done:
  ret void
}
define void @fill(ptr %b, ptr %x, i64 %o, i64 %n, i64 %s, i64 %begin, i64 %end) {
  call void @stepwell_parallel_for(ptr @body, i64 %begin, i64 %end, ptr %x, i64 64)
  ret void
}
"""
FILL_SIGNATURE = FunctionSignature(
    "fill", (MemRefArg("i64", (None,)), ScalarArg("index"), ScalarArg("index"))
)


@pytest.fixture(params=[1, 2, 5])
def thread_count(request: pytest.FixtureRequest) -> Any:
    before = threads.thread_count()
    threads.set_thread_count(request.param)
    yield request.param
    threads.set_thread_count(before)


@pytest.mark.parametrize("bounds", [(0, 1000), (3, 10), (0, 1), (5, 5), (7, 3), (0, 3)])
def test_parallel_loops_do_each_iteration_once(thread_count: int, bounds: tuple[int, int]) -> None:
    fill = compile_llvm_ir(FILL, [FILL_SIGNATURE])["fill"]
    array = np.zeros(1000, np.int64)
    fill(array, *bounds)
    begin, end = bounds
    expected = np.zeros(1000, np.int64)
    expected[begin : max(begin, end)] = np.arange(begin, max(begin, end)) + 1
    np.testing.assert_array_equal(array, expected)


def test_parallel_loops_use_the_threads() -> None:
    before = threads.thread_count()
    threads.set_thread_count(2)
    try:
        assert threads.thread_count() == 2
    finally:
        threads.set_thread_count(before)


def test_a_number_of_threads_chosen_before_anything_is_compiled_stays() -> None:
    program = """
from stepwell.runtime.threads import set_thread_count, thread_count
set_thread_count(3)
assert thread_count() == 3
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=120)


def test_parallel_loops_in_a_forked_child() -> None:
    fill = compile_llvm_ir(FILL, [FILL_SIGNATURE])["fill"]
    array = np.zeros(10, np.int64)
    fill(array, 0, 10)
    child = os.fork()
    if child == 0:
        fill(array, 0, 10)
        os._exit(0 if list(array) == [2 * (i + 1) for i in range(10)] else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_thread_count_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STEPWELL_NUM_THREADS", "3")
    assert threads.default_thread_count() == 3
    monkeypatch.setenv("STEPWELL_NUM_THREADS", "none")
    with pytest.raises(DeviceError, match="must be a positive number, found 'none'"):
        threads.default_thread_count()
    monkeypatch.delenv("STEPWELL_NUM_THREADS")
    assert threads.default_thread_count() >= 1
    with pytest.raises(DeviceError, match="at least 1"):
        threads.set_thread_count(0)


COPY = """
declare void @memrefCopy(i64, ptr, ptr)
define void @copy(i64 %size, i64 %r1, ptr %d1, i64 %r2, ptr %d2) {
  %a = alloca { i64, ptr }
  %b = alloca { i64, ptr }
  %a1 = getelementptr i8, ptr %a, i64 8
  %b1 = getelementptr i8, ptr %b, i64 8
  store i64 %r1, ptr %a
  store ptr %d1, ptr %a1
  store i64 %r2, ptr %b
  store ptr %d2, ptr %b1
  call void @memrefCopy(i64 %size, ptr %a, ptr %b)
  ret void
}
"""


@pytest.mark.parametrize("element", ["i8", "f16", "f32", "f64", "complex<f64>"])
def test_memref_copy(element: str) -> None:
    arg = MemRefArg(element, None)
    signature = FunctionSignature("copy", (ScalarArg("index"), arg, arg))
    copy = compile_llvm_ir(COPY, [signature])["copy"]
    dtype = ELEMENTS[element].dtype
    whole = np.arange(240).reshape(4, 5, 12).astype(dtype)
    views = [
        whole,
        whole[1],
        whole[2, 3],
        whole[1, 2, 3:4].reshape(()),
        whole[::-1, ::2, 1::3],
        whole.transpose(2, 0, 1),
        whole[:, :, :0],
        whole[:0],
    ]
    for view in views:
        target = np.full(view.shape, 99).astype(dtype)
        copy(dtype.itemsize, view, target)
        np.testing.assert_array_equal(target, view)
        odd = np.full((*view.shape, 2), 99).astype(dtype)
        copy(dtype.itemsize, view, odd[..., 0])
        np.testing.assert_array_equal(odd[..., 0], view)
        assert (odd[..., 1] == np.array(99).astype(dtype)).all()


def test_conversions_round_to_nearest_even() -> None:
    text = """
    declare bfloat @__truncsfbf2(float)
    declare bfloat @__truncdfbf2(double)
    declare half @__truncsfhf2(float)
    declare half @__truncdfhf2(double)
    declare float @__extendhfsf2(half)
    define void @all(ptr %d, ptr %out) {
      %x = load double, ptr %d
      %f = fptrunc double %x to float
      %0 = call bfloat @__truncsfbf2(float %f)
      %1 = call bfloat @__truncdfbf2(double %x)
      %2 = call half @__truncsfhf2(float %f)
      %3 = call half @__truncdfhf2(double %x)
      %4 = call float @__extendhfsf2(half %3)
      store bfloat %0, ptr %out
      %p1 = getelementptr i8, ptr %out, i64 2
      store bfloat %1, ptr %p1
      %p2 = getelementptr i8, ptr %out, i64 4
      store half %2, ptr %p2
      %p3 = getelementptr i8, ptr %out, i64 6
      store half %3, ptr %p3
      %p4 = getelementptr i8, ptr %out, i64 8
      store float %4, ptr %p4
      ret void
    }
    """
    text = re.sub(r"%(\d)", r"%r\1", text)
    loaded = LoadedObject(to_object(optimise(text, 2)), ["all"])
    function = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p)(loaded.address("all"))
    with np.errstate(all="ignore"):
        for value in doubles_near_halves():
            given, out = np.array([value]), np.zeros(6, np.uint16)
            function(given.ctypes.data, out.ctypes.data)
            narrow, half = value.astype(np.float32), value.astype(np.float16)
            assert same(out[0:1].view(bfloat16)[0], narrow.astype(bfloat16)), value
            assert nearest_bfloat16(float(value), float(out[1:2].view(bfloat16)[0])), value
            assert same(out[2:3].view(np.float16)[0], narrow.astype(np.float16)), value
            assert same(out[3:4].view(np.float16)[0], half), value
            assert same(out[4:6].view(np.float32)[0], half.astype(np.float32)), value


def doubles_near_halves() -> Any:
    random = np.random.default_rng(3)
    with np.errstate(all="ignore"):
        halves = random.integers(0, 1 << 16, 3000, dtype=np.uint16).view(np.float16)
        nudged = halves.astype(np.float64) * (1 + random.choice([-1, 0, 1], 3000) * 2.0**-50)
        ties = (halves.astype(np.float64) + np.nextafter(halves, np.float16(np.inf))) / 2
        special = [0.0, -0.0, np.inf, -np.inf, np.nan, 65519.9, 65520, 1e39, 2.0**-25, 3e-8]
        wide = random.integers(0, 1 << 64, 3000, dtype=np.uint64).view(np.float64)
        return np.concatenate([halves, nudged, ties, special, wide]).astype(np.float64)


def same(found: Any, expected: Any) -> bool:
    if np.isnan(expected):
        return bool(np.isnan(found))
    return bool(found == expected and np.signbit(found) == np.signbit(expected))


def nearest_bfloat16(value: float, found: float) -> bool:
    if np.isnan(value) or np.isinf(found):
        return np.isnan(found) == np.isnan(value) and (np.isnan(found) or abs(value) > 3.38e38)
    bits = int(np.array([found], np.float32).view(np.uint32)[0])
    neighbours = [
        float(np.array([(bits >> 16) + d << 16], np.uint32).view(np.float32)[0])
        for d in (-1, 1)
        if 0 <= (bits >> 16) + d < 1 << 16
    ]
    distance = abs(value - found)
    return all(not np.isfinite(s) or distance <= abs(value - s) for s in neighbours)


PRINTS = """
declare void @printI64(i64)
declare void @printU64(i64)
declare void @printF32(float)
declare void @printF64(double)
declare void @printOpen()
declare void @printClose()
declare void @printComma()
declare void @printNewline()
declare void @printString(ptr)
@text = internal constant [4 x i8] c"hi \\00"
define void @say(i64 %i, float %f, double %d) {
  call void @printString(ptr @text)
  call void @printOpen()
  call void @printI64(i64 %i)
  call void @printComma()
  call void @printU64(i64 %i)
  call void @printComma()
  call void @printF32(float %f)
  call void @printComma()
  call void @printF64(double %d)
  call void @printClose()
  call void @printNewline()
  ret void
}
"""


def test_printing(capsys: pytest.CaptureFixture[str]) -> None:
    signature = FunctionSignature("say", (ScalarArg("i64"), ScalarArg("f32"), ScalarArg("f64")))
    say = compile_llvm_ir(PRINTS, [signature])["say"]
    say(-7, 0.1, 1e-300)
    say(3, 16777217.0, float("inf"))
    assert capsys.readouterr().out == (
        "hi ( -7, 18446744073709551609, 0.1, 1e-300 )\nhi ( 3, 3, 1.67772e+07, inf )\n"
    )


MEMREFS = [
    ("F32", "2x3xf32", [[1.0, 2.5, -3.25], [1e10, 0.1, 1e-7]]),
    ("F64", "2x2x3xf64", [[[1.0, 2, 3], [4, 5, 6]], [[7, 8, 9], [10, 11, 0.123456789]]]),
    ("I32", "3xi32", [1, -2, 3]),
    ("I64", "1x2x1x2xi64", [[[[1, 2]], [[3, 4]]]]),
    ("F32", "f32", 4.5),
]


@pytest.mark.skipif(shutil.which("mlir-runner-22") is None, reason="needs mlir-runner-22")
def test_memrefs_print_as_mlir_prints_them(capsys: pytest.CaptureFixture[str]) -> None:
    calls, globals_ = [], []
    for i, (suffix, kind, values) in enumerate(MEMREFS):
        shape, _, element = kind.rpartition("x")
        dense = spelled(values, element)
        globals_.append(f'memref.global "private" @g{i} : memref<{kind}> = dense<{dense}>')
        calls.append(
            f"%a{i} = memref.get_global @g{i} : memref<{kind}>\n"
            f"%u{i} = memref.cast %a{i} : memref<{kind}> to memref<*x{element}>\n"
            f"call @printMemref{suffix}(%u{i}) : (memref<*x{element}>) -> ()"
        )
    suffixes = dict.fromkeys((s, k.rpartition("x")[2]) for s, k, _ in MEMREFS)
    declared = [f"func.func private @printMemref{s}(memref<*x{e}>)" for s, e in suffixes]
    text = "\n".join([*declared, *globals_, "func.func @main() {", *calls, "return", "}"])
    expected = run_in_mlir(text)

    for suffix, kind, values in MEMREFS:
        shape, _, element = kind.rpartition("x")
        dims = [int(d) for d in shape.split("x")] if shape else []
        array = np.array(values, ELEMENT_DTYPES[element]).reshape(dims)
        print_with_ours(suffix, element, array)
    found = capsys.readouterr().out
    assert without_addresses(found) == without_addresses(expected)


def spelled(values: Any, element: str) -> str:
    if isinstance(values, list):
        return f"[{', '.join(spelled(value, element) for value in values)}]"
    return format(values, ".17e" if element.startswith("f") else "d")


ELEMENT_DTYPES = {"f32": np.float32, "f64": np.float64, "i32": np.int32, "i64": np.int64}


def print_with_ours(suffix: str, element: str, array: Any) -> None:
    text = f"""
    declare void @printMemref{suffix}(i64, ptr)
    define void @show(i64 %rank, ptr %descriptor) {{
      call void @printMemref{suffix}(i64 %rank, ptr %descriptor)
      ret void
    }}
    """
    compile_llvm_ir(text, [FunctionSignature("show", (MemRefArg(element, None),))])["show"](array)


def without_addresses(text: str) -> str:
    return re.sub(r"0x[0-9a-f]+", "ADDRESS", text)


def run_in_mlir(text: str) -> str:
    passes = ["--finalize-memref-to-llvm", "--convert-func-to-llvm"]
    passes += ["--reconcile-unrealized-casts"]
    lowered = subprocess.run(
        ["mlir-opt-22", *passes], input=text, capture_output=True, text=True, check=True
    )
    folder = Path("/usr/lib/llvm-22/lib")
    libraries = [str(folder / f"libmlir_{n}_utils.so.22.1") for n in ("runner", "c_runner")]
    done = subprocess.run(
        [
            "mlir-runner-22",
            "-e",
            "main",
            "-entry-point-result=void",
            f"-shared-libs={','.join(libraries)}",
        ],
        input=lowered.stdout,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout

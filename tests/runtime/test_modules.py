"""Compiled modules: lifetime, object code in other processes, threads, leaks."""

from __future__ import annotations

import base64
import gc
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stepwell.backends.cpu.compile import compile_to_object
from stepwell.backends.cpu.layout import wrappers_can_read_arrays
from stepwell.backends.cpu.signature import FunctionSignature, MemRefArg, ScalarArg
from stepwell.ir.diagnostics import BackendError
from stepwell.runtime.calls import PortableFunction
from stepwell.runtime.executable import CompiledModule, compile_llvm_ir

Parameters = Callable[[str, int], str]

SCALE = """
@calls = internal global i64 0
@factor = internal constant double 2.0
define i64 @scale(%s) {
entry:
  %%old = load i64, ptr @calls
  %%new = add i64 %%old, 1
  store i64 %%new, ptr @calls
  %%factor = load volatile double, ptr @factor
  br label %%next
next:
  %%i = phi i64 [ 0, %%entry ], [ %%i1, %%one ]
  %%more = icmp slt i64 %%i, %%x.size0
  br i1 %%more, label %%one, label %%done
one:
  %%at = getelementptr double, ptr %%x, i64 %%i
  %%v = load double, ptr %%at
  %%w = fmul double %%v, %%factor
  store double %%w, ptr %%at
  %%i1 = add i64 %%i, 1
  br label %%next
done:
  ret i64 %%new
}
"""
SIGNATURE = FunctionSignature("scale", (MemRefArg("f64", (None,)),), (ScalarArg("index"),))


@pytest.fixture
def scale_ir(memref: Parameters) -> str:
    return SCALE % memref("x", 1)


def test_functions_keep_the_code_alive(scale_ir: str) -> None:
    for portable in (True, False):
        scale = compile_llvm_ir(scale_ir, [SIGNATURE], portable=portable)["scale"]
        gc.collect()
        array = np.ones(3)
        assert scale(array) == 1
        assert scale(array) == 2
        assert list(array) == [4, 4, 4]


def test_modules_do_not_share_their_globals(scale_ir: str) -> None:
    code = compile_to_object(scale_ir, [SIGNATURE])
    first, second = CompiledModule(code, [SIGNATURE]), CompiledModule(code, [SIGNATURE])
    assert first["scale"](np.ones(1)) == 1
    assert first["scale"](np.ones(1)) == 2
    assert second["scale"](np.ones(1)) == 1


def test_functions_introduce_themselves(scale_ir: str) -> None:
    module = compile_llvm_ir(scale_ir, [SIGNATURE])
    assert list(module.functions) == ["scale"] and "scale" in module
    assert wrappers_can_read_arrays()
    assert module["scale"].__name__ == "scale"
    assert module["scale"].__doc__ == "@scale(memref<?xf64>) -> (index)"
    with pytest.raises(BackendError, match="no function 'nope'; it has: scale"):
        module["nope"]


def test_the_environment_chooses_portable_calls(
    scale_ir: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPWELL_PORTABLE_CALLS", "1")
    assert isinstance(compile_llvm_ir(scale_ir, [SIGNATURE])["scale"], PortableFunction)


def test_object_code_is_the_same_each_time(scale_ir: str) -> None:
    assert compile_to_object(scale_ir, [SIGNATURE]) == compile_to_object(scale_ir, [SIGNATURE])


LOADER = """
import base64, sys
import llvmlite.binding as llvm
def refuse(*args, **kwargs):
    raise SystemExit("compiled again")
import stepwell.backends.cpu.machine as machine
import numpy as np
from stepwell.backends.cpu.signature import FunctionSignature, MemRefArg, ScalarArg
from stepwell.runtime.executable import CompiledModule
machine.optimise = machine.parse = refuse
llvm.parse_assembly = refuse
signature = FunctionSignature("scale", (MemRefArg("f64", (None,)),), (ScalarArg("index"),))
module = CompiledModule(base64.b64decode(sys.stdin.read()), [signature])
array = np.arange(3.0)
assert type(module["scale"]).__name__ == "builtin_function_or_method"
module["scale"](array)
print(list(map(int, array)))
"""


def test_object_code_runs_in_another_process_without_compiling(scale_ir: str) -> None:
    code = base64.b64encode(compile_to_object(scale_ir, [SIGNATURE]))
    root = str(Path(__file__).parents[2])
    done = subprocess.run(
        [sys.executable, "-c", LOADER],
        input=code.decode(),
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": root},
        timeout=120,
    )
    assert done.stdout == "[0, 2, 4]\n", done.stderr


def test_damaged_object_code_is_refused(scale_ir: str) -> None:
    code = compile_to_object(scale_ir, [SIGNATURE])
    for damaged in (b"", b"junk", code[:20], code[:-10], code[:100], code + b"more"):
        with pytest.raises(BackendError):
            CompiledModule(damaged, [SIGNATURE])


def test_threads_call_at_the_same_time(scale_ir: str) -> None:
    scale = compile_llvm_ir(scale_ir, [SIGNATURE])["scale"]
    arrays = [np.ones(1000) for _ in range(4)]

    def work(array: Any) -> None:
        for _ in range(200):
            scale(array)
            array *= 0.5

    threads = [threading.Thread(target=work, args=(array,)) for array in arrays]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((array == 1).all() for array in arrays)


WAIT = """
define void @wait(ptr %b, ptr %flag, i64 %o, i64 %n, i64 %s) {
  br label %look
look:
  %v = load atomic i64, ptr %flag acquire, align 8
  %set = icmp ne i64 %v, 0
  br i1 %set, label %done, label %look
done:
  ret void
}
"""


def test_other_threads_run_during_a_call() -> None:
    signature = FunctionSignature("wait", (MemRefArg("i64", (1,)),))
    for portable in (True, False):
        wait = compile_llvm_ir(WAIT, [signature], portable=portable)["wait"]
        flag = np.zeros(1, np.int64)
        timer = threading.Timer(0.05, lambda flag=flag: flag.fill(1))
        timer.start()
        wait(flag)
        timer.join()


def test_compiling_in_threads(scale_ir: str) -> None:
    failures: list[BaseException] = []

    def work(factor: int) -> None:
        try:
            text = scale_ir.replace("double 2.0", f"double {factor}.0")
            array = np.ones(2)
            compile_llvm_ir(text, [SIGNATURE], 1)["scale"](array)
            assert array[0] == factor
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(1, 7)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def resident_kib() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4


def steady_growth(action: Callable[[], object]) -> int:
    """By how many KiB the process grows each time. What leaks does so every time; what a heap that
    earlier tests left in pieces takes now and then is not counted."""
    sizes = []
    for _ in range(4):
        action()
        gc.collect()
        sizes.append(resident_kib())
    return min(after - before for before, after in zip(sizes, sizes[1:], strict=False))


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads Linux's /proc")
def test_compile_run_drop_does_not_leak(scale_ir: str) -> None:
    def once(n: int) -> None:
        text = scale_ir.replace("double 2.0", f"double {n}.0")
        scale = compile_llvm_ir(text, [SIGNATURE], 1)["scale"]
        array = np.ones(4)
        scale(array)
        assert array[0] == n

    def hundred() -> None:
        for n in range(100):
            once(n)

    assert steady_growth(hundred) < 200


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="reads Linux's /proc")
def test_calls_do_not_leak(scale_ir: str) -> None:
    scale = compile_llvm_ir(scale_ir, [SIGNATURE])["scale"]
    array = np.zeros(4)

    def calls(count: int) -> None:
        for _ in range(count):
            scale(array)
            try:
                scale([1.0])
            except TypeError:
                pass

    assert steady_growth(lambda: calls(5000)) < 100

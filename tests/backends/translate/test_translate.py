# ruff: noqa: E501
"""LLVM IR text from the llvm dialect: compiled code against the interpreter, and what is refused."""

import ctypes
import shutil
import subprocess
from pathlib import Path
from typing import Any

import llvmlite.binding as binding
import numpy as np
import pytest

from stepwell.backends.cpu.translate import translate_to_llvm_ir
from stepwell.ir.diagnostics import BackendError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.text.parse import parse_module

binding.initialize_native_target()
binding.initialize_native_asmprinter()
TRANSLATE = shutil.which("mlir-translate-22")
CTYPES: dict[str, Any] = {
    "i32": ctypes.c_int32,
    "i64": ctypes.c_int64,
    "f32": ctypes.c_float,
    "f64": ctypes.c_double,
}


class Compiled:
    """Functions of a piece of LLVM IR text, compiled."""

    def __init__(self, text: str) -> None:
        module = binding.parse_assembly(text)
        module.verify()
        machine = binding.Target.from_default_triple().create_target_machine(opt=2)
        self.engine = binding.create_mcjit_compiler(module, machine)
        self.engine.finalize_object()

    def call(self, name: str, result: str, arguments: list[Any], types: list[str]) -> Any:
        address = self.engine.get_function_address(name)
        function = ctypes.CFUNCTYPE(CTYPES[result], *(CTYPES[t] for t in types))(address)
        return function(*arguments)


PROGRAMS: dict[str, tuple[str, list[str], str, list[tuple[Any, ...]]]] = {
    "arithmetic": (
        """llvm.func @f(%a: i32, %b: i32) -> i32 {
          %0 = llvm.add %a, %b : i32
          %1 = llvm.mul %0, %b : i32
          %2 = llvm.sub %1, %a : i32
          %c = llvm.mlir.constant(7 : i32) : i32
          %3 = llvm.sdiv %2, %c : i32
          %4 = llvm.srem %2, %c : i32
          %5 = llvm.xor %3, %4 : i32
          %6 = llvm.udiv %5, %c : i32
          %s = llvm.mlir.constant(3 : i32) : i32
          %7 = llvm.ashr %6, %s : i32
          %8 = llvm.lshr %2, %s : i32
          %9 = llvm.or %7, %8 : i32
          %10 = llvm.shl %9, %s : i32
          %k = llvm.icmp "ult" %10, %a : i32
          %r = llvm.select %k, %10, %9 : i1, i32
          llvm.return %r : i32 }""",
        ["i32", "i32"], "i32", [(5, 9), (-7, 3), (2**31 - 1, 2), (-(2**31), -1), (0, 0)],
    ),
    "loop": (
        """llvm.func @f(%n: i64) -> i64 {
          %0 = llvm.mlir.constant(0 : i64) : i64
          %1 = llvm.mlir.constant(1 : i64) : i64
          llvm.br ^head(%0, %0 : i64, i64)
        ^head(%i: i64, %sum: i64):
          %c = llvm.icmp "slt" %i, %n : i64
          llvm.cond_br %c, ^body, ^end(%sum : i64)
        ^body:
          %s = llvm.add %sum, %i : i64
          %next = llvm.add %i, %1 : i64
          llvm.br ^head(%next, %s : i64, i64)
        ^end(%r: i64):
          llvm.return %r : i64 }""",
        ["i64"], "i64", [(0,), (10,), (1000,)],
    ),
    "both edges into one block": (
        """llvm.func @f(%a: i32, %b: i32) -> i32 {
          %c = llvm.icmp "sgt" %a, %b : i32
          llvm.cond_br %c, ^end(%a : i32), ^end(%b : i32)
        ^end(%r: i32):
          llvm.return %r : i32 }""",
        ["i32", "i32"], "i32", [(1, 2), (2, 1)],
    ),
    "switch": (
        """llvm.func @f(%a: i32, %b: i32) -> i32 {
          %k = llvm.mlir.constant(77 : i32) : i32
          llvm.switch %a : i32, ^d(%k : i32) [ 1: ^d(%b : i32), -5: ^e, 9: ^d(%a : i32) ]
        ^d(%r: i32):
          llvm.return %r : i32
        ^e:
          %s = llvm.add %b, %k : i32
          llvm.return %s : i32 }""",
        ["i32", "i32"], "i32", [(1, 3), (-5, 3), (9, 3), (4, 3)],
    ),
    "memory": (
        """llvm.func @f(%a: i32, %b: i64) -> i64 {
          %n = llvm.mlir.constant(4 : i64) : i64
          %0 = llvm.mlir.constant(0 : i32) : i32
          %p = llvm.alloca %n x !llvm.struct<(i8, array<2 x i32>, i64)> : (i64) -> !llvm.ptr
          %q = llvm.getelementptr inbounds %p[2, 1, %a] : (!llvm.ptr, i32) -> !llvm.ptr, !llvm.struct<(i8, array<2 x i32>, i64)>
          llvm.store %a, %q : i32, !llvm.ptr
          %t = llvm.getelementptr %p[2, 2] : (!llvm.ptr) -> !llvm.ptr, !llvm.struct<(i8, array<2 x i32>, i64)>
          llvm.store %b, %t {alignment = 8 : i64} : i64, !llvm.ptr
          %u = llvm.getelementptr %p[60] : (!llvm.ptr) -> !llvm.ptr, i8
          %v = llvm.load %q : !llvm.ptr -> i32
          %w = llvm.load %t : !llvm.ptr -> i64
          %d0 = llvm.ptrtoint %t : !llvm.ptr to i64
          %d1 = llvm.ptrtoint %p : !llvm.ptr to i64
          %d = llvm.sub %d0, %d1 : i64
          %old = llvm.atomicrmw add %t, %d acq_rel : !llvm.ptr, i64
          %cx = llvm.cmpxchg %q, %a, %0 acq_rel monotonic : !llvm.ptr, i32
          %was = llvm.extractvalue %cx[0] : !llvm.struct<(i32, i1)>
          %x = llvm.load %t : !llvm.ptr -> i64
          %y = llvm.load %q : !llvm.ptr -> i32
          %z0 = llvm.add %v, %y : i32
          %z1 = llvm.add %z0, %was : i32
          %z = llvm.sext %z1 : i32 to i64
          %r0 = llvm.add %z, %x : i64
          %r1 = llvm.mul %r0, %w : i64
          %r = llvm.add %r1, %old : i64
          llvm.return %r : i64 }""",
        ["i32", "i64"], "i64", [(0, 5), (1, -9)],
    ),
    "vectors and structs": (
        """llvm.mlir.global internal constant @table(dense<[1.5, -2.0, 3.25, 4.0]> : tensor<4xf32>) : !llvm.array<4 x f32>
        llvm.func @f(%a: f32, %i: i32) -> f32 {
          %g = llvm.mlir.addressof @table : !llvm.ptr
          %v = llvm.load %g {alignment = 4 : i64} : !llvm.ptr -> vector<4xf32>
          %u = llvm.mlir.undef : vector<4xf32>
          %c = llvm.mlir.constant(0 : i32) : i32
          %b0 = llvm.insertelement %a, %u[%c : i32] : vector<4xf32>
          %b = llvm.shufflevector %b0, %b0 [0, 0, 0, 0] : vector<4xf32>
          %m = llvm.fmul %v, %b : vector<4xf32>
          %f = llvm.intr.fma(%m, %v, %b) : (vector<4xf32>, vector<4xf32>, vector<4xf32>) -> vector<4xf32>
          %s = "llvm.intr.vector.reduce.fadd"(%a, %f) <{fastmathFlags = #llvm.fastmath<none>}> : (f32, vector<4xf32>) -> f32
          %k = llvm.fcmp "olt" %v, %b : vector<4xf32>
          %w = llvm.select %k, %v, %b : vector<4xi1>, vector<4xf32>
          %e = llvm.extractelement %w[%i : i32] : vector<4xf32>
          %t0 = llvm.mlir.poison : !llvm.struct<(f32, struct<(i32, f32)>)>
          %t1 = llvm.insertvalue %s, %t0[1, 1] : !llvm.struct<(f32, struct<(i32, f32)>)>
          %t2 = llvm.insertvalue %e, %t1[0] : !llvm.struct<(f32, struct<(i32, f32)>)>
          %x = llvm.extractvalue %t2[1, 1] : !llvm.struct<(f32, struct<(i32, f32)>)>
          %y = llvm.extractvalue %t2[0] : !llvm.struct<(f32, struct<(i32, f32)>)>
          %r = llvm.fadd %x, %y : f32
          llvm.return %r : f32 }""",
        ["f32", "i32"], "f32", [(1.0, 0), (-2.5, 3), (0.1, 2)],
    ),
    "casts": (
        """llvm.func @f(%a: f64, %b: i64) -> f64 {
          %0 = llvm.fptrunc %a : f64 to f32
          %1 = llvm.fptosi %0 : f32 to i32
          %2 = llvm.sitofp %1 : i32 to f64
          %3 = llvm.trunc %b : i64 to i16
          %4 = llvm.zext %3 : i16 to i32
          %5 = llvm.uitofp %4 : i32 to f64
          %6 = llvm.bitcast %0 : f32 to i32
          %7 = llvm.sitofp %6 : i32 to f64
          %8 = llvm.uitofp %b : i64 to f32
          %9 = llvm.fpext %8 : f32 to f64
          %10 = llvm.fadd %2, %5 : f64
          %11 = llvm.fsub %7, %9 : f64
          %12 = llvm.fadd %10, %11 : f64
          llvm.return %12 : f64 }""",
        ["f64", "i64"], "f64", [(1.75, 3), (-1000.1, -2), (0.0, 2**53 + 1), (3.0, 2**62 + 2**38 + 1)],
    ),
    "integer intrinsics": (
        """llvm.func @f(%a: i32, %b: i32) -> i32 {
          %0 = llvm.intr.smax(%a, %b) : (i32, i32) -> i32
          %1 = llvm.intr.umin(%a, %b) : (i32, i32) -> i32
          %2 = llvm.intr.ctpop(%0) : (i32) -> i32
          %3 = "llvm.intr.ctlz"(%1) <{is_zero_poison = false}> : (i32) -> i32
          %4 = "llvm.intr.cttz"(%b) <{is_zero_poison = false}> : (i32) -> i32
          %5 = llvm.intr.bswap(%a) : (i32) -> i32
          %6 = llvm.intr.bitreverse(%b) : (i32) -> i32
          %7 = llvm.intr.fshl(%a, %b, %4) : (i32, i32, i32) -> i32
          %8 = llvm.intr.sadd.sat(%a, %b) : (i32, i32) -> i32
          %9 = llvm.intr.usub.sat(%a, %b) : (i32, i32) -> i32
          %10 = "llvm.intr.smul.with.overflow"(%a, %b) : (i32, i32) -> !llvm.struct<(i32, i1)>
          %11 = llvm.extractvalue %10[0] : !llvm.struct<(i32, i1)>
          %12 = llvm.extractvalue %10[1] : !llvm.struct<(i32, i1)>
          %13 = llvm.zext %12 : i1 to i32
          %14 = "llvm.intr.abs"(%a) <{is_int_min_poison = false}> : (i32) -> i32
          %s0 = llvm.add %2, %3 : i32
          %s1 = llvm.xor %s0, %5 : i32
          %s2 = llvm.add %s1, %6 : i32
          %s3 = llvm.xor %s2, %7 : i32
          %s4 = llvm.add %s3, %8 : i32
          %s5 = llvm.xor %s4, %9 : i32
          %s6 = llvm.add %s5, %11 : i32
          %s7 = llvm.add %s6, %13 : i32
          %s8 = llvm.sub %s7, %14 : i32
          llvm.return %s8 : i32 }""",
        ["i32", "i32"], "i32", [(1, 2), (-1, 5), (2**31 - 1, 2**30), (0, -(2**31)), (-77, 12345)],
    ),
    "masked memory": (
        """llvm.func @f(%a: f32) -> f32 {
          %n = llvm.mlir.constant(1 : i64) : i64
          %p = llvm.alloca %n x !llvm.array<4 x f32> : (i64) -> !llvm.ptr
          %z = llvm.mlir.constant(0 : i8) : i8
          %s = llvm.mlir.constant(16 : i64) : i64
          "llvm.intr.memset"(%p, %z, %s) <{isVolatile = false}> : (!llvm.ptr, i8, i64) -> ()
          %v = llvm.mlir.constant(dense<[1.0, 2.0, 3.0, 4.0]> : vector<4xf32>) : vector<4xf32>
          %m = llvm.mlir.constant(dense<[true, false, true, true]> : vector<4xi1>) : vector<4xi1>
          llvm.intr.masked.store %v, %p, %m {alignment = 4 : i32} : vector<4xf32>, vector<4xi1> into !llvm.ptr
          %w = llvm.intr.masked.load %p, %m, %v {alignment = 4 : i32} : (!llvm.ptr, vector<4xi1>, vector<4xf32>) -> vector<4xf32>
          %x = "llvm.intr.masked.expandload"(%p, %m, %v) : (!llvm.ptr, vector<4xi1>, vector<4xf32>) -> vector<4xf32>
          %y = llvm.fadd %w, %x : vector<4xf32>
          %r = "llvm.intr.vector.reduce.fmul"(%a, %y) <{fastmathFlags = #llvm.fastmath<none>}> : (f32, vector<4xf32>) -> f32
          llvm.return %r : f32 }""",
        ["f32"], "f32", [(1.0,), (0.5,)],
    ),
    "calls and globals": (
        """llvm.mlir.global internal @counter(5 : i64) : i64
        llvm.mlir.global internal @pair() : !llvm.struct<(i64, array<2 x i64>)> {
          %0 = llvm.mlir.undef : !llvm.struct<(i64, array<2 x i64>)>
          %1 = llvm.mlir.constant(11 : i64) : i64
          %2 = llvm.insertvalue %1, %0[0] : !llvm.struct<(i64, array<2 x i64>)>
          %3 = llvm.insertvalue %1, %2[1, 1] : !llvm.struct<(i64, array<2 x i64>)>
          llvm.return %3 : !llvm.struct<(i64, array<2 x i64>)>
        }
        llvm.func internal fastcc @bump(%by: i64) -> i64 attributes {no_inline} {
          %g = llvm.mlir.addressof @counter : !llvm.ptr
          %v = llvm.load %g : !llvm.ptr -> i64
          %w = llvm.add %v, %by : i64
          llvm.store %w, %g : i64, !llvm.ptr
          llvm.return %w : i64
        }
        llvm.func @f(%a: i64) -> i64 {
          %0 = llvm.call fastcc @bump(%a) : (i64) -> i64
          %1 = llvm.call fastcc @bump(%a) : (i64) -> i64
          %p = llvm.mlir.addressof @pair : !llvm.ptr
          %q = llvm.getelementptr %p[0, 1, 1] : (!llvm.ptr) -> !llvm.ptr, !llvm.struct<(i64, array<2 x i64>)>
          %x = llvm.load %q : !llvm.ptr -> i64
          %h = llvm.mlir.addressof @bump2 : !llvm.ptr
          %2 = llvm.call %h(%x) : !llvm.ptr, (i64) -> i64
          %r0 = llvm.mul %0, %1 : i64
          %r = llvm.add %r0, %2 : i64
          llvm.return %r : i64
        }
        llvm.func @bump2(%x: i64) -> i64 {
          %y = llvm.mul %x, %x : i64
          llvm.return %y : i64 }""",
        ["i64"], "i64", [(3,)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PROGRAMS)
def test_compiled_code_agrees_with_the_interpreter(name: str) -> None:
    text, types, result, inputs = PROGRAMS[name]
    for arguments in inputs:
        module = parse_module(text)
        given = [np.float32(a) if t == "f32" else a for a, t in zip(arguments, types, strict=True)]
        expected = Interpreter(module).call("f", *given)
        found = Compiled(translate_to_llvm_ir(module)).call("f", result, list(arguments), types)
        if result in ("i32", "i64"):
            assert found == expected
        else:
            np.testing.assert_allclose(found, float(expected), rtol=1e-6)


@pytest.mark.skipif(TRANSLATE is None, reason="needs mlir-translate-22")
@pytest.mark.parametrize("name", PROGRAMS)
def test_compiled_code_agrees_with_upstreams(name: str) -> None:
    text, types, result, inputs = PROGRAMS[name]
    ran = subprocess.run(
        [str(TRANSLATE), "--mlir-to-llvmir"], input=text, capture_output=True, text=True
    )
    assert ran.returncode == 0, ran.stderr
    for arguments in inputs:
        theirs = Compiled(ran.stdout).call("f", result, list(arguments), types)
        ours = Compiled(translate_to_llvm_ir(parse_module(text))).call(
            "f", result, list(arguments), types
        )
        assert ours == theirs


def test_every_intrinsic_of_the_corpus_is_accepted() -> None:
    corpus = Path(__file__).parents[2] / "dialects" / "llvm" / "intrinsics.mlir"
    without = ("vscale", "matrix.", '"align"', "lifetime")
    lines = [
        line for line in corpus.read_text().splitlines() if not any(w in line for w in without)
    ]
    module = binding.parse_assembly(translate_to_llvm_ir(parse_module("\n".join(lines))))
    module.verify()


CONSTANTS = [
    ("f32", "0x7FC00000", 0x7FC00000), ("f32", "0x7F800001", 0x7F800001),
    ("f32", "-0.0", 0x80000000), ("f32", "1.0e-45", 1), ("f32", "0xFF800000", 0xFF800000),
]  # fmt: skip


@pytest.mark.parametrize(("type", "literal", "bits"), CONSTANTS)
def test_float_constants_keep_their_bits(type: str, literal: str, bits: int) -> None:
    text = f"""llvm.mlir.global external @a({literal} : {type}) : {type}
    llvm.mlir.global external @b(dense<[{literal}, 1.0]> : vector<2x{type}>) : !llvm.array<2 x {type}>"""
    compiled = Compiled(translate_to_llvm_ir(parse_module(text)))
    for name in ("a", "b"):
        address = compiled.engine.get_global_value_address(name)
        assert ctypes.c_uint32.from_address(address).value == bits


def long_block(count: int) -> str:
    lines = ["%v0 = llvm.add %a, %a : i64"]
    lines += [f"%v{n} = llvm.add %v{n - 1}, %a : i64" for n in range(1, count)]
    return (
        "llvm.func @f(%a: i64) -> i64 {\n" + "\n".join(lines)
        + f"\nllvm.br ^end(%v{count - 1} : i64)\n^end(%r: i64):\nllvm.return %r : i64 }}"
    )  # fmt: skip


def test_long_blocks_are_cut() -> None:
    text = translate_to_llvm_ir(parse_module(long_block(2000)))
    sizes, size = [], 0
    for line in text.splitlines():
        size = 0 if line.endswith(":") else size + 1
        sizes.append(size)
    assert max(sizes) <= 514
    assert Compiled(text).call("f", "i64", [3], ["i64"]) == 3 * 2001


def test_static_allocas_stay_in_the_entry_block() -> None:
    allocas = "%c = llvm.mlir.constant(1 : i64) : i64\n"
    text = long_block(1500).replace(
        "%v1400 =", f"{allocas}%p = llvm.alloca %c x i64 : (i64) -> !llvm.ptr\n%v1400 ="
    )  # noqa: E501
    lines = translate_to_llvm_ir(parse_module(text)).splitlines()
    assert "alloca" in lines[2]


REFUSED = [
    ("func.func @f() { return }", "lower it first"),
    ("llvm.func @f() { %0 = arith.constant 1 : i32\nllvm.return }", "'arith.constant' op cannot be"),
    ("llvm.func @f(%a: i1000) { llvm.return }", "integers have 1 to 512 bits"),
    ("llvm.func @f(%a: vector<2xf80>) { llvm.return }", "vectors of such floats"),
    ("llvm.func @f(%a: vector<[4]xf32>) { llvm.return }", "scalable vectors"),
    ("llvm.func @f(%a: f128) { llvm.return }", "no such float"),
    ('llvm.func @f() { %0 = "llvm.intr.vscale"() : () -> i64\nllvm.return }', "no translation"),
    ("llvm.func ptx_kernelcc @f() { llvm.return }", "not for CPUs"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_llvm_cannot_compile_is_refused_with_its_place(text: str, message: str) -> None:
    with pytest.raises(BackendError, match=message) as caught:
        translate_to_llvm_ir(parse_module(text))
    assert caught.value.diagnostics[0].place is not None

"""LLVM IR text to optimised modules, assembly and object code; what is refused and how."""

from __future__ import annotations

import ctypes

import pytest

import stepwell.backends.cpu.support  # noqa: F401
from stepwell.backends.cpu.machine import AllowList, host, optimise, parse, to_assembly, to_object
from stepwell.backends.cpu.objects import (
    LoadedObject,
    join_objects,
    split_objects,
    undefined_symbols,
)
from stepwell.ir.diagnostics import BackendError

SQUARES = """
define void @squares(ptr noalias %x, i64 %n) {
entry:
  br label %next
next:
  %i = phi i64 [ 0, %entry ], [ %i1, %next ]
  %at = getelementptr float, ptr %x, i64 %i
  %v = load float, ptr %at
  %w = fmul float %v, %v
  store float %w, ptr %at
  %i1 = add i64 %i, 1
  %more = icmp slt i64 %i1, %n
  br i1 %more, label %next, label %done
done:
  ret void
}
"""
CALLER = """
declare double @cos(double)
declare double @llvm.sqrt.f64(double)
@kept = global i64 7
define double @caller(double %x) {
  %c = call double @cos(double %x)
  %s = call double @llvm.sqrt.f64(double %c)
  ret double %s
}
"""


def test_the_host_has_a_name() -> None:
    assert host().cpu and host().triple and "+" in host().features


def test_loops_are_vectorised_from_level_two_on() -> None:
    texts = {level: str(optimise(SQUARES, level)) for level in range(4)}
    assert all("x float>" not in texts[level] for level in (0, 1))
    assert all("x float>" in texts[level] for level in (2, 3))


def test_optimising_does_not_depend_on_what_came_before() -> None:
    first = {text: str(optimise(text, 3)) for text in (SQUARES, CALLER)}
    for _ in range(10):
        assert {text: str(optimise(text, 3)) for text in (CALLER, SQUARES)} == first


def test_straight_code_is_vectorised() -> None:
    lines = []
    for i in range(8):
        lines += [
            f"%p{i} = getelementptr float, ptr %x, i64 {i}",
            f"%v{i} = load float, ptr %p{i}",
            f"%w{i} = fadd float %v{i}, 1.0",
            f"store float %w{i}, ptr %p{i}",
        ]
    body = "\n  ".join(lines)
    text = f"define void @eight(ptr %x) {{\n  {body}\n  ret void\n}}\n"
    assert "<8 x float>" in str(optimise(text, 3)) or "<4 x float>" in str(optimise(text, 3))


def test_object_code_runs() -> None:
    code = to_object(optimise(CALLER, 2), 2)
    loaded = LoadedObject(code, ["caller", "kept"])
    function = ctypes.CFUNCTYPE(ctypes.c_double, ctypes.c_double)(loaded.address("caller"))
    assert function(0.0) == 1.0
    assert ctypes.c_int64.from_address(loaded.address("kept")).value == 7


def test_assembly_is_text_for_the_host() -> None:
    assembly = to_assembly(optimise(SQUARES, 3))
    assert "squares:" in assembly and "ret" in assembly


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("define i32 @f() {\n  ret i64 0\n}\n", "<string>:2:"),
        ("nonsense", "LLVM refuses the module"),
        (
            "define void @f(ptr %x) {\n  call void @g()\n  ret void\n}",
            "use of undefined value '@g'",
        ),
        (
            "define void @f() {\n  %x = add i32 %y, 1\n  %y = add i32 0, 1\n  ret void\n}",
            "dominate",
        ),
    ],
)
def test_what_llvm_refuses_is_a_backend_error(text: str, message: str) -> None:
    with pytest.raises(BackendError, match=message):
        parse(text)


def test_levels() -> None:
    with pytest.raises(BackendError, match="must be 0, 1, 2 or 3, found 7"):
        optimise(SQUARES, 7)


ASM = 'define void @f() {\n  call void asm sideeffect "nop # x", "~{memory}"()\n  ret void\n}\n'


def test_inline_assembly_is_refused_unless_allowed() -> None:
    with pytest.raises(BackendError, match="inline assembly is not allowed here: 'nop # x'"):
        parse(ASM)
    parse(ASM, AllowList(inline_asm=frozenset({"nop # x"})))
    with pytest.raises(BackendError, match="inline assembly"):
        parse('module asm "bad bad"\n')
    parse('; asm "in a comment"\n@s = constant [5 x i8] c"asm \\22"\n')


@pytest.mark.parametrize(
    "name",
    [
        "double @llvm.sqrt.f64(double)",
        "<8 x float> @llvm.fma.v8f32(<8 x float>, <8 x float>, <8 x float>)",
        "void @llvm.memcpy.p0.p0.i64(ptr, ptr, i64, i1)",
        "{ i32, i1 } @llvm.uadd.with.overflow.i32(i32, i32)",
        "i32 @llvm.fptosi.sat.i32.f32(float)",
        "float @llvm.vector.reduce.fadd.v4f32(float, <4 x float>)",
        "<4 x float> @llvm.masked.load.v4f32.p0(ptr, <4 x i1>, <4 x float>)",
        "bfloat @llvm.fabs.bf16(bfloat)",
    ],
)
def test_known_intrinsics_are_allowed(name: str) -> None:
    parse(f"declare {name}\n")


def test_unknown_intrinsics_are_refused() -> None:
    text = "declare i32 @llvm.nvvm.read.ptx.sreg.tid.x()\n"
    with pytest.raises(BackendError, match="does not know the intrinsic @llvm.nvvm.read.ptx.sreg"):
        parse(text)
    parse(text, AllowList(intrinsics=frozenset({"nvvm.read.ptx.sreg.tid.x"})))


def test_foreign_allocations_are_refused() -> None:
    with pytest.raises(BackendError, match="the module uses @realloc; use malloc and free"):
        parse("declare ptr @realloc(ptr, i64)\n")


def test_undefined_symbols_are_found_before_llvm_does() -> None:
    text = "declare void @nowhere()\ndefine void @f() {\n  call void @nowhere()\n  ret void\n}\n"
    code = to_object(optimise(text, 1), 1)
    assert undefined_symbols([code]) == ["nowhere"]
    with pytest.raises(BackendError, match="undefined symbols: nowhere"):
        LoadedObject(code, ["f"])


def test_joined_objects_see_each_other() -> None:
    first = to_object(optimise("define i32 @one() {\n  ret i32 41\n}\n", 1), 1)
    text = """
    declare i32 @one()
    define i32 @two() {
      %x = call i32 @one()
      %y = add i32 %x, 1
      ret i32 %y
    }
    """
    second = to_object(optimise(text, 1), 1)
    both = join_objects([first, second])
    assert split_objects(both) == [first, second] and split_objects(first) == [first]
    assert undefined_symbols([first, second]) == []
    loaded = LoadedObject(both, ["two"])
    assert ctypes.CFUNCTYPE(ctypes.c_int32)(loaded.address("two"))() == 42
    with pytest.raises(KeyError):
        loaded.address("one")


def test_missing_exports_are_backend_errors() -> None:
    code = to_object(optimise(SQUARES, 1), 1)
    with pytest.raises(BackendError, match="nope"):
        LoadedObject(code, ["nope"])


def test_allocations_go_to_the_runtime() -> None:
    text = """
    declare ptr @malloc(i64)
    declare ptr @calloc(i64, i64)
    declare void @free(ptr)
    define i64 @aligned(i64 %n) {
      %p = call ptr @malloc(i64 %n)
      %q = call ptr @calloc(i64 %n, i64 8)
      %a = ptrtoint ptr %p to i64
      %b = ptrtoint ptr %q to i64
      %ab = or i64 %a, %b
      %v = load volatile i64, ptr %q
      %low = and i64 %ab, 63
      %sum = add i64 %low, %v
      call void @free(ptr %p)
      call void @free(ptr %q)
      call void @free(ptr null)
      ret i64 %sum
    }
    """
    loaded = LoadedObject(to_object(optimise(text, 0), 0), ["aligned"])
    aligned = ctypes.CFUNCTYPE(ctypes.c_int64, ctypes.c_int64)(loaded.address("aligned"))
    assert [aligned(n) for n in (1, 8, 100, 5000, 1 << 20)] == [0] * 5

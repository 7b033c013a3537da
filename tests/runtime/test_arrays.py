"""Array arguments and results of compiled functions."""

from __future__ import annotations

import gc
import sys
import weakref
from collections.abc import Callable
from typing import Any

import ml_dtypes
import numpy as np
import pytest

from stepwell.backends.cpu.elements import ELEMENTS
from stepwell.backends.cpu.signature import FunctionSignature, MemRefArg, ScalarArg, Sizes
from stepwell.backends.cpu.support import allocator
from stepwell.runtime.arguments import ArgumentTypeError, ArgumentValueError
from stepwell.runtime.executable import CompiledModule

Compile = Callable[..., CompiledModule]
Parameters = Callable[[str, int], str]


def descriptor(rank: int) -> str:
    return (
        "{ ptr, ptr, i64, " + f"[{rank} x i64], [{rank} x i64]" + " }"
        if rank
        else ("{ ptr, ptr, i64 }")
    )


def packed(fields: list[str], rank: int, prefix: str = "d") -> tuple[str, str]:
    """Instructions that build a descriptor of `fields`, and the name of the last value."""
    places = ["0", "1", "2", *(f"3, {i}" for i in range(rank)), *(f"4, {i}" for i in range(rank))]
    types = ["ptr", "ptr", *["i64"] * (1 + 2 * rank)]
    value, lines = "undef", []
    for i, (place, kind, field) in enumerate(zip(places, types, fields, strict=True)):
        lines.append(
            f"%{prefix}{i} = insertvalue {descriptor(rank)} {value}, {kind} {field}, {place}"
        )
        value = f"%{prefix}{i}"
    return "\n  ".join(lines), value


def echo(memref: Parameters, arg: MemRefArg, *, fields: str = "x") -> str:
    """A function that returns its argument."""
    rank = arg.rank
    names = [f"%{fields}.base", f"%{fields}", f"%{fields}.offset"]
    names += [f"%{fields}.size{i}" for i in range(rank)]
    names += [f"%{fields}.stride{i}" for i in range(rank)]
    lines, value = packed(names, rank)
    kind = descriptor(rank)
    return f"define {kind} @echo({memref('x', rank)}) {{\n  {lines}\n  ret {kind} {value}\n}}\n"


def compile_echo(compile_ir: Compile, memref: Parameters, arg: MemRefArg) -> Callable[..., Any]:
    strides = arg.strides or (None,) * arg.rank
    result = MemRefArg(arg.element, (None,) * arg.rank, strides, None)
    signature = FunctionSignature("echo", (arg,), (result,))
    return compile_ir(echo(memref, arg), signature)["echo"]


@pytest.mark.parametrize("element", sorted(ELEMENTS))
def test_every_element_type_passes_through(
    compile_ir: Compile, memref: Parameters, element: str
) -> None:
    array = np.arange(6).astype(ELEMENTS[element].dtype).reshape(2, 3)
    result = compile_echo(compile_ir, memref, MemRefArg(element, (None, 3)))(array)
    assert result.dtype == array.dtype
    assert result.tobytes() == array.tobytes()
    assert result.ctypes.data == array.ctypes.data


@pytest.mark.parametrize("shape", [(), (3,), (2, 3), (2, 1, 4), (2, 3, 4, 5), (0,), (3, 0, 2)])
@pytest.mark.parametrize("static", [True, False])
def test_ranks_and_empty_arrays(
    compile_ir: Compile, memref: Parameters, shape: tuple[int, ...], static: bool
) -> None:
    array = np.arange(np.prod(shape), dtype=np.float32).reshape(shape)
    wanted: Sizes = shape if static else (None,) * len(shape)
    result = compile_echo(compile_ir, memref, MemRefArg("f32", wanted))(array)
    assert result.shape == shape
    np.testing.assert_array_equal(result, array)


STRIDED = {
    "every other": (np.arange(12, dtype=np.int32)[::2], (None,)),
    "reversed": (np.arange(12, dtype=np.int32)[::-1], (None,)),
    "transposed": (np.arange(12, dtype=np.int32).reshape(3, 4).T, (None, None)),
    "static": (np.arange(12, dtype=np.int32).reshape(3, 4)[:, :2], (4, 1)),
    "static, one row": (np.arange(2, dtype=np.int32).reshape(1, 2), (77, 1)),
    "broadcast": (np.broadcast_to(np.arange(3, dtype=np.int32), (2, 3)), (0, 1)),
}


@pytest.mark.parametrize("name", STRIDED)
@pytest.mark.parametrize("offset", [0, 5, None])
def test_strided_layouts(
    compile_ir: Compile, memref: Parameters, name: str, offset: int | None
) -> None:
    array, strides = STRIDED[name]
    arg = MemRefArg("i32", (None,) * array.ndim, strides, offset, writable=False)
    result = compile_echo(compile_ir, memref, arg)(array)
    np.testing.assert_array_equal(result, array)
    assert result.flags.writeable == array.flags.writeable


def test_static_offset_and_row_major_strides_reach_the_function(
    compile_ir: Compile, memref: Parameters
) -> None:
    text = f"""
    define {{ i64, i64, i64, i64 }} @seen({memref("x", 3)}) {{
      %r0 = insertvalue {{ i64, i64, i64, i64 }} undef, i64 %x.offset, 0
      %r1 = insertvalue {{ i64, i64, i64, i64 }} %r0, i64 %x.stride0, 1
      %r2 = insertvalue {{ i64, i64, i64, i64 }} %r1, i64 %x.stride1, 2
      %r3 = insertvalue {{ i64, i64, i64, i64 }} %r2, i64 %x.stride2, 3
      ret {{ i64, i64, i64, i64 }} %r3
    }}
    """
    four = (ScalarArg("index"),) * 4
    plain = FunctionSignature("seen", (MemRefArg("f64", (None, 1, 3)),), four)
    # NumPy may give any strides to a dimension of size 1; the identity layout knows its own.
    odd = np.lib.stride_tricks.as_strided(np.zeros(6), (2, 1, 3), (24, 8, 8))
    assert compile_ir(text, plain)["seen"](odd) == (0, 3, 3, 1)
    strided = MemRefArg("f64", (None, 1, 3), (None, 9, 1), 4)
    assert compile_ir(text, FunctionSignature("seen", (strided,), four))["seen"](odd) == (
        4,
        3,
        9,
        1,
    )


SUM_AND_WRITE = """
define float @touch(PARAMETERS) {
  %row = mul i64 1, %x.stride0
  %place0 = add i64 %x.offset, %row
  %place = add i64 %place0, %x.stride1
  %at = getelementptr float, ptr %x, i64 %place
  %old = load float, ptr %at
  store float 9.0, ptr %at
  ret float %old
}
"""


def test_functions_read_and_write_in_place(compile_ir: Compile, memref: Parameters) -> None:
    text = SUM_AND_WRITE.replace("PARAMETERS", memref("x", 2))
    arg = MemRefArg("f32", (None, None), (None, None), None)
    touch = compile_ir(text, FunctionSignature("touch", (arg,), (ScalarArg("f32"),)))["touch"]
    array = np.arange(24, dtype=np.float32).reshape(4, 6)
    assert touch(array) == 7
    assert array[1, 1] == 9
    assert touch(array.T) == 9
    assert touch(array[::-1, ::2]) == 14
    assert array[2, 2] == 9


def frozen(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    array.flags.writeable = False
    return array


F32 = MemRefArg("f32", (None, 4))
BAD = {
    "list": (F32, [[1.0]], TypeError, "expected an array for memref<?x4xf32>, found list"),
    "scalar": (
        F32,
        np.float32(1),
        TypeError,
        "expected an array for memref<?x4xf32>, found float32 1.0",
    ),
    "dtype": (
        F32,
        np.zeros((2, 4)),
        TypeError,
        "expected dtype float32 for memref<?x4xf32>, found float64",
    ),
    "sign": (
        MemRefArg("ui8", (None,)),
        np.zeros(2, np.int8),
        TypeError,
        "expected dtype uint8 for memref<?xui8>, found int8",
    ),
    "byte order": (
        F32,
        np.zeros((2, 4), ">f4"),
        TypeError,
        "the array's byte order is not this machine's (dtype >f4)",
    ),
    "rank": (
        F32,
        np.zeros(4, np.float32),
        ValueError,
        "expected rank 2 for memref<?x4xf32>, found rank 1 (shape (4,))",
    ),
    "shape": (
        F32,
        np.zeros((2, 5), np.float32),
        ValueError,
        "shape (2, 5) does not fit memref<?x4xf32>",
    ),
    "fortran": (
        F32,
        np.zeros((2, 4), np.float32, order="F"),
        ValueError,
        "strides (4, 8) (bytes) do not fit the layout of memref<?x4xf32>; "
        "numpy.ascontiguousarray makes a row-major copy",
    ),
    "static stride": (
        MemRefArg("f32", (None, 4), (8, 1)),
        np.zeros((2, 4), np.float32),
        ValueError,
        "strides (16, 4) (bytes) do not fit the layout of memref<?x4xf32, strided<[8, 1]>>; "
        "numpy.ascontiguousarray makes a row-major copy",
    ),
    "torn stride": (
        MemRefArg("f32", (None,), (None,), None),
        np.zeros(4, [("a", "f4"), ("b", "u1")])["a"],
        ValueError,
        None,
    ),
    "unaligned": (
        MemRefArg("f32", (None,)),
        np.zeros(17, np.uint8)[1:].view(np.float32),
        ValueError,
        "the array is not aligned to its element type",
    ),
    "read-only": (
        F32,
        frozen(np.zeros((2, 4), np.float32)),
        ValueError,
        "the array is read-only, and memref<?x4xf32> may be written",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_arrays_that_do_not_fit(compile_ir: Compile, memref: Parameters, name: str) -> None:
    arg, value, kind, message = BAD[name]
    text = f"define void @f(i32 %n, {memref('x', arg.rank)}) {{\n  unreachable\n}}"
    f = compile_ir(text, FunctionSignature("f", (ScalarArg("i32"), arg)))["f"]
    with pytest.raises((ArgumentTypeError, ArgumentValueError)) as caught:
        f(1, value)
    assert isinstance(caught.value, kind)
    if message is not None:
        assert str(caught.value) == f"error: f: argument 2: {message}"


def test_read_only_arrays_are_taken_where_nothing_is_written(
    compile_ir: Compile, memref: Parameters
) -> None:
    arg = MemRefArg("f32", (None,), writable=False)
    result = compile_echo(compile_ir, memref, arg)(frozen(np.ones(3, np.float32)))
    assert not result.flags.writeable


def test_unsigned_arrays_for_signless_elements(compile_ir: Compile, memref: Parameters) -> None:
    array = np.array([250, 3], np.uint8)
    result = compile_echo(compile_ir, memref, MemRefArg("i8", (None,)))(array)
    assert result.dtype == np.int8 and list(result) == [-6, 3]


class Speaker:
    """Offers an array through one protocol only."""

    def __init__(self, array: np.ndarray[Any, Any], protocol: str) -> None:
        for name in ("__dlpack__", "__dlpack_device__") if protocol == "dlpack" else (protocol,):
            setattr(type(self), name, getattr(array, name))


@pytest.mark.parametrize("protocol", ["dlpack", "__array_interface__"])
def test_other_arrays_are_used_in_place(
    compile_ir: Compile, memref: Parameters, protocol: str
) -> None:
    array = np.arange(4, dtype=np.float32)
    result = compile_echo(compile_ir, memref, MemRefArg("f32", (None,)))(
        type("Speaker", (Speaker,), {})(array, protocol)
    )
    assert result.ctypes.data == array.ctypes.data


def test_subclasses_are_used_in_place(compile_ir: Compile, memref: Parameters) -> None:
    array = np.ma.masked_array(np.arange(4, dtype=np.float32), mask=[False, True, False, False])
    result = compile_echo(compile_ir, memref, MemRefArg("f32", (None,)))(array)
    assert result.ctypes.data == array.ctypes.data
    assert type(result) is np.ndarray


def test_aliasing_result_keeps_the_argument_alive(compile_ir: Compile, memref: Parameters) -> None:
    echo_it = compile_echo(compile_ir, memref, MemRefArg("f32", (None,)))

    class Tracked(bytearray):
        pass

    owner = Tracked(np.arange(4, dtype=np.float32).tobytes())
    gone = weakref.ref(owner)
    result = echo_it(np.frombuffer(owner, np.float32))
    del owner
    gc.collect()
    assert list(result) == [0, 1, 2, 3]
    assert gone() is not None
    del result
    gc.collect()
    assert gone() is None


def make_text() -> str:
    lines, value = packed(["%p", "%q", "2", "%n", "3"], 1)
    same, second = packed(["%p", "%q", "0", "1", "1"], 1, "e")
    both = f"{{ {descriptor(1)}, i64, {descriptor(1)} }}"
    return f"""
    declare ptr @malloc(i64)
    declare ptr @aligned_alloc(i64, i64)
    define {descriptor(1)} @make(i64 %n) {{
      %bytes = mul i64 %n, 24
      %room = add i64 %bytes, 80
      %p = call ptr @malloc(i64 %room)
      %q = getelementptr i8, ptr %p, i64 64
      call void @fill(ptr %q, i64 %n)
      {lines}
      ret {descriptor(1)} {value}
    }}
    define {both} @twice(i64 %n) {{
      %p = call ptr @aligned_alloc(i64 4096, i64 8192)
      %q = getelementptr i8, ptr %p, i64 0
      call void @fill(ptr %q, i64 %n)
      %address = ptrtoint ptr %p to i64
      {lines}
      {same}
      %r0 = insertvalue {both} undef, {descriptor(1)} {value}, 0
      %r1 = insertvalue {both} %r0, i64 %address, 1
      %r2 = insertvalue {both} %r1, {descriptor(1)} {second}, 2
      ret {both} %r2
    }}
    define internal void @fill(ptr %q, i64 %n) {{
    entry:
      br label %next
    next:
      %i = phi i64 [ 0, %entry ], [ %i1, %one ]
      %more = icmp slt i64 %i, %n
      br i1 %more, label %one, label %done
    one:
      %i3 = mul i64 %i, 3
      %place = add i64 %i3, 2
      %at = getelementptr i64, ptr %q, i64 %place
      store i64 %i, ptr %at
      %i1 = add i64 %i, 1
      br label %next
    done:
      ret void
    }}
    """


LONGS = MemRefArg("i64", (None,), (None,), None)
MAKERS = (
    FunctionSignature("make", (ScalarArg("index"),), (LONGS,)),
    FunctionSignature("twice", (ScalarArg("index"),), (LONGS, ScalarArg("index"), LONGS)),
)


@pytest.mark.usefixtures("only_our_garbage")
def test_results_own_their_memory(compile_ir: Compile) -> None:
    make = compile_ir(make_text(), *MAKERS)["make"]
    before = allocator.statistics().live_blocks
    results: list[Any] = [make(n) for n in range(20)]
    assert allocator.statistics().live_blocks == before + 20
    for n, result in enumerate(results):
        assert result.strides == (24,) and result.flags.writeable
        assert list(result) == list(range(n))
    del result, results
    assert allocator.statistics().live_blocks == before


@pytest.mark.usefixtures("only_our_garbage")
def test_two_results_in_one_allocation_share_it(compile_ir: Compile) -> None:
    twice = compile_ir(make_text(), *MAKERS)["twice"]
    before = allocator.statistics().live_blocks
    results: Any = twice(5)
    first, address, second = results
    del results
    assert address % 4096 == 0
    assert list(first) == [0, 1, 2, 3, 4] and second.ctypes.data == address
    assert allocator.statistics().live_blocks == before + 1
    del first
    assert allocator.statistics().live_blocks == before + 1
    del second
    assert allocator.statistics().live_blocks == before


@pytest.mark.parametrize("base", ["inttoptr (i64 3735928559 to ptr)", "null"])
def test_constants_are_copied(compile_ir: Compile, base: str) -> None:
    lines, value = packed([base, "@data", "1", "2", "1"], 1)
    text = f"""
    @data = internal constant [3 x float] [float 1.0, float 2.0, float 3.0]
    define {descriptor(1)} @constant() {{
      {lines}
      ret {descriptor(1)} {value}
    }}
    """
    signature = FunctionSignature("constant", (), (MemRefArg("f32", (2,), (1,), 1),))
    constant = compile_ir(text, signature)["constant"]
    first: Any = constant()
    first[0] = 7
    second: Any = constant()
    assert list(first) == [7, 3] and list(second) == [2, 3]
    assert second.flags.writeable


def test_bfloat16_results(compile_ir: Compile) -> None:
    lines, value = packed(["%p", "%p", "0", "2", "1"], 1)
    text = f"""
    declare ptr @malloc(i64)
    define {descriptor(1)} @two() {{
      %p = call ptr @malloc(i64 4)
      store <2 x bfloat> <bfloat 1.5, bfloat -2.0>, ptr %p, align 4
      {lines}
      ret {descriptor(1)} {value}
    }}
    """
    signature = FunctionSignature("two", (), (MemRefArg("bf16", (2,)),))
    result: Any = compile_ir(text, signature)["two"]()
    assert result.dtype == ml_dtypes.bfloat16
    assert list(result.astype(float)) == [1.5, -2.0]


@pytest.mark.usefixtures("only_our_garbage")
def test_calls_keep_reference_counts(compile_ir: Compile, memref: Parameters) -> None:
    echo_it = compile_echo(compile_ir, memref, MemRefArg("f32", (None,)))
    array = np.zeros(3, np.float32)
    before = sys.getrefcount(array), sys.getrefcount(None), sys.getrefcount(array.dtype)
    for _ in range(100):
        echo_it(array)
        with pytest.raises(TypeError):
            echo_it(None)
    after = sys.getrefcount(array), sys.getrefcount(None), sys.getrefcount(array.dtype)
    assert after[0] == before[0]
    assert abs(after[1] - before[1]) < 50 and abs(after[2] - before[2]) < 50


def test_unranked_memrefs(compile_ir: Compile) -> None:
    text = """
    define { i64, ptr } @any(i64 %rank, ptr %descriptor) {
      %r0 = insertvalue { i64, ptr } undef, i64 %rank, 0
      %r1 = insertvalue { i64, ptr } %r0, ptr %descriptor, 1
      ret { i64, ptr } %r1
    }
    """
    arg = MemRefArg("f64", None)
    any_rank = compile_ir(text, FunctionSignature("any", (arg,), (arg,)))["any"]
    for array in (np.array(2.0), np.arange(6.0).reshape(2, 3).T):
        result: Any = any_rank(array)
        assert result.shape == array.shape and result.ctypes.data == array.ctypes.data
        np.testing.assert_array_equal(result, array)

"""Memref results become NumPy arrays that own, or keep alive, their memory.

`stepwell_array_result(ptr descriptor, i64 rank, i64 size, i32 number, ptr owners, ptr count)`
returns a new ndarray. `owners` lists (allocated pointer, PyObject *) pairs: first the arrays passed
as arguments, then what earlier results of this call own. The descriptor's allocated pointer
decides:

- in the list: the array is a view, and its base is that object (writable as that object is);
- null or 0xdeadbeef, MLIR's mark of `memref.get_global`: constant data, which is copied;
- any other: memory from compiled code's malloc. The base is a new capsule, which frees it, and
  which is added to the list, so that a second result in the same memory shares it.
"""

from __future__ import annotations

import ctypes
from functools import cache
from importlib import import_module

import numpy as np

from stepwell.backends.cpu import symbols
from stepwell.backends.cpu.elements import ELEMENTS
from stepwell.backends.cpu.support.pieces import Piece

GLOBAL_MARK = 0xDEADBEEF
"""The allocated pointer that MLIR gives to memrefs of global constants."""

_LLVM_IR = f"""
declare void @stepwell_free(ptr)
declare ptr @PyCapsule_New(ptr, ptr, ptr)
declare ptr @PyCapsule_GetPointer(ptr, ptr)
declare void @Py_IncRef(ptr)
declare void @Py_DecRef(ptr)
declare ptr @stepwell_numpy_DescrFromType(i32)
declare ptr @stepwell_numpy_NewFromDescr(ptr, ptr, i32, ptr, ptr, ptr, i32, ptr)
declare ptr @stepwell_numpy_NewCopy(ptr, i32)
declare i32 @stepwell_numpy_SetBaseObject(ptr, ptr)
@stepwell_numpy_ndarray = external global i8

define internal void @release(ptr %capsule) {{
  %memory = call ptr @PyCapsule_GetPointer(ptr %capsule, ptr null)
  call void @stepwell_free(ptr %memory)
  ret void
}}

define internal ptr @owner_of(ptr %allocated, ptr %owners, ptr %count) {{
entry:
  %n = load i64, ptr %count
  br label %next
next:
  %i = phi i64 [ 0, %entry ], [ %i1, %other ]
  %end = icmp eq i64 %i, %n
  br i1 %end, label %fresh, label %look
look:
  %at = getelementptr {{ ptr, ptr }}, ptr %owners, i64 %i
  %key = load ptr, ptr %at
  %same = icmp eq ptr %key, %allocated
  br i1 %same, label %found, label %other
other:
  %i1 = add i64 %i, 1
  br label %next
found:
  %owner_at = getelementptr i8, ptr %at, i64 8
  %owner = load ptr, ptr %owner_at
  call void @Py_IncRef(ptr %owner)
  ret ptr %owner
fresh:
  %capsule = call ptr @PyCapsule_New(ptr %allocated, ptr null, ptr @release)
  %new_at = getelementptr {{ ptr, ptr }}, ptr %owners, i64 %n
  store ptr %allocated, ptr %new_at
  %new_owner_at = getelementptr i8, ptr %new_at, i64 8
  store ptr %capsule, ptr %new_owner_at
  %n1 = add i64 %n, 1
  store i64 %n1, ptr %count
  ret ptr %capsule
}}

define internal i32 @flags_of(ptr %owner) {{
  %type_at = getelementptr i8, ptr %owner, i64 8
  %type = load ptr, ptr %type_at
  %is_array = icmp eq ptr %type, @stepwell_numpy_ndarray
  br i1 %is_array, label %array, label %capsule
array:
  %flags_at = getelementptr i8, ptr %owner, i64 64
  %flags = load i32, ptr %flags_at
  %writable = and i32 %flags, 1024
  ret i32 %writable
capsule:
  ret i32 1024
}}

define ptr @stepwell_array_result(ptr %descriptor, i64 %rank, i64 %size, i32 %number,
                                  ptr %owners, ptr %count) {{
entry:
  %strides = alloca [64 x i64]
  %allocated = load ptr, ptr %descriptor
  %aligned_at = getelementptr i8, ptr %descriptor, i64 8
  %aligned = load ptr, ptr %aligned_at
  %offset_at = getelementptr i8, ptr %descriptor, i64 16
  %offset = load i64, ptr %offset_at
  %skipped = mul i64 %offset, %size
  %memory = getelementptr i8, ptr %aligned, i64 %skipped
  %sizes = getelementptr i8, ptr %descriptor, i64 24
  %steps = getelementptr i64, ptr %sizes, i64 %rank
  br label %scale
scale:
  %i = phi i64 [ 0, %entry ], [ %i1, %scaled ]
  %all = icmp eq i64 %i, %rank
  br i1 %all, label %own, label %scaled
scaled:
  %step_at = getelementptr i64, ptr %steps, i64 %i
  %step = load i64, ptr %step_at
  %bytes = mul i64 %step, %size
  %to = getelementptr i64, ptr %strides, i64 %i
  store i64 %bytes, ptr %to
  %i1 = add i64 %i, 1
  br label %scale
own:
  %rank32 = trunc i64 %rank to i32
  %null = icmp eq ptr %allocated, null
  %marked = icmp eq ptr %allocated, inttoptr (i64 {GLOBAL_MARK} to ptr)
  %constant = or i1 %null, %marked
  br i1 %constant, label %copy, label %keep
copy:
  %type1 = call ptr @stepwell_numpy_DescrFromType(i32 %number)
  %view = call ptr @stepwell_numpy_NewFromDescr(ptr @stepwell_numpy_ndarray, ptr %type1,
    i32 %rank32, ptr %sizes, ptr %strides, ptr %memory, i32 0, ptr null)
  %no_view = icmp eq ptr %view, null
  br i1 %no_view, label %fail, label %duplicate
duplicate:
  %whole = call ptr @stepwell_numpy_NewCopy(ptr %view, i32 0)
  call void @Py_DecRef(ptr %view)
  ret ptr %whole
keep:
  %owner = call ptr @owner_of(ptr %allocated, ptr %owners, ptr %count)
  %no_owner = icmp eq ptr %owner, null
  br i1 %no_owner, label %fail, label %build
build:
  %flags = call i32 @flags_of(ptr %owner)
  %type2 = call ptr @stepwell_numpy_DescrFromType(i32 %number)
  %array = call ptr @stepwell_numpy_NewFromDescr(ptr @stepwell_numpy_ndarray, ptr %type2,
    i32 %rank32, ptr %sizes, ptr %strides, ptr %memory, i32 %flags, ptr null)
  %no_array = icmp eq ptr %array, null
  br i1 %no_array, label %drop, label %attach
drop:
  call void @Py_DecRef(ptr %owner)
  ret ptr null
attach:
  %status = call i32 @stepwell_numpy_SetBaseObject(ptr %array, ptr %owner)
  %bad = icmp ne i32 %status, 0
  br i1 %bad, label %discard, label %done
discard:
  call void @Py_DecRef(ptr %array)
  ret ptr null
fail:
  ret ptr null
done:
  ret ptr %array
}}
"""

arrays = Piece(_LLVM_IR, ("stepwell_array_result",))

# Places in NumPy's C API table, which its ABI promises to keep.
_NUMPY_API = {
    "stepwell_numpy_ndarray": 2,
    "stepwell_numpy_DescrFromType": 45,
    "stepwell_numpy_NewCopy": 85,
    "stepwell_numpy_NewFromDescr": 94,
    "stepwell_numpy_SetBaseObject": 282,
}


@cache
def _numpy_api() -> ctypes.Array[ctypes.c_void_p]:
    # NumPy 2 renamed the package.
    package = "numpy._core" if np.lib.NumpyVersion(np.__version__) >= "2.0.0" else "numpy.core"
    numpy_core = import_module(f"{package}._multiarray_umath")
    pointer_in = ctypes.pythonapi.PyCapsule_GetPointer
    pointer_in.restype, pointer_in.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    return (ctypes.c_void_p * 300).from_address(pointer_in(numpy_core._ARRAY_API, None))


def _numpy_symbol(name: str) -> int:
    address = _numpy_api()[_NUMPY_API[name]]
    assert address
    return int(address)


@cache
def _type_number(name: str) -> ctypes.c_int32:
    return ctypes.c_int32(np.dtype(ELEMENTS[name].dtype).num)


def _type_number_symbol(symbol: str) -> int:
    name = symbol.removeprefix("stepwell_type_number_")
    return ctypes.addressof(_type_number(name))


symbols.define_lazily(_NUMPY_API, _numpy_symbol)
symbols.define_lazily(
    [element.number_symbol for element in ELEMENTS.values() if not element.numbers],
    _type_number_symbol,
)

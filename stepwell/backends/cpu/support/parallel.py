"""Parallel loops: `stepwell_parallel_for(ptr body, i64 begin, i64 end, ptr context, i64 most)`.

`body(i64 begin, i64 end, ptr context)` is called on one piece of the range for each thread, but for
no more than `most`; on the whole range here if that is 1 or less. The pool is whatever `set_pool`
was given, with the signature of numba's threading layers:

    void parallel_for(void *fn, char **args, size_t *dimensions, size_t *steps, void *data,
                      size_t inner_ndim, size_t array_count, int num_threads)

which calls fn(args, dimensions, steps, data) for each r < dimensions[0] with args[j] + steps[j] *
r. One "array" at address 0 with step 1 thus says which piece it is. Without a pool the loop is
serial.
"""

from __future__ import annotations

import ctypes
from functools import cache

from stepwell.backends.cpu.support.pieces import Piece

_LLVM_IR = """
%pool = type { ptr, i64 }
%job = type { ptr, i64, i64, ptr, i64 }
@pool = internal global %pool zeroinitializer

declare i64 @llvm.smin.i64(i64, i64)
declare void @stepwell_guard_pause(i64)

define internal void @piece(ptr %args, ptr %dimensions, ptr %steps, ptr %job) {
  %r = load i64, ptr %args
  %body_at = getelementptr %job, ptr %job, i64 0, i32 0
  %body = load ptr, ptr %body_at
  %begin_at = getelementptr %job, ptr %job, i64 0, i32 1
  %begin = load i64, ptr %begin_at
  %size_at = getelementptr %job, ptr %job, i64 0, i32 2
  %size = load i64, ptr %size_at
  %context_at = getelementptr %job, ptr %job, i64 0, i32 3
  %context = load ptr, ptr %context_at
  %pieces_at = getelementptr %job, ptr %job, i64 0, i32 4
  %pieces = load i64, ptr %pieces_at
  ; The first size % pieces pieces are one longer than the others.
  %each = udiv i64 %size, %pieces
  %longer = urem i64 %size, %pieces
  %start0 = mul i64 %r, %each
  %extra = call i64 @llvm.smin.i64(i64 %r, i64 %longer)
  %start1 = add i64 %start0, %extra
  %start = add i64 %begin, %start1
  %is_longer = icmp ult i64 %r, %longer
  %one = zext i1 %is_longer to i64
  %length = add i64 %each, %one
  %end = add i64 %start, %length
  call void %body(i64 %start, i64 %end, ptr %context)
  ret void
}

define void @stepwell_parallel_for(ptr %body, i64 %begin, i64 %end, ptr %context, i64 %most) {
  %size = sub i64 %end, %begin
  %some = icmp sgt i64 %end, %begin
  br i1 %some, label %choose, label %done
choose:
  %parallel_for = load ptr, ptr @pool
  %threads = load i64, ptr getelementptr (i8, ptr @pool, i64 8)
  %each_one = call i64 @llvm.smin.i64(i64 %threads, i64 %size)
  %pieces = call i64 @llvm.smin.i64(i64 %each_one, i64 %most)
  %many = icmp sgt i64 %pieces, 1
  br i1 %many, label %fork, label %serial
serial:
  call void %body(i64 %begin, i64 %end, ptr %context)
  ret void
fork:
  %job = alloca %job
  %arrays = alloca i64
  %dimensions = alloca i64
  %steps = alloca i64
  store ptr %body, ptr %job
  %begin_at = getelementptr %job, ptr %job, i64 0, i32 1
  store i64 %begin, ptr %begin_at
  %size_at = getelementptr %job, ptr %job, i64 0, i32 2
  store i64 %size, ptr %size_at
  %context_at = getelementptr %job, ptr %job, i64 0, i32 3
  store ptr %context, ptr %context_at
  %pieces_at = getelementptr %job, ptr %job, i64 0, i32 4
  store i64 %pieces, ptr %pieces_at
  store i64 0, ptr %arrays
  store i64 %pieces, ptr %dimensions
  store i64 1, ptr %steps
  %count = trunc i64 %pieces to i32
  call void @stepwell_guard_pause(i64 1)
  call void %parallel_for(ptr @piece, ptr %arrays, ptr %dimensions, ptr %steps, ptr %job,
                          i64 0, i64 1, i32 %count)
  call void @stepwell_guard_pause(i64 -1)
  ret void
done:
  ret void
}

define ptr @stepwell_parallel_pool() {
  ret ptr @pool
}
"""

_piece = Piece(_LLVM_IR, (), hidden=("stepwell_parallel_for", "stepwell_parallel_pool"))


class _Pool(ctypes.Structure):
    _fields_ = [("parallel_for", ctypes.c_void_p), ("threads", ctypes.c_int64)]


@cache
def _pool() -> _Pool:
    address = ctypes.CFUNCTYPE(ctypes.c_void_p)(_piece.address("stepwell_parallel_pool"))()
    return _Pool.from_address(address)


def parallel_for_address() -> int:
    """The address of `stepwell_parallel_for`."""
    return _piece.address("stepwell_parallel_for")


def set_pool(parallel_for: int | None, threads: int) -> None:
    """Uses the pool whose `parallel_for` is at that address; None makes loops serial."""
    _pool().threads = threads
    _pool().parallel_for = parallel_for
    if parallel_for is None:
        _pool().threads = 1


def threads() -> int:
    """How many threads a parallel loop uses now; 1 for serial loops."""
    return int(_pool().threads) if _pool().parallel_for else 1

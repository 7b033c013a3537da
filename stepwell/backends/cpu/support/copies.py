"""`memrefCopy`: copies one strided memref to another of its shape, as `memref.copy` lowers to."""

from __future__ import annotations

from stepwell.backends.cpu.support.pieces import Piece

# An unranked memref is { i64 rank, ptr descriptor }; the sizes follow the descriptor's first 24
# bytes, the strides follow the sizes. Dimensions are walked like an odometer, the innermost in its
# own loop.
_LLVM_IR = """
declare ptr @memcpy(ptr, ptr, i64)

define internal ptr @start(ptr %descriptor, i64 %size) {
  %aligned_at = getelementptr i8, ptr %descriptor, i64 8
  %aligned = load ptr, ptr %aligned_at
  %offset_at = getelementptr i8, ptr %descriptor, i64 16
  %offset = load i64, ptr %offset_at
  %bytes = mul i64 %offset, %size
  %start = getelementptr i8, ptr %aligned, i64 %bytes
  ret ptr %start
}

define void @memrefCopy(i64 %size, ptr %source, ptr %target) {
entry:
  %rank = load i64, ptr %source
  %source_at = getelementptr i8, ptr %source, i64 8
  %from_descriptor = load ptr, ptr %source_at
  %target_at = getelementptr i8, ptr %target, i64 8
  %to_descriptor = load ptr, ptr %target_at
  %from0 = call ptr @start(ptr %from_descriptor, i64 %size)
  %to0 = call ptr @start(ptr %to_descriptor, i64 %size)
  %scalar = icmp eq i64 %rank, 0
  br i1 %scalar, label %single, label %prepare
single:
  call ptr @memcpy(ptr %to0, ptr %from0, i64 %size)
  ret void
prepare:
  %sizes = getelementptr i8, ptr %from_descriptor, i64 24
  %from_strides = getelementptr i64, ptr %sizes, i64 %rank
  %to_sizes = getelementptr i8, ptr %to_descriptor, i64 24
  %to_strides = getelementptr i64, ptr %to_sizes, i64 %rank
  br label %measure
measure:
  %m = phi i64 [ 0, %prepare ], [ %m1, %measure ]
  %product = phi i64 [ 1, %prepare ], [ %product1, %measure ]
  %size_at = getelementptr i64, ptr %sizes, i64 %m
  %this_size = load i64, ptr %size_at
  %product1 = mul i64 %product, %this_size
  %m1 = add i64 %m, 1
  %measured = icmp eq i64 %m1, %rank
  br i1 %measured, label %check, label %measure
check:
  %nothing = icmp eq i64 %product1, 0
  br i1 %nothing, label %done, label %begin
begin:
  %index = alloca i64, i64 %rank
  br label %clear
clear:
  %c = phi i64 [ 0, %begin ], [ %c1, %clear ]
  %c_at = getelementptr i64, ptr %index, i64 %c
  store i64 0, ptr %c_at
  %c1 = add i64 %c, 1
  %cleared = icmp eq i64 %c1, %rank
  br i1 %cleared, label %setup, label %clear
setup:
  %inner = sub i64 %rank, 1
  %inner_size_at = getelementptr i64, ptr %sizes, i64 %inner
  %n = load i64, ptr %inner_size_at
  %fs_at = getelementptr i64, ptr %from_strides, i64 %inner
  %fs = load i64, ptr %fs_at
  %ts_at = getelementptr i64, ptr %to_strides, i64 %inner
  %ts = load i64, ptr %ts_at
  %fs_bytes = mul i64 %fs, %size
  %ts_bytes = mul i64 %ts, %size
  %fs_unit = icmp eq i64 %fs, 1
  %ts_unit = icmp eq i64 %ts, 1
  %both = and i1 %fs_unit, %ts_unit
  %row_bytes = mul i64 %n, %size
  br label %row
row:
  %from = phi ptr [ %from0, %setup ], [ %from_next, %step ]
  %to = phi ptr [ %to0, %setup ], [ %to_next, %step ]
  br i1 %both, label %block, label %each
block:
  call ptr @memcpy(ptr %to, ptr %from, i64 %row_bytes)
  br label %advance
each:
  %i = phi i64 [ 0, %row ], [ %i1, %copied ]
  %f_bytes = mul i64 %i, %fs_bytes
  %f = getelementptr i8, ptr %from, i64 %f_bytes
  %t_bytes = mul i64 %i, %ts_bytes
  %t = getelementptr i8, ptr %to, i64 %t_bytes
  switch i64 %size, label %other [ i64 1, label %one
                                   i64 2, label %two
                                   i64 4, label %four
                                   i64 8, label %eight ]
one:
  %v1 = load i8, ptr %f, align 1
  store i8 %v1, ptr %t, align 1
  br label %copied
two:
  %v2 = load i16, ptr %f, align 1
  store i16 %v2, ptr %t, align 1
  br label %copied
four:
  %v4 = load i32, ptr %f, align 1
  store i32 %v4, ptr %t, align 1
  br label %copied
eight:
  %v8 = load i64, ptr %f, align 1
  store i64 %v8, ptr %t, align 1
  br label %copied
other:
  call ptr @memcpy(ptr %t, ptr %f, i64 %size)
  br label %copied
copied:
  %i1 = add i64 %i, 1
  %row_done = icmp eq i64 %i1, %n
  br i1 %row_done, label %advance, label %each
advance:
  br label %carry
carry:
  %d = phi i64 [ %inner, %advance ], [ %up, %wrap ]
  %f0 = phi ptr [ %from, %advance ], [ %f_back, %wrap ]
  %t0 = phi ptr [ %to, %advance ], [ %t_back, %wrap ]
  %top = icmp eq i64 %d, 0
  br i1 %top, label %done, label %increase
increase:
  %up = sub i64 %d, 1
  %up_index_at = getelementptr i64, ptr %index, i64 %up
  %up_index = load i64, ptr %up_index_at
  %up_next = add i64 %up_index, 1
  %up_size_at = getelementptr i64, ptr %sizes, i64 %up
  %up_size = load i64, ptr %up_size_at
  %ufs_at = getelementptr i64, ptr %from_strides, i64 %up
  %ufs0 = load i64, ptr %ufs_at
  %ufs = mul i64 %ufs0, %size
  %uts_at = getelementptr i64, ptr %to_strides, i64 %up
  %uts0 = load i64, ptr %uts_at
  %uts = mul i64 %uts0, %size
  %full = icmp eq i64 %up_next, %up_size
  br i1 %full, label %wrap, label %step
step:
  store i64 %up_next, ptr %up_index_at
  %from_next = getelementptr i8, ptr %f0, i64 %ufs
  %to_next = getelementptr i8, ptr %t0, i64 %uts
  br label %row
wrap:
  store i64 0, ptr %up_index_at
  %f_span = mul i64 %up_index, %ufs
  %t_span = mul i64 %up_index, %uts
  %f_minus = sub i64 0, %f_span
  %t_minus = sub i64 0, %t_span
  %f_back = getelementptr i8, ptr %f0, i64 %f_minus
  %t_back = getelementptr i8, ptr %t0, i64 %t_minus
  br label %carry
done:
  ret void
}
"""

copies = Piece(_LLVM_IR, ("memrefCopy",))

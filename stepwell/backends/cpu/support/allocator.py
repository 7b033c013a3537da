"""The allocator of compiled code: free lists by size class over the C library, in LLVM IR.

A large block straight from the C library costs a page fault for every 4 KiB of it, each time; a
block from a free list costs none. Sizes are rounded up to one of four classes an octave, payloads
are aligned to 64 bytes, and a header of 64 bytes lies before each:

    +0 payload size   +8 next free block   +16 mark   +24 class number   +32 outer block
    +40 next block of the same guard       +48 where this block's address is written, or null

An over-aligned payload has a second header, whose mark says that the pointer at +32 is what to
free. Blocks are kept for reuse until `cached` reaches `cache_limit`. Freeing what is not a live
block ends the process with a message. All counts are of whole blocks, headers included, so that
`used + cached == reserved` at any time.

Compiled code does not look at what malloc returns: `allocation_guards.py` says what happens where
there is no room.
"""

from __future__ import annotations

import ctypes
import os
from dataclasses import dataclass
from functools import cache

from stepwell.backends.cpu import symbols
from stepwell.backends.cpu.support.allocation_guards import GUARDS
from stepwell.backends.cpu.support.pieces import Piece

_LIVE = 0x5745_4C4C_4C49_5645
_FREE = 0x5745_4C4C_4652_4545
_INNER = 0x5745_4C4C_494E_4E52
_CLASSES = 48 * 4
# From this size on Linux is asked for huge pages, which make first writes and random reads cheaper.
_HUGE = 4 << 20
_MADV_HUGEPAGE = 14
_FIELDS = (
    "lock",
    "used",
    "reserved",
    "peak",
    "live",
    "cached",
    "limit",
    "cache_limit",
    "guards",
    "calls",
    "refused",
)
_NO_LIMIT = (1 << 62) - 1
_DEFAULT_CACHE = 1 << 30

_NOT_LIVE = "stepwell: compiled code freed memory that is not a live block. "
_EXHAUSTED = "stepwell: out of memory in compiled code. "

_LLVM_IR = f"""
%state = type {{ {", ".join(["i64"] * len(_FIELDS))} }}
@state = internal global %state {{ i64 0, i64 0, i64 0, i64 0, i64 0, i64 0,
                                   i64 {_NO_LIMIT}, i64 {_DEFAULT_CACHE},
                                   i64 0, i64 0, i64 0 }}, align 64
@lists = internal global [{_CLASSES} x ptr] zeroinitializer
@not_live = internal constant [{len(_NOT_LIVE)} x i8] c"{_NOT_LIVE}"
@exhausted = internal constant [{len(_EXHAUSTED)} x i8] c"{_EXHAUSTED}"

declare i32 @sched_yield()
declare i64 @write(i32, ptr, i64)
declare i32 @madvise(ptr, i64, i32)
declare void @abort() noreturn
declare i64 @pthread_self()
declare void @longjmp(ptr, i32) noreturn
declare ptr @stepwell_c_aligned_alloc(i64, i64)
declare void @stepwell_c_free(ptr)
declare ptr @memset(ptr, i32, i64)
declare i64 @llvm.ctlz.i64(i64, i1)
declare i64 @llvm.umax.i64(i64, i64)
declare {{ i64, i1 }} @llvm.umul.with.overflow.i64(i64, i64)

define internal void @acquire() {{
entry:
  br label %try
try:
  %old = atomicrmw xchg ptr @state, i64 1 acquire
  %won = icmp eq i64 %old, 0
  br i1 %won, label %done, label %wait
wait:
  call i32 @sched_yield()
  br label %try
done:
  ret void
}}

define internal void @release() {{
  store atomic i64 0, ptr @state release, align 8
  ret void
}}

define internal i64 @add(i64 %field, i64 %by) {{
  %at = getelementptr i64, ptr @state, i64 %field
  %old = load i64, ptr %at
  %new = add i64 %old, %by
  store i64 %new, ptr %at
  ret i64 %new
}}

{GUARDS}

define internal ptr @obtain(i64 %wanted, i1 %bounded) {{
  %sane = icmp ult i64 %wanted, {1 << 46}
  br i1 %sane, label %classify, label %refused
refused:
  ret ptr null
classify:
  %size = call i64 @llvm.umax.i64(i64 %wanted, i64 64)
  %less = sub i64 %size, 1
  %zeros = call i64 @llvm.ctlz.i64(i64 %less, i1 true)
  %octave = sub i64 63, %zeros
  %shift = sub i64 %octave, 2
  %quarter = lshr i64 %less, %shift
  %quarters = add i64 %quarter, 1
  %payload = shl i64 %quarters, %shift
  %in_octave = sub i64 %quarter, 4
  %octave4 = shl i64 %octave, 2
  %class = add i64 %octave4, %in_octave
  %total0 = add i64 %payload, 127
  %total = and i64 %total0, -64
  %list = getelementptr [{_CLASSES} x ptr], ptr @lists, i64 0, i64 %class
  call void @acquire()
  %limit0 = load i64, ptr getelementptr (i64, ptr @state, i64 6)
  %limit = select i1 %bounded, i64 %limit0, i64 {_NO_LIMIT}
  %in_use = load i64, ptr getelementptr (i64, ptr @state, i64 1)
  %used_then = add i64 %in_use, %total
  %over = icmp ugt i64 %used_then, %limit
  br i1 %over, label %fail, label %search
search:
  %head = load ptr, ptr %list
  %empty = icmp eq ptr %head, null
  br i1 %empty, label %grow, label %reuse
reuse:
  %next_at = getelementptr i8, ptr %head, i64 8
  %next = load ptr, ptr %next_at
  store ptr %next, ptr %list
  %negative = sub i64 0, %total
  %c = call i64 @add(i64 5, i64 %negative)
  br label %account
grow:
  %now = load i64, ptr getelementptr (i64, ptr @state, i64 2)
  %then = add i64 %now, %total
  %tight = icmp ugt i64 %then, %limit
  br i1 %tight, label %squeeze, label %ask
squeeze:
  call void @drop_cached()
  br label %ask
ask:
  %given = call ptr @stepwell_c_aligned_alloc(i64 64, i64 %total)
  %none = icmp eq ptr %given, null
  br i1 %none, label %again, label %took
again:
  call void @drop_cached()
  %given2 = call ptr @stepwell_c_aligned_alloc(i64 64, i64 %total)
  %none2 = icmp eq ptr %given2, null
  br i1 %none2, label %fail, label %took
took:
  %fresh = phi ptr [ %given, %ask ], [ %given2, %again ]
  %calls = call i64 @add(i64 9, i64 1)
  %large = icmp uge i64 %total, {_HUGE}
  br i1 %large, label %advise, label %made
advise:
  %first = ptrtoint ptr %fresh to i64
  %up = add i64 %first, 4095
  %page = and i64 %up, -4096
  %page_at = inttoptr i64 %page to ptr
  %inside = sub i64 %total, 4096
  call i32 @madvise(ptr %page_at, i64 %inside, i32 {_MADV_HUGEPAGE})
  br label %made
fail:
  store i64 %used_then, ptr getelementptr (i64, ptr @state, i64 10)
  call void @release()
  ret ptr null
made:
  %r = call i64 @add(i64 2, i64 %total)
  store i64 %payload, ptr %fresh
  %class_at = getelementptr i8, ptr %fresh, i64 24
  store i64 %class, ptr %class_at
  br label %account
account:
  %block = phi ptr [ %head, %reuse ], [ %fresh, %made ]
  %mark_at = getelementptr i8, ptr %block, i64 16
  store i64 {_LIVE}, ptr %mark_at
  %place_at = getelementptr i8, ptr %block, i64 48
  store ptr null, ptr %place_at
  %guard = call ptr @guard_of_thread()
  %unguarded = icmp eq ptr %guard, null
  br i1 %unguarded, label %counted, label %guarded
guarded:
  call void @link(ptr %block, ptr %guard)
  br label %counted
counted:
  %l = call i64 @add(i64 4, i64 1)
  %used = call i64 @add(i64 1, i64 %total)
  %peak = load i64, ptr getelementptr (i64, ptr @state, i64 3)
  %most = call i64 @llvm.umax.i64(i64 %peak, i64 %used)
  store i64 %most, ptr getelementptr (i64, ptr @state, i64 3)
  call void @release()
  %memory = getelementptr i8, ptr %block, i64 64
  ret ptr %memory
}}

define ptr @stepwell_try_malloc(i64 %wanted) {{
  %memory = call ptr @obtain(i64 %wanted, i1 true)
  ret ptr %memory
}}

define noalias ptr @stepwell_malloc(i64 %wanted) {{
entry:
  %within = call ptr @obtain(i64 %wanted, i1 true)
  %none = icmp eq ptr %within, null
  br i1 %none, label %refused, label %done
refused:
  call void @acquire()
  %guard = call ptr @guard_of_thread()
  call void @release()
  %unguarded = icmp eq ptr %guard, null
  br i1 %unguarded, label %exceed, label %look
look:
  %pauses_at = getelementptr i8, ptr %guard, i64 16
  %pauses = load i64, ptr %pauses_at
  %may_jump = icmp eq i64 %pauses, 0
  br i1 %may_jump, label %jump, label %exceed
jump:
  call void @go_back(ptr %guard)
  unreachable
exceed:
  %beyond = call ptr @obtain(i64 %wanted, i1 false)
  %nothing = icmp eq ptr %beyond, null
  br i1 %nothing, label %fail, label %done
fail:
  call i64 @write(i32 2, ptr @exhausted, i64 {len(_EXHAUSTED)})
  call void @abort()
  unreachable
done:
  %memory = phi ptr [ %within, %entry ], [ %beyond, %exceed ]
  ret ptr %memory
}}

define ptr @stepwell_calloc(i64 %count, i64 %each) {{
  %product = call {{ i64, i1 }} @llvm.umul.with.overflow.i64(i64 %count, i64 %each)
  %bytes = extractvalue {{ i64, i1 }} %product, 0
  %overflow = extractvalue {{ i64, i1 }} %product, 1
  %asked = select i1 %overflow, i64 -1, i64 %bytes
  %memory = call ptr @stepwell_malloc(i64 %asked)
  call ptr @memset(ptr %memory, i32 0, i64 %bytes)
  ret ptr %memory
}}

define ptr @stepwell_aligned_alloc(i64 %alignment, i64 %size) {{
  %usual = icmp ule i64 %alignment, 64
  br i1 %usual, label %plain, label %wide
plain:
  %memory = call ptr @stepwell_malloc(i64 %size)
  ret ptr %memory
wide:
  %sane = icmp ult i64 %size, {1 << 46}
  %more = add i64 %size, %alignment
  %bytes0 = add i64 %more, 64
  %bytes = select i1 %sane, i64 %bytes0, i64 -1
  %outer = call ptr @stepwell_malloc(i64 %bytes)
  %start = ptrtoint ptr %outer to i64
  %room = add i64 %start, 63
  %last = add i64 %room, %alignment
  %mask = sub i64 0, %alignment
  %at = and i64 %last, %mask
  %inner = inttoptr i64 %at to ptr
  %mark_at = getelementptr i8, ptr %inner, i64 -48
  store i64 {_INNER}, ptr %mark_at
  %raw_at = getelementptr i8, ptr %inner, i64 -32
  store ptr %outer, ptr %raw_at
  ret ptr %inner
}}

define void @stepwell_free(ptr %given) {{
  %nothing = icmp eq ptr %given, null
  br i1 %nothing, label %done, label %look
look:
  %given_mark_at = getelementptr i8, ptr %given, i64 -48
  %given_mark = load i64, ptr %given_mark_at
  %is_inner = icmp eq i64 %given_mark, {_INNER}
  br i1 %is_inner, label %unwrap, label %start
unwrap:
  store i64 {_FREE}, ptr %given_mark_at
  %raw_at = getelementptr i8, ptr %given, i64 -32
  %raw = load ptr, ptr %raw_at
  br label %start
start:
  %memory = phi ptr [ %given, %look ], [ %raw, %unwrap ]
  %block = getelementptr i8, ptr %memory, i64 -64
  %mark_at = getelementptr i8, ptr %block, i64 16
  %mark = load i64, ptr %mark_at
  %live = icmp eq i64 %mark, {_LIVE}
  br i1 %live, label %take, label %wrong
wrong:
  call i64 @write(i32 2, ptr @not_live, i64 {len(_NOT_LIVE)})
  call void @abort()
  unreachable
take:
  call void @acquire()
  call void @take_back(ptr %block)
  call void @release()
  br label %done
done:
  ret void
}}

; A live block becomes a cached one, or goes back to the C library. Needs the lock.
define internal void @take_back(ptr %block) {{
  %mark_at = getelementptr i8, ptr %block, i64 16
  store i64 {_FREE}, ptr %mark_at
  call void @unlink(ptr %block)
  %payload = load i64, ptr %block
  %total0 = add i64 %payload, 127
  %total = and i64 %total0, -64
  %negative = sub i64 0, %total
  %u = call i64 @add(i64 1, i64 %negative)
  %l = call i64 @add(i64 4, i64 -1)
  %cached = load i64, ptr getelementptr (i64, ptr @state, i64 5)
  %more = add i64 %cached, %total
  %most = load i64, ptr getelementptr (i64, ptr @state, i64 7)
  %keep = icmp ule i64 %more, %most
  br i1 %keep, label %store, label %return
store:
  store i64 %more, ptr getelementptr (i64, ptr @state, i64 5)
  %class_at = getelementptr i8, ptr %block, i64 24
  %class = load i64, ptr %class_at
  %list = getelementptr [{_CLASSES} x ptr], ptr @lists, i64 0, i64 %class
  %head = load ptr, ptr %list
  %next_at = getelementptr i8, ptr %block, i64 8
  store ptr %head, ptr %next_at
  store ptr %block, ptr %list
  ret void
return:
  call void @forget(ptr %block)
  ret void
}}

define internal void @forget(ptr %block) {{
  %payload = load i64, ptr %block
  %total0 = add i64 %payload, 127
  %total = and i64 %total0, -64
  %negative = sub i64 0, %total
  %r = call i64 @add(i64 2, i64 %negative)
  call void @stepwell_c_free(ptr %block)
  ret void
}}

define void @stepwell_trim() {{
  call void @acquire()
  call void @drop_cached()
  call void @release()
  ret void
}}

; Gives all cached blocks back to the C library. Needs the lock.
define internal void @drop_cached() {{
entry:
  br label %classes
classes:
  %class = phi i64 [ 0, %entry ], [ %following, %next_class ]
  %list = getelementptr [{_CLASSES} x ptr], ptr @lists, i64 0, i64 %class
  br label %blocks
blocks:
  %head = load ptr, ptr %list
  %empty = icmp eq ptr %head, null
  br i1 %empty, label %next_class, label %drop
drop:
  %next_at = getelementptr i8, ptr %head, i64 8
  %next = load ptr, ptr %next_at
  store ptr %next, ptr %list
  call void @forget(ptr %head)
  br label %blocks
next_class:
  %following = add i64 %class, 1
  %finished = icmp eq i64 %following, {_CLASSES}
  br i1 %finished, label %done, label %classes
done:
  store i64 0, ptr getelementptr (i64, ptr @state, i64 5)
  ret void
}}

define ptr @stepwell_allocator_state() {{
  ret ptr @state
}}
"""


_piece = Piece(
    _LLVM_IR,
    (
        "stepwell_try_malloc",
        "stepwell_malloc",
        "stepwell_calloc",
        "stepwell_aligned_alloc",
        "stepwell_free",
        "stepwell_trim",
        "stepwell_guard_enter",
        "stepwell_guard_leave",
        "stepwell_guard_pause",
    ),
    hidden=("stepwell_allocator_state",),
)


def _c_library(name: str) -> int:
    return symbols.in_process(name.removeprefix("stepwell_c_"))


def _allocation(name: str) -> int:
    return _piece.address(f"stepwell_{name}")


symbols.define_lazily(("stepwell_c_aligned_alloc", "stepwell_c_free"), _c_library)
symbols.define_lazily(("malloc", "calloc", "aligned_alloc", "free"), _allocation)


@dataclass(frozen=True, slots=True)
class AllocatorStatistics:
    """Bytes, of whole blocks, and numbers of things.

    Args:
        used: in use. reserved: taken from the C library. peak: the most ever in use.
        live_blocks: the number of blocks in use. cached: kept for reuse.
        calls: how often the C library was asked for a block.
        refused: what `used` would have become by the last request for which there was no room.
        limit: the most to take from the C library; None for no limit.
    """

    used: int
    reserved: int
    peak: int
    live_blocks: int
    cached: int
    calls: int
    refused: int
    limit: int | None


@cache
def _state() -> ctypes.Array[ctypes.c_int64]:
    make = ctypes.CFUNCTYPE(ctypes.c_void_p)(_piece.address("stepwell_allocator_state"))
    state = (ctypes.c_int64 * len(_FIELDS)).from_address(make())

    # A thread that holds the lock while another forks does not exist in the child.
    def forget_threads() -> None:
        state[_FIELDS.index("lock")] = state[_FIELDS.index("guards")] = 0

    os.register_at_fork(after_in_child=forget_threads)
    return state


@cache
def _function(name: str, result: type | None, *arguments: type) -> ctypes._CFunctionType:
    _state()
    return ctypes.CFUNCTYPE(result, *arguments)(_piece.address(name))


def allocate(size: int) -> int | None:
    """The address of `size` fresh bytes, aligned to 64, or None when there is no room."""
    address: int | None = _function("stepwell_try_malloc", ctypes.c_void_p, ctypes.c_int64)(size)
    return address


def free(address: int) -> None:
    """Gives back what `allocate` or compiled code's malloc returned."""
    _function("stepwell_free", None, ctypes.c_void_p)(address)


def trim() -> None:
    """Gives all cached blocks back to the C library."""
    _function("stepwell_trim", None)()


def statistics() -> AllocatorStatistics:
    """What the allocator holds now."""
    values = dict(zip(_FIELDS, _state(), strict=True))
    limit = values["limit"]
    return AllocatorStatistics(
        values["used"],
        values["reserved"],
        values["peak"],
        values["live"],
        values["cached"],
        values["calls"],
        values["refused"],
        None if limit == _NO_LIMIT else limit,
    )


def forget_peak() -> None:
    """Makes what is in use now the most ever in use."""
    state = _state()
    state[_FIELDS.index("peak")] = state[_FIELDS.index("used")]


def set_limits(limit: int | None = None, cache_limit: int | None = None) -> None:
    """Sets the most bytes to take from the C library, and the most to keep for reuse.

    Args:
        limit: bytes; None for no limit. With a limit, what is cached now is given back.
        cache_limit: bytes; None leaves it as it is. Blocks that are kept already stay.
    """
    _state()[_FIELDS.index("limit")] = _NO_LIMIT if limit is None else limit
    if limit is not None:
        trim()
    if cache_limit is not None:
        _state()[_FIELDS.index("cache_limit")] = cache_limit

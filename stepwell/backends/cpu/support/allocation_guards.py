"""Guards: where a call goes back to when there is no memory. A part of the allocator's LLVM IR.

Compiled code does not look at what malloc returns. Its caller therefore stands guard: where there
is no room, `stepwell_malloc` frees all that this thread's call has allocated and jumps back to the
guard, which lies in the caller's frame:

    +0 next guard   +8 thread   +16 pauses   +24 first block   +64 jmp_buf

A thread without a guard, or in a piece of a parallel loop, where its guard is paused, cannot go
back: it may exceed the limit, and ends the process when the C library has no more.
"""

from __future__ import annotations

GUARD_SIZE = 64 + 512  # glibc's jmp_buf is 200 bytes on x86-64 and 312 on aarch64
GUARD_JUMP = 64

GUARDS = f"""
; The innermost guard of this thread, or null. Needs the lock.
define internal ptr @guard_of_thread() {{
entry:
  %first = load ptr, ptr getelementptr (i64, ptr @state, i64 8)
  %none = icmp eq ptr %first, null
  br i1 %none, label %done, label %ask
ask:
  %self = call i64 @pthread_self()
  br label %look
look:
  %guard = phi ptr [ %first, %ask ], [ %next, %other ]
  %thread_at = getelementptr i8, ptr %guard, i64 8
  %thread = load i64, ptr %thread_at
  %mine = icmp eq i64 %thread, %self
  br i1 %mine, label %done, label %other
other:
  %next = load ptr, ptr %guard
  %last = icmp eq ptr %next, null
  br i1 %last, label %done, label %look
done:
  %found = phi ptr [ null, %entry ], [ %guard, %look ], [ null, %other ]
  ret ptr %found
}}

; Writes down that a guard's call has allocated `block`. Needs the lock.
define internal void @link(ptr %block, ptr %guard) {{
  %next_at = getelementptr i8, ptr %block, i64 40
  %place_at = getelementptr i8, ptr %block, i64 48
  %first_at = getelementptr i8, ptr %guard, i64 24
  %next = load ptr, ptr %first_at
  store ptr %next, ptr %next_at
  store ptr %first_at, ptr %place_at
  store ptr %block, ptr %first_at
  %alone = icmp eq ptr %next, null
  br i1 %alone, label %done, label %behind
behind:
  %next_place_at = getelementptr i8, ptr %next, i64 48
  store ptr %next_at, ptr %next_place_at
  br label %done
done:
  ret void
}}

; Forgets which guard's call has allocated `block`. Needs the lock.
define internal void @unlink(ptr %block) {{
  %place_at = getelementptr i8, ptr %block, i64 48
  %place = load ptr, ptr %place_at
  %free = icmp eq ptr %place, null
  br i1 %free, label %done, label %linked
linked:
  %next_at = getelementptr i8, ptr %block, i64 40
  %next = load ptr, ptr %next_at
  store ptr %next, ptr %place
  store ptr null, ptr %place_at
  %last = icmp eq ptr %next, null
  br i1 %last, label %done, label %behind
behind:
  %next_place_at = getelementptr i8, ptr %next, i64 48
  store ptr %place, ptr %next_place_at
  br label %done
done:
  ret void
}}

define void @stepwell_guard_enter(ptr %guard) {{
  %thread_at = getelementptr i8, ptr %guard, i64 8
  %pauses_at = getelementptr i8, ptr %guard, i64 16
  %first_at = getelementptr i8, ptr %guard, i64 24
  %self = call i64 @pthread_self()
  store i64 %self, ptr %thread_at
  store i64 0, ptr %pauses_at
  store ptr null, ptr %first_at
  call void @acquire()
  %outer = load ptr, ptr getelementptr (i64, ptr @state, i64 8)
  store ptr %outer, ptr %guard
  store ptr %guard, ptr getelementptr (i64, ptr @state, i64 8)
  call void @release()
  ret void
}}

; Takes a guard out of the list; its blocks are no longer its. Needs the lock.
define internal void @dismiss(ptr %guard) {{
entry:
  br label %look
look:
  %place = phi ptr [ getelementptr (i64, ptr @state, i64 8), %entry ], [ %here, %other ]
  %here = load ptr, ptr %place
  %found = icmp eq ptr %here, %guard
  br i1 %found, label %take, label %other
other:
  br label %look
take:
  %next = load ptr, ptr %guard
  store ptr %next, ptr %place
  %first_at = getelementptr i8, ptr %guard, i64 24
  %first = load ptr, ptr %first_at
  br label %blocks
blocks:
  %block = phi ptr [ %first, %take ], [ %following, %free ]
  %end = icmp eq ptr %block, null
  br i1 %end, label %done, label %free
free:
  %next_at = getelementptr i8, ptr %block, i64 40
  %following = load ptr, ptr %next_at
  %place_at = getelementptr i8, ptr %block, i64 48
  store ptr null, ptr %place_at
  br label %blocks
done:
  ret void
}}

define void @stepwell_guard_leave(ptr %guard) {{
  call void @acquire()
  call void @dismiss(ptr %guard)
  call void @release()
  ret void
}}

; In a piece of a parallel loop no thread may jump out: +1 before, -1 after.
define void @stepwell_guard_pause(i64 %by) {{
  call void @acquire()
  %guard = call ptr @guard_of_thread()
  %none = icmp eq ptr %guard, null
  br i1 %none, label %done, label %count
count:
  %pauses_at = getelementptr i8, ptr %guard, i64 16
  %pauses = load i64, ptr %pauses_at
  %now = add i64 %pauses, %by
  store i64 %now, ptr %pauses_at
  br label %done
done:
  call void @release()
  ret void
}}

; Frees what the guard's call has allocated, and goes back to its caller.
define internal void @go_back(ptr %guard) noreturn {{
entry:
  call void @acquire()
  %first_at = getelementptr i8, ptr %guard, i64 24
  br label %blocks
blocks:
  %block = load ptr, ptr %first_at
  %end = icmp eq ptr %block, null
  br i1 %end, label %jump, label %drop
drop:
  call void @take_back(ptr %block)
  br label %blocks
jump:
  call void @dismiss(ptr %guard)
  call void @release()
  %jump_at = getelementptr i8, ptr %guard, i64 {GUARD_JUMP}
  call void @longjmp(ptr %jump_at, i32 1)
  unreachable
}}
"""

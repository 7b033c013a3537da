"""Threads that run together: each goes on until it ends or must meet others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.machine import Meet, RuntimeValue, ThreadStart
from stepwell.ir.operation import Operation


class Paused(Exception):
    """Raised through the interpreter's loop when the thread that runs has to wait."""

    def __init__(self, meeting: Meet) -> None:
        super().__init__("a thread waits")
        self.meeting = meeting


def run_in_lockstep(
    threads: Sequence[ThreadStart],
    go_on: Callable[[int, RuntimeValue], None],
    undefined: Callable[[Operation, str], InterpreterError],
) -> None:
    """Runs threads until all have ended.

    Args:
        threads: what runs; between two meetings they run one after the other.
        go_on: runs a thread, by its number, until it ends or raises `Paused`; gets what the thread
            waited for (None at first).
        undefined: makes the error for an op whose threads never meet.

    Raises:
        InterpreterError: threads wait for others that ended, or that wait elsewhere.
    """
    members: dict[object, list[int]] = {}
    for number, start in enumerate(threads):
        for group in start.groups:
            members.setdefault(group, []).append(number)
    ready: dict[int, RuntimeValue] = dict.fromkeys(range(len(threads)))
    waiting: dict[int, Meet] = {}
    while ready:
        for number, brought in ready.items():
            try:
                go_on(number, brought)
            except Paused as paused:
                waiting[number] = paused.meeting
        ready = {}
        for group in dict.fromkeys(meeting.group for meeting in waiting.values()):
            ready |= _met(members[group], waiting, threads)
        for number in ready:
            del waiting[number]
    if waiting:
        first = waiting[min(waiting)]
        raise undefined(first.op, "is not reached by all the threads that must meet there")


def _met(
    numbers: Sequence[int], waiting: dict[int, Meet], threads: Sequence[ThreadStart]
) -> dict[int, RuntimeValue]:
    """What each thread of a group goes on with, if all of them wait for the group at one op."""
    meetings = [waiting.get(number) for number in numbers]
    found = [meeting for meeting in meetings if meeting is not None]
    if len(found) < len(numbers) or len({(m.op, m.group) for m in found}) > 1:
        return {}
    brought = {threads[n].thread: m.value for n, m in zip(numbers, found, strict=True)}
    return dict.fromkeys(numbers, brought)

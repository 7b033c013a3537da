"""Threads that run together: each goes on until it ends or must meet others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.machine import Meet, RuntimeValue, ThreadStart
from stepwell.ir.operation import Operation

_Place = tuple[Operation, object, int | None]


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
        for place in dict.fromkeys(_place(meeting) for meeting in waiting.values()):
            ready |= _met(place, members[place[1]], waiting, threads)
        for number in ready:
            del waiting[number]
    if waiting:
        first = waiting[min(waiting)]
        raise undefined(first.op, "is not reached by all the threads that must meet there")


def _place(meeting: Meet) -> _Place:
    return meeting.op, meeting.group, meeting.among


def _met(
    place: _Place, members: Sequence[int], waiting: dict[int, Meet], threads: Sequence[ThreadStart]
) -> dict[int, RuntimeValue]:
    """What each thread that must be at `place` goes on with, if all of them wait there."""
    among = place[2]
    numbers = [n for at, n in enumerate(members) if among is None or among >> at & 1]
    found = [waiting[number] for number in numbers if number in waiting]
    if len(found) < len(numbers) or any(_place(meeting) != place for meeting in found):
        return {}
    brought = {threads[n].thread: m.value for n, m in zip(numbers, found, strict=True)}
    return dict.fromkeys(numbers, brought)

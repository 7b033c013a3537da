"""What a user reads when a plan fails: which operations, on what, made where, and why."""

from __future__ import annotations

from collections.abc import Iterable

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.memory_info import mem_info
from stepwell.frontend.jittor.node import Node
from stepwell.frontend.jittor.places import origin_of, user_stack
from stepwell.frontend.jittor.program import Recording
from stepwell.ir.diagnostics import Diagnostic, StepwellError
from stepwell.runtime.calls import OutOfMemoryError
from stepwell.runtime.cuda.pool import DeviceOutOfMemoryError
from stepwell.runtime.sizes import size_text

_LINES = 12


class PlanError(TensorError):
    """Operations could not be compiled or computed; the text says which, and why."""


class MemoryOverflowError(TensorError, MemoryError):
    """There is no memory for the results of operations; nothing of them is left.

    Args:
        used: the bytes that would have been in use. total: the bytes there are, or the limit.
        is_device: whether it is the device's memory.
    """

    def __init__(self, used: int, total: int, is_device: bool = False) -> None:
        kind = "GPU" if is_device else "CPU"
        text = (
            f"{kind} memory is overflow, please reduce your batch_size or data size!\n"
            f"Total: {size_text(total)} Used: {size_text(used)}"
        )
        super().__init__(text)
        self.args = (text,)  # the text alone: programs compare it


def failure(recording: Recording | None, error: StepwellError) -> TensorError:
    """The error to raise in place of `error`, which compiling or computing has ended with.

    Args:
        recording: what was to be computed, if an operation was. error: what happened.
    """
    if isinstance(error, DeviceOutOfMemoryError):
        return MemoryOverflowError(error.used, error.total, is_device=True)
    if isinstance(error, OutOfMemoryError):
        total = error.limit if error.limit is not None else mem_info().total_cpu_ram
        return MemoryOverflowError(error.used, total)
    if recording is None:
        return TensorError(error.diagnostics)
    return PlanError(_described(recording, error))


def _described(recording: Recording, error: StepwellError) -> list[Diagnostic]:
    program = recording.program()
    names = [line.instruction.name for line in program.lines]
    operations = [name for name in names if name not in ("leaf", "constant")]
    parts = [
        f"[OP TYPE] {_listed(dict.fromkeys(operations))}",
        f"[Input] {_listed(map(_kind, recording.leaves))}",
        f"[Output] {_listed(map(_kind, recording.wanted))}",
        "[Async Backtrace]",
        *(f"  {place}" for place in _places(recording)),
        f"[Reason] {_reason(error)}",
    ]
    first, *rest = error.diagnostics
    return [Diagnostic(first.severity, "operations failed\n" + "\n".join(parts), None), *rest]


def _reason(error: StepwellError) -> str:
    return error.diagnostics[0].render().removeprefix("error: ")


def _places(recording: Recording) -> list[str]:
    """Where the operations were written, if that is noted, and where their value was asked for."""
    made = {str(stack[0]): None for node in recording.nodes() if (stack := origin_of(node))}
    asked = user_stack()[:1]
    places = [f"made at {place}" for place in list(made)[-_LINES:]]
    if not made:
        places.append("jt.flags.debug_level = 1 notes where operations are made")
    return places + [f"computed at {place}" for place in asked]


def _kind(node: Node) -> str:
    return f"{node.dtype}[{','.join(map(str, node.shape))}]"


def _listed(parts: Iterable[str]) -> str:
    every = list(parts)
    more = f", and {len(every) - _LINES} more" if len(every) > _LINES else ""
    return ", ".join(every[:_LINES]) + more

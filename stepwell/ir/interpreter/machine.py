"""The contract between ops and the interpreter.

An op says what it does in one of two ways.

- `evaluate(self, *operands)`: a pure function of values. It returns the result, or a tuple for
  several. For an `Elementwise` op the operands are scalars; the interpreter applies it to each
  element of vectors and tensors, and wraps or rounds what it returns to the result type. The
  constant folder and the fuzzers use it too.
- `execute(self, machine, *operands)`: everything else: memory, control flow, calls. It returns the
  result (a tuple for several, None for none), or a `Branch` if the op is a branch. An op with
  regions is a generator: `values = yield RunRegion(self.body, arguments)` runs a region and gives
  the operands of the terminator that ended it, as `Results` (a tuple); so does `yield Call(...)`
  for a call. Terminators with the trait `ReturnLike` need no meaning of their own.

Values, by type:

| type | value |
|---|---|
| iN, index | Python int: two's complement (signed) for N > 1, 0 or 1 for i1, unsigned for uiN |
| floats | NumPy scalar of the type's dtype (`dtype_of`) |
| complex | NumPy complex scalar |
| vector, tensor | NumPy array of that dtype (i1: bool, index: int64); never changed in place |
| memref | `MemRef` |
| llvm.ptr | `Pointer` |
| llvm.struct, llvm.array, tuple | Python tuple |
| function | the function op |

`POISON` stands for a poison or undefined value of any type.
"""

from __future__ import annotations

from collections.abc import Generator, Hashable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

from stepwell.ir.attributes import SymbolRefAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.operation import Operation

RuntimeValue: TypeAlias = Any


class Poison:
    """The type of `POISON`."""

    def __repr__(self) -> str:
        return "poison"


POISON = Poison()


@dataclass(frozen=True, slots=True)
class RunRegion:
    """Yielded by `execute`: run `region` with these arguments of its entry block."""

    region: Region
    arguments: Sequence[RuntimeValue] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """Yielded by `execute`: call the function that `symbol` names, as seen from `op`."""

    op: Operation
    symbol: SymbolRefAttr
    arguments: Sequence[RuntimeValue]


@dataclass(frozen=True, slots=True)
class CallValue:
    """Yielded by `execute`: call a function value."""

    op: Operation
    function: RuntimeValue
    arguments: Sequence[RuntimeValue]


@dataclass(frozen=True, slots=True)
class ThreadStart:
    """One of the threads of `RunThreads`.

    Args:
        thread: what `Machine.thread` is while it runs; hashable.
        groups: the groups of threads that it can meet in.
        arguments: of the region's entry block.
    """

    thread: Hashable
    groups: tuple[object, ...]
    arguments: Sequence[RuntimeValue]


@dataclass(frozen=True, slots=True)
class RunThreads:
    """Yielded by `execute`: run `region` once for each thread, together; gives nothing back.

    Args:
        region: what each of them runs.
        threads: in the order in which they run between meetings.
        isolated: whether the region sees no value from around it.
    """

    region: Region
    threads: Sequence[ThreadStart]
    isolated: bool = False


@dataclass(frozen=True, slots=True)
class Meet:
    """Yielded by `execute` in a thread: wait until all threads of `group` are at `op`.

    Gives a dictionary from each of these threads to the value that it brought.

    Args:
        op: where they meet.
        group: one of the groups of the thread.
        value: what it brings.
        among: which threads of the group, if not all: bit n stands for the n-th of them.
    """

    op: Operation
    group: object
    value: RuntimeValue = None
    among: int | None = None


@dataclass(frozen=True, slots=True)
class Branch:
    """Returned by `execute` of a branch: go on with `block`."""

    block: Block
    arguments: Sequence[RuntimeValue] = ()


class Results(tuple[RuntimeValue, ...]):
    """The values that a region or a call ended with. `execute` may return it as its results."""

    __slots__ = ()


Execution: TypeAlias = Generator[
    "RunRegion | Call | CallValue | RunThreads | Meet", RuntimeValue, RuntimeValue
]


class Machine(Protocol):
    """What `execute` may ask of the interpreter."""

    thread: Hashable
    """Which thread of `RunThreads` is running; None outside of any."""

    def undefined(self, op: Operation, why: str) -> InterpreterError:
        """An error to be raised: the program did something that has no meaning."""

    def function(self, op: Operation, symbol: SymbolRefAttr) -> Operation:
        """The function op that `symbol` names, as seen from `op`."""

    def symbol(self, op: Operation, symbol: SymbolRefAttr) -> Operation:
        """Any op that `symbol` names, as seen from `op`."""

    def write(self, text: str) -> None:
        """Prints for the program (vector.print and the like)."""

    def remember(self, key: object, make: Any) -> RuntimeValue:
        """State of this run (globals): the value under `key`, made by `make()` the first time."""

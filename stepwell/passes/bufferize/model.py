"""What bufferization must know of an op: the interface, and finding it by op.

Upstream's BufferizableOpInterface: https://mlir.llvm.org/docs/Bufferization/#extending-one-shot-bufferize
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.operation import Operation
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.passes.bufferize.analysis import Analysis
    from stepwell.passes.bufferize.bufferizer import Bufferizer


@dataclass(frozen=True, slots=True)
class Alias:
    """A value that shares the buffer of an operand, if that is bufferized in place.

    Args:
        value: a result of the op, or an argument of one of its blocks.
        equivalent: whether it is the whole buffer in the same layout, not a part of it.
    """

    value: Value
    equivalent: bool = True


class Model:
    """How ops of one class bufferize. The defaults are those of an op that only reads."""

    def reads(self, op: Operation, number: int, analysis: Analysis) -> bool:
        """Whether operand `number` is read."""
        return True

    def read_inside(self, op: Operation, number: int) -> Value | None:
        """The block argument through which alone operand `number` is read; None: ask `reads`."""
        return None

    def writes(self, op: Operation, number: int, analysis: Analysis) -> bool:
        """Whether operand `number` is written."""
        return False

    def aliases(self, op: Operation, number: int, analysis: Analysis) -> list[Alias]:
        """What shares the buffer of operand `number` if it is bufferized in place."""
        return []

    def always_in_place(self, op: Operation, number: int) -> bool:
        """Whether operand `number` must not be copied (a terminator's, say)."""
        return False

    def reads_before_writing(self, op: Operation, read: int, write: int) -> bool:
        """Whether, if two operands are one buffer, each element is read before it is written."""
        return False

    def does_not_conflict(
        self, op: Operation, read: tuple[Operation, int], write: tuple[Operation, int],
        analysis: Analysis,
    ) -> bool:  # fmt: skip
        """Whether a read and a write that look like a conflict are known not to be one."""
        return False

    def is_writable(self, op: Operation, value: Value, analysis: Analysis) -> bool:
        """Whether the memory behind a result or block argument may be written."""
        return True

    def settle(self, op: Operation, analysis: Analysis) -> None:
        """Notes what is equivalent once everything inside `op` is decided."""

    def resolve(self, op: Operation, analysis: Analysis, bufferizer: Bufferizer) -> None:
        """Inserts what must be there before `op` is bufferized (copies of yielded values)."""

    def buffer_type(self, op: Operation, value: Value, bufferizer: Bufferizer) -> Type:
        """The memref type of a tensor result or block argument."""
        for number, operand in enumerate(op.operands):
            if not is_tensor(operand.type):
                continue
            aliases = self.aliases(op, number, bufferizer.analysis)
            if any(alias.value is value and alias.equivalent for alias in aliases):
                found = bufferizer.buffer_type(operand)
                if not isinstance(found, types.UnrankedMemRefType):
                    return found
        return bufferizer.identity_type(value.type)

    def bufferize(self, op: Operation, bufferizer: Bufferizer) -> None:
        """Replaces `op`, at which the bufferizer stands, by ops on memrefs."""
        raise NotImplementedError


def is_tensor(type: Type) -> bool:
    """Whether values of `type` are bufferized."""
    return isinstance(type, (types.RankedTensorType, types.UnrankedTensorType))


def has_tensors(op: Operation) -> bool:
    """Whether any operand or result is a tensor."""
    return any(is_tensor(value.type) for value in (*op._operands, *op.results))


_by_class: dict[type[Operation], Model] = {}
_by_name: dict[str, Model] = {}
_resolved: dict[type[Operation], Model | None] = {}

M = TypeVar("M", bound=type[Model])


def models(*ops: type[Operation] | str) -> Callable[[M], M]:
    """Decorates a model: it is the one of these ops, given by name, or by a (base) class."""

    def register(model: M) -> M:
        instance = model()
        for op in ops:
            if isinstance(op, str):
                _by_name[op] = instance
            else:
                _by_class[op] = instance
        _resolved.clear()
        return model

    return register


def model_of(op: Operation) -> Model | None:
    """The model of an op, or None if nobody said how it bufferizes."""
    cls = type(op)
    if cls not in _resolved:
        by_class = (_by_class[base] for base in cls.__mro__ if base in _by_class)
        _resolved[cls] = _by_name.get(cls.name) or next(by_class, None)
    return _resolved[cls]

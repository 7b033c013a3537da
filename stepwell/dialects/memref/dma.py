"""Copies that run beside the program: dma_start and dma_wait."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stepwell.ir.attribute import Type
from stepwell.ir.definition import Op
from stepwell.ir.effects import Effect, read, write
from stepwell.ir.fields import variadic_operand
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.interpreter.memory import MemRef
from stepwell.ir.types import MemRefType, index

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import Operand, OpParser
    from stepwell.ir.text.printer import Printer


class DmaStartOp(Op, name="memref.dma_start"):
    """`memref.dma_start %a[%i], %b[%j], %count, %tag[%k], %stride, %run : A, B, Tag`.

    Copies `%count` elements from `%a` at `[%i]` on to `%b` at `[%j]` on; with `%stride` and `%run`,
    runs of `%run` elements that lie `%stride` apart in the slower memory. It is done when a
    `dma_wait` on the tag returns.
    """

    operands_ = variadic_operand()

    @classmethod
    def parse(cls, p: OpParser) -> DmaStartOp:
        source, target = _memory(p), _memory(p)
        count = p.operand()
        p.literal(",")
        tag = _memory(p, comma=False)
        strided = [p.operand() for _ in range(2) if p.accept(",")]
        attributes = p.optional_dictionary()
        p.literal(":")
        types = p.types()
        if len(types) != 3:
            raise p.fail("3 types expected")
        names = [*source, *target, count, *tag, *strided]
        wanted: list[Type] = [types[0], *([index] * (len(source) - 1))]
        wanted += [types[1], *([index] * (len(target) - 1)), index]
        wanted += [types[2], *([index] * (len(tag) - 1 + len(strided)))]
        return cls.create(p.resolve_all(names, wanted), (), None, attributes or None)

    def parts(self, values: Sequence[RuntimeValue]) -> list[list[RuntimeValue]]:
        """Operands in groups: source, target, count, tag, stride; each memref with its indices."""
        return _groups(self, values, (True, True, False, True))

    def print(self, p: Printer) -> None:
        names = self.parts([p.name(value) for value in self._operands])
        source, target, count, tag, strided = names
        shown = [_shown(source), _shown(target), count[0], _shown(tag), *strided]
        p.write(" " + ", ".join(shown))
        p.attr_dict(self)
        p.write(" : ")
        p.types([type for type in self.operand_types if isinstance(type, MemRefType)])

    def verify_op(self) -> None:
        if sum(isinstance(type, MemRefType) for type in self.operand_types) != 3:
            raise self.error("expected source, destination and tag to be of memref type")
        if len(self.parts(self._operands)[4]) not in (0, 2):
            raise self.error("incorrect number of operands")

    def effects(self) -> list[Effect]:
        source, target, _, tag, _ = self.parts(self._operands)
        return [read(source[0]), write(target[0]), read(tag[0])]

    def execute(self, machine: Machine, *operands: RuntimeValue) -> None:
        (source, *at), (target, *to), (count,), _, strided = self.parts(operands)
        if strided:
            raise machine.undefined(self, "copies with a stride, which cannot be interpreted")
        _flat(target, to, count).write(_flat(source, at, count).to_numpy())


class DmaWaitOp(Op, name="memref.dma_wait"):
    """`memref.dma_wait %tag[%k], %count : Tag`: waits for a copy to be done."""

    operands_ = variadic_operand()

    @classmethod
    def parse(cls, p: OpParser) -> DmaWaitOp:
        tag = _memory(p)
        count = p.operand()
        attributes = p.optional_dictionary()
        p.literal(":")
        wanted = [p.type(), *([index] * len(tag))]
        return cls.create(p.resolve_all([*tag, count], wanted), (), None, attributes or None)

    def print(self, p: Printer) -> None:
        names = [p.name(value) for value in self._operands]
        p.write(f" {_shown(names[:-1])}, {names[-1]}")
        p.attr_dict(self)
        p.write(" : ")
        p.type(self.operand_types[0])

    def effects(self) -> list[Effect]:
        return [read(self._operands[0]), write(self._operands[0])]

    def execute(self, machine: Machine, *operands: RuntimeValue) -> None:
        """Nothing: the copy is done when it starts."""


def _memory(p: OpParser, comma: bool = True) -> list[Operand]:
    found = [p.operand(), *p.operands("[", "]")]
    if comma:
        p.literal(",")
    return found


def _shown(names: Sequence[str]) -> str:
    return f"{names[0]}[{', '.join(names[1:])}]"


def _groups(
    op: Op, values: Sequence[RuntimeValue], memories: Sequence[bool]
) -> list[list[RuntimeValue]]:
    found: list[list[RuntimeValue]] = []
    at = 0
    for is_memory in memories:
        type = op.operand_types[at]
        size = 1 + (type.rank if is_memory and isinstance(type, MemRefType) else 0)
        found.append(list(values[at : at + size]))
        at += size
    return [*found, list(values[at:])]


def _flat(memref: MemRef, indices: Sequence[int], count: int) -> MemRef:
    """`count` elements that lie one after another from an element on."""
    return memref.with_layout(memref.position(indices), [count], [1])

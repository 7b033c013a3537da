"""Functions of the llvm dialect as LLVM IR text.

Values are named first (constants become text), then blocks are written, and block arguments become
phis last, when it is known where each branch ended up. Blocks of more than `MAX_BLOCK` instructions
are cut, since parts of LLVM are quadratic in the size of a block.
"""

from __future__ import annotations

from collections.abc import Callable

from stepwell.backends.cpu.translate_constants import constant_text, zero_text
from stepwell.backends.cpu.translate_parts import known_parts, needless
from stepwell.backends.cpu.translate_signature import function_head
from stepwell.backends.cpu.translate_types import symbol_name, type_text
from stepwell.dialects.llvm.constants import (
    AddressOfOp,
    ConstantOp,
    PoisonOp,
    UndefOp,
    ZeroOp,
)
from stepwell.dialects.llvm.control import BrOp, CondBrOp, SwitchOp
from stepwell.dialects.llvm.function import LLVMFuncOp
from stepwell.ir.block import Block
from stepwell.ir.diagnostics import BackendError, Diagnostic, Severity
from stepwell.ir.operation import Operation
from stepwell.ir.value import Value

MAX_BLOCK = 512

Writers = dict[type[Operation], Callable[..., None]]
"""For each class of ops, the function that writes one."""

CONSTANTS = (ConstantOp, ZeroOp, UndefOp, PoisonOp, AddressOfOp)


def refused(op: Operation, why: str) -> BackendError:
    """An error at `op`, to be raised."""
    message = f"'{op.name}' op cannot be compiled for a CPU: {why}"
    return BackendError(Diagnostic(Severity.ERROR, message, op.place))


def constant_op_text(op: Operation) -> str:
    """The text of what a constant op yields.

    Raises:
        BackendError: LLVM has no such constant.
    """
    match op:
        case ConstantOp():
            return constant_text(op.value, op.res.type)
        case ZeroOp():
            return zero_text(op.res.type)
        case UndefOp():
            return "undef"
        case AddressOfOp():
            return symbol_name(op.global_name.root)
    return "poison"


class FunctionText:
    """One function being written.

    `line(text)` adds an instruction; `value(v)` is the text of an operand, `typed(v)` that with its
    type, and `define(op)` begins an instruction that has a result.
    """

    def __init__(self, function: LLVMFuncOp) -> None:
        self.function = function
        self._names: dict[Value, str] = {}
        self._blocks: dict[Block, str] = {}
        self._edges: dict[Block, list[tuple[str, list[str]]]] = {}
        self._allocas: list[str] = []
        self._lines: list[str] = []
        self._label = ""
        self._size = 0
        self._pieces = 0
        self._parts = known_parts(function)
        self._skipped = needless(function, self._parts)
        self._name_all()

    # What the writers of ops use.

    def value(self, value: Value) -> str:
        """The text of an operand."""
        return self._names[value]

    def typed(self, value: Value) -> str:
        """The text of an operand with its type."""
        return f"{type_text(value.type)} {self._names[value]}"

    def define(self, op: Operation, text: str) -> None:
        """Adds an instruction whose result is that of `op`."""
        self.line(f"{self._names[op.results[0]]} = {text}")

    def line(self, text: str) -> None:
        """Adds an instruction."""
        self._size += 1
        if self._size > MAX_BLOCK:
            self._cut()
        self._lines.append(f"  {text}")

    def alloca(self, op: Operation, text: str, is_static: bool) -> None:
        """Adds an alloca: static ones of the entry block come first, so that LLVM knows them."""
        if is_static and op.parent is not None and op.parent.is_entry:
            self._allocas.append(f"  {self._names[op.results[0]]} = {text}")
        else:
            self.define(op, text)

    def label(self, block: Block) -> str:
        """`label %b1`."""
        return f"label %{self._blocks[block]}"

    # Naming.

    def _name_all(self) -> None:
        names = self._names
        number = 0
        body = self.function.body
        for position, block in enumerate(body.blocks):
            self._blocks[block] = f"b{position}"
            for argument in block.args:
                reached = block.is_entry or block.predecessors
                names[argument] = f"%p{number}" if reached else "poison"
                number += 1
            for op in block.ops:
                if isinstance(op, CONSTANTS):
                    names[op.results[0]] = constant_op_text(op)
                    continue
                for result in op.results:
                    names[result] = f"%v{number}"
                    number += 1
        for argument in body.args:
            names[argument] = f"%a{argument.index}"
        for part, inserted in self._parts.items():
            names[part] = names[inserted]

    # Blocks.

    def text(self, writers: Writers) -> str:
        """The whole function."""
        names = [self._names[argument] for argument in self.function.body.args]
        head = function_head(self.function, names)
        if self.function.body.is_empty:
            return f"declare {head}\n"
        bodies = [(block, self._block(block, writers)) for block in self.function.body.blocks]
        parts = [f"define {head} {{"]
        for block, lines in bodies:
            parts.append(f"{self._blocks[block]}:")
            if block.is_entry:
                parts += self._allocas
            else:
                parts += self._phis(block)
            parts += lines
        parts.append("}\n")
        return "\n".join(parts)

    def _block(self, block: Block, writers: Writers) -> list[str]:
        self._lines = []
        self._label = self._blocks[block]
        self._size = self._pieces = 0
        for op in block.ops:
            if isinstance(op, CONSTANTS) or op in self._skipped:
                continue
            if op.successors:
                self._edges_of(op)
            else:
                writers[type(op)](op, self)
        return self._lines

    def _cut(self) -> None:
        """Goes on in a new block."""
        self._pieces += 1
        self._size = 1
        base = self._label.partition(".")[0]
        following = f"{base}.{self._pieces}"
        self._lines += [f"  br label %{following}", f"{following}:"]
        self._label = following

    # Branches.

    def _edges_of(self, op: Operation) -> None:
        """Writes a branch, and notes what it hands to each block.

        A block named twice with arguments gets a block of its own for the second edge: a phi can
        have only one value for each block it comes from.
        """
        assert isinstance(op, (BrOp, CondBrOp, SwitchOp))
        targets: list[str] = []
        extra: list[str] = []
        seen: set[Block] = set()
        for index, block in enumerate(op.successors):
            start, stop = op.successor_operands(index)
            values = [self._names[value] for value in op._operands[start:stop]]
            source, target = self._label, self._blocks[block]
            if values and block in seen:
                source = f"{self._label}.edge{index}"
                extra += [f"{source}:", f"  br label %{target}"]
                target = source
            seen.add(block)
            self._edges.setdefault(block, []).append((source, values))
            targets.append(f"label %{target}")
        self._lines.append(f"  {self._branch(op, targets)}")
        self._lines += extra

    def _branch(self, op: BrOp | CondBrOp | SwitchOp, targets: list[str]) -> str:
        match op:
            case BrOp():
                return f"br {targets[0]}"
            case CondBrOp():
                return f"br {self.typed(op.condition)}, {targets[0]}, {targets[1]}"
        word = type_text(op.value.type)
        cases = [
            f"{word} {case}, {target}" for case, target in zip(op.cases, targets[1:], strict=True)
        ]
        return f"switch {self.typed(op.value)}, {targets[0]} [ {' '.join(cases)} ]"

    def _phis(self, block: Block) -> list[str]:
        edges = self._edges.get(block, [])
        lines = []
        for number, argument in enumerate(block.args if edges else ()):
            incoming = ", ".join(f"[ {values[number]}, %{source} ]" for source, values in edges)
            lines.append(f"  {self._names[argument]} = phi {type_text(argument.type)} {incoming}")
        return lines

"""Global variables of the llvm dialect as LLVM IR text."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.backends.cpu.translate_constants import (
    array_text,
    constant_text,
    struct_text,
    zero_text,
)
from stepwell.backends.cpu.translate_function import CONSTANTS, constant_op_text, refused
from stepwell.backends.cpu.translate_signature import linkage_text
from stepwell.backends.cpu.translate_types import quoted, symbol_name, type_text
from stepwell.dialects.llvm.aggregates import InsertValueOp, element_at
from stepwell.dialects.llvm.casts import AddrSpaceCastOp, BitcastOp, IntToPtrOp, PtrToIntOp
from stepwell.dialects.llvm.constants import GlobalOp, PoisonOp, UndefOp, ZeroOp
from stepwell.dialects.llvm.function import ReturnOp
from stepwell.dialects.llvm.memory_ops import GEPOp
from stepwell.dialects.llvm.types import ArrayType, StructType
from stepwell.ir.attribute import Type
from stepwell.ir.operation import Operation
from stepwell.ir.value import Value

_UNNAMED = ("", "local_unnamed_addr ", "unnamed_addr ")


def global_text(op: GlobalOp) -> str:
    """One global variable.

    Raises:
        BackendError: its type or its initialiser cannot be compiled.
    """
    if op.comdat is not None:
        raise refused(op, "'comdat' has no translation")
    space = f"addrspace({op.addr_space.value}) " if op.addr_space.value else ""
    initial = _initial(op)
    linkage = linkage_text(op)
    if not initial and op.linkage.value in ("external", "extern_weak"):
        linkage = linkage if op.linkage.value == "extern_weak" else f"external {linkage}"
    else:
        initial = f" {initial or 'undef'}"
    words = [
        f"{symbol_name(op.sym_name.value)} = {linkage}",
        "thread_local " if op.thread_local__ is not None else "",
        _UNNAMED[op.unnamed_addr.value],
        space,
        "externally_initialized " if op.externally_initialized is not None else "",
        "constant " if op.constant is not None else "global ",
        type_text(op.type),
        initial,
        f", section {quoted(op.section.value)}" if op.section is not None else "",
        f", align {op.alignment.value}" if op.alignment is not None and op.alignment.value else "",
    ]
    return "".join(words)


def _initial(op: GlobalOp) -> str:
    """The initial value; empty if there is none."""
    if op.value is not None:
        return constant_text(op.value, op.type)
    if op.initializer.is_empty:
        return ""
    values: dict[Value, str] = {}
    trees: dict[Value, _Tree] = {}
    for inner in op.initializer.entry.ops:
        if isinstance(inner, ReturnOp):
            return _shown(inner._operands[0], values, trees)
        _evaluate(inner, values, trees)
    raise refused(op, "its initialiser returns nothing")


class _Tree:
    """A struct or array whose parts are set one by one."""

    def __init__(self, type: Type, blank: str) -> None:
        self.type = type
        self.blank = blank
        self.parts: dict[int, _Tree | str] = {}

    def copy(self) -> _Tree:
        """A copy that shares no changes."""
        made = _Tree(self.type, self.blank)
        made.parts = {k: v.copy() if isinstance(v, _Tree) else v for k, v in self.parts.items()}
        return made

    def put(self, position: Sequence[int], text: str) -> None:
        """Sets one part."""
        tree = self
        for index in position[:-1]:
            inner = tree.parts.get(index)
            if not isinstance(inner, _Tree):
                element = element_at(tree.type, [index])
                assert element is not None
                inner = tree.parts[index] = _Tree(element, inner or tree.blank)
            tree = inner
        tree.parts[position[-1]] = text

    def text(self) -> str:
        """The constant."""
        if not self.parts:
            return self.blank
        kind = self.type
        count = kind.size if isinstance(kind, ArrayType) else len(getattr(kind, "elements", ()))
        items = [self._item(number) for number in range(count)]
        if isinstance(kind, StructType):
            return struct_text(items, kind)
        assert isinstance(kind, ArrayType)
        return array_text(items, kind)

    def _item(self, number: int) -> str:
        part = self.parts.get(number)
        if part is None:
            element = element_at(self.type, [number])
            assert element is not None
            return zero_text(element) if self.blank == "zeroinitializer" else self.blank
        return part.text() if isinstance(part, _Tree) else part


def _shown(value: Value, values: dict[Value, str], trees: dict[Value, _Tree]) -> str:
    return trees[value].text() if value in trees else values[value]


def _evaluate(op: Operation, values: dict[Value, str], trees: dict[Value, _Tree]) -> None:
    """Notes the constant that an op of an initialiser yields."""
    match op:
        case UndefOp() | PoisonOp() | ZeroOp() if isinstance(op.res.type, (StructType, ArrayType)):
            trees[op.res] = _Tree(op.res.type, constant_op_text(op))
        case InsertValueOp() if op.container in trees:
            text = _shown(op.value, values, trees)
            source = trees[op.container]
            made = trees[op.res] = source if op.container.has_one_use else source.copy()
            made.put(op.position.ints, text)
        case GEPOp():
            values[op.res] = _address(op, values, trees)
        case BitcastOp() | AddrSpaceCastOp() | PtrToIntOp() | IntToPtrOp():
            inner = f"{type_text(op.arg.type)} {_shown(op.arg, values, trees)}"
            word = op.name.removeprefix("llvm.")
            values[op.res] = f"{word} ({inner} to {type_text(op.res.type)})"
        case _ if isinstance(op, CONSTANTS):
            values[op.results[0]] = constant_op_text(op)
        case _:
            raise refused(op, "an initialiser holds only constants, and what is made of them")


def _address(op: GEPOp, values: dict[Value, str], trees: dict[Value, _Tree]) -> str:
    flags = op.noWrapFlags.value
    word = "inbounds " if flags & 1 else "nusw " if flags & 2 else ""
    shown = [
        f"{type_text(i.type)} {values[i]}" if isinstance(i, Value) else f"i32 {i}"
        for i in op.indices
    ]
    base = f"{type_text(op.base.type)} {_shown(op.base, values, trees)}"
    return f"getelementptr {word}({type_text(op.elem_type.value)}, {base}, {', '.join(shown)})"

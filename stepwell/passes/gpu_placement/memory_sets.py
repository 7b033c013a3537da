"""Which memrefs of a function share memory, and which of that the GPU has to reach."""

from __future__ import annotations

from stepwell.dialects.gpu.launch import LaunchFuncOp, LaunchOp
from stepwell.dialects.gpu.streams import AllocOp
from stepwell.ir.attribute import Type
from stepwell.ir.operation import Operation, walk
from stepwell.ir.types import MemRefType, UnrankedMemRefType
from stepwell.ir.value import Value
from stepwell.passes.bufferize.union_find import UnionFind
from stepwell.passes.gpu_emulation.uniformity import flows

_MADE_ANEW = ("memref.alloc", "memref.alloca", "memref.get_global", "gpu.alloc")
_NO_ACCESS = ("memref.dim", "memref.rank", "memref.dealloc", "memref.copy", "memref.realloc")


def is_memory(type: Type) -> bool:
    """Whether values of the type are memory."""
    return isinstance(type, (MemRefType, UnrankedMemRefType))


class MemorySets:
    """The memory of a function.

    Args:
        function: what to look at; launches are not outlined, or are.
    """

    def __init__(self, function: Operation) -> None:
        self._sets = UnionFind()
        self._reached: dict[Value, None] = {}
        for op in walk(function):
            self._join(op)
        for op in walk(function):
            self._reach(op)

    def on_device(self, value: Value) -> bool:
        """Whether the memory must be the GPU's."""
        return self._sets.find(value) in self._reached

    def same(self, a: Value, b: Value) -> bool:
        """Whether two memrefs may be of the same memory."""
        return self._sets.same(a, b)

    def accesses(self, op: Operation) -> bool:
        """Whether `op` reads or writes elements of the GPU's memory; not what is in it."""
        if op.name in _NO_ACCESS or op.name in _MADE_ANEW or op.name.startswith("gpu."):
            return False
        if op.may_be_terminator or any(is_memory(t) for t in op.result_types):
            return False
        if op.name in ("func.call", "func.call_indirect"):
            return False
        return any(is_memory(v.type) and self.on_device(v) for v in op._operands)

    def _join(self, op: Operation) -> None:
        for source, target in flows(op):
            if is_memory(source.type):
                self._sets.union(source, target)
        if op.regions or op.name in _MADE_ANEW or op.name == "func.call":
            return
        results = [value for value in op.results if is_memory(value.type)]
        for operand in op._operands:
            for result in results if is_memory(operand.type) else ():
                self._sets.union(operand, result)

    def _reach(self, op: Operation) -> None:
        used: list[Value] = []
        if isinstance(op, LaunchOp):
            used = [value for inner in walk(op) for value in inner._operands]
        elif isinstance(op, LaunchFuncOp):
            used = list(op.kernelOperands)
        elif isinstance(op, AllocOp):
            used = [op.memref]
        for value in used:
            if is_memory(value.type):
                self._reached[self._sets.find(value)] = None

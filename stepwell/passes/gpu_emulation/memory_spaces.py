"""On the CPU all memory is of one kind: memory spaces are dropped from all types of a program."""

from __future__ import annotations

from functools import cache

from stepwell.dialects.memref.casts import MemorySpaceCastOp
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import TypeAttr
from stepwell.ir.operation import Operation, walk
from stepwell.ir.types import FunctionType, MemRefType, UnrankedMemRefType


def drop_memory_spaces(root: Operation) -> None:
    """Changes the types of all values, functions and globals in `root`."""
    for op in list(walk(root)):
        for entries in (op._properties, op._attributes):
            for name, attribute in (entries or {}).items():
                if isinstance(attribute, TypeAttr) and isinstance(attribute.value, Type):
                    assert entries is not None
                    entries[name] = TypeAttr(without_space(attribute.value))
        for result in op.results:
            result.type = without_space(result.type)
        for region in op.regions:
            for block in region.blocks:
                for argument in block.args:
                    argument.type = without_space(argument.type)
        if isinstance(op, MemorySpaceCastOp) and op.source.type is op.result.type:
            op.result.replace_all_uses_with(op.source)
            op.erase()


@cache
def without_space(type: Type) -> Type:
    """The type in no memory space; of a function type, all types in it."""
    if isinstance(type, MemRefType):
        return MemRefType(type.shape, type.element_type, type.layout)
    if isinstance(type, UnrankedMemRefType):
        return UnrankedMemRefType(type.element_type)
    if isinstance(type, FunctionType):
        inputs, results = (
            tuple(map(without_space, group)) for group in (type.inputs, type.results)
        )
        return FunctionType(inputs, results)
    return type

"""Making the memref ops that bufferization needs, at a rewriter's insertion point."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir import dialect, types
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import (
    UNIT,
    DenseArrayAttr,
    IntegerAttr,
    StridedLayoutAttr,
    StringAttr,
    SymbolRefAttr,
    TypeAttr,
)
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.strides import strides_and_offset
from stepwell.ir.types import DYNAMIC, MemRefType
from stepwell.ir.value import Value

SEGMENTS = "operandSegmentSizes"


def make(
    rewriter: Rewriter,
    name: str,
    operands: Sequence[Value] = (),
    result_types: Sequence[Type] = (),
    properties: dict[str, Attribute] | None = None,
) -> Operation:
    """Inserts an op by its full name."""
    cls = dialect.find_op(name)
    assert cls is not None, name
    return rewriter.insert(cls.create(operands, result_types, properties))


def index(rewriter: Rewriter, value: int) -> Value:
    """The constant `value : index`."""
    return rewriter.constant(IntegerAttr(value, types.index), types.index)


def dim(rewriter: Rewriter, buffer: Value, position: int) -> Value:
    """The size of one dimension of a memref: a constant where the type says it."""
    if isinstance(buffer.type, MemRefType) and buffer.type.shape[position] != DYNAMIC:
        return index(rewriter, buffer.type.shape[position])
    at = index(rewriter, position)
    return make(rewriter, "memref.dim", [buffer, at], [types.index]).result


def dynamic_dims(rewriter: Rewriter, buffer: Value) -> list[Value]:
    """The sizes that the type of `buffer` leaves open."""
    assert isinstance(buffer.type, MemRefType)
    return [dim(rewriter, buffer, n) for n, s in enumerate(buffer.type.shape) if s == DYNAMIC]


def alloc(
    rewriter: Rewriter, type: MemRefType, sizes: Sequence[Value] = (), alignment: int = 64
) -> Value:
    """A fresh buffer; `sizes` are its dynamic ones."""
    properties: dict[str, Attribute] = {SEGMENTS: DenseArrayAttr.i32([len(sizes), 0])}
    if alignment:
        properties["alignment"] = IntegerAttr(alignment, types.i64)
    return make(rewriter, "memref.alloc", sizes, [type], properties).result


def copy(rewriter: Rewriter, source: Value, target: Value) -> None:
    """Copies the contents of `source` into `target`."""
    make(rewriter, "memref.copy", [source, target])


def cast(rewriter: Rewriter, buffer: Value, type: Type) -> Value:
    """`buffer` as a memref of another compatible type."""
    if buffer.type is type:
        return buffer
    return make(rewriter, "memref.cast", [buffer], [type]).result


def load(rewriter: Rewriter, buffer: Value, indices: Sequence[Value]) -> Value:
    """One element."""
    element = types.element_type_or_self(buffer.type)
    return make(rewriter, "memref.load", [buffer, *indices], [element]).result


def store(rewriter: Rewriter, value: Value, buffer: Value, indices: Sequence[Value]) -> None:
    """Sets one element."""
    make(rewriter, "memref.store", [value, buffer, *indices])


def get_global(rewriter: Rewriter, module: Operation, value: Attribute, type: MemRefType) -> Value:
    """The buffer of a constant, which becomes a private global of the module, shared if equal."""
    name = _global_of(module, value, type)
    properties: dict[str, Attribute] = {"name": SymbolRefAttr(name)}
    return make(rewriter, "memref.get_global", [], [type], properties).result


def _global_of(module: Operation, value: Attribute, type: MemRefType) -> str:
    names: set[str] = set()
    block = module.regions[0].entry
    last: Operation | None = None
    for op in block.ops:
        held = op.get_attribute("sym_name")
        name = held.value if isinstance(held, StringAttr) else ""
        names.add(name)
        if op.name == "memref.global":
            last = op
            same = op.get_attribute("initial_value") is value
            if same and getattr(op.get_attribute("type"), "value", None) is type:
                return name
    stem = "__constant_" + "".join(f"{size}x" for size in type.shape) + str(type.element_type)
    stem = "".join(char if char.isalnum() or char == "_" else "_" for char in stem)
    name, number = stem, 0
    while name in names:
        name, number = f"{stem}_{number}", number + 1
    cls = dialect.find_op("memref.global")
    assert cls is not None
    made = cls.create(
        properties={
            "sym_name": StringAttr(name),
            "sym_visibility": StringAttr("private"),
            "type": TypeAttr(type),
            "initial_value": value,
            "constant": UNIT,
            "alignment": IntegerAttr(64, types.i64),
        }
    )
    block.insert_before(made, last.next if last is not None else block.first)
    return name


def dynamic_layout(type: MemRefType) -> MemRefType:
    """The type with a layout of unknown strides and offset, to which all its kin can be cast."""
    layout = StridedLayoutAttr((DYNAMIC,) * len(type.shape), DYNAMIC)
    return MemRefType(type.shape, type.element_type, layout, type.memory_space)


def surely_castable(source: Type, target: Type) -> bool:
    """Whether every memref of type `source` is also one of type `target`."""
    if not (isinstance(source, MemRefType) and isinstance(target, MemRefType)):
        return isinstance(target, types.UnrankedMemRefType)
    if len(source.shape) != len(target.shape) or source.element_type is not target.element_type:
        return False
    if isinstance(source.layout, AffineMapAttr) or isinstance(target.layout, AffineMapAttr):
        return source.layout is target.layout
    known, wanted = strides_and_offset(source), strides_and_offset(target)
    assert known is not None and wanted is not None
    pairs = [
        *zip(source.shape, target.shape, strict=True),
        *zip(known[0], wanted[0], strict=True),
        (known[1], wanted[1]),
    ]
    return all(w == DYNAMIC or w == k for k, w in pairs)

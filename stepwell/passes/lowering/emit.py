"""Writing ops, those of the llvm dialect above all, at an insertion point.

Ops are named rather than imported: a lowering touches ops of many dialects, and each is loaded when
it is first needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stepwell.dialects.llvm.attributes import FastMathFlags
from stepwell.dialects.llvm.types import ArrayType, PointerType, StructType, VoidType
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import (
    DenseArrayAttr,
    FloatAttr,
    IntegerAttr,
    StringAttr,
    SymbolRefAttr,
    TypeAttr,
)
from stepwell.ir.block import Block, Region
from stepwell.ir.definition import Op
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.dialect import find_op
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.operation import Operation, unregistered_class
from stepwell.ir.rewriting.conversion_rewriter import ConversionRewriter
from stepwell.ir.value import OpResult, Value
from stepwell.passes.lowering.llvm_types import LLVMTypes

NSW, NUW = 1, 2
INBOUNDS_NUW = 7
ICMP = ("eq", "ne", "slt", "sle", "sgt", "sge", "ult", "ule", "ugt", "uge")
FCMP = (
    "false", "oeq", "ogt", "oge", "olt", "ole", "one", "ord",
    "ueq", "ugt", "uge", "ult", "ule", "une", "uno", "true",
)  # fmt: skip
DYNAMIC_INDEX = -(2**31)

Index = Value | int


class Emit(ConversionRewriter):
    """Inserts ops by their names.

    Args:
        types: converts types.
    """

    def __init__(self, types: LLVMTypes) -> None:
        super().__init__(converter=types)
        self.types = types

    def op(
        self,
        name: str,
        operands: Sequence[Value] = (),
        result_types: Sequence[Type] = (),
        properties: Mapping[str, Attribute] | None = None,
        *,
        attributes: dict[str, Attribute] | None = None,
        successors: Sequence[Block] = (),
        regions: Sequence[Region] = (),
    ) -> Operation:
        """Inserts the op called `name`; properties not given have their defaults."""
        cls = find_op(name) or unregistered_class(name)
        given = dict(properties or {})
        for key, default in _defaults(cls):
            given.setdefault(key, default)
        op = cls.create(
            operands, result_types, given or None, attributes, successors, regions, self.location
        )
        block = self._block
        assert block is not None, "there is no insertion point"
        block.insert_before(op, self._anchor)
        self.insertions += 1
        self._notify_inserted(op)
        return op

    def value(
        self,
        name: str,
        operands: Sequence[Value],
        type: Type,
        properties: Mapping[str, Attribute] | None = None,
    ) -> OpResult:
        """Inserts an op with one result, which is returned."""
        return self.op(name, operands, [type], properties).result

    # Constants.

    def literal(self, value: Attribute, type: Type) -> OpResult:
        """`llvm.mlir.constant`."""
        return self.value("llvm.mlir.constant", (), type, {"value": value})

    def index(self, value: int) -> OpResult:
        """An integer as wide as `index`."""
        return self.literal(IntegerAttr(value, types.index), self.types.index)

    def number(self, value: float, type: Type) -> OpResult:
        """A number as a scalar, or in every element of a vector, of `type`."""
        element = types.element_type_or_self(type)
        scalar: Attribute
        if isinstance(element, types.FloatType):
            scalar = FloatAttr.of(value, element)
        else:
            scalar = IntegerAttr(int(value), element)
        if isinstance(type, types.VectorType):
            scalar = DenseElementsAttr.splat(scalar, type)
        return self.literal(scalar, type)

    def zero(self, type: Type) -> OpResult:
        """`llvm.mlir.zero`."""
        return self.value("llvm.mlir.zero", (), type)

    def poison(self, type: Type) -> OpResult:
        """`llvm.mlir.poison`."""
        return self.value("llvm.mlir.poison", (), type)

    # Arithmetic.

    def binary(self, name: str, a: Value, b: Value, flags: int | None = None) -> OpResult:
        """`llvm.<name>` of two values of one type; `flags` are NSW and NUW."""
        properties = {"overflowFlags": IntegerAttr(flags, types.i32)} if flags else None
        return self.value(f"llvm.{name}", (a, b), a.type, properties)

    def unary(self, name: str, a: Value, flags: FastMathFlags | None = None) -> OpResult:
        """`llvm.<name>` of a value, of the same type."""
        return self.value(f"llvm.{name}", (a,), a.type, {"fastmathFlags": flags} if flags else None)

    def cast(self, name: str, a: Value, type: Type) -> OpResult:
        """`llvm.<name>` from the type of `a` to `type`."""
        return self.value(f"llvm.{name}", (a,), type)

    def icmp(self, predicate: str, a: Value, b: Value) -> OpResult:
        """`llvm.icmp`."""
        number = IntegerAttr(ICMP.index(predicate), types.i64)
        result = types.with_element(a.type, types.i1)
        return self.value("llvm.icmp", (a, b), result, {"predicate": number})

    def fcmp(self, predicate: str, a: Value, b: Value) -> OpResult:
        """`llvm.fcmp`."""
        number = IntegerAttr(FCMP.index(predicate), types.i64)
        result = types.with_element(a.type, types.i1)
        return self.value("llvm.fcmp", (a, b), result, {"predicate": number})

    def select(self, condition: Value, a: Value, b: Value) -> OpResult:
        """`llvm.select`."""
        return self.value("llvm.select", (condition, a, b), a.type)

    # Aggregates.

    def extract_value(self, aggregate: Value, *position: int) -> OpResult:
        """`llvm.extractvalue`."""
        type = part_type(aggregate.type, position)
        return self.value(
            "llvm.extractvalue", (aggregate,), type, {"position": DenseArrayAttr.i64(position)}
        )

    def insert_value(self, aggregate: Value, value: Value, *position: int) -> OpResult:
        """`llvm.insertvalue`."""
        where = {"position": DenseArrayAttr.i64(position)}
        return self.value("llvm.insertvalue", (aggregate, value), aggregate.type, where)

    def element(self, vector: Value, index: Index) -> OpResult:
        """`llvm.extractelement`."""
        number = self.i64(index) if isinstance(index, int) else index
        element = types.element_type_or_self(vector.type)
        return self.value("llvm.extractelement", (vector, number), element)

    def set_element(self, vector: Value, value: Value, index: Index) -> OpResult:
        """`llvm.insertelement`."""
        number = self.i64(index) if isinstance(index, int) else index
        return self.value("llvm.insertelement", (vector, value, number), vector.type)

    def i64(self, value: int) -> OpResult:
        """A 64-bit constant."""
        return self.literal(IntegerAttr(value, types.i64), types.i64)

    def i32(self, value: int) -> OpResult:
        """A 32-bit constant."""
        return self.literal(IntegerAttr(value, types.i32), types.i32)

    # Memory.

    def gep(
        self, pointer: Value, indices: Sequence[Index], element: Type, flags: int = 0
    ) -> OpResult:
        """`llvm.getelementptr` over elements of type `element`."""
        raw = [DYNAMIC_INDEX if isinstance(index, Value) else index for index in indices]
        operands = [pointer, *[index for index in indices if isinstance(index, Value)]]
        properties: dict[str, Attribute] = {
            "elem_type": TypeAttr(element),
            "noWrapFlags": IntegerAttr(flags, types.i32),
            "rawConstantIndices": DenseArrayAttr.i32(raw),
        }
        return self.value("llvm.getelementptr", operands, pointer.type, properties)

    def load(
        self, pointer: Value, type: Type, properties: dict[str, Attribute] | None = None
    ) -> OpResult:
        """`llvm.load`."""
        return self.value("llvm.load", (pointer,), type, properties)

    def store(
        self, value: Value, pointer: Value, properties: dict[str, Attribute] | None = None
    ) -> None:
        """`llvm.store`."""
        self.op("llvm.store", (value, pointer), (), properties)

    def alloca(
        self,
        count: Value,
        element: Type,
        alignment: Attribute | None = None,
        type: PointerType | None = None,
    ) -> OpResult:
        """`llvm.alloca`."""
        properties: dict[str, Attribute] = {"elem_type": TypeAttr(element)}
        if alignment is not None:
            properties["alignment"] = alignment
        return self.value("llvm.alloca", (count,), type or PointerType(), properties)

    def size_of(self, element: Type) -> OpResult:
        """The distance in bytes between elements of an array, as an `index`."""
        following = self.gep(self.zero(PointerType()), [1], element)
        return self.cast("ptrtoint", following, self.types.index)

    # Control.

    def call(
        self,
        callee: str | None,
        operands: Sequence[Value],
        result: Type,
        properties: Mapping[str, Attribute] | None = None,
    ) -> OpResult | None:
        """`llvm.call` of a symbol, or of the first operand; its result, if it is not void."""
        given = dict(properties or {})
        if callee is not None:
            given["callee"] = SymbolRefAttr(callee)
        given[OPERAND_SEGMENTS] = DenseArrayAttr.i32((len(operands), 0))
        given.setdefault("op_bundle_sizes", DenseArrayAttr.i32(()))
        results = [] if isinstance(result, VoidType) else [result]
        op = self.op("llvm.call", operands, results, given)
        return op.result if results else None

    def intrinsic(
        self,
        name: str,
        operands: Sequence[Value],
        type: Type,
        flags: FastMathFlags | None = None,
    ) -> OpResult:
        """`llvm.intr.<name>`."""
        return self.value(
            f"llvm.intr.{name}", operands, type, {"fastmathFlags": flags} if flags else None
        )

    def branch(self, block: Block, operands: Sequence[Value] = ()) -> None:
        """`llvm.br`."""
        self.op("llvm.br", operands, successors=[block])


_known_defaults: dict[type[Operation], list[tuple[str, Attribute]]] = {}


def _defaults(cls: type[Operation]) -> list[tuple[str, Attribute]]:
    """The properties that ops of a class have unless they are given others."""
    found = _known_defaults.get(cls)
    if found is None:
        fields = cls.property_fields.items() if issubclass(cls, Op) else ()
        found = [(key, prop.default) for key, prop in fields if prop.default is not None]
        _known_defaults[cls] = found
    return found


def part_type(aggregate: Type, position: Sequence[int]) -> Type:
    """The type of what stands at `position` in an array or struct."""
    for number in position:
        if isinstance(aggregate, StructType):
            assert aggregate.elements is not None
            aggregate = aggregate.elements[number]
        else:
            assert isinstance(aggregate, ArrayType)
            aggregate = aggregate.element_type
    return aggregate


def symbol_name(op: Operation) -> str:
    """The name of a symbol."""
    name = op.properties["sym_name"]
    assert isinstance(name, StringAttr)
    return name.value

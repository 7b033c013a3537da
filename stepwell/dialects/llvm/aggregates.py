"""Parts of structs, arrays and vectors, in the llvm dialect."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from stepwell.dialects.llvm.constants import zero_value
from stepwell.dialects.llvm.types import AnyVector, ArrayType, LLVMType, StructType
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.constraints import SignlessInteger, Var, element_of
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, prop, result
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.property_kinds import DenseI32Array, DenseI64Array
from stepwell.ir.traits import Pure
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.block import Region
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


def element_at(container: Type, position: Sequence[int]) -> Type | None:
    """The type of the part of `container` at `position`, or None if there is none."""
    type: Type | None = container
    for index in position:
        if isinstance(type, ArrayType) and 0 <= index < type.size:
            type = type.element_type
        elif isinstance(type, StructType) and 0 <= index < len(type.elements or ()):
            type = (type.elements or ())[index]
        else:
            return None
    return type


def _parse_position(p: OpParser) -> DenseArrayAttr:
    return DenseArrayAttr.i64(p.comma_separated(p.integer, "[", "]"))


class ExtractValueOp(Op, name="llvm.extractvalue", traits=(Pure,)):
    """`%v = llvm.extractvalue %s[1, 0] : !llvm.struct<...>`: a part of a struct or array."""

    container = operand(LLVMType)
    position = prop(DenseI64Array)
    res = result(LLVMType)
    handles_poison = True

    @classmethod
    def parse(cls, p: OpParser) -> ExtractValueOp:
        name = p.operand()
        start = p.start
        position = _parse_position(p)
        attributes = p.optional_dictionary()
        p.literal(":")
        container = p.type()
        type = element_at(container, position.ints)
        if type is None:
            raise p.error(f"position out of bounds of '{container}'", start)
        value = p.resolve(name, container)
        return cls.create([value], [type], {"position": position}, attributes or None)

    def print(self, p: Printer) -> None:
        shown = ", ".join(map(str, self.position.ints))
        p.write(f" {p.name(self.container)}[{shown}]")
        p.attr_dict(self, ("position",))
        p.write(f" : {p.show(self.container.type)}")

    @classmethod
    def infer_result_types(
        cls,
        operands: Sequence[Value],
        properties: dict[str, Attribute],
        regions: Sequence[Region],
    ) -> list[Type]:
        position = properties["position"]
        assert isinstance(position, DenseArrayAttr)
        type = element_at(operands[0].type, position.ints)
        if type is None:
            raise TypeError(f"{cls.name}: position out of bounds of '{operands[0].type}'")
        return [type]

    def verify_op(self) -> None:
        type = element_at(self.container.type, self.position.ints)
        if type is not self.res.type:
            raise self.error(
                f"Type mismatch: extracting from '{self.container.type}' should produce "
                f"'{type}' but this op returns '{self.res.type}'"
            )

    def evaluate(self, container: RuntimeValue) -> RuntimeValue:
        for index in self.position.ints:
            if container is POISON:
                return POISON
            container = container[index]
        return container

    def fold(self, operands: Sequence[Attribute | None]) -> Value | None:
        """Looks through the ops that put values into the container."""
        wanted = self.position.ints
        source = self.container
        while isinstance(source.owner, InsertValueOp):
            inserted = source.owner.position.ints
            if inserted == wanted:
                return source.owner.value
            shorter = min(len(inserted), len(wanted))
            if inserted[:shorter] == wanted[:shorter]:
                return None
            source = source.owner.container
        return None


class InsertValueOp(Op, name="llvm.insertvalue", traits=(Pure,)):
    """`%t = llvm.insertvalue %v, %s[1] : !llvm.struct<...>`: one part replaced."""

    container = operand(LLVMType)
    value = operand(LLVMType)
    position = prop(DenseI64Array)
    res = result(LLVMType)
    handles_poison = True

    @classmethod
    def parse(cls, p: OpParser) -> InsertValueOp:
        value = p.operand()
        p.literal(",")
        container = p.operand()
        start = p.start
        position = _parse_position(p)
        attributes = p.optional_dictionary()
        p.literal(":")
        type = p.type()
        element = element_at(type, position.ints)
        if element is None:
            raise p.error(f"position out of bounds of '{type}'", start)
        values = [p.resolve(container, type), p.resolve(value, element)]
        return cls.create(values, [type], {"position": position}, attributes or None)

    def print(self, p: Printer) -> None:
        shown = ", ".join(map(str, self.position.ints))
        p.write(f" {p.name(self.value)}, {p.name(self.container)}[{shown}]")
        p.attr_dict(self, ("position",))
        p.write(f" : {p.show(self.container.type)}")

    @classmethod
    def infer_result_types(
        cls,
        operands: Sequence[Value],
        properties: dict[str, Attribute],
        regions: Sequence[Region],
    ) -> list[Type]:
        return [operands[0].type]

    def verify_op(self) -> None:
        element = element_at(self.container.type, self.position.ints)
        if element is not self.value.type:
            raise self.error(
                f"Type mismatch: cannot insert '{self.value.type}' into '{self.container.type}'"
            )

    def evaluate(self, container: RuntimeValue, value: RuntimeValue) -> RuntimeValue:
        return _with_part(container, self.container.type, self.position.ints, value)


def _with_part(
    container: RuntimeValue, type: Type, position: Sequence[int], value: RuntimeValue
) -> RuntimeValue:
    """`container` with the part at `position` replaced; a poison container has poison parts."""
    path = [(container, type)]
    for index in position:
        inside, of = path[-1]
        element = element_at(of, [index])
        assert element is not None
        path.append((POISON if inside is POISON else inside[index], element))
    for (inside, of), index in zip(reversed(path[:-1]), reversed(position), strict=True):
        count = of.size if isinstance(of, ArrayType) else len(getattr(of, "elements", ()))
        parts = [POISON] * count if inside is POISON else list(inside)
        parts[index] = value
        value = tuple(parts)
    return value


V = Var("V", AnyVector)


class ExtractElementOp(Op, name="llvm.extractelement", traits=(Pure,)):
    """`%e = llvm.extractelement %v[%i : i32] : vector<4xf32>`: one element."""

    vector = operand(V)
    position = operand(SignlessInteger)
    res = result(element_of(V))
    syntax = "$vector `[` $position `:` type($position) `]` attr-dict `:` type($vector)"

    def evaluate(self, vector: NDArray[np.generic], position: int) -> RuntimeValue:
        if not 0 <= position < len(vector):
            return POISON
        return vector[position]


class InsertElementOp(Op, name="llvm.insertelement", traits=(Pure,)):
    """`%w = llvm.insertelement %e, %v[%i : i32] : vector<4xf32>`: with one element replaced."""

    vector = operand(V)
    value = operand(element_of(V))
    position = operand(SignlessInteger)
    res = result(V)
    syntax = "$value `,` $vector `[` $position `:` type($position) `]` attr-dict `:` type($vector)"
    handles_poison = True

    def evaluate(
        self, vector: RuntimeValue, value: RuntimeValue, position: RuntimeValue
    ) -> RuntimeValue:
        type = self.vector.type
        assert isinstance(type, types.VectorType)
        made = zero_value(type) if vector is POISON else vector.copy()
        if position is POISON or not 0 <= position < len(made):
            return POISON
        if value is not POISON:
            made[position] = value
        return made


class ShuffleVectorOp(Op, name="llvm.shufflevector", traits=(Pure,)):
    """`%s = llvm.shufflevector %a, %b [0, 5, -1] : vector<4xf32>`: elements of two vectors."""

    v1 = operand(V)
    v2 = operand(V)
    mask = prop(DenseI32Array)
    res = result(AnyVector)
    syntax = "$v1 `,` $v2 $mask attr-dict `:` type($v1)"
    handles_poison = True

    @classmethod
    def infer_result_types(
        cls,
        operands: Sequence[Value],
        properties: dict[str, Attribute],
        regions: Sequence[Region],
    ) -> list[Type]:
        source, mask = operands[0].type, properties["mask"]
        assert isinstance(source, types.VectorType) and isinstance(mask, DenseArrayAttr)
        return [types.VectorType((len(mask.values),), source.element_type, source.scalable)]

    def evaluate(self, first: RuntimeValue, second: RuntimeValue) -> RuntimeValue:
        sources = [
            zero_value(value.type) if given is POISON else given
            for given, value in ((first, self.v1), (second, self.v2))
        ]
        both = np.concatenate(sources)
        return both[[max(index, 0) for index in self.mask.ints]]


class FreezeOp(Op, name="llvm.freeze", traits=(Pure,)):
    """`%w = llvm.freeze %v : i32`: the value; if that is poison, any fixed one (here zero)."""

    T = Var("T", LLVMType)
    val = operand(T)
    res = result(T)
    syntax = "$val attr-dict `:` type($val)"
    handles_poison = True

    def evaluate(self, value: RuntimeValue) -> RuntimeValue:
        return zero_value(self.val.type) if value is POISON else value

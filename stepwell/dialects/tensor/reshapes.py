"""Ops that give the elements of tensors another shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from stepwell.dialects.tensor.reassociation import (
    Reassociation,
    collapsed_shape,
    groups_of,
    parse_groups,
    print_groups,
    verify_groups,
)
from stepwell.dialects.tensor.shapes import compatible, num_dynamic, ranked
from stepwell.ir import types
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.constraints import AnyRankedTensor, AnyTensor, Index
from stepwell.ir.definition import Op
from stepwell.ir.dense_attributes import DenseElementsAttr
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.fields import operand, prop, result, variadic_operand
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.property_kinds import I64, DenseI64Array
from stepwell.ir.text.index_lists import (
    MixedIndex,
    mixed_indices,
    parse_index_list,
    print_index_list,
    runtime_indices,
)
from stepwell.ir.traits import Pure
from stepwell.ir.types import DYNAMIC, RankedTensorType

if TYPE_CHECKING:
    from stepwell.ir.rewriting.folding import Fold
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class ExpandShapeOp(Op, name="tensor.expand_shape", traits=(Pure,)):
    """`%e = tensor.expand_shape %t [[0, 1], [2]] output_shape [2, %n, 8] : ... into ...`.

    Splits dimensions: each group of result dimensions comes from one.
    """

    src = operand(AnyRankedTensor)
    output_shape = variadic_operand(Index)
    reassociation = prop(Reassociation)
    static_output_shape = prop(DenseI64Array)
    result_ = result(AnyRankedTensor)

    @property
    def groups(self) -> list[list[int]]:
        """The dimensions of the result that each dimension of the source becomes."""
        return groups_of(self.reassociation)

    @property
    def mixed_output_shape(self) -> list[MixedIndex]:
        """The sizes of the result."""
        return mixed_indices(self.output_shape, self.static_output_shape.ints)

    @classmethod
    def parse(cls, p: OpParser) -> ExpandShapeOp:
        source = p.operand()
        properties: dict[str, Attribute] = {"reassociation": parse_groups(p)}
        p.literal("output_shape")
        names, numbers = parse_index_list(p)
        properties["static_output_shape"] = DenseArrayAttr.i64(numbers)
        attributes = p.optional_dictionary()
        p.literal(":")
        source_type = p.type()
        p.literal("into")
        type = p.type()
        sizes = p.resolve_all(names, [types.index] * len(names))
        values = [p.resolve(source, source_type), *sizes]
        return cls.create(values, [type], properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.src)} ")
        print_groups(p, self.reassociation)
        p.write(" output_shape ")
        print_index_list(p, self.output_shape, self.static_output_shape.ints)
        p.attr_dict(self, ("reassociation", "static_output_shape"))
        p.write(" : ")
        p.type(self.src.type)
        p.write(" into ")
        p.type(self.result_.type)

    def result_name(self) -> str:
        """`expanded`."""
        return "expanded"

    def verify_op(self) -> None:
        source, found = ranked(self.src.type), ranked(self.result_.type)
        numbers = self.static_output_shape.ints
        if len(numbers) != len(found.shape):
            raise self.error(
                "expected number of static shape dims to be equal to the output rank "
                f"({len(found.shape)}) but found {len(numbers)} inputs instead"
            )
        if num_dynamic(numbers) != len(self.output_shape):
            raise self.error(
                "mismatch in dynamic dims in output_shape and static_output_shape: "
                f"static_output_shape has {num_dynamic(numbers)} dynamic dims while output_shape "
                f"has {len(self.output_shape)} values"
            )
        verify_groups(self, self.groups, found.shape, source.shape)
        if not compatible(numbers, found.shape):
            raise self.error("expected the output shape to fit the result type")

    def execute(self, machine: Machine, source: RuntimeValue, *sizes: RuntimeValue) -> RuntimeValue:
        """The same elements in row-major order."""
        shape = tuple(runtime_indices(self.static_output_shape.ints, list(sizes)))
        if collapsed_shape(shape, self.groups) != source.shape and shape:
            raise machine.undefined(
                self, f"expands a tensor of shape {source.shape} to {shape}, which does not fit"
            )
        return source.reshape(shape)

    def fold(self, operands: Sequence[Attribute | None]) -> Fold:
        """Nothing changes; undoes a collapse; a constant."""
        return _fold_reshape(self, operands[0])


class CollapseShapeOp(Op, name="tensor.collapse_shape", traits=(Pure,)):
    """`%c = tensor.collapse_shape %t [[0, 1], [2]] : tensor<2x4x8xf32> into tensor<8x8xf32>`.

    Joins each group of dimensions to one.
    """

    src = operand(AnyRankedTensor)
    reassociation = prop(Reassociation)
    result_ = result(AnyRankedTensor)

    @property
    def groups(self) -> list[list[int]]:
        """The dimensions of the source that become each dimension of the result."""
        return groups_of(self.reassociation)

    @classmethod
    def parse(cls, p: OpParser) -> CollapseShapeOp:
        source = p.operand()
        properties: dict[str, Attribute] = {"reassociation": parse_groups(p)}
        attributes = p.optional_dictionary()
        p.literal(":")
        source_type = p.type()
        p.literal("into")
        type = p.type()
        return cls.create([p.resolve(source, source_type)], [type], properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.src)} ")
        print_groups(p, self.reassociation)
        p.attr_dict(self, ("reassociation",))
        p.write(" : ")
        p.type(self.src.type)
        p.write(" into ")
        p.type(self.result_.type)

    def result_name(self) -> str:
        """`collapsed`."""
        return "collapsed"

    def verify_op(self) -> None:
        source, found = ranked(self.src.type), ranked(self.result_.type)
        verify_groups(self, self.groups, source.shape, found.shape)

    def execute(self, machine: Machine, source: RuntimeValue) -> RuntimeValue:
        """The same elements in row-major order."""
        return source.reshape(collapsed_shape(source.shape, self.groups))

    def fold(self, operands: Sequence[Attribute | None]) -> Fold:
        """Nothing changes; undoes an expansion; a constant."""
        return _fold_reshape(self, operands[0])


def _fold_reshape(op: ExpandShapeOp | CollapseShapeOp, constant: Attribute | None) -> Fold:
    type = ranked(op.result_.type)
    if op.src.type is type and type.has_static_shape:
        return op.src
    if isinstance(constant, DenseElementsAttr) and type.has_static_shape:
        return constant.reshape(type)
    made = op.src.defining_op
    inverse = CollapseShapeOp if isinstance(op, ExpandShapeOp) else ExpandShapeOp
    if isinstance(made, inverse) and made.src.type is type and made.groups == op.groups:
        one_unknown = all(
            sum(type.shape[dim] == DYNAMIC for dim in group) <= 1 for group in op.groups
        ) or isinstance(op, CollapseShapeOp)
        return made.src if one_unknown else None
    return None


class ReshapeOp(Op, name="tensor.reshape", traits=(Pure,)):
    """`%r = tensor.reshape %t(%shape) : (tensor<8xf32>, tensor<2xindex>) -> tensor<?x?xf32>`."""

    source = operand(AnyTensor)
    shape = operand(AnyRankedTensor)
    result_ = result(AnyTensor)
    syntax = "$source `(` $shape `)` attr-dict `:` functional-type(operands, results)"

    def result_name(self) -> str:
        """`reshape`."""
        return "reshape"

    def verify_op(self) -> None:
        source, found = self.source.type, self.result_.type
        if types.element_type_or_self(source) is not types.element_type_or_self(found):
            raise self.error(
                "element types of source and destination tensor types should be the same"
            )
        (count,) = ranked(self.shape.type).shape
        if isinstance(found, RankedTensorType):
            if count == DYNAMIC:
                raise self.error("cannot use shape operand with dynamic length to reshape to "
                                 "statically-ranked tensor type")  # fmt: skip
            if count != len(found.shape):
                raise self.error("length of shape operand differs from the result's tensor rank")
            if isinstance(source, RankedTensorType):
                static = source.has_static_shape and found.has_static_shape
                if static and source.num_elements != found.num_elements:
                    raise self.error(
                        "source and destination tensor should have the same number of elements"
                    )

    def evaluate(self, source: RuntimeValue, shape: RuntimeValue) -> RuntimeValue:
        sizes = tuple(int(size) for size in shape)
        if int(np.prod(sizes, dtype=np.int64)) != source.size or any(n < 0 for n in sizes):
            raise InterpreterError(f"reshapes a tensor of shape {source.shape} to {sizes}")
        return source.reshape(sizes)

    def fold(self, operands: Sequence[Attribute | None]) -> Fold:
        """A constant, or nothing changes."""
        constant, type = operands[0], self.result_.type
        if isinstance(constant, DenseElementsAttr) and isinstance(type, RankedTensorType):
            if type.has_static_shape:
                return constant.reshape(type)
        if self.source.type is type and isinstance(type, RankedTensorType):
            return self.source if type.has_static_shape else None
        return None


class ConcatOp(Op, name="tensor.concat", traits=(Pure,)):
    """`%c = tensor.concat dim(0) %a, %b : (tensor<1xf32>, tensor<2xf32>) -> tensor<3xf32>`."""

    inputs = variadic_operand(AnyRankedTensor)
    dim = prop(I64)
    result_ = result(AnyRankedTensor)
    syntax = "`dim` `(` $dim `)` $inputs attr-dict `:` functional-type(operands, results)"

    def result_name(self) -> str:
        """`concat`."""
        return "concat"

    @classmethod
    def inferred_type(cls, dim: int, inputs: Sequence[RankedTensorType]) -> RankedTensorType:
        """The type of the result."""
        shape = list(inputs[0].shape)
        for other in inputs[1:]:
            for place, size in enumerate(other.shape):
                if place == dim:
                    known = DYNAMIC not in (shape[dim], size)
                    shape[dim] = shape[dim] + size if known else DYNAMIC
                elif shape[place] == DYNAMIC:
                    shape[place] = size
        return RankedTensorType(tuple(shape), inputs[0].element_type)

    def verify_op(self) -> None:
        if not self.inputs:
            raise self.error("requires at least one input")
        inputs, found = [ranked(value.type) for value in self.inputs], ranked(self.result_.type)
        rank, dim = len(found.shape), self.dim.value
        if any(len(type.shape) != rank for type in inputs):
            raise self.error("rank of concatenated inputs must match result rank")
        if any(type.element_type is not found.element_type for type in inputs):
            raise self.error("inputs and result element type must match")
        if not 0 <= dim < rank:
            raise self.error("concatenation dim must be less than the tensor rank")
        for place in range(rank):
            sizes = {type.shape[place] for type in inputs} - {DYNAMIC}
            if place != dim and len(sizes) > 1:
                raise self.error(
                    f"static concatenation size mismatch along non-concatenated dimension {place}"
                )
        inferred = self.inferred_type(dim, inputs)
        if not compatible(inferred.shape, found.shape):
            raise self.error(
                f"result type '{found}'does not match inferred shape '{inferred}' static sizes"
            )

    def evaluate(self, *inputs: RuntimeValue) -> RuntimeValue:
        return np.concatenate(inputs, axis=self.dim.value)

    def fold(self, operands: Sequence[Attribute | None]) -> Fold:
        """Of one tensor."""
        only = self.inputs[0] if len(self.inputs) == 1 else None
        return only if only is not None and only.type is self.result_.type else None

"""`linalg.transpose` and `linalg.broadcast`: copies to other places."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeVar

from stepwell.dialects.linalg.attributes import PARALLEL, IteratorTypeAttr
from stepwell.dialects.linalg.generic import YieldOp
from stepwell.dialects.linalg.operand_lists import (
    parse_dimensions,
    parse_ins_outs,
    print_dimensions,
    print_ins_outs,
)
from stepwell.dialects.linalg.structured import (
    StructuredOp,
    element_types,
    shape_of,
    tensor_types,
)
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import DenseArrayAttr, size_text
from stepwell.ir.block import Block, Region
from stepwell.ir.fields import (
    operand,
    optional_result,
    prop,
    region,
    variadic_result,
)
from stepwell.ir.property_kinds import DenseI64Array
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class CopyingOp(StructuredOp):
    """Base of the two: one input, one init, and a parallel loop for each dimension of the init."""

    input = operand()
    init = operand()

    @property
    def dps_inputs(self) -> tuple[Value, ...]:
        return (self.input,)

    @property
    def dps_inits(self) -> tuple[Value, ...]:
        return (self.init,)

    @property
    def iterator_types(self) -> list[IteratorTypeAttr]:
        return [PARALLEL] * len(shape_of(self.init.type))


class TransposeOp(CopyingOp, name="linalg.transpose"):
    """`linalg.transpose ins(%a : ...) outs(%b : ...) permutation = [1, 0]`.

    Dimension i of the result is dimension `permutation[i]` of the input.
    """

    permutation = prop(DenseI64Array)
    result_ = optional_result()
    region = region()

    @property
    def indexing_maps(self) -> list[AffineMap]:
        order = self.permutation.ints
        inverse = sorted(range(len(order)), key=lambda place: order[place])
        return [AffineMap.permutation(inverse), AffineMap.identity(len(order))]

    def result_name(self) -> str:
        """`transposed`."""
        return "transposed"

    @classmethod
    def parse(cls, p: OpParser) -> TransposeOp:
        inputs, inits = parse_ins_outs(p)
        properties = {"permutation": parse_dimensions(p, "permutation")}
        return _finish_copying(cls, p, inputs, inits, properties)

    def print(self, p: Printer) -> None:
        print_ins_outs(p, self.dps_inputs, self.dps_inits)
        print_dimensions(p, "permutation", self.permutation)
        p.attr_dict(self, ("permutation",))

    def verify_op(self) -> None:
        order = self.permutation.ints
        source, target = shape_of(self.input.type), shape_of(self.init.type)
        if sorted(order) != list(range(len(order))):
            raise self.error("permutation is not valid")
        if len(source) != len(target):
            raise self.error(f"input rank {len(source)} does not match init rank {len(target)}")
        if len(order) != len(source):
            raise self.error(
                f"size of permutation {len(order)} does not match the argument rank {len(source)}"
            )
        for dim, (wanted, found) in enumerate(zip(order, target, strict=True)):
            if source[wanted] != found:
                raise self.error(
                    f"dim(result, {dim}) = {size_text(found)} doesn't match dim(input, "
                    f"permutation[{dim}]) = {size_text(source[wanted])}"
                )
        super().verify_op()


class BroadcastOp(CopyingOp, name="linalg.broadcast"):
    """`linalg.broadcast ins(%a : ...) outs(%b : ...) dimensions = [1]`.

    Repeats the input along the dimensions, which the result has and the input lacks.
    """

    dimensions = prop(DenseI64Array)
    result_ = variadic_result()
    region = region()

    @property
    def indexing_maps(self) -> list[AffineMap]:
        rank, added = len(shape_of(self.init.type)), self.dimensions.ints
        kept = AffineMap.filtered_identity(rank, lambda dim: dim not in added)
        return [kept, AffineMap.identity(rank)]

    def result_name(self) -> str:
        """`broadcasted`."""
        return "broadcasted"

    @classmethod
    def parse(cls, p: OpParser) -> BroadcastOp:
        inputs, inits = parse_ins_outs(p)
        properties = {"dimensions": parse_dimensions(p, "dimensions")}
        return _finish_copying(cls, p, inputs, inits, properties)

    def print(self, p: Printer) -> None:
        print_ins_outs(p, self.dps_inputs, self.dps_inits)
        print_dimensions(p, "dimensions", self.dimensions)
        p.attr_dict(self, ("dimensions",))

    def verify_op(self) -> None:
        added = self.dimensions.ints
        source, target = shape_of(self.input.type), shape_of(self.init.type)
        for number, dim in enumerate(added):
            if not 0 <= dim < len(target):
                raise self.error(
                    f"dimension {number} is out of range. expected range: [0, {len(target) - 1}], "
                    f"got: {dim}"
                )
        if len(source) + len(added) != len(target):
            raise self.error(
                "input rank plus added dimensions does not match init rank. input rank: "
                f"{len(source)}, dimensions size: {len(added)}, init rank: {len(target)}"
            )
        kept = [dim for dim in range(len(target)) if dim not in added]
        for number, dim in enumerate(kept):
            if source[number] != target[dim]:
                raise self.error(
                    f"input dim {number} should match init dim {dim}. input: "
                    f"{source[number]}, init: {target[dim]}"
                )
        super().verify_op()


def copying_region(elements: Sequence[Type]) -> Region:
    """A body that yields its first argument."""
    block = Block(elements)
    block.append(YieldOp.create([block.args[0]]))
    return Region([block])


C = TypeVar("C", TransposeOp, BroadcastOp)


def _finish_copying(
    cls: type[C],
    p: OpParser,
    inputs: Sequence[Value],
    inits: Sequence[Value],
    properties: dict[str, DenseArrayAttr],
) -> C:
    attributes = p.optional_dictionary()
    values = [*inputs, *inits]
    if len(values) != 2:
        raise p.fail("expected one input and one init")
    body = copying_region(element_types(values))
    return cls.create(values, tensor_types(inits), dict(properties), attributes or None, (), [body])

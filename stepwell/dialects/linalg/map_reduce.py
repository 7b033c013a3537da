"""`linalg.map`, `reduce`, `transpose` and `broadcast`: structured ops with simple maps."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from stepwell.dialects.linalg.attributes import PARALLEL, REDUCTION, IteratorTypeAttr
from stepwell.dialects.linalg.generic import YieldOp
from stepwell.dialects.linalg.operand_lists import parse_ins_outs, print_ins_outs
from stepwell.dialects.linalg.payload import (
    parse_payload,
    payload_of,
    payload_region,
    print_payload,
    print_region_below,
)
from stepwell.dialects.linalg.structured import (
    StructuredOp,
    element_types,
    shape_of,
    tensor_types,
    verify_body,
    verify_structure,
)
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.fields import (
    operand,
    optional_result,
    prop,
    region,
    variadic_operand,
    variadic_result,
)
from stepwell.ir.operation import Operation
from stepwell.ir.property_kinds import DenseI64Array
from stepwell.ir.types import DYNAMIC
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser, RegionRequest
    from stepwell.ir.text.printer import Printer


class MapOp(StructuredOp, name="linalg.map"):
    """`linalg.map { arith.addf } ins(%a, %b : ...) outs(%c : ...)`: element by element.

    With a longer body: `linalg.map ins(...) outs(...) (%x: f32, %out: f32) { ... }`.
    """

    inputs = variadic_operand()
    init = operand()
    result_ = variadic_result()
    mapper = region()

    @property
    def dps_inputs(self) -> tuple[Value, ...]:
        return self.inputs

    @property
    def dps_inits(self) -> tuple[Value, ...]:
        return (self.init,)

    @property
    def indexing_maps(self) -> list[AffineMap]:
        return [AffineMap.identity(self._rank)] * self.num_operands

    @property
    def _rank(self) -> int:
        return len(shape_of(self.init.type))

    @property
    def iterator_types(self) -> list[IteratorTypeAttr]:
        return [PARALLEL] * self._rank

    def result_name(self) -> str:
        """`mapped`."""
        return "mapped"

    def argument_names(self, region: Region) -> Sequence[str]:
        """`in` and `init`."""
        return ["in"] * len(self.inputs) + ["init"]

    @classmethod
    def parse(cls, p: OpParser) -> Generator[RegionRequest, Region, Operation]:
        payload = parse_payload(p)
        inputs, inits = parse_ins_outs(p)
        attributes = p.optional_dictionary()
        values = [*inputs, *inits]
        if payload is not None:
            elements = element_types(values)
            body = payload_region(payload, elements, range(len(inputs)))
        else:
            arguments = p.comma_separated(p.argument, "(", ")")
            body = yield p.region(arguments)
        return cls.create(values, tensor_types(inits), None, attributes or None, (), [body])

    def print(self, p: Printer) -> Iterator[Any]:
        payload = payload_of(self.body, range(len(self.inputs)))
        if payload is not None:
            print_payload(p, payload)
        print_ins_outs(p, self.inputs, self.dps_inits)
        p.attr_dict(self)
        if payload is None:
            yield from print_region_below(p, self.mapper)

    def verify_op(self) -> None:
        shape = shape_of(self.init.type)
        for value in self.inputs:
            found = shape_of(value.type)
            if found != shape:
                raise self.error(
                    f"expected shape of input ({_sizes(found)}) to match shape of output "
                    f"({_sizes(shape)})"
                )
        verify_structure(self)
        verify_body(self)


class ReduceOp(StructuredOp, name="linalg.reduce"):
    """`linalg.reduce { arith.addf } ins(%a : ...) outs(%b : ...) dimensions = [1]`.

    Combines the elements along the dimensions with what the inits hold.
    """

    inputs_and_inits = variadic_operand()
    dimensions = prop(DenseI64Array)
    results_ = variadic_result()
    combiner = region()

    @property
    def dps_inputs(self) -> tuple[Value, ...]:
        return self.operands[: self.num_operands // 2]

    @property
    def dps_inits(self) -> tuple[Value, ...]:
        return self.operands[self.num_operands // 2 :]

    @property
    def _input_rank(self) -> int:
        return len(shape_of(self.operands[0].type))

    @property
    def indexing_maps(self) -> list[AffineMap]:
        rank, dimensions = self._input_rank, self.dimensions.ints
        kept = AffineMap.filtered_identity(rank, lambda dim: dim not in dimensions)
        half = self.num_operands // 2
        return [AffineMap.identity(rank)] * half + [kept] * half

    @property
    def iterator_types(self) -> list[IteratorTypeAttr]:
        dimensions = self.dimensions.ints
        rank = self._input_rank
        return [REDUCTION if dim in dimensions else PARALLEL for dim in range(rank)]

    def result_name(self) -> str:
        """`reduced`."""
        return "reduced"

    def result_names(self) -> list[str | None]:
        """One name for all results."""
        return ["reduced", *[None] * (len(self.results) - 1)]

    def argument_names(self, region: Region) -> Sequence[str]:
        """`in` and `init`."""
        half = self.num_operands // 2
        return ["in"] * half + ["init"] * half

    @classmethod
    def parse(cls, p: OpParser) -> Generator[RegionRequest, Region, Operation]:
        payload = parse_payload(p)
        inputs, inits = parse_ins_outs(p)
        properties = {"dimensions": _parse_dimensions(p, "dimensions")}
        attributes = p.optional_dictionary()
        values = [*inputs, *inits]
        if payload is not None:
            order = [len(values) - 1, *range(len(values) - 1)]
            body = payload_region(payload, element_types(values), order)
        else:
            arguments = p.comma_separated(p.argument, "(", ")")
            body = yield p.region(arguments)
        return cls.create(
            values, tensor_types(inits), dict(properties), attributes or None, (), [body]
        )

    def print(self, p: Printer) -> Iterator[Any]:
        last = self.num_operands - 1
        payload = payload_of(self.body, [last, *range(last)])
        if payload is not None:
            print_payload(p, payload)
        print_ins_outs(p, self.dps_inputs, self.dps_inits)
        _print_dimensions(p, "dimensions", self.dimensions)
        p.attr_dict(self, ("dimensions",))
        if payload is None:
            yield from print_region_below(p, self.combiner)

    def verify_op(self) -> None:
        dimensions = self.dimensions.ints
        if any(a >= b for a, b in zip(dimensions, dimensions[1:], strict=False)):
            raise self.error(
                "attribute 'dimensions' failed to satisfy constraint: i64 dense array attribute "
                "should be in increasing order"
            )
        _verify_same_shapes(self, "inputs", self.dps_inputs)
        _verify_same_shapes(self, "outputs", self.dps_inits)
        source, target = shape_of(self.operands[0].type), shape_of(self.dps_inits[0].type)
        if any(not 0 <= dim < len(source) for dim in dimensions):
            raise self.error(
                f"dimensions for reduction should be in the range [0, {len(source) - 1}]."
            )
        left = tuple(size for dim, size in enumerate(source) if dim not in dimensions)
        if len(left) != len(target):
            raise self.error(
                f"number of dimensions after reduction {len(left)} doesn't match the init rank "
                f"{len(target)}"
            )
        if left != target:
            raise self.error(
                f"init dimensions [{_sizes(target)}] doesn't match input dimensions after "
                f"reduction [{_sizes(left)}]"
            )
        verify_structure(self)
        verify_body(self)


class TransposeOp(StructuredOp, name="linalg.transpose"):
    """`linalg.transpose ins(%a : ...) outs(%b : ...) permutation = [1, 0]`.

    Dimension i of the result is dimension `permutation[i]` of the input.
    """

    input = operand()
    init = operand()
    permutation = prop(DenseI64Array)
    result_ = optional_result()
    region = region()

    @property
    def dps_inputs(self) -> tuple[Value, ...]:
        return (self.input,)

    @property
    def dps_inits(self) -> tuple[Value, ...]:
        return (self.init,)

    @property
    def indexing_maps(self) -> list[AffineMap]:
        order = self.permutation.ints
        inverse = sorted(range(len(order)), key=lambda place: order[place])
        return [AffineMap.permutation(inverse), AffineMap.identity(len(order))]

    @property
    def iterator_types(self) -> list[IteratorTypeAttr]:
        return [PARALLEL] * len(shape_of(self.init.type))

    def result_name(self) -> str:
        """`transposed`."""
        return "transposed"

    @classmethod
    def parse(cls, p: OpParser) -> TransposeOp:
        inputs, inits = parse_ins_outs(p)
        properties = {"permutation": _parse_dimensions(p, "permutation")}
        return _finish_copying(cls, p, inputs, inits, properties)

    def print(self, p: Printer) -> None:
        print_ins_outs(p, self.dps_inputs, self.dps_inits)
        _print_dimensions(p, "permutation", self.permutation)
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
                    f"dim(result, {dim}) = {_size(found)} doesn't match dim(input, "
                    f"permutation[{dim}]) = {_size(source[wanted])}"
                )
        super().verify_op()


class BroadcastOp(StructuredOp, name="linalg.broadcast"):
    """`linalg.broadcast ins(%a : ...) outs(%b : ...) dimensions = [1]`.

    Repeats the input along the dimensions, which the result has and the input lacks.
    """

    input = operand()
    init = operand()
    dimensions = prop(DenseI64Array)
    result_ = variadic_result()
    region = region()

    @property
    def dps_inputs(self) -> tuple[Value, ...]:
        return (self.input,)

    @property
    def dps_inits(self) -> tuple[Value, ...]:
        return (self.init,)

    @property
    def indexing_maps(self) -> list[AffineMap]:
        rank, added = len(shape_of(self.init.type)), self.dimensions.ints
        kept = AffineMap.filtered_identity(rank, lambda dim: dim not in added)
        return [kept, AffineMap.identity(rank)]

    @property
    def iterator_types(self) -> list[IteratorTypeAttr]:
        return [PARALLEL] * len(shape_of(self.init.type))

    def result_name(self) -> str:
        """`broadcasted`."""
        return "broadcasted"

    @classmethod
    def parse(cls, p: OpParser) -> BroadcastOp:
        inputs, inits = parse_ins_outs(p)
        properties = {"dimensions": _parse_dimensions(p, "dimensions")}
        return _finish_copying(cls, p, inputs, inits, properties)

    def print(self, p: Printer) -> None:
        print_ins_outs(p, self.dps_inputs, self.dps_inits)
        _print_dimensions(p, "dimensions", self.dimensions)
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
                    f"{_shown(source[number])}, init: {_shown(target[dim])}"
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


def _parse_dimensions(p: OpParser, word: str) -> DenseArrayAttr:
    p.literal(word)
    p.literal("=")
    return DenseArrayAttr.i64(p.comma_separated(p.integer, "[", "]"))


def _print_dimensions(p: Printer, word: str, dimensions: DenseArrayAttr) -> None:
    p.write(f" {word} = [{', '.join(dimensions.items())}] ")


def _verify_same_shapes(op: ReduceOp, words: str, values: Sequence[Value]) -> None:
    shapes = [shape_of(value.type) for value in values]
    for number, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise op.error(
                f"expects all {words} to have the same shapes. Shape at index {number} is not "
                f"equal to the shape at index 0."
            )


def _size(size: int) -> str:
    return "?" if size == DYNAMIC else str(size)


def _shown(size: int) -> str:
    return str(size)


def _sizes(shape: Sequence[int]) -> str:
    return ", ".join(str(size) for size in shape)

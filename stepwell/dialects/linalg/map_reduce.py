"""`linalg.map` and `linalg.reduce`."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from stepwell.dialects.linalg.attributes import PARALLEL, REDUCTION, IteratorTypeAttr
from stepwell.dialects.linalg.operand_lists import (
    parse_dimensions,
    parse_ins_outs,
    print_dimensions,
    print_ins_outs,
)
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
from stepwell.ir.block import Region
from stepwell.ir.fields import (
    operand,
    prop,
    region,
    variadic_operand,
    variadic_result,
)
from stepwell.ir.operation import Operation
from stepwell.ir.property_kinds import DenseI64Array
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
        if payload is not None and not inits:
            raise p.error(f"expected 'outs', found {p.found()}")
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
        properties = {"dimensions": parse_dimensions(p, "dimensions")}
        attributes = p.optional_dictionary()
        values = [*inputs, *inits]
        if payload is not None and not inits:
            raise p.error(f"expected 'outs', found {p.found()}")
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
        print_dimensions(p, "dimensions", self.dimensions)
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


def _verify_same_shapes(op: ReduceOp, words: str, values: Sequence[Value]) -> None:
    shapes = [shape_of(value.type) for value in values]
    for number, shape in enumerate(shapes):
        if shape != shapes[0]:
            raise op.error(
                f"expects all {words} to have the same shapes. Shape at index {number} is not "
                f"equal to the shape at index 0."
            )


def _sizes(shape: Sequence[int]) -> str:
    return ", ".join(str(size) for size in shape)

"""The base of the named ops: what follows from a line of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from stepwell.dialects.linalg.attributes import (
    IteratorTypeAttr,
)
from stepwell.dialects.linalg.equations import build_region
from stepwell.dialects.linalg.named_table import NamedStructure
from stepwell.dialects.linalg.operand_lists import (
    parse_ins_outs,
    parse_result_types,
    print_ins_outs,
    print_result_types,
)
from stepwell.dialects.linalg.structured import (
    StructuredOp,
    element_types,
    shape_of,
    take_properties,
)
from stepwell.ir import types
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.block import Region
from stepwell.ir.dense_attributes import DenseElementsAttr, ElementsKind
from stepwell.ir.diagnostics import VerifyError
from stepwell.ir.fields import (
    OPERAND_SEGMENTS,
    optional_prop,
    region,
    variadic_operand,
    variadic_result,
)
from stepwell.ir.location import UNKNOWN, Location
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Self

    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

MEMOIZED = "linalg.memoized_indexing_maps"
"""An attribute that mlir-opt adds for itself; it says nothing."""


class NamedOp(StructuredOp):
    """Base of the named ops. `structure` is the op's line of the table."""

    structure: ClassVar[NamedStructure]

    inputs = variadic_operand()
    outputs = variadic_operand()
    result_tensors = variadic_result()
    region = region()

    @classmethod
    def of(
        cls,
        inputs: Sequence[Value],
        outputs: Sequence[Value],
        properties: dict[str, Attribute] | None = None,
        location: Location = UNKNOWN,
        attributes: dict[str, Attribute] | None = None,
    ) -> Self:
        """Makes the op with its region; its results are the tensors among the outputs.

        Raises:
            VerifyError: the body is not defined for these element types.
        """
        given = cls.complete_properties(dict(properties or {}), outputs)
        given[OPERAND_SEGMENTS] = DenseArrayAttr.i32([len(inputs), len(outputs)])
        values = [*inputs, *outputs]
        tensors = [v.type for v in outputs if isinstance(v.type, types.RankedTensorType)]
        body = cls.make_region(element_types(values), given)
        return cls.create(values, tensors, given, attributes, (), [body], location)

    @classmethod
    def make_region(cls, elements: Sequence[Type], properties: dict[str, Attribute]) -> Region:
        """The region for operands of these element types.

        Raises:
            VerifyError: there is none.
        """
        letters = cls.letters_of(properties)
        if len(letters) != len(elements):
            raise VerifyError(
                "[parseNamedStructuredOpRegion] ods-gen generated region expects "
                f"{len(letters)} args, got {len(elements)}"
            )
        return build_region(cls.equation_of(properties), letters, elements, properties)

    @classmethod
    def letters_of(cls, properties: dict[str, Attribute]) -> tuple[str, ...]:
        """The letters of the operands in the equation."""
        return cls.structure.letters

    @classmethod
    def equation_of(cls, properties: dict[str, Attribute]) -> str:
        """What the body computes."""
        return cls.structure.equation

    @classmethod
    def complete_properties(
        cls, properties: dict[str, Attribute], outputs: Sequence[Value]
    ) -> dict[str, Attribute]:
        """The properties with those filled in that have defaults."""
        return properties

    @property
    def dps_inputs(self) -> tuple[Value, ...]:
        return self.inputs

    @property
    def dps_inits(self) -> tuple[Value, ...]:
        return self.outputs

    @property
    def init_rank(self) -> int:
        """The rank of the (first) init."""
        return len(shape_of(self.outputs[0].type)) if self.outputs else 0

    @property
    def indexing_maps(self) -> list[AffineMap]:
        return self.structure.maps(self.init_rank, self.window("strides"), self.window("dilations"))

    @property
    def inline_properties(self) -> tuple[str, ...]:
        """What custom syntax leaves out, so that it needs no alias."""
        return (MEMOIZED,)

    def window(self, name: str) -> tuple[int, ...]:
        """The strides or dilations; 1 where the op does not say."""
        given = self.get_attribute(name)
        if not isinstance(given, DenseElementsAttr):
            return (1,) * self.structure.spatial
        return tuple(int(value) for value in given.to_numpy().reshape(-1))

    @property
    def iterator_types(self) -> list[IteratorTypeAttr]:
        return [IteratorTypeAttr(kind) for kind in self.structure.iterators(self.init_rank)]

    @classmethod
    def parse(cls, p: OpParser) -> NamedOp:
        entries = cls.parse_head(p)
        if p.accept("<"):
            entries |= p.dictionary()
            p.literal(">")
        entries |= p.optional_dictionary()
        entries.pop(MEMOIZED, None)
        inputs, outputs = parse_ins_outs(p)
        result_types = parse_result_types(p)
        properties, attributes = take_properties(cls, entries)
        properties = cls.complete_properties(properties, outputs)
        properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32([len(inputs), len(outputs)])
        values = [*inputs, *outputs]
        try:
            body = cls.make_region(element_types(values), properties)
        except VerifyError as error:
            message = error.diagnostics[0].message
            raise p.fail(f"custom op '{cls.name}' {message}") from None
        return cls.create(values, result_types, properties, attributes or None, (), [body])

    @classmethod
    def parse_head(cls, p: OpParser) -> dict[str, Attribute]:
        """Reads what stands before the attributes."""
        return {}

    def print(self, p: Printer) -> None:
        self.print_head(p)
        p.attr_dict(self, ("indexing_maps", "kind", MEMOIZED))
        print_ins_outs(p, self.inputs, self.outputs)
        print_result_types(p, self.results)

    def print_head(self, p: Printer) -> None:
        """Writes what stands before the attributes."""

    def verify_op(self) -> None:
        for name in ("strides", "dilations"):
            if len(self.window(name)) != self.structure.spatial:
                raise self.error(
                    f"attribute '{name}' failed to satisfy constraint: 64-bit signless int "
                    f"elements attribute of shape [{self.structure.spatial}]"
                )
        super().verify_op()


class ConvolutionOp(NamedOp):
    """Base of the convolutions and poolings that have strides and dilations."""

    strides = optional_prop(ElementsKind)
    dilations = optional_prop(ElementsKind)

"""The named structured ops: one class for each line of the table."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from stepwell.dialects.linalg.attributes import (
    TERNARY,
    UNARY,
    ElementwiseKind,
    IteratorTypeAttr,
    TypeFn,
)
from stepwell.dialects.linalg.equations import build_region
from stepwell.dialects.linalg.named_table import NamedStructure, named_structures
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
from stepwell.ir.affine_attributes import AffineMapArray, AffineMapAttr
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import ArrayAttr, DenseArrayAttr
from stepwell.ir.block import Region
from stepwell.ir.definition import OpMeta
from stepwell.ir.dense_attributes import DenseElementsAttr, ElementsKind
from stepwell.ir.diagnostics import VerifyError
from stepwell.ir.fields import (
    OPERAND_SEGMENTS,
    optional_prop,
    prop,
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


class MapsOp(NamedOp):
    """Base of the named ops that may state indexing maps of their own."""

    indexing_maps_ = optional_prop(AffineMapArray)
    cast = optional_prop(TypeFn)

    @property
    def indexing_maps(self) -> list[AffineMap]:
        stated = self.indexing_maps_
        if stated is None:
            return self.default_maps()
        return [map.map for map in stated.values if isinstance(map, AffineMapAttr)]

    @property
    def inline_properties(self) -> tuple[str, ...]:
        hidden = self.indexing_maps == self.default_maps()
        return (MEMOIZED, "indexing_maps") if hidden else (MEMOIZED,)

    def default_maps(self) -> list[AffineMap]:
        """The maps that the op has if it states none."""
        return self.structure.maps(self.init_rank, (), ())

    @classmethod
    def complete_properties(
        cls, properties: dict[str, Attribute], outputs: Sequence[Value]
    ) -> dict[str, Attribute]:
        if "indexing_maps" not in properties:
            rank = len(shape_of(outputs[0].type)) if outputs else 0
            maps = cls.structure.maps(rank, (), ())
            properties["indexing_maps"] = ArrayAttr(tuple(AffineMapAttr(map) for map in maps))
        return properties

    @classmethod
    def parse_head(cls, p: OpParser) -> dict[str, Attribute]:
        if not p.accept("indexing_maps"):
            return {}
        p.literal("=")
        return {"indexing_maps": p.attribute()}

    def print_head(self, p: Printer) -> None:
        if self.indexing_maps != self.default_maps():
            p.write(" indexing_maps = ")
            p.attribute(self.get_attribute("indexing_maps") or ArrayAttr(()))

    def verify_op(self) -> None:
        _verify_user_maps(self)
        super().verify_op()


def _verify_user_maps(op: MapsOp) -> None:
    """Maps that are stated may leave out dimensions of the default ones, or change their order."""
    maps, defaults = op.indexing_maps, op.default_maps()
    if len(maps) != len(defaults):
        return
    for map, default in zip(maps, defaults, strict=True):
        allowed = set(default.results)
        if map.num_dims == default.num_dims and not set(map.results) <= allowed:
            raise op.error("Unexpected dim expression in map result.")


class ContractOp(NamedOp, name="linalg.contract"):
    """`linalg.contract indexing_maps = [...] ins(%a, %b : ...) outs(%c : ...) -> ...`.

    Multiplies and adds up over the dimensions that the result does not have.
    """

    structure = named_structures()["matmul"]
    indexing_maps_ = prop(AffineMapArray)
    cast = optional_prop(TypeFn)

    @property
    def indexing_maps(self) -> list[AffineMap]:
        return [map.map for map in self.indexing_maps_.values if isinstance(map, AffineMapAttr)]

    @property
    def iterator_types(self) -> list[IteratorTypeAttr]:
        maps = self.indexing_maps
        count = maps[0].num_dims if maps else 0
        kept = set(maps[-1].dim_positions or ()) if maps else set()
        kinds = ["parallel" if number in kept else "reduction" for number in range(count)]
        return [IteratorTypeAttr(kind) for kind in kinds]

    @classmethod
    def parse_head(cls, p: OpParser) -> dict[str, Attribute]:
        p.literal("indexing_maps")
        p.literal("=")
        return {"indexing_maps": p.attribute()}

    def print_head(self, p: Printer) -> None:
        p.write(" indexing_maps = ")
        p.attribute(self.indexing_maps_)

    def verify_op(self) -> None:
        maps = self.indexing_maps
        if any(not map.is_projected_permutation() for map in maps):
            raise self.error("provided affine_map is not a projected permutation")
        uses = [
            [number in (map.dim_positions or ()) for map in maps]
            for number in range(maps[0].num_dims if maps else 0)
        ]
        for number, (*inputs, output) in enumerate(uses):
            if not output and not (inputs and all(inputs) and len(inputs) == 2):
                message = (
                    f"iteration space dim at index {number} is neither a contracting dim nor of "
                    "parallel iteration type"
                )
                raise self.error(message)
        super().verify_op()


class ElementwiseOp(NamedOp, name="linalg.elementwise"):
    """`linalg.elementwise kind=#linalg.elementwise_kind<exp> ins(%a : ...) outs(%b : ...) -> ...`.

    Applies a scalar function; with indexing maps, operands may be transposed or broadcast.
    """

    structure = named_structures()["exp"]
    kind = prop(ElementwiseKind)
    indexing_maps_ = optional_prop(AffineMapArray)

    @classmethod
    def letters_of(cls, properties: dict[str, Attribute]) -> tuple[str, ...]:
        return (*"ABC"[: _arity(_function(properties))], "O")

    @classmethod
    def equation_of(cls, properties: dict[str, Attribute]) -> str:
        function = _function(properties)
        return f"{function}({', '.join('ABC'[: _arity(function)])})"

    @classmethod
    def complete_properties(
        cls, properties: dict[str, Attribute], outputs: Sequence[Value]
    ) -> dict[str, Attribute]:
        if "indexing_maps" not in properties:
            rank = len(shape_of(outputs[0].type)) if outputs else 0
            identity = AffineMapAttr(AffineMap.identity(rank))
            count = 1 + _arity(_function(properties))
            properties["indexing_maps"] = ArrayAttr((identity,) * count)
        return properties

    @property
    def indexing_maps(self) -> list[AffineMap]:
        stated = self.indexing_maps_
        if stated is None:
            return [AffineMap.identity(self.init_rank)] * self.num_operands
        return [map.map for map in stated.values if isinstance(map, AffineMapAttr)]

    @property
    def inline_properties(self) -> tuple[str, ...]:
        hidden = all(map.is_identity for map in self.indexing_maps)
        return (MEMOIZED, "indexing_maps") if hidden else (MEMOIZED,)

    @classmethod
    def parse_head(cls, p: OpParser) -> dict[str, Attribute]:
        p.literal("kind")
        p.literal("=")
        found: dict[str, Attribute] = {"kind": p.typed(ElementwiseKind)}
        if p.accept("indexing_maps"):
            p.literal("=")
            found["indexing_maps"] = p.attribute()
        return found

    def print_head(self, p: Printer) -> None:
        p.write(f" kind={p.show(self.kind)}")
        if any(not map.is_identity for map in self.indexing_maps):
            p.write(" indexing_maps = ")
            p.attribute(self.indexing_maps_ or ArrayAttr(()))


def _function(properties: dict[str, Attribute]) -> str:
    kind = properties.get("kind")
    return str(getattr(kind, "value", "exp"))


def _arity(function: str) -> int:
    if function in TERNARY:
        return 3
    return 1 if function in UNARY else 2


class MatmulOp(MapsOp, name="linalg.matmul"):
    """`linalg.matmul ins(%a, %b : ...) outs(%c : ...) -> ...`: c[m, n] += a[m, k] * b[k, n]."""

    structure = named_structures()["matmul"]


class BatchMatmulOp(MapsOp, name="linalg.batch_matmul"):
    """A matmul for each index of a first dimension."""

    structure = named_structures()["batch_matmul"]


class BatchReduceMatmulOp(MapsOp, name="linalg.batch_reduce_matmul"):
    """The sum of the products of a batch of matrices."""

    structure = named_structures()["batch_reduce_matmul"]


class FillOp(NamedOp, name="linalg.fill"):
    """`linalg.fill ins(%x : f32) outs(%a : ...) -> ...`: every element becomes the scalar."""

    structure = named_structures()["fill"]

    def verify_op(self) -> None:
        if len(self.inputs) == 1 and shape_of(self.inputs[0].type):
            raise VerifyError("expected op with scalar input")
        value, element = element_types(self.operands)
        if value is not element:
            raise self.error(
                f"expected fill value type ('{value}') to match output element type ('{element}')"
            )
        super().verify_op()


class CopyOp(NamedOp, name="linalg.copy"):
    """`linalg.copy ins(%a : ...) outs(%b : ...)`: copies, converting elements where need be."""

    structure = named_structures()["copy"]
    cast = optional_prop(TypeFn)


WRITTEN: dict[str, type[NamedOp]] = {
    cls.structure.name: cls
    for cls in (MatmulOp, BatchMatmulOp, BatchReduceMatmulOp, FillOp, CopyOp)
}


def _class_for(structure: NamedStructure) -> type[NamedOp]:
    base: type[NamedOp] = ConvolutionOp if structure.spatial else NamedOp
    title = "".join(word.capitalize() for word in structure.name.split("_")) + "Op"
    operands = " ".join(
        letter if index is None else f"{letter}[{index}]" for letter, index in structure.operands
    )
    body = {
        "__doc__": f"`linalg.{structure.name}`: {operands}: O = {structure.equation}.",
        "__module__": __name__,
        "structure": structure,
    }
    made: type[NamedOp] = OpMeta(title, (base,), body, name=f"linalg.{structure.name}")  # type: ignore[assignment]
    return made


NAMED_OPS: dict[str, type[NamedOp]] = {
    name: WRITTEN.get(name) or _class_for(structure)
    for name, structure in named_structures().items()
}
"""The class of each op of the table, by its name without the dialect."""

globals().update({cls.__name__: cls for cls in NAMED_OPS.values()})

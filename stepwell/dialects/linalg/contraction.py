"""The named ops that may state indexing maps: matmul and its kin, contract, elementwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepwell.dialects.linalg.attributes import (
    TERNARY,
    UNARY,
    ElementwiseKind,
    IteratorTypeAttr,
    TypeFn,
)
from stepwell.dialects.linalg.named_op import MEMOIZED, NamedOp
from stepwell.dialects.linalg.named_table import named_structures
from stepwell.dialects.linalg.structured import (
    shape_of,
)
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapArray, AffineMapAttr
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import ArrayAttr
from stepwell.ir.fields import (
    optional_prop,
    prop,
)
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


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

"""`linalg.generic`, which says everything itself, and the ops that stand only in bodies."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from stepwell.dialects.linalg.attributes import IteratorTypeAttr, IteratorTypes
from stepwell.dialects.linalg.execution import POSITIONS
from stepwell.dialects.linalg.operand_lists import (
    parse_ins_outs,
    parse_result_types,
    print_ins_outs,
    print_result_types,
)
from stepwell.dialects.linalg.structured import (
    StructuredOp,
    take_properties,
    verify_body,
    verify_structure,
)
from stepwell.ir import types
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapArray, AffineMapAttr
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import ArrayAttr, DenseArrayAttr, DictionaryAttr, StringAttr
from stepwell.ir.block import Region
from stepwell.ir.constraints import Index
from stepwell.ir.definition import Op
from stepwell.ir.fields import (
    OPERAND_SEGMENTS,
    optional_prop,
    prop,
    region,
    result,
    variadic_operand,
    variadic_result,
)
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.operation import Operation
from stepwell.ir.property_kinds import I64, Str
from stepwell.ir.traits import Pure, ReturnLike, Terminator
from stepwell.ir.value import BlockArgument, Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser, RegionRequest
    from stepwell.ir.text.printer import Printer

TRAIT_WORDS = ("doc", "indexing_maps", "iterator_types", "library_call")


class GenericOp(StructuredOp, name="linalg.generic"):
    """`linalg.generic {indexing_maps = [...], iterator_types = [...]} ins(...) outs(...) {...}`.

    Runs the region for each point of the iteration space.
    """

    inputs = variadic_operand()
    outputs = variadic_operand()
    indexing_maps_ = prop(AffineMapArray)
    iterator_types_ = prop(IteratorTypes)
    doc = optional_prop(Str)
    library_call = optional_prop(Str)
    result_tensors = variadic_result()
    region = region()

    @property
    def dps_inputs(self) -> tuple[Value, ...]:
        return self.inputs

    @property
    def dps_inits(self) -> tuple[Value, ...]:
        return self.outputs

    @property
    def indexing_maps(self) -> list[AffineMap]:
        return [map.map for map in self.indexing_maps_.values if isinstance(map, AffineMapAttr)]

    @property
    def iterator_types(self) -> list[IteratorTypeAttr]:
        kinds = self.iterator_types_.values
        return [kind for kind in kinds if isinstance(kind, IteratorTypeAttr)]

    def argument_names(self, region: Region) -> Sequence[str]:
        """`in` and `out`."""
        return ["in"] * len(self.inputs) + ["out"] * len(self.outputs)

    @classmethod
    def parse(cls, p: OpParser) -> Generator[RegionRequest, Region, Operation]:
        start = p.start
        trait = p.attribute()
        if not isinstance(trait, DictionaryAttr):
            raise p.error("expected a dictionary with the maps and iterators", start)
        entries = _with_iterators(p, trait.as_dict(), start)
        inputs, outputs = parse_ins_outs(p)
        if p.accept("attrs"):
            p.literal("=")
            entries |= p.dictionary()
        body = yield p.region()
        properties, attributes = take_properties(cls, entries)
        properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32([len(inputs), len(outputs)])
        result_types = parse_result_types(p)
        return cls.create(
            [*inputs, *outputs], result_types, properties, attributes or None, (), [body]
        )

    def print(self, p: Printer) -> Iterator[Any]:
        shown: dict[str, Attribute] = {
            name: value for name in TRAIT_WORDS if (value := self.get_attribute(name)) is not None
        }
        kinds = [StringAttr(kind.value) for kind in self.iterator_types]
        shown["iterator_types"] = ArrayAttr(tuple(kinds))
        p.dictionary(shown)
        print_ins_outs(p, self.inputs, self.outputs)
        rest = {k: v for k, v in (self._attributes or {}).items() if k not in TRAIT_WORDS}
        if rest:
            p.write(" attrs = ")
            p.dictionary(rest)
        p.write(" ")
        yield p.region(self.region)
        print_result_types(p, self.results)

    def verify_op(self) -> None:
        verify_structure(self)
        verify_body(self)


def _with_iterators(p: OpParser, entries: dict[str, Attribute], start: int) -> dict[str, Attribute]:
    """The entries, with iterator types that are strings made enum attributes."""
    kinds = entries.get("iterator_types")
    if not isinstance(kinds, ArrayAttr):
        raise p.error("expected iterator_types in the op's dictionary", start)
    found: list[Attribute] = []
    for kind in kinds.values:
        if isinstance(kind, StringAttr):
            if kind.value not in IteratorTypeAttr.cases:
                raise p.error(f"unexpected iterator_type ({kind.value})", start)
            kind = IteratorTypeAttr(kind.value)
        found.append(kind)
    return {**entries, "iterator_types": ArrayAttr(tuple(found))}


class YieldOp(Op, name="linalg.yield", traits=(Pure, ReturnLike, Terminator)):
    """`linalg.yield %a : f32`: the new elements of the enclosing op's inits."""

    values = variadic_operand()
    syntax = "attr-dict ($values^ `:` type($values))?"

    def verify_op(self) -> None:
        parent = self.parent_op
        if not isinstance(parent, StructuredOp):
            return
        inits = parent.dps_inits
        if len(inits) != self.num_operands:
            raise self.error(
                f"expected number of yield values ({self.num_operands}) to match the number of "
                f"inits / outs operands of the enclosing LinalgOp ({len(inits)})"
            )
        for number, (value, init) in enumerate(zip(self.operands, inits, strict=True), 1):
            expected = types.element_type_or_self(init.type)
            if value.type is not expected:
                raise self.error(
                    f"type of yield operand {number} ('{value.type}') doesn't match the element "
                    f"type of the enclosing linalg.generic op ('{expected}')"
                )


class IndexOp(Op, name="linalg.index", traits=(Pure,)):
    """`%i = linalg.index 0 : index`: where the body is in a dimension of the iteration space."""

    dim = prop(I64)
    result_ = result(Index)
    syntax = "$dim attr-dict `:` type($result)"

    def verify_op(self) -> None:
        parent = self.parent_op
        if not isinstance(parent, StructuredOp):
            raise self.error("expected parent op with LinalgOp interface")
        if not 0 <= self.dim.value < parent.num_loops:
            raise self.error(
                f"expected dim ({self.dim.value}) to be lower than the number of loops "
                f"({parent.num_loops}) of the enclosing LinalgOp"
            )

    def execute(self, machine: Machine) -> RuntimeValue:
        """The position that the enclosing op noted."""
        position: tuple[int, ...] = machine.remember(POSITIONS, dict)[self.parent_op]
        return position[self.dim.value]


def generic(
    inputs: Sequence[Value],
    outputs: Sequence[Value],
    maps: Sequence[AffineMap],
    iterators: Sequence[IteratorTypeAttr],
    body: Region,
) -> GenericOp:
    """Makes a `linalg.generic`; its results are the tensors among the outputs."""
    return GenericOp(
        list(inputs),
        list(outputs),
        ArrayAttr(tuple(AffineMapAttr(map) for map in maps)),
        ArrayAttr(tuple(iterators)),
        region=body,
        result_types=[v.type for v in outputs if isinstance(v.type, types.RankedTensorType)],
    )


def body_arguments(op: StructuredOp) -> list[BlockArgument]:
    """The arguments of the body that stand for the inits."""
    return op.body.args[len(op.dps_inputs) :]

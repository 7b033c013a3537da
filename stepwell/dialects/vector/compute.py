"""Arithmetic on vectors: fma, contraction, outer product, reductions, scan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stepwell.dialects.arith.flags import NO_FASTMATH, FastMathFlags
from stepwell.dialects.vector.attributes import (
    ADD,
    IteratorType,
    IteratorTypes,
    KindKind,
    is_reduction,
)
from stepwell.dialects.vector.combining import combine, value_of
from stepwell.dialects.vector.masking import current_mask, refuse_masked
from stepwell.dialects.vector.shapes import flags_of, vector_type
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine_attributes import AffineMapArray, AffineMapAttr
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import ArrayAttr, StringAttr
from stepwell.ir.constraints import AnyVector, Var
from stepwell.ir.definition import Op
from stepwell.ir.enums import enum_kind
from stepwell.ir.fields import operand, optional_operand, prop, result
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.numbers.fused import fused_multiply_add
from stepwell.ir.traits import Pure
from stepwell.ir.types import VectorType
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.block import Region
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

Array = NDArray[Any]


class FMAOp(Op, name="vector.fma", traits=(Pure,)):
    """`%r = vector.fma %a, %b, %c : vector<4xf32>`: a * b + c, rounded once."""

    V = Var("V", AnyVector)
    lhs = operand(V)
    rhs = operand(V)
    acc = operand(V)
    result_ = result(V)
    syntax = "$lhs `,` $rhs `,` $acc attr-dict `:` type($lhs)"

    def evaluate(self, lhs: RuntimeValue, rhs: RuntimeValue, acc: RuntimeValue) -> RuntimeValue:
        return np.asarray(fused_multiply_add(lhs, rhs, acc))


def iteration_view(array: Array, map: AffineMapAttr, rank: int) -> Array:
    """`array`, whose dimensions the map names, laid out along all dimensions of an iteration."""
    dims = [e.position for e in map.map.results if isinstance(e, AffineDim)]
    turned = np.transpose(array, np.argsort(dims)) if dims else array
    shape = [1] * rank
    for dim, size in zip(sorted(dims), turned.shape, strict=True):
        shape[dim] = size
    return turned.reshape(shape)


class ContractionOp(Op, name="vector.contract", traits=(Pure,)):
    """`%r = vector.contract {indexing_maps = [...], iterator_types = [...]} %a, %b, %c : ...`.

    For each point of an iteration space the product of an element of `%a` and one of `%b` (which
    the maps choose) is combined with that of `%c`.
    """

    is_maskable = True
    lhs = operand(AnyVector)
    rhs = operand(AnyVector)
    acc = operand()
    indexing_maps = prop(AffineMapArray)
    iterator_types = prop(IteratorTypes)
    kind = prop(KindKind, ADD)
    fastmath = prop(enum_kind(FastMathFlags), NO_FASTMATH)
    result_ = result()

    @classmethod
    def parse(cls, p: OpParser) -> ContractionOp:
        attributes = p.dictionary()
        names = [p.operand()]
        for _ in range(2):
            p.literal(",")
            names.append(p.operand())
        extra = p.optional_dictionary()
        p.literal(":")
        first = p.type()
        p.literal(",")
        second = p.type()
        p.literal("into")
        result_type = p.type()
        iterators = attributes.get("iterator_types")
        if isinstance(iterators, ArrayAttr):
            words = [i for i in iterators.values if isinstance(i, StringAttr)]
            if len(words) == len(iterators.values):
                named = tuple(IteratorType(word.value) for word in words)
                attributes["iterator_types"] = ArrayAttr(named)
        attributes.setdefault("kind", ADD)
        properties = {n: a for n, a in attributes.items() if n in cls.property_names}
        rest = {n: a for n, a in (attributes | extra).items() if n not in cls.property_names}
        values = p.resolve_all(names, (first, second, result_type))
        return cls.create(values, [result_type], properties, rest or None)

    def print(self, p: Printer) -> None:
        iterators = [i for i in self.iterator_types.values if isinstance(i, IteratorType)]
        p.dictionary(
            {
                "indexing_maps": self.indexing_maps,
                "iterator_types": ArrayAttr(tuple(StringAttr(i.value) for i in iterators)),
                "kind": self.kind,
            }
        )
        p.write(" ")
        p.operands(self.operands)
        p.attr_dict(self, ("indexing_maps", "iterator_types", "kind"))
        p.write(f" : {p.show(self.lhs.type)}, {p.show(self.rhs.type)}")
        p.write(f" into {p.show(self.results[0].type)}")

    @property
    def maps(self) -> list[AffineMapAttr]:
        """The maps of the two factors and the accumulator."""
        return [m for m in self.indexing_maps.values if isinstance(m, AffineMapAttr)]

    def verify_op(self) -> None:
        maps, rank = self.maps, len(self.iterator_types.values)
        if len(maps) != 3:
            raise self.error("expected an indexing map for each vector operand")
        for number, (map, value) in enumerate(zip(maps, self.operands, strict=True)):
            if map.map.num_symbols:
                raise self.error(f"expected indexing map {number} to have no symbols")
            if map.map.num_dims != rank:
                raise self.error(f"expected indexing map {number} to have {rank} number of inputs")
            size = value.type.rank if isinstance(value.type, VectorType) else 0
            if map.map.num_results != size:
                raise self.error(f"expected indexing map {number} to have {size} number of outputs")
            if not map.map.is_projected_permutation():
                raise self.error(
                    f"expected indexing map {number} to be a projected permutation of its inputs"
                )
        if self.acc.type is not self.results[0].type:
            raise self.error("invalid accumulator/result vector shape, expected equal types")
        sizes: dict[int, int] = {}
        for map, value in zip(maps, self.operands, strict=True):
            shape = value.type.shape if isinstance(value.type, VectorType) else ()
            for expr, extent in zip(map.map.results, shape, strict=True):
                if (
                    isinstance(expr, AffineDim)
                    and sizes.setdefault(expr.position, extent) != extent
                ):
                    raise self.error("invalid contracting dimension map")

    def execute(self, machine: Machine, *operands: RuntimeValue) -> RuntimeValue:
        mask, passthru = current_mask(self, machine)
        made = self.contracted(mask, *operands)
        return made if passthru is None else np.where(mask, made, passthru)

    def evaluate(self, *operands: RuntimeValue) -> RuntimeValue:
        refuse_masked(self)
        return self.contracted(None, *operands)

    def contracted(
        self, mask: RuntimeValue, lhs: RuntimeValue, rhs: RuntimeValue, acc: RuntimeValue
    ) -> RuntimeValue:
        """The result; where the mask (over the iteration space) is false nothing is combined."""
        flags = is_reduction(self.iterator_types)
        rank = len(flags)
        total = np.asarray(acc)
        left, right, into = self.maps
        with np.errstate(all="ignore"):
            product = iteration_view(np.asarray(lhs).astype(total.dtype), left, rank) * (
                iteration_view(np.asarray(rhs).astype(total.dtype), right, rank)
            )
        dims = [e.position for e in into.map.results if isinstance(e, AffineDim)]
        order = [d for d, flag in enumerate(flags) if flag or d not in dims] + dims
        full = np.transpose(product, order).reshape(-1, *total.shape)
        allowed = None
        if mask is not None:
            allowed = np.transpose(mask, order).reshape(-1, *total.shape)
        for number, item in enumerate(full):
            joined = combine(self.kind.value, total, item)
            total = joined if allowed is None else np.where(allowed[number], joined, total)
        return value_of(total, isinstance(self.results[0].type, VectorType))


class OuterProductOp(Op, name="vector.outerproduct", traits=(Pure,)):
    """`%r = vector.outerproduct %a, %b, %acc : vector<2xf32>, vector<4xf32>`.

    All products, combined.
    """

    is_maskable = True
    lhs = operand(AnyVector)
    rhs = operand()
    acc = optional_operand(AnyVector)
    kind = prop(KindKind, ADD)
    result_ = result(AnyVector)

    @classmethod
    def parse(cls, p: OpParser) -> OuterProductOp:
        names = p.operands()
        attributes = p.optional_dictionary()
        p.literal(":")
        start = p.start
        given = p.types()
        if len(names) not in (2, 3) or len(given) != 2:
            raise p.error("expected two or three operands, and two types", start)
        left, right = given
        if not isinstance(left, VectorType):
            raise p.error("expected vector type for operand #1", start)
        target = _outer_type(left, right)
        values = p.resolve_all(names, (left, right, target)[: len(names)])
        properties = {"kind": attributes.pop("kind", ADD)}
        return cls.create(values, [target], properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(" ")
        p.operands(self.operands)
        if self.acc is not None or self.kind is not ADD:
            entries = {**self.attributes, "kind": self.kind}
            p.dictionary(entries)
        else:
            p.attr_dict(self, ("kind",))
        p.write(f" : {p.show(self.lhs.type)}, {p.show(self.rhs.type)}")

    @classmethod
    def infer_result_types(
        cls,
        operands: Sequence[Value],
        properties: dict[str, Attribute],
        regions: Sequence[Region],
    ) -> list[Type]:
        return [_outer_type(vector_type(operands[0]), operands[1].type)]

    def verify_op(self) -> None:
        if vector_type(self.lhs).rank != 1:
            raise self.error("expected 1-d vector for operand #1")
        if isinstance(self.rhs.type, VectorType) and self.rhs.type.rank != 1:
            raise self.error("expected 1-d vector for operand #2")
        if self.acc is not None and self.acc.type is not self.results[0].type:
            raise self.error("expected operand #3 of same type as result type")

    def execute(self, machine: Machine, *operands: RuntimeValue) -> RuntimeValue:
        mask, passthru = current_mask(self, machine)
        made = self.products(*operands)
        if mask is None:
            return made
        other = passthru if passthru is not None else operands[2] if len(operands) > 2 else made
        return np.where(mask, made, other)

    def evaluate(self, *operands: RuntimeValue) -> RuntimeValue:
        refuse_masked(self)
        return self.products(*operands)

    def products(
        self, lhs: RuntimeValue, rhs: RuntimeValue, acc: RuntimeValue = None
    ) -> RuntimeValue:
        """The products, combined with the accumulator."""
        with np.errstate(all="ignore"):
            product = np.multiply.outer(lhs, np.asarray(rhs, lhs.dtype))
        return product if acc is None else combine(self.kind.value, acc, product)


def _outer_type(left: VectorType, right: Type) -> VectorType:
    if isinstance(right, VectorType):
        flags = (*flags_of(left), *flags_of(right))
        return VectorType((*left.shape, *right.shape), left.element_type, flags)
    return left

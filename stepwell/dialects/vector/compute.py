"""Arithmetic on vectors: fma, contraction, outer product, reductions, scan."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stepwell.dialects.arith.flags import NO_FASTMATH, FastMathFlags
from stepwell.dialects.vector.attributes import (
    ADD,
    CombiningKind,
    IteratorType,
    IteratorTypes,
    KindKind,
    is_reduction,
)
from stepwell.dialects.vector.combining import combine, value_of
from stepwell.dialects.vector.masking import current_mask, refuse_masked
from stepwell.dialects.vector.shapes import flags_of, vector_type
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine_attributes import AffineMapArray, AffineMapAttr
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import ArrayAttr, DenseArrayAttr, StringAttr
from stepwell.ir.constraints import AnyVector, Var, element_of
from stepwell.ir.definition import Op
from stepwell.ir.enums import enum_kind
from stepwell.ir.fields import operand, optional_operand, prop, result
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.numbers.fused import fused_multiply_add
from stepwell.ir.property_kinds import I64, Bool, DenseI64Array
from stepwell.ir.traits import Pure
from stepwell.ir.types import VectorType, dims_of
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


class ReductionOp(Op, name="vector.reduction", traits=(Pure,)):
    """`%r = vector.reduction <add>, %v, %acc : vector<4xf32> into f32`: all elements, in order."""

    V = Var("V", AnyVector)
    is_maskable = True
    kind = prop(KindKind)
    vector = operand(V)
    acc = optional_operand()
    fastmath = prop(enum_kind(FastMathFlags), NO_FASTMATH)
    dest = result(element_of(V))
    syntax = (
        "$kind `,` $vector (`,` $acc^)? (`fastmath` `` $fastmath^)? attr-dict `:` type($vector) "
        "`into` type($dest)"
    )

    @classmethod
    def parse(cls, p: OpParser) -> ReductionOp:
        p.literal("<")
        kind = CombiningKind(p.keyword(*CombiningKind.cases))
        p.literal(">")
        p.literal(",")
        names = p.operands()
        flags = NO_FASTMATH
        if p.optional_keyword("fastmath"):
            flags = FastMathFlags.parse_short(p)
        attributes = p.optional_dictionary()
        p.literal(":")
        type = p.type()
        p.literal("into")
        target = p.type()
        values = p.resolve_all(names, (type, target)[: len(names)])
        properties: dict[str, Attribute] = {"kind": kind, "fastmath": flags}
        return cls.create(values, [target], properties, attributes or None)

    def verify_op(self) -> None:
        if vector_type(self.vector).rank > 1:
            raise self.error(f"unsupported reduction rank: {vector_type(self.vector).rank}")
        if not supports(self.kind.value, vector_type(self.vector).element_type):
            element = vector_type(self.vector).element_type
            raise self.error(f"unsupported reduction type '{element}' for kind '{self.kind.value}'")

    def execute(self, machine: Machine, *operands: RuntimeValue) -> RuntimeValue:
        mask, _ = current_mask(self, machine)
        return self.reduced(mask, *operands)

    def evaluate(self, *operands: RuntimeValue) -> RuntimeValue:
        refuse_masked(self)
        return self.reduced(None, *operands)

    def reduced(
        self, mask: RuntimeValue, vector: RuntimeValue, acc: RuntimeValue = None
    ) -> RuntimeValue:
        """The elements combined, beginning with the accumulator; a masked one counts as neutral."""
        items = list(np.atleast_1d(vector))
        if mask is not None:
            neutral = neutral_element(self.kind.value, vector.dtype)
            pairs = zip(items, np.atleast_1d(mask), strict=True)
            items = [item if flag else neutral for item, flag in pairs]
        kind = self.kind.value
        total = items[0]
        if acc is not None:
            total = combine(kind, np.asarray(acc, vector.dtype), total)
        for item in items[1:]:
            total = combine(kind, total, item)
        return value_of(total, False)


def supports(kind: str, element: Type) -> bool:
    """Whether elements of a type can be combined so."""
    is_float = isinstance(element, types.FloatType)
    if kind in ("add", "mul"):
        return True
    return is_float == kind.endswith("f")


def neutral_element(kind: str, dtype: np.dtype[Any]) -> RuntimeValue:
    """What changes nothing when it is combined with another element of its type."""
    if kind in ("add", "or", "xor", "maxui"):
        return dtype.type(0)
    if kind == "mul":
        return dtype.type(1)
    if kind in ("and", "minui"):
        return dtype.type(True) if dtype == np.bool_ else dtype.type(-1)
    if kind in ("minnumf", "maxnumf"):
        return dtype.type("nan")
    if kind in ("minimumf", "maximumf"):
        return dtype.type("inf" if kind == "minimumf" else "-inf")
    limits = np.iinfo(dtype)
    return dtype.type(limits.max if kind == "minsi" else limits.min)


class MultiDimReductionOp(Op, name="vector.multi_reduction", traits=(Pure,)):
    """`%r = vector.multi_reduction <add>, %v, %acc [0, 2] : ... to ...`.

    Reduces some dimensions.
    """

    V = Var("V", AnyVector)
    W = Var("W", AnyVector)
    is_maskable = True
    kind = prop(KindKind)
    source = operand(AnyVector)
    acc = operand()
    reduction_dims = prop(DenseI64Array)
    dest = result()

    @classmethod
    def parse(cls, p: OpParser) -> MultiDimReductionOp:
        p.literal("<")
        kind = CombiningKind(p.keyword(*CombiningKind.cases))
        p.literal(">")
        p.literal(",")
        source = p.operand()
        p.literal(",")
        acc = p.operand()
        dims = DenseArrayAttr.i64(p.comma_separated(p.integer, "[", "]"))
        attributes = p.optional_dictionary()
        p.literal(":")
        type = p.type()
        p.literal("to")
        target = p.type()
        values = p.resolve_all((source, acc), (type, target))
        properties: dict[str, Attribute] = {"kind": kind, "reduction_dims": dims}
        return cls.create(values, [target], properties, attributes or None)

    def print(self, p: Printer) -> None:
        dims = ", ".join(map(str, self.reduction_dims.ints))
        p.write(f" <{self.kind.value}>, {p.name(self.source)}, {p.name(self.acc)} [{dims}]")
        p.attr_dict(self, ("kind", "reduction_dims"))
        p.write(f" : {p.show(self.source.type)} to {p.show(self.dest.type)}")

    def verify_op(self) -> None:
        source, dims = vector_type(self.source), self.reduction_dims.ints
        kept = tuple(size for dim, size in enumerate(source.shape) if dim not in dims)
        found = self.dest.type.shape if isinstance(self.dest.type, VectorType) else ()
        if kept != found:
            raise self.error(
                f"destination type '{self.dest.type}' is incompatible with source type "
                f"'{self.source.type}'"
            )
        if self.acc.type is not self.dest.type:
            raise self.error("failed to verify that all of {dest, acc} have same type")

    def execute(self, machine: Machine, *operands: RuntimeValue) -> RuntimeValue:
        mask, _ = current_mask(self, machine)
        return self.reduced(mask, *operands)

    def evaluate(self, *operands: RuntimeValue) -> RuntimeValue:
        refuse_masked(self)
        return self.reduced(None, *operands)

    def reduced(self, mask: RuntimeValue, source: RuntimeValue, acc: RuntimeValue) -> RuntimeValue:
        """The accumulator combined with each slice in turn; masked elements are left out."""
        dims = self.reduction_dims.ints
        kept = [dim for dim in range(source.ndim) if dim not in dims]
        total = np.asarray(acc)
        slices = np.transpose(source, [*dims, *kept]).reshape(-1, *total.shape)
        allowed = None
        if mask is not None:
            allowed = np.transpose(mask, [*dims, *kept]).reshape(-1, *total.shape)
        for number, item in enumerate(slices):
            joined = combine(self.kind.value, total, item)
            total = joined if allowed is None else np.where(allowed[number], joined, total)
        return value_of(total, isinstance(self.dest.type, VectorType))


class ScanOp(Op, name="vector.scan", traits=(Pure,)):
    """`%d, %last = vector.scan <add>, %v, %init {inclusive = true, ...} : ...`: partial results."""

    V = Var("V", AnyVector)
    W = Var("W", AnyVector)
    kind = prop(KindKind)
    source = operand(V)
    initial_value = operand(W)
    reduction_dim = prop(I64)
    inclusive = prop(Bool)
    dest = result(V)
    accumulated_value = result(W)
    syntax = (
        "$kind `,` $source `,` $initial_value attr-dict `:` type($source) `,` type($initial_value)"
    )

    def verify_op(self) -> None:
        source, dim = vector_type(self.source), self.reduction_dim.value
        if not 0 <= dim < source.rank:
            raise self.error(f"reduction dimension {dim} has to be less than {source.rank}")
        kept = source.shape[:dim] + source.shape[dim + 1 :]
        if kept != dims_of(self.initial_value.type):
            raise self.error("incompatible input/initial value shapes")

    def evaluate(self, source: RuntimeValue, initial: RuntimeValue) -> RuntimeValue:
        axis, kind = self.reduction_dim.value, self.kind.value
        rows = np.moveaxis(source, axis, 0)
        made, total = [], np.asarray(initial)
        for number, row in enumerate(rows):
            if self.inclusive.value:
                total = row if number == 0 else combine(kind, total, row)
                made.append(total)
            else:
                made.append(total)
                total = combine(kind, total, row) if number + 1 < len(rows) else total
        return np.moveaxis(np.stack(made), 0, axis), made[-1]

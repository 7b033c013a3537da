"""Reductions and scans of vectors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stepwell.dialects.arith.flags import NO_FASTMATH, FastMathFlags
from stepwell.dialects.vector.attributes import (
    CombiningKind,
    KindKind,
)
from stepwell.dialects.vector.combining import combine, value_of
from stepwell.dialects.vector.masking import current_mask, refuse_masked
from stepwell.dialects.vector.shapes import vector_type
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.constraints import AnyVector, Var, element_of
from stepwell.ir.definition import Op
from stepwell.ir.enums import enum_kind
from stepwell.ir.fields import operand, optional_operand, prop, result
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.property_kinds import I64, Bool, DenseI64Array
from stepwell.ir.traits import Pure
from stepwell.ir.types import VectorType, dims_of

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

Array = NDArray[Any]


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

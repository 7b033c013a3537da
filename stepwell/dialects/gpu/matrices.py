"""Matrices that the threads of a subgroup hold together, as tensor cores want them.

Interpreted, every thread holds the whole matrix; all threads of a subgroup do the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from stepwell.ir.attribute import Attribute, Show, Type
from stepwell.ir.constraints import AnyMemRef, Index, instance
from stepwell.ir.definition import Op
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.effects import Effect, read, write
from stepwell.ir.enums import EnumAttr, enum_kind
from stepwell.ir.fields import operand, prop, result, unit_prop, variadic_operand
from stepwell.ir.interpreter.memory import MemRef
from stepwell.ir.property_kinds import Index as IndexKind
from stepwell.ir.traits import Pure
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer
    from stepwell.ir.text.reader import Reader

RuntimeMatrix = np.ndarray[Any, np.dtype[Any]]
OPERANDS = ("AOp", "BOp", "COp")
_BODY = re.compile(r'\s*((?:\d+\s*x)*)\s*(\w+)\s*,\s*"(\w*)"\s*\Z')
_ELEMENTS = ("si8", "ui8", "i32", "f16", "f32", "f64")


class MMAMatrixType(Type):
    """`!gpu.mma_matrix<16x16xf16, "AOp">`: a matrix, and which operand of a product it is."""

    name = "gpu.mma_matrix"
    shape: tuple[int, int]
    element_type: Type
    operand: str

    def body(self, show: Show) -> str:
        rows, columns = self.shape
        return f'{rows}x{columns}x{show(self.element_type)}, "{self.operand}"'

    @classmethod
    def parse_body(cls, reader: Reader) -> Self:
        start = reader.start
        matched = _BODY.match(reader.source_text[start:])
        if matched is None:
            raise reader.error("expected sizes, an element type and an operand of a product")
        sizes = [int(size) for size in re.findall(r"\d+", matched[1])]
        if len(sizes) != 2:
            raise reader.error("MMAMatrixType must have exactly two dimensions")
        if matched[2] not in _ELEMENTS:
            raise reader.error("MMAMatrixType elements must be SI8, UI8, I32, F16, F32, or F64")
        if matched[3] not in OPERANDS:
            raise reader.error("operand expected to be one of AOp, BOp or COp")
        element = reader.sub_reader(matched[2], start + matched.start(2)).type()
        reader.seek(len(reader.source_text))
        return cls((sizes[0], sizes[1]), element, matched[3])


class MMAElementwiseAttr(EnumAttr):
    """What `gpu.subgroup_mma_elementwise` does: `#gpu<mma_element_wise addf>`."""

    name = "gpu.mma_element_wise"
    cases = (
        "addf", "mulf", "subf", "maxf", "minf", "divf", "addi", "muli", "subi", "divs", "divu",
        "negatef", "negates", "extf",
    )  # fmt: skip
    bracketed = False


Matrix = instance(MMAMatrixType, description="MMAMatrix type")
MMAElementwiseKind = enum_kind(MMAElementwiseAttr)


def matrix_type(value: Value) -> MMAMatrixType:
    """The type of a matrix."""
    type = value.type
    assert isinstance(type, MMAMatrixType)
    return type


class SubgroupMmaLoadMatrixOp(Op, name="gpu.subgroup_mma_load_matrix"):
    """`gpu.subgroup_mma_load_matrix %m[%i, %j] {leadDimension = 32 : index} : ... -> ...`.

    Row r is `leadDimension` elements after row r - 1; with `transpose`, so are columns.
    """

    srcMemref = operand(AnyMemRef)
    indices = variadic_operand(Index)
    leadDimension = prop(IndexKind)
    transpose = unit_prop()
    res = result(Matrix)
    syntax = "$srcMemref `[` $indices `]` attr-dict `:` type($srcMemref) `->` type($res)"

    def effects(self) -> list[Effect]:
        return [read(self.srcMemref)]

    def execute(self, machine: object, memory: MemRef, *indices: int) -> RuntimeMatrix:
        transposed = self.transpose is not None
        part = _part(memory, indices, matrix_type(self.res), self.leadDimension.value, transposed)
        return part.view().copy()


class SubgroupMmaStoreMatrixOp(Op, name="gpu.subgroup_mma_store_matrix"):
    """`gpu.subgroup_mma_store_matrix %d, %m[%i, %j] {leadDimension = 32 : index} : ..., ...`."""

    src = operand(Matrix)
    dstMemref = operand(AnyMemRef)
    indices = variadic_operand(Index)
    leadDimension = prop(IndexKind)
    transpose = unit_prop()
    syntax = "$src `,` $dstMemref `[` $indices `]` attr-dict `:` type($src) `,` type($dstMemref)"

    def verify_op(self) -> None:
        if matrix_type(self.src).operand != "COp":
            raise self.error("expected the operand matrix being stored to have 'COp' operand type")

    def effects(self) -> list[Effect]:
        return [write(self.dstMemref)]

    def execute(
        self, machine: object, matrix: RuntimeMatrix, memory: MemRef, *indices: int
    ) -> None:
        transposed = self.transpose is not None
        type = matrix_type(self.src)
        part = _part(memory, indices, type, self.leadDimension.value, transposed)
        part.write(matrix)


class SubgroupMmaConstantMatrixOp(Op, name="gpu.subgroup_mma_constant_matrix", traits=(Pure,)):
    """`gpu.subgroup_mma_constant_matrix %x : !gpu.mma_matrix<16x16xf16, "COp">`: %x everywhere."""

    value = operand()
    res = result(Matrix)

    @classmethod
    def parse(cls, p: OpParser) -> Op:
        name = p.operand()
        attributes = p.optional_dictionary()
        p.literal(":")
        start = p.start
        type = p.type()
        if not isinstance(type, MMAMatrixType):
            raise p.error(f"expected a matrix type, found '{type}'", start)
        return cls.create([p.resolve(name, type.element_type)], [type], None, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.value)}")
        p.attr_dict(self, ())
        p.write(f" : {p.show(self.res.type)}")

    def verify_op(self) -> None:
        if matrix_type(self.res).element_type is not self.value.type:
            raise self.error("failed to verify that value type matches element type of mma_matrix")

    def evaluate(self, value: object) -> RuntimeMatrix:
        type = matrix_type(self.res)
        return np.full(type.shape, value, dtype_of(type.element_type))


class SubgroupMmaComputeOp(Op, name="gpu.subgroup_mma_compute", traits=(Pure,)):
    """`%d = gpu.subgroup_mma_compute %a, %b, %c : ..., ... -> ...`: %a @ %b + %c."""

    opA = operand(Matrix)
    opB = operand(Matrix)
    opC = operand(Matrix)
    a_transpose = unit_prop()
    b_transpose = unit_prop()
    res = result(Matrix)

    @classmethod
    def parse(cls, p: OpParser) -> Op:
        names = p.comma_separated(p.operand)
        if len(names) != 3:
            raise p.error("expected three matrices")
        given = p.optional_dictionary()
        p.literal(":")
        sources = p.comma_separated(p.type)
        p.literal("->")
        type: Type = p.type()
        operands = p.resolve_all(names, [*sources, type])
        properties: dict[str, Attribute] = {
            key: given.pop(key) for key in ("a_transpose", "b_transpose") if key in given
        }
        return cls.create(operands, [type], properties or None, given or None)

    def print(self, p: Printer) -> None:
        p.write(" ")
        p.operands(self._operands)
        p.attr_dict(self, ())
        sources = f"{p.show(self.opA.type)}, {p.show(self.opB.type)}"
        p.write(f" : {sources} -> {p.show(self.res.type)}")

    def verify_op(self) -> None:
        a, b, c = (matrix_type(value) for value in self._operands)
        if (a.operand, b.operand, c.operand) != OPERANDS:
            raise self.error("operands must be in the order AOp, BOp, COp")
        if a.shape[1] != b.shape[0] or c.shape != (a.shape[0], b.shape[1]):
            raise self.error("operand shapes do not satisfy matmul constraints")
        if c is not self.res.type:
            raise self.error("failed to verify that all of {opC, res} have same type")

    def evaluate(self, a: RuntimeMatrix, b: RuntimeMatrix, c: RuntimeMatrix) -> RuntimeMatrix:
        wide = np.float64 if c.dtype.kind == "f" else np.int64
        total = a.astype(wide) @ b.astype(wide) + c.astype(wide)
        found: RuntimeMatrix = total.astype(c.dtype)
        return found


class SubgroupMmaElementwiseOp(Op, name="gpu.subgroup_mma_elementwise", traits=(Pure,)):
    """`gpu.subgroup_mma_elementwise addf %a, %b : (..., ...) -> ...`: element by element."""

    args = variadic_operand(Matrix)
    opType = prop(MMAElementwiseKind)
    res = result(Matrix)
    syntax = "` ` $opType $args attr-dict `:` functional-type($args, $res)"

    def evaluate(self, *args: RuntimeMatrix) -> RuntimeMatrix:
        dtype = dtype_of(matrix_type(self.res).element_type)
        with np.errstate(all="ignore"):
            found: RuntimeMatrix = np.asarray(_ELEMENTWISE[self.opType.value](*args)).astype(dtype)
        return found


def _quotient(a: RuntimeMatrix, b: RuntimeMatrix) -> RuntimeMatrix:
    """Rounded towards zero."""
    wide = np.abs(a.astype(np.int64)) // np.abs(b.astype(np.int64))
    return np.asarray(wide * np.sign(a).astype(np.int64) * np.sign(b).astype(np.int64))


def _unsigned_quotient(a: RuntimeMatrix, b: RuntimeMatrix) -> RuntimeMatrix:
    mask = (1 << 8 * a.dtype.itemsize) - 1
    return np.asarray((a.astype(np.int64) & mask) // (b.astype(np.int64) & mask))


_ELEMENTWISE: dict[str, Any] = {
    "addf": np.add, "mulf": np.multiply, "subf": np.subtract, "divf": np.divide,
    "maxf": np.maximum, "minf": np.minimum, "addi": np.add, "muli": np.multiply,
    "subi": np.subtract, "divs": _quotient, "divu": _unsigned_quotient,
    "negatef": np.negative, "negates": np.negative, "extf": np.asarray,
}  # fmt: skip


def _part(
    memory: MemRef, indices: tuple[int, ...], type: MMAMatrixType, lead: int, transposed: bool
) -> MemRef:
    """The elements of `memory`, from `indices` on, that a matrix stands for."""
    places = zip(indices, memory.strides, strict=True)
    offset = memory.offset + sum(index * stride for index, stride in places)
    strides = (1, lead) if transposed else (lead, 1)
    return MemRef(memory.allocation, offset, type.shape, strides)

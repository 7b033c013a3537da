"""vector.mask, and the ops that make masks."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.block import Block, Region
from stepwell.ir.constraints import AnyVector as AnyVectorType
from stepwell.ir.constraints import Index
from stepwell.ir.definition import Op
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.fields import (
    operand,
    optional_operand,
    prop,
    region,
    result,
    variadic_operand,
    variadic_result,
)
from stepwell.ir.interpreter.machine import Execution, Machine, RunRegion, RuntimeValue
from stepwell.ir.operation import Operation
from stepwell.ir.property_kinds import DenseI64Array
from stepwell.ir.traits import (
    AltersBody,
    Pure,
    RecursiveMemoryEffects,
    ReturnLike,
    SingleBlock,
    Terminator,
)

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class YieldOp(Op, name="vector.yield", traits=(Pure, ReturnLike, Terminator)):
    """`vector.yield %a : vector<4xf32>`: ends the region of `vector.mask`."""

    operands_ = variadic_operand()
    syntax = "attr-dict ($operands^ `:` type($operands))?"


class MaskOp(Op, name="vector.mask", traits=(AltersBody, RecursiveMemoryEffects, SingleBlock)):
    """`%r = vector.mask %m, %other { op } : vector<4xi1> -> vector<4xf32>`.

    Runs one op only for the elements whose mask is true; the others of the result are `%other`.
    """

    mask = operand(AnyVectorType)
    passthru = optional_operand()
    results_ = variadic_result()
    maskRegion = region()

    @classmethod
    def parse(cls, p: OpParser) -> Generator[Any, Region, Any]:
        mask = p.operand()
        passthru = p.operand() if p.accept(",") else None
        body = yield p.region()
        attributes = p.optional_dictionary()
        p.literal(":")
        mask_type = p.type()
        results = p.function_results() if p.accept("->") else []
        _end_with_yield(body)
        values = [p.resolve(mask, mask_type)]
        if passthru is not None:
            if not results:
                raise p.error("expects a result if a passthru operand is provided")
            values.append(p.resolve(passthru, results[0]))
        return cls.create(values, results, None, attributes or None, (), [body])

    def print(self, p: Printer) -> Iterator[Any]:
        p.write(f" {p.name(self.mask)}")
        if self.passthru is not None:
            p.write(f", {p.name(self.passthru)}")
        p.write(" ")
        shown = self.masked_op or self.maskRegion.entry.last
        if shown is None or (shown is not self.masked_op and not shown.num_operands):
            p.write("{ }")
        else:
            yield p.inline_op(shown)
        p.attr_dict(self)
        p.write(f" : {p.show(self.mask.type)}")
        if self.results:
            p.write(" -> ")
            p.types(self.result_types)

    @property
    def masked_op(self) -> Operation | None:
        """The op that is masked, if the region holds one."""
        first = self.maskRegion.first.first if self.maskRegion.first is not None else None
        return None if isinstance(first, YieldOp) else first

    def verify_op(self) -> None:
        block = self.maskRegion.first
        inside = list(block.ops) if block is not None else []
        if not inside or not isinstance(inside[-1], YieldOp):
            raise self.error("expects a terminator within the mask region")
        if len(inside) > 2:
            raise self.error("expects only one operation to mask")
        if len(inside[-1]._operands) != len(self.results):
            raise self.error("expects number of results to match mask region yielded values")
        if len(inside) == 2 and not getattr(inside[0], "is_maskable", False):
            raise self.error("expects a MaskableOpInterface within the mask region")

    def execute(self, machine: Machine, mask: RuntimeValue, *passthru: RuntimeValue) -> Execution:
        masks: list[Any] = machine.remember(MASKS, list)
        masks.append((mask, passthru[0] if passthru else None))
        values = yield RunRegion(self.maskRegion)
        masks.pop()
        if self.masked_op is None and passthru:
            return np.where(mask, values[0], passthru[0])
        return values


MASKS = "vector.masks"


def refuse_masked(op: Operation) -> None:
    """Raises InterpreterError if `op` is masked: its operands alone do not say its value."""
    if isinstance(op.parent_op, MaskOp):
        raise InterpreterError("depends on the mask around it")


def current_mask(op: Operation, machine: Machine) -> tuple[RuntimeValue, RuntimeValue]:
    """Mask and pass-through value of the `vector.mask` around `op`; None where there is none."""
    if not isinstance(op.parent_op, MaskOp):
        return None, None
    found: tuple[RuntimeValue, RuntimeValue] = machine.remember(MASKS, list)[-1]
    return found


def _end_with_yield(body: Region) -> None:
    """Adds the yield that the text leaves out."""
    if body.first is None:
        body.append(Block())
    block = body.entry
    if isinstance(block.last, YieldOp):
        return
    values = list(block.last.results) if block.last is not None else []
    block.append(YieldOp.create(values))


class CreateMaskOp(Op, name="vector.create_mask", traits=(Pure,)):
    """`%m = vector.create_mask %i, %j : vector<2x4xi1>`.

    True where each index is below its size.
    """

    operands_ = variadic_operand(Index)
    result_ = result(AnyVectorType)
    syntax = "$operands attr-dict `:` type(results)"

    def verify_op(self) -> None:
        type = self.results[0].type
        assert isinstance(type, types.VectorType)
        if max(len(type.shape), 1) != self.num_operands:
            raise self.error(
                "must specify an operand for each result vector dimension"
                if type.shape
                else "must specify exactly one operand for 0-D create_mask"
            )

    def evaluate(self, *sizes: int) -> RuntimeValue:
        return _corner(self.results[0].type, sizes)


class ConstantMaskOp(Op, name="vector.constant_mask", traits=(Pure,)):
    """`%m = vector.constant_mask [1, 3] : vector<2x4xi1>`.

    True where each index is below its size.
    """

    mask_dim_sizes = prop(DenseI64Array)
    result_ = result(AnyVectorType)
    syntax = "$mask_dim_sizes attr-dict `:` type(results)"

    def verify_op(self) -> None:
        type, sizes = self.results[0].type, self.mask_dim_sizes.ints
        assert isinstance(type, types.VectorType)
        if len(sizes) != max(len(type.shape), 1):
            raise self.error("must specify array attr of size equal vector result rank")
        if any(not 0 <= size <= bound for size, bound in zip(sizes, type.shape, strict=False)):
            raise self.error("array attr of size out of bounds of vector result dimension size")

    def evaluate(self) -> RuntimeValue:
        return _corner(self.results[0].type, self.mask_dim_sizes.ints)


def _corner(type: Type, sizes: tuple[int, ...]) -> RuntimeValue:
    assert isinstance(type, types.VectorType)
    made = np.zeros(type.shape, bool)
    if not type.shape:
        return np.array(sizes[0] > 0)
    made[tuple(slice(0, max(size, 0)) for size in sizes)] = True
    return made


class StepOp(Op, name="vector.step", traits=(Pure,)):
    """`%v = vector.step : vector<4xindex>`: 0, 1, 2, ..."""

    result_ = result(AnyVectorType)
    syntax = "attr-dict `:` type(results)"

    def evaluate(self) -> RuntimeValue:
        type = self.results[0].type
        assert isinstance(type, types.VectorType)
        return np.arange(type.shape[0], dtype=np.int64)


class VectorScaleOp(Op, name="vector.vscale", traits=(Pure,)):
    """`%s = vector.vscale`: by how much scalable vectors are longer than written (here 1)."""

    res = result(Index)
    syntax = "attr-dict"

    def result_name(self) -> str:
        return "vscale"

    def evaluate(self) -> int:
        return 1

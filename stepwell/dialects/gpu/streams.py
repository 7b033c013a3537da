"""Memory of a GPU, and waiting for work that was begun: the ops of the host.

Each may depend on tokens and, if `async`, gives one. Interpreted, all work is done at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from stepwell.dialects.gpu.attributes import TOKEN
from stepwell.dialects.memref.layout import fill_sizes, runtime_layout, space_text
from stepwell.ir import types
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.constraints import I32, AnyMemRef, AnyRankedOrUnrankedMemRef, Exactly, Index
from stepwell.ir.definition import Op
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.effects import Effect, allocate, free, read, write
from stepwell.ir.fields import (
    operand,
    optional_result,
    result,
    unit_prop,
    variadic_operand,
)
from stepwell.ir.interpreter.memory import MemRef
from stepwell.ir.types import DYNAMIC, MemRefType, element_type_or_self

if TYPE_CHECKING:
    from stepwell.ir.interpreter.machine import Machine, RuntimeValue
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

Token = Exactly(TOKEN)


class AsyncOp(Op):
    """Base of the ops that may depend on tokens and give one.

    `custom<AsyncDependencies>` is ` async [%t]`: whether there is a token, and what is awaited.
    """

    asyncDependencies = variadic_operand(Token)

    @classmethod
    def parse_AsyncDependencies(cls, p: OpParser, parsed: Any) -> None:
        parsed.types["asyncToken"] = [TOKEN] if p.accept("async") else []
        if p.text == "[":
            parsed.operands["asyncDependencies"] = p.operands("[", "]")

    def print_AsyncDependencies(self, p: Printer) -> None:
        print_async(p, self)

    def token_result(self, *values: RuntimeValue) -> RuntimeValue:
        """What `execute` returns: the values, and a token if there is one."""
        has_token = len(self.results) > len(values)
        found = (*values, None) if has_token else values
        return found[0] if len(found) == 1 else found or None


def print_async(p: Printer, op: Any) -> None:
    """Writes `async [%t]`."""
    has_token = any(result.type is TOKEN for result in op.results)
    p.write("async" if has_token else "")
    if op.asyncDependencies:
        p.write(" [" if has_token else "[")
        p.operands(op.asyncDependencies)
        p.write("]")


class WaitOp(AsyncOp, name="gpu.wait"):
    """`gpu.wait [%t]`, `%t = gpu.wait async [%a, %b]`: waits for tokens, or joins them."""

    asyncToken = optional_result(Token)
    syntax = "custom<AsyncDependencies>(type($asyncToken), $asyncDependencies) attr-dict"

    def execute(self, machine: Machine, *tokens: RuntimeValue) -> RuntimeValue:
        return None


class AllocOp(AsyncOp, name="gpu.alloc"):
    """`%m, %t = gpu.alloc async [%d] (%n) : memref<?xf32>`: memory that kernels can use."""

    dynamicSizes = variadic_operand(Index)
    symbolOperands = variadic_operand(Index)
    hostShared = unit_prop()
    memref = result(AnyMemRef)
    asyncToken = optional_result(Token)
    syntax = (
        "custom<AsyncDependencies>(type($asyncToken), $asyncDependencies) (` ` `host_shared` "
        "$hostShared^)? ` ` `(` $dynamicSizes `)` (`` `[` $symbolOperands^ `]`)? attr-dict `:` "
        "type($memref)"
    )

    def result_name(self) -> str:
        return "memref"

    def result_names(self) -> Sequence[str]:
        return ("memref", "asyncToken")

    @property
    def type(self) -> MemRefType:
        """The type of the memory."""
        type = self.memref.type
        assert isinstance(type, MemRefType)
        return type

    def verify_op(self) -> None:
        dynamic = self.type.shape.count(DYNAMIC)
        if len(self.dynamicSizes) != dynamic:
            raise self.error(
                f"incorrect number of dynamic sizes, has {len(self.dynamicSizes)}, expected "
                f"{dynamic}"
            )
        layout = self.type.layout
        symbols = layout.map.num_symbols if isinstance(layout, AffineMapAttr) else 0
        if len(self.symbolOperands) != symbols:
            raise self.error("symbol operand count does not equal memref symbol count")

    def effects(self) -> list[Effect]:
        return [allocate(self.memref)]

    def execute(self, machine: Machine, *operands: RuntimeValue) -> RuntimeValue:
        type = self.type
        rest = operands[len(self.asyncDependencies) :]
        dynamic = type.shape.count(DYNAMIC)
        sizes = fill_sizes(type.shape, rest[:dynamic])
        strides, offset = runtime_layout(type, sizes, rest[dynamic:])
        name = self.memref.name_hint or ""
        made = MemRef.allocate(sizes, type.element_type, strides, offset, name, space_text(type))
        return self.token_result(made)


class DeallocOp(AsyncOp, name="gpu.dealloc"):
    """`gpu.dealloc %m : memref<?xf32>`: gives memory from `gpu.alloc` back."""

    memref = operand(AnyMemRef)
    asyncToken = optional_result(Token)
    syntax = (
        "custom<AsyncDependencies>(type($asyncToken), $asyncDependencies) $memref attr-dict `:` "
        "type($memref)"
    )

    def effects(self) -> list[Effect]:
        return [free(self.memref)]

    def execute(self, machine: Machine, *operands: RuntimeValue) -> RuntimeValue:
        operands[-1].allocation.free()
        return self.token_result()


class MemcpyOp(AsyncOp, name="gpu.memcpy"):
    """`gpu.memcpy %to, %from : memref<4xf32>, memref<4xf32>`: copies all elements."""

    dst = operand(AnyMemRef)
    src = operand(AnyMemRef)
    asyncToken = optional_result(Token)
    syntax = (
        "custom<AsyncDependencies>(type($asyncToken), $asyncDependencies) $dst `,` $src `:` "
        "type($dst) `,` type($src) attr-dict"
    )

    def verify_op(self) -> None:
        source, target = self.src.type, self.dst.type
        if element_type_or_self(source) is not element_type_or_self(target):
            raise self.error("arguments have incompatible element type")
        shapes = types.dims_of(source), types.dims_of(target)
        if len(shapes[0]) != len(shapes[1]) or any(
            a != b and DYNAMIC not in (a, b) for a, b in zip(*shapes, strict=True)
        ):
            raise self.error("arguments have incompatible shape")

    def effects(self) -> list[Effect]:
        return [read(self.src), write(self.dst)]

    def execute(self, machine: Machine, *operands: RuntimeValue) -> RuntimeValue:
        target, source = operands[-2:]
        target.copy_from(source)
        return self.token_result()


class MemsetOp(AsyncOp, name="gpu.memset"):
    """`gpu.memset %m, %x : memref<4xf32>, f32`: sets all elements."""

    dst = operand(AnyMemRef)
    value = operand()
    asyncToken = optional_result(Token)
    syntax = (
        "custom<AsyncDependencies>(type($asyncToken), $asyncDependencies) $dst `,` $value `:` "
        "type($dst) `,` type($value) attr-dict"
    )

    def verify_op(self) -> None:
        if element_type_or_self(self.dst.type) is not self.value.type:
            raise self.error("failed to verify that all of {dst, value} have same element type")

    def effects(self) -> list[Effect]:
        return [write(self.dst)]

    def execute(self, machine: Machine, *operands: RuntimeValue) -> RuntimeValue:
        target, value = operands[-2:]
        dtype = dtype_of(element_type_or_self(self.dst.type))
        target.write(np.full(target.sizes, value, dtype))
        return self.token_result()


class HostRegisterOp(Op, name="gpu.host_register"):
    """`gpu.host_register %m : memref<*xf32>`: lets kernels use memory of the host."""

    value = operand(AnyRankedOrUnrankedMemRef)
    syntax = "$value attr-dict `:` type($value)"

    def execute(self, machine: Machine, value: RuntimeValue) -> RuntimeValue:
        return None


class HostUnregisterOp(Op, name="gpu.host_unregister"):
    """`gpu.host_unregister %m : memref<*xf32>`: ends what `gpu.host_register` began."""

    value = operand(AnyRankedOrUnrankedMemRef)
    syntax = "$value attr-dict `:` type($value)"

    def execute(self, machine: Machine, value: RuntimeValue) -> RuntimeValue:
        return None


class SetDefaultDeviceOp(Op, name="gpu.set_default_device"):
    """`gpu.set_default_device %n`: which GPU following ops use."""

    devIndex = operand(I32)
    syntax = "attr-dict $devIndex"

    def effects(self) -> list[Effect]:
        return [write()]

    def execute(self, machine: Machine, number: RuntimeValue) -> RuntimeValue:
        return None

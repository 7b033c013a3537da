"""Reading, changing and writing an element in one step."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import numpy as np

from stepwell.dialects.memref.access import rank_of
from stepwell.dialects.memref.layout import element_of_memref
from stepwell.ir.constraints import AnyFloat, AnyMemRef, Index, SignlessInteger, Var
from stepwell.ir.definition import Op
from stepwell.ir.effects import Effect, read, write
from stepwell.ir.enums import IntegerEnum
from stepwell.ir.fields import operand, prop, region, result, variadic_operand
from stepwell.ir.interpreter.machine import POISON, Execution, Machine, RunRegion, RuntimeValue
from stepwell.ir.interpreter.scalars import fit
from stepwell.ir.numbers.integers import to_unsigned
from stepwell.ir.operation import Operation
from stepwell.ir.traits import HasParent, Pure, ReturnLike, SingleBlock, Terminator
from stepwell.ir.types import FloatType, IntegerType, MemRefType, i64, index

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

KINDS = (
    "addf", "addi", "andi", "assign", "maximumf", "maxnumf", "maxs", "maxu", "minimumf", "minnumf",
    "mins", "minu", "mulf", "muli", "ori", "xori",
)  # fmt: skip
AtomicKind = IntegerEnum(
    i64, KINDS, "string or keyword containing one of the following enum values for attribute 'kind'"
)
FLOAT_KINDS = frozenset(kind for kind in KINDS if kind.endswith("f"))


def combine(kind: str, a: RuntimeValue, b: RuntimeValue, width: int) -> RuntimeValue:
    """What an op of this kind makes of two numbers; not yet brought to their type.

    Args:
        kind: one of `KINDS`.
        a: the old value.
        b: the new one.
        width: bits of an integer.
    """
    if kind in ("maxu", "minu"):
        first, second = to_unsigned(a, width), to_unsigned(b, width)
        return (max if kind == "maxu" else min)(first, second)
    with np.errstate(all="ignore"):
        return COMBINATIONS[kind](a, b)


COMBINATIONS: dict[str, Callable[[Any, Any], RuntimeValue]] = {
    "addf": lambda a, b: a + b,
    "mulf": lambda a, b: a * b,
    "maximumf": lambda a, b: _extreme(a, b, True, True),
    "minimumf": lambda a, b: _extreme(a, b, False, True),
    "maxnumf": lambda a, b: _extreme(a, b, True, False),
    "minnumf": lambda a, b: _extreme(a, b, False, False),
    "addi": lambda a, b: a + b,
    "muli": lambda a, b: a * b,
    "andi": lambda a, b: a & b,
    "ori": lambda a, b: a | b,
    "xori": lambda a, b: a ^ b,
    "maxs": max,
    "mins": min,
    "assign": lambda a, b: b,
}


def _extreme(a: Any, b: Any, largest: bool, keeps_nan: bool) -> Any:
    """The larger or smaller float; -0 is less than +0; a NaN wins, or else loses."""
    if np.isnan(a) or np.isnan(b):
        first = a if np.isnan(a) else b
        return first if keeps_nan else (b if np.isnan(a) else a)
    if a == b:
        negative = a if np.signbit(a) else b
        return (b if negative is a else a) if largest else negative
    return a if (a > b) == largest else b


class AtomicRMWOp(Op, name="memref.atomic_rmw"):
    """`%old = memref.atomic_rmw addf %x, %m[%i] : (f32, memref<8xf32>) -> f32`.

    Combines an element with `%x`, and yields what it was before.
    """

    T = Var("T", SignlessInteger | AnyFloat)
    value = operand(T)
    memref = operand(AnyMemRef)
    indices = variadic_operand(Index)
    kind = prop(AtomicKind)
    result_ = result(T)
    syntax = (
        "$kind $value `,` $memref `[` $indices `]` attr-dict `:` `(` type($value) `,` "
        "type($memref) `)` `->` type($result)"
    )

    def verify_op(self) -> None:
        if len(self.indices) != rank_of(self.memref):
            raise self.error("expects the number of subscripts to be equal to memref rank")
        kind = AtomicKind.word(self.kind)
        if kind in FLOAT_KINDS and not isinstance(self.value.type, FloatType):
            raise self.error(f"with kind '{kind}' expects a floating-point type")
        if kind not in (*FLOAT_KINDS, "assign") and not isinstance(self.value.type, IntegerType):
            raise self.error(f"with kind '{kind}' expects an integer type")

    def effects(self) -> list[Effect]:
        return [read(self.memref), write(self.memref)]

    def execute(
        self,
        machine: Machine,
        value: RuntimeValue,
        memref: RuntimeValue,
        *indices: RuntimeValue,
    ) -> RuntimeValue:
        old = memref.load(indices)
        kind, type = AtomicKind.word(self.kind), self.value.type
        if kind != "assign" and (old is POISON or value is POISON):
            memref.store(indices, POISON)
            return old
        width = type.width if isinstance(type, (IntegerType, FloatType)) else 64
        memref.store(indices, fit(type)(combine(kind, old, value, width)))
        return old


class GenericAtomicRMWOp(Op, name="memref.generic_atomic_rmw", traits=(SingleBlock,)):
    """`%new = memref.generic_atomic_rmw %m[%i] : memref<8xf32> { ^bb0(%old: f32): ... }`.

    Replaces an element by what the region makes of it, and yields the new value.
    """

    M = Var("M", AnyMemRef)
    memref = operand(M)
    indices = variadic_operand(Index)
    result_ = result(element_of_memref(M, "result type"))
    atomic_body = region()

    @classmethod
    def parse(cls, p: OpParser) -> Generator[Any, Any, Operation]:
        memref = p.operand()
        indices = p.operands("[", "]")
        p.literal(":")
        start = p.start
        type = p.type()
        if not isinstance(type, MemRefType):
            raise p.error(f"expected a memref type, found '{type}'", start)
        operands = [p.resolve(memref, type), *(p.resolve(name, index) for name in indices)]
        body = yield p.region()
        attributes = p.optional_dictionary()
        return cls.create(operands, [type.element_type], None, attributes or None, (), [body])

    def print(self, p: Printer) -> Generator[Any, None, None]:
        p.write(f" {p.name(self.memref)}[")
        p.operands(self.indices)
        p.write(f"] : {p.show(self.memref.type)} ")
        yield p.region(self.atomic_body)
        p.attr_dict(self)

    def verify_op(self) -> None:
        arguments = self.atomic_body.args
        if len(arguments) != 1:
            raise self.error("expected single number of entry block arguments")
        if arguments[0].type is not self.result_.type:
            raise self.error("expected block argument of the same type result type")
        if not isinstance(self.atomic_body.entry.last, AtomicYieldOp):
            raise self.error("expects region to terminate with 'memref.atomic_yield'")

    def execute(self, machine: Machine, memref: RuntimeValue, *indices: RuntimeValue) -> Execution:
        old = memref.load(indices)
        (new,) = yield RunRegion(self.atomic_body, (old,))
        memref.store(indices, new)
        return old  # as upstream's lowering has it

    def effects(self) -> list[Effect]:
        return [read(self.memref), write(self.memref)]


class AtomicYieldOp(
    Op,
    name="memref.atomic_yield",
    traits=(Pure, ReturnLike, Terminator, HasParent.of("memref.generic_atomic_rmw")),
):
    """`memref.atomic_yield %x : f32`: the new value of the element."""

    result_ = operand()
    syntax = "$result attr-dict `:` type($result)"

    def verify_op(self) -> None:
        parent = self.parent_op
        if parent is not None and parent.result_types[0] is not self.operand_types[0]:
            raise self.error(
                f"types mismatch between yield op: '{self.operand_types[0]}' and its parent: "
                f"'{parent.result_types[0]}'"
            )

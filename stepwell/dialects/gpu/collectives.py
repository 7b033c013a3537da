"""Threads of a block working together, and what else a kernel may do that host code may not."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from functools import reduce
from typing import TYPE_CHECKING, Any

from stepwell.dialects.gpu.attributes import (
    WORKGROUP,
    AllReduceKind,
    AllReduceOperationAttr,
    BroadcastKind,
    ShuffleModeKind,
)
from stepwell.dialects.gpu.threads import BLOCK, Thread, current_thread
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import UNIT
from stepwell.ir.constraints import AnyFloat, AnyInteger, Constraint, Exactly, Var, like
from stepwell.ir.definition import Op
from stepwell.ir.diagnostics import Diagnostic, Severity, VerifyError
from stepwell.ir.fields import (
    operand,
    optional_operand,
    optional_prop,
    prop,
    region,
    result,
    unit_prop,
    variadic_operand,
)
from stepwell.ir.interpreter.machine import Execution, Machine, Meet, RunRegion, RuntimeValue
from stepwell.ir.interpreter.scalars import fit_all
from stepwell.ir.operation import Operation
from stepwell.ir.property_kinds import I32 as I32Kind
from stepwell.ir.property_kinds import Str
from stepwell.ir.traits import Pure, ReturnLike, Terminator
from stepwell.ir.types import MemRefType, element_type_or_self

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

Number = Constraint(
    lambda type: AnyInteger.accepts(type) or AnyFloat.accepts(type) or type is types.index,
    "Integer or Float",
)
NumberLike = Constraint(like(Number).accepts, "Integer or Float or vector of them")
I32 = Exactly(types.i32)
I1 = Exactly(types.i1)
_FLOAT_ONLY = ("minnumf", "maxnumf", "minimumf", "maximumf")
_INTEGER_ONLY = ("minui", "minsi", "maxui", "maxsi", "and", "or", "xor")


def _plain_error(op: Operation, message: str) -> VerifyError:
    """An error without the op's name in front, as upstream words it here."""
    return VerifyError(Diagnostic(Severity.ERROR, message, op.place))


def check_combination(op: Operation, kind: AllReduceOperationAttr, type: Type) -> None:
    """Raises `VerifyError` where `kind` does not work on values of `type`."""
    is_float = isinstance(element_type_or_self(type), types.FloatType)
    if kind.value in (_INTEGER_ONLY if is_float else _FLOAT_ONLY):
        raise _plain_error(
            op, f"`{kind.value}` reduction operation is not compatible with type '{type}'"
        )


_COMBINE: dict[str, Callable[[Any, Any], Any]] = {
    "add": lambda a, b: a + b, "mul": lambda a, b: a * b,
    "and": lambda a, b: a & b, "or": lambda a, b: a | b, "xor": lambda a, b: a ^ b,
    "minsi": min, "maxsi": max,
    "minnumf": lambda a, b: b if a != a else a if b != b else min(a, b),
    "maxnumf": lambda a, b: b if a != a else a if b != b else max(a, b),
    "minimumf": lambda a, b: a if a != a else b if b != b else min(a, b),
    "maximumf": lambda a, b: a if a != a else b if b != b else max(a, b),
}  # fmt: skip


def combine(kind: str, values: Sequence[RuntimeValue], type: Type) -> RuntimeValue:
    """All of `values`, in order, as one."""
    if kind in ("minui", "maxui"):
        bits = type.width if isinstance(type, types.IntegerType) else 64
        choose = min if kind == "minui" else max
        return choose(values, key=lambda value: value & ((1 << bits) - 1))
    step = _COMBINE[kind]
    return reduce(lambda a, b: fit_all(step(a, b), (type,)), values)


class BarrierOp(Op, name="gpu.barrier"):
    """`gpu.barrier`: no thread of the block goes on before all are here."""

    syntax = "attr-dict"

    def execute(self, machine: Machine) -> Execution:
        current_thread(machine, self)
        yield Meet(self, BLOCK)


class YieldOp(Op, name="gpu.yield", traits=(Pure, ReturnLike, Terminator)):
    """`gpu.yield %x : f32`: ends a region of a gpu op."""

    values = variadic_operand()
    syntax = "attr-dict ($values^ `:` type($values))?"


class AllReduceOp(Op, name="gpu.all_reduce"):
    """`gpu.all_reduce add %x {} : (f32) -> f32`: combines the values of all threads of a block."""

    T = Var("T", Number)
    value = operand(T)
    op = optional_prop(AllReduceKind)
    uniform = unit_prop()
    result_ = result(T)
    body = region()

    @classmethod
    def parse(cls, p: OpParser) -> Generator[Any, Any, Operation]:
        properties: dict[str, Attribute] = {}
        kind = p.optional_keyword(*AllReduceOperationAttr.cases)
        if kind is not None:
            properties["op"] = AllReduceOperationAttr(kind)
        name = p.operand()
        if p.accept("uniform"):
            properties["uniform"] = UNIT
        body = yield p.region()
        attributes = p.optional_dictionary()
        inputs, results = _types(p)
        operands = p.resolve_all([name], inputs)
        return cls.create(operands, results, properties or None, attributes or None, (), [body])

    def print(self, p: Printer) -> Generator[Any, None, None]:
        p.write(f"  {self.op.value}" if self.op is not None else " ")
        p.write(f" {p.name(self.value)} ")
        p.write("uniform " if self.uniform is not None else "")
        yield p.region(self.body)
        p.attr_dict(self, ("op", "uniform"))
        p.write(" : ")
        p.function_type(self.operand_types, self.result_types)

    def verify_op(self) -> None:
        if (self.op is None) == self.body.is_empty:
            raise _plain_error(self, "expected either an op attribute or a non-empty body")
        type = self.value.type
        if self.op is not None:
            check_combination(self, self.op, type)
            return
        entry = self.body.entry
        if len(entry.args) != 2:
            raise _plain_error(self, "expected two region arguments")
        if any(argument.type is not type for argument in entry.args):
            raise _plain_error(self, "incorrect region argument type")
        ends = [block.last for block in self.body.blocks if isinstance(block.last, YieldOp)]
        if not ends:
            raise _plain_error(self, "expected gpu.yield op in region")
        for last in ends:
            if last.num_operands != 1:
                raise _plain_error(self, "expected one gpu.yield operand")
            if last.operand_types[0] is not type:
                raise _plain_error(self, "incorrect gpu.yield type")

    def execute(self, machine: Machine, value: RuntimeValue) -> Execution:
        current_thread(machine, self)
        values = yield Meet(self, BLOCK, value)
        everything = [values[thread] for thread in sorted(values, key=lambda t: t.linear)]
        if self.op is not None:
            return combine(self.op.value, everything, self.value.type)
        total = everything[0]
        for other in everything[1:]:
            (total,) = yield RunRegion(self.body, (total, other))
        return total


def _types(p: OpParser) -> tuple[list[Type], list[Type]]:
    p.literal(":")
    start = p.start
    type = p.type()
    if not isinstance(type, types.FunctionType):
        raise p.error(f"expected a function type, found '{type}'", start)
    return list(type.inputs), list(type.results)


def _named_number(p: OpParser, word: str) -> Attribute:
    p.keyword(word)
    p.literal("=")
    return I32Kind.coerce(p.integer())


class SubgroupReduceOp(Op, name="gpu.subgroup_reduce"):
    """`gpu.subgroup_reduce add %x : (f32) -> f32`: combines the values of a subgroup's threads."""

    T = Var("T", NumberLike)
    value = operand(T)
    op = prop(AllReduceKind)
    uniform = unit_prop()
    cluster_size = optional_prop(I32Kind)
    cluster_stride = prop(I32Kind, I32Kind.coerce(1))
    result_ = result(T)

    @classmethod
    def parse(cls, p: OpParser) -> Operation:
        kind = p.keyword(*AllReduceOperationAttr.cases)
        properties: dict[str, Attribute] = {
            "op": AllReduceOperationAttr(kind),
            "cluster_stride": I32Kind.coerce(1),
        }
        name = p.operand()
        if p.accept("uniform"):
            properties["uniform"] = UNIT
        if p.accept("cluster"):
            p.literal("(")
            properties["cluster_size"] = _named_number(p, "size")
            if p.accept(","):
                properties["cluster_stride"] = _named_number(p, "stride")
            p.literal(")")
        attributes = p.optional_dictionary()
        inputs, results = _types(p)
        operands = p.resolve_all([name], inputs)
        return cls.create(operands, results, properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f"  {self.op.value} {p.name(self.value)}")
        p.write(" uniform" if self.uniform is not None else "")
        if self.cluster_size is not None:
            stride = self.cluster_stride.value
            p.write(f" cluster(size = {self.cluster_size.value}")
            p.write(f", stride = {stride})" if stride != 1 else ")")
        p.attr_dict(self, ("op", "uniform", "cluster_size", "cluster_stride"))
        p.write(" : ")
        p.function_type(self.operand_types, self.result_types)

    def verify_op(self) -> None:
        check_combination(self, self.op, self.value.type)
        size = self.cluster_size.value if self.cluster_size is not None else None
        if size is not None and (size < 1 or size & (size - 1)):
            raise self.error(f"cluster size {size} is not a power of two")
        stride = self.cluster_stride.value
        if stride != 1 and size is None:
            raise self.error("cluster stride can only be specified if cluster size is specified")
        if stride < 1 or stride & (stride - 1):
            raise self.error(f"cluster stride {stride} is not a power of two")

    def execute(self, machine: Machine, value: RuntimeValue) -> Execution:
        thread = current_thread(machine, self)
        lane = thread.lane
        values = yield Meet(self, thread.subgroup, value)
        own = self._cluster(lane)
        chosen = [
            values[other]
            for other in sorted(values, key=lambda t: t.lane)
            if self._cluster(other.lane) == own
        ]
        return combine(self.op.value, chosen, self.value.type)

    def _cluster(self, lane: int) -> tuple[int, int]:
        """What the lanes of a cluster have in common."""
        if self.cluster_size is None:
            return (0, 0)
        stride = self.cluster_stride.value
        return (lane // (stride * self.cluster_size.value), lane % stride)


def _meet_lanes(
    op: Operation, thread: Thread, value: RuntimeValue, lanes: int | None = None
) -> Generator[Any, Any, dict[int, RuntimeValue]]:
    """The values of the subgroup's threads by their lanes, once all (of `lanes`) are here."""
    values = yield Meet(op, thread.subgroup, value, lanes)
    return {other.lane: found for other, found in values.items()}


class ShuffleOp(Op, name="gpu.shuffle"):
    """`%y, %valid = gpu.shuffle xor %x, %offset, %width : f32`: the value of another lane."""

    T = Var("T", NumberLike)
    value = operand(T)
    offset = operand(I32)
    width = operand(I32)
    mode = prop(ShuffleModeKind)
    shuffleResult = result(T)
    valid = result(I1)
    syntax = "` ` $mode $value `,` $offset `,` $width attr-dict `:` type($value)"

    def result_names(self) -> Sequence[str]:
        return ("shuffleResult", "valid")

    def execute(self, machine: Machine, value: RuntimeValue, offset: int, width: int) -> Execution:
        thread = current_thread(machine, self)
        lane = thread.lane
        first = lane - lane % width
        segment = ((1 << width) - 1) << first
        by_lane = yield from _meet_lanes(self, thread, value, segment)
        source = {
            "xor": lane ^ offset,
            "up": lane - offset,
            "down": lane + offset,
            "idx": first + offset % width,
        }[self.mode.value]
        valid = first <= source < first + width and source in by_lane
        return (by_lane[source] if valid else value, int(valid))


class SubgroupBroadcastOp(Op, name="gpu.subgroup_broadcast"):
    """`gpu.subgroup_broadcast %x, specific_lane %l : f32`: one lane's value for all."""

    T = Var("T", NumberLike)
    src = operand(T)
    lane = optional_operand(I32)
    broadcast_type = prop(BroadcastKind)
    result_ = result(T)
    syntax = "$src `,` ` ` $broadcast_type ($lane^)? attr-dict `:` type($src)"

    def verify_op(self) -> None:
        wanted = self.broadcast_type.value == "specific_lane"
        if wanted and self.lane is None:
            raise self.error("lane must be specified for `specific_lane` broadcast")
        if not wanted and self.lane is not None:
            raise self.error("lane can only be specified for `specific_lane` broadcast")

    def execute(self, machine: Machine, value: RuntimeValue, *lane: int) -> Execution:
        by_lane = yield from _meet_lanes(self, current_thread(machine, self), value)
        source = lane[0] if lane else min(by_lane)
        if source not in by_lane:
            raise machine.undefined(
                self, f"asks for the value of lane {source}, which is not there"
            )
        return by_lane[source]


class RotateOp(Op, name="gpu.rotate", traits=(Pure,)):
    """`%y, %valid = gpu.rotate %x, 3, 32 : f32`: the value of the lane `offset` further on."""

    T = Var("T", NumberLike)
    value = operand(T)
    offset = prop(I32Kind)
    width = prop(I32Kind)
    rotateResult = result(T)
    valid = result(I1)
    syntax = "$value `,` $offset `,` $width attr-dict `:` type($value)"

    def result_names(self) -> Sequence[str]:
        return ("rotateResult", "valid")

    def verify_op(self) -> None:
        offset, width = self.offset.value, self.width.value
        if width < 1 or width & (width - 1):
            raise self.error(f"width must be a power of two, but got {width}")
        if not 0 <= offset < width:
            raise self.error(f"offset must be in the range [0, {width})")

    def execute(self, machine: Machine, value: RuntimeValue) -> Execution:
        thread = current_thread(machine, self)
        lane = thread.lane
        by_lane = yield from _meet_lanes(self, thread, value)
        width = self.width.value
        first = lane - lane % width
        source = first + (lane - first + self.offset.value) % width
        return (by_lane.get(source, value), int(lane < width))


class PrintfOp(Op, name="gpu.printf"):
    """`gpu.printf "%d", %x : i32`: prints as C does."""

    format = prop(Str)
    args = variadic_operand()
    syntax = "$format attr-dict (`,` $args^ `:` type($args))?"

    def execute(self, machine: Machine, *values: RuntimeValue) -> RuntimeValue:
        try:
            machine.write(self.format.value % tuple(values))
        except (TypeError, ValueError) as error:
            raise machine.undefined(self, f"cannot print its operands: {error}") from None
        return None


class DynamicSharedMemoryOp(Op, name="gpu.dynamic_shared_memory", traits=(Pure,)):
    """`gpu.dynamic_shared_memory : memref<?xi8, #gpu.address_space<workgroup>>`.

    The memory of the block whose size the launch said.
    """

    resultMemref = result()
    syntax = "attr-dict `:` type($resultMemref)"

    def verify_op(self) -> None:
        type = self.resultMemref.type
        if not isinstance(type, MemRefType) or type.memory_space is not WORKGROUP:
            raise self.error("address space must be address_space<workgroup>")
        if type.shape != (types.DYNAMIC,) or type.element_type is not types.i8:
            raise self.error(
                "result memref type must be memref<?xi8, #gpu.address_space<workgroup>>"
            )

    def execute(self, machine: Machine) -> RuntimeValue:
        memory = current_thread(machine, self).dynamic_memory
        if memory is None:
            raise machine.undefined(self, "is used, but the launch gave no size for it")
        return memory

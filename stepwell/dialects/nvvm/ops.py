"""Threads working together, as NVIDIA's GPUs have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from stepwell.dialects.gpu.collectives import combine
from stepwell.dialects.gpu.threads import BLOCK, Thread, current_thread
from stepwell.dialects.llvm.types import StructType
from stepwell.dialects.nvvm.attributes import ReductionKind, ShflKind, VoteKind
from stepwell.ir import types
from stepwell.ir.constraints import I1, I32
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, optional_operand, prop, result, unit_prop
from stepwell.ir.interpreter.machine import POISON, Execution, Machine, Meet, RuntimeValue
from stepwell.ir.property_kinds import Bool

if TYPE_CHECKING:
    from stepwell.ir.attribute import Type

FALSE = Bool.coerce(0)


class Barrier0Op(Op, name="nvvm.barrier0"):
    """`nvvm.barrier0`: no thread of the block goes on before all are here."""

    syntax = "attr-dict"

    def execute(self, machine: Machine) -> Execution:
        current_thread(machine, self)
        yield Meet(self, BLOCK)


class BarrierOp(Op, name="nvvm.barrier"):
    """`nvvm.barrier id = %i number_of_threads = %n`: one of a block's sixteen barriers."""

    barrierId = optional_operand(I32)
    numberOfThreads = optional_operand(I32)
    reductionPredicate = optional_operand(I32)
    syntax = "(`id` `=` $barrierId^)? (`number_of_threads` `=` $numberOfThreads^)? attr-dict"

    def verify_op(self) -> None:
        if self.numberOfThreads is not None and self.barrierId is None:
            raise self.error("barrier id is missing, it should be set between 0 to 15")

    def execute(self, machine: Machine, *operands: RuntimeValue) -> Execution:
        current_thread(machine, self)
        if self.numberOfThreads is not None or self.reductionPredicate is not None:
            raise machine.undefined(self, "is interpreted only for all threads of a block")
        yield Meet(self, BLOCK)


class WarpSyncOp(Op, name="nvvm.bar.warp.sync"):
    """`nvvm.bar.warp.sync %mask : i32`: the threads of a warp wait for each other."""

    mask = operand()
    syntax = "$mask attr-dict `:` type($mask)"

    def execute(self, machine: Machine, mask: RuntimeValue) -> Execution:
        thread = current_thread(machine, self)
        yield Meet(self, thread.subgroup, None, lanes(self, machine, thread, mask))


def lanes(op: Op, machine: Machine, thread: Thread, mask: RuntimeValue) -> int:
    """Which lanes of a warp `mask` names.

    Raises:
        InterpreterError: the lane that runs the op is not among them.
    """
    if mask is POISON or not mask >> thread.lane & 1:
        raise machine.undefined(op, f"is run by lane {thread.lane}, which its mask does not name")
    return int(mask) & 0xFFFFFFFF


class ShflOp(Op, name="nvvm.shfl.sync"):
    """`nvvm.shfl.sync bfly %mask, %x, %offset, %clamp : f32 -> f32`: the value of another lane."""

    thread_mask = operand(I32)
    val = operand()
    offset = operand(I32)
    mask_and_clamp = operand(I32)
    kind = prop(ShflKind)
    return_value_and_is_valid = unit_prop()
    res = result()
    syntax = (
        "` ` $kind $thread_mask `,` $val `,` $offset `,` $mask_and_clamp attr-dict `:` type($val) "
        "`->` type($res)"
    )

    def verify_op(self) -> None:
        type, found = self.val.type, self.res.type
        if self.return_value_and_is_valid is None:
            if found is not type:
                raise self.error(f"expected return type to be of type '{type}' but got '{found}' "
                                 "instead")  # fmt: skip
            return
        elements = found.elements if isinstance(found, StructType) else None
        if elements is None or len(elements) != 2:
            raise self.error("expected return type to be a two-element struct")
        if elements[0] is not type:
            raise self.error(f"expected first element in the returned struct to be of type '{type}'"
                             f" but got '{elements[0]}' instead")  # fmt: skip
        if elements[1] is not types.i1:
            raise self.error("expected second element in the returned struct to be of type 'i1' "
                             f"but got '{elements[1]}' instead")  # fmt: skip

    def execute(
        self, machine: Machine, mask: int, value: RuntimeValue, offset: int, clamp: int
    ) -> Execution:
        thread = current_thread(machine, self)
        among = lanes(self, machine, thread, mask)
        values = yield Meet(self, thread.subgroup, value, among)
        by_lane = {other.lane: found for other, found in values.items()}
        source, valid = shuffled_lane(self.kind.value, thread.lane, offset, clamp)
        found = by_lane.get(source, value) if valid else value
        return (found, int(valid)) if self.return_value_and_is_valid is not None else found


def shuffled_lane(kind: str, lane: int, offset: int, clamp: int) -> tuple[int, bool]:
    """From which lane a shuffle takes its value, and whether that lane is in its segment.

    Source: the PTX ISA, `shfl.sync`: `clamp` holds the last lane in its low five bits, and in the
    next byte which bits of a lane's number stay fixed in a segment.
    """
    segment, last = clamp >> 8 & 31, clamp & 31
    highest = lane & segment | last & ~segment
    lowest = lane & segment
    if kind == "up":
        source = lane - offset
        return source, source >= highest
    if kind == "down":
        source = lane + offset
    elif kind == "bfly":
        source = lane ^ offset
    else:
        source = lowest | offset & 31 & ~segment
    return source, source <= highest


class ReduxOp(Op, name="nvvm.redux.sync"):
    """`nvvm.redux.sync add %x, %mask : i32 -> i32`: combines the values of a warp's threads."""

    val = operand()
    mask_and_clamp = operand(I32)
    kind = prop(ReductionKind)
    abs = prop(Bool, FALSE)
    nan = prop(Bool, FALSE)
    res = result()
    syntax = "` ` $kind $val `,` $mask_and_clamp attr-dict `:` type($val) `->` type($res)"

    def verify_op(self) -> None:
        type = self.val.type
        kind = self.kind.value
        wanted: Type = types.f32 if kind in ("fmin", "fmax") else types.i32
        if type is not wanted:
            raise self.error(
                f"'{kind}' redux kind unsupported with '{type}' type. Only supported type is "
                f"'{wanted}'."
            )

    def execute(self, machine: Machine, value: RuntimeValue, mask: int) -> Execution:
        thread = current_thread(machine, self)
        among = lanes(self, machine, thread, mask)
        values = yield Meet(self, thread.subgroup, value, among)
        kind = self.kind.value
        if kind in ("fmin", "fmax"):
            nan = "imumf" if self.nan.value else "numf"
            kind = kind[1:] + nan
            values = {t: abs(v) if self.abs.value else v for t, v in values.items()}
        names = {"min": "minsi", "max": "maxsi", "umin": "minui", "umax": "maxui"}
        ordered = [values[other] for other in sorted(values, key=lambda t: t.lane)]
        return combine(names.get(kind, kind), ordered, self.res.type)


class VoteOp(Op, name="nvvm.vote.sync"):
    """`nvvm.vote.sync ballot %mask, %p -> i32`: asks all threads of a warp."""

    mask = operand(I32)
    pred = operand(I1)
    kind = prop(VoteKind)
    res = result()
    syntax = "` ` $kind $mask `,` $pred attr-dict `->` type($res)"

    def execute(self, machine: Machine, mask: int, predicate: int) -> Execution:
        thread = current_thread(machine, self)
        among = lanes(self, machine, thread, mask)
        values = yield Meet(self, thread.subgroup, predicate, among)
        answers = {other.lane: bool(found) for other, found in values.items()}
        match self.kind.value:
            case "any":
                return int(any(answers.values()))
            case "all":
                return int(all(answers.values()))
            case "uni":
                return int(len(set(answers.values())) == 1)
        bits = sum(1 << lane for lane, answer in answers.items() if answer)
        return bits - (1 << 32) if bits >> 31 else bits


class ElectOp(Op, name="nvvm.elect.sync"):
    """`nvvm.elect.sync -> i1`: true in one thread of a warp."""

    pred = result(I1)
    syntax = "attr-dict `->` type($pred)"

    def execute(self, machine: Machine) -> Execution:
        thread = current_thread(machine, self)
        values = yield Meet(self, thread.subgroup)
        return int(thread.lane == min(other.lane for other in values))

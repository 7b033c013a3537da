"""How each op of the nvvm dialect is written in LLVM IR."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from stepwell.backends.cpu.translate_function import FunctionText, Writers, refused
from stepwell.backends.cpu.translate_types import mangled, type_text
from stepwell.dialects.nvvm.ops import (
    Barrier0Op,
    BarrierOp,
    ElectOp,
    ReduxOp,
    ShflOp,
    VoteOp,
    WarpSyncOp,
)
from stepwell.dialects.nvvm.registers import OPS, RegisterOp
from stepwell.ir import types
from stepwell.ir.operation import Operation

W = TypeVar("W", bound=Callable[..., None])
NVVM_WRITERS: Writers = {}


def writes(*classes: type[Operation]) -> Callable[[W], W]:
    """Registers the function below as what writes ops of these classes."""

    def register(function: W) -> W:
        NVVM_WRITERS.update(dict.fromkeys(classes, function))
        return function

    return register


@writes(*OPS.values())
def register(op: RegisterOp, f: FunctionText) -> None:
    """`call range(i32 0, 32) i32 @llvm.nvvm.read.ptx.sreg.tid.x()`."""
    found = getattr(op, "range", None)
    word = type_text(op.res.type)
    limits = f"range({word} {found.lower}, {found.upper}) " if found is not None else ""
    f.define(op, f"call {limits}{word} @llvm.nvvm.read.ptx.sreg.{op.register}()")


@writes(Barrier0Op)
def barrier0(op: Barrier0Op, f: FunctionText) -> None:
    """`call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)`."""
    f.line("call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 0)")


@writes(BarrierOp)
def barrier(op: BarrierOp, f: FunctionText) -> None:
    """A barrier by its number, of all threads or some."""
    if op.reductionPredicate is not None:
        raise refused(op, "a reduction at a barrier")
    number = f.value(op.barrierId) if op.barrierId is not None else "0"
    if op.numberOfThreads is None:
        f.line(f"call void @llvm.nvvm.barrier.cta.sync.aligned.all(i32 {number})")
        return
    count = f.value(op.numberOfThreads)
    f.line(f"call void @llvm.nvvm.barrier.cta.sync.aligned.count(i32 {number}, i32 {count})")


@writes(WarpSyncOp)
def warp_sync(op: WarpSyncOp, f: FunctionText) -> None:
    """`call void @llvm.nvvm.bar.warp.sync(i32 %mask)`."""
    f.line(f"call void @llvm.nvvm.bar.warp.sync({f.typed(op.mask)})")


@writes(ShflOp)
def shuffle(op: ShflOp, f: FunctionText) -> None:
    """`call float @llvm.nvvm.shfl.sync.bfly.f32(i32 %mask, float %x, i32 %offset, i32 %clamp)`."""
    if op.val.type not in (types.i32, types.f32):
        raise refused(op, f"a shuffle of '{op.val.type}'")
    pair = "p" if op.return_value_and_is_valid is not None else ""
    inside = ", ".join(f.typed(value) for value in op._operands)
    name = f"llvm.nvvm.shfl.sync.{op.kind.value}.{mangled(op.val.type)}{pair}"
    f.define(op, f"call {type_text(op.res.type)} @{name}({inside})")


@writes(ReduxOp)
def redux(op: ReduxOp, f: FunctionText) -> None:
    """`call i32 @llvm.nvvm.redux.sync.add(i32 %x, i32 %mask)`."""
    name = f"llvm.nvvm.redux.sync.{op.kind.value}"
    name += ".abs" if op.abs.value else ""
    name += ".NaN" if op.nan.value else ""
    inside = ", ".join(f.typed(value) for value in op._operands)
    f.define(op, f"call {type_text(op.res.type)} @{name}({inside})")


@writes(VoteOp)
def vote(op: VoteOp, f: FunctionText) -> None:
    """`call i32 @llvm.nvvm.vote.ballot.sync(i32 %mask, i1 %p)`."""
    inside = f"{f.typed(op.mask)}, {f.typed(op.pred)}"
    name = f"llvm.nvvm.vote.{op.kind.value}.sync"
    f.define(op, f"call {type_text(op.res.type)} @{name}({inside})")


@writes(ElectOp)
def elect(op: ElectOp, f: FunctionText) -> None:
    """`llvm.nvvm.elect.sync` also says which thread it is; that is dropped."""
    name = f"{f.value(op.pred)}.pair"
    f.line(f"{name} = call {{ i32, i1 }} @llvm.nvvm.elect.sync(i32 -1)")
    f.define(op, f"extractvalue {{ i32, i1 }} {name}, 1")

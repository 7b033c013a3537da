"""What the host does with a GPU, done by the CPU: memory, copies, launches."""

from __future__ import annotations

from stepwell.dialects.func.ops import CallOp
from stepwell.dialects.gpu import streams
from stepwell.dialects.gpu.launch import LaunchFuncOp
from stepwell.dialects.linalg.named import FillOp
from stepwell.dialects.memref.access import CopyOp
from stepwell.dialects.memref.allocation import AllocOp, DeallocOp
from stepwell.ir.attributes import SymbolRefAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.passes.gpu_emulation.arithmetic import Arithmetic

NOTHING_TO_DO = (
    streams.WaitOp,
    streams.HostRegisterOp,
    streams.HostUnregisterOp,
    streams.SetDefaultDeviceOp,
)


def replace_host_op(op: Operation, functions: dict[tuple[str, ...], str]) -> None:
    """Replaces a gpu op of the host, which has no tokens, by what the CPU does.

    Args:
        op: any op; others stay.
        functions: the functions that run kernels, by the names of module and kernel.

    Raises:
        VerifyError: it launches what is no kernel of this program.
    """
    rewriter = Rewriter()
    rewriter.start_at(op)
    if isinstance(op, LaunchFuncOp):
        _call(op, functions, rewriter)
    elif isinstance(op, streams.AllocOp):
        sizes, symbols = list(op.dynamicSizes), list(op.symbolOperands)
        rewriter.replace(op, AllocOp(sizes, symbols, result_types=[op.memref.type]))
    elif isinstance(op, streams.DeallocOp):
        rewriter.replace(op, DeallocOp(op.memref))
    elif isinstance(op, streams.MemcpyOp):
        rewriter.replace(op, CopyOp(op.src, op.dst))
    elif isinstance(op, streams.MemsetOp):
        rewriter.replace(op, _fill(op))
    elif isinstance(op, NOTHING_TO_DO):
        rewriter.erase(op)


def _fill(op: streams.MemsetOp) -> Operation:
    return FillOp.of([op.value], [op.dst])


def _call(op: LaunchFuncOp, functions: dict[tuple[str, ...], str], rewriter: Rewriter) -> None:
    name = functions.get((op.kernel.root, *op.kernel.path))
    if name is None:
        raise op.error(f"launches {op.kernel}, whose source is not here; it cannot run on the CPU")
    make = Arithmetic(rewriter)
    sizes = [make.to_index(value) for value in (*op.grid_size, *op.block_size)]
    memory = op.dynamicSharedMemorySize
    sizes.append(make.index(0) if memory is None else make.to_index(memory))
    passed = [*op.kernelOperands, *sizes]
    rewriter.replace(op, CallOp(SymbolRefAttr(name), passed, result_types=[]))

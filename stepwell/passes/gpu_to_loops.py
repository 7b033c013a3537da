"""Run kernels on the CPU

    gpu.launch blocks(...) in (...) threads(...) in (...) {
      %v = memref.load %x[%t]; memref.store %v, %s[%t]; gpu.barrier; %w = memref.load %s[%u]; ...
    }
    // -> func.call @f_kernel(%x, grid, block, 0), where
    //    func.func private @f_kernel(...) {
    //      scf.for each block {
    //        scf.for each thread { load %x[%t]; store to %s }
    //        scf.for each thread { load %s[%u]; ... }
    //      }
    //    }

Kernels become functions: loops over the blocks of the grid and, in them, over the threads of a
block. The loops over threads are cut at barriers; what a thread keeps across one lies in an array
with a place for each thread. Loops and branches around barriers, which all threads of a block must
take alike, go around the loops over threads. Shuffles and reductions are exchanges through such
arrays, cut off from what comes before and after. All work of the host is done when it is reached.

Needs: structured control flow. Keeps: values.
"""

from __future__ import annotations

from stepwell.dialects.gpu.function import GPUFuncOp, GPUModuleOp
from stepwell.dialects.gpu.launch import CONTAINER, LaunchOp
from stepwell.ir.attributes import StringAttr
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.symbol_table import (
    SYMBOL_NAME,
    SymbolTable,
    replace_symbol_uses,
    set_visibility,
    symbol_name,
    symbols_of,
)
from stepwell.passes.gpu_emulation.building import build_function
from stepwell.passes.gpu_emulation.host import replace_host_op
from stepwell.passes.gpu_emulation.kernel import read_kernel
from stepwell.passes.gpu_emulation.memory_spaces import drop_memory_spaces
from stepwell.passes.gpu_emulation.schedule import Schedule
from stepwell.passes.gpu_emulation.uniformity import Uniformity
from stepwell.passes.gpu_lowering.outlining import outline
from stepwell.passes.gpu_lowering.tokens import drop_tokens


@pass_("gpu-to-loops", on="builtin.module")
def gpu_to_loops(op: Operation, context: PassContext) -> None:
    """Makes functions of all kernels of a program, and calls of all launches.

    Raises:
        VerifyError: a kernel cannot be cut at its barriers, or has no source here.
        PassError: a kernel's control flow is lowered already.
    """
    table = SymbolTable(op)
    _outline(op, table)
    drop_tokens(op)
    functions: dict[tuple[str, ...], str] = {}
    modules = [inner for inner in op.regions[0].entry.ops if isinstance(inner, GPUModuleOp)]
    for module in modules:
        table.remove(module)  # so that a kernel may have its module's name
        _move_symbols(module, table)
        for kernel in [f for f in module.bodyRegion.entry.ops if isinstance(f, GPUFuncOp)]:
            _to_function(kernel, module, table, functions)
            context.statistic("num-kernels", "Number of kernels made loops", 1)
    for inner in list(walk(op)):
        if inner.name.startswith("gpu.") and not _is_in_module(inner):
            replace_host_op(inner, functions)
    for module in modules:
        module.erase()
    op.attributes.pop(CONTAINER, None)
    drop_memory_spaces(op)
    _check(op)


def _outline(op: Operation, table: SymbolTable) -> None:
    for function in list(op.regions[0].entry.ops):
        for launch in [inner for inner in walk(function) if isinstance(inner, LaunchOp)]:
            outline(launch, symbol_name(function) or "gpu", table, function.next)


def _move_symbols(module: GPUModuleOp, table: SymbolTable) -> None:
    """Puts what kernels call and read beside the functions of the host."""
    moved = [symbol for symbol in symbols_of(module) if not isinstance(symbol, GPUFuncOp)]
    for symbol in moved:
        old = symbol_name(symbol) or ""
        name = table.unique_name(old)
        if name != old:
            replace_symbol_uses(module, old, name)
            symbol.set_attribute(SYMBOL_NAME, StringAttr(name))
        symbol.detach()
        table.insert(symbol, module)
        set_visibility(symbol, "private")


def _to_function(
    kernel: GPUFuncOp,
    module: GPUModuleOp,
    table: SymbolTable,
    functions: dict[tuple[str, ...], str],
) -> None:
    name = symbol_name(kernel) or ""
    if not kernel.is_kernel:
        raise kernel.error("is no kernel; inline it before gpu-to-loops")
    read = read_kernel(kernel)
    made = build_function(read, Schedule(read, Uniformity(read)), name)
    functions[module.sym_name.value, name] = table.insert(made, module)


def _is_in_module(op: Operation) -> bool:
    return any(isinstance(around, GPUModuleOp) for around in (op, *op.ancestors()))


def _check(op: Operation) -> None:
    for inner in walk(op):
        if inner.name.startswith("gpu."):
            raise inner.error("cannot run on the CPU here; inline the function it is in")

"""Outline gpu.launch bodies to kernel functions

    gpu.launch blocks(...) in (...) threads(...) in (...) { "a"(%x) }
    // -> gpu.launch_func @f_kernel::@f_kernel blocks in (...) threads in (...) args(%x : f32)
    //    gpu.module @f_kernel { gpu.func @f_kernel(%arg0: f32) kernel { "a"(%arg0) } }

Needs: nothing. Keeps: meaning.
"""

from __future__ import annotations

from stepwell.dialects.gpu.launch import CONTAINER, LaunchOp
from stepwell.ir.attributes import UNIT, StringAttr
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.symbol_table import SymbolTable, symbol_name
from stepwell.passes.gpu_lowering.outlining import outline


@pass_("gpu-kernel-outlining", on="builtin.module", title="GpuKernelOutliningPass")
def gpu_kernel_outlining(op: Operation, context: PassContext, *, data_layout_str: str = "") -> None:
    """Moves every launch of every function into a module of its own, after the function.

    Options: data-layout-str (kept as the attribute `llvm.data_layout` of the modules).
    """
    table = SymbolTable(op)
    for function in list(op.regions[0].entry.ops):
        launches = [inner for inner in walk(function) if isinstance(inner, LaunchOp)]
        following = function.next
        for launch in launches:
            stem = symbol_name(function) or "gpu"
            module = outline(launch, stem, table, following)
            if data_layout_str:
                module.set_attribute("llvm.data_layout", StringAttr(data_layout_str))
            op.set_attribute(CONTAINER, UNIT)

"""The body of a launch as a function of a module of its own."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.gpu import indexing
from stepwell.dialects.gpu.function import ATTRIBUTIONS, KERNEL, GPUFuncOp, GPUModuleOp, ReturnOp
from stepwell.dialects.gpu.launch import LaunchFuncOp, LaunchOp, TerminatorOp
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import (
    UNIT,
    DenseArrayAttr,
    IntegerAttr,
    StringAttr,
    SymbolRefAttr,
    TypeAttr,
)
from stepwell.ir.block import Block, Region
from stepwell.ir.clone import clone
from stepwell.ir.operation import Operation, walk_post_order
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.symbol_table import SymbolTable, references, symbol_name
from stepwell.ir.types import FunctionType, i64
from stepwell.ir.value import Value

_COORDINATES = (
    indexing.BlockIdOp,
    indexing.ThreadIdOp,
    indexing.GridDimOp,
    indexing.BlockDimOp,
    indexing.ClusterIdOp,
    indexing.ClusterDimBlocksOp,
)


def outline(
    launch: LaunchOp, stem: str, table: SymbolTable, before: Operation | None
) -> GPUModuleOp:
    """Replaces `launch` by a `gpu.launch_func`.

    Args:
        launch: what to outline.
        stem: the kernel is called `<stem>_kernel` unless the launch names it.
        table: of the module around.
        before: the new gpu.module goes before this op (to the end if None).

    Returns:
        The module that holds the kernel.
    """
    name = launch.function.root if launch.function is not None else f"{stem}_kernel"
    known = launch.module_.root if launch.module_ is not None else None
    found = table.lookup(known) if known is not None else None
    captured = captured_values(launch)
    kernel = _kernel(launch, name, captured)
    if isinstance(found, GPUModuleOp):
        module = found
    else:
        module = GPUModuleOp(known or name, bodyRegion=Region([Block()]))
        module.location = launch.location
        table.insert(module, before)
    inner = SymbolTable(module)
    kernel.attributes["sym_name"] = StringAttr(name)
    inner.insert(kernel)
    _copy_used_symbols(kernel, inner, table)
    _replace(launch, module, kernel, captured)
    return module


def captured_values(launch: LaunchOp) -> list[Value]:
    """The values that the body uses and does not define, in the order of their use."""
    found: dict[Value, None] = {}
    for op in walk_post_order(launch):
        if op is launch:
            continue
        for value in op._operands:
            block = value.parent_block
            region = block.parent if block is not None else None
            if region is None or not launch.body.is_ancestor_of(region):
                found[value] = None
    return list(found)


def _kernel(launch: LaunchOp, name: str, captured: Sequence[Value]) -> GPUFuncOp:
    shared, own = launch.workgroup_attributions, launch.private_attributions
    entry = Block([value.type for value in (*captured, *shared, *own)])
    type = TypeAttr(FunctionType(tuple(value.type for value in captured), ()))
    attributes: dict[str, Attribute] = {
        ATTRIBUTIONS: IntegerAttr(len(shared), i64),
        KERNEL: UNIT,
        "sym_name": StringAttr(name),
    }
    kernel = GPUFuncOp(type, body=Region([entry]), attributes=attributes, location=launch.location)
    for key, values in (("block", launch.block_size), ("grid", launch.grid_size)):
        sizes = [size for size in map(_constant, values) if size is not None]
        if len(sizes) == len(values):
            kernel.properties[f"known_{key}_size"] = DenseArrayAttr.i32(sizes)
    _fill(launch, kernel, captured)
    return kernel


def _fill(launch: LaunchOp, kernel: GPUFuncOp, captured: Sequence[Value]) -> None:
    """Moves the body of the launch into the kernel."""
    entry = kernel.body.entry
    rewriter = Rewriter(location=launch.location)
    rewriter.set_point(entry, None)
    fixed = launch.fixed_arguments
    old = launch.body.entry
    for number in range(fixed):
        made = rewriter.insert(_COORDINATES[number // 3]("xyz"[number % 3]))
        old.args[number].replace_all_uses_with(made.result)
    for argument, new in zip(old.args[fixed:], entry.args[len(captured) :], strict=True):
        argument.replace_all_uses_with(new)
    inside = {op: None for op in walk_post_order(launch) if op is not launch}
    for value, argument in zip(captured, entry.args, strict=False):
        for user, number in list(value.uses):
            if user in inside:
                user.set_operand(number, argument)
    for op in list(old.ops):
        entry.append(op.detach())
    for block in list(launch.body.blocks)[1:]:
        launch.body.detach(block)
        kernel.body.append(block)
    for block in kernel.body.blocks:
        if isinstance(block.last, TerminatorOp):
            location = block.last._location
            block.last.erase()
            block.append(ReturnOp.create(location=location))


def _copy_used_symbols(kernel: GPUFuncOp, inner: SymbolTable, outer: SymbolTable) -> None:
    """Copies the functions and globals that the kernel refers to, and those that they do."""
    pending: list[Operation] = [kernel]
    while pending:
        for op in walk_post_order(pending.pop()):
            for reference in references(op):
                used = outer.lookup(reference.root)
                if used is None or inner.lookup(reference.root) is not None:
                    continue
                copy = clone(used)
                inner.insert(copy)
                pending.append(copy)


def _replace(
    launch: LaunchOp, module: GPUModuleOp, kernel: GPUFuncOp, captured: Sequence[Value]
) -> None:
    rewriter = Rewriter()
    rewriter.start_at(launch)
    name = symbol_name(kernel)
    assert name is not None
    cluster = launch.cluster_size or (None, None, None)
    made = rewriter.insert(
        LaunchFuncOp(
            list(launch.asyncDependencies),
            *launch.grid_size,
            *launch.block_size,
            *cluster,
            launch.dynamicSharedMemorySize,
            kernel=SymbolRefAttr(module.sym_name.value, (name,)),
            kernelOperands=list(captured),
            result_types=launch.result_types,
        )
    )
    rewriter.replace(launch, list(made.results))


def _constant(value: Value) -> int | None:
    attribute = value.defining_op.get_attribute("value") if value.defining_op else None
    return attribute.value if isinstance(attribute, IntegerAttr) else None

"""Make GPU ops async

    gpu.memcpy %a, %b : ...
    gpu.launch_func @m::@k ...
    // -> %s = gpu.wait async
    //    %t = gpu.memcpy async [%s] %a, %b : ...
    //    %u = gpu.launch_func async [%t] @m::@k ...
    //    gpu.wait [%u]

In each block the GPU's ops depend on one another in their order; the host waits for them where it
does something that has effects.
Needs: gpu-kernel-outlining. Keeps: meaning.
"""

from __future__ import annotations

from stepwell.dialects.gpu.attributes import TOKEN
from stepwell.dialects.gpu.launch import LaunchOp
from stepwell.dialects.gpu.streams import AsyncOp, WaitOp
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.block import Block
from stepwell.ir.effects import is_memory_effect_free
from stepwell.ir.fields import OPERAND_SEGMENTS
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.value import Value


@pass_("gpu-async-region", on="func.func", title="GpuAsyncRegionPass")
def gpu_async_region(op: Operation, context: PassContext) -> None:
    """Threads tokens through the ops of every block.

    Raises:
        VerifyError: there is a gpu.launch, or an op that is async already.
    """
    rewriter = Rewriter()
    blocks = [b for inner in walk(op) for region in inner.regions for b in region.blocks]
    for block in blocks:
        _thread(block, rewriter)


def _thread(block: Block, rewriter: Rewriter) -> None:
    token: Value | None = None
    for op in list(block.ops):
        if isinstance(op, LaunchOp):
            raise op.error("replace with gpu.launch_func first")
        rewriter.start_at(op)
        if isinstance(op, WaitOp):
            if token is not None:
                _depend(op, token)
            token = op.results[0] if op.results else None
        elif isinstance(op, AsyncOp):
            token = _made_async(op, token, rewriter)
        elif token is not None and (op.may_be_terminator or not is_memory_effect_free(op)):
            rewriter.insert(WaitOp([token], result_types=[]))
            token = None


def _made_async(op: AsyncOp, token: Value | None, rewriter: Rewriter) -> Value:
    """Replaces `op` by one that depends on `token` (or a new one); returns the token it gives."""
    if any(result.type is TOKEN for result in op.results):
        raise op.error("is async already")
    if token is None:
        token = rewriter.insert(WaitOp([], result_types=[TOKEN])).results[0]
    made = type(op).create(
        op.operands,
        [*op.result_types, TOKEN],
        dict(op.properties),
        dict(op.attributes) or None,
        location=op._location,
    )
    rewriter.insert(made)
    _depend(made, token)
    rewriter.replace(op, list(made.results[:-1]))
    return made.results[-1]


def _depend(op: AsyncOp, token: Value) -> None:
    """Adds a token to those that `op` waits for."""
    count = len(op.asyncDependencies)
    operands = list(op.operands)
    op.set_operands([*operands[:count], token, *operands[count:]])
    sizes = op.properties.get(OPERAND_SEGMENTS)
    if isinstance(sizes, DenseArrayAttr):
        first, *rest = sizes.ints
        op.properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32([first + 1, *rest])

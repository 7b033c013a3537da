"""Lowering what stands in kernels to the nvvm and llvm dialects."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.gpu.attributes import AddressSpaceAttr
from stepwell.dialects.gpu.function import ATTRIBUTIONS, GPUFuncOp
from stepwell.dialects.gpu.indexing import DimensionOp
from stepwell.dialects.llvm.attributes import ConstantRangeAttr
from stepwell.dialects.llvm.types import PointerType, StructType
from stepwell.dialects.nvvm.attributes import ReductionKindAttr, ShflKindAttr
from stepwell.ir import types
from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import UNIT, DenseArrayAttr, IntegerAttr, StringAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import ConversionPatterns
from stepwell.ir.types import MemRefType
from stepwell.ir.value import Value
from stepwell.passes.gpu_lowering.block_memory import private_memory, shared_memory
from stepwell.passes.lowering.functions import argument_attributes, convert_entry, return_values
from stepwell.passes.lowering.strings import text_address
from stepwell.passes.lowering.symbols import declare_function, make_function
from stepwell.passes.lowering.to_llvm import LLVMRewriter

NVVM = ConversionPatterns()
REDUX = {
    "add": "add", "and": "and", "or": "or", "xor": "xor", "minsi": "min", "maxsi": "max",
    "minui": "umin", "maxui": "umax",
}  # fmt: skip
_REGISTERS = {
    "gpu.thread_id": "tid",
    "gpu.block_id": "ctaid",
    "gpu.block_dim": "ntid",
    "gpu.grid_dim": "nctaid",
    "gpu.cluster_id": "clusterid",
    "gpu.cluster_dim": "nclusterid",
    "gpu.cluster_block_id": "cluster.ctaid",
    "gpu.cluster_dim_blocks": "cluster.nctaid",
}
_SIZES = ("gpu.block_dim", "gpu.grid_dim", "gpu.cluster_dim", "gpu.cluster_dim_blocks")
WARP = 32


def nvvm_address_space(space: Attribute | None) -> int | None:
    """NVPTX's number of a memory space; private memory is addressed as any (0)."""
    if space is None:
        return 0
    if isinstance(space, AddressSpaceAttr):
        return {"global": 1, "workgroup": 3, "private": 0}[space.value]
    return space.value if isinstance(space, IntegerAttr) else None


# Where a thread is.


@NVVM.of(*_REGISTERS)
def lower_coordinate(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Value:
    """gpu.thread_id x -> nvvm.read.ptx.sreg.tid.x, widened."""
    assert isinstance(op, DimensionOp)
    bound = op.upper_bound.value if op.upper_bound is not None else known_size(op)
    return _register(emit, f"{_REGISTERS[op.name]}.{op.dimension.value}", op.name in _SIZES, bound)


def known_size(op: DimensionOp) -> int | None:
    """How many threads or blocks there are, if the kernel says it."""
    kernel: Operation | None = op
    while kernel is not None and kernel.name not in ("gpu.func", "llvm.func"):
        kernel = kernel.parent_op
    what = "block" if op.name in ("gpu.thread_id", "gpu.block_dim") else "grid"
    if kernel is None or op.name.startswith("gpu.cluster"):
        return None
    for key in (f"known_{what}_size", f"gpu.known_{what}_size"):
        sizes = kernel.get_attribute(key)
        if isinstance(sizes, DenseArrayAttr):
            return sizes.ints["xyz".index(op.dimension.value)]
    return None


def _register(
    emit: LLVMRewriter, name: str, is_size: bool = False, bound: int | None = None
) -> Value:
    properties: dict[str, Attribute] = {}
    if bound is not None:
        first = int(is_size)
        properties["range"] = ConstantRangeAttr(types.i32, first, bound + first)
    value = emit.value(f"nvvm.read.ptx.sreg.{name}", (), types.i32, properties or None)
    return _as_index(emit, value)


def _as_index(emit: LLVMRewriter, value: Value) -> Value:
    width = emit.types.index_width
    if width == 32:
        return value
    return emit.cast("sext" if width > 32 else "trunc", value, emit.types.index)


@NVVM.of("gpu.global_id")
def lower_global_id(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Value:
    """gpu.global_id x -> ctaid.x * ntid.x + tid.x."""
    assert isinstance(op, DimensionOp)
    place, size, inside = (_register(emit, f"{n}.{op.dimension.value}") for n in
                           ("ctaid", "ntid", "tid"))  # fmt: skip
    return emit.binary("add", inside, emit.binary("mul", place, size))


@NVVM.of("gpu.lane_id")
def lower_lane_id(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Value:
    """gpu.lane_id -> nvvm.read.ptx.sreg.laneid, widened."""
    return _register(emit, "laneid", bound=WARP)


@NVVM.of("gpu.subgroup_id", "gpu.num_subgroups", "gpu.subgroup_size")
def lower_subgroup_fact(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Value:
    """gpu.subgroup_id, gpu.num_subgroups, gpu.subgroup_size -> the register."""
    if op.name == "gpu.subgroup_size":
        return _register(emit, "warpsize", bound=WARP, is_size=True)
    dims = [_register(emit, f"ntid.{d}") for d in "xyz"]
    if op.name == "gpu.num_subgroups":
        threads = emit.binary("mul", emit.binary("mul", dims[0], dims[1]), dims[2])
        rounded = emit.binary("add", threads, emit.index(WARP - 1))
        return emit.binary("udiv", rounded, emit.index(WARP))
    x, y, z = (_register(emit, f"tid.{d}") for d in "xyz")
    rows = emit.binary("add", y, emit.binary("mul", dims[1], z))
    linear = emit.binary("add", x, emit.binary("mul", dims[0], rows))
    return emit.binary("udiv", linear, emit.index(WARP))


# Working together.


@NVVM.of("gpu.barrier")
def lower_barrier(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Sequence[Value]:
    """gpu.barrier -> nvvm.barrier0."""
    emit.op("nvvm.barrier0")
    return []


@NVVM.of("gpu.shuffle")
def lower_shuffle(
    op: Operation, operands: Sequence[Value], emit: LLVMRewriter
) -> Sequence[Value] | None:
    """gpu.shuffle -> nvvm.shfl.sync of all lanes below the width."""
    value, offset, width = operands
    if value.type not in (types.i32, types.f32):
        return None
    mode = getattr(op.properties["mode"], "value", "")
    ones = emit.i32(-1)
    mask = emit.binary("lshr", ones, emit.binary("sub", emit.i32(WARP), width))
    # `up` is clamped by the first lane of a segment, all others by the last.
    clamp = emit.binary("sub", emit.i32(WARP), width) if mode == "up" else (
        emit.binary("sub", width, emit.i32(1))
    )  # fmt: skip
    kind = ShflKindAttr("bfly" if mode == "xor" else mode)
    properties: dict[str, Attribute] = {"kind": kind}
    if not op.results[1].has_uses:
        made = emit.value("nvvm.shfl.sync", (mask, value, offset, clamp), value.type, properties)
        return [made, emit.literal(IntegerAttr(1, types.i1), types.i1)]
    properties["return_value_and_is_valid"] = UNIT
    pair = StructType((value.type, types.i1))
    made = emit.value("nvvm.shfl.sync", (mask, value, offset, clamp), pair, properties)
    return [emit.extract_value(made, 0), emit.extract_value(made, 1)]


@NVVM.of("gpu.subgroup_reduce")
def lower_subgroup_reduce(
    op: Operation, operands: Sequence[Value], emit: LLVMRewriter
) -> Value | None:
    """gpu.subgroup_reduce uniform -> nvvm.redux.sync, where the GPU has that."""
    kind = REDUX.get(getattr(op.properties["op"], "value", ""))
    refused = "uniform" not in op.properties or "cluster_size" in op.properties
    if not emit.options.get("has-redux") or refused or kind is None:
        return None
    if operands[0].type is not types.i32:
        return None
    given: dict[str, Attribute] = {"kind": ReductionKindAttr(kind)}
    return emit.value("nvvm.redux.sync", (operands[0], emit.i32(-1)), types.i32, given)


@NVVM.of("gpu.printf")
def lower_printf(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> Sequence[Value]:
    """gpu.printf -> a call of vprintf with the values in a struct on the stack."""
    format = op.properties["format"]
    assert isinstance(format, StringAttr)
    address = text_address(emit, format.value, "printfFormat_0")
    values = [
        emit.cast("fpext", value, types.f64)
        if isinstance(value.type, types.FloatType) and value.type.width < 64
        else value
        for value in operands
    ]
    type = StructType(tuple(value.type for value in values))
    place: Value = emit.alloca(emit.index(1), type)
    for number, value in enumerate(values):
        emit.store(value, emit.gep(place, [0, number], type))
    pointer = PointerType()
    name = declare_function(emit, "vprintf", types.i32, (pointer, pointer))
    emit.call(name, (address, place), types.i32)
    return []


# Functions.


@NVVM.of("gpu.func", converts=False)
def lower_function(op: Operation, emit: LLVMRewriter) -> bool:
    """gpu.func -> llvm.func; its attributions become a global and a stack allocation."""
    assert isinstance(op, GPUFuncOp)
    type = emit.types.function(op.type)
    if type is None:
        return False
    name = op.attributes["sym_name"]
    assert isinstance(name, StringAttr)
    properties: dict[str, Attribute] = {}
    given = argument_attributes(op, op.type, emit)
    if given is not None:
        properties["arg_attrs"] = given
    shared, private = op.workgroup_attributions, op.private_attributions
    made = make_function(emit, name.value, type, properties, _kernel_facts(op))
    made.regions[0].take_body(op.body)
    entry = made.regions[0].entry
    with emit.at(entry, entry.first):
        for number, argument in enumerate((*shared, *private)):
            allocate = shared_memory if number < len(shared) else private_memory
            assert isinstance(argument.type, MemRefType)
            memory = allocate(emit, argument.type, f"__wg_{name.value}_{number}")
            emit.replace_all_uses(argument, memory)
    for _ in (*shared, *private):
        entry.erase_argument(len(entry.args) - 1)
    convert_entry(entry, op.type, emit)
    emit.erase(op)
    return True


def _kernel_facts(op: GPUFuncOp) -> dict[str, Attribute]:
    """The attributes of the llvm function."""
    hidden = ("sym_name", ATTRIBUTIONS)
    attributes = {k: v for k, v in op.attributes.items() if k not in hidden}
    if op.is_kernel:
        attributes["nvvm.kernel"] = UNIT
    for what in ("block", "grid", "cluster"):
        sizes = op.properties.get(f"known_{what}_size")
        if sizes is not None:
            attributes[f"gpu.known_{what}_size"] = sizes
    if op.known_block_size is not None and op.is_kernel:
        attributes["nvvm.maxntid"] = op.known_block_size
    return attributes


@NVVM.of("gpu.return")
def lower_return(op: Operation, operands: Sequence[Value], emit: LLVMRewriter) -> bool:
    """gpu.return -> llvm.return of the result, or of all results in a struct."""
    return_values(emit, operands)
    emit.erase(op)
    return True

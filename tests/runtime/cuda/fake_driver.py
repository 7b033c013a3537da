"""A driver without a GPU: its memory is the host's, and its kernels run as loops of the CPU.

It is as strict as CUDA, and as lazy: work waits in its stream until somebody waits for it, so a
result that is looked at too early is garbage. Addresses of the host are refused where those of the
GPU are wanted, and the other way round. Kernels are known by the PTX that they become.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from stepwell.backends.cpu.compile import compile_to_object
from stepwell.backends.cpu.objects import LoadedObject
from stepwell.backends.cpu.translate import translate_to_llvm_ir
from stepwell.dialects.builtin.ops import ModuleOp
from stepwell.dialects.gpu.function import GPUFuncOp, GPUModuleOp
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.block import Block, Region
from stepwell.ir.clone import clone
from stepwell.ir.operation import Operation
from stepwell.ir.symbol_table import set_visibility, symbol_name
from stepwell.passes.gpu_emulation.building import build_function
from stepwell.passes.gpu_emulation.kernel import read_kernel
from stepwell.passes.gpu_emulation.memory_spaces import drop_memory_spaces
from stepwell.passes.gpu_emulation.schedule import Schedule
from stepwell.passes.gpu_emulation.uniformity import Uniformity
from stepwell.passes.pipelines import run_passes
from stepwell.runtime.compiled import default_pipeline, protect_arguments
from stepwell.runtime.cuda.driver import OUT_OF_MEMORY, DriverFailure, Handle, Triple

GARBAGE = 0xAB
Kind = (
    type[ctypes.c_bool] | type[ctypes.c_int8] | type[ctypes.c_int16] | type[ctypes.c_int32]
    | type[ctypes.c_int64] | type[ctypes.c_float] | type[ctypes.c_double] | type[ctypes.c_void_p]
)  # fmt: skip
_SIMPLE: dict[Type, Kind] = {
    types.i1: ctypes.c_bool,
    types.i8: ctypes.c_int8,
    types.i16: ctypes.c_int16,
    types.i32: ctypes.c_int32,
    types.i64: ctypes.c_int64,
    types.index: ctypes.c_int64,
    types.f32: ctypes.c_float,
    types.f64: ctypes.c_double,
}


@dataclass(slots=True)
class Stream:
    """Work that waits."""

    work: list[Callable[[], None]] = field(default_factory=list)


@dataclass(slots=True)
class Event:
    """A point in a stream: how much of its work was there, as a step that marks it as over."""

    stream: Stream
    over: bool = False


@dataclass(frozen=True, slots=True)
class Launch:
    """A launch as the driver saw it."""

    name: str
    grid: Triple
    block: Triple
    shared: int
    parameters: tuple[bytes, ...]


@dataclass(slots=True)
class Code:
    """A kernel as a function of the CPU, and the types of what it takes."""

    address: int
    inputs: tuple[Type, ...]
    loaded: LoadedObject


class FakeDriver:
    """See above.

    Args:
        memory: bytes there are. capability: what GPU it says it is.
    """

    def __init__(self, memory: int = 1 << 28, capability: tuple[int, int] = (9, 0)) -> None:
        self.memory = memory
        self.capability = capability
        self.blocks: dict[int, np.ndarray[tuple[int], np.dtype[np.uint8]]] = {}
        self.streams: list[Stream] = []
        self.launches: list[Launch] = []
        self.calls: list[str] = []
        self.fails: dict[str, str] = {}
        self.known: dict[str, dict[str, Code]] = {}
        self.copies = {"to device": 0, "to host": 0, "on device": 0}

    # What it knows.

    def teach(self, module: Operation, ptx: Mapping[str, str]) -> None:
        """Learns the kernels of a program, whose modules have become this PTX."""
        loops = clone(module)
        protect_arguments(loops)
        run_passes(loops, default_pipeline(module, "cuda"), verify_each=False)
        self.learn(loops, ptx)

    def learn(self, loops: Operation, ptx: Mapping[str, str]) -> None:
        """As `teach`, of a program that has kernels already."""
        for one in loops.regions[0].entry.ops:
            if isinstance(one, GPUModuleOp):
                self.known[ptx[one.sym_name.value]] = _as_loops(one)

    def _fail(self, call: str) -> None:
        self.calls.append(call)
        if call in self.fails:
            raise DriverFailure(self.fails[call], call, "as the test wanted")

    # The GPU.

    def name(self) -> str:
        return "no GPU"

    def compute_capability(self) -> tuple[int, int]:
        return self.capability

    def total_memory(self) -> int:
        return self.memory

    # Memory.

    def allocate(self, size: int) -> int:
        self._fail("cuMemAlloc")
        if size + sum(block.size - 256 for block in self.blocks.values()) > self.memory:
            raise DriverFailure(OUT_OF_MEMORY, "cuMemAlloc")
        block = np.full(size + 256, GARBAGE, np.uint8)
        address = -(-block.ctypes.data // 256) * 256
        self.blocks[address] = block
        return address

    def free(self, address: int) -> None:
        self._fail("cuMemFree")
        self._finish_all()
        del self.blocks[address]

    def holds(self, address: int, size: int = 1) -> bool:
        """Whether this is memory of the GPU."""
        return any(
            start <= address and address + size <= start + block.size - 256
            for start, block in self.blocks.items()
        )

    def _check(
        self, call: str, on_device: Sequence[int], on_host: Sequence[int], size: int
    ) -> None:
        self._fail(call)
        right = all(self.holds(one, size) for one in on_device)
        if not right or any(self.holds(one) for one in on_host):
            raise DriverFailure("CUDA_ERROR_INVALID_VALUE", call)

    def copy_to_device(self, target: int, source: int, size: int, stream: Handle) -> None:
        self._check("cuMemcpyHtoD", [target], [source], size)
        self.copies["to device"] += 1
        content = ctypes.string_at(source, size)  # CUDA takes it before it returns
        self._give(stream, lambda: _ignore(ctypes.memmove(target, content, size)))

    def copy_to_host(self, target: int, source: int, size: int, stream: Handle) -> None:
        self._check("cuMemcpyDtoH", [source], [target], size)
        self.copies["to host"] += 1
        self._give(stream, lambda: _ignore(ctypes.memmove(target, source, size)))

    def copy_on_device(self, target: int, source: int, size: int, stream: Handle) -> None:
        self._check("cuMemcpyDtoD", [target, source], [], size)
        self.copies["on device"] += 1
        self._give(stream, lambda: _ignore(ctypes.memmove(target, source, size)))

    def register(self, address: int, size: int) -> None:
        self._fail("cuMemHostRegister")
        self.blocks[address] = np.zeros(size + 256, np.uint8)

    def unregister(self, address: int) -> None:
        self._fail("cuMemHostUnregister")
        del self.blocks[address]

    # Kernels.

    def load(self, ptx: str) -> Handle:
        self._fail("cuModuleLoadDataEx")
        if ".visible .entry" not in ptx:
            raise DriverFailure("CUDA_ERROR_INVALID_PTX", "cuModuleLoadDataEx", "no kernel")
        return ptx

    def function(self, module: Handle, name: str) -> Handle:
        self._fail("cuModuleGetFunction")
        assert isinstance(module, str)
        if f".entry {name}(" not in module:
            raise DriverFailure("CUDA_ERROR_NOT_FOUND", "cuModuleGetFunction")
        return module, name

    def launch(
        self,
        function: Handle,
        grid: Triple,
        block: Triple,
        shared: int,
        stream: Handle,
        parameters: Sequence[int],
    ) -> None:
        self._fail("cuLaunchKernel")
        assert isinstance(function, tuple)
        ptx, name = function
        code = self.known[ptx][name]
        if 0 in grid or 0 in block or block[0] * block[1] * block[2] > 1024:
            raise DriverFailure("CUDA_ERROR_INVALID_VALUE", "cuLaunchKernel")
        kinds = [kind for type in code.inputs for kind in _flat(type)]
        values = [kind.from_address(at) for kind, at in zip(kinds, parameters, strict=True)]
        raw = tuple(bytes(value) for value in values)
        self.launches.append(Launch(name, grid, block, shared, raw))
        for kind, value in zip(kinds, values, strict=True):
            if kind is ctypes.c_void_p and not self.holds(int(value.value or 0)):
                raise DriverFailure("CUDA_ERROR_ILLEGAL_ADDRESS", "cuLaunchKernel")
        numbers = [value.value for value in values]
        call = ctypes.CFUNCTYPE(None, *kinds, *[ctypes.c_int64] * 7)(code.address)
        self._give(stream, lambda: call(*numbers, *grid, *block, shared))

    # Order.

    def new_stream(self) -> Handle:
        self._fail("cuStreamCreate")
        self.streams.append(Stream())
        return self.streams[-1]

    def wait_for_stream(self, stream: Handle) -> None:
        self._fail("cuStreamSynchronize")
        assert isinstance(stream, Stream)
        _finish(stream)

    def new_event(self, stream: Handle) -> Handle:
        self._fail("cuEventRecord")
        assert isinstance(stream, Stream)
        event = Event(stream)

        def mark() -> None:
            event.over = True

        stream.work.append(mark)
        return event

    def wait_for_event(self, event: Handle) -> None:
        self._fail("cuEventSynchronize")
        assert isinstance(event, Event)
        while not event.over:
            event.stream.work.pop(0)()

    def order_after(self, stream: Handle, event: Handle) -> None:
        self._fail("cuStreamWaitEvent")
        self._give(stream, lambda: self.wait_for_event(event))

    def milliseconds(self, earlier: Handle, later: Handle) -> float:
        self._fail("cuEventElapsedTime")
        return 1.5

    def wait(self) -> None:
        self._fail("cuCtxSynchronize")
        self._finish_all()

    def _give(self, stream: Handle, work: Callable[[], None]) -> None:
        assert isinstance(stream, Stream), "work without a stream"
        stream.work.append(work)

    def _finish_all(self) -> None:
        for stream in self.streams:
            _finish(stream)


def _finish(stream: Stream) -> None:
    while stream.work:
        stream.work.pop(0)()


def _ignore(_: object) -> None:
    return None


def _as_loops(module: GPUModuleOp) -> dict[str, Code]:
    """The kernels of a module as functions of the CPU."""
    found: dict[str, Code] = {}
    for kernel in [op for op in module.bodyRegion.entry.ops if isinstance(op, GPUFuncOp)]:
        name, inputs = symbol_name(kernel) or "", kernel.type.inputs
        read = read_kernel(kernel)
        function = build_function(read, Schedule(read, Uniformity(read)), name)
        set_visibility(function, "public")
        alone = ModuleOp(body=Region([Block()]))
        alone.regions[0].entry.append(function)
        drop_memory_spaces(alone)
        run_passes(alone, "lower-buffers-to-llvm")
        loaded = LoadedObject(compile_to_object(translate_to_llvm_ir(alone), [], 0), [name])
        found[name] = Code(loaded.address(name), inputs, loaded)
    return found


def _flat(type: Type) -> list[Kind]:
    """The C types of what upstream's calling convention makes of a parameter."""
    if isinstance(type, types.MemRefType):
        sizes: list[Kind] = [ctypes.c_int64] * (1 + 2 * type.rank)
        return [ctypes.c_void_p, ctypes.c_void_p, *sizes]
    return [_SIMPLE[type]]

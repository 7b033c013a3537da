"""Programs for a GPU: the host's part as machine code of the CPU, the kernels as PTX.

compiled = compile_for_cuda(module, device)
y = compiled["main"](x, w)              # NumPy arrays in and out, copied
z = compiled["main"].on_device(x, w)    # results stay on the GPU
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from stepwell.backends.cpu.compile import call_symbols
from stepwell.backends.cpu.elements import ELEMENTS
from stepwell.backends.cpu.entry import entry_name, slots
from stepwell.backends.cpu.objects import LoadedObject
from stepwell.backends.cpu.signature import Arg, FunctionSignature, MemRefArg
from stepwell.ir.diagnostics import BackendError, DeviceError
from stepwell.runtime import threads
from stepwell.runtime.arguments import bind, checked_array
from stepwell.runtime.buffers import AnyArray
from stepwell.runtime.calls import ENTRY, out_of_memory
from stepwell.runtime.cuda.arrays import DeviceArray, stand_in
from stepwell.runtime.cuda.device import CudaDevice
from stepwell.runtime.cuda.session import Session, provide, running
from stepwell.runtime.results import unpack

_SLOT = 8


@dataclass(frozen=True, slots=True)
class CudaCode:
    """A compiled program.

    Attributes:
        object_code: the host's part, with entries for `signatures`.
        ptx: of each module of kernels, by name.
        kernels: the module and name of each kernel, by the numbers that launches have.
        on_device: of each function, which arguments and results lie on the GPU.
    """

    object_code: bytes
    signatures: tuple[FunctionSignature, ...]
    ptx: Mapping[str, str]
    kernels: tuple[tuple[str, str], ...]
    on_device: Mapping[str, tuple[frozenset[int], frozenset[int]]]


class CudaModule:
    """A program that is loaded on a GPU.

    Raises:
        DeviceError: the driver refuses its kernels.
    """

    def __init__(self, code: CudaCode, device: CudaDevice) -> None:
        provide()
        threads.register()
        self.code = code
        self.device = device
        self.loaded = LoadedObject(code.object_code, call_symbols(code.signatures))
        modules = {name: device.load_module(text) for name, text in code.ptx.items()}
        self.kernels = [
            (name, device.kernel(modules[module], name)) for module, name in code.kernels
        ]
        self._functions = {
            signature.name: CudaFunction(self, signature, index)
            for index, signature in enumerate(code.signatures)
        }

    def __getitem__(self, name: str) -> CudaFunction:
        try:
            return self._functions[name]
        except KeyError:
            known = ", ".join(self._functions) or "none"
            raise BackendError(f"the module has no function {name!r}; it has: {known}") from None

    def __contains__(self, name: object) -> bool:
        return name in self._functions


class CudaFunction:
    """A function whose kernels run on a GPU.

    Host arrays for memory of the GPU are copied there, and back if the function may write them;
    arrays that lie there (`DeviceArray`, or with `__cuda_array_interface__`) are used in place.
    """

    def __init__(self, module: CudaModule, signature: FunctionSignature, index: int) -> None:
        self._module = module
        self.signature = signature
        self._entry = ENTRY(module.loaded.address(entry_name(index)))
        arguments, results = module.code.on_device[signature.name]
        self._arguments, self._results = arguments, results

    def __call__(self, *values: object) -> object:
        """Calls it; results on the GPU are copied to the host."""
        return self._run(values, lambda array: array.numpy())

    def on_device(self, *values: object) -> object:
        """Calls it; results on the GPU stay there, as `DeviceArray`."""
        return self._run(values, lambda array: array)

    def _run(self, values: Sequence[object], give: Callable[[DeviceArray], object]) -> object:
        device = self._module.device
        if len(values) != len(self.signature.args):
            bind(self.signature, values)  # raises
        upload = _Upload(self, device)
        packed, arrays = bind(self.signature, upload.run(values))
        out = ctypes.create_string_buffer(
            _SLOT * max(sum(slots(result) for result in self.signature.results), 1)
        )
        session = Session(device, self._module.kernels, device.stream)
        with running(session):
            if self._entry(packed, ctypes.addressof(out)) != 0:
                session.failure = out_of_memory()
        owners = {**arrays, **upload.owners}
        results = [
            self._result(number, result, piece, owners, session, give)
            for number, (result, piece) in enumerate(self._pieces(out.raw))
        ]
        upload.bring_back()
        return results[0] if len(results) == 1 else tuple(results) or None

    @property
    def device_arguments(self) -> frozenset[int]:
        """The numbers of the arguments that lie on the GPU."""
        return self._arguments

    def _pieces(self, out: bytes) -> list[tuple[Arg, bytes]]:
        found, at = [], 0
        for result in self.signature.results:
            size = _SLOT * slots(result)
            found.append((result, out[at : at + size]))
            at += size
        return found

    def _result(
        self,
        number: int,
        result: Arg,
        piece: bytes,
        owners: Mapping[int, object],
        session: Session,
        give: Callable[[DeviceArray], object],
    ) -> object:
        if number not in self._results:
            return unpack(
                FunctionSignature(self.signature.name, (), (result,)), piece, _hosts(owners)
            )
        assert isinstance(result, MemRefArg)
        return give(self._device_result(result, piece, owners, session))

    def _device_result(
        self, result: MemRefArg, piece: bytes, owners: Mapping[int, object], session: Session
    ) -> DeviceArray:
        if result.shape is None:
            raise DeviceError("an unranked result cannot come from a GPU")
        rank = result.rank
        allocated, aligned, offset, *rest = struct.unpack(f"<{3 + 2 * rank}q", piece)
        dtype = ELEMENTS[result.element].dtype
        device = self._module.device
        strides = tuple(step * dtype.itemsize for step in rest[rank:])
        size = session.live.pop(allocated, None)
        owner = owners.get(allocated)
        if size is not None:
            owner = device.pool.adopt(allocated, size)
        address = aligned + offset * dtype.itemsize
        return DeviceArray(address, tuple(rest[:rank]), strides, dtype, owner, device)


class _Upload:
    """Host arrays on their way to the GPU and back, for one call.

    Attributes:
        owners: what keeps the memory of arrays of the GPU, by address.
    """

    def __init__(self, function: CudaFunction, device: CudaDevice) -> None:
        self._function = function
        self._device = device
        self._copies: dict[int, DeviceArray] = {}
        self._back: list[tuple[AnyArray, DeviceArray]] = []
        self.owners: dict[int, object] = {}

    def run(self, values: Sequence[object]) -> list[object]:
        """What to pass for the values.

        Raises:
            ArgumentTypeError, ArgumentValueError: a value does not fit.
            DeviceError: it lies in the wrong memory, or there is no room.
        """
        arguments = self._function.signature.args
        return [
            self._passed(number, arg, value)
            for number, (arg, value) in enumerate(zip(arguments, values, strict=True))
        ]

    def bring_back(self) -> None:
        """Copies what the function may have written, and waits."""
        for array, copy in self._back:
            copy.copy_to(array)
        self._device.stream.synchronize()

    def _passed(self, number: int, arg: Arg, value: object) -> object:
        name = self._function.signature.name
        there = stand_in(value)
        if number not in self._function.device_arguments:
            if there is None:
                return value
            raise DeviceError(
                f"{name}: argument {number + 1} is used by the host and must not lie on the GPU"
            )
        if there is not None:
            self.owners[there.ctypes.data] = value
            return there
        if isinstance(value, np.ndarray) and id(value) in self._copies:
            return self._copies[id(value)].as_passed()
        assert isinstance(arg, MemRefArg)
        array = checked_array(f"{name}: argument {number + 1}", arg, value)
        copy = self._device.upload(array)
        if arg.writable:
            self._back.append((array, copy))
        self._copies[id(value)] = copy
        self.owners[copy.address] = copy.owner
        return copy.as_passed()


def _hosts(owners: Mapping[int, object]) -> dict[int, AnyArray]:
    return {address: one for address, one in owners.items() if isinstance(one, np.ndarray)}

"""Compiled functions as Python callables: the fast built-in, and the portable way behind it."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from typing import NoReturn

from stepwell.backends.cpu.entry import entry_name, slots
from stepwell.backends.cpu.layout import wrappers_can_read_arrays
from stepwell.backends.cpu.objects import LoadedObject
from stepwell.backends.cpu.signature import FunctionSignature
from stepwell.backends.cpu.support import allocator
from stepwell.backends.cpu.wrapper import has_wrapper, wrapper_name
from stepwell.ir.diagnostics import DeviceError
from stepwell.runtime.arguments import bind
from stepwell.runtime.results import unpack

_METH_FASTCALL = 0x0080
ENTRY = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)


class OutOfMemoryError(DeviceError, MemoryError):
    """A call had no room for its results or what is between; nothing of it is left.

    Args:
        used: the bytes that would have been in use with the block that there was no room for.
        limit: the most bytes allowed; None where the system had no more.
    """

    def __init__(self, used: int, limit: int | None) -> None:
        self.used = used
        self.limit = limit
        bound = "the system has no more" if limit is None else f"the limit is {limit}"
        super().__init__(f"out of memory: {used} bytes would be in use, {bound}")


class _MethodDefinition(ctypes.Structure):
    _fields_ = [
        ("name", ctypes.c_char_p),
        ("function", ctypes.c_void_p),
        ("flags", ctypes.c_int),
        ("documentation", ctypes.c_char_p),
    ]


_new_builtin = ctypes.PYFUNCTYPE(
    ctypes.py_object, ctypes.c_void_p, ctypes.py_object, ctypes.c_void_p
)(("PyCFunction_NewEx", ctypes.pythonapi))


class PortableFunction:
    """A compiled function called through ctypes.

    It takes all that the signature allows (NumPy arrays and scalars, Python numbers, and without
    copying whatever speaks DLPack or `__array_interface__`), and it explains what it refuses.

    Args:
        loaded: the code; kept alive by this object.
        signature: what the function takes and returns.
        index: the function's number in the module.
    """

    __slots__ = ("_entry", "_loaded", "_result_slots", "definition", "signature")

    def __init__(self, loaded: LoadedObject, signature: FunctionSignature, index: int) -> None:
        self._loaded = loaded
        self.signature = signature
        self._entry = ENTRY(loaded.address(entry_name(index)))
        self._result_slots = sum(slots(result) for result in signature.results)
        self.definition: _MethodDefinition | None = None

    def __call__(self, *values: object) -> object:
        packed, arrays = bind(self.signature, values)
        out = ctypes.create_string_buffer(8 * max(self._result_slots, 1))
        if self._entry(packed, ctypes.addressof(out)) != 0:
            self.out_of_memory()
        return unpack(self.signature, out.raw, arrays)

    def out_of_memory(self) -> NoReturn:
        """Raises the error of a call for which there was no memory."""
        raise out_of_memory()

    def __repr__(self) -> str:
        return f"<compiled function {self.signature}>"


def out_of_memory() -> OutOfMemoryError:
    """The error of the last request for which the allocator had no room."""
    found = allocator.statistics()
    bounded = found.limit is not None and found.refused > found.limit
    return OutOfMemoryError(found.refused, found.limit if bounded else None)


def make_callable(
    loaded: LoadedObject, signature: FunctionSignature, index: int, *, portable: bool | None = None
) -> Callable[..., object]:
    """A Python callable for function number `index` of `loaded`, which it keeps alive.

    Args:
        loaded: object code made with wrappers. signature: what the function takes and returns.
        index: the function's number in the module. portable: whether to go without the fast
        wrapper; None means only where it cannot be used, or
            where the environment variable STEPWELL_PORTABLE_CALLS is 1.
    """
    slow = PortableFunction(loaded, signature, index)
    if portable is None:
        portable = os.environ.get("STEPWELL_PORTABLE_CALLS") == "1"
    if portable or not has_wrapper(signature) or not wrappers_can_read_arrays():
        return slow
    # The built-in reads its definition as long as it lives, and keeps `slow`, its self, alive.
    slow.definition = _MethodDefinition(
        signature.name.encode(),
        loaded.address(wrapper_name(index)),
        _METH_FASTCALL,
        str(signature).encode(),
    )
    builtin: Callable[..., object] = _new_builtin(ctypes.addressof(slow.definition), slow, None)
    return builtin

"""Results of compiled functions to Python values, for calls that take the portable way.

The rules of ownership are those of `stepwell.backends.cpu.support.arrays`.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Mapping

import numpy as np

from stepwell.backends.cpu.elements import ELEMENTS, is_float
from stepwell.backends.cpu.entry import slots
from stepwell.backends.cpu.signature import FunctionSignature, MemRefArg, ScalarArg
from stepwell.backends.cpu.support import allocator
from stepwell.backends.cpu.support.arrays import GLOBAL_MARK
from stepwell.runtime.arguments import AnyArray


class _Allocation:
    """Memory of compiled code's malloc; freed with this object."""

    __slots__ = ("address", "__weakref__")

    def __init__(self, address: int) -> None:
        self.address = address

    def __del__(self) -> None:
        allocator.free(self.address)


class _Exporter:
    """Lets NumPy make a view of memory and keep its owner alive."""

    __slots__ = ("__array_interface__", "owner")

    def __init__(self, interface: dict[str, object], owner: object) -> None:
        self.__array_interface__ = interface
        self.owner = owner


def unpack(signature: FunctionSignature, out: bytes, arrays: Mapping[int, AnyArray]) -> object:
    """The Python value of a call.

    Args:
        signature: the function's.
        out: the portable entry's result slots.
        arrays: the arrays passed as arguments, by data address.

    Returns:
        None, one value, or a tuple of values.
    """
    owners: dict[int, object] = dict(arrays)
    values: list[object] = []
    at = 0
    for result in signature.results:
        size = 8 * slots(result)
        piece = out[at : at + size]
        at += size
        if isinstance(result, ScalarArg):
            values.append(_scalar(result.kind, piece))
        else:
            values.append(_array(result, piece, owners))
    if len(values) == 1:
        return values[0]
    return tuple(values) if values else None


def _scalar(kind: str, slot: bytes) -> object:
    element = ELEMENTS[kind]
    value = np.frombuffer(slot, dtype=element.dtype, count=1)[0]
    if is_float(kind):
        return float(value)
    return bool(value) if kind == "i1" else int(value)


def _array(result: MemRefArg, piece: bytes, owners: dict[int, object]) -> AnyArray:
    if result.shape is not None:
        return _from_descriptor(result, result.rank, piece, owners)
    rank, boxed = struct.unpack("<qq", piece)
    content = ctypes.string_at(boxed, 8 * (3 + 2 * rank))
    # By MLIR's convention a returned unranked descriptor is the caller's to free.
    if boxed not in owners:
        allocator.free(boxed)
    return _from_descriptor(result, rank, content, owners)


def _from_descriptor(
    result: MemRefArg, rank: int, piece: bytes, owners: dict[int, object]
) -> AnyArray:
    element = ELEMENTS[result.element]
    allocated, aligned, offset, *rest = struct.unpack(f"<{3 + 2 * rank}q", piece)
    constant = allocated in (0, GLOBAL_MARK)
    if not constant and allocated not in owners:
        owners[allocated] = _Allocation(allocated)
    owner = None if constant else owners[allocated]
    writable = owner.flags.writeable if isinstance(owner, np.ndarray) else True
    interface: dict[str, object] = {
        "version": 3,
        "shape": tuple(rest[:rank]),
        "strides": tuple(stride * element.size for stride in rest[rank:]),
        "typestr": f"|V{element.size}" if not element.numbers else element.dtype.str,
        "data": (aligned + offset * element.size, not writable),
    }
    array = np.asarray(_Exporter(interface, owner))
    if not element.numbers:
        array = array.view(element.dtype)
    return array.copy() if constant else array

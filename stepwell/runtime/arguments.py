"""Python values to the arguments of compiled functions: what is taken, and what is refused and why.

Nothing is ever copied for an argument: an array the function could not use in place is an error,
because a write to a copy would be lost.
"""

from __future__ import annotations

import ctypes
import operator
import struct
from collections.abc import Sequence

import ml_dtypes
import numpy as np
import numpy.typing as npt

from stepwell.backends.cpu.elements import ELEMENTS, Element, integer_bounds, is_float
from stepwell.backends.cpu.signature import FunctionSignature, MemRefArg, ScalarArg, Sizes
from stepwell.ir.diagnostics import StepwellError

AnyArray = npt.NDArray[np.generic]


class ArgumentTypeError(StepwellError, TypeError):
    """A compiled function was called with too few or many arguments, or one of a wrong type."""


class ArgumentValueError(StepwellError, ValueError):
    """An argument of a compiled function has the right type but a wrong value or shape."""


def bind(
    signature: FunctionSignature, values: Sequence[object]
) -> tuple[bytes, dict[int, AnyArray]]:
    """The portable entry's argument slots for `values`.

    Args:
        signature: the function's.
        values: the positional arguments of the call.

    Returns:
        The slots, and the arrays whose memory they point to, by data address.

    Raises:
        ArgumentTypeError, ArgumentValueError: a value does not fit.
    """
    wanted = len(signature.args)
    if len(values) != wanted:
        plural = "" if wanted == 1 else "s"
        raise ArgumentTypeError(
            f"{signature.name}: expected {wanted} argument{plural}, found {len(values)}"
        )
    slots: list[bytes] = []
    arrays: dict[int, AnyArray] = {}
    extra: list[AnyArray] = []
    for i, (arg, value) in enumerate(zip(signature.args, values, strict=True)):
        where = f"{signature.name}: argument {i + 1}"
        if isinstance(arg, ScalarArg):
            slots.append(_scalar_slot(where, arg.kind, value))
            continue
        array = checked_array(where, arg, value)
        descriptor = _descriptor(arg, array)
        if arg.shape is None:
            boxed = np.array(descriptor, dtype=np.int64)
            extra.append(boxed)
            descriptor = [array.ndim, boxed.ctypes.data]
        slots.append(struct.pack(f"<{len(descriptor)}q", *descriptor))
        arrays.setdefault(array.ctypes.data, array)
    # Descriptors of unranked memrefs must live as long as the arrays; their addresses are their
    # own.
    arrays.update({boxed.ctypes.data: boxed for boxed in extra})
    return b"".join(slots), arrays


def checked_array(where: str, arg: MemRefArg, value: object) -> AnyArray:
    """The array that `value` is; raises as `bind` does, `where` says for which argument."""
    array = _as_array(where, arg, value)
    _check_array(where, arg, array)
    return array


def _scalar_slot(where: str, kind: str, value: object) -> bytes:
    if is_float(kind):
        return _float_slot(where, kind, value)
    if isinstance(value, np.bool_):
        value = bool(value)
    if not isinstance(value, (int, np.integer)):
        raise ArgumentTypeError(f"{where}: expected an int for {kind}, found {_described(value)}")
    number = operator.index(value)
    least, greatest = integer_bounds(kind)
    if not least <= number <= greatest:
        raise ArgumentValueError(
            f"{where}: {number} does not fit in {kind} ({least} to {greatest})"
        )
    return (number & 0xFFFF_FFFF_FFFF_FFFF).to_bytes(8, "little")


def _float_slot(where: str, kind: str, value: object) -> bytes:
    floats = (float, int, np.floating, np.integer, np.bool_, ml_dtypes.bfloat16)
    if not isinstance(value, floats):
        raise ArgumentTypeError(f"{where}: expected a float for {kind}, found {_described(value)}")
    try:
        number = float(value)
    except OverflowError:
        raise ArgumentValueError(f"{where}: the int is too large for {kind}") from None
    if kind == "f64":
        return struct.pack("<d", number)
    if kind == "f32":
        return bytes(ctypes.c_float(number)).ljust(8, b"\0")
    with np.errstate(over="ignore"):
        rounded = np.asarray(number, dtype=np.float64).astype(ELEMENTS[kind].dtype)
    return rounded.tobytes().ljust(8, b"\0")


def _as_array(where: str, arg: MemRefArg, value: object) -> AnyArray:
    if isinstance(value, np.ndarray):
        return value.view(np.ndarray)
    try:
        if hasattr(value, "__dlpack__"):
            return np.from_dlpack(value)
        if hasattr(value, "__array_interface__") and not isinstance(value, np.generic):
            return np.asarray(value)
    except (BufferError, RuntimeError, TypeError, ValueError) as error:
        raise ArgumentTypeError(
            f"{where}: {_described(value)} cannot be used without a copy: {error}"
        ) from None
    raise ArgumentTypeError(f"{where}: expected an array for {arg}, found {_described(value)}")


def _check_array(where: str, arg: MemRefArg, array: AnyArray) -> None:
    element = ELEMENTS[arg.element]
    if not _has_element(element, array.dtype):
        raise ArgumentTypeError(
            f"{where}: expected dtype {element.dtype.name} for {arg}, found {array.dtype.name}"
        )
    if not array.dtype.isnative:
        raise ArgumentTypeError(
            f"{where}: the array's byte order is not this machine's (dtype {array.dtype.str})"
        )
    if arg.shape is not None:
        _check_shape(where, arg, arg.shape, array)
    if not array.flags.aligned:
        raise ArgumentValueError(f"{where}: the array is not aligned to its element type")
    if arg.writable and not array.flags.writeable:
        raise ArgumentValueError(f"{where}: the array is read-only, and {arg} may be written")


def _has_element(element: Element, dtype: np.dtype[np.generic]) -> bool:
    if not element.numbers:
        return dtype == element.dtype
    return dtype.num in element.numbers


def _check_shape(where: str, arg: MemRefArg, shape: Sizes, array: AnyArray) -> None:
    if array.ndim != len(shape):
        raise ArgumentValueError(
            f"{where}: expected rank {len(shape)} for {arg}, found rank {array.ndim} "
            f"(shape {array.shape})"
        )
    fits = (want is None or want == found for want, found in zip(shape, array.shape, strict=True))
    if not all(fits):
        raise ArgumentValueError(f"{where}: shape {array.shape} does not fit {arg}")
    if arg.strides is None:
        fits_layout = array.flags.c_contiguous
    else:
        fits_layout = _fits_strides(arg.strides, array)
    if not fits_layout:
        raise ArgumentValueError(
            f"{where}: strides {array.strides} (bytes) do not fit the layout of {arg}; "
            "numpy.ascontiguousarray makes a row-major copy"
        )


def _fits_strides(wanted: Sizes, array: AnyArray) -> bool:
    size = array.itemsize
    if array.size == 0:
        return True
    return all(
        extent <= 1 or (step % size == 0 if stride is None else step == stride * size)
        for stride, step, extent in zip(wanted, array.strides, array.shape, strict=True)
    )


def _descriptor(arg: MemRefArg, array: AnyArray) -> list[int]:
    start, offset = array.ctypes.data, arg.offset or 0
    strides = [step // array.itemsize for step in array.strides]
    if arg.shape is not None and arg.strides is None:
        strides = _row_major(array.shape)
    elif arg.strides is not None:
        known = zip(arg.strides, strides, strict=True)
        strides = [step if stride is None else stride for stride, step in known]
    return [start, start - offset * array.itemsize, offset, *array.shape, *strides]


def _row_major(shape: tuple[int, ...]) -> list[int]:
    strides, stride = [], 1
    for size in reversed(shape):
        strides.append(stride)
        stride *= size
    return strides[::-1]


def _described(value: object) -> str:
    name = type(value).__name__
    if isinstance(value, (int, float, complex, str, np.generic)):
        return f"{name} {str(value)[:40]!r}" if isinstance(value, str) else f"{name} {value}"
    return name

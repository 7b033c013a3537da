"""What `stepwell-run` passes to a function: files and literals, or random values."""

from __future__ import annotations

import ast
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.diagnostics import StepwellError

Argument = int | float | complex | NDArray[np.generic]

_LARGEST_RANDOM_INTEGER = 10


def read_argument(text: str, type: Type) -> Argument:
    """The value that `--arg=TEXT` means: a `.npy` file, a number, or a list such as `[1, 2]`.

    Raises:
        StepwellError: it is none of these, or not of `type`.
    """
    value: object = _load(text) if text.endswith(".npy") else _literal(text)
    if not isinstance(type, types.ShapedType):
        return _scalar(value, type, text)
    dtype = dtype_of(types.element_type_or_self(type))
    try:
        array = np.asarray(value)
        if not text.endswith(".npy"):
            array = array.astype(dtype)
    except (ValueError, TypeError):
        raise StepwellError(f"--arg={text}: this is no '{type}'") from None
    _check_array(array, type, dtype, text)
    return array


def _check_array(
    array: NDArray[np.generic], type: Type, dtype: np.dtype[np.generic], text: str
) -> None:
    """Says in the program's words what a target would say in its own."""
    if array.dtype != dtype:
        raise StepwellError(
            f"--arg={text}: expected dtype {dtype.name} for '{type}', found {array.dtype.name}"
        )
    if not types.is_ranked(type):
        return
    sizes = types.dims_of(type)
    if array.ndim != len(sizes):
        raise StepwellError(
            f"--arg={text}: expected rank {len(sizes)} for '{type}', found rank {array.ndim} "
            f"(shape {array.shape})"
        )
    fits = (want in (types.DYNAMIC, found) for want, found in zip(sizes, array.shape, strict=True))
    if not all(fits):
        raise StepwellError(f"--arg={text}: shape {array.shape} does not fit '{type}'")


def _scalar(value: object, type: Type, text: str) -> Argument:
    if isinstance(value, np.ndarray) and value.size == 1:
        value = value.item()
    if isinstance(type, types.FloatType) and isinstance(value, int | float):
        return float(value)
    if isinstance(value, int) and isinstance(type, types.IntegerType | types.IndexType):
        return int(value)
    if isinstance(type, types.ComplexType) and isinstance(value, int | float | complex):
        return complex(value)
    raise StepwellError(f"--arg={text}: this is no '{type}'")


def _load(path: str) -> NDArray[np.generic]:
    try:
        loaded: NDArray[np.generic] = np.load(path, allow_pickle=False)
        return loaded
    except (OSError, ValueError) as error:
        raise StepwellError(f"cannot read '{path}': {error}") from None


def _literal(text: str) -> object:
    words = {"true": True, "false": False, "inf": np.inf, "-inf": -np.inf, "nan": np.nan}
    if text in words:
        return words[text]
    try:
        value: object = ast.literal_eval(text)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        value = None
    if not isinstance(value, int | float | complex | list | tuple):
        raise StepwellError(f"--arg={text}: neither a .npy file nor a number nor a list of numbers")
    return value


def random_arguments(inputs: Sequence[Type], seed: int, size: int) -> list[Argument]:
    """Values for a function's arguments, the same for the same seed.

    Args:
        inputs: the types.
        seed: of the generator.
        size: what `?` in a shape stands for; also the value of an argument of type index, which is
            a size in most programs.

    Raises:
        StepwellError: nothing random can be made for a type.
    """
    random = np.random.default_rng(seed)
    return [_random(type, random, size) for type in inputs]


def _random(type: Type, random: np.random.Generator, size: int) -> Argument:
    if isinstance(type, types.IndexType):
        return size
    if not types.is_ranked(type) and isinstance(type, types.ShapedType):
        raise StepwellError(f"--random cannot make a '{type}': its rank is not known")
    element = types.element_type_or_self(type)
    shape: tuple[int, ...] = ()
    if types.is_ranked(type):
        shape = tuple(size if one == types.DYNAMIC else one for one in types.dims_of(type))
    array = _elements(element, shape, random)
    if isinstance(type, types.ShapedType):
        return array
    scalar: Argument = array.item()
    return scalar


def _elements(
    element: Type, shape: tuple[int, ...], random: np.random.Generator
) -> NDArray[np.generic]:
    found: NDArray[np.generic]
    if isinstance(element, types.IntegerType) and element.width == 1:
        found = random.integers(0, 2, shape).astype(dtype_of(element))
    elif isinstance(element, types.IntegerType | types.IndexType):
        found = random.integers(0, _LARGEST_RANDOM_INTEGER, shape).astype(dtype_of(element))
    elif isinstance(element, types.FloatType):
        found = np.asarray(random.standard_normal(shape)).astype(dtype_of(element))
    elif isinstance(element, types.ComplexType):
        parts = random.standard_normal((2, *shape))
        found = np.asarray(parts[0] + 1j * parts[1]).astype(dtype_of(element))
    else:
        raise StepwellError(f"--random cannot make a '{element}'")
    return found

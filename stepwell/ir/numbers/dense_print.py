"""Printing the elements of a dense attribute, as they stand inside `dense<...>`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from stepwell.ir.numbers.dense import DenseData
from stepwell.ir.numbers.element import ElementKind
from stepwell.ir.numbers.element_storage import component_array, component_bits, scalars_of
from stepwell.ir.numbers.float_format import FloatFormat
from stepwell.ir.numbers.float_text import print_float

DEFAULT_HEX_LIMIT = 100
"""mlir-opt's default of --mlir-print-elementsattrs-with-hex-if-larger."""


def print_dense(elements: DenseData, hex_if_larger: int | None = DEFAULT_HEX_LIMIT) -> str:
    """What mlir-opt prints between `dense<` and `>`.

    Args:
        elements: what to print.
        hex_if_larger: with more elements than this, and no splat, a string of the raw bytes in
            hexadecimal is printed. None or a negative number: never.
    """
    if elements.is_splat:
        return component_texts(elements.array, elements.kind)[0]
    if elements.count == 0:
        return ""
    if hex_if_larger is not None and 0 <= hex_if_larger < elements.count:
        return f'"0x{elements.to_bytes().hex().upper()}"'
    return _nested(component_texts(elements.array, elements.kind), elements.shape)


def component_texts(array: NDArray[np.generic], kind: ElementKind) -> list[str]:
    """The text of each element of `array`: numbers, `true`/`false`, or pairs `(re,im)`."""
    components = component_array(array, kind)
    texts = _float_texts(components, kind) if kind.is_float else _integer_texts(components, kind)
    if not kind.is_complex:
        return texts
    return [f"({re},{im})" for re, im in zip(texts[::2], texts[1::2], strict=True)]


def _float_texts(components: NDArray[np.generic], kind: ElementKind) -> list[str]:
    form = kind.component
    assert isinstance(form, FloatFormat)
    return [print_float(bits, form) for bits in component_bits(components, kind)]


def _integer_texts(components: NDArray[np.generic], kind: ElementKind) -> list[str]:
    if kind.is_bool:
        return ["true" if each else "false" for each in components.tolist()]
    parts = ElementKind(kind.component.name, kind.component)
    return [str(each) for each in scalars_of(components, parts)]


def _nested(texts: list[str], shape: tuple[int, ...]) -> str:
    """The texts in nested lists, row-major."""
    for size in reversed(shape):
        rows = range(0, len(texts), size)
        texts = [f"[{', '.join(texts[start : start + size])}]" for start in rows]
    return texts[0]

"""Reading what stands inside `dense<...>`.

A nested list of plain decimal numbers whose brackets fit the shape is converted in bulk; everything
else (errors above all) goes through the token parser in `dense_tokens`, which knows every rule.
The bulk path never decides that a text is wrong: it only gives up.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stepwell.ir.numbers.dense import DenseData
from stepwell.ir.numbers.dense_error import DenseLiteralError, dimensions
from stepwell.ir.numbers.dense_tokens import parse_elements, read_literal
from stepwell.ir.numbers.element import ElementKind, element_kind
from stepwell.ir.numbers.element_storage import components_from_bits, wrap_array
from stepwell.ir.numbers.float_arrays import array_to_bits, ties
from stepwell.ir.numbers.float_format import FloatFormat
from stepwell.ir.numbers.float_text import NumberLiteralError, parse_float
from stepwell.ir.numbers.integers import IntegerFormat

Array = NDArray[np.generic]

_ANY_STRING = re.compile(r'\s*"(?:[^"\\]|\\.)*"\s*\Z')
_SPACED_DIGITS = re.compile(rb"[\w.]\s+[\w.]")
_BULK_FROM = 64
"""Shorter texts go straight to the token parser, which has less to set up."""

_INT64 = np.iinfo(np.int64)
_BOOLS = {b"true": True, b"false": False, b"1": True, b"0": False, b"-1": True}


def parse_dense_literal(
    text: str, shape: Sequence[int], element: str, type_text: str | None = None
) -> DenseData:
    """The elements that the literal `text` spells, for a type of `shape` and `element`.

    Args:
        text: what stands between `dense<` and `>`: a scalar for every element, nested lists, a
            string of hexadecimal raw bytes, or nothing.
        shape: the sizes of the type's dimensions.
        element: MLIR's name of the element type.
        type_text: the whole type for messages; `tensor<...>` by default.

    Raises:
        DenseLiteralError: the text is malformed or does not fit the type.
        KeyError: `element` is not a number type.
    """
    kind = element_kind(element)
    sizes = tuple(shape)
    written = type_text or "tensor<" + "".join(f"{size}x" for size in sizes) + f"{element}>"
    first = text.lstrip()[:1]
    if not first:
        return _no_elements(sizes, kind, written)
    if first == '"':
        return _parse_hex(text, sizes, kind, written)
    if len(text) >= _BULK_FROM and first == "[":
        components = _bulk_components(text, sizes, kind)
        if components is not None:
            return DenseData.from_components(element, sizes, components.view(kind.dtype))
    return _parse_tokens(text, sizes, kind, written)


def _no_elements(shape: tuple[int, ...], kind: ElementKind, written: str) -> DenseData:
    if math.prod(shape):
        message = f"parsed zero elements, but type ('{written}') expected at least 1"
        raise DenseLiteralError(message, None)
    return DenseData(kind.name, shape, np.empty(shape, kind.dtype))


def _parse_hex(text: str, shape: tuple[int, ...], kind: ElementKind, written: str) -> DenseData:
    raw = _hex_bytes(text)
    if raw is None:
        start = text.index('"')
        if _ANY_STRING.match(text):
            message = "expected string containing hex digits starting with `0x`"
            raise DenseLiteralError(message, start)
        closing = text.find('"', start + 1)
        if closing < 0:
            raise DenseLiteralError("expected '\"' in string literal", len(text))
        raise DenseLiteralError("expected '>'", closing + 1)
    try:
        return DenseData.from_bytes(kind.name, shape, raw)
    except ValueError:
        message = f"elements hex data size is invalid for provided type: '{written}'"
        raise DenseLiteralError(message, None) from None


def _hex_bytes(text: str) -> bytes | None:
    """The bytes that a string of `0x` and pairs of hexadecimal digits spells, else None."""
    whole = text.strip()
    if len(whole) < 4 or not whole.startswith('"0x') or not whole.endswith('"'):
        return None
    digits = whole[3:-1]
    try:
        raw = bytes.fromhex(digits)
    except ValueError:
        return None
    return raw if 2 * len(raw) == len(digits) else None  # `fromhex` skips spaces


def _parse_tokens(text: str, shape: tuple[int, ...], kind: ElementKind, written: str) -> DenseData:
    literal = read_literal(text)
    found = literal.shape
    if found is not None and found != shape:
        message = (
            f"inferred shape of elements literal ({dimensions(found)}) does not match type "
            f"({dimensions(shape)})"
        )
        raise DenseLiteralError(message, None)
    if not literal.tokens:
        return _no_elements(shape, kind, written)
    components = parse_elements(literal.tokens, kind)
    is_scalar = found is None
    expected = kind.parts * (1 if is_scalar else math.prod(shape))
    if len(components) != expected or literal.has_pairs != kind.is_complex:
        whole = kind.name if is_scalar else written
        count = f"parsed {len(components)} elements, but type ('{whole}') expected {expected}"
        raise DenseLiteralError(f"{count} elements", None)
    array = components.view(kind.dtype)
    if is_scalar:
        return DenseData(kind.name, shape, array, True)
    return DenseData.from_components(kind.name, shape, array)


def _bulk_components(text: str, shape: tuple[int, ...], kind: ElementKind) -> Array | None:
    """The components, or None if the text is not a plain list that fits `shape`."""
    flat = _flat_list(text, shape, kind.is_complex)
    count = math.prod(shape) * kind.parts
    if flat is None or flat.count(b",") != count - 1:
        return None
    if isinstance(kind.component, FloatFormat):
        return _bulk_floats(flat, count, kind, kind.component)
    return _bulk_integers(flat, kind, kind.component)


def _flat_list(text: str, shape: tuple[int, ...], is_complex: bool) -> bytes | None:
    """The numbers separated by commas, without spaces, once the brackets are found to fit."""
    try:
        raw = text.encode("ascii")
    except UnicodeEncodeError:
        return None
    raw = raw.strip().replace(b", ", b",")
    if len(raw.split(None, 1)) > 1:
        if _SPACED_DIGITS.search(raw):
            return None
        raw = b"".join(raw.split())
    brackets = raw.translate(None, b"0123456789abcdefABCDEFxXtrulseE.+-")
    if brackets != _bracket_skeleton(shape, is_complex):
        return None
    return _without_brackets(raw, len(shape), is_complex)


def _bracket_skeleton(shape: tuple[int, ...], is_complex: bool) -> bytes | None:
    if 0 in shape:
        return None
    skeleton = b"(,)" if is_complex else b""
    for size in reversed(shape):
        skeleton = b"[" + b",".join([skeleton] * size) + b"]"
    return skeleton


def _without_brackets(raw: bytes, rank: int, is_complex: bool) -> bytes | None:
    """`raw`, whose brackets fit, with only commas left; None if a number touches a bracket."""
    opening = b"[" * rank + (b"(" if is_complex else b"")
    closing = (b")" if is_complex else b"") + b"]" * rank
    if not (raw.startswith(opening) and raw.endswith(closing)):
        return None
    flat = raw[len(opening) : len(raw) - len(closing)]
    for depth in range(rank - 1, -1, -1):
        inside = b"(" if is_complex else b""
        outside = b")" if is_complex else b""
        separator = outside + b"]" * depth + b"," + b"[" * depth + inside
        if separator != b",":
            flat = flat.replace(separator, b",")
    return None if any(bracket in flat for bracket in b"[]()") else flat


def _bulk_integers(flat: bytes, kind: ElementKind, form: IntegerFormat) -> Array | None:
    if form.width == 1:
        return _bulk_bools(flat.split(b","), form)
    if form.width > 64 or not _is_plain_integers(flat):
        return None
    values = np.fromstring(flat, np.int64, sep=",")
    smallest, largest = int(values.min()), int(values.max())
    if smallest == _INT64.min or largest == _INT64.max:
        return None  # where a number outside the 64 bits would have been cut
    if not (form.accepts(smallest) and form.accepts(largest)):
        return None
    return wrap_array(values, kind)


def _is_plain_integers(flat: bytes) -> bool:
    """Whether every token is a decimal integer other than -0."""
    if flat.translate(None, b"0123456789,-") or b"-0" in flat or b",," in flat or b"-," in flat:
        return False
    if flat.count(b"-") != flat.count(b",-") + flat.startswith(b"-"):
        return False
    return not flat.startswith(b",") and not flat.endswith((b",", b"-"))


def _bulk_bools(tokens: list[bytes], form: IntegerFormat) -> Array | None:
    if not set(tokens) <= _BOOLS.keys() or form.name != "i1":
        return None
    return np.array([_BOOLS[token] for token in tokens], np.bool_)


def _bulk_floats(flat: bytes, count: int, kind: ElementKind, form: FloatFormat) -> Array | None:
    tokens = flat.split(b",")
    patterns: dict[int, bytes] = {}
    if b"x" in flat:
        patterns = {i: token for i, token in enumerate(tokens) if b"x" in token}
        for i in patterns:
            tokens[i] = b"0.0"
        flat = b",".join(tokens)
    if not _is_plain_decimals(flat, count) or kind.is_opaque:
        return None
    try:
        values = np.fromiter(map(float, tokens), np.float64, count)
    except ValueError:
        return None
    bits = array_to_bits(values, form).view(f"<u{kind.component_dtype.itemsize}")
    if form.name != "f64":
        patterns |= {int(i): tokens[i] for i in np.flatnonzero(ties(values, form))}
    return _with_exact_bits(bits, patterns, kind, form)


def _with_exact_bits(
    bits: Array, patterns: dict[int, bytes], kind: ElementKind, form: FloatFormat
) -> Array | None:
    """`bits`, those at the places in `patterns` read again, each literal once and exactly."""
    if not patterns:
        return bits.view(kind.component_dtype)
    exact: dict[bytes, int] = {}
    try:
        for token in patterns.values():
            if token not in exact:
                exact[token] = parse_float(token.decode(), form)
    except NumberLiteralError:
        return None
    fixed = bits.copy()
    places = list(patterns)
    found = [exact[patterns[place]] for place in places]
    fixed[places] = components_from_bits(found, kind).view(fixed.dtype)
    return fixed.view(kind.component_dtype)


def _is_plain_decimals(flat: bytes, count: int) -> bool:
    """Whether every token can only be a decimal literal with a point, or malformed to `float`."""
    if flat.translate(None, b"0123456789,-+.eE") or flat.count(b".") != count:
        return False
    if flat.count(b"+") != flat.count(b"e+") + flat.count(b"E+"):
        return False
    return not (flat.startswith(b".") or b",." in flat or b"-." in flat)

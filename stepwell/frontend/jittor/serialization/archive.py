"""A table of named arrays, and some text about them, as bytes in the safetensors format.

    8 bytes           the header's length, little-endian
    header            JSON: {"name": {"dtype": "F32", "shape": [2], "data_offsets": [0, 8]}, ...}
    the arrays        in row-major order, without gaps

Format: https://github.com/huggingface/safetensors. Every length and offset is checked against the
bytes that are there before anything is read or made.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import pairwise

import ml_dtypes
import numpy as np

from stepwell.frontend.jittor.dtypes import AnyArray, TensorError
from stepwell.frontend.jittor.serialization.tree import RESERVED

LENGTH_BYTES = 8
HEADER_LIMIT = 100_000_000
ALIGNMENT = 8
DIGEST = "sha256"

_ELEMENTS: dict[str, np.dtype[np.generic]] = {
    "BOOL": np.dtype("?"),
    "U8": np.dtype("u1"),
    "I8": np.dtype("i1"),
    "U16": np.dtype("<u2"),
    "I16": np.dtype("<i2"),
    "U32": np.dtype("<u4"),
    "I32": np.dtype("<i4"),
    "U64": np.dtype("<u8"),
    "I64": np.dtype("<i8"),
    "F16": np.dtype("<f2"),
    "BF16": np.dtype(ml_dtypes.bfloat16),
    "F32": np.dtype("<f4"),
    "F64": np.dtype("<f8"),
}
_NAMES = {dtype: name for name, dtype in _ELEMENTS.items()}
Header = dict[str, dict[str, object]]


@dataclass(frozen=True, slots=True)
class Archive:
    """What a file holds: arrays by name, and texts by name.

    Attributes:
        arrays: in the file's order.
        metadata: texts, such as how the arrays are nested.
        is_checked: whether there was a checksum, and it was right.
    """

    arrays: dict[str, AnyArray]
    metadata: dict[str, str]
    is_checked: bool = False


def encoded(arrays: Mapping[str, AnyArray], metadata: Mapping[str, str]) -> bytes:
    """The bytes of an archive, with a checksum.

    Raises:
        TensorError: there is no name for an array's element type.
    """
    header: Header = {RESERVED: {**metadata, DIGEST: ""}}
    pieces: list[bytes] = []
    end = 0
    for name, value in arrays.items():
        element = _element_name(name, value)
        piece = np.ascontiguousarray(value, _ELEMENTS[element]).tobytes()
        start, end = end, end + len(piece)
        shape = list(value.shape)
        header[name] = {"dtype": element, "shape": shape, "data_offsets": [start, end]}
        pieces.append(piece)
    body = b"".join(pieces)
    header[RESERVED][DIGEST] = _digest(header, body)
    text = _header_bytes(header)
    return len(text).to_bytes(LENGTH_BYTES, "little") + text + body


def decoded(content: bytes) -> Archive:
    """The archive that `content` is.

    Raises:
        TensorError: it is none, or it was damaged.
    """
    header, body = _parts(content)
    metadata = _metadata_of(header)
    is_checked = DIGEST in metadata
    if is_checked:
        # What is hashed is what was read, not how it was spelt; so the spelling has to be ours.
        blank = {**header, RESERVED: {**metadata, DIGEST: ""}}
        is_ours = content[LENGTH_BYTES : len(content) - len(body)] == _header_bytes(header)
        if not is_ours or metadata[DIGEST] != _digest(blank, body):
            raise TensorError("its checksum is wrong: it was damaged or changed")
    entries = {name: entry for name, entry in header.items() if name != RESERVED}
    _check_coverage(entries, len(body))
    arrays = {name: _array_of(entry, body) for name, entry in entries.items()}
    return Archive(arrays, metadata, is_checked)


def _element_name(name: str, value: AnyArray) -> str:
    found = _NAMES.get(value.dtype.newbyteorder("<"))
    if found is None:
        where = f" '{name}'" if name else ""
        raise TensorError(f"the array{where} of {value.dtype} cannot be saved")
    return found


def _header_bytes(header: Mapping[str, object]) -> bytes:
    """The header's text, padded with spaces so that the arrays start aligned."""
    text = json.dumps(header, separators=(",", ":")).encode()
    return text + b" " * (-len(text) % ALIGNMENT)


def _digest(header: Mapping[str, object], body: bytes) -> str:
    found = sha256(_header_bytes(header))
    found.update(body)
    return found.hexdigest()


def _parts(content: bytes) -> tuple[dict[str, object], bytes]:
    """The header, and the bytes behind it."""
    length = int.from_bytes(content[:LENGTH_BYTES], "little")
    if len(content) < LENGTH_BYTES or length > min(HEADER_LIMIT, len(content) - LENGTH_BYTES):
        raise TensorError("it is cut off, or no file that save() wrote")
    try:
        header = json.loads(content[LENGTH_BYTES : LENGTH_BYTES + length])
    except (ValueError, RecursionError):
        raise TensorError(
            "its header cannot be read: it was damaged, or save() did not write it"
        ) from None
    if not isinstance(header, dict):
        raise TensorError("its header is no table of arrays")
    return header, content[LENGTH_BYTES + length :]


def _metadata_of(header: Mapping[str, object]) -> dict[str, str]:
    found = header.get(RESERVED, {})
    if not isinstance(found, dict) or not all(isinstance(one, str) for one in found.values()):
        raise TensorError("its metadata are not texts")
    return found


def _check_coverage(entries: Mapping[str, object], size: int) -> None:
    """The arrays follow each other without gaps, from the first byte to the last."""
    spans = sorted(_span(entry) for entry in entries.values())
    ends = [0, *(end for span in spans for end in span), size]
    if any(ends[at] != ends[at + 1] for at in range(0, len(ends), 2)):
        raise TensorError(f"its arrays do not fill its {size} bytes: it is cut off or damaged")
    if any(a > b for a, b in pairwise(ends)):
        raise TensorError("an array in it ends before it starts")


def _span(entry: object) -> tuple[int, int]:
    found = entry.get("data_offsets") if isinstance(entry, dict) else None
    if not isinstance(found, list) or len(found) != 2 or not all(map(_is_size, found)):
        raise TensorError("the place of an array in it cannot be read")
    return found[0], found[1]


def _array_of(entry: object, body: bytes) -> AnyArray:
    assert isinstance(entry, dict)
    start, end = _span(entry)
    shape, dtype = entry.get("shape"), _ELEMENTS.get(str(entry.get("dtype")))
    if dtype is None:
        raise TensorError(f"an array in it is of an unknown type {entry.get('dtype')!r}")
    if not isinstance(shape, list) or not all(map(_is_size, shape)):
        raise TensorError("the shape of an array in it cannot be read")
    try:
        values = np.frombuffer(body[start:end], dtype)
        return values.reshape(shape).astype(dtype.newbyteorder("="), copy=True)
    except (ValueError, OverflowError):
        raise TensorError(f"an array in it does not have the shape {shape}") from None


def _is_size(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 0

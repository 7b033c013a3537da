"""What an entry function takes and returns, read off the oracle's generic print."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

import ml_dtypes
import numpy as np

Kind = Literal["scalar", "tensor", "memref"]

DTYPES: dict[str, np.dtype[np.generic]] = {
    "i1": np.dtype(np.bool_),
    "i8": np.dtype(np.int8),
    "i16": np.dtype(np.int16),
    "i32": np.dtype(np.int32),
    "i64": np.dtype(np.int64),
    "index": np.dtype(np.int64),
    "f16": np.dtype(np.float16),
    "bf16": np.dtype(ml_dtypes.bfloat16),
    "f32": np.dtype(np.float32),
    "f64": np.dtype(np.float64),
}


@dataclass(frozen=True, slots=True)
class ValueType:
    """A scalar, ranked tensor or ranked memref type; a shape holds None where a size is `?`."""

    text: str
    kind: Kind
    shape: tuple[int | None, ...]
    element: str

    @property
    def dtype(self) -> np.dtype[np.generic]:
        """The NumPy type of its elements."""
        return DTYPES[self.element]


@dataclass(frozen=True, slots=True)
class Signature:
    """The types of a function's arguments and results."""

    arguments: tuple[ValueType, ...]
    results: tuple[ValueType, ...]


def split_types(text: str) -> list[str]:
    """Splits at the commas outside all brackets; `->` closes nothing."""
    parts, depth, start = [], 0, 0
    bare = text.replace("->", "--")
    for position, character in enumerate(bare):
        if character in "<([{":
            depth += 1
        elif character in ">)]}":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    parts.append(text[start:].strip())
    return [part for part in parts if part]


def parse_type(text: str) -> ValueType:
    """Reads one type.

    Raises:
        ValueError: it is none of scalar, ranked tensor, ranked memref of a known element.
    """
    if text in DTYPES:
        return ValueType(text, "scalar", (), text)
    shaped = re.fullmatch(r"(tensor|memref)<((?:(?:\d+|\?)x)*)(\w+)(?:,.*)?>", text, re.DOTALL)
    if shaped is None or shaped[3] not in DTYPES:
        raise ValueError(f"the oracle's driver cannot pass a value of type {text}")
    sizes = tuple(None if size == "?" else int(size) for size in shaped[2].split("x")[:-1])
    kind: Kind = "tensor" if shaped[1] == "tensor" else "memref"
    return ValueType(text, kind, sizes, shaped[3])


def _until_closed(text: str) -> int:
    """The position after the bracket that closes the one `text` begins with."""
    depth = 0
    for position, character in enumerate(text.replace("->", "--")):
        depth += (character in "(<[{") - (character in ")>]}")
        if depth == 0:
            return position + 1
    raise ValueError("unbalanced brackets in a function type")


def read_signature(generic: str, entry: str) -> Signature:
    """Finds `entry` in a generic print and reads its type.

    Raises:
        ValueError: there is no such function, or a type that cannot be passed.
    """
    for line in generic.splitlines():
        if '"func.func"()' not in line or f'sym_name = "{entry}"' not in line:
            continue
        rest = line.split("function_type = ", 1)[1]
        end = _until_closed(rest)
        arguments, tail = rest[1 : end - 1], rest[end:].removeprefix(" -> ")
        listed = tail[1 : _until_closed(tail) - 1] if tail[0] == "(" else split_types(tail)[0]
        return Signature(
            tuple(parse_type(one) for one in split_types(arguments)),
            tuple(parse_type(one) for one in split_types(listed)),
        )
    raise ValueError(f"no function @{entry} in the module")

"""Nested values as text and a table of arrays, and back.

{"w": array, "steps": [1, 2]}   <->   ["dict", [["w", ["array", "w"]], ["steps", ["list", [1, 2]]]]]

Numbers, strings, bools and None are themselves in JSON; everything else is a kind and its content.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np

from stepwell.frontend.jittor.dtypes import AnyArray, TensorError
from stepwell.frontend.jittor.var import Var

DEPTH_LIMIT = 100
INTEGER_BITS = 1024
RESERVED = "__metadata__"


def flattened(value: object) -> tuple[str, dict[str, AnyArray]]:
    """The text that says how `value` is nested, and its arrays by the names in it.

    Raises:
        TensorError: a part of it is of a kind that is not saved.
    """
    writer = _Writer()
    return json.dumps(writer.described(value, (), 0)), writer.arrays


def restored(text: str, arrays: Mapping[str, AnyArray]) -> object:
    """The value that `flattened` was given.

    Raises:
        TensorError: the text is not one of `flattened`'s.
    """
    try:
        return _value_of(json.loads(text), arrays, 0)
    except (ValueError, RecursionError):
        raise TensorError("how its values are nested cannot be read") from None


class _Writer:
    def __init__(self) -> None:
        self.arrays: dict[str, AnyArray] = {}

    def described(self, value: object, path: tuple[str, ...], depth: int) -> object:
        """`value` in JSON's kinds; arrays go to the table, named by their path."""
        if depth > DEPTH_LIMIT:
            raise TensorError(f"a value nested in {DEPTH_LIMIT} others cannot be saved")
        if isinstance(value, Var):
            value = value.data
        if isinstance(value, (np.ndarray, np.generic)):
            return ["array", self._named(np.asarray(value), path)]
        if value is None or isinstance(value, (bool, float, str)):
            # Exactly these types: a subclass may be an enumeration, say.
            return _plain(value)
        if isinstance(value, int):
            return _integer(value)
        if isinstance(value, Mapping):
            pairs = [
                [_key(key), self.described(one, (*path, str(key)), depth + 1)]
                for key, one in value.items()
            ]
            return ["dict", pairs]
        if isinstance(value, (list, tuple)):
            parts = [
                self.described(one, (*path, str(number)), depth + 1)
                for number, one in enumerate(value)
            ]
            return ["tuple" if isinstance(value, tuple) else "list", parts]
        where = f" (at {'.'.join(path)})" if path else ""
        raise TensorError(
            f"a {type(value).__name__} cannot be saved{where}; arrays, numbers, strings, and "
            "lists, tuples and dictionaries of them can"
        )

    def _named(self, value: AnyArray, path: tuple[str, ...]) -> str:
        name = wanted = ".".join(path)
        number = 0
        while name in self.arrays or name == RESERVED:
            number += 1
            name = f"{wanted}~{number}"
        self.arrays[name] = value
        return name


def _plain(value: bool | float | str | None) -> bool | float | str | None:
    if isinstance(value, float):
        return float(value)
    return str(value) if isinstance(value, str) else value


def _integer(value: int) -> int:
    if value.bit_length() > INTEGER_BITS:
        raise TensorError(f"an integer of more than {INTEGER_BITS} bits cannot be saved")
    return int(value)


def _key(key: object) -> str | int:
    if isinstance(key, str):
        return str(key)
    if isinstance(key, int) and not isinstance(key, bool):
        return _integer(key)
    raise TensorError(f"a dictionary's key {key!r} cannot be saved; strings and integers can")


def _value_of(described: object, arrays: Mapping[str, AnyArray], depth: int) -> object:
    if described is None or isinstance(described, (bool, int, float, str)):
        return described
    if depth > DEPTH_LIMIT or not isinstance(described, list) or len(described) != 2:
        raise ValueError
    kind, content = described
    if kind == "array" and isinstance(content, str) and content in arrays:
        return arrays[content]
    if not isinstance(content, list):
        raise ValueError
    if kind == "dict":
        return dict(_pair_of(one, arrays, depth) for one in content)
    parts = [_value_of(one, arrays, depth + 1) for one in content]
    if kind == "list":
        return parts
    if kind == "tuple":
        return tuple(parts)
    raise ValueError


def _pair_of(pair: object, arrays: Mapping[str, AnyArray], depth: int) -> tuple[str | int, object]:
    if not isinstance(pair, list) or len(pair) != 2:
        raise ValueError
    key, value = pair
    if isinstance(key, bool) or not isinstance(key, (str, int)):
        raise ValueError
    return key, _value_of(value, arrays, depth + 1)

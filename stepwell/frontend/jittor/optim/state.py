"""The state of optimisers as dictionaries that can be saved, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.optim.group import ParamGroup, Setting
from stepwell.frontend.jittor.var import Var, array


class Stateful(Protocol):
    """What `described` and `restore` need of an optimiser."""

    n_step: int
    param_groups: list[ParamGroup]


def described(optimizer: Stateful, names: Sequence[str]) -> dict[str, object]:
    """The settings `names` of the optimiser, and copies of what it keeps."""
    defaults: dict[str, object] = {name: getattr(optimizer, name) for name in names}
    return {
        "defaults": {**defaults, "n_step": optimizer.n_step},
        "param_groups": [_described(group) for group in optimizer.param_groups],
    }


def _described(group: ParamGroup) -> dict[str, object]:
    copies = {
        name: {number: array(one.data, one.dtype) for number, one in kept.items()}
        for name, kept in group.state.items()
    }
    return {**group.settings, "state": copies}


def restore(optimizer: Stateful, names: Sequence[str], state: object) -> None:
    """Sets what `described` gave; all of it, or nothing.

    Raises:
        TensorError: it is of another optimiser or of other parameters.
    """
    whole = _table(state, "the state of an optimiser")
    defaults = _table(whole.get("defaults"), "the settings")
    for name in (*names, "n_step"):
        if not _is_setting(defaults.get(name)):
            raise TensorError(f"the state has no setting '{name}'")
    groups = whole.get("param_groups")
    count = len(groups) if isinstance(groups, Sequence) else 0
    if not isinstance(groups, Sequence) or count != len(optimizer.param_groups):
        raise TensorError(f"the state has {count} groups, not {len(optimizer.param_groups)}")
    pairs = zip(optimizer.param_groups, groups, strict=True)
    found = [_read(group, _table(given, "a group"), names) for group, given in pairs]
    for name in (*names, "n_step"):
        setattr(optimizer, name, defaults[name])
    for group, (settings, kept) in zip(optimizer.param_groups, found, strict=True):
        group.settings, group.state = settings, kept


def _read(
    group: ParamGroup, given: Mapping[str, object], names: Sequence[str]
) -> tuple[dict[str, Setting], dict[str, dict[int, Var]]]:
    settings: dict[str, Setting] = {}
    for name, value in given.items():
        if name == "state":
            continue
        if name not in names or not _is_setting(value):
            raise TensorError(f"the state of a group has an unknown setting '{name}'")
        settings[name] = value  # type: ignore[assignment]
    kept = {
        name: {_number(key, group): _array(group, _number(key, group), one) for key, one in pairs}
        for name, pairs in (
            (name, _table(table, "what is kept").items())
            for name, table in _table(given.get("state"), "what is kept").items()
        )
    }
    return settings, kept


def _array(group: ParamGroup, number: int, value: object) -> Var:
    param = group.params[number]
    made = array(value.data if isinstance(value, Var) else np.asarray(value), param.dtype)
    if made.shape != param.shape:
        raise TensorError(
            f"the state of parameter {number} has the shape {made.shape!r}, not {param.shape!r}"
        )
    return made


def _number(key: object, group: ParamGroup) -> int:
    if not isinstance(key, int) or not 0 <= key < len(group.params):
        raise TensorError(f"the state names a parameter {key!r} that is not there")
    return key


def _table(value: object, what: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise TensorError(f"{what} is no dictionary, but {type(value).__name__}")
    return value


def _is_setting(value: object) -> bool:
    parts = value if isinstance(value, tuple) else (value,)
    return all(isinstance(part, (bool, int, float)) for part in parts)

"""Groups of parameters that are moved alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.var import Var, array

Setting = float | bool | tuple[float, ...]


class ParamGroup:
    """Parameters, and what an optimiser knows about them.

    `group["params"]`, `group["grads"]` and `group["lr"]` read and set what the attributes hold.

    Attributes:
        params: the parameters.
        settings: the optimiser's settings that differ for them, by name.
        grads: the derivatives since the last step, None where there is none.
        state: what the optimiser keeps from step to step: by name, then for each parameter that
            has it, by its number.

    Raises:
        TensorError: something else than a Var of floats is among the parameters, or there is none.
    """

    def __init__(self, params: Iterable[Var], settings: Mapping[str, Setting]) -> None:
        self.params = list(params)
        if not self.params:
            raise TensorError("there are no parameters to optimise")
        for one in self.params:
            if not isinstance(one, Var) or not one.dtype.is_float:
                what = one.dtype if isinstance(one, Var) else type(one).__name__
                raise TensorError(f"parameters are Vars of floats, not {what}")
        self.settings = dict(settings)
        self.grads: list[Var | None] = [None] * len(self.params)
        self.state: dict[str, dict[int, Var]] = {}

    def kept(self, name: str, number: int) -> Var:
        """The state `name` of parameter `number`: zeros at first.

        They are an array from the start, so that the first step is the program of all others.
        """
        known = self.state.setdefault(name, {})
        if number not in known:
            param = self.params[number]
            known[number] = array(np.zeros(param.shape), dtype=param.dtype)
        return known[number]

    def __getitem__(self, name: str) -> object:
        if name in ("params", "grads"):
            return getattr(self, name)
        if name not in self.settings:
            raise KeyError(name)
        return self.settings[name]

    def __setitem__(self, name: str, value: Setting) -> None:
        self.settings[name] = value

    def __contains__(self, name: object) -> bool:
        return name in self.settings or name in ("params", "grads")

    def get(self, name: str, default: object = None) -> object:
        """As for dictionaries."""
        return self[name] if name in self else default

"""Which functions of the library are methods of Vars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from stepwell.frontend.jittor import arrangements, elements, functions
from stepwell.frontend.jittor.item_access import get_item, set_item
from stepwell.frontend.jittor.methods import bind
from stepwell.frontend.jittor.var import Var

_NAMES = {
    functions: (
        "abs exp expm1 log log10 log1p log2 sqrt rsqrt sin cos tan asin acos atan sinh "
        "cosh tanh asinh acosh atanh erf sigmoid floor ceil round sign isnan isinf "
        "isfinite add subtract multiply divide floor_divide mod maximum minimum pow "
        "equal not_equal less less_equal greater greater_equal logical_and logical_or "
        "logical_not ternary clone matmul"
    ),
    arrangements: "squeeze flatten chunk split clamp argmax argmin cumsum cumprod",
    elements: (
        "tril triu masked_fill flip roll repeat unbind index_select gather argsort sort "
        "topk nonzero unique var std norm logsumexp any_ all_"
    ),
}
_ALIASES = {
    "mul": "multiply",
    "div": "divide",
    "copy": "clone",
    "any": "any_",
    "all": "all_",
    "sub": "subtract",
}
_CASTS = {
    "bool": "bool",
    "int8": "int8",
    "int16": "int16",
    "int32": "int32",
    "int64": "int64",
    "float16": "float16",
    "float32": "float32",
    "float64": "float64",
    "half": "float16",
    "float": "float32",
    "double": "float64",
    "int": "int32",
    "long": "int32",
}


def _to(dtype: str) -> Callable[[Var], Var]:
    return lambda x: x.cast(dtype)


def _transposed(x: Var) -> Var:
    return x.transpose()


def bind_methods() -> None:
    """Gives `Var` its methods."""
    found: dict[str, Callable[..., Any]] = {
        name: getattr(module, name) for module, names in _NAMES.items() for name in names.split()
    }
    found |= {name: found[other] for name, other in _ALIASES.items()}
    found |= {name: _to(dtype) for name, dtype in _CASTS.items()}
    found |= {"__getitem__": get_item, "__setitem__": set_item, "t": _transposed}
    bind(Var, found)

"""Functions of the library as methods of Vars: `x.exp()` is `exp(x)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, ClassVar

if TYPE_CHECKING:
    from stepwell.frontend.jittor.var import Var

Method = Callable[..., "Var"]
Several = Callable[..., "tuple[Var, Var]"]
Listing = Callable[..., "list[Var]"]


class Methods:
    """Base of `Var`: what `bind` gives it."""

    __slots__ = ()

    __getitem__: ClassVar[Method]
    __setitem__: ClassVar[Callable[..., None]]
    abs: ClassVar[Method]
    acos: ClassVar[Method]
    acosh: ClassVar[Method]
    add: ClassVar[Method]
    all: ClassVar[Method]
    all_: ClassVar[Method]
    any: ClassVar[Method]
    any_: ClassVar[Method]
    argmax: ClassVar[Several]
    argmin: ClassVar[Several]
    argsort: ClassVar[Several]
    asin: ClassVar[Method]
    asinh: ClassVar[Method]
    atan: ClassVar[Method]
    atanh: ClassVar[Method]
    bool: ClassVar[Method]
    ceil: ClassVar[Method]
    chunk: ClassVar[Listing]
    clamp: ClassVar[Method]
    clone: ClassVar[Method]
    copy: ClassVar[Method]
    cos: ClassVar[Method]
    cosh: ClassVar[Method]
    cumprod: ClassVar[Method]
    cumsum: ClassVar[Method]
    div: ClassVar[Method]
    divide: ClassVar[Method]
    double: ClassVar[Method]
    equal: ClassVar[Method]
    erf: ClassVar[Method]
    exp: ClassVar[Method]
    expm1: ClassVar[Method]
    flatten: ClassVar[Method]
    flip: ClassVar[Method]
    float: ClassVar[Method]
    float16: ClassVar[Method]
    float32: ClassVar[Method]
    float64: ClassVar[Method]
    floor: ClassVar[Method]
    floor_divide: ClassVar[Method]
    gather: ClassVar[Method]
    greater: ClassVar[Method]
    greater_equal: ClassVar[Method]
    half: ClassVar[Method]
    index_select: ClassVar[Method]
    int: ClassVar[Method]
    int16: ClassVar[Method]
    int32: ClassVar[Method]
    int64: ClassVar[Method]
    int8: ClassVar[Method]
    isfinite: ClassVar[Method]
    isinf: ClassVar[Method]
    isnan: ClassVar[Method]
    less: ClassVar[Method]
    less_equal: ClassVar[Method]
    log: ClassVar[Method]
    log10: ClassVar[Method]
    log1p: ClassVar[Method]
    log2: ClassVar[Method]
    logical_and: ClassVar[Method]
    logical_not: ClassVar[Method]
    logical_or: ClassVar[Method]
    logsumexp: ClassVar[Method]
    long: ClassVar[Method]
    masked_fill: ClassVar[Method]
    matmul: ClassVar[Method]
    maximum: ClassVar[Method]
    minimum: ClassVar[Method]
    mod: ClassVar[Method]
    mul: ClassVar[Method]
    multiply: ClassVar[Method]
    nonzero: ClassVar[Method]
    norm: ClassVar[Method]
    not_equal: ClassVar[Method]
    pow: ClassVar[Method]
    repeat: ClassVar[Method]
    roll: ClassVar[Method]
    round: ClassVar[Method]
    rsqrt: ClassVar[Method]
    sigmoid: ClassVar[Method]
    sign: ClassVar[Method]
    sin: ClassVar[Method]
    sinh: ClassVar[Method]
    sort: ClassVar[Several]
    split: ClassVar[Listing]
    sqrt: ClassVar[Method]
    squeeze: ClassVar[Method]
    std: ClassVar[Method]
    sub: ClassVar[Method]
    subtract: ClassVar[Method]
    t: ClassVar[Method]
    tan: ClassVar[Method]
    tanh: ClassVar[Method]
    ternary: ClassVar[Method]
    topk: ClassVar[Several]
    tril: ClassVar[Method]
    triu: ClassVar[Method]
    unbind: ClassVar[Listing]
    unique: ClassVar[Method]
    var: ClassVar[Method]


def bind(cls: type[Methods], functions: dict[str, Callable[..., Any]]) -> None:
    """Makes functions whose first argument is a Var methods of the class.

    Raises:
        TypeError: a method is declared that is not among them, or the other way round.
    """
    declared = Methods.__annotations__.keys()
    if declared != functions.keys():
        raise TypeError(f"methods and functions differ: {declared ^ functions.keys()}")
    for name, function in functions.items():
        setattr(cls, name, function)

"""The functions of the library: creation and arithmetic, by Jittor's names."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from math import inf

import numpy as np

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.dtypes import DType, TensorError, bool_, dtype_of, float32, int32
from stepwell.frontend.jittor.node import Number
from stepwell.frontend.jittor.var import Dims, Operand, Var, array, as_var, held

Sizes = int | Sequence[int]


class _Random:
    """The seed of the program, and how many arrays of random numbers were made with it."""

    def __init__(self, seed: int) -> None:
        self.seed = seed & 0x7FFFFFFF
        self.made = 0

    def next(self) -> int:
        """A seed of its own for each array."""
        self.made += 1
        return (self.seed << 32) | (self.made & 0xFFFFFFFF)


_RANDOM = [_Random(secrets.randbits(31))]


def set_global_seed(seed: int) -> None:
    """Makes the random numbers that follow the same in every run, on every machine."""
    _RANDOM[0] = _Random(seed)


set_seed = seed = set_global_seed


# Creation.


def zeros(*shape: Sizes, dtype: object = float32) -> Var:
    """All zeros."""
    return full(_sizes(shape), 0, dtype)


def ones(*shape: Sizes, dtype: object = float32) -> Var:
    """All ones."""
    return full(_sizes(shape), 1, dtype)


def full(shape: Sizes, value: Number, dtype: object = float32) -> Var:
    """All elements `value`."""
    return Var(ops.full(_sizes((shape,)), value, dtype_of(dtype)))


def zeros_like(x: Var) -> Var:
    """Zeros in the shape and type of `x`."""
    return full(x.shape, 0, x.dtype)


def ones_like(x: Var) -> Var:
    """Ones in the shape and type of `x`."""
    return full(x.shape, 1, x.dtype)


def full_like(x: Var, value: Number, dtype: object = None) -> Var:
    """All elements `value`, in the shape of `x`, and in its type unless `dtype` is given."""
    return full(x.shape, value, x.dtype if dtype is None else dtype)


empty, empty_like = zeros, zeros_like


def linspace(start: Number, end: Number, steps: int) -> Var:
    """`steps` numbers from `start` to `end`, both included, equally far apart."""
    apart = (end - start) / (steps - 1) if steps > 1 else 0.0
    return arange(steps).cast(float32) * float(apart) + float(start)


def arange(
    start: Number = 0, end: Number | None = None, step: Number = 1, dtype: object = None
) -> Var:
    """`start`, `start + step`, ... before `end`; with one argument, from 0 to that."""
    if end is None:
        start, end = 0, start
    if step == 0:
        raise TensorError("the step of arange is 0")
    has_float = any(isinstance(one, float) for one in (start, end, step))
    wanted = dtype_of(dtype) if dtype is not None else float32 if has_float else int32
    count = int(np.maximum(0, np.ceil((end - start) / step)))
    return Var(ops.arange(start, count, step, wanted))


def random(shape: Sizes = (1,), dtype: object = float32, type: str = "uniform") -> Var:
    """Numbers from [0, 1), all equally likely; with type "normal", as `randn`.

    Raises:
        TensorError: there is no such type, or `dtype` is not one of floats.
    """
    if type not in ("uniform", "normal"):
        raise TensorError(f"random numbers are 'uniform' or 'normal', not {type!r}")
    made = ops.random_numbers(type, _sizes((shape,)), _RANDOM[0].next(), _float(dtype))
    return Var(made)


def rand(*shape: Sizes, dtype: object = float32) -> Var:
    """As `random`, with the sizes as arguments."""
    return random(_sizes(shape), dtype)


def randn(*shape: Sizes, dtype: object = float32) -> Var:
    """Numbers with mean 0 and standard deviation 1, normally distributed."""
    return random(_sizes(shape), dtype, "normal")


def normal(mean: Number | Var = 0.0, std: Number | Var = 1.0, size: Sizes | None = None) -> Var:
    """Numbers with that mean and standard deviation, normally distributed; without `size`, in the
    shape that these have."""
    like = [one.shape for one in (mean, std) if isinstance(one, Var)]
    shape = size if size is not None else ops.broadcast_shape(like) if like else (1,)
    return random(shape, float32, "normal") * std + mean


def randint(low: int, high: int | None = None, shape: Sizes = (1,), dtype: object = int32) -> Var:
    """Whole numbers from `low` on and below `high`, all equally likely; with one, from 0 on.

    Raises:
        TensorError: there are none.
    """
    first, end = (0, low) if high is None else (low, high)
    if end <= first:
        raise TensorError(f"there are no numbers from {first} on and below {end}")
    chosen = floor(random(shape, "float64") * float(end - first)).cast(dtype)
    return chosen + first


def randperm(n: int, dtype: object = int32) -> Var:
    """The numbers below `n`, each once, in any order."""
    return array(np.random.default_rng(_RANDOM[0].next()).permutation(n), dtype)


def _float(dtype: object) -> DType:
    wanted = dtype_of(dtype)
    if not wanted.is_float:
        raise TensorError(f"random numbers are floats, not {wanted}")
    return wanted


def _sizes(given: tuple[Sizes, ...]) -> tuple[int, ...]:
    """`f(2, 3)` and `f([2, 3])` mean the same; no sizes mean one element."""
    flat = [size for one in given for size in (one if isinstance(one, Sequence) else (one,))]
    if any(size < 0 for size in flat):
        raise TensorError(f"the shape {flat} has a negative size")
    return tuple(flat) or (1,)


# Arithmetic.


def _unary(name: str, meaning: str) -> Callable[[Operand], Var]:
    def function(x: Operand) -> Var:
        return Var(ops.elementwise(name, as_var(x).node))

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{meaning}, of each element."
    return function


def _binary(name: str, meaning: str) -> Callable[[Operand, Operand], Var]:
    def function(x: Operand, y: Operand) -> Var:
        if isinstance(x, Var) and isinstance(y, (bool, int, float)):
            return ops.with_number(name, x.node, y, False, held)
        if isinstance(y, Var) and isinstance(x, (bool, int, float)):
            return ops.with_number(name, y.node, x, True, held)
        return ops.combined(name, as_var(x).node, as_var(y).node, held)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"{meaning}, of each pair of elements."
    return function


exp = _unary("exp", "e to the power")
log = _unary("log", "The natural logarithm")
log2 = _unary("log2", "The logarithm to base 2")
sqrt = _unary("sqrt", "The square root")
sin = _unary("sin", "The sine")
cos = _unary("cos", "The cosine")
tan = _unary("tan", "The tangent")
tanh = _unary("tanh", "The hyperbolic tangent")
erf = _unary("erf", "The error function")
sigmoid = _unary("sigmoid", "1 / (1 + exp(-x))")
log10 = _unary("log10", "The logarithm to base 10")
log1p = _unary("log1p", "The logarithm of 1 + x")
expm1 = _unary("expm1", "e to the power, less 1")
rsqrt = _unary("rsqrt", "1 / the square root")
asin = _unary("asin", "The arcus sine")
acos = _unary("acos", "The arcus cosine")
atan = _unary("atan", "The arcus tangent")
sinh = _unary("sinh", "The hyperbolic sine")
cosh = _unary("cosh", "The hyperbolic cosine")
asinh = _unary("asinh", "The inverse hyperbolic sine")
acosh = _unary("acosh", "The inverse hyperbolic cosine")
atanh = _unary("atanh", "The inverse hyperbolic tangent")
floor = _unary("floor", "The greatest whole number not above")
ceil = _unary("ceil", "The least whole number not below")
round = _unary("round", "The nearest whole number, the even one of two")
abs = _unary("abs", "The absolute value")
negative = _unary("negative", "The negative")
add = _binary("add", "The sum")
subtract = _binary("subtract", "The difference")
multiply = _binary("multiply", "The product")
divide = _binary("divide", "The quotient")
floor_divide = _binary("floor_divide", "The quotient rounded down")
mod = _binary("mod", "The remainder with the divisor's sign")
maximum = _binary("maximum", "The greater; NaN if one is")
minimum = _binary("minimum", "The smaller; NaN if one is")
equal = _binary("equal", "Whether they are equal")
not_equal = _binary("not_equal", "Whether they differ")
less = _binary("less", "Whether the first is less")
less_equal = _binary("less_equal", "Whether the first is not greater")
greater = _binary("greater", "Whether the first is greater")
greater_equal = _binary("greater_equal", "Whether the first is not less")


def pow(x: Operand, y: Operand) -> Var:
    """`x` to the power `y`, of each pair of elements."""
    return as_var(x) ** y


def logical_and(x: Var, y: Var) -> Var:
    """Whether both are not 0."""
    return Var(ops.binary("logical_and", ops.cast(x.node, bool_), ops.cast(y.node, bool_)))


def logical_or(x: Var, y: Var) -> Var:
    """Whether one is not 0."""
    return Var(ops.binary("logical_or", ops.cast(x.node, bool_), ops.cast(y.node, bool_)))


def logical_not(x: Var) -> Var:
    """Whether it is 0."""
    return Var(ops.elementwise("logical_not", ops.cast(x.node, bool_)))


def sign(x: Var) -> Var:
    """1 where it is positive, -1 where it is negative, else 0, which NaN gives too."""
    return (x > 0).cast(x.dtype) - (x < 0).cast(x.dtype)


def isnan(x: Var) -> Var:
    """Whether it is NaN."""
    return x != x


def isinf(x: Var) -> Var:
    """Whether it is infinite."""
    return abs(x) == inf


def isfinite(x: Var) -> Var:
    """Whether it is neither infinite nor NaN."""
    return abs(x) < inf


def ternary(condition: Var, x: Operand, y: Operand) -> Var:
    """`x` where the condition holds, else `y`."""
    like = next((one.dtype for one in (x, y) if isinstance(one, Var)), None)
    chosen = [as_var(one, like).node for one in (x, y)]
    return Var(ops.elementwise("ternary", ops.cast(condition.node, bool_), *chosen))


def where(condition: Var, x: Operand, y: Operand) -> Var:
    """As `ternary`."""
    return ternary(condition, x, y)


def relu(x: Var) -> Var:
    """`x` where it is positive, else 0."""
    return ternary(x > 0, x, 0)


def clone(x: Var) -> Var:
    """The same value in a Var of its own."""
    return Var(ops.elementwise("copy", x.node))


def matmul(a: Var, b: Var) -> Var:
    """The matrix product over the last two dimensions."""
    return a @ b


def bmm(a: Var, b: Var) -> Var:
    """The matrix products of two batches [batch, rows, columns].

    Raises:
        TensorError: they are no batches of one size, or the matrices do not fit.
    """
    if a.ndim != 3 or b.ndim != 3 or a.shape[0] != b.shape[0]:
        raise TensorError(f"cannot multiply batches of matrices {a.shape!r} and {b.shape!r}")
    return a @ b


def is_var(value: object) -> bool:
    """Whether it is a Var."""
    return isinstance(value, Var)


def reshape(x: Var, shape: Sequence[int]) -> Var:
    """The elements in another shape."""
    return x.reshape(shape)


def transpose(x: Var, *order: int | Sequence[int]) -> Var:
    """The dimensions in another order."""
    return x.transpose(*order)


def broadcast(x: Var, shape: Sequence[int] | Var, dims: Sequence[int] = ()) -> Var:
    """`x` repeated to `shape`."""
    return x.broadcast(shape, dims)


def sum(x: Var, dims: Dims = None, keepdims: bool = False, *, dim: Dims = None) -> Var:
    """The sum over `dims`."""
    return x.sum(dims, keepdims, dim=dim)


def prod(x: Var, dims: Dims = None, keepdims: bool = False, *, dim: Dims = None) -> Var:
    """The product over `dims`."""
    return x.prod(dims, keepdims, dim=dim)


def max(x: Var, dims: Dims = None, keepdims: bool = False, *, dim: Dims = None) -> Var:
    """The greatest element over `dims`."""
    return x.max(dims, keepdims, dim=dim)


def min(x: Var, dims: Dims = None, keepdims: bool = False, *, dim: Dims = None) -> Var:
    """The least element over `dims`."""
    return x.min(dims, keepdims, dim=dim)


def mean(x: Var, dims: Dims = None, keepdims: bool = False, *, dim: Dims = None) -> Var:
    """The mean over `dims`."""
    return x.mean(dims, keepdims, dim=dim)

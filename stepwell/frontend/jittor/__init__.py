"""A tensor library with Jittor's names: `from stepwell.frontend import jittor as jt`.

Operations build a graph; values are computed when they are asked for, by a program that is compiled
once for each structure of graph, whatever the sizes.

x = jt.array([1.0, 2.0])
(x * 2.0 + 1.0).numpy()
"""

from stepwell.frontend.jittor import dataset, lr_scheduler, nn, ops, optim, plans, transform
from stepwell.frontend.jittor import debugging as _debugging  # noqa: F401  (flags that it serves)
from stepwell.frontend.jittor import devices as _devices
from stepwell.frontend.jittor.arrangements import (
    argmax,
    argmin,
    cat,
    chunk,
    clamp,
    concat,
    cumprod,
    cumsum,
    flatten,
    split,
    squeeze,
    stack,
    unsqueeze,
)
from stepwell.frontend.jittor.autograd import enable_grad, grad, no_grad
from stepwell.frontend.jittor.custom_function import Function
from stepwell.frontend.jittor.dtypes import (
    DType,
    TensorError,
    float16,
    float32,
    float64,
    int8,
    int16,
    int32,
    int64,
)
from stepwell.frontend.jittor.flags import flag_scope, flags
from stepwell.frontend.jittor.functions import (
    abs,
    add,
    arange,
    broadcast,
    clone,
    cos,
    divide,
    equal,
    erf,
    exp,
    floor_divide,
    full,
    greater,
    greater_equal,
    less,
    less_equal,
    log,
    log2,
    logical_and,
    logical_not,
    logical_or,
    matmul,
    max,
    maximum,
    mean,
    min,
    minimum,
    mod,
    multiply,
    negative,
    not_equal,
    ones,
    ones_like,
    pow,
    prod,
    rand,
    randn,
    random,
    relu,
    reshape,
    seed,
    set_global_seed,
    set_seed,
    sigmoid,
    sin,
    sqrt,
    subtract,
    sum,
    tan,
    tanh,
    ternary,
    transpose,
    where,
    zeros,
    zeros_like,
)
from stepwell.frontend.jittor.memory import (
    clean,
    clean_graph,
    display_memory_info,
    gc,
    get_max_memory_info,
    get_max_memory_treemap,
    get_mem_info,
    number_of_hold_vars,
    number_of_lived_ops,
    number_of_lived_vars,
)
from stepwell.frontend.jittor.meta_operators import (
    binary,
    reduce,
    reindex,
    reindex_reduce,
    unary,
)
from stepwell.frontend.jittor.nn import Module, init
from stepwell.frontend.jittor.plans import CompileStats, compile_stats, dump
from stepwell.frontend.jittor.profiler import profile_mark, profile_scope, profiler
from stepwell.frontend.jittor.serialization import load, save
from stepwell.frontend.jittor.var import NanoVector, Var, array, sync_all


def dump_ir(x: Var, level: str = "fused") -> str:
    """The program that computes `x`, as text.

    Args:
        x: what is computed, or was, as long as its history is kept for derivatives.
        level: "graph", "meta" (whole-tensor operators, as built), "differentiated", "linalg",
            "fused", "buffers", "loops", "llvm" or "llvm-ir"; or "named" (contractions as linalg's
            named ops).

    Raises:
        TensorError: there is no such level, or `x` is not the result of an operation.
    """
    return dump(x.node, level)


def kernel_count(x: Var) -> int:
    """How many loop nests the program that computes `x` runs, one after the other: a convolution
    with what follows it elementwise is one.

    Raises:
        TensorError: `x` is not the result of an operation.
    """
    return plans.kernel_count(x.node)


def __getattr__(name: str) -> object:
    # Asked of the driver when it is first wanted.
    if name == "has_cuda":
        return _devices.has_cuda()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


__all__ = [
    "transform",
    "Function",
    "CompileStats",
    "DType",
    "Module",
    "NanoVector",
    "TensorError",
    "Var",
    "abs",
    "add",
    "arange",
    "argmax",
    "argmin",
    "array",
    "binary",
    "broadcast",
    "cat",
    "chunk",
    "clamp",
    "clean",
    "clean_graph",
    "clone",
    "compile_stats",
    "concat",
    "cos",
    "cumprod",
    "cumsum",
    "dataset",
    "display_memory_info",
    "divide",
    "dump_ir",
    "enable_grad",
    "equal",
    "erf",
    "exp",
    "flag_scope",
    "flags",
    "flatten",
    "float16",
    "float32",
    "float64",
    "floor_divide",
    "full",
    "gc",
    "get_max_memory_info",
    "get_max_memory_treemap",
    "get_mem_info",
    "grad",
    "greater",
    "greater_equal",
    "init",
    "int16",
    "int32",
    "int64",
    "int8",
    "kernel_count",
    "less",
    "less_equal",
    "load",
    "log",
    "log2",
    "logical_and",
    "logical_not",
    "logical_or",
    "lr_scheduler",
    "matmul",
    "max",
    "maximum",
    "mean",
    "min",
    "minimum",
    "mod",
    "multiply",
    "negative",
    "nn",
    "no_grad",
    "not_equal",
    "number_of_hold_vars",
    "number_of_lived_ops",
    "number_of_lived_vars",
    "ones",
    "ones_like",
    "ops",
    "optim",
    "pow",
    "prod",
    "profile_mark",
    "profile_scope",
    "profiler",
    "rand",
    "randn",
    "random",
    "reduce",
    "reindex",
    "reindex_reduce",
    "relu",
    "reshape",
    "save",
    "seed",
    "set_global_seed",
    "set_seed",
    "sigmoid",
    "sin",
    "split",
    "sqrt",
    "squeeze",
    "stack",
    "subtract",
    "sum",
    "sync_all",
    "tan",
    "tanh",
    "ternary",
    "transpose",
    "unary",
    "unsqueeze",
    "where",
    "zeros",
    "zeros_like",
]

"""The operations on nodes: each checks its operands, infers shape and type, and appends one node.

Nothing is computed here. How operands of different shapes meet is said by *masks*: the dimension of
the result that each dimension of an operand runs along, or STRETCHED where its one element is
repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import TypeVar

from stepwell.frontend.jittor.dtypes import (
    DType,
    TensorError,
    bool_,
    floating,
    int32,
    promoted,
)
from stepwell.frontend.jittor.node import (
    Instruction,
    Node,
    Number,
    Shape,
    constant,
    instruction,
    new_node,
    new_node_of,
    new_sized_node,
)
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap

Key = TypeVar("Key")
Kept = TypeVar("Kept")
Mask = tuple[int, ...]
STRETCHED = -1

COMPARISONS = frozenset(("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"))
FLOAT_FUNCTIONS = frozenset(
    (
        "exp",
        "log",
        "log2",
        "sqrt",
        "sin",
        "cos",
        "tan",
        "tanh",
        "sigmoid",
        "erf",
        "divide",
        "log10",
        "log1p",
        "expm1",
        "rsqrt",
        "asin",
        "acos",
        "atan",
        "sinh",
        "cosh",
        "asinh",
        "acosh",
        "atanh",
        "floor",
        "ceil",
        "round",
    )
)
LOGICAL = frozenset(("logical_and", "logical_or", "logical_not"))

# What operators came to before, found without looking at types and shapes again.
_ALIKE: dict[tuple[str, Instruction, Instruction], Instruction] = {}
_WITH_NUMBERS: dict[
    tuple[str, bool, Instruction, Number, type[Number]], tuple[Instruction, Node]
] = {}
_TABLE_LIMIT = 16384


def result_dtype(name: str, dtypes: Sequence[DType]) -> DType:
    """The element type of a scalar function's result."""
    if name in COMPARISONS or name in LOGICAL:
        return bool_
    common = dtypes[0]
    for other in dtypes[1:]:
        common = promoted(common, other)
    return floating(common) if name in FLOAT_FUNCTIONS else common


Make = Callable[[Instruction, tuple[Node, ...], Shape], Kept]
"""Makes what holds a new node of an instruction, its inputs and its shape, or the node itself."""


def binary(name: str, a: Node, b: Node) -> Node:
    """A function of two numbers, for all elements."""
    return combined(name, a, b, new_node)


def combined(name: str, a: Node, b: Node, make: Make[Kept]) -> Kept:
    """As `binary`, and what `make` makes of the node."""
    shape = a.shape
    if shape == b.shape:
        key = (name, a.instruction, b.instruction)
        found = _ALIKE.get(key)
        if found is None:
            _bound(_ALIKE)
            found = _ALIKE[key] = elementwise_instruction(name, (a, b), shape)
        return make(found, (a, b), shape)
    shape = broadcast_shape((a.shape, b.shape))
    return make(elementwise_instruction(name, (a, b), shape), (a, b), shape)


def with_number(name: str, a: Node, number: Number, swapped: bool, make: Make[Kept]) -> Kept:
    """A function of each element and a number; of the number and each element if `swapped`; and
    what `make` makes of the node."""
    key = (name, swapped, a.instruction, number, number.__class__)
    # Zeros of both signs are equal; nan would never be found.
    kept = _WITH_NUMBERS.get(key) if number else None
    if kept is None:
        kept = _with_number(name, a, number, swapped)
        if number and number == number:
            _bound(_WITH_NUMBERS)
            _WITH_NUMBERS[key] = kept
    found, b = kept
    return make(found, (b, a) if swapped else (a, b), a.shape)


def _with_number(name: str, a: Node, number: Number, swapped: bool) -> tuple[Instruction, Node]:
    """The instruction of `with_number`, and the number's node."""
    dtype = a.instruction.dtype
    if isinstance(number, float) and not dtype.is_float:
        dtype = floating(dtype)
    elif dtype.kind == "bool" and not isinstance(number, bool):
        dtype = promoted(dtype, int32)
    b = constant(number, dtype)
    return elementwise_instruction(name, (b, a) if swapped else (a, b), a.shape), b


def _bound(table: dict[Key, Kept]) -> None:
    """Empties a table that is full."""
    if len(table) >= _TABLE_LIMIT:
        table.clear()


def elementwise(name: str, *inputs: Node) -> Node:
    """A function of numbers, for all elements of the broadcast operands."""
    shape = broadcast_shape([one.shape for one in inputs])
    return new_node(elementwise_instruction(name, inputs, shape), inputs, shape)


def elementwise_instruction(name: str, inputs: Sequence[Node], shape: Shape) -> Instruction:
    """The instruction of `elementwise`, with the masks of the operands."""
    considered = inputs[1:] if name == "ternary" else inputs
    dtype = result_dtype(name, [one.dtype for one in considered])
    masks = tuple(broadcast_mask(one.shape, shape) for one in inputs)
    return instruction(name, dtype, len(shape), masks)


def broadcast_shape(shapes: Sequence[Shape]) -> Shape:
    """The shape that all of `shapes` broadcast to.

    Raises:
        TensorError: there is none.
    """
    rank = max(len(shape) for shape in shapes)
    sizes = [1] * rank
    for shape in shapes:
        for dim, size in enumerate(shape, rank - len(shape)):
            if size == 1 or size == sizes[dim]:
                continue
            if sizes[dim] != 1:
                listed = ", ".join(str(list(one)) for one in shapes)
                raise TensorError(f"shapes {listed} cannot be broadcast together")
            sizes[dim] = size
    return tuple(sizes)


@lru_cache(4096)
def broadcast_mask(shape: Shape, target: Shape) -> Mask:
    """How an operand of `shape` takes part in a result of shape `target`."""
    first = len(target) - len(shape)
    return tuple(dim if size == target[dim] else STRETCHED for dim, size in enumerate(shape, first))


def cast(a: Node, dtype: DType) -> Node:
    """The elements converted to `dtype`; floats are cut off at integers."""
    if a.dtype is dtype:
        return a
    masks = (tuple(range(len(a.shape))),)
    return new_node(instruction("copy", dtype, len(a.shape), masks), (a,), a.shape)


def detached(a: Node, stopped: type[Node]) -> Node:
    """A copy of `a` of the class `stopped`."""
    masks = (tuple(range(len(a.shape))),)
    name = "stop_gradient" if stopped.stops_gradient else "copy"
    return new_node_of(stopped, instruction(name, a.dtype, len(a.shape), masks), (a,), a.shape)


def broadcast_to(a: Node, shape: Shape) -> Node:
    """`a` repeated to `shape`.

    Raises:
        TensorError: it does not broadcast to that.
    """
    if a.shape == shape:
        return a
    if broadcast_shape((a.shape, shape)) != shape:
        raise TensorError(f"shape {list(a.shape)} cannot be broadcast to {list(shape)}")
    return spread(a, broadcast_mask(a.shape, shape), shape)


def spread(a: Node, mask: Mask, shape: Shape) -> Node:
    """`a` with its dimensions where `mask` says, repeated to `shape`."""
    made = instruction("copy", a.dtype, len(shape), (mask,))
    return new_sized_node(made, (a,), shape, shape)


def transpose(a: Node, order: Sequence[int]) -> Node:
    """Dimension `i` of the result is dimension `order[i]` of `a`."""
    rank = len(a.shape)
    wanted = [dimension(dim, rank) for dim in order]
    if sorted(wanted) != list(range(rank)):
        raise TensorError(f"{list(order)} is not an order of {rank} dimensions")
    mask = tuple(wanted.index(dim) for dim in range(rank))
    shape = tuple(a.shape[dim] for dim in wanted)
    return new_node(instruction("copy", a.dtype, rank, (mask,)), (a,), shape)


def reshape(a: Node, shape: Sequence[int]) -> Node:
    """The elements in row-major order, in another shape; one size may be -1.

    Raises:
        TensorError: the number of elements differs.
    """
    wanted = _with_inferred_size(a.shape, tuple(shape))
    if wanted == a.shape:
        return a
    return new_sized_node(instruction("reshape", a.dtype, len(wanted)), (a,), wanted, wanted)


def _with_inferred_size(shape: Shape, wanted: Shape) -> Shape:
    total, known, unknown = element_count(shape), 1, wanted.count(-1)
    for size in wanted:
        known *= 1 if size == -1 else size
    if unknown == 1 and known > 0 and total % known == 0:
        return tuple(total // known if size == -1 else size for size in wanted)
    if unknown or known != total:
        raise TensorError(f"cannot reshape {list(shape)} to {list(wanted)}")
    return wanted


def element_count(shape: Shape) -> int:
    """The number of elements."""
    total = 1
    for size in shape:
        total *= size
    return total


def reduce(name: str, a: Node, dims: Sequence[int] | None, keepdims: bool) -> Node:
    """The sum, product, maximum or minimum along `dims` (None or none given: all).

    Without dimensions left the shape is `[1]`, as Jittor's.

    Raises:
        TensorError: a dimension is out of range, or there is nothing to take the maximum of.
    """
    rank = len(a.shape)
    gone = sorted({dimension(dim, rank) for dim in dims}) if dims else list(range(rank))
    if name in ("maximum", "minimum") and any(a.shape[dim] == 0 for dim in gone):
        raise TensorError(f"there is no {name} of no elements: shape {list(a.shape)}")
    made = reduced(name, a, tuple(gone))
    kept = tuple(dim for dim in range(rank) if dim not in gone)
    if keepdims:
        shape = tuple(1 if dim in gone else size for dim, size in enumerate(a.shape))
        return spread(made, kept, shape)
    return made if kept else spread(made, (), (1,))


def reduced(name: str, a: Node, gone: tuple[int, ...]) -> Node:
    """As `reduce` over the dimensions `gone`, but of shape `()` without dimensions left."""
    shape = tuple(size for dim, size in enumerate(a.shape) if dim not in gone)
    dtype = promoted(a.dtype, int32) if name == "add" else a.dtype
    return new_node(instruction("reduce", dtype, len(shape), (name, gone)), (a,), shape)


def scanned(name: str, a: Node, dim: int) -> Node:
    """The sums ("add") or products ("multiply") of all elements up to each along `dim`."""
    axis = dimension(dim, len(a.shape))
    wide = cast(a, promoted(a.dtype, int32))
    made = instruction("scan", wide.dtype, len(a.shape), (name, axis))
    return new_node(made, (wide,), a.shape)


def dimension(dim: int, rank: int) -> int:
    """The number of a dimension, counted from the start; raises TensorError if there is none."""
    if not -rank <= dim < rank:
        raise TensorError(f"dimension {dim} is out of range for {rank} dimensions")
    return dim % rank


def matmul(a: Node, b: Node) -> Node:
    """The matrix product over the last two dimensions; those before are broadcast. A vector is a
    row on the left and a column on the right, and that dimension goes from the result.

    Raises:
        TensorError: the sizes do not fit.
    """
    if len(a.shape) == 1 or len(b.shape) == 1:
        return _with_vectors(a, b)
    if not a.shape or not b.shape or a.shape[-1] != b.shape[-2]:
        raise TensorError(f"cannot multiply matrices of {list(a.shape)} and {list(b.shape)}")
    dtype = promoted(a.dtype, b.dtype)
    if a.dtype.kind == "bool" or b.dtype.kind == "bool":
        raise TensorError("there is no matrix product of bool; cast to a number first")
    a, b = cast(a, dtype), cast(b, dtype)
    batch = broadcast_shape((a.shape[:-2], b.shape[:-2]))
    shape = (*batch, a.shape[-2], b.shape[-1])
    rank = len(shape)
    # The dimension that is summed is numbered after those of the result.
    masks = (
        (*broadcast_mask(a.shape[:-2], batch), rank - 2, rank),
        (*broadcast_mask(b.shape[:-2], batch), rank, rank - 1),
    )
    return new_node(instruction("matmul", dtype, rank, masks), (a, b), shape)


def _with_vectors(a: Node, b: Node) -> Node:
    row, column = len(a.shape) == 1, len(b.shape) == 1
    left = reshape(a, (1, *a.shape)) if row else a
    right = reshape(b, (*b.shape, 1)) if column else b
    if left.shape[-1] != right.shape[-2]:
        raise TensorError(f"cannot multiply {list(a.shape)} and {list(b.shape)}")
    made = matmul(left, right)
    shape = list(made.shape)
    if column:
        shape.pop()
    if row:
        shape.pop(len(made.shape) - 2)
    return reshape(made, shape or [1])


def full(shape: Shape, number: Number, dtype: DType) -> Node:
    """All elements the same."""
    return spread(constant(number, dtype), (), shape)


def arange(start: Number, count: int, step: Number, dtype: DType) -> Node:
    """`start`, `start + step`, ..., `count` of them."""
    inputs = (constant(start, dtype), constant(step, dtype))
    return new_sized_node(instruction("arange", dtype, 1), inputs, (count,), (count,))


def slice_of(a: Node, starts: Shape, counts: Shape, steps: Shape, dropped: Shape) -> Node:
    """A rectangle of elements, `steps` apart; the dimensions in `dropped` (of count 1) go."""
    shape = tuple(count for dim, count in enumerate(counts) if dim not in dropped)
    made = instruction("slice", a.dtype, len(shape), (dropped,))
    return new_sized_node(made, (a,), shape, (*starts, *counts, *steps))


def unslice(a: Node, shape: Shape, sizes: Shape, dropped: Shape) -> Node:
    """Zeros of `shape` with `a` where `slice_of` with these sizes would read."""
    made = instruction("unslice", a.dtype, len(shape), (dropped,))
    return new_sized_node(made, (a,), shape, (*shape, *sizes))


def power(a: Node, exponent: int) -> Node:
    """`a` times itself, for an exponent of at least 1: exact for integers."""
    result: Node | None = None
    square = a
    while True:
        if exponent & 1:
            result = square if result is None else binary("multiply", result, square)
        exponent >>= 1
        if not exponent:
            assert result is not None
            return result
        square = binary("multiply", square, square)


def over_count(a: Node, count: int) -> Node:
    """Each element divided by `count`, which is a size and so no part of the code."""
    dtype = floating(a.dtype)
    masks = (tuple(range(len(a.shape))),)
    made = instruction("over_count", dtype, len(a.shape), masks)
    return new_sized_node(made, (a,), a.shape, (count,))


def mean(a: Node, dims: Sequence[int] | None, keepdims: bool) -> Node:
    """The sum over `dims` by the number of elements summed; NaN if there are none."""
    wide = cast(a, floating(a.dtype))
    total = reduce("add", wide, dims, keepdims)
    rank = len(a.shape)
    gone = {dimension(dim, rank) for dim in dims} if dims else range(rank)
    return over_count(total, element_count(tuple(a.shape[dim] for dim in gone)))


def reindexed(
    a: Node, shape: Shape, map: AffineMap, otherwise: Node | None = None, symbols: Shape = ()
) -> Node:
    """The elements `a[map(i)]` for all `i` in `shape`; the constant `otherwise` where that is not
    inside `a`, which may be None if that is nowhere.

    `symbols` are the values of the map's symbols.
    """
    if map.num_dims != len(shape) or map.num_results != len(a.shape):
        raise TensorError(
            f"{map.num_results} indices over {map.num_dims} dimensions "
            f"do not take {list(a.shape)} to {list(shape)}"
        )
    kept = tuple(_same_size(a.shape, map, dim, size) for dim, size in enumerate(shape))
    made = instruction("reindex", a.dtype, len(shape), (map, kept))
    inputs = (a,) if otherwise is None else (a, otherwise)
    return new_sized_node(made, inputs, shape, (*shape, *symbols))


def _same_size(shape: Shape, map: AffineMap, dim: int, size: int) -> int:
    """The dimension of the operand that `dim` alone runs along, over all its size; -1 if none."""
    for place, expr in enumerate(map.results):
        if isinstance(expr, AffineDim) and expr.position == dim and shape[place] == size:
            return place
    return -1


def reindex_reduced(name: str, a: Node, shape: Shape, map: AffineMap, symbols: Shape = ()) -> Node:
    """The transpose of `reindexed`: in `shape`, each element of `a` is combined into place
    `map(i)`; what falls outside is dropped."""
    if map.num_dims != len(a.shape) or map.num_results != len(shape):
        raise TensorError(
            f"{map.num_results} indices over {map.num_dims} dimensions "
            f"do not take {list(a.shape)} to {list(shape)}"
        )
    dtype = promoted(a.dtype, int32) if name == "add" else a.dtype
    made = instruction("reindex_reduce", dtype, len(shape), (map, name))
    return new_sized_node(made, (a,), shape, (*shape, *symbols))


def gathered(table: Node, indices: Node) -> Node:
    """The rows `table[i]` for all `i` in `indices`, which must be integers in range."""
    if indices.dtype.kind != "int":
        raise TensorError(f"indices are integers, not {indices.dtype}")
    shape = (*indices.shape, *table.shape[1:])
    return new_node(instruction("gather", table.dtype, len(shape)), (table, indices), shape)


def concatenated(parts: Sequence[Node], dim: int) -> Node:
    """The parts one after the other along `dim`.

    Raises:
        TensorError: there are none, or other sizes differ.
    """
    if not parts:
        raise TensorError("there is nothing to concatenate")
    rank = len(parts[0].shape)
    along = dimension(dim, rank)
    dtype = parts[0].dtype
    for one in parts[1:]:
        dtype = promoted(dtype, one.dtype)
        others = [shape[:along] + shape[along + 1 :] for shape in (parts[0].shape, one.shape)]
        if len(one.shape) != rank or others[0] != others[1]:
            shapes = ", ".join(str(list(part.shape)) for part in parts)
            raise TensorError(f"cannot concatenate shapes {shapes} along dimension {along}")
    if len(parts) == 1:
        return parts[0]
    shape = list(parts[0].shape)
    shape[along] = sum(one.shape[along] for one in parts)
    made = instruction("concat", dtype, rank, (along,))
    inputs = tuple(cast(one, dtype) for one in parts)
    return new_sized_node(made, inputs, tuple(shape), (shape[along],))


def random_numbers(distribution: str, shape: Shape, seed: int, dtype: DType) -> Node:
    """Random floats, which depend on the seed alone. To what needs them they are a leaf."""
    made = instruction("random", dtype, len(shape), (distribution,))
    return new_sized_node(made, (), shape, (*shape, seed))

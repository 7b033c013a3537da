"""`Var`: what a program holds of the lazy graph."""

from __future__ import annotations

import weakref
from collections.abc import Iterator, Sequence
from typing import Protocol

import numpy as np

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.devices import has_cuda, warn_of_fallback
from stepwell.frontend.jittor.dtypes import (
    AnyArray,
    DType,
    TensorError,
    bool_,
    dtype_of,
    float32,
    float64,
    int32,
    int64,
    promoted,
)
from stepwell.frontend.jittor.failures import failure
from stepwell.frontend.jittor.gradients import CalledNode, node_gradients, sources_of
from stepwell.frontend.jittor.methods import Methods
from stepwell.frontend.jittor.node import (
    Instruction,
    Node,
    Number,
    Shape,
    StateNode,
    StoppedNode,
    instruction,
    leaf,
    new_node,
    new_node_of,
    next_serial,
)
from stepwell.frontend.jittor.operations import combined
from stepwell.frontend.jittor.plans import execute, host_value, put_on_device, schedule
from stepwell.frontend.jittor.shapes import NanoVector
from stepwell.frontend.jittor.targets import CUDA, target
from stepwell.runtime.calls import OutOfMemoryError
from stepwell.runtime.cuda.arrays import DeviceArray
from stepwell.runtime.pooled import pooled_copy

Dims = int | Sequence[int] | None

_ALIVE: list[weakref.ref[Var]] = []
_FEW = 512  # so few that Python's garbage collector does not come to count them as old
_PRUNE_AT = [_FEW]
_reference = weakref.ref  # looked up once: each operation makes one


class _Recording:
    """Whether derivatives can be taken of what is being computed, and whether Vars are watched."""

    enabled = True
    watched = False


RECORDING = _Recording()


class FindsDerivatives(Protocol):
    """An optimiser, as far as a Var needs to know it."""

    def find_grad(self, param: Var) -> Var:
        """The derivative by a parameter."""


class Var(Methods):
    """An array that is computed when its value is asked for.

    Made by `array` and the other functions of the library, and by operations on Vars; shape and
    element type are known at once. Errors of use raise `TensorError`.
    """

    __slots__ = ("__weakref__", "_grad", "node")
    __array_ufunc__ = None
    _grad: Var | None

    def __init__(self, node: Node) -> None:
        if not RECORDING.enabled and node.inputs and not node.stops_gradient:
            node = ops.detached(node, StoppedNode)
        self.node = node
        # As _hold does, without the call: this runs for every operation.
        node.holder = reference = _reference(self)
        _ALIVE.append(reference)
        if len(_ALIVE) > _PRUNE_AT[0]:
            _prune()

    # What is known before anything is computed.

    @property
    def shape(self) -> NanoVector:
        """The sizes; a single number has `[1,]`."""
        return NanoVector(self.node.shape)

    @property
    def dtype(self) -> DType:
        """The element type, which equals its name."""
        return self.node.instruction.dtype

    @property
    def ndim(self) -> int:
        """The number of dimensions."""
        return len(self.node.shape)

    def location(self) -> str:
        """Where the value is: "none" before it is computed, then "cpu" or "device"."""
        value = self.node.value
        return "none" if value is None else "device" if isinstance(value, DeviceArray) else "cpu"

    @property
    def device(self) -> str:
        """The device that holds it, or would compute it."""
        where = self.location()
        on_device = where == "device" or (where == "none" and target() == CUDA)
        return "cuda" if on_device else "cpu"

    def cuda(self) -> Var:
        """The Var, its value on the CUDA device; without one it stays here, with a warning."""
        if not has_cuda():
            warn_of_fallback()
        elif isinstance(self.node.value, np.ndarray):
            put_on_device(self.node)
        return self

    def cpu(self) -> Var:
        """The Var, its value, if there is one, on the host."""
        if self.node.value is not None:
            host_value(self.node)
        return self

    def numel(self) -> int:
        """The number of elements."""
        return ops.element_count(self.node.shape)

    def __len__(self) -> int:
        return self.node.shape[0]

    # Values.

    def sync(self) -> Var:
        """Computes the value now."""
        if self.node.value is None:
            execute((self.node,))
        return self

    @property
    def data(self) -> AnyArray:
        """The value, without a copy if the host has it."""
        node = self.node
        if node.value is None:
            execute((node,))
        value = node.value
        return value if type(value) is np.ndarray else host_value(node)

    def numpy(self) -> AnyArray:
        """A copy of the value."""
        return self.data.copy()

    def item(self) -> Number:
        """The value of a Var of one element, as a Python number."""
        if self.numel() != 1:
            raise TensorError(f"item() wants one element; the shape is {self.shape!r}")
        number: Number = self.data.item()
        return number

    def tolist(self) -> object:
        """The value as nested lists."""
        return self.data.tolist()

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __bool__(self) -> bool:
        return bool(self.item())

    def __iter__(self) -> Iterator[Var]:
        return (self[i] for i in range(len(self)))

    def __repr__(self) -> str:
        return f"jt.Var({self.data}, dtype={self.dtype})"

    # Holding something else.

    def assign(self, other: Var) -> Var:
        """Makes this Var hold what `other` does; what was computed from it before is unchanged.

        Whether derivatives by this Var are wanted stays as it is.
        """
        node = other.node
        if self.is_stop_grad() != other.is_stop_grad():
            node = _as_class(node, StoppedNode) if self.is_stop_grad() else _as_state(node)
        self._hold(node)
        return self

    def update(self, other: Var) -> Var:
        """As `assign`, but as a constant for derivatives, and computed with the next value that is
        asked for: for the state of models and optimisers."""
        self._hold(ops.detached(other.node, StoppedNode if self.is_stop_grad() else StateNode))
        schedule(weakref.ref(self))
        return self

    def _hold(self, node: Node) -> None:
        self.node = node
        node.holder = reference = weakref.ref(self)
        _ALIVE.append(reference)

    def _another(self, node: Node) -> Var:
        """A Var of `node`, or of a copy if that is the node that this Var holds: a node knows one
        holder only."""
        return Var(ops.detached(node, Node) if node is self.node else node)

    def detach(self) -> Var:
        """The same value, as a constant for derivatives."""
        return Var(ops.detached(self.node, StoppedNode))

    def stop_grad(self) -> Var:
        """Makes this Var a constant for derivatives; optimisers pass it by."""
        if not self.is_stop_grad():
            self._hold(_as_class(self.node, StoppedNode))
        return self

    def start_grad(self) -> Var:
        """Makes this Var one that derivatives are wanted of; what came before it stays as it is."""
        if self.is_stop_grad():
            self._hold(_as_class(self.node, StateNode))
        return self

    def is_stop_grad(self) -> bool:
        """Whether no derivative by this Var is wanted."""
        return self.node.stops_gradient and not isinstance(self.node, (StateNode, CalledNode))

    @property
    def requires_grad(self) -> bool:
        """Whether derivatives by this Var may be wanted."""
        return not self.is_stop_grad()

    @requires_grad.setter
    def requires_grad(self, wanted: bool) -> None:
        self.start_grad() if wanted else self.stop_grad()

    # Derivatives.

    def backward(self) -> None:
        """Adds the derivatives of the sum of this Var to the `grad` of the Vars it is computed from
        that are given values, as parameters are, and not marked by `stop_grad`.

        Raises:
            TensorError: this Var is not of floats.
        """
        if not self.dtype.is_float:
            raise TensorError(f"derivatives need a loss of floats, not of {self.dtype}")
        pairs = [(node, node.holder()) for node in sources_of(self.node)]
        sources = [(node, one) for node, one in pairs if isinstance(one, Var)]
        found = node_gradients(self.node, [node for node, _ in sources])
        for g, (_, one) in zip(found, sources, strict=True):
            if g is not None:
                before = one.grad
                one.grad = Var(g) if before is None else before + Var(g)

    @property
    def grad(self) -> Var | None:
        """What `backward` has added up; None at first. Set it to None to start anew."""
        return getattr(self, "_grad", None)

    @grad.setter
    def grad(self, value: Var | None) -> None:
        self._grad = value

    def opt_grad(self, optimizer: FindsDerivatives) -> Var:
        """The derivative by this parameter that `optimizer` goes by in its next step.

        Raises:
            TensorError: there is none.
        """
        return optimizer.find_grad(self)

    # Shapes.

    def reshape(self, *shape: int | Sequence[int]) -> Var:
        """The elements in another shape; one size may be -1."""
        return self._another(ops.reshape(self.node, _listed(shape) or (1,)))

    view = reshape

    def transpose(self, *order: int | Sequence[int]) -> Var:
        """The dimensions in another order; without one, reversed. Two numbers are exchanged where
        there are more dimensions."""
        wanted = list(_listed(order)) or list(range(self.ndim))[::-1]
        if len(wanted) == 2 and self.ndim > 2:
            a, b = wanted
            wanted = list(range(self.ndim))
            wanted[a], wanted[b] = wanted[b], wanted[a]
        return Var(ops.transpose(self.node, wanted))

    permute = transpose

    @property
    def T(self) -> Var:
        """The dimensions reversed."""
        return self.transpose()

    def broadcast(self, shape: Sequence[int] | Var, dims: Sequence[int] = ()) -> Var:
        """Repeated to `shape`. `dims` are the dimensions of the result that this Var lacks; without
        them sizes are aligned at the end."""
        wanted = tuple(shape.shape if isinstance(shape, Var) else shape)
        node = self.node
        if dims:
            new = {dim % len(wanted) for dim in dims}
            sizes = iter(node.shape)
            node = ops.reshape(node, [1 if d in new else next(sizes) for d in range(len(wanted))])
        return self._another(ops.broadcast_to(node, wanted))

    expand = broadcast

    def unsqueeze(self, dim: int) -> Var:
        """A dimension of size 1 before `dim`."""
        shape = list(self.node.shape)
        shape.insert(dim if dim >= 0 else dim + len(shape) + 1, 1)
        return self.reshape(shape)

    def cast(self, dtype: object) -> Var:
        """The elements as another type."""
        return self._another(ops.cast(self.node, dtype_of(dtype)))

    astype = cast

    # Reductions.

    def sum(self, dims: Dims = None, keepdims: bool = False, *, dim: Dims = None) -> Var:
        """The sum over `dims`."""
        return Var(ops.reduce("add", self.node, _dims(dims, dim), keepdims))

    def prod(self, dims: Dims = None, keepdims: bool = False, *, dim: Dims = None) -> Var:
        """The product over `dims`."""
        return Var(ops.reduce("multiply", self.node, _dims(dims, dim), keepdims))

    def max(self, dims: Dims = None, keepdims: bool = False, *, dim: Dims = None) -> Var:
        """The greatest element over `dims`; NaN if there is one."""
        return Var(ops.reduce("maximum", self.node, _dims(dims, dim), keepdims))

    def min(self, dims: Dims = None, keepdims: bool = False, *, dim: Dims = None) -> Var:
        """The least element over `dims`; NaN if there is one."""
        return Var(ops.reduce("minimum", self.node, _dims(dims, dim), keepdims))

    def mean(self, dims: Dims = None, keepdims: bool = False, *, dim: Dims = None) -> Var:
        """The mean over `dims`; NaN of nothing."""
        return Var(ops.mean(self.node, _dims(dims, dim), keepdims))

    # Operators.

    def __add__(self, other: Operand) -> Var:
        if other.__class__ is Var:
            return combined("add", self.node, other.node, held)
        return _binary("add", self, other)

    def __sub__(self, other: Operand) -> Var:
        if other.__class__ is Var:
            return combined("subtract", self.node, other.node, held)
        return _binary("subtract", self, other)

    def __mul__(self, other: Operand) -> Var:
        if other.__class__ is Var:
            return combined("multiply", self.node, other.node, held)
        return _binary("multiply", self, other)

    def __radd__(self, other: Operand) -> Var:
        return _binary("add", self, other)

    def __rmul__(self, other: Operand) -> Var:
        return _binary("multiply", self, other)

    def __rsub__(self, other: Operand) -> Var:
        return _binary("subtract", self, other, swapped=True)

    def __truediv__(self, other: Operand) -> Var:
        return _binary("divide", self, other)

    def __rtruediv__(self, other: Operand) -> Var:
        return _binary("divide", self, other, swapped=True)

    def __floordiv__(self, other: Operand) -> Var:
        return _binary("floor_divide", self, other)

    def __rfloordiv__(self, other: Operand) -> Var:
        return _binary("floor_divide", self, other, swapped=True)

    def __mod__(self, other: Operand) -> Var:
        return _binary("mod", self, other)

    def __rmod__(self, other: Operand) -> Var:
        return _binary("mod", self, other, swapped=True)

    def __pow__(self, other: Operand) -> Var:
        if isinstance(other, int) and not isinstance(other, bool) and 1 <= other <= 64:
            return self._another(ops.power(self.node, other))
        return _power(self, as_var(other, self.dtype))

    def __rpow__(self, other: Operand) -> Var:
        return _power(as_var(other, self.dtype), self)

    def __matmul__(self, other: Operand) -> Var:
        return Var(ops.matmul(self.node, as_var(other).node))

    def __rmatmul__(self, other: Operand) -> Var:
        return Var(ops.matmul(as_var(other).node, self.node))

    def __neg__(self) -> Var:
        return Var(ops.elementwise("negative", self.node))

    def __abs__(self) -> Var:
        return Var(ops.elementwise("abs", self.node))

    def __invert__(self) -> Var:
        """Of bools only: not."""
        return Var(ops.elementwise("logical_not", ops.cast(self.node, bool_)))

    def __lt__(self, other: Operand) -> Var:
        return _binary("less", self, other)

    def __le__(self, other: Operand) -> Var:
        return _binary("less_equal", self, other)

    def __gt__(self, other: Operand) -> Var:
        return _binary("greater", self, other)

    def __ge__(self, other: Operand) -> Var:
        return _binary("greater_equal", self, other)

    def __eq__(self, other: Operand) -> Var:  # type: ignore[override]
        return _binary("equal", self, other)

    def __ne__(self, other: Operand) -> Var:  # type: ignore[override]
        return _binary("not_equal", self, other)

    __hash__ = object.__hash__


_new_var = object.__new__


def held(made: Instruction, inputs: tuple[Node, ...], shape: Shape) -> Var:
    """A Var of a new node: `Var(new_node(...))` in one call, since this runs for every operator."""
    if RECORDING.watched or not RECORDING.enabled:
        return Var(new_node(made, inputs, shape))
    node = Node()
    node.instruction = made
    node.inputs = inputs
    node.shape = shape
    node.value = None
    node.serial = next_serial()
    var = _new_var(Var)
    var.node = node
    node.holder = reference = _reference(var)
    _ALIVE.append(reference)
    if len(_ALIVE) > _PRUNE_AT[0]:
        _prune()
    return var


Operand = Var | Number | AnyArray | np.generic | Sequence[object]
"""What an operator takes beside a Var."""


def _binary(name: str, a: Var, b: Operand, swapped: bool = False) -> Var:
    if isinstance(b, (bool, int, float)):
        return ops.with_number(name, a.node, b, swapped, held)
    first, second = a.node, as_var(b).node
    return combined(name, second, first, held) if swapped else combined(name, first, second, held)


def _power(a: Var, b: Var) -> Var:
    """Integers go through float64, which holds all results that 32 bits do."""
    dtype = ops.result_dtype("power", (a.dtype, b.dtype))
    if dtype.is_float:
        return Var(ops.binary("power", ops.cast(a.node, dtype), ops.cast(b.node, dtype)))
    if dtype.numpy.itemsize > 4:
        raise TensorError("powers of int64 are supported for exponents from 1 to 64 only")
    made = ops.binary("power", ops.cast(a.node, float64), ops.cast(b.node, float64))
    return Var(ops.cast(made, promoted(dtype, int32)))


def array(value: Operand, dtype: object = None) -> Var:
    """A Var with a copy of `value`. Without `dtype`, 64-bit numbers become 32-bit ones, as
    Jittor's.

    Raises:
        TensorError: the value is no array of numbers.
    """
    if isinstance(value, Var):
        return value.cast(dtype) if dtype is not None else Var(ops.detached(value.node, Node))
    try:
        found = np.asarray(value)
        wanted = dtype_of(dtype) if dtype is not None else _native(found.dtype)
        made = pooled_copy(found if found.ndim else found.reshape(1), wanted.numpy)
    except OutOfMemoryError as error:
        raise failure(None, error) from None
    except (ValueError, TypeError) as error:
        reason = error.diagnostics[0].message if isinstance(error, TensorError) else error
        raise TensorError(f"cannot make a Var of {type(value).__name__}: {reason}") from None
    return Var(leaf(made, wanted))


def _as_class(node: Node, made: type[Node]) -> Node:
    """A node of another class with the value of `node`: the same array, if that is known."""
    if node.value is None:
        return ops.detached(node, made)
    found = new_node_of(made, instruction("leaf", node.dtype, len(node.shape)), (), node.shape)
    found.value = node.value
    return found


def _as_state(node: Node) -> Node:
    """The node's value as a constant that derivatives are wanted of."""
    return _as_class(node, StateNode)


def _native(found: np.dtype[np.generic]) -> DType:
    known = dtype_of(found.name)
    return {float64: float32, int64: int32}.get(known, known)


def as_var(value: Operand, like: DType | None = None) -> Var:
    """`value` itself if it is a Var, else a Var of it; a number gets the type `like` if it can."""
    if isinstance(value, Var):
        return value
    if like is not None and isinstance(value, (bool, int, float)):
        fits = like.is_float or not isinstance(value, float)
        return Var(ops.full((1,), value, like if fits else float32))
    return array(value)


def sync_all() -> None:
    """Computes all Vars that are held."""
    held = [one for reference in _ALIVE if (one := reference()) is not None]
    execute([one.node for one in held])
    _prune()


def pending_vars() -> list[Var]:
    """The Vars that are held and not computed yet."""
    _prune()
    return [one for reference in _ALIVE if (one := reference()) is not None]


def _prune() -> None:
    """Forgets the Vars that are gone or computed."""
    _ALIVE[:] = [
        reference
        for reference in _ALIVE
        if (one := reference()) is not None and one.node.value is None
    ]
    _PRUNE_AT[0] = max(_FEW, 2 * len(_ALIVE))


def _listed(numbers: tuple[int | Sequence[int], ...]) -> tuple[int, ...]:
    """`f(2, 3)` and `f([2, 3])` mean the same."""
    if len(numbers) == 1 and not isinstance(numbers[0], int):
        return tuple(numbers[0])
    return tuple(one for one in numbers if isinstance(one, int))


def _dims(dims: Dims, dim: Dims) -> Sequence[int] | None:
    """The dimensions, by either of Jittor's names for them."""
    wanted = dims if dim is None else dim
    return (wanted,) if isinstance(wanted, int) else wanted

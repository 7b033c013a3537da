"""From a program to a module: one function on tensors whose sizes are all dynamic.

Its arguments are the leaves, in order, then the sizes, as `index`, then the open constants. Sizes
of results are worked out from those of operands, so that one function serves all shapes of the same
ranks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepwell.dialects.arith.casts import IndexCastOp
from stepwell.dialects.builtin.ops import ModuleOp
from stepwell.dialects.func.ops import FuncOp, ReturnOp
from stepwell.dialects.linalg.attributes import IteratorTypeAttr
from stepwell.dialects.linalg.contraction import MatmulOp
from stepwell.dialects.linalg.generic import IndexOp, YieldOp, generic
from stepwell.dialects.linalg.named import FillOp
from stepwell.dialects.tensor.creation import EmptyOp, FromElementsOp
from stepwell.dialects.tensor.elements import DimOp
from stepwell.dialects.tensor.reshapes import ReshapeOp
from stepwell.dialects.tensor.slices import ExtractSliceOp, InsertSliceOp
from stepwell.frontend.jittor.dtypes import BY_NAME, DType, int64, promoted
from stepwell.frontend.jittor.node import Instruction, constant_value, is_open
from stepwell.frontend.jittor.operations import COMPARISONS, STRETCHED, Mask
from stepwell.frontend.jittor.program import Line, Program
from stepwell.frontend.jittor.scalar_functions import apply, converted
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineConstant, AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import TypeAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.builder import Builder
from stepwell.ir.operation import Operation
from stepwell.ir.types import DYNAMIC, FunctionType, RankedTensorType
from stepwell.ir.value import Value

ENTRY = "main"
PARALLEL, REDUCTION = IteratorTypeAttr("parallel"), IteratorTypeAttr("reduction")
Body = Callable[[Builder, Sequence[Value]], Value]


def emit_module(program: Program) -> Operation:
    """The module of a program, not yet optimised; its function is `main`.

    Raises:
        TensorError: a function is not defined for the element types it is used on.
    """
    leaves = [line for line in program.lines if line.instruction.name == "leaf"]
    size_count = sum(line.size_count for line in program.lines)
    open_lines = [line for line in program.lines if is_open(line.instruction)]
    inputs: list[Type] = [tensor_type(line.instruction) for line in leaves]
    inputs += [types.index] * size_count
    inputs += [line.instruction.dtype.element for line in open_lines]
    block = Block(inputs)
    emission = _Emission(Builder.into(block), block.args[len(leaves) :], size_count)
    arguments = iter(block.args)
    for line in program.lines:
        if line.instruction.name == "leaf":
            emission.take(next(arguments))
        else:
            emission.add(line)
    results = [emission.values[number] for number in program.outputs]
    emission.b.insert(ReturnOp(results))
    type = FunctionType(tuple(inputs), tuple(value.type for value in results))
    module = ModuleOp(body=Region([Block()]))
    module.body.entry.append(FuncOp(ENTRY, TypeAttr(type), body=Region([block])))
    return module


def tensor_type(instruction: Instruction) -> RankedTensorType:
    """The type of an instruction's result."""
    return RankedTensorType((DYNAMIC,) * instruction.rank, instruction.dtype.element)


class _Emission:
    """The values of the lines so far, and their sizes. A constant's value is a scalar."""

    def __init__(self, b: Builder, scalars: Sequence[Value], size_count: int) -> None:
        self.b = b
        self.sizes = scalars[:size_count]
        self.numbers = iter(scalars[size_count:])
        self.values: list[Value] = []
        self.shapes: list[list[Value]] = []
        self.dtypes: list[DType] = []

    def take(self, argument: Value) -> None:
        """Adds a leaf."""
        assert isinstance(argument.type, RankedTensorType)
        dims: list[Value] = [
            self.b.insert(DimOp(argument, self.b.constant(dim, types.index))).result
            for dim in range(argument.type.rank)
        ]
        self._remember(argument, dims, _dtype_of_element(argument.type.element_type))

    def add(self, line: Line) -> None:
        """Adds any other line."""
        name = line.instruction.name
        known = _EMITTERS.get(name, _Emission._elementwise)
        value, shape = known(self, line)
        self._remember(value, shape, line.instruction.dtype)

    def _remember(self, value: Value, shape: list[Value], dtype: DType) -> None:
        self.values.append(value)
        self.shapes.append(shape)
        self.dtypes.append(dtype)

    def _sizes_of(self, line: Line) -> Sequence[Value]:
        return self.sizes[line.sizes : line.sizes + line.size_count]

    def _empty(self, shape: Sequence[Value], dtype: DType) -> Value:
        type = RankedTensorType((DYNAMIC,) * len(shape), dtype.element)
        return self.b.insert(EmptyOp(list(shape), result_types=[type])).result

    def _filled(self, shape: Sequence[Value], number: float, dtype: DType) -> Value:
        value = self.b.constant(number, dtype.element)
        empty = self._empty(shape, dtype)
        return self.b.insert(FillOp.of([value], [empty])).results[0]

    def _loops(
        self, inputs: Sequence[Value], masks: Sequence[Mask], init: Value, out: Mask, body: Body
    ) -> Value:
        """A `linalg.generic`; the dimensions that `out` lacks are reduced."""
        count = 1 + max((dim for mask in (*masks, out) for dim in mask), default=-1)
        maps = [_map(mask, count) for mask in (*masks, out)]
        iterators = [PARALLEL if dim in out else REDUCTION for dim in range(count)]
        block = Block([types.element_type_or_self(v.type) for v in (*inputs, init)])
        inner = Builder.into(block)
        inner.insert(YieldOp([body(inner, block.args)]))
        made = generic(inputs, [init], maps, iterators, Region([block]))
        return self.b.insert(made).results[0]

    def _constant(self, line: Line) -> tuple[Value, list[Value]]:
        made = line.instruction
        if is_open(made):
            return next(self.numbers), []
        return self.b.constant(constant_value(made), made.dtype.element), []

    def _elementwise(self, line: Line) -> tuple[Value, list[Value]]:
        made = line.instruction
        masks: Sequence[Mask] = made.attributes  # type: ignore[assignment]
        shape = self._result_shape(line, masks)
        given = [i for i, n in enumerate(line.operands) if self._is_tensor(n)]
        inputs = [self.values[line.operands[i]] for i in given]
        init, out = self._empty(shape, made.dtype), tuple(range(made.rank))

        def body(b: Builder, arguments: Sequence[Value]) -> Value:
            scalars = [self.values[number] for number in line.operands]
            for place, argument in zip(given, arguments, strict=False):
                scalars[place] = argument
            return self._scalar(b, line, scalars)

        return self._loops(inputs, [masks[i] for i in given], init, out, body), shape

    def _is_tensor(self, number: int) -> bool:
        return isinstance(self.values[number].type, RankedTensorType)

    def _result_shape(self, line: Line, masks: Sequence[Mask]) -> list[Value]:
        """The sizes of a result: of an operand that is not repeated there, else given."""
        shape: dict[int, Value] = {}
        for operand, mask in zip(line.operands, masks, strict=True):
            for place, dim in enumerate(mask):
                if dim != STRETCHED:
                    shape.setdefault(dim, self.shapes[operand][place])
        given = self._sizes_of(line)
        return [shape[dim] if dim in shape else given[dim] for dim in range(line.instruction.rank)]

    def _scalar(self, b: Builder, line: Line, scalars: list[Value]) -> Value:
        """One element of the result."""
        made = line.instruction
        dtypes = [self.dtypes[number] for number in line.operands]
        if made.name == "copy":
            return converted(b, scalars[0], dtypes[0], made.dtype)
        if made.name == "over_count":
            scalars.append(self._as_number(b, self._sizes_of(line)[0], made.dtype))
            dtypes.append(made.dtype)
        wanted = [_operand_dtype(made, dtypes)] * len(dtypes)
        if made.name == "ternary":
            wanted[0] = dtypes[0]
        name = "divide" if made.name == "over_count" else made.name
        operands = [
            converted(b, one, *pair) for one, *pair in zip(scalars, dtypes, wanted, strict=True)
        ]
        return apply(b, name, operands, wanted[-1])

    def _as_number(self, b: Builder, size: Value, dtype: DType) -> Value:
        number = b.make(IndexCastOp, size, result_types=[types.i64]).result
        return converted(b, number, int64, dtype)

    def _arange(self, line: Line) -> tuple[Value, list[Value]]:
        made = line.instruction
        start, step = (self.values[number] for number in line.operands)
        shape = list(self._sizes_of(line))

        def body(b: Builder, arguments: Sequence[Value]) -> Value:
            place = self._as_number(b, b.insert(IndexOp(0)).result, made.dtype)
            along = apply(b, "multiply", [place, step], made.dtype)
            return apply(b, "add", [start, along], made.dtype)

        return self._loops([], [], self._empty(shape, made.dtype), (0,), body), shape

    def _reduce(self, line: Line) -> tuple[Value, list[Value]]:
        made = line.instruction
        name, gone = made.attributes
        assert isinstance(name, str) and isinstance(gone, tuple)
        (operand,) = line.operands
        rank = len(self.shapes[operand])
        kept = tuple(dim for dim in range(rank) if dim not in gone)
        shape = [self.shapes[operand][dim] for dim in kept]
        init = self._filled(shape, _neutral(name, made.dtype), made.dtype)

        def body(b: Builder, arguments: Sequence[Value]) -> Value:
            element = converted(b, arguments[0], self.dtypes[operand], made.dtype)
            return apply(b, name, [arguments[1], element], made.dtype)

        masks = [tuple(range(rank))]
        return self._loops([self.values[operand]], masks, init, kept, body), shape

    def _matmul(self, line: Line) -> tuple[Value, list[Value]]:
        made = line.instruction
        masks: Sequence[Mask] = made.attributes  # type: ignore[assignment]
        shape = self._matmul_shape(line, masks)
        init = self._filled(shape, 0, made.dtype)
        inputs = [self.values[number] for number in line.operands]

        def body(b: Builder, arguments: Sequence[Value]) -> Value:
            product = apply(b, "multiply", arguments[:2], made.dtype)
            return apply(b, "add", [arguments[2], product], made.dtype)

        if made.rank == 2:
            return self.b.insert(MatmulOp.of(inputs, [init])).results[0], shape
        return self._loops(inputs, masks, init, tuple(range(made.rank)), body), shape

    def _matmul_shape(self, line: Line, masks: Sequence[Mask]) -> list[Value]:
        known: dict[int, Value] = {}
        for operand, mask in zip(line.operands, masks, strict=True):
            known |= {
                dim: self.shapes[operand][place]
                for place, dim in enumerate(mask)
                if dim != STRETCHED
            }
        return [known[dim] for dim in range(line.instruction.rank)]

    def _reshape(self, line: Line) -> tuple[Value, list[Value]]:
        shape = list(self._sizes_of(line))
        type = RankedTensorType((len(shape),), types.index)
        sizes = self.b.insert(FromElementsOp(shape, result_types=[type])).result
        source = self.values[line.operands[0]]
        target = tensor_type(line.instruction)
        return self.b.insert(ReshapeOp(source, sizes, result_types=[target])).result, shape

    def _slice(self, line: Line) -> tuple[Value, list[Value]]:
        starts, counts, steps = _thirds(self._sizes_of(line))
        dropped = line.instruction.attributes[0]
        assert isinstance(dropped, tuple)
        static, sizes = _static_sizes(counts, dropped)
        dynamic = [DYNAMIC] * len(starts)
        type = tensor_type(line.instruction)
        source = self.values[line.operands[0]]
        made = ExtractSliceOp(
            source, starts, sizes, steps, dynamic, static, dynamic, result_types=[type]
        )
        return self.b.insert(made).result, sizes

    def _unslice(self, line: Line) -> tuple[Value, list[Value]]:
        rank = line.instruction.rank
        given = list(self._sizes_of(line))
        shape, (starts, counts, steps) = given[:rank], _thirds(given[rank:])
        dropped = line.instruction.attributes[0]
        assert isinstance(dropped, tuple)
        static, sizes = _static_sizes(counts, dropped)
        dynamic = [DYNAMIC] * rank
        target = self._filled(shape, 0, line.instruction.dtype)
        source = self.values[line.operands[0]]
        made = InsertSliceOp(
            source, target, starts, sizes, steps, dynamic, static, dynamic,
            result_types=[target.type],
        )  # fmt: skip
        return self.b.insert(made).result, shape


def _map(mask: Mask, count: int) -> AffineMap:
    place = (AffineConstant(0) if dim == STRETCHED else AffineDim(dim) for dim in mask)
    return AffineMap(count, 0, tuple(place))


def _operand_dtype(made: Instruction, dtypes: Sequence[DType]) -> DType:
    """The type in which operands meet: the result's, but for comparisons."""
    return promoted(dtypes[0], dtypes[1]) if made.name in COMPARISONS else made.dtype


def _neutral(name: str, dtype: DType) -> float:
    """What a reduction starts with."""
    if name in ("add", "multiply"):
        return 0 if name == "add" else 1
    sign = -1 if name == "maximum" else 1
    if dtype.is_float:
        return sign * float("inf")
    if dtype.kind == "bool":
        return 0 if name == "maximum" else 1
    bits = dtype.numpy.itemsize * 8 - 1
    return -(1 << bits) if name == "maximum" else (1 << bits) - 1


def _thirds(values: Sequence[Value]) -> tuple[list[Value], list[Value], list[Value]]:
    size = len(values) // 3
    return list(values[:size]), list(values[size : 2 * size]), list(values[2 * size :])


def _static_sizes(
    counts: Sequence[Value], dropped: tuple[int, ...]
) -> tuple[list[int], list[Value]]:
    """The sizes of a slice that the code knows, and those given to it: a dropped one is 1."""
    static = [1 if dim in dropped else DYNAMIC for dim in range(len(counts))]
    return static, [count for dim, count in enumerate(counts) if dim not in dropped]


def _dtype_of_element(element: Type) -> DType:
    return _BY_ELEMENT[element]


_BY_ELEMENT = {one.element: one for one in BY_NAME.values()}
_EMITTERS: dict[str, Callable[[_Emission, Line], tuple[Value, list[Value]]]] = {
    "constant": _Emission._constant,
    "arange": _Emission._arange,
    "reduce": _Emission._reduce,
    "matmul": _Emission._matmul,
    "reshape": _Emission._reshape,
    "slice": _Emission._slice,
    "unslice": _Emission._unslice,
}

"""From a program to a module: one function on tensors whose sizes are all dynamic.

Its arguments are the leaves, in order, then the sizes, as `index`, then the open constants. The
body is made of whole-tensor operators: `arith` and `math` on tensors of one shape, the `meta`
dialect for what moves or combines elements, and slices.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepwell.dialects.arith.casts import IndexCastOp
from stepwell.dialects.arith.integer import AddIOp
from stepwell.dialects.builtin.ops import ModuleOp
from stepwell.dialects.func.ops import FuncOp, ReturnOp
from stepwell.dialects.linalg.attributes import PARALLEL
from stepwell.dialects.linalg.generic import IndexOp, YieldOp, generic
from stepwell.dialects.meta.broadcast import BroadcastOp
from stepwell.dialects.meta.gather import GatherOp
from stepwell.dialects.meta.random_numbers import Distribution, RandomOp
from stepwell.dialects.meta.reduce import ReduceOp
from stepwell.dialects.meta.reduction_kind import ReductionKind
from stepwell.dialects.meta.reindex import ReindexOp, ReindexReduceOp
from stepwell.dialects.meta.scan import ScanOp
from stepwell.dialects.tensor.creation import EmptyOp, FromElementsOp
from stepwell.dialects.tensor.elements import DimOp
from stepwell.dialects.tensor.reshapes import ReshapeOp
from stepwell.dialects.tensor.slices import ExtractSliceOp, InsertSliceOp
from stepwell.frontend.jittor.dtypes import DType, int64, promoted
from stepwell.frontend.jittor.gradient_emission import GradientEmission
from stepwell.frontend.jittor.node import Instruction, constant_value, is_open
from stepwell.frontend.jittor.operations import COMPARISONS, STRETCHED, Mask
from stepwell.frontend.jittor.program import Line, Program
from stepwell.frontend.jittor.scalar_functions import Space, apply, converted
from stepwell.frontend.jittor.sizes import GIVEN, Sizes
from stepwell.frontend.jittor.tensor_space import TensorSpace, tensor_of
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineConstant, AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapAttr
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import ArrayAttr, DenseArrayAttr, DictionaryAttr, TypeAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.builder import Builder
from stepwell.ir.operation import Operation
from stepwell.ir.types import DYNAMIC, FunctionType, RankedTensorType
from stepwell.ir.value import Value
from stepwell.passes.meta_to_linalg.sizes import SIZES

ENTRY = "main"
REDUCTIONS = {"add": "add", "multiply": "mul", "maximum": "max", "minimum": "min"}


def emit_module(program: Program) -> Operation:
    """The module of a program, not yet optimised; its function is `main`.

    Raises:
        TensorError: a function is not defined for the element types it is used on.
    """
    type = function_type(program)
    leaf_count = sum(line.instruction.name == "leaf" for line in program.lines)
    size_count = sum(line.size_count for line in program.lines)
    block = Block(type.inputs)
    split = [leaf_count, leaf_count + size_count]
    emission = _Emission(program, block, block.args[split[0] : split[1]], block.args[split[1] :])
    for number in range(len(program.lines)):
        emission.add(number)
    emission.b.insert(ReturnOp([emission.values[number] for number in program.outputs]))
    function = FuncOp(ENTRY, TypeAttr(type), body=Region([block]))
    function.properties["arg_attrs"] = emission.facts_of_arguments(len(type.inputs))
    module = ModuleOp(body=Region([Block()]))
    module.body.entry.append(function)
    return module


def function_type(program: Program) -> FunctionType:
    """What the function of a program takes and returns."""
    made = [line.instruction for line in program.lines]
    inputs: list[Type] = [_type_of(one) for one in made if one.name == "leaf"]
    inputs += [types.index] * sum(line.size_count for line in program.lines)
    inputs += [one.dtype.element for one in made if is_open(one)]
    return FunctionType(tuple(inputs), tuple(_type_of(made[number]) for number in program.outputs))


def _type_of(made: Instruction) -> RankedTensorType:
    return tensor_of(made.dtype, made.rank)


class _Emission:
    """The values of the lines so far. A constant's value is a single number."""

    def __init__(
        self, program: Program, block: Block, sizes: Sequence[Value], numbers: Sequence[Value]
    ) -> None:
        self.b = Builder.into(block)
        self.lines = program.lines
        self.values: list[Value] = []
        self._leaves = block.args
        self._leaf = iter(block.args)
        self._arguments = sizes
        self._numbers = iter(numbers)
        self._rest = len(sizes) + len(numbers)
        self._sizes = Sizes(program)
        self._known_sizes: dict[int, Value] = {}
        self._spaces: dict[tuple[int, ...], TensorSpace] = {}
        self._gradients = GradientEmission(self.b, program.lines)

    def add(self, number: int) -> None:
        """Adds the next line."""
        line = self.lines[number]
        emit = _EMITTERS.get(line.instruction.name, _Emission._elementwise)
        value = emit(self, line)
        self.values.append(self._gradients.told_apart(number, value, self.values))

    # Sizes.

    def _shape(self, number: int) -> list[Value]:
        """The sizes of a line's result."""
        return [self._size(size) for size in self._sizes.shape(number)]

    def _size(self, size: int) -> Value:
        known = self._known_sizes.get(size)
        if known is None:
            source = self._sizes.sources[size]
            if source.dim == GIVEN:
                known = self._arguments[source.number]
            else:
                dim = self.b.constant(source.dim, types.index)
                known = self.b.insert(DimOp(self._leaves[source.number], dim)).result
            self._known_sizes[size] = known
        return known

    def _own_shape(self) -> list[Value]:
        """The sizes of the result of the line that is being added."""
        return self._shape(len(self.values))

    def _given(self, line: Line) -> list[Value]:
        return list(self._arguments[line.sizes : line.sizes + line.size_count])

    def _space(self) -> TensorSpace:
        """Where ops on tensors of the shape of the present line are made."""
        key = tuple(self._sizes.shape(len(self.values)))
        found = self._spaces.get(key)
        if found is None:
            found = self._spaces[key] = TensorSpace(self.b, self._own_shape())
        return found

    def facts_of_arguments(self, count: int) -> ArrayAttr:
        """What is known of the sizes of the leaves, as `meta.sizes`: see the lowering of meta."""
        facts = []
        for number, line in enumerate(self.lines):
            if line.instruction.name != "leaf":
                continue
            pairs = []
            for size in self._sizes.shape(number):
                source = self._sizes.sources[size]
                given = source.number + len(self._leaves) - self._rest
                pairs += [given, GIVEN] if source.dim == GIVEN else [source.number, source.dim]
            facts.append(DictionaryAttr.of({SIZES: DenseArrayAttr.i64(pairs)} if pairs else {}))
        facts += [DictionaryAttr()] * (count - len(facts))
        return ArrayAttr(tuple(facts))

    # Elementwise functions.

    def _elementwise(self, line: Line) -> Value:
        made = line.instruction
        space = self._space()
        masks: Sequence[Mask] = made.attributes  # type: ignore[assignment]
        dtypes = [self.lines[number].instruction.dtype for number in line.operands]
        wanted = [_operand_dtype(made, dtypes)] * len(dtypes)
        if made.name == "ternary":
            wanted[0] = dtypes[0]
        elif made.name == "copy":
            wanted = [made.dtype]
        operands = []
        for number, mask, pair in zip(
            line.operands, masks, zip(dtypes, wanted, strict=True), strict=True
        ):
            operands.append(self._converted(space, self._aligned(space, number, mask), *pair))
        if made.name == "over_count":
            count = self._as_number(self._given(line)[0], made.dtype)
            return apply(space, "divide", [operands[0], space.splat(count)], made.dtype)
        return apply(space, made.name, operands, wanted[-1])

    def _converted(self, space: TensorSpace, value: Value, source: DType, target: DType) -> Value:
        """Single numbers are converted before they are repeated."""
        if isinstance(value.type, RankedTensorType):
            return converted(space, value, source, target)
        return space.splat(converted(Space(self.b), value, source, target))

    def _aligned(self, space: TensorSpace, number: int, mask: Mask) -> Value:
        """A line's value along a mask, in the space's shape; a single number as it is."""
        value, rank = self.values[number], len(space.sizes)
        if not isinstance(value.type, RankedTensorType) or mask == tuple(range(rank)):
            return value
        dtype = self.lines[number].instruction.dtype
        type = tensor_of(dtype, rank)
        if STRETCHED not in mask and list(mask) == sorted(mask):
            new = [dim for dim in range(rank) if dim not in mask]
            sizes = [space.sizes[dim] for dim in new]
            dims = DenseArrayAttr.i64(new)
            return self.b.insert(BroadcastOp(value, sizes, dims, result_types=[type])).result
        map = AffineMapAttr(_map(mask, rank))
        return self.b.insert(
            ReindexOp(value, [], list(space.sizes), None, map, result_types=[type])
        ).result

    def _as_number(self, size: Value, dtype: DType) -> Value:
        number = self.b.insert(IndexCastOp(size, result_types=[types.i64])).result
        return converted(Space(self.b), number, int64, dtype)

    # Derivatives.

    def _gradient(self, line: Line) -> Value:
        operands = [self.values[number] for number in line.operands]
        return self._gradients.gradient(len(self.values), operands)

    def _gradient_part(self, line: Line) -> Value:
        return self._gradients.part(line)

    def _stop_gradient(self, line: Line) -> Value:
        return self._gradients.stopped(self.values[line.operands[0]])

    # Values out of nothing.

    def _take(self, line: Line) -> Value:
        return next(self._leaf)

    def _constant(self, line: Line) -> Value:
        made = line.instruction
        if is_open(made):
            return next(self._numbers)
        return self.b.constant(constant_value(made), made.dtype.element)

    def _arange(self, line: Line) -> Value:
        made = line.instruction
        start, step = (self.values[number] for number in line.operands)
        init = self._empty(self._own_shape(), made.dtype)
        block = Block([made.dtype.element])
        inner = Builder.into(block)
        place = inner.insert(IndexOp(0)).result
        number = inner.insert(IndexCastOp(place, result_types=[types.i64])).result
        space = Space(inner)
        along = apply(space, "multiply", [converted(space, number, int64, made.dtype), step],
                      made.dtype)  # fmt: skip
        inner.insert(YieldOp([apply(space, "add", [start, along], made.dtype)]))
        identity = AffineMap.identity(1)
        return self.b.insert(generic([], [init], [identity], [PARALLEL], Region([block]))).results[
            0
        ]

    def _empty(self, shape: Sequence[Value], dtype: DType) -> Value:
        type = tensor_of(dtype, len(shape))
        return self.b.insert(EmptyOp(list(shape), result_types=[type])).result

    def _random(self, line: Line) -> Value:
        distribution = Distribution(str(line.instruction.attributes[0]))
        seed = self._given(line)[line.instruction.rank]
        number = self.b.insert(IndexCastOp(seed, result_types=[types.i64])).result
        sizes, type = self._own_shape(), _type_of(line.instruction)
        return self.b.insert(RandomOp(distribution, number, sizes, result_types=[type])).result

    # Reductions and movements.

    def _reduce(self, line: Line) -> Value:
        made = line.instruction
        name, gone = made.attributes
        assert isinstance(name, str) and isinstance(gone, tuple)
        value = self._operand(line, 0)
        return self._reduced(name, value, gone, _type_of(made))

    def _scan(self, line: Line) -> Value:
        name, axis = line.instruction.attributes
        assert isinstance(name, str) and isinstance(axis, int)
        kind = ReductionKind(REDUCTIONS[name])
        return self.b.insert(ScanOp(kind, self._operand(line, 0), axis)).result_

    def _operand(self, line: Line, place: int) -> Value:
        """An operand, in the element type of the result."""
        number = line.operands[place]
        dtype = self.lines[number].instruction.dtype
        space = TensorSpace(self.b, self._shape(number))
        return self._converted(space, self.values[number], dtype, line.instruction.dtype)

    def _reduced(
        self, name: str, value: Value, gone: Sequence[int], type: RankedTensorType
    ) -> Value:
        kind = ReductionKind(REDUCTIONS[name])
        dims = DenseArrayAttr.i64(gone)
        return self.b.insert(ReduceOp(kind, value, dims, result_types=[type])).result

    def _matmul(self, line: Line) -> Value:
        """The products of all pairs, summed along the dimension before the last: so the innermost
        loop is over neighbours."""
        made, last = line.instruction, line.instruction.rank - 1
        masks: Sequence[Mask] = made.attributes  # type: ignore[assignment]
        shape, inner = self._own_shape(), self._shape(line.operands[0])[-1]
        space = TensorSpace(self.b, [*shape[:-1], inner, shape[-1]])
        moved = {last: last + 1, last + 1: last}
        operands = [
            self._aligned(space, number, tuple(moved.get(dim, dim) for dim in mask))
            for number, mask in zip(line.operands, masks, strict=True)
        ]
        product = apply(space, "multiply", operands, made.dtype)
        return self._reduced("add", product, [last], _type_of(made))

    def _reindex(self, line: Line) -> Value:
        map, rank = line.instruction.attributes[0], line.instruction.rank
        assert isinstance(map, AffineMap)
        otherwise = self.values[line.operands[1]] if len(line.operands) > 1 else None
        symbols = self._given(line)[rank:]
        type = _type_of(line.instruction)
        value = self.values[line.operands[0]]
        made = ReindexOp(
            value, symbols, self._own_shape(), otherwise, AffineMapAttr(map), result_types=[type]
        )
        return self.b.insert(made).result

    def _reindex_reduce(self, line: Line) -> Value:
        map, name = line.instruction.attributes
        assert isinstance(map, AffineMap)
        kind = ReductionKind(REDUCTIONS[str(name)])
        symbols = self._given(line)[line.instruction.rank :]
        type = _type_of(line.instruction)
        made = ReindexReduceOp(
            kind, self._operand(line, 0), symbols, self._own_shape(), AffineMapAttr(map),
            result_types=[type],
        )  # fmt: skip
        return self.b.insert(made).result

    def _gather(self, line: Line) -> Value:
        table, indices = (self.values[number] for number in line.operands)
        type = _type_of(line.instruction)
        return self.b.insert(GatherOp(table, indices, result_types=[type])).result

    def _reshape(self, line: Line) -> Value:
        shape = self._own_shape()
        type = RankedTensorType((len(shape),), types.index)
        sizes = self.b.insert(FromElementsOp(shape, result_types=[type])).result
        source, target = self.values[line.operands[0]], _type_of(line.instruction)
        return self.b.insert(ReshapeOp(source, sizes, result_types=[target])).result

    def _slice(self, line: Line) -> Value:
        starts, counts, steps = _thirds(self._given(line))
        dropped = line.instruction.attributes[0]
        assert isinstance(dropped, tuple)
        static, sizes = _static_sizes(counts, dropped)
        dynamic = [DYNAMIC] * len(starts)
        type = _type_of(line.instruction)
        source = self.values[line.operands[0]]
        made = ExtractSliceOp(
            source, starts, sizes, steps, dynamic, static, dynamic, result_types=[type]
        )
        return self.b.insert(made).result

    def _unslice(self, line: Line) -> Value:
        rank = line.instruction.rank
        starts, counts, steps = _thirds(self._given(line)[rank:])
        dropped = line.instruction.attributes[0]
        assert isinstance(dropped, tuple)
        space = self._space()
        target = space.constant(0, line.instruction.dtype)
        source = self.values[line.operands[0]]
        return self._inserted(source, target, starts, counts, steps, dropped)

    def _concat(self, line: Line) -> Value:
        along = line.instruction.attributes[0]
        zero, one = (self.b.constant(number, types.index) for number in (0, 1))
        target = self._empty(self._own_shape(), line.instruction.dtype)
        rank = line.instruction.rank
        place: Value = zero
        for number in line.operands:
            counts = self._shape(number)
            starts = [place if dim == along else zero for dim in range(rank)]
            target = self._inserted(self.values[number], target, starts, counts, [one] * rank, ())
            assert isinstance(along, int)
            place = self.b.insert(AddIOp(place, counts[along])).result
        return target

    def _inserted(
        self,
        source: Value,
        target: Value,
        starts: Sequence[Value],
        counts: Sequence[Value],
        steps: Sequence[Value],
        dropped: tuple[int, ...],
    ) -> Value:
        static, sizes = _static_sizes(counts, dropped)
        dynamic = [DYNAMIC] * len(starts)
        made = InsertSliceOp(
            source, target, list(starts), sizes, list(steps), dynamic, static, dynamic,
            result_types=[target.type],
        )  # fmt: skip
        return self.b.insert(made).result


def _map(mask: Mask, count: int) -> AffineMap:
    place = (AffineConstant(0) if dim == STRETCHED else AffineDim(dim) for dim in mask)
    return AffineMap(count, 0, tuple(place))


def _operand_dtype(made: Instruction, dtypes: Sequence[DType]) -> DType:
    """The type in which operands meet: the result's, but for comparisons."""
    return promoted(dtypes[0], dtypes[1]) if made.name in COMPARISONS else made.dtype


def _thirds(values: Sequence[Value]) -> tuple[list[Value], list[Value], list[Value]]:
    size = len(values) // 3
    return list(values[:size]), list(values[size : 2 * size]), list(values[2 * size :])


def _static_sizes(
    counts: Sequence[Value], dropped: tuple[int, ...]
) -> tuple[list[int], list[Value]]:
    """The sizes of a slice that the code knows, and those given to it: a dropped one is 1."""
    static = [1 if dim in dropped else DYNAMIC for dim in range(len(counts))]
    return static, [count for dim, count in enumerate(counts) if dim not in dropped]


_EMITTERS: dict[str, Callable[[_Emission, Line], Value]] = {
    "leaf": _Emission._take,
    "constant": _Emission._constant,
    "arange": _Emission._arange,
    "random": _Emission._random,
    "reduce": _Emission._reduce,
    "scan": _Emission._scan,
    "matmul": _Emission._matmul,
    "reindex": _Emission._reindex,
    "reindex_reduce": _Emission._reindex_reduce,
    "gather": _Emission._gather,
    "reshape": _Emission._reshape,
    "slice": _Emission._slice,
    "unslice": _Emission._unslice,
    "concat": _Emission._concat,
    "gradient": _Emission._gradient,
    "gradient_part": _Emission._gradient_part,
    "stop_gradient": _Emission._stop_gradient,
}

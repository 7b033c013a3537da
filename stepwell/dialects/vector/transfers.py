"""vector.transfer_read and vector.transfer_write: slices of memory that may reach over the edge."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from stepwell.dialects.vector.masking import current_mask
from stepwell.ir import types
from stepwell.ir.affine.expr import AffineConstant, AffineDim
from stepwell.ir.affine.map import AffineMap
from stepwell.ir.affine_attributes import AffineMapAttr, AffineMapKind
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import FALSE, TRUE, ArrayAttr, DenseArrayAttr, IntegerAttr
from stepwell.ir.constraints import AnyShaped, AnyVector, Index
from stepwell.ir.definition import Op
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.effects import Effect, read, write
from stepwell.ir.fields import (
    OPERAND_SEGMENTS,
    operand,
    optional_operand,
    optional_result,
    prop,
    result,
    variadic_operand,
)
from stepwell.ir.interpreter.machine import POISON, Machine, RuntimeValue
from stepwell.ir.property_kinds import Bool, array_of
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.types import DYNAMIC, VectorType, dims_of
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

BoolArray = array_of(Bool)


def minor_map(shaped: Type, vector: VectorType) -> AffineMap | None:
    """The map of a transfer that names none: the last dimensions in order, if it has so many."""
    rank = len(dims_of(shaped))
    element = types.element_type_or_self(shaped)
    inner = element.rank if isinstance(element, VectorType) else 0
    if rank == 0 and vector.shape == (1,):
        return AffineMap(0, 0, (AffineConstant(0),))
    count = max(vector.rank - inner, 0)
    return AffineMap.minor_identity(rank, count) if count <= rank else None


def mask_type(vector: VectorType, map: AffineMap) -> VectorType:
    """The type of the mask of a transfer: its dimensions in the order of the memory's."""
    sizes: dict[int, tuple[int, bool]] = {}
    flags = vector.scalable or (False,) * vector.rank
    for expr, size, flag in zip(map.results, vector.shape, flags, strict=False):
        if isinstance(expr, AffineDim):
            sizes[expr.position] = (size, flag)
    ordered = [sizes[dim] for dim in sorted(sizes)]
    shape = tuple(size for size, _ in ordered) or (1,)
    return VectorType(shape, types.i1, tuple(flag for _, flag in ordered))


def _two_types(p: OpParser, start: int) -> tuple[Type, Type]:
    given = p.comma_separated(p.type)
    if len(given) != 2:
        raise p.error("requires two types", start)
    return given[0], given[1]


def _parse_tail(
    p: OpParser,
    cls: type[Op],
    attributes: dict[str, Attribute],
    shaped: Type,
    vector: VectorType,
    types_start: int,
) -> dict[str, Attribute]:
    """The properties of a transfer from its dictionary; fills in what it leaves out."""
    properties: dict[str, Attribute] = {}
    for name in cls.property_names & attributes.keys():
        properties[name] = attributes.pop(name)
    implied = minor_map(shaped, vector)
    if implied is not None:
        properties.setdefault("permutation_map", AffineMapAttr(implied))
    map = properties.get("permutation_map")
    if map is None:
        text = "expected a custom permutation_map when rank(source) != rank(destination)"
        raise p.fail(text, types_start)
    if not isinstance(map, AffineMapAttr):
        raise p.error("expected 'permutation_map' to be an affine map")
    count = len(map.map.results)
    properties.setdefault("in_bounds", ArrayAttr((FALSE,) * count))
    return properties


def _print_tail(op: TransferReadOp | TransferWriteOp, p: Printer) -> None:
    hidden = [OPERAND_SEGMENTS]
    if op.permutation_map.map is minor_map(op.base.type, op.vector_type):
        hidden.append("permutation_map")
    if not any(op.bounds):
        hidden.append("in_bounds")
    p.attr_dict(op, hidden)


class _Transfer(Op):
    """What both transfers share."""

    is_maskable = True
    permutation_map = prop(AffineMapKind)
    in_bounds = prop(BoolArray)

    @property
    def bounds(self) -> list[bool]:
        """For each dimension of the vector, whether it is known to stay inside."""
        values = self.in_bounds.values
        return [isinstance(value, IntegerAttr) and bool(value.value) for value in values]

    def _verify_results(self, map: AffineMap) -> None:
        seen: set[int] = set()
        for expr in map.results:
            if isinstance(expr, AffineConstant) and expr.value == 0:
                continue
            if not isinstance(expr, AffineDim):
                raise self.error(
                    "requires a projected permutation_map (at most one dim or the zero constant "
                    "can appear in each result)"
                )
            if expr.position in seen:
                raise self.error(
                    "requires a permutation_map that is a permutation (found one dim used more "
                    "than once)"
                )
            seen.add(expr.position)

    def verify_transfer(
        self, shaped: Type, vector: VectorType, indices: int, mask: Value | None
    ) -> None:
        """The rules that reads and writes share."""
        map = self.permutation_map.map
        if not types.is_ranked(shaped) or isinstance(shaped, VectorType):
            raise self.error(" requires source to be a memref or ranked tensor type")
        rank = len(dims_of(shaped))
        if indices != rank:
            raise self.error(f"requires {rank} indices")
        if map.num_symbols:
            raise self.error("requires permutation_map without symbols")
        if map.num_dims != rank:
            raise self.error(
                "requires a permutation_map with input dims of the same rank as the source"
            )
        element = types.element_type_or_self(shaped)
        inner = element.rank if isinstance(element, VectorType) else 0
        if rank and map.num_results != vector.rank - inner:
            raise self.error(
                "requires a permutation_map with result dims of the same rank as the vector type"
            )
        self._verify_results(map)
        if len(self.in_bounds.values) != map.num_results:
            raise self.error(
                "expects the in_bounds attr of same rank as permutation_map results: "
                f"{self.permutation_map} vs inBounds of size: {len(self.in_bounds.values)}"
            )
        if mask is not None and mask.type is not mask_type(vector, map):
            raise self.error(
                f"inferred mask type ({mask_type(vector, map)}) and mask operand type "
                f"({mask.type}) don't match"
            )


def _note_known_bounds(op: TransferReadOp | TransferWriteOp) -> bool:
    """Marks dimensions that sizes and constant indices keep inside; whether there are any."""
    exprs = op.permutation_map.map.results
    found = list(op.bounds)
    sizes, vector = dims_of(op.base.type), op.vector_type
    for number, expr in enumerate(exprs):
        if found[number] or not isinstance(expr, AffineDim):
            continue
        start = constant_of(op.indices[expr.position])
        if sizes[expr.position] != DYNAMIC and isinstance(start, IntegerAttr):
            end = start.value + vector.shape[number]
            found[number] = start.value >= 0 and end <= sizes[expr.position]
    if all(known for known, e in zip(found, exprs, strict=True) if isinstance(e, AffineDim)):
        found = [True] * len(found)
    if found == op.bounds:
        return False
    op.in_bounds = ArrayAttr(tuple(TRUE if known else FALSE for known in found))
    return True


class TransferReadOp(_Transfer, name="vector.transfer_read"):
    """`%v = vector.transfer_read %m[%i, %j], %pad {...} : memref<8x8xf32>, vector<4xf32>`.

    Reads a slice; what lies outside the memory, or is masked off, is `%pad`.
    """

    base = operand(AnyShaped)
    indices = variadic_operand(Index)
    padding = operand()
    mask = optional_operand(AnyVector)
    vector = result(AnyVector)

    @property
    def vector_type(self) -> VectorType:
        """The type of the slice."""
        type = self.vector.type
        assert isinstance(type, VectorType)
        return type

    @classmethod
    def parse(cls, p: OpParser) -> TransferReadOp:
        base = p.operand()
        indices = p.operands("[", "]")
        p.literal(",")
        padding = p.operand()
        mask = p.operand() if p.accept(",") else None
        attributes = p.optional_dictionary()
        p.literal(":")
        start = p.start
        shaped, vector = _two_types(p, start)
        if not types.is_ranked(shaped) or not isinstance(vector, VectorType):
            raise p.error("requires memref or ranked tensor type, and vector type", start)
        properties = _parse_tail(p, cls, attributes, shaped, vector, start)
        map = properties["permutation_map"]
        assert isinstance(map, AffineMapAttr)
        values = [p.resolve(base, shaped)]
        values += p.resolve_all(indices, [types.index] * len(indices))
        values.append(p.resolve(padding, types.element_type_or_self(shaped)))
        if mask is not None:
            values.append(p.resolve(mask, mask_type(vector, map.map)))
        sizes = (1, len(indices), 1, int(mask is not None))
        properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32(sizes)
        return cls.create(values, [vector], properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.base)}[")
        p.operands(self.indices)
        p.write(f"], {p.name(self.padding)}")
        p.write(f", {p.name(self.mask)}" if self.mask is not None else "")
        _print_tail(self, p)
        p.write(f" : {p.show(self.base.type)}, {p.show(self.vector.type)}")

    def fold(self, operands: Sequence[Attribute | None]) -> bool | None:
        """Notes dimensions that are known to stay inside."""
        return _note_known_bounds(self) or None

    def effects(self) -> list[Effect]:
        return [read(self.base)] if isinstance(self.base.type, types.MemRefType) else []

    def verify_op(self) -> None:
        self.verify_transfer(self.base.type, self.vector_type, len(self.indices), self.mask)
        if self.padding.type is not types.element_type_or_self(self.base.type):
            raise self.error("requires formal padding and source of the same elemental type")

    def execute(self, machine: Machine, base: RuntimeValue, *rest: RuntimeValue) -> RuntimeValue:
        count = len(self.indices)
        indices, padding = rest[:count], rest[count]
        mask = rest[count + 1] if self.mask is not None else None
        around, passthru = current_mask(self, machine)
        source = elements_of(base)
        place, valid = places(self, source, indices, self.vector_type, (mask, around))
        if padding is POISON:
            padding = 0
        shape = self.vector_type.shape
        found = source[place]
        inner = found.ndim - valid.ndim
        valid = valid.reshape(valid.shape + (1,) * inner)
        made = np.broadcast_to(np.where(valid, found, padding).astype(found.dtype), shape)
        if passthru is not None:
            made = np.where(_aligned_mask(self, around, self.vector_type), made, passthru)
        return made.copy()


class TransferWriteOp(_Transfer, name="vector.transfer_write"):
    """`vector.transfer_write %v, %m[%i, %j] {...} : vector<4xf32>, memref<8x8xf32>`.

    Writes a slice, except what lies outside or is masked off; the result is the new tensor, if any.
    """

    valueToStore = operand(AnyVector)
    base = operand(AnyShaped)
    indices = variadic_operand(Index)
    mask = optional_operand(AnyVector)
    result_ = optional_result()

    @property
    def vector_type(self) -> VectorType:
        """The type of the slice."""
        type = self.valueToStore.type
        assert isinstance(type, VectorType)
        return type

    @classmethod
    def parse(cls, p: OpParser) -> TransferWriteOp:
        value = p.operand()
        p.literal(",")
        base = p.operand()
        indices = p.operands("[", "]")
        mask = p.operand() if p.accept(",") else None
        attributes = p.optional_dictionary()
        p.literal(":")
        start = p.start
        vector, shaped = _two_types(p, start)
        if not types.is_ranked(shaped) or not isinstance(vector, VectorType):
            raise p.error("requires vector type, and memref or ranked tensor type", start)
        properties = _parse_tail(p, cls, attributes, shaped, vector, start)
        map = properties["permutation_map"]
        assert isinstance(map, AffineMapAttr)
        values = [p.resolve(value, vector), p.resolve(base, shaped)]
        values += p.resolve_all(indices, [types.index] * len(indices))
        if mask is not None:
            values.append(p.resolve(mask, mask_type(vector, map.map)))
        sizes = (1, 1, len(indices), int(mask is not None))
        properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32(sizes)
        results = [] if isinstance(shaped, types.MemRefType) else [shaped]
        return cls.create(values, results, properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.valueToStore)}, {p.name(self.base)}[")
        p.operands(self.indices)
        p.write("]")
        p.write(f", {p.name(self.mask)}" if self.mask is not None else "")
        _print_tail(self, p)
        p.write(f" : {p.show(self.valueToStore.type)}, {p.show(self.base.type)}")

    def fold(self, operands: Sequence[Attribute | None]) -> bool | None:
        """Notes dimensions that are known to stay inside."""
        return _note_known_bounds(self) or None

    def effects(self) -> list[Effect]:
        return [write(self.base)] if isinstance(self.base.type, types.MemRefType) else []

    def verify_op(self) -> None:
        self.verify_transfer(self.base.type, self.vector_type, len(self.indices), self.mask)
        if any(isinstance(e, AffineConstant) for e in self.permutation_map.map.results):
            if self.vector_type.shape != (1,) or dims_of(self.base.type):
                raise self.error("should not have broadcast dimensions")

    def execute(
        self, machine: Machine, value: RuntimeValue, base: RuntimeValue, *rest: RuntimeValue
    ) -> RuntimeValue:
        count = len(self.indices)
        mask = rest[count] if self.mask is not None else None
        around, _ = current_mask(self, machine)
        is_tensor = isinstance(base, np.ndarray)
        target = base.copy() if is_tensor else elements_of(base, to_write=True)
        place, valid = places(self, target, rest[:count], self.vector_type, (mask, around))
        valid = np.broadcast_to(valid, np.shape(value)[: valid.ndim])
        where = tuple(np.broadcast_to(i, valid.shape)[valid] for i in place)
        target[where] = np.asarray(value)[valid]
        return target if is_tensor else None


def elements_of(base: RuntimeValue, to_write: bool = False) -> NDArray[Any]:
    """The elements of a memref (sharing its memory) or tensor as an array."""
    if isinstance(base, np.ndarray):
        return base
    if to_write and not base.allocation.writable:
        raise InterpreterError("writes to constant memory")
    found: NDArray[Any] = base.view()
    return found


def places(
    op: _Transfer,
    source: NDArray[Any],
    indices: Sequence[int],
    vector: VectorType,
    masks: tuple[RuntimeValue, RuntimeValue],
) -> tuple[tuple[NDArray[Any], ...], NDArray[np.bool_]]:
    """Where in memory each element of the vector lies, and whether it is to be accessed.

    Raises:
        InterpreterError: one lies outside that was promised to be inside.
    """
    map = op.permutation_map.map
    count = map.num_results
    along: list[NDArray[Any]] = [np.asarray(index).reshape((1,) * count) for index in indices]
    dims: dict[int, int] = {}
    for axis, expr in enumerate(map.results):
        if isinstance(expr, AffineDim):
            dims[expr.position] = axis
            steps = np.arange(vector.shape[axis])
            shape = [1] * count
            shape[axis] = len(steps)
            along[expr.position] = along[expr.position] + steps.reshape(shape)
    wanted: NDArray[Any] = np.ones((1,) * count, bool)
    for mask in masks:
        if mask is not None:
            wanted = wanted & _aligned_mask(op, mask, vector)
    valid = wanted
    for dim, index in enumerate(along):
        inside = (index >= 0) & (index < source.shape[dim])
        if not np.all(inside | ~wanted):
            if dim not in dims or op.bounds[dims[dim]]:
                raise InterpreterError(f"dimension {dim} is out of bounds")
            valid = valid & inside
    shape_of = tuple(vector.shape[:count])
    valid = np.broadcast_to(valid, _common(valid.shape, shape_of, map))
    clipped = tuple(
        np.broadcast_to(np.clip(index, 0, max(source.shape[dim] - 1, 0)), valid.shape)
        for dim, index in enumerate(along)
    )
    if 0 in source.shape[: len(along)]:
        raise InterpreterError("transfers from memory without elements")
    return clipped, valid


def _common(valid: tuple[int, ...], shape: tuple[int, ...], map: AffineMap) -> tuple[int, ...]:
    return tuple(shape) if map.num_results else valid


def _aligned_mask(op: _Transfer, mask: RuntimeValue, vector: VectorType) -> NDArray[Any]:
    """A mask, whose dimensions are the memory's, along the dimensions of the vector."""
    results = op.permutation_map.map.results
    used = sorted(e.position for e in results if isinstance(e, AffineDim))
    if not used:
        return np.asarray(mask).reshape((1,) * len(results))
    axes = [used.index(e.position) for e in results if isinstance(e, AffineDim)]
    turned = np.transpose(mask, axes)
    shape = [1] * len(results)
    place = 0
    for axis, expr in enumerate(results):
        if isinstance(expr, AffineDim):
            shape[axis] = turned.shape[place]
            place += 1
    return turned.reshape(shape)

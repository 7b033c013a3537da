"""The body of a parallel loop as a function of a range and of a struct with what it uses."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass

from stepwell.dialects.arith.casts import IndexCastOp
from stepwell.dialects.arith.integer import AddIOp, MulIOp
from stepwell.dialects.builtin.ops import UnrealizedConversionCastOp
from stepwell.dialects.func.ops import CallOp, ConstantOp, FuncOp, ReturnOp
from stepwell.dialects.llvm.memory_ops import AllocaOp, GEPOp, LoadOp, StoreOp
from stepwell.dialects.llvm.types import PointerType, StructType
from stepwell.dialects.scf.parallel import ParallelOp
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import UNIT, DenseArrayAttr, IntegerAttr, SymbolRefAttr, TypeAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.clone import clone
from stepwell.ir.rewriting.folding import constant_of
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.structural_keys import StructuralKeys, head
from stepwell.ir.symbol_table import SymbolTable
from stepwell.ir.traits import ConstantLike
from stepwell.ir.types import FunctionType
from stepwell.ir.value import Value
from stepwell.passes.lowering.llvm_types import LLVMTypes

ENTRY = "stepwell_parallel_for"
POINTER = PointerType()
BODY_TYPE = FunctionType((types.i64, types.i64, POINTER), ())
ENTRY_TYPE = FunctionType((POINTER, types.i64, types.i64, POINTER, types.i64), ())


@dataclass(frozen=True, slots=True)
class Context:
    """What a body uses from outside.

    Attributes:
        constants: made anew in the function.
        values: passed in the struct.
        type: the struct.
        key: the same for loops that make equal functions.
    """

    constants: tuple[Value, ...]
    values: tuple[Value, ...]
    type: StructType
    key: Hashable


class Outliner:
    """Makes the functions of loops; loops that differ in names only share one.

    Args:
        table: of the module.
    """

    def __init__(self, table: SymbolTable) -> None:
        self.table = table
        self._keys = StructuralKeys()
        self._names: dict[Hashable, str] = {}

    def context_of(self, op: ParallelOp, dim: int) -> Context | None:
        """What the function for the dimension `dim` of `op` uses from outside; None if some of it
        cannot be in a struct."""
        shape, inside = self._keys.regions(op)
        upper = len(op.induction_variables) + dim
        own = [value for number, value in enumerate(op.operands) if number != upper]
        numbers = {value: number for number, value in enumerate(dict.fromkeys([*own, *inside]))}
        constants = [value for value in numbers if _is_constant(value)]
        values = [value for value in numbers if not _is_constant(value)]
        parts = LLVMTypes().convert_types([value.type for value in values])
        if parts is None:
            return None
        order = tuple([numbers[value] for value in (*own, *inside)])
        kinds = tuple([self._kind(value) for value in numbers])
        key = (head(op), dim, shape, order, kinds)
        return Context(tuple(constants), tuple(values), StructType(tuple(parts)), key)

    def _kind(self, value: Value) -> Hashable:
        """What the function knows of a value from outside."""
        owner = value.defining_op
        return self._keys.key(owner) if owner is not None and _is_constant(value) else value.type

    def outline(self, op: ParallelOp, dim: int, context: Context, before: FuncOp) -> str:
        """Makes the function that runs a range of one dimension, and all of the others, unless
        there is an equal one.

        Returns:
            Its name.
        """
        name = self._names.get(context.key)
        if name is None:
            name = self.table.unique_name(f"{before.sym_name.value}_parallel")
            self._names[context.key] = name
            self.table.insert(_function(name, op, dim, context), before)
        return name


def _is_constant(value: Value) -> bool:
    owner = value.defining_op
    return owner is not None and owner.has_trait(ConstantLike)


def _function(name: str, op: ParallelOp, dim: int, context: Context) -> FuncOp:
    block = Block(BODY_TYPE.inputs)
    function = FuncOp(name, TypeAttr(BODY_TYPE), sym_visibility="private", no_inline=UNIT,
                      body=Region([block]))  # fmt: skip
    function.location = op.location
    rewriter = Rewriter(location=op.location)
    rewriter.set_point(block, None)
    mapping: dict[Value, Value] = {}
    for value in context.constants:
        assert value.defining_op is not None
        rewriter.insert(clone(value.defining_op, mapping))
    for number, value in enumerate(context.values):
        mapping[value] = _load(block.args[2], number, value.type, context, rewriter)
    loop = clone(op, mapping)
    count = len(loop.induction_variables)
    lower, step = loop.operands[dim], loop.operands[2 * count + dim]
    loop.set_operand(dim, _bound(block.args[0], lower, step, rewriter))
    loop.set_operand(count + dim, _bound(block.args[1], lower, step, rewriter))
    rewriter.insert(loop)
    rewriter.insert(ReturnOp([]))
    return function


def _bound(number: Value, lower: Value, step: Value, rewriter: Rewriter) -> Value:
    """lower + number * step."""
    index = rewriter.insert(IndexCastOp(number, result_types=[types.index])).result
    if not _is_number(step, 1):
        index = rewriter.insert(MulIOp(index, step)).result
    return index if _is_number(lower, 0) else rewriter.insert(AddIOp(lower, index)).result


def _is_number(value: Value, number: int) -> bool:
    """Whether `value` is this constant."""
    attribute = constant_of(value)
    return isinstance(attribute, IntegerAttr) and attribute.value == number


def _load(pointer: Value, number: int, type: Type, context: Context, rewriter: Rewriter) -> Value:
    part = context.type.elements[number] if context.type.elements else type
    address = _address(pointer, number, context, rewriter)
    loaded = rewriter.insert(LoadOp(address, result_types=[part])).result
    return _cast(loaded, type, rewriter)


def _address(pointer: Value, number: int, context: Context, rewriter: Rewriter) -> Value:
    where = DenseArrayAttr.i32([0, number])
    made = GEPOp(pointer, [], where, TypeAttr(context.type), result_types=[POINTER])
    return rewriter.insert(made).result


def _cast(value: Value, type: Type, rewriter: Rewriter) -> Value:
    if value.type is type:
        return value
    return rewriter.insert(UnrealizedConversionCastOp([value], result_types=[type])).results[0]


def call_threads(
    name: str, trips: Value, most: Value, context: Context, function: FuncOp, rewriter: Rewriter
) -> None:
    """Fills the struct, which lies in the frame of `function`, and runs all ranges.

    Args:
        most: how many threads the loop is worth.
    """
    pointer = _allocate(context, function, rewriter)
    for number, value in enumerate(context.values):
        part = context.type.elements[number] if context.type.elements else value.type
        address = _address(pointer, number, context, rewriter)
        rewriter.insert(StoreOp(_cast(value, part, rewriter), address))
    begin = rewriter.constant(IntegerAttr(0, types.i64), types.i64)
    end, pieces = (
        rewriter.insert(IndexCastOp(number, result_types=[types.i64])).result
        for number in (trips, most)
    )
    body = ConstantOp(SymbolRefAttr(name), result_types=[BODY_TYPE])
    code = _cast(rewriter.insert(body).result, POINTER, rewriter)
    arguments = [code, begin, end, pointer, pieces]
    rewriter.insert(CallOp(SymbolRefAttr(ENTRY), arguments, result_types=[]))


def _allocate(context: Context, function: FuncOp, rewriter: Rewriter) -> Value:
    """Once a call of the function, however often the loop is reached."""
    with rewriter.at_start(function.body.entry):
        one = rewriter.constant(IntegerAttr(1, types.i64), types.i64)
        type = TypeAttr(context.type)
        return rewriter.insert(AllocaOp(one, elem_type=type, result_types=[POINTER])).result


def declare_entry(table: SymbolTable, first: FuncOp) -> None:
    """Declares the thread pool's entry, unless that is done."""
    if table.lookup(ENTRY) is None:
        table.insert(
            FuncOp(ENTRY, TypeAttr(ENTRY_TYPE), sym_visibility="private", body=Region()), first
        )

"""Running a kernel: over the blocks of a grid and the threads of each block."""

from __future__ import annotations

import itertools
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from stepwell.dialects.gpu.attributes import TOKEN
from stepwell.dialects.gpu.function import (
    ATTRIBUTIONS,
    GPUFuncOp,
    attributions,
    parse_attributions,
    print_attributions,
)
from stepwell.dialects.gpu.streams import AsyncOp, Token, print_async
from stepwell.dialects.gpu.threads import Thread
from stepwell.dialects.memref.layout import space_text
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr, IntegerAttr, SymbolRefAttr
from stepwell.ir.block import Region
from stepwell.ir.constraints import Constraint
from stepwell.ir.definition import Op
from stepwell.ir.fields import (
    OPERAND_SEGMENTS,
    operand,
    optional_operand,
    optional_prop,
    optional_result,
    prop,
    region,
    variadic_operand,
)
from stepwell.ir.interpreter.machine import (
    POISON,
    Execution,
    Machine,
    RunThreads,
    RuntimeValue,
    ThreadStart,
)
from stepwell.ir.interpreter.memory import MemRef
from stepwell.ir.operation import Operation
from stepwell.ir.property_kinds import FlatSymbolRef, SymbolRef
from stepwell.ir.symbol_table import SymbolTables
from stepwell.ir.traits import (
    AffineScope,
    AutomaticAllocationScope,
    HasParent,
    Pure,
    RecursiveMemoryEffects,
    ReturnLike,
    SymbolTable,
    Terminator,
)
from stepwell.ir.types import MemRefType, i8, i32, i64, index
from stepwell.ir.value import BlockArgument, Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import Argument, Operand, OpParser
    from stepwell.ir.text.printer import Printer

IntegerOrIndex = Constraint(
    lambda type: type in (index, i32, i64), "index or 32-bit or 64-bit signless integer"
)
I32 = Constraint(lambda type: type is i32, "32-bit signless integer")
CONTAINER = "gpu.container_module"
SHARED = "#gpu.address_space<workgroup>"
_FIXED = 12


class TerminatorOp(
    Op, name="gpu.terminator", traits=(Pure, HasParent.of("gpu.launch"), ReturnLike, Terminator)
):
    """`gpu.terminator`: ends the body of a `gpu.launch`."""

    syntax = "attr-dict"


class LaunchingOp(AsyncOp):
    """The operands that `gpu.launch` and `gpu.launch_func` share."""

    gridSizeX = operand(IntegerOrIndex)
    gridSizeY = operand(IntegerOrIndex)
    gridSizeZ = operand(IntegerOrIndex)
    blockSizeX = operand(IntegerOrIndex)
    blockSizeY = operand(IntegerOrIndex)
    blockSizeZ = operand(IntegerOrIndex)
    clusterSizeX = optional_operand(IntegerOrIndex)
    clusterSizeY = optional_operand(IntegerOrIndex)
    clusterSizeZ = optional_operand(IntegerOrIndex)
    dynamicSharedMemorySize = optional_operand(I32)
    asyncToken = optional_result(Token)

    @property
    def grid_size(self) -> tuple[Value, Value, Value]:
        """How many blocks there are."""
        return self.gridSizeX, self.gridSizeY, self.gridSizeZ

    @property
    def block_size(self) -> tuple[Value, Value, Value]:
        """How many threads each block has."""
        return self.blockSizeX, self.blockSizeY, self.blockSizeZ

    @property
    def cluster_size(self) -> tuple[Value, ...]:
        """How many blocks each cluster has; empty without clusters."""
        found = (self.clusterSizeX, self.clusterSizeY, self.clusterSizeZ)
        return tuple(value for value in found if value is not None)

    def dynamic_memory(self, operands: Sequence[RuntimeValue]) -> MemRef | None:
        """Fresh memory for a block, if the launch says how much; `operands` are those of the op."""
        if self.dynamicSharedMemorySize is None:
            return None
        place = len(self.asyncDependencies) + 6 + len(self.cluster_size)
        return MemRef.allocate((operands[place],), i8, space=SHARED)


def _parse_async(p: OpParser) -> tuple[list[Type], list[Operand]]:
    results: list[Type] = [TOKEN] if p.accept("async") else []
    return results, p.operands("[", "]") if p.text == "[" else []


def _segments(tokens: int, clusters: int, memory: int, *rest: int) -> dict[str, Attribute]:
    own = [1 if clusters else 0] * 3
    sizes = [tokens, 1, 1, 1, 1, 1, 1, *own, memory, *rest]
    return {OPERAND_SEGMENTS: DenseArrayAttr.i32(sizes)}


class LaunchOp(
    LaunchingOp,
    name="gpu.launch",
    traits=(AffineScope, AutomaticAllocationScope, RecursiveMemoryEffects),
):
    """`gpu.launch blocks(%bx, ...) in (%gx = %n, ...) threads(%tx, ...) in (...) { ... }`.

    Its body is the kernel. The entry block has the place of the block and of the thread, the
    sizes of the grid and of a block, the same of clusters if there are any, and then memory.
    """

    module_ = optional_prop(FlatSymbolRef)
    function = optional_prop(FlatSymbolRef)
    body = region()

    @property
    def fixed_arguments(self) -> int:
        """How many arguments of the entry block are coordinates and sizes."""
        return _FIXED + 2 * len(self.cluster_size)

    @property
    def workgroup_attributions(self) -> Sequence[BlockArgument]:
        """The memory that the threads of a block share."""
        return attributions(self, self.fixed_arguments)[0]

    @property
    def private_attributions(self) -> Sequence[BlockArgument]:
        """The memory that is each thread's own."""
        return attributions(self, self.fixed_arguments)[1]

    @classmethod
    def parse(cls, p: OpParser) -> Generator[Any, Region, Operation]:
        results, names = _parse_async(p)
        tokens = len(names)
        parts = {word: _parse_sizes(p, word) for word in ("clusters", "blocks", "threads")}
        ids = [parts[word][0] for word in ("blocks", "threads", "clusters")]
        sizes = [parts[word][1] for word in ("blocks", "threads", "clusters")]
        arguments = [*ids[0], *ids[1], *sizes[0], *sizes[1], *ids[2], *sizes[2]]
        operands = p.resolve_all(names, [TOKEN] * tokens)
        given = [parts[word][2] for word in ("blocks", "threads", "clusters")]
        operands += [p.resolve(name, index) for group in given for name in group]
        memory = p.accept("dynamic_shared_memory_size")
        if memory:
            operands.append(p.resolve(p.operand(), i32))
        properties = _segments(tokens, len(given[2]), int(memory))
        for word in ("module", "function"):
            if p.accept(word):
                p.literal("(")
                properties[word] = SymbolRefAttr(p.symbol_name())
                p.literal(")")
        shared = parse_attributions(p, arguments, {})
        body = yield p.region(arguments)
        attributes = p.optional_dictionary()
        attributes[ATTRIBUTIONS] = IntegerAttr(shared, i64)
        return cls.create(operands, results, properties, attributes, (), [body])

    def print(self, p: Printer) -> Generator[Any, None, None]:
        if self.results or self.asyncDependencies:
            p.write(" ")
            print_async(p, self)
        args = self.body.args
        if self.cluster_size:
            _print_sizes(p, "clusters", args[12:15], args[15:18], self.cluster_size)
        _print_sizes(p, "blocks", args[0:3], args[6:9], self.grid_size)
        _print_sizes(p, "threads", args[3:6], args[9:12], self.block_size)
        if self.dynamicSharedMemorySize is not None:
            p.write(f" dynamic_shared_memory_size {p.name(self.dynamicSharedMemorySize)}")
        for word, symbol in (("module", self.module_), ("function", self.function)):
            if symbol is not None:
                p.write(f" {word}({symbol})")
        print_attributions(p, self, self.fixed_arguments)
        p.write(" ")
        yield p.region(self.body, arguments=False)
        p.attr_dict(self, (ATTRIBUTIONS, "module", "function"))

    def verify_op(self) -> None:
        if self.body.first is None:
            return
        shared, own = attributions(self, self.fixed_arguments)
        fixed = self.body.args[: self.fixed_arguments]
        count = self.attributes.get(ATTRIBUTIONS)
        wanted = self.fixed_arguments + (count.value if isinstance(count, IntegerAttr) else 0)
        if len(self.body.args) < wanted or any(a.type is not index for a in fixed):
            raise self.error("unexpected number of region arguments")
        for argument in (*shared, *own):
            if not isinstance(argument.type, MemRefType):
                raise self.error("expected memref type in attribution")
        for block in self.body.blocks:
            if (
                block.last is not None
                and block.last.successors == []
                and not isinstance(block.last, TerminatorOp)
            ):
                raise self.error("expected 'gpu.terminator' or a terminator with successors")

    def execute(self, machine: Machine, *operands: RuntimeValue) -> Execution:
        grid, block = _sizes(self, machine, operands)
        fixed, shared = self.fixed_arguments, self.workgroup_attributions
        own = self.private_attributions
        for place in _points(grid):
            common = [_memory(argument) for argument in shared]
            extra = self.dynamic_memory(operands)
            starts = []
            for at in _points(block):
                thread = Thread(place, at, grid, block, dynamic_memory=extra)
                values: list[RuntimeValue] = [*place, *at, *grid, *block]
                values += [*place, 1, 1, 1][: fixed - _FIXED]
                values += [*common, *(_memory(argument) for argument in own)]
                starts.append(ThreadStart(thread, thread.groups, values))
            yield RunThreads(self.body, starts)
        return self.token_result()


def _parse_sizes(p: OpParser, word: str) -> tuple[list[Argument], list[Argument], list[Operand]]:
    """`blocks(%a, %b, %c) in (%d = %x, %e = %y, %f = %z)`."""
    if word == "clusters" and p.text != word:
        return [], [], []
    p.literal(word)
    ids = p.comma_separated(lambda: p.argument(index), "(", ")")
    p.literal("in")
    pairs = p.comma_separated(p.assignment, "(", ")")
    if len(ids) != 3 or len(pairs) != 3:
        raise p.error(f"expected three values for '{word}'")
    sizes = [inner for inner, _ in pairs]
    for size in sizes:
        size.type = index
    return ids, sizes, [outer for _, outer in pairs]


def _print_sizes(
    p: Printer,
    word: str,
    ids: Sequence[Value],
    sizes: Sequence[Value],
    values: Sequence[Value],
) -> None:
    p.write(f" {word}(")
    p.operands(ids)
    pairs = [f"{p.name(a)} = {p.name(b)}" for a, b in zip(sizes, values, strict=True)]
    p.write(f") in ({', '.join(pairs)})")


class LaunchFuncOp(LaunchingOp, name="gpu.launch_func"):
    """`gpu.launch_func @m::@k blocks in (%x, %y, %z) threads in (...) args(%a : i32)`."""

    kernel = prop(SymbolRef)
    kernelOperands = variadic_operand()
    asyncObject = optional_operand()

    @classmethod
    def parse(cls, p: OpParser) -> Op:
        results, names = _parse_async(p)
        tokens = p.resolve_all(names, [TOKEN] * len(names))
        stream: list[Value] = []
        if p.accept("<"):
            name = p.operand()
            p.literal(":")
            stream.append(p.resolve(name, p.type()))
            p.literal(">")
        kernel = p.symbol_reference()
        clusters = _parse_triple(p, "clusters") if p.text == "clusters" else []
        sizes = [*_parse_triple(p, "blocks"), *_parse_triple(p, "threads"), *clusters]
        type = p.type() if p.accept(":") else index
        operands = [*tokens, *(p.resolve(name, type) for name in sizes)]
        memory = p.accept("dynamic_shared_memory_size")
        if memory:
            operands.append(p.resolve(p.operand(), i32))
        count = len(operands)
        if p.accept("args"):
            operands += p.comma_separated(lambda: _typed_operand(p), "(", ")")
        properties: dict[str, Attribute] = {"kernel": kernel}
        passed = len(operands) - count
        properties |= _segments(len(tokens), len(clusters), int(memory), passed, len(stream))
        attributes = p.optional_dictionary()
        return cls.create([*operands, *stream], results, properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(" ")
        print_async(p, self)
        if self.asyncObject is not None:
            p.write(f" <{p.name(self.asyncObject)} : {p.show(self.asyncObject.type)}>")
        p.write(f" {self.kernel}")
        groups = (("clusters", self.cluster_size), ("blocks", self.grid_size))
        for word, values in (*groups, ("threads", self.block_size)):
            if values:
                p.write(f" {word} in (")
                p.operands(values)
                p.write(")")
        type = self.gridSizeX.type
        p.write(f" : {p.show(type)} " if type is not index else " ")
        if self.dynamicSharedMemorySize is not None:
            p.write(f" dynamic_shared_memory_size {p.name(self.dynamicSharedMemorySize)}")
        p.write(" ")
        if self.kernelOperands:
            shown = [f"{p.name(v)} : {p.show(v.type)}" for v in self.kernelOperands]
            p.write(f"args({', '.join(shown)})")
        p.attr_dict(self, ("kernel",))

    def verify_symbol_uses(self, symbols: SymbolTables) -> None:
        module = self.parent_op
        while module is not None and module.name != "builtin.module":
            module = module.parent_op
        if module is None:
            return
        if CONTAINER not in module.attributes:
            raise self.error(
                "expected the closest surrounding module to have the 'gpu.container_module' "
                "attribute"
            )
        container = symbols.lookup_in(module, self.kernel.root)
        if container is None:
            raise self.error(f"kernel container '{self.kernel.root}' is undefined")
        if SymbolTable not in container.traits:
            return
        function = symbols.lookup(self, self.kernel)
        if function is None:
            raise self.error(f"kernel function '{self.kernel}' is undefined")
        if not isinstance(function, GPUFuncOp):
            return
        if not function.is_kernel:
            raise self.error("kernel function is missing the 'gpu.kernel' attribute")
        self._verify_arguments(function.type.inputs)

    def _verify_arguments(self, expected: Sequence[Type]) -> None:
        given = self.kernelOperands
        if len(given) != len(expected):
            raise self.error(f"got {len(given)} kernel operands but expected {len(expected)}")
        for number, (value, type) in enumerate(zip(given, expected, strict=True)):
            if value.type is not type:
                raise self.error(f"type of function argument {number} does not match")

    def execute(self, machine: Machine, *operands: RuntimeValue) -> Execution:
        grid, block = _sizes(self, machine, operands)
        function = machine.function(self, self.kernel)
        first = len(self._operands) - len(self.kernelOperands) - (self.asyncObject is not None)
        passed = operands[first : first + len(self.kernelOperands)]
        shared: Sequence[BlockArgument] = ()
        own: Sequence[BlockArgument] = ()
        if isinstance(function, GPUFuncOp):
            shared, own = function.workgroup_attributions, function.private_attributions
        for place in _points(grid):
            common = [_memory(argument) for argument in shared]
            extra = self.dynamic_memory(operands)
            starts = [
                ThreadStart(thread, thread.groups, [*passed, *common, *map(_memory, own)])
                for thread in (
                    Thread(place, at, grid, block, dynamic_memory=extra) for at in _points(block)
                )
            ]
            yield RunThreads(function.regions[0], starts, isolated=True)
        return self.token_result()

    @property
    def kernel_name(self) -> str:
        """The name of the kernel in its module."""
        return self.kernel.path[-1] if self.kernel.path else self.kernel.root


def _parse_triple(p: OpParser, word: str) -> list[Operand]:
    p.literal(word)
    p.literal("in")
    names = p.operands("(", ")")
    if len(names) != 3:
        raise p.error(f"expected three values for '{word}'")
    return names


def _typed_operand(p: OpParser) -> Value:
    name = p.operand()
    p.literal(":")
    return p.resolve(name, p.type())


def _sizes(
    op: LaunchingOp, machine: Machine, operands: Sequence[RuntimeValue]
) -> tuple[tuple[int, int, int], tuple[int, int, int]]:
    start = len(op.asyncDependencies)
    found = operands[start : start + 6]
    if any(value is POISON or value < 0 for value in found):
        raise machine.undefined(op, f"has a negative or poison size: {list(found)}")
    x, y, z, a, b, c = found
    return (x, y, z), (a, b, c)


def _points(size: tuple[int, int, int]) -> Generator[tuple[int, int, int], None, None]:
    """All places in a box, x running fastest."""
    for z, y, x in itertools.product(*(range(count) for count in reversed(size))):
        yield (x, y, z)


def _memory(argument: BlockArgument) -> MemRef:
    """Fresh memory for an attribution."""
    type = argument.type
    assert isinstance(type, MemRefType)
    return MemRef.allocate(
        type.shape, type.element_type, name=argument.name_hint or "", space=space_text(type)
    )

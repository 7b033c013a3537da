"""Modules and functions that run on a GPU, and modules that were compiled for one."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any

from stepwell.dialects.gpu.attributes import Objects, SelectObjectAttr
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import (
    UNIT,
    ArrayAttr,
    DenseArrayAttr,
    DictionaryAttr,
    IntegerAttr,
    StringAttr,
    SymbolRefAttr,
    TypeAttr,
)
from stepwell.ir.block import Block, Region
from stepwell.ir.definition import Op
from stepwell.ir.fields import optional_prop, prop, region, variadic_operand
from stepwell.ir.function_signature import parse_signature, print_signature
from stepwell.ir.property_kinds import (
    AnyAttr,
    Array,
    DenseI32Array,
    DictArray,
    FunctionTypeOf,
    Kind,
    SymbolName,
)
from stepwell.ir.traits import (
    AutomaticAllocationScope,
    HasParent,
    IsolatedFromAbove,
    NoTerminator,
    Pure,
    ReturnLike,
    SingleBlock,
    Symbol,
    SymbolTable,
    Terminator,
)
from stepwell.ir.types import FunctionType, MemRefType, i64
from stepwell.ir.value import BlockArgument

if TYPE_CHECKING:
    from stepwell.ir.operation import Operation
    from stepwell.ir.text.op_parser import Argument, OpParser
    from stepwell.ir.text.printer import Printer

KERNEL = "gpu.kernel"
ATTRIBUTIONS = "workgroup_attributions"
_HIDDEN = (
    "sym_name", "function_type", KERNEL, ATTRIBUTIONS, "arg_attrs", "res_attrs",
    "workgroup_attrib_attrs", "private_attrib_attrs",
)  # fmt: skip
Targets: Kind[ArrayAttr] = Kind(
    ArrayAttr,
    "array of GPU target attributes with at least 1 elements",
    Array._coerce,
    lambda attribute: len(attribute.values) > 0,
)
AtLeastOneObject: Kind[ArrayAttr] = Kind(
    ArrayAttr,
    "an array of GPU object attributes with at least 1 elements",
    Objects._coerce,
    lambda attribute: len(attribute.values) > 0 and Objects.accepts(attribute),
)
Three: Kind[DenseArrayAttr] = Kind(
    DenseArrayAttr,
    "i32 dense array attribute with 3 elements",
    DenseI32Array._coerce,
    lambda attribute: DenseI32Array.accepts(attribute) and len(attribute.values) == 3,
)


class GPUModuleOp(
    Op,
    name="gpu.module",
    traits=(IsolatedFromAbove, SymbolTable, Symbol, SingleBlock, NoTerminator),
):
    """`gpu.module @m [#nvvm.target] { ... }`: what is compiled for a GPU as one."""

    sym_name = prop(SymbolName)
    targets = optional_prop(Targets)
    offloadingHandler = optional_prop(AnyAttr)
    bodyRegion = region()

    @classmethod
    def parse(cls, p: OpParser) -> Generator[Any, Region, Op]:
        properties: dict[str, Attribute] = {"sym_name": StringAttr(p.symbol_name())}
        if p.accept("<"):
            properties["offloadingHandler"] = p.attribute()
            p.literal(">")
        if p.text == "[":
            properties["targets"] = p.attribute()
        attributes = p.dictionary() if p.accept("attributes") else {}
        body = yield p.region()
        if body.first is None:
            body.append(Block())
        return cls.create((), (), properties, attributes or None, (), [body])

    def print(self, p: Printer) -> Generator[Any, None, None]:
        p.write(f" {SymbolRefAttr(self.sym_name.value)}")
        if self.offloadingHandler is not None:
            p.write(f" <{p.show(self.offloadingHandler)}>")
        if self.targets is not None:
            p.write(f" {p.show(self.targets)}")
        p.attr_dict(self, ("sym_name", "targets", "offloadingHandler"), keyword=True)
        p.write(" ")
        yield p.region(self.bodyRegion)


class BinaryOp(Op, name="gpu.binary", traits=(Symbol,)):
    """`gpu.binary @m [#gpu.object<#nvvm.target, assembly = "...">]`: a compiled gpu.module."""

    sym_name = prop(SymbolName)
    offloadingHandler = prop(AnyAttr, SelectObjectAttr())
    objects = prop(AtLeastOneObject)

    @classmethod
    def parse(cls, p: OpParser) -> Op:
        properties: dict[str, Attribute] = {"sym_name": StringAttr(p.symbol_name())}
        properties["offloadingHandler"] = SelectObjectAttr()
        if p.accept("<"):
            properties["offloadingHandler"] = p.attribute()
            p.literal(">")
        attributes = p.dictionary() if p.accept("attributes") else {}
        properties["objects"] = p.attribute()
        return cls.create((), (), properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {SymbolRefAttr(self.sym_name.value)} ")
        if self.offloadingHandler is not SelectObjectAttr():
            p.write(f"<{p.show(self.offloadingHandler)}>")
        p.attr_dict(self, ("sym_name", "offloadingHandler", "objects"), keyword=True)
        p.write(f" {p.show(self.objects)}")


class GPUFuncOp(
    Op, name="gpu.func",
    traits=(AutomaticAllocationScope, HasParent.of("gpu.module"), IsolatedFromAbove, Symbol),
):  # fmt: skip
    """`gpu.func @f(%a: i32) workgroup(%s : memref<4xf32, 3>) private(%p : ...) kernel {...}`.

    After its arguments the entry block has the memory that the threads of a block share, and that
    which is each thread's own.
    """

    function_type = prop(FunctionTypeOf)
    arg_attrs = optional_prop(DictArray)
    res_attrs = optional_prop(DictArray)
    workgroup_attrib_attrs = optional_prop(DictArray)
    private_attrib_attrs = optional_prop(DictArray)
    known_block_size = optional_prop(Three)
    known_grid_size = optional_prop(Three)
    known_cluster_size = optional_prop(Three)
    body = region()

    @property
    def type(self) -> FunctionType:
        """The function's type."""
        type = self.function_type.value
        assert isinstance(type, FunctionType)
        return type

    @property
    def is_kernel(self) -> bool:
        """Whether the host can launch it."""
        return KERNEL in self.attributes

    @property
    def callable_region(self) -> Region | None:
        """What a call runs."""
        return self.body

    @property
    def workgroup_attributions(self) -> Sequence[BlockArgument]:
        """The memory that the threads of a block share."""
        return attributions(self, len(self.type.inputs))[0]

    @property
    def private_attributions(self) -> Sequence[BlockArgument]:
        """The memory that is each thread's own."""
        return attributions(self, len(self.type.inputs))[1]

    @classmethod
    def parse(cls, p: OpParser) -> Generator[Any, Region, Op]:
        attributes: dict[str, Attribute] = {"sym_name": StringAttr(p.symbol_name())}
        signature = parse_signature(p)
        properties: dict[str, Attribute] = {"function_type": TypeAttr(signature.type())}
        properties |= signature.properties()
        arguments = list(signature.arguments)
        groups = parse_attributions(p, arguments, properties)
        attributes[ATTRIBUTIONS] = IntegerAttr(groups, i64)
        if p.accept("kernel"):
            attributes[KERNEL] = UNIT
        given = p.dictionary() if p.accept("attributes") else {}
        for name, value in given.items():
            (properties if name in cls.property_names else attributes)[name] = value
        body = yield p.region(arguments)
        return cls.create((), (), properties, attributes, (), [body])

    def print(self, p: Printer) -> Generator[Any, None, None]:
        name = self.attributes["sym_name"]
        p.write(f" {SymbolRefAttr(name.value if isinstance(name, StringAttr) else '')}")
        print_signature(p, self, self.type)
        print_attributions(p, self, len(self.type.inputs))
        p.write(" kernel" if self.is_kernel else "")
        p.attr_dict(self, _HIDDEN, keyword=True)
        p.write(" ")
        yield p.region(self.body, arguments=False)

    def verify_op(self) -> None:
        if self.is_kernel and self.type.results:
            raise self.error("expected void return type for kernel function")
        if self.body.is_empty:
            raise self.error("expected body with at least one block")
        inputs = self.type.inputs
        arguments = self.body.entry.args
        shared, own = attributions(self, len(inputs))
        if len(arguments) < len(inputs) + len(shared):
            raise self.error(
                f"expected at least {len(inputs) + len(shared)} arguments to body region"
            )
        for argument, type in zip(arguments, inputs, strict=False):
            if argument.type is not type:
                raise self.error(
                    f"expected body region argument #{argument.index} to be of type '{type}', "
                    f"got '{argument.type}'"
                )
        for argument in (*shared, *own):
            if not isinstance(argument.type, MemRefType):
                raise self.error("expected memref type in attribution")
        for key in ("gpu.known_block_size", "gpu.known_grid_size"):
            found = self.attributes.get(key)
            if isinstance(found, DenseArrayAttr) and len(found.values) != 3:
                raise self.error(f"{key} must contain exactly 3 elements")


def attributions(
    op: Operation, fixed: int
) -> tuple[Sequence[BlockArgument], Sequence[BlockArgument]]:
    """The shared and the private memory of a gpu.func or gpu.launch.

    Args:
        op: the op.
        fixed: how many arguments stand before them.
    """
    count = op.attributes.get(ATTRIBUTIONS)
    shared = count.value if isinstance(count, IntegerAttr) else 0
    arguments = op.regions[0].args if op.regions[0].first is not None else []
    return arguments[fixed : fixed + shared], arguments[fixed + shared :]


def parse_attributions(
    p: OpParser, arguments: list[Argument], properties: dict[str, Attribute]
) -> int:
    """Reads `workgroup(...) private(...)` into `arguments`; the number of shared ones."""
    before = len(arguments)
    for word in ("workgroup", "private"):
        if p.accept(word):
            found = p.comma_separated(lambda: p.argument(attributes=True), "(", ")")
            arguments += found
            if any(argument.attributes for argument in found):
                entries = [DictionaryAttr.of(a.attributes or {}) for a in found]
                properties[f"{word}_attrib_attrs"] = ArrayAttr(tuple(entries))
        if word == "workgroup":
            shared = len(arguments) - before
    return shared


def print_attributions(p: Printer, op: Operation, fixed: int) -> None:
    """Writes what `parse_attributions` reads."""
    shared, own = attributions(op, fixed)
    for word, group in (("workgroup", shared), ("private", own)):
        if not group:
            continue
        written = op.properties.get(f"{word}_attrib_attrs")
        entries = written.values if isinstance(written, ArrayAttr) else ()
        p.write(f" {word}(")
        for number, argument in enumerate(group):
            p.write(", " if number else "")
            p.write(f"{p.name(argument)} : {p.show(argument.type)}")
            entry = entries[number] if number < len(entries) else None
            p.dictionary(entry.as_dict() if isinstance(entry, DictionaryAttr) else {})
        p.write(")")


class ReturnOp(
    Op, name="gpu.return", traits=(Pure, HasParent.of("gpu.func"), ReturnLike, Terminator)
):
    """`gpu.return %x : f32`: ends a function that runs on a GPU."""

    operands_ = variadic_operand()
    syntax = "attr-dict ($operands^ `:` type($operands))?"

    def verify_op(self) -> None:
        function = self.parent_op
        if not isinstance(function, GPUFuncOp):
            return
        expected: Sequence[Type] = function.type.results
        if len(expected) != self.num_operands:
            raise self.error(f"expected {len(expected)} result operands")
        for number, (found, wanted) in enumerate(zip(self.operand_types, expected, strict=True)):
            if found is not wanted:
                raise self.error(f"unexpected type `'{found}'' for operand #{number}")

"""Ops of the builtin dialect: https://mlir.llvm.org/docs/Dialects/Builtin/"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any, ClassVar

from stepwell.ir.attribute import Attribute
from stepwell.ir.attributes import StringAttr, symbol_text
from stepwell.ir.block import Block, Region
from stepwell.ir.definition import Op
from stepwell.ir.fields import optional_prop, region, variadic_operand, variadic_result
from stepwell.ir.property_kinds import Str, SymbolName
from stepwell.ir.traits import (
    AffineScope,
    GraphRegion,
    IsolatedFromAbove,
    NoTerminator,
    Pure,
    SingleBlock,
    Symbol,
    SymbolTable,
)

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class ModuleOp(
    Op,
    name="builtin.module",
    traits=(
        AffineScope,
        GraphRegion,
        IsolatedFromAbove,
        NoTerminator,
        SingleBlock,
        Symbol,
        SymbolTable,
    ),
):
    """`module @name attributes {...} { ... }`: a program, or a part of one."""

    sym_name = optional_prop(SymbolName)
    sym_visibility = optional_prop(Str)
    body = region()
    default_dialect: ClassVar[str] = "builtin"

    @classmethod
    def parse(cls, p: OpParser) -> Generator[Any, Region, Op]:
        name = p.optional_symbol_name()
        attributes = p.dictionary() if p.accept("attributes") else {}
        body = yield p.region()
        if body.is_empty:
            body.append(Block())
        properties: dict[str, Attribute] = {}
        if name is not None:
            properties["sym_name"] = StringAttr(name)
        if "sym_visibility" in attributes:
            properties["sym_visibility"] = attributes.pop("sym_visibility")
        return cls.create((), (), properties or None, attributes or None, (), [body])

    def print(self, p: Printer) -> Iterator[Any]:
        if self.sym_name is not None:
            p.write(" " + symbol_text(self.sym_name.value))
        p.attr_dict(self, ["sym_name"], keyword=True)
        p.write(" ")
        yield p.region(self.body)

    @classmethod
    def empty(cls) -> ModuleOp:
        """A module with nothing in it."""
        return cls.create(regions=[Region([Block()])])


class UnrealizedConversionCastOp(Op, name="builtin.unrealized_conversion_cast", traits=(Pure,)):
    """`unrealized_conversion_cast %x : index to i64`: a cast that a later pass must remove."""

    inputs = variadic_operand()
    outputs = variadic_result()
    syntax = "($inputs^ `:` type($inputs))? `to` type($outputs) attr-dict"

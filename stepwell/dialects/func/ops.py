"""Ops of the func dialect: https://mlir.llvm.org/docs/Dialects/Func/"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from stepwell.ir.attribute import Type
from stepwell.ir.attributes import StringAttr, TypeAttr
from stepwell.ir.block import Region
from stepwell.ir.constraints import AnyFunctionType
from stepwell.ir.definition import Op
from stepwell.ir.fields import (
    operand,
    optional_prop,
    prop,
    region,
    result,
    unit_prop,
    variadic_operand,
    variadic_result,
)
from stepwell.ir.function_signature import (
    parse_signature,
    parse_visibility,
    print_signature,
    print_symbol_head,
)
from stepwell.ir.interpreter.machine import Call, CallValue, Execution, Machine, RuntimeValue
from stepwell.ir.operation import Operation
from stepwell.ir.property_kinds import DictArray, FlatSymbolRef, FunctionTypeOf, Str, SymbolName
from stepwell.ir.symbol_table import SymbolTables
from stepwell.ir.traits import (
    AffineScope,
    AutomaticAllocationScope,
    ConstantLike,
    HasParent,
    IsolatedFromAbove,
    Pure,
    ReturnLike,
    Symbol,
    Terminator,
)
from stepwell.ir.types import FunctionType
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class FuncOp(
    Op,
    name="func.func",
    traits=(AffineScope, AutomaticAllocationScope, IsolatedFromAbove, Symbol),
):
    """`func.func private @name(%a: i32) -> i32 attributes {...} { ... }`.

    A function; without a body it is declared here and defined elsewhere.
    """

    sym_name = prop(SymbolName)
    function_type = prop(FunctionTypeOf)
    sym_visibility = optional_prop(Str)
    arg_attrs = optional_prop(DictArray)
    res_attrs = optional_prop(DictArray)
    no_inline = unit_prop()
    body = region()
    default_dialect: ClassVar[str] = "func"
    declarations_are_private: ClassVar[bool] = True

    @property
    def type(self) -> FunctionType:
        """The function's type."""
        type = self.function_type.value
        assert isinstance(type, FunctionType)
        return type

    @property
    def callable_region(self) -> Region | None:
        """What a call runs; None for a declaration."""
        return None if self.body.is_empty else self.body

    @property
    def is_declaration(self) -> bool:
        """Whether there is no body."""
        return self.body.is_empty

    @classmethod
    def parse(cls, p: OpParser) -> Generator[Any, Region, Op]:
        properties = parse_visibility(p)
        properties["sym_name"] = StringAttr(p.symbol_name())
        signature = parse_signature(p)
        properties["function_type"] = TypeAttr(signature.type())
        properties |= signature.properties()
        attributes = p.dictionary() if p.accept("attributes") else {}
        for name in cls.property_names & attributes.keys():
            properties[name] = attributes.pop(name)
        body = (yield p.region(signature.arguments)) if p.text == "{" else Region()
        return cls.create((), (), properties, attributes or None, (), [body])

    def print(self, p: Printer) -> Iterator[Any]:
        print_symbol_head(p, self)
        print_signature(p, self, self.type)
        hidden = ("sym_name", "sym_visibility", "function_type", "arg_attrs", "res_attrs")
        p.attr_dict(self, hidden, keyword=True)
        if not self.body.is_empty:
            p.write(" ")
            yield p.region(self.body, arguments=False, empty_block=True)

    def verify_op(self) -> None:
        if self.body.is_empty:
            return
        expected, found = self.type.inputs, self.body.entry.arg_types
        if expected != found:
            raise self.error(
                f"entry block must have {len(expected)} arguments to match function signature"
                if len(expected) != len(found)
                else "type of entry block arguments must match the function signature"
            )


class ReturnOp(
    Op, name="func.return", traits=(Pure, HasParent.of("func.func"), ReturnLike, Terminator)
):
    """`return %a, %b : i32, f32`: ends the function with these results."""

    arguments = variadic_operand()
    syntax = "attr-dict ($arguments^ `:` type($arguments))?"

    def verify_op(self) -> None:
        function = self.parent_op
        if not isinstance(function, FuncOp):
            return
        expected = function.type.results
        if len(expected) != self.num_operands:
            raise self.error(
                f"has {self.num_operands} operands, but enclosing function "
                f"(@{function.sym_name.value}) returns {len(expected)}"
            )
        for number, (found, wanted) in enumerate(zip(self.operand_types, expected, strict=True)):
            if found is not wanted:
                raise self.error(
                    f"type of return operand {number} ('{found}') doesn't match function result "
                    f"type ('{wanted}') in function @{function.sym_name.value}"
                )


class CallOp(Op, name="func.call"):
    """`%r = call @f(%a) : (i32) -> i32`: calls the function of that name."""

    callee = prop(FlatSymbolRef)
    arguments = variadic_operand()
    outputs = variadic_result()
    arg_attrs = optional_prop(DictArray)
    res_attrs = optional_prop(DictArray)
    no_inline = unit_prop()
    syntax = "$callee `(` $arguments `)` attr-dict `:` functional-type($arguments, results)"

    @property
    def call_arguments(self) -> tuple[Value, ...]:
        """The values that the function's arguments become."""
        return self.arguments

    def verify_symbol_uses(self, symbols: SymbolTables) -> None:
        function = symbols.lookup(self, self.callee)
        if not isinstance(function, FuncOp):
            raise self.error(f"'{self.callee.root}' does not reference a valid function")
        _verify_call_types(self, function.type)

    def execute(self, machine: Machine, *arguments: RuntimeValue) -> Execution:
        return (yield Call(self, self.callee, arguments))


def _verify_call_types(call: Operation, type: FunctionType) -> None:
    if len(type.inputs) != call.num_operands:
        raise call.error("incorrect number of operands for callee")
    for number, (found, wanted) in enumerate(zip(call.operand_types, type.inputs, strict=True)):
        if found is not wanted:
            raise call.error(
                f"operand type mismatch: expected operand type '{wanted}', but provided "
                f"'{found}' for operand number {number}"
            )
    if len(type.results) != len(call.results):
        raise call.error("incorrect number of results for callee")
    for number, (found, wanted) in enumerate(zip(call.result_types, type.results, strict=True)):
        if found is not wanted:
            error = call.error(f"result type mismatch at index {number}")
            error.diagnostics[0].note(_listed("      op result types", call.result_types))
            error.diagnostics[0].note(_listed("function result types", type.results))
            raise error


def _listed(words: str, types: Sequence[Type]) -> str:
    return f"{words}: " + ", ".join(f"'{type}'" for type in types)


class CallIndirectOp(Op, name="func.call_indirect"):
    """`%r = call_indirect %f(%a) : (i32) -> i32`: calls a function value."""

    callee = operand(AnyFunctionType)
    callee_operands = variadic_operand()
    outputs = variadic_result()
    arg_attrs = optional_prop(DictArray)
    res_attrs = optional_prop(DictArray)

    @classmethod
    def parse(cls, p: OpParser) -> CallIndirectOp:
        callee = p.operand()
        names = p.operands("(", ")")
        attributes = p.optional_dictionary()
        p.literal(":")
        start = p.start
        type: Type = p.type()
        if not isinstance(type, FunctionType):
            raise p.error(f"expected function type, found '{type}'", start)
        values = [p.resolve(callee, type), *p.resolve_all(names, type.inputs)]
        return cls.create(values, type.results, None, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.callee)}(")
        p.operands(self.callee_operands)
        p.write(")")
        p.attr_dict(self)
        p.write(" : ")
        p.type(self.callee.type)

    def execute(
        self, machine: Machine, callee: RuntimeValue, *arguments: RuntimeValue
    ) -> Execution:
        return (yield CallValue(self, callee, arguments))


class ConstantOp(Op, name="func.constant", traits=(Pure, ConstantLike)):
    """`%f = constant @f : (i32) -> i32`: a function as a value."""

    value = prop(FlatSymbolRef)
    output = result(AnyFunctionType)
    syntax = "attr-dict $value `:` type($output)"

    def result_name(self) -> str:
        return "f"

    def execute(self, machine: Machine) -> RuntimeValue:
        return machine.function(self, self.value)

    def verify_symbol_uses(self, symbols: SymbolTables) -> None:
        function = symbols.lookup(self, self.value)
        if not isinstance(function, FuncOp):
            raise self.error(f"reference to undefined function '{self.value.root}'")
        if function.type is not self.output.type:
            raise self.error("reference to function with mismatched type")

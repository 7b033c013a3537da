"""Memory that lives as long as the program."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from stepwell.dialects.memref.layout import Alignment, space_text
from stepwell.ir.attributes import UNIT, TypeAttr, UnitAttr
from stepwell.ir.constraints import AnyMemRef, Constraint
from stepwell.ir.definition import Op
from stepwell.ir.dense_attributes import DenseElementsAttr, DenseResourceAttr
from stepwell.ir.fields import optional_prop, prop, result, unit_prop
from stepwell.ir.interpreter.machine import Machine, RuntimeValue
from stepwell.ir.interpreter.memory import MemRef
from stepwell.ir.property_kinds import AnyAttr, FlatSymbolRef, Str, SymbolName, TypeOf
from stepwell.ir.symbol_table import SymbolTables
from stepwell.ir.traits import Pure, Symbol
from stepwell.ir.types import MemRefType, RankedTensorType

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer

StaticMemRef = Constraint(
    lambda type: AnyMemRef.accepts(type) and type.has_static_shape,  # type: ignore[attr-defined]
    "statically shaped memref of any type values",
)


class GlobalOp(Op, name="memref.global", traits=(Symbol,)):
    """`memref.global "private" constant @g : memref<2xf32> = dense<[1.0, 2.0]>`.

    Without a value it is defined elsewhere; with `uninitialized` its first value is anything.
    """

    sym_name = prop(SymbolName)
    sym_visibility = optional_prop(Str)
    type_ = prop(TypeOf)
    initial_value = optional_prop(AnyAttr)
    constant = unit_prop()
    alignment = optional_prop(Alignment)
    syntax = (
        "($sym_visibility^)? (`constant` $constant^)? $sym_name `:` custom<Value>($type, "
        "$initial_value) attr-dict"
    )
    elided_properties = ("type", "initial_value")

    @property
    def memref_type(self) -> MemRefType:
        """The type of the memory."""
        type = self.type_.value
        assert isinstance(type, MemRefType)
        return type

    @classmethod
    def parse_Value(cls, p: OpParser, parsed: Any) -> None:
        start = p.start
        type = p.type()
        if not isinstance(type, MemRefType) or not type.has_static_shape:
            raise p.error(f"type should be static shaped memref, but got '{type}'", start)
        parsed.properties["type"] = TypeAttr(type)
        if not p.accept("="):
            return
        if p.accept("uninitialized"):
            parsed.properties["initial_value"] = UNIT
            return
        start = p.start
        value = p.attribute(RankedTensorType(type.shape, type.element_type))
        if not isinstance(value, (DenseElementsAttr, DenseResourceAttr)):
            raise p.error("initial value should be a unit or elements attribute", start)
        parsed.properties["initial_value"] = value

    def print_Value(self, p: Printer) -> None:
        p.type(self.type_.value)
        value = self.initial_value
        if isinstance(value, UnitAttr):
            p.write(" = uninitialized")
        elif value is not None:
            tensor = getattr(value, "type", None)
            shown = p.show(value)
            p.write(" = " + shown.removesuffix(f" : {p.show(tensor)}" if tensor else ""))

    def verify_op(self) -> None:
        type = self.type_.value
        if not isinstance(type, MemRefType) or not type.has_static_shape:
            raise self.error(f"type should be static shaped memref, but got '{type}'")
        value = self.initial_value
        if value is None or isinstance(value, UnitAttr):
            return
        expected = RankedTensorType(type.shape, type.element_type)
        found = getattr(value, "type", None)
        if found is None:
            raise self.error("initial value should be a unit or elements attribute")
        if found is not expected:
            raise self.error(f"initial value expected to be of type '{expected}', but was of type "
                             f"'{found}'")  # fmt: skip

    def initial(self) -> MemRef:
        """The memory at the start of the program.

        Raises:
            InterpreterError: the global is defined elsewhere.
        """
        type, value = self.memref_type, self.initial_value
        made = MemRef.allocate(
            type.shape,
            type.element_type,
            name=f"@{self.sym_name.value}",
            space=space_text(type),
        )
        if isinstance(value, DenseElementsAttr):
            made.write(value.to_numpy())
        made.allocation.writable = self.constant is None
        return made


class GetGlobalOp(Op, name="memref.get_global", traits=(Pure,)):
    """`%m = memref.get_global @g : memref<2xf32>`: the memory of a global."""

    name_ = prop(FlatSymbolRef)
    result_ = result(StaticMemRef)
    syntax = "$name `:` type($result) attr-dict"

    def verify_symbol_uses(self, tables: SymbolTables) -> None:
        """Raises VerifyError if there is no such global, or it has another type."""
        target = tables.lookup(self, self.name_)
        if not isinstance(target, GlobalOp):
            raise self.error(f"'{self.name_.leaf}' does not reference a valid global memref")
        if target.type_.value is not self.result_.type:
            raise self.error(
                f"result type '{self.result_.type}' does not match type "
                f"'{target.type_.value}' of the global memref {self.name_}"
            )

    def execute(self, machine: Machine) -> RuntimeValue:
        target = machine.symbol(self, self.name_)
        if not isinstance(target, GlobalOp):
            raise machine.undefined(self, f"{self.name_} is no global")
        if target.initial_value is None:
            raise machine.undefined(self, f"{self.name_} is defined elsewhere")
        return machine.remember(target, target.initial)

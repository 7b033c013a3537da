"""affine.delinearize_index and affine.linearize_index: between one index and several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import UNIT, DenseArrayAttr
from stepwell.ir.constraints import Index
from stepwell.ir.definition import Op
from stepwell.ir.fields import (
    OPERAND_SEGMENTS,
    operand,
    optional_prop,
    prop,
    result,
    variadic_operand,
    variadic_result,
)
from stepwell.ir.interpreter.machine import POISON, Machine, Results, RuntimeValue
from stepwell.ir.property_kinds import AnyAttr, DenseI64Array
from stepwell.ir.text.index_lists import (
    mixed_indices,
    parse_index_list,
    print_index_list,
    runtime_indices,
    verify_dynamic_count,
)
from stepwell.ir.traits import Pure
from stepwell.ir.types import index
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class AffineDelinearizeIndexOp(Op, name="affine.delinearize_index", traits=(Pure,)):
    """`%r:3 = affine.delinearize_index %i into (%a, 4, 5) : index, index, index`.

    The digits of a number, most significant first; `%a`, the outermost base, may be left out.
    """

    linear_index = operand(Index)
    dynamic_basis = variadic_operand(Index)
    static_basis = prop(DenseI64Array)
    multi_index = variadic_result(Index)

    @property
    def basis(self) -> list[Value | int]:
        """The bases, outermost first."""
        return mixed_indices(self.dynamic_basis, self.static_basis.ints)

    @property
    def has_outer_bound(self) -> bool:
        """Whether there is a base for each digit."""
        return len(self.results) == len(self.static_basis.values)

    @classmethod
    def parse(cls, p: OpParser) -> AffineDelinearizeIndexOp:
        linear = p.operand()
        p.literal("into")
        names, numbers = parse_index_list(p, "(", ")")
        attributes = p.optional_dictionary()
        p.literal(":")
        types: list[Type] = p.types()
        operands = [p.resolve(name, index) for name in (linear, *names)]
        properties: dict[str, Attribute] = {"static_basis": DenseArrayAttr.i64(numbers)}
        return cls.create(operands, types, properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(f" {p.name(self.linear_index)} into ")
        print_index_list(p, self.dynamic_basis, self.static_basis.ints, "(", ")")
        p.attr_dict(self, ["static_basis"])
        p.write(" : ")
        p.types(self.result_types)

    def verify_op(self) -> None:
        count = len(self.static_basis.values)
        if len(self.results) not in (count, count + 1):
            raise self.error(
                "should return an index for each basis element and up to one extra index"
            )
        verify_dynamic_count(self, "dynamic_basis", "static_basis", self.static_basis.ints)
        _verify_basis(self, self.static_basis.ints)

    def execute(
        self, machine: Machine, linear: RuntimeValue, *dynamic: RuntimeValue
    ) -> RuntimeValue:
        if linear is POISON or POISON in dynamic:
            return Results([POISON] * len(self.results))
        basis = runtime_indices(self.static_basis.ints, dynamic)
        inner = basis[1:] if self.has_outer_bound else basis
        if any(base <= 0 for base in inner):
            raise machine.undefined(self, f"has a base that is not positive: {inner}")
        digits: list[int] = []
        for base in reversed(inner):
            linear, digit = divmod(linear, base)
            digits.append(digit)
        return Results([linear, *reversed(digits)][: len(self.results)])


def _verify_basis(op: Op, numbers: Sequence[int]) -> None:
    if any(number == 0 or (number < 0 and number != -(2**63)) for number in numbers):
        raise op.error("no basis element may be statically non-positive")


class AffineLinearizeIndexOp(Op, name="affine.linearize_index", traits=(Pure,)):
    """`%r = affine.linearize_index disjoint [%i, %j] by (%a, 4) : index`.

    The number that has these digits, most significant first.
    """

    multi_index = variadic_operand(Index)
    dynamic_basis = variadic_operand(Index)
    static_basis = prop(DenseI64Array)
    disjoint = optional_prop(AnyAttr)
    linear_index = result(Index)

    @property
    def is_disjoint(self) -> bool:
        """Whether each digit is promised to be smaller than its base."""
        return self.disjoint is UNIT

    @property
    def basis(self) -> list[Value | int]:
        """The bases, outermost first."""
        return mixed_indices(self.dynamic_basis, self.static_basis.ints)

    @classmethod
    def parse(cls, p: OpParser) -> AffineLinearizeIndexOp:
        properties: dict[str, Attribute] = {"disjoint": UNIT} if p.accept("disjoint") else {}
        digits = p.operands("[", "]")
        p.literal("by")
        names, numbers = parse_index_list(p, "(", ")")
        attributes = p.optional_dictionary()
        p.literal(":")
        types = [p.type()]
        properties["static_basis"] = DenseArrayAttr.i64(numbers)
        properties[OPERAND_SEGMENTS] = DenseArrayAttr.i32([len(digits), len(names)])
        operands = [p.resolve(name, index) for name in (*digits, *names)]
        return cls.create(operands, types, properties, attributes or None)

    def print(self, p: Printer) -> None:
        p.write(" disjoint [" if self.is_disjoint else " [")
        p.operands(self.multi_index)
        p.write("] by ")
        print_index_list(p, self.dynamic_basis, self.static_basis.ints, "(", ")")
        p.attr_dict(self, ["static_basis", "disjoint"])
        p.write(" : ")
        p.types(self.result_types)

    def verify_op(self) -> None:
        count, digits = len(self.static_basis.values), len(self.multi_index)
        if digits not in (count, count + 1):
            raise self.error(
                "should be passed a basis element for each index except possibly the first"
            )
        verify_dynamic_count(self, "dynamic_basis", "static_basis", self.static_basis.ints)
        _verify_basis(self, self.static_basis.ints)

    def evaluate(self, *operands: int) -> RuntimeValue:
        count = len(self.multi_index)
        digits = operands[:count]
        basis = runtime_indices(self.static_basis.ints, operands[count:])
        if len(basis) == count:
            if self.is_disjoint and digits and not 0 <= digits[0] < basis[0]:
                return POISON
            basis = basis[1:]
        total = digits[0] if digits else 0
        for digit, base in zip(digits[1:], basis, strict=True):
            if self.is_disjoint and not 0 <= digit < base:
                return POISON
            total = total * base + digit
        return total

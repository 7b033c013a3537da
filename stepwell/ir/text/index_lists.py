"""Index lists that mix numbers and values, such as `[%a, 4, %b]`.

An op keeps such a list as a variadic operand (the values) and an array of i64 (the numbers, with
DYNAMIC where a value stands). In a `syntax`, each list is a custom directive of its own:

    class SliceOp(OffsetSizeAndStrideOp, name="d.slice"):
        offsets = variadic_operand(Index)
        static_offsets = prop(DenseI64Array)
        parse_Offsets = index_list_parser("offsets", "static_offsets")
        print_Offsets = index_list_printer("offsets", "static_offsets")
        syntax = "custom<Offsets>($offsets, $static_offsets) ..."
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr, IntegerAttr
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand_segment
from stepwell.ir.operation import Operation
from stepwell.ir.text import lexer
from stepwell.ir.types import DYNAMIC, index
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import Operand, OpParser
    from stepwell.ir.text.printer import Printer

MixedIndex: TypeAlias = "Value | int"

SLICE_LISTS = ("offsets", "sizes", "strides")


def parse_index_list(
    p: OpParser, opening: str = "[", close: str = "]"
) -> tuple[list[Operand], list[int]]:
    """Expects `[%a, 4, %b]`: the names, and the numbers with DYNAMIC in the places of the names."""
    names: list[Operand] = []

    def item() -> int:
        if p.kind == lexer.PERCENT:
            names.append(p.operand())
            return DYNAMIC
        value = p.optional_integer()
        if value is None:
            raise p.error(f"expected SSA value or integer, found {p.found()}")
        return value

    return names, p.comma_separated(item, opening, close)


def print_index_list(
    p: Printer,
    values: Sequence[Value],
    numbers: Sequence[int],
    opening: str = "[",
    close: str = "]",
) -> None:
    """Writes what `parse_index_list` reads."""
    p.write(opening + ", ".join(index_list_items(p, values, numbers)) + close)


def index_list_items(p: Printer, values: Sequence[Value], numbers: Sequence[int]) -> list[str]:
    """The text of each item. A missing value (the op is invalid) shows as `<<?>>`."""
    names = iter([p.name(value) for value in values])
    return [next(names, "<<?>>") if n == DYNAMIC else str(n) for n in numbers]


def index_list_parser(
    operand: str, array: str, opening: str = "[", close: str = "]", type: Type = index
) -> Any:
    """The `parse_X` of a directive for the list in the fields `operand` and `array`.

    The values' types are all `type`.
    """

    def parse(p: OpParser, parsed: Any) -> None:
        names, numbers = parse_index_list(p, opening, close)
        parsed.operands[operand] = names
        parsed.types[operand] = [type] * len(names)
        parsed.properties[array] = DenseArrayAttr.i64(numbers)

    return staticmethod(parse)


def index_list_printer(operand: str, array: str, opening: str = "[", close: str = "]") -> Any:
    """The `print_X` that fits `index_list_parser`."""

    def write(op: Operation, p: Printer) -> None:
        values, numbers = index_list_parts(op, operand, array)
        print_index_list(p, values, numbers, opening, close)

    return staticmethod(write)


def index_list_parts(
    op: Operation, operand: str, array: str
) -> tuple[list[Value], tuple[int, ...]]:
    """The values and the numbers of an op's list, by the names of its two fields."""
    field = next(field for field in op.operand_fields if field.name == operand)
    numbers = op.get_attribute(array)
    ints = numbers.ints if isinstance(numbers, DenseArrayAttr) else ()
    return operand_segment(op, field), ints


def mixed_indices(values: Sequence[Value], numbers: Sequence[int]) -> list[MixedIndex]:
    """One list of both; it ends early where a value is missing."""
    following = iter(values)
    found: list[MixedIndex] = []
    for number in numbers:
        item = next(following, None) if number == DYNAMIC else number
        if item is None:
            break
        found.append(item)
    return found


def split_indices(indices: Sequence[MixedIndex]) -> tuple[list[Value], DenseArrayAttr]:
    """The values and the array of numbers that stand for `indices` in an op."""
    values = [item for item in indices if isinstance(item, Value)]
    numbers = [DYNAMIC if isinstance(item, Value) else item for item in indices]
    return values, DenseArrayAttr.i64(numbers)


def known_indices(
    numbers: Sequence[int], constants: Sequence[Attribute | None]
) -> list[int | None]:
    """The numbers as far as they are known, given the constant attribute of each value or None."""
    following = iter(constants)
    found: list[int | None] = []
    for number in numbers:
        if number != DYNAMIC:
            found.append(number)
            continue
        constant = next(following, None)
        found.append(constant.value if isinstance(constant, IntegerAttr) else None)
    return found


def runtime_indices(numbers: Sequence[int], values: Iterator[int] | Sequence[int]) -> list[int]:
    """The numbers, with what the values are at run time filled in.

    An iterator of values that several lists share is taken from in order.
    """
    following = iter(values)
    return [next(following) if number == DYNAMIC else number for number in numbers]


def verify_dynamic_count(op: Operation, operand: str, array: str, numbers: Sequence[int]) -> None:
    """Checks that there is a value for each DYNAMIC in the list.

    Raises:
        VerifyError: there are more values, or fewer.
    """
    values = index_list_parts(op, operand, array)[0]
    dynamic = sum(number == DYNAMIC for number in numbers)
    if dynamic != len(values):
        raise op.error(
            f"expected the number of '{operand}' to match the number of dynamic entries in "
            f"'{array}' ({len(values)} vs {dynamic})"
        )


class OffsetSizeAndStrideOp(Op):
    """Base of the ops with three such lists: `[offsets] [sizes] [strides]`.

    A subclass defines the fields `offsets`, `sizes`, `strides` (variadic operands) and
    `static_offsets`, `static_sizes`, `static_strides`, and may use the directives `Offsets`,
    `Sizes` and `Strides` in its syntax.
    """

    parse_Offsets = index_list_parser("offsets", "static_offsets")
    print_Offsets = index_list_printer("offsets", "static_offsets")
    parse_Sizes = index_list_parser("sizes", "static_sizes")
    print_Sizes = index_list_printer("sizes", "static_sizes")
    parse_Strides = index_list_parser("strides", "static_strides")
    print_Strides = index_list_printer("strides", "static_strides")

    @property
    def mixed_offsets(self) -> list[MixedIndex]:
        """Where the slice begins: a value or a number for each dimension."""
        return mixed_indices(*index_list_parts(self, "offsets", "static_offsets"))

    @property
    def mixed_sizes(self) -> list[MixedIndex]:
        """How many elements it takes."""
        return mixed_indices(*index_list_parts(self, "sizes", "static_sizes"))

    @property
    def mixed_strides(self) -> list[MixedIndex]:
        """How far apart they are."""
        return mixed_indices(*index_list_parts(self, "strides", "static_strides"))

    def static_lists(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """The three arrays of numbers."""
        return (
            index_list_parts(self, "offsets", "static_offsets")[1],
            index_list_parts(self, "sizes", "static_sizes")[1],
            index_list_parts(self, "strides", "static_strides")[1],
        )

    def runtime_lists(self, values: Sequence[int]) -> tuple[list[int], list[int], list[int]]:
        """Offsets, sizes and strides at run time.

        Args:
            values: those of all dynamic offsets, sizes and strides, in that order.
        """
        following = iter(values)
        offsets, sizes, strides = self.static_lists()
        return (
            runtime_indices(offsets, following),
            runtime_indices(sizes, following),
            runtime_indices(strides, following),
        )

    def verify_lists(self, *ranks: int) -> None:
        """Checks how many items each list has, and that sizes and offsets are not negative.

        Args:
            ranks: how many offsets, sizes and strides there should be; by default only that there
                are as many of each.

        Raises:
            VerifyError: the lists do not fit together.
        """
        for name, numbers in zip(SLICE_LISTS, self.static_lists(), strict=True):
            verify_dynamic_count(self, name, f"static_{name}", numbers)
        found = [len(numbers) for numbers in self.static_lists()]
        for number, words in ((1, "sizes"), (2, "strides")):
            if not ranks and found[number] != found[0]:
                raise self.error(
                    f"expected mixed offsets rank to match mixed {words} rank ({found[0]} vs "
                    f"{found[number]}) so the rank of the result type is well-formed."
                )
        for name, wanted, count in zip(SLICE_LISTS, ranks, found, strict=False):
            if wanted != count:
                raise self.error(f"expected {wanted} {name[:-1]} values, got {count}")
        for name, numbers in zip(SLICE_LISTS[:2], self.static_lists(), strict=False):
            for number in numbers:
                if number < 0 and number != DYNAMIC:
                    raise self.error(f"expected {name} to be non-negative, but got {number}")

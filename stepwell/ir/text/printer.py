"""Writing IR as text, in custom or generic syntax, with aliases and names.

Ops write themselves through `Printer`'s methods. An op with regions does so as a generator: it
yields `p.region(...)` where a region goes, so that nothing recurses, however deep regions nest.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Generator, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from stepwell.ir import operation
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import entry_text
from stepwell.ir.block import Block, Region
from stepwell.ir.fields import OPERAND_SEGMENTS, RESULT_SEGMENTS
from stepwell.ir.operation import Operation
from stepwell.ir.text.aliases import Aliases, argument_location
from stepwell.ir.text.known_shapes import KnownShapes
from stepwell.ir.text.naming import Names
from stepwell.ir.text.syntax_printer import compile_printer
from stepwell.ir.traits import IsolatedFromAbove
from stepwell.ir.types import FunctionType
from stepwell.ir.value import Value


@dataclass(frozen=True, slots=True)
class PrintOptions:
    """How to print.

    Args:
        generic: the generic form for all ops.
        locations: print `loc(...)`.
        local_scope: no aliases.
        keep_names: use names from the source; without it values are numbered as upstream does.
        skip_regions: print `{...}` in place of regions.
        elide_elements: print `dense_resource<__elided__>` for dense attributes of more elements.
    """

    generic: bool = False
    locations: bool = False
    local_scope: bool = False
    keep_names: bool = True
    skip_regions: bool = False
    elide_elements: int | None = None


@dataclass(slots=True)
class RegionText:
    """What an op's `print` yields to have a region written."""

    region: Region
    arguments: bool = True
    terminator: bool = True
    empty_block: bool = False


@dataclass(slots=True)
class InlineText:
    """What an op's `print` yields to have the one op of a region written in its line."""

    op: Operation


class Printer:
    """Collects the pieces of the text. `op.print(p)` gets one, standing after the op's name."""

    def __init__(self, options: PrintOptions = PrintOptions()) -> None:  # noqa: B008
        self.options = options
        self.names = Names(options.keep_names)
        self.aliases = Aliases(options)
        self.pieces: list[str] = []
        self.write = self.pieces.append
        self.indent = ""
        self.default_dialects = ["builtin"]
        self._printers: dict[type[Operation], Callable[[Operation, Printer], Any]] = {}
        self._shown: dict[Attribute, str] = {}
        self.shapes = KnownShapes(self.names, self._write_aside, options.generic)

    # What ops use.

    def operand(self, value: Value) -> None:
        """Writes the name of a value."""
        self.write(self.name(value))

    def operands(self, values: Iterable[Value]) -> None:
        """Writes names with commas between."""
        self.write(", ".join([self.name(value) for value in values]))

    def name(self, value: Value) -> str:
        """The name of a value; `<<UNKNOWN SSA VALUE>>` if it is not in what is printed."""
        return self.names.values.get(value, "<<UNKNOWN SSA VALUE>>")

    def type(self, type: Type) -> None:
        """Writes a type."""
        self.write(self.show(type))

    def types(self, types: Iterable[Type]) -> None:
        """Writes types with commas between."""
        self.write(", ".join([self.show(type) for type in types]))

    def function_type(self, inputs: Sequence[Type], results: Sequence[Type]) -> None:
        """Writes `(inputs) -> results`."""
        self.write(FunctionType(tuple(inputs), tuple(results)).text(self.show))

    def results_type(self, results: Sequence[Type]) -> None:
        """Writes what stands after an arrow: one type, or several in parentheses."""
        self.write(FunctionType((), tuple(results)).results_text(self.show))

    def attribute(self, attribute: Attribute) -> None:
        """Writes an attribute with its type."""
        self.write(self.show(attribute))

    def show(self, attribute: Attribute) -> str:
        """The text of an attribute or type, or its alias."""
        text = self._shown.get(attribute)
        if text is None:
            text = self._shown[attribute] = self.aliases.show(attribute)
        return text

    def dictionary(self, entries: dict[str, Attribute], keyword: bool = False) -> None:
        """Writes ` {...}` (after ` attributes` if asked for), or nothing if it is empty."""
        if entries:
            inside = ", ".join(
                entry_text(name, entries[name], self.show) for name in sorted(entries)
            )
            self.write(f" attributes {{{inside}}}" if keyword else f" {{{inside}}}")

    def attr_dict(self, op: Operation, elided: Iterable[str] = (), keyword: bool = False) -> None:
        """Writes the attributes of `op`, and those properties that the syntax did not write.

        Args:
            op: whose they are.
            elided: names that were written already.
            keyword: whether `attributes` comes first.
        """
        entries = dict(op._attributes) if op._attributes else {}
        if op._properties:
            fields = getattr(op, "property_fields", {})
            for name, value in op._properties.items():
                default = fields[name].default if name in fields else None
                if name not in (OPERAND_SEGMENTS, RESULT_SEGMENTS) and value is not default:
                    entries[name] = value
        for name in elided:
            entries.pop(name, None)
        self.dictionary(entries, keyword)

    def block(self, block: Block) -> None:
        """Writes the name of a block."""
        self.write(self.names.blocks.get(block, "<<UNKNOWN BLOCK>>"))

    def successor(self, block: Block, arguments: Sequence[Value]) -> None:
        """Writes `^block(%a, %b : type, type)`."""
        self.block(block)
        if arguments:
            self.write("(")
            self.operands(arguments)
            self.write(" : ")
            self.types([value.type for value in arguments])
            self.write(")")

    def region(
        self,
        region: Region,
        arguments: bool = True,
        terminator: bool = True,
        empty_block: bool = False,
    ) -> RegionText:
        """To be yielded: `yield p.region(self.body)` writes ` {...}` without the space.

        Args:
            region: what to write.
            arguments: whether the entry block shows its arguments.
            terminator: whether the last op of a one-block region is shown.
            empty_block: whether a block without ops still shows its label.
        """
        return RegionText(region, arguments, terminator, empty_block)

    def inline_op(self, op: Operation) -> InlineText:
        """To be yielded: writes `{ op }` on one line, for regions that hold one op."""
        return InlineText(op)

    def argument(self, value: Value, attributes: dict[str, Attribute] | None = None) -> None:
        """Writes `%x: type {attributes} loc(...)`."""
        self.write(f"{self.name(value)}: {self.show(value.type)}")
        if attributes:
            self.dictionary(attributes)
        if self.options.locations:
            self.write(f" {self.aliases.location(argument_location(value))}")

    def line(self) -> None:
        """Starts a new line at the current depth."""
        self.write("\n" + self.indent)

    # Driving.

    def print_op(self, root: Operation) -> None:
        """Writes `root` with everything inside it."""
        if IsolatedFromAbove not in root.traits:
            self._name_surroundings(root)
        rest = self._op(root)
        stack = [rest] if rest is not None else []
        while stack:
            inner = next(stack[-1], None)
            if inner is None:
                stack.pop()
            else:
                stack.append(inner)

    def _name_surroundings(self, root: Operation) -> None:
        """Names what is visible at an op that is printed on its own."""
        for ancestor in root.ancestors():
            if IsolatedFromAbove in ancestor.traits:
                self.names.name_isolated(ancestor)
                return
        holder = ([root, *root.ancestors()])[-1]
        if holder.regions:
            self.names.name_isolated(holder)
        self.names.name_results_of(holder)

    def _op(self, op: Operation) -> Generator[Any, None, None] | None:
        """Writes one op; if it has regions, only up to the first: what is returned does the rest.

        That yields a generator for each region.
        """
        if op.regions and IsolatedFromAbove in op.traits:
            self.names.name_isolated(op)
        self._results(op)
        written = self._body(op)
        if written is not None:
            return self._rest(op, written)
        self._location(op)
        return None

    def _rest(self, op: Operation, written: Any) -> Generator[Any, None, None]:
        previous = len(self.default_dialects)
        self.default_dialects.append(getattr(op, "default_dialect", ""))
        for request in written:
            yield self._region(request)
        del self.default_dialects[previous:]
        self._location(op)

    def _location(self, op: Operation) -> None:
        if self.options.locations:
            self.write(f" {self.aliases.location(op.location)}")

    def _write_aside(self, op: Operation) -> str:
        """The text of an op without regions, without its results; the pieces stay as they are."""
        start = len(self.pieces)
        for _ in self._body(op) or ():
            pass
        text = "".join(self.pieces[start:])
        del self.pieces[start:]
        return text

    def _body(self, op: Operation) -> Any:
        """Writes the op without its results; a generator if it has regions to yield."""
        if self.options.generic or not op.is_registered:
            return self._generic(op)
        return self._custom(op)

    def _results(self, op: Operation) -> None:
        results = op.results
        if len(results) == 1:
            self.write(f"{self.names.values[results[0]]} = ")
        elif results:
            sizes: dict[str, int] = {}
            for result in results:
                group = self.names.values[result].partition("#")[0]
                sizes[group] = sizes.get(group, 0) + 1
            shown = (name if size == 1 else f"{name}:{size}" for name, size in sizes.items())
            self.write(f"{', '.join(shown)} = ")

    def _custom(self, op: Operation) -> Any:
        """Writes the op in its custom syntax; a generator if it has regions to yield."""
        cls = type(op)
        printer = self._printers.get(cls)
        if printer is None:
            printer = self._printers[cls] = self._printer_of(cls)
        if printer is Printer._generic_of:
            return self._generic(op)
        name = op.name
        prefix = self.default_dialects[-1]
        if prefix and name.startswith(prefix + ".") and "." not in name[len(prefix) + 1 :]:
            name = name[len(prefix) + 1 :]
        self.write(name)
        return printer(op, self)

    def _printer_of(self, cls: builtins.type[Operation]) -> Callable[[Operation, Printer], Any]:
        own = getattr(cls, "print", None)
        if own is not None:
            return own  # type: ignore[no-any-return]
        if getattr(cls, "syntax", None) is not None:
            return compile_printer(cls)  # type: ignore[arg-type]
        return Printer._generic_of

    @staticmethod
    def _generic_of(op: Operation, printer: Printer) -> Any:
        return printer._generic(op)

    def _generic(self, op: Operation) -> Generator[RegionText, None, None]:
        """Writes the op in the generic form."""
        self.write(f'"{op.name}"(')
        self.operands(op._operands)
        self.write(")")
        if op.successors:
            self.write(f"[{', '.join(self.names.blocks[block] for block in op.successors)}]")
        if op._properties:
            inside = ", ".join(
                entry_text(name, op._properties[name], self.show) for name in sorted(op._properties)
            )
            self.write(f" <{{{inside}}}>")
        if op.regions:
            self.write(" (")
            for number, region in enumerate(op.regions):
                if number:
                    self.write(", ")
                yield RegionText(region, empty_block=True)
            self.write(")")
        self.dictionary(op._attributes or {})
        self.write(" : ")
        self.function_type(op.operand_types, op.result_types)

    def _region(self, request: RegionText | InlineText) -> Generator[Any, None, None]:
        """Writes `{...}`; yields a generator for each op in it that has regions."""
        if self.options.skip_regions:
            self.write("{...}")
            return
        if isinstance(request, InlineText):
            self.write("{ ")
            rest = self._op(request.op)
            if rest is not None:
                yield rest
            self.write(" }")
            return
        region = request.region
        self.write("{")
        outer, self.indent = self.indent, self.indent + "  "
        first = region.first
        for block in region.blocks:
            if block is not first or self._shows_label(block, request):
                self._label(block, outer)
            last = block.last if not request.terminator and region.has_one_block else None
            hidden = last if last is not None and _is_bare(last) else None
            yield from self._ops(block, hidden)
        self.indent = outer
        self.write("\n" + outer + "}")

    def _ops(self, block: Block, hidden: Operation | None) -> Generator[Any, None, None]:
        """Writes the ops of a block, each on a line; yields a generator for one with regions."""
        newline, dialect = "\n" + self.indent, self.default_dialects[-1]
        known, write = self.shapes.line, self.write
        op = block.first
        while op is not hidden and op is not None:
            line = known(op, dialect)
            if line is None:
                write(newline)
                rest = self._op(op)
                if rest is not None:
                    yield rest
            else:
                write(newline + line)
                if self.options.locations:
                    self._location(op)
            op = op.next

    def _shows_label(self, block: Block, request: RegionText) -> bool:
        if block.args and request.arguments:
            return True
        if block._predecessors:
            return True
        return request.empty_block and block.first is None

    def _label(self, block: Block, indent: str) -> None:
        self.write(f"\n{indent}{self.names.blocks[block]}")
        if block.args:
            self.write("(")
            for number, argument in enumerate(block.args):
                self.write(", " if number else "")
                self.argument(argument)
            self.write(")")
        self.write(":")
        if block._predecessors is None or not block._predecessors:
            if not block.is_entry:
                self.write("  // no predecessors")
            return
        names = [self.names.blocks.get(b, "^?") for b in block.predecessors]
        names.sort(key=lambda name: (len(name), name))
        count = len(names)
        shown = f"pred: {names[0]}" if count == 1 else f"{count} preds: {', '.join(names)}"
        self.write(f"  // {shown}")

    def text(self) -> str:
        """All that was written, with the aliases it uses before (locations: after) it."""
        return self.aliases.around("".join(self.pieces))


def _is_bare(op: Operation) -> bool:
    """Whether leaving out an implicit terminator loses nothing."""
    return not op._operands and not op._attributes


def print_to_text(op: Operation, options: PrintOptions = PrintOptions()) -> str:  # noqa: B008
    """The text of an op with everything inside it, without a newline at the end."""
    printer = Printer(options)
    printer.aliases.collect(op)
    printer.print_op(op)
    return printer.text()


operation.PRINT = print_to_text

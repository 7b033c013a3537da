"""Printing the IR around passes, with the banners that upstream's tools and scripts look for."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Container
from dataclasses import dataclass
from pathlib import Path

from stepwell.ir.attributes import StringAttr
from stepwell.ir.diagnostics import StepwellError
from stepwell.ir.operation import Operation
from stepwell.ir.pass_manager.instrument import Instrument, Statistics
from stepwell.ir.pass_manager.pipeline import Nest, Step

Show = Callable[[Operation], str]
Write = Callable[[str], None]


class Everything(Container[str]):
    """Contains every name."""

    def __contains__(self, _: object) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class PrintingChoice:
    """What is printed, and when.

    Args:
        before: names of passes before which the IR is printed.
        after: names of passes after which it is printed.
        after_change: only after passes that changed it.
        after_failure: only after passes that failed.
        module_scope: always the outermost op, whatever the pass ran on.
        tree: the folder that gets a file for each print, in place of the stream.
    """

    before: Container[str] = ()
    after: Container[str] = ()
    after_change: bool = False
    after_failure: bool = False
    module_scope: bool = False
    tree: Path | None = None


class IRPrinting(Instrument):
    """`--mlir-print-ir-before`, `-after` and their relatives.

    Args:
        choice: when to print.
        show: turns an op into text.
        write: gets what is printed.
    """

    def __init__(self, choice: PrintingChoice, show: Show, write: Write) -> None:
        self.choice = choice
        self.show = show
        self.write = write
        self._texts: list[str] = []
        self._files = _Tree(choice.tree) if choice.tree is not None else None

    def before_pass(self, step: Step, op: Operation) -> None:
        if step.run.name in self.choice.before:
            self._print("Before", step, op)
        if self.choice.after_change:
            self._texts.append(self.show(op))

    def after_pass(self, step: Step, op: Operation, statistics: Statistics) -> None:
        unchanged = self.choice.after_change and self._texts.pop() == self.show(op)
        if step.run.name in self.choice.after and not unchanged and not self.choice.after_failure:
            self._print("After", step, op)
        if self._files is not None:
            self._files.count(op)

    def failed_pass(self, step: Step, op: Operation, error: StepwellError) -> None:
        if self.choice.after_change and self._texts:
            self._texts.pop()
        if self.choice.after_failure or step.run.name in self.choice.after:
            self._print("After", step, op, " Failed")

    def after_nest(self, nest: Nest, op: Operation) -> None:
        if self._files is not None:
            self._files.count(op)

    def _print(self, when: str, step: Step, op: Operation, how: str = "") -> None:
        about = f" ({op_words(op)})" if self.choice.module_scope else ""
        banner = (
            f"// -----// IR Dump {when} {step.run.title}{how} ({step.run.name}){about} //----- //\n"
        )
        shown = outermost(op) if self.choice.module_scope else op
        end = "\n\n" if shown.parent is not None else "\n\n\n"
        text = banner + self.show(shown) + end
        if self._files is None:
            self.write(text)
        else:
            suffix = "_before" if when == "Before" else ""
            self._files.write(op, step.run.name + suffix, text)


class _Tree:
    """A folder for each op with symbol, a numbered file for each print."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._counts: dict[Operation, int] = {}

    def count(self, op: Operation) -> None:
        self._counts[op] = self._counts.get(op, 0) + 1

    def write(self, op: Operation, name: str, text: str) -> None:
        chain = [*reversed(list(op.ancestors())), op]
        folder = self.root.joinpath(*[_folder_name(one) for one in chain])
        folder.mkdir(parents=True, exist_ok=True)
        numbers = "_".join(str(self._counts.get(one, 0)) for one in chain)
        (folder / f"{numbers}_{name}.mlir").write_text(text, encoding="utf-8")


def _folder_name(op: Operation) -> str:
    name = symbol_of(op) or "no-symbol-name"
    return re.sub(r"[^\w-]", "_", f"{op.name}_{name}")


class Differences(Instrument):
    """`--diff`: after each pass that changed the program, the difference it made."""

    def __init__(self, show: Show, write: Write) -> None:
        self.show = show
        self.write = write
        self._text: str | None = None

    def before_pass(self, step: Step, op: Operation) -> None:
        if self._text is None:
            self._text = self.show(outermost(op))

    def after_pass(self, step: Step, op: Operation, statistics: Statistics) -> None:
        before, now = self._text or "", self.show(outermost(op))
        self._text = now
        if before != now:
            where = f"{step.run.name} on {op_words(op)}"
            lines = difflib.unified_diff(
                before.splitlines(), now.splitlines(), "before " + where, "after " + where, "", "",
                lineterm="",
            )  # fmt: skip
            self.write("\n".join(lines) + "\n")


def outermost(op: Operation) -> Operation:
    """The op that holds `op` and everything else."""
    return next(reversed([op, *op.ancestors()]))


def symbol_of(op: Operation) -> str | None:
    """The name of a symbol; None if the op has none."""
    name = op.get_attribute("sym_name")
    return name.value if isinstance(name, StringAttr) else None


def op_words(op: Operation) -> str:
    """`'func.func' operation: @main`."""
    name = symbol_of(op)
    return f"'{op.name}' operation" + (f": @{name}" if name is not None else "")

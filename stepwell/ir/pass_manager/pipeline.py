"""Pipelines: which passes run on which ops, in which order.

A `Nest` holds steps for the ops of one name; the steps are passes with options, or nests for the
ops just inside. A pass that runs on another op than its nest is nested by itself:
`--affine-loop-unroll` on a module means `builtin.module(func.func(affine-loop-unroll))`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from stepwell.ir import dialect
from stepwell.ir.diagnostics import Diagnostic, PassError, Source
from stepwell.ir.pass_manager.options import Option, OptionValue, bind
from stepwell.ir.pass_manager.pipeline_text import (
    Element,
    pipeline_error,
    read_options,
    read_pipeline,
)
from stepwell.ir.pass_manager.registry import NamedPipeline, Pass, find

ANY = "any"
MODULE = "builtin.module"


@dataclass(eq=False, slots=True)
class Step:
    """A pass and the options it was given, by option name."""

    run: Pass
    values: Mapping[str, OptionValue] = field(default_factory=dict)

    @property
    def arguments(self) -> dict[str, OptionValue]:
        """Keyword arguments for the pass function."""
        parameters = {option.name: option.parameter for option in self.run.options}
        return {parameters[name]: value for name, value in self.values.items()}

    def to_text(self) -> str:
        """The pass with all its options, given or not, sorted by name."""
        return self.run.name + options_text(self.run.options, self.values)


@dataclass(eq=False, slots=True)
class Nest:
    """Steps for every op called `anchor`, or for any op that may hold a pipeline."""

    anchor: str
    steps: list[Step | Nest] = field(default_factory=list)

    def to_text(self) -> str:
        """The pipeline on one line; `parse_pipeline` reads it back."""
        return f"{self.anchor}({','.join(step.to_text() for step in self.steps)})"

    def dump(self) -> str:
        """The pipeline on many lines, as `--dump-pass-pipeline` prints it."""
        return f"Pass Manager with {len(self.steps)} passes:\n{self._lines('')}\n\n"

    def _lines(self, indent: str) -> str:
        inner = indent + "  "
        shown = [
            step._lines(inner) if isinstance(step, Nest) else inner + step.to_text()
            for step in self.steps
        ]
        return f"{indent}{self.anchor}(\n" + ",\n".join(shown) + f"\n{indent})"

    def all_steps(self) -> Iterator[Step]:
        """Every pass in it, in order."""
        for step in self.steps:
            if isinstance(step, Nest):
                yield from step.all_steps()
            else:
                yield step

    def merged(self) -> list[Step | Nest]:
        """The steps, with neighbours that run on the same ops made one: each op is then finished
        before the next one is begun, as upstream does."""
        found: list[Step | Nest] = []
        for step in self.steps:
            last = found[-1] if found else None
            if isinstance(step, Nest) and isinstance(last, Nest) and step.anchor == last.anchor:
                found[-1] = Nest(last.anchor, [*last.steps, *step.steps])
            else:
                found.append(step)
        return found


def options_text(options: Sequence[Option], values: Mapping[str, OptionValue]) -> str:
    """`{a=1 b=x}` with every option that has a value, sorted by name; nothing if there is none."""
    shown = []
    for option in sorted(options, key=lambda option: option.name):
        value = values.get(option.name, option.default)
        if value is None or value == [] or value == "":
            continue
        text = option.show(value)
        shown.append(f"{option.name}={{{text}}}" if option.is_list else f"{option.name}={text}")
    return "{" + " ".join(shown) + "}" if shown else ""


def parse_pipeline(text: str, anchor: str | None = None, name: str = "<pass-pipeline>") -> Nest:
    """The pipeline that `text` spells.

    Args:
        text: `builtin.module(...)`; with an `anchor`, a list of passes will do.
        anchor: the op that passes run on which stand outside of all parentheses.
        name: what messages call the text.

    Raises:
        PassError: it is malformed, or a pass or option is unknown; points into the text.
    """
    source = Source(text, name)
    elements = read_pipeline(source)
    only = elements[0] if len(elements) == 1 else None
    if only is not None and only.nested is not None and (anchor is None or only.name == anchor):
        nest = Nest(_checked_anchor(only, source))
        elements = only.nested
    elif anchor is not None:
        nest = Nest(anchor)
    else:
        raise pipeline_error(
            source,
            0,
            "expected pass pipeline to be wrapped with the anchor operation type, "
            "e.g. 'builtin.module(...)'",
        )
    add_elements(nest, elements, source)
    return nest


def add_elements(nest: Nest, elements: Sequence[Element], source: Source) -> None:
    """Appends what `elements` mean to `nest`."""
    for element in elements:
        if element.nested is not None:
            inner = Nest(_checked_anchor(element, source))
            add_elements(inner, element.nested, source)
            nest.steps.append(inner)
            continue
        try:
            add_pass(nest, element)
        except PassError as error:
            raise _placed(error, element, source) from None


def add_pass(nest: Nest, element: Element) -> None:
    """Appends one pass, or the passes of a named pipeline.

    Raises:
        PassError: the name or an option is unknown, or the pass cannot run inside `nest`.
    """
    found = find(element.name)
    values = bind(found.name, found.options, [(one.name, one.text) for one in element.options])
    if isinstance(found, NamedPipeline):
        _add_named(nest, found, values)
        return
    step = Step(found, values)
    if found.on in (ANY, nest.anchor):
        nest.steps.append(step)
    elif nest.anchor in (MODULE, ANY) and found.on != MODULE:
        nest.steps.append(Nest(found.on, [step]))
    else:
        raise PassError(f"pass '{found.name}' runs on '{found.on}', not inside '{nest.anchor}'")


def add_flag(nest: Nest, name: str, options: str) -> None:
    """Appends the pass that a command line flag names.

    Args:
        nest: what to append to.
        name: the flag, without dashes.
        options: the text after `=`, as `--canonicalize="max-iterations=3"` has it.

    Raises:
        PassError: the name or an option is unknown.
    """
    text = options.strip()
    if text.startswith("{") and text.endswith("}"):
        text = text[1:-1]
    add_pass(nest, Element(name, 0, read_options(text)))


def _add_named(nest: Nest, found: NamedPipeline, values: Mapping[str, OptionValue]) -> None:
    parameters = {option.name: option.parameter for option in found.options}
    text = found.function(**{parameters[name]: value for name, value in values.items()})
    inner = parse_pipeline(text, nest.anchor, f"<pipeline {found.name}>")
    nest.steps += inner.steps


def _checked_anchor(element: Element, source: Source) -> str:
    name = element.name
    if element.options:
        raise pipeline_error(source, element.offset, f"op '{name}' takes no options")
    if name == ANY:
        return name
    if "." not in name:
        raise pipeline_error(
            source, element.offset, f"expected an op such as 'func.func' before '(', not '{name}'"
        )
    known = dialect.load(name.partition(".")[0])
    if known is not None and known.ops and name not in known.ops:
        close = difflib.get_close_matches(name, known.ops, 1, 0.6)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        raise pipeline_error(source, element.offset, f"there is no op '{name}'{hint}")
    return name


def _placed(error: PassError, element: Element, source: Source) -> PassError:
    """The error, pointing at the option or pass it is about."""
    first: Diagnostic = error.diagnostics[0]
    if first.place is not None:
        return error
    offset = element.offset
    for given in element.options:
        if f"'{given.name}'" in first.message or f"'{given.name.replace('_', '-')}'" in (
            first.message
        ):
            offset = given.offset
    return pipeline_error(source, offset, first.message)

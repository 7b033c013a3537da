"""Options of passes: read off a function's signature, parsed from text, and written back.

The keyword-only parameters of a pass are its options; `max_iterations: int = 10` is written
`max-iterations=10` in a pipeline. Types: bool, int, float, str, lists of these, `Literal["a", "b"]`
for a choice, and any of them `| None` for "not given".
"""

from __future__ import annotations

import ast
import difflib
import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from stepwell.ir.diagnostics import PassError

Scalar: TypeAlias = bool | int | float | str
OptionValue: TypeAlias = Scalar | list[Scalar] | None

_SCALARS: dict[str, type] = {"bool": bool, "int": int, "float": float, "str": str}
_TRUE = {"true", "TRUE", "True", "1", ""}
_FALSE = {"false", "FALSE", "False", "0"}
_WORDS = {bool: "true or false", int: "an integer", float: "a number", str: "a text"}


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a pass.

    Args:
        name: as pipelines write it.
        parameter: as the function calls it.
        scalar: the type of the value, or of its elements.
        is_list: whether it takes several values with commas between.
        choices: the words allowed; empty if any.
        default: the value if the option is not given.
    """

    name: str
    parameter: str
    scalar: type
    is_list: bool
    choices: tuple[str, ...]
    default: OptionValue

    def parse(self, text: str) -> OptionValue:
        """The value that `text` spells.

        Raises:
            PassError: it spells none of this option's type.
        """
        if not self.is_list:
            return self._scalar(text)
        return [self._scalar(_unquoted(part.strip())) for part in _split_list(text)]

    def _scalar(self, text: str) -> Scalar:
        if self.choices:
            if text in self.choices:
                return text
            raise PassError(self._expected(text, "one of " + ", ".join(self.choices), self.choices))
        if self.scalar is bool and text in _TRUE | _FALSE:
            return text in _TRUE
        if self.scalar is str:
            return text
        if self.scalar in (int, float):
            try:
                return int(text, 0) if self.scalar is int else float(text)
            except ValueError:
                pass
        raise PassError(self._expected(text, _WORDS[self.scalar], ()))

    def _expected(self, text: str, what: str, pool: Sequence[str]) -> str:
        return f"option '{self.name}' must be {what}, not '{text}'{did_you_mean(text, pool)}"

    @property
    def type_text(self) -> str:
        """What kind of value it takes, for help texts."""
        one = "|".join(self.choices) if self.choices else self.scalar.__name__
        return f"{one},..." if self.is_list else one

    def show(self, value: OptionValue) -> str:
        """`value` as pipelines write it."""
        if isinstance(value, list):
            return ",".join(_show_scalar(element) for element in value)
        return _show_scalar("" if value is None else value)


def options_of(function: Callable[..., object]) -> tuple[Option, ...]:
    """The options that a pass function declares by its keyword-only parameters.

    Raises:
        TypeError: a parameter has no default or a type that options cannot have.
    """
    signature = inspect.signature(function)
    names = getattr(function, "__globals__", {})
    return tuple(
        _option(parameter, names)
        for parameter in signature.parameters.values()
        if parameter.kind is inspect.Parameter.KEYWORD_ONLY
    )


def _option(parameter: inspect.Parameter, names: Mapping[str, object]) -> Option:
    annotation = parameter.annotation
    if isinstance(annotation, str):
        annotation = _resolve(ast.parse(annotation, mode="eval").body, names)
    if parameter.default is inspect.Parameter.empty:
        raise TypeError(f"option '{parameter.name}' needs a default")
    annotation = _without_none(annotation)
    is_list = typing.get_origin(annotation) in (list, tuple)
    if is_list:
        annotation = typing.get_args(annotation)[0]
    choices: tuple[str, ...] = ()
    if typing.get_origin(annotation) is Literal:
        choices, annotation = typing.get_args(annotation), str
    if annotation not in _SCALARS.values():
        raise TypeError(f"option '{parameter.name}' cannot have the type {annotation!r}")
    name = parameter.name.rstrip("_").replace("_", "-")
    default = parameter.default
    default = list(default) if isinstance(default, tuple) else default
    return Option(name, parameter.name, annotation, is_list, choices, default)


def _without_none(annotation: typing.Any) -> typing.Any:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        (annotation,) = [a for a in typing.get_args(annotation) if a is not types.NoneType]
    return annotation


def _resolve(node: ast.expr, names: Mapping[str, object]) -> typing.Any:
    """The type that an annotation's text means, without running any of it."""
    if isinstance(node, ast.Name) and node.id in _SCALARS:
        return _SCALARS[node.id]
    if isinstance(node, ast.Name) and node.id in names:
        return names[node.id]
    if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name | ast.Attribute):
        head = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
        if head == "Literal":
            words = ast.literal_eval(node.slice)
            return Literal[words if isinstance(words, tuple) else (words,)]
        inner = node.slice.elts[0] if isinstance(node.slice, ast.Tuple) else node.slice
        if head in ("list", "tuple", "Sequence"):
            return list[_resolve(inner, names)]  # type: ignore[misc]
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _resolve(node.left, names)  # `X | None`
    raise TypeError(f"options cannot have the type '{ast.unparse(node)}'")


def bind(
    pass_name: str, options: Sequence[Option], given: Sequence[tuple[str, str]]
) -> dict[str, OptionValue]:
    """The values that were given, by option name.

    Args:
        pass_name: for messages.
        options: what the pass declares.
        given: names and texts, as the pipeline has them; a later one wins.

    Raises:
        PassError: an option is unknown, or its value malformed.
    """
    by_name = {option.name: option for option in options}
    values: dict[str, OptionValue] = {}
    for name, text in given:
        option = by_name.get(name) or by_name.get(name.replace("_", "-"))
        if option is None:
            raise PassError(
                f"pass '{pass_name}' has no option '{name}'{did_you_mean(name, list(by_name))}"
                + ("" if by_name else "; it takes none")
            )
        try:
            values[option.name] = option.parse(text)
        except PassError as error:
            raise PassError(f"pass '{pass_name}': {error.diagnostics[0].message}") from None
    return values


def did_you_mean(word: str, pool: Sequence[str]) -> str:
    """`; did you mean 'x'?` if something in `pool` is close to `word`, or nothing."""
    close = difflib.get_close_matches(word, pool, 1, 0.6)
    return f"; did you mean '{close[0]}'?" if close else ""


def _split_list(text: str) -> list[str]:
    """Splits at commas that no bracket or quote encloses."""
    if not text:
        return []
    parts, depth, start, quote = [], 0, 0, ""
    for position, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"":
            quote = char
        elif char in "([{":
            depth += 1
        elif char in ")]}":
            depth -= 1
        elif char == "," and not depth:
            parts.append(text[start:position])
            start = position + 1
    return [*parts, text[start:]]


def _unquoted(text: str) -> str:
    is_quoted = len(text) >= 2 and text[0] == text[-1] and text[0] in "'\""
    return text[1:-1] if is_quoted else text


def _show_scalar(value: Scalar) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        shown = f"{value:e}"
        return shown if float(shown) == value else repr(value)
    text = str(value)
    if text and text == text.strip() and not any(char in text for char in " {}'\"=,"):
        return text
    quote = "'" if '"' in text else '"'
    return f"{quote}{text}{quote}"

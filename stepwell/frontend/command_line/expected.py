"""`--verify-diagnostics`: do the errors match the `expected-error {{...}}` comments?

`expected-error@+1 {{text}}`, also `-warning`, `-note`, `-remark`; `@above`, `@below`, `@unknown`;
with `-re`, the text is literal but for `{{regular expressions}}` in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from stepwell.ir.diagnostics import Diagnostic, Place, Severity, Source

_EXPECTED = re.compile(
    r"expected-(error|note|remark|warning)(-re)? *(@([+-][0-9]+|above|below|unknown))? *"
    r"\{\{(.*)\}\}[ \t\r]*$",
    re.MULTILINE,
)
_BLANK = re.compile(r"[ \t\r]*(//.*)?$")


@dataclass(slots=True)
class Expected:
    """One comment: what must be reported, on which line (None: nowhere in the file)."""

    severity: Severity
    pattern: re.Pattern[str]
    text: str
    line: int | None
    offset: int
    seen: bool = False


def check_expected(
    source: Source, reported: Iterable[Diagnostic], only_expected: bool = False
) -> list[Diagnostic]:
    """What is wrong with the diagnostics of `source`; empty if they are as the comments say.

    Args:
        source: with the comments.
        reported: all that was reported about it.
        only_expected: whether diagnostics without a comment are fine.
    """
    expected = list(_expectations(source))
    wrong = []
    for diagnostic in _flat(reported):
        match = next((one for one in expected if _matches(one, diagnostic)), None)
        if match is not None:
            match.seen = True
        elif not only_expected and diagnostic.severity is not Severity.NOTE:
            text = f"unexpected {diagnostic.severity.value}: {diagnostic.message}"
            wrong.append(Diagnostic(Severity.ERROR, text, diagnostic.place))
    for one in expected:
        if not one.seen:
            place = Place(source.name, *source.line_and_column(one.offset), source)
            text = f'expected {one.severity.value} "{one.text}" was not produced'
            wrong.append(Diagnostic(Severity.ERROR, text, place))
    return wrong


def _flat(reported: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    for diagnostic in reported:
        yield diagnostic
        yield from _flat(diagnostic.notes)


def _matches(one: Expected, diagnostic: Diagnostic) -> bool:
    line = diagnostic.place.line if diagnostic.place is not None else None
    return (
        not one.seen
        and diagnostic.severity is one.severity
        and line == one.line
        and one.pattern.search(diagnostic.message) is not None
    )


def _expectations(source: Source) -> Iterator[Expected]:
    for found in _EXPECTED.finditer(source.text):
        kind, is_regex, _, where, text = found.groups()
        line = _line(source, source.line_and_column(found.start())[0], where)
        pattern = _regex(text) if is_regex else re.escape(text)
        yield Expected(Severity(kind), re.compile(pattern), text, line, found.start())


def _line(source: Source, own: int, where: str | None) -> int | None:
    if where is None:
        return own
    if where == "unknown":
        return None
    if where not in ("above", "below"):
        return own + int(where)
    step = -1 if where == "above" else 1
    line = own + step
    while line > 1 and source.line(line) and _BLANK.match(source.line(line)):
        line += step
    return line


def _regex(text: str) -> str:
    """A pattern of literal text with `{{...}}` left as regular expressions."""
    parts = re.split(r"\{\{(.*?)\}\}", text)
    return "".join(f"(?:{p})" if n % 2 else re.escape(p) for n, p in enumerate(parts))

"""Flags of the command line tools, as LLVM's tools read them.

One dash or two; `--flag=value`, or `--flag value` where the value is required; `--flag=0` switches
one off. Flags that a tool does not know are passes, and their order matters. Nothing heavy is
imported here, so that `--help` is quick.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field

_FALSE = {"0", "false", "False", "FALSE"}
_TRUE = {"", "1", "true", "True", "TRUE"}


class UsageError(Exception):
    """The command line is wrong; the message is for the user."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag.

    Args:
        name: without dashes.
        help: one line.
        value: what its value is called in the help; empty for a switch.
        optional: whether the value may be left out.
        choices: the values allowed; empty if any.
        group: under which heading the help shows it; empty to leave it out.
    """

    name: str
    help: str
    value: str = ""
    optional: bool = False
    choices: tuple[str, ...] = ()
    group: str = "Options"


@dataclass(slots=True)
class Arguments:
    """A parsed command line.

    Attributes:
        files: what is no flag.
        values: the values of flags, all that were given, in order; a switch has "true" or "false".
        passes: unknown flags and the text after their `=`, in order.
    """

    files: list[str] = field(default_factory=list)
    values: dict[str, list[str]] = field(default_factory=dict)
    passes: list[tuple[str, str]] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Whether a flag was given, and not switched off."""
        return self.values.get(name, ["false"])[-1] != "false"

    def is_on(self, name: str, default: bool) -> bool:
        """Whether a switch is on."""
        return self.has(name) if name in self.values else default

    def last(self, name: str) -> str | None:
        """The last value that was given, or None."""
        return self.values[name][-1] if name in self.values else None

    def all(self, name: str) -> list[str]:
        """All values that were given."""
        return self.values.get(name, [])

    def number(self, name: str) -> int | None:
        """The last value as a natural number, or None.

        Raises:
            UsageError: it is none.
        """
        text = self.last(name)
        if text is None:
            return None
        if not text.isdecimal():
            negative = text.startswith("-") and text[1:].isdecimal()
            what = "a number that is not negative" if negative else "a number"
            raise UsageError(f"--{name} needs {what}, not '{text}'")
        return int(text)


def parse_flags(argv: Sequence[str], flags: Sequence[Flag], passes: bool = False) -> Arguments:
    """Reads a command line.

    Args:
        argv: without the program's name.
        flags: those that the tool knows.
        passes: whether unknown flags are passes; else they are refused.

    Raises:
        UsageError: a flag is unknown, or its value missing or malformed.
    """
    known = {flag.name: flag for flag in flags}
    found = Arguments()
    words = list(reversed(argv))
    while words:
        word = words.pop()
        if word == "--":
            found.files += reversed(words)
            break
        if not word.startswith("-") or word == "-":
            found.files.append(word)
            continue
        name, equals, value = word.lstrip("-").partition("=")
        flag = known.get(name)
        if flag is not None:
            given = value if equals else None
            found.values.setdefault(name, []).append(_value(flag, given, words))
        elif passes and name[:1].isalpha():
            found.passes.append((name, value))
        else:
            raise UsageError(f"unknown command line argument '{word}'{suggest(name, flags)}")
    return found


def suggest(name: str, flags: Sequence[Flag]) -> str:
    """`; did you mean '--x'?` for a misspelt flag, or nothing."""
    close = difflib.get_close_matches(name, [flag.name for flag in flags], 1, 0.7)
    return f"; did you mean '--{close[0]}'?" if close else ""


def _value(flag: Flag, given: str | None, words: list[str]) -> str:
    if not flag.value:
        return _switch(flag, given or "")
    if given is None and flag.optional:
        return ""
    if given is None:
        if not words:
            raise UsageError(f"--{flag.name} needs a value: --{flag.name}=<{flag.value}>")
        given = words.pop()
    if flag.choices and given not in flag.choices:
        raise UsageError(f"--{flag.name} must be one of {', '.join(flag.choices)}, not '{given}'")
    return given


def _switch(flag: Flag, text: str) -> str:
    if text in _TRUE:
        return "true"
    if text in _FALSE:
        return "false"
    raise UsageError(f"--{flag.name} must be true or false, not '{text}'")


def help_text(usage: str, about: str, flags: Sequence[Flag], end: str = "") -> str:
    """The text of `--help`: flags under their headings."""
    lines = [f"usage: {usage}", "", about]
    groups: dict[str, list[Flag]] = {}
    for flag in flags:
        if flag.group:
            groups.setdefault(flag.group, []).append(flag)
    for group, members in groups.items():
        lines += ["", f"{group}:"]
        lines += [_help_line(flag) for flag in members]
    return "\n".join([*lines, *(["", end] if end else [])]) + "\n"


def _help_line(flag: Flag) -> str:
    dashes = "-" if len(flag.name) == 1 else "--"
    shown = "|".join(flag.choices) or f"<{flag.value}>"
    value = "" if not flag.value else f"[={shown}]" if flag.optional else f"={shown}"
    start = f"  {dashes}{flag.name}{value}"
    gap = " " * (42 - len(start)) if len(start) < 41 else "\n" + " " * 42
    return start + gap + flag.help

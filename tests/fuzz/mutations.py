"""Damaging text: the ways in which the parser's fuzzer makes wrong programs out of right ones."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

_TOKEN = re.compile(r'"[^"\n]*"|[%^@#!][\w$.-]+|->|::|[\w$.-]+|[^\s\w]|\s+')
_ODD = (
    "\0", "\x7f", "\ud7ff", "\ufeff", "\N{FULLWIDTH DIGIT ONE}", "\N{SUPERSCRIPT TWO}", '"', "\\",
    "{", "}", "(", ")", "<", ">", "[", "]", "->", ":", "?", "*", "-", "0x", "9" * 30, "-1",
    "1e999",
    "i0", "i99999999999", "dense<", "affine_map<", "loc(", "#", "!", "@", "%", "^bb0", "module",
    '"\\zz"', "vector<0xi1>", "tensor<?x-1xf32>", "memref<4xf32, 99>", "//", "\n", "true", "unit",
    "{-#", "#-}", "%0#1", "%0:2 =", "none", "index", "()", "-> ()", "strided<[?]>", "complex<",
    "::",
)  # fmt: skip


def tokens_of(text: str) -> list[str]:
    """The text in pieces; joined, they are the text again."""
    return _TOKEN.findall(text)


def flip_bytes(pieces: list[str], random: Random, corpus: Sequence[list[str]]) -> str:
    """Changes one to four bytes."""
    changed = bytearray("".join(pieces).encode("utf-8", "replace"))
    for _ in range(random.randint(1, 4)):
        if changed:
            changed[random.randrange(len(changed))] ^= 1 << random.randrange(8)
    return changed.decode("utf-8", "replace")


def swap_tokens(pieces: list[str], random: Random, corpus: Sequence[list[str]]) -> str:
    """Exchanges two pieces."""
    if pieces:
        a, b = random.randrange(len(pieces)), random.randrange(len(pieces))
        pieces[a], pieces[b] = pieces[b], pieces[a]
    return "".join(pieces)


def drop_tokens(pieces: list[str], random: Random, corpus: Sequence[list[str]]) -> str:
    """Leaves out a few pieces."""
    start = random.randrange(len(pieces) + 1)
    del pieces[start : start + random.randint(1, 5)]
    return "".join(pieces)


def put_odd(pieces: list[str], random: Random, corpus: Sequence[list[str]]) -> str:
    """Puts something odd in, or in place of a piece."""
    start = random.randrange(len(pieces) + 1)
    pieces[start : start + random.randint(0, 1)] = [random.choice(_ODD)]
    return "".join(pieces)


def exchange_token(pieces: list[str], random: Random, corpus: Sequence[list[str]]) -> str:
    """Puts a piece of another text in place of one."""
    other = random.choice(corpus)
    if pieces and other:
        pieces[random.randrange(len(pieces))] = random.choice(other)
    return "".join(pieces)


def change_number(pieces: list[str], random: Random, corpus: Sequence[list[str]]) -> str:
    """Puts another number in place of one."""
    places = [number for number, piece in enumerate(pieces) if piece.isdigit()]
    if places:
        pieces[random.choice(places)] = str(random.choice((0, 1, 2, 7, 64, 2**31, 2**63, 2**64)))
    return "".join(pieces)


def truncate(pieces: list[str], random: Random, corpus: Sequence[list[str]]) -> str:
    """Cuts the end off, at any character."""
    text = "".join(pieces)
    return text[: random.randrange(len(text) + 1)]


def duplicate(pieces: list[str], random: Random, corpus: Sequence[list[str]]) -> str:
    """Says a few pieces twice."""
    start = random.randrange(len(pieces) + 1)
    part = pieces[start : start + random.randint(1, 30)]
    return "".join([*pieces[:start], *part, *pieces[start:]])


def splice(pieces: list[str], random: Random, corpus: Sequence[list[str]]) -> str:
    """Begins like this text and goes on like another."""
    other = random.choice(corpus)
    return "".join(pieces[: random.randrange(len(pieces) + 1)]) + "".join(
        other[random.randrange(len(other) + 1) :]
    )


Mutation = Callable[[list[str], Random, Sequence[list[str]]], str]

MUTATIONS: tuple[Mutation, ...] = (
    flip_bytes,
    swap_tokens,
    drop_tokens,
    put_odd,
    exchange_token,
    change_number,
    truncate,
    duplicate,
    splice,
)

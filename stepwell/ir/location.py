"""Where an op came from: https://mlir.llvm.org/docs/Dialects/Builtin/#location-attributes."""

from __future__ import annotations

from stepwell.ir.attribute import Attribute, Show
from stepwell.ir.diagnostics import Place, Source


class Location(Attribute):
    """Base of the locations. `text` gives `loc(...)`, `inner` what stands inside."""

    __slots__ = ()
    alias = "loc"

    def inner(self, show: Show) -> str:
        """The text between `loc(` and `)`."""
        raise NotImplementedError

    def text(self, show: Show) -> str:
        return f"loc({self.inner(show)})"

    def inside(self, show: Show) -> str:
        """The text of this location when it stands inside another."""
        shown = show(self)
        return shown if shown.startswith("#") else self.inner(show)

    @property
    def place(self) -> Place | None:
        """The nearest file position, for diagnostics."""
        for part in self.nested():
            if isinstance(part, Location) and part.place is not None:
                return part.place
        return None


class UnknownLoc(Location):
    """`loc(unknown)`."""

    def inner(self, show: Show) -> str:
        return "unknown"


class FileLineColLoc(Location):
    """`loc("file.mlir":3:7)`; or a range, `"file.mlir":3:7 to 4:9`."""

    file: str
    line: int
    column: int
    end_line: int = -1
    end_column: int = -1

    def inner(self, show: Show) -> str:
        text = f"{quote(self.file)}:{self.line}:{self.column}"
        if self.end_column < 0:
            return text
        end = "" if self.end_line == self.line else str(self.end_line)
        return f"{text} to {end}:{self.end_column}"

    @property
    def place(self) -> Place:
        """This position."""
        return Place(self.file, self.line, self.column)


class NameLoc(Location):
    """`loc("x")` or `loc("x"(child))`."""

    name_text: str
    child: Location = UnknownLoc()

    def inner(self, show: Show) -> str:
        if isinstance(self.child, UnknownLoc):
            return quote(self.name_text)
        return f"{quote(self.name_text)}({self.child.inside(show)})"


class CallSiteLoc(Location):
    """`loc(callsite(callee at caller))`."""

    callee: Location
    caller: Location

    def inner(self, show: Show) -> str:
        return f"callsite({self.callee.inside(show)} at {self.caller.inside(show)})"


class FusedLoc(Location):
    """`loc(fused<metadata>[a, b])`."""

    locations: tuple[Location, ...]
    metadata: Attribute | None = None

    def inner(self, show: Show) -> str:
        metadata = f"<{show(self.metadata)}>" if self.metadata is not None else ""
        return f"fused{metadata}[{', '.join(part.inside(show) for part in self.locations)}]"


class DeferredLoc(Location):
    """`loc(#alias)` of an alias that the text defines later; replaced at the end of parsing."""

    alias_name: str
    start: int

    def inner(self, show: Show) -> str:
        return f"#{self.alias_name}"


UNKNOWN = UnknownLoc()


def resolve(source: Source, offset: int) -> FileLineColLoc:
    """The location of the character at `offset` of `source`."""
    line, column = source.line_and_column(offset)
    return FileLineColLoc(source.name, line, column)


def fuse(locations: list[Location]) -> Location:
    """One location for all: none is unknown, one is itself, more are fused without repeats."""
    kept = tuple(dict.fromkeys(part for part in locations if part is not UNKNOWN))
    if not kept:
        return UNKNOWN
    return kept[0] if len(kept) == 1 else FusedLoc(kept)


_ESCAPES = {'"': "\\22", "\\": "\\\\"}


def quote(text: str) -> str:
    """`text` as an MLIR string literal; bytes that are not printable ASCII as `\\XX`."""
    if text.isascii() and text.isprintable() and '"' not in text and "\\" not in text:
        return f'"{text}"'
    pieces = []
    for byte in text.encode("utf-8", "surrogateescape"):
        char = chr(byte)
        if char in _ESCAPES:
            pieces.append(_ESCAPES[char])
        elif 32 <= byte < 127:
            pieces.append(char)
        else:
            pieces.append(f"\\{byte:02X}")
    return '"' + "".join(pieces) + '"'

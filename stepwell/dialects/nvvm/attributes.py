"""Attributes of the nvvm dialect: https://mlir.llvm.org/docs/Dialects/NVVMDialect/"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from stepwell.ir.attribute import Attribute, Show
from stepwell.ir.attributes import ArrayAttr, DictionaryAttr, StringAttr
from stepwell.ir.enums import EnumAttr, enum_kind
from stepwell.ir.location import quote

if TYPE_CHECKING:
    from stepwell.ir.text.reader import Reader


class ShflKindAttr(EnumAttr):
    """From which lane a shuffle takes its value: `#nvvm<shfl_kind bfly>`."""

    name = "nvvm.shfl_kind"
    cases = ("bfly", "up", "down", "idx")
    bracketed = False


class ReductionKindAttr(EnumAttr):
    """How `nvvm.redux.sync` combines values: `#nvvm<redux_kind add>`."""

    name = "nvvm.redux_kind"
    cases = ("add", "and", "max", "min", "or", "umax", "umin", "xor", "fmin", "fmax")
    bracketed = False


class VoteSyncKindAttr(EnumAttr):
    """What `nvvm.vote.sync` asks: `#nvvm<vote_sync_kind ballot>`."""

    name = "nvvm.vote_sync_kind"
    cases = ("any", "all", "ballot", "uni")
    bracketed = False


class NVVMTargetAttr(Attribute):
    """`#nvvm.target<O = 3, chip = "sm_90", features = "+ptx80">`: what a module is compiled for."""

    name = "nvvm.target"
    level: int = 2
    triple: str = "nvptx64-nvidia-cuda"
    chip: str = "sm_75"
    features: str = "+ptx60"
    flags: DictionaryAttr | None = None
    link: ArrayAttr | None = None
    verify_target: bool = True

    def body(self, show: Show) -> str:
        parts = [f"O = {self.level}"] if self.level != 2 else []
        for key, value, usual in (
            ("triple", self.triple, "nvptx64-nvidia-cuda"),
            ("chip", self.chip, "sm_75"),
            ("features", self.features, "+ptx60"),
        ):
            if value != usual:
                parts.append(f"{key} = {quote(value)}")
        for key, attribute in (("flags", self.flags), ("link", self.link)):
            if attribute is not None:
                parts.append(f"{key} = {show(attribute)}")
        if not self.verify_target:
            parts.append("verifyTarget = false")
        return ", ".join(parts)

    @classmethod
    def parse_body(cls, reader: Reader) -> Self:
        found: dict[str, object] = {}
        while not reader.at_end():
            start = reader.start
            key = reader.keyword(*_KEYS)
            if _KEYS[key] in found:
                raise reader.error(f"'{key}' is given twice", start)
            reader.literal("=")
            found[_KEYS[key]] = _value(reader, key)
            if not reader.accept(","):
                break
        level = found.get("level", 2)
        if level not in (0, 1, 2, 3):
            raise reader.error("The optimization level must be a number between 0 and 3.")
        if found.get("chip") == "":
            raise reader.error("The target chip cannot be empty.")
        if found.get("triple") == "":
            raise reader.error("The target triple cannot be empty.")
        return cls(**found)  # type: ignore[arg-type]

    def flag(self, name: str) -> bool:
        """Whether a flag (`fast`, `ftz`) is set."""
        return self.flags is not None and name in self.flags.as_dict()

    @property
    def libraries(self) -> list[str]:
        """The bitcode files to link."""
        values = self.link.values if self.link is not None else ()
        return [value.value for value in values if isinstance(value, StringAttr)]


_KEYS = {
    "O": "level",
    "triple": "triple",
    "chip": "chip",
    "features": "features",
    "flags": "flags",
    "link": "link",
    "verifyTarget": "verify_target",
}


def _value(reader: Reader, key: str) -> object:
    match key:
        case "O":
            return reader.integer()
        case "verifyTarget":
            return reader.keyword("true", "false") == "true"
        case "flags":
            return DictionaryAttr.of(reader.dictionary())
        case "link":
            start = reader.start
            link = reader.attribute()
            if not isinstance(link, ArrayAttr):
                raise reader.error("expected an array of file names", start)
            return link
    return reader.string()


ShflKind = enum_kind(ShflKindAttr)
ReductionKind = enum_kind(ReductionKindAttr)
VoteKind = enum_kind(VoteSyncKindAttr)

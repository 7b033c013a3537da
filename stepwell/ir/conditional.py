"""Ops that run one of two regions, of which the second may be missing."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any

from stepwell.ir.block import Region
from stepwell.ir.definition import Op
from stepwell.ir.implicit_terminator import end_region_with, here
from stepwell.ir.region_flow import RegionSuccessor
from stepwell.ir.value import Value

if TYPE_CHECKING:
    from stepwell.ir.text.op_parser import OpParser
    from stepwell.ir.text.printer import Printer


class ConditionalOp(Op):
    """Base of `scf.if` and `affine.if`: `... { then } else { otherwise }`.

    The ops declare the regions, after their operands: builders take fields in that order.
    """

    then: Region
    otherwise: Region

    @property
    def has_idle_else(self) -> bool:
        """Whether there is an else region, and it does nothing but end."""
        return self.otherwise.has_one_block and (
            self.otherwise.entry.first is self.otherwise.entry.last
        )

    @staticmethod
    def parse_regions(p: OpParser, end: type[Op]) -> Generator[Any, Any, list[Region]]:
        """The two regions; where their `end` is not written, it is added."""
        place = here(p)
        then = end_region_with((yield p.region()), end, place)
        if not p.accept("else"):
            return [then, Region()]
        return [then, end_region_with((yield p.region()), end, place)]

    def print_regions(self, p: Printer) -> Generator[Any, None, None]:
        """The regions that there are; their ends only where these give results."""
        p.write(" ")
        yield p.region(self.then, terminator=bool(self.results))
        if not self.otherwise.is_empty:
            p.write(" else ")
            yield p.region(self.otherwise, terminator=bool(self.results))

    def check_else(self) -> None:
        """Raises VerifyError if there are results and no else region to give them."""
        if self.results and self.otherwise.is_empty:
            raise self.error("must have an else block if defining values")

    def region_successors(self, source: Region | None) -> list[RegionSuccessor]:
        """Where control may go from the end of `source`, or from the op if that is None."""
        after = RegionSuccessor(None, self.results)
        if source is not None:
            return [after]
        return [
            RegionSuccessor(self.then),
            after if self.otherwise.is_empty else RegionSuccessor(self.otherwise),
        ]

    def entry_operands(self, target: Region | None) -> list[Value]:
        """No region has arguments."""
        return []

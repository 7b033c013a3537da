"""What the rules of `module.lark` do: one method for each rule or alias."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lark import Transformer

from stepwell.ir.block import Region
from stepwell.ir.operation import Operation
from stepwell.ir.text.lalr import Token
from stepwell.ir.text.op_parser import Argument

if TYPE_CHECKING:
    from stepwell.ir.text.module_parser import ModuleParser


class Actions(Transformer[Token, Any]):
    """The actions; `parser` is the parser that is being fed."""

    parser: ModuleParser

    def items(self, items: list[Any]) -> None: ...
    def blocks(self, items: list[Any]) -> None: ...
    def block(self, items: list[Any]) -> None: ...
    def start(self, items: list[Any]) -> None: ...
    def placed(self, items: list[Any]) -> None: ...

    def empty(self, items: list[Any]) -> list[Any]:
        return []

    def first(self, items: list[Any]) -> list[Any]:
        return [items[0]]

    def more(self, items: list[Any]) -> list[Any]:
        items[0].append(items[2])
        return items[0]  # type: ignore[no-any-return]

    def inside(self, items: list[Any]) -> Any:
        return items[1]

    def operands(self, items: list[Any]) -> Any:
        return items[0]

    def types(self, items: list[Any]) -> Any:
        return items[0]

    def attributes(self, items: list[Any]) -> Any:
        return items

    def regional(self, items: list[Any]) -> Operation | None:
        return items[-1].value  # type: ignore[no-any-return]

    def generic(self, items: list[Any]) -> Operation:
        return self.parser.build_generic(items)

    def structured(self, items: list[Any]) -> None:
        bound = items[0].value if len(items) == 3 else None
        op = items[-2] if isinstance(items[-2], Operation) else None
        self.parser.finish_op(op, bound, items[-1].value)

    def attribute_alias(self, items: list[Any]) -> None:
        self.parser.context.attribute_aliases[items[0].value] = items[2].value

    def type_alias(self, items: list[Any]) -> None:
        self.parser.context.type_aliases[items[0].value] = items[2].value

    def region_open(self, items: list[Any]) -> None:
        self.parser.begin_region(items[0].value)

    def region(self, items: list[Any]) -> Region:
        return self.parser.end_region()

    def block_head(self, items: list[Any]) -> None:
        name, start = items[0].value
        self.parser.begin_block(name, start, items[2] if len(items) == 5 else [])

    def argument(self, items: list[Any]) -> Argument:
        location = items[3].value if len(items) == 4 else None
        return Argument(items[0].value, items[2].value, None, location)

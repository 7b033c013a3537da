"""Lowering one op at a time, with casts between what is lowered and what is not (yet).

A lowering is a function of an op and its converted operands. The driver gives it operands of the
converted types and casts its results back for users that are not lowered; casts that meet cancel,
so that running the passes of all dialects leaves none. Ops that a lowering makes are lowered too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from stepwell.ir.attribute import Type
from stepwell.ir.attributes import StringAttr
from stepwell.ir.block import Block
from stepwell.ir.operation import ErasedOp, Operation, walk
from stepwell.ir.value import BlockArgument, OpResult, Value
from stepwell.passes.lowering.emit import Emit
from stepwell.passes.lowering.llvm_types import LLVMTypes

CAST = "builtin.unrealized_conversion_cast"

Outcome = Value | Sequence[Value] | bool | None
"""What a lowering returns: the values that replace the results; True if it replaced (and erased)
the op itself; None or False if it does not apply."""

F = TypeVar("F", bound=Callable[..., Outcome])


@dataclass(frozen=True, slots=True)
class Lowering:
    """A function that lowers the ops of one name."""

    name: str
    function: Callable[[Operation, Sequence[Value], Lower], Outcome]
    keeps_operands: bool = False


@dataclass(slots=True)
class LoweringSet:
    """The lowerings of a dialect, by the names of ops."""

    by_name: dict[str, list[Lowering]] = field(default_factory=dict)

    def of(self, *names: str, keeps_operands: bool = False) -> Callable[[F], F]:
        """Registers the decorated function for ops of these names; a later one is tried first.

        Args:
            names: of the ops.
            keeps_operands: the function gets the operands as they are, not converted.
        """

        def register(function: F) -> F:
            for name in names:
                lowering = Lowering(name, function, keeps_operands)
                self.by_name.setdefault(name, []).insert(0, lowering)
            return function

        return register


def merged(sets: Iterable[LoweringSet]) -> dict[str, list[Lowering]]:
    """All lowerings of several sets."""
    found: dict[str, list[Lowering]] = {}
    for one in sets:
        for name, lowerings in one.by_name.items():
            found.setdefault(name, []).extend(lowerings)
    return found


class Lower(Emit):
    """Lowers the ops below `root`. What a lowering gets to write its ops with.

    Args:
        root: the op that the pass runs on.
        types: converts types.
        sets: the lowerings.
        options: what the lowerings may ask, by name.
    """

    def __init__(
        self,
        root: Operation,
        types: LLVMTypes,
        sets: Iterable[LoweringSet],
        options: dict[str, object] | None = None,
    ) -> None:
        super().__init__(types, self._note)
        self.root = root
        self.options = options or {}
        self._lowerings = merged(sets)
        self._pending: list[Operation] = []
        self._casts: list[Operation] = []
        self._symbols: dict[Operation, set[str]] = {}
        self._early: dict[Value, OpResult] = {}

    def run(self) -> None:
        """Lowers all there is."""
        found = [op for op in walk(self.root) if op is not self.root]
        self._casts += [op for op in found if op.name == CAST]
        for op in found:
            self._lower_with_made(op)
        self._erase_unused_casts()

    def _erase_unused_casts(self) -> None:
        pending = [cast for cast in self._casts if type(cast) is not ErasedOp]
        while pending:
            cast = pending.pop()
            if type(cast) is ErasedOp or any(result.has_uses for result in cast.results):
                continue
            sources = [value.defining_op for value in cast.operands]
            cast.erase()
            pending += [op for op in sources if op is not None and op.name == CAST]

    def relower(self, op: Operation) -> None:
        """Has `op`, which was moved or changed, lowered after the current one."""
        self._note(op)

    def _note(self, op: Operation) -> None:
        if op.name in self._lowerings:
            self._pending.append(op)

    def _lower_with_made(self, op: Operation) -> None:
        """Lowers `op`, and then what its lowering made, in order."""
        stack = [op]
        while stack:
            current = stack.pop()
            if type(current) is ErasedOp or current.name not in self._lowerings:
                continue
            self._pending = []
            self._lower_one(current)
            stack += reversed(self._pending)

    def _lower_one(self, op: Operation) -> None:
        for lowering in self._lowerings[op.name]:
            operands: Sequence[Value] | None = op.operands
            if not lowering.keeps_operands:
                operands = self.converted_all(op.operands)
            if operands is None:
                continue
            self.start_at(op)
            outcome = lowering.function(op, operands, self)
            if outcome is None or outcome is False:
                continue
            if outcome is not True:
                self.replace(op, [outcome] if isinstance(outcome, Value) else outcome)
            return

    # Values.

    def replace(self, op: Operation, values: Sequence[Value]) -> None:
        """Replaces the results of `op`, casting where types differ, and erases it."""
        self.start_at(op)
        for old, new in zip(op.results, values, strict=True):
            self.substitute(old, new)
        op.erase()

    def as_type(self, value: Value, type: Type) -> Value:
        """`value` cast to `type`, if it is of another."""
        return value if value.type is type else self.cast_unrealized([value], type)

    def cast_unrealized(self, values: Sequence[Value], type: Type) -> OpResult:
        """A cast from `values` to `type` that later lowerings resolve."""
        cast = self.op(CAST, values, [type])
        self._casts.append(cast)
        return cast.result

    def converted_all(self, values: Sequence[Value]) -> list[Value] | None:
        """The values in their converted types; None if one has none."""
        wanted = self.types.convert_all([value.type for value in values])
        if wanted is None:
            return None
        return [self.converted_to(v, t) for v, t in zip(values, wanted, strict=True)]

    def converted(self, value: Value) -> Value:
        """The value in its converted type, which must exist."""
        wanted = self.types.convert(value.type)
        assert wanted is not None, f"{value.type} has no counterpart"
        return self.converted_to(value, wanted)

    def converted_to(self, value: Value, wanted: Type) -> Value:
        """`value` as a `wanted`: what it was cast from, or a cast just after its definition."""
        if value.type is wanted:
            return value
        op = value.defining_op
        if op is not None and op.name == CAST and op.num_operands == 1:
            source = op.operands[0]
            if source.type is wanted:
                return source
        known = self._early.get(value)
        return known if known is not None else self._cast_at_definition(value, wanted)

    def _cast_at_definition(self, value: Value, wanted: Type) -> Value:
        block = value.parent_block
        assert block is not None
        op = value.defining_op
        with self.at(block, op.next if op is not None else block.first):
            made = self._early[value] = self.cast_unrealized([value], wanted)
        return made

    def substitute(self, old: Value, new: Value) -> None:
        """Makes all users of `old` use `new`, which may be of another type."""
        new.name_hint = new.name_hint or old.name_hint
        if new.type is not old.type:
            self._resolve_casts(old, new)
        if old.has_uses:
            old.replace_all_uses_with(self.as_type(new, old.type))

    def _resolve_casts(self, old: Value, new: Value) -> None:
        """Casts of `old` to the type of `new` are nothing but `new`."""
        for user in old.users:
            if user.name == CAST and user.result_types == (new.type,) and user.num_operands == 1:
                user.result.replace_all_uses_with(new)
                self._early.pop(old, None)
                user.set_operands(())  # dead; it may be where ops are being inserted

    # Blocks.

    def convert_block_arguments(self, block: Block) -> bool:
        """Gives the arguments of `block` their converted types; whether all have one."""
        wanted = self.types.convert_all(block.arg_types)
        if wanted is None:
            return False
        for argument, type in zip(block.args, wanted, strict=True):
            self.retype_argument(argument, type)
        return True

    def retype_argument(self, argument: BlockArgument, type: Type) -> None:
        """Changes the type of an argument; its users get it cast back."""
        old = argument.type
        if old is type:
            return
        stand_in = Value(old, argument.owner, argument.index)
        argument.replace_all_uses_with(stand_in)
        argument.type = type
        with self.at(argument.owner, argument.owner.first):
            self.substitute(stand_in, argument)

    # Symbols.

    def declare(self, name: str, make: Callable[[], Operation]) -> str:
        """Makes sure that the symbol `name` exists; `make` inserts a declaration of it."""
        symbols = self._symbols_here()
        if name not in symbols:
            symbols.add(name)
            block = self.root_table().regions[0].entry
            with self.at(block, block.first):
                make()
        return name

    def unused_symbol(self, stem: str) -> str:
        """A name for a new symbol: `stem`, with a number if that is taken."""
        symbols = self._symbols_here()
        name, number = stem, 0
        while name in symbols:
            name, number = f"{stem}_{number}", number + 1
        return name

    def _symbols_here(self) -> set[str]:
        """The names of all symbols in the table at the insertion point."""
        table = self.root_table()
        if table not in self._symbols:
            names = [op.get_attribute("sym_name") for op in table.regions[0].entry.ops]
            self._symbols[table] = {n.value for n in names if isinstance(n, StringAttr)}
        return self._symbols[table]

    def root_table(self) -> Operation:
        """The op whose symbols calls from inside `root` mean."""
        op = self.anchor or (self.block.parent_op if self.block is not None else self.root)
        while op is not None:
            if op.regions and op.name in ("builtin.module", "gpu.module"):
                return op
            op = op.parent_op
        return self.root


def lower(
    root: Operation,
    sets: Iterable[LoweringSet],
    index_bitwidth: int = 0,
    *,
    bare_pointers: bool = False,
    options: dict[str, object] | None = None,
) -> None:
    """Lowers what is below `root`.

    Args:
        root: the op that the pass runs on.
        sets: the lowerings.
        index_bitwidth: of `index`; 0 means that of the machine.
        bare_pointers: whether functions take static memrefs as mere pointers.
        options: what the lowerings may ask, by name.
    """
    Lower(root, LLVMTypes(index_bitwidth or 64, bare_pointers), sets, options).run()

"""Dialect conversion to the llvm dialect: what its patterns get, and how the passes start it.

Lowerings are conversion patterns whose rewriter also writes llvm ops and declares symbols. Nothing
is folded on the way, and only the llvm dialect is legal: what has no lowering stays, with casts in
between, so that the passes of all dialects, run one after the other, leave none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

from stepwell.ir.attributes import StringAttr
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion import (
    ConversionPatterns,
    ConversionTarget,
    apply_partial_conversion,
)
from stepwell.ir.rewriting.pattern import PatternSet
from stepwell.passes.lowering.emit import Emit
from stepwell.passes.lowering.llvm_types import LLVMTypes


class LLVMRewriter(Emit):
    """What a lowering gets to write its ops with.

    Args:
        types: converts types.
        options: what the lowerings may ask, by name.
    """

    def __init__(self, types: LLVMTypes, options: dict[str, object] | None = None) -> None:
        super().__init__(types)
        self.options = options or {}
        self._symbols: dict[Operation, set[str]] = {}

    def declare(self, name: str, make: Callable[[], Operation]) -> str:
        """Makes sure that the symbol `name` exists; `make` inserts a declaration of it."""
        symbols = self._symbols_here()
        if name not in symbols:
            symbols.add(name)
            block = self._table().regions[0].entry
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

    def take_back(self) -> bool:
        """Erases what `made` lists; symbols may be among it."""
        self._symbols.clear()
        return super().take_back()

    def _symbols_here(self) -> set[str]:
        """The names of all symbols in the table at the insertion point."""
        table = self._table()
        if table not in self._symbols:
            names = [op.get_attribute("sym_name") for op in table.regions[0].entry.ops]
            self._symbols[table] = {n.value for n in names if isinstance(n, StringAttr)}
        return self._symbols[table]

    def _table(self) -> Operation:
        """The op whose symbols calls at the insertion point mean: the outermost if there is no
        module."""
        op = self.block.parent_op
        assert op is not None, "the block is in no op"
        while not (op.regions and op.name in ("builtin.module", "gpu.module")):
            above = op.parent_op
            if above is None:
                break
            op = above
        return op


@cache
def _merged(sets: tuple[ConversionPatterns, ...]) -> PatternSet:
    """The patterns of sets that are complete: their modules have been imported."""
    return PatternSet([pattern for one in sets for pattern in one])


def llvm_target() -> ConversionTarget:
    """Nothing but the llvm dialect is legal; everything else may stay."""
    target = ConversionTarget()
    target.add_legal_dialect("llvm")
    return target


_ONLY_LLVM = llvm_target()


def lower(
    root: Operation,
    sets: Iterable[ConversionPatterns],
    types: LLVMTypes | None = None,
    options: dict[str, object] | None = None,
    target: ConversionTarget | None = None,
) -> None:
    """Lowers what is below `root`, which stays as it is.

    Args:
        root: the op that the pass runs on.
        sets: the lowerings; of two for the same op, that of the first set is tried first.
        types: converts types; by default with an `index` of 64 bits.
        options: what the lowerings may ask, by name.
        target: what is legal; by default the llvm dialect.

    Raises:
        PassError: the target does not allow an op that has no lowering.
    """
    inside = [op for region in root.regions for block in region for op in block]
    rewriter = LLVMRewriter(types or LLVMTypes(), options)
    patterns = _merged(tuple(sets))
    apply_partial_conversion(inside, target or _ONLY_LLVM, patterns, fold=False, rewriter=rewriter)

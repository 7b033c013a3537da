"""Finding ops that can be erased, in constant time an op even where regions nest deeply."""

from __future__ import annotations

from stepwell.ir.effects import cannot_be_noticed, own_effects
from stepwell.ir.operation import ErasedOp, Operation
from stepwell.ir.traits import RecursiveMemoryEffects, Symbol, Terminator


class DeadOps:
    """Tells which ops could go.

    An op with regions is as dead as what it holds. Of one that must stay, the op inside that makes
    it stay is remembered, so that the inside is not searched again for each of the ops around it.

    Args:
        nothing_new: whether no op is added to the program meanwhile; then, ops with regions that
            could go are remembered, too.
    """

    def __init__(self, nothing_new: bool = False) -> None:
        self._reasons: dict[Operation, Operation] = {}
        self._free: set[Operation] | None = set() if nothing_new else None

    def is_dead(self, op: Operation) -> bool:
        """Whether nobody uses `op` and nobody can notice its effects."""
        for result in op.results:
            if result._users:
                return False
        return self.would_be_dead(op)

    def would_be_dead(self, op: Operation) -> bool:
        """Whether `op` could be erased if nobody used it."""
        if Terminator in op.traits or Symbol in op.traits:
            return False
        if not op.regions or RecursiveMemoryEffects not in op.traits:
            return has_no_lasting_effect(op)
        known = self._reasons.get(op)
        if known is not None and type(known) is not ErasedOp:
            return False
        if self._free is not None and op in self._free:
            return True
        reason = self._reason_inside(op)
        if reason is None:
            return True
        self._remember(op, reason)
        return False

    def _reason_inside(self, root: Operation) -> Operation | None:
        pending = [root]
        seen: list[Operation] = []
        while pending:
            op = pending.pop()
            if self._free is not None and op in self._free:
                continue
            known = self._reasons.get(op)
            if known is not None and type(known) is not ErasedOp:
                return known
            if not has_no_lasting_effect(op):
                return op
            if op.regions and RecursiveMemoryEffects in op.traits:
                seen.append(op)
                pending += [inner for region in op.regions for block in region for inner in block]
        if self._free is not None:
            self._free.update(seen)
        return None

    def _remember(self, root: Operation, reason: Operation) -> None:
        op: Operation | None = reason
        while op is not None and op is not root:
            op = op.parent_op
            if op is None or op in self._reasons and type(self._reasons[op]) is not ErasedOp:
                break
            self._reasons[op] = reason
        self._reasons[root] = reason


def has_no_lasting_effect(op: Operation) -> bool:
    """Whether `op` by itself only reads, or only touches memory that it makes."""
    effects = own_effects(op)
    return effects is not None and (not effects or cannot_be_noticed(effects, op))

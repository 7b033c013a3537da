"""The verifier: checks that a program keeps the rules of its ops and of the IR itself.

One walk, without recursion: each op's own checks (`stepwell.ir.op_checks`), the shape of blocks and
regions, and that values are defined before they are used. Blocks and regions around the current op
are kept in tables, so that a use far inside of its definition costs the same as one next to it.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from stepwell.ir.block import Block, Region
from stepwell.ir.diagnostics import Diagnostic, Severity, VerifyError
from stepwell.ir.dominance import Dominance, has_ssa_dominance
from stepwell.ir.op_checks import OpChecks, checks_of
from stepwell.ir.operation import Operation
from stepwell.ir.region_flow_checks import verify_region_flow
from stepwell.ir.symbol_table import SymbolTables, repeated_symbols
from stepwell.ir.traits import IsolatedFromAbove, NoTerminator, SymbolTable
from stepwell.ir.value import BlockArgument, Value


def verify(op: Operation) -> None:
    """Checks `op` and all inside it.

    Raises:
        VerifyError: with everything that is wrong, in order.
    """
    verifier = _Verifier(op)
    verifier.run()
    if verifier.errors:
        raise VerifyError(verifier.errors)


@dataclass(slots=True)
class _Scope:
    """What is visible at a place: the blocks and regions around it, up to an isolated op.

    Attributes:
        ops: for each block around, the op in it that contains the place.
        blocks: for each region around, the block in it that contains the place.
        owner: the isolated op, or None.
    """

    owner: Operation | None = None
    ops: dict[Block, Operation] = field(default_factory=dict)
    blocks: dict[Region, Block] = field(default_factory=dict)


@dataclass(slots=True)
class _Frame:
    """An op whose regions are being checked.

    Attributes:
        op: the op.
        region: the number of the region that comes next.
        block: the block being checked.
        reachable: whether control can come to it.
        scope: the scope around the op.
        symbol_users: the ops inside that refer to symbols, if the op is a symbol table.
        outer_users: the same list of the table around it.
        failures: how many errors there were before the op.
    """

    op: Operation
    region: int
    block: Block | None
    reachable: bool
    scope: _Scope
    outer_users: list[Operation] | None
    failures: int


class _Verifier:
    def __init__(self, root: Operation) -> None:
        self.root = root
        self.errors: list[Diagnostic] = []
        self.dominance = Dominance()
        self.scope = _scope_around(root)
        self.users: list[Operation] | None = None
        self.tables = SymbolTables()
        self.checks: dict[type[Operation], OpChecks | None] = {}

    def report(self, message: str, op: Operation) -> Diagnostic:
        made = Diagnostic(Severity.ERROR, message, op.place)
        self.errors.append(made)
        return made

    # The walk.

    def run(self) -> None:
        """Checks everything; fills `errors`."""
        frames: list[_Frame] = []
        checks = checks_of(self.root.__class__)
        if checks is not None:
            self._check_op(self.root, checks)
        if self.root.regions:
            frames.append(self._enter(self.root, 0))
        while frames:
            frame = frames[-1]
            block = self._next_block(frame)
            if block is None:
                frames.pop()
                self._leave(frame)
                inner = frame.op.next if frame.op is not self.root else None
                if frames:
                    self._check_rest(inner, frames)
            else:
                self._check_rest(self._start_block(frame, block), frames)

    def _check_rest(self, op: Operation | None, frames: list[_Frame]) -> None:
        """Checks `op` and those after it, up to one with regions, which becomes a new frame."""
        block, reachable = frames[-1].block, frames[-1].reachable
        assert block is not None
        ordered = block.parent is None or has_ssa_dominance(block.parent)
        found = self.checks
        while op is not None:
            cls = op.__class__
            checks = found[cls] if cls in found else self._checks_of(cls)
            failures = len(self.errors)
            if checks is not None:
                self._check_op(op, checks)
            for value in op._operands if reachable else ():
                owner = value.owner
                if owner is not block and (owner.parent is not block or owner._order >= op._order):
                    self._check_operands(op, block, ordered)
                    break
            if op.successors and op.next is not None:
                text = "operation with block successors must terminate its parent block"
                self.report(text, op)
            if op.regions:
                self.scope.ops[block] = op
                frames.append(self._enter(op, failures))
                return
            op = op.next

    def _checks_of(self, cls: type[Operation]) -> OpChecks | None:
        found = self.checks[cls] = checks_of(cls)
        return found

    def _check_op(self, op: Operation, checks: OpChecks) -> None:
        try:
            checks.run(op)
        except VerifyError as error:
            self.errors += error.diagnostics
        if checks.uses_symbols and self.users is not None:
            self.users.append(op)

    # Regions and blocks.

    def _enter(self, op: Operation, failures: int) -> _Frame:
        frame = _Frame(op, 0, None, True, self.scope, self.users, failures)
        if IsolatedFromAbove in op.traits:
            self.scope = _Scope(op)
        if SymbolTable in op.traits:
            self.users = []
        return frame

    def _leave(self, frame: _Frame) -> None:
        self.scope = frame.scope
        if len(self.errors) == frame.failures and frame.op.is_registered:
            self._check_region_flow(frame.op)
        if SymbolTable in frame.op.traits:
            self._check_symbols(frame.op)
        self.users = frame.outer_users

    def _check_region_flow(self, op: Operation) -> None:
        try:
            verify_region_flow(op)
        except VerifyError as error:
            self.errors += error.diagnostics

    def _next_block(self, frame: _Frame) -> Block | None:
        """The block to go on with after the one just finished; None if there is no more."""
        block = frame.block.next if frame.block is not None else None
        if frame.block is not None:
            self.scope.ops.pop(frame.block, None)
            if block is None and frame.block.parent is not None:
                self.scope.blocks.pop(frame.block.parent, None)
        while block is None and frame.region < len(frame.op.regions):
            region = frame.op.regions[frame.region]
            frame.region += 1
            block = region.first
            if block is not None and block._predecessors:
                self.report("entry block of region may not have predecessors", frame.op)
        frame.block = block
        return block

    def _start_block(self, frame: _Frame, block: Block) -> Operation | None:
        """Checks the shape of a block; returns its first op."""
        region = block.parent
        assert region is not None
        self.scope.blocks[region] = block
        frame.reachable = self.dominance.is_reachable(block)
        if not block._order_valid and block.first is not None:
            block.is_before(block.first, block.first)
        last = block.last
        if last is None:
            if not _needs_no_terminator(frame.op, region):
                self.report("empty block: expect at least a terminator", frame.op)
        elif not last.may_be_terminator and not _needs_no_terminator(frame.op, region):
            self.report(f"block with no terminator, has {_in_one_line(last)}", last)
        return block.first

    def _check_symbols(self, table: Operation) -> None:
        repeated = repeated_symbols(table)
        self.errors += repeated
        for op in self.users or ():
            try:
                op.verify_symbol_uses(self.tables)  # type: ignore[attr-defined]
            except VerifyError as error:
                self.errors += error.diagnostics

    # Dominance.

    def _check_operands(self, op: Operation, block: Block, ordered: bool) -> None:
        order = op._order
        for number, value in enumerate(op._operands):
            owner = value.owner
            if owner is block:
                continue
            if owner.parent is block:
                if not ordered or owner._order < order:
                    continue
            elif self._is_visible(value):
                continue
            self._report_operand(op, number, value)
            return

    def _is_visible(self, value: Value) -> bool:
        """Whether a value that is defined outside the current block can be used in it."""
        scope = self.scope
        home = value.owner if isinstance(value, BlockArgument) else value.owner.parent
        if not isinstance(home, Block):
            return False
        region = home.parent
        around = scope.ops.get(home)
        if around is not None:
            if isinstance(value, BlockArgument):
                return True
            assert region is not None
            if not has_ssa_dominance(region):
                return True
            return value.owner._order < around._order  # type: ignore[union-attr]
        if region is None:
            return False
        current = scope.blocks.get(region)
        if current is None:
            return False
        return self.dominance.tree(region).properly_dominates(home, current)

    def _report_operand(self, op: Operation, number: int, value: Value) -> None:
        isolated = self.scope.owner
        home = value.parent_block
        region = home.parent if home is not None else None
        if isolated is not None and region not in self.scope.blocks:
            inside = region is not None and any(r.is_ancestor_of(region) for r in isolated.regions)
            if not inside:
                error = op.error("using value defined outside the region").diagnostics[0]
                note = "required by region isolation constraints"
                self.errors.append(error.note(note, isolated.place))
                return
        error = self.report(f"operand #{number} does not dominate this use", op)
        _explain(error, op, value)


def _scope_around(root: Operation) -> _Scope:
    """What `root` can see."""
    scope = _Scope()
    op = root
    while op.parent is not None:
        block = op.parent
        scope.ops[block] = op
        if block.parent is None:
            break
        scope.blocks[block.parent] = block
        outer = block.parent.parent
        if outer is None:
            break
        if IsolatedFromAbove in outer.traits:
            scope.owner = outer
            break
        op = outer
    return scope


def _needs_no_terminator(op: Operation, region: Region) -> bool:
    if not region.has_one_block:
        return False
    return not op.is_registered or NoTerminator in op.traits


def _in_one_line(op: Operation) -> str:
    return str(op).partition("\n")[0]


def _explain(error: Diagnostic, op: Operation, value: Value) -> None:
    """Adds the note that says where the value is defined."""
    home, user_home = value.parent_block, op.parent
    region = home.parent if home is not None else None
    user_region = user_home.parent if user_home is not None else None
    if region is None or user_region is None or home is None:
        return
    if isinstance(value, BlockArgument):
        owner = region.parent
        index = list(region.blocks).index(home)
        where = _relation(region, user_region, "in the same region")
        text = f"operand defined as a block argument (block #{index} {where})"
        error.note(text, owner.place if owner is not None else None)
        return
    assert value.defining_op is not None
    same = "op in the same block" if home is user_home else "op in the same region"
    where = _relation(region, user_region, same)
    where = where if where == same else where.replace("in", "op in", 1)
    where = where.replace("neither", "op is neither")
    error.note(f"operand defined here ({where})", value.defining_op.place)


def _relation(region: Region, user_region: Region, same: str) -> str:
    if region is user_region:
        return same
    if region.is_ancestor_of(user_region):
        return "in a parent region"
    if user_region.is_ancestor_of(region):
        return "in a child region"
    return "neither in a parent nor in a child region"

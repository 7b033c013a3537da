"""Replaces calls by the bodies of the functions they call.

    func.func private @g(%x: i32) -> i32 {
      %0 = arith.addi %x, %x : i32
      return %0 : i32                                func.func @f(%a: i32) -> i32 {
    }                                         ->       %0 = arith.addi %a, %a : i32
    func.func @f(%a: i32) -> i32 {                     return %0 : i32
      %0 = call @g(%a) : (i32) -> i32                }
      return %0 : i32
    }

Callees come before callers; functions that call each other in a circle are simplified and inlined
again up to `max-iterations` times. Private functions whose last call was inlined are erased.

Needs: nothing. Keeps: the order of effects.
"""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.ir.attribute import Type
from stepwell.ir.block import Block, Region
from stepwell.ir.clone import clone_region_into
from stepwell.ir.dataflow.call_graph import CallGraph, call_arguments, callable_region
from stepwell.ir.diagnostics import PassError
from stepwell.ir.dialect import find_op
from stepwell.ir.location import UNKNOWN, CallSiteLoc, Location
from stepwell.ir.operation import ErasedOp, Operation, walk
from stepwell.ir.pass_manager.context import PassContext
from stepwell.ir.pass_manager.registry import pass_
from stepwell.ir.region_flow import forwarded_values, is_region_end
from stepwell.ir.symbol_table import is_private, is_symbol, references
from stepwell.ir.traits import SingleBlock
from stepwell.ir.value import Value

ALWAYS = 4294967295
"""The threshold at which every legal call is inlined."""


@pass_("inline", on="any", title="Inliner")
def inline(
    op: Operation,
    context: PassContext,
    *,
    default_pipeline: str = "canonicalize",
    max_iterations: int = 4,
    inlining_threshold: int = ALWAYS,
    op_pipelines: list[str] = [],  # noqa: B006
) -> None:
    """Inline function calls.

    Args:
        default_pipeline: the passes that simplify a function before it is inlined; may be empty
        max_iterations: how often functions that call each other are simplified and inlined again
        inlining_threshold: the most ops a callee may have, in percent of those of the caller
        op_pipelines: the passes in place of the default ones for some ops, as `func.func(cse)`

    Raises:
        PassError: an entry of `op_pipelines` is no pipeline with its op.
    """
    pipelines = _by_op(op_pipelines)
    inliner = _Inliner(op, context, default_pipeline, pipelines, inlining_threshold)
    for component in inliner.graph.components():
        inliner.run(component, max_iterations)
    inliner.erase_dead()


def _by_op(entries: Sequence[str]) -> dict[str, str]:
    """The passes of each entry, by the name of its op; of two for one op the first counts."""
    found: dict[str, str] = {}
    for entry in entries:
        name, opening, rest = entry.strip().partition("(")
        if not opening or not rest.endswith(")") or not name:
            raise PassError(f"op-pipelines: expected op.name(passes), found '{entry}'")
        if rest[:-1].strip():
            found.setdefault(name.strip(), rest[:-1])
    return found


class _Inliner:
    def __init__(
        self,
        root: Operation,
        context: PassContext,
        pipeline: str,
        op_pipelines: dict[str, str],
        threshold: int,
    ) -> None:
        self.graph = CallGraph(root)
        self._context = context
        self._pipeline = pipeline
        self._op_pipelines = op_pipelines
        self._threshold = threshold
        self._uses: dict[Operation, int] = {}
        self._uses_in: dict[Operation, list[Operation]] = {}
        self._dead: list[Operation] = []
        for op in walk(root):
            self._count(op, 1)

    # How often functions are named.

    def _count(self, op: Operation, sign: int) -> None:
        for symbol in references(op):
            found = self.graph.resolve(op, symbol)
            if found is not None:
                self._uses[found] = self._uses.get(found, 0) + sign

    def _is_dead(self, function: Operation) -> bool:
        hidden = is_symbol(function) and is_private(function)
        return hidden and callable_region(function) is not None and not self._uses.get(function)

    def erase_dead(self) -> None:
        """Erases the functions that turned out to be dead."""
        for function in self._dead:
            if not isinstance(function, ErasedOp):
                function.erase()

    def _drop(self, function: Operation) -> None:
        for op in walk(function):
            self._count(op, -1)
        self._dead.append(function)

    # Components of the call graph.

    def run(self, component: list[Operation], max_iterations: int) -> None:
        """Inlines in functions that call each other; their callees are done."""
        alive = []
        for function in component:
            if self._is_dead(function):
                self._drop(function)
            elif callable_region(function) is not None:
                alive.append(function)
        for _ in range(max(1, max_iterations)):
            self._simplify(alive)
            inlined = [self._inline_calls(function) for function in alive]
            alive = [function for function in alive if function not in self._dead]
            if not any(inlined):
                break

    def _simplify(self, functions: Sequence[Operation]) -> None:
        for function in functions:
            pipeline = self._op_pipelines.get(function.name, self._pipeline)
            if not pipeline:
                continue
            for op in walk(function):
                self._count(op, -1)
            self._context.run(f"{function.name}({pipeline})", function)
            for op in walk(function):
                self._count(op, 1)

    def _inline_calls(self, function: Operation) -> bool:
        """Inlines the calls in `function`, and those that come in with them; whether any was."""
        pending = _calls(self.graph, function)[::-1]
        changed = False
        while pending:
            call = pending.pop()
            target = self.graph.target_of(call)
            if target is None or not self._should_inline(call, target, function):
                continue
            body = callable_region(target)
            assert body is not None
            inlined = _inline_call(call, body)
            if inlined is None:
                continue
            changed = True
            pending += [op for op in reversed(inlined) if self.graph.target_of(op) is not None]
            for op in inlined:
                self._count(op, 1)
            self._count_gone(target)
            if self._is_dead(target) and target not in self._dead:
                self._drop(target)
        return changed

    def _count_gone(self, target: Operation) -> None:
        self._uses[target] = self._uses.get(target, 0) - 1

    # Whether to inline.

    def _should_inline(self, call: Operation, target: Operation, function: Operation) -> bool:
        body = callable_region(target)
        if body is None or body.first is None or target in self._dead:
            return False
        if call.get_attribute("no_inline") or target.get_attribute("no_inline"):
            return False
        region = call.parent_region
        if region is None or body.is_ancestor_of(region) or self._calls_itself(target):
            return False
        around = call.parent_op
        single = around is not None and (SingleBlock in around.traits or not around.is_registered)
        same = around is not None and around.name == target.name
        if not body.has_one_block and single and not same:
            return False
        return _is_legal(body) and self._is_worth_it(body, function)

    def _calls_itself(self, target: Operation) -> bool:
        return any(self.graph.target_of(call) is target for call in _calls(self.graph, target))

    def _is_worth_it(self, body: Region, function: Operation) -> bool:
        if self._threshold >= ALWAYS:
            return True
        caller = callable_region(function)
        size = _size(caller) if caller is not None else 0
        return size == 0 or _size(body) * 100 // size <= self._threshold


def _calls(graph: CallGraph, function: Operation) -> list[Operation]:
    return [op for op in walk(function) if graph.target_of(op) is not None]


def _size(region: Region) -> int:
    return sum(1 for block in region for op in block for _ in walk(op))


def _is_legal(body: Region) -> bool:
    """Whether all ops may stand elsewhere; nothing is known of those that are not registered."""
    return all(inner.is_registered for block in body for op in block for inner in walk(op))


# One call.


def _inline_call(call: Operation, body: Region) -> list[Operation] | None:
    """Puts a copy of `body` in the place of `call`.

    Returns:
        The ops that were made, with those inside them; None if the types do not fit.
    """
    given = call_arguments(call)
    if _types(given) != _types(body.args) or not _returns_fit(call, body):
        return None
    holder = Region()
    mapping: dict[Value, Value] = {}
    clone_region_into(body, holder, mapping)
    made = [inner for block in holder for op in block for inner in walk(op)]
    _set_call_site(made, call)
    if holder.has_one_block:
        _splice(call, holder, given)
    else:
        _splice_blocks(call, holder, given)
    call.erase()
    return [op for op in made if not isinstance(op, ErasedOp)]


def _types(values: Sequence[Value]) -> list[Type]:
    return [value.type for value in values]


def _returns_fit(call: Operation, body: Region) -> bool:
    ends = [block.last for block in body if block.last is None or not block.last.successors]
    wanted = list(call.result_types)
    return bool(ends) and all(
        is_region_end(end) and _types(forwarded_values(end)) == wanted for end in ends
    )


def _set_call_site(ops: Sequence[Operation], call: Operation) -> None:
    caller = call.location
    if caller is UNKNOWN:
        return
    known: dict[Location, Location] = {}
    for op in ops:
        callee = op.location
        if callee not in known:
            known[callee] = CallSiteLoc(callee, caller)
        op.location = known[callee]


def _splice(call: Operation, holder: Region, given: Sequence[Value]) -> None:
    """Moves the ops of the only block to before the call."""
    block, home = holder.entry, call.parent
    assert home is not None and block.last is not None
    for argument, value in zip(block.args, given, strict=True):
        argument.replace_all_uses_with(value)
    end = block.last
    call.replace_all_uses_with(forwarded_values(end))
    end.erase()
    for op in block.ops:
        block.detach(op)
        home.insert_before(op, call)


def _splice_blocks(call: Operation, holder: Region, given: Sequence[Value]) -> None:
    """Splits the block at the call, and puts the blocks in between, joined by branches."""
    home = call.parent
    assert home is not None and home.parent is not None and call.next is not None
    region, entry = home.parent, holder.entry
    after = home.split_before(call.next)
    results = [after.add_argument(type) for type in call.result_types]
    for old, new in zip(call.results, results, strict=True):
        new._location, new.name_hint = call._location, old.name_hint
    call.replace_all_uses_with(results)
    for block in holder.blocks:
        end = block.last
        if is_region_end(end):
            _branch(block, after, forwarded_values(end), end._location)
            end.erase()
        holder.detach(block)
        region.insert_before(block, after)
    for argument, value in zip(entry.args, given, strict=True):
        argument.replace_all_uses_with(value)
    for op in entry.ops:
        entry.detach(op)
        home.append(op)
    entry.erase()


def _branch(block: Block, target: Block, values: Sequence[Value], location: object) -> None:
    branch = find_op("cf.br")
    assert branch is not None, "the dialect 'cf' is part of this package"
    op = branch.create(values, successors=[target])
    op._location = location  # type: ignore[assignment]
    block.append(op)

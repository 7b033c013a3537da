"""Plans: compiled programs, found by the code of the graph that asks for them.

graph -> code -> plan cache -> one native call
                 (miss: program -> rewrites -> module -> passes -> machine code)

Constants are part of the code. Graphs that differ in constants only, as a decaying rate makes them,
are a family: after FAMILY_LIMIT plans, one more is made that takes the constants as arguments.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from stepwell.frontend.jittor.dtypes import AnyArray, TensorError
from stepwell.frontend.jittor.emission import ENTRY, emit_module
from stepwell.frontend.jittor.node import Node, Number, instruction
from stepwell.frontend.jittor.program import Code, Program, Recording
from stepwell.frontend.jittor.rewrites import rewritten
from stepwell.ir.text.printer import print_to_text
from stepwell.passes.pipelines import run_passes
from stepwell.runtime.compiled import compile, lower, protect_arguments

# Each stage leaves the program at the level it is named after.
STAGES: dict[str, str] = {
    "meta": "",
    "linalg": "convert-elementwise-to-linalg,convert-meta-to-linalg",
    "fused": "canonicalize,cse,linalg-group-elementwise-ops,canonicalize,cse",
    "buffers": (
        "one-shot-bufferize{bufferize-function-boundaries=true"
        " function-boundary-type-conversion=identity-layout-map},"
        "buffer-deallocation-pipeline,convert-bufferization-to-memref"
    ),
    "loops": (
        "func.func(convert-linalg-to-parallel-loops),scf-serialize-inner-parallel-loops,"
        "canonicalize,cse,scf-parallel-loop-fusion{move-others=true split-loops=true},"
        "loop-invariant-code-motion"
    ),
    "llvm": (
        "lower-affine,convert-scf-to-cf,expand-strided-metadata,lower-affine,"
        "convert-arith-to-llvm,convert-math-to-llvm,convert-math-to-libm,convert-index-to-llvm,"
        "finalize-memref-to-llvm,convert-func-to-llvm,convert-cf-to-llvm,convert-ub-to-llvm,"
        "reconcile-unrealized-casts"
    ),
}
LEVELS = ("graph", *STAGES, "llvm-ir")
PLAN_LIMIT = 4096
FAMILY_LIMIT = 4


@dataclass(frozen=True, slots=True)
class CompileStats:
    """What the plan cache has done: plans compiled, and runs that found their plan."""

    compiled: int = 0
    hits: int = 0


class _State:
    """The plan cache, its counts, and the Vars whose new values every run computes along."""

    def __init__(self) -> None:
        self.plans: dict[Code, Callable[..., object]] = {}
        self.family_sizes: dict[Code, int] = {}
        self.general: dict[Code, Callable[..., object]] = {}
        self.compiled = 0
        self.hits = 0
        self.scheduled: list[Node] = []


_STATE = _State()


def compile_stats() -> CompileStats:
    """The counts so far."""
    return CompileStats(_STATE.compiled, _STATE.hits)


def schedule(node: Node) -> None:
    """Has the next run compute `node` too, whatever it is run for, if a Var still holds it."""
    _STATE.scheduled.append(node)


def execute(roots: Sequence[Node]) -> None:
    """Computes the values of `roots`, of the held nodes on the way, and of the scheduled ones.

    Raises:
        TensorError: an operation is not defined for the element types it is used on.
        StepwellError: compiling fails.
    """
    pending = [root for root in roots if root.value is None]
    if not pending:
        return
    if _STATE.scheduled:
        waiting = _STATE.scheduled
        _STATE.scheduled = []
        pending += [one for one in waiting if one.value is None and one.holder() is not None]
    recording = Recording(pending)
    plan = _STATE.plans.get(recording.code)
    values = [one.value for one in recording.leaves]
    if plan is None:
        plan, numbers = _new_plan(recording)
        results = plan(*values, *recording.sizes, *numbers)
    else:
        _STATE.hits += 1
        results = plan(*values, *recording.sizes)
    _finish(recording, results)


def _new_plan(recording: Recording) -> tuple[Callable[..., object], Sequence[Number]]:
    """A plan for code that has none of its own, and the constants that it takes."""
    family, numbers = recording.family()
    general = _STATE.general.get(family)
    if general is not None:
        _STATE.hits += 1
        return general, numbers
    size = _STATE.family_sizes.get(family, 0)
    if size < FAMILY_LIMIT or not numbers:
        plan = _compiled(recording.program())
        _remember(_STATE.plans, recording.code, plan)
        _remember(_STATE.family_sizes, family, size + 1)
        return plan, ()
    general = _compiled(recording.program().with_open_constants())
    _remember(_STATE.general, family, general)
    return general, numbers


def _compiled(program: Program) -> Callable[..., object]:
    made = compile(emit_module(rewritten(program)), pipeline=pipeline())
    _STATE.compiled += 1
    return made[ENTRY]


Kept = TypeVar("Kept")


def _remember(table: dict[Code, Kept], key: Code, value: Kept) -> None:
    """Adds an entry in place of the oldest, if there are too many."""
    if len(table) >= PLAN_LIMIT and key not in table:
        del table[next(iter(table))]
    table[key] = value


def pipeline(last: str = "llvm") -> str:
    """The passes down to the level `last`."""
    levels = list(STAGES)
    wanted = levels[: levels.index(last) + 1]
    return f"builtin.module({','.join(STAGES[level] for level in wanted if STAGES[level])})"


def _finish(recording: Recording, results: object) -> None:
    """Hands the values out. Nodes that no derivative can need forget how they were computed."""
    wanted = recording.wanted
    values: Sequence[AnyArray] = results if isinstance(results, tuple) else (results,)
    remembers = False
    for one in recording.leaves:
        if one.inputs or one.holder() is not None:
            remembers = True
            break
    for node, value in zip(wanted, values, strict=True):
        node.value = value
        if not remembers or node.stops_gradient or not node.instruction.dtype.is_float:
            node.inputs = ()
            node.instruction = instruction("leaf", node.dtype, len(node.shape))


def dump(root: Node, level: str) -> str:
    """The program that computes `root`, as text at one of LEVELS.

    Raises:
        TensorError: there is no such level, or nothing to compute.
    """
    if level not in LEVELS:
        raise TensorError(f"there is no level {level!r}; the levels are: {', '.join(LEVELS)}")
    if not root.inputs:
        raise TensorError("nothing is to be computed: the value is given")
    program = _program_of(root)
    if level == "graph":
        return str(program)
    module = emit_module(program)
    if level == "llvm-ir":
        return lower(module, pipeline())
    if level != "meta":
        protect_arguments(module)
        run_passes(module, pipeline(level))
    return print_to_text(module)


def _program_of(root: Node) -> Program:
    recording = Recording([root], anew=root.value is not None)
    return rewritten(replace(recording.program(), outputs=(recording.nodes[root],)))

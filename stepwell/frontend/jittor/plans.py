"""Plans: compiled programs, found by the code of the graph that asks for them.

graph -> code -> plan cache -> one native call
                 (miss: program -> rewrites -> module -> passes -> machine code)

Constants are part of the code. Graphs that differ in constants only, as a decaying rate makes them,
are a family: after FAMILY_LIMIT plans, one more is made that takes the constants as arguments.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

import numpy as np

from stepwell.dialects.func.ops import FuncOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.parallel import ParallelOp
from stepwell.frontend.jittor.dtypes import AnyArray, TensorError
from stepwell.frontend.jittor.emission import ENTRY, emit_module, function_type
from stepwell.frontend.jittor.failures import failure
from stepwell.frontend.jittor.flags import flags
from stepwell.frontend.jittor.node import Instruction, Node, Number, instruction, new_sized_node
from stepwell.frontend.jittor.operations import element_count
from stepwell.frontend.jittor.program import Code, Program, Recording
from stepwell.frontend.jittor.progress import showing_progress
from stepwell.frontend.jittor.rewrites import rewritten
from stepwell.frontend.jittor.targets import (
    APPROXIMATIONS,
    CONTRACTIONS,
    CPU,
    CUDA,
    for_host,
    kernel_pipeline,
    target,
)
from stepwell.ir.diagnostics import StepwellError
from stepwell.ir.operation import Operation
from stepwell.ir.symbol_table import SymbolTable
from stepwell.ir.text.printer import print_to_text
from stepwell.passes.pipelines import run_passes
from stepwell.runtime.compiled import Source, compile_source, lower, protect_arguments
from stepwell.runtime.cuda.arrays import DeviceArray
from stepwell.runtime.cuda.default import default_device
from stepwell.runtime.cuda.program import CudaModule
from stepwell.runtime.executable import CompiledModule
from stepwell.runtime.function_types import signature_of
from stepwell.runtime.phases import phase_seconds

_LOG = logging.getLogger("stepwell.tensors")

# Each stage leaves the program at the level it is named after.
STAGES: dict[str, str] = {
    "meta": "",
    "differentiated": "differentiate",
    "linalg": "convert-elementwise-to-linalg,convert-meta-to-linalg",
    "fused": "canonicalize,cse,linalg-group-elementwise-ops,canonicalize",
    "buffers": (
        "one-shot-bufferize{bufferize-function-boundaries=true"
        " function-boundary-type-conversion=identity-layout-map buffer-alignment=0},"
        "buffer-deallocation-pipeline,convert-bufferization-to-memref"
    ),
    "loops": (
        f"{CONTRACTIONS},linalg-reductions-to-blocks,linalg-transposes-to-tiles,"
        "linalg-collapse-dimensions{alone=true},linalg-split-reductions,"
        "func.func(convert-linalg-to-parallel-loops{results-first=true}),"
        "scf-serialize-inner-parallel-loops,"
        "canonicalize,cse,scf-parallel-loop-fusion{move-others=true split-loops=true},"
        "forward-stores,loop-invariant-code-motion,reuse-buffers"
    ),
    "llvm": (
        f"{APPROXIMATIONS},convert-scf-parallel-to-threads{{min-work=1000000}},lower-affine,"
        "hoist-static-allocas,convert-scf-to-cf,expand-strided-metadata,lower-affine,"
        "convert-vector-to-llvm,convert-arith-to-llvm,convert-math-to-llvm,convert-math-to-libm,"
        "convert-index-to-llvm,"
        "finalize-memref-to-llvm,convert-func-to-llvm,convert-cf-to-llvm,convert-ub-to-llvm,"
        "reconcile-unrealized-casts"
    ),
}
# Contractions as linalg's named ops, which other ways down start from; not on the way here.
SIDE_STAGES = {"named": "differentiate,raise-meta-to-linalg"}
LEVELS = ("graph", *STAGES, "llvm-ir", *SIDE_STAGES)
PLAN_LIMIT = 4096
FAMILY_LIMIT = 4
HISTORY_LIMIT = 4096

Plan = Callable[..., object]
Run = Callable[[Plan, Sequence[object], Recording], object]
"""Calls a plan with its arguments, and measures it."""
Observer = Callable[[Recording], None]
"""Told what has been computed."""


class Holder(Protocol):
    """A Var, of which this module knows no more."""

    node: Node


@dataclass(frozen=True, slots=True)
class CompileStats:
    """What the plan cache has done: plans compiled, and runs that found their plan; and the seconds
    of all compiling in this process, by phase."""

    compiled: int = 0
    hits: int = 0
    seconds: Mapping[str, float] = field(default_factory=dict, compare=False)


class _State:
    """The plan cache, its counts, and the Vars whose new values every run computes along."""

    def __init__(self) -> None:
        self.plans: dict[Code, Plan] = {}
        self.family_sizes: dict[Code, int] = {}
        self.general: dict[Code, Plan] = {}
        self.random: dict[Instruction, Plan] = {}
        self.compiled = 0
        self.hits = 0
        self.place = CPU
        self.is_stale = True
        self.has_device_values = False
        self.scheduled: list[Callable[[], Holder | None]] = []
        self.run: Run | None = None
        self.observers: list[Observer] = []
        self.with_history: list[Callable[[], object]] = []
        self.prune_history_at = HISTORY_LIMIT


_STATE = _State()


def compile_stats() -> CompileStats:
    """The counts so far."""
    return CompileStats(_STATE.compiled, _STATE.hits, phase_seconds())


def measure(run: Run | None) -> None:
    """Has plans called by `run`; None calls them plainly, as at first."""
    _STATE.run = run


def observe(observer: Observer) -> None:
    """Has `observer` called after every plan."""
    if observer not in _STATE.observers:
        _STATE.observers.append(observer)


def stop_observing(observer: Observer) -> None:
    """Ends `observe`."""
    if observer in _STATE.observers:
        _STATE.observers.remove(observer)


def schedule(holder: Callable[[], Holder | None]) -> None:
    """Has the next run compute what `holder` holds then, if it still lives, whatever it is for."""
    _STATE.scheduled.append(holder)


def execute(roots: Sequence[Node]) -> None:
    """Computes the values of `roots`, of the held nodes on the way, and of the scheduled ones.

    Raises:
        TensorError: an operation is not defined for the element types it is used on.
        StepwellError: compiling fails.
    """
    pending = [root for root in roots if root.value is None]
    if _STATE.scheduled and pending:
        waiting = [one() for one in _STATE.scheduled]
        _STATE.scheduled = []
        pending += [one.node for one in waiting if one is not None and one.node.value is None]
    if _STATE.is_stale:
        forget_plans()
    for root in pending:
        if not root.inputs:
            pending = [one for one in pending if not _made_random(one)]
            break
    if not pending:
        return
    recording = Recording(pending)
    for one in recording.leaves:
        if one.value is None:
            _made_random(one)
    plan = _STATE.plans.get(recording.code)
    numbers: Sequence[Number] = ()
    try:
        if plan is None:
            plan, numbers = _new_plan(recording)
        else:
            _STATE.hits += 1
        values: list[object] = [one.value for one in recording.leaves]
        if _STATE.has_device_values and _STATE.place != CUDA:
            values = [host_value(one) for one in recording.leaves]
        results = _run(plan, (*values, *recording.sizes, *numbers), recording)
    except StepwellError as error:
        raise failure(recording, error) from error
    _finish(recording, results)
    for observer in _STATE.observers:
        observer(recording)


def _run(plan: Plan, arguments: Sequence[object], recording: Recording) -> object:
    if _STATE.run is None:
        return plan(*arguments)
    return _STATE.run(plan, arguments, recording)


def _made_random(node: Node) -> bool:
    """Makes the numbers of a node that is random, whatever its shape by one plan of its kind, which
    is part of the library and not counted."""
    one = node.instruction
    if one.name != "random":
        return False
    count = element_count(node.shape)
    flat = instruction("random", one.dtype, 1, one.attributes)
    root = new_sized_node(flat, (), (count,), (count, node.sizes[-1]))
    recording = Recording([root], anew=True)
    try:
        plan = _STATE.random.get(flat)
        if plan is None:
            plan = _STATE.random[flat] = _compiled(recording.program())
        values = _run(plan, recording.sizes, recording)
    except StepwellError as error:
        raise failure(recording, error) from error
    made = values.numpy() if isinstance(values, DeviceArray) else values
    assert isinstance(made, np.ndarray)
    node.value = made.reshape(node.shape)
    _forget(node)
    return True


def host_value(node: Node) -> AnyArray:
    """The value of a node that has one, on the host from now on."""
    value = node.value
    if isinstance(value, DeviceArray):
        node.value = value = value.numpy()
    assert value is not None
    return value


def put_on_device(node: Node) -> None:
    """Copies the value of a node to the default device, where plans find it."""
    assert isinstance(node.value, np.ndarray)
    _STATE.has_device_values = True
    node.value = default_device().upload(node.value)


def _new_plan(recording: Recording) -> tuple[Plan, Sequence[Number]]:
    """A plan for code that has none of its own, and the constants that it takes."""
    family, numbers = recording.family()
    general = _STATE.general.get(family)
    if general is not None:
        _STATE.hits += 1
        return general, numbers
    size = _STATE.family_sizes.get(family, 0)
    _STATE.compiled += 1
    if size < FAMILY_LIMIT or not numbers:
        plan = _compiled(recording.program())
        _remember(_STATE.plans, recording.code, plan)
        _remember(_STATE.family_sizes, family, size + 1)
        return plan, ()
    general = _compiled(recording.program().with_open_constants())
    _remember(_STATE.general, family, general)
    return general, numbers


def _compiled(program: Program) -> Plan:
    count = sum(line.instruction.name not in ("leaf", "constant") for line in program.lines)
    start = time.perf_counter()
    place = _STATE.place
    passes = pipeline() if place == CPU else kernel_pipeline(place, STAGES)
    signature = signature_of(ENTRY, function_type(program))
    assert signature is not None
    source = Source([signature], program.identity, lambda: emit_module(rewritten(program)))
    with showing_progress(count, passes.count(",") + 1) as progress:
        made = compile_source(source, place, passes, level=flags.opt_level, instruments=[progress])
    _LOG.info("compiled %d operations in %.3f s", count, time.perf_counter() - start)
    if isinstance(made, CudaModule):
        return made[ENTRY].on_device  # values stay there until the program asks for them
    assert isinstance(made, CompiledModule)
    return made.functions[ENTRY]  # as it is, whatever profiler is running


def forget_plans() -> None:
    """Has everything compiled anew, for what the target is now."""
    _STATE.plans.clear()
    _STATE.family_sizes.clear()
    _STATE.general.clear()
    _STATE.random.clear()
    _STATE.place = target()
    _STATE.has_device_values = _STATE.has_device_values or _STATE.place == CUDA
    _STATE.is_stale = False


def _use_cuda(value: bool) -> None:
    _STATE.is_stale = True


flags.when_changed("use_cuda", _use_cuda)

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
    passes = ",".join(STAGES[level] for level in wanted if STAGES[level])
    return f"builtin.module({for_host(passes)})"


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
            _forget(node)
        else:
            _STATE.with_history.append(node.holder)
    if len(_STATE.with_history) > _STATE.prune_history_at:
        _STATE.with_history = [one for one in _STATE.with_history if one() is not None]
        _STATE.prune_history_at = max(HISTORY_LIMIT, 2 * len(_STATE.with_history))


def _forget(node: Node) -> None:
    node.inputs = ()
    node.instruction = node.instruction.leaf


def forget_history(pending: Iterable[Node]) -> None:
    """Makes constants of all values that are known, held ones and those that `pending` need."""
    for reference in _STATE.with_history:
        held: Holder | None = reference()  # type: ignore[assignment]
        if held is not None and held.node.value is not None:
            _forget(held.node)
    _STATE.with_history = []
    waiting, seen = list(pending), set()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        if node.value is None:
            waiting += node.inputs
        elif node.inputs:
            _forget(node)


def dump(root: Node, level: str) -> str:
    """The program that computes `root`, as text at one of LEVELS.

    Raises:
        TensorError: there is no such level, or nothing to compute.
    """
    if level not in LEVELS:
        raise TensorError(f"there is no level {level!r}; the levels are: {', '.join(LEVELS)}")
    if level == "graph":
        return str(_program_of(root))
    if level == "llvm-ir":
        return lower(emit_module(_program_of(root)), pipeline())
    return print_to_text(module_at(root, level))


def module_at(root: Node, level: str) -> Operation:
    """The program that computes `root`, as it leaves one of STAGES.

    Raises:
        TensorError: there is nothing to compute.
    """
    module = emit_module(_program_of(root))
    if level in SIDE_STAGES:
        run_passes(module, f"builtin.module({SIDE_STAGES[level]})")
    elif level != "meta":
        protect_arguments(module)
        run_passes(module, pipeline(level))
    return module


def kernel_count(root: Node) -> int:
    """How many loop nests the program that computes `root` runs, one after the other.

    Raises:
        TensorError: there is nothing to compute.
    """
    functions = SymbolTable(module_at(root, "loops"))
    function = functions.lookup(ENTRY)
    assert isinstance(function, FuncOp)
    return sum(isinstance(op, (ParallelOp, ForOp)) for op in function.body.entry.ops)


def _program_of(root: Node) -> Program:
    if not root.inputs and root.value is not None:
        raise TensorError("nothing is to be computed: the value is given")
    recording = Recording([root], anew=root.value is not None or not root.inputs)
    return rewritten(recording.program([root]))

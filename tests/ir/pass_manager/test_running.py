"""What happens when passes run: order, nesting, failures, analyses, instruments."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from stepwell.ir.diagnostics import PassError, StepwellError, VerifyError
from stepwell.ir.operation import Operation, walk
from stepwell.ir.pass_manager.instrument import Instrument, Statistics
from stepwell.ir.pass_manager.ir_printing import (
    Differences,
    Everything,
    IRPrinting,
    PrintingChoice,
)
from stepwell.ir.pass_manager.pipeline import Nest, Step, parse_pipeline
from stepwell.ir.pass_manager.registry import PassContext, pass_
from stepwell.ir.pass_manager.reproducer import CrashReproducer
from stepwell.ir.pass_manager.running import InternalError, PassManager
from stepwell.ir.pass_manager.statistics import PassStatistics
from stepwell.ir.pass_manager.timing import Timing
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from tests.effort import calls_made

TWO = """
func.func @a() { return }
func.func @b() { return }
"""


class Trace(Instrument):
    """Notes what it is told."""

    def __init__(self) -> None:
        self.events: list[str] = []

    def before_pass(self, step: Step, op: Operation) -> None:
        self.events.append(f"{step.run.name} on {op.get_attribute('sym_name') or op.name}")

    def failed_pass(self, step: Step, op: Operation, error: StepwellError) -> None:
        self.events.append(f"{step.run.name} failed")


def run(text: str, pipeline: str, *instruments: Instrument) -> Operation:
    module = parse_module(text, "t.mlir")
    PassManager(instruments).run(parse_pipeline(pipeline), module)
    return module


def test_each_function_is_finished_before_the_next() -> None:
    trace = Trace()
    run(TWO, "builtin.module(mark,func.func(nothing),number,mark)", trace)
    assert trace.events == [
        'mark on "a"', 'nothing on "a"', 'mark on "b"', 'nothing on "b"',
        "number on builtin.module", 'mark on "f0"', 'mark on "f1"',
    ]  # fmt: skip


def test_any_runs_on_what_is_isolated() -> None:
    trace = Trace()
    run("module { module @m {} func.func @f() { return } }", "builtin.module(any(nothing))", trace)
    assert trace.events == ['nothing on "m"', 'nothing on "f"']


def test_options_reach_the_pass() -> None:
    module = run(TWO, "builtin.module(func.func(mark{text=ab times=2}))")
    marks = [str(op.attributes["mark"]) for op in walk(module) if op.name == "func.func"]
    assert marks == ['"abab"', '"abab"']


def test_a_pipeline_for_another_op_is_refused() -> None:
    with pytest.raises(PassError, match="can't run 'func.func' pass manager on 'builtin.module'"):
        run(TWO, "func.func(nothing)")


def test_a_failure_stops_the_pipeline() -> None:
    trace = Trace()
    with pytest.raises(VerifyError, match="'func.func' op is refused"):
        run(TWO, "builtin.module(func.func(refuse),number)", trace)
    assert trace.events == ['refuse on "a"', "refuse failed"]


def test_a_broken_pass_is_an_internal_error() -> None:
    with pytest.raises(InternalError, match="internal error in pass 'crash': KeyError: 'oops'"):
        run(TWO, "builtin.module(crash)")


def test_the_verifier_runs_after_each_pass_that_changes_something() -> None:
    seen: list[str] = []
    module = parse_module(TWO)
    manager = PassManager(verify=lambda op: seen.append(op.name))
    manager.run(parse_pipeline("builtin.module(mark,nothing,number)"), module)
    assert seen == ["func.func", "func.func", "builtin.module"]
    PassManager(verify_each=False, verify=lambda op: pytest.fail()).run(
        parse_pipeline("builtin.module(number)"), module
    )


def test_an_invalid_result_counts_as_a_failure_of_the_pass() -> None:
    def verify(op: Operation) -> None:
        raise op.error("is invalid")

    trace = Trace()
    manager = PassManager([trace], verify=verify)
    with pytest.raises(VerifyError, match="is invalid"):
        manager.run(parse_pipeline("builtin.module(number,nothing)"), parse_module(TWO))
    assert trace.events == ["number on builtin.module", "number failed"]


class Count:
    """An analysis."""

    made = 0

    def __init__(self, op: Operation) -> None:
        Count.made += 1
        self.ops = sum(1 for _ in walk(op))


def test_analyses_are_kept_until_something_changes() -> None:
    @pass_("ask")
    def ask(op: Operation, context: PassContext, *, keep: bool = False, lose: bool = False) -> None:
        """Uses an analysis."""
        assert context.analysis(Count, op).ops == 5
        if keep:
            context.preserve(Count)
        elif not lose:
            context.preserve_all()

    for pipeline, times in [
        ("ask,ask,ask", 1),
        ("ask,nothing,ask", 1),
        ("ask,number,ask", 2),
        ("ask{keep=true},ask{lose=true},ask", 2),
    ]:
        Count.made = 0
        run(TWO, f"builtin.module({pipeline})")
        assert Count.made == times, pipeline


def test_a_pass_can_run_a_pipeline() -> None:
    @pass_("outer")
    def outer(op: Operation, context: PassContext) -> None:
        """Runs others."""
        context.statistic("before", "Counted before")
        for inner in list(op.regions[0].blocks.__iter__().__next__().ops):
            context.run("mark,nothing", inner)
        context.statistic("after", "Counted after")

    statistics = PassStatistics()
    trace = Trace()
    pipeline = parse_pipeline("builtin.module(outer)")
    PassManager([statistics, trace]).run(pipeline, parse_module(TWO))
    assert trace.events == [
        "outer on builtin.module", 'mark on "a"', 'nothing on "a"', 'mark on "b"', 'nothing on "b"',
    ]  # fmt: skip
    assert "1 after  - Counted after" in statistics.report(pipeline)
    assert "1 before - Counted before" in statistics.report(pipeline)


def printed(choice: PrintingChoice, pipeline: str, fails: bool = False) -> str:
    pieces: list[str] = []
    printing = IRPrinting(choice, print_to_text, pieces.append)
    if fails:
        with pytest.raises(StepwellError):
            run(TWO, pipeline, printing)
    else:
        run(TWO, pipeline, printing)
    return "".join(pieces)


def banners(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith("// -----//")]


def test_banners_are_upstreams() -> None:
    text = printed(PrintingChoice(after=Everything()), "builtin.module(mark,nothing)")
    assert banners(text) == [
        "// -----// IR Dump After Marker (mark) //----- //",
        "// -----// IR Dump After Marker (mark) //----- //",
        "// -----// IR Dump After NothingPass (nothing) //----- //",
    ]
    assert text.startswith(
        "// -----// IR Dump After Marker (mark) //----- //\n"
        'func.func @a() attributes {mark = "seen"} {\n  return\n}\n\n// -----//'
    )
    assert text.endswith("\n}\n\n\n")


def test_module_scope_names_the_op() -> None:
    choice = PrintingChoice(before={"mark", "number"}, module_scope=True)
    text = printed(choice, "builtin.module(mark,number)")
    assert banners(text) == [
        "// -----// IR Dump Before Marker (mark) ('func.func' operation: @a) //----- //",
        "// -----// IR Dump Before Marker (mark) ('func.func' operation: @b) //----- //",
        "// -----// IR Dump Before NumberPass (number) ('builtin.module' operation) //----- //",
    ]
    assert text.count("module {") == 3


def test_after_change_skips_what_changed_nothing() -> None:
    choice = PrintingChoice(after=Everything(), after_change=True)
    text = printed(choice, "builtin.module(func.func(mark,nothing,mark))")
    assert len(banners(text)) == 2


def test_after_failure() -> None:
    choice = PrintingChoice(after_failure=True)
    text = printed(choice, "builtin.module(number,refuse)", fails=True)
    assert banners(text) == ["// -----// IR Dump After RefusePass Failed (refuse) //----- //"]


def test_a_tree_of_files(tmp_path: Path) -> None:
    choice = PrintingChoice(after=Everything(), tree=tmp_path)
    printed(choice, "builtin.module(func.func(mark,nothing),number,func.func(nothing))")
    names = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.mlir"))
    top = "builtin_module_no-symbol-name"
    assert names == [
        f"{top}/1_number.mlir",
        f"{top}/func_func_a/0_0_mark.mlir",
        f"{top}/func_func_a/0_1_nothing.mlir",
        f"{top}/func_func_b/0_0_mark.mlir",
        f"{top}/func_func_b/0_1_nothing.mlir",
        f"{top}/func_func_f0/2_2_nothing.mlir",
        f"{top}/func_func_f1/2_2_nothing.mlir",
    ]


def test_differences() -> None:
    pieces: list[str] = []
    run(TWO, "builtin.module(nothing,number)", Differences(print_to_text, pieces.append))
    (text,) = pieces
    assert "-  func.func @a() {\n+  func.func @f0() {\n" in text
    assert text.startswith("--- before number on 'builtin.module' operation\n")


class Clock:
    """Advances a second each time it is read."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        self.now += 1.0
        return self.now


def test_timing() -> None:
    timing = Timing(Clock())
    with timing.measure("Parser"):
        module = parse_module(TWO)
    PassManager([timing]).run(parse_pipeline("builtin.module(mark,nothing)"), module)
    tree = timing.report().splitlines()
    assert tree[5] == "  ----Wall Time----  ----Name----"
    names = [line.partition(")  ")[2] for line in tree[6:]]
    assert names == ["Parser", "'func.func' Pipeline", "  Marker", "NothingPass", "Rest", "Total"]
    assert tree[6].startswith("    1.0000 (")
    assert tree[8].startswith("    2.0000 (")
    listed = timing.report(as_list=True)
    assert listed.index("'func.func' Pipeline") < listed.index("Marker")
    entries = json.loads(timing.report(as_json=True))
    assert [entry["name"] for entry in entries[:3]] == [
        "Parser", "'func.func' Pipeline", "NothingPass",
    ]  # fmt: skip
    assert entries[1]["passes"][0]["name"] == "Marker"
    assert entries[-1] == {"wall": entries[-1]["wall"], "name": "Total"}


def test_timing_survives_a_failure() -> None:
    timing = Timing()
    with pytest.raises(StepwellError):
        run(TWO, "builtin.module(refuse)", timing)
    assert "RefusePass" in timing.report()


def test_statistics() -> None:
    statistics = PassStatistics()
    pipeline = parse_pipeline("builtin.module(mark{times=12},nothing,func.func(mark))")
    PassManager([statistics]).run(pipeline, parse_module(TWO))
    assert statistics.report(pipeline).splitlines()[3:] == [
        "'func.func' Pipeline",
        "  Marker",
        "    (S) 24 num-marks - Number of marks",
        "'func.func' Pipeline",
        "  Marker",
        "    (S) 2 num-marks - Number of marks",
    ]
    assert statistics.report(pipeline, as_list=True).splitlines()[3:] == [
        "Marker",
        "  (S) 26 num-marks - Number of marks",
    ]


@pytest.mark.parametrize("local", [False, True])
def test_a_reproducer_reproduces(tmp_path: Path, local: bool) -> None:
    path = tmp_path / "r.mlir"
    pipeline = parse_pipeline("builtin.module(number,func.func(mark,refuse))")
    crash = CrashReproducer(str(path), pipeline, print_to_text, True, local)
    with pytest.raises(StepwellError) as caught:
        PassManager([crash]).run(pipeline, parse_module(TWO, "t.mlir"))
    assert "reproducer generated at" in str(caught.value)
    text = path.read_text()
    wanted = "builtin.module(func.func(refuse))" if local else pipeline.to_text()
    assert f'pipeline: "{wanted}"' in text.replace("\\22", '"')
    assert ("@f0" in text) == local
    again = parse_module(text)
    with pytest.raises(VerifyError, match="is refused"):
        PassManager().run(parse_pipeline(wanted), again)


def test_overhead_is_small() -> None:
    text = "\n".join(f"func.func @f{n}() {{ return }}" for n in range(2000))
    module = parse_module(text)
    pipeline = parse_pipeline("builtin.module(func.func(nothing,nothing,nothing,nothing))")
    manager = PassManager(verify=lambda op: None)
    assert calls_made(lambda: manager.run(pipeline, module)) / 8000 < 100


def test_statistics_type_is_a_mapping() -> None:
    counted: Statistics = {"n": ("Number", 1)}
    assert counted["n"] == ("Number", 1)
    assert isinstance(parse_pipeline("any(nothing)"), Nest)

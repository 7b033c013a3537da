"""Times: scopes, reports and the compile line; blocks 25 to 28, 33, 35, 36 and 40."""

from __future__ import annotations

import json
import re
import time
from pathlib import Path

import numpy as np
import pytest

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor.progress import Progress
from tests.effort import calls_made
from tests.frontend.jittor.description import run

BLOCK_25 = """
with jt.no_grad():
    result1 = model_part1(input1)

    input2 = preprocess(raw_input2)

    result2 = model_part2(input2)
"""

BLOCK_26 = """
jt.flags.profiler_enable = True

with jt.profile_scope("forward_pass"):
    output = model(input)

with jt.profile_scope("backward_pass"):
    optimizer.backward(loss)

jt.profiler.report()
"""

BLOCK_33 = """
loss_value = loss.item()

loss_value = loss.data[0]
"""

BLOCK_35 = """
x = jt.randn(1, 3, 224, 224)
print("")

y = conv(x)
print("")

z = relu(y)
print("")
"""

BLOCK_36 = """
import time

start_time = time.time()
jt.sync_all()
compile_time = time.time() - start_time
print(f": {compile_time:.2f}s")

start_time = time.time()
for _ in range(100):
    output = model(input)
    jt.sync_all()
exec_time = time.time() - start_time
print(f": {exec_time/100*1000:.2f}ms")
"""

BLOCK_40 = """
class PerformanceMonitor:
    def __init__(self):
        self.timers = {}

    def start_timer(self, name):
        jt.sync_all()
        self.timers[name] = time.time()

    def end_timer(self, name):
        jt.sync_all()
        elapsed = time.time() - self.timers[name]
        print(f"{name}: {elapsed*1000:.2f}ms")
        return elapsed

monitor = PerformanceMonitor()

monitor.start_timer("forward")
output = model(input)
monitor.end_timer("forward")

monitor.start_timer("backward")
optimizer.backward(loss)
monitor.end_timer("backward")
"""

TOP = re.compile(r"^(\w+): +([\d.]+)ms \(([\d.]+)%\)$", re.MULTILINE)
ROW = re.compile(r"^( *)(?:- )?(\S+): +([\d.]+)ms \(([\d.]+)%\)$")


class Training:
    """A small model with what the blocks use."""

    def __init__(self) -> None:
        self.model = jt.nn.Sequential(jt.nn.Linear(8, 16), jt.nn.ReLU(), jt.nn.Linear(16, 4))
        self.input = jt.array(np.linspace(-1, 1, 40, dtype=np.float32).reshape(5, 8))
        self.optimizer = jt.optim.SGD(self.model.parameters(), 0.1)
        self.loss = (self.model(self.input) ** 2).mean()

    @property
    def names(self) -> dict[str, object]:
        return {**vars(self), "time": time}


def parts(report: str) -> list[tuple[int, str, float, float]]:
    """Depth, name, milliseconds and share of each row."""
    lines = report.splitlines()
    assert lines[0] == "=== Performance Report ===" and lines[-1] == "=" * 27
    found = [ROW.match(line) for line in lines[1:-1] if line]
    assert all(found), report
    return [(len(m[1]) // 2, m[2], float(m[3]), float(m[4])) for m in found if m]


def check_shares(rows: list[tuple[int, str, float, float]]) -> None:
    """The outermost rows are the whole; what is under a row is no more than it."""
    assert sum(share for depth, _, _, share in rows if depth == 0) == pytest.approx(100, abs=0.2)
    for at, (depth, _, spent, share) in enumerate(rows):
        under = []
        for inner in rows[at + 1 :]:
            if inner[0] <= depth:
                break
            if inner[0] == depth + 1:
                under.append(inner)
        assert sum(one[2] for one in under) <= spent + 0.06 * len(under)
        assert sum(one[3] for one in under) <= share + 1e-6


def test_block_26_reports_as_block_27_does(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(BLOCK_26, monkeypatch, Training().names)
    text = capsys.readouterr().out
    rows = parts(text.rstrip("\n"))
    assert [name for name, _, _ in TOP.findall(text)] == ["forward_pass", "backward_pass"]
    assert "\n\nbackward_pass: " in text  # a free line between, as in block 27
    check_shares(rows)
    assert any(depth == 1 and "matmul" in name for depth, name, _, _ in rows)


def test_work_belongs_to_the_scope_that_asks_for_it(capsys: pytest.CaptureFixture[str]) -> None:
    x = jt.array(np.ones((64, 64)))
    jt.flags.profiler_enable = 1
    before = jt.exp(x)
    with jt.profile_scope("outer"):
        with jt.profile_scope("inner"):
            y = jt.sin(x)
        assert y.location() == "cpu"
        with jt.profile_mark("other"):
            z = jt.cos(y)
        with jt.profile_scope("inner"):
            again = jt.sin(x)
    jt.flags.profiler_enable = 0
    table = jt.profiler.report()
    rows = parts(capsys.readouterr().out.rstrip("\n"))
    check_shares(rows)
    named = [(depth, name) for depth, name, _, _ in rows if name != "compiling"]
    assert named == [
        (0, "outer"), (1, "inner"), (2, "sin"), (1, "other"), (2, "cos"),
        (0, "outside_scopes"), (1, "exp"),
    ]  # fmt: skip
    counts = {row[0]: row[2] for row in table[1:]}
    assert counts == {"exp": 1, "sin": 2, "cos": 1}
    assert before.location() == z.location() == again.location() == "cpu"


def test_the_table_has_jittors_columns_and_true_bytes() -> None:
    x = jt.array(np.ones((10, 20)))
    jt.flags.profiler_enable = True
    for _ in range(3):
        (x * 2.0 + x).sync()
    header, row = jt.profiler.report()
    assert header == ["Name", "FileName", "Count", "TotalTime", "AvgTime", "MinTime", "MaxTime",
                      "Input", "Output", "InOut", "Compute"]  # fmt: skip
    found = dict(zip(map(str, header), row, strict=True))
    assert (found["Name"], found["Count"]) == ("multiply_add", 3)
    assert str(found["FileName"]).startswith(f"{__file__}:")
    assert (found["Input"], found["Output"], found["InOut"]) == (2400, 2400, 4800)
    assert found["Compute"] == 3 * 2 * 200
    least, most, total = (float(found[name]) for name in ("MinTime", "MaxTime", "TotalTime"))
    assert 0 < least <= float(found["AvgTime"]) <= most <= total
    assert float(found["AvgTime"]) * 3 == pytest.approx(total)


def test_profile_scope_as_jittor_has_it() -> None:
    x = jt.array([1.0, 2.0])
    with jt.profile_scope(2, 3, opt_level=1) as report:
        assert jt.flags.profiler_enable and jt.flags.opt_level == 1
        y = x * 3.5
        y.sync()
    assert not jt.flags.profiler_enable and jt.flags.opt_level == 2
    assert [row[2] for row in report[1:]] == [4]
    np.testing.assert_array_equal(y.numpy(), [3.5, 7.0])


def test_scopes_cost_nothing_and_compute_nothing_when_off() -> None:
    x = jt.array([1.0])
    with jt.profile_scope("unused"):
        y = x * 2.0
    assert y.location() == "none"


def test_an_error_in_a_scope_leaves_the_profiler_usable(
    capsys: pytest.CaptureFixture[str],
) -> None:
    x = jt.array([1.0])
    jt.flags.profiler_enable = True
    with pytest.raises(KeyError):
        with jt.profile_scope("outer"), jt.profile_scope("broken"):
            raise KeyError
    with jt.profile_scope("fine"):
        y = x + 1.0
    jt.profiler.report()
    assert y.location() == "cpu"
    rows = parts(capsys.readouterr().out.rstrip("\n"))
    assert [name for depth, name, _, _ in rows if depth == 0] == ["outer", "fine"]


def test_starting_anew_forgets(capsys: pytest.CaptureFixture[str]) -> None:
    x = jt.array([1.0])
    jt.profiler.start()
    (x + 1.0).sync()
    jt.profiler.start()
    jt.profiler.stop()
    assert not jt.flags.profiler_enable
    assert jt.profiler.report()[1:] == []
    assert "nothing was run" in capsys.readouterr().out


def test_the_chrome_trace_holds_nested_events(tmp_path: Path) -> None:
    x = jt.array([1.0, 2.0])
    jt.flags.profiler_enable = True
    with jt.profile_scope("outer"):
        y = jt.exp(x * 1.375)
    jt.flags.profiler_enable = False
    path = tmp_path / "trace.json"
    jt.profiler.chrome_trace(path)
    events = json.loads(path.read_text())["traceEvents"]
    by_name = {event["name"]: event for event in events}
    outer, kernel = by_name["outer"], by_name["multiply_exp"]
    assert outer["ph"] == "X" and kernel["cat"] == "call"
    assert outer["ts"] <= kernel["ts"]
    assert kernel["ts"] + kernel["dur"] <= outer["ts"] + outer["dur"]
    assert kernel["args"] == {"input_bytes": 8, "output_bytes": 8}
    assert y.location() == "cpu"


def test_running_plans_costs_no_calls_more_when_nothing_watches() -> None:
    x = jt.array(np.ones(3))

    def step() -> None:
        (x * 2.0).sync()

    step()
    plain = calls_made(step)
    jt.flags.profiler_enable = True
    assert calls_made(step) > plain
    jt.flags.profiler_enable = False
    assert calls_made(step) == plain


# Other blocks.


@pytest.mark.skipif(not hasattr(jt, "no_grad"), reason="no_grad is not there yet")
def test_block_25_runs_with_work_between(monkeypatch: pytest.MonkeyPatch) -> None:
    one = jt.nn.Linear(3, 2)
    raw = np.arange(6, dtype=np.float32).reshape(2, 3)
    names = {
        "model_part1": one, "model_part2": one, "input1": jt.array(raw), "raw_input2": raw + 1,
        "preprocess": lambda array: jt.array(array - 1),
    }  # fmt: skip
    after = run(BLOCK_25, monkeypatch, names)
    first, second = after["result1"], after["result2"]
    assert isinstance(first, jt.Var) and isinstance(second, jt.Var)
    np.testing.assert_array_equal(first.numpy(), second.numpy())


def test_block_33_reads_a_loss_both_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    training = Training()
    after = run(BLOCK_33, monkeypatch, training.names)
    assert after["loss_value"] == np.float32(training.loss.item())


def test_block_35_runs_between_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def conv(x: jt.Var) -> jt.Var:
        return x * 0.5 - 1.0

    after = run(BLOCK_35, monkeypatch, {"conv": conv, "relu": jt.nn.relu})
    x, z = after["x"], after["z"]
    assert isinstance(x, jt.Var) and isinstance(z, jt.Var)
    np.testing.assert_allclose(z.numpy(), np.maximum(x.numpy() * 0.5 - 1, 0), rtol=1e-6)
    assert capsys.readouterr().out == "\n\n\n"


@pytest.mark.usefixtures("nothing_compiled")
def test_block_36_times_compiling_and_running(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    training = Training()
    before = jt.compile_stats().compiled
    run(BLOCK_36, monkeypatch, training.names)
    assert re.fullmatch(r": [\d.]+s\n: [\d.]+ms\n", capsys.readouterr().out)
    assert jt.compile_stats().compiled - before <= 4  # none for each of the 100


def test_block_40_times_with_sync_all(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(BLOCK_40, monkeypatch, Training().names)
    assert re.fullmatch(r"forward: [\d.]+ms\nbackward: [\d.]+ms\n", capsys.readouterr().out)


# Compiling.

LINE = re.compile(r"Compiling Operators\((\d+)/(\d+)\) used: ([\d.]+)s eta: ([\d.]+)s")


@pytest.mark.usefixtures("nothing_compiled")
def test_the_compile_line_counts_to_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    x = jt.array(np.ones((4, 5)))
    with jt.flag_scope(compile_progress="always"):
        (jt.tan(x) * 2.25 + x).sum().sync()
    text = capsys.readouterr().err
    shown = text.split("\r")
    assert shown.pop() == "\n"
    found = [LINE.fullmatch(line) for line in shown]
    assert len(found) >= 2 and all(found)
    counts = [int(one[1]) for one in found if one]
    assert counts == sorted(counts)
    last = found[-1]
    assert last is not None and last[1] == last[2] and last[4] == "0"


def test_the_compile_line_waits_and_can_be_silenced(capsys: pytest.CaptureFixture[str]) -> None:
    x = jt.array(np.ones(4))
    for when in ("auto", "never"):
        with jt.flag_scope(compile_progress=when):
            (x * (3.0 + len(when)) - 0.0625).sync()
    assert capsys.readouterr().err == ""
    progress = Progress(24, 10, patience=2.0)
    progress.start -= 14.9
    progress.show(0.5)
    progress.finish()
    first, last, end = capsys.readouterr().err.split("\r")
    assert first == "Compiling Operators(12/24) used: 14.9s eta: 14.9s"
    assert last == "Compiling Operators(24/24) used: 14.9s eta: 0s" and end == "\n"


@pytest.mark.usefixtures("nothing_compiled")
def test_compile_stats_have_the_seconds_of_each_phase() -> None:
    x = jt.array(np.ones((2, 3)))
    before = jt.compile_stats()
    (jt.log(x) * 9.5 + x).sync()
    after = jt.compile_stats()
    assert after.compiled == before.compiled + 1
    assert list(after.seconds) == ["build", "passes", "codegen", "load"]
    assert after.seconds["build"] > before.seconds["build"]
    assert after.seconds["load"] > before.seconds["load"]
    again = jt.compile_stats()
    assert again.seconds == after.seconds


def test_a_failing_plan_says_what_where_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    from stepwell.frontend.jittor import plans
    from stepwell.ir.diagnostics import PassError

    def refuse(*arguments: object, **options: object) -> object:
        raise PassError("the pass gave up")

    monkeypatch.setattr(plans, "compile_source", refuse)
    x = jt.array(np.ones((2, 3)))
    with jt.flag_scope(debug_level=1):
        y = jt.exp(x) * 1.03125
        with pytest.raises(RuntimeError) as caught:
            y.sync()
    text = str(caught.value)
    for part in (
        "[OP TYPE] exp, multiply",
        "[Input] float32[2,3]",
        "[Output] float32[2,3]",
        "[Async Backtrace]",
        f"made at {__file__}:",
        f"computed at {__file__}:",
        "[Reason] the pass gave up",
    ):
        assert part in text
    assert isinstance(caught.value, jt.TensorError)


def test_infinity_is_an_error_at_debug_level_two() -> None:
    x = jt.array([1.0, 0.0])
    with jt.flag_scope(debug_level=2):
        with pytest.raises(jt.TensorError, match=r"NaN or infinity: float32\[2\], made at"):
            jt.log(x).sync()
        (x + 1.0).sync()
    jt.log(x).sync()

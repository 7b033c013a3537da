"""The profiler without the tensor library."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import stepwell as sw
from stepwell.runtime.compiled import compile
from stepwell.runtime.executable import CompiledModule
from stepwell.runtime.phases import PHASES, phase_seconds
from stepwell.runtime.profile_report import report_rows, report_text
from stepwell.runtime.profiler import Profiler

PROGRAM = """
func.func @twice(%x: tensor<?xf32>) -> tensor<?xf32> {
  %r = arith.addf %x, %x : tensor<?xf32>
  return %r : tensor<?xf32>
}
"""


@pytest.fixture(scope="module")
def module() -> CompiledModule:
    made = compile(sw.parse(PROGRAM))
    assert isinstance(made, CompiledModule)
    return made


def test_calls_of_a_compiled_module_are_timed(module: CompiledModule, tmp_path: Path) -> None:
    x = np.ones(10, np.float32)
    with Profiler() as profiler:
        twice = module["twice"]
        with profiler.scope("both"):
            twice(x)
            np.testing.assert_array_equal(twice(x), 2 * x)
    twice(x)  # not any more
    (entry,) = profiler.entries.values()
    assert (entry.name, entry.count, entry.inputs, entry.outputs) == ("twice", 2, 80, 80)
    assert 0 < entry.least <= entry.most <= entry.total
    assert profiler.root.scopes["both"].total >= entry.total
    assert [row[0] for row in report_rows(profiler)] == ["Name", "twice"]
    assert report_text(profiler).splitlines()[1].startswith("both:")
    profiler.chrome_trace(tmp_path / "t.json")
    events = json.loads((tmp_path / "t.json").read_text())["traceEvents"]
    assert [event["name"] for event in events] == ["both", "twice", "twice"]
    assert module["twice"] is module.functions["twice"]


def test_one_profiler_at_a_time() -> None:
    first, second = Profiler(), Profiler()
    first.start()
    second.start()
    assert not first.is_running and second.is_running
    first.stop()
    assert second.is_running
    second.stop()
    assert Profiler.active is None


def test_shares_add_up_however_they_round() -> None:
    profiler = Profiler()
    for i in range(7):
        profiler.record(f"call{i}", 0, 1_000_000)
    lines = report_text(profiler).splitlines()
    shares = [float(line.partition("(")[2].rstrip("%)")) for line in lines if "(" in line]
    assert len(shares) == 7 and sum(shares) == pytest.approx(100)
    assert set(shares) == {14.2, 14.3}


def test_rows_by_key_and_scopes_by_name() -> None:
    profiler = Profiler()
    for key, duration in (("a", 5), ("b", 7), ("a", 9)):
        profiler.record("kernel", 0, duration, key=key, place=f"{duration}", inputs=1, work=2)
    rows = report_rows(profiler)[1:]
    assert [row[:7] for row in rows] == [
        ["kernel", "5", 2, 14, 7.0, 5, 9],
        ["kernel", "7", 1, 7, 7.0, 7, 7],
    ]
    assert [row[7:] for row in rows] == [[2, 0, 2, 4], [1, 0, 1, 2]]
    assert profiler.root.calls["kernel"].count == 3


def test_compiling_is_counted_by_phase_and_shown_in_its_scope() -> None:
    text = PROGRAM.replace("addf", "mulf").replace("twice", "square")
    before = phase_seconds()
    with Profiler() as profiler, profiler.scope("making"):
        compile(sw.parse(text), use_cache=False)
    after = phase_seconds()
    assert set(after) == set(PHASES)
    for name in PHASES:
        assert after[name] > before[name]
    making = profiler.root.scopes["making"]
    assert making.calls["compiling"].count == len(PHASES)
    assert making.total >= making.calls["compiling"].total
    assert report_rows(profiler)[1:] == []
    assert before != after  # a copy, not a view

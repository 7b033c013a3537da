"""Plans from the disk cache: a second process finds them without making the program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor.program import Program, Recording
from stepwell.ir.diagnostics import BackendError
from stepwell.ir.operation import Operation
from stepwell.runtime.cache import default_cache
from stepwell.runtime.compiled import Source, compile_source
from stepwell.runtime.function_types import signatures_of

PROGRAM = """
import json
import numpy as np
from stepwell.frontend import jittor as jt
from stepwell.runtime.cache import default_cache

x, w = jt.array(np.ones((4, 6))), jt.randn(6, 3)
loss = (jt.tanh(x @ w) ** 2).mean()
(g,) = jt.grad(loss, [w])
held = [(x * 2.5 + 1.5).numpy(), g.numpy()]
stats, cache = jt.compile_stats(), default_cache().statistics
print(json.dumps([stats.compiled, dict(stats.seconds), cache.builds, cache.disk_hits,
                  float(held[0].sum())]))
"""


def run(folder: Path, **environment: str) -> tuple[int, dict[str, float], int, int, float]:
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        env={**os.environ, "STEPWELL_CACHE_DIR": str(folder), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    compiled, seconds, builds, hits, total = json.loads(done.stdout)
    return compiled, seconds, builds, hits, total


def test_a_second_process_compiles_nothing(tmp_path: Path) -> None:
    compiled, seconds, builds, hits, total = run(tmp_path)
    assert (compiled, hits, total) == (2, 0, 4 * 6 * 4.0)
    assert builds > compiled  # random numbers have a plan too, and runtime support is code
    assert all(seconds[name] > 0 for name in ("build", "passes", "codegen", "load"))
    _, seconds, again, hits, total = run(tmp_path)
    assert (again, hits, total) == (0, builds, 4 * 6 * 4.0)
    assert seconds["build"] == seconds["passes"] == seconds["codegen"] == 0


def test_another_level_of_optimisation_is_another_plan(tmp_path: Path) -> None:
    run(tmp_path)
    compiled, _, builds, hits, _ = run(tmp_path, opt_level="1")
    assert builds == compiled + 1 and hits > 0


def program(root: jt.Var) -> Program:
    return Recording([root.node]).program()


def test_programs_that_compute_the_same_have_one_identity() -> None:
    x, y = jt.array(np.ones(3)), jt.array(np.ones(5))
    assert program(jt.exp(x) * 2.0).identity() == program(jt.exp(y) * 2.0).identity()


def test_programs_that_differ_have_different_identities() -> None:
    x, y = jt.array(np.ones((4, 4))), jt.array(np.ones((4, 4)))
    roots = [
        x + y, x + x, x - y, x * 2.0, x * 3.0, x / 2.0, x.transpose(), x.sum(0), x.sum(1),
        x.max(0), x[1:3], x[1], x.cast("float64") + 1.0, x.cast("int32") + 1, x.reshape(16),
        jt.concat([x, y], 0), jt.concat([x, y], 1), x @ y, jt.reindex(x, [4], ["i0", "i0"]),
        jt.reindex(x, [4], ["i0", "0"]),
    ]  # fmt: skip
    assert len({program(root).identity() for root in roots}) == len(roots)


def test_a_source_that_is_not_what_its_signatures_say_is_refused() -> None:
    import stepwell as sw

    one = "func.func @main(%a: tensor<?xf32>) -> tensor<?xf32> {\n  return %a : tensor<?xf32>\n}"
    two = "func.func @main(%a: f32) -> f32 {\n  return %a : f32\n}"
    source = Source(signatures_of(sw.parse(one)), lambda: one, lambda: sw.parse(two))
    with pytest.raises(BackendError, match="not what its signatures say"):
        compile_source(source, "cpu", "builtin.module()", 0, use_cache=False)


def test_a_found_source_is_not_made() -> None:
    import stepwell as sw
    from stepwell.runtime.compiled import default_pipeline

    text = "func.func @main(%a: f32) -> f32 {\n  return %a : f32\n}"
    made = []

    def make() -> Operation:
        made.append(text)
        return sw.parse(text)

    signatures = signatures_of(sw.parse(text))
    source = Source(signatures, lambda: f"{__name__}: {text}", make)
    passes = default_pipeline(sw.parse(text))
    compile_source(source, "cpu", passes, 2)
    before = default_cache().statistics.builds
    compile_source(source, "cpu", passes, 2)
    assert len(made) <= 1 and default_cache().statistics.builds == before

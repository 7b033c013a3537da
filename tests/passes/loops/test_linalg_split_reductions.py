"""linalg-split-reductions: which reductions are cut into pieces, and what they give."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

import stepwell as sw
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import walk
from stepwell.runtime import threads
from stepwell.runtime.compiled import compile
from stepwell.runtime.executable import CompiledModule
from tests.passes.passes_on_text import run_passes
from tests.semantics.test_real_passes import check

Array = NDArray[Any]
PASS = "linalg-split-reductions"
SUM = "arith.addf %out, %in fastmath<reassoc> : f32"


def program(combination: str = SUM, rank: int = 1, element: str = "f32", before: str = "") -> str:
    dims = ", ".join(f"d{n}" for n in range(rank))
    source = f"memref<{'?x' * rank}{element}>"
    kinds = ", ".join(['"reduction"'] * rank)
    return f"""
func.func @main(%x: {source}, %y: memref<{element}>) {{
  linalg.generic {{indexing_maps = [affine_map<({dims}) -> ({dims})>, affine_map<({dims}) -> ()>],
                  iterator_types = [{kinds}]}}
      ins(%x : {source}) outs(%y : memref<{element}>) {{
  ^bb0(%in: {element}, %out: {element}):
    {before}
    %0 = {combination}
    linalg.yield %0 : {element}
  }}
  return
}}"""


@cache
def compiled(text: str) -> CompiledModule:
    passes = (
        f"builtin.module({PASS},func.func(convert-linalg-to-loops),"
        "convert-scf-parallel-to-threads{min-work=1},lower-to-llvm)"
    )
    made = compile(sw.parse(text), pipeline=passes, use_cache=False)
    assert isinstance(made, CompiledModule)
    return made


@pytest.fixture
def number_of_threads() -> Iterator[None]:
    before = threads.thread_count()
    yield
    threads.set_thread_count(before)


def is_split(text: str) -> bool:
    return "scf.parallel" in [op.name for op in walk(run_passes(text, PASS))]


@pytest.mark.parametrize(
    "combination",
    [
        SUM,
        "arith.mulf %in, %out fastmath<fast> : f32",
        "arith.maximumf %out, %in : f32",
        "arith.minimumf %in, %out : f32",
    ],
)
def test_what_may_be_taken_in_any_order_is_split(combination: str) -> None:
    assert is_split(program(combination))


@pytest.mark.parametrize(
    "combination",
    [
        "arith.addf %out, %in : f32",  # the order is the program's
        "arith.subf %out, %in fastmath<reassoc> : f32",
        "arith.addf %out, %out fastmath<reassoc> : f32",
        "arith.addf %in, %in fastmath<reassoc> : f32",
    ],
)
def test_the_rest_stays(combination: str) -> None:
    assert not is_split(program(combination))


def test_a_result_that_is_used_otherwise_stays() -> None:
    before = "%z = arith.mulf %out, %in : f32"
    assert not is_split(program("arith.addf %out, %z fastmath<reassoc> : f32", before=before))
    assert not is_split(program(SUM.replace("%in", "%z"), before=before))


@pytest.mark.parametrize("size", [0, 1, 4095, 4096, 4097, 70_000, 300_001])
def test_sums_of_all_sizes(size: int, number_of_threads: None) -> None:
    x = np.random.default_rng(size).standard_normal(size).astype(np.float32)
    found = []
    for count in (1, 3):
        threads.set_thread_count(count)
        y = np.array(0.5, np.float32)
        compiled(program())["main"](x, y)
        found.append(y.tobytes())
        np.testing.assert_allclose(y, 0.5 + x.sum(dtype=np.float64), rtol=1e-5, atol=1e-3)
    assert found[0] == found[1]


@pytest.mark.parametrize("shape", [(1, 9000), (9000, 1), (130, 70), (5, 0), (0, 5)])
def test_maxima_of_matrices(shape: tuple[int, int]) -> None:
    x = np.random.default_rng(0).standard_normal(shape).astype(np.float32) - 10
    y = np.array(-1e30, np.float32)
    compiled(program("arith.maximumf %out, %in : f32", rank=2))["main"](x, y)
    assert y == (x.max() if x.size else np.float32(-1e30))
    if x.size:
        x[-1, -1] = np.nan
        compiled(program("arith.maximumf %out, %in : f32", rank=2))["main"](x, y)
        assert np.isnan(y)


@pytest.mark.parametrize("name", ["addi", "muli", "andi", "ori", "xori"])
def test_integers(name: str) -> None:
    x = np.random.default_rng(3).integers(-9, 9, 20_000) * 2 + 1
    text = program(f"arith.{name} %out, %in : i64", element="i64")
    assert is_split(text)
    y = np.array(77, np.int64)
    compiled(text)["main"](x, y)
    function = {"addi": np.add, "muli": np.multiply, "andi": np.bitwise_and,
                "ori": np.bitwise_or, "xori": np.bitwise_xor}[name]  # fmt: skip
    assert y == function(77, function.reduce(x))


def test_sums_of_negative_zeros_are_negative_zeros() -> None:
    x, y = np.full(5, -0.0, np.float32), np.array(-0.0, np.float32)
    Interpreter(run_passes(program(), PASS)).call("main", x, y)
    assert y == 0 and np.signbit(y)


def test_meaning_is_kept_within_the_tolerance(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "sum.mlir"
    path.write_text(program(rank=2))
    flags = (f"--{PASS}", "--check-semantics-inputs=6", "--check-semantics-tolerance=1e-5")
    assert check(path, capsys, *flags)[0] >= 1

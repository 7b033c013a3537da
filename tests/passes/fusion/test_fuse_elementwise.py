"""Fused programs have upstream's text, and mean what they meant before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import stepwell as sw
from stepwell.dialects.func.ops import FuncOp
from stepwell.ir.attribute import Type
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation, walk
from stepwell.ir.types import DYNAMIC, RankedTensorType
from tests.oracle.tools import call, find_tool
from tests.passes.passes_on_text import plain

PIPELINE = (
    "builtin.module(canonicalize,cse,convert-elementwise-to-linalg,"
    "linalg-fuse-elementwise-ops,canonicalize)"
)
PROGRAMS = (Path(__file__).parent / "programs.mlir").read_text(encoding="utf-8").split("// -----\n")
DIFFERENT_ON_PURPOSE = ("update_broadcast",)
ROWS = 4


def name_of(text: str) -> str:
    return text.partition("@")[2].partition("(")[0]


by_program = pytest.mark.parametrize("text", PROGRAMS, ids=name_of)


def fused(text: str) -> Operation:
    module = sw.parse(text)
    sw.run_passes(module, PIPELINE)
    return module


def argument(type: Type, random: np.random.Generator) -> NDArray[np.generic] | int | float:
    """A value; unknown extents are 4, and 16 in tensors of one dimension."""
    if not isinstance(type, RankedTensorType):
        return ROWS if str(type) == "index" else 3
    unknown = ROWS if len(type.shape) > 1 else 4 * ROWS
    shape = [unknown if size == DYNAMIC else size for size in type.shape]
    return (4 * random.standard_normal(shape)).astype(dtype_of(type.element_type))


@by_program
def test_fusion_keeps_every_bit(text: str) -> None:
    before, after = sw.parse(text), fused(text)
    sw.verify(after)
    function = next(op for op in walk(before) if isinstance(op, FuncOp))
    random = np.random.default_rng(5)
    arguments = [argument(type, random) for type in function.type.inputs]
    wanted = Interpreter(before).call(name_of(text), *arguments)
    found = Interpreter(after).call(name_of(text), *arguments)
    if not isinstance(wanted, tuple):
        wanted, found = (wanted,), (found,)
    assert isinstance(found, tuple)
    for one, other in zip(found, wanted, strict=True):
        np.testing.assert_array_equal(one, other)


@by_program
def test_fused_text_is_upstreams(text: str) -> None:
    tool = find_tool("mlir-opt")
    if tool is None:
        pytest.skip("mlir-opt-22 is not installed")
    if name_of(text) in DIFFERENT_ON_PURPOSE:
        pytest.skip("upstream's result is wrong")
    expected = call([tool, f"--pass-pipeline={PIPELINE}"], text)
    assert plain(fused(text)) == plain(sw.parse(expected))


def test_accumulating_producer_is_not_fused_where_it_would_run_more_than_once() -> None:
    """The init of the producer would be added once for each column."""
    text = next(text for text in PROGRAMS if name_of(text) == "update_broadcast")
    assert str(fused(text)).count("linalg.generic") == 2


def test_producer_with_two_users_is_computed_once() -> None:
    text = next(text for text in PROGRAMS if name_of(text) == "shared")
    assert str(fused(text)).count("arith.addf") == 1

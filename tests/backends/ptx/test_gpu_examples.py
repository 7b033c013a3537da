"""The examples for GPUs: right values at every level, and PTX that NVIDIA's assembler takes."""

import re
from pathlib import Path

import numpy as np
import pytest

from stepwell.backends.ptx.compile import kernels_to_ptx
from stepwell.backends.ptx.ptxas import assemble, find_ptxas
from stepwell.dialects.gpu.attributes import ObjectAttr
from stepwell.dialects.gpu.function import BinaryOp
from stepwell.frontend.command_line.emit import emit
from stepwell.frontend.command_line.run import main as stepwell_run
from stepwell.frontend.semantics.calling import Signature, call, function_type
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation, walk
from stepwell.ir.symbol_table import SymbolTable
from stepwell.ir.text.parse import parse_module
from stepwell.passes.pipelines import run_passes
from tests.backends.ptx.kernels import (
    ALL,
    CASE_IDS,
    CASES,
    EXAMPLES,
    FOLDER,
    TO_KERNELS,
    TO_NVVM,
    Example,
)
from tests.dialects.against_upstream import upstream

VERBATIM = f"builtin.module({TO_KERNELS},{TO_NVVM},gpu-to-llvm,gpu-module-to-binary{{format=isa}})"
STAGES = {
    "as written": "builtin.module()",
    "collectives expanded": f"builtin.module({TO_KERNELS},test-gpu-rewrite)",
}
TENSOR_PROGRAMS = ("mlp", "attention", "conv_block", "dynamic_matmul")
needs_ptxas = pytest.mark.skipif(find_ptxas() is None, reason="needs ptxas (nvidia-cuda-nvcc)")


def close(found: np.ndarray, wanted: np.ndarray) -> None:
    np.testing.assert_allclose(found, wanted, rtol=2e-5, atol=2e-5)


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize(("example", "sizes"), CASES, ids=CASE_IDS)
def test_numpys_values_in_the_interpreter(
    example: Example, sizes: tuple[int, ...], stage: str
) -> None:
    module = example.module()
    run_passes(module, STAGES[stage])
    arguments = example.make(*sizes)
    Interpreter(module).call(example.entry, *arguments)
    close(arguments[-1], example.result(*arguments[:-1]))


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda e: e.name)
def test_numpys_values_when_all_is_lowered(example: Example) -> None:
    """Host and kernels are in the llvm and nvvm dialects: what is then made PTX of is right."""
    module = example.module()
    type = function_type(_function(module, example.entry))
    run_passes(module, f"builtin.module({TO_KERNELS},{TO_NVVM},gpu-to-llvm)")
    run_passes(module, "reconcile-unrealized-casts")
    arguments = example.make(*example.sizes[0])
    function = _function(module, example.entry)
    outcome = call(module, function, Signature(type, type), arguments, 10**8)
    close(outcome.values[-1].value, example.result(*arguments[:-1]))


def _function(module: Operation, name: str) -> Operation:
    found = SymbolTable(module).lookup(name)
    assert found is not None
    return found


@pytest.mark.parametrize("example", ALL, ids=lambda e: e.name)
def test_upstreams_pipeline_runs_verbatim(example: Example) -> None:
    module = example.module()
    run_passes(module, VERBATIM)
    binaries = [op for op in walk(module) if isinstance(op, BinaryOp)]
    assert binaries
    for binary in binaries:
        (found,) = binary.objects.values
        assert isinstance(found, ObjectAttr) and ".target sm_90" in found.object.value
        assert ".visible .entry" in found.object.value


@pytest.mark.parametrize("example", [e for e in ALL if e.upstream], ids=lambda e: e.name)
def test_ptx_is_that_of_upstreams_lowering(example: Example) -> None:
    """Kernels that mlir-opt lowered become the same PTX, to the letter, as those we lower."""
    kernels = upstream(example.text(), f"--pass-pipeline=builtin.module({TO_KERNELS})")
    theirs = upstream(kernels, f"--pass-pipeline=builtin.module({TO_NVVM})")
    ours = parse_module(kernels)
    run_passes(ours, f"builtin.module({TO_NVVM})")
    assert kernels_to_ptx(ours) == kernels_to_ptx(parse_module(theirs))


@pytest.mark.parametrize("example", ALL, ids=lambda e: e.name)
def test_the_text_is_the_same_each_time(example: Example) -> None:
    first, second = (emit(example.module(), "ptx", 3) for _ in range(2))
    assert first == second


@pytest.mark.parametrize("example", ALL, ids=lambda e: e.name)
def test_stepwell_run_writes_ptx(example: Example, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(FOLDER / f"{example.name}.mlir")
    assert stepwell_run([path, "--target=cuda", "--emit=ptx"]) == 0
    written = capsys.readouterr().out
    assert written.count(".version 8.0") == 1 and ".visible .entry" in written
    wanted = {"all_reduce": "shfl.sync.bfly", "reduction": "shfl.sync.bfly", "softmax": "bar.sync"}
    assert wanted.get(example.name, ".target sm_90") in written


@needs_ptxas
@pytest.mark.parametrize("library", ["none", ""], ids=["own functions", "libdevice"])
@pytest.mark.parametrize("example", ALL, ids=lambda e: e.name)
def test_ptxas_takes_it_without_spills(
    example: Example, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPWELL_LIBDEVICE", library)
    ptx = emit(example.module(), "ptx", 3)
    assert isinstance(ptx, str)
    resources = assemble(ptx)
    assert [one.kernel for one in resources] == re.findall(r"\.entry (\w+)", ptx)
    assert all(one.spill_bytes == 0 and one.stack_bytes == 0 for one in resources)
    names = ("reduction", "all_reduce", "softmax", "matmul_tiled", "row_sums")
    uses_shared = example.name in names
    assert any(one.shared_bytes > 0 for one in resources) == uses_shared


@needs_ptxas
@pytest.mark.parametrize("name", TENSOR_PROGRAMS)
def test_tensor_programs_become_kernels(name: str) -> None:
    path = Path(FOLDER).parent / f"{name}.mlir"
    ptx = emit(parse_module(path.read_text(encoding="utf-8")), "ptx", 3)
    assert isinstance(ptx, str)
    resources = assemble(ptx)
    assert len(resources) == ptx.count(".visible .entry") >= 1
    assert all(one.spill_bytes == 0 for one in resources)


def test_every_example_is_in_the_list() -> None:
    assert {e.name for e in ALL} == {path.stem for path in FOLDER.glob("*.mlir")}
    assert all(any(size % 16 for sizes in e.sizes for size in sizes) for e in EXAMPLES)

"""Backends are found by the target attributes that they compile for."""

from collections.abc import Iterator

import pytest

from stepwell.dialects.gpu.attributes import ObjectAttr
from stepwell.dialects.gpu.function import BinaryOp
from stepwell.ir import backends
from stepwell.ir.attribute import Attribute
from stepwell.ir.diagnostics import PassError
from stepwell.ir.operation import Operation, walk
from stepwell.ir.text.parse import parse_module
from stepwell.passes.pipelines import run_passes

MODULE = """
gpu.module @m [#nvvm.target<chip = "sm_90", features = "+ptx80", O = 3>] {
  llvm.func @k() attributes {nvvm.kernel} { llvm.return }
}
"""


def shout(module: Operation, target: Attribute, libraries: list[str], toolkit: str) -> str:
    """A backend for the tests."""
    return f"{target} {libraries} {toolkit}".upper()


@pytest.fixture
def replaced() -> Iterator[None]:
    ours = backends.find("nvvm.target")
    assert ours is not None
    backends.register("nvvm.target", f"{__name__}:shout")
    yield
    backends.register(ours.target, ours.place)


def test_ours_compiles_for_nvvm_targets() -> None:
    found = backends.find("nvvm.target")
    assert found is not None and found.place.startswith("stepwell.backends.ptx.")
    assert backends.find("rocdl.target") is None


def test_gpu_module_to_binary_asks_the_registered_backend(
    replaced: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backends.Backend, "load", lambda self: shout)
    module = parse_module(MODULE)
    run_passes(module, "gpu-module-to-binary{format=isa toolkit=/tools l=a.bc}")
    (binary,) = (op for op in walk(module) if isinstance(op, BinaryOp))
    (found,) = binary.objects.values
    assert isinstance(found, ObjectAttr) and "['A.BC'] /TOOLS" in found.object.value


def test_a_target_that_nobody_compiles_for_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backends, "find", lambda target: None)
    with pytest.raises(PassError, match="there is no backend for the target #nvvm.target"):
        run_passes(parse_module(MODULE), "gpu-module-to-binary{format=isa}")

"""Functions in hand-written LLVM IR, and both ways of calling them."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from stepwell.backends.cpu.signature import FunctionSignature
from stepwell.runtime.executable import CompiledModule, compile_llvm_ir

Compile = Callable[..., CompiledModule]
Parameters = Callable[[str, int], str]


@pytest.fixture(params=["wrapper", "portable"])
def compile_ir(request: pytest.FixtureRequest) -> Compile:
    """Compiles for calls by the generated wrapper, and again for portable calls."""

    def run(llvm_ir: str, *signatures: FunctionSignature, level: int = 2) -> CompiledModule:
        portable = request.param == "portable"
        return compile_llvm_ir(llvm_ir, signatures, level, portable=portable)

    return run


@pytest.fixture
def memref() -> Parameters:
    """The parameters of a ranked memref: %x.base, %x, %x.offset, %x.size0 ..., %x.stride0 ..."""

    def parameters(name: str, rank: int) -> str:
        sizes = [f"i64 %{name}.size{i}" for i in range(rank)]
        strides = [f"i64 %{name}.stride{i}" for i in range(rank)]
        return ", ".join(
            [f"ptr %{name}.base", f"ptr %{name}", f"i64 %{name}.offset", *sizes, *strides]
        )

    return parameters

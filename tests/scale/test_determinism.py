"""The same input gives the same bytes in every process, whatever the seed of Python's hashes."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SEEDS = ("0", "1", "2", "77", "4242")
PROGRAM = """
import sys
from pathlib import Path
from stepwell.backends.cpu.translate import translate_to_llvm_ir
from stepwell.ir.pass_manager.pipeline import parse_pipeline
from stepwell.ir.pass_manager.running import PassManager
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text

TO_LINALG = "convert-elementwise-to-linalg"
ONE_SHOT = TO_LINALG + ",one-shot-bufferize{bufferize-function-boundaries=true}"


def after(program, passes):
    module = parse_module((Path(sys.argv[1]) / program).read_text())
    PassManager().run(parse_pipeline(f"builtin.module({passes})"), module)
    print(print_to_text(module))
    return module


for passes in ("", "canonicalize", "cse", ONE_SHOT):
    after("mlp.mlir", passes)
    after("attention.mlir", passes)
print(translate_to_llvm_ir(after("collatz.mlir", "lower-to-llvm")))
"""


def test_the_same_bytes_under_every_hash_seed() -> None:
    running = [_start(seed) for seed in SEEDS]
    outputs = [process.communicate() for process in running]
    assert all(process.returncode == 0 for process in running), outputs[0][1].decode()
    assert len(outputs[0][0]) > 5_000
    assert len({hashlib.sha256(output).digest() for output, _ in outputs}) == 1


def _start(seed: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-c", PROGRAM, str(ROOT / "examples")]
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdout=pipe, stderr=pipe, env=environment)

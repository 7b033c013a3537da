"""What the kernels of the examples need, as NVIDIA's assembler says: a table in Markdown.

    python benchmarks/ptx_resources.py [--chip=sm_90]

Needs ptxas (the wheel nvidia-cuda-nvcc), but neither a GPU nor a driver.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from stepwell.backends.ptx.ptxas import assemble
from stepwell.frontend.command_line.emit import emit
from stepwell.ir.text.parse import parse_module

EXAMPLES = Path(__file__).parents[1] / "examples"
TENSOR_PROGRAMS = ("mlp", "attention", "conv_block", "dynamic_matmul")


def programs() -> list[Path]:
    """The examples for GPUs, then those on tensors."""
    gpu = sorted((EXAMPLES / "gpu").glob("*.mlir"))
    return [*gpu, *(EXAMPLES / f"{name}.mlir" for name in TENSOR_PROGRAMS)]


def table(chip: str) -> str:
    """A line for each kernel."""
    lines = [
        "| example | kernel | registers | shared memory (bytes) | barriers | spills (bytes) |",
        "|---|---|---|---|---|---|",
    ]
    for path in programs():
        ptx = emit(parse_module(path.read_text(encoding="utf-8")), "ptx", 3)
        assert isinstance(ptx, str)
        for one in assemble(ptx, chip):
            lines.append(
                f"| {path.stem} | {one.kernel} | {one.registers} | {one.shared_bytes} "
                f"| {one.barriers} | {one.spill_bytes} |"
            )
    return "\n".join(lines)


def main() -> None:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--chip", default="sm_90", help="which GPU (sm_90)")
    print(table(parser.parse_args().chip))


if __name__ == "__main__":
    main()

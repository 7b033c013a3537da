"""The CPU pipelines, from tensors or buffers down to the llvm dialect, kept in this one place.

Each is text that upstream's tool accepts as it stands. The same text is given to the oracle and to
this project's own pass manager, and both must end in the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

TENSORS_TO_LOOPS = (
    "builtin.module(canonicalize,cse,convert-elementwise-to-linalg,linalg-fuse-elementwise-ops,"
    " one-shot-bufferize{bufferize-function-boundaries"
    " function-boundary-type-conversion=identity-layout-map},"
    " buffer-deallocation-pipeline,convert-bufferization-to-memref,"
    "func.func(convert-linalg-to-loops),"
    " lower-affine,convert-scf-to-cf,expand-strided-metadata,lower-affine,"
    "convert-arith-to-llvm,convert-math-to-llvm,"
    " convert-index-to-llvm,finalize-memref-to-llvm,convert-func-to-llvm,convert-cf-to-llvm,"
    "reconcile-unrealized-casts)"
)

SHORT_FORM = (
    "builtin.module(canonicalize,cse,convert-elementwise-to-linalg,linalg-fuse-elementwise-ops,"
    " one-shot-bufferize{bufferize-function-boundaries"
    " function-boundary-type-conversion=identity-layout-map},"
    "drop-equivalent-buffer-results,buffer-results-to-out-params,"
    "func.func(buffer-hoisting,promote-buffers-to-stack),"
    "buffer-deallocation-pipeline,convert-bufferization-to-memref,convert-linalg-to-loops,"
    "convert-scf-to-cf,expand-strided-metadata,lower-affine,finalize-memref-to-llvm,"
    "convert-to-llvm,reconcile-unrealized-casts)"
)

ONE_FLAG = "builtin.module(test-lower-to-llvm)"


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A named way down to the llvm dialect.

    Attributes:
        name: what tests call it.
        text: the textual pipeline.
    """

    name: str
    text: str

    def flags(self) -> list[str]:
        """The command-line flags that select it in `mlir-opt` and `stepwell-opt` alike."""
        return [f"--pass-pipeline={self.text}"]


PIPELINES = (
    Pipeline("tensors-to-loops", TENSORS_TO_LOOPS),
    Pipeline("short-form", SHORT_FORM),
    Pipeline("one-flag", ONE_FLAG),
)

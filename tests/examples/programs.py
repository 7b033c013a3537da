"""The example programs as data: their inputs, and what NumPy says the answers are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Value = NDArray[np.generic] | int
Floats = NDArray[np.float64]
FOLDER = Path(__file__).parents[2] / "examples"
SEED = 20
ALL = ("tensors-to-loops", "short-form", "one-flag")


@dataclass(frozen=True, slots=True)
class Program:
    """An example and how to tell whether it ran right.

    Attributes:
        file: its name in the folder of examples.
        make_inputs: the arguments of the entry, from a seeded generator.
        reference: the results, then the buffers after the call, from copies of the inputs.
        tolerance: relative and absolute; 0 means equal.
        pipelines: the ways down that apply. Programs on tensors need one that bufferises; those
            that loop through branches cannot enter one that places deallocations.
        buffers: which arguments are buffers, to be looked at after the call.
        entry: the function to call.
    """

    file: str
    make_inputs: Callable[[np.random.Generator], tuple[Value, ...]]
    reference: Callable[..., Sequence[object]]
    tolerance: float
    pipelines: tuple[str, ...] = ("tensors-to-loops", "short-form")
    buffers: tuple[int, ...] = ()
    entry: str = "main"

    @property
    def name(self) -> str:
        """The file without its ending."""
        return self.file.removesuffix(".mlir")

    def text(self) -> str:
        """The program."""
        return (FOLDER / self.file).read_text(encoding="utf-8")

    def inputs(self) -> tuple[Value, ...]:
        """The same inputs each time, in fresh arrays."""
        return self.make_inputs(np.random.default_rng(SEED))

    def expected(self) -> list[NDArray[np.generic]]:
        """What the program must return, then what its buffers must hold."""
        return [np.asarray(one) for one in self.reference(*self.inputs())]


def _normal(*shapes: tuple[int, ...]) -> Callable[[np.random.Generator], tuple[Value, ...]]:
    """Makes float32 arrays of these shapes, of a size that keeps sums near one."""

    def make(random: np.random.Generator) -> tuple[Value, ...]:
        return tuple(random.standard_normal(shape).astype(np.float32) for shape in shapes)

    return make


def _mlp(x: Floats, w1: Floats, b1: Floats, w2: Floats, b2: Floats) -> list[Floats]:
    wide = [one.astype(np.float64) for one in (x, w1, b1, w2, b2)]
    hidden = np.maximum(wide[0] @ wide[1] + wide[2], 0)
    return [hidden @ wide[3] + wide[4]]


def _conv_block(image: Floats, kernel: Floats, bias: Floats) -> list[Floats]:
    windows = np.lib.stride_tricks.sliding_window_view(image.astype(np.float64), (3, 3), (1, 2))
    convolved = np.einsum("nhwcyx,yxco->nhwo", windows, kernel.astype(np.float64))
    kept = np.maximum(convolved + bias, 0)
    batch, height, width, channels = kept.shape
    return [kept.reshape(batch, height // 2, 2, width // 2, 2, channels).max(axis=(2, 4))]


def _attention(q: Floats, k: Floats, v: Floats) -> list[Floats]:
    scores = q.astype(np.float64) @ k.astype(np.float64).T / np.sqrt(q.shape[1])
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    return [weights / weights.sum(axis=1, keepdims=True) @ v.astype(np.float64)]


def _large_scores(random: np.random.Generator) -> tuple[Value, ...]:
    """Scores in the hundreds: a softmax that subtracts no maximum overflows float32."""
    q, k, v = (random.standard_normal((12, 16)).astype(np.float32) for _ in range(3))
    return q * np.float32(40), k * np.float32(10), v


def _grid(random: np.random.Generator) -> tuple[Value, ...]:
    return random.standard_normal((16, 16)), 5


def _jacobi(grid: Floats, pairs: int) -> list[object]:
    change = 0.0
    for _ in range(2 * pairs):
        mean = grid[:-2, 1:-1] + grid[2:, 1:-1] + (grid[1:-1, :-2] + grid[1:-1, 2:])
        mean = mean * 0.25
        change = np.abs(mean - grid[1:-1, 1:-1]).max()
        grid = grid.copy()
        grid[1:-1, 1:-1] = mean
    return [change, grid]


def _steps(n: int) -> int:
    count = 0
    while n != 1:
        n = 3 * n + 1 if n % 2 else n // 2
        count += 1
    return count


def _collatz(limit: int) -> list[object]:
    counts = [_steps(n) for n in range(1, limit + 1)]
    if not counts:
        return [0, -1]
    best = int(np.argmax(counts))
    return [best + 1, counts[best]]


def _limit(random: np.random.Generator) -> tuple[Value, ...]:
    return (int(random.integers(1000, 2000)),)


def _fixed(value: int, _: np.random.Generator) -> tuple[Value, ...]:
    return (value,)


PROGRAMS = (
    Program("mlp.mlir", _normal((8, 32), (32, 64), (64,), (64, 10), (10,)), _mlp, 1e-4),
    Program("conv_block.mlir", _normal((2, 10, 10, 3), (3, 3, 3, 8), (8,)), _conv_block, 1e-4),
    Program("attention.mlir", _normal((12, 16), (12, 16), (12, 16)), _attention, 1e-5),
    Program("attention.mlir", _large_scores, _attention, 1e-4),
    Program("jacobi.mlir", _grid, _jacobi, 0, ALL, buffers=(0,)),
    Program("collatz.mlir", _limit, _collatz, 0, ("one-flag",)),
    # 18 and 19 walk equally far; the first of them counts, and it is the limit once.
    *(
        Program("collatz.mlir", partial(_fixed, limit), _collatz, 0, ("one-flag",))
        for limit in (0, 18, 19)
    ),
    Program(
        "dynamic_matmul.mlir",
        _normal((7, 5), (5, 9)),
        lambda a, b: [a.astype(np.float64) @ b.astype(np.float64)],
        1e-5,
    ),
    Program(
        "dynamic_matmul.mlir",
        _normal((1, 64), (64, 3)),
        lambda a, b: [a.astype(np.float64) @ b.astype(np.float64)],
        1e-5,
    ),
)


def close(given: object, expected: NDArray[np.generic], tolerance: float) -> None:
    """Asserts that an output is right.

    Raises:
        AssertionError: shape or a value differs by more than the tolerance.
    """
    array = np.asarray(given)
    assert array.shape == expected.shape
    wide = np.float64 if tolerance else array.dtype
    np.testing.assert_allclose(
        array.astype(wide), expected.astype(wide), rtol=tolerance, atol=tolerance
    )

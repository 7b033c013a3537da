"""Random transfers: permuted, repeated, masked, in and out of bounds."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.interpreter.memory import MemRef
from stepwell.ir.text.parse import parse_module
from tests.passes.passes_on_text import run_passes


@dataclass(slots=True)
class Transfers:
    """A program that reads one slice and writes it elsewhere, and what it is called with."""

    text: str
    sizes: tuple[int, ...]
    starts: tuple[list[int], list[int]]
    masks: list[NDArray[Any]] = field(default_factory=list)

    def run(self, pipeline: str) -> tuple[NDArray[Any], NDArray[Any]]:
        """What is read, and the memory afterwards."""
        memory = np.arange(1, np.prod(self.sizes) + 1, dtype=np.float32).reshape(self.sizes)
        module = run_passes(self.text, pipeline) if pipeline else parse_module(self.text)
        places = [*self.starts[0], *self.starts[1]]
        found = Interpreter(module).call("main", MemRef.from_numpy(memory), *places, *self.masks)
        return np.asarray(found[0] if isinstance(found, tuple | list) else found), memory


def random_transfers(seed: int) -> Transfers:
    """The program that a number stands for."""
    random = Random(seed)
    rank = random.randint(1, 3)
    sizes = tuple(random.randint(2, 5) for _ in range(rank))
    read_map = _dims(random, rank, repeats=True)
    shape = tuple(random.randint(1, 4) for _ in read_map)
    while True:
        write_map = _dims(random, rank, repeats=False)
        if len(write_map) == len(read_map):
            break
        read_map = _dims(random, rank, repeats=True)
        shape = tuple(random.randint(1, 4) for _ in read_map)
    made = [_part(random, sizes, map, shape) for map in (read_map, write_map)]
    types = ["?" if random.random() < 0.5 else str(size) for size in sizes]
    memory = f"memref<{'x'.join(types)}xf32>"
    names = [[f"%{word}{n}" for n in range(rank)] for word in "ab"]
    parameters = [f"%m: {memory}", *(f"{name}: index" for part in names for name in part)]
    masks: list[NDArray[Any]] = []
    uses = []
    for number, part in enumerate(made):
        if part.mask is not None:
            mask_type = "x".join(str(size) for size in part.mask.shape)
            parameters.append(f"%k{number}: vector<{mask_type}xi1>")
            masks.append(part.mask)
        uses.append(f", %k{number}" if part.mask is not None else "")
    vector = f"vector<{'x'.join(map(str, shape))}xf32>"
    reads = f"%m[{', '.join(names[0])}], %pad{uses[0]} {made[0].facts} : {memory}, {vector}"
    writes = f"%v, %m[{', '.join(names[1])}]{uses[1]} {made[1].facts} : {vector}, {memory}"
    text = (
        f"func.func @main({', '.join(parameters)}) -> {vector} {{\n"
        "  %pad = arith.constant -1.0 : f32\n"
        f"  %v = vector.transfer_read {reads}\n"
        f"  vector.transfer_write {writes}\n"
        f"  return %v : {vector}\n}}\n"
    )
    return Transfers(text, sizes, (made[0].start, made[1].start), masks)


@dataclass(slots=True)
class _Part:
    start: list[int]
    facts: str
    mask: NDArray[Any] | None


def _dims(random: Random, rank: int, repeats: bool) -> list[int | None]:
    """The dimension of the memory for each of the vector; None where it repeats."""
    chosen: list[int | None] = list(random.sample(range(rank), random.randint(1, rank)))
    while repeats and len(chosen) < 3 and random.random() < 0.3:
        chosen.insert(random.randint(0, len(chosen)), None)
    return chosen


def _part(
    random: Random, sizes: tuple[int, ...], map: list[int | None], shape: tuple[int, ...]
) -> _Part:
    start = [random.randint(0, size - 1) for size in sizes]
    bounds = []
    for dim, count in zip(map, shape, strict=True):
        inside = dim is None or start[dim] + count <= sizes[dim]
        bounds.append("true" if inside and random.random() < 0.6 else "false")
    exprs = ", ".join("0" if dim is None else f"d{dim}" for dim in map)
    inputs = ", ".join(f"d{dim}" for dim in range(len(sizes)))
    affine = f"permutation_map = affine_map<({inputs}) -> ({exprs})>"
    facts = f"{{{affine}, in_bounds = [{', '.join(bounds)}]}}"
    used = sorted((dim, n) for n, dim in enumerate(map) if dim is not None)
    mask = None
    if used and random.random() < 0.5:
        bits = [random.random() < 0.6 for _ in range(int(np.prod([shape[n] for _, n in used])))]
        mask = np.array(bits).reshape([shape[n] for _, n in used])
    return _Part(start, facts, mask)

"""Random maps and sets print, and simplify, as mlir-opt prints and simplifies them."""

import random
import re
import shutil
import subprocess

import pytest

from stepwell.ir.affine import simplify_map
from stepwell.ir.affine.text import parse_map, parse_set

ORACLE = "mlir-opt-22"
pytestmark = pytest.mark.skipif(not shutil.which(ORACLE), reason=f"{ORACLE} is not installed")

_DIVISORS = [1, 2, 3, 4, 6, 8, 12, 16]
_FACTORS = [*_DIVISORS, 0, -1, -3]
_COMPARISONS = [">= 0", "== 0", "<= 4", ">= d0", "== 3", "<= d0"]


class _Writer:
    """Writes random affine text over some dimensions and symbols."""

    def __init__(self, seed: int, pure: bool) -> None:
        self.random = random.Random(seed)
        self.pure = pure

    def space(self) -> str:
        self.dims = [f"d{i}" for i in range(self.random.randrange(1, 4))]
        self.symbols = [f"s{i}" for i in range(self.random.randrange(3))]
        return f"({', '.join(self.dims)})[{', '.join(self.symbols)}]"

    def expr(self, depth: int, symbolic: bool = False) -> str:
        choose = self.random.choice
        if depth == 0 or self.random.random() < 0.15:
            names = self.symbols + ([] if symbolic else self.dims)
            constants = [str(n) for n in _FACTORS]
            return choose(names) if names and self.random.random() < 0.7 else choose(constants)
        kind = choose(["+", "+", "+", "-", "-", "*", "mod", "floordiv", "ceildiv", "r", "n"])
        inner = self.operand(depth - 1, symbolic)
        if kind == "n":
            return f"-{inner}"
        right = self.right(kind, depth - 1, symbolic)
        if kind == "r":
            return f"{inner} - {inner} floordiv {right} * {right}"
        return f"{inner} {kind} {right}"

    def operand(self, depth: int, symbolic: bool) -> str:
        text = self.expr(depth, symbolic)
        return text if text.isalnum() else f"({text})"

    def right(self, kind: str, depth: int, symbolic: bool) -> str:
        if kind in "+-":
            return self.operand(depth, symbolic)
        if self.pure or self.random.random() < 0.75:
            return f"({self.random.choice(_FACTORS if kind == '*' else _DIVISORS)})"
        return self.operand(depth, True)

    def text(self) -> tuple[str, str]:
        """`map` or `set`, and its text."""
        space = self.space()
        exprs = [self.expr(self.random.randrange(1, 5)) for _ in range(2)]
        if self.pure or self.random.random() < 0.8:
            return "map", f"{space} -> ({', '.join(exprs)})"
        constraints = [f"{expr} {self.random.choice(_COMPARISONS)}" for expr in exprs]
        return "set", f"{space} : ({', '.join(constraints)})"


def _print_with_oracle(texts: list[tuple[str, str]], *options: str) -> list[str]:
    functions = [
        f'func.func @f{i}() {{ "test.op"() {{m = affine_{kind}<{text}>}} : () -> () return }}'
        for i, (kind, text) in enumerate(texts)
    ]
    command = [ORACLE, "--allow-unregistered-dialect", *options, "-"]
    done = subprocess.run(
        command, input="\n".join(functions), capture_output=True, text=True, check=True
    )
    aliases = dict(re.findall(r"^(#\w+) = affine_(?:map|set)<(.*)>$", done.stdout, re.MULTILINE))
    return [aliases[name] for name in re.findall(r"\{m = (#\w+)\}", done.stdout)]


def test_texts_print_as_the_oracle_prints_them() -> None:
    writer = _Writer(seed=20, pure=False)
    texts = [writer.text() for _ in range(400)]
    ours = [str(parse_map(t) if kind == "map" else parse_set(t)) for kind, t in texts]
    assert ours == _print_with_oracle(texts)


def test_maps_simplify_as_the_oracle_simplifies_them() -> None:
    writer = _Writer(seed=21, pure=True)
    texts = [writer.text() for _ in range(300)]
    ours = [str(simplify_map(parse_map(text))) for _, text in texts]
    assert ours == _print_with_oracle(texts, "--affine-simplify-structures")

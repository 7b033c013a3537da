"""linalg-group-elementwise-ops: what is gathered, what stays, and that values do."""

from __future__ import annotations

import random

import numpy as np
import pytest

from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation
from stepwell.ir.text.printer import print_to_text
from tests.passes.passes_on_text import run_passes

LOWER = "convert-elementwise-to-linalg,convert-meta-to-linalg,canonicalize"
GROUP = f"{LOWER},linalg-group-elementwise-ops"
WIDE, ROW = "tensor<?x?xf32>", "tensor<?xf32>"


def program(body: str, result: str = WIDE) -> str:
    return (
        f"func.func @f(%x: {WIDE}, %y: {WIDE}, %b: {ROW}) -> {result} {{\n"
        "  %c0 = arith.constant 0 : index\n  %c1 = arith.constant 1 : index\n"
        f"  %n = tensor.dim %x, %c0 : {WIDE}\n  %m = tensor.dim %x, %c1 : {WIDE}\n"
        f"{body}\n}}"
    )


def generics(module: Operation) -> int:
    return print_to_text(module).count("linalg.generic")


def check_values(text: str, module: Operation) -> None:
    numbers = np.random.default_rng(3)
    x, y = (numbers.standard_normal((4, 4)).astype(np.float32) for _ in range(2))
    b = numbers.standard_normal(4).astype(np.float32)
    before = run_passes(text, LOWER)
    wanted = Interpreter(before).call("f", x, y, b)
    found = Interpreter(module).call("f", x, y, b)
    np.testing.assert_allclose(found, wanted, 1e-5, 1e-5)


def test_a_graph_of_elementwise_ops_is_one() -> None:
    text = program(f"""
  %0 = arith.addf %x, %y : {WIDE}
  %1 = math.exp %0 : {WIDE}
  %2 = arith.mulf %1, %0 : {WIDE}
  %3 = arith.subf %2, %1 : {WIDE}
  return %3 : {WIDE}""")
    module = run_passes(text, GROUP)
    assert generics(module) == 1 and print_to_text(module).count("math.exp") == 1
    check_values(text, module)


def test_what_is_needed_elsewhere_stays() -> None:
    text = program(f"""
  %0 = math.exp %x : {WIDE}
  %1 = arith.mulf %0, %y : {WIDE}
  %2 = meta.reduce add %0 dimensions = [1] : {WIDE} -> {ROW}
  %3 = meta.broadcast %2 sizes(%m) dimensions = [1] : {ROW} -> {WIDE}
  %4 = arith.addf %1, %3 : {WIDE}
  return %4 : {WIDE}""")
    module = run_passes(text, GROUP)
    assert generics(module) == 3 and print_to_text(module).count("math.exp") == 1
    check_values(text, module)


def test_movements_are_repeated_instead_of_stored() -> None:
    text = program(f"""
  %0 = meta.broadcast %b sizes(%n) dimensions = [0] : {ROW} -> {WIDE}
  %1 = arith.mulf %x, %0 : {WIDE}
  %2 = meta.reduce add %1 dimensions = [1] : {WIDE} -> {ROW}
  %3 = meta.broadcast %2 sizes(%m) dimensions = [1] : {ROW} -> {WIDE}
  %4 = arith.addf %3, %0 : {WIDE}
  return %4 : {WIDE}""")
    module = run_passes(text, GROUP)
    assert generics(module) == 2
    check_values(text, module)


@pytest.mark.parametrize("op", ["math.exp", "arith.negf"])
def test_factors_are_not_computed_again_for_each_product(op: str) -> None:
    text = program(f"""
  %0 = {op} %x : {WIDE}
  %1 = meta.broadcast %0 sizes(%m) dimensions = [2] : {WIDE} -> tensor<?x?x?xf32>
  %2 = meta.broadcast %y sizes(%n) dimensions = [0] : {WIDE} -> tensor<?x?x?xf32>
  %3 = arith.mulf %1, %2 : tensor<?x?x?xf32>
  %4 = meta.reduce add %3 dimensions = [1] : tensor<?x?x?xf32> -> {WIDE}
  return %4 : {WIDE}""")
    module = run_passes(text, GROUP)
    assert generics(module) == 2
    check_values(text, module)


def test_a_pool_knows_the_size_of_its_window() -> None:
    text = program(f"""
  %c2 = arith.constant 2 : index
  %0 = meta.reindex %x[affine_map<(d0, d1) -> (d0 * 2 + d1, d1)>] sizes(%c2, %c2)
      : {WIDE} -> {WIDE}
  %1 = meta.reduce max %0 dimensions = [1] : {WIDE} -> {ROW}
  return %1 : {ROW}""", ROW)  # fmt: skip
    module = run_passes(text, GROUP)
    assert generics(module) == 1
    check_values(text, module)


def test_a_result_is_written_over_an_input_of_no_further_use() -> None:
    text = program(f"""
  %0 = meta.reduce add %x dimensions = [1] : {WIDE} -> {ROW}
  %1 = arith.addf %0, %b : {ROW}
  return %1 : {ROW}""", ROW)  # fmt: skip
    module = run_passes(text, f"{GROUP},canonicalize")
    assert print_to_text(module).count("tensor.empty") == 1
    check_values(text, module)


def test_each_sum_starts_from_a_fill_of_its_own() -> None:
    text = program(f"""
  %0 = meta.reduce add %x dimensions = [1] : {WIDE} -> {ROW}
  %1 = math.exp %y : {WIDE}
  %2 = meta.reduce add %1 dimensions = [1] : {WIDE} -> {ROW}
  %3 = arith.subf %0, %2 : {ROW}
  return %3 : {ROW}""", ROW)  # fmt: skip
    module = run_passes(text, f"{LOWER},cse,linalg-group-elementwise-ops")
    assert print_to_text(module).count("linalg.fill") == 2
    check_values(text, module)


UNARY = ("math.exp", "arith.negf", "math.tanh", "math.sin")
BINARY = ("arith.addf", "arith.mulf", "arith.subf", "arith.maximumf")


def random_program(seed: int) -> str:
    """Ops on square matrices, each of earlier results."""
    choose = random.Random(seed)
    lines, known = [], ["%x", "%y"]
    for number in range(choose.randint(4, 14)):
        name = f"%v{number}"
        kind = choose.random()
        a, b = choose.choice(known[-5:]), choose.choice(known)
        if kind < 0.25:
            lines.append(f"  {name} = {choose.choice(UNARY)} {a} : {WIDE}")
        elif kind < 0.65:
            lines.append(f"  {name} = {choose.choice(BINARY)} {a}, {b} : {WIDE}")
        elif kind < 0.75:
            maps = ("(d1, d0)", "(d0, 0)", "(d0, d0)", "(d1, d1)")
            lines.append(
                f"  {name} = meta.reindex {a}[affine_map<(d0, d1) -> {choose.choice(maps)}>] "
                f"sizes(%n, %n) : {WIDE} -> {WIDE}"
            )
        elif kind < 0.85:
            lines.append(f"  %z{number} = arith.constant {number}.5 : f32")
            lines.append(
                f"  {name} = meta.reindex {a}[affine_map<(d0, d1) -> (d0 - 1, d1 + 1)>] "
                f"sizes(%n, %n) else %z{number} : {WIDE}, f32 -> {WIDE}"
            )
        else:
            dim = choose.randint(0, 1)
            lines.append(
                f"  %r{number} = meta.reduce add {a} dimensions = [{dim}] : {WIDE} -> {ROW}"
            )
            lines.append(
                f"  {name} = meta.broadcast %r{number} sizes(%n) "
                f"dimensions = [{choose.randint(0, 1)}] : {ROW} -> {WIDE}"
            )
        known.append(name)
    lines.append(f"  %s = arith.addf {known[-1]}, {known[-2]} : {WIDE}")
    return program("\n".join([*lines, f"  return %s : {WIDE}"]))


def test_random_programs_keep_their_values() -> None:
    gathered = 0
    for seed in range(30):
        text = random_program(seed)
        module = run_passes(text, GROUP)
        gathered += generics(run_passes(text, LOWER)) - generics(module)
        check_values(text, module)
    assert gathered > 60

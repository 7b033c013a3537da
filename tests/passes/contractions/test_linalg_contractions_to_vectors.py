"""linalg-contractions-to-vectors: what becomes tiles, with what follows, and what stays."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from stepwell.ir.diagnostics import PassError
from stepwell.ir.interpreter.interpreter import Interpreter
from stepwell.ir.operation import Operation, walk
from tests.passes.passes_on_text import run_passes

Array = NDArray[Any]
PASS = "linalg-contractions-to-vectors{vector-bits=128 rows=2}"
MATRIX = "memref<?x?xf32>"
PRODUCT = f"""
  linalg.fill ins(%zero : f32) outs(%c : {MATRIX})
  linalg.matmul ins(%a, %b : {MATRIX}, {MATRIX}) outs(%c : {MATRIX})"""
ROWWISE = "affine_map<(i, j) -> (i, j)>"


def pointwise(inputs: str, outputs: str, maps: str, body: str) -> str:
    ins = f" ins({inputs})" if inputs else ""
    return f"""
  linalg.generic {{indexing_maps = [{maps}], iterator_types = ["parallel", "parallel"]}}{ins}
      outs({outputs} : {MATRIX}) {{
  {body}
  }}"""


RELU = pointwise(
    "", "%c", ROWWISE,
    "^bb0(%o: f32):\n  %y = arith.maximumf %o, %zero : f32\n  linalg.yield %y : f32",
)  # fmt: skip
BIAS = pointwise(
    "%v : memref<?xf32>", "%c", f"affine_map<(i, j) -> (j)>, {ROWWISE}",
    "^bb0(%x: f32, %o: f32):\n  %y = arith.addf %o, %x : f32\n  linalg.yield %y : f32",
)  # fmt: skip
DOUBLE = pointwise(
    f"%c : {MATRIX}", "%d", f"{ROWWISE}, {ROWWISE}",
    "^bb0(%x: f32, %o: f32):\n  %y = arith.addf %x, %x : f32\n  linalg.yield %y : f32",
)  # fmt: skip


def program(*parts: str) -> str:
    """A function that allocates its result, so that nothing else is that memory."""
    return f"""func.func @f(%a: {MATRIX}, %b: {MATRIX}, %v: memref<?xf32>, %out: {MATRIX}) {{
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  %m = memref.dim %out, %c0 : {MATRIX}
  %n = memref.dim %out, %c1 : {MATRIX}
  %c = memref.alloc(%m, %n) : {MATRIX}
  %d = memref.alloc(%m, %n) : {MATRIX}{"".join(parts)}
  memref.copy %c, %out : {MATRIX} to {MATRIX}
  memref.dealloc %c : {MATRIX}
  memref.dealloc %d : {MATRIX}
  return
}}"""


def names(module: Operation) -> list[str]:
    return [op.name for op in walk(module)]


def values(module: Operation, m: int, k: int, n: int) -> tuple[Array, Array, Array]:
    """What the function stores; the product of what it was given, and the vector."""
    random = np.random.default_rng(m + k + n)
    a, b, v = (random.integers(-4, 5, shape).astype(np.float32) for shape in ((m, k), (k, n), (n,)))
    out = np.full((m, n), 99, np.float32)
    product = a @ b
    Interpreter(module).call("f", a, b, v, out)
    return out, product, v


def test_the_structure() -> None:
    module = run_passes(program(PRODUCT), PASS)
    found = names(module)
    assert found.count("scf.parallel") == 1 and found.count("vector.fma") == 2 * 2
    assert "linalg.matmul" not in found and "linalg.fill" not in found
    calls = [str(op.properties["callee"]) for op in walk(module) if op.name == "func.call"]
    assert calls == ["@contraction_pack_f32_0", "@contraction_tile_f32"]


@pytest.mark.parametrize("size", [(1, 1, 1), (3, 5, 9), (2, 0, 3), (7, 2, 8)])
def test_what_follows_becomes_part_of_it(size: tuple[int, int, int]) -> None:
    module = run_passes(program(PRODUCT, BIAS, RELU), PASS)
    assert names(module).count("scf.parallel") == 1
    assert "linalg.generic" not in names(module)
    out, product, v = values(module, *size)
    np.testing.assert_array_equal(out, np.maximum(product + v, 0))


def test_without_a_fill_products_are_added() -> None:
    text = program(PRODUCT.replace("%zero : f32", "%two : f32"))
    text = text.replace("%zero = ", "%two = arith.constant 2.0 : f32\n  %zero = ")
    module = run_passes(text, PASS)
    assert "linalg.fill" in names(module)
    out, product, _ = values(module, 3, 4, 5)
    np.testing.assert_array_equal(out, product + 2)


def test_a_second_result_is_written_along() -> None:
    swap = f"\n  memref.copy %d, %out : {MATRIX} to {MATRIX}"
    copy = "\n  memref.copy %c, %out"
    text = program(PRODUCT, BIAS, DOUBLE).replace(copy, swap + copy)
    module = run_passes(text, PASS)
    assert "linalg.generic" not in names(module)
    out, product, v = values(module, 3, 4, 5)
    np.testing.assert_array_equal(out, product + v)
    only = program(PRODUCT, DOUBLE).replace("memref.copy %c", "memref.copy %d")
    module = run_passes(only, PASS)
    out, product, v = values(module, 3, 4, 5)
    np.testing.assert_array_equal(out, product * 2)
    stored = [op.operands[1].type for op in walk(module) if op.name == "memref.store"]
    stores = [type for type in stored if "?" in str(type)]
    assert len(stores) == 1, "nobody looks at %c itself"


def test_what_writes_a_factor_is_not_pulled_in() -> None:
    into_a = pointwise(
        f"%c : {MATRIX}", "%a", f"{ROWWISE}, {ROWWISE}",
        "^bb0(%x: f32, %o: f32):\n  %y = arith.addf %x, %o : f32\n  linalg.yield %y : f32",
    )  # fmt: skip
    module = run_passes(program(PRODUCT, into_a), PASS)
    assert "linalg.generic" in names(module)
    out, product, _ = values(module, 3, 3, 3)
    np.testing.assert_array_equal(out, product)


def test_what_reads_elsewhere_is_not_pulled_in() -> None:
    turned = DOUBLE.replace(f"[{ROWWISE}", "[affine_map<(i, j) -> (j, i)>", 1)
    module = run_passes(program(PRODUCT, turned), PASS)
    assert "linalg.generic" in names(module)


STAYING = {
    "no sum": f"linalg.add ins(%a, %b : {MATRIX}, {MATRIX}) outs(%c : {MATRIX})",
    "no columns": f"linalg.matvec ins(%a, %v : {MATRIX}, memref<?xf32>) outs(%w : memref<?xf32>)",
    "integers": "linalg.matmul ins(%i, %i : memref<2x2xi32>, memref<2x2xi32>) "
    "outs(%i : memref<2x2xi32>)",
    "gaps": "linalg.matmul ins(%s, %b : memref<?x?xf32, strided<[?, 1]>>, "
    f"{MATRIX}) outs(%c : {MATRIX})",
    "its own factor": f"linalg.matmul ins(%c, %b : {MATRIX}, {MATRIX}) outs(%c : {MATRIX})",
}


@pytest.mark.parametrize("text", STAYING.values(), ids=STAYING.keys())
def test_other_ops_stay(text: str) -> None:
    more = "%w: memref<?xf32>, %i: memref<2x2xi32>, %s: memref<?x?xf32, strided<[?, 1]>>, "
    whole = program(f"\n  {text}").replace("(%a:", f"({more}%a:")
    assert "scf.parallel" not in names(run_passes(whole, PASS))


@pytest.mark.parametrize("options", ["vector-bits=100", "rows=3", "rows=0"])
def test_options_that_cannot_be(options: str) -> None:
    with pytest.raises(PassError, match="power of two"):
        run_passes(program(PRODUCT), f"linalg-contractions-to-vectors{{{options}}}")

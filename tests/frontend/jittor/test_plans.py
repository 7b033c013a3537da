"""Laziness, and how often programs are compiled."""

from __future__ import annotations

import gc
import weakref

import numpy as np
import pytest

from stepwell.frontend import jittor as jt

pytestmark = pytest.mark.usefixtures("nothing_compiled")


def compiled() -> int:
    return jt.compile_stats().compiled


def layer(x: jt.Var, w: jt.Var, b: jt.Var) -> jt.Var:
    y = jt.tanh(x @ w + b)
    return (y * y).mean(1) / y.max(1)


def test_nothing_is_computed_before_it_is_asked_for() -> None:
    before = jt.compile_stats()
    y = jt.exp(jt.randn(3, 4) * 1.23).sum(0)
    assert y.shape == [4] and y.dtype == "float32"
    assert jt.compile_stats() == before and y.node.value is None
    y.sync()
    assert jt.compile_stats().compiled == before.compiled + 1 and y.node.value is not None


def test_sizes_do_not_compile_anew() -> None:
    before = compiled()
    for batch, width, out in [(1, 5, 3), (4, 5, 3), (8, 5, 3), (8, 7, 2), (3, 1, 6)]:
        x, w, b = jt.randn(batch, width), jt.randn(width, out), jt.randn(out)
        y = np.tanh(x.numpy() @ w.numpy() + b.numpy())
        wanted = (y * y).mean(1) / y.max(1)
        np.testing.assert_allclose(layer(x, w, b).numpy(), wanted, 1e-4, 1e-4)
    assert compiled() == before + 1


def test_sizes_of_new_arrays_do_not_compile_anew() -> None:
    before = compiled()
    for rows in (2, 3, 10):
        x = jt.ones(rows, 4) * 0.75 + jt.arange(rows * 4).reshape(rows, 4)[1:2]
        wanted = np.full((rows, 4), 0.75) + np.arange(rows * 4).reshape(rows, 4)[1:2]
        np.testing.assert_allclose(x.numpy(), wanted)
    assert compiled() == before + 1


def test_a_repeated_step_finds_its_plan() -> None:
    x = jt.randn(6)
    (x * 1.5 - 2.5).sync()
    before = jt.compile_stats()
    for _ in range(5):
        (x * 1.5 - 2.5).sync()
    after = jt.compile_stats()
    assert (after.compiled, after.hits) == (before.compiled, before.hits + 5)


def test_structure_types_ranks_and_constants_have_plans_of_their_own() -> None:
    x, y = jt.randn(3, 3), jt.randn(3, 3)
    before = compiled()
    values = [
        (x - y * 0.375).sync().numpy(),
        (y - y * 0.375).sync().numpy(),
        (x[0] - y[0] * 0.375).sync().numpy(),
        (x - y * 0.625).sync().numpy(),
        (x.cast("float64") - y.cast("float64") * 0.375).sync().numpy(),
    ]
    assert compiled() == before + 5
    a, b = x.numpy(), y.numpy()
    np.testing.assert_allclose(values[0], a - b * 0.375, 1e-6)
    np.testing.assert_allclose(values[1], b - b * 0.375, 1e-6)
    np.testing.assert_allclose(values[3], a - b * 0.625, 1e-6)


def test_zeros_of_both_signs_are_different_constants() -> None:
    x = jt.array([1.0])
    assert (x / (x * 0.0)).item() == np.inf
    assert (x / (x * -0.0)).item() == -np.inf


def test_a_graph_that_comes_with_ever_new_constants_is_compiled_a_few_times_only() -> None:
    x = jt.array([1.0, -2.0])
    before = compiled()
    for number in range(3, 30):
        y = jt.maximum(x * (number + 0.5) * 2.0, number) - jt.full([2], number / 97)
        wanted = np.maximum(x.numpy() * (number + 0.5) * 2, number) - number / 97
        np.testing.assert_allclose(y.numpy(), wanted, 1e-5)
    assert compiled() == before + 5


def test_unused_results_are_not_computed() -> None:
    x = jt.randn(3)
    before = compiled()
    y = x * 0.125
    unused = jt.exp(x * 17.0).sum()
    del unused
    y.sync()
    assert "exp" not in jt.dump_ir(y, "graph") and compiled() <= before + 1


def test_held_results_on_the_way_are_kept() -> None:
    x = jt.randn(3)
    y = jt.exp(x)
    z = y + 1
    z.sync()
    assert y.node.value is not None
    np.testing.assert_array_equal(z.numpy(), y.numpy() + np.float32(1))


def test_sync_all_computes_what_is_held() -> None:
    a, b = jt.randn(3) + 1, jt.randn(4) * 2
    jt.sync_all()
    assert a.node.value is not None and b.node.value is not None


def test_assign_leaves_what_was_computed_from_the_old_value() -> None:
    x = jt.array([1.0])
    y = x + 1
    x.assign(jt.array([10.0]))
    assert (y.item(), (x + 1).item()) == (2.0, 11.0)


def test_control_flow_may_depend_on_values() -> None:
    x = jt.array([3.0])
    steps = 0
    while (x > 1).item():
        x = x / 2
        steps += 1
    assert steps == 2


def test_a_loop_that_syncs_keeps_no_history() -> None:
    x = jt.array([0.0])
    first = weakref.ref(x.node.value)
    for _ in range(20):
        x = x + 1
        x.sync()
    gc.collect()
    assert first() is None and x.item() == 20


def test_long_chains_do_not_recurse() -> None:
    x = jt.array([0.0])
    y = x
    for _ in range(1500):
        y = y + x
    assert "%1500" in jt.dump_ir(y, "graph")


def test_constants_of_a_chain_are_combined() -> None:
    x = jt.randn(2, 3)
    text = jt.dump_ir(x * 2.0 * 3.0, "linalg")
    assert text.count("arith.mulf") == 1 and "6.000000e+00" in text
    np.testing.assert_allclose((x * 2.0 * 3.0).numpy(), x.numpy() * 6, 1e-6)
    assert jt.dump_ir(x + 1.0 + 2.0, "linalg").count("arith.addf") == 1
    assert jt.dump_ir(x / 2.0 / 4.0, "linalg").count("arith.divf") == 1
    np.testing.assert_allclose((x / 2.0 / 4.0).numpy(), x.numpy() / 8, 1e-6)


def test_constants_are_not_combined_where_the_middle_is_wanted() -> None:
    x = jt.randn(2)
    y = x * 2.0
    z = y * 3.0
    assert jt.dump_ir(z + y, "linalg").count("arith.mulf") == 2


def test_levels_of_the_program() -> None:
    x, b = jt.randn(2, 3), jt.randn(3)
    y = jt.exp(x * 2.0) + b
    assert jt.dump_ir(y, "meta").count("meta.broadcast") == 1
    assert jt.dump_ir(y, "linalg").count("linalg.generic") == 3
    assert jt.dump_ir(y, "fused").count("linalg.generic") == 1
    assert "memref" in jt.dump_ir(y, "buffers") and "tensor<" not in jt.dump_ir(y, "buffers")
    assert jt.dump_ir(y, "loops").count("scf.parallel") == 1
    assert "llvm.func" in jt.dump_ir(y, "llvm")
    assert "define " in jt.dump_ir(y, "llvm-ir")
    with pytest.raises(jt.TensorError, match="the levels are: graph"):
        jt.dump_ir(y, "asm")
    with pytest.raises(jt.TensorError, match="value is given"):
        jt.dump_ir(x.sync())

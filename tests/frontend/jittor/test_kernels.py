"""How programs become loops: what is fused, hoisted, dropped."""

from __future__ import annotations

import re

import numpy as np
import pytest

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor.nn import functional as F


def parameters(channels: int) -> tuple[jt.Var, jt.Var, jt.Var, jt.Var]:
    mean, variance, weight, bias = (jt.rand(channels) + 0.5 for _ in range(4))
    return mean, variance, weight, bias


def conv_bn_relu(padding: int) -> jt.Var:
    x, w, b = jt.randn(2, 3, 8, 9), jt.randn(5, 3, 3, 3), jt.randn(5)
    return F.relu(F.batch_norm(F.conv2d(x, w, b, padding=padding), *parameters(5)))


@pytest.mark.parametrize("padding", [0, 1])
def test_convolution_with_what_follows_is_one_kernel(padding: int) -> None:
    y = conv_bn_relu(padding)
    assert jt.kernel_count(y) == 1
    text = jt.dump_ir(y, "loops")
    assert text.count("scf.parallel") == 1 and text.count("memref.alloc(") == 1


def test_fused_conv_relu_bn_is_what_it_says() -> None:
    x, w, given = jt.randn(2, 3, 6, 6), jt.randn(4, 3, 3, 3), parameters(4)
    made = jt.ops.fused_conv_relu_bn(x, w, given, padding=1)
    wanted = F.batch_norm(F.relu(F.conv2d(x, w, padding=1)).sync(), *given)
    np.testing.assert_allclose(made.numpy(), wanted.numpy(), 1e-4, 1e-5)
    assert jt.kernel_count(jt.ops.fused_conv_relu_bn(x, w, given[:2])) == 1
    with pytest.raises(jt.TensorError, match="not 3 parts"):
        jt.ops.fused_conv_relu_bn(x, w, given[:3])


def test_chains_and_reductions_are_one_kernel() -> None:
    x, w, b = jt.randn(4, 5), jt.randn(5, 6), jt.randn(6)
    assert jt.kernel_count(jt.exp(jt.tanh(x) * 2.0 + x) - x) == 1
    assert jt.kernel_count(F.gelu(x @ w + b)) == 1
    assert jt.kernel_count(F.softmax(x)) == 1
    assert jt.kernel_count(F.softmax(x @ w)) == 2
    assert jt.kernel_count(F.max_pool2d(jt.randn(1, 2, 4, 4), 2)) == 1
    with pytest.raises(jt.TensorError, match="value is given"):
        jt.kernel_count(x.sync())


def test_what_one_kernel_writes_and_another_reads_elsewhere_is_two() -> None:
    x, w = jt.randn(1, 2, 8, 8), jt.randn(2, 2, 3, 3)
    assert jt.kernel_count(F.conv2d(F.relu(F.conv2d(x, w)), w)) == 2


def test_contractions_by_their_names() -> None:
    x, w = jt.randn(1, 2, 6, 6), jt.randn(3, 2, 3, 3)
    assert "linalg.conv_2d_nchw_fchw" in jt.dump_ir(F.conv2d(x, w, padding=1), "named")
    assert "linalg.matmul" in jt.dump_ir(jt.randn(2, 3) @ jt.randn(3, 4), "named")


def test_dead_code_is_not_compiled() -> None:
    x, w = jt.randn(1, 2, 6, 6), jt.randn(3, 2, 3, 3)
    unused = F.conv2d(x, w)
    del unused
    y = F.relu(F.conv2d(x, w) * 2.0)
    assert jt.dump_ir(y, "graph").count("reindex") == 1
    assert jt.dump_ir(y, "fused").count("linalg.generic") == 2


def test_sums_of_products_are_kept_in_registers() -> None:
    x, w = jt.randn(4, 5), jt.randn(6, 5)
    text = jt.dump_ir(F.linear(x, w), "loops")
    assert "call @contraction_tile_f32(" in text
    assert re.search(r"scf\.for .* iter_args\(.*= %cst", text.split("@contraction_tile_f32(")[-1])


def loops_of_reduction(y: jt.Var) -> str:
    (found,) = re.findall(r"iterator_types = \[(.*reduction.*?)\]", jt.dump_ir(y, "fused"))
    return str(found).replace('"', "")


def test_the_innermost_loop_is_along_rows() -> None:
    x, w = jt.randn(4, 5), jt.randn(6, 5)
    for y in (F.linear(x, w), x @ w.T):
        assert loops_of_reduction(y) == "parallel, parallel, reduction"
    assert loops_of_reduction(x @ jt.randn(5, 6)) == "parallel, reduction, parallel"

"""The meta-operators by name, and the functions that arrange elements."""

from __future__ import annotations

import numpy as np
import pytest

from stepwell.frontend import jittor as jt


def numbers(*shape: int) -> jt.Var:
    return jt.array(np.random.default_rng(len(shape)).standard_normal(shape), "float64")


def test_reindex_moves_elements() -> None:
    x = numbers(4, 5)
    a = x.numpy()
    np.testing.assert_array_equal(jt.reindex(x, [5, 4], ["i1", "i0"]).numpy(), a.T)
    np.testing.assert_array_equal(jt.reindex(x, [2, 5], ["i0 * 2 + 1", "i1"]).numpy(), a[1::2])
    rolled = jt.reindex(x, [4, 5], ["i0", "(i1 + 2) % xshape1"]).numpy()
    np.testing.assert_array_equal(rolled, np.roll(a, -2, 1))
    halves = jt.reindex(x, [8, 5], ["i0 / 2", "i1"]).numpy()
    np.testing.assert_array_equal(halves, np.repeat(a, 2, 0))
    flipped = jt.reindex(x, [4, 5], ["-i0 + xshape0 - 1", "i1"]).numpy()
    np.testing.assert_array_equal(flipped, a[::-1])


def test_reindex_gives_the_overflow_value_outside() -> None:
    x = numbers(2, 3)
    made = jt.reindex(x, [4, 5], ["i0-1", "i1-1"], overflow_value=7).numpy()
    np.testing.assert_array_equal(made, np.pad(x.numpy(), 1, constant_values=7))


def test_reindex_reduce_is_the_transpose() -> None:
    y = numbers(3, 4)
    a = y.numpy()
    made = jt.reindex_reduce(y, "add", [4], ["i1"]).numpy()
    np.testing.assert_allclose(made, a.sum(0))
    wanted = np.zeros(6)
    for i in range(3):
        for j in range(4):
            wanted[i + j] += a[i, j]
    np.testing.assert_allclose(jt.reindex_reduce(y, "add", [6], ["i0+i1"]).numpy(), wanted)
    dropped = jt.reindex_reduce(y, "maximum", [2], ["i0-1"]).numpy()
    np.testing.assert_allclose(dropped, a[1:].max(1))


def test_reindex_says_what_is_wrong() -> None:
    x = numbers(2, 3)
    with pytest.raises(jt.TensorError, match="cannot read the index expression 'i0 \\+'"):
        jt.reindex(x, [2], ["i0 +", "0"])
    with pytest.raises(jt.TensorError, match="is not affine"):
        jt.reindex(x, [2, 2], ["i0 * i1", "0"])
    with pytest.raises(jt.TensorError, match="dimensions that are not there"):
        jt.reindex(x, [2], ["i1", "0"])
    with pytest.raises(jt.TensorError, match="1 indices"):
        jt.reindex(x, [2], ["i0"])


def test_convolution_written_with_meta_operators() -> None:
    x, w = numbers(2, 3, 6, 6), numbers(4, 3, 3, 3)
    patches = jt.reindex(x, [2, 4, 3, 4, 4, 3, 3], ["i0", "i2", "i3+i5", "i4+i6"])
    made = (patches * w.broadcast([2, 4, 3, 4, 4, 3, 3], [0, 3, 4])).sum([2, 5, 6])
    np.testing.assert_allclose(made.numpy(), jt.nn.functional.conv2d(x, w).numpy())


def test_unary_binary_ternary_and_reduce_by_name() -> None:
    x, y = numbers(3, 4), numbers(3, 4)
    a, b = x.numpy(), y.numpy()
    np.testing.assert_allclose(jt.unary(x, "exp").numpy(), np.exp(a))
    assert jt.unary(x, "int32").dtype == "int32"
    np.testing.assert_allclose(jt.binary(x, y, "maximum").numpy(), np.maximum(a, b))
    np.testing.assert_array_equal(jt.binary(x, y, "logical_and").numpy(), np.ones((3, 4), bool))
    np.testing.assert_allclose(jt.binary(x, 2, "pow").numpy(), a**2)
    np.testing.assert_allclose(jt.ternary(x > 0, x, y).numpy(), np.where(a > 0, a, b))
    np.testing.assert_allclose(jt.reduce(x, "mean", 1, True).numpy(), a.mean(1, keepdims=True))
    np.testing.assert_allclose(jt.reduce(x, "max", [0]).numpy(), a.max(0))
    with pytest.raises(jt.TensorError, match="there is no binary operator 'plus'"):
        jt.binary(x, y, "plus")
    with pytest.raises(jt.TensorError, match="there is no reduction 'median'"):
        jt.reduce(x, "median")


def test_random_numbers_depend_on_the_seed_alone() -> None:
    jt.set_global_seed(7)
    first = [jt.rand(3, 4), jt.randn(1000), jt.random((2,), "float64")]
    values = [one.numpy() for one in reversed(first)][::-1]
    jt.set_global_seed(7)
    for value, again in zip(values, [jt.rand(3, 4), jt.randn(1000), jt.random((2,), "float64")],
                            strict=True):  # fmt: skip
        np.testing.assert_array_equal(value, again.numpy())
    jt.set_global_seed(8)
    assert (jt.rand(3, 4).numpy() != values[0]).all()
    assert (values[0] >= 0).all() and (values[0] < 1).all()
    assert abs(values[1].mean()) < 0.15 and abs(values[1].std() - 1) < 0.1
    with pytest.raises(jt.TensorError, match="'uniform' or 'normal'"):
        jt.random((2,), type="poisson")


def test_random_numbers_are_a_meta_operator() -> None:
    assert "meta.random normal" in jt.dump_ir(jt.randn(2, 3), "meta")


def test_concat_and_stack() -> None:
    x, y = numbers(2, 3), numbers(2, 3) * 2.0
    a, b = x.numpy(), y.numpy()
    for dim in (0, 1, -1):
        joined = jt.concat([x, y, x], dim).numpy()
        np.testing.assert_array_equal(joined, np.concatenate([a, b, a], dim))
        np.testing.assert_array_equal(jt.stack([x, y], dim).numpy(), np.stack([a, b], dim))
    both = jt.concat([jt.array([1, 2]), jt.array([0.5])])
    assert both.dtype == "float32" and both.numpy().tolist() == [1, 2, 0.5]
    with pytest.raises(jt.TensorError, match="cannot concatenate"):
        jt.concat([x, numbers(3, 4)])


def test_shapes() -> None:
    x = numbers(2, 3, 4)
    a = x.numpy()
    assert jt.flatten(x).shape == [24] and jt.flatten(x, 1).shape == [2, 12]
    assert jt.flatten(x, 0, 1).shape == [6, 4]
    assert jt.squeeze(jt.unsqueeze(x, 1), 1).shape == [2, 3, 4]
    for part, wanted in zip(jt.chunk(x, 2, 2), np.split(a, 2, 2), strict=True):
        np.testing.assert_array_equal(part.numpy(), wanted)
    assert [part.shape[1] for part in jt.split(x, 2, 1)] == [2, 1]
    with pytest.raises(jt.TensorError, match="is not of size 1"):
        jt.squeeze(x, 0)


def test_argmax_and_argmin() -> None:
    a = np.array([[1.0, 5.0, 5.0], [np.nan, 7.0, 8.0], [3.0, 2.0, 2.0]])
    x = jt.array(a)
    for dim in (0, 1):
        index, value = jt.argmax(x, dim)
        np.testing.assert_array_equal(index.numpy(), a.argmax(dim))
        np.testing.assert_array_equal(value.numpy(), a.max(dim))
        np.testing.assert_array_equal(jt.argmin(x, dim)[0].numpy(), a.argmin(dim))
    index, value = jt.argmax(jt.array([3, 9, 9, 1]))
    assert (index.item(), value.item()) == (1, 9) and index.dtype == "int32"
    assert jt.argmin(x, 1, keepdims=True)[0].shape == [3, 1]


def test_clamp_and_cumsum() -> None:
    x = numbers(3, 5)
    a = x.numpy()
    np.testing.assert_allclose(jt.clamp(x, -0.5, 0.5).numpy(), a.clip(-0.5, 0.5))
    np.testing.assert_allclose(jt.clamp(x, min_v=0).numpy(), a.clip(0))
    for dim in (0, 1):
        np.testing.assert_allclose(jt.cumsum(x, dim).numpy(), a.cumsum(dim))

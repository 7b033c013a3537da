"""Functions with derivatives of their own, and hooks of modules."""

from __future__ import annotations

import numpy as np
import pytest

from stepwell.frontend import jittor as jt
from tests.frontend.jittor.gradient_checking import check


class Cube(jt.Function):
    def execute(self, x: jt.Var) -> jt.Var:
        self.x = x
        return x * x * x

    def grad(self, g: jt.Var) -> jt.Var:
        return g * self.x * self.x * 3.0


class ProductAndQuotient(jt.Function):
    def execute(self, x: jt.Var, factor: float, y: jt.Var) -> tuple[jt.Var, jt.Var]:
        self.x, self.y, self.factor = x, y, factor
        return x * y * factor, x / y

    def grad(self, g: jt.Var | None, h: jt.Var | None) -> tuple[jt.Var, None, jt.Var]:
        by_x, by_y = self.x * 0.0, self.x * 0.0
        if g is not None:
            by_x, by_y = by_x + g * self.y * self.factor, by_y + g * self.x * self.factor
        if h is not None:
            by_x, by_y = by_x + h / self.y, by_y - h * self.x / (self.y * self.y)
        return by_x, None, by_y


class Straight(jt.Function):
    """Rounding, whose derivative is taken to be 1."""

    def execute(self, x: jt.Var) -> jt.Var:
        return x // 1.0

    def grad(self, g: jt.Var) -> jt.Var:
        return g


X, Y = np.array([[0.5, -1.2], [2.0, 0.7]]), np.array([[1.5, 0.8], [-0.6, 2.1]])


def cube(x: jt.Var) -> jt.Var:
    found = Cube.apply(x)
    assert isinstance(found, jt.Var)
    return found


def test_derivatives_agree_with_differences() -> None:
    check(lambda x: cube(x * 2.0) + x, [X])
    check(lambda x: cube(cube(x) + x * x), [X])

    def both(x: jt.Var, y: jt.Var) -> jt.Var:
        p, q = ProductAndQuotient.apply(x * y, 1.5, y)
        return p * q + x

    def second(x: jt.Var, y: jt.Var) -> jt.Var:
        return ProductAndQuotient.apply(x, 1.5, cube(y))[1]

    check(both, [X, Y])
    check(second, [X, Y])


def test_the_derivative_is_what_the_function_says() -> None:
    x = jt.array(X)
    y = Straight()(x)
    assert isinstance(y, jt.Var) and not y.is_stop_grad()
    np.testing.assert_array_equal(y.numpy(), np.floor(X))
    np.testing.assert_array_equal(jt.grad((y * y).sum(), x).numpy(), 2 * np.floor(X))
    (y * 3.0).sum().backward()
    assert x.grad is not None
    np.testing.assert_array_equal(x.grad.numpy(), np.full((2, 2), 3.0))


def test_derivatives_by_the_result_itself() -> None:
    x = jt.array(X)
    y = cube(x)
    g, h = jt.grad((y * y).sum(), [y, x])
    np.testing.assert_allclose(g.numpy(), 2 * X**3, rtol=1e-5)
    np.testing.assert_allclose(h.numpy(), 6 * X**5, rtol=1e-5)


def test_no_derivatives_where_none_are_recorded() -> None:
    x = jt.array(X)
    with jt.no_grad():
        y = cube(x)
    with pytest.warns(UserWarning, match="doesn't have gradient"):
        assert not jt.grad(y.sum(), x).numpy().any()


def test_functions_that_do_not_fit() -> None:
    class Wrong(jt.Function):
        def execute(self, x: jt.Var) -> jt.Var:
            return x

        def grad(self, g: jt.Var) -> tuple[jt.Var, ...]:
            return (g, g)

    class Shapeless(Wrong):
        def grad(self, g: jt.Var) -> tuple[jt.Var, ...]:
            return (g.sum(),)

    x = jt.array(X)
    with pytest.raises(jt.TensorError, match="grad of Wrong must return 1 derivatives"):
        jt.grad(Wrong()(x).sum(), x)  # type: ignore[union-attr]
    with pytest.raises(jt.TensorError, match=r"Shapeless returned a Var of \[1,\] for an argument"):
        jt.grad(Shapeless()(x).sum(), x)  # type: ignore[union-attr]
    with pytest.raises(jt.TensorError, match="Function does not define execute"):
        jt.Function()(x)


def test_hooks_before_and_after() -> None:
    layer = jt.nn.Linear(2, 2)
    seen: list[object] = []
    before = layer.register_pre_forward_hook(lambda module, inputs: (inputs[0] * 2.0,))
    layer.register_forward_hook(lambda module, inputs, output: seen.append((module, inputs)))
    layer.register_forward_hook(lambda module, inputs, output: output + 1.0)
    x = jt.array(X)
    assert layer.bias is not None
    wanted = 2 * X @ layer.weight.numpy().T + layer.bias.numpy() + 1
    np.testing.assert_allclose(layer(x).numpy(), wanted, rtol=1e-5)
    assert len(seen) == 1
    before.remove()
    layer.remove_forward_hook()
    np.testing.assert_allclose(layer(x).numpy(), (wanted - 1 + layer.bias.numpy()) / 2, rtol=1e-4)
    assert [name for name, _ in layer.named_parameters()] == ["weight", "bias"]


def test_hooks_of_derivatives() -> None:
    layer = jt.nn.Linear(2, 1, bias=False)
    seen: list[tuple[jt.Var, ...]] = []
    layer.register_output_backward_hook(lambda module, given: (given[0] * 2.0,))
    layer.register_input_backward_hook(lambda module, given: (given[0] * 10.0,))

    def note(
        module: jt.Module, by_inputs: tuple[jt.Var, ...], by_outputs: tuple[jt.Var, ...]
    ) -> None:
        seen.extend([by_inputs, by_outputs])

    layer.register_backward_hook(note)
    x = jt.array(X)
    by_x, by_weight = jt.grad(layer(x).sum(), [x, layer.weight])
    np.testing.assert_allclose(by_x.numpy(), 20 * np.tile(layer.weight.numpy(), (2, 1)), rtol=1e-5)
    np.testing.assert_allclose(by_weight.numpy(), 2 * X.sum(0, keepdims=True), rtol=1e-5)
    (inputs,), (outputs,) = seen
    np.testing.assert_allclose(inputs.numpy(), by_x.numpy())
    np.testing.assert_allclose(outputs.numpy(), np.full((2, 1), 2.0))


def test_hooks_in_training() -> None:
    model = jt.nn.Sequential(jt.nn.Linear(2, 3), jt.nn.ReLU(), jt.nn.Linear(3, 1))
    steps: list[int] = []
    model.register_backward_hook(lambda module, a, b: steps.append(1))
    optimizer = jt.optim.SGD(model.parameters(), 0.1)
    before = model.parameters()[0].numpy()
    for _ in range(3):
        optimizer.step((model(jt.array(X)) ** 2).mean())
    assert len(steps) == 3 and not np.array_equal(before, model.parameters()[0].numpy())

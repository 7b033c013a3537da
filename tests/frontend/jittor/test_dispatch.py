"""What the library does around a repeated plan, in calls: time follows them, whatever the machine.

`benchmarks/dispatch.py` has the microseconds.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor.node import Node
from stepwell.frontend.jittor.program import Recording
from tests.effort import calls_made

# Plans with other constants, and values on a device, take a few calls more.
pytestmark = pytest.mark.usefixtures("nothing_compiled")


def chain(x: jt.Var, length: int) -> jt.Var:
    y = x
    for _ in range(length // 2):
        y = y * x + x
    return y


def per_operation(action: Callable[[int], object]) -> float:
    """The calls that each operation adds, of graphs whose plans are there."""
    for length in (100, 200):
        action(length)
    return (calls_made(lambda: action(200)) - calls_made(lambda: action(100))) / 100


@pytest.fixture
def x() -> jt.Var:
    return jt.array(np.ones(16, np.float32))


def test_an_operator_makes_few_calls(x: jt.Var) -> None:
    assert per_operation(lambda length: chain(x, length)) < 8


def test_an_operation_of_a_repeated_plan_makes_few_calls(x: jt.Var) -> None:
    assert per_operation(lambda length: chain(x, length).sync()) < 15


def test_one_operation_alone_makes_few_calls(x: jt.Var) -> None:
    (x + 1).sync()
    assert calls_made(lambda: (x + 1).sync()) <= 45


def code(*roots: jt.Var) -> tuple[object, ...]:
    return Recording([root.node for root in roots]).code


def test_equal_graphs_have_one_code_in_whatever_order_they_were_made(x: jt.Var) -> None:
    a, b = jt.exp(x), jt.sin(x)
    d, c = jt.sin(x), jt.exp(x)
    assert code(a - b) == code(c - d)
    assert code(a - b) != code(d - c)


def test_what_is_shared_is_part_of_the_code(x: jt.Var) -> None:
    y, a = jt.array(np.ones(16, np.float32)), jt.exp(x)
    assert code(a * a) != code(jt.exp(x) * jt.exp(x))
    assert code(x * x) != code(x * y) == code(y * x)


def test_what_is_held_is_part_of_the_code(x: jt.Var) -> None:
    middle = jt.exp(x)
    held = code(middle + 1)
    del middle
    not_held = code(jt.exp(x) + 1)
    assert held != not_held


def test_programs_compute_in_the_order_in_which_nodes_were_made(x: jt.Var) -> None:
    second = jt.sin(x)
    first = jt.exp(x)
    names = [one.instruction.name for one in order(first - second)]
    assert names == ["leaf", "sin", "exp", "subtract"]


def order(root: jt.Var) -> list[Node]:
    return Recording([root.node]).nodes()

"""The reducer: what is left is interesting, small, and the same each time."""

from __future__ import annotations

from stepwell.frontend.reduction.reducer import Reducer, size_of
from stepwell.ir.operation import Operation, walk
from stepwell.ir.text.parse import parse_module
from stepwell.ir.text.printer import print_to_text
from tests.semantics.programs import program


def has(name: str, count: int = 1) -> object:
    return lambda op: sum(one.name == name for one in walk(op)) >= count


def reduce(text: str, name: str, count: int = 1, tries: int = 500) -> Reducer:
    reducer = Reducer(parse_module(text), has(name, count), tries)  # type: ignore[arg-type]
    reducer.run()
    return reducer


def test_random_programs_become_a_few_ops() -> None:
    for seed in range(4):
        text = program(seed, 12)
        module = parse_module(text)
        name = [one.name for one in walk(module) if one.name.startswith("arith.")][-1]
        reducer = reduce(text, name)
        assert any(one.name == name for one in walk(reducer.best))
        assert size_of(reducer.best)[0] <= 8 < size_of(module)[0]
        assert print_to_text(reduce(text, name).best) == print_to_text(reducer.best)


def long_chain(count: int) -> str:
    lines = [f"  %{n + 1} = arith.addi %{n}, %{n} : i32" for n in range(count)]
    body = "\n".join(lines).replace("%0,", "%x,").replace("%0 ", "%x ")
    return f"func.func @f(%x: i32) -> i32 {{\n{body}\n  return %{count} : i32\n}}\n"


def test_many_ops_go_in_few_tries() -> None:
    reducer = reduce(long_chain(512), "arith.addi")
    assert size_of(reducer.best)[0] == 4 and reducer.tries < 40


def test_the_number_of_tries_is_limited() -> None:
    reducer = reduce(long_chain(64), "arith.addi", 8, tries=5)
    assert reducer.tries == 5
    assert sum(one.name == "arith.addi" for one in walk(reducer.best)) >= 8


def test_a_test_may_change_what_it_gets() -> None:
    def destructive(op: Operation) -> bool:
        found = [one for one in walk(op) if one.name == "arith.addi"]
        for one in reversed(found):
            one.erase(check_uses=False)
        return bool(found)

    reducer = Reducer(parse_module(long_chain(10)), destructive, 100)
    assert "arith.addi" in print_to_text(reducer.run())

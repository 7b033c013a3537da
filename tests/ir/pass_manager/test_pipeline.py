"""Pipelines as text: what is read, what it means, and how mistakes are shown."""

from __future__ import annotations

import random
import shutil
import subprocess

import pytest

from stepwell.ir.diagnostics import PassError
from stepwell.ir.pass_manager.pipeline import Nest, Step, add_flag, parse_pipeline

MARK = "mark{mode=replace quiet=false text=seen times=1 weight=1.500000e+00}"


def only_step(text: str) -> Step:
    (step,) = parse_pipeline(text).all_steps()
    return step


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("builtin.module()", "builtin.module()"),
        ("builtin.module(nothing,nothing)", "builtin.module(nothing,nothing)"),
        (" builtin.module ( func.func\n(nothing) )", "builtin.module(func.func(nothing))"),
        ("any(nothing)", "any(nothing)"),
        ("builtin.module(any(nothing),number)", "builtin.module(any(nothing),number)"),
        ("builtin.module(mark)", f"builtin.module(func.func({MARK}))"),
        ("func.func(mark)", f"func.func({MARK})"),
        ("builtin.module(unknown.op(nothing))", "builtin.module(unknown.op(nothing))"),
    ],
)
def test_what_a_pipeline_means(text: str, meaning: str) -> None:
    assert parse_pipeline(text).to_text() == meaning
    assert parse_pipeline(meaning).to_text() == meaning


@pytest.mark.parametrize(
    ("options", "values"),
    [
        ("", {}),
        ("times=3", {"times": 3}),
        ("times=-0x10", {"times": -16}),
        ("  times=3   times=4 ", {"times": 4}),
        ("quiet", {"quiet": True}),
        ("quiet=0", {"quiet": False}),
        ("sizes=1,2,-3", {"sizes": [1, 2, -3]}),
        ("sizes={1,2}", {"sizes": [1, 2]}),
        ("sizes=", {"sizes": []}),
        ('text="a b" mode=append', {"text": "a b", "mode": "append"}),
        ("text='a}b'", {"text": "a}b"}),
        ("text={a {b=c} d}", {"text": "a {b=c} d"}),
        ("text=func.func(a,b)", {"text": "func.func(a,b)"}),
        ("text=a=b", {"text": "a=b"}),
        ("weight=2.5e-1 note=x", {"weight": 0.25, "note": "x"}),
    ],
)
def test_options_become_values(options: str, values: dict[str, object]) -> None:
    step = only_step(f"func.func(mark{{{options}}})")
    assert step.arguments == values
    again = only_step(f"func.func({step.to_text()})")
    assert {name: again.arguments[name] for name in values if values[name] != []} == {
        name: value for name, value in values.items() if value != []
    }


@pytest.mark.parametrize("text", ["a b", "it's", "{", "}", 'say "hi"', " padded ", "a=b", "x{y}z"])
def test_any_text_survives_being_printed(text: str) -> None:
    step = only_step("func.func(mark)")
    step.values = {"text": text}
    shown = f"func.func({step.to_text()})"
    assert only_step(shown).arguments["text"] == text


@pytest.mark.parametrize(
    ("text", "message", "column"),
    [
        ("nothing", "wrapped with the anchor operation type", 1),
        ("", "wrapped with the anchor operation type", 1),
        ("builtin.module(nothing", "expected ')'", 23),
        ("builtin.module(nothing))", "')' too many", 24),
        ("builtin.module(nothing,)", "a pass or op name", 24),
        ("builtin.module(nothing nothing)", "','", 24),
        ("builtin.module(mark{times=1)", "not closed", 29),
        ("builtin.module(nothin)", "no pass 'nothin'; did you mean 'nothing'?", 16),
        ("builtin.module(nothing,zzzz)", "there is no pass 'zzzz'", 24),
        ("builtin.module(mark{text=a tims=2})", "no option 'tims'; did you mean 'times'?", 28),
        ("builtin.module(nothing{a=1})", "takes none", 24),
        ("builtin.module(mark{times=x})", "'times' must be an integer, not 'x'", 21),
        ("builtin.module(mark{sizes=1,y})", "'sizes' must be an integer, not 'y'", 21),
        ("builtin.module(mark{quiet=maybe})", "'quiet' must be true or false", 21),
        ("builtin.module(mark{weight=w})", "'weight' must be a number", 21),
        ("builtin.module(mark{mode=apend})", "append, replace, not 'apend'; did you mean", 21),
        ("builtin.module(nothing(nothing))", "expected an op such as 'func.func'", 16),
        ("builtin.module(func.fun(nothing))", "no op 'func.fun'; did you mean 'func.func'?", 16),
        ("builtin.module(func.func{a=1}(nothing))", "takes no options", 16),
        ("func.func(number)", "runs on 'builtin.module', not inside 'func.func'", 11),
        ("builtin.module(?)", "expected", 16),
    ],
)
def test_mistakes_are_shown_in_the_text(text: str, message: str, column: int) -> None:
    with pytest.raises(PassError) as caught:
        parse_pipeline(text)
    (diagnostic,) = caught.value.diagnostics
    assert message in diagnostic.message
    assert diagnostic.place is not None
    assert (diagnostic.place.line, diagnostic.place.column) == (1, column)
    assert diagnostic.render().splitlines()[-1] == " " * (column - 1) + "^"


def test_a_mistake_on_a_later_line() -> None:
    with pytest.raises(PassError) as caught:
        parse_pipeline("builtin.module(nothing,\n  nothin)")
    assert str(caught.value).startswith("<pass-pipeline>:2:3: error: ")


def test_bare_passes_need_an_anchor() -> None:
    assert parse_pipeline("nothing,mark", "builtin.module").to_text() == (
        f"builtin.module(nothing,func.func({MARK}))"
    )
    assert parse_pipeline("builtin.module(nothing)", "builtin.module").to_text() == (
        "builtin.module(nothing)"
    )
    nested = parse_pipeline("func.func(nothing)", "builtin.module")
    assert nested.to_text() == "builtin.module(func.func(nothing))"


def test_a_named_pipeline_is_spelled_out() -> None:
    text = parse_pipeline("builtin.module(mark-twice{text=y},number)").to_text()
    first = MARK.replace("text=seen", "text=y")
    assert text == f"builtin.module(func.func({first}),nothing,func.func({MARK}),number)"


def test_flags() -> None:
    nest = Nest("builtin.module")
    add_flag(nest, "nothing", "")
    add_flag(nest, "mark", "times=2 sizes=1,2")
    add_flag(nest, "mark", "{times=3}")
    assert [step.arguments for step in nest.all_steps()] == [
        {},
        {"times": 2, "sizes": [1, 2]},
        {"times": 3},
    ]


def test_neighbours_on_the_same_ops_are_merged() -> None:
    nest = parse_pipeline("builtin.module(func.func(nothing),mark,nothing,mark)")
    shapes = [len(s.steps) if isinstance(s, Nest) else s.run.name for s in nest.merged()]
    assert shapes == [2, "nothing", 1]
    assert len(nest.steps) == 4


def test_deep_nesting_is_refused_politely() -> None:
    with pytest.raises(PassError, match="too deeply nested"):
        parse_pipeline("builtin.module(" * 5000 + ")" * 5000)


def test_garbage_never_raises_anything_else() -> None:
    random_source = random.Random(3)
    pieces = ["builtin.module", "(", ")", ",", "{", "}", "mark", "times=1", " ", '"', "'", "any"]
    for _ in range(2000):
        text = "".join(random_source.choices(pieces, k=random_source.randrange(12)))
        try:
            parse_pipeline(text)
        except PassError:
            pass


@pytest.mark.skipif(shutil.which("mlir-opt-22") is None, reason="the oracle is not installed")
def test_the_dump_looks_like_upstream() -> None:
    text = "builtin.module(any(cse),func.func(cse,sccp),symbol-dce)"
    done = subprocess.run(
        ["mlir-opt-22", f"--pass-pipeline={text}", "--dump-pass-pipeline"],
        input="module {}",
        capture_output=True,
        text=True,
    )
    shape = done.stderr
    for name in ("symbol-dce", "sccp", "cse"):
        text, shape = text.replace(name, "nothing"), shape.replace(name, "nothing")
    assert parse_pipeline(text).dump() == shape

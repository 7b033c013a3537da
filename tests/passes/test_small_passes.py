"""print-op-stats, strip-debuginfo, and what passes must not cost."""

from __future__ import annotations

import pytest

from stepwell.ir.diagnostics import PassError, VerifyError
from stepwell.ir.location import UNKNOWN
from stepwell.ir.operation import walk
from stepwell.ir.pass_manager.pipeline import parse_pipeline
from stepwell.ir.pass_manager.running import PassManager
from stepwell.ir.text.parse import parse_module
from tests.effort import calls_made
from tests.passes.passes_on_text import run_passes

TEXT = """func.func @f(%x: i32) -> i32 {
  %0 = arith.addi %x, %x : i32
  "my.op"() : () -> ()
  %1 = arith.addi %0, %x : i32
  return %1 : i32
}"""


def test_op_stats_are_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    run_passes(TEXT, "print-op-stats")
    assert capsys.readouterr().err == (
        "Operations encountered:\n"
        "-----------------------\n"
        "    arith.addi   , 2\n"
        "  builtin.module , 1\n"
        "     func.func   , 1\n"
        "     func.return , 1\n"
        "       my.op     , 1\n"
    )


def test_op_stats_are_json(capsys: pytest.CaptureFixture[str]) -> None:
    run_passes(TEXT, "print-op-stats{json=true}")
    assert capsys.readouterr().err == (
        '{\n  "arith.addi" : 2,\n  "builtin.module" : 1,\n  "func.func" : 1,\n'
        '  "func.return" : 1,\n  "my.op" : 1\n}\n'
    )


def test_strip_debuginfo_forgets_all_locations() -> None:
    module = run_passes(TEXT, "strip-debuginfo")
    assert all(op.location is UNKNOWN for op in walk(module))


def test_inlined_ops_know_their_call_site() -> None:
    text = """func.func private @g() {
  "arith.constant"() <{value = 1 : i32}> : () -> i32 loc("a")
  return
}
func.func @f() {
  call @g() : () -> () loc("b")
  return
}"""
    module = run_passes(text, "inline{default-pipeline=}")
    (constant,) = [op for op in walk(module) if op.name == "arith.constant"]
    assert str(constant.location) == 'loc(callsite("a" at "b"))'


def test_symbol_dce_needs_a_symbol_table() -> None:
    with pytest.raises((VerifyError, PassError), match="does not define a symbol table"):
        run_passes(TEXT, "func.func(symbol-dce)")


def test_symbol_dce_refuses_unknown_tables() -> None:
    text = 'func.func private @f()\n"my.table"() ({\n  "my.op"() : () -> ()\n}) : () -> ()'
    with pytest.raises((VerifyError, PassError), match="potentially unknown symbol table"):
        run_passes(text, "symbol-dce")


def _calls(text: str, pipeline: str) -> int:
    module = parse_module(text)
    parsed = parse_pipeline(f"builtin.module({pipeline})")
    return calls_made(lambda: PassManager(verify_each=False).run(parsed, module))


def _long(count: int) -> str:
    lines = [f"  %v{n} = arith.addi %x, %x : i32\n" for n in range(count)]
    lines += [f"  %w{n} = arith.muli %v{n}, %x : i32\n" for n in range(count)]
    return f"func.func @f(%x: i32) -> i32 {{\n{''.join(lines)}  return %w0 : i32\n}}"


def _deep(depth: int) -> str:
    opened = [f"%a{n} = arith.addi %x, %x : i32\nscf.if %c {{\n" for n in range(depth)]
    inside = "%l = memref.load %m[] : memref<i32>\nmemref.store %l, %m[] : memref<i32>\n"
    return (
        "func.func @f(%x: i32, %c: i1, %m: memref<i32>) {\n"
        + "".join(opened)
        + inside
        + "}\n" * depth
        + "return\n}"
    )


@pytest.mark.parametrize("pipeline", ["cse", "sccp", "remove-dead-values", "symbol-dce"])
@pytest.mark.parametrize("shape", [_long, _deep])
def test_work_grows_with_the_program_only(pipeline: str, shape: object) -> None:
    make = _long if shape is _long else _deep
    _calls(make(10), pipeline)  # loads dialects and patterns
    assert _calls(make(3200), pipeline) < 1.15 * 8 * _calls(make(400), pipeline)


@pytest.mark.parametrize(
    ("line", "changes"),
    [
        ("%1 = arith.addi %0, %y : i32", False),
        ("%1 = arith.addi %y, %x : i32", True),
        ("%1 = arith.addi %0, %x : i32\n%2 = arith.addi %0, %y : i32", True),
    ],
    ids=["nothing", "equal", "unused"],
)
def test_cse_says_when_it_changes_nothing(line: str, changes: bool) -> None:
    text = f"""func.func @f(%x: i32, %y: i32) -> (i32, i32) {{
      %0 = arith.addi %x, %y : i32
      {line}
      return %0, %1 : i32, i32
    }}"""
    verified: list[str] = []
    manager = PassManager(verify=lambda op: verified.append(op.name))
    manager.run(parse_pipeline("builtin.module(cse)"), parse_module(text))
    assert bool(verified) is changes


def test_cse_says_that_it_changed_a_graph_whose_ops_all_stay() -> None:
    text = """module {
  %0 = arith.constant 1 : i32
  %2 = arith.addi %1, %1 : i32
  %1 = arith.constant 1 : i32
  "my.user"(%1, %2, %0) : (i32, i32, i32) -> ()
}"""
    verified: list[str] = []
    module = parse_module(text, allow_unregistered=True)
    manager = PassManager(verify=lambda op: verified.append(op.name))
    manager.run(parse_pipeline("builtin.module(cse)"), module)
    (before,) = [op for op in walk(module) if op.name == "arith.addi"]
    (after,) = [op for op in walk(module) if op.name == "my.user"]
    assert after.operands[0] is not before.operands[0]
    assert verified == ["builtin.module"]


def test_cse_does_not_merge_an_op_under_a_mask_with_one_outside() -> None:
    text = """
    func.func @f(%v: vector<4xf32>, %k: vector<4xi1>, %l: vector<4xi1>) -> (f32, f32, f32) {
      %a = vector.reduction <add>, %v : vector<4xf32> into f32
      %b = vector.mask %k { vector.reduction <add>, %v : vector<4xf32> into f32 }
        : vector<4xi1> -> f32
      %c = vector.mask %l { vector.reduction <add>, %v : vector<4xf32> into f32 }
        : vector<4xi1> -> f32
      return %a, %b, %c : f32, f32, f32
    }"""
    module = run_passes(text, "cse")
    assert [op.name for op in walk(module)].count("vector.reduction") == 3

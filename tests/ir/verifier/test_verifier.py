"""What the verifier finds, in upstream's words and at upstream's places."""

from __future__ import annotations

import pytest

from stepwell.ir.diagnostics import VerifyError
from stepwell.ir.operation import walk
from stepwell.ir.text.parse import parse_module
from stepwell.ir.verifier import verify
from tests.ir.verifier.diagnosed import ours, upstream
from tests.oracle.tools import find_tool

# name -> (text, the expected diagnostics as "line:column severity: message")
CASES: dict[str, tuple[str, list[str]]] = {
    "operand type": (
        """func.func @f(%x: f32) {
  %0 = "arith.addi"(%x, %x) : (f32, f32) -> f32
  return
}""",
        ["2:8 error: 'arith.addi' op operand #0 must be signless-integer-like, but got 'f32'"],
    ),
    "second operand's type": (
        """func.func @f(%x: f32, %y: i32) {
  %0 = "arith.addi"(%y, %x) : (i32, f32) -> i32
  return
}""",
        ["2:8 error: 'arith.addi' op operand #1 must be signless-integer-like, but got 'f32'"],
    ),
    "result type": (
        """func.func @f(%y: i32) {
  %0 = "arith.addi"(%y, %y) : (i32, i32) -> f32
  return
}""",
        ["2:8 error: 'arith.addi' op result #0 must be signless-integer-like, but got 'f32'"],
    ),
    "types that must be the same": (
        """func.func @f(%y: i32, %z: i64) {
  %0 = "arith.addi"(%y, %z) : (i32, i64) -> i32
  return
}""",
        ["2:8 error: 'arith.addi' op requires the same type for all operands and results"],
    ),
    "too few operands": (
        """func.func @f(%y: i32) {
  %0 = "arith.addi"(%y) : (i32) -> i32
  return
}""",
        ["2:8 error: 'arith.addi' op expected 2 operands, but found 1"],
    ),
    "no result": (
        """func.func @f(%y: i32) {
  "arith.addi"(%y, %y) : (i32, i32) -> ()
  return
}""",
        ["2:3 error: 'arith.addi' op requires one result"],
    ),
    "a region too many": (
        """func.func @f(%y: i32) {
  %0 = "arith.addi"(%y, %y) ({}) : (i32, i32) -> i32
  return
}""",
        ["2:8 error: 'arith.addi' op requires zero regions"],
    ),
    "a region too few": (
        '"func.func"() <{function_type = () -> (), sym_name = "x"}> : () -> ()',
        ["1:1 error: 'func.func' op requires one region"],
    ),
    "a missing property": (
        '"func.func"() <{function_type = () -> ()}> ({ "func.return"() : () -> () }) : () -> ()',
        ["1:1 error: 'func.func' op requires attribute 'sym_name'"],
    ),
    "a property of the wrong kind": (
        '"func.func"() <{function_type = i32, sym_name = "x"}> ({}) : () -> ()',
        [
            "1:1 error: 'func.func' op attribute 'function_type' failed to satisfy constraint: "
            "type attribute of function type"
        ],
    ),
    "an empty block": (
        """"func.func"() <{function_type = () -> (), sym_name = "x"}> ({
^bb0:
}) : () -> ()""",
        ["1:1 error: empty block: expect at least a terminator"],
    ),
    "an empty block of an unknown op, not alone": (
        """"my.f"() ({
^a:
  "my.br"()[^b] : () -> ()
^b:
}) : () -> ()""",
        ["1:1 error: empty block: expect at least a terminator"],
    ),
    "an empty block of an unknown op": ('"my.f"() ({\n^a:\n}) : () -> ()', []),
    "an unknown op as the terminator": ('func.func @f() {\n  "my.x"() : () -> ()\n}', []),
    "a branch in the middle": (
        """func.func @f() {
  "my.x"() [^a]: () -> ()
  "my.x"() : () -> ()
^a:
  return
}""",
        ["2:3 error: operation with block successors must terminate its parent block"],
    ),
    "a terminator in the middle": (
        "func.func @f() {\n  return\n  return\n}",
        ["2:3 error: 'func.return' op must be the last operation in the parent block"],
    ),
    "a branch to the entry": (
        """"func.func"() <{function_type = () -> (), sym_name="x"}> ({
^bb0:
  "my.br"()[^bb0] : () -> ()
}) : () -> ()""",
        ["1:1 error: entry block of region may not have predecessors"],
    ),
    "the wrong parent": (
        'module {\n  "func.return"() : () -> ()\n}',
        ["2:3 error: 'func.return' op expects parent op 'func.func'"],
    ),
    "use before definition": (
        """func.func @f(%y: i32) {
  %1 = arith.addi %0, %y : i32
  %0 = arith.addi %y, %y : i32
  return
}""",
        [
            "2:8 error: operand #0 does not dominate this use",
            "3:8 note: operand defined here (op in the same block)",
        ],
    ),
    "use of itself": (
        "func.func @f() {\n  %0 = arith.addi %0, %0 : i32\n  return\n}",
        [
            "2:8 error: operand #0 does not dominate this use",
            "2:8 note: operand defined here (op in the same block)",
        ],
    ),
    "definition on one path only": (
        """func.func @f(%x: i1, %y: i32) {
  "my.br"(%x)[^a, ^b] : (i1) -> ()
^a:
  %0 = arith.addi %y, %y : i32
  "my.br"()[^b] : () -> ()
^b:
  %1 = arith.addi %y, %0 : i32
  return
}""",
        [
            "7:8 error: operand #1 does not dominate this use",
            "4:8 note: operand defined here (op in the same region)",
        ],
    ),
    "definition on all paths": (
        """func.func @f(%x: i1, %y: i32) {
  %0 = arith.addi %y, %y : i32
  "my.br"(%x)[^a, ^b] : (i1) -> ()
^a:
  "my.br"()[^b] : () -> ()
^b:
  %1 = arith.addi %y, %0 : i32
  return
}""",
        [],
    ),
    "use in an unreachable block": (
        """func.func @f() {
  return
^c:
  %3 = "my.x"(%2) : (i32) -> i32
  %2 = "my.x"(%3) : (i32) -> i32
  "my.br"()[^c] : () -> ()
}""",
        [],
    ),
    "an argument of a block that does not dominate": (
        """func.func @f(%c: i1) {
  "my.br"()[^a] : () -> ()
^a:
  "my.x"(%1) : (i32) -> ()
  "my.br"(%c)[^b] : (i1) -> ()
^b(%1: i32):
  return
}""",
        [
            "4:3 error: operand #0 does not dominate this use",
            "1:1 note: operand defined as a block argument (block #2 in the same region)",
        ],
    ),
    "the result of an op inside of it": (
        """func.func @f(%y: i32) {
  %2 = "my.f"() ({
    %3 = arith.addi %2, %y : i32
    "my.y"() : () -> ()
  }) : () -> i32
  return
}""",
        [
            "3:10 error: operand #0 does not dominate this use",
            "2:8 note: operand defined here (op in a parent region)",
        ],
    ),
    "order in regions of unknown ops": (
        """"my.f"() ({
  %3 = "my.a"(%4): (i32) -> i32
  %4 = "my.a"(%3): (i32) -> i32
}) : () -> ()""",
        [],
    ),
    "order between blocks of unknown ops": (
        """"my.f"() ({
  %3 = "my.a"(%4): (i32) -> i32
  "my.br"()[^a] : () -> ()
^a:
  %4 = "my.a"(%3): (i32) -> i32
  "my.end"() : () -> ()
}) : () -> ()""",
        [
            "2:8 error: operand #0 does not dominate this use",
            "5:8 note: operand defined here (op in the same region)",
        ],
    ),
    "order in a graph region, from inside another": (
        """"my.f"() ({
  %5 = "my.x"(%4) : (i32) -> i32
}) : () -> ()
%4 = "my.a"() : () -> i32""",
        [],
    ),
    "a symbol defined twice": (
        "func.func private @f()\nfunc.func private @g()\nfunc.func private @f()",
        [
            "3:1 error: redefinition of symbol named 'f'",
            "1:1 note: see existing symbol definition here",
        ],
    ),
    "a symbol outside of a table": (
        "func.func @f() {\n  func.func private @g()\n  return\n}",
        ["2:3 error: 'func.func' op symbol's parent must have the SymbolTable trait"],
    ),
    "a public declaration": (
        "func.func @f()",
        ["1:1 error: 'func.func' op symbol declaration cannot have public visibility"],
    ),
    "an unknown visibility": (
        '"func.func"() <{function_type = () -> (), sym_name = "x", sym_visibility = "foo"}> ({\n'
        '  "func.return"() : () -> ()\n}) : () -> ()',
        [
            "1:1 error: 'func.func' op visibility expected to be one of "
            '["public", "private", "nested"], but got "foo"'
        ],
    ),
    "a call of nothing": (
        "func.func @f() {\n  call @g() : () -> ()\n  return\n}",
        ["2:3 error: 'func.call' op 'g' does not reference a valid function"],
    ),
    "a call with too few operands": (
        "func.func private @g(i32)\nfunc.func @f() {\n  call @g() : () -> ()\n  return\n}",
        ["3:3 error: 'func.call' op incorrect number of operands for callee"],
    ),
    "a call with the wrong operand": (
        "func.func private @g(i32, f32)\n"
        "func.func @f(%x: i32) {\n  call @g(%x, %x) : (i32, i32) -> ()\n  return\n}",
        [
            "3:3 error: 'func.call' op operand type mismatch: expected operand type 'f32', "
            "but provided 'i32' for operand number 1"
        ],
    ),
    "a call with too many results": (
        "func.func private @g()\nfunc.func @f() {\n  %0 = call @g() : () -> i32\n  return\n}",
        ["3:8 error: 'func.call' op incorrect number of results for callee"],
    ),
    "a call with the wrong result": (
        "func.func private @g() -> f32\n"
        "func.func @f() {\n  %0 = call @g() : () -> i32\n  return\n}",
        [
            "3:8 error: 'func.call' op result type mismatch at index 0",
            "3:8 note:       op result types: 'i32'",
            "3:8 note: function result types: 'f32'",
        ],
    ),
    "a function value of nothing": (
        "func.func @f() {\n  %0 = func.constant @z : () -> ()\n  return\n}",
        ["2:8 error: 'func.constant' op reference to undefined function 'z'"],
    ),
    "a yield of too few values": (
        """func.func @a(%x: i32, %i: index, %f: f32, %c: i1) {
  %r = scf.for %k = %i to %i step %i iter_args(%p = %x) -> (i32) {
    "scf.yield"() : () -> ()
  }
  return
}""",
        [
            "2:8 error: 'scf.for' op along control flow edge from Operation "
            "scf.yield to Region #0: region branch point has 0 operands, but region "
            "successor needs 1 inputs",
            "3:5 note: region branch point",
        ],
    ),
    "a yield of the wrong type in a loop": (
        """func.func @a(%x: i32, %i: index, %f: f32, %c: i1) {
  %r = scf.for %k = %i to %i step %i iter_args(%p = %x) -> (i32) {
    "scf.yield"(%f) : (f32) -> ()
  }
  return
}""",
        [
            "2:8 error: 'scf.for' op 0-th region iter_arg and 0-th yielded value "
            "have different type: 'i32' != 'f32'",
        ],
    ),
    "a yield of the wrong type": (
        """func.func @a(%x: i32, %i: index, %f: f32, %c: i1) {
  %r = scf.if %c -> (i32) {
    "scf.yield"(%f) : (f32) -> ()
  } else {
    "scf.yield"(%x) : (i32) -> ()
  }
  return
}""",
        [
            "2:8 error: 'scf.if' op along control flow edge from Operation "
            "scf.yield to parent: successor operand type #0 'f32' should match "
            "successor input type #0 'i32'",
            "3:5 note: region branch point",
        ],
    ),
    "a yield of too many values": (
        """func.func @a(%x: i32, %i: index, %f: f32, %c: i1) {
  %r = scf.if %c -> (i32) {
    "scf.yield"(%x, %x) : (i32, i32) -> ()
  } else {
    "scf.yield"(%x) : (i32) -> ()
  }
  return
}""",
        [
            "2:8 error: 'scf.if' op along control flow edge from Operation "
            "scf.yield to parent: region branch point has 2 operands, but region "
            "successor needs 1 inputs",
            "3:5 note: region branch point",
        ],
    ),
    "a yield of the wrong type on the other side": (
        """func.func @a(%x: i32, %i: index, %f: f32, %c: i1) {
  %r = scf.if %c -> (i32) {
    "scf.yield"(%x) : (i32) -> ()
  } else {
    "scf.yield"(%f) : (f32) -> ()
  }
  return
}""",
        [
            "2:8 error: 'scf.if' op along control flow edge from Operation "
            "scf.yield to parent: successor operand type #0 'f32' should match "
            "successor input type #0 'i32'",
            "5:5 note: region branch point",
        ],
    ),
    "an entry of the wrong type": (
        """func.func @a(%x: i32, %i: index, %f: f32, %c: i1) {
  %w = "scf.while"(%x) ({
    ^a(%y: f32):
    "scf.condition"(%c, %y) : (i1, f32) -> ()
  }, {
  ^a(%y: f32):
    "scf.yield"(%y) : (f32) -> ()
  }) : (i32) -> f32
  return
}""",
        [
            "2:8 error: 'scf.while' op along control flow edge from parent to "
            "Region #0: successor operand type #0 'i32' should match successor "
            "input type #0 'f32'",
            "2:8 note: region branch point",
        ],
    ),
    "a condition that hands over the wrong type": (
        """func.func @a(%x: i32, %i: index, %f: f32, %c: i1) {
  %w = "scf.while"(%x) ({
    ^a(%y: i32):
    "scf.condition"(%c, %f) : (i1, f32) -> ()
  }, {
  ^a(%y: i32):
    "scf.yield"(%y) : (i32) -> ()
  }) : (i32) -> f32
  return
}""",
        [
            "2:8 error: 'scf.while' op along control flow edge from Operation "
            "scf.condition to Region #1: successor operand type #0 'f32' should "
            "match successor input type #0 'i32'",
            "4:5 note: region branch point",
        ],
    ),
}


def test_finds_values_from_outside_of_an_isolated_op() -> None:
    module = parse_module(
        """"my.f"() ({
^a(%x: i32):
  builtin.module {
    %0 = "my.g"() : () -> i32
    "my.h"(%0) : (i32) -> ()
  }
}) : () -> ()""",
        "<stdin>",
        allow_unregistered=True,
    )
    verify(module)
    outer = module.regions[0].entry.first
    assert outer is not None
    inner = outer.regions[0].entry.first
    assert inner is not None
    user = inner.regions[0].entry.last
    assert user is not None
    user.set_operand(0, outer.regions[0].args[0])
    with pytest.raises(VerifyError) as raised:
        verify(module)
    (found,) = raised.value.diagnostics
    assert found.message == "'my.h' op using value defined outside the region"
    assert str(found.place) == "<stdin>:5:5"
    (note,) = found.notes
    assert note.message == "required by region isolation constraints"
    assert str(note.place) == "<stdin>:3:3"


def test_finds_everything_in_order() -> None:
    text = """func.func @f(%x: f32) {
  %0 = "arith.addi"(%x, %x) : (f32, f32) -> f32
  %1 = "arith.addi"(%2, %2) : (i32, i32) -> i32
  %2 = "arith.addi"() : () -> i32
  return
}
func.func @g() {
  %0 = arith.addi %0, %0 : i32
  return
}"""
    found = [line for line in ours(text) if line[1] == "error"]
    assert [place for place, _, _ in found] == ["2:8", "3:8", "4:8", "8:8"]


def test_a_part_of_a_program_sees_what_is_around_it() -> None:
    module = parse_module(
        """func.func @f(%x: i32) {
  %0 = arith.addi %x, %x : i32
  "my.a"() ({
    %1 = arith.addi %0, %x : i32
  }) : () -> ()
  return
}""",
        allow_unregistered=True,
    )
    part = next(op for op in walk(module) if op.name == "my.a")
    verify(part)


def test_deep_nesting_costs_little() -> None:
    depth = 3000
    head = "func.func @f(%x: i32) {\n"
    level = '"my.a"() ({{\n %v{0} = arith.addi %x, %x : i32\n'
    text = head + "".join(level.format(number) for number in range(depth))
    text += "}) : () -> ()\n" * depth + "return\n}"
    module = parse_module(text, allow_unregistered=True)
    verify(module)


def _shown(lines: list[tuple[str, str, str]]) -> list[str]:
    return [f"{place} {severity}: {message}" for place, severity, message in lines]


@pytest.mark.parametrize("name", CASES)
def test_finds(name: str) -> None:
    text, expected = CASES[name]
    assert _shown(ours(text)) == expected


@pytest.mark.parametrize("name", CASES)
def test_upstream_says_the_same(name: str) -> None:
    tool = find_tool("mlir-opt")
    if tool is None:
        pytest.skip("mlir-opt-22 is not installed")
    text, expected = CASES[name]
    assert _shown(upstream(tool, text)) == expected

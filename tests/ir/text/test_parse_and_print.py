"""Text in, text out: structure, names, aliases, generic and custom syntax."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from stepwell.ir.diagnostics import ParseError
from stepwell.ir.operation import walk
from stepwell.ir.text.parse import parse_attribute, parse_module, parse_type
from stepwell.ir.text.printer import PrintOptions, print_to_text

PROGRAM = """\
#map = affine_map<(d0) -> (d0 + 1)>
#map1 = affine_map<(d0, d1) -> (d1, d0)>
#set = affine_set<(d0) : (d0 - 1 >= 0)>
module @outer attributes {a.flag} {
  "t.op"() ({
  ^bb0(%z: i32):
    %zz:2 = "t.f"(%z) {m = #map, s = #set} : (i32) -> (i32, f32)
    "t.g"(%zz#1) ({
      %q = "t.f"() : () -> i32
      "t.br"(%q)[^bb1, ^bb2] : (i32) -> ()
    ^bb1:  // pred: ^bb0
      "t.use"(%q, %later) : (i32, i32) -> ()
    ^bb2:  // pred: ^bb0
      "t.end"() : () -> ()
    }) : (f32) -> ()
    %later = "t.f"() <{x = 3 : i8}> : () -> i32
  }) : () -> ()
  "t.m"() {l = [#map1, 1, 2.500000e+00]} : () -> memref<4x4xf32, #map1>
}"""


def roundtrip(text: str, **options: bool) -> str:
    module = parse_module(text, allow_unregistered=True)
    return print_to_text(module, PrintOptions(**options))


def test_a_printed_program_is_a_fixed_point() -> None:
    printed = roundtrip(PROGRAM.replace('"t.m"()', '%m = "t.m"()'))
    assert roundtrip(printed) == printed
    assert printed == PROGRAM.replace('"t.m"()', '%m = "t.m"()')


def test_unnamed_values_are_numbered_as_upstream_does() -> None:
    text = """
    func.func @f(%arg0: i32) -> i32 {
      %5 = arith.addi %arg0, %arg0 : i32
      "t.r"() ({
        %7 = arith.addi %5, %5 : i32
        "t.use"(%7) : (i32) -> ()
      }) : () -> ()
      %9 = arith.addi %5, %5 : i32
      return %9 : i32
    }"""
    printed = roundtrip(text)
    assert "%0 = arith.addi %arg0, %arg0" in printed
    assert "%1 = arith.addi %0, %0 : i32\n    return %1" in printed
    assert "%2 = arith.addi %0, %0" in printed


def test_hints_are_unique_and_free_again_after_their_region() -> None:
    text = """
    "t.a"() ({ %x = "t.v"() : () -> i32
               "t.n"() ({ %y = "t.v"() : () -> i32 }) : () -> ()
               "t.n"() ({ %y = "t.v"() : () -> i32 }) : () -> () }) : () -> ()"""
    printed = roundtrip(text)
    assert printed.count("%y = ") == 2 and "%y_0" not in printed


def test_parts_of_a_pack_can_be_used_before_it_is_defined() -> None:
    text = """
    module {
      "t.use"(%p#1, %p) : (f32, i32) -> ()
      %p:2 = "t.f"() : () -> (i32, f32)
    }"""
    module = parse_module(text, allow_unregistered=True)
    use, define = module.regions[0].entry.ops
    assert use.operands == (define.results[1], define.results[0])


def test_generic_form_of_properties_and_attributes() -> None:
    text = """func.func @f(%a: i32) -> i32 {
      %0 = arith.addi %a, %a overflow<nsw> {k} : i32
      return %0 : i32
    }"""
    printed = roundtrip(text, generic=True)
    assert (
        '"arith.addi"(%a, %a) <{overflowFlags = #arith.overflow<nsw>}> {k} : (i32, i32) -> i32'
        in printed
    )
    assert roundtrip(printed) == roundtrip(text)


def test_inherent_attributes_in_the_dictionary_become_properties() -> None:
    text = '"func.func"() ({}) {function_type = () -> (), sym_name = "g", x.y = 1 : i32} : () -> ()'
    assert "func.func @g() attributes {x.y = 1 : i32}" in roundtrip(text)


def test_locations_are_kept_and_printed_on_request() -> None:
    text = """
    func.func @f(%a: i32 loc("arg")) -> i32 {
      %0 = arith.addi %a, %a : i32 loc(fused["x":1:2, callsite("y" at "z":3:4)])
      return %0 : i32 loc(unknown)
    } loc("named"("file":1:1 to :9))"""
    printed = roundtrip(text, locations=True)
    assert roundtrip(printed, locations=True) == printed
    assert "#loc" in printed and '= loc("x":1:2)' in printed and "loc(callsite(" in printed
    plain = roundtrip(text, locations=True, local_scope=True)
    assert 'loc(fused["x":1:2, callsite("y" at "z":3:4)])' in plain


def test_an_op_without_a_location_in_the_text_gets_its_place_in_the_file() -> None:
    module = parse_module('\n  "t.a"() : () -> ()', "f.mlir", allow_unregistered=True)
    (op,) = module.regions[0].entry.ops
    assert str(op.location) == 'loc("f.mlir":2:3)'


@pytest.mark.parametrize("opening", ['"t.r"() ({', "module {"])
def test_ten_thousand_nested_regions(opening: str) -> None:
    depth = 10_000
    closing = "}) : () -> ()" if "(" in opening else "}"
    text = "\n".join([opening] * depth + ['"t.x"() : () -> ()'] + [closing] * depth)
    module = parse_module(text, allow_unregistered=True)
    assert sum(1 for _ in walk(module)) in (depth + 1, depth + 2)


@pytest.mark.parametrize(
    "text",
    [
        "i1", "si8", "ui64", "index", "f8E4M3FN", "tf32", "none", "complex<f32>", "tuple<>",
        "tuple<i32, tuple<f32>>", "tensor<f32>", "tensor<0x?xi4>", "tensor<*xbf16>",
        "memref<4x?xf32, strided<[?, 1], offset: ?>, 3>", "memref<*xi8, 1>",
        "memref<2x3xf32, affine_map<(d0, d1) -> (d1, d0)>>", 'tensor<2xf32, "enc">',
        "vector<[4]x2xi1>", "(i32, (f32) -> i1) -> (tensor<2xf32>, () -> ())", "() -> ()",
        "() -> (() -> i32)", "tensor<2xvector<4xf32>>", "memref<2xmemref<3xf32>>", "vector<f32>",
    ],
)  # fmt: skip
def test_types_print_as_they_are_written(text: str) -> None:
    assert str(parse_type(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "1 : i32", "-1 : i64", "true", "unit", "2.500000e+00 : f32", "0x7FC00000 : f32",
        '"a\\22b\\0A"',
        '"typed" : i32', "@a::@b", '@"odd name"', "[1, 2.000000e+00, true]", "{a = 1 : i8, b}",
        "array<i64>", "array<i8: 1, -2>", "array<i1: true, false>", "array<f32: 1.000000e+00>",
        "dense<[1, 2]> : tensor<2xi32>", "dense<0> : vector<4xi8>", "dense<> : tensor<0xf32>",
        "dense_resource<blob> : tensor<4xf32>", "sparse<[[0, 1]], 5> : tensor<2x2xi32>",
        "sparse<[[0], [1], [4]], 0> : tensor<5xi32>", "sparse<[[0], [3]], [2, 7]> : tensor<5xi32>",
        "sparse<2, 7> : tensor<5xi32>", "sparse<> : tensor<5xi32>",
        "sparse<[[0], [1]], [(1,2), (3,4)]> : tensor<2xcomplex<i8>>",
        "affine_map<(d0)[s0] -> (d0 * s0, d0 floordiv s0)>", "strided<[?, 1], offset: ?>",
        "loc(unknown)", "f32", "(i32) -> ()", "distinct[0]<1 : i32>",
    ],
)  # fmt: skip
def test_attributes_print_as_they_are_written(text: str) -> None:
    assert str(parse_attribute(text)) == text


ERRORS = [
    ("%0 = arith.addii %1 : i32", "1:6", "did you mean 'arith.addi'?"),
    ("foo.bar %0", "1:1", "Dialect `foo' not found"),
    ('"foo.bar"() : () -> ()', "1:1", "unregistered dialect 'foo'"),
    ("func.func @f() { return %x : i32 }", "1:25", "use of undeclared SSA value name '%x'"),
    ("func.func @f(%a: i32, %a: i32) {return}", "1:23", "redefinition of SSA value '%a'"),
    ("func.func @f() { cf.br", "1:23", "expected"),
    ('func.func @f() { "t.b"()[^x] : () -> () }', "1:26", "reference to an undefined block '^x'"),
    ("module {", "1:9", "expected '}'"),
    ("}", "1:1", "unbalanced '}'"),
    (
        '"builtin.module"() ({}) {a = sparse<[[0], [1]], [2, 3, 4]> : tensor<5xi32>} : () -> ()',
        "1:30",
        "indices literal ([2, 1]); inferred shape of values literal ([3])",
    ),
    (
        '"builtin.module"() ({}) {a = sparse<[[0], [7]], 1> : tensor<5xi32>} : () -> ()',
        "1:30",
        "sparse index #1 is not contained within the value shape, with index=[7], and type=",
    ),
    ("func.func @f(%a: i33x) {return}", "1:18", "expected type"),
    ("func.func @f(%a: tensor<4xf32) {return}", "1:24", "unbalanced '<'"),
    ("#a = affine_map<(d0) -> (d1)>", "1:26", "use of undeclared identifier"),
    ("func.func @f() attributes {a = [} {return}", "1:33", "expected"),
    ('%0:2 = "t.f"() : () -> i32', "1:1", "operation defines 1 results but was provided 2"),
    ("func.func @f(%a: i32) { %0 = arith.addi %a, %a : i64\nreturn }", "1:41", "expects different"),
    ("func.func @f() {\n^a:\n  return\n^a:\n  return }", "4:1", "redefinition of block '^a'"),
    ("?", "1:1", "custom op name expected"),
    ('"', "1:1", ""),
    ("#x.y = 1", "1:1", "reserved for dialect-defined names"),
    ("!t = ", "1:6", "expected type"),
]


@pytest.mark.parametrize(("text", "place", "message"), ERRORS)
def test_errors_name_the_place_and_what_is_wrong(text: str, place: str, message: str) -> None:
    with pytest.raises(ParseError) as caught:
        parse_module(text, "f.mlir", allow_unregistered='"t.' in text)
    shown = str(caught.value)
    assert f"f.mlir:{place}: error: " in shown, shown
    assert message in shown
    assert "^" in shown.splitlines()[2]


def test_several_errors_are_reported_at_once_without_cascades() -> None:
    text = """func.func @f(%a: i32) -> i32 {
  %0 = arith.addi %a, %nope : i32
  %1 = arith.adi %0 : i32
  %2 = arith.addi %1, %0 : i64
  %3 = arith.addi %1, %2 : i32
  return %3 : i32
}"""
    with pytest.raises(ParseError) as caught:
        parse_module(text)
    places = [str(d.place) for d in caught.value.diagnostics]
    assert places == ["<input>:3:8", "<input>:4:23", "<input>:2:23"]


def test_truncation_at_every_byte_is_an_error_with_a_place_or_a_program() -> None:
    for end in range(len(PROGRAM)):
        try:
            parse_module(PROGRAM[:end], allow_unregistered=True)
        except ParseError as error:
            assert all(d.place is not None for d in error.diagnostics), end


def test_hostile_nesting_of_types_and_attributes_is_refused_with_a_place() -> None:
    for text in ("[" * 100_000, "tuple<" * 5000 + ">" * 5000, "{a = " * 5000 + "}" * 5000,
                 "(" * 50_000, "loc(fused[" * 3000):  # fmt: skip
        with pytest.raises(ParseError):
            parse_attribute(text)


def test_resources_are_kept() -> None:
    text = """module {
  "t.c"() {v = dense_resource<blob> : tensor<1xf32>} : () -> ()
}

{-#
  dialect_resources: {
    builtin: {
      blob: "0x040000000000803F"
    }
  }
#-}
"""
    module = parse_module(text, allow_unregistered=True)
    assert print_to_text(module).strip() == text.strip()


@pytest.mark.skipif(shutil.which("mlir-opt-22") is None, reason="mlir-opt-22 is not installed")
def test_upstream_reads_what_we_print_and_prints_it_back() -> None:
    printed = roundtrip(PROGRAM.replace('"t.m"()', '%m = "t.m"()'))
    command = ["mlir-opt-22", "--allow-unregistered-dialect", "-"]

    def upstream(text: str) -> str:
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=True)
        return done.stdout

    assert upstream(printed) == upstream(PROGRAM.replace('"t.m"()', '%m = "t.m"()'))
    assert roundtrip(upstream(printed)).strip() == upstream(printed).strip()

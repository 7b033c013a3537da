"""Dense elements: literals, raw bytes, printing, storage."""

import math
import random
import tracemalloc
from collections.abc import Callable, Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from stepwell.ir.numbers import dense_parse
from stepwell.ir.numbers.dense import DenseData
from stepwell.ir.numbers.dense_error import DenseLiteralError
from stepwell.ir.numbers.dense_parse import parse_dense_literal
from stepwell.ir.numbers.dense_print import print_dense
from stepwell.ir.numbers.float_format import FLOAT_FORMATS
from stepwell.ir.numbers.integers import integer_format

Oracle = Callable[[Sequence[str]], list[str]]

INTEGERS = ["i1", "i4", "i8", "i16", "i17", "i32", "i64", "i65", "i128", "index"]
INTEGERS += ["si8", "ui8", "si32", "ui64", "ui4", "ui1"]
COMPLEX = ["complex<f32>", "complex<f64>", "complex<bf16>", "complex<i32>", "complex<i5>"]
ELEMENTS = [*INTEGERS, *FLOAT_FORMATS, *COMPLEX]


def random_number(rng: random.Random, name: str) -> str:
    """A literal that is exact in f64, so that upstream's rounding is ours."""
    if name in FLOAT_FORMATS:
        floats = FLOAT_FORMATS[name]
        if rng.random() < 0.1:
            return f"0x{rng.getrandbits(min(floats.width, 64)):X}"
        sign = rng.choice(["", "-"]) if floats.has_sign else ""
        return f"{sign}{rng.randint(0, 4000)}.{rng.choice(['0', '5', '25', '125'])}"
    form = integer_format(name)
    value = rng.randint(form.smallest, form.largest)
    if name == "i1" and rng.random() < 0.5:
        return rng.choice(["true", "false"])
    return hex(value) if value > 0 and rng.random() < 0.1 else str(value)


def random_element(rng: random.Random, name: str) -> str:
    if not name.startswith("complex<"):
        return random_number(rng, name)
    part = name[8:-1]
    return f"({random_number(rng, part)}, {random_number(rng, part)})"


def nested(texts: list[str], shape: tuple[int, ...]) -> str:
    for size in reversed(shape):
        texts = [f"[{', '.join(texts[i : i + size])}]" for i in range(0, len(texts), size)]
    return texts[0]


def type_of(name: str, shape: tuple[int, ...]) -> str:
    return "tensor<" + "".join(f"{size}x" for size in shape) + f"{name}>"


@pytest.mark.parametrize("name", ELEMENTS)
def test_literals_agree_with_mlir_opt(name: str, mlir_opt: Oracle) -> None:
    rng = random.Random(name)
    cases = []
    for shape in [(1,), (3,), (2, 3), (4, 1, 5), (40,), (101,), (2, 60)] * 3:
        texts = [random_element(rng, name) for _ in range(math.prod(shape))]
        cases.append((nested(texts, shape), shape))
    cases += [(random_element(rng, name), (2, 2)), (random_element(rng, name), ())]
    attributes = [f"dense<{text}> : {type_of(name, shape)}" for text, shape in cases]
    for (text, shape), printed in zip(cases, mlir_opt(attributes), strict=True):
        found = print_dense(parse_dense_literal(text, shape, name))
        assert f"dense<{found}> : {type_of(name, shape)}" == printed, text


WRONG = [
    ("dense<[1, 2, 3]> : tensor<2xi8>", (2,), "i8"),
    ("dense<[[1, 2], [3]]> : tensor<2x2xi8>", (2, 2), "i8"),
    ("dense<[[1, 2], 3]> : tensor<2x2xi8>", (2, 2), "i8"),
    ("dense<[1, [3]]> : tensor<2x1xi8>", (2, 1), "i8"),
    ("dense<[1, 256]> : tensor<2xi8>", (2,), "i8"),
    ("dense<[1, -129]> : tensor<2xi8>", (2,), "i8"),
    ("dense<[1, -1]> : tensor<2xui8>", (2,), "ui8"),
    ("dense<[1, 128]> : tensor<2xsi8>", (2,), "si8"),
    ("dense<> : tensor<1xi8>", (1,), "i8"),
    ("dense<[]> : tensor<1xi8>", (1,), "i8"),
    ("dense<[[]]> : tensor<2x0xi8>", (2, 0), "i8"),
    ("dense<[1.0, 1]> : tensor<2xf32>", (2,), "f32"),
    ("dense<[1, 1.5]> : tensor<2xi32>", (2,), "i32"),
    ("dense<true> : tensor<2xi32>", (2,), "i32"),
    ("dense<[true, 2]> : tensor<2xi1>", (2,), "i1"),
    ("dense<-true> : tensor<2xi1>", (2,), "i1"),
    ("dense<[true, 1.0]> : tensor<2xf32>", (2,), "f32"),
    ("dense<[(1, 2), 3]> : tensor<2xcomplex<i32>>", (2,), "complex<i32>"),
    ("dense<1> : tensor<2xcomplex<i32>>", (2,), "complex<i32>"),
    ("dense<[1, 2]> : tensor<2xcomplex<i32>>", (2,), "complex<i32>"),
    ("dense<[(1, 2, 3)]> : tensor<1xcomplex<i32>>", (1,), "complex<i32>"),
    ("dense<(1.0)> : tensor<2xcomplex<f32>>", (2,), "complex<f32>"),
    ('dense<"0x010203"> : tensor<2xi8>', (2,), "i8"),
    ('dense<"0x05"> : tensor<9xi1>', (9,), "i1"),
    ('dense<"0x1"> : tensor<1xi8>', (1,), "i8"),
    ('dense<"hello"> : tensor<1xi8>', (1,), "i8"),
    ("dense<[0x1FFFFFFFF, 1.0]> : tensor<2xf32>", (2,), "f32"),
    ("dense<[-0x1, 1.0]> : tensor<2xf32>", (2,), "f32"),
    ("dense<[-1, 18446744073709551615]> : tensor<2xindex>", (2,), "index"),
    ("dense<18446744073709551616> : tensor<2xi64>", (2,), "i64"),
    ("dense<[1, -0]> : tensor<2xi64>", (2,), "i64"),
    ("dense<[1, 2,]> : tensor<2xi64>", (2,), "i64"),
    ("dense<[1 2]> : tensor<2xi64>", (2,), "i64"),
    ("dense<[1, foo]> : tensor<2xi64>", (2,), "i64"),
    ("dense<1, 2> : tensor<2xi64>", (2,), "i64"),
    ("dense<1]> : tensor<2xi8>", (2,), "i8"),
    ("dense<[--1]> : tensor<1xi64>", (1,), "i64"),
    ("dense<1e5> : tensor<f32>", (), "f32"),
    ("dense<[1.5e+]> : tensor<1xf32>", (1,), "f32"),
]


@pytest.mark.parametrize(("attribute", "shape", "name"), WRONG)
def test_errors_agree_with_mlir_opt(
    attribute: str,
    shape: tuple[int, ...],
    name: str,
    mlir_opt_error: Callable[[str], tuple[str, int]],
) -> None:
    text = attribute.split("> : ")[0].removeprefix("dense<")
    with pytest.raises(DenseLiteralError) as caught:
        parse_dense_literal(text, shape, name)
    offset = caught.value.offset
    place = 0 if offset is None else offset + len("dense<")
    assert (caught.value.message, place) == mlir_opt_error(attribute)


LONG_WRONG = [
    ("[1, 2]3", (2,), "i32"),
    ("[[1]2, [3]]", (2, 2), "i32"),
    ("[1, 2, 3 4]", (4,), "i32"),
    ("[1, 2,, 4]", (4,), "i32"),
    ("[1, 2-3, 4]", (3,), "i32"),
    ("[1, 2, +4]", (3,), "i32"),
    ("[1_0, 2]", (2,), "i32"),
    ("[1.0, .5]", (2,), "f32"),
    ("[1.0, 2]", (2,), "f32"),
    ("[1.0.0, 2]", (2,), "f32"),
    ("[1.0, +2.0]", (2,), "f32"),
    ("[1.0, 2.0e]", (2,), "f32"),
    ("[1.0, 2.0E+-1]", (2,), "f32"),
    ("[1.0, nan]", (2,), "f32"),
    ("[1.0, 0x1FFFFFFFF]", (2,), "f32"),
    ("[true, fals]", (2,), "i1"),
    ("[truefalse]", (2,), "i1"),
    ("[1, 2, 70000]", (3,), "i16"),
    ("[(1.0, 2.0), 3.0, 4.0]", (2,), "complex<f32>"),
    ("[(1.0, 2.0, 3.0), (4.0)]", (2,), "complex<f32>"),
    ("[1, 2\u0663]", (2,), "i32"),
]


@pytest.mark.parametrize(("text", "shape", "name"), LONG_WRONG)
def test_bulk_reading_accepts_nothing_that_the_token_parser_refuses(
    text: str, shape: tuple[int, ...], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dense_parse, "_BULK_FROM", 0)
    with pytest.raises(DenseLiteralError):
        parse_dense_literal(text, shape, name)


@pytest.mark.parametrize("name", ELEMENTS)
def test_bulk_reading_equals_token_reading(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = random.Random(name)
    for shape in [(1,), (7,), (3, 2), (2, 1, 3)]:
        texts = [random_element(rng, name) for _ in range(math.prod(shape))]
        text = nested(texts, shape).replace(", ", rng.choice([",", " ,\n ", ", "]))
        monkeypatch.setattr(dense_parse, "_BULK_FROM", 10**9)
        expected = parse_dense_literal(text, shape, name)
        monkeypatch.setattr(dense_parse, "_BULK_FROM", 0)
        assert parse_dense_literal(text, shape, name) == expected, text


def test_nan_bits_are_kept() -> None:
    found = parse_dense_literal("[1.0, 0x7FC00000, 3.0]", (3,), "f32")
    assert found.array.view(np.uint32).tolist() == [0x3F800000, 0x7FC00000, 0x40400000]
    assert print_dense(found) == "[1.000000e+00, 0x7FC00000, 3.000000e+00]"
    signalling = parse_dense_literal("[0x7F800001, 0xFFC12345]", (2,), "f32")
    assert print_dense(signalling) == "[0x7F800001, 0xFFC12345]"


@pytest.mark.parametrize("bulk_from", [0, 10**9])
def test_no_double_rounding(bulk_from: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense_parse, "_BULK_FROM", bulk_from)
    below = "1.00000017881393432617187499999999999999"
    above = "1.00000005960464477539062500000000001"
    found = parse_dense_literal(f"[{below}, {above}, 1.0]", (3,), "f32")
    assert found.array.view(np.uint32).tolist() == [0x3F800001, 0x3F800001, 0x3F800000]
    subnormal = "0.7006492321624085354618647916449581e-45"
    found = parse_dense_literal(f"[{subnormal}, 1.0e-45, -1.0e-46]", (3,), "f32")
    assert found.array.view(np.uint32).tolist() == [0x00000001, 0x00000001, 0x80000000]


def test_minus_zero_is_not_zero() -> None:
    found = parse_dense_literal("[0.0, -0.0]", (2,), "f32")
    assert not found.is_splat
    assert print_dense(found) == "[0.000000e+00, -0.000000e+00]"


def test_lists_of_equal_elements_are_splats() -> None:
    assert parse_dense_literal("[[1, 1], [1, 1]]", (2, 2), "i32") == DenseData.splat(
        "i32", (2, 2), 1
    )
    assert print_dense(parse_dense_literal("[true, 1, -1]", (3,), "i1")) == "true"
    nan = parse_dense_literal("[0x7FC00000, 0x7FC00000]", (2,), "f32")
    assert nan.is_splat


@pytest.mark.parametrize("text", ["", "[]", "[[], []]", '"0x"'])
def test_no_elements(text: str) -> None:
    shape = {"[]": (0,), "[[], []]": (2, 0)}.get(text, (0, 5))
    found = parse_dense_literal(text, shape, "f32")
    assert found.count == 0 and print_dense(found) == "" and list(found) == []


def test_a_splat_takes_no_memory() -> None:
    tracemalloc.start()
    found = parse_dense_literal("0.5", (100_000, 1000), "f32")
    assert print_dense(found) == "5.000000e-01"
    assert found.to_numpy().shape == (100_000, 1000)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 100_000


@pytest.mark.parametrize("name", ELEMENTS)
def test_raw_bytes_round_trip(name: str) -> None:
    rng = random.Random(name)
    texts = [random_element(rng, name) for _ in range(19)]
    found = parse_dense_literal(nested(texts, (19,)), (19,), name)
    assert DenseData.from_bytes(name, (19,), found.to_bytes()) == found
    text = print_dense(found, hex_if_larger=3)
    assert parse_dense_literal(text, (19,), name) == found
    assert parse_dense_literal(print_dense(found, None), (19,), name) == found
    assert DenseData.from_scalars(name, (19,), list(found)) == found or name in FLOAT_FORMATS


def test_raw_forms() -> None:
    assert parse_dense_literal('"0x0501"', (9,), "i1").to_bytes() == b"\x05\x01"
    assert list(parse_dense_literal('"0x1F21"', (2,), "i4")) == [-1, 1]
    assert list(parse_dense_literal('"0x01020304"', (4,), "i32")) == [0x04030201] * 4
    assert list(parse_dense_literal('"0x0F"', (2,), "f4E2M1FN")) == [-6.0, -6.0]
    assert parse_dense_literal("[-7, 1]", (2,), "i4").to_bytes() == b"\x09\x01"
    assert parse_dense_literal("[-1, 3]", (2,), "i17").to_bytes() == bytes.fromhex("ffff01030000")


def test_numpy_in_and_out() -> None:
    source = np.arange(6, dtype=np.float32).reshape(2, 3)
    found = DenseData.from_numpy(source, "f32")
    source[0, 0] = 99.0
    assert found.get((0, 0)) == 0.0
    assert found.get((1, 2)) == 5.0 and found.get(4) == 4.0
    with pytest.raises(ValueError):
        found.to_numpy()[0, 0] = 1.0
    assert DenseData.from_numpy(np.array([200, 1]), "i8").array.tolist() == [-56, 1]
    assert DenseData.from_numpy(np.array([0.1, 1.0]), "bf16").get(0) == 0.10009765625
    assert DenseData.from_numpy(np.array([1 + 2j, 3]), "complex<i8>").get(0) == (1, 2)
    with pytest.raises(ValueError, match="not integers"):
        DenseData.from_numpy(np.array([0.5]), "i32")
    with pytest.raises(IndexError):
        found.get((2, 0))
    with pytest.raises(IndexError):
        found.get((0,))


def test_reshape_and_map() -> None:
    found = DenseData.from_numpy(np.arange(6, dtype=np.int32), "i32")
    assert found.reshape((2, 3)).get((1, 0)) == 3
    with pytest.raises(ValueError):
        found.reshape((4,))
    doubled = found.map(lambda array: array * 2)
    assert list(doubled) == [0, 2, 4, 6, 8, 10]
    splat = DenseData.splat("i8", (1000, 1000), 100)
    twice = splat.map(lambda array: array.astype(np.int64) * 2)
    assert twice.is_splat and twice.get((0, 0)) == -56
    assert list(found.map(lambda array: np.greater(array, 2), "i1")) == [False] * 3 + [True] * 3


def test_keys_tell_elements_apart() -> None:
    one = parse_dense_literal("[1, 2]", (2,), "i32")
    assert one.key == parse_dense_literal('"0x0100000002000000"', (2,), "i32").key
    assert hash(one) == hash(DenseData.from_scalars("i32", (2,), [1, 2]))
    others = [("i64", (2,)), ("i32", (1, 2))]
    for element, shape in others:
        assert DenseData.from_scalars(element, shape, [1, 2]) != one


@given(st.lists(st.floats(width=32), min_size=1, max_size=40))
def test_f32_lists_survive_text(values: list[float]) -> None:
    found = DenseData.from_numpy(np.array(values, np.float32), "f32")
    assert parse_dense_literal(print_dense(found), found.shape, "f32") == found


@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=40))
def test_i64_lists_survive_text(values: list[int]) -> None:
    found = DenseData.from_numpy(np.array(values, np.int64), "i64")
    assert list(found) == values
    assert parse_dense_literal(print_dense(found), found.shape, "i64") == found


def test_a_million_floats_are_read_in_bulk() -> None:
    values = np.random.default_rng(1).standard_normal((1000, 1000)).astype(np.float32)
    rows = (", ".join(map(repr, row)) for row in values.astype(np.float64).tolist())
    text = "[" + ", ".join(f"[{row}]" for row in rows) + "]"
    found = parse_dense_literal(text, (1000, 1000), "f32")
    np.testing.assert_array_equal(found.array, values)

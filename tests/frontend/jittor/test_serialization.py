"""Saved values come back as they were; anything else is refused, and never run."""

from __future__ import annotations

import io
import json
import pickle  # noqa: TID251 - to make the files that must be refused
import stat
import zipfile
from pathlib import Path
from typing import Any

import ml_dtypes
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as npst

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor import nn

Array = npt.NDArray[Any]
QUICK = settings(
    max_examples=60,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

DTYPES = st.sampled_from(["?", "u1", "i1", "<u2", "<i2", "<i4", "<i8", "<u8", "<f2", "<f4", "<f8"])
ARRAYS = DTYPES.flatmap(
    lambda dtype: npst.arrays(dtype, npst.array_shapes(min_dims=0, max_dims=4, min_side=0))
)
PLAIN = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
KEYS = st.text(max_size=5) | st.integers(-3, 3) | st.sampled_from(["a.b", "__metadata__", "~1"])
VALUES = st.recursive(
    PLAIN | ARRAYS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=4).map(tuple)
        | st.dictionaries(KEYS, inner, max_size=4)
    ),
    max_leaves=10,
)


def same(a: object, b: object) -> bool:
    """Equal in kinds, types and bits; NaNs are equal."""
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        assert isinstance(b, np.ndarray)
        return a.shape == b.shape and a.dtype == b.dtype and a.tobytes() == b.tobytes()
    if isinstance(a, dict):
        assert isinstance(b, dict)
        return list(a) == list(b) and all(same(a[key], b[key]) for key in a)
    if isinstance(a, (list, tuple)):
        assert isinstance(b, (list, tuple))
        return len(a) == len(b) and all(map(same, a, b))
    return repr(a) == repr(b)


def round_trip(value: object, tmp_path: Path) -> object:
    jt.save(value, tmp_path / "model.pkl")
    return jt.load(tmp_path / "model.pkl")


@given(value=VALUES)
@QUICK
def test_values_come_back(value: object, tmp_path: Path) -> None:
    assert same(round_trip(value, tmp_path), value)


def test_kinds_that_hypothesis_does_not_make(tmp_path: Path) -> None:
    turned = np.arange(6, dtype=np.float32).reshape(2, 3).T
    big = np.arange(3, dtype=">f8")
    half = np.array([1.5, -2.0], dtype=ml_dtypes.bfloat16)
    found = round_trip([turned, big, half, np.float32(2.5), jt.array([1, 2])], tmp_path)
    assert isinstance(found, list)
    np.testing.assert_array_equal(found[0], turned)
    np.testing.assert_array_equal(found[1], big)
    assert found[2].dtype == half.dtype and found[2].tolist() == [1.5, -2.0]
    assert found[3].shape == () and found[3] == np.float32(2.5)
    assert found[4].tolist() == [1, 2] and found[4].dtype == np.int32
    found[0][0, 0] = 7  # arrays are the caller's own


SAMPLE = {
    "layer": {"weight": np.arange(12, dtype=np.float32).reshape(3, 4), "bias": np.zeros(3)},
    "steps": [1, 2.5, "x"],
}


@pytest.fixture(scope="module")
def saved(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("saved") / "model"
    jt.save(SAMPLE, path)
    return path.read_bytes()


def load_bytes(content: bytes, tmp_path: Path, name: str = "model.pkl") -> object:
    path = tmp_path / name
    path.write_bytes(content)
    return jt.load(path)


@given(where=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
@QUICK
def test_every_flipped_bit_is_noticed(where: float, bit: int, saved: bytes, tmp_path: Path) -> None:
    flipped = bytearray(saved)
    flipped[int(where * len(saved))] ^= 1 << bit
    with pytest.raises(jt.TensorError, match="cannot be loaded"):
        load_bytes(bytes(flipped), tmp_path)


@given(share=st.floats(0, 1, exclude_max=True))
@QUICK
def test_every_cut_is_noticed(share: float, saved: bytes, tmp_path: Path) -> None:
    with pytest.raises(jt.TensorError, match="cannot be loaded"):
        load_bytes(saved[: int(share * len(saved))], tmp_path)


@given(content=st.binary(max_size=200), name=st.sampled_from(["m.pkl", "m.safetensors"]))
@QUICK
def test_garbage_is_refused(content: bytes, name: str, tmp_path: Path) -> None:
    with pytest.raises(jt.TensorError, match="cannot be loaded"):
        load_bytes(content, tmp_path, name)


class Hostile:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return Path.touch, (Path("was-run"),)  # type: ignore[return-value]


@pytest.mark.parametrize("protocol", [2, 3, 4, 5])
def test_pickles_are_refused_and_not_run(
    protocol: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for value in (Hostile(), {"w": np.ones(1000)}, None):
        with pytest.raises(jt.TensorError, match="a pickle, and reading one runs"):
            load_bytes(pickle.dumps(value, protocol), tmp_path)
    assert not (tmp_path / "was-run").exists()


def test_archives_of_pickles_are_refused(tmp_path: Path) -> None:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("model/data.pkl", pickle.dumps({}))
    with pytest.raises(jt.TensorError, match="as torch writes it, of pickles"):
        load_bytes(file.getvalue(), tmp_path)


def foreign(header: object, body: bytes = b"") -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + body


def entry(dtype: object, shape: object, start: object, end: object) -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [start, end]}


def test_files_of_other_libraries_are_read(tmp_path: Path) -> None:
    two = entry("F32", [2], 0, 8)
    content = foreign({"w": two, "b": entry("I64", [1], 8, 16)}, bytes(15) + b"\1")
    found = load_bytes(content, tmp_path, "m.safetensors")
    assert isinstance(found, dict)
    assert found["w"].tolist() == [0, 0] and found["b"].tolist() == [1 << 56]
    with pytest.raises(jt.TensorError, match="no checksum"):
        load_bytes(content, tmp_path)


HOSTILE = {
    "length beyond the file": (2**63).to_bytes(8, "little") + b"{}",
    "no table": foreign([]),
    "deep": foreign(b"[" * 200_000),
    "not text": foreign(b"\xff\xfe{}"),
    "metadata no table": foreign({"__metadata__": 3}),
    "metadata no texts": foreign({"__metadata__": {"a": 3}}),
    "entry no table": foreign({"w": 3}),
    "no offsets": foreign({"w": {"dtype": "F32", "shape": [0]}}),
    "negative offset": foreign({"w": entry("U8", [1], -1, 0)}),
    "beyond the end": foreign({"w": entry("U8", [9], 0, 9)}, b"12345678"),
    "backwards": foreign({"w": entry("U8", [8], 8, 0)}, b"12345678"),
    "overlap": foreign({"a": entry("U8", [8], 0, 8), "b": entry("U8", [4], 4, 8)}, bytes(8)),
    "gap": foreign({"a": entry("U8", [2], 0, 2), "b": entry("U8", [4], 4, 8)}, bytes(8)),
    "rest": foreign({"a": entry("U8", [2], 0, 2)}, bytes(8)),
    "unknown type": foreign({"a": entry("O", [1], 0, 8)}, bytes(8)),
    "listed type": foreign({"a": entry(["F32"], [2], 0, 8)}, bytes(8)),
    "shape too large": foreign({"a": entry("F32", [3], 0, 8)}, bytes(8)),
    "shape of terabytes": foreign({"a": entry("F32", [2**62, 2**62], 0, 8)}, bytes(8)),
    "empty but vast": foreign({"a": entry("F32", [0, 2**62, 2**62], 0, 0)}),
    "negative sizes": foreign({"a": entry("F32", [-1, -2], 0, 8)}, bytes(8)),
    "bools for sizes": foreign({"a": entry("U8", [True], 0, 1)}, bytes(1)),
    "many dimensions": foreign({"a": entry("U8", [1] * 5000, 0, 1)}, bytes(1)),
    "odd bytes": foreign({"a": entry("F32", [1], 0, 3)}, bytes(3)),
    "huge number": foreign(b'{"a":{"dtype":"U8","shape":[' + b"9" * 5000 + b"]}}"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(jt.TensorError, match="cannot be loaded"):
        load_bytes(HOSTILE[name], tmp_path, "m.safetensors")


def test_hostile_nesting_is_refused(tmp_path: Path) -> None:
    from stepwell.frontend.jittor.serialization.archive import encoded

    wrong = [
        "[" * 100_000,
        "{}",
        '["list", 3]',
        '["array", "w"]',
        '["dict", [["a", 1, 2]]]',
        '["dict", [[["list", []], 1]]]',
        '["dict", [[true, 1]]]',
        '["set", []]',
        '["list", [' * 150 + "]]" * 150,
    ]
    for text in wrong:
        with pytest.raises(jt.TensorError, match="nested"):
            load_bytes(encoded({}, {"stepwell": text}), tmp_path)


def test_what_cannot_be_saved_is_named(tmp_path: Path) -> None:
    path = tmp_path / "model"
    path.write_text("before")
    endless: list[object] = []
    endless.append(endless)
    for value, words in (
        ({"a": [object()]}, r"a object cannot be saved \(at a\.0\)"),
        ({"a": np.array([object()])}, "'a' of object"),
        ({"a": np.zeros(2, complex)}, "complex128"),
        ({1.5: 2}, "key 1.5"),
        ({"f": len}, "builtin_function_or_method"),
        (endless, "nested"),
        (1 << 5000, "bits"),
    ):
        with pytest.raises(jt.TensorError, match=words):
            jt.save(value, path)
    assert path.read_text() == "before"
    assert [one.name for one in tmp_path.iterdir()] == ["model"]


def test_a_failing_write_leaves_the_file_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "model"
    jt.save([1], path)

    def fails(descriptor: int) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("os.fsync", fails)
    with pytest.raises(OSError, match="disk full"):
        jt.save([2], path)
    assert jt.load(path) == [1]
    assert [one.name for one in tmp_path.iterdir()] == ["model"]


def test_files_keep_their_modes_and_links_their_targets(tmp_path: Path) -> None:
    path, link = tmp_path / "model", tmp_path / "link"
    jt.save([1], path)
    path.chmod(0o640)
    link.symlink_to(path)
    jt.save([2], link)
    assert link.is_symlink() and jt.load(path) == [2]
    assert stat.S_IMODE(path.stat().st_mode) == 0o640


def test_missing_files_are_the_systems_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        jt.load(tmp_path / "none")
    with pytest.raises(FileNotFoundError):
        jt.save([], tmp_path / "none" / "model")


def test_models_are_saved_with_their_names(tmp_path: Path) -> None:
    model = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    model.save(tmp_path / "model.pkl")
    other = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))
    other.load(tmp_path / "model.pkl")
    x = jt.randn(5, 3)
    np.testing.assert_array_equal(model(x).numpy(), other(x).numpy())

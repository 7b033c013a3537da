"""Flags, and the description's blocks 15, 18, 34, 37 and 41."""

from __future__ import annotations

import logging
import os
import subprocess
import sys

import numpy as np
import pytest

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor import devices, plans
from stepwell.frontend.jittor.devices import NoDeviceError
from stepwell.frontend.jittor.flags import Flags
from stepwell.runtime.compiled import compile_source
from tests.frontend.jittor.description import run

BLOCK_15 = """
jt.flags.use_memory_pool = True
jt.flags.lazy_execution = True
jt.flags.use_cuda_managed_allocator = True
"""

BLOCK_18 = """
import jittor as jt

if jt.flags.use_cuda:
    print("?  GPU ")
    device = "cuda"
else:
    print("?  CPU ")
    device = "cpu"

x = jt.randn(100, 100)
y = x.cuda()
z = y.cpu()
"""

BLOCK_37 = """
import jittor as jt

jt.flags.use_cuda = True if jt.has_cuda else False
jt.flags.use_memory_pool = True

jt.flags.lazy_execution = True
jt.flags.auto_mixed_precision = True

jt.flags.debug_level = 1
"""

BLOCK_41 = """
jt.flags.debug_level = 0
jt.flags.log_level = "warning"
jt.flags.use_memory_pool = True
jt.flags.auto_mixed_precision = True
"""


@pytest.mark.parametrize("block", [BLOCK_15, BLOCK_37, BLOCK_41])
def test_blocks_that_set_flags(block: str, monkeypatch: pytest.MonkeyPatch) -> None:
    run(block, monkeypatch, {})
    for line in block.splitlines():
        name, _, value = line.removeprefix("jt.flags.").partition(" = ")
        if value and "if" not in value:
            assert getattr(jt.flags, name) == {"True": True, '"warning"': "warning"}.get(
                value, value.isdecimal() and int(value)
            )
    np.testing.assert_allclose((jt.array([1.0, 2.0]) * 3.0).numpy(), [3.0, 6.0])


def test_block_18_tells_the_device(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    after = run(BLOCK_18, monkeypatch, {})
    expected = "cuda" if jt.flags.use_cuda else "cpu"
    assert after["device"] == expected
    assert capsys.readouterr().out == ("?  GPU \n" if jt.flags.use_cuda else "?  CPU \n")
    x, z = after["x"], after["z"]
    assert isinstance(x, jt.Var) and isinstance(z, jt.Var)
    np.testing.assert_array_equal(x.numpy(), z.numpy())


def test_unknown_flags_say_what_was_meant() -> None:
    with pytest.raises(jt.TensorError, match="no flag use_memory_pol; did you mean use_me"):
        jt.flags.use_memory_pol = True
    with pytest.raises(AttributeError, match="did you mean lazy_execution"):
        _ = jt.flags.lazy_executions
    with pytest.raises(jt.TensorError, match="no flag xyzzy; the flags are: auto_mixed_precision,"):
        jt.flags.xyzzy = 1
    with pytest.raises(jt.TensorError, match="no flag opt_levels"):
        with jt.flag_scope(opt_levels=1):
            pass


@pytest.mark.parametrize(
    "name, value",
    [("use_memory_pool", 2), ("use_memory_pool", "yes"), ("opt_level", 4), ("opt_level", 1.0),
     ("log_level", "loud"), ("cpu_mem_limit", None), ("compile_progress", "sometimes")],
)  # fmt: skip
def test_values_of_another_kind_are_refused(name: str, value: object) -> None:
    before = getattr(jt.flags, name)
    with pytest.raises(jt.TensorError, match=f"flag {name} is to be"):
        setattr(jt.flags, name, value)
    assert getattr(jt.flags, name) == before


def test_flag_scope_restores_after_an_error() -> None:
    with pytest.raises(ZeroDivisionError):
        with jt.flag_scope(opt_level=0, lazy_execution=0):
            assert jt.flags.opt_level == 0 and jt.flags.lazy_execution is False
            raise ZeroDivisionError
    assert jt.flags.opt_level == 2 and jt.flags.lazy_execution is True


def test_without_lazy_execution_values_are_there_at_once() -> None:
    x = jt.array([1.0, 2.0, 3.0])
    with jt.flag_scope(lazy_execution=False):
        y = x * 2.0 + 1.0
        assert y.location() == "cpu"
    z = x * 2.0 + 1.0
    assert z.location() == "none"
    np.testing.assert_array_equal(y.numpy(), z.numpy())


def test_use_cuda_without_a_device_is_a_clear_error() -> None:
    if jt.has_cuda:
        pytest.skip("there is a CUDA device")
    with pytest.raises(NoDeviceError, match="use_cuda: no CUDA device: "):
        jt.flags.use_cuda = 1
    assert not jt.flags.use_cuda


def test_cuda_without_a_device_stays_and_warns(caplog: pytest.LogCaptureFixture) -> None:
    if jt.has_cuda:
        pytest.skip("there is a CUDA device")
    devices.warn_of_fallback.cache_clear()
    with caplog.at_level(logging.WARNING, "stepwell"):
        x = jt.array([1.0]).cuda().cuda()
    assert x.device == "cpu"
    assert [record.message.split("(")[0] for record in caplog.records] == ["no CUDA device "]


def test_flags_come_from_the_environment() -> None:
    code = "from stepwell.frontend import jittor as jt; print(repr(jt.flags))"
    environment = {
        **os.environ, "cpu_mem_limit": "1000000", "lazy_execution": "0", "JITTOR_LOG_LEVEL": "2"
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True,
                          text=True, check=True)  # fmt: skip
    for line in ("cpu_mem_limit = 1000000 ", "lazy_execution = False ", "log_level = 'debug' "):
        assert line in done.stdout
    environment["cpu_mem_limit"] = "much"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True,
                          text=True)  # fmt: skip
    assert "flag cpu_mem_limit is to be int, not 'much'" in done.stderr


def test_block_34_log_level_two_tells_of_compiling_and_running() -> None:
    code = "from stepwell.frontend import jittor as jt; x = jt.array([1.0]); (x * 5.0 + 2.0).sync()"
    for level, words in (("2", ("compiled 2 operations", "ran a plan")), ("0", ())):
        environment = {**os.environ, "JITTOR_LOG_LEVEL": level}
        done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True,
                              text=True, check=True)  # fmt: skip
        assert all(word in done.stderr for word in words)
        assert bool(done.stderr) == bool(words)


def test_opt_level_reaches_llvm(monkeypatch: pytest.MonkeyPatch) -> None:
    levels = []

    def spy(*arguments: object, **options: object) -> object:
        levels.append(options["level"])
        return compile_source(*arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(plans, "compile_source", spy)
    x = jt.array([0.5])
    with jt.flag_scope(opt_level=1):
        (x * 1.25 + 7.125).sync()
    assert levels == [1]


def test_a_watcher_that_refuses_keeps_the_flag() -> None:
    flags = Flags()

    def refuse(value: bool) -> None:
        raise ValueError(value)

    flags.when_changed("use_cuda", refuse)
    with pytest.raises(ValueError):
        flags.use_cuda = True
    assert flags.use_cuda is False


def test_all_flags_are_documented() -> None:
    lines = repr(jt.flags).splitlines()
    assert len(lines) == len(set(dir(jt.flags)) - {"get_memory_info"}) >= 13
    assert all(" = " in line and len(line.split("  # ")[1]) > 20 for line in lines)

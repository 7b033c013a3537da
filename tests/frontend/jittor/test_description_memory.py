"""Memory, and the description's blocks 10 to 14, 31 and 43."""

from __future__ import annotations

import re
from types import SimpleNamespace

import numpy as np
import pytest

from stepwell.backends.cpu.support import allocator
from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor.memory_info import memory_info
from stepwell.runtime.sizes import size_text
from tests.frontend.jittor.description import run

pytestmark = pytest.mark.usefixtures("only_our_garbage")

BLOCK_10 = """
import jittor as jt

x = jt.randn(1000, 1000)

jt.display_memory_info()
"""

BLOCK_12 = """
def memory_callback():
    info = jt.flags.get_memory_info()
    print(f"GPU : {info.used / 1e9:.2f}GB")

jt.flags.memory_profiler_enable = True
"""

BLOCK_14 = """
jt.gc()
jt.clean_graph()
"""

BLOCK_31 = """
args.batch_size = 2

jt.flags.use_memory_pool = True

jt.gc()
jt.display_memory_info()
"""

BLOCK_43 = """
def get_optimal_batch_size(model, input_shape):
    for batch_size in [1, 2, 4, 8, 16, 32]:
        try:
            x = jt.randn(batch_size, *input_shape)
            output = model(x)
            jt.sync_all()
            return batch_size
        except RuntimeError as e:
            if "memory" in str(e).lower():
                continue
            else:
                raise e
    return 1
"""

SIZE = r"\d+(?:\.\d+)?(?:e\+\d+)?[KMGT]?B"
LAYOUT = re.compile(
    r"=== display_memory_info ===\n"
    rf"total_cpu_ram: {SIZE} total_device_ram: {SIZE}\n"
    r"hold_vars: (?P<vars>\d+) lived_vars: (?P<nodes>\d+) lived_ops: (?P<ops>\d+)\n"
    rf"(?:name: \w+ is_device: [01] used: {SIZE}\([\d.]+%\) unused: {SIZE}\([\d.]+%\)"
    rf" total: {SIZE}\n)+"
    rf"cpu&gpu: (?P<both>{SIZE}) gpu: (?P<gpu>{SIZE}) cpu: (?P<cpu>{SIZE})\n"
    r"===========================\n"
)
UNITS = {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30, "T": 1 << 40}


def in_bytes(text: str) -> float:
    """The bytes that a printed size means."""
    found = re.fullmatch(r"([\d.e+]+)([KMGT]?)B", text)
    assert found is not None
    return float(found[1]) * UNITS[found[2]]


def shown(capsys: pytest.CaptureFixture[str]) -> re.Match[str]:
    """The parts of what `display_memory_info` printed."""
    found = LAYOUT.fullmatch(capsys.readouterr().out)
    assert found is not None
    return found


def test_block_10_shows_four_more_megabytes(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    jt.clean()
    before = memory_info().used
    after = run(BLOCK_10, monkeypatch, {})
    first = shown(capsys)
    x = after["x"]
    assert isinstance(x, jt.Var)
    x.sync()
    assert 4_000_000 <= memory_info().used - before <= 5_000_000
    jt.display_memory_info()
    second = shown(capsys)
    for found in (first, second):
        cpu, gpu = in_bytes(found["cpu"]), in_bytes(found["gpu"])
        assert cpu + gpu == pytest.approx(in_bytes(found["both"]), rel=2e-3)
    assert in_bytes(second["cpu"]) == pytest.approx(memory_info().total, rel=1e-3)


def test_the_pool_line_adds_up(capsys: pytest.CaptureFixture[str]) -> None:
    x = jt.array(np.ones((300, 300)))
    y = (x + 1.0).sync()
    del y
    jt.display_memory_info()
    text = capsys.readouterr().out
    found = re.search(
        rf"used: ({SIZE})\(([\d.]+)%\) unused: ({SIZE})\(([\d.]+)%\) total: ({SIZE})", text
    )
    assert found is not None
    used, unused, total = (in_bytes(found[i]) for i in (1, 3, 5))
    assert used + unused == pytest.approx(total, rel=2e-3) and unused > 0
    assert float(found[2]) + float(found[4]) == pytest.approx(100, abs=0.1)
    info = memory_info()
    assert info.used + info.unused == info.total


def test_sizes_are_written_as_the_description_does() -> None:
    assert [size_text(int(one)) for one in (0, 1023, 65 << 20, 1.641 * 2**30, 15 << 30)] == [
        "0B",
        "1023B",
        "65MB",
        "1.641GB",
        "15GB",
    ]


def test_block_12_prints_bytes_in_use(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    after = run(BLOCK_12, monkeypatch, {})
    x = jt.array(np.zeros((2500, 1000)))
    callback = after["memory_callback"]
    assert callable(callback)
    callback()
    amount = float(capsys.readouterr().out.removeprefix("GPU : ").removesuffix("GB\n"))
    assert amount == pytest.approx(memory_info().used / 1e9, abs=0.006) and amount >= 0.01
    assert x.location() == "cpu"


def test_the_memory_profiler_knows_who_asked() -> None:
    x = jt.array(np.ones((200, 200)))
    jt.flags.memory_profiler_enable = True

    def makes_two() -> jt.Var:
        first = x * 3.0
        second = first - 1.5
        jt.sync_all()
        return second

    kept = makes_two()
    found = jt.get_max_memory_info()
    names = {stack[0].function: size for stack, size in found.places.items()}
    assert names == {"makes_two": 160_000}
    assert sum(found.places.values()) == 2 * 160_000 <= found.peak
    lines = jt.get_max_memory_treemap().splitlines()
    assert lines[0].startswith("peak: ") and "values: 312.5KB" in lines[0]
    assert re.search(r"^ +156.2KB .*test_description_memory\.py:\d+ in makes_two$", lines[-1])
    del kept


def test_freed_memory_is_reused_and_gc_gives_it_back() -> None:
    x = jt.array(np.ones((400, 300)))
    jt.gc()
    y = (x * 2.0).sync()
    held, place = memory_info(), y.data.ctypes.data
    del y
    freed = memory_info()
    assert freed.used == held.used - (held.used - freed.used) < held.used
    assert freed.unused - held.unused == held.used - freed.used >= x.numel() * 4
    assert freed.total == held.total
    z = (x * 2.0).sync()
    assert z.data.ctypes.data == place
    assert memory_info() == held
    del z
    jt.gc()
    assert memory_info().unused == 0 and memory_info().used == freed.used


def test_without_the_pool_each_result_is_an_allocation() -> None:
    x = jt.array(np.ones(5000))
    (x * 2.0).sync()
    with jt.flag_scope(use_memory_pool=False):
        assert memory_info().unused == 0
        before = allocator.statistics().calls
        for _ in range(7):
            (x * 2.0).sync()
        assert allocator.statistics().calls == before + 7
        assert memory_info().unused == 0
    (x * 2.0).sync()
    before = allocator.statistics().calls
    for _ in range(7):
        (x * 2.0).sync()
    assert allocator.statistics().calls == before


def test_arrays_from_numpy_are_copied_into_the_pool() -> None:
    given = np.ones((1000, 100), np.float32)
    before = memory_info().used
    x = jt.array(given)
    assert memory_info().used - before >= given.nbytes
    given[...] = 7
    assert x.numpy().max() == 1
    assert not np.shares_memory(x.data, given)


def test_block_14_keeps_values_and_forgets_the_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    w = jt.array([1.0, 2.0])
    kept = (w * w).sync()
    waiting = kept + 1.0
    before = jt.number_of_lived_ops()
    run(BLOCK_14, monkeypatch, {})
    assert jt.number_of_lived_ops() == before - 1
    np.testing.assert_array_equal(kept.numpy(), [1.0, 4.0])
    np.testing.assert_array_equal(waiting.numpy(), [2.0, 5.0])
    assert memory_info().unused >= 0


def test_counts_of_what_is_held() -> None:
    before = jt.number_of_hold_vars(), jt.number_of_lived_vars(), jt.number_of_lived_ops()
    x = jt.array([1.0])
    y = jt.exp(x)
    z = y + x
    added = jt.number_of_hold_vars(), jt.number_of_lived_vars(), jt.number_of_lived_ops()
    assert [b - a for a, b in zip(before, added, strict=True)] == [3, 3, 2]
    del y
    assert jt.number_of_hold_vars() == before[0] + 2
    assert jt.number_of_lived_vars() == before[1] + 3  # z needs it
    del x, z
    now = jt.number_of_hold_vars(), jt.number_of_lived_vars(), jt.number_of_lived_ops()
    assert now == before


def test_block_13_is_the_text_of_the_error() -> None:
    x = jt.array(np.ones((500, 500)))
    used = memory_info().used
    with jt.flag_scope(cpu_mem_limit=used + 1_500_000):
        (x * 2.0).sync()
        y = x * 3.0
        z = y - 0.125
        with pytest.raises(RuntimeError) as caught:
            jt.sync_all()
        first, second = str(caught.value).splitlines()
        assert first == "CPU memory is overflow, please reduce your batch_size or data size!"
        found = re.fullmatch(rf"Total: ({SIZE}) Used: ({SIZE})", second)
        assert found is not None
        assert in_bytes(found[1]) == pytest.approx(used + 1_500_000, rel=1e-3)
        assert in_bytes(found[2]) > in_bytes(found[1])
        assert memory_info().used == used  # nothing is left of it
        assert isinstance(caught.value, jt.TensorError | MemoryError)
        with pytest.raises(RuntimeError, match="memory is overflow"):
            jt.array(np.ones((1000, 1000)))
        (x + 2.0).sync()  # goes on
    np.testing.assert_array_equal((y + z)[0, :2].numpy(), [5.875, 5.875])


def test_what_a_failed_plan_held_between_is_freed() -> None:
    """Many results before the one that there is no room for."""
    x = jt.array(np.ones((100, 1000)))
    used = memory_info().used
    many = [jt.exp(x + float(i)) for i in range(8)]
    with jt.flag_scope(cpu_mem_limit=used + 5 * 450_000):
        for _ in range(3):
            with pytest.raises(RuntimeError, match="overflow"):
                jt.sync_all()
            assert memory_info().used == used
    jt.sync_all()
    np.testing.assert_allclose(many[7].numpy()[0, 0], np.exp(np.float32(8)), rtol=1e-6)


def test_block_31(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    args = SimpleNamespace(batch_size=64)
    run(BLOCK_31, monkeypatch, {"args": args})
    assert args.batch_size == 2
    shown(capsys)
    assert memory_info().unused == 0


def test_block_43_finds_a_batch_size_under_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    search = run(BLOCK_43, monkeypatch, {})["get_optimal_batch_size"]
    assert callable(search)
    asked: list[int] = []

    def model(x: jt.Var) -> jt.Var:
        # Larger inputs are cheaper here, so that the search has to go on.
        asked.append(x.shape[0])
        copies = 40 // x.shape[0]
        total = jt.zeros(copies * 25_000)
        return jt.exp(total) + 1.0

    assert search(model, (10,)) == 1
    used = memory_info().used
    asked.clear()
    with jt.flag_scope(cpu_mem_limit=used + 1_200_000):
        assert search(model, (10,)) == 4
    assert asked == [1, 2, 4]
    asked.clear()
    with jt.flag_scope(cpu_mem_limit=used + 1000):
        assert search(model, (10,)) == 1
    assert asked == [1, 2, 4, 8, 16, 32]


def test_memory_of_many_steps_is_flat() -> None:
    w = jt.array(np.ones((50, 50)))
    sizes = []
    for step in range(60):
        loss = (w * 0.5 + 1.0).sum()
        (g,) = jt.grad(loss, [w])
        w.update(w - 0.1 * g)
        loss.sync()
        if step % 20 == 19:
            sizes.append((memory_info().used, memory_info().total, jt.number_of_lived_vars()))
    assert sizes[1] == sizes[2]

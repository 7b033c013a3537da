"""Data sets give each item once, in batches, in an order that the seed decides."""

from __future__ import annotations

import threading
from collections import Counter

import numpy as np
import pytest

from stepwell.frontend import jittor as jt
from stepwell.frontend.jittor.dataset import DataLoader, Dataset, TensorDataset


class Squares(Dataset):
    def __init__(self, count: int = 10) -> None:
        super().__init__()
        self.set_attrs(total_len=count)

    def __getitem__(self, index: int) -> object:
        return index, float(index * index)


def read(dataset: Dataset) -> list[list[int]]:
    return [batch[0].numpy().tolist() for batch in dataset]


def test_batches_come_in_order() -> None:
    dataset = Squares().set_attrs(batch_size=4)
    assert len(dataset) == 3
    batches = list(dataset)
    assert [x.tolist() for x, _ in batches] == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert batches[1][1].tolist() == [16, 25, 36, 49]
    assert batches[0][0].dtype == "int32" and batches[0][1].dtype == "float32"
    assert batches[0][0].is_stop_grad()


@pytest.mark.parametrize(("count", "size", "full"), [(10, 4, 2), (8, 4, 2), (3, 4, 0), (0, 4, 0)])
def test_the_last_batch_may_be_dropped(count: int, size: int, full: int) -> None:
    dataset = Squares(count).set_attrs(batch_size=size, drop_last=True)
    assert len(dataset) == full == len(read(dataset))
    dataset.set_attrs(drop_last=False)
    assert sum(map(len, read(dataset))) == count


def test_shuffled_order_follows_the_seed_and_changes_from_pass_to_pass() -> None:
    dataset = Squares(100).set_attrs(batch_size=7, shuffle=True)
    first, second = read(dataset), read(dataset)
    jt.set_global_seed(7)
    assert read(dataset) == first != second
    for order in (first, second):
        assert Counter(sum(order, [])) == Counter(range(100))
    assert sum(first, []) != list(range(100))


@pytest.mark.parametrize("workers", [1, 3])
def test_workers_change_nothing_but_the_thread(workers: int) -> None:
    names = set()

    class Named(Squares):
        def __getitem__(self, index: int) -> object:
            names.add(threading.current_thread().name)
            return super().__getitem__(index)

    dataset = Named(100).set_attrs(batch_size=7)
    plain = read(dataset)
    names.clear()
    assert read(dataset.set_attrs(num_workers=workers)) == plain
    assert threading.current_thread().name not in names


def test_what_a_worker_raises_arrives_in_its_place() -> None:
    class Broken(Squares):
        def __getitem__(self, index: int) -> object:
            if index == 5:
                raise LookupError("no item 5")
            return super().__getitem__(index)

    seen: list[object] = []
    with pytest.raises(LookupError, match="no item 5"):
        for x, _ in Broken().set_attrs(batch_size=2, num_workers=2):
            seen += x.numpy().tolist()
    assert seen == [0, 1, 2, 3]


def test_stopping_in_the_middle_leaves_no_threads() -> None:
    before = threading.active_count()
    for _ in Squares(1000).set_attrs(batch_size=2, num_workers=2):
        break
    assert threading.active_count() == before


def test_rows_of_arrays() -> None:
    x, y = np.arange(12.0).reshape(6, 2), np.arange(6)
    dataset = TensorDataset(jt.array(x), y)
    loader = DataLoader(dataset, batch_size=4)
    batches = list(loader)
    np.testing.assert_array_equal(batches[1][0].numpy(), x[4:])
    assert batches[1][1].tolist() == [4, 5] and len(loader) == 2
    for wrong in ((), (x, y[:3]), (np.float32(1),)):
        with pytest.raises(jt.TensorError, match="as long as each other"):
            TensorDataset(*wrong)


def test_any_sequence_can_be_loaded() -> None:
    items = [{"name": str(n), "point": (n, [n / 2])} for n in range(5)]
    first, *_ = DataLoader(items, batch_size=3)
    assert isinstance(first, dict)
    assert first["name"] == ["0", "1", "2"]
    assert first["point"][0].tolist() == [0, 1, 2]
    assert first["point"][1][0].tolist() == [0.0, 0.5, 1.0]


def test_a_subclass_may_say_its_length_and_how_items_meet() -> None:
    class Words(Dataset):
        def __len__(self) -> int:
            return 5

        def __getitem__(self, index: int) -> object:
            return np.arange(index + 1)

        def collate_batch(self, batch: object) -> object:
            assert isinstance(batch, list)
            longest = max(map(len, batch))
            return np.stack([np.pad(one, (0, longest - len(one))) for one in batch])

    shapes = [batch.shape for batch in Words().set_attrs(batch_size=2)]  # type: ignore[attr-defined]
    assert shapes == [[2, 2], [2, 4], [1, 5]]
    assert [b.shape for b in DataLoader(Words(), 5)] == [[5, 5]]  # type: ignore[attr-defined]


def test_batches_may_stay_arrays() -> None:
    (x, _), *_ = Squares().set_attrs(keep_numpy_array=True)
    assert isinstance(x, np.ndarray)


def test_mistakes_are_explained() -> None:
    class Uneven(Squares):
        def __getitem__(self, index: int) -> object:
            return np.zeros(index + 1)

    class Ragged(Squares):
        def __getitem__(self, index: int) -> object:
            return (1,) * (index + 1)

    for wrong, words in (
        (Uneven(), r"different shapes: \[1\] and \[2\]"),
        (Ragged(), "different numbers of parts"),
        (Dataset(total_len=1), "__getitem__"),
        (Dataset(), "set total_len"),
    ):
        with pytest.raises(jt.TensorError, match=words):
            list(wrong)
    with pytest.raises(jt.TensorError, match="no attribute 'size'"):
        Squares().set_attrs(size=3)
    with pytest.raises(jt.TensorError, match="cannot be made"):
        Squares().set_attrs(batch_size=0)
    with pytest.raises(jt.TensorError, match="no part 'a'"):
        list(DataLoader([{"a": 1}, {"b": 1}], 2))

"""`Dataset`: items by number, read in batches.

class Squares(Dataset):
    def __init__(self):
        super().__init__(total_len=100)

    def __getitem__(self, index):
        return index, index * index

for x, y in Squares().set_attrs(batch_size=10, shuffle=True):
    ...
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NoReturn, cast

import numpy as np

from stepwell.frontend.jittor.dataset.batches import as_vars, collated, made_ahead
from stepwell.frontend.jittor.dtypes import AnyArray, TensorError
from stepwell.frontend.jittor.functions import rand
from stepwell.frontend.jittor.var import Var


class Dataset:
    """Base of data sets. A subclass defines `__getitem__`, and either sets `total_len` or defines
    `__len__`.

    Iterating gives batches: what the items are made of, each part put together to one Var. The
    order of a shuffled set follows the seed of the library, and differs from pass to pass. Items
    that workers read are of NumPy and numbers: Vars belong to one thread.

    Args:
        batch_size: the number of items in a batch. shuffle: whether their order is random.
        drop_last: whether the last batch is left out if it is smaller. num_workers: the threads
        that read ahead; without any, batches are read when they are asked for. total_len: the
        number of items. keep_numpy_array: whether batches are arrays of NumPy.

    Raises:
        TensorError: an option has an impossible value.
    """

    def __init__(
        self,
        batch_size: int = 16,
        shuffle: bool = False,
        drop_last: bool = False,
        num_workers: int = 0,
        total_len: int | None = None,
        keep_numpy_array: bool = False,
    ) -> None:
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.drop_last = drop_last
        self.num_workers = num_workers
        self.total_len = total_len
        self.keep_numpy_array = keep_numpy_array
        self._check()

    def set_attrs(self, **options: int | bool) -> Dataset:
        """Sets options of the constructor, or attributes of a subclass.

        Raises:
            TensorError: there is no such attribute, or the value is impossible.
        """
        for name, value in options.items():
            if not hasattr(self, name):
                raise TensorError(f"a {type(self).__name__} has no attribute '{name}'")
            setattr(self, name, value)
        self._check()
        return self

    def _check(self) -> None:
        if self.batch_size < 1 or self.num_workers < 0 or (self.total_len or 0) < 0:
            raise TensorError(
                f"batches of {self.batch_size} with {self.num_workers} workers cannot be made"
            )

    def __getitem__(self, index: int) -> object:
        raise TensorError(f"{type(self).__name__} does not define __getitem__")

    def __len__(self) -> int:
        """The number of batches, as in Jittor; a subclass may say the number of items here."""
        return self.batch_count()

    def item_count(self) -> int:
        """The number of items.

        Raises:
            TensorError: it is not known.
        """
        if self.total_len is not None:
            return self.total_len
        if type(self).__len__ is Dataset.__len__:
            _without_length(self)
        return len(self)

    def batch_count(self) -> int:
        """The number of batches in one pass."""
        count = self.item_count()
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)

    def collate_batch(self, batch: Sequence[object]) -> object:
        """The items as one; a subclass may do otherwise than `collated`."""
        return collated(batch)

    def read_batch(self, indices: Sequence[int]) -> object:
        """The items with these numbers as one."""
        return self.collate_batch([self[index] for index in indices])

    def __iter__(self) -> Iterator[tuple[Var, ...]]:
        """The batches of one pass. They are tuples of Vars where items are tuples of numbers and
        arrays, as they nearly always are, and whatever else `collate_batch` makes of others."""
        order = self._order()
        size = self.batch_size
        count = self.batch_count()
        parts = (order[at * size : (at + 1) * size].tolist() for at in range(count))
        for batch in made_ahead(self.read_batch, parts, self.num_workers):
            # Vars are made here, in the thread that uses them.
            yield cast("tuple[Var, ...]", batch if self.keep_numpy_array else as_vars(batch))

    def _order(self) -> AnyArray:
        count = self.item_count()
        if not self.shuffle or not count:
            return np.arange(count)
        return np.argsort(rand(count, dtype="float64").data, kind="stable")


def _without_length(dataset: Dataset) -> NoReturn:
    raise TensorError(
        f"the number of items of {type(dataset).__name__} is not known: set total_len"
    )


class TensorDataset(Dataset):
    """Rows of arrays that are as long as each other: item `i` is row `i` of each.

    Raises:
        TensorError: they are not, or there are none.
    """

    def __init__(self, *arrays: Var | AnyArray) -> None:
        self.arrays = [one.data if isinstance(one, Var) else np.asarray(one) for one in arrays]
        lengths = [len(one) if one.ndim else -1 for one in self.arrays]
        if not lengths or min(lengths) != max(lengths) or lengths[0] < 0:
            raise TensorError(f"the arrays of a data set are as long as each other, not {lengths}")
        super().__init__(total_len=lengths[0])

    def __getitem__(self, index: int) -> object:
        return tuple(one[index] for one in self.arrays)

    def read_batch(self, indices: Sequence[int]) -> object:
        """The rows with these numbers, cut out of each array at once."""
        return tuple(one[list(indices)] for one in self.arrays)


class DataLoader(Dataset):
    """Another way to read a data set: `dataset` itself keeps its options.

    Args:
        dataset: a Dataset, or a sequence of items. The others: see `Dataset`.
    """

    def __init__(
        self,
        dataset: Dataset | Sequence[object],
        batch_size: int = 1,
        shuffle: bool = False,
        num_workers: int = 0,
        drop_last: bool = False,
        keep_numpy_array: bool = False,
    ) -> None:
        self.dataset = dataset
        count = dataset.item_count() if isinstance(dataset, Dataset) else len(dataset)
        super().__init__(batch_size, shuffle, drop_last, num_workers, count, keep_numpy_array)

    def __getitem__(self, index: int) -> object:
        return self.dataset[index]

    def collate_batch(self, batch: Sequence[object]) -> object:
        """As the data set does it."""
        own = self.dataset
        return own.collate_batch(batch) if isinstance(own, Dataset) else collated(batch)

    def read_batch(self, indices: Sequence[int]) -> object:
        """As the data set does it."""
        own = self.dataset
        return own.read_batch(indices) if isinstance(own, Dataset) else super().read_batch(indices)

"""Items of a data set, put together to batches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

import numpy as np

from stepwell.frontend.jittor.dtypes import TensorError
from stepwell.frontend.jittor.var import Var, array

Given = TypeVar("Given")
Made = TypeVar("Made")


def collated(items: Sequence[object]) -> object:
    """Equal parts of all items in one: arrays and numbers in an array with one dimension more,
    texts in a list; lists, tuples and dictionaries part by part.

    Raises:
        TensorError: the items do not have equal parts.
    """
    first = items[0]
    if isinstance(first, Mapping):
        return {key: collated([_part(one, key) for one in items]) for key in first}
    if isinstance(first, (list, tuple)):
        lengths = {len(one) if isinstance(one, (list, tuple)) else -1 for one in items}
        if lengths != {len(first)}:
            raise TensorError("the items of a batch have different numbers of parts")
        parts = [collated([_part(one, at) for one in items]) for at in range(len(first))]
        return tuple(parts) if isinstance(first, tuple) else parts
    if isinstance(first, str):
        return list(items)
    return _stacked(items)


def _part(item: object, key: object) -> object:
    try:
        return item[key]  # type: ignore[index]
    except (KeyError, TypeError):
        raise TensorError(f"an item of a batch has no part {key!r}, but the first has") from None


def _stacked(items: Sequence[object]) -> object:
    arrays = [np.asarray(one.data if isinstance(one, Var) else one) for one in items]
    if any(one.dtype.kind not in "biuf" for one in arrays):
        # Not numbers; their owner knows what to do with them.
        return list(items)
    shapes = {one.shape for one in arrays}
    if len(shapes) > 1:
        listed = " and ".join(str(list(shape)) for shape in sorted(shapes)[:2])
        raise TensorError(f"the items of a batch have different shapes: {listed}")
    return np.stack(arrays)


def as_vars(batch: object) -> object:
    """The batch with Vars in place of arrays, which no derivative is wanted of."""
    if isinstance(batch, np.ndarray):
        return array(batch).stop_grad()
    if isinstance(batch, Mapping):
        return {key: as_vars(one) for key, one in batch.items()}
    if isinstance(batch, (list, tuple)):
        parts = [as_vars(one) for one in batch]
        return tuple(parts) if isinstance(batch, tuple) else parts
    return batch


def made_ahead(
    make: Callable[[Given], Made], given: Iterable[Given], workers: int
) -> Iterator[Made]:
    """`make` of each of `given`, in order; with workers, made by them before they are asked for.

    What `make` raises is raised where its result would come.
    """
    if workers <= 0:
        yield from map(make, given)
        return
    pending: list[Future[Made]] = []
    with ThreadPoolExecutor(workers, "batches") as pool:
        try:
            for one in given:
                pending.append(pool.submit(make, one))
                if len(pending) > 2 * workers:
                    yield pending.pop(0).result()
            while pending:
                yield pending.pop(0).result()
        finally:
            # Whoever stops in the middle does not wait for batches that nobody wants.
            for future in pending:
                future.cancel()

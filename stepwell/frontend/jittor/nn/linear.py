"""Layers that are a matrix, or a choice of a matrix's rows; and those that only reshape."""

from __future__ import annotations

from math import sqrt

import numpy as np

from stepwell.frontend.jittor.dtypes import TensorError, float32
from stepwell.frontend.jittor.nn import init
from stepwell.frontend.jittor.nn.functional import embedding
from stepwell.frontend.jittor.nn.module import Module
from stepwell.frontend.jittor.var import Var, array


class Linear(Module):
    """`x @ weight.T + bias`; at first both are uniformly distributed within 1 / sqrt(inputs).

    Args:
        in_features: of each row of x. out_features: of each row of the result. bias: whether
            there is one.
    """

    def __init__(self, in_features: int, out_features: int, bias: bool = True) -> None:
        super().__init__()
        self.in_features = in_features
        self.out_features = out_features
        bound = 1.0 / sqrt(max(in_features, 1))
        self.weight = init.invariant_uniform((out_features, in_features))
        self.bias = init.uniform(out_features, low=-bound, high=bound) if bias else None

    def execute(self, x: Var) -> Var:
        rows = x.reshape(1, -1) if x.ndim == 1 else x
        product = rows @ self.weight.transpose()
        result = product if self.bias is None else product + self.bias
        return result.reshape(-1) if x.ndim == 1 else result


class Embedding(Module):
    """The rows of a table at given numbers; at first they are normally distributed.

    Args:
        num_embeddings: the number of rows. embedding_dim: the length of each. padding_idx: a row
            that is 0 at first. dtype: of the table.

    Raises:
        TensorError: there is no row `padding_idx`.
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        dtype: object = float32,
    ) -> None:
        super().__init__()
        self.num_embeddings = num_embeddings
        self.embedding_dim = embedding_dim
        self.padding_idx = padding_idx
        self.weight = init.gauss((num_embeddings, embedding_dim), dtype)
        if padding_idx is not None:
            self.weight.assign(_without_row(self.weight, padding_idx))

    def execute(self, x: Var) -> Var:
        return embedding(x, self.weight)


def _without_row(table: Var, row: int) -> Var:
    values = table.numpy()
    if not -len(values) <= row < len(values):
        raise TensorError(f"there is no row {row} for padding among {len(values)}")
    values[row] = np.zeros(values.shape[1:])
    return array(values, dtype=table.dtype)


class Identity(Module):
    """What it is given. Arguments are taken and not used, so that it can stand in for a layer."""

    def __init__(self, *unused: object, **also_unused: object) -> None:
        super().__init__()

    def execute(self, x: Var) -> Var:
        return x


class Flatten(Module):
    """The dimensions from `start_dim` to `end_dim` as one."""

    def __init__(self, start_dim: int = 1, end_dim: int = -1) -> None:
        super().__init__()
        self.start_dim = start_dim
        self.end_dim = end_dim

    def execute(self, x: Var) -> Var:
        start, end = (dim + x.ndim if dim < 0 else dim for dim in (self.start_dim, self.end_dim))
        if not 0 <= start <= end < x.ndim:
            raise TensorError(
                f"{x.ndim} dimensions cannot be flattened from {self.start_dim} to {self.end_dim}"
            )
        middle = 1
        for size in x.shape[start : end + 1]:
            middle *= size
        return x.reshape((*x.shape[:start], middle, *x.shape[end + 1 :]))

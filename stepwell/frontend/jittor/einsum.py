"""Sums of products in Einstein's notation: https://numpy.org/doc/stable/reference/generated/numpy.einsum.html."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from stepwell.frontend.jittor import operations as ops
from stepwell.frontend.jittor.dtypes import TensorError, promoted
from stepwell.frontend.jittor.node import Node
from stepwell.frontend.jittor.var import Var
from stepwell.ir.affine.expr import AffineDim
from stepwell.ir.affine.map import AffineMap

_TERM = re.compile(r"[A-Za-z]*(?:\.\.\.)?[A-Za-z]*")


@dataclass(frozen=True, slots=True)
class _Term:
    """A tensor with a label for each dimension; no label stands twice."""

    node: Node
    labels: tuple[str, ...]

    def size(self, label: str) -> int:
        return self.node.shape[self.labels.index(label)]


def einsum(equation: str, *operands: Var) -> Var:
    """The sums of products that `equation` writes, as `"ij,jk->ik"` for a matrix product.

    Products are taken from left to right, each with the sum over the labels that are needed no
    more. `...` stands for dimensions at the front that are broadcast.

    Args:
        equation: labels for each operand, and for the result after `->`; without that, those that
            stand once, in the order of the alphabet.
        operands: the tensors.

    Raises:
        TensorError: the equation is malformed, or does not fit the shapes.
    """
    inputs, output = _read(equation, [one.ndim for one in operands])
    dtype = operands[0].node.dtype
    for one in operands[1:]:
        dtype = promoted(dtype, one.node.dtype)
    terms = [
        _diagonal(ops.cast(one.node, dtype), labels, equation)
        for one, labels in zip(operands, inputs, strict=True)
    ]
    _check_sizes(terms, equation)
    made = _summed(terms[0], _needed(terms[1:], output))
    for number, term in enumerate(terms[1:], 2):
        later = _needed(terms[number:], output)
        made = _product(made, _summed(term, later | set(made.labels)), later)
    if not output:
        return Var(ops.spread(made.node, (), (1,)))
    return Var(ops.transpose(made.node, [made.labels.index(label) for label in output]))


# The equation.


def _read(equation: str, ranks: list[int]) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
    text = equation.replace(" ", "")
    left, arrow, right = text.partition("->")
    written = left.split(",")
    if not all(_TERM.fullmatch(one) for one in [*written, right]):
        raise TensorError(f"'{equation}' is no equation such as 'ij,jk->ik'")
    if len(written) != len(ranks):
        raise TensorError(f"'{equation}' is for {len(written)} operands, not {len(ranks)}")
    inputs = [_labels(one, rank, equation) for one, rank in zip(written, ranks, strict=True)]
    spread = max((label for labels in inputs for label in labels if label.isdigit()), default="")
    front = tuple(str(n) for n in range(1, int(spread or 0) + 1))[::-1]
    if not arrow:
        counts = Counter(label for labels in inputs for label in labels if label.isalpha())
        return inputs, (*front, *sorted(label for label, count in counts.items() if count == 1))
    output = tuple(right.replace("...", "")) if "..." not in right else _with_front(right, front)
    known = {label for labels in inputs for label in labels}
    if len(set(output)) != len(output) or not set(output) <= known:
        raise TensorError(f"the result of '{equation}' has labels twice or of no operand")
    return inputs, output


def _with_front(term: str, front: tuple[str, ...]) -> tuple[str, ...]:
    before, _, after = term.partition("...")
    return (*before, *front, *after)


def _labels(term: str, rank: int, equation: str) -> tuple[str, ...]:
    """A label for each dimension; those of `...` are numbers, counted from its end."""
    named = len(term.replace("...", ""))
    more = rank - named
    if more < 0 or (more and "..." not in term):
        raise TensorError(f"'{term}' in '{equation}' does not fit {rank} dimensions")
    return _with_front(term, tuple(str(n) for n in range(more, 0, -1)))


# Terms.


def _diagonal(node: Node, labels: tuple[str, ...], equation: str) -> _Term:
    """Where a label stands twice, the elements whose places agree."""
    kept = tuple(dict.fromkeys(labels))
    if kept == labels:
        return _Term(node, labels)
    shape = tuple(node.shape[labels.index(label)] for label in kept)
    for size, label in zip(node.shape, labels, strict=True):
        first = shape[kept.index(label)]
        if size != first:
            raise TensorError(f"'{label}' in '{equation}' has sizes {first} and {size}")
    map = AffineMap(len(kept), 0, tuple(AffineDim(kept.index(label)) for label in labels))
    return _Term(ops.reindexed(node, shape, map), kept)


def _check_sizes(terms: list[_Term], equation: str) -> None:
    sizes: dict[str, int] = {}
    for term in terms:
        for label, size in zip(term.labels, term.node.shape, strict=True):
            if sizes.get(label, 1) != 1 and size not in (1, sizes[label]):
                raise TensorError(f"'{label}' in '{equation}' has sizes {sizes[label]} and {size}")
            if size != 1:
                sizes[label] = size


def _needed(terms: list[_Term], output: tuple[str, ...]) -> set[str]:
    return {label for term in terms for label in term.labels} | set(output)


def _summed(term: _Term, needed: set[str]) -> _Term:
    gone = tuple(dim for dim, label in enumerate(term.labels) if label not in needed)
    if not gone:
        return term
    left = tuple(label for label in term.labels if label in needed)
    return _Term(ops.reduced("add", term.node, gone), left)


def _product(a: _Term, b: _Term, needed: set[str]) -> _Term:
    """The product, summed over the labels of both that are not needed."""
    labels = tuple(dict.fromkeys((*a.labels, *b.labels)))
    order = sorted(labels, key=lambda label: label not in needed)  # what is summed comes last
    sizes = {label: _joint_size(label, a, b) for label in order}
    made = ops.binary("multiply", _spread(a, sizes), _spread(b, sizes))
    return _summed(_Term(made, tuple(order)), needed)


def _joint_size(label: str, *terms: _Term) -> int:
    sizes = [term.size(label) for term in terms if label in term.labels]
    return next((size for size in sizes if size != 1), 1)


def _spread(term: _Term, sizes: dict[str, int]) -> Node:
    """The term repeated to all of `sizes`."""
    own = [label for label in term.labels if term.size(label) == sizes[label]]
    node = ops.reshape(term.node, [sizes[label] for label in own])
    order = list(sizes)
    return ops.spread(node, tuple(order.index(label) for label in own), tuple(sizes.values()))

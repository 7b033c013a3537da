"""What all ops of the meta dialect share: results that are new tensors of a given shape."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from stepwell.dialects.tensor.shapes import fill_sizes, ranked
from stepwell.ir.attribute import Type
from stepwell.ir.attributes import size_text
from stepwell.ir.definition import Op
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.diagnostics import InterpreterError
from stepwell.ir.interpreter.machine import POISON, Machine, RuntimeValue
from stepwell.ir.traits import Pure
from stepwell.ir.types import DYNAMIC
from stepwell.ir.value import Value


class MetaOp(Op, traits=(Pure,)):
    """Base of the ops. A subclass says in `compute` what it does to arrays.

    The meaning is `execute` and not `evaluate`, so that constant folding never puts a large tensor
    into the program in place of the op that makes it.
    """

    def execute(self, machine: Machine, *operands: RuntimeValue) -> RuntimeValue:
        """Poison if an operand is, else what `compute` gives."""
        if any(operand is POISON for operand in operands):
            return POISON
        with np.errstate(all="ignore"):
            return self.compute(*operands)

    def compute(self, *operands: RuntimeValue) -> RuntimeValue:
        """The result for operands none of which is poison."""
        raise NotImplementedError

    def verify_sizes(self, given: Sequence[Value], needed: Sequence[int]) -> None:
        """Checks that there is a size for each unknown size among `needed`.

        Raises:
            VerifyError: there are more, or fewer.
        """
        expected = sum(size == DYNAMIC for size in needed)
        if len(given) != expected:
            raise self.error(f"incorrect number of sizes, has {len(given)}, expected {expected}")

    def verify_element_type(self, operand: Type, result: Type) -> None:
        """Checks that the elements of the result are those of the operand.

        Raises:
            VerifyError: they are not.
        """
        expected, found = ranked(operand).element_type, ranked(result).element_type
        if expected is not found:
            raise self.error(f"expected a result of '{expected}' elements, found '{found}'")

    def verify_shape(self, expected: Sequence[int], result: Type) -> None:
        """Checks the shape of the result, DYNAMIC being equal to itself alone.

        Raises:
            VerifyError: it has another shape.
        """
        found = ranked(result).shape
        if tuple(expected) != found:
            raise self.error(f"expected a result of shape {_text(expected)}, found {_text(found)}")

    def verify_dimensions(self, dims: Sequence[int], rank: int) -> None:
        """Checks that `dims` are dimensions below `rank`, in order.

        Raises:
            VerifyError: they are not.
        """
        if any(not 0 <= dim < rank for dim in dims):
            raise self.error(f"dimensions must be in [0, {rank}), found {list(dims)}")
        if any(a >= b for a, b in zip(dims, dims[1:], strict=False)):
            raise self.error(f"dimensions must be strictly increasing, found {list(dims)}")


def filled(shape: Sequence[int], sizes: Sequence[int]) -> tuple[int, ...]:
    """The shape with the unknown sizes filled in, in order.

    Raises:
        InterpreterError: a size is negative.
    """
    if any(size < 0 for size in sizes):
        raise InterpreterError(f"a size is negative: {min(sizes)}")
    return fill_sizes(shape, sizes)


def dtype_of_elements(type: Type) -> np.dtype[np.generic]:
    """The dtype of a tensor type's elements."""
    return dtype_of(ranked(type).element_type)


def _text(shape: Sequence[int]) -> str:
    return f"[{', '.join(map(size_text, shape))}]"

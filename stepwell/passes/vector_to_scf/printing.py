"""vector.print of a vector as loops that print its elements."""

from __future__ import annotations

from collections.abc import Sequence

from stepwell.dialects.arith.casts import ExtSIOp, ExtUIOp
from stepwell.dialects.arith.compare import CmpIOp
from stepwell.dialects.arith.integer import AddIOp, MulIOp, SubIOp
from stepwell.dialects.scf.branches import IfOp
from stepwell.dialects.scf.loops import ForOp
from stepwell.dialects.scf.terminators import YieldOp
from stepwell.dialects.vector.attributes import PrintPunctuation
from stepwell.dialects.vector.masking import VectorScaleOp
from stepwell.dialects.vector.printing import PrintOp
from stepwell.dialects.vector.shapes import BitCastOp, ShapeCastOp
from stepwell.dialects.vector.slices import ExtractOp
from stepwell.ir import types
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.rewriting.pattern import NoMatch, Rewrite, pattern
from stepwell.ir.rewriting.rewriter import Rewriter
from stepwell.ir.types import DYNAMIC, IntegerType, VectorType
from stepwell.ir.value import Value
from stepwell.passes.vector_to_scf.first_dimension import is_scalable


@pattern
def print_by_elements(op: PrintOp, rewriter: Rewriter) -> Rewrite:
    """vector.print of a vector -> loops with vector.print of scalars"""
    if op.source is None or not isinstance(op.source.type, VectorType):
        raise NoMatch("it prints no vector")
    type = op.source.type
    if type.rank > 1 and any(type.scalable):
        raise NoMatch("it has several dimensions and is scalable")
    value = _flat(rewriter, _with_usual_width(rewriter, op.source))
    shape = type.shape or (1,)
    numbers: list[Value] = []
    with rewriter.before(op):
        first_close = _open_loop(rewriter, shape[0], bool(type.rank) and is_scalable(type, 0))
        place = first_close.prev
        for dim in range(len(shape)):
            assert isinstance(place, ForOp)
            numbers.append(place.induction_variable)
            body = place.body.entry
            rewriter.set_point(body, body.first)
            if dim + 1 < len(shape):
                place = _open_loop(rewriter, shape[dim + 1], False).prev
        _print_element(rewriter, value, shape, numbers)
    with rewriter.after(first_close):
        rewriter.insert(PrintOp(punctuation=op.punctuation))
    rewriter.erase(op)
    return True


def _with_usual_width(rewriter: Rewriter, value: Value) -> Value:
    """Integers as wide as a power of two, and 8 bits at least."""
    type = value.type
    assert isinstance(type, VectorType)
    element = type.element_type
    if not isinstance(element, IntegerType):
        return value
    width = max(8, 1 << (element.width - 1).bit_length())
    value = _seen_as(rewriter, value, IntegerType(element.width))
    if width != element.width:
        cls = ExtUIOp if element.width == 1 or element.signedness == "u" else ExtSIOp
        wide = types.with_element(value.type, IntegerType(width))
        value = rewriter.insert(cls(value, result_types=[wide])).results[0]
    return _seen_as(rewriter, value, IntegerType(width, element.signedness))


def _seen_as(rewriter: Rewriter, value: Value, element: IntegerType) -> Value:
    type = types.with_element(value.type, element)
    if type is value.type:
        return value
    return rewriter.insert(BitCastOp(value, result_types=[type])).results[0]


def _flat(rewriter: Rewriter, value: Value) -> Value:
    """The elements in one dimension, where a number says which is meant."""
    type = value.type
    assert isinstance(type, VectorType)
    if type.rank < 2:
        return value
    flat = VectorType((type.num_elements,), type.element_type)
    return rewriter.insert(ShapeCastOp(value, result_types=[flat])).results[0]


def _open_loop(rewriter: Rewriter, size: int, scalable: bool) -> PrintOp:
    """Parentheses around a loop that prints commas; the closing one."""
    lower, upper, step = (rewriter.constant(number, types.index) for number in (0, size, 1))
    if scalable:
        factor = rewriter.insert(VectorScaleOp.create([], [types.index])).results[0]
        upper = rewriter.insert(MulIOp(upper, factor)).results[0]
    last = rewriter.insert(SubIOp(upper, step)).results[0]
    rewriter.insert(PrintOp(punctuation=PrintPunctuation("open")))
    body = Block([types.index])
    rewriter.insert(ForOp.create([lower, upper, step], [], regions=[Region([body])]))
    with rewriter.at_end(body):
        more = rewriter.insert(CmpIOp("ult", body.args[0], last)).out
        comma = Block()
        rewriter.insert(IfOp.create([more], [], regions=[Region([comma]), Region()]))
        rewriter.insert(YieldOp.create())
    with rewriter.at_end(comma):
        rewriter.insert(PrintOp(punctuation=PrintPunctuation("comma")))
        rewriter.insert(YieldOp.create())
    return rewriter.insert(PrintOp(punctuation=PrintPunctuation("close")))


def _print_element(
    rewriter: Rewriter, value: Value, shape: Sequence[int], numbers: Sequence[Value]
) -> None:
    type = value.type
    assert isinstance(type, VectorType)
    index = _linear(rewriter, shape, numbers)
    position = DenseArrayAttr.i64((DYNAMIC,) if type.rank else ())
    element = ExtractOp(value, [index] if type.rank else [], position)
    rewriter.insert(
        PrintOp(rewriter.insert(element).results[0], punctuation=PrintPunctuation("no_punctuation"))
    )


def _linear(rewriter: Rewriter, shape: Sequence[int], numbers: Sequence[Value]) -> Value:
    """Which element in row-major order stands at a place."""
    found: Value | None = None
    stride = 1
    for size, number in zip(reversed(shape), reversed(numbers), strict=True):
        factor = rewriter.constant(stride, types.index)
        part = rewriter.insert(MulIOp(factor, number)).results[0]
        found = part if found is None else rewriter.insert(AddIOp(found, part)).results[0]
        stride *= size
    assert found is not None
    return found

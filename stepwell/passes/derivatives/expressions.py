"""What the rules build derivatives with: arithmetic on scalars and tensors of any shape."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from stepwell.dialects.arith.compare import CmpFOp, SelectOp
from stepwell.dialects.arith.floating import AddFOp, DivFOp, MulFOp, NegFOp, SubFOp
from stepwell.dialects.tensor.creation import FromElementsOp, SplatOp
from stepwell.dialects.tensor.elements import CastOp, ExtractOp
from stepwell.ir import types
from stepwell.ir.attribute import Type
from stepwell.ir.builder import Builder
from stepwell.ir.clone import AnyOp
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.dead_ops import DeadOps
from stepwell.ir.types import DYNAMIC, RankedTensorType
from stepwell.ir.value import Value
from stepwell.passes.derivatives.sizes import known_size


class Expressions(Builder):
    """A builder of ops on floats, at one place. Numbers and sizes are made once and used again.

    Attributes: `asked_for`, the values by which derivatives are wanted or needed. A rule may leave
    others out.

    The names are short because rules are formulas: `e.mul(g, e.square(x))`.
    """

    def __init__(self) -> None:
        super().__init__()
        self._numbers: dict[tuple[float, Type, tuple[Value, ...]], Value] = {}
        self._sizes: dict[tuple[Value, int], Value] = {}
        self._ones: set[Value] = set()
        self._made: list[Operation] = []
        self.asked_for: Collection[Value] = ()

    def insert(self, op: AnyOp) -> AnyOp:
        """Puts a detached op at the insertion point and returns it."""
        self._made.append(op)
        return super().insert(op)

    def erase_unused(self) -> None:
        """Erases what was built and nobody uses; no more is built afterwards."""
        dead = DeadOps()
        for op in reversed(self._made):
            if dead.is_dead(op):
                self.erase(op)

    def is_asked_for(self, value: Value) -> bool:
        """Whether the derivative by this operand will be used."""
        return value in self.asked_for

    # Sizes.

    def size(self, value: Value, dim: int) -> Value:
        """How many places `value`, a tensor, has along `dim`."""
        key = (value, dim)
        found = self._sizes.get(key)
        if found is None:
            found = self._sizes[key] = known_size(self, value, dim)
        return found

    def sizes(self, value: Value) -> list[Value]:
        """All sizes of a tensor."""
        return [self.size(value, dim) for dim in range(len(types.dims_of(value.type)))]

    def dynamic_sizes(self, value: Value) -> list[Value]:
        """The sizes of a tensor that its type does not tell."""
        dims = types.dims_of(value.type)
        return [self.size(value, dim) for dim, size in enumerate(dims) if size == DYNAMIC]

    def shape(self, value: Value) -> Value:
        """The sizes of a tensor, as a tensor."""
        sizes = self.sizes(value)
        type = RankedTensorType((len(sizes),), types.index)
        return self.insert(FromElementsOp(sizes, result_types=[type])).result

    def fitted(self, value: Value, type: Type) -> Value:
        """`value` as a `type` that differs from its own in what is known of the sizes."""
        if value.type is type:
            return value
        return self.insert(CastOp(value, result_types=[type])).result

    def element(self, tensor: Value, place: Sequence[Value]) -> Value:
        """The element at a place, as a number."""
        type = types.element_type_or_self(tensor.type)
        return self.insert(ExtractOp(tensor, list(place), result_types=[type])).result

    # Numbers.

    def number(self, number: float, like: Value) -> Value:
        """A constant of the type and sizes of `like`."""
        type = like.type
        dynamic = isinstance(type, RankedTensorType) and not type.has_static_shape
        sizes = self.dynamic_sizes(like) if dynamic else []
        # Zeros of both signs are equal: as they are never both wanted, they may share an entry.
        key = (number, type, tuple(sizes))
        found = self._numbers.get(key)
        if found is None:
            if dynamic:
                scalar = self.constant(number, types.element_type_or_self(type))
                found = self.insert(SplatOp(scalar, sizes, result_types=[type])).result
            else:
                found = self.constant(number, type)
            self._numbers[key] = found
            if number == 1.0:
                self._ones.add(found)
        return found

    def is_one(self, value: Value) -> bool:
        """Whether it was made by `number(1.0)`."""
        return value in self._ones

    def zero(self, like: Value) -> Value:
        """Zeros of the type and sizes of `like`."""
        return self.number(0.0, like)

    # Arithmetic.

    def add(self, a: Value, b: Value) -> Value:
        """a + b"""
        return self.insert(AddFOp(a, b)).result

    def sub(self, a: Value, b: Value) -> Value:
        """a - b"""
        return self.insert(SubFOp(a, b)).result

    def mul(self, a: Value, b: Value) -> Value:
        """a * b; the other one if one of them was made by `number(1.0)`"""
        if a in self._ones:
            return b
        return a if b in self._ones else self.insert(MulFOp(a, b)).result

    def div(self, a: Value, b: Value) -> Value:
        """a / b"""
        return self.insert(DivFOp(a, b)).result

    def neg(self, a: Value) -> Value:
        """-a"""
        return self.insert(NegFOp(a)).result

    def scale(self, a: Value, factor: float) -> Value:
        """a * factor"""
        return self.mul(a, self.number(factor, a))

    def plus(self, a: Value, number: float) -> Value:
        """a + number"""
        return self.add(a, self.number(number, a))

    def one_minus(self, a: Value) -> Value:
        """1 - a"""
        return self.sub(self.number(1.0, a), a)

    def square(self, a: Value) -> Value:
        """a * a"""
        return self.mul(a, a)

    def apply(self, cls: type[AnyOp], *operands: Value) -> Value:
        """The only result of an op whose operands are all it needs."""
        return self.insert(cls(*operands)).result

    def compare(self, word: str, a: Value, b: Value) -> Value:
        """Where the comparison `word` ("olt", ...) holds."""
        return self.insert(CmpFOp(word, a, b)).result

    def choose(self, condition: Value, a: Value, b: Value) -> Value:
        """a where the condition holds, else b."""
        return self.insert(SelectOp(condition, a, b)).result

    def where(self, condition: Value, a: Value) -> Value:
        """a where the condition holds, else 0."""
        return self.choose(condition, a, self.zero(a))

    def unless(self, condition: Value, a: Value) -> Value:
        """0 where the condition holds, else a."""
        return self.choose(condition, self.zero(a), a)


def rank_of(value: Value) -> int:
    """The number of dimensions of a tensor."""
    return len(types.dims_of(value.type))

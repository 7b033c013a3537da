"""Checking rules against the meanings of their ops.

Both sides of an equation are computed by `evaluate`, for all values of small types and for many of
large ones. Where the left side is undefined or poison, the right one may be anything; elsewhere
they must be equal (any NaN equals any other).
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice, product
from typing import Any

import numpy as np

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.block import Block
from stepwell.ir.constraints import Exactly, Transform, Var
from stepwell.ir.definition import Op
from stepwell.ir.dense_attributes import dtype_of
from stepwell.ir.diagnostics import InterpreterError, StepwellError
from stepwell.ir.interpreter.constants import value_of
from stepwell.ir.interpreter.machine import POISON, RuntimeValue
from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.equations.building import build, number_attribute
from stepwell.ir.rewriting.equations.conditions import holds
from stepwell.ir.rewriting.equations.matching import Bindings
from stepwell.ir.rewriting.equations.properties import field_of, value_of_word
from stepwell.ir.rewriting.equations.terms import (
    Literal,
    OpTerm,
    Power,
    PropertyTerm,
    Term,
    Variable,
    subterms,
)
from stepwell.ir.rewriting.rules import Rule
from stepwell.ir.traits import SameOperandsAndResultType
from stepwell.ir.value import Value

SMALL = (types.i1, types.IntegerType(4), types.i8)
INTEGERS = (*SMALL, types.i32, types.i64, types.index)
FLOATS = (types.f16, types.f32, types.f64)
ALL = INTEGERS + FLOATS
FEW = (*SMALL, types.i32, types.f32, types.index)
EXHAUSTIVE_LIMIT = 1 << 16
RANDOM_CASES = 1000
ASSIGNMENT_LIMIT = 16


@dataclass(slots=True)
class RuleCheck:
    """What came of checking a rule.

    Attributes:
        cases: how many inputs were tried for which the left side is defined.
        counterexample: words about an input for which the sides differ; None if there was none.
    """

    cases: int = 0
    counterexample: str | None = None


def check_rule(rule: Rule, seed: int = 0) -> RuleCheck:
    """Tests `rule` for all types that fit it.

    Args:
        rule: the rule.
        seed: of the random values.

    Returns:
        What came of it; `cases` is 0 if no types were found that fit.
    """
    outcome = RuleCheck()
    generator = random.Random(seed)
    for left in _without_alternatives(rule):
        found = islice(_instances(rule, left), ASSIGNMENT_LIMIT)
        for instance in found:
            instance.run(outcome, generator)
            if outcome.counterexample is not None:
                return outcome
    return outcome


def _without_alternatives(rule: Rule) -> list[OpTerm]:
    """The left side for each combination of `[a|b]`, in the order in which it is written."""
    left = rule.equation.left
    choices = [[PropertyTerm((w,), p.name) for w in p.words] for p in left.properties]
    return [OpTerm(left.cls, chosen, left.arguments) for chosen in product(*choices)]


def _instances(rule: Rule, left: OpTerm) -> Iterator[_Instance]:
    """The rule with types for all its variables, as far as ops can be built of them."""
    names = [t.name for t in subterms(left) if isinstance(t, Variable)]
    open_terms = [t for t in subterms(left)[1:] if isinstance(t, OpTerm) and _is_open(t)]
    slots: list[str | OpTerm] = [*dict.fromkeys(names), *dict.fromkeys(open_terms)]
    pools = [ALL if len(slots) < 3 else FEW] * len(slots)
    results = (None, *ALL) if _is_open(left) else (None,)
    for types_of_slots in sorted(product(*pools), key=lambda types: len(set(types))):
        chosen = dict(zip(slots, types_of_slots, strict=True))
        for wanted in results:
            instance = _Instance.make(rule, left, chosen, wanted)
            if instance is None:
                continue
            yield instance
            if instance.infers:
                break


def _is_open(term: OpTerm) -> bool:
    """Whether the type of the result does not follow from those of the operands."""
    assert issubclass(term.cls, Op)
    own = vars(term.cls).get("infer_result_types")
    if own is not None or SameOperandsAndResultType in term.cls.traits:
        return False
    known = {f.constraint.name for f in term.cls.operand_fields if isinstance(f.constraint, Var)}
    constraint = term.cls.result_fields[0].constraint
    if isinstance(constraint, Var):
        return constraint.name not in known
    return not isinstance(constraint, Exactly | Transform)


class _Instance:
    """A rule with a type for each variable."""

    def __init__(self, rule: Rule, left: OpTerm, chosen: dict[str | OpTerm, Type]) -> None:
        variables = {slot: type for slot, type in chosen.items() if isinstance(slot, str)}
        self.inner = {slot: type for slot, type in chosen.items() if isinstance(slot, OpTerm)}
        self.rule = rule
        self.left_term = left
        self.block = Block(list(variables.values()))
        self.bindings: Bindings = dict(zip(variables, self.block.args, strict=True))
        self.infers = True
        self.numbers: dict[Value, Term] = {}
        self.left_ops: list[Operation] = []
        self.root: Operation | None = None

    @classmethod
    def make(
        cls, rule: Rule, left: OpTerm, chosen: dict[str | OpTerm, Type], wanted: Type | None
    ) -> _Instance | None:
        """None if no op of these types can be built."""
        made = cls(rule, left, chosen)
        if not made._build_left(wanted):
            return None
        return made

    def _build_left(self, wanted: Type | None) -> bool:
        try:
            value = build(
                self.left_term, wanted, self.bindings, self._number, self.left_ops, self.inner
            )
            for op in self.left_ops:
                _verify(op)
        except (StepwellError, TypeError, ValueError, AttributeError, KeyError):
            return False
        if value is None and not self.left_ops:
            return False
        self.infers = wanted is None
        self.root = self.left_ops[-1]
        return isinstance(self.root, self.left_term.cls) and _fits_numbers(self)

    def _number(self, term: Term, type: Type) -> Value | None:
        """A placeholder for a number in the equation."""
        if isinstance(term, Literal) and number_attribute(term, type, {}) is None:
            return None
        if isinstance(term, Power) and isinstance(type, types.FloatType):
            return None
        made = self.block.add_argument(type)
        self.numbers[made] = term
        return made

    # Values.

    def run(self, outcome: RuleCheck, generator: random.Random) -> None:
        """Tries all values, or many."""
        names = [name for name, bound in self.bindings.items() if isinstance(bound, Value)]
        kinds: list[Type | None] = [self._value(name).type for name in names]
        powers = self._exponents()
        with np.errstate(all="ignore"):
            for values in _inputs([*kinds, *powers.values()], len(kinds), generator):
                given = dict(zip([*names, *powers], values, strict=True))
                self._try(given, outcome)
                if outcome.counterexample is not None:
                    return

    def _value(self, name: str) -> Value:
        bound = self.bindings[name]
        assert isinstance(bound, Value)
        return bound

    def _exponents(self) -> dict[str, Type]:
        """The names `k` of `2^k` on the left, with the type of the power."""
        return {
            term.exponent: value.type
            for value, term in self.numbers.items()
            if isinstance(term, Power)
        }

    def _try(self, given: dict[str, RuntimeValue], outcome: RuleCheck) -> None:
        known = {self.bindings[n]: v for n, v in given.items() if n in self.bindings}
        exponents = {name: v for name, v in given.items() if name not in self.bindings}
        if not self._condition_holds(given):
            return
        left = _compute(self.left_ops, known, self.numbers, exponents)
        if left is None or self.root is None:
            return
        expected = [left[result] for result in self.root.results]
        found = self._right(known, exponents)
        if found is None:
            return
        outcome.cases += 1
        if not all(_equal(a, b) for a, b in zip(expected, found, strict=True)):
            shown = ", ".join(f"{name} = {value}" for name, value in given.items())
            kinds = ", ".join(f"{n}: {self._value(n).type}" for n in given if n in self.bindings)
            outcome.counterexample = (
                f"{self.rule.name}: for {shown} ({kinds}) the left side is "
                f"{_shown(expected)}, the right one {_shown(found)}"
            )

    def _condition_holds(self, given: dict[str, RuntimeValue]) -> bool:
        condition = self.rule.equation.condition
        if condition is None or self.root is None:
            return True
        bindings: Bindings = dict(self.bindings)
        if len(self.root.results) == 1:
            bindings["result"] = self.root.results[0]
        for name, value in given.items():
            if name not in self.bindings or name[0].isupper():
                bindings[name] = _as_number(self.bindings.get(name), value)
        return holds(condition, bindings)

    def _right(
        self, known: dict[Any, RuntimeValue], exponents: dict[str, int]
    ) -> list[RuntimeValue] | None:
        """The values of the right side; None if it cannot be built for these types."""
        assert self.root is not None
        right = self._right_side()
        if right is None:
            return None
        ops, values = right
        computed = _compute(ops, known, self.numbers, exponents)
        if computed is None:
            return [POISON] * len(values)
        return [computed[value] for value in values]

    def _right_side(self) -> tuple[list[Operation], list[Value]] | None:
        if not hasattr(self, "_built"):
            self._built = self._build_right()
        return self._built

    def _build_right(self) -> tuple[list[Operation], list[Value]] | None:
        assert self.root is not None
        ops: list[Operation] = []
        values: list[Value] = []
        bindings = {**self.bindings, **_property_bindings(self.left_term, self.root)}
        for term, result in zip(self.rule.equation.right, self.root.results, strict=True):
            value = build(term, result.type, bindings, self._number, ops)
            if value is None:
                return None
            values.append(value)
        return ops, values


def _property_bindings(term: OpTerm, op: Operation) -> Bindings:
    """The properties that the left side names by a variable."""
    found: Bindings = {}
    for stated in term.properties:
        field = field_of(term, stated)
        if value_of_word(field, stated.words[0]) is None:
            value: Attribute | None = field.__get__(op, type(op))
            if value is not None:
                found[stated.words[0]] = value
    return found


def _fits_numbers(instance: _Instance) -> bool:
    return all(
        number_attribute(term, value.type, {}) is not None
        for value, term in instance.numbers.items()
        if isinstance(term, Literal)
    )


def _verify(op: Operation) -> None:
    """Raises if the types of `op` are not what its definition demands."""
    assert isinstance(op, Op)
    bindings: dict[str, Type] = {}
    for fields, values in ((op.operand_fields, op.operands), (op.result_fields, op.results)):
        for field, value in zip(fields, values, strict=True):
            if field.constraint.check(value.type, bindings) is not None:
                raise op.error(f"'{field.name}' cannot be a '{value.type}'")
    for trait in sorted(op.traits, key=lambda trait: trait.__name__):
        trait.verify(op)
    op.verify_op()


def _compute(
    ops: Sequence[Operation],
    known: dict[Any, RuntimeValue],
    numbers: dict[Value, Term],
    exponents: dict[str, int],
) -> dict[Any, RuntimeValue] | None:
    """The values of all results; None if one is undefined or poison."""
    values = dict(known)
    for value, term in numbers.items():
        values[value] = _number_value(term, value.type, exponents)
    for op in ops:
        try:
            made = op.evaluate(*[values[v] for v in op._operands])  # type: ignore[attr-defined]
        except (InterpreterError, ArithmeticError, ValueError):
            return None
        results = made if isinstance(made, tuple) and len(op.results) > 1 else (made,)
        for result, found in zip(op.results, results, strict=True):
            if found is POISON or found is None:
                return None
            values[result] = _fitted(found, result.type)
    return values


def _number_value(term: Term, type: Type, exponents: dict[str, int]) -> RuntimeValue:
    bindings: Bindings = dict(exponents)
    attribute = number_attribute(term, type, bindings)
    return value_of(attribute, type) if attribute is not None else None


@cache
def _fit(type: Type) -> Callable[[Any], RuntimeValue]:
    if isinstance(type, types.FloatType):
        return dtype_of(type).type
    if isinstance(type, types.IntegerType) and type.width == 1:
        return lambda value: int(value) & 1
    width = type.width if isinstance(type, types.IntegerType) else 64
    half, mask = 1 << (width - 1), (1 << width) - 1
    return lambda value: ((int(value) + half) & mask) - half


def _fitted(value: RuntimeValue, type: Type) -> RuntimeValue:
    return _fit(type)(value)


def _equal(a: RuntimeValue, b: RuntimeValue) -> bool:
    if isinstance(a, np.floating) and isinstance(b, np.floating):
        return bool(np.isnan(a) and np.isnan(b)) or a.tobytes() == b.tobytes()
    return bool(a == b)


def _shown(values: Sequence[RuntimeValue]) -> str:
    return ", ".join(map(str, values))


def _as_number(bound: object, value: RuntimeValue) -> Any:
    """A constant in a condition: as a number it is signed."""
    return int(value) if isinstance(value, int | np.integer) else bound


# Inputs.


def _inputs(
    kinds: Sequence[Any], variables: int, generator: random.Random
) -> Iterator[tuple[RuntimeValue, ...]]:
    """Values for variables of types, and after these for exponents of powers of types."""
    total = 1
    pools: list[Sequence[RuntimeValue] | None] = []
    for number, kind in enumerate(kinds):
        pool = _all_values(kind) if number < variables else range(_width(kind))
        pools.append(pool)
        total *= len(pool) if pool is not None else EXHAUSTIVE_LIMIT + 1
    if total <= EXHAUSTIVE_LIMIT:
        yield from product(*[pool for pool in pools if pool is not None])
        return
    for _ in range(RANDOM_CASES):
        yield tuple(
            generator.choice(pool) if pool is not None else _any_value(kind, generator)
            for pool, kind in zip(pools, kinds, strict=True)
        )


def _width(type: Type) -> int:
    return type.width if isinstance(type, types.IntegerType) else 64


@cache
def _all_values(type: Type) -> Sequence[int] | None:
    if type is types.i1:
        return (0, 1)
    if isinstance(type, types.IntegerType) and type.width <= 8:
        half = 1 << (type.width - 1)
        return range(-half, half)
    return None


def _any_value(type: Type, generator: random.Random) -> RuntimeValue:
    """A special value, a small one, or any bit pattern."""
    if isinstance(type, types.FloatType):
        return _any_float(type, generator)
    width = _width(type)
    half = 1 << (width - 1)
    choice = generator.randrange(4)
    if choice == 0:
        return generator.choice((0, 1, -1, 2, half - 1, -half, -half + 1, width, width - 1))
    if choice == 1:
        return generator.randint(-width, width)
    if choice == 2:
        return _fitted(1 << generator.randrange(width), type)
    return generator.randint(-half, half - 1)


_SPECIAL = (0.0, -0.0, 1.0, -1.0, 0.5, 2.0, -2.0, 3.0, math.inf, -math.inf, math.nan)


def _any_float(type: types.FloatType, generator: random.Random) -> RuntimeValue:
    make = dtype_of(type).type
    choice = generator.randrange(3)
    if choice == 0:
        return make(generator.choice(_SPECIAL))
    if choice == 1:
        return make(generator.uniform(-10, 10))
    bits = generator.getrandbits(type.width)
    return np.frombuffer(bits.to_bytes(type.width // 8, "little"), dtype_of(type))[0]

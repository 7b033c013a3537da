"""What one op must satisfy by itself: its fields, its traits, its own `verify_op`.

`checks_of(cls)` gives the checks of a class, prepared once. The wording is upstream's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import DenseArrayAttr
from stepwell.ir.block import Block
from stepwell.ir.constraints import Bindings, Constraint, Transform, Var
from stepwell.ir.definition import Op
from stepwell.ir.diagnostics import Diagnostic, Severity, VerifyError
from stepwell.ir.fields import (
    ONE,
    OPERAND_SEGMENTS,
    OPTIONAL,
    RESULT_SEGMENTS,
    VARIADIC,
    Field,
    OptionalPropertyField,
    PropertyField,
    TypedField,
    segment_bounds,
)
from stepwell.ir.operation import Operation
from stepwell.ir.region_flow import successor_values
from stepwell.ir.symbol_table import verify_symbol
from stepwell.ir.traits import (
    SameOperandsAndResultElementType,
    SameOperandsAndResultShape,
    SameOperandsAndResultType,
    SameTypeOperands,
    Symbol,
    Trait,
)
from stepwell.ir.value import Value

Check = Callable[[Operation], None]

# Traits that look at nothing but the types of operands and results.
TYPE_TRAITS = frozenset(
    {
        SameOperandsAndResultElementType,
        SameOperandsAndResultShape,
        SameOperandsAndResultType,
        SameTypeOperands,
    }
)
_MOST_SIGNATURES = 20_000
_INFER_BY_FIELDS = getattr(Op.infer_result_types, "__func__", None)


class OpChecks:
    """The checks of the ops of one class.

    Attributes:
        uses_symbols: whether the ops have `verify_symbol_uses`.
    """

    __slots__ = (
        "_infers",
        "_known",
        "_known_properties",
        "_later",
        "_properties",
        "_required",
        "_segmented",
        "_structured",
        "_type_traits",
        "uses_symbols",
    )

    def __init__(self, cls: type[Op]) -> None:
        checked = sorted(
            (trait for trait in cls.traits if trait.verify is not Trait.verify),
            key=lambda trait: trait.__qualname__,
        )
        self.uses_symbols = hasattr(cls, "verify_symbol_uses")
        self._known = cls.verified_signatures
        self._structured = bool(cls.region_fields or cls.successor_fields)
        self._segmented = cls.states_operand_segments or cls.states_result_segments
        self._type_traits = [trait for trait in checked if trait in TYPE_TRAITS]
        self._properties = list(cls.property_fields.items())
        self._known_properties: set[tuple[str, Attribute]] = set()
        self._required = {name for name, field in self._properties if _is_required(field)}
        own_inference = getattr(cls.infer_result_types, "__func__", None)
        self._infers = own_inference is not _INFER_BY_FIELDS
        self._later: list[Check] = [trait.verify for trait in checked if trait not in TYPE_TRAITS]
        if Symbol in cls.traits:
            self._later.append(verify_symbol)
        if hasattr(cls, "successor_operands"):
            self._later.append(_check_branch)
        if cls.verify_op is not Op.verify_op:
            self._later.append(cls.verify_op)  # type: ignore[arg-type]

    def run(self, op: Operation) -> None:
        """Checks `op`; types and properties that were right once are right again.

        Raises:
            VerifyError: the op is wrong.
        """
        if self._structured or op.regions or op.successors:
            _check_regions(op)
            _check_successors(op)
        properties, results = op._properties, op.results
        key: tuple[object, ...] = (
            results[0].type if len(results) == 1 else tuple([value.type for value in results]),
            *[value.type for value in op._operands],
        )
        if self._segmented and properties:
            key = (properties.get(OPERAND_SEGMENTS), properties.get(RESULT_SEGMENTS), key)
        is_new = key not in self._known
        if is_new:
            check_values(op)
        if properties:
            if not properties.items() <= self._known_properties or (
                self._required and not self._required <= properties.keys()
            ):
                self._check_properties(op)
        elif self._required:
            self._check_properties(op)
        if is_new:
            for trait in self._type_traits:
                trait.verify(op)
        if self._infers and (is_new or properties or op.regions):
            _check_inferred(op)
        if is_new:
            self._remember(key)
        for check in self._later:
            check(op)

    def _remember(self, key: object) -> None:
        if len(self._known) >= _MOST_SIGNATURES:
            self._known.clear()
        self._known.add(key)

    def _check_properties(self, op: Operation) -> None:
        properties = op._properties or {}
        for name, field in self._properties:
            found = properties.get(name)
            if found is None:
                if _is_required(field):
                    raise op.error(f"requires attribute '{name}'")
            elif not field.kind.accepts(found):
                wanted = field.kind.description
                raise op.error(f"attribute '{name}' failed to satisfy constraint: {wanted}")
        if len(self._known_properties) >= _MOST_SIGNATURES:
            self._known_properties.clear()
        self._known_properties.update(properties.items())


def _is_required(field: PropertyField[Attribute] | OptionalPropertyField[Attribute]) -> bool:
    return field.arity == ONE and field.default is None


_checks: dict[type[Operation], OpChecks | None] = {}


def checks_of(cls: type[Operation]) -> OpChecks | None:
    """The checks of `cls`; None for ops that are not registered."""
    if cls not in _checks:
        _checks[cls] = OpChecks(cls) if issubclass(cls, Op) else None
    return _checks[cls]


# Regions and successors.


def _check_regions(op: Operation) -> None:
    fields = op.region_fields if isinstance(op, Op) else ()
    fixed = sum(field.arity == ONE for field in fields)
    open_ended = fixed < len(fields)
    found = len(op.regions)
    if found == fixed or (open_ended and found > fixed):
        return
    if open_ended:
        raise op.error(f"expected {fixed} or more regions")
    words = ("requires zero regions", "requires one region")
    raise op.error(words[fixed] if fixed < 2 else f"expected {fixed} regions")


def _check_successors(op: Operation) -> None:
    fields = op.successor_fields if isinstance(op, Op) else ()
    fixed = sum(field.arity == ONE for field in fields)
    open_ended = fixed < len(fields)
    found = len(op.successors)
    if found < fixed or (found > fixed and not open_ended):
        least = "at least " if open_ended else ""
        plural = "" if fixed == 1 else "s"
        raise op.error(f"requires {least}{fixed} successor{plural} but found {found}")
    region = op.parent_region
    for block in op.successors:
        if block.parent is not region:
            raise op.error("branching to block of a different region")


def _check_branch(op: Operation) -> None:
    """Compares what a branch hands over with what the blocks take."""
    for index, block in enumerate(op.successors):
        message = _handed_over(successor_values(op, index) or [], block, index)
        if message:
            raise VerifyError(Diagnostic(Severity.ERROR, message, op.place))


def _handed_over(given: Sequence[Value], block: Block, index: int) -> str:
    """What is wrong with the values handed to successor `index`, or nothing."""
    if len(given) != len(block.args):
        return (
            f"branch has {len(given)} operands for successor #{index}, "
            f"but target block has {len(block.args)}"
        )
    for number, (value, argument) in enumerate(zip(given, block.args, strict=True)):
        if value.type is not argument.type:
            return f"type mismatch for bb argument #{number} of successor #{index}"
    return ""


# Operands and results.


def check_values(op: Operation) -> None:
    """Checks the counts and types of operands and results. Raises VerifyError."""
    _check_result_count(op, op.result_fields, len(op.results))
    _check_operand_count(op, op.operand_fields, len(op._operands))
    operands = _by_field(op, "operand", op.operand_fields, op._operands, OPERAND_SEGMENTS)
    results = _by_field(op, "result", op.result_fields, op.results, RESULT_SEGMENTS)
    bindings: Bindings = {}
    _check_each(op, "operand", operands, bindings)
    _check_each(op, "result", results, bindings)
    _check_variables(op, operands, results)
    _check_transforms(op, [*operands, *results])


_Grouped = list[tuple[TypedField, Sequence[Value]]]


def _fixed(fields: Sequence[TypedField]) -> tuple[int, bool]:
    fixed = sum(field.arity == ONE for field in fields)
    return fixed, fixed < len(fields)


def _check_operand_count(op: Operation, fields: Sequence[TypedField], found: int) -> None:
    fixed, open_ended = _fixed(fields)
    if found == fixed or (open_ended and found > fixed):
        return
    if open_ended:
        raise op.error(f"expected {fixed} or more operands, but found {found}")
    words = ("requires zero operands", "requires a single operand")
    raise op.error(words[fixed] if fixed < 2 else f"expected {fixed} operands, but found {found}")


def _check_result_count(op: Operation, fields: Sequence[TypedField], found: int) -> None:
    fixed, open_ended = _fixed(fields)
    if found == fixed or (open_ended and found > fixed):
        return
    if open_ended:
        raise op.error(f"expected {fixed} or more results")
    words = ("requires zero results", "requires one result")
    raise op.error(words[fixed] if fixed < 2 else f"expected {fixed} results")


def _by_field(
    op: Operation,
    noun: str,
    fields: Sequence[TypedField],
    values: Sequence[Value],
    sizes_name: str,
) -> _Grouped:
    """Which values belong to which field."""
    if sizes_name in op.property_names:
        sizes = _segment_sizes(op, noun, fields, len(values), sizes_name)
    else:
        bounds = segment_bounds(op, fields, len(values), sizes_name)
        sizes = [end - start for start, end in zip(bounds, bounds[1:], strict=False)]
    grouped: _Grouped = []
    start = 0
    for field, size in zip(fields, sizes, strict=True):
        _check_group_size(op, noun, field, start, size)
        grouped.append((field, values[start : start + size]))
        start += size
    return grouped


def _segment_sizes(
    op: Operation, noun: str, fields: Sequence[TypedField], total: int, name: str
) -> list[int]:
    stated = op._properties.get(name) if op._properties else None
    sizes = list(stated.ints) if isinstance(stated, DenseArrayAttr) else [0] * len(fields)
    if any(size < 0 for size in sizes):
        raise op.error(f"'{name}' attribute cannot have negative elements")
    if sum(sizes) != total:
        raise op.error(
            f"{noun} count ({total}) does not match with the total size ({sum(sizes)}) "
            f"specified in attribute '{name}'"
        )
    if len(sizes) != len(fields):
        raise op.error(
            f"'{name}' attribute for specifying {noun} segments must have {len(fields)} "
            f"elements, but got {len(sizes)}"
        )
    return sizes


def _check_group_size(op: Operation, noun: str, field: TypedField, start: int, size: int) -> None:
    if field.arity == OPTIONAL and size > 1:
        raise op.error(
            f"{noun} group starting at #{start} requires 0 or 1 element, but found {size}"
        )
    if field.arity == ONE and size != 1:
        raise op.error(f"{noun} group starting at #{start} requires 1 element, but found {size}")


def _check_each(op: Operation, noun: str, grouped: _Grouped, bindings: Bindings) -> None:
    number = 0
    for field, values in grouped:
        constraint = field.constraint
        for value in values:
            wanted = _unmet(constraint, value.type, bindings)
            if wanted is not None:
                several = "variadic of " if field.arity == VARIADIC else ""
                raise op.error(
                    f"{noun} #{number} must be {several}{wanted}, but got '{value.type}'"
                )
            number += 1


def _unmet(constraint: Constraint, type: Type, bindings: Bindings) -> str | None:
    """What `type` should have been; None if it is right. Variables are compared later."""
    if isinstance(constraint, (Var, Transform)) or not constraint.accepts(type):
        return None if constraint.accepts(type) else constraint.description
    return constraint.check(type, bindings)


def _check_variables(op: Operation, operands: _Grouped, results: _Grouped) -> None:
    """Checks that the values that share a type variable have one type."""
    groups: dict[str, list[tuple[TypedField, Sequence[Value]]]] = {}
    for field, values in (*operands, *results):
        if isinstance(field.constraint, Var):
            groups.setdefault(field.constraint.name, []).append((field, values))
    for members in groups.values():
        found = {value.type for _, values in members for value in values}
        if len(found) > 1:
            raise op.error(_disagreement(members, operands, results))


def _disagreement(members: _Grouped, operands: _Grouped, results: _Grouped) -> str:
    fields = [field for field, _ in members]
    if fields == [field for field, _ in (*operands, *results)]:
        return "requires the same type for all operands and results"
    if fields == [field for field, _ in operands]:
        return "requires all operands to have the same type"
    return f"failed to verify that all of {{{_names(fields)}}} have same type"


def _names(fields: Sequence[Field]) -> str:
    return ", ".join(field.name for field in fields)


def _check_transforms(op: Operation, grouped: _Grouped) -> None:
    bound: Bindings = {}
    for field, values in grouped:
        if isinstance(field.constraint, Var) and values:
            bound.setdefault(field.constraint.name, values[0].type)
    for field, values in grouped:
        constraint = field.constraint
        if not isinstance(constraint, Transform):
            continue
        for value in values:
            if constraint.check(value.type, bound) is not None:
                raise op.error(f"failed to verify that {constraint.description}")


# Inferred types.


def _check_inferred(op: Operation) -> None:
    """Compares the result types with what the class infers, where it does so itself.

    A class that allows more than what it infers has
    `compatible_result_types(cls, inferred, found) -> bool`.
    """
    assert isinstance(op, Op)
    try:
        inferred = list(type(op).infer_result_types(op._operands, op._properties or {}, op.regions))
    except TypeError:
        return
    found = list(op.result_types)
    compatible = getattr(op, "compatible_result_types", None)
    if inferred == found or (compatible is not None and compatible(inferred, found)):
        return
    raise op.error(
        f"inferred type(s) {_quoted(inferred)} are incompatible with return type(s) of "
        f"operation {_quoted(found)}"
    )


def _quoted(types: Sequence[Type]) -> str:
    return ", ".join(f"'{type}'" for type in types)

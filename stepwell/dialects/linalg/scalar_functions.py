"""The scalar functions of linalg's named ops, and the ops that compute them for each type."""

from __future__ import annotations

from dataclasses import dataclass

from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import FloatAttr, IntegerAttr
from stepwell.ir.block import Block
from stepwell.ir.diagnostics import StepwellError, VerifyError
from stepwell.ir.dialect import find_op
from stepwell.ir.operation import Operation
from stepwell.ir.value import Value


@dataclass(frozen=True, slots=True)
class Choice:
    """The op that computes a function, by the type of its operands.

    Args:
        complex, float, bool, integer: names of ops; empty where there is none.
        refusal: what is said where there is none.
    """

    complex: str = ""
    float: str = ""
    bool: str = ""
    integer: str = ""
    refusal: str = "unsupported non numeric type"


def _unsigned(name: str, op: str) -> Choice:
    refusal = f"unsupported operation: unsigned {name} not on uint"
    return Choice(bool=op, integer=op, refusal=refusal)


FUNCTIONS: dict[str, Choice] = {
    "exp": Choice("complex.exp", "math.exp"),
    "log": Choice("complex.log", "math.log"),
    "abs": Choice("complex.abs", "math.absf"),
    "ceil": Choice(float="math.ceil"),
    "floor": Choice(float="math.floor"),
    "negf": Choice("complex.neg", "arith.negf"),
    "round": Choice(float="math.round"),
    "sqrt": Choice("complex.sqrt", "math.sqrt"),
    "rsqrt": Choice("complex.rsqrt", "math.rsqrt"),
    "tanh": Choice("complex.tanh", "math.tanh"),
    "erf": Choice(float="math.erf"),
    "reciprocal": Choice(float="arith.divf"),
    "square": Choice("complex.mul", "arith.mulf"),
    "add": Choice("complex.add", "arith.addf", "arith.ori", "arith.addi"),
    "sub": Choice(
        "complex.sub",
        "arith.subf",
        integer="arith.subi",
        refusal="unsupported operation: sub with bools",
    ),
    "mul": Choice("complex.mul", "arith.mulf", "arith.andi", "arith.muli"),
    "div": Choice(
        "complex.div",
        "arith.divf",
        integer="arith.divsi",
        refusal="unsupported operation: div with bools",
    ),
    "div_unsigned": Choice(
        integer="arith.divui", refusal="unsupported operation: unsigned div not on uint"
    ),
    "max_signed": Choice("arith.maxsi", "arith.maximumf", "arith.maxsi", "arith.maxsi"),
    "min_signed": Choice("arith.minsi", "arith.minimumf", "arith.minsi", "arith.minsi"),
    "max_unsigned": _unsigned("max", "arith.maxui"),
    "min_unsigned": _unsigned("min", "arith.minui"),
    "powf": Choice("math.powf", "math.powf", "math.powf", "math.powf"),
    "select": Choice(*["arith.select"] * 4),
}


class BodyBuilder:
    """Appends the ops of a scalar computation to a block."""

    def __init__(self, block: Block) -> None:
        self.block = block

    def op(self, name: str, *operands: Value, to: Type | None = None) -> Value:
        """Appends the op `name`, whose result has type `to` (default: as inferred)."""
        return self._append(_class_of(name)(*operands, **({"result_types": [to]} if to else {})))

    def constant(self, attribute: Attribute) -> Value:
        """Appends an `arith.constant`."""
        type = attribute.type  # type: ignore[attr-defined]
        return self._append(_class_of("arith.constant").create((), [type], {"value": attribute}))

    def index(self, dim: int) -> Value:
        """Appends a `linalg.index`."""
        properties: dict[str, Attribute] = {"dim": IntegerAttr(dim, types.i64)}
        return self._append(_class_of("linalg.index").create((), [types.index], properties))

    def end(self, *values: Value) -> None:
        """Appends the `linalg.yield`."""
        self.block.append(_class_of("linalg.yield").create(values))

    def _append(self, op: Operation) -> Value:
        self.block.append(op)
        return op.result

    def function(self, name: str, *operands: Value) -> Value:
        """Appends what computes one of `FUNCTIONS`.

        Raises:
            VerifyError: it is not defined for these types.
        """
        chosen = _choose(name, [value.type for value in operands])
        if name == "reciprocal":
            one = self.constant(FloatAttr.of(1.0, operands[0].type))
            return self.op(chosen, one, operands[0])
        if name == "square":
            return self.op(chosen, operands[0], operands[0])
        return self.op(chosen, *operands)

    def cast(self, value: Value, to: Type, unsigned: bool = False) -> Value:
        """Appends the conversion of `value` to `to`, if one is needed."""
        if value.type is to:
            return value
        if isinstance(to, types.ComplexType):
            return self._to_complex(value, to, unsigned)
        name = _cast_name(value.type, to, unsigned)
        return self.op(name, value, to=to) if name else value

    def _to_complex(self, value: Value, to: types.ComplexType, unsigned: bool) -> Value:
        part = to.element_type
        if isinstance(value.type, types.ComplexType):
            real, imaginary = (
                self.op(name, value, to=value.type.element_type)
                for name in ("complex.re", "complex.im")
            )
            halves = [self.cast(half, part, unsigned) for half in (real, imaginary)]
        else:
            zero = FloatAttr.of(0.0, part) if isinstance(part, types.FloatType) else None
            halves = [
                self.cast(value, part, unsigned),
                self.constant(zero or IntegerAttr(0, part)),
            ]
        return self.op("complex.create", *halves, to=to)


def _class_of(name: str) -> type[Operation]:
    found = find_op(name)
    if found is None:
        raise StepwellError(f"the op '{name}' is needed here, but its dialect does not have it")
    return found


def _choose(name: str, operands: list[Type]) -> str:
    choice = FUNCTIONS[name]
    if name == "select":
        return choice.float
    for kind, wanted in (
        (choice.complex, _is_complex),
        (choice.float, _is_float),
        (choice.bool, _is_bool),
        (choice.integer, _is_integer),
    ):
        if all(wanted(type) for type in operands):
            if kind:
                return kind
            raise VerifyError(choice.refusal)
    if len(operands) == 1:
        raise VerifyError("unsupported non numeric type")
    found = " and ".join(f"'{type}'" for type in operands)
    raise VerifyError(
        "Cannot build binary Linalg operation: expects allComplex, allFloatingPoint, or "
        f"allInteger, got {found}"
    )


def _is_complex(type: Type) -> bool:
    return isinstance(type, types.ComplexType)


def _is_float(type: Type) -> bool:
    return isinstance(type, types.FloatType)


def _is_bool(type: Type) -> bool:
    return isinstance(type, types.IntegerType) and type.width == 1


def _is_integer(type: Type) -> bool:
    return isinstance(type, types.IntegerType)


def _cast_name(source: Type, to: Type, unsigned: bool) -> str:
    """The op of arith that converts, or nothing where none does."""
    if isinstance(source, types.IndexType) or isinstance(to, types.IndexType):
        if isinstance(source, types.IntegerType) or isinstance(to, types.IntegerType):
            return "arith.index_castui" if unsigned else "arith.index_cast"
        return ""
    if isinstance(source, types.IntegerType) and isinstance(to, types.IntegerType):
        if to.width < source.width:
            return "arith.trunci"
        return "arith.extui" if unsigned else "arith.extsi"
    if isinstance(source, types.FloatType) and isinstance(to, types.FloatType):
        if to.width == source.width:
            return ""
        return "arith.extf" if to.width > source.width else "arith.truncf"
    if isinstance(source, types.IntegerType) and isinstance(to, types.FloatType):
        return "arith.uitofp" if unsigned else "arith.sitofp"
    if isinstance(source, types.FloatType) and isinstance(to, types.IntegerType):
        return "arith.fptoui" if unsigned else "arith.fptosi"
    return ""

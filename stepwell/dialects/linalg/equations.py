"""The equations of named ops: their text, and the region that computes them.

    add(O, mul(cast(A), cast(B)))

Letters are the operands of the op (the last one is its init). Functions are those of
`scalar_functions`, and

- `cast(x)`: to the element type of the init, signed; `cast_unsigned(x)`; `cast_as_told(x)`: as the
  op's attribute `cast` says;
- `i32(x)`, `f64(x)`: to that type, signed;
- `index(0)`: the position in a dimension of the iteration space;
- numbers: constants of type i64 or f64.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from stepwell.dialects.linalg.attributes import TypeFnAttr
from stepwell.dialects.linalg.scalar_functions import BodyBuilder
from stepwell.ir import types
from stepwell.ir.attribute import Attribute, Type
from stepwell.ir.attributes import FloatAttr, IntegerAttr
from stepwell.ir.block import Block, Region
from stepwell.ir.value import Value

_TOKEN = re.compile(r"\s*([A-Za-z_]\w*|[\d.]+(?:e-?\d+)?|[(),])")
_SCALAR_TYPES: dict[str, Type] = {"i32": types.i32, "f64": types.f64}


@dataclass(frozen=True, slots=True)
class Call:
    """A function of expressions."""

    function: str
    arguments: tuple[Expression, ...]


Expression: TypeAlias = "Call | str | int | float"
"""A call, the letter of an operand, or a number."""


@cache
def parse_equation(text: str) -> Expression:
    """The expression that `text` stands for.

    Raises:
        ValueError: it is malformed.
    """
    tokens = _TOKEN.findall(text)
    open_calls: list[tuple[str, list[Expression]]] = []
    done: list[Expression] = []
    for number, token in enumerate(tokens):
        following = tokens[number + 1] if number + 1 < len(tokens) else ""
        if token == "(" or token == ",":
            continue
        if following == "(":
            open_calls.append((token, done))
            done = []
        elif token == ")":
            function, outer = open_calls.pop()
            outer.append(Call(function, tuple(done)))
            done = outer
        else:
            done.append(_leaf(token))
    if open_calls or len(done) != 1:
        raise ValueError(f"malformed equation: {text}")
    return done[0]


def _leaf(token: str) -> Expression:
    if not token[0].isdigit():
        return token
    return float(token) if "." in token or "e" in token else int(token)


def build_region(
    equation: str,
    letters: Sequence[str],
    element_types: Sequence[Type],
    properties: Mapping[str, Attribute],
) -> Region:
    """The region of an op that computes `equation`.

    Args:
        equation: see the module's docstring.
        letters: the names of the operands in it.
        element_types: their types; the last one is that of the result.
        properties: of the op; `cast` says how `cast_as_told` converts.

    Raises:
        VerifyError: a function is not defined for the types.
    """
    block = Block(element_types)
    told = properties.get("cast")
    unsigned = isinstance(told, TypeFnAttr) and told.value == "cast_unsigned"
    scope = dict(zip(letters, block.args, strict=True))
    builder = BodyBuilder(block)
    result = _Evaluation(builder, scope, element_types[-1], unsigned).run(parse_equation(equation))
    builder.end(result)
    return Region([block])


@dataclass(slots=True)
class _Evaluation:
    builder: BodyBuilder
    scope: Mapping[str, Value]
    target: Type
    unsigned: bool

    def run(self, expression: Expression) -> Value:
        """Appends the ops of an expression; those are as deep as a line of the table."""
        if isinstance(expression, str):
            return self.scope[expression]
        if isinstance(expression, int):
            return self.builder.constant(IntegerAttr(expression, types.i64))
        if isinstance(expression, float):
            return self.builder.constant(FloatAttr.of(expression, types.f64))
        function = expression.function
        if function == "index":
            (dim,) = expression.arguments
            assert isinstance(dim, int)
            return self.builder.index(dim)
        operands = [self.run(argument) for argument in expression.arguments]
        if function in _SCALAR_TYPES:
            return self.builder.cast(operands[0], _SCALAR_TYPES[function])
        if function.startswith("cast"):
            unsigned = function == "cast_unsigned" or (function == "cast_as_told" and self.unsigned)
            return self.builder.cast(operands[0], self.target, unsigned)
        return self.builder.function(function, *operands)

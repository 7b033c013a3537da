"""Dialect conversion: rewriting a program until only legal ops are left.

    target = ConversionTarget()
    target.add_legal_dialect("llvm")
    target.add_illegal_dialect("arith")
    apply_partial_conversion(module, target, [add_to_llvm, ...], converter)

    @conversion_pattern
    def add_to_llvm(op: AddIOp, operands: Sequence[Value], rewriter: ConversionRewriter) -> Rewrite:
        return llvm.AddOp(*operands)

Each op, those around it first, is legal, or is folded, or is rewritten by a pattern; what a pattern
makes is treated the same way, at once. A conversion pattern gets the operands in their converted
types (flattened, where one becomes several; `rewriter.converted(op.lhs)` gives those of one).

- partial: ops of which the target says nothing may stay; explicitly illegal ones may not;
- full: only legal ops may stay.

A pattern that has only inserted ops may still give up: they are erased again. Nothing else is
undone: a conversion that fails says how many ops it had rewritten, and leaves the program between
the two, with casts where they meet.
"""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from stepwell.ir.operation import Operation
from stepwell.ir.rewriting.conversion_rewriter import ConversionRewriter
from stepwell.ir.rewriting.conversion_target import ConversionTarget
from stepwell.ir.rewriting.legalization import Legalization, Patterns
from stepwell.ir.rewriting.pattern import Pattern, RewriteFunction, Root, pattern
from stepwell.ir.rewriting.type_converter import TypeConverter

F = TypeVar("F", bound=RewriteFunction)


@typing.overload
def conversion_pattern(function: RewriteFunction, /) -> Pattern: ...
@typing.overload
def conversion_pattern(
    *, benefit: int = 1, name: str = "", on: Root | Sequence[Root] = ()
) -> Callable[[RewriteFunction], Pattern]: ...
def conversion_pattern(
    function: RewriteFunction | None = None,
    /,
    *,
    benefit: int = 1,
    name: str = "",
    on: Root | Sequence[Root] = (),
) -> Pattern | Callable[[RewriteFunction], Pattern]:
    """As `pattern`, for functions `f(op, operands, rewriter)`, with the converted operands."""

    def make(function: RewriteFunction) -> Pattern:
        made = pattern(benefit=benefit, name=name, on=on)(function)
        return made.as_conversion()

    return make if function is None else make(function)


class ConversionPatterns:
    """Patterns that belong together, collected where they are written.

        ARITH = ConversionPatterns()

        @ARITH.of("arith.addi")
        def lower_add(op: Operation, operands: Sequence[Value], rewriter: R) -> Rewrite: ...

    Of two for the same op, the one written later is tried first.
    """

    def __init__(self) -> None:
        self._patterns: list[Pattern] = []

    def of(
        self, *roots: Root, name: str = "", benefit: int = 1, converts: bool = True
    ) -> Callable[[F], F]:
        """Adds the decorated function as a pattern for `roots`; it stays a function.

        Args:
            roots: classes, traits or names of ops.
            name: in traces; the function's own by default.
            benefit: patterns of greater benefit are tried first.
            converts: False for `f(op, rewriter)`, which looks at the operands as they are.
        """

        def add(function: F) -> F:
            make = conversion_pattern if converts else pattern
            made = make(benefit=benefit, name=name, on=roots)(function)
            self._patterns.insert(0, made)
            return function

        return add

    def __iter__(self) -> Iterator[Pattern]:
        return iter(self._patterns)


def apply_partial_conversion(
    root: Operation | Sequence[Operation],
    target: ConversionTarget,
    patterns: Patterns,
    converter: TypeConverter | None = None,
    *,
    fold: bool = True,
    rewriter: ConversionRewriter | None = None,
) -> bool:
    """Converts `root` and all inside it; ops of unknown legality may stay.

    Args:
        root: an op, or several that are not inside each other.
        target: says what is legal.
        patterns: tried on what is not.
        converter: of types.
        fold: whether ops that are not legal are folded if they can be.
        rewriter: given to the patterns, with a converter of its own in place of `converter`.

    Returns:
        Whether anything changed.

    Raises:
        PassError: an explicitly illegal op could not be converted; its notes say why.
    """
    rewriter = rewriter or ConversionRewriter(converter=converter)
    return Legalization(root, target, patterns, rewriter, full=False, fold=fold).run()


def apply_full_conversion(
    root: Operation | Sequence[Operation],
    target: ConversionTarget,
    patterns: Patterns,
    converter: TypeConverter | None = None,
    *,
    fold: bool = True,
    rewriter: ConversionRewriter | None = None,
) -> bool:
    """As `apply_partial_conversion`, but only legal ops may stay.

    Raises:
        PassError: an op could not be converted; its notes say why.
    """
    rewriter = rewriter or ConversionRewriter(converter=converter)
    return Legalization(root, target, patterns, rewriter, full=True, fold=fold).run()


__all__ = [
    "ConversionPatterns",
    "ConversionRewriter",
    "ConversionTarget",
    "TypeConverter",
    "apply_full_conversion",
    "apply_partial_conversion",
    "conversion_pattern",
]

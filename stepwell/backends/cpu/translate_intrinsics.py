"""How each intrinsic op of the llvm dialect is called in LLVM IR.

`SPECS` gives, for an op's name, what its LLVM name is overloaded on: `r` is the type of the result,
a digit that of an operand; and which of its properties follow the operands as constants.
"""

from __future__ import annotations

from dataclasses import dataclass

ENDING = "llvm.intr."


@dataclass(frozen=True, slots=True)
class Spec:
    """How one intrinsic is called.

    Args:
        overloads: the types in its name.
        immediates: properties that follow the operands, with their types.
        aligned: the operand that carries the property `alignment`, or -1.
    """

    overloads: str
    immediates: tuple[tuple[str, str], ...] = ()
    aligned: int = -1


def _specs() -> dict[str, Spec]:
    found: dict[str, Spec] = {}

    def add(names: str, overloads: str, *immediates: tuple[str, str], aligned: int = -1) -> None:
        for name in names.split():
            found[ENDING + name] = Spec(overloads, immediates, aligned)

    add("exp exp2 exp10 log log2 log10 sqrt sin cos tan asin acos atan sinh cosh tanh", "r")
    add("fabs floor ceil trunc round roundeven rint nearbyint", "r")
    add("pow atan2 copysign maximum minimum maxnum minnum maximumnum minimumnum", "r")
    add("fma fmuladd fshl fshr smax smin umax umin ctpop bswap bitreverse expect", "r")
    add("sadd.sat uadd.sat ssub.sat usub.sat sshl.sat ushl.sat", "r")
    add("powi ldexp", "r1")
    add("sincos frexp", "0")
    add("lround llround lrint llrint", "r0")
    add("is.fpclass", "0", ("bit", "i32"))
    add("abs", "r", ("is_int_min_poison", "i1"))
    add("ctlz cttz", "r", ("is_zero_poison", "i1"))
    for op in ("add", "sub", "mul"):
        add(f"s{op}.with.overflow u{op}.with.overflow", "0")
    for kind in "add mul and or xor smax smin umax umin fmax fmin fmaximum fminimum".split():
        add(f"vector.reduce.{kind}", "0")
    add("vector.reduce.fadd vector.reduce.fmul", "1")
    add("memcpy memmove", "012", ("isVolatile", "i1"))
    add("memset", "02", ("isVolatile", "i1"))
    add("masked.load", "r0", aligned=0)
    add("masked.store", "01", aligned=1)
    add("masked.gather", "r0", aligned=0)
    add("masked.scatter", "01", aligned=1)
    add("masked.expandload", "r")
    add("masked.compressstore", "0")
    add("stacksave", "r")
    add("stackrestore", "0")
    add("lifetime.start lifetime.end", "0")
    add("vector.insert", "r1", ("pos", "i64"))
    add("vector.extract", "r0", ("pos", "i64"))
    add("vector.interleave2", "r")
    add("vector.deinterleave2", "0")
    add("get.active.lane.mask", "r0")
    add("stepvector", "r")
    add("ptrmask", "r1")
    add("prefetch", "0", ("rw", "i32"), ("hint", "i32"), ("cache", "i32"))
    add("trap debugtrap assume", "")
    return found


SPECS = _specs()

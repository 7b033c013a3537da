"""exp, log, tanh and erf of f32, without a branch, a table or a call.

Each takes its argument into a range where a polynomial, or a quotient of two, is off by less than
rounding is. The coefficients minimise the largest relative error on the range; they were found by
weighted least squares, the weights raised where the error was largest, in double precision.

NaN goes in and comes out of all of them: comparisons are such that it is what is chosen, and its
bits are never made an index or a number of places to shift.
"""

from __future__ import annotations

import math

from stepwell.ir.value import Value
from stepwell.passes.math_approximation.builder import Floats

FRACTION = 23  # bits
ONE = 0x3F800000
# Added and taken away again, it rounds to an integer, which stands in the lowest bits in between.
ROUNDER = 1.5 * 2.0**FRACTION
ROUNDER_BITS = 0x4B400000
# The logarithm of 2 in two parts; multiples of the first by exponents are exact.
LN2_HIGH, LN2_LOW = 0.693359375, -2.12194440054690583e-4

EXP = (0.49999994, 0.16666509, 0.041668533, 0.008370135, 0.0013811532)
"""(exp r - 1 - r) / r^2 for |r| up to half the logarithm of 2."""
LOG = (0.3333333134651184, -0.250008225440979, 0.20001226663589478, -0.16623356938362122,
       0.14201761782169342, -0.131601944565773, 0.12761549651622772,
       -0.07634429633617401)  # fmt: skip
"""(log (1 + f) - f + f^2 / 2) / f^3 for 1 + f between the roots of 1/2 and of 2."""
TANH = (-0.33333293, 0.13331746, -0.053767048, 0.020734755, -0.005819088)
"""(tanh x / x - 1) / x^2 in x^2, for |x| up to 0.61."""
ERF = (1.1283792, -0.37612635, 0.11283707, -0.026860023, 0.005202607, -0.0008160841,
       8.4479674e-05)  # fmt: skip
"""erf x / x in x^2, for |x| up to 0.91."""
ERFC = (0.00016644572, 1.1277972, 0.63697606, 0.10411369, -0.02231522, 0.0030654925,
        -0.0001982199)  # fmt: skip
"""-log (1 - erf x) for x from 0.9 to 4, where erf rounds to 1."""


def exp(f: Floats, x: Value) -> Value:
    """x = n log 2 + r, and exp x = 2^n exp r; 2^n in two factors, for subnormal results."""
    power, exponent = _power(f, f.clamp(x, -104.0, 89.0))
    half = f.right(exponent, 1)
    for part in (half, f.minus(exponent, half)):
        power = f.multiply(power, _two_to(f, part))
    return power


def _power(f: Floats, x: Value) -> tuple[Value, Value]:
    """exp r and n, where x = n log 2 + r and r is small."""
    shifted = f.fma(x, 1 / math.log(2), ROUNDER)
    n = f.subtract(shifted, ROUNDER)
    r = f.fma(n, -LN2_LOW, f.fma(n, -LN2_HIGH, x))
    tail = f.multiply(f.multiply(r, r), f.polynomial(r, EXP))
    return f.add(f.add(tail, r), 1.0), f.minus(f.bits_of(shifted), ROUNDER_BITS)


def _two_to(f: Floats, exponent: Value) -> Value:
    """2^n, if that is a normal number."""
    return f.float_of(f.plus(f.left(exponent, FRACTION), ONE))


def log(f: Floats, x: Value) -> Value:
    """x = 2^n m with m near 1, and log x = n log 2 + log m."""
    scaled = f.choose(x, "olt", 2.0**-126, f.multiply(x, 2.0**FRACTION), x)
    offset = f.choose(x, "olt", 2.0**-126, -FRACTION, 0.0)
    bits = f.bits_of(scaled)
    root_of_half = 0x3F3504F3
    exponent = f.right(f.minus(bits, root_of_half), FRACTION)
    m = f.float_of(f.minus(bits, f.left(exponent, FRACTION)))
    n = f.add(f.float_from(exponent), offset)
    r = f.subtract(m, 1.0)
    tail = f.multiply(f.multiply(r, r), f.fma(r, f.polynomial(r, LOG), -0.5))
    found = f.fma(n, LN2_HIGH, f.add(f.fma(n, LN2_LOW, tail), r))
    found = f.choose(x, "olt", math.inf, found, x)
    found = f.choose(x, "oeq", 0.0, -math.inf, found)
    return f.choose(x, "olt", 0.0, math.nan, found)


def tanh(f: Floats, x: Value) -> Value:
    """A polynomial near 0; else 1 - 2 / (exp 2x + 1)."""
    square = f.multiply(x, x)
    near = f.multiply(x, f.fma(square, f.polynomial(square, TANH), 1.0))
    far = f.clamp(x, -10.0, 10.0)
    power, exponent = _power(f, f.add(far, far))
    quotient = f.divide(2.0, f.add(f.multiply(power, _two_to(f, exponent)), 1.0))
    return f.choose(f.absolute(x), "olt", 0.6, near, f.subtract(1.0, quotient))


def erf(f: Floats, x: Value) -> Value:
    """A polynomial near 0; else 1 - exp of another."""
    square, size = f.multiply(x, x), f.absolute(x)
    near = f.multiply(x, f.polynomial(square, ERF))
    limited = f.choose(size, "ogt", 4.0, 4.0, size)
    power, exponent = _power(f, f.subtract(0.0, f.polynomial(limited, ERFC)))
    rest = f.multiply(power, _two_to(f, exponent))
    far = f.with_sign_of(x, f.subtract(1.0, rest))
    return f.choose(size, "olt", 0.9, near, far)

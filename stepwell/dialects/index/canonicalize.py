"""Canonical patterns of index.

Upstream also turns an ordering of `sub(a, b)` and 0 into one of a and b: wrong on wrap-around.
"""

from __future__ import annotations

from stepwell.ir.rewriting.rules import rules

CONSTANTS_TOGETHER = rules("""
    index.add(index.add(x, C), D) -> index.add(x, index.add(C, D))
    index.mul(index.mul(x, C), D) -> index.mul(x, index.mul(C, D))
    index.and(index.and(x, C), D) -> index.and(x, index.and(C, D))
    index.or(index.or(x, C), D) -> index.or(x, index.or(C, D))
    index.xor(index.xor(x, C), D) -> index.xor(x, index.xor(C, D))
    index.maxs(index.maxs(x, C), D) -> index.maxs(x, index.maxs(C, D))
    index.maxu(index.maxu(x, C), D) -> index.maxu(x, index.maxu(C, D))
    index.mins(index.mins(x, C), D) -> index.mins(x, index.mins(C, D))
    index.minu(index.minu(x, C), D) -> index.minu(x, index.minu(C, D))
""")

DIFFERENCES = rules("""
    index.cmp[eq](index.sub(a, b), 0) -> index.cmp[eq](a, b)
    index.cmp[ne](index.sub(a, b), 0) -> index.cmp[ne](a, b)
""")

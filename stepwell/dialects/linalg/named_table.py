"""The named ops of linalg as a table.

Each line: the name, the dimensions of the iteration space (reductions in parentheses), the index
of each operand, and the equation of the body (none: it multiplies and adds up). In an index `h:k`
stands for the sliding window `h * stride + k * dilation`; the first window has the first stride and
dilation, and so on. An operand without brackets is a scalar. `*` stands for all dimensions of an op
that takes any rank.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, reduce

from stepwell.ir.affine.expr import AffineDim, AffineExpr
from stepwell.ir.affine.map import AffineMap

MULTIPLY_ADD = "add(O, mul(cast(A), cast(B)))"
TOLD_MULTIPLY_ADD = "add(O, mul(cast_as_told(A), cast_as_told(B)))"
QUANTIZED = "add(O, mul(sub(cast(A), cast(Y)), sub(cast(B), cast(Z))))"
RANDOM = (
    "cast(add(mul(add(f64(2147483647), f64(add(mul(add(i32(index(1)), add(mul(add(i32(index(0)), "
    "C), i32(1103515245)), i32(12345))), i32(1103515245)), i32(12345)))), mul(sub(B, A), "
    "2.3283063999999999e-10)), A))"
)
EQUATIONS = {
    "tmadd": TOLD_MULTIPLY_ADD,
    "q": QUANTIZED,
    "sum": "add(O, cast(A))",
    "max": "max_signed(O, cast(A))",
    "min": "min_signed(O, cast(A))",
    "umax": "max_unsigned(O, cast_unsigned(A))",
    "umin": "min_unsigned(O, cast_unsigned(A))",
    "random": RANDOM,
}

CONTRACTIONS = """
matmul                       m n (k)  A[m k] B[k n] O[m n] tmadd
batch_matmul                 b m n (k)  A[b m k] B[b k n] O[b m n] tmadd
batch_reduce_matmul          (b) m n (k)  A[b m k] B[b k n] O[m n]
quantized_matmul             m n (k)  A[m k] B[k n] Y Z O[m n] q
quantized_batch_matmul       b m n (k)  A[b m k] B[b k n] Y Z O[b m n] q
mmt4d                        m n (k) m0 n0 (k0)  A[m k m0 k0] B[n k n0 k0] O[m n m0 n0]
batch_mmt4d                  b m n (k) m0 n0 (k0)  A[b m k m0 k0] B[b n k n0 k0] O[b m n m0 n0]
matvec                       m (n)  A[m n] B[n] O[m]
vecmat                       n (m)  A[m] B[m n] O[n]
batch_matvec                 b m (k)  A[b m k] B[b k] O[b m]
batch_vecmat                 b n (k)  A[b k] B[b k n] O[b n]
dot                          (m)  A[m] B[m] O[]
"""

CONVOLUTIONS = """
conv_1d                      o (k)  A[o+k] B[k] O[o]
conv_2d                      o p (k) (l)  A[o+k p+l] B[k l] O[o p]
conv_3d                      o p q (k) (l) (m)  A[o+k p+l q+m] B[k l m] O[o p q]
conv_1d_nwc_wcf              n w f (k) (c)  A[n w:k c] B[k c f] O[n w f]
conv_1d_ncw_fcw              n f w (c) (k)  A[n c w:k] B[f c k] O[n f w]
conv_2d_nhwc_hwcf            n h w f (k) (l) (c)  A[n h:k w:l c] B[k l c f] O[n h w f]
conv_2d_nhwc_hwcf_q          n h w f (k) (l) (c)  A[n h:k w:l c] B[k l c f] Y Z O[n h w f] q
conv_2d_nhwc_fhwc            n h w f (k) (l) (c)  A[n h:k w:l c] B[f k l c] O[n h w f]
conv_2d_nhwc_fhwc_q          n h w f (k) (l) (c)  A[n h:k w:l c] B[f k l c] Y Z O[n h w f] q
conv_2d_nchw_fchw            n f h w (c) (k) (l)  A[n c h:k w:l] B[f c k l] O[n f h w]
conv_2d_nchw_fchw_q          n f h w (c) (k) (l)  A[n c h:k w:l] B[f c k l] Y Z O[n f h w] q
conv_2d_ngchw_fgchw          n g f h w (c) (k) (l)  A[n g c h:k w:l] B[f g c k l] O[n g f h w]
conv_2d_ngchw_gfchw          n g f h w (c) (k) (l)  A[n g c h:k w:l] B[g f c k l] O[n g f h w]
conv_2d_ngchw_gfchw_q n g f h w (c) (k) (l) A[n g c h:k w:l] B[g f c k l] Y Z O[n g f h w] q
conv_2d_nhwgc_gfhwc          n h w g f (k) (l) (c)  A[n h:k w:l g c] B[g f k l c] O[n h w g f]
conv_2d_nhwgc_gfhwc_q n h w g f (k) (l) (c) A[n h:k w:l g c] B[g f k l c] Y Z O[n h w g f] q
conv_3d_ndhwc_dhwcf n d h w f (k) (l) (m) (c) A[n d:k h:l w:m c] B[k l m c f] O[n d h w f]
conv_3d_ndhwc_dhwcf_q n d h w f (k) (l) (m) (c) A[n d:k h:l w:m c] B[k l m c f] Y Z O[n d h w f] q
conv_3d_ncdhw_fcdhw n f d h w (c) (k) (l) (m) A[n c d:k h:l w:m] B[f c k l m] O[n f d h w]
depthwise_conv_1d_nwc_wc     n w c (k)  A[n w:k c] B[k c] O[n w c]
depthwise_conv_1d_ncw_cw     n w c (k)  A[n c w:k] B[c k] O[n c w]
depthwise_conv_1d_nwc_wcm    n w c m (k)  A[n w:k c] B[k c m] O[n w c m]
depthwise_conv_2d_nhwc_hwc   n h w c (k) (l)  A[n h:k w:l c] B[k l c] O[n h w c]
depthwise_conv_2d_nhwc_hwc_q n h w c (k) (l)  A[n h:k w:l c] B[k l c] Y Z O[n h w c] q
depthwise_conv_2d_nchw_chw   n h w c (k) (l)  A[n c h:k w:l] B[c k l] O[n c h w]
depthwise_conv_2d_nhwc_hwcm  n h w c m (k) (l)  A[n h:k w:l c] B[k l c m] O[n h w c m]
depthwise_conv_2d_nhwc_hwcm_q n h w c m (k) (l)  A[n h:k w:l c] B[k l c m] Y Z O[n h w c m] q
depthwise_conv_3d_ndhwc_dhwc n d h w (k) (l) (m) c  A[n d:k h:l w:m c] B[k l m c] O[n d h w c]
depthwise_conv_3d_ncdhw_cdhw n d h w (k) (l) (m) c  A[n c d:k h:l w:m] B[c k l m] O[n c d h w]
depthwise_conv_3d_ndhwc_dhwcm n d h w e (k) (l) (m) c A[n d:k h:l w:m c] B[k l m c e] O[n d h w c e]
pooling_nhwc_sum             n h w c (k) (l)  A[n h:k w:l c] B[k l] O[n h w c] sum
pooling_nchw_sum             n c h w (k) (l)  A[n c h:k w:l] B[k l] O[n c h w] sum
pooling_nhwc_max             n h w c (k) (l)  A[n h:k w:l c] B[k l] O[n h w c] max
pooling_nhwc_max_unsigned    n h w c (k) (l)  A[n h:k w:l c] B[k l] O[n h w c] umax
pooling_nchw_max             n c h w (k) (l)  A[n c h:k w:l] B[k l] O[n c h w] max
pooling_nhwc_min             n h w c (k) (l)  A[n h:k w:l c] B[k l] O[n h w c] min
pooling_nhwc_min_unsigned    n h w c (k) (l)  A[n h:k w:l c] B[k l] O[n h w c] umin
pooling_nwc_sum              n w c (k)  A[n w:k c] B[k] O[n w c] sum
pooling_ncw_sum              n c w (k)  A[n c w:k] B[k] O[n c w] sum
pooling_nwc_max              n w c (k)  A[n w:k c] B[k] O[n w c] max
pooling_nwc_max_unsigned     n w c (k)  A[n w:k c] B[k] O[n w c] umax
pooling_ncw_max              n c w (k)  A[n c w:k] B[k] O[n c w] max
pooling_nwc_min              n w c (k)  A[n w:k c] B[k] O[n w c] min
pooling_nwc_min_unsigned     n w c (k)  A[n w:k c] B[k] O[n w c] umin
pooling_ndhwc_sum            n d h w c (k) (l) (m)  A[n d:k h:l w:m c] B[k l m] O[n d h w c] sum
pooling_ndhwc_max            n d h w c (k) (l) (m)  A[n d:k h:l w:m c] B[k l m] O[n d h w c] max
pooling_ndhwc_min            n d h w c (k) (l) (m)  A[n d:k h:l w:m c] B[k l m] O[n d h w c] min
"""

ELEMENTWISE = """
copy                         *  A[*] O[*] cast_as_told(A)
fill                         *  A O[*] A
exp                          *  A[*] O[*] exp(A)
log                          *  A[*] O[*] log(A)
abs                          *  A[*] O[*] abs(A)
ceil                         *  A[*] O[*] ceil(A)
floor                        *  A[*] O[*] floor(A)
negf                         *  A[*] O[*] negf(A)
reciprocal                   *  A[*] O[*] reciprocal(A)
round                        *  A[*] O[*] round(A)
sqrt                         *  A[*] O[*] sqrt(A)
rsqrt                        *  A[*] O[*] rsqrt(A)
square                       *  A[*] O[*] square(A)
tanh                         *  A[*] O[*] tanh(A)
erf                          *  A[*] O[*] erf(A)
add                          *  A[*] B[*] O[*] add(A, B)
sub                          *  A[*] B[*] O[*] sub(A, B)
mul                          *  A[*] B[*] O[*] mul(A, B)
div                          *  A[*] B[*] O[*] div(A, B)
div_unsigned                 *  A[*] B[*] O[*] div_unsigned(A, B)
max                          *  A[*] B[*] O[*] max_signed(A, B)
min                          *  A[*] B[*] O[*] min_signed(A, B)
powf                         *  A[*] B[*] O[*] powf(A, B)
select                       *  A[*] B[*] C[*] O[*] select(A, B, C)
fill_rng_2d                  m n  A B C O[m n] random
"""

_OPERAND = re.compile(r"([A-Z])(?:\[([^\]]*)\])?")


@dataclass(frozen=True, slots=True)
class NamedStructure:
    """One line of the table.

    Args:
        name: the op's name without its dialect.
        dims: names of the dimensions, or None for an op that takes any rank.
        reductions: which dimensions are reductions.
        operands: letter and index (None: a scalar; `*`: all dimensions) of each operand.
        equation: the body.
        spatial: how many strides and dilations the op has.
    """

    name: str
    dims: tuple[str, ...] | None
    reductions: frozenset[str]
    operands: tuple[tuple[str, str | None], ...]
    equation: str
    spatial: int

    @property
    def letters(self) -> tuple[str, ...]:
        """The letters of the operands in the equation."""
        return tuple(letter for letter, _ in self.operands)

    def iterators(self, rank: int) -> list[str]:
        """The kind of each dimension; `rank` is that of the init."""
        if self.dims is None:
            return ["parallel"] * rank
        return ["reduction" if dim in self.reductions else "parallel" for dim in self.dims]

    def maps(self, rank: int, strides: Sequence[int], dilations: Sequence[int]) -> list[AffineMap]:
        """The indexing map of each operand; `rank` is that of the init."""
        count = rank if self.dims is None else len(self.dims)
        return [self._map(index, count, strides, dilations) for _, index in self.operands]

    def _map(
        self, index: str | None, count: int, strides: Sequence[int], dilations: Sequence[int]
    ) -> AffineMap:
        if index is None:
            return AffineMap(count, 0, ())
        if index == "*":
            return AffineMap.identity(count)
        results: list[AffineExpr] = []
        windows = 0
        for item in index.split():
            outer, _, inner = item.partition(":")
            if inner:
                scaled = self._dim(outer) * strides[windows]
                results.append(scaled + self._dim(inner) * dilations[windows])
                windows += 1
            else:
                terms = [self._dim(term) for term in item.split("+")]
                results.append(reduce(operator.add, terms))
        return AffineMap(count, 0, tuple(results))

    def _dim(self, name: str) -> AffineExpr:
        assert self.dims is not None
        return AffineDim(self.dims.index(name))


@cache
def named_structures() -> dict[str, NamedStructure]:
    """The table, by name."""
    lines = (CONTRACTIONS + CONVOLUTIONS + ELEMENTWISE).strip().splitlines()
    found = [_read(line) for line in lines if line.strip()]
    return {structure.name: structure for structure in found}


def _read(line: str) -> NamedStructure:
    name, _, rest = line.partition(" ")
    start = re.search(r"\b[A-Z](\[| )", rest)
    assert start is not None, line
    head = rest[: start.start()].strip()
    operands, end = [], start.start()
    for found in _OPERAND.finditer(rest, start.start()):
        operands.append((found[1], found[2]))
        end = found.end()
        if found[1] == "O":
            break
    equation = rest[end:].strip()
    dims, reductions = _read_dims(head)
    spatial = rest.count(":")
    return NamedStructure(name, dims, reductions, tuple(operands), _equation(equation), spatial)


def _equation(text: str) -> str:
    return EQUATIONS.get(text, text) or MULTIPLY_ADD


def _read_dims(head: str) -> tuple[tuple[str, ...] | None, frozenset[str]]:
    if head == "*":
        return None, frozenset()
    words = head.split()
    reductions = frozenset(word.strip("()") for word in words if word.startswith("("))
    return tuple(word.strip("()") for word in words), reductions

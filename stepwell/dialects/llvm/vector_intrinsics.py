"""Intrinsics on vectors and matrices."""

from __future__ import annotations

from functools import reduce
from typing import Any, ClassVar

import numpy as np

from stepwell.dialects.llvm.arithmetic import width_of
from stepwell.dialects.llvm.attributes import NO_FASTMATH, FastMathKind
from stepwell.dialects.llvm.float_intrinsics import CALL_SYNTAX, larger, smaller
from stepwell.dialects.llvm.types import AnyVector, LLVMType
from stepwell.ir import types
from stepwell.ir.constraints import SignlessInteger, Var, element_of
from stepwell.ir.definition import Op
from stepwell.ir.fields import operand, prop, result
from stepwell.ir.interpreter.machine import RuntimeValue
from stepwell.ir.interpreter.scalars import scalars_of
from stepwell.ir.numbers.integers import to_unsigned
from stepwell.ir.property_kinds import I32, I64
from stepwell.ir.traits import Pure

V = Var("V", AnyVector)


class _ReduceOp(Op, traits=(Pure,)):
    """Base of the reductions of an integer vector."""

    in_ = operand(V)
    res = result(element_of(V))
    _function: ClassVar[Any]
    is_unsigned: ClassVar[bool] = False

    def evaluate(self, vector: RuntimeValue) -> RuntimeValue:
        values = scalars_of(vector, vector.shape)
        if self.is_unsigned:
            values = [to_unsigned(value, width_of(self.res)) for value in values]
        return reduce(type(self)._function, values)


class _FloatReduceOp(Op, traits=(Pure,)):
    """Base of the reductions of a float vector to its extreme."""

    in_ = operand(V)
    fastmathFlags = prop(FastMathKind, NO_FASTMATH)
    res = result(element_of(V))
    syntax = CALL_SYNTAX
    _function: ClassVar[Any]

    def evaluate(self, vector: RuntimeValue) -> RuntimeValue:
        return reduce(type(self)._function, list(vector))


class _StartedReduceOp(Op, traits=(Pure,)):
    """Base of the reductions that begin with a value and go lane by lane."""

    start_value = operand(element_of(V))
    input = operand(V)
    fastmathFlags = prop(FastMathKind, NO_FASTMATH)
    res = result(element_of(V))
    _function: ClassVar[Any]

    def evaluate(self, start: RuntimeValue, vector: RuntimeValue) -> RuntimeValue:
        with np.errstate(all="ignore"):
            return reduce(type(self)._function, list(vector), start)


class ReduceAddOp(_ReduceOp, name="llvm.intr.vector.reduce.add"):
    """`%r = "llvm.intr.vector.reduce.add"(%v) : (vector<4xi32>) -> i32`."""

    _function = staticmethod(lambda a, b: a + b)


class ReduceMulOp(_ReduceOp, name="llvm.intr.vector.reduce.mul"):
    """`%r = "llvm.intr.vector.reduce.mul"(%v) : (vector<4xi32>) -> i32`."""

    _function = staticmethod(lambda a, b: a * b)


class ReduceAndOp(_ReduceOp, name="llvm.intr.vector.reduce.and"):
    """`%r = "llvm.intr.vector.reduce.and"(%v) : (vector<4xi32>) -> i32`."""

    _function = staticmethod(lambda a, b: a & b)


class ReduceOrOp(_ReduceOp, name="llvm.intr.vector.reduce.or"):
    """`%r = "llvm.intr.vector.reduce.or"(%v) : (vector<4xi32>) -> i32`."""

    _function = staticmethod(lambda a, b: a | b)


class ReduceXorOp(_ReduceOp, name="llvm.intr.vector.reduce.xor"):
    """`%r = "llvm.intr.vector.reduce.xor"(%v) : (vector<4xi32>) -> i32`."""

    _function = staticmethod(lambda a, b: a ^ b)


class ReduceSmaxOp(_ReduceOp, name="llvm.intr.vector.reduce.smax"):
    """`%r = "llvm.intr.vector.reduce.smax"(%v) : (vector<4xi32>) -> i32`."""

    _function = staticmethod(max)


class ReduceSminOp(_ReduceOp, name="llvm.intr.vector.reduce.smin"):
    """`%r = "llvm.intr.vector.reduce.smin"(%v) : (vector<4xi32>) -> i32`."""

    _function = staticmethod(min)


class ReduceUmaxOp(_ReduceOp, name="llvm.intr.vector.reduce.umax"):
    """`%r = "llvm.intr.vector.reduce.umax"(%v) : (vector<4xi32>) -> i32`."""

    _function = staticmethod(max)
    is_unsigned = True


class ReduceUminOp(_ReduceOp, name="llvm.intr.vector.reduce.umin"):
    """`%r = "llvm.intr.vector.reduce.umin"(%v) : (vector<4xi32>) -> i32`."""

    _function = staticmethod(min)
    is_unsigned = True


class ReduceFmaxOp(_FloatReduceOp, name="llvm.intr.vector.reduce.fmax"):
    """`%r = llvm.intr.vector.reduce.fmax(%v) : (vector<4xf32>) -> f32`."""

    _function = staticmethod(np.fmax)


class ReduceFminOp(_FloatReduceOp, name="llvm.intr.vector.reduce.fmin"):
    """`%r = llvm.intr.vector.reduce.fmin(%v) : (vector<4xf32>) -> f32`."""

    _function = staticmethod(np.fmin)


class ReduceFmaximumOp(_FloatReduceOp, name="llvm.intr.vector.reduce.fmaximum"):
    """`%r = llvm.intr.vector.reduce.fmaximum(%v) : (vector<4xf32>) -> f32`."""

    _function = staticmethod(larger)


class ReduceFminimumOp(_FloatReduceOp, name="llvm.intr.vector.reduce.fminimum"):
    """`%r = llvm.intr.vector.reduce.fminimum(%v) : (vector<4xf32>) -> f32`."""

    _function = staticmethod(smaller)


class ReduceFaddOp(_StartedReduceOp, name="llvm.intr.vector.reduce.fadd"):
    """`%r = "llvm.intr.vector.reduce.fadd"(%start, %v) : (f32, vector<4xf32>) -> f32`."""

    _function = staticmethod(lambda a, b: a + b)


class ReduceFmulOp(_StartedReduceOp, name="llvm.intr.vector.reduce.fmul"):
    """`%r = "llvm.intr.vector.reduce.fmul"(%start, %v) : (f32, vector<4xf32>) -> f32`."""

    _function = staticmethod(lambda a, b: a * b)


class VectorInsertOp(Op, name="llvm.intr.vector.insert", traits=(Pure,)):
    """`%r = llvm.intr.vector.insert %part, %v[4] : vector<4xf32> into vector<8xf32>`."""

    W = Var("W", AnyVector)
    dstvec = operand(W)
    srcvec = operand(AnyVector)
    pos = prop(I64)
    res = result(W)
    syntax = "$srcvec `,` $dstvec `[` $pos `]` attr-dict `:` type($srcvec) `into` type($res)"

    def evaluate(self, whole: RuntimeValue, part: RuntimeValue) -> RuntimeValue:
        made = whole.copy()
        made[self.pos.value : self.pos.value + len(part)] = part
        return made


class VectorExtractOp(Op, name="llvm.intr.vector.extract", traits=(Pure,)):
    """`%r = llvm.intr.vector.extract %v[4] : vector<4xf32> from vector<8xf32>`."""

    srcvec = operand(AnyVector)
    pos = prop(I64)
    res = result(AnyVector)
    syntax = "$srcvec `[` $pos `]` attr-dict `:` type($res) `from` type($srcvec)"

    def evaluate(self, whole: RuntimeValue) -> RuntimeValue:
        type = self.res.type
        assert isinstance(type, types.VectorType)
        return whole[self.pos.value : self.pos.value + type.shape[0]]


class VectorInterleaveOp(Op, name="llvm.intr.vector.interleave2", traits=(Pure,)):
    """`%r = "llvm.intr.vector.interleave2"(%a, %b) : ...`: elements of both in turn."""

    vec1 = operand(AnyVector)
    vec2 = operand(AnyVector)
    res = result(AnyVector)

    def evaluate(self, first: RuntimeValue, second: RuntimeValue) -> RuntimeValue:
        return np.stack([first, second], axis=-1).reshape(-1)


class VectorDeinterleaveOp(Op, name="llvm.intr.vector.deinterleave2", traits=(Pure,)):
    """`%r = "llvm.intr.vector.deinterleave2"(%v) : ...`: even and odd elements."""

    vec = operand(AnyVector)
    res = result(LLVMType)

    def evaluate(self, vector: RuntimeValue) -> RuntimeValue:
        return vector[::2], vector[1::2]


class MatrixMultiplyOp(Op, name="llvm.intr.matrix.multiply", traits=(Pure,)):
    """`%r = llvm.intr.matrix.multiply %a, %b {lhs_rows = 2 : i32, ...} : ...`: column by column."""

    lhs = operand(AnyVector)
    rhs = operand(AnyVector)
    lhs_rows = prop(I32)
    lhs_columns = prop(I32)
    rhs_columns = prop(I32)
    res = result(AnyVector)
    syntax = "$lhs `,` $rhs attr-dict `:` `(` type($lhs) `,` type($rhs) `)` `->` type($res)"

    def evaluate(self, lhs: RuntimeValue, rhs: RuntimeValue) -> RuntimeValue:
        rows, inner, columns = (
            self.lhs_rows.value, self.lhs_columns.value, self.rhs_columns.value,
        )  # fmt: skip
        left, right = lhs.reshape(inner, rows).T, rhs.reshape(columns, inner).T
        return (left @ right).T.reshape(-1)


class MatrixTransposeOp(Op, name="llvm.intr.matrix.transpose", traits=(Pure,)):
    """`%r = llvm.intr.matrix.transpose %m {rows = 2 : i32, columns = 3 : i32} : ...`."""

    matrix = operand(AnyVector)
    rows = prop(I32)
    columns = prop(I32)
    res = result(AnyVector)
    syntax = "$matrix attr-dict `:` type($matrix) `into` type($res)"

    def evaluate(self, matrix: RuntimeValue) -> RuntimeValue:
        return matrix.reshape(self.columns.value, self.rows.value).T.reshape(-1)


class ActiveLaneMaskOp(Op, name="llvm.intr.get.active.lane.mask", traits=(Pure,)):
    """`%m = llvm.intr.get.active.lane.mask %base, %n : i64, i64 to vector<4xi1>`: base + i < n."""

    base = operand(SignlessInteger)
    n = operand(SignlessInteger)
    res = result(AnyVector)
    syntax = "$base `,` $n attr-dict `:` type($base) `,` type($n) `to` type($res)"

    def evaluate(self, base: int, n: int) -> RuntimeValue:
        type = self.res.type
        assert isinstance(type, types.VectorType)
        width = width_of(self.n)
        first, end = to_unsigned(base, width), to_unsigned(n, width)
        return np.array([first + lane < end for lane in range(type.shape[0])])


class StepVectorOp(Op, name="llvm.intr.stepvector", traits=(Pure,)):
    """`%v = llvm.intr.stepvector : vector<4xi32>`: 0, 1, 2, ..."""

    res = result(AnyVector)
    syntax = "attr-dict `:` type($res)"

    def evaluate(self) -> RuntimeValue:
        type = self.res.type
        assert isinstance(type, types.VectorType)
        return np.arange(type.shape[0], dtype=f"i{max(width_of(self.res) // 8, 1)}")


class VScaleOp(Op, name="llvm.intr.vscale", traits=(Pure,)):
    """`%s = "llvm.intr.vscale"() : () -> i64`: by how much scalable vectors are longer (here 1)."""

    res = result(SignlessInteger)

    def evaluate(self) -> int:
        return 1

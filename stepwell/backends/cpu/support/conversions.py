"""Conversions to and from half and bfloat, for hosts whose instruction set lacks them.

LLVM calls these by the names of compiler-rt, which is not in every process. Each rounds to nearest
even, once: from double by first rounding to float to odd, which loses nothing that matters (Boldo
and Melquiond, "Emulation of a FMA and correctly rounded sums", 2008).
"""

from __future__ import annotations

from stepwell.backends.cpu.support.pieces import Piece

_LLVM_IR = """
declare i32 @llvm.ctlz.i32(i32, i1)
declare double @llvm.fabs.f64(double)

; The float at or next to %x in whose last bit all lost bits are gathered.
define internal float @to_odd(double %x) {
  %near = fptrunc double %x to float
  %back = fpext float %near to double
  %exact0 = fcmp ueq double %back, %x
  %bits = bitcast float %near to i32
  %magnitude_back = call double @llvm.fabs.f64(double %back)
  %magnitude = call double @llvm.fabs.f64(double %x)
  %over = fcmp ogt double %magnitude_back, %magnitude
  %down = sub i32 %bits, 1
  %truncated = select i1 %over, i32 %down, i32 %bits
  %odd = or i32 %truncated, 1
  %chosen = select i1 %exact0, i32 %bits, i32 %odd
  %result = bitcast i32 %chosen to float
  ret float %result
}

define bfloat @__truncsfbf2(float %x) {
  %bits = bitcast float %x to i32
  %nan = fcmp uno float %x, %x
  %high = lshr i32 %bits, 16
  %quiet = or i32 %high, 64
  %last = and i32 %high, 1
  %half = add i32 %last, 32767
  %sum = add i32 %bits, %half
  %rounded = lshr i32 %sum, 16
  %chosen = select i1 %nan, i32 %quiet, i32 %rounded
  %short = trunc i32 %chosen to i16
  %result = bitcast i16 %short to bfloat
  ret bfloat %result
}

define bfloat @__truncdfbf2(double %x) {
  %odd = call float @to_odd(double %x)
  %result = call bfloat @__truncsfbf2(float %odd)
  ret bfloat %result
}

define internal i16 @to_half(float %x) {
  %bits = bitcast float %x to i32
  %sign0 = lshr i32 %bits, 16
  %sign = and i32 %sign0, 32768
  %magnitude = and i32 %bits, 2147483647
  %nan = icmp ugt i32 %magnitude, 2139095040
  %large = icmp uge i32 %magnitude, 1199570944
  %small = icmp ult i32 %magnitude, 947912704
  br i1 %small, label %subnormal, label %normal
subnormal:
  ; Adding 0.5 leaves the half's bits, rounded, at the low end of the significand.
  %positive = bitcast i32 %magnitude to float
  %shifted = fadd float %positive, 5.0e-01
  %shifted_bits = bitcast float %shifted to i32
  %low = sub i32 %shifted_bits, 1056964608
  br label %join
normal:
  %place = lshr i32 %magnitude, 13
  %last = and i32 %place, 1
  %biased = add i32 %magnitude, 3355447295
  %up = add i32 %biased, %last
  %kept = lshr i32 %up, 13
  %overflowed = select i1 %large, i32 31744, i32 %kept
  %payload = and i32 %place, 511
  %quiet = or i32 %payload, 32256
  %finite = select i1 %nan, i32 %quiet, i32 %overflowed
  br label %join
join:
  %half = phi i32 [ %low, %subnormal ], [ %finite, %normal ]
  %signed = or i32 %half, %sign
  %short = trunc i32 %signed to i16
  ret i16 %short
}

define half @__truncsfhf2(float %x) {
  %short = call i16 @to_half(float %x)
  %result = bitcast i16 %short to half
  ret half %result
}

define half @__truncdfhf2(double %x) {
  %odd = call float @to_odd(double %x)
  %short = call i16 @to_half(float %odd)
  %result = bitcast i16 %short to half
  ret half %result
}

define float @__extendhfsf2(half %x) {
  %short = bitcast half %x to i16
  %bits = zext i16 %short to i32
  %sign0 = and i32 %bits, 32768
  %sign = shl i32 %sign0, 16
  %magnitude = and i32 %bits, 32767
  %special = icmp uge i32 %magnitude, 31744
  %small = icmp ult i32 %magnitude, 1024
  %moved = shl i32 %magnitude, 13
  %normal = add i32 %moved, 939524096
  %highest = or i32 %moved, 2139095040
  ; A subnormal is a whole number of 2^-24.
  %count = uitofp i32 %magnitude to float
  %scaled = fmul float %count, 0x3E70000000000000
  %scaled_bits = bitcast float %scaled to i32
  %one = select i1 %small, i32 %scaled_bits, i32 %normal
  %two = select i1 %special, i32 %highest, i32 %one
  %signed = or i32 %two, %sign
  %result = bitcast i32 %signed to float
  ret float %result
}
"""

conversions = Piece(
    _LLVM_IR,
    ("__truncsfbf2", "__truncdfbf2", "__truncsfhf2", "__truncdfhf2", "__extendhfsf2"),
)

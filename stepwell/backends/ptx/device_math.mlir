// Functions under the names of libdevice, for where NVIDIA's library is not installed.
//
// They use nothing but exact operations and fused multiplications, so that they give the same bits
// in the interpreter, on a CPU and on a GPU. f32 within 4 units in the last place of the true value.

// p * 2^n, for a whole n, in two steps so that neither factor overflows.
func.func private @scale_f32(%p: f32, %n: f32) -> f32 {
  %0 = arith.cmpf ord, %n, %n : f32
  %1 = arith.constant 0.0 : f32
  %2 = arith.select %0, %n, %1 : f32
  %3 = arith.fptosi %2 : f32 to i32
  %4 = arith.constant 1 : i32
  %5 = arith.shrsi %3, %4 : i32
  %6 = arith.subi %3, %5 : i32
  %7 = arith.constant 127 : i32
  %8 = arith.constant 23 : i32
  %9 = arith.addi %5, %7 : i32
  %10 = arith.shli %9, %8 : i32
  %11 = arith.bitcast %10 : i32 to f32
  %12 = arith.mulf %p, %11 : f32
  %13 = arith.addi %6, %7 : i32
  %14 = arith.shli %13, %8 : i32
  %15 = arith.bitcast %14 : i32 to f32
  %16 = arith.mulf %12, %15 : f32
  return %16 : f32
}

// e^r by its series, for |r| <= ln(2) / 2.
func.func private @exp_near_zero_f32(%r: f32) -> f32 {
  %0 = arith.constant 1.984127e-04 : f32
  %1 = arith.constant 0.0013888889 : f32
  %2 = math.fma %0, %r, %1 : f32
  %3 = arith.constant 0.008333334 : f32
  %4 = math.fma %2, %r, %3 : f32
  %5 = arith.constant 0.041666668 : f32
  %6 = math.fma %4, %r, %5 : f32
  %7 = arith.constant 0.16666667 : f32
  %8 = math.fma %6, %r, %7 : f32
  %9 = arith.constant 0.5 : f32
  %10 = math.fma %8, %r, %9 : f32
  %11 = arith.constant 1.0 : f32
  %12 = math.fma %10, %r, %11 : f32
  %13 = arith.constant 1.0 : f32
  %14 = math.fma %12, %r, %13 : f32
  return %14 : f32
}

// e^x = 2^n * e^r, with n the whole number nearest to x / ln(2).
func.func private @__nv_expf(%x: f32) -> f32 {
  %0 = arith.constant -104.0 : f32
  %1 = arith.maximumf %x, %0 : f32
  %2 = arith.constant 89.0 : f32
  %3 = arith.minimumf %1, %2 : f32
  %4 = arith.constant 1.442695 : f32
  %5 = arith.mulf %3, %4 : f32
  %6 = math.roundeven %5 : f32
  %7 = arith.constant -0.69314575 : f32
  %8 = math.fma %6, %7, %3 : f32
  %9 = arith.constant -1.4286068e-06 : f32
  %10 = math.fma %6, %9, %8 : f32
  %11 = call @exp_near_zero_f32(%10) : (f32) -> f32
  %12 = call @scale_f32(%11, %6) : (f32, f32) -> f32
  return %12 : f32
}

// 2^x = 2^n * e^(ln(2) (x - n)).
func.func private @__nv_exp2f(%x: f32) -> f32 {
  %0 = arith.constant -150.0 : f32
  %1 = arith.maximumf %x, %0 : f32
  %2 = arith.constant 129.0 : f32
  %3 = arith.minimumf %1, %2 : f32
  %4 = math.roundeven %3 : f32
  %5 = arith.subf %3, %4 : f32
  %6 = arith.constant 0.6931472 : f32
  %7 = arith.mulf %5, %6 : f32
  %8 = call @exp_near_zero_f32(%7) : (f32) -> f32
  %9 = call @scale_f32(%8, %4) : (f32, f32) -> f32
  return %9 : f32
}

// e and ln(m) with x = 2^e * m and 2/3 <= m < 4/3, for a positive x.
// ln(1 + f) = f - s (f - R) where s = f / (2 + f) and R = 2 s^2 / 3 + 2 s^4 / 5 + ...
func.func private @log_parts_f32(%x: f32) -> (f32, f32) {
  %0 = arith.constant 1.1754944e-38 : f32
  %1 = arith.cmpf olt, %x, %0 : f32
  %2 = arith.constant 1.6777216e+07 : f32
  %3 = arith.mulf %x, %2 : f32
  %4 = arith.select %1, %3, %x : f32
  %5 = arith.constant -24.0 : f32
  %6 = arith.constant 0.0 : f32
  %7 = arith.select %1, %5, %6 : f32
  %8 = arith.bitcast %4 : f32 to i32
  %9 = arith.constant 1059760811 : i32
  %10 = arith.subi %8, %9 : i32
  %11 = arith.constant -8388608 : i32
  %12 = arith.andi %10, %11 : i32
  %13 = arith.subi %8, %12 : i32
  %14 = arith.bitcast %13 : i32 to f32
  %15 = arith.constant 23 : i32
  %16 = arith.shrsi %12, %15 : i32
  %17 = arith.sitofp %16 : i32 to f32
  %18 = arith.addf %17, %7 : f32
  %19 = arith.constant 1.0 : f32
  %20 = arith.subf %14, %19 : f32
  %21 = arith.constant 2.0 : f32
  %22 = arith.addf %20, %21 : f32
  %23 = arith.divf %20, %22 : f32
  %24 = arith.mulf %23, %23 : f32
  %25 = arith.constant 0.18181819 : f32
  %26 = arith.constant 0.22222222 : f32
  %27 = math.fma %25, %24, %26 : f32
  %28 = arith.constant 0.2857143 : f32
  %29 = math.fma %27, %24, %28 : f32
  %30 = arith.constant 0.4 : f32
  %31 = math.fma %29, %24, %30 : f32
  %32 = arith.constant 0.6666667 : f32
  %33 = math.fma %31, %24, %32 : f32
  %34 = arith.mulf %33, %24 : f32
  %35 = arith.subf %20, %34 : f32
  %36 = arith.mulf %23, %35 : f32
  %37 = arith.subf %20, %36 : f32
  return %18, %37 : f32, f32
}

// y, a logarithm of x, put right where x is not a positive number.
func.func private @log_limits_f32(%x: f32, %y: f32) -> f32 {
  %0 = arith.constant 0.0 : f32
  %1 = arith.cmpf oeq, %x, %0 : f32
  %2 = arith.constant 0x7F800000 : f32
  %3 = arith.cmpf oeq, %x, %2 : f32
  %4 = arith.constant 0.0 : f32
  %5 = arith.cmpf ult, %x, %4 : f32
  %6 = arith.constant 0xFF800000 : f32
  %7 = arith.select %1, %6, %y : f32
  %8 = arith.constant 0x7F800000 : f32
  %9 = arith.select %3, %8, %7 : f32
  %10 = arith.constant 0x7FC00000 : f32
  %11 = arith.select %5, %10, %9 : f32
  return %11 : f32
}

// The natural logarithm.
func.func private @__nv_logf(%x: f32) -> f32 {
  %e, %l = call @log_parts_f32(%x) : (f32) -> (f32, f32)
  %0 = arith.constant 0.69314575 : f32
  %1 = arith.constant 1.4286068e-06 : f32
  %2 = math.fma %e, %1, %l : f32
  %3 = math.fma %e, %0, %2 : f32
  %4 = call @log_limits_f32(%x, %3) : (f32, f32) -> f32
  return %4 : f32
}

// The logarithm to base 2.
func.func private @__nv_log2f(%x: f32) -> f32 {
  %e, %l = call @log_parts_f32(%x) : (f32) -> (f32, f32)
  %0 = arith.constant 1.442695 : f32
  %1 = math.fma %l, %0, %e : f32
  %2 = call @log_limits_f32(%x, %1) : (f32, f32) -> f32
  return %2 : f32
}

// The logarithm to base 10.
func.func private @__nv_log10f(%x: f32) -> f32 {
  %e, %l = call @log_parts_f32(%x) : (f32) -> (f32, f32)
  %0 = arith.constant 0.4342945 : f32
  %1 = arith.constant 0.30103 : f32
  %2 = arith.mulf %e, %1 : f32
  %3 = math.fma %l, %0, %2 : f32
  %4 = call @log_limits_f32(%x, %3) : (f32, f32) -> f32
  return %4 : f32
}

// 1 / sqrt(x).
func.func private @__nv_rsqrtf(%x: f32) -> f32 {
  %0 = arith.constant 1.0 : f32
  %1 = math.sqrt %x : f32
  %2 = arith.divf %0, %1 : f32
  return %2 : f32
}

// ln(1 + x): what rounding 1 + x lost is made up for by x / ((1 + x) - 1).
func.func private @__nv_log1pf(%x: f32) -> f32 {
  %0 = arith.constant 1.0 : f32
  %1 = arith.addf %x, %0 : f32
  %2 = arith.constant 1.0 : f32
  %3 = arith.subf %1, %2 : f32
  %4 = call @__nv_logf(%1) : (f32) -> f32
  %5 = arith.divf %x, %3 : f32
  %6 = arith.mulf %4, %5 : f32
  %7 = arith.constant 0.0 : f32
  %8 = arith.cmpf oeq, %3, %7 : f32
  %9 = arith.constant 0x7F800000 : f32
  %10 = arith.cmpf oeq, %x, %9 : f32
  %11 = arith.select %10, %x, %6 : f32
  %12 = arith.select %8, %x, %11 : f32
  return %12 : f32
}

// e^x - 1: what rounding e^x lost is made up for by x / ln(e^x).
func.func private @__nv_expm1f(%x: f32) -> f32 {
  %0 = call @__nv_expf(%x) : (f32) -> f32
  %1 = arith.constant 1.0 : f32
  %2 = arith.subf %0, %1 : f32
  %3 = call @__nv_logf(%0) : (f32) -> f32
  %4 = arith.divf %x, %3 : f32
  %5 = arith.mulf %2, %4 : f32
  %6 = arith.constant 0.0 : f32
  %7 = arith.cmpf oeq, %2, %6 : f32
  %8 = math.absf %x : f32
  %9 = arith.constant 20.0 : f32
  %10 = arith.cmpf ogt, %8, %9 : f32
  %11 = arith.select %10, %2, %5 : f32
  %12 = arith.select %7, %x, %11 : f32
  return %12 : f32
}

// (e^x - e^-x) / 2, from e^(|x| / 2) so that it overflows no earlier than it must.
func.func private @__nv_sinhf(%x: f32) -> f32 {
  %0 = math.absf %x : f32
  %1 = arith.constant 0.5 : f32
  %2 = arith.mulf %0, %1 : f32
  %3 = call @__nv_expf(%2) : (f32) -> f32
  %4 = arith.constant 0.5 : f32
  %5 = arith.mulf %3, %4 : f32
  %6 = arith.mulf %5, %3 : f32
  %7 = arith.constant 0.25 : f32
  %8 = arith.divf %7, %6 : f32
  %9 = arith.subf %6, %8 : f32
  %10 = call @__nv_expm1f(%0) : (f32) -> f32
  %11 = arith.constant 1.0 : f32
  %12 = arith.addf %10, %11 : f32
  %13 = arith.divf %10, %12 : f32
  %14 = arith.addf %10, %13 : f32
  %15 = arith.constant 0.5 : f32
  %16 = arith.mulf %14, %15 : f32
  %17 = arith.constant 1.0 : f32
  %18 = arith.cmpf olt, %0, %17 : f32
  %19 = arith.select %18, %16, %9 : f32
  %20 = math.copysign %19, %x : f32
  return %20 : f32
}

// (e^x + e^-x) / 2, from e^(|x| / 2) so that it overflows no earlier than it must.
func.func private @__nv_coshf(%x: f32) -> f32 {
  %0 = math.absf %x : f32
  %1 = arith.constant 0.5 : f32
  %2 = arith.mulf %0, %1 : f32
  %3 = call @__nv_expf(%2) : (f32) -> f32
  %4 = arith.constant 0.5 : f32
  %5 = arith.mulf %3, %4 : f32
  %6 = arith.mulf %5, %3 : f32
  %7 = arith.constant 0.25 : f32
  %8 = arith.divf %7, %6 : f32
  %9 = arith.addf %6, %8 : f32
  return %9 : f32
}

// p * 2^n, for a whole n, in two steps so that neither factor overflows.
func.func private @scale_f64(%p: f64, %n: f64) -> f64 {
  %0 = arith.cmpf ord, %n, %n : f64
  %1 = arith.constant 0.0 : f64
  %2 = arith.select %0, %n, %1 : f64
  %3 = arith.fptosi %2 : f64 to i64
  %4 = arith.constant 1 : i64
  %5 = arith.shrsi %3, %4 : i64
  %6 = arith.subi %3, %5 : i64
  %7 = arith.constant 1023 : i64
  %8 = arith.constant 52 : i64
  %9 = arith.addi %5, %7 : i64
  %10 = arith.shli %9, %8 : i64
  %11 = arith.bitcast %10 : i64 to f64
  %12 = arith.mulf %p, %11 : f64
  %13 = arith.addi %6, %7 : i64
  %14 = arith.shli %13, %8 : i64
  %15 = arith.bitcast %14 : i64 to f64
  %16 = arith.mulf %12, %15 : f64
  return %16 : f64
}

// e^r by its series, for |r| <= ln(2) / 2.
func.func private @exp_near_zero_f64(%r: f64) -> f64 {
  %0 = arith.constant 1.6059043836821613e-10 : f64
  %1 = arith.constant 2.08767569878681e-09 : f64
  %2 = math.fma %0, %r, %1 : f64
  %3 = arith.constant 2.505210838544172e-08 : f64
  %4 = math.fma %2, %r, %3 : f64
  %5 = arith.constant 2.755731922398589e-07 : f64
  %6 = math.fma %4, %r, %5 : f64
  %7 = arith.constant 2.7557319223985893e-06 : f64
  %8 = math.fma %6, %r, %7 : f64
  %9 = arith.constant 2.48015873015873e-05 : f64
  %10 = math.fma %8, %r, %9 : f64
  %11 = arith.constant 0.0001984126984126984 : f64
  %12 = math.fma %10, %r, %11 : f64
  %13 = arith.constant 0.001388888888888889 : f64
  %14 = math.fma %12, %r, %13 : f64
  %15 = arith.constant 0.008333333333333333 : f64
  %16 = math.fma %14, %r, %15 : f64
  %17 = arith.constant 0.041666666666666664 : f64
  %18 = math.fma %16, %r, %17 : f64
  %19 = arith.constant 0.16666666666666666 : f64
  %20 = math.fma %18, %r, %19 : f64
  %21 = arith.constant 0.5 : f64
  %22 = math.fma %20, %r, %21 : f64
  %23 = arith.constant 1.0 : f64
  %24 = math.fma %22, %r, %23 : f64
  %25 = arith.constant 1.0 : f64
  %26 = math.fma %24, %r, %25 : f64
  return %26 : f64
}

// e^x = 2^n * e^r, with n the whole number nearest to x / ln(2).
func.func private @__nv_exp(%x: f64) -> f64 {
  %0 = arith.constant -746.0 : f64
  %1 = arith.maximumf %x, %0 : f64
  %2 = arith.constant 710.0 : f64
  %3 = arith.minimumf %1, %2 : f64
  %4 = arith.constant 1.4426950408889634 : f64
  %5 = arith.mulf %3, %4 : f64
  %6 = math.roundeven %5 : f64
  %7 = arith.constant -0.6931471803691238 : f64
  %8 = math.fma %6, %7, %3 : f64
  %9 = arith.constant -1.9082149292705877e-10 : f64
  %10 = math.fma %6, %9, %8 : f64
  %11 = call @exp_near_zero_f64(%10) : (f64) -> f64
  %12 = call @scale_f64(%11, %6) : (f64, f64) -> f64
  return %12 : f64
}

// 2^x = 2^n * e^(ln(2) (x - n)).
func.func private @__nv_exp2(%x: f64) -> f64 {
  %0 = arith.constant -1076.0 : f64
  %1 = arith.maximumf %x, %0 : f64
  %2 = arith.constant 1025.0 : f64
  %3 = arith.minimumf %1, %2 : f64
  %4 = math.roundeven %3 : f64
  %5 = arith.subf %3, %4 : f64
  %6 = arith.constant 0.6931471805599453 : f64
  %7 = arith.mulf %5, %6 : f64
  %8 = call @exp_near_zero_f64(%7) : (f64) -> f64
  %9 = call @scale_f64(%8, %4) : (f64, f64) -> f64
  return %9 : f64
}

// e and ln(m) with x = 2^e * m and 2/3 <= m < 4/3, for a positive x.
// ln(1 + f) = f - s (f - R) where s = f / (2 + f) and R = 2 s^2 / 3 + 2 s^4 / 5 + ...
func.func private @log_parts_f64(%x: f64) -> (f64, f64) {
  %0 = arith.constant 2.2250738585072014e-308 : f64
  %1 = arith.cmpf olt, %x, %0 : f64
  %2 = arith.constant 9007199254740992.0 : f64
  %3 = arith.mulf %x, %2 : f64
  %4 = arith.select %1, %3, %x : f64
  %5 = arith.constant -53.0 : f64
  %6 = arith.constant 0.0 : f64
  %7 = arith.select %1, %5, %6 : f64
  %8 = arith.bitcast %4 : f64 to i64
  %9 = arith.constant 4604180019048437077 : i64
  %10 = arith.subi %8, %9 : i64
  %11 = arith.constant -4503599627370496 : i64
  %12 = arith.andi %10, %11 : i64
  %13 = arith.subi %8, %12 : i64
  %14 = arith.bitcast %13 : i64 to f64
  %15 = arith.constant 52 : i64
  %16 = arith.shrsi %12, %15 : i64
  %17 = arith.sitofp %16 : i64 to f64
  %18 = arith.addf %17, %7 : f64
  %19 = arith.constant 1.0 : f64
  %20 = arith.subf %14, %19 : f64
  %21 = arith.constant 2.0 : f64
  %22 = arith.addf %20, %21 : f64
  %23 = arith.divf %20, %22 : f64
  %24 = arith.mulf %23, %23 : f64
  %25 = arith.constant 0.08 : f64
  %26 = arith.constant 0.08695652173913043 : f64
  %27 = math.fma %25, %24, %26 : f64
  %28 = arith.constant 0.09523809523809523 : f64
  %29 = math.fma %27, %24, %28 : f64
  %30 = arith.constant 0.10526315789473684 : f64
  %31 = math.fma %29, %24, %30 : f64
  %32 = arith.constant 0.11764705882352941 : f64
  %33 = math.fma %31, %24, %32 : f64
  %34 = arith.constant 0.13333333333333333 : f64
  %35 = math.fma %33, %24, %34 : f64
  %36 = arith.constant 0.15384615384615385 : f64
  %37 = math.fma %35, %24, %36 : f64
  %38 = arith.constant 0.18181818181818182 : f64
  %39 = math.fma %37, %24, %38 : f64
  %40 = arith.constant 0.2222222222222222 : f64
  %41 = math.fma %39, %24, %40 : f64
  %42 = arith.constant 0.2857142857142857 : f64
  %43 = math.fma %41, %24, %42 : f64
  %44 = arith.constant 0.4 : f64
  %45 = math.fma %43, %24, %44 : f64
  %46 = arith.constant 0.6666666666666666 : f64
  %47 = math.fma %45, %24, %46 : f64
  %48 = arith.mulf %47, %24 : f64
  %49 = arith.subf %20, %48 : f64
  %50 = arith.mulf %23, %49 : f64
  %51 = arith.subf %20, %50 : f64
  return %18, %51 : f64, f64
}

// y, a logarithm of x, put right where x is not a positive number.
func.func private @log_limits_f64(%x: f64, %y: f64) -> f64 {
  %0 = arith.constant 0.0 : f64
  %1 = arith.cmpf oeq, %x, %0 : f64
  %2 = arith.constant 0x7FF0000000000000 : f64
  %3 = arith.cmpf oeq, %x, %2 : f64
  %4 = arith.constant 0.0 : f64
  %5 = arith.cmpf ult, %x, %4 : f64
  %6 = arith.constant 0xFFF0000000000000 : f64
  %7 = arith.select %1, %6, %y : f64
  %8 = arith.constant 0x7FF0000000000000 : f64
  %9 = arith.select %3, %8, %7 : f64
  %10 = arith.constant 0x7FF8000000000000 : f64
  %11 = arith.select %5, %10, %9 : f64
  return %11 : f64
}

// The natural logarithm.
func.func private @__nv_log(%x: f64) -> f64 {
  %e, %l = call @log_parts_f64(%x) : (f64) -> (f64, f64)
  %0 = arith.constant 0.6931471803691238 : f64
  %1 = arith.constant 1.9082149292705877e-10 : f64
  %2 = math.fma %e, %1, %l : f64
  %3 = math.fma %e, %0, %2 : f64
  %4 = call @log_limits_f64(%x, %3) : (f64, f64) -> f64
  return %4 : f64
}

// The logarithm to base 2.
func.func private @__nv_log2(%x: f64) -> f64 {
  %e, %l = call @log_parts_f64(%x) : (f64) -> (f64, f64)
  %0 = arith.constant 1.4426950408889634 : f64
  %1 = math.fma %l, %0, %e : f64
  %2 = call @log_limits_f64(%x, %1) : (f64, f64) -> f64
  return %2 : f64
}

// The logarithm to base 10.
func.func private @__nv_log10(%x: f64) -> f64 {
  %e, %l = call @log_parts_f64(%x) : (f64) -> (f64, f64)
  %0 = arith.constant 0.43429448190325176 : f64
  %1 = arith.constant 0.3010299956639812 : f64
  %2 = arith.mulf %e, %1 : f64
  %3 = math.fma %l, %0, %2 : f64
  %4 = call @log_limits_f64(%x, %3) : (f64, f64) -> f64
  return %4 : f64
}

// 1 / sqrt(x).
func.func private @__nv_rsqrt(%x: f64) -> f64 {
  %0 = arith.constant 1.0 : f64
  %1 = math.sqrt %x : f64
  %2 = arith.divf %0, %1 : f64
  return %2 : f64
}

// ln(1 + x): what rounding 1 + x lost is made up for by x / ((1 + x) - 1).
func.func private @__nv_log1p(%x: f64) -> f64 {
  %0 = arith.constant 1.0 : f64
  %1 = arith.addf %x, %0 : f64
  %2 = arith.constant 1.0 : f64
  %3 = arith.subf %1, %2 : f64
  %4 = call @__nv_log(%1) : (f64) -> f64
  %5 = arith.divf %x, %3 : f64
  %6 = arith.mulf %4, %5 : f64
  %7 = arith.constant 0.0 : f64
  %8 = arith.cmpf oeq, %3, %7 : f64
  %9 = arith.constant 0x7FF0000000000000 : f64
  %10 = arith.cmpf oeq, %x, %9 : f64
  %11 = arith.select %10, %x, %6 : f64
  %12 = arith.select %8, %x, %11 : f64
  return %12 : f64
}

// e^x - 1: what rounding e^x lost is made up for by x / ln(e^x).
func.func private @__nv_expm1(%x: f64) -> f64 {
  %0 = call @__nv_exp(%x) : (f64) -> f64
  %1 = arith.constant 1.0 : f64
  %2 = arith.subf %0, %1 : f64
  %3 = call @__nv_log(%0) : (f64) -> f64
  %4 = arith.divf %x, %3 : f64
  %5 = arith.mulf %2, %4 : f64
  %6 = arith.constant 0.0 : f64
  %7 = arith.cmpf oeq, %2, %6 : f64
  %8 = math.absf %x : f64
  %9 = arith.constant 40.0 : f64
  %10 = arith.cmpf ogt, %8, %9 : f64
  %11 = arith.select %10, %2, %5 : f64
  %12 = arith.select %7, %x, %11 : f64
  return %12 : f64
}

// (e^x - e^-x) / 2, from e^(|x| / 2) so that it overflows no earlier than it must.
func.func private @__nv_sinh(%x: f64) -> f64 {
  %0 = math.absf %x : f64
  %1 = arith.constant 0.5 : f64
  %2 = arith.mulf %0, %1 : f64
  %3 = call @__nv_exp(%2) : (f64) -> f64
  %4 = arith.constant 0.5 : f64
  %5 = arith.mulf %3, %4 : f64
  %6 = arith.mulf %5, %3 : f64
  %7 = arith.constant 0.25 : f64
  %8 = arith.divf %7, %6 : f64
  %9 = arith.subf %6, %8 : f64
  %10 = call @__nv_expm1(%0) : (f64) -> f64
  %11 = arith.constant 1.0 : f64
  %12 = arith.addf %10, %11 : f64
  %13 = arith.divf %10, %12 : f64
  %14 = arith.addf %10, %13 : f64
  %15 = arith.constant 0.5 : f64
  %16 = arith.mulf %14, %15 : f64
  %17 = arith.constant 1.0 : f64
  %18 = arith.cmpf olt, %0, %17 : f64
  %19 = arith.select %18, %16, %9 : f64
  %20 = math.copysign %19, %x : f64
  return %20 : f64
}

// (e^x + e^-x) / 2, from e^(|x| / 2) so that it overflows no earlier than it must.
func.func private @__nv_cosh(%x: f64) -> f64 {
  %0 = math.absf %x : f64
  %1 = arith.constant 0.5 : f64
  %2 = arith.mulf %0, %1 : f64
  %3 = call @__nv_exp(%2) : (f64) -> f64
  %4 = arith.constant 0.5 : f64
  %5 = arith.mulf %3, %4 : f64
  %6 = arith.mulf %5, %3 : f64
  %7 = arith.constant 0.25 : f64
  %8 = arith.divf %7, %6 : f64
  %9 = arith.addf %6, %8 : f64
  return %9 : f64
}

// Near zero x times a polynomial in x^2, further out 1 - 2 / (e^2x + 1).
func.func private @__nv_tanhf(%x: f32) -> f32 {
  %0 = math.absf %x : f32
  %1 = arith.mulf %x, %x : f32
  %2 = arith.constant -0.005657135 : f32
  %3 = arith.constant 0.020588191 : f32
  %4 = math.fma %2, %1, %3 : f32
  %5 = arith.constant -0.05372011 : f32
  %6 = math.fma %4, %1, %5 : f32
  %7 = arith.constant 0.13331114 : f32
  %8 = math.fma %6, %1, %7 : f32
  %9 = arith.constant -0.3333326 : f32
  %10 = math.fma %8, %1, %9 : f32
  %11 = arith.constant 1.0 : f32
  %12 = math.fma %10, %1, %11 : f32
  %13 = arith.mulf %12, %x : f32
  %14 = arith.addf %0, %0 : f32
  %15 = call @__nv_expf(%14) : (f32) -> f32
  %16 = arith.constant 1.0 : f32
  %17 = arith.addf %15, %16 : f32
  %18 = arith.constant 2.0 : f32
  %19 = arith.divf %18, %17 : f32
  %20 = arith.constant 1.0 : f32
  %21 = arith.subf %20, %19 : f32
  %22 = math.copysign %21, %x : f32
  %23 = arith.constant 0.625 : f32
  %24 = arith.cmpf olt, %0, %23 : f32
  %25 = arith.select %24, %13, %22 : f32
  return %25 : f32
}

// Near zero x times a polynomial in x^2, further out 1 - e^p with p a polynomial in |x|.
func.func private @__nv_erff(%x: f32) -> f32 {
  %0 = math.absf %x : f32
  %1 = arith.mulf %x, %x : f32
  %2 = arith.constant 7.875875e-05 : f32
  %3 = arith.constant -8.0168643e-04 : f32
  %4 = math.fma %2, %1, %3 : f32
  %5 = arith.constant 0.0051890872 : f32
  %6 = math.fma %4, %1, %5 : f32
  %7 = arith.constant -0.026854211 : f32
  %8 = math.fma %6, %1, %7 : f32
  %9 = arith.constant 0.11283594 : f32
  %10 = math.fma %8, %1, %9 : f32
  %11 = arith.constant -0.37612626 : f32
  %12 = math.fma %10, %1, %11 : f32
  %13 = arith.constant 1.1283791 : f32
  %14 = math.fma %12, %1, %13 : f32
  %15 = arith.mulf %14, %x : f32
  %16 = arith.constant 4.0 : f32
  %17 = arith.minimumf %0, %16 : f32
  %18 = arith.constant -1.3272362e-05 : f32
  %19 = arith.constant 3.1693702e-04 : f32
  %20 = math.fma %18, %17, %19 : f32
  %21 = arith.constant -0.0034323514 : f32
  %22 = math.fma %20, %17, %21 : f32
  %23 = arith.constant 0.022604773 : f32
  %24 = math.fma %22, %17, %23 : f32
  %25 = arith.constant -0.10328112 : f32
  %26 = math.fma %24, %17, %25 : f32
  %27 = arith.constant -0.63914126 : f32
  %28 = math.fma %26, %17, %27 : f32
  %29 = arith.constant -1.1258936 : f32
  %30 = math.fma %28, %17, %29 : f32
  %31 = arith.constant -7.658978e-04 : f32
  %32 = math.fma %30, %17, %31 : f32
  %33 = call @__nv_expf(%32) : (f32) -> f32
  %34 = arith.constant 1.0 : f32
  %35 = arith.subf %34, %33 : f32
  %36 = math.copysign %35, %x : f32
  %37 = arith.constant 1.0 : f32
  %38 = arith.cmpf olt, %0, %37 : f32
  %39 = arith.select %38, %15, %36 : f32
  return %39 : f32
}

// x less the nearest multiple of pi / 2, and which one that is. NaN where |x| is 2^40 or more.
func.func private @quarter_turns(%x: f32) -> (f32, i64) {
  %0 = arith.extf %x : f32 to f64
  %1 = math.absf %0 : f64
  %2 = arith.constant 1099511627776.0 : f64
  %3 = arith.cmpf olt, %1, %2 : f64
  %4 = arith.constant 0.0 : f64
  %5 = arith.select %3, %0, %4 : f64
  %6 = arith.constant 0.6366197723675814 : f64
  %7 = arith.mulf %5, %6 : f64
  %8 = math.roundeven %7 : f64
  %9 = arith.constant -1.5707963267948966 : f64
  %10 = math.fma %8, %9, %5 : f64
  %11 = arith.constant -6.123233995736766e-17 : f64
  %12 = math.fma %8, %11, %10 : f64
  %13 = arith.constant 0x7FF8000000000000 : f64
  %14 = arith.select %3, %12, %13 : f64
  %15 = arith.truncf %14 : f64 to f32
  %16 = arith.fptosi %8 : f64 to i64
  return %15, %16 : f32, i64
}

// sin(r + k pi / 2) by the series of sine and cosine, for |r| <= pi / 4.
func.func private @sin_of_quarter(%r: f32, %k: i64) -> f32 {
  %0 = arith.mulf %r, %r : f32
  %1 = arith.constant 2.7557319e-06 : f32
  %2 = arith.constant -1.984127e-04 : f32
  %3 = math.fma %1, %0, %2 : f32
  %4 = arith.constant 0.008333334 : f32
  %5 = math.fma %3, %0, %4 : f32
  %6 = arith.constant -0.16666667 : f32
  %7 = math.fma %5, %0, %6 : f32
  %8 = arith.mulf %0, %r : f32
  %9 = math.fma %7, %8, %r : f32
  %10 = arith.constant -2.755732e-07 : f32
  %11 = arith.constant 2.4801588e-05 : f32
  %12 = math.fma %10, %0, %11 : f32
  %13 = arith.constant -0.0013888889 : f32
  %14 = math.fma %12, %0, %13 : f32
  %15 = arith.constant 0.041666668 : f32
  %16 = math.fma %14, %0, %15 : f32
  %17 = arith.constant -0.5 : f32
  %18 = math.fma %16, %0, %17 : f32
  %19 = arith.constant 1.0 : f32
  %20 = math.fma %18, %0, %19 : f32
  %21 = arith.constant 1 : i64
  %22 = arith.constant 2 : i64
  %23 = arith.constant 0 : i64
  %24 = arith.andi %k, %21 : i64
  %25 = arith.cmpi ne, %24, %23 : i64
  %26 = arith.select %25, %20, %9 : f32
  %27 = arith.andi %k, %22 : i64
  %28 = arith.cmpi ne, %27, %23 : i64
  %29 = arith.negf %26 : f32
  %30 = arith.select %28, %29, %26 : f32
  return %30 : f32
}

// Sine.
func.func private @__nv_sinf(%x: f32) -> f32 {
  %r, %k = call @quarter_turns(%x) : (f32) -> (f32, i64)
  %0 = call @sin_of_quarter(%r, %k) : (f32, i64) -> f32
  return %0 : f32
}

// Cosine: sine a quarter turn further.
func.func private @__nv_cosf(%x: f32) -> f32 {
  %r, %k = call @quarter_turns(%x) : (f32) -> (f32, i64)
  %0 = arith.constant 1 : i64
  %1 = arith.addi %k, %0 : i64
  %2 = call @sin_of_quarter(%r, %1) : (f32, i64) -> f32
  return %2 : f32
}

// Tangent: sine by cosine.
func.func private @__nv_tanf(%x: f32) -> f32 {
  %0 = call @__nv_sinf(%x) : (f32) -> f32
  %1 = call @__nv_cosf(%x) : (f32) -> f32
  %2 = arith.divf %0, %1 : f32
  return %2 : f32
}

// x^y = e^(y ln|x|) in 64 bits; negative where x is and y is odd, NaN where x is (and
// not infinite) and y is not whole.
func.func private @__nv_powf(%x: f32, %y: f32) -> f32 {
  %0 = math.absf %x : f32
  %1 = arith.extf %0 : f32 to f64
  %2 = arith.extf %y : f32 to f64
  %3 = call @__nv_log(%1) : (f64) -> f64
  %4 = arith.mulf %2, %3 : f64
  %5 = call @__nv_exp(%4) : (f64) -> f64
  %6 = arith.truncf %5 : f64 to f32
  %7 = arith.constant 1.0 : f32
  %8 = arith.cmpf oeq, %0, %7 : f32
  %9 = arith.cmpf ord, %y, %y : f32
  %10 = arith.andi %8, %9 : i1
  %11 = arith.select %10, %7, %6 : f32
  %12 = math.trunc %y : f32
  %13 = arith.cmpf oeq, %12, %y : f32
  %14 = arith.constant 0.5 : f32
  %15 = arith.mulf %y, %14 : f32
  %16 = math.trunc %15 : f32
  %17 = arith.cmpf one, %15, %16 : f32
  %18 = arith.andi %17, %13 : i1
  %19 = math.copysign %11, %x : f32
  %20 = arith.select %18, %19, %11 : f32
  %21 = arith.constant 0.0 : f32
  %22 = arith.cmpf olt, %x, %21 : f32
  %23 = arith.constant true
  %24 = arith.xori %13, %23 : i1
  %25 = arith.constant 0xFF800000 : f32
  %26 = arith.cmpf ogt, %x, %25 : f32
  %27 = arith.andi %22, %26 : i1
  %28 = arith.andi %27, %24 : i1
  %29 = arith.constant 0x7FC00000 : f32
  %30 = arith.select %28, %29, %20 : f32
  %31 = arith.constant 0.0 : f32
  %32 = arith.cmpf oeq, %y, %31 : f32
  %33 = arith.cmpf oeq, %x, %7 : f32
  %34 = arith.ori %32, %33 : i1
  %35 = arith.select %34, %7, %30 : f32
  return %35 : f32
}

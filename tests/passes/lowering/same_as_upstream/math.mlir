// PASSES: convert-math-to-llvm
func.func @f(%f: f32, %d: f64, %h: f16, %i: i32, %v: vector<4xf32>, %w: vector<2x2xf32>, %vi: vector<4xi32>) {
  %0 = math.absi %i : i32
  %1 = math.absf %f : f32
  %2 = math.rsqrt %w : vector<2x2xf32>
  %3 = math.exp2 %f : f32
  %4 = math.expm1 %f fastmath<fast> : f32
  %5 = math.log1p %v : vector<4xf32>
  %6 = math.ctlz %i : i32
  %7 = math.cttz %i : i32
  %8 = math.ctpop %vi : vector<4xi32>
  %9 = math.fma %f, %f, %f : f32
  %10 = math.powf %f, %f : f32
  %11 = math.fpowi %f, %i : f32, i32
  %12 = math.ipowi %i, %i : i32
  %13 = math.copysign %f, %f : f32
  %14 = math.round %f : f32
  %15 = math.roundeven %f : f32
  %16 = math.trunc %f : f32
  %17 = math.tan %f : f32
  %18 = math.atan2 %f, %f : f32
  %19 = math.sinh %f : f32
  %20 = math.tanh %f : f32
  %21 = math.asin %f : f32
  %22:2 = math.sincos %f : f32
  %23 = math.isnan %f : f32
  %25 = math.isfinite %f : f32
  %28 = math.cbrt %f : f32
  %29 = math.erfc %f : f32
  %30 = math.acosh %f : f32
  %31 = math.log10 %f : f32
  %32 = math.floor %f : f32
  %33 = math.ceil %f : f32
  %34 = math.sqrt %f : f32
  %35 = math.log1p %w : vector<2x2xf32>
  return
}

// Functions of the math dialect whose results are exact.
func.func @floats(%f: f32, %v: vector<2x2xf32>) {
  %0 = math.absf %f : f32
  vector.print %0 : f32
  %1 = math.floor %f : f32
  vector.print %1 : f32
  %2 = math.ceil %f : f32
  vector.print %2 : f32
  %3 = math.round %f : f32
  vector.print %3 : f32
  %4 = math.roundeven %f : f32
  vector.print %4 : f32
  %5 = math.trunc %f : f32
  vector.print %5 : f32
  %6 = math.fma %f, %f, %f : f32
  vector.print %6 : f32
  %7 = math.copysign %f, %0 : f32
  vector.print %7 : f32
  %8 = math.sqrt %v : vector<2x2xf32>
  vector.print %8 : vector<2x2xf32>
  %9 = math.rsqrt %v : vector<2x2xf32>
  vector.print %9 : vector<2x2xf32>
  %10 = math.isnan %f : f32
  vector.print %10 : i1
  %11 = math.isfinite %f : f32
  vector.print %11 : i1
  %12 = math.isinf %v : vector<2x2xf32>
  vector.print %12 : vector<2x2xi1>
  %13 = math.isnormal %f : f32
  vector.print %13 : i1
  %14 = math.clampf %f to [%1, %5] : f32
  vector.print %14 : f32
  return
}
func.func @ints(%i: i32) {
  %0 = math.absi %i : i32
  vector.print %0 : i32
  %1 = math.ctlz %i : i32
  vector.print %1 : i32
  %2 = math.cttz %i : i32
  vector.print %2 : i32
  %3 = math.ctpop %i : i32
  vector.print %3 : i32
  return
}
func.func @main() {
  %f = arith.constant -2.5 : f32
  %g = arith.constant 3.25 : f32
  %v = arith.constant dense<[[4.0, 16.0], [0.25, 1.0]]> : vector<2x2xf32>
  call @floats(%f, %v) : (f32, vector<2x2xf32>) -> ()
  call @floats(%g, %v) : (f32, vector<2x2xf32>) -> ()
  %i = arith.constant -24 : i32
  call @ints(%i) : (i32) -> ()
  return
}

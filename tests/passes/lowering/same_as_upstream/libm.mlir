// PASSES: convert-math-to-libm
func.func @f(%f: f32, %v: vector<2x2xf32>, %h: f16, %d: f64) {
  %0 = math.erf %f : f32
  %1 = math.tanh %v : vector<2x2xf32>
  %2 = math.atan2 %d, %d : f64
  %3 = math.powf %h, %h : f16
  %4 = math.fma %f, %f, %f : f32
  %5 = math.erf %f : f32
  return
}

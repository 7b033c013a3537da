// A root of x^3 - 2x - 5 by Newton's method: x - f(x) / f'(x), until it stays. @f_grad is declared
// only; the pass writes it.
//
//   stepwell-run newton.mlir --pass-pipeline='builtin.module(differentiate{function=f})' --arg=1.0
//
// Newton's own example; the root is 2.0945514815423265.

func.func private @f_grad(f64) -> f64

func.func @f(%x: f64) -> f64 {
  %two = arith.constant 2.0 : f64
  %five = arith.constant 5.0 : f64
  %square = arith.mulf %x, %x : f64
  %less = arith.subf %square, %two : f64
  %product = arith.mulf %less, %x : f64
  %y = arith.subf %product, %five : f64
  return %y : f64
}

func.func @main(%start: f64) -> f64 {
  %close = arith.constant 1.0e-12 : f64
  %root = scf.while (%x = %start) : (f64) -> f64 {
    %y = func.call @f(%x) : (f64) -> f64
    %slope = func.call @f_grad(%x) : (f64) -> f64
    %step = arith.divf %y, %slope : f64
    %next = arith.subf %x, %step : f64
    %size = math.absf %step : f64
    %goes_on = arith.cmpf ogt, %size, %close : f64
    scf.condition(%goes_on) %next : f64
  } do {
  ^bb0(%x: f64):
    scf.yield %x : f64
  }
  return %root : f64
}

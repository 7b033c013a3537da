// One step of gradient descent for the line y = w x + b through points: the mean of the squared
// errors, and w and b moved against its derivatives by the rate 0.1.
//
//   stepwell-run least_squares.mlir --arg=x.npy --arg=y.npy --arg=w.npy --arg=b.npy
//   stepwell-opt least_squares.mlir --differentiate --canonicalize --cse      # shows the derivatives

func.func @main(%x: tensor<?xf64>, %y: tensor<?xf64>, %w: tensor<f64>, %b: tensor<f64>)
    -> (tensor<f64>, tensor<f64>, tensor<f64>) {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %x, %c0 : tensor<?xf64>
  %ws = meta.broadcast %w sizes(%n) dimensions = [0] : tensor<f64> -> tensor<?xf64>
  %bs = meta.broadcast %b sizes(%n) dimensions = [0] : tensor<f64> -> tensor<?xf64>
  %products = arith.mulf %ws, %x : tensor<?xf64>
  %line = arith.addf %products, %bs : tensor<?xf64>
  %errors = arith.subf %line, %y : tensor<?xf64>
  %squares = arith.mulf %errors, %errors : tensor<?xf64>
  %sum = meta.reduce add %squares dimensions = [0] : tensor<?xf64> -> tensor<f64>
  %n64 = arith.index_cast %n : index to i64
  %number = arith.sitofp %n64 : i64 to f64
  %count = tensor.splat %number : tensor<f64>
  %loss = arith.divf %sum, %count : tensor<f64>

  %g:2 = meta.gradient %loss by %w, %b : tensor<f64> by tensor<f64>, tensor<f64>

  %rate = arith.constant dense<0.1> : tensor<f64>
  %change_of_w = arith.mulf %g#0, %rate : tensor<f64>
  %change_of_b = arith.mulf %g#1, %rate : tensor<f64>
  %next_w = arith.subf %w, %change_of_w : tensor<f64>
  %next_b = arith.subf %b, %change_of_b : tensor<f64>
  return %loss, %next_w, %next_b : tensor<f64>, tensor<f64>, tensor<f64>
}

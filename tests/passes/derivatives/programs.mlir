// A layer: tanh(x w + b), the matrix product written with meta ops.
func.func @layer(%x: tensor<?x?xf32>, %w: tensor<?x?xf32>, %b: tensor<?xf32>)
    -> (tensor<?x?xf32>, tensor<?xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %x, %c0 : tensor<?x?xf32>
  %n = tensor.dim %w, %c1 : tensor<?x?xf32>
  %rows = meta.broadcast %x sizes(%n) dimensions = [2] : tensor<?x?xf32> -> tensor<?x?x?xf32>
  %columns = meta.broadcast %w sizes(%m) dimensions = [0] : tensor<?x?xf32> -> tensor<?x?x?xf32>
  %products = arith.mulf %rows, %columns : tensor<?x?x?xf32>
  %xw = meta.reduce add %products dimensions = [1] : tensor<?x?x?xf32> -> tensor<?x?xf32>
  %wide = meta.broadcast %b sizes(%m) dimensions = [0] : tensor<?xf32> -> tensor<?x?xf32>
  %linear = arith.addf %xw, %wide : tensor<?x?xf32>
  %y = math.tanh %linear : tensor<?x?xf32>
  %g:2 = meta.gradient %y by %w, %b : tensor<?x?xf32> by tensor<?x?xf32>, tensor<?xf32>
  return %g#0, %g#1 : tensor<?x?xf32>, tensor<?xf32>
}

// What several users hand back is added up; constants are no part of it.
func.func @shared(%x: tensor<4xf32>) -> tensor<4xf32> {
  %e = math.exp %x : tensor<4xf32>
  %half = arith.constant dense<0.5> : tensor<4xf32>
  %a = arith.mulf %e, %half : tensor<4xf32>
  %b = arith.mulf %a, %x : tensor<4xf32>
  %g = meta.gradient %b by %x : tensor<4xf32> by tensor<4xf32>
  return %g : tensor<4xf32>
}

// Windows that overlap, and elements outside of the input.
func.func @pool(%x: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  %c3 = arith.constant 3 : index
  %low = arith.constant 0xFF800000 : f32
  %windows = meta.reindex %x[affine_map<(d0, d1) -> (d0 * 2 + d1 - 1)>] sizes(%n, %c3) else %low
    : tensor<?xf32>, f32 -> tensor<?x?xf32>
  %y = meta.reduce max %windows dimensions = [1] : tensor<?x?xf32> -> tensor<?xf32>
  %g = meta.gradient %y by %x : tensor<?xf32> by tensor<?xf32>
  return %g : tensor<?xf32>
}

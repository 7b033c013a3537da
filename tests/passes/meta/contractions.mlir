func.func @matmul(%x: tensor<?x?xf32>, %w: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %x, %c0 : tensor<?x?xf32>
  %n = tensor.dim %w, %c1 : tensor<?x?xf32>
  %a = meta.broadcast %x sizes(%n) dimensions = [2] : tensor<?x?xf32> -> tensor<?x?x?xf32>
  %b = meta.broadcast %w sizes(%m) dimensions = [0] : tensor<?x?xf32> -> tensor<?x?x?xf32>
  %p = arith.mulf %a, %b : tensor<?x?x?xf32>
  %r = meta.reduce add %p dimensions = [1] : tensor<?x?x?xf32> -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}
func.func @linear(%x: tensor<?x?xf32>, %w: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %x, %c0 : tensor<?x?xf32>
  %n = tensor.dim %w, %c0 : tensor<?x?xf32>
  %a = meta.broadcast %x sizes(%n) dimensions = [1] : tensor<?x?xf32> -> tensor<?x?x?xf32>
  %b = meta.broadcast %w sizes(%m) dimensions = [0] : tensor<?x?xf32> -> tensor<?x?x?xf32>
  %p = arith.mulf %b, %a : tensor<?x?x?xf32>
  %r = meta.reduce add %p dimensions = [2] : tensor<?x?x?xf32> -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}
func.func @matmul_by_left(%g: tensor<?x?xf32>, %w: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %g, %c0 : tensor<?x?xf32>
  %k = tensor.dim %w, %c0 : tensor<?x?xf32>
  %a = meta.broadcast %g sizes(%k) dimensions = [1] : tensor<?x?xf32> -> tensor<?x?x?xf32>
  %b = meta.broadcast %w sizes(%m) dimensions = [0] : tensor<?x?xf32> -> tensor<?x?x?xf32>
  %p = arith.mulf %a, %b : tensor<?x?x?xf32>
  %r = meta.reduce add %p dimensions = [2] : tensor<?x?x?xf32> -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}
func.func @matmul_by_right(%g: tensor<?x?xf32>, %x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %c1 = arith.constant 1 : index
  %n = tensor.dim %g, %c1 : tensor<?x?xf32>
  %k = tensor.dim %x, %c1 : tensor<?x?xf32>
  %a = meta.broadcast %g sizes(%k) dimensions = [1] : tensor<?x?xf32> -> tensor<?x?x?xf32>
  %b = meta.broadcast %x sizes(%n) dimensions = [2] : tensor<?x?xf32> -> tensor<?x?x?xf32>
  %p = arith.mulf %a, %b : tensor<?x?x?xf32>
  %r = meta.reduce add %p dimensions = [0] : tensor<?x?x?xf32> -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}
func.func @batch_matmul(%x: tensor<?x?x?xf32>, %w: tensor<?x?x?xf32>) -> tensor<?x?x?xf32> {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %m = tensor.dim %x, %c1 : tensor<?x?x?xf32>
  %n = tensor.dim %w, %c2 : tensor<?x?x?xf32>
  %a = meta.broadcast %x sizes(%n) dimensions = [3] : tensor<?x?x?xf32> -> tensor<?x?x?x?xf32>
  %b = meta.broadcast %w sizes(%m) dimensions = [1] : tensor<?x?x?xf32> -> tensor<?x?x?x?xf32>
  %p = arith.mulf %a, %b : tensor<?x?x?x?xf32>
  %r = meta.reduce add %p dimensions = [2] : tensor<?x?x?x?xf32> -> tensor<?x?x?xf32>
  return %r : tensor<?x?x?xf32>
}
func.func @heads(%x: tensor<2x3x?x5xi32>, %w: tensor<2x3x?x5xi32>) -> tensor<2x3x?x?xi32> {
  %c2 = arith.constant 2 : index
  %m = tensor.dim %x, %c2 : tensor<2x3x?x5xi32>
  %n = tensor.dim %w, %c2 : tensor<2x3x?x5xi32>
  %a = meta.broadcast %x sizes(%n) dimensions = [3] : tensor<2x3x?x5xi32> -> tensor<2x3x?x?x5xi32>
  %b = meta.broadcast %w sizes(%m) dimensions = [2] : tensor<2x3x?x5xi32> -> tensor<2x3x?x?x5xi32>
  %p = arith.muli %a, %b : tensor<2x3x?x?x5xi32>
  %r = meta.reduce add %p dimensions = [4] : tensor<2x3x?x?x5xi32> -> tensor<2x3x?x?xi32>
  return %r : tensor<2x3x?x?xi32>
}
func.func @row(%x: tensor<?x?xf32>, %v: tensor<?xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %x, %c0 : tensor<?x?xf32>
  %b = meta.broadcast %v sizes(%m) dimensions = [0] : tensor<?xf32> -> tensor<?x?xf32>
  %p = arith.mulf %x, %b : tensor<?x?xf32>
  %r = meta.reduce add %p dimensions = [1] : tensor<?x?xf32> -> tensor<?xf32>
  return %r : tensor<?xf32>
}
func.func @moving_average(%x: tensor<?xf32>, %n: index, %k: index) -> tensor<?xf32> {
  %z = arith.constant 0.0 : f32
  %w = meta.reindex %x[affine_map<(d0, d1) -> (d0 + d1 - 1)>] sizes(%n, %k) else %z : tensor<?xf32>, f32 -> tensor<?x?xf32>
  %r = meta.reduce add %w dimensions = [1] : tensor<?x?xf32> -> tensor<?xf32>
  return %r : tensor<?xf32>
}
func.func @transposed_max(%x: tensor<?x?xf32>) -> tensor<?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %x, %c0 : tensor<?x?xf32>
  %n = tensor.dim %x, %c1 : tensor<?x?xf32>
  %t = meta.reindex %x[affine_map<(d0, d1) -> (d1, d0)>] sizes(%n, %m) : tensor<?x?xf32> -> tensor<?x?xf32>
  %r = meta.reduce max %t dimensions = [1] : tensor<?x?xf32> -> tensor<?xf32>
  return %r : tensor<?xf32>
}

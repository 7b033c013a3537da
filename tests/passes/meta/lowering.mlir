func.func @rows(%x: tensor<?xf32>, %n: index) -> tensor<?x?xf32> {
  %r = meta.broadcast %x sizes(%n) dimensions = [0] : tensor<?xf32> -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}
func.func @between(%x: tensor<?x3xi32>, %n: index) -> tensor<2x?x?x3xi32> {
  %r = meta.broadcast %x sizes(%n) dimensions = [0, 2] : tensor<?x3xi32> -> tensor<2x?x?x3xi32>
  return %r : tensor<2x?x?x3xi32>
}
func.func @splat(%x: f32, %n: index) -> tensor<?x3xf32> {
  %r = tensor.splat %x[%n] : tensor<?x3xf32>
  return %r : tensor<?x3xf32>
}
func.func @scaled(%x: tensor<?x?xf32>, %s: f32) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %n = tensor.dim %x, %c0 : tensor<?x?xf32>
  %m = tensor.dim %x, %c1 : tensor<?x?xf32>
  %t = tensor.splat %s[%n, %m] : tensor<?x?xf32>
  %r = arith.mulf %x, %t : tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}
func.func @sum_last(%x: tensor<?x?xf32>) -> tensor<?xf32> {
  %r = meta.reduce add %x dimensions = [1] : tensor<?x?xf32> -> tensor<?xf32>
  return %r : tensor<?xf32>
}
func.func @sum_first(%x: tensor<?x?xf32>) -> tensor<?xf32> {
  %r = meta.reduce add %x dimensions = [0] : tensor<?x?xf32> -> tensor<?xf32>
  return %r : tensor<?xf32>
}
func.func @sum_all(%x: tensor<?x?xf32>) -> tensor<f32> {
  %r = meta.reduce add %x dimensions = [0, 1] : tensor<?x?xf32> -> tensor<f32>
  return %r : tensor<f32>
}
func.func @max_middle(%x: tensor<?x?x2xi32>) -> tensor<?x2xi32> {
  %r = meta.reduce max %x dimensions = [1] : tensor<?x?x2xi32> -> tensor<?x2xi32>
  return %r : tensor<?x2xi32>
}
func.func @any(%x: tensor<?xi1>) -> tensor<i1> {
  %r = meta.reduce max %x dimensions = [0] : tensor<?xi1> -> tensor<i1>
  return %r : tensor<i1>
}
func.func @transpose(%x: tensor<?x?xf32>, %n: index, %m: index) -> tensor<?x?xf32> {
  %r = meta.reindex %x[affine_map<(d0, d1) -> (d1, d0)>] sizes(%m, %n) : tensor<?x?xf32> -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}
func.func @head(%x: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  %r = meta.reindex %x[affine_map<(d0) -> (d0)>] sizes(%n) : tensor<?xf32> -> tensor<?xf32>
  return %r : tensor<?xf32>
}
func.func @windows(%x: tensor<?xf32>, %n: index) -> tensor<?x2xf32> {
  %r = meta.reindex %x[affine_map<(d0, d1) -> (d0 * 2 + d1)>] sizes(%n) : tensor<?xf32> -> tensor<?x2xf32>
  return %r : tensor<?x2xf32>
}
func.func @static_windows(%x: tensor<7xf32>) -> tensor<3x2xf32> {
  %r = meta.reindex %x[affine_map<(d0, d1) -> (d0 * 2 + d1)>] : tensor<7xf32> -> tensor<3x2xf32>
  return %r : tensor<3x2xf32>
}
func.func @padded(%x: tensor<?x?xf32>, %n: index, %m: index, %s: index, %z: f32) -> tensor<?x?xf32> {
  %r = meta.reindex %x[affine_map<(d0, d1)[s0] -> (d0 - 1, d1 - s0)>](%s) sizes(%n, %m) else %z : tensor<?x?xf32>, f32 -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}
func.func @repeated(%x: tensor<?xf32>, %n: index, %z: f32) -> tensor<?xf32> {
  %r = meta.reindex %x[affine_map<(d0) -> (d0 floordiv 2 + d0 mod 2 - 1)>] sizes(%n) else %z : tensor<?xf32>, f32 -> tensor<?xf32>
  return %r : tensor<?xf32>
}
func.func @overlap_add(%x: tensor<?x?xf32>, %n: index) -> tensor<?xf32> {
  %r = meta.reindex_reduce add %x[affine_map<(d0, d1) -> (d0 * 2 + d1 - 1)>] sizes(%n) : tensor<?x?xf32> -> tensor<?xf32>
  return %r : tensor<?xf32>
}
func.func @overlap_max(%x: tensor<?x?xf32>, %n: index, %s: index) -> tensor<?x2xf32> {
  %r = meta.reindex_reduce max %x[affine_map<(d0, d1)[s0] -> (d1 * -3 + d0 + s0, 1)>](%s) sizes(%n) : tensor<?x?xf32> -> tensor<?x2xf32>
  return %r : tensor<?x2xf32>
}
func.func @chained(%x: tensor<?x?x?xf32>, %n: index, %m: index) -> tensor<?x?xf32> {
  %r = meta.reindex_reduce add %x[affine_map<(d0, d1, d2) -> (d0 + d1 * 2, d1 * 2 + d2)>] sizes(%n, %m) : tensor<?x?x?xf32> -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}
func.func @diagonal(%x: tensor<?xf32>, %n: index) -> tensor<?x?xf32> {
  %r = meta.reindex_reduce add %x[affine_map<(d0) -> (d0, d0)>] sizes(%n, %n) : tensor<?xf32> -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}
func.func @back_transposed(%x: tensor<?x?x?xi32>) -> tensor<?x?xi32> {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %n = tensor.dim %x, %c0 : tensor<?x?x?xi32>
  %m = tensor.dim %x, %c2 : tensor<?x?x?xi32>
  %r = meta.reindex_reduce xor %x[affine_map<(d0, d1, d2) -> (d2, d0)>] sizes(%m, %n) : tensor<?x?x?xi32> -> tensor<?x?xi32>
  return %r : tensor<?x?xi32>
}
func.func @halves(%x: tensor<?x?xf32>, %n: index) -> tensor<?xf32> {
  %r = meta.reindex_reduce mul %x[affine_map<(d0, d1) -> (d1 floordiv 2 + d0)>] sizes(%n) : tensor<?x?xf32> -> tensor<?xf32>
  return %r : tensor<?xf32>
}
func.func @gather(%x: tensor<?x?xf32>, %i: tensor<?x?xi32>) -> tensor<?x?x?xf32> {
  %r = meta.gather %x at %i : tensor<?x?xf32>, tensor<?x?xi32> -> tensor<?x?x?xf32>
  return %r : tensor<?x?x?xf32>
}
func.func @gather_one(%x: tensor<?x?xf32>, %i: tensor<i64>) -> tensor<?xf32> {
  %r = meta.gather %x at %i : tensor<?x?xf32>, tensor<i64> -> tensor<?xf32>
  return %r : tensor<?xf32>
}
func.func @scatter(%x: tensor<?x?xf32>, %i: tensor<?xi64>, %n: index) -> tensor<?x?xf32> {
  %r = meta.scatter_reduce add %x at %i sizes(%n) : tensor<?x?xf32>, tensor<?xi64> -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}
func.func @scatter_one(%x: tensor<f32>, %i: tensor<i64>) -> tensor<4xf32> {
  %r = meta.scatter_reduce max %x at %i : tensor<f32>, tensor<i64> -> tensor<4xf32>
  return %r : tensor<4xf32>
}
func.func @uniform32(%s: i64, %n: index) -> tensor<?x5xf32> {
  %r = meta.random uniform seed %s sizes(%n) : tensor<?x5xf32>
  return %r : tensor<?x5xf32>
}
func.func @uniform64(%s: i64, %n: index) -> tensor<3x?xf64> {
  %r = meta.random uniform seed %s sizes(%n) : tensor<3x?xf64>
  return %r : tensor<3x?xf64>
}
func.func @uniform16(%s: i64) -> tensor<9xf16> {
  %r = meta.random uniform seed %s : tensor<9xf16>
  return %r : tensor<9xf16>
}
func.func @normal32(%s: i64, %n: index) -> tensor<?xf32> {
  %r = meta.random normal seed %s sizes(%n) : tensor<?xf32>
  return %r : tensor<?xf32>
}
func.func @normal_scalar(%s: i64) -> tensor<f64> {
  %r = meta.random normal seed %s : tensor<f64>
  return %r : tensor<f64>
}
func.func @softmax(%x: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %c1 = arith.constant 1 : index
  %k = tensor.dim %x, %c1 : tensor<?x?xf32>
  %m = meta.reduce max %x dimensions = [1] : tensor<?x?xf32> -> tensor<?xf32>
  %mb = meta.broadcast %m sizes(%k) dimensions = [1] : tensor<?xf32> -> tensor<?x?xf32>
  %d = arith.subf %x, %mb : tensor<?x?xf32>
  %e = math.exp %d : tensor<?x?xf32>
  %s = meta.reduce add %e dimensions = [1] : tensor<?x?xf32> -> tensor<?xf32>
  %sb = meta.broadcast %s sizes(%k) dimensions = [1] : tensor<?xf32> -> tensor<?x?xf32>
  %r = arith.divf %e, %sb : tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}
func.func @kept(%x: tensor<?xf32>, %n: index) -> (tensor<?x?xf32>) {
  %c0 = arith.constant 0 : index
  %b = meta.broadcast %x sizes(%n) dimensions = [0] : tensor<?xf32> -> tensor<?x?xf32>
  %s = meta.stop_gradient %b : tensor<?x?xf32>
  %r = arith.addf %b, %s : tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}
func.func @sums_so_far(%x: tensor<?x?xi32>) -> tensor<?x?xi32> {
  %r = meta.scan add %x along 1 : tensor<?x?xi32>
  return %r : tensor<?x?xi32>
}
func.func @products_from_the_end(%x: tensor<?x?xi32>) -> tensor<?x?xi32> {
  %r = meta.scan mul %x along 0 reverse : tensor<?x?xi32>
  return %r : tensor<?x?xi32>
}
func.func @greatest_so_far(%x: tensor<3x?x2xf32>) -> tensor<3x?x2xf32> {
  %r = meta.scan max %x along 1 : tensor<3x?x2xf32>
  return %r : tensor<3x?x2xf32>
}
func.func @any_so_far(%x: tensor<?xi1>) -> tensor<?xi1> {
  %r = meta.scan max %x along 0 : tensor<?xi1>
  return %r : tensor<?xi1>
}

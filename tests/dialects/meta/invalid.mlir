// error: dimensions must be in [0, 1), found [1]
func.func @f(%x: tensor<?xf32>) {
  %0 = meta.scan add %x along 1 : tensor<?xf32>
  return
}
// -----
// error: 'and' is not defined on 'f32'
func.func @f(%x: tensor<?xf32>) {
  %0 = meta.scan and %x along 0 : tensor<?xf32>
  return
}
// -----
// error: expected a result with 2 dimensions, found 3
func.func @f(%x: tensor<?xf32>, %n: index) {
  %0 = meta.broadcast %x sizes(%n) dimensions = [0] : tensor<?xf32> -> tensor<?x?x?xf32>
  return
}
// -----
// error: dimensions must be in [0, 2), found [2]
func.func @f(%x: tensor<?xf32>, %n: index) {
  %0 = meta.broadcast %x sizes(%n) dimensions = [2] : tensor<?xf32> -> tensor<?x?xf32>
  return
}
// -----
// error: expected a result of shape [?, 3], found [?, 4]
func.func @f(%x: tensor<3xf32>, %n: index) {
  %0 = meta.broadcast %x sizes(%n) dimensions = [0] : tensor<3xf32> -> tensor<?x4xf32>
  return
}
// -----
// error: incorrect number of sizes, has 0, expected 1
func.func @f(%x: tensor<?xf32>) {
  %0 = meta.broadcast %x dimensions = [0] : tensor<?xf32> -> tensor<?x?xf32>
  return
}
// -----
// error: expected a result of 'f32' elements, found 'f64'
func.func @f(%x: tensor<?xf32>) {
  %0 = meta.broadcast %x dimensions = [0] : tensor<?xf32> -> tensor<2x?xf64>
  return
}
// -----
// error: dimensions must be strictly increasing, found [1, 0]
func.func @f(%x: tensor<2x3xf32>) {
  %0 = meta.reduce add %x dimensions = [1, 0] : tensor<2x3xf32> -> tensor<f32>
  return
}
// -----
// error: expected a result of shape [2], found [3]
func.func @f(%x: tensor<2x3xf32>) {
  %0 = meta.reduce add %x dimensions = [1] : tensor<2x3xf32> -> tensor<3xf32>
  return
}
// -----
// error: 'xor' is not defined on 'f32'
func.func @f(%x: tensor<2x3xf32>) {
  %0 = meta.reduce xor %x dimensions = [1] : tensor<2x3xf32> -> tensor<2xf32>
  return
}
// -----
// error: expected a map with 2 dimensions, found 1
func.func @f(%x: tensor<?xf32>) {
  %0 = meta.reindex %x[affine_map<(d0) -> (d0)>] : tensor<?xf32> -> tensor<2x2xf32>
  return
}
// -----
// error: expected a map with 1 results, found 2
func.func @f(%x: tensor<?xf32>) {
  %0 = meta.reindex %x[affine_map<(d0) -> (d0, d0)>] : tensor<?xf32> -> tensor<2xf32>
  return
}
// -----
// error: expected 1 symbols, found 0
func.func @f(%x: tensor<?xf32>) {
  %0 = meta.reindex %x[affine_map<(d0)[s0] -> (d0 + s0)>] : tensor<?xf32> -> tensor<2xf32>
  return
}
// -----
// error: expected a 'f32' after 'else', found 'f64'
func.func @f(%x: tensor<?xf32>, %z: f64) {
  %0 = meta.reindex %x[affine_map<(d0) -> (d0)>] else %z : tensor<?xf32>, f64 -> tensor<2xf32>
  return
}
// -----
// error: incorrect number of sizes, has 2, expected 1
func.func @f(%x: tensor<?xf32>, %n: index) {
  %0 = meta.reindex %x[affine_map<(d0) -> (d0)>] sizes(%n, %n) : tensor<?xf32> -> tensor<?xf32>
  return
}
// -----
// error: expected a map with 2 dimensions, found 1
func.func @f(%x: tensor<?x?xf32>, %n: index) {
  %0 = meta.reindex_reduce add %x[affine_map<(d0) -> (d0)>] sizes(%n) : tensor<?x?xf32> -> tensor<?xf32>
  return
}
// -----
// error: expected an input with at least one dimension
func.func @f(%x: tensor<f32>, %i: tensor<2xi32>) {
  %0 = meta.gather %x at %i : tensor<f32>, tensor<2xi32> -> tensor<2xf32>
  return
}
// -----
// error: expected a result of shape [2, 5], found [2, 4]
func.func @f(%x: tensor<4x5xf32>, %i: tensor<2xi32>) {
  %0 = meta.gather %x at %i : tensor<4x5xf32>, tensor<2xi32> -> tensor<2x4xf32>
  return
}
// -----
// error: expected an input whose first dimensions are those of the indices
func.func @f(%x: tensor<4x5xf32>, %i: tensor<2xi32>) {
  %0 = meta.scatter_reduce add %x at %i : tensor<4x5xf32>, tensor<2xi32> -> tensor<7x5xf32>
  return
}
// -----
// error: cannot make random numbers of type 'f8E5M2'
func.func @f(%s: i64) {
  %0 = meta.random uniform seed %s : tensor<4xf8E5M2>
  return
}
// -----
// error: operand #0 must be ranked tensor of floating-point values, but got 'tensor<i32>'
func.func @f(%x: tensor<i32>, %y: tensor<2xf32>) {
  %0 = meta.gradient %x by %y : tensor<i32> by tensor<2xf32>
  return
}

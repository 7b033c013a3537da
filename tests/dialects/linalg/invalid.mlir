// error: inferred input/output operand #1 has shape's dimension #0 to be 8, but found 7
func.func @f(%a: tensor<4x8xf32>, %b: tensor<7x16xf32>, %c: tensor<4x16xf32>) {
  %0 = linalg.matmul ins(%a, %b : tensor<4x8xf32>, tensor<7x16xf32>) outs(%c : tensor<4x16xf32>) -> tensor<4x16xf32>
  return
}
// -----
// error: expected operand #1 rank (1) to match the result rank of indexing_map (2)
func.func @f(%a: tensor<4x8xf32>, %b: tensor<8xf32>, %c: tensor<4x16xf32>) {
  %0 = linalg.matmul ins(%a, %b : tensor<4x8xf32>, tensor<8xf32>) outs(%c : tensor<4x16xf32>) -> tensor<4x16xf32>
  return
}
// -----
// error: [parseNamedStructuredOpRegion] ods-gen generated region expects 3 args, got 2
func.func @f(%a: tensor<4x8xf32>, %c: tensor<4x16xf32>) {
  %0 = linalg.matmul ins(%a : tensor<4x8xf32>) outs(%c : tensor<4x16xf32>) -> tensor<4x16xf32>
  return
}
// -----
// error: expected indexing_map #0 to have 2 dim(s) to match the number of loops
func.func @f(%a: tensor<4xf32>) {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0)->(d0)>], iterator_types = ["parallel", "parallel"]} outs(%a: tensor<4xf32>) { ^bb0(%x: f32): linalg.yield %x : f32 } -> tensor<4xf32>
  return
}
// -----
// error: expected the number of indexing_map (2) to be equal to the number of input/output operands (1)
func.func @f(%a: tensor<4xf32>) {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0)->(d0)>, affine_map<(d0)->(d0)>], iterator_types = ["parallel"]} outs(%a: tensor<4xf32>) { ^bb0(%x: f32): linalg.yield %x : f32 } -> tensor<4xf32>
  return
}
// -----
// error: invalid indexing maps are non-invertible: ((d0, d1) -> (d0))
func.func @f(%a: tensor<4xf32>) {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0,d1)->(d0)>], iterator_types = ["parallel","parallel"]} outs(%a: tensor<4xf32>) { ^bb0(%x: f32): linalg.yield %x : f32 } -> tensor<4xf32>
  return
}
// -----
// error: expected as many non-induction variable region arguments as the number of input/output operands
func.func @f(%a: tensor<4xf32>) {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0)->(d0)>], iterator_types = ["parallel"]} outs(%a: tensor<4xf32>) { ^bb0(%x: f32, %y: f32): linalg.yield %x : f32 } -> tensor<4xf32>
  return
}
// -----
// error: type of yield operand 1 ('f64') doesn't match the element type of the enclosing linalg.generic op ('f32')
func.func @f(%a: tensor<4xf32>, %b: f64) {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0)->(d0)>], iterator_types = ["parallel"]} outs(%a: tensor<4xf32>) { ^bb0(%x: f32): linalg.yield %b : f64 } -> tensor<4xf32>
  return
}
// -----
// error: expected number of yield values (2) to match the number of inits / outs operands of the enclosing LinalgOp (1)
func.func @f(%a: tensor<4xf32>, %b: f64) {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0)->(d0)>], iterator_types = ["parallel"]} outs(%a: tensor<4xf32>) { ^bb0(%x: f32): linalg.yield %x, %x : f32, f32 } -> tensor<4xf32>
  return
}
// -----
// error: expected type of operand #0 ('tensor<4xf32>') to match type of corresponding result ('tensor<5xf32>')
func.func @f(%a: tensor<4xf32>, %b: f64) {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0)->(d0)>], iterator_types = ["parallel"]} outs(%a: tensor<4xf32>) { ^bb0(%x: f32): linalg.yield %x : f32 } -> tensor<5xf32>
  return
}
// -----
// error: expected operand #0 rank (1) to match the result rank of indexing_map (2)
func.func @f(%a: tensor<4xf32>, %b: f64) {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0,d1)->(d0,d1)>], iterator_types = ["parallel","parallel"]} outs(%a: tensor<4xf32>) { ^bb0(%x: f32): linalg.yield %x : f32 } -> tensor<4xf32>
  return
}
// -----
// error: unexpected symbols in indexing_map #0
func.func @f(%a: tensor<4xf32>, %b: f64) {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0)[s0]->(d0+s0)>], iterator_types = ["parallel"]} outs(%a: tensor<4xf32>) { ^bb0(%x: f32): linalg.yield %x : f32 } -> tensor<4xf32>
  return
}
// -----
// error: inferred input/output operand #0 has shape's dimension #0 to be greater than or equal to 7, but found 4
func.func @f(%a: tensor<4xf32>, %b: tensor<5xf32>) {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0)->(d0+3)>,affine_map<(d0)->(d0)>], iterator_types = ["parallel"]} ins(%a: tensor<4xf32>) outs(%a: tensor<4xf32>) { ^bb0(%x: f32,%y:f32): linalg.yield %x : f32 } -> tensor<4xf32>
  return
}
// -----
// error: unexpected result less than 0 at expression #0 in (d0) -> (-d0)
func.func @f(%a: tensor<4xf32>, %b: tensor<5xf32>) {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0)->(-d0)>,affine_map<(d0)->(d0)>], iterator_types = ["parallel"]} ins(%a: tensor<4xf32>) outs(%a: tensor<4xf32>) { ^bb0(%x: f32,%y:f32): linalg.yield %x : f32 } -> tensor<4xf32>
  return
}
// -----
// error: inferred input/output operand #1 has shape's dimension #0 to be 4, but found 5
func.func @f(%a: tensor<4xf32>, %b: tensor<5xf32>) {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0)->(d0)>,affine_map<(d0)->(d0)>], iterator_types = ["parallel"]} ins(%a: tensor<4xf32>) outs(%b: tensor<5xf32>) { ^bb0(%x: f32,%y:f32): linalg.yield %x : f32 } -> tensor<5xf32>
  return
}
// -----
// error: expected parent op with LinalgOp interface
func.func @f(%a: tensor<4xf32>, %b: tensor<5xf32>) {
  %0 = linalg.index 0 : index
  return
}
// -----
// error: expected dim (2) to be lower than the number of loops (1) of the enclosing LinalgOp
func.func @f(%a: tensor<4xf32>) {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0)->(d0)>], iterator_types = ["parallel"]} outs(%a: tensor<4xf32>) { ^bb0(%x: f32): %i = linalg.index 2 : index linalg.yield %x : f32 } -> tensor<4xf32>
  return
}
// -----
// error: dim(result, 0) = 4 doesn't match dim(input, permutation[0]) = 5
func.func @f(%a: tensor<4x5xf32>) {
  %0 = linalg.transpose ins(%a: tensor<4x5xf32>) outs(%a: tensor<4x5xf32>) permutation=[1,0]
  return
}
// -----
// error: permutation is not valid
func.func @f(%a: tensor<4x5xf32>) {
  %0 = linalg.transpose ins(%a: tensor<4x5xf32>) outs(%a: tensor<4x5xf32>) permutation=[1,1]
  return
}
// -----
// error: size of permutation 1 does not match the argument rank 2
func.func @f(%a: tensor<4x5xf32>) {
  %0 = linalg.transpose ins(%a: tensor<4x5xf32>) outs(%a: tensor<4x5xf32>) permutation=[0]
  return
}
// -----
// error: input rank 2 does not match init rank 1
func.func @f(%a: tensor<4x5xf32>, %b: tensor<4xf32>) {
  %0 = linalg.transpose ins(%a: tensor<4x5xf32>) outs(%b: tensor<4xf32>) permutation=[0]
  return
}
// -----
// error: input dim 0 should match init dim 1. input: 4, init: 5
func.func @f(%a: tensor<4x5xf32>, %b: tensor<4xf32>) {
  %0 = linalg.broadcast ins(%b: tensor<4xf32>) outs(%a: tensor<4x5xf32>) dimensions=[0]
  return
}
// -----
// error: input rank plus added dimensions does not match init rank. input rank: 1, dimensions size: 2, init rank: 2
func.func @f(%a: tensor<4x5xf32>, %b: tensor<4xf32>) {
  %0 = linalg.broadcast ins(%b: tensor<4xf32>) outs(%a: tensor<4x5xf32>) dimensions=[0,1]
  return
}
// -----
// error: dimension 0 is out of range. expected range: [0, 1], got: 5
func.func @f(%a: tensor<4x5xf32>, %b: tensor<4xf32>) {
  %0 = linalg.broadcast ins(%b: tensor<4xf32>) outs(%a: tensor<4x5xf32>) dimensions=[5]
  return
}
// -----
// error: init dimensions [4] doesn't match input dimensions after reduction [5]
func.func @f(%a: tensor<4x5xf32>, %b: tensor<4xf32>) {
  %0 = linalg.reduce {arith.addf} ins(%a: tensor<4x5xf32>) outs(%b: tensor<4xf32>) dimensions=[0]
  return
}
// -----
// error: number of dimensions after reduction 0 doesn't match the init rank 1
func.func @f(%a: tensor<4x5xf32>, %b: tensor<4xf32>) {
  %0 = linalg.reduce {arith.addf} ins(%a: tensor<4x5xf32>) outs(%b: tensor<4xf32>) dimensions=[0,1]
  return
}
// -----
// error: dimensions for reduction should be in the range [0, 1].
func.func @f(%a: tensor<4x5xf32>, %b: tensor<4xf32>) {
  %0 = linalg.reduce {arith.addf} ins(%a: tensor<4x5xf32>) outs(%b: tensor<4xf32>) dimensions=[2]
  return
}
// -----
// error: attribute 'dimensions' failed to satisfy constraint: i64 dense array attribute should be in increasing order
func.func @f(%a: tensor<4x5xf32>, %b: tensor<4xf32>) {
  %0 = linalg.reduce {arith.addf} ins(%a: tensor<4x5xf32>) outs(%b: tensor<4xf32>) dimensions=[1,0,1]
  return
}
// -----
// error: expected shape of input (4) to match shape of output (4, 5)
func.func @f(%a: tensor<4x5xf32>, %b: tensor<4xf32>) {
  %0 = linalg.map {arith.addf} ins(%a, %b: tensor<4x5xf32>, tensor<4xf32>) outs(%a: tensor<4x5xf32>)
  return
}
// -----
// error: incorrect dimension specified
func.func @f(%a: tensor<4x5xf32>, %b: tensor<4xf32>) {
  %0 = linalg.softmax dimension(3) ins(%a: tensor<4x5xf32>) outs(%a: tensor<4x5xf32>) -> tensor<4x5xf32>
  return
}
// -----
// error: incompatible output shape
func.func @f(%a: tensor<4x5xf32>, %b: tensor<4xf32>) {
  %0 = linalg.softmax dimension(0) ins(%a: tensor<4x5xf32>) outs(%b: tensor<4xf32>) -> tensor<4xf32>
  return
}
// -----
// error: expected operand #0 rank (2) to match the result rank of indexing_map (1)
func.func @f(%a: tensor<4x5xf32>, %b: tensor<4xf32>) {
  %0 = linalg.exp ins(%a: tensor<4x5xf32>) outs(%b: tensor<4xf32>) -> tensor<4xf32>
  return
}
// -----
// error: inferred input/output operand #2 has shape's dimension #1 to be 5, but found 6
func.func @f(%a: tensor<4x5xf32>, %b: tensor<4x6xf32>) {
  %0 = linalg.add ins(%a, %a: tensor<4x5xf32>, tensor<4x5xf32>) outs(%b: tensor<4x6xf32>) -> tensor<4x6xf32>
  return
}
// -----
// error: inferred input/output operand #0 has shape's dimension #1 to be greater than or equal to 9, but found 8
func.func @f(%a: tensor<1x8x8x3xf32>, %k: tensor<2x2x3x8xf32>, %o: tensor<1x8x7x8xf32>) {
  %0 = linalg.conv_2d_nhwc_hwcf ins(%a, %k : tensor<1x8x8x3xf32>, tensor<2x2x3x8xf32>) outs(%o : tensor<1x8x7x8xf32>) -> tensor<1x8x7x8xf32>
  return
}
// -----
// error: expected to have pure tensor or buffer semantics
func.func @f(%a: tensor<4x8xf32>, %m: memref<4x8xf32>) {
  %0 = linalg.exp ins(%m: memref<4x8xf32>) outs(%a: tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
// -----
// error: expected op with scalar input
func.func @f(%a: tensor<4x8xf32>, %m: memref<4x8xf32>) {
  linalg.fill ins(%a: tensor<4x8xf32>) outs(%m: memref<4x8xf32>)
  return
}
// -----
// error: iteration space dim at index 0 is neither a contracting dim nor of parallel iteration type
func.func @f(%a: tensor<4x8xf32>) {
  %0 = linalg.contract indexing_maps = [affine_map<(d0,d1,d2)->(d0,d2)>,affine_map<(d0,d1,d2)->(d2,d1)>] ins(%a, %a: tensor<4x8xf32>, tensor<4x8xf32>) outs(%a: tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
// -----
// error: Unexpected dim expression in map result.
func.func @f(%a: tensor<4x8xf32>) {
  %0 = linalg.matmul indexing_maps = [affine_map<(d0,d1,d2)->(d0,d1)>,affine_map<(d0,d1,d2)->(d2,d1)>,affine_map<(d0,d1,d2)->(d0,d1)>] ins(%a, %a: tensor<4x8xf32>, tensor<4x8xf32>) outs(%a: tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
// -----
// error: expected the number of indexing_map (2) to be equal to the number of input/output operands (3)
func.func @f(%a: tensor<4x8xf32>) {
  %0 = linalg.matmul indexing_maps = [affine_map<(d0,d1,d2)->(d0,d2)>,affine_map<(d0,d1,d2)->(d2,d1)>] ins(%a, %a: tensor<4x8xf32>, tensor<4x8xf32>) outs(%a: tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
// -----
// error: [parseNamedStructuredOpRegion] ods-gen generated region expects 3 args, got 2
func.func @f(%a: tensor<4x8xf32>) {
  %0 = linalg.elementwise kind=#linalg.elementwise_kind<add> ins(%a: tensor<4x8xf32>) outs(%a: tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}

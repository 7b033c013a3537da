// error: incorrect number of dynamic sizes, has 1, expected 0
func.func @f(%t: tensor<4x8xf32>, %i: index) {
  %0 = tensor.empty(%i) : tensor<4x8xf32>
  return
}
// -----
// error: incorrect number of indices for extract_element
func.func @f(%t: tensor<4x8xf32>, %i: index) {
  %0 = tensor.extract %t[%i] : tensor<4x8xf32>
  return
}
// -----
// error: incorrect number of indices
func.func @f(%t: tensor<4x8xf32>, %i: index, %f: f32) {
  %0 = tensor.insert %f into %t[%i] : tensor<4x8xf32>
  return
}
// -----
// error: slice along dimension 0 runs out-of-bounds: 4 >= 4
func.func @f(%t: tensor<4x8xf32>, %i: index, %f: f32) {
  %0 = tensor.extract_slice %t[0,0][5,8][1,1] : tensor<4x8xf32> to tensor<5x8xf32>
  return
}
// -----
// error: expected type to be 'tensor<4x8xf32>' or a rank-reduced version. (size mismatch) 
func.func @f(%t: tensor<4x8xf32>, %i: index, %f: f32) {
  %0 = tensor.extract_slice %t[0,0][4,8][1,1] : tensor<4x8xf32> to tensor<3x8xf32>
  return
}
// -----
// error: expected element type to be 'f32'
func.func @f(%t: tensor<4x8xf32>, %i: index, %f: f32) {
  %0 = tensor.extract_slice %t[0,0][4,8][1,1] : tensor<4x8xf32> to tensor<4x8xf64>
  return
}
// -----
// error: expected type to be 'tensor<4x8xf32>' or a rank-reduced version. (size mismatch) 
func.func @f(%t: tensor<4x8xf32>, %i: index, %f: f32) {
  %0 = tensor.extract_slice %t[0,0][4,8][1,1] : tensor<4x8xf32> to tensor<4xf32>
  return
}
// -----
// error: expected 2 offset values, got 1
func.func @f(%t: tensor<4x8xf32>, %i: index, %f: f32) {
  %0 = tensor.extract_slice %t[0][4][1] : tensor<4x8xf32> to tensor<4xf32>
  return
}
// -----
// error: expected rank to be smaller or equal to the other rank. 
func.func @f(%t: tensor<4x8xf32>, %i: index, %f: f32) {
  %0 = tensor.extract_slice %t[0,0][4,8][1,1] : tensor<4x8xf32> to tensor<4x8x1xf32>
  return
}
// -----
// error: offset 0 is out-of-bounds: 5 >= 4
func.func @f(%t: tensor<4x8xf32>, %i: index, %f: f32) {
  %0 = tensor.extract_slice %t[5,0][1,8][1,1] : tensor<4x8xf32> to tensor<1x8xf32>
  return
}
// -----
// error: expected type to be 'tensor<2x3xf32>' or a rank-reduced version. (size mismatch) 
func.func @f(%t: tensor<4x8xf32>, %s: tensor<2x2xf32>) {
  %0 = tensor.insert_slice %s into %t[0,0][2,3][1,1] : tensor<2x2xf32> into tensor<4x8xf32>
  return
}
// -----
// error: slice along dimension 0 runs out-of-bounds: 4 >= 4
func.func @f(%t: tensor<4x8xf32>, %s: tensor<2x2xf32>) {
  %0 = tensor.insert_slice %s into %t[3,0][2,2][1,1] : tensor<2x2xf32> into tensor<4x8xf32>
  return
}
// -----
// error: operand type 'tensor<4x8xf32>' and result type 'tensor<4x7xf32>' are cast incompatible
func.func @f(%t: tensor<4x8xf32>, %s: tensor<2x2xf32>) {
  %0 = tensor.cast %t : tensor<4x8xf32> to tensor<4x7xf32>
  return
}
// -----
// error: operand type 'tensor<4x8xf32>' and result type 'tensor<4x8xf64>' are cast incompatible
func.func @f(%t: tensor<4x8xf32>, %s: tensor<2x2xf32>) {
  %0 = tensor.cast %t : tensor<4x8xf32> to tensor<4x8xf64>
  return
}
// -----
// error: incorrect number of dynamic sizes, has 1, expected 0
func.func @f(%t: tensor<4x8xf32>, %f: f32, %i: index) {
  %0 = tensor.generate %i { ^bb0(%x: index): tensor.yield %f : f32 } : tensor<4xf32>
  return
}
// -----
// error: must have one body argument per input dimension
func.func @f(%t: tensor<4x8xf32>, %f: f32, %i: index) {
  %0 = tensor.generate %i { ^bb0(%x: index, %y: index): tensor.yield %f : f32 } : tensor<?xf32>
  return
}
// -----
// error: body must be terminated with a `yield` operation of the tensor element type
func.func @f(%t: tensor<4x8xf32>, %f: f64, %i: index) {
  %0 = tensor.generate %i { ^bb0(%x: index): tensor.yield %f : f64 } : tensor<?xf32>
  return
}
// -----
// error: specified type 'tensor<6x9xf32>' does not match the inferred type 'tensor<6x10xf32>'
func.func @f(%t: tensor<4x8xf32>, %f: f32, %i: index) {
  %0 = tensor.pad %t low[1,1] high[1,1] { ^bb0(%x: index, %y: index): tensor.yield %f : f32 } : tensor<4x8xf32> to tensor<6x9xf32>
  return
}
// -----
// error: failed to infer expectedType from sourceType 'tensor<4x8xf32>', specified resultType is 'tensor<6x10xf32>'
func.func @f(%t: tensor<4x8xf32>, %f: f32, %i: index) {
  %0 = tensor.pad %t low[1] high[1] { ^bb0(%x: index, %y: index): tensor.yield %f : f32 } : tensor<4x8xf32> to tensor<6x10xf32>
  return
}
// -----
// error: expected the block to have 2 arguments
func.func @f(%t: tensor<4x8xf32>, %f: f32, %i: index) {
  %0 = tensor.pad %t low[1,1] high[1,1] { ^bb0(%x: index): tensor.yield %f : f32 } : tensor<4x8xf32> to tensor<6x10xf32>
  return
}
// -----
// error: expected yield type to match shape element type
func.func @f(%t: tensor<4x8xf32>, %f: f64, %i: index) {
  %0 = tensor.pad %t low[1,1] high[1,1] { ^bb0(%x: index, %y: index): tensor.yield %f : f64 } : tensor<4x8xf32> to tensor<6x10xf32>
  return
}
// -----
// error: expected dimension 0 of collapsed type to be static value of 6
func.func @f(%t: tensor<4x8xf32>) {
  %0 = tensor.expand_shape %t [[0,1],[2]] output_shape [2,3,8] : tensor<4x8xf32> into tensor<2x3x8xf32>
  return
}
// -----
// error: expected number of static shape dims to be equal to the output rank (3) but found 2 inputs instead
func.func @f(%t: tensor<4x8xf32>) {
  %0 = tensor.expand_shape %t [[0,1],[2]] output_shape [2,2] : tensor<4x8xf32> into tensor<2x2x8xf32>
  return
}
// -----
// error: expected collapsed rank (2) to equal the number of reassociation maps (1).
func.func @f(%t: tensor<4x8xf32>) {
  %0 = tensor.expand_shape %t [[0,1]] output_shape [2,2,8] : tensor<4x8xf32> into tensor<2x2x8xf32>
  return
}
// -----
// error: expected collapsed rank (1) to equal the number of reassociation maps (2).
func.func @f(%t: tensor<4x8xf32>) {
  %0 = tensor.collapse_shape %t [[0],[1]] : tensor<4x8xf32> into tensor<32xf32>
  return
}
// -----
// error: expected dimension 0 of collapsed type to be static value of 32
func.func @f(%t: tensor<4x8xf32>) {
  %0 = tensor.collapse_shape %t [[0,1]] : tensor<4x8xf32> into tensor<31xf32>
  return
}
// -----
// error: expected reassociation map #0 to be valid and contiguous.
func.func @f(%t: tensor<4x8xf32>) {
  %0 = tensor.collapse_shape %t [[1,0]] : tensor<4x8xf32> into tensor<32xf32>
  return
}
// -----
// error: expected reassociation map #0 to have size equal to the expanded rank (2), but it is  3.
func.func @f(%t: tensor<4x8xf32>) {
  %0 = tensor.collapse_shape %t [[0,2]] : tensor<4x8xf32> into tensor<32xf32>
  return
}
// -----
// error: result type 'tensor<4x8xf32>'does not match inferred shape 'tensor<8x8xf32>' static sizes
func.func @f(%t: tensor<4x8xf32>) {
  %0 = tensor.concat dim(0) %t, %t : (tensor<4x8xf32>,tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
// -----
// error: concatenation dim must be less than the tensor rank
func.func @f(%t: tensor<4x8xf32>) {
  %0 = tensor.concat dim(2) %t, %t : (tensor<4x8xf32>,tensor<4x8xf32>) -> tensor<4x8xf32>
  return
}
// -----
// error: rank of concatenated inputs must match result rank
func.func @f(%t: tensor<4x8xf32>, %u: tensor<4xf32>) {
  %0 = tensor.concat dim(0) %t, %u : (tensor<4x8xf32>,tensor<4xf32>) -> tensor<4x8xf32>
  return
}
// -----
// error: static concatenation size mismatch along non-concatenated dimension 1
func.func @f(%t: tensor<4x8xf32>, %u: tensor<4x9xf32>) {
  %0 = tensor.concat dim(0) %t, %u : (tensor<4x8xf32>,tensor<4x9xf32>) -> tensor<8x8xf32>
  return
}
// -----
// error: source and destination tensor should have the same number of elements
func.func @f(%t: tensor<4x8xf32>, %u: tensor<2xindex>) {
  %0 = tensor.reshape %t(%u) : (tensor<4x8xf32>,tensor<2xindex>) -> tensor<8x8xf32>
  return
}
// -----
// error: length of shape operand differs from the result's tensor rank
func.func @f(%t: tensor<4x8xf32>, %u: tensor<2xindex>) {
  %0 = tensor.reshape %t(%u) : (tensor<4x8xf32>,tensor<2xindex>) -> tensor<32xf32>
  return
}
// -----
// error: element types of source and destination tensor types should be the same
func.func @f(%t: tensor<4x8xf32>, %u: tensor<2xindex>) {
  %0 = tensor.reshape %t(%u) : (tensor<4x8xf32>,tensor<2xindex>) -> tensor<4x8xf64>
  return
}
// -----
// error: incorrect number of dynamic sizes, has 1, expected 0
func.func @f(%f: f32, %i: index) {
  %0 = tensor.splat %f[%i] : tensor<4xf32>
  return
}
// -----
// error: operand type 'tensor<4xi32>' and result type 'tensor<4xi64>' are cast incompatible
func.func @f(%t: tensor<4xi32>) {
  %0 = tensor.bitcast %t : tensor<4xi32> to tensor<4xi64>
  return
}
// -----
// error: result type mismatch: expected 'tensor<3x1x1xf32>' or its rank-reduced variant 'tensor<3xf32>' (got: 'tensor<3x2xf32>')
func.func @f(%t: tensor<4x4xf32>, %i: tensor<3x2xi32>) {
  %21 = tensor.gather %t[%i] gather_dims([0, 1]) : (tensor<4x4xf32>, tensor<3x2xi32>) -> tensor<3x2xf32>
  return
}
// -----
// error: gather_dims value must be smaller than source rank
func.func @f(%t: tensor<4x4xf32>, %i: tensor<3x2xi32>) {
  %21 = tensor.gather %t[%i] gather_dims([0, 5]) : (tensor<4x4xf32>, tensor<3x2xi32>) -> tensor<3x1x1xf32>
  return
}
// -----
// error: gather_dims values must be strictly increasing
func.func @f(%t: tensor<4x4xf32>, %i: tensor<3x2xi32>) {
  %21 = tensor.gather %t[%i] gather_dims([1, 0]) : (tensor<4x4xf32>, tensor<3x2xi32>) -> tensor<3x1x1xf32>
  return
}
// -----
// error: gather_dims length must match the size of last dimension of indices
func.func @f(%t: tensor<4x4xf32>, %i: tensor<3x2xi32>) {
  %21 = tensor.gather %t[%i] gather_dims([0]) : (tensor<4x4xf32>, tensor<3x2xi32>) -> tensor<3x1x4xf32>
  return
}
// -----
// error: requires 'unique' attribute to be set
func.func @f(%t: tensor<4x4xf32>, %i: tensor<3x2xi32>, %s: tensor<3x1x1xf32>) {
  %21 = tensor.scatter %s into %t[%i] scatter_dims([0,1]) : (tensor<3x1x1xf32>, tensor<4x4xf32>, tensor<3x2xi32>) -> tensor<4x4xf32>
  return
}

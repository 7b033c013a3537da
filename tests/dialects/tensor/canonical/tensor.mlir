func.func @empty() -> (tensor<?x4xf32>, index) {
  %c3 = arith.constant 3 : index
  %0 = tensor.empty(%c3) : tensor<?x4xf32>
  %c0 = arith.constant 0 : index
  %d = tensor.dim %0, %c0 : tensor<?x4xf32>
  return %0, %d : tensor<?x4xf32>, index
}
func.func @slice(%t: tensor<?x8xf32>, %i: index) -> tensor<?x?xf32> {
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  %0 = tensor.extract_slice %t[%c1, %i] [%c4, %i] [%c1, 1] : tensor<?x8xf32> to tensor<?x?xf32>
  return %0 : tensor<?x?xf32>
}
func.func @casts(%t: tensor<4x8xf32>, %i: index) -> (tensor<?x8xf32>, f32, index, tensor<2x2xf32>) {
  %0 = tensor.cast %t : tensor<4x8xf32> to tensor<?x8xf32>
  %1 = tensor.cast %0 : tensor<?x8xf32> to tensor<?x?xf32>
  %2 = tensor.cast %1 : tensor<?x?xf32> to tensor<?x8xf32>
  %e = tensor.extract %2[%i, %i] : tensor<?x8xf32>
  %d = tensor.dim %2, %i : tensor<?x8xf32>
  %s = tensor.extract_slice %2[0, 0] [2, 2] [1, 1] : tensor<?x8xf32> to tensor<2x2xf32>
  return %2, %e, %d, %s : tensor<?x8xf32>, f32, index, tensor<2x2xf32>
}
func.func @reshapes(%t: tensor<2x3x4x5xf32>) -> (tensor<120xf32>, tensor<2x3x4x5xf32>) {
  %0 = tensor.collapse_shape %t [[0, 1], [2, 3]] : tensor<2x3x4x5xf32> into tensor<6x20xf32>
  %1 = tensor.collapse_shape %0 [[0, 1]] : tensor<6x20xf32> into tensor<120xf32>
  %2 = tensor.expand_shape %0 [[0, 1], [2, 3]] output_shape [2, 3, 4, 5] : tensor<6x20xf32> into tensor<2x3x4x5xf32>
  return %1, %2 : tensor<120xf32>, tensor<2x3x4x5xf32>
}
func.func @pad(%t: tensor<2x3xf32>, %f: f32) -> (tensor<?x?xf32>, tensor<2x3xf32>) {
  %c1 = arith.constant 1 : index
  %c0 = arith.constant 0 : index
  %0 = tensor.pad %t low[%c1, 0] high[%c0, %c1] {
  ^bb0(%i: index, %j: index):
    tensor.yield %f : f32
  } : tensor<2x3xf32> to tensor<?x?xf32>
  %1 = tensor.pad %t low[0, 0] high[0, 0] {
  ^bb0(%i: index, %j: index):
    tensor.yield %f : f32
  } : tensor<2x3xf32> to tensor<2x3xf32>
  return %0, %1 : tensor<?x?xf32>, tensor<2x3xf32>
}
func.func @consts(%i: index, %f: f32, %g: f32) -> (f32, tensor<4xf32>, f32, tensor<2x2xf32>, tensor<?xindex>, index) {
  %c1 = arith.constant 1 : index
  %k = arith.constant dense<[1.0, 2.0]> : tensor<2xf32>
  %0 = tensor.extract %k[%c1] : tensor<2xf32>
  %z = arith.constant 0.0 : f32
  %s = tensor.splat %z : tensor<4xf32>
  %fe = tensor.from_elements %f, %g : tensor<2xf32>
  %1 = tensor.extract %fe[%c1] : tensor<2xf32>
  %fe4 = tensor.from_elements %f, %g, %f, %g : tensor<4xf32>
  %ex = tensor.expand_shape %fe4 [[0, 1]] output_shape [2, 2] : tensor<4xf32> into tensor<2x2xf32>
  %c5 = arith.constant 5 : index
  %gen = tensor.generate %c5 {
  ^bb0(%x: index):
    %q = arith.addi %x, %i : index
    tensor.yield %q : index
  } : tensor<?xindex>
  %ge = tensor.extract %gen[%c1] : tensor<?xindex>
  return %0, %s, %1, %ex, %gen, %ge : f32, tensor<4xf32>, f32, tensor<2x2xf32>, tensor<?xindex>, index
}
func.func @insert(%s: tensor<2x2xf32>, %t: tensor<4x8xf32>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c2 = arith.constant 2 : index
  %0 = tensor.cast %s : tensor<2x2xf32> to tensor<?x?xf32>
  %1 = tensor.cast %t : tensor<4x8xf32> to tensor<?x?xf32>
  %2 = tensor.insert_slice %0 into %1[%c0, 1] [%c2, %c2] [1, 1] : tensor<?x?xf32> into tensor<?x?xf32>
  return %2 : tensor<?x?xf32>
}

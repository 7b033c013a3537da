func.func @matmul(%a: tensor<4x8xf32>, %b: tensor<8x16xf32>, %c: tensor<4x16xf32>) -> tensor<?x?xf32> {
  %0 = tensor.cast %a : tensor<4x8xf32> to tensor<?x?xf32>
  %1 = tensor.cast %b : tensor<8x16xf32> to tensor<?x?xf32>
  %2 = tensor.cast %c : tensor<4x16xf32> to tensor<?x?xf32>
  %r = linalg.matmul ins(%0, %1 : tensor<?x?xf32>, tensor<?x?xf32>) outs(%2 : tensor<?x?xf32>) -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}
func.func @fill(%f: f32, %t: tensor<2x3xf32>, %i: index) -> (tensor<6xf32>, f32, tensor<2x3xf32>) {
  %0 = linalg.fill ins(%f : f32) outs(%t : tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = tensor.collapse_shape %0 [[0, 1]] : tensor<2x3xf32> into tensor<6xf32>
  %2 = tensor.extract %0[%i, %i] : tensor<2x3xf32>
  %3 = linalg.copy ins(%0 : tensor<2x3xf32>) outs(%t : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1, %2, %3 : tensor<6xf32>, f32, tensor<2x3xf32>
}
func.func @ident(%t: tensor<2x3xf32>, %u: tensor<2x3xf32>, %v: tensor<3x2xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>) {
  %0 = linalg.generic {indexing_maps = [affine_map<(d0, d1) -> (d0, d1)>, affine_map<(d0, d1) -> (d0, d1)>], iterator_types = ["parallel", "parallel"]} ins(%t : tensor<2x3xf32>) outs(%u : tensor<2x3xf32>) {
  ^bb0(%x: f32, %y: f32):
    linalg.yield %x : f32
  } -> tensor<2x3xf32>
  %1 = linalg.transpose ins(%t : tensor<2x3xf32>) outs(%v : tensor<3x2xf32>) permutation = [1, 0]
  %2 = linalg.transpose ins(%1 : tensor<3x2xf32>) outs(%u : tensor<2x3xf32>) permutation = [1, 0]
  %3 = linalg.copy ins(%t : tensor<2x3xf32>) outs(%u : tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0, %2, %3 : tensor<2x3xf32>, tensor<2x3xf32>, tensor<2x3xf32>
}

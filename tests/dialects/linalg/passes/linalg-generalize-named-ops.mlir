func.func @f(%a: tensor<4x8xf32>, %r: tensor<4xf32>, %m: memref<4x8xf32>) -> (tensor<4xf32>, tensor<4x8xf32>) {
  %0 = linalg.reduce { arith.addf } ins(%a : tensor<4x8xf32>) outs(%r : tensor<4xf32>) dimensions = [1] {note = 3}
  %1 = linalg.map { math.exp } ins(%a : tensor<4x8xf32>) outs(%a : tensor<4x8xf32>)
  %2 = linalg.broadcast ins(%0 : tensor<4xf32>) outs(%1 : tensor<4x8xf32>) dimensions = [1]
  linalg.exp ins(%m : memref<4x8xf32>) outs(%m : memref<4x8xf32>)
  return %0, %2 : tensor<4xf32>, tensor<4x8xf32>
}

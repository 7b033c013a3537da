func.func @f(%a: tensor<?x4xf32>, %b: tensor<?x4xf32>, %c: tensor<4xi32>, %i: tensor<3xi64>, %x: tensor<f32>) -> (tensor<?x4xf32>, tensor<?x4xi1>, tensor<4xf32>, tensor<3xi1>, tensor<f32>, tensor<?x4xf32>) {
  %0 = arith.addf %a, %b : tensor<?x4xf32>
  %1 = arith.cmpf olt, %0, %b : tensor<?x4xf32>
  %2 = arith.sitofp %c : tensor<4xi32> to tensor<4xf32>
  %3 = arith.cmpi slt, %i, %i : tensor<3xi64>
  %4 = math.exp %x : tensor<f32>
  %5 = arith.select %1, %a, %b : tensor<?x4xi1>, tensor<?x4xf32>
  return %0, %1, %2, %3, %4, %5 : tensor<?x4xf32>, tensor<?x4xi1>, tensor<4xf32>, tensor<3xi1>, tensor<f32>, tensor<?x4xf32>
}

#map = affine_map<(d0, d1) -> (d0 * 2 + d1 - 1)>
module {
  func.func @layer(%x: tensor<?x?xf32>, %w: tensor<?x?xf32>, %b: tensor<?xf32>) -> (tensor<?x?xf32>, tensor<?xf32>) {
    %cst = arith.constant 1.000000e+00 : f32
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
    %0 = arith.mulf %y, %y : tensor<?x?xf32>
    %splat = tensor.splat %cst[%m, %n] : tensor<?x?xf32>
    %1 = arith.subf %splat, %0 : tensor<?x?xf32>
    %2 = meta.reduce add %1 dimensions = [0] : tensor<?x?xf32> -> tensor<?xf32>
    %dim = tensor.dim %x, %c1 : tensor<?x?xf32>
    %3 = meta.broadcast %1 sizes(%dim) dimensions = [1] : tensor<?x?xf32> -> tensor<?x?x?xf32>
    %4 = arith.mulf %3, %rows : tensor<?x?x?xf32>
    %g = meta.reduce add %4 dimensions = [0] : tensor<?x?x?xf32> -> tensor<?x?xf32>
    return %g, %2 : tensor<?x?xf32>, tensor<?xf32>
  }
  func.func @shared(%x: tensor<4xf32>) -> tensor<4xf32> {
    %half = arith.constant dense<5.000000e-01> : tensor<4xf32>
    %e = math.exp %x : tensor<4xf32>
    %a = arith.mulf %e, %half : tensor<4xf32>
    %0 = arith.mulf %x, %half : tensor<4xf32>
    %1 = arith.mulf %0, %e : tensor<4xf32>
    %g = arith.addf %a, %1 : tensor<4xf32>
    return %g : tensor<4xf32>
  }
  func.func @pool(%x: tensor<?xf32>, %n: index) -> tensor<?xf32> {
    %c0 = arith.constant 0 : index
    %cst = arith.constant 0.000000e+00 : f32
    %cst_0 = arith.constant 1.000000e+00 : f32
    %c3 = arith.constant 3 : index
    %low = arith.constant 0xFF800000 : f32
    %windows = meta.reindex %x[#map] sizes(%n, %c3) else %low : tensor<?xf32>, f32 -> tensor<?x?xf32>
    %y = meta.reduce max %windows dimensions = [1] : tensor<?x?xf32> -> tensor<?xf32>
    %splat = tensor.splat %cst_0[%n] : tensor<?xf32>
    %0 = meta.broadcast %y sizes(%c3) dimensions = [1] : tensor<?xf32> -> tensor<?x?xf32>
    %1 = arith.cmpf oeq, %windows, %0 : tensor<?x?xf32>
    %splat_1 = tensor.splat %cst_0[%n, %c3] : tensor<?x?xf32>
    %splat_2 = tensor.splat %cst[%n, %c3] : tensor<?x?xf32>
    %2 = arith.select %1, %splat_1, %splat_2 : tensor<?x?xi1>, tensor<?x?xf32>
    %3 = meta.reduce add %2 dimensions = [1] : tensor<?x?xf32> -> tensor<?xf32>
    %4 = arith.divf %splat, %3 : tensor<?xf32>
    %5 = meta.broadcast %4 sizes(%c3) dimensions = [1] : tensor<?xf32> -> tensor<?x?xf32>
    %6 = arith.select %1, %5, %splat_2 : tensor<?x?xi1>, tensor<?x?xf32>
    %dim = tensor.dim %x, %c0 : tensor<?xf32>
    %g = meta.reindex_reduce add %6[#map] sizes(%dim) : tensor<?x?xf32> -> tensor<?xf32>
    return %g : tensor<?xf32>
  }
}


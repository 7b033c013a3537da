// Single-head attention: softmax(q @ k^T / sqrt(16)) @ v, the softmax made stable by
// subtracting each row's maximum before the exponential.
//
// Entry:     @main
// Arguments: q, k, v  tensor<12x16xf32>   twelve tokens of sixteen features
// Returns:   tensor<12x16xf32>

#element = affine_map<(row, column) -> (row, column)>
#per_row = affine_map<(row, column) -> (row)>

func.func private @softmax(%scores: tensor<12x12xf32>) -> tensor<12x12xf32> {
  %lowest = arith.constant 0xFF800000 : f32
  %zero = arith.constant 0.0 : f32
  %row = tensor.empty() : tensor<12xf32>
  %square = tensor.empty() : tensor<12x12xf32>

  %max_start = linalg.fill ins(%lowest : f32) outs(%row : tensor<12xf32>) -> tensor<12xf32>
  %max = linalg.generic {
      indexing_maps = [#element, #per_row], iterator_types = ["parallel", "reduction"]}
      ins(%scores : tensor<12x12xf32>) outs(%max_start : tensor<12xf32>) {
    ^bb0(%s: f32, %so_far: f32):
      %larger = arith.maximumf %s, %so_far : f32
      linalg.yield %larger : f32
  } -> tensor<12xf32>

  %exp = linalg.generic {
      indexing_maps = [#element, #per_row, #element], iterator_types = ["parallel", "parallel"]}
      ins(%scores, %max : tensor<12x12xf32>, tensor<12xf32>) outs(%square : tensor<12x12xf32>) {
    ^bb0(%s: f32, %m: f32, %out: f32):
      %shifted = arith.subf %s, %m : f32
      %e = math.exp %shifted : f32
      linalg.yield %e : f32
  } -> tensor<12x12xf32>

  %sum_start = linalg.fill ins(%zero : f32) outs(%row : tensor<12xf32>) -> tensor<12xf32>
  %sum = linalg.generic {
      indexing_maps = [#element, #per_row], iterator_types = ["parallel", "reduction"]}
      ins(%exp : tensor<12x12xf32>) outs(%sum_start : tensor<12xf32>) {
    ^bb0(%e: f32, %so_far: f32):
      %more = arith.addf %e, %so_far : f32
      linalg.yield %more : f32
  } -> tensor<12xf32>

  %weights = linalg.generic {
      indexing_maps = [#element, #per_row, #element], iterator_types = ["parallel", "parallel"]}
      ins(%exp, %sum : tensor<12x12xf32>, tensor<12xf32>) outs(%square : tensor<12x12xf32>) {
    ^bb0(%e: f32, %total: f32, %out: f32):
      %share = arith.divf %e, %total : f32
      linalg.yield %share : f32
  } -> tensor<12x12xf32>
  return %weights : tensor<12x12xf32>
}

func.func @main(%q: tensor<12x16xf32>, %k: tensor<12x16xf32>, %v: tensor<12x16xf32>)
    -> tensor<12x16xf32> {
  %zero = arith.constant 0.0 : f32
  %turned = tensor.empty() : tensor<16x12xf32>
  %kt = linalg.transpose ins(%k : tensor<12x16xf32>) outs(%turned : tensor<16x12xf32>)
      permutation = [1, 0]
  %square = tensor.empty() : tensor<12x12xf32>
  %start = linalg.fill ins(%zero : f32) outs(%square : tensor<12x12xf32>) -> tensor<12x12xf32>
  %products = linalg.matmul ins(%q, %kt : tensor<12x16xf32>, tensor<16x12xf32>)
                            outs(%start : tensor<12x12xf32>) -> tensor<12x12xf32>
  %scale = arith.constant dense<0.25> : tensor<12x12xf32>
  %scores = arith.mulf %products, %scale : tensor<12x12xf32>
  %weights = call @softmax(%scores) : (tensor<12x12xf32>) -> tensor<12x12xf32>

  %empty = tensor.empty() : tensor<12x16xf32>
  %mix_start = linalg.fill ins(%zero : f32) outs(%empty : tensor<12x16xf32>) -> tensor<12x16xf32>
  %mixed = linalg.matmul ins(%weights, %v : tensor<12x12xf32>, tensor<12x16xf32>)
                         outs(%mix_start : tensor<12x16xf32>) -> tensor<12x16xf32>
  return %mixed : tensor<12x16xf32>
}

// A two-layer perceptron on a batch of eight: relu(x @ w1 + b1) @ w2 + b2.
//
// Entry:     @main
// Arguments: x  tensor<8x32xf32>    the inputs, one a row
//            w1 tensor<32x64xf32>   weights of the hidden layer
//            b1 tensor<64xf32>      bias of the hidden layer
//            w2 tensor<64x10xf32>   weights of the output layer
//            b2 tensor<10xf32>      bias of the output layer
// Returns:   tensor<8x10xf32>       the scores, one row an input

#element = affine_map<(row, column) -> (row, column)>
#per_column = affine_map<(row, column) -> (column)>

func.func private @hidden(%x: tensor<8x32xf32>, %w: tensor<32x64xf32>, %b: tensor<64xf32>)
    -> tensor<8x64xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<8x64xf32>
  %start = linalg.fill ins(%zero : f32) outs(%empty : tensor<8x64xf32>) -> tensor<8x64xf32>
  %product = linalg.matmul ins(%x, %w : tensor<8x32xf32>, tensor<32x64xf32>)
                           outs(%start : tensor<8x64xf32>) -> tensor<8x64xf32>
  %biased = linalg.generic {
      indexing_maps = [#element, #per_column, #element],
      iterator_types = ["parallel", "parallel"]}
      ins(%product, %b : tensor<8x64xf32>, tensor<64xf32>) outs(%empty : tensor<8x64xf32>) {
    ^bb0(%p: f32, %bias: f32, %out: f32):
      %sum = arith.addf %p, %bias : f32
      linalg.yield %sum : f32
  } -> tensor<8x64xf32>
  %zeros = arith.constant dense<0.0> : tensor<8x64xf32>
  %relu = arith.maximumf %biased, %zeros : tensor<8x64xf32>
  return %relu : tensor<8x64xf32>
}

func.func @main(%x: tensor<8x32xf32>, %w1: tensor<32x64xf32>, %b1: tensor<64xf32>,
                %w2: tensor<64x10xf32>, %b2: tensor<10xf32>) -> tensor<8x10xf32> {
  %h = call @hidden(%x, %w1, %b1)
      : (tensor<8x32xf32>, tensor<32x64xf32>, tensor<64xf32>) -> tensor<8x64xf32>
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<8x10xf32>
  %start = linalg.fill ins(%zero : f32) outs(%empty : tensor<8x10xf32>) -> tensor<8x10xf32>
  %product = linalg.matmul ins(%h, %w2 : tensor<8x64xf32>, tensor<64x10xf32>)
                           outs(%start : tensor<8x10xf32>) -> tensor<8x10xf32>
  %scores = linalg.generic {
      indexing_maps = [#element, #per_column, #element],
      iterator_types = ["parallel", "parallel"]}
      ins(%product, %b2 : tensor<8x10xf32>, tensor<10xf32>) outs(%empty : tensor<8x10xf32>) {
    ^bb0(%p: f32, %bias: f32, %out: f32):
      %sum = arith.addf %p, %bias : f32
      linalg.yield %sum : f32
  } -> tensor<8x10xf32>
  return %scores : tensor<8x10xf32>
}

// One block of an image network: 3x3 convolution, bias, relu, 2x2 max pooling. Layout NHWC.
//
// Entry:     @main
// Arguments: image  tensor<2x10x10x3xf32>   batch, height, width, channels
//            filter tensor<3x3x3x8xf32>     height, width, channels in, channels out
//            bias   tensor<8xf32>           one value a channel out
// Returns:   tensor<2x4x4x8xf32>            (10 - 3 + 1) / 2 = 4 in height and width

#point = affine_map<(n, h, w, c) -> (n, h, w, c)>
#channel = affine_map<(n, h, w, c) -> (c)>

func.func @main(%image: tensor<2x10x10x3xf32>, %filter: tensor<3x3x3x8xf32>,
                %bias: tensor<8xf32>) -> tensor<2x4x4x8xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<2x8x8x8xf32>
  %start = linalg.fill ins(%zero : f32) outs(%empty : tensor<2x8x8x8xf32>) -> tensor<2x8x8x8xf32>
  %conv = linalg.conv_2d_nhwc_hwcf
      {dilations = dense<1> : tensor<2xi64>, strides = dense<1> : tensor<2xi64>}
      ins(%image, %filter : tensor<2x10x10x3xf32>, tensor<3x3x3x8xf32>)
      outs(%start : tensor<2x8x8x8xf32>) -> tensor<2x8x8x8xf32>

  %relu = linalg.generic {
      indexing_maps = [#point, #channel, #point],
      iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
      ins(%conv, %bias : tensor<2x8x8x8xf32>, tensor<8xf32>) outs(%empty : tensor<2x8x8x8xf32>) {
    ^bb0(%value: f32, %b: f32, %out: f32):
      %sum = arith.addf %value, %b : f32
      %kept = arith.maximumf %sum, %zero : f32
      linalg.yield %kept : f32
  } -> tensor<2x8x8x8xf32>

  %lowest = arith.constant 0xFF800000 : f32
  %pool_empty = tensor.empty() : tensor<2x4x4x8xf32>
  %pool_start = linalg.fill ins(%lowest : f32) outs(%pool_empty : tensor<2x4x4x8xf32>)
      -> tensor<2x4x4x8xf32>
  %window = tensor.empty() : tensor<2x2xf32>
  %pooled = linalg.pooling_nhwc_max
      {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>}
      ins(%relu, %window : tensor<2x8x8x8xf32>, tensor<2x2xf32>)
      outs(%pool_start : tensor<2x4x4x8xf32>) -> tensor<2x4x4x8xf32>
  return %pooled : tensor<2x4x4x8xf32>
}

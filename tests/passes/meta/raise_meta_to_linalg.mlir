// The names that contractions get.
//
// RUN: stepwell-opt %s --raise-meta-to-linalg | filecheck %s

// CHECK-DAG: #[[ROWS:.*]] = affine_map<(d0, d1, d2) -> (d0, d2)>
// CHECK-DAG: #[[COLUMNS:.*]] = affine_map<(d0, d1, d2) -> (d1, d2)>

// CHECK-LABEL: func.func @linear
// CHECK:         linalg.fill
// CHECK:         %[[R:.*]] = linalg.matmul indexing_maps = [#[[ROWS]], #[[COLUMNS]], #{{.*}}] ins(%x, %w : tensor<?x?xf32>, tensor<?x?xf32>)
// CHECK-NOT:     tensor<?x?x?xf32>
// CHECK:         return %[[R]]
func.func @linear(%x: tensor<?x?xf32>, %w: tensor<?x?xf32>) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %x, %c0 : tensor<?x?xf32>
  %n = tensor.dim %w, %c0 : tensor<?x?xf32>
  %a = meta.broadcast %x sizes(%n) dimensions = [1] : tensor<?x?xf32> -> tensor<?x?x?xf32>
  %b = meta.broadcast %w sizes(%m) dimensions = [0] : tensor<?x?xf32> -> tensor<?x?x?xf32>
  %p = arith.mulf %a, %b : tensor<?x?x?xf32>
  %r = meta.reduce add %p dimensions = [2] : tensor<?x?x?xf32> -> tensor<?x?xf32>
  return %r : tensor<?x?xf32>
}

// The image is padded; the products are never stored.
// CHECK-LABEL: func.func @convolution
// CHECK:         %[[X:.*]] = meta.reindex %x[{{.*}}] else %{{.*}} -> tensor<1x3x9x9xf32>
// CHECK:         linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>}
// CHECK-SAME:      ins(%[[X]], %w : tensor<1x3x9x9xf32>, tensor<4x3x3x3xf32>)
// CHECK-NOT:     x3x3x3x
// CHECK:         return
func.func @convolution(%x: tensor<1x3x8x8xf32>, %w: tensor<4x3x3x3xf32>) -> tensor<1x4x4x4xf32> {
  %zero = arith.constant 0.0 : f32
  %a = meta.reindex %x[affine_map<(n, f, h, w, c, k, l) -> (n, c, h * 2 + k - 1, w * 2 + l - 1)>] else %zero : tensor<1x3x8x8xf32>, f32 -> tensor<1x4x4x4x3x3x3xf32>
  %b = meta.broadcast %w dimensions = [0, 2, 3] : tensor<4x3x3x3xf32> -> tensor<1x4x4x4x3x3x3xf32>
  %p = arith.mulf %a, %b : tensor<1x4x4x4x3x3x3xf32>
  %r = meta.reduce add %p dimensions = [4, 5, 6] : tensor<1x4x4x4x3x3x3xf32> -> tensor<1x4x4x4xf32>
  return %r : tensor<1x4x4x4xf32>
}

// CHECK-LABEL: func.func @depthwise
// CHECK:         linalg.depthwise_conv_2d_nchw_chw
func.func @depthwise(%x: tensor<1x3x8x8xf32>, %w: tensor<3x3x3xf32>) -> tensor<1x3x6x6xf32> {
  %a = meta.reindex %x[affine_map<(n, c, h, w, k, l) -> (n, c, h + k, w + l)>] : tensor<1x3x8x8xf32> -> tensor<1x3x6x6x3x3xf32>
  %b = meta.broadcast %w dimensions = [0, 2, 3] : tensor<3x3x3xf32> -> tensor<1x3x6x6x3x3xf32>
  %p = arith.mulf %a, %b : tensor<1x3x6x6x3x3xf32>
  %r = meta.reduce add %p dimensions = [4, 5] : tensor<1x3x6x6x3x3xf32> -> tensor<1x3x6x6xf32>
  return %r : tensor<1x3x6x6xf32>
}

// CHECK-LABEL: func.func @grouped
// CHECK:         linalg.conv_2d_ngchw_gfchw
func.func @grouped(%x: tensor<1x2x3x8x8xf32>, %w: tensor<2x4x3x3x3xf32>) -> tensor<1x2x4x6x6xf32> {
  %a = meta.reindex %x[affine_map<(n, g, f, h, w, c, k, l) -> (n, g, c, h + k, w + l)>] : tensor<1x2x3x8x8xf32> -> tensor<1x2x4x6x6x3x3x3xf32>
  %b = meta.broadcast %w dimensions = [0, 3, 4] : tensor<2x4x3x3x3xf32> -> tensor<1x2x4x6x6x3x3x3xf32>
  %p = arith.mulf %a, %b : tensor<1x2x4x6x6x3x3x3xf32>
  %r = meta.reduce add %p dimensions = [5, 6, 7] : tensor<1x2x4x6x6x3x3x3xf32> -> tensor<1x2x4x6x6xf32>
  return %r : tensor<1x2x4x6x6xf32>
}

// The derivative of a convolution by its input: the filters are turned round.
// CHECK-LABEL: func.func @by_input
// CHECK:         %[[G:.*]] = meta.reindex %g[
// CHECK:         %[[W:.*]] = meta.reindex %w[
// CHECK:         %[[T:.*]] = linalg.transpose ins(%[[W]] : tensor<4x3x3x3xf32>) {{.*}} permutation = [1, 0, 2, 3]
// CHECK:         linalg.conv_2d_nchw_fchw
// CHECK-SAME:      ins(%[[G]], %[[T]] : tensor<1x4x10x10xf32>, tensor<3x4x3x3xf32>)
func.func @by_input(%g: tensor<1x4x6x6xf32>, %w: tensor<4x3x3x3xf32>) -> tensor<1x3x8x8xf32> {
  %a = meta.broadcast %g dimensions = [2, 5, 6] : tensor<1x4x6x6xf32> -> tensor<1x4x3x6x6x3x3xf32>
  %b = meta.broadcast %w dimensions = [0, 3, 4] : tensor<4x3x3x3xf32> -> tensor<1x4x3x6x6x3x3xf32>
  %p = arith.mulf %a, %b : tensor<1x4x3x6x6x3x3xf32>
  %r = meta.reindex_reduce add %p[affine_map<(n, f, c, h, w, k, l) -> (n, c, h + k, w + l)>] : tensor<1x4x3x6x6x3x3xf32> -> tensor<1x3x8x8xf32>
  return %r : tensor<1x3x8x8xf32>
}

// CHECK-LABEL: func.func @sum_of_squares
// CHECK-NEXT:    arith.mulf
// CHECK-NEXT:    meta.reduce
func.func @sum_of_squares(%x: tensor<?xf32>) -> tensor<f32> {
  %p = arith.mulf %x, %x : tensor<?xf32>
  %r = meta.reduce add %p dimensions = [0] : tensor<?xf32> -> tensor<f32>
  return %r : tensor<f32>
}

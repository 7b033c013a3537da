// The innermost loop passes along neighbours.
//
// RUN: stepwell-opt %s --linalg-order-loops --split-input-file | filecheck %s

// Rows, the sum, columns.
// CHECK-LABEL: func.func @matmul
// CHECK:         iterator_types = ["parallel", "reduction", "parallel"]
// CHECK:         arith.mulf {{.*}} fastmath<reassoc,contract>
func.func @matmul(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?xf32>) {
  linalg.matmul ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?xf32>)
  return
}

// -----

// Both operands are neighbours along the sum.
#a = affine_map<(m, n, k) -> (m, k)>
#b = affine_map<(m, n, k) -> (n, k)>
#c = affine_map<(m, n, k) -> (m, n)>
// CHECK-LABEL: func.func @transposed
// CHECK:         iterator_types = ["parallel", "parallel", "reduction"]
func.func @transposed(%a: memref<?x?xf32>, %b: memref<?x?xf32>, %c: memref<?x?xf32>) {
  linalg.matmul indexing_maps = [#a, #b, #c] ins(%a, %b : memref<?x?xf32>, memref<?x?xf32>) outs(%c : memref<?x?xf32>)
  return
}

// -----

// CHECK-LABEL: func.func @convolution
// CHECK:         iterator_types = ["parallel", "parallel", "parallel", "reduction", "reduction", "reduction", "parallel"]
func.func @convolution(%x: memref<?x?x?x?xf32>, %w: memref<?x?x?x?xf32>, %y: memref<?x?x?x?xf32>) {
  linalg.conv_2d_nchw_fchw {dilations = dense<1> : tensor<2xi64>, strides = dense<2> : tensor<2xi64>}
    ins(%x, %w : memref<?x?x?x?xf32>, memref<?x?x?x?xf32>) outs(%y : memref<?x?x?x?xf32>)
  return
}

// -----

// What reduces nothing stays; positions follow their loops.
// CHECK-LABEL: func.func @positions
// CHECK:         linalg.fill
// CHECK:         iterator_types = ["parallel", "reduction", "parallel"]
// CHECK:           linalg.index 1
func.func @positions(%x: memref<?x?x?xindex>, %y: memref<?x?xindex>) {
  %zero = arith.constant 0 : index
  linalg.fill ins(%zero : index) outs(%y : memref<?x?xindex>)
  linalg.generic {
    indexing_maps = [affine_map<(i, j, k) -> (j, k, i)>, affine_map<(i, j, k) -> (j, i)>],
    iterator_types = ["parallel", "parallel", "reduction"]
  } ins(%x : memref<?x?x?xindex>) outs(%y : memref<?x?xindex>) {
  ^bb0(%in: index, %out: index):
    %k = linalg.index 2 : index
    %p = arith.muli %in, %k : index
    %s = arith.addi %out, %p : index
    linalg.yield %s : index
  }
  return
}

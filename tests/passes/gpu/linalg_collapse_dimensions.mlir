// Dimensions that all operands have side by side become one.
//
// RUN: stepwell-opt %s --linalg-collapse-dimensions --split-input-file | filecheck %s

// CHECK-LABEL: func.func @all_of_them
// CHECK-COUNT-2: memref.collapse_shape %{{.*}} {{\[\[}}0, 1, 2]] : memref<?x4x5xf32> into memref<?xf32>
// CHECK:         linalg.generic {{.*}} iterator_types = ["parallel"]}
func.func @all_of_them(%x: memref<?x4x5xf32>, %y: memref<?x4x5xf32>) {
  linalg.exp ins(%x : memref<?x4x5xf32>) outs(%y : memref<?x4x5xf32>)
  return
}

// -----

// A bias for each channel: height and width only.
#whole = affine_map<(n, c, h, w) -> (n, c, h, w)>
#channel = affine_map<(n, c, h, w) -> (c)>
// CHECK-LABEL: func.func @bias
// CHECK-COUNT-2: memref.collapse_shape %{{.*}} {{\[\[}}0], [1], [2, 3]]
// CHECK:         iterator_types = ["parallel", "parallel", "parallel"]
func.func @bias(%x: memref<?x?x?x?xf32>, %b: memref<?xf32>, %y: memref<?x?x?x?xf32>) {
  linalg.generic {indexing_maps = [#whole, #channel, #whole], iterator_types = ["parallel", "parallel", "parallel", "parallel"]}
    ins(%x, %b : memref<?x?x?x?xf32>, memref<?xf32>) outs(%y : memref<?x?x?x?xf32>) {
  ^bb0(%a: f32, %c: f32, %o: f32):
    %s = arith.addf %a, %c : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// What is summed; the sums keep their dimensions, and so does what fills them.
#whole = affine_map<(a, b, c, d) -> (a, b, c, d)>
#first = affine_map<(a, b, c, d) -> (a, b)>
// CHECK-LABEL: func.func @sums(
// CHECK-SAME:    %{{.*}}, %[[SUMS:.*]]: memref<?x?xf32>, %
// CHECK:         linalg.fill {{.*}} outs(%[[SUMS]]
// CHECK:         memref.collapse_shape %{{.*}} {{\[\[}}0], [1], [2, 3]]
// CHECK:         iterator_types = ["parallel", "parallel", "reduction"]} {{.*}} outs(%[[SUMS]]
func.func @sums(%x: memref<?x?x?x?xf32>, %y: memref<?x?xf32>, %f: f32) {
  linalg.fill ins(%f : f32) outs(%y : memref<?x?xf32>)
  linalg.generic {indexing_maps = [#whole, #first], iterator_types = ["parallel", "parallel", "reduction", "reduction"]}
    ins(%x : memref<?x?x?x?xf32>) outs(%y : memref<?x?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %o, %a : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// Rows with gaps, elements in another order, and bodies that ask where they are.
#same = affine_map<(i, j) -> (i, j)>
#turned = affine_map<(i, j) -> (j, i)>
// CHECK-LABEL: func.func @stays
// CHECK-NOT:     memref.collapse_shape
func.func @stays(%x: memref<4x4xf32, strided<[8, 1]>>, %y: memref<4x4xf32>, %z: memref<4x4xindex>) {
  linalg.exp ins(%x : memref<4x4xf32, strided<[8, 1]>>) outs(%y : memref<4x4xf32>)
  linalg.generic {indexing_maps = [#turned, #same], iterator_types = ["parallel", "parallel"]}
    ins(%x : memref<4x4xf32, strided<[8, 1]>>) outs(%y : memref<4x4xf32>) {
  ^bb0(%a: f32, %o: f32):
    linalg.yield %a : f32
  }
  linalg.generic {indexing_maps = [#same], iterator_types = ["parallel", "parallel"]} outs(%z : memref<4x4xindex>) {
  ^bb0(%o: index):
    %i = linalg.index 1 : index
    linalg.yield %i : index
  }
  return
}

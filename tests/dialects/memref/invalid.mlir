// error: incorrect number of dynamic sizes, has 0, expected 1
func.func @f(%i: index, %a: memref<4x?xf32>, %u: memref<*xf32>) {
  %0 = "memref.alloc"() <{operandSegmentSizes = array<i32: 0, 0>}> : () -> memref<?xf32>
  return
}
// -----
// error: symbol operand count does not equal memref symbol count: expected 0, got 1
func.func @f(%i: index, %a: memref<4x?xf32>, %u: memref<*xf32>) {
  %0 = "memref.alloc"(%i) <{operandSegmentSizes = array<i32: 0, 1>}> : (index) -> memref<4xf32>
  return
}
// -----
// error: incorrect number of indices for load, expected 2 but got 1
func.func @f(%i: index, %a: memref<4x?xf32>, %u: memref<*xf32>) {
  %0 = "memref.load"(%a, %i) : (memref<4x?xf32>, index) -> f32
  return
}
// -----
// error: failed to verify that result type matches element type of 'memref'
func.func @f(%i: index, %a: memref<4x?xf32>, %u: memref<*xf32>) {
  %0 = "memref.load"(%a, %i, %i) : (memref<4x?xf32>, index, index) -> i32
  return
}
// -----
// error: store index operand count not equal to memref rank
func.func @f(%i: index, %a: memref<4x?xf32>, %f: f32) {
  "memref.store"(%f, %a, %i) : (f32, memref<4x?xf32>, index) -> ()
  return
}
// -----
// error: failed to verify that type of 'value' matches element type of 'memref'
func.func @f(%i: index, %a: memref<4x?xf32>, %f: f64) {
  "memref.store"(%f, %a, %i, %i) : (f64, memref<4x?xf32>, index, index) -> ()
  return
}
// -----
// error: operand type 'memref<4x?xf32>' and result type 'memref<5x?xf32>' are cast incompatible
func.func @f(%i: index, %a: memref<4x?xf32>, %f: f64) {
  %0 = memref.cast %a : memref<4x?xf32> to memref<5x?xf32>
  return
}
// -----
// error: result #0 must be statically shaped memref of any type values, but got 'memref<5x?xf32>'
func.func @f(%i: index, %a: memref<4x?xf32>, %f: f64) {
  %0 = memref.get_global @x : memref<5x?xf32>
  return
}
// -----
// error: result type 'memref<4xf32>' does not match type 'memref<5xf32>' of the global memref @x
memref.global @x : memref<5xf32>
func.func @f(%i: index, %a: memref<4x?xf32>, %f: f64) {
  %0 = memref.get_global @x : memref<4xf32>
  return
}
// -----
// error: type should be static shaped memref, but got 'memref<?xf32>'
memref.global @x : memref<?xf32>
// -----
// error: unexpected decimal integer literal for a floating point value
memref.global @x : memref<4xf32> = dense<1> : tensor<4xi32>
// -----
// error: initial value should be a unit or elements attribute
memref.global @x : memref<4xf32> = "foo"
// -----
// error: expected result type with size = 128 instead of 127 in dim = 0
func.func @f(%i: index, %a: memref<8x16xf32>, %u: memref<*xf32>) {
  %4 = memref.reinterpret_cast %a to offset: [0], sizes: [128], strides: [1] : memref<8x16xf32> to memref<127xf32>
  return
}
// -----
// error: expected result type with offset = 1 instead of 0
func.func @f(%i: index, %a: memref<8x16xf32>, %u: memref<*xf32>) {
  %4 = memref.reinterpret_cast %a to offset: [1], sizes: [128], strides: [1] : memref<8x16xf32> to memref<128xf32>
  return
}
// -----
// error: expected result type with stride = 2 instead of 1 in dim = 0
func.func @f(%i: index, %a: memref<8x16xf32>, %u: memref<*xf32>) {
  %4 = memref.reinterpret_cast %a to offset: [0], sizes: [128], strides: [2] : memref<8x16xf32> to memref<128xf32>
  return
}
// -----
// error: different element types specified for source type 'memref<8x16xf32>' and result memref type 'memref<128xf64>'
func.func @f(%i: index, %a: memref<8x16xf32>, %u: memref<*xf32>) {
  %4 = memref.reinterpret_cast %a to offset: [0], sizes: [128], strides: [1] : memref<8x16xf32> to memref<128xf64>
  return
}
// -----
// error: different memory spaces specified for source type 'memref<8x16xf32>' and result memref type 'memref<128xf32, 3>'
func.func @f(%i: index, %a: memref<8x16xf32>, %u: memref<*xf32>) {
  %4 = memref.reinterpret_cast %a to offset: [0], sizes: [128], strides: [1] : memref<8x16xf32> to memref<128xf32, 3>
  return
}
// -----
// error: incorrect number of dynamic sizes, has 1, expected 0
func.func @f(%i: index, %a: memref<2048xi8>, %u: memref<*xf32>) {
  %4 = memref.view %a[%i][%i] : memref<2048xi8> to memref<64x4xf32>
  return
}
// -----
// error: collapsed dim size (16) must equal reassociation group size (17)
func.func @f(%a: memref<8x16xf32>) {
  %8 = memref.expand_shape %a [[0, 1], [2]] output_shape [2, 4, 16] : memref<8x16xf32> into memref<2x4x17xf32>
  return
}
// -----
// error: collapsed dim size (8) must equal reassociation group size (10)
func.func @f(%a: memref<8x16xf32>) {
  %8 = memref.expand_shape %a [[0, 1], [2]] output_shape [2, 5, 16] : memref<8x16xf32> into memref<2x5x16xf32>
  return
}
// -----
// error: invalid number of reassociation groups: found 1, expected 2
func.func @f(%a: memref<8x16xf32>) {
  %8 = memref.expand_shape %a [[0, 1]] output_shape [2, 4, 16] : memref<8x16xf32> into memref<2x4x16xf32>
  return
}
// -----
// error: collapsed dim size (127) must equal reassociation group size (128)
func.func @f(%a: memref<8x16xf32>) {
  %8 = memref.collapse_shape %a [[0, 1]] : memref<8x16xf32> into memref<127xf32>
  return
}
// -----
// error: invalid source layout map or collapsing non-contiguous dims
func.func @f(%a: memref<8x16xf32, strided<[32, 1]>>) {
  %8 = memref.collapse_shape %a [[0, 1]] : memref<8x16xf32, strided<[32, 1]>> into memref<128xf32>
  return
}
// -----
// error: reassociation indices must be contiguous
func.func @f(%a: memref<8x16xf32>) {
  %8 = memref.collapse_shape %a [[0], [2]] : memref<8x16xf32> into memref<8x16xf32>
  return
}
// -----
// error: expected a permutation map
func.func @f(%a: memref<8x16xf32>) {
  %12 = memref.transpose %a (i, j) -> (j, j) : memref<8x16xf32> to memref<16x8xf32>
  return
}
// -----
// error: cannot use shape operand with dynamic length to reshape to statically-ranked memref type
func.func @f(%a: memref<8x16xf32>, %s: memref<?xindex>) {
  %12 = memref.reshape %a(%s) : (memref<8x16xf32>, memref<?xindex>) -> memref<16x8xf32>
  return
}
// -----
// error: length of shape operand differs from the result's memref rank
func.func @f(%a: memref<8x16xf32>, %s: memref<3xindex>) {
  %12 = memref.reshape %a(%s) : (memref<8x16xf32>, memref<3xindex>) -> memref<16x8xf32>
  return
}
// -----
// error: operand #0 must be signless integer or floating-point, but got 'index'
func.func @f(%a: memref<8x16xf32>, %i : index) {
  %12 = memref.atomic_rmw addi %i, %a[%i, %i] : (index, memref<8x16xf32>) -> index
  return
}
// -----
// error: with kind 'addi' expects an integer type
func.func @f(%a: memref<8x16xf32>, %i : index, %f: f32) {
  %12 = memref.atomic_rmw addi %f, %a[%i, %i] : (f32, memref<8x16xf32>) -> f32
  return
}
// -----
// error: expects the number of subscripts to be equal to memref rank
func.func @f(%a: memref<8x16xf32>, %i : index, %f: f32) {
  %12 = memref.atomic_rmw addf %f, %a[%i] : (f32, memref<8x16xf32>) -> f32
  return
}
// -----
// error: requires the same shape for all operands
func.func @f(%a: memref<8x16xf32>, %b : memref<8x17xf32>) {
  memref.copy %a, %b : memref<8x16xf32> to memref<8x17xf32>
  return
}
// -----
// error: operand type 'memref<8x16xf32>' and result type 'memref<8x15xf32, 3>' are cast incompatible
func.func @f(%a: memref<8x16xf32>, %b : memref<8x16xf32, 3>) {
  %c = memref.memory_space_cast %a : memref<8x16xf32> to memref<8x15xf32, 3>
  return
}
// -----
// error: expected the number of 'offsets' to match the number of dynamic entries in 'static_offsets' (1 vs 0)
func.func @f(%m: memref<8x16xf32>, %a: index) {
  %0 = "memref.subview"(%m, %a) <{operandSegmentSizes = array<i32: 1, 1, 0, 0>, static_offsets = array<i64: 0>, static_sizes = array<i64: 4, 4>, static_strides = array<i64: 1, 1>}> : (memref<8x16xf32>, index) -> memref<4x4xf32, strided<[16, 1]>>
  return
}
// -----
// error: expected the number of 'offsets' to match the number of dynamic entries in 'static_offsets' (1 vs 0)
func.func @f(%m: memref<8x16xf32>, %a: index) {
  %0 = "memref.subview"(%m, %a) <{operandSegmentSizes = array<i32: 1, 1, 0, 0>, static_offsets = array<i64: 0, 1>, static_sizes = array<i64: 4, 4>, static_strides = array<i64: 1, 1>}> : (memref<8x16xf32>, index) -> memref<4x4xf32, strided<[16, 1]>>
  return
}
// -----
// error: expected mixed offsets rank to match mixed sizes rank (2 vs 3) so the rank of the result type is well-formed.
func.func @f(%m: memref<8x16xf32>, %a: index) {
  %0 = "memref.subview"(%m, %a) <{operandSegmentSizes = array<i32: 1, 1, 0, 0>, static_offsets = array<i64: 0, -9223372036854775808>, static_sizes = array<i64: 4, 4, 4>, static_strides = array<i64: 1, 1>}> : (memref<8x16xf32>, index) -> memref<4x4xf32, strided<[16, 1]>>
  return
}
// -----
// error: expected sizes to be non-negative, but got -4
func.func @f(%m: memref<8x16xf32>, %a: index) {
  %0 = memref.subview %m[0,0][4,-4][1,1] : memref<8x16xf32> to memref<4x4xf32, strided<[16, 1]>>
  return
}
// -----
// error: expected result type to be 'memref<4x4xf32, strided<[16, 1]>>' or a rank-reduced version. (mismatch of result layout), but got 'memref<4x4xf32, strided<[15, 1]>>'
func.func @f(%m: memref<8x16xf32>, %a: index) {
  %0 = memref.subview %m[0,0][4,4][1,1] : memref<8x16xf32> to memref<4x4xf32, strided<[15, 1]>>
  return
}
// -----
// error: slice along dimension 1 runs out-of-bounds: 17 >= 16
func.func @f(%m: memref<8x16xf32>, %a: index) {
  %0 = memref.subview %m[0,14][4,4][1,1] : memref<8x16xf32> to memref<4x4xf32, strided<[16, 1], offset: 14>>
  return
}
// -----
// error: expected result rank to be smaller or equal to the source rank, but got 'memref<4x4x1xf32, strided<[16, 1, 1]>>'
func.func @f(%m: memref<8x16xf32>, %a: index) {
  %0 = memref.subview %m[0,0][4,4][1,1] : memref<8x16xf32> to memref<4x4x1xf32, strided<[16, 1, 1]>>
  return
}
// -----
// error: expected result type to be 'memref<4x4xf32, strided<[16, 1]>>' or a rank-reduced version. (mismatch of result sizes), but got 'memref<4x3xf32, strided<[16, 1]>>'
func.func @f(%m: memref<8x16xf32>, %a: index) {
  %0 = memref.subview %m[0,0][4,4][1,1] : memref<8x16xf32> to memref<4x3xf32, strided<[16, 1]>>
  return
}
// -----
// error: expected result element type to be 'f32', but got 'memref<4x4xf64, strided<[16, 1]>>'
func.func @f(%m: memref<8x16xf32>, %a: index) {
  %0 = memref.subview %m[0,0][4,4][1,1] : memref<8x16xf32> to memref<4x4xf64, strided<[16, 1]>>
  return
}
// -----
// error: different memory spaces specified for base memref type 'memref<8x16xf32>' and subview memref type 'memref<4x4xf32, strided<[16, 1]>, 3>'
func.func @f(%m: memref<8x16xf32>, %a: index) {
  %0 = memref.subview %m[0,0][4,4][1,1] : memref<8x16xf32> to memref<4x4xf32, strided<[16, 1]>, 3>
  return
}
// -----
// error: expected result type to be 'memref<4x1xf32, strided<[16, 1]>>' or a rank-reduced version. (mismatch of result layout), but got 'memref<4xf32, strided<[15]>>'
func.func @f(%m: memref<8x16xf32>, %a: index) {
  %0 = memref.subview %m[0,0][4,1][1,1] : memref<8x16xf32> to memref<4xf32, strided<[15]>>
  return
}

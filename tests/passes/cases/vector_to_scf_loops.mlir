// PASSES: func.func(convert-vector-to-scf)
func.func @read(%m: memref<?x?xf32>, %i: index, %j: index, %p: f32) -> vector<3x4xf32> {
  %v = vector.transfer_read %m[%i, %j], %p : memref<?x?xf32>, vector<3x4xf32>
  return %v : vector<3x4xf32>
}
func.func @read3(%m: memref<?x?x9xf32>, %i: index, %j: index, %p: f32, %k: vector<2x3x4xi1>) -> vector<2x3x4xf32> {
  %c2 = arith.constant 2 : index
  %v = vector.transfer_read %m[%i, %j, %c2], %p, %k {in_bounds = [true, false, false]} : memref<?x?x9xf32>, vector<2x3x4xf32>
  return %v : vector<2x3x4xf32>
}
func.func @transp(%m: memref<?x?xf32>, %i: index, %j: index, %p: f32) -> vector<3x4xf32> {
  %v = vector.transfer_read %m[%i, %j], %p {permutation_map = affine_map<(d0, d1) -> (d1, d0)>} : memref<?x?xf32>, vector<3x4xf32>
  return %v : vector<3x4xf32>
}
func.func @bcast(%m: memref<?x?xf32>, %i: index, %j: index, %p: f32, %k: vector<3xi1>) -> vector<3x4xf32> {
  %v = vector.transfer_read %m[%i, %j], %p, %k {permutation_map = affine_map<(d0, d1) -> (d0, 0)>} : memref<?x?xf32>, vector<3x4xf32>
  %u = vector.transfer_read %m[%i, %j], %p {permutation_map = affine_map<(d0, d1) -> (0, d1)>} : memref<?x?xf32>, vector<3x4xf32>
  %w = vector.transfer_read %m[%i, %j], %p {permutation_map = affine_map<(d0, d1) -> (0, 0)>} : memref<?x?xf32>, vector<3x4xf32>
  %a = arith.addf %v, %u : vector<3x4xf32>
  %b = arith.addf %a, %w : vector<3x4xf32>
  return %b : vector<3x4xf32>
}
func.func @wr(%m: memref<?x?x?xf32>, %i: index, %v: vector<3x4xf32>, %k: vector<3x4xi1>) {
  vector.transfer_write %v, %m[%i, %i, %i], %k {permutation_map = affine_map<(d0, d1, d2) -> (d0, d1)>} : vector<3x4xf32>, memref<?x?x?xf32>
  vector.transfer_write %v, %m[%i, %i, %i] {permutation_map = affine_map<(d0, d1, d2) -> (d2, d1)>} : vector<3x4xf32>, memref<?x?x?xf32>
  return
}
func.func @one(%m: memref<?x?xf32>, %i: index, %p: f32, %k: vector<4xi1>) -> vector<4xf32> {
  %v = vector.transfer_read %m[%i, %i], %p, %k {permutation_map = affine_map<(d0, d1) -> (d0)>} : memref<?x?xf32>, vector<4xf32>
  vector.transfer_write %v, %m[%i, %i] {permutation_map = affine_map<(d0, d1) -> (d0)>} : vector<4xf32>, memref<?x?xf32>
  vector.print %v : vector<4xf32>
  return %v : vector<4xf32>
}
func.func @loops(%m: memref<?x?xf32>, %i: index, %p: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.for %a = %c0 to %i step %c1 {
    %z = affine.apply affine_map<(d0) -> (d0 * 4 + 1)>(%a)
    %v = vector.transfer_read %m[%z, %c1], %p : memref<?x?xf32>, vector<3x4xf32>
    vector.transfer_write %v, %m[%c0, %z] : vector<3x4xf32>, memref<?x?xf32>
  }
  return
}
func.func @strided(%m: memref<8x8xf32, strided<[8, 2], offset: ?>>, %i: index, %p: f32, %v: vector<4xf32>, %k: vector<4xi1>) -> vector<4xf32> {
  %c5 = arith.constant 5 : index
  %r = vector.transfer_read %m[%i, %c5], %p, %k : memref<8x8xf32, strided<[8, 2], offset: ?>>, vector<4xf32>
  vector.transfer_write %v, %m[%i, %c5], %k : vector<4xf32>, memref<8x8xf32, strided<[8, 2], offset: ?>>
  return %r : vector<4xf32>
}
func.func @repeated(%m: memref<8xf32>, %i: index, %p: f32) -> vector<4xf32> {
  %r = vector.transfer_read %m[%i], %p {permutation_map = affine_map<(d0) -> (0)>} : memref<8xf32>, vector<4xf32>
  return %r : vector<4xf32>
}
func.func @inside(%m: memref<8x8x8xf32>, %p: f32) -> vector<2x3x4xf32> {
  %c1 = arith.constant 1 : index
  %r = vector.transfer_read %m[%c1, %c1, %c1], %p : memref<8x8x8xf32>, vector<2x3x4xf32>
  return %r : vector<2x3x4xf32>
}
func.func @inside_write(%m: memref<8x8x8xf32>, %v: vector<2x3x4xf32>) {
  %c1 = arith.constant 1 : index
  vector.transfer_write %v, %m[%c1, %c1, %c1] : vector<2x3x4xf32>, memref<8x8x8xf32>
  return
}
func.func @masked_in_another_order(%m: memref<?x?x?xf32>, %i: index, %p: f32, %k: vector<2x3x4xi1>, %v: vector<4x2x3xf32>) -> vector<4x2x3xf32> {
  %r = vector.transfer_read %m[%i, %i, %i], %p, %k {permutation_map = affine_map<(d0, d1, d2) -> (d2, d0, d1)>, in_bounds = [true, false, true]} : memref<?x?x?xf32>, vector<4x2x3xf32>
  vector.transfer_write %v, %m[%i, %i, %i], %k {permutation_map = affine_map<(d0, d1, d2) -> (d2, d0, d1)>, in_bounds = [false, true, false]} : vector<4x2x3xf32>, memref<?x?x?xf32>
  return %r : vector<4x2x3xf32>
}
func.func @repeated_inside(%m: memref<?x?xf32>, %i: index, %p: f32, %k: vector<3x4xi1>) -> vector<3x2x4xf32> {
  %r = vector.transfer_read %m[%i, %i], %p, %k {permutation_map = affine_map<(d0, d1) -> (d0, 0, d1)>} : memref<?x?xf32>, vector<3x2x4xf32>
  return %r : vector<3x2x4xf32>
}
func.func @from_parts(%m: memref<?x?xf32>, %i: index, %p: f32, %v: vector<2x3x4xf32>) -> vector<2x3x4xf32> {
  %r = vector.transfer_read %m[%i, %i], %p : memref<?x?xf32>, vector<3x4xf32>
  %w = vector.insert %r, %v [1] : vector<3x4xf32> into vector<2x3x4xf32>
  %e = vector.extract %v[0] : vector<3x4xf32> from vector<2x3x4xf32>
  vector.transfer_write %e, %m[%i, %i] : vector<3x4xf32>, memref<?x?xf32>
  return %w : vector<2x3x4xf32>
}
func.func @vectors_in_memory(%m: memref<?x?xvector<4xf32>>, %i: index, %p: vector<4xf32>) -> vector<3x4xf32> {
  %r = vector.transfer_read %m[%i, %i], %p : memref<?x?xvector<4xf32>>, vector<3x4xf32>
  return %r : vector<3x4xf32>
}
func.func @scalable(%m: memref<?x?xf32>, %i: index, %p: f32) -> vector<3x[4]xf32> {
  %r = vector.transfer_read %m[%i, %i], %p : memref<?x?xf32>, vector<3x[4]xf32>
  %q = vector.transfer_read %m[%i, %i], %p {permutation_map = affine_map<(d0, d1) -> (d0)>} : memref<?x?xf32>, vector<[4]xf32>
  "test.use"(%q) : (vector<[4]xf32>) -> ()
  return %r : vector<3x[4]xf32>
}

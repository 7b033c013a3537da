// PASSES: func.func(convert-vector-to-scf{target-rank=0})
func.func @read(%m: memref<?x?xf32>, %i: index, %j: index, %p: f32) -> vector<3x4xf32> {
  %v = vector.transfer_read %m[%i, %j], %p : memref<?x?xf32>, vector<3x4xf32>
  return %v : vector<3x4xf32>
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

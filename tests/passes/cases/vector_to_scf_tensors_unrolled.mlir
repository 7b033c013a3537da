// PASSES: func.func(convert-vector-to-scf{full-unroll=true lower-tensors=true})
func.func @zero(%m: memref<f32>, %p: f32, %t: tensor<?x?xf32>, %i: index, %v: vector<3x4xf32>, %k: vector<3x4xi1>) -> (vector<f32>, tensor<?x?xf32>, vector<3x4xf32>) {
  %r = vector.transfer_read %m[], %p : memref<f32>, vector<f32>
  %q = vector.transfer_read %t[%i, %i], %p : tensor<?x?xf32>, vector<3x4xf32>
  %w = vector.transfer_write %v, %t[%i, %i], %k : vector<3x4xf32>, tensor<?x?xf32>
  return %r, %w, %q : vector<f32>, tensor<?x?xf32>, vector<3x4xf32>
}

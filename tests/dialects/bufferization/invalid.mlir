// error: incorrect number of dynamic sizes, has 1, expected 0
func.func @f(%t: tensor<4x4xf32>, %m: memref<3xf32>, %i: index) {
  %21 = bufferization.alloc_tensor(%i) : tensor<4xf32>
  return
}
// -----
// error: use of value '%t' expects different type than prior uses: 'tensor<?x4xf32>' vs 'tensor<4x4xf32>'
func.func @f(%t: tensor<4x4xf32>, %m: memref<3xf32>, %i: index) {
  %21 = bufferization.alloc_tensor(%i) copy(%t) : tensor<?x4xf32>
  return
}
// -----
// error: 'writable' must be specified if and only if the destination is of memref type
func.func @f(%t: tensor<4x4xf32>, %m: memref<3xf32>, %i: index) {
  bufferization.materialize_in_destination %t in %m : (tensor<4x4xf32>, memref<3xf32>) -> ()
  return
}
// -----
// error: 'writable' must be specified if and only if the destination is of memref type
func.func @f(%t: tensor<4x4xf32>, %m: memref<4x4xf32>, %i: index) {
  bufferization.materialize_in_destination %t in %m : (tensor<4x4xf32>, memref<4x4xf32>) -> ()
  return
}
// -----
// error: 'writable' must be specified if and only if the destination is of memref type
func.func @f(%t: tensor<4x4xf32>, %m: memref<4x4xf32>, %i: index) {
  bufferization.materialize_in_destination %t in restrict %m : (tensor<4x4xf32>, memref<4x4xf32>) -> ()
  return
}
// -----
// error: must have the same number of conditions as memrefs to deallocate
func.func @f(%t: tensor<4x4xf32>, %m: memref<4x4xf32>, %c: i1) {
  bufferization.dealloc (%m : memref<4x4xf32>) if (%c, %c)
  return
}

func.func @f(%t: tensor<4x8xf32>, %i: index) {
  %30 = bufferization.alloc_tensor(%i) : tensor<?x4xf32>
  %31 = bufferization.alloc_tensor() copy(%t) {memory_space = 1 : i64} : tensor<4x8xf32>
  %32 = bufferization.alloc_tensor() size_hint=%i : tensor<4x8xf32>
  %33 = bufferization.to_buffer %t : tensor<4x8xf32> to memref<4x8xf32>
  %34 = bufferization.to_buffer %t read_only {a} : tensor<4x8xf32> to memref<4x8xf32, strided<[?, ?], offset: ?>>
  %35 = bufferization.to_tensor %33 restrict writable : memref<4x8xf32> to tensor<4x8xf32>
  %36 = bufferization.clone %33 : memref<4x8xf32> to memref<4x8xf32>
  %37 = bufferization.materialize_in_destination %t in %t : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
  bufferization.materialize_in_destination %t in restrict writable %33 : (tensor<4x8xf32>, memref<4x8xf32>) -> ()
  bufferization.dealloc_tensor %t : tensor<4x8xf32>
  %c = arith.constant true
  %38 = bufferization.dealloc (%33, %36 : memref<4x8xf32>, memref<4x8xf32>) if (%c, %c) retain (%33 : memref<4x8xf32>)
  bufferization.dealloc (%33 : memref<4x8xf32>) if (%c)
  bufferization.dealloc
  return
}

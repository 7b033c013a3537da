func.func @there_and_back(%t: tensor<4xf32>) -> (tensor<4xf32>, tensor<4xf32>) {
  %m = bufferization.to_buffer %t : tensor<4xf32> to memref<4xf32>
  %x = arith.constant 5.0 : f32
  %c = bufferization.clone %m : memref<4xf32> to memref<4xf32>
  linalg.fill ins(%x : f32) outs(%m : memref<4xf32>)
  %0 = bufferization.to_tensor %c restrict : memref<4xf32> to tensor<4xf32>
  %1 = bufferization.to_tensor %m restrict : memref<4xf32> to tensor<4xf32>
  return %0, %1 : tensor<4xf32>, tensor<4xf32>
}
func.func @materialize(%t: tensor<4xf32>, %m: memref<4xf32>) -> tensor<4xf32> {
  bufferization.materialize_in_destination %t in writable %m : (tensor<4xf32>, memref<4xf32>) -> ()
  %a = bufferization.alloc_tensor() copy(%t) : tensor<4xf32>
  return %a : tensor<4xf32>
}
func.func @dealloc() -> (i1, i1) {
  %a = memref.alloc() : memref<4xf32>
  %b = memref.alloc() : memref<4xf32>
  %yes = arith.constant true
  %r:2 = bufferization.dealloc (%a, %b : memref<4xf32>, memref<4xf32>) if (%yes, %yes) retain (%a, %b : memref<4xf32>, memref<4xf32>)
  bufferization.dealloc (%b : memref<4xf32>) if (%yes) retain (%a : memref<4xf32>)
  memref.dealloc %a : memref<4xf32>
  return %r#0, %r#1 : i1, i1
}
func.func @freed() -> f32 {
  %a = memref.alloc() : memref<4xf32>
  %yes = arith.constant true
  bufferization.dealloc (%a : memref<4xf32>) if (%yes)
  %c0 = arith.constant 0 : index
  %x = memref.load %a[%c0] : memref<4xf32>
  return %x : f32
}

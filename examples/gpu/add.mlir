func.func @add(%a: memref<1024x512xf32>, %b: memref<1024x512xf32>, %c: memref<1024x512xf32>) {
  linalg.add ins(%a, %b : memref<1024x512xf32>, memref<1024x512xf32>) outs(%c : memref<1024x512xf32>)
  return
}

// PASSES: finalize-memref-to-llvm{use-aligned-alloc=true}
func.func @f(%n: memref<2x3xf32>, %i: index, %m: memref<?x?xf32, strided<[?,1], offset: ?>>, %n2 :memref<2x3xf32,strided<[3,1], offset: 2>>) {
  %b = memref.alloc(%i) {alignment = 64} : memref<?x3xf32>
  memref.dealloc %b : memref<?x3xf32>
  %c = memref.alloc() : memref<3xvector<4xf32>>
  %cd = memref.alloc() : memref<3xmemref<4xf32>>
  %d = memref.realloc %c : memref<3xvector<4xf32>> to memref<9xvector<4xf32>>
  memref.copy %n2, %n2 : memref<2x3xf32,strided<[3,1], offset: 2>> to memref<2x3xf32,strided<[3,1], offset: 2>>
  return
}

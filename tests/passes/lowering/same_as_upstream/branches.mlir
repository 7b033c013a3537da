// PASSES: convert-cf-to-llvm
func.func @f(%m: memref<4xf32>, %c: i1, %i: index) -> memref<4xf32> {
  cf.cond_br %c, ^a(%m, %i: memref<4xf32>, index), ^b
^a(%x: memref<4xf32>, %j: index):
  %q = memref.subview %x[1][2][1] : memref<4xf32> to memref<2xf32, strided<[1], offset: 1>>
  return %x : memref<4xf32>
^b:
  return %m : memref<4xf32>
}

// PASSES: convert-func-to-llvm
func.func @f(%u: memref<*xf32>) -> (memref<*xf32>, i32) {
  %c = arith.constant 1 : i32
  return %u, %c : memref<*xf32>, i32
}
func.func @g(%u: memref<*xf32>) -> memref<*xf32>{
  %r:2 = func.call @f(%u) : (memref<*xf32>) -> (memref<*xf32>, i32)
  return %r : memref<*xf32>
}
func.func @h(%u: memref<2xf32> {llvm.noalias, llvm.align = 16 : i32}, %i : index {llvm.noundef}) -> memref<2xf32> attributes {llvm.linkage = #llvm.linkage<internal>, no_inline} {
  %r = func.call @h(%u, %i) {no_inline} : (memref<2xf32>, index) -> (memref<2xf32>)
  return %r : memref<2xf32>
}

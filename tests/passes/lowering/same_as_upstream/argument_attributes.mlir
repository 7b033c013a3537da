// PASSES: convert-func-to-llvm
func.func @g(%m : memref<?x4xf32> {llvm.noalias}, %a: i32 {llvm.noundef}) -> memref<?x4xf32> {
  return %m : memref<?x4xf32>
}
func.func private @e(%m : memref<?x4xf32> {llvm.noalias}, %a: i32 {llvm.noundef}) -> (i32 {llvm.noundef})
func.func @two(%m : memref<?x4xf32>) -> (i32 {llvm.noundef}, i64) {
  %0 = arith.constant 1 : i32
  %1 = arith.constant 1 : i64
  return %0, %1 : i32, i64
}

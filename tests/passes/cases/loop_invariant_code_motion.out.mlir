module {
  func.func @f(%arg0: memref<4xi32>, %arg1: i32, %arg2: index, %arg3: index, %arg4: index, %arg5: index, %arg6: memref<?xi32>) -> i32 {
    %0 = arith.muli %arg1, %arg1 : i32
    %1 = scf.for %arg7 = %arg3 to %arg4 step %arg5 iter_args(%arg8 = %arg1) -> (i32) {
      %2 = memref.load %arg0[%arg2] : memref<4xi32>
      %3 = arith.divsi %arg1, %arg1 : i32
      %4 = arith.addi %0, %2 : i32
      %dim = memref.dim %arg6, %arg2 : memref<?xi32>
      %5 = arith.index_cast %dim : index to i32
      %6 = arith.addi %4, %5 : i32
      %7 = arith.addi %6, %3 : i32
      %8 = arith.addi %7, %arg8 : i32
      scf.yield %8 : i32
    }
    return %1 : i32
  }
  func.func private @unused() {
    call @unused2() : () -> ()
    return
  }
  func.func private @unused2() {
    return
  }
}


module {
  func.func @a(%arg0: i32, %arg1: i32, %arg2: memref<4xi32>, %arg3: index, %arg4: i1) -> (i32, i32, i32, i32) {
    %0 = arith.addi %arg0, %arg1 : i32
    %1 = arith.subi %arg0, %arg1 : i32
    %2 = arith.subi %arg1, %arg0 : i32
    %3 = memref.load %arg2[%arg3] : memref<4xi32>
    memref.store %3, %arg2[%arg3] : memref<4xi32>
    %4 = memref.load %arg2[%arg3] : memref<4xi32>
    %5 = scf.if %arg4 -> (i32) {
      %11 = memref.load %arg2[%arg3] : memref<4xi32>
      %12 = arith.addi %11, %0 : i32
      scf.yield %12 : i32
    } else {
      scf.yield %4 : i32
    }
    %6 = scf.if %arg4 -> (i32) {
      %11 = memref.load %arg2[%arg3] : memref<4xi32>
      %12 = arith.addi %11, %0 : i32
      scf.yield %12 : i32
    } else {
      scf.yield %4 : i32
    }
    %7 = arith.addi %0, %0 : i32
    %8 = arith.addi %1, %2 : i32
    %9 = arith.addi %5, %6 : i32
    %10 = arith.addi %3, %3 : i32
    return %7, %8, %9, %10 : i32, i32, i32, i32
  }
}


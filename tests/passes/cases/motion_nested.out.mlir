module {
  func.func @nested(%arg0: index, %arg1: i32, %arg2: memref<?xi32>, %arg3: i1) {
    %c0 = arith.constant 0 : index
    %c1 = arith.constant 1 : index
    %0 = arith.addi %arg1, %arg1 : i32
    %1 = arith.muli %0, %0 : i32
    %2 = scf.if %arg3 -> (i32) {
      %7 = arith.muli %0, %arg1 : i32
      scf.yield %7 : i32
    } else {
      scf.yield %arg1 : i32
    }
    scf.for %arg4 = %c0 to %arg0 step %c1 {
      %7 = arith.index_cast %arg4 : index to i32
      %8 = arith.addi %7, %1 : i32
      scf.for %arg5 = %c0 to %arg0 step %c1 {
        %9 = arith.divsi %0, %1 : i32
        %10 = scf.if %arg3 -> (i32) {
          %11 = arith.divsi %0, %arg1 : i32
          scf.yield %11 : i32
        } else {
          scf.yield %arg1 : i32
        }
        %alloc = memref.alloc(%arg0) : memref<?xi32>
        memref.store %8, %arg2[%arg5] : memref<?xi32>
        memref.store %9, %arg2[%arg5] : memref<?xi32>
        memref.store %2, %arg2[%arg5] : memref<?xi32>
        memref.store %10, %alloc[%arg5] : memref<?xi32>
        memref.dealloc %alloc : memref<?xi32>
      }
    }
    %3 = arith.subi %arg1, %arg1 : i32
    scf.parallel (%arg4) = (%c0) to (%arg0) step (%c1) {
      memref.store %3, %arg2[%arg4] : memref<?xi32>
      scf.reduce 
    }
    %4 = arith.xori %arg1, %arg1 : i32
    %5 = arith.ori %arg1, %arg1 : i32
    %6 = scf.while (%arg4 = %arg1) : (i32) -> i32 {
      %7 = arith.cmpi slt, %arg4, %4 : i32
      scf.condition(%7) %arg4 : i32
    } do {
    ^bb0(%arg4: i32):
      %7 = arith.addi %arg4, %5 : i32
      scf.yield %7 : i32
    }
    return
  }
}


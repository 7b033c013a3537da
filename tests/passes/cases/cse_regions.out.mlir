module {
  func.func @regions(%arg0: i1, %arg1: i32, %arg2: i32) -> (i32, i32, i32, i32) {
    %0 = scf.if %arg0 -> (i32) {
      %6 = arith.addi %arg1, %arg2 : i32
      scf.yield %6 : i32
    } else {
      scf.yield %arg1 : i32
    }
    %1 = scf.if %arg0 -> (i32) {
      %6 = arith.addi %arg2, %arg1 : i32
      scf.yield %6 : i32
    } else {
      scf.yield %arg1 : i32
    }
    %2 = scf.if %arg0 -> (i32) {
      %6 = arith.addi %arg2, %arg1 : i32
      scf.yield %6 : i32
    } else {
      scf.yield %arg2 : i32
    }
    %3 = scf.if %arg0 -> (i32) {
      %6 = scf.if %arg0 -> (i32) {
        %7 = arith.muli %arg1, %arg2 : i32
        scf.yield %7 : i32
      } else {
        scf.yield %arg1 : i32
      }
      scf.yield %6 : i32
    } else {
      scf.yield %0 : i32
    }
    %4 = scf.if %arg0 -> (i32) {
      %6 = scf.if %arg0 -> (i32) {
        %7 = arith.muli %arg1, %arg2 : i32
        scf.yield %7 : i32
      } else {
        scf.yield %arg1 : i32
      }
      scf.yield %6 : i32
    } else {
      scf.yield %1 : i32
    }
    %5 = arith.addi %3, %4 : i32
    return %0, %1, %2, %5 : i32, i32, i32, i32
  }
  func.func @tree(%arg0: i1, %arg1: i32) -> i32 {
    %0 = arith.addi %arg1, %arg1 : i32
    cf.cond_br %arg0, ^bb1, ^bb2
  ^bb1:  // pred: ^bb0
    %1 = arith.muli %0, %arg1 : i32
    cf.br ^bb3(%1 : i32)
  ^bb2:  // pred: ^bb0
    %2 = arith.muli %0, %arg1 : i32
    cf.br ^bb3(%2 : i32)
  ^bb3(%3: i32):  // 2 preds: ^bb1, ^bb2
    %4 = arith.muli %0, %arg1 : i32
    %5 = arith.addi %4, %3 : i32
    return %5 : i32
  }
  func.func @isolated(%arg0: i32) -> i32 {
    %c1_i32 = arith.constant 1 : i32
    %0 = "my.scope"() ({
      %c1_i32_0 = arith.constant 1 : i32
      %2 = arith.addi %c1_i32_0, %c1_i32_0 : i32
      "my.end"(%2) : (i32) -> ()
    }) : () -> i32
    %1 = arith.addi %0, %c1_i32 : i32
    return %1 : i32
  }
  func.func @alloc(%arg0: index) -> (memref<?xi32>, memref<?xi32>, i32, i32) {
    %alloc = memref.alloc(%arg0) : memref<?xi32>
    %alloc_0 = memref.alloc(%arg0) : memref<?xi32>
    %c0 = arith.constant 0 : index
    %0 = memref.load %alloc[%c0] : memref<?xi32>
    scf.for %arg1 = %c0 to %arg0 step %arg0 {
      memref.store %0, %alloc_0[%arg1] : memref<?xi32>
    }
    %1 = memref.load %alloc[%c0] : memref<?xi32>
    %2 = arith.addi %1, %1 : i32
    return %alloc, %alloc_0, %0, %2 : memref<?xi32>, memref<?xi32>, i32, i32
  }
}


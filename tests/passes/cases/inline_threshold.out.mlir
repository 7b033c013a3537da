module {
  func.func @a(%arg0: i32, %arg1: i32) -> i32 {
    %0 = call @f(%arg0) : (i32) -> i32
    %c3_i32 = arith.constant 3 : i32
    %1 = call @g(%c3_i32) : (i32) -> i32
    %2 = arith.addi %0, %1 : i32
    return %2 : i32
  }
  func.func private @f(%arg0: i32) -> i32 {
    %true = arith.constant true
    cf.cond_br %true, ^bb1, ^bb2
  ^bb1:  // pred: ^bb0
    return %arg0 : i32
  ^bb2:  // pred: ^bb0
    %0 = arith.addi %arg0, %arg0 : i32
    return %0 : i32
  }
  func.func private @g(%arg0: i32) -> i32 {
    %c1_i32 = arith.constant 1 : i32
    %0 = arith.addi %arg0, %c1_i32 : i32
    return %0 : i32
  }
  func.func private @ext(i32) -> i32
  func.func @r(%arg0: i32, %arg1: i1) -> i32 {
    %0 = scf.if %arg1 -> (i32) {
      %1 = func.call @f(%arg0) : (i32) -> i32
      scf.yield %1 : i32
    } else {
      %1 = func.call @ext(%arg0) : (i32) -> i32
      scf.yield %1 : i32
    }
    return %0 : i32
  }
}


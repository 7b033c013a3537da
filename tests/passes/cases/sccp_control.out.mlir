module {
  func.func @blocks(%arg0: i32) -> i32 {
    %c2_i32 = arith.constant 2 : i32
    %c1_i32 = arith.constant 1 : i32
    %true = arith.constant true
    cf.cond_br %true, ^bb1(%c1_i32 : i32), ^bb2
  ^bb1(%0: i32):  // pred: ^bb0
    cf.br ^bb3(%c2_i32 : i32)
  ^bb2:  // pred: ^bb0
    %1 = arith.addi %arg0, %c1_i32 : i32
    cf.br ^bb3(%1 : i32)
  ^bb3(%2: i32):  // 2 preds: ^bb1, ^bb2
    return %c2_i32 : i32
  }
  func.func @loop(%arg0: i32) -> i32 {
    %c1_i32 = arith.constant 1 : i32
    %c0_i32 = arith.constant 0 : i32
    cf.br ^bb1(%c0_i32, %c1_i32 : i32, i32)
  ^bb1(%0: i32, %1: i32):  // 2 preds: ^bb0, ^bb2
    %2 = arith.cmpi slt, %0, %arg0 : i32
    cf.cond_br %2, ^bb2, ^bb3
  ^bb2:  // pred: ^bb1
    %3 = arith.addi %0, %c1_i32 : i32
    cf.br ^bb1(%3, %c1_i32 : i32, i32)
  ^bb3:  // pred: ^bb1
    %4 = arith.addi %0, %c1_i32 : i32
    return %4 : i32
  }
  func.func @regions(%arg0: index) -> (i32, i32) {
    %c7_i32 = arith.constant 7 : i32
    %c0 = arith.constant 0 : index
    %true = arith.constant true
    %0:2 = scf.for %arg1 = %c0 to %arg0 step %arg0 iter_args(%arg2 = %c7_i32, %arg3 = %c7_i32) -> (i32, i32) {
      %1 = arith.addi %arg3, %c7_i32 : i32
      scf.yield %c7_i32, %1 : i32, i32
    }
    return %c7_i32, %0#1 : i32, i32
  }
  func.func @loop_with_a_condition() -> i32 {
    %c3_i32 = arith.constant 3 : i32
    %0 = scf.while (%arg0 = %c3_i32) : (i32) -> i32 {
      %1 = arith.cmpi eq, %arg0, %c3_i32 : i32
      scf.condition(%1) %arg0 : i32
    } do {
    ^bb0(%arg0: i32):
      %1 = arith.subi %arg0, %c3_i32 : i32
      scf.yield %1 : i32
    }
    return %0 : i32
  }
  func.func private @twice(%arg0: i32) -> i32 {
    %c4_i32 = arith.constant 4 : i32
    %c8_i32 = arith.constant 8 : i32
    return %c8_i32 : i32
  }
  func.func @calls() -> (i32, i32) {
    %c8_i32 = arith.constant 8 : i32
    %c4_i32 = arith.constant 4 : i32
    %0 = call @twice(%c4_i32) : (i32) -> i32
    %1 = call @twice(%c4_i32) : (i32) -> i32
    return %c8_i32, %c8_i32 : i32, i32
  }
  func.func private @varies(%arg0: i32) -> i32 {
    return %arg0 : i32
  }
  func.func @calls_that_differ() -> i32 {
    %c5_i32 = arith.constant 5 : i32
    %c4_i32 = arith.constant 4 : i32
    %0 = call @varies(%c4_i32) : (i32) -> i32
    %1 = call @varies(%c5_i32) : (i32) -> i32
    %2 = arith.addi %0, %1 : i32
    return %2 : i32
  }
  func.func private @taken(%arg0: i32) -> i32 {
    %0 = arith.addi %arg0, %arg0 : i32
    return %0 : i32
  }
  func.func @takes() -> (i32, (i32) -> i32) {
    %f = constant @taken : (i32) -> i32
    %c4_i32 = arith.constant 4 : i32
    %0 = call @taken(%c4_i32) : (i32) -> i32
    return %0, %f : i32, (i32) -> i32
  }
  func.func private @never(%arg0: i32) -> i32 {
    %c2_i32 = arith.constant 2 : i32
    %0 = arith.addi %c2_i32, %c2_i32 : i32
    return %0 : i32
  }
}


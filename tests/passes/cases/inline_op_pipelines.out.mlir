module {
  func.func @f(%arg0: i32) -> i32 {
    %c3_i32 = arith.constant 3 : i32
    %0 = arith.addi %arg0, %c3_i32 : i32
    %1 = arith.muli %0, %0 : i32
    %c3_i32_0 = arith.constant 3 : i32
    %2 = arith.addi %arg0, %c3_i32_0 : i32
    %3 = arith.muli %2, %2 : i32
    %4 = arith.addi %1, %3 : i32
    return %4 : i32
  }
}


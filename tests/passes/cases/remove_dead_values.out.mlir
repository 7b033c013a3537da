module {
  func.func private @two(%arg0: i32, %arg1: i32) -> i32 {
    %0 = arith.addi %arg0, %arg1 : i32
    return %0 : i32
  }
  func.func @user(%arg0: i32, %arg1: memref<i32>) -> i32 {
    %0 = call @two(%arg0, %arg0) : (i32, i32) -> i32
    memref.store %0, %arg1[] : memref<i32>
    return %arg0 : i32
  }
  func.func @loop(%arg0: i32, %arg1: index, %arg2: index, %arg3: index, %arg4: memref<i32>) -> i32 {
    %0 = scf.for %arg5 = %arg1 to %arg2 step %arg3 iter_args(%arg6 = %arg0) -> (i32) {
      %1 = arith.addi %arg6, %arg0 : i32
      scf.yield %1 : i32
    }
    return %0 : i32
  }
  func.func @cfg(%arg0: i32, %arg1: i1) -> i32 {
    cf.cond_br %arg1, ^bb1(%arg0 : i32), ^bb2(%arg0 : i32)
  ^bb1(%0: i32):  // pred: ^bb0
    cf.br ^bb2(%0 : i32)
  ^bb2(%1: i32):  // 2 preds: ^bb0, ^bb1
    return %1 : i32
  }
  func.func @ifs(%arg0: i32, %arg1: i1, %arg2: memref<i32>) -> i32 {
    %0 = scf.if %arg1 -> (i32) {
      %1 = arith.addi %arg0, %arg0 : i32
      memref.store %arg0, %arg2[] : memref<i32>
      scf.yield %1 : i32
    } else {
      scf.yield %arg0 : i32
    }
    return %0 : i32
  }
  func.func @while(%arg0: i32, %arg1: i32) -> i32 {
    %0 = scf.while (%arg2 = %arg0) : (i32) -> i32 {
      %1 = arith.cmpi slt, %arg2, %arg0 : i32
      scf.condition(%1) %arg2 : i32
    } do {
    ^bb0(%arg2: i32):
      %1 = arith.addi %arg2, %arg2 : i32
      scf.yield %1 : i32
    }
    return %0 : i32
  }
}


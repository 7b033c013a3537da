module {
  func.func @top(%arg0: i32, %arg1: i1) -> i32 {
    %0 = arith.addi %arg0, %arg0 : i32
    %1 = arith.addi %0, %0 : i32
    %2 = scf.if %arg1 -> (i32) {
      %3 = arith.addi %1, %1 : i32
      scf.yield %3 : i32
    } else {
      scf.yield %arg0 : i32
    }
    return %2 : i32
  }
  func.func @recursive(%arg0: i32, %arg1: i1) -> i32 {
    cf.cond_br %arg1, ^bb1, ^bb2
  ^bb1:  // pred: ^bb0
    %0 = call @recursive(%arg0, %arg1) : (i32, i1) -> i32
    return %0 : i32
  ^bb2:  // pred: ^bb0
    return %arg0 : i32
  }
  func.func @calls_recursive(%arg0: i32, %arg1: i1) -> i32 {
    %0 = call @recursive(%arg0, %arg1) : (i32, i1) -> i32
    return %0 : i32
  }
  func.func private @kept(%arg0: i32) -> i32 attributes {no_inline} {
    return %arg0 : i32
  }
  func.func @no_inline(%arg0: i32) -> i32 {
    %0 = call @kept(%arg0) : (i32) -> i32
    return %0 : i32
  }
  func.func private @declared(i32) -> i32
  func.func @calls_declared(%arg0: i32) -> i32 {
    %0 = call @declared(%arg0) : (i32) -> i32
    return %0 : i32
  }
  func.func private @unknown_ops() {
    "my.op"() : () -> ()
    return
  }
  func.func @calls_unknown_ops() {
    call @unknown_ops() : () -> ()
    return
  }
  func.func private @called_by_nobody() {
    return
  }
  func.func private @taken() {
    return
  }
  func.func @takes() -> (() -> ()) {
    %f = constant @taken : () -> ()
    return %f : () -> ()
  }
}


// PASSES: inline{default-pipeline=}
func.func private @leaf(%x: i32) -> i32 {
  %0 = arith.addi %x, %x : i32
  return %0 : i32
}
func.func private @middle(%x: i32) -> i32 {
  %0 = call @leaf(%x) : (i32) -> i32
  %1 = call @leaf(%0) : (i32) -> i32
  return %1 : i32
}
func.func @top(%x: i32, %c: i1) -> i32 {
  %0 = call @middle(%x) : (i32) -> i32
  %1 = scf.if %c -> i32 {
    %2 = func.call @leaf(%0) : (i32) -> i32
    scf.yield %2 : i32
  } else {
    scf.yield %x : i32
  }
  return %1 : i32
}
func.func @recursive(%x: i32, %c: i1) -> i32 {
  cf.cond_br %c, ^a, ^b
^a:
  %0 = call @recursive(%x, %c) : (i32, i1) -> i32
  return %0 : i32
^b:
  return %x : i32
}
func.func @calls_recursive(%x: i32, %c: i1) -> i32 {
  %0 = call @recursive(%x, %c) : (i32, i1) -> i32
  return %0 : i32
}
func.func private @kept(%x: i32) -> i32 attributes {no_inline} {
  return %x : i32
}
func.func @no_inline(%x: i32) -> i32 {
  %0 = call @kept(%x) : (i32) -> i32
  return %0 : i32
}
func.func private @declared(i32) -> i32
func.func @calls_declared(%x: i32) -> i32 {
  %0 = call @declared(%x) : (i32) -> i32
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
func.func private @never_called() {
  call @called_by_nobody() : () -> ()
  return
}
func.func private @called_by_nobody() {
  return
}
func.func private @taken() {
  return
}
func.func @takes() -> (() -> ()) {
  %f = func.constant @taken : () -> ()
  call @taken() : () -> ()
  return %f : () -> ()
}

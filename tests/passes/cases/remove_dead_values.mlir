// PASSES: remove-dead-values,cse
func.func private @two(%a: i32, %b: i32, %c: i32) -> (i32, i32) {
  %0 = arith.addi %a, %b : i32
  %1 = arith.muli %c, %c : i32
  return %0, %1 : i32, i32
}
func.func @user(%a: i32, %m: memref<i32>) -> i32 {
  %c5 = arith.constant 5 : i32
  %0:2 = call @two(%a, %a, %c5) : (i32, i32, i32) -> (i32, i32)
  memref.store %0#0, %m[] : memref<i32>
  %d = arith.addi %0#1, %c5 : i32
  return %a : i32
}
func.func @loop(%a: i32, %lo: index, %hi: index, %st: index, %m: memref<i32>) -> i32 {
  %r:3 = scf.for %i = %lo to %hi step %st iter_args(%x = %a, %y = %a, %z = %a) -> (i32, i32, i32) {
    %x1 = arith.addi %x, %a : i32
    %y1 = arith.muli %y, %x1 : i32
    %z1 = arith.muli %z, %z : i32
    scf.yield %x1, %y1, %z1 : i32, i32, i32
  }
  return %r#0 : i32
}
func.func @cfg(%a: i32, %c: i1) -> i32 {
  %0 = arith.addi %a, %a : i32
  cf.cond_br %c, ^p(%a, %0 : i32, i32), ^q(%a : i32)
^p(%x: i32, %y: i32):
  %1 = arith.muli %y, %y : i32
  cf.br ^q(%x : i32)
^q(%z: i32):
  return %z : i32
}
func.func @ifs(%a: i32, %c: i1, %m: memref<i32>) -> i32 {
  %0:2 = scf.if %c -> (i32, i32) {
    %1 = arith.addi %a, %a : i32
    memref.store %a, %m[] : memref<i32>
    scf.yield %1, %a : i32, i32
  } else {
    %2 = arith.muli %a, %a : i32
    scf.yield %a, %2 : i32, i32
  }
  %3 = scf.if %c -> i32 {
    scf.yield %a : i32
  } else {
    scf.yield %a : i32
  }
  return %0#0 : i32
}
func.func @while(%a: i32, %b: i32) -> i32 {
  %0:2 = scf.while (%x = %a, %w = %b) : (i32, i32) -> (i32, i32) {
    %c = arith.cmpi slt, %x, %a : i32
    %ww = arith.addi %w, %b : i32
    scf.condition(%c) %x, %ww : i32, i32
  } do {
  ^bb0(%y: i32, %v: i32):
    %2 = arith.addi %y, %y : i32
    scf.yield %2, %v : i32, i32
  }
  return %0#0 : i32
}

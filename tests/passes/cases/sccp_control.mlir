// PASSES: sccp
func.func @blocks(%x: i32) -> i32 {
  %c = arith.constant true
  %one = arith.constant 1 : i32
  cf.cond_br %c, ^a(%one : i32), ^b
^a(%k: i32):
  %s = arith.addi %k, %one : i32
  cf.br ^d(%s : i32)
^b:
  %t = arith.addi %x, %one : i32
  cf.br ^d(%t : i32)
^d(%r: i32):
  %u = arith.muli %r, %one : i32
  return %u : i32
}
func.func @loop(%n: i32) -> i32 {
  %zero = arith.constant 0 : i32
  %one = arith.constant 1 : i32
  cf.br ^head(%zero, %one : i32, i32)
^head(%i: i32, %same: i32):
  %c = arith.cmpi slt, %i, %n : i32
  cf.cond_br %c, ^body, ^exit
^body:
  %j = arith.addi %i, %same : i32
  %t = arith.muli %same, %same : i32
  cf.br ^head(%j, %t : i32, i32)
^exit:
  %r = arith.addi %i, %same : i32
  return %r : i32
}
func.func @regions(%n: index) -> (i32, i32) {
  %c = arith.constant true
  %i0 = arith.constant 0 : index
  %zero = arith.constant 7 : i32
  %a = scf.if %c -> i32 {
    scf.yield %zero : i32
  } else {
    %o = arith.constant 9 : i32
    scf.yield %o : i32
  }
  %f:2 = scf.for %k = %i0 to %n step %n iter_args(%p = %a, %q = %a) -> (i32, i32) {
    %e = arith.addi %q, %p : i32
    scf.yield %p, %e : i32, i32
  }
  return %f#0, %f#1 : i32, i32
}
func.func @loop_with_a_condition() -> i32 {
  %three = arith.constant 3 : i32
  %w = scf.while (%x = %three) : (i32) -> i32 {
    %c = arith.cmpi eq, %x, %three : i32
    scf.condition(%c) %x : i32
  } do {
  ^bb0(%y: i32):
    %t = arith.subi %y, %three : i32
    scf.yield %t : i32
  }
  return %w : i32
}
func.func private @twice(%x: i32) -> i32 {
  %r = arith.addi %x, %x : i32
  return %r : i32
}
func.func @calls() -> (i32, i32) {
  %four = arith.constant 4 : i32
  %a = call @twice(%four) : (i32) -> i32
  %b = call @twice(%four) : (i32) -> i32
  return %a, %b : i32, i32
}
func.func private @varies(%x: i32) -> i32 {
  return %x : i32
}
func.func @calls_that_differ() -> i32 {
  %four = arith.constant 4 : i32
  %five = arith.constant 5 : i32
  %a = call @varies(%four) : (i32) -> i32
  %b = call @varies(%five) : (i32) -> i32
  %r = arith.addi %a, %b : i32
  return %r : i32
}
func.func private @taken(%x: i32) -> i32 {
  %r = arith.addi %x, %x : i32
  return %r : i32
}
func.func @takes() -> (i32, (i32) -> i32) {
  %four = arith.constant 4 : i32
  %f = func.constant @taken : (i32) -> i32
  %a = call @taken(%four) : (i32) -> i32
  return %a, %f : i32, (i32) -> i32
}
func.func private @never(%x: i32) -> i32 {
  %c = arith.constant 2 : i32
  %d = arith.addi %c, %c : i32
  return %d : i32
}

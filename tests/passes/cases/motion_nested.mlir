// PASSES: loop-invariant-code-motion
func.func @nested(%n: index, %x: i32, %m: memref<?xi32>, %c: i1) {
  %z = arith.constant 0 : index
  %o = arith.constant 1 : index
  scf.for %i = %z to %n step %o {
    scf.for %j = %z to %n step %o {
      %a = arith.addi %x, %x : i32
      %b = arith.muli %a, %a : i32
      %k = arith.index_cast %i : index to i32
      %d = arith.addi %k, %b : i32
      %e = arith.divsi %a, %b : i32
      %f = scf.if %c -> i32 {
        %g = arith.muli %a, %x : i32
        scf.yield %g : i32
      } else {
        scf.yield %x : i32
      }
      %h = scf.if %c -> i32 {
        %g = arith.divsi %a, %x : i32
        scf.yield %g : i32
      } else {
        scf.yield %x : i32
      }
      %al = memref.alloc(%n) : memref<?xi32>
      memref.store %d, %m[%j] : memref<?xi32>
      memref.store %e, %m[%j] : memref<?xi32>
      memref.store %f, %m[%j] : memref<?xi32>
      memref.store %h, %al[%j] : memref<?xi32>
      memref.dealloc %al : memref<?xi32>
    }
  }
  scf.parallel (%i) = (%z) to (%n) step (%o) {
    %a = arith.subi %x, %x : i32
    memref.store %a, %m[%i] : memref<?xi32>
    scf.reduce
  }
  %w = scf.while (%y = %x) : (i32) -> i32 {
    %a = arith.xori %x, %x : i32
    %t = arith.cmpi slt, %y, %a : i32
    scf.condition(%t) %y : i32
  } do {
  ^bb0(%y: i32):
    %b = arith.ori %x, %x : i32
    %s = arith.addi %y, %b : i32
    scf.yield %s : i32
  }
  return
}

// PASSES: loop-invariant-code-motion
func.func @f(%m: memref<4xi32>, %x: i32, %i: index, %a: index, %b: index, %c: index, %n: memref<?xi32>) -> i32 {
  %r = scf.for %k = %a to %b step %c iter_args(%acc = %x) -> i32 {
    %v = memref.load %m[%i] : memref<4xi32>
    %q = arith.divsi %x, %x : i32
    %q2 = arith.muli %x, %x : i32
    %q3 = arith.addi %q2, %v : i32
    %d = memref.dim %n, %i : memref<?xi32>
    %q4 = arith.index_cast %d : index to i32
    %q5 = arith.addi %q3, %q4 : i32
    %q6 = arith.addi %q5, %q : i32
    %q7 = arith.addi %q6, %acc : i32
    scf.yield %q7 : i32
  }
  return %r : i32
}
func.func private @unused() { call @unused2() : () -> () 
return }
func.func private @unused2() { return }

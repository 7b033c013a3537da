// PASSES: cse
func.func @a(%x: i32, %y: i32, %m: memref<4xi32>, %i: index, %c: i1) -> (i32, i32, i32, i32) {
  %0 = arith.addi %x, %y : i32
  %1 = arith.addi %y, %x : i32
  %2 = arith.subi %x, %y : i32
  %3 = arith.subi %y, %x : i32
  %l0 = memref.load %m[%i] : memref<4xi32>
  %l1 = memref.load %m[%i] : memref<4xi32>
  memref.store %l0, %m[%i] : memref<4xi32>
  %l2 = memref.load %m[%i] : memref<4xi32>
  %l3 = scf.if %c -> i32 {
    %l4 = memref.load %m[%i] : memref<4xi32>
    %z = arith.addi %x, %y : i32
    %l6 = arith.addi %l4, %z : i32
    scf.yield %l6 : i32
  } else {
    scf.yield %l2 : i32
  }
  %l7 = scf.if %c -> i32 {
    %l4 = memref.load %m[%i] : memref<4xi32>
    %z = arith.addi %x, %y : i32
    %l6 = arith.addi %l4, %z : i32
    scf.yield %l6 : i32
  } else {
    scf.yield %l2 : i32
  }
  %l5 = memref.load %m[%i] : memref<4xi32>
  %s = arith.addi %0, %1 : i32
  %s2 = arith.addi %2, %3 : i32
  %s3 = arith.addi %l3, %l7 : i32
  %s4 = arith.addi %l0, %l1 : i32
  return %s, %s2, %s3, %s4 : i32, i32, i32, i32
}

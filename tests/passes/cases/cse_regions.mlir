// PASSES: cse
func.func @regions(%c: i1, %x: i32, %y: i32) -> (i32, i32, i32, i32) {
  %0 = scf.if %c -> i32 {
    %a = arith.addi %x, %y : i32
    scf.yield %a : i32
  } else {
    scf.yield %x : i32
  }
  %1 = scf.if %c -> i32 {
    %b = arith.addi %y, %x : i32
    scf.yield %b : i32
  } else {
    scf.yield %x : i32
  }
  %2 = scf.if %c -> i32 {
    %b = arith.addi %y, %x : i32
    scf.yield %b : i32
  } else {
    scf.yield %y : i32
  }
  %3 = scf.if %c -> i32 {
    %k = scf.if %c -> i32 {
      %a = arith.muli %x, %y : i32
      scf.yield %a : i32
    } else {
      scf.yield %x : i32
    }
    scf.yield %k : i32
  } else {
    scf.yield %0 : i32
  }
  %4 = scf.if %c -> i32 {
    %k = scf.if %c -> i32 {
      %a = arith.muli %x, %y : i32
      scf.yield %a : i32
    } else {
      scf.yield %x : i32
    }
    scf.yield %k : i32
  } else {
    scf.yield %1 : i32
  }
  %5 = arith.addi %3, %4 : i32
  return %0, %1, %2, %5 : i32, i32, i32, i32
}
func.func @tree(%c: i1, %x: i32) -> i32 {
  %0 = arith.addi %x, %x : i32
  cf.cond_br %c, ^a, ^b
^a:
  %1 = arith.addi %x, %x : i32
  %2 = arith.muli %1, %x : i32
  cf.br ^d(%2 : i32)
^b:
  %3 = arith.muli %0, %x : i32
  %dead = arith.subi %0, %x : i32
  cf.br ^d(%3 : i32)
^d(%k: i32):
  %4 = arith.muli %0, %x : i32
  %5 = arith.addi %4, %k : i32
  return %5 : i32
}
func.func @isolated(%x: i32) -> i32 {
  %0 = arith.constant 1 : i32
  %r = "my.scope"() ({
    %1 = arith.constant 1 : i32
    %2 = arith.constant 1 : i32
    %3 = arith.addi %1, %2 : i32
    "my.end"(%3) : (i32) -> ()
  }) : () -> i32
  %4 = arith.addi %r, %0 : i32
  return %4 : i32
}
func.func @alloc(%i: index) -> (memref<?xi32>, memref<?xi32>, i32, i32) {
  %a = memref.alloc(%i) : memref<?xi32>
  %b = memref.alloc(%i) : memref<?xi32>
  %z = arith.constant 0 : index
  %v = memref.load %a[%z] : memref<?xi32>
  %dead = memref.alloc(%i) : memref<?xi32>
  scf.for %k = %z to %i step %i {
    memref.store %v, %b[%k] : memref<?xi32>
  }
  %w = memref.load %a[%z] : memref<?xi32>
  %w2 = memref.load %a[%z] : memref<?xi32>
  %s = arith.addi %w, %w2 : i32
  return %a, %b, %v, %s : memref<?xi32>, memref<?xi32>, i32, i32
}

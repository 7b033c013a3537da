// PASSES: sccp
func.func @a(%x: i32, %y: i32) -> i32 {
  %0 = call @f(%x) : (i32) -> i32
  %c = arith.constant 3 : i32
  %1 = call @g(%c) : (i32) -> i32
  %2 = arith.addi %0, %1 : i32
  return %2 : i32
}
func.func private @f(%x: i32) -> i32 { 
  %c = arith.constant 1 : i1
  cf.cond_br %c, ^a, ^b
  ^a: 
    return %x : i32
  ^b: 
    %d = arith.addi %x, %x : i32
    return %d : i32
}
func.func private @g(%x: i32) -> i32 { 
  %c = arith.constant 1 : i32
  %r = arith.addi %x, %c : i32
  return %r : i32
}
func.func private @ext(%x: i32) -> i32
func.func @r(%x: i32, %c: i1) -> i32 { 
  %0 = scf.if %c -> i32 { 
   %1 = func.call @f(%x) : (i32) -> i32
   scf.yield %1 : i32
  } else {
   %1 = func.call @ext(%x) : (i32) -> i32
   scf.yield %1 : i32
  }
  return %0 : i32
}

// PASSES: inline{default-pipeline= op-pipelines=func.func(canonicalize,cse),builtin.module(symbol-dce) max-iterations=1}
func.func private @g(%x: i32) -> i32 {
  %c = arith.constant 3 : i32
  %0 = arith.addi %x, %c : i32
  %1 = arith.addi %x, %c : i32
  %2 = arith.muli %0, %1 : i32
  return %2 : i32
}
func.func @f(%a: i32) -> i32 {
  %0 = call @g(%a) : (i32) -> i32
  %1 = call @g(%a) : (i32) -> i32
  %2 = arith.addi %0, %1 : i32
  return %2 : i32
}

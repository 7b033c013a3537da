// error: different number of inits and region iter_args: 1 != 0
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  "scf.for"(%i, %i, %i, %f) ({
  ^bb0(%x: index):
    scf.yield
  }) : (index, index, index, f32) -> f32
  return
}
// -----
// error: expected induction variable to be same type as bounds and step
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  %r = "scf.for"(%i, %i, %i, %f) ({
  ^bb0(%x: i32, %a: f32):
    scf.yield %a : f32
  }) : (index, index, index, f32) -> f32
  return
}
// -----
// error: 0-th init and 0-th region iter_arg have different type: 'f32' != 'i32'
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  %r = "scf.for"(%i, %i, %i, %f) ({
  ^bb0(%x: index, %a: i32):
    scf.yield %f : f32
  }) : (index, index, index, f32) -> f32
  return
}
// -----
// error: 0-th region iter_arg and 0-th yielded value have different type: 'f32' != 'i32'
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  %r = "scf.for"(%i, %i, %i, %f) ({
  ^bb0(%x: index, %a: f32):
    scf.yield %n : i32
  }) : (index, index, index, f32) -> f32
  return
}
// -----
// error: along control flow edge from Operation scf.yield to Region #0: region branch point has 0 operands, but region successor needs 1 inputs
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  %r = "scf.for"(%i, %i, %i, %f) ({
  ^bb0(%x: index, %a: f32):
    scf.yield
  }) : (index, index, index, f32) -> f32
  return
}
// -----
// error: 0-th region iter_arg and 0-th loop result have different type: 'f32' != 'i32'
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  %r = "scf.for"(%i, %i, %i, %f) ({
  ^bb0(%x: index, %a: f32):
    scf.yield %f : f32
  }) : (index, index, index, f32) -> i32
  return
}
// -----
// error: operand #0 must be signless integer or index, but got 'f32'
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  "scf.for"(%f, %f, %f) ({
  ^bb0(%x: f32):
    scf.yield
  }) : (f32, f32, f32) -> ()
  return
}
// -----
// error: must have an else block if defining values
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  %r = "scf.if"(%c) ({
    scf.yield %n : i32
  }, {
  }) : (i1) -> i32
  return
}
// -----
// error: along control flow edge from Operation scf.yield to parent: successor operand type #0 'f32' should match successor input type #0 'i32'
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  %r = scf.if %c -> i32 {
    scf.yield %f : f32
  } else {
    scf.yield %n : i32
  }
  return
}
// -----
// error: expects parent op 'scf.while'
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  scf.if %c {
    %z = arith.constant 0 : i32
    scf.condition(%c)
  }
  return
}
// -----
// error: along control flow edge from Operation scf.condition to parent: successor operand type #0 'i32' should match successor input type #0 'f32'
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  %r = scf.while (%x = %n) : (i32) -> f32 {
    scf.condition(%c) %x : i32
  } do {
  ^bb0(%y: f32):
    scf.yield %n : i32
  }
  return
}
// -----
// error: along control flow edge from Operation scf.condition to Region #1: successor operand type #0 'i32' should match successor input type #0 'f32'
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  %r = scf.while (%x = %n) : (i32) -> i32 {
    scf.condition(%c) %x : i32
  } do {
  ^bb0(%y: f32):
    scf.yield %n : i32
  }
  return
}
// -----
// error: expects the 'before' region to terminate with 'scf.condition'
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  %r = scf.while (%x = %n) : (i32) -> i32 {
    scf.yield %x : i32
  } do {
  ^bb0(%y: i32):
    scf.yield %n : i32
  }
  return
}
// -----
// error: expects the 'after' region to terminate with 'scf.yield'
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  %r = scf.while (%x = %n) : (i32) -> i32 {
    scf.condition(%c) %x : i32
  } do {
  ^bb0(%y: i32):
    scf.condition(%c) %n : i32
  }
  return
}
// -----
// error: has duplicate case value: 1
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  scf.index_switch %i
  case 1 { scf.yield }
  case 1 { scf.yield }
  default { scf.yield}
  return
}
// -----
// error: expected each region to return 1 values, but default region returns 0
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  %r = scf.index_switch %i -> i32
  case 1 { scf.yield %f : f32 }
  default { scf.yield}
  return
}
// -----
// error: has 1 case regions but 2 case values
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  "scf.index_switch"(%i) <{cases = array<i64: 1, 2>}> ({ scf.yield }, {scf.yield}) : (index) -> ()
  return
}
// -----
// error: operand #1 must be variadic of ranked tensor of any type values, but got 'f32'
func.func @f(%i: index, %n: i32, %f: f32, %c: i1) {
  scf.forall (%x) in (%i) shared_outs(%o = %f) -> (f32) {
  }
  return
}
// -----
// error: expected 2 upper bound values, got 1
func.func @f(%i: index, %n: i32, %f: tensor<8xf32>, %c: i1) {
  scf.forall (%x, %x1) in (%i) shared_outs(%o = %f) -> (tensor<8xf32>) {
  }
  return
}
// -----
// error: use of value '%f' expects different type than prior uses: 'tensor<8xf64>' vs 'tensor<8xf32>'
func.func @f(%i: index, %n: i32, %f: tensor<8xf32>, %c: i1) {
  scf.forall (%x) in (%i) shared_outs(%o = %f) -> (tensor<8xf64>) {
  }
  return
}
// -----
// error: expected only ParallelCombiningOpInterface ops
func.func @f(%i: index, %n: i32, %f: tensor<8xf32>, %c: i1) {
  scf.forall (%x) in (%i)  {
    scf.forall.in_parallel { %q = arith.addi %i, %i : index }
  } 
  return
}
// -----
// error: mapping attribute size must match op rank
func.func @f(%i: index, %n: i32, %f: tensor<8xf32>, %c: i1) {
  scf.forall (%x) in (%i)  {
  } {mapping = [#gpu.thread<x>, #gpu.thread<y>]}
  return
}
// -----
// error: expects number of results: 1 to be the same as number of reductions: 0
func.func @f(%i: index, %n: i32, %f: tensor<8xf32>, %c: i1) {
  scf.parallel (%x) = (%i) to (%i) step (%i) init (%n) -> i32 {
  }
  return
}
// -----
// error: expects type of 0-th reduction operand: 'index' to be the same as the 0-th result type: 'i32'
func.func @f(%i: index, %n: i32, %f: tensor<8xf32>, %c: i1) {
  scf.parallel (%x) = (%i) to (%i) step (%i) init (%n) -> i32 {
    scf.reduce(%i : index) { 
      ^bb0(%a: index, %b: index):
        scf.reduce.return %a : index
    }
  }
  return
}
// -----
// error: must have type 'i32' (the type of the reduction inputs)
func.func @f(%i: index, %n: i32, %f: tensor<8xf32>, %c: i1) {
  scf.parallel (%x) = (%i) to (%i) step (%i) init (%n) -> i32 {
    scf.reduce(%n : i32) { 
      ^bb0(%a: i32, %b: i32):
        scf.reduce.return %i : index
    }
  }
  return
}
// -----
// error: constant step operand must be positive
func.func @f(%i: index, %n: i32, %f: tensor<8xf32>, %c: i1) {
  %c0 = arith.constant 0 : index
  scf.parallel (%x) = (%i) to (%i) step (%c0)  {
    scf.reduce
  }
  return
}
// -----
// error: needs at least one tuple element for lowerBound, upperBound and step
func.func @f(%i: index, %n: i32, %f: tensor<8xf32>, %c: i1) {
  "scf.parallel"(%i) <{operandSegmentSizes = array<i32: 1, 0, 0, 0>}> ({
   ^bb0(%a: index):
    scf.reduce
  }) : (index) -> ()
  return
}
// -----
// error: needs at least one tuple element for lowerBound, upperBound and step
func.func @f(%i: index, %n: i32, %f: tensor<8xf32>, %c: i1) {
  "scf.parallel"() <{operandSegmentSizes = array<i32: 0, 0, 0, 0>}> ({
   ^bb0():
    scf.reduce
  }) : () -> ()
  return
}
// -----
// error: expects arguments for the induction variable to be of index type
func.func @f(%i: index, %n: i32, %f: tensor<8xf32>, %c: i1) {
  "scf.parallel"(%i,%i,%i) <{operandSegmentSizes = array<i32: 1, 1, 1, 0>}> ({
   ^bb0(%a: i32):
    scf.reduce
  }) : (index,index,index) -> ()
  return
}
// -----
// error: expects body to terminate with 'scf.reduce'
func.func @f(%i: index, %n: i32, %f: tensor<8xf32>, %c: i1) {
  scf.parallel (%x) = (%i) to (%i) step (%i)  {
    scf.yield
  }
  return
}
// -----
// error: number of operands and types do not match: got 0 operands and 1 types
func.func @f(%i: index, %n: i32, %f: tensor<8xf32>, %c: i1) {
  %r = scf.parallel (%x) = (%i) to (%i) step (%i) -> i32  {
    scf.reduce
  }
  return
}
// -----
// error: expects parent op to be one of 'scf.execute_region, scf.for, scf.if, scf.index_switch, scf.while'
func.func @f(%i: index, %n: i32, %f: tensor<8xf32>, %c: i1) {
  scf.yield
}
// -----
// error: expects parent op 'scf.while'
func.func @f(%i: index, %n: i32, %f: tensor<8xf32>, %c: i1) {
  scf.condition(%c)
}

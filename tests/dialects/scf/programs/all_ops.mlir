func.func private @use(index)
func.func private @cond(i32) -> i1
func.func @for(%lb: index, %ub: index, %st: index, %i0: i32, %i1: i32, %v: f32) -> (f32, i32) {
  scf.for %i = %lb to %ub step %st {
    func.call @use(%i) : (index) -> ()
  }
  scf.for unsigned %i = %lb to %ub step %st {
  } {loop.tag = 1 : i64}
  %r:2 = scf.for %i = %i0 to %i1 step %i0 iter_args(%a = %v, %b = %i0) -> (f32, i32) : i32 {
    %n = arith.addi %b, %i : i32
    scf.yield %a, %n : f32, i32
  }
  %q = scf.for %i = %lb to %ub step %st iter_args(%a = %v) -> (f32) {
    scf.yield %a : f32
  }
  return %r#0, %r#1 : f32, i32
}
func.func @if(%c: i1, %a: i32, %b: i32) -> i32 {
  scf.if %c {
    %0 = arith.addi %a, %b : i32
  }
  scf.if %c {
    %0 = arith.addi %a, %b : i32
  } else {
    %0 = arith.addi %b, %b : i32
  } {foo}
  %r = scf.if %c -> (i32) {
    scf.yield %a : i32
  } else {
    scf.yield %b : i32
  }
  %s:2 = scf.if %c -> (i32, i32) {
    scf.yield %a, %b : i32, i32
  } else {
    scf.yield %b, %a : i32, i32
  }
  return %r : i32
}
func.func @while(%a: i32) -> i32 {
  %r = scf.while (%x = %a) : (i32) -> i32 {
    %c = func.call @cond(%x) : (i32) -> i1
    scf.condition(%c) %x : i32
  } do {
  ^bb0(%y: i32):
    %n = arith.addi %y, %y : i32
    scf.yield %n : i32
  }
  scf.while : () -> () {
    %c = func.call @cond(%a) : (i32) -> i1
    scf.condition(%c)
  } do {
    scf.yield
  }
  %s:2 = scf.while (%x = %a) : (i32) -> (i32, i32) {
    %c = func.call @cond(%x) : (i32) -> i1
    scf.condition(%c) %x, %x : i32, i32
  } do {
  ^bb0(%y: i32, %z: i32):
    scf.yield %y : i32
  } attributes {tag}
  return %r : i32
}
func.func @switch(%i: index, %a: i32) -> i32 {
  %r = scf.index_switch %i -> i32
  case 2 {
    scf.yield %a : i32
  }
  case -5 {
    %q = arith.addi %a, %a : i32
    scf.yield %q : i32
  }
  default {
    scf.yield %a : i32
  }
  scf.index_switch %i
  case 0 {
    scf.yield
  }
  default {
  }
  scf.index_switch %i
  default {
  }
  %s:2 = scf.index_switch %i {a} -> i32, f32
  default {
    %f = arith.constant 1.0 : f32
    scf.yield %a, %f : i32, f32
  }
  return %r : i32
}
func.func @parallel(%l: index, %u: index, %s: index, %z: f32, %m: memref<10xf32>) -> f32 {
  scf.parallel (%i, %j) = (%l, %l) to (%u, %u) step (%s, %s) {
    func.call @use(%i) : (index) -> ()
  }
  scf.parallel (%i) = (%l) to (%u) step (%s) {
    scf.reduce
  } {tag}
  %r:2 = scf.parallel (%i) = (%l) to (%u) step (%s) init (%z, %z) -> (f32, f32) {
    %e = memref.load %m[%i] : memref<10xf32>
    scf.reduce(%e, %e : f32, f32) {
    ^bb0(%a: f32, %b: f32):
      %x = arith.addf %a, %b : f32
      scf.reduce.return %x : f32
    }, {
    ^bb0(%a: f32, %b: f32):
      %x = arith.mulf %a, %b : f32
      scf.reduce.return %x : f32
    }
  }
  %q = scf.parallel (%i) = (%l) to (%u) step (%s) init (%z) -> f32 {
    scf.reduce(%z : f32) {
    ^bb0(%a: f32, %b: f32):
      scf.reduce.return %b : f32
    }
  }
  return %r#0 : f32
}
func.func @forall(%n: index, %t: tensor<8xf32>, %f: f32) -> tensor<8xf32> {
  scf.forall (%i, %j) in (%n, 4) {
    func.call @use(%i) : (index) -> ()
  }
  scf.forall (%i) = (0) to (%n) step (2) {
  } {tag}
  scf.forall (%i) = (%n) to (8) step (%n) {
    scf.forall.in_parallel {
    }
  }
  %r = scf.forall (%i) in (8) shared_outs(%o = %t) -> (tensor<8xf32>) {
    %s = tensor.extract_slice %o[%i] [1] [1] : tensor<8xf32> to tensor<1xf32>
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %s into %o[%i] [1] [1] : tensor<1xf32> into tensor<8xf32>
    }
  } {tag}
  %q:2 = scf.forall (%i) in (8) shared_outs(%o = %t, %p = %t) -> (tensor<8xf32>, tensor<8xf32>) {
    scf.forall.in_parallel {
      tensor.parallel_insert_slice %t into %o[0] [8] [1] : tensor<8xf32> into tensor<8xf32>
    }
  }
  return %r : tensor<8xf32>
}
func.func @exec(%c: i1, %a: i32) -> i32 {
  scf.execute_region {
    scf.yield
  }
  %r = scf.execute_region -> i32 {
    cf.cond_br %c, ^bb1, ^bb2
  ^bb1:
    scf.yield %a : i32
  ^bb2:
    scf.yield %a : i32
  }
  %q:2 = scf.execute_region -> (i32, i32) no_inline {
    scf.yield %a, %a : i32, i32
  } {foo}
  return %r : i32
}

// Who adds what: a block for each row, blocks for everything, threads for slices of columns.
//
// RUN: stepwell-opt %s --convert-linalg-reductions-to-gpu --canonicalize --cse --split-input-file | filecheck %s

// The fill goes: the sum starts from its value.
// CHECK-LABEL: func.func @rows(
// CHECK-SAME:    %[[X:.*]]: memref<?x?xf32>)
// CHECK-DAG:     %[[HEIGHT:.*]] = memref.dim %[[X]], %c0
// CHECK-DAG:     %[[WIDTH:.*]] = memref.dim %[[X]], %c1
// CHECK-NOT:     linalg.fill
// CHECK:         gpu.launch blocks(%[[ROW:[^,]*]], {{.*}}) in (%{{.*}} = %[[HEIGHT]], {{.*}}) threads(%[[THREAD:[^,]*]], {{.*}}) in (%[[THREADS:[^ ]*]] = %
// CHECK:           %[[OWN:.*]] = scf.for %[[I:.*]] = %[[THREAD]] to %[[WIDTH]] step %[[THREADS]] iter_args(%{{.*}} = %cst
// CHECK:             memref.load %[[X]][%[[ROW]], %[[I]]]
// CHECK:           %[[TOTAL:.*]] = gpu.all_reduce add %[[OWN]] uniform
// CHECK:           %[[FIRST:.*]] = arith.cmpi eq, %[[THREAD]], %c0
// CHECK:           scf.if %[[FIRST]]
// CHECK-NOT:         memref.load
// CHECK:             memref.store %{{.*}}, %{{.*}}[%[[ROW]]]
func.func @rows(%x: memref<?x?xf32>) -> memref<?xf32> {
  %c0 = arith.constant 0 : index
  %zero = arith.constant 1.0 : f32
  %n = memref.dim %x, %c0 : memref<?x?xf32>
  %y = memref.alloc(%n) : memref<?xf32>
  linalg.fill ins(%zero : f32) outs(%y : memref<?xf32>)
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (i)>], iterator_types = ["parallel", "reduction"]}
    ins(%x : memref<?x?xf32>) outs(%y : memref<?xf32>) {
  ^bb0(%a: f32, %o: f32):
    %s = arith.addf %o, %a : f32
    linalg.yield %s : f32
  }
  return %y : memref<?xf32>
}

// -----

// 5000 elements are worth three blocks; one more launch combines what they leave.
// CHECK-LABEL: func.func @everything(
// CHECK-DAG:     %[[PARTIAL:.*]] = memref.alloc() : memref<3xi32>
// CHECK:         gpu.launch blocks({{.*}}) in (%{{.*}} = %c3, {{.*}} threads({{.*}}) in (%{{.*}} = %c256,
// CHECK:           scf.for %{{.*}} to %c5000 step %c768
// CHECK:           gpu.all_reduce maxsi
// CHECK:             memref.store %{{.*}}, %[[PARTIAL]]
// CHECK:         gpu.launch blocks({{.*}}) in (%{{.*}} = %c1, {{.*}} threads({{.*}}) in (%{{.*}} = %c256,
// CHECK:             memref.load %[[PARTIAL]]
// CHECK:           gpu.all_reduce maxsi
// CHECK:             %[[BEFORE:.*]] = memref.load %{{.*}}[]
// CHECK:             arith.maxsi %[[BEFORE]]
// CHECK:         memref.dealloc %[[PARTIAL]]
func.func @everything(%x: memref<5000xi32>, %y: memref<i32>) {
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]}
    ins(%x : memref<5000xi32>) outs(%y : memref<i32>) {
  ^bb0(%a: i32, %o: i32):
    %s = arith.maxsi %o, %a : i32
    linalg.yield %s : i32
  }
  return
}

// -----

// 100 rows make 13 slices; neighbouring columns are neighbouring threads'.
// CHECK-LABEL: func.func @columns(
// CHECK:         %[[PARTIAL:.*]] = memref.alloc() : memref<13x7xf64>
// CHECK:         scf.parallel (%[[SLICE:.*]], %[[COLUMN:.*]]) = (%c0, %c0) to (%c13, %c7)
// CHECK:           scf.for %[[ROW:.*]] = %[[SLICE]] to %c100 step %c13
// CHECK:             memref.load %{{.*}}[%[[ROW]], %[[COLUMN]]]
// CHECK:         scf.parallel (%[[COLUMN:.*]]) = (%c0) to (%c7)
// CHECK:           scf.for %[[SLICE:.*]] = %c0 to %c13 step %c1
// CHECK:             memref.load %[[PARTIAL]][%[[SLICE]], %[[COLUMN]]]
// CHECK:         memref.dealloc %[[PARTIAL]]
func.func @columns(%x: memref<100x7xf64>, %y: memref<7xf64>) {
  linalg.generic {indexing_maps = [affine_map<(i, j) -> (i, j)>, affine_map<(i, j) -> (j)>], iterator_types = ["reduction", "parallel"]}
    ins(%x : memref<100x7xf64>) outs(%y : memref<7xf64>) {
  ^bb0(%a: f64, %o: f64):
    %s = arith.mulf %o, %a : f64
    linalg.yield %s : f64
  }
  return
}

// -----

// A product of matrices, elements that cannot be exchanged, a body that uses the sum so far twice.
// CHECK-LABEL: func.func @stays
// CHECK-NOT:     gpu.launch
// CHECK-NOT:     scf.parallel
func.func @stays(%x: memref<4x4xf32>, %h: memref<4xf16>, %y: memref<f16>, %z: memref<f32>, %v: memref<4xf32>) {
  linalg.matmul ins(%x, %x : memref<4x4xf32>, memref<4x4xf32>) outs(%x : memref<4x4xf32>)
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]}
    ins(%h : memref<4xf16>) outs(%y : memref<f16>) {
  ^bb0(%a: f16, %o: f16):
    %s = arith.addf %o, %a : f16
    linalg.yield %s : f16
  }
  linalg.generic {indexing_maps = [affine_map<(i) -> (i)>, affine_map<(i) -> ()>], iterator_types = ["reduction"]}
    ins(%v : memref<4xf32>) outs(%z : memref<f32>) {
  ^bb0(%a: f32, %o: f32):
    %p = arith.mulf %o, %a : f32
    %s = arith.addf %o, %p : f32
    linalg.yield %s : f32
  }
  return
}

// -----

// A thread's own sum.
// CHECK-LABEL: func.func @inside
// CHECK:         scf.parallel
// CHECK-NOT:     gpu.launch
// CHECK:           linalg.generic
func.func @inside(%x: memref<4x8xf32>, %y: memref<4xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c4 = arith.constant 4 : index
  scf.parallel (%i) = (%c0) to (%c4) step (%c1) {
    %row = memref.subview %x[%i, 0] [1, 8] [1, 1] : memref<4x8xf32> to memref<8xf32, strided<[1], offset: ?>>
    %sum = memref.subview %y[%i] [1] [1] : memref<4xf32> to memref<f32, strided<[], offset: ?>>
    linalg.generic {indexing_maps = [affine_map<(j) -> (j)>, affine_map<(j) -> ()>], iterator_types = ["reduction"]}
      ins(%row : memref<8xf32, strided<[1], offset: ?>>) outs(%sum : memref<f32, strided<[], offset: ?>>) {
    ^bb0(%a: f32, %o: f32):
      %s = arith.addf %o, %a : f32
      linalg.yield %s : f32
    }
    scf.reduce
  }
  return
}

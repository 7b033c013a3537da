// Loops over all places, in blocks of threads; the innermost dimension runs fastest.
//
// RUN: stepwell-opt %s --pass-pipeline='builtin.module(func.func(gpu-tile-parallel-loops),canonicalize,cse)' --split-input-file | filecheck %s

// CHECK-DAG:   #[[LEFT:.*]] = affine_map<(d0)[s0] -> (256, -d0 + s0)>
// CHECK-LABEL: func.func @two_dimensions(
// CHECK-SAME:    %{{.*}}: memref<?x?xf32>, %[[N:.*]]: index, %[[M:.*]]: index, %{{.*}}: f32)
// CHECK-DAG:     %[[ROWS:.*]] = arith.maxsi %[[N]], %c0
// CHECK-DAG:     %[[COLUMNS:.*]] = arith.maxsi %[[M]], %c0
// CHECK:         %[[ALL:.*]] = arith.muli %[[ROWS]], %[[COLUMNS]]
// CHECK:         scf.parallel (%[[BLOCK:.*]]) = (%c0) to (%[[ALL]]) step (%c256)
// CHECK:           %[[END:.*]] = affine.min #[[LEFT]](%[[BLOCK]])[%[[ALL]]]
// CHECK:           scf.parallel (%[[THREAD:.*]]) = (%c0) to (%[[END]]) step (%c1)
// CHECK:             %[[PLACE:.*]] = arith.addi %[[THREAD]], %[[BLOCK]]
// CHECK:             %[[COLUMN:.*]] = arith.remui %[[PLACE]], %[[COLUMNS]]
// CHECK:             %[[ROW:.*]] = arith.divui %[[PLACE]], %[[COLUMNS]]
// CHECK:             memref.store %{{.*}}, %{{.*}}[%[[ROW]], %[[COLUMN]]]
func.func @two_dimensions(%x: memref<?x?xf32>, %n: index, %m: index, %f: f32) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.parallel (%i, %j) = (%c0, %c0) to (%n, %m) step (%c1, %c1) {
    memref.store %f, %x[%i, %j] : memref<?x?xf32>
    scf.reduce
  }
  return
}

// -----

// With a sum in each place, blocks are 8 rows by 32 columns, in a grid of one dimension.
// CHECK-LABEL: func.func @product
// CHECK:         scf.parallel (%{{.*}}) = (%c0) to (%c6) step (%c1)
// CHECK:           scf.parallel (%{{.*}}, %{{.*}}) = (%c0, %c0) to (%c8, %c32) step (%c1, %c1)
// CHECK:             scf.for
func.func @product(%x: memref<16x5xf32>, %y: memref<5x96xf32>, %z: memref<16x96xf32>) {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %c5 = arith.constant 5 : index
  %c16 = arith.constant 16 : index
  %c96 = arith.constant 96 : index
  scf.parallel (%i, %j) = (%c0, %c0) to (%c16, %c96) step (%c1, %c1) {
    scf.for %k = %c0 to %c5 step %c1 {
      %a = memref.load %x[%i, %k] : memref<16x5xf32>
      %b = memref.load %y[%k, %j] : memref<5x96xf32>
      %c = memref.load %z[%i, %j] : memref<16x96xf32>
      %p = arith.mulf %a, %b : f32
      %s = arith.addf %c, %p : f32
      memref.store %s, %z[%i, %j] : memref<16x96xf32>
    }
    scf.reduce
  }
  return
}

// -----

// Bounds and steps of any kind: (9 - 3 ceildiv 2) * (7 - 1 ceildiv 3) places.
// CHECK-LABEL: func.func @steps
// CHECK:         scf.parallel (%{{.*}}) = (%c0) to (%c6) step (%c256)
// CHECK:           %[[J:.*]] = arith.remui %{{.*}}, %c2
// CHECK:           %[[I:.*]] = arith.divui %{{.*}}, %c2
// CHECK-DAG:       arith.muli %[[I]], %c2
// CHECK-DAG:       arith.muli %[[J]], %c3
func.func @steps(%x: memref<?x?xindex>) {
  %c1 = arith.constant 1 : index
  %c2 = arith.constant 2 : index
  %c3 = arith.constant 3 : index
  %c7 = arith.constant 7 : index
  %c9 = arith.constant 9 : index
  scf.parallel (%i, %j) = (%c3, %c1) to (%c9, %c7) step (%c2, %c3) {
    memref.store %i, %x[%i, %j] : memref<?x?xindex>
    scf.reduce
  }
  return
}

// -----

// What is mapped already, or reduces, stays.
// CHECK-LABEL: func.func @stays
// CHECK-COUNT-2: scf.parallel
// CHECK-NOT:     scf.parallel
func.func @stays(%x: memref<?xf32>, %n: index, %f: f32) -> f32 {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  scf.parallel (%i) = (%c0) to (%n) step (%c1) {
    memref.store %f, %x[%i] : memref<?xf32>
    scf.reduce
  } {mapping = [#gpu.loop_dim_map<processor = block_x, map = (d0) -> (d0), bound = (d0) -> (d0)>]}
  %sum = scf.parallel (%i) = (%c0) to (%n) step (%c1) init (%f) -> f32 {
    %v = memref.load %x[%i] : memref<?xf32>
    scf.reduce(%v : f32) {
    ^bb0(%a: f32, %b: f32):
      %s = arith.addf %a, %b : f32
      scf.reduce.return %s : f32
    }
  }
  return %sum : f32
}

// What the ops of the meta dialect become, and that what only repeats elements is not stored.
//
// RUN: stepwell-opt %s --convert-elementwise-to-linalg --convert-meta-to-linalg --linalg-fuse-elementwise-ops --canonicalize --cse \
// RUN:   | filecheck %s

// A broadcast with two users, and a scalar, go into the loops that use them.
// CHECK-LABEL: func.func @twice
// CHECK:         linalg.generic
// CHECK-SAME:      ins(%x, %m : tensor<?xf32>, tensor<?x?xf32>)
// CHECK:           %[[SUM:.*]] = arith.addf
// CHECK:           %[[PRODUCT:.*]] = arith.mulf %{{.*}}, %[[SUM]]
// CHECK:           arith.mulf %[[PRODUCT]], %s
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @twice(%x: tensor<?xf32>, %m: tensor<?x?xf32>, %s: f32) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %n = tensor.dim %m, %c0 : tensor<?x?xf32>
  %r = meta.broadcast %x sizes(%n) dimensions = [0] : tensor<?xf32> -> tensor<?x?xf32>
  %a = arith.addf %r, %m : tensor<?x?xf32>
  %b = arith.mulf %r, %a : tensor<?x?xf32>
  %c1 = arith.constant 1 : index
  %k = tensor.dim %b, %c1 : tensor<?x?xf32>
  %t = tensor.splat %s[%n, %k] : tensor<?x?xf32>
  %u = arith.mulf %b, %t : tensor<?x?xf32>
  return %u : tensor<?x?xf32>
}

// An elementwise op and the reduction of its result are one loop nest; the innermost loop is over
// neighbours.
// CHECK-LABEL: func.func @norm
// CHECK:         linalg.fill
// CHECK:         linalg.generic
// CHECK-SAME:      iterator_types = ["parallel", "reduction", "parallel"]
// CHECK:           arith.mulf
// CHECK-NEXT:      arith.addf {{.*}} fastmath<reassoc>
// CHECK-NOT:     linalg.generic
// CHECK:         return
func.func @norm(%x: tensor<?x?x?xf32>) -> tensor<?x?xf32> {
  %0 = arith.mulf %x, %x : tensor<?x?x?xf32>
  %1 = meta.reduce add %0 dimensions = [0] : tensor<?x?x?xf32> -> tensor<?x?xf32>
  return %1 : tensor<?x?xf32>
}

// Places that may be outside are read under a condition.
// CHECK-LABEL: func.func @padded
// CHECK:         linalg.generic
// CHECK:           %[[INSIDE:.*]] = arith.cmpi ult
// CHECK:           scf.if %[[INSIDE]]
// CHECK:             tensor.extract %x
// CHECK:           else
// CHECK-NEXT:        scf.yield %z
func.func @padded(%x: tensor<?xf32>, %n: index, %z: f32) -> tensor<?xf32> {
  %r = meta.reindex %x[affine_map<(d0) -> (d0 - 1)>] sizes(%n) else %z : tensor<?xf32>, f32 -> tensor<?xf32>
  return %r : tensor<?xf32>
}

// Each element of the result looks for what arrives at it: only the window is tried out.
// CHECK-LABEL: func.func @overlap_add
// CHECK-NOT:     scf.for
// CHECK:         linalg.generic
// CHECK-SAME:      iterator_types = ["reduction", "parallel"]
// CHECK:           tensor.extract %x
// CHECK-NOT:     scf.for
// CHECK:         return
func.func @overlap_add(%x: tensor<?x?xf32>, %n: index) -> tensor<?xf32> {
  %r = meta.reindex_reduce add %x[affine_map<(d0, d1) -> (d0 * 2 + d1 - 1)>] sizes(%n) : tensor<?x?xf32> -> tensor<?xf32>
  return %r : tensor<?xf32>
}

// A map that cannot be solved.
// CHECK-LABEL: func.func @pairs
// CHECK:         scf.for
// CHECK:           tensor.insert
func.func @pairs(%x: tensor<?xf32>, %n: index) -> tensor<?xf32> {
  %r = meta.reindex_reduce add %x[affine_map<(d0) -> (d0 floordiv 2)>] sizes(%n) : tensor<?xf32> -> tensor<?xf32>
  return %r : tensor<?xf32>
}

memref.global @g0 : memref<2xf32>
memref.global "private" constant @g1 : memref<2xf32> = dense<[1.0, 2.0]>
memref.global "private" @g2 : memref<2x2xi32> = dense<7> {alignment = 64 : i64}
memref.global @g3 : memref<4xi8> = uninitialized
memref.global "public" @g4 : memref<f32, 3> = dense<1.5> {tag}
func.func @alloc(%n: index, %m: index) {
  %0 = memref.alloc() : memref<4xf32>
  %1 = memref.alloc(%n, %m) : memref<?x4x?xf32>
  %2 = memref.alloc()[%n] : memref<4xf32, affine_map<(d0)[s0] -> (d0 + s0)>>
  %3 = memref.alloc(%n)[%m] {alignment = 64 : i64, foo} : memref<?xf32, affine_map<(d0)[s0] -> (d0 + s0)>>
  %4 = memref.alloca() : memref<2xi1, 3>
  %5 = memref.alloca(%n) {alignment = 8 : i64} : memref<?xi8>
  %6 = memref.realloc %0 : memref<4xf32> to memref<8xf32>
  %7 = memref.realloc %6(%n) {alignment = 16 : i64} : memref<8xf32> to memref<?xf32>
  memref.dealloc %7 : memref<?xf32>
  %8 = memref.alloca_scope -> (f32) {
    %c = memref.load %1[%n, %n, %m] : memref<?x4x?xf32>
    memref.alloca_scope.return %c : f32
  }
  memref.alloca_scope {
    memref.alloca_scope.return
  }
  memref.alloca_scope {
    %c = memref.load %1[%n, %n, %m] : memref<?x4x?xf32>
  } {tag}
  return
}
func.func @access(%a: memref<4x?xf32>, %i: index, %z: memref<f32>, %u: memref<*xf32>, %b: memref<4x?xf32>, %ii: memref<?xi32>, %x: i32) {
  %0 = memref.load %a[%i, %i] : memref<4x?xf32>
  %1 = memref.load %z[] {nontemporal = true} : memref<f32>
  memref.store %0, %a[%i, %i] : memref<4x?xf32>
  memref.store %0, %z[] {nontemporal = true, alignment = 4 : i64} : memref<f32>
  memref.copy %a, %b : memref<4x?xf32> to memref<4x?xf32>
  %2 = memref.dim %a, %i : memref<4x?xf32>
  %3 = memref.rank %u : memref<*xf32>
  %4 = memref.cast %a : memref<4x?xf32> to memref<?x4xf32>
  %5 = memref.cast %a : memref<4x?xf32> to memref<*xf32>
  %6 = memref.get_global @g1 : memref<2xf32>
  %7 = memref.memory_space_cast %a : memref<4x?xf32> to memref<4x?xf32, 3>
  %12 = memref.extract_aligned_pointer_as_index %a : memref<4x?xf32> -> index
  %13 = memref.atomic_rmw addf %0, %a[%i, %i] : (f32, memref<4x?xf32>) -> f32
  %14 = memref.atomic_rmw maxs %x, %ii[%i] : (i32, memref<?xi32>) -> i32
  %15 = memref.generic_atomic_rmw %ii[%i] : memref<?xi32> {
  ^bb0(%cur: i32):
    %n = arith.addi %cur, %x : i32
    memref.atomic_yield %n : i32
  }
  %16 = memref.assume_alignment %a, 16 : memref<4x?xf32>
  %17:2 = memref.distinct_objects %a, %b : memref<4x?xf32>, memref<4x?xf32>
  memref.prefetch %a[%i, %i], read, locality<3>, data : memref<4x?xf32>
  memref.prefetch %a[%i, %i], write, locality<1>, instr : memref<4x?xf32>
  %18 = memref.assume_alignment %a, 16 {foo} : memref<4x?xf32>
  return
}
func.func @views(%a: memref<8x16xf32>, %d: memref<?x?xf32>, %i: index, %bytes: memref<2048xi8>, %s: memref<2xindex>, %u: memref<*xf32>, %dd: memref<?x?xf32, strided<[?, ?], offset: ?>>) {
  %0 = memref.subview %a[0, 0] [4, 4] [1, 1] : memref<8x16xf32> to memref<4x4xf32, strided<[16, 1]>>
  %1 = memref.subview %a[%i, 2] [4, %i] [2, 1] : memref<8x16xf32> to memref<4x?xf32, strided<[32, 1], offset: ?>>
  %2 = memref.subview %a[1, 0] [1, 16] [1, 1] : memref<8x16xf32> to memref<16xf32, strided<[1], offset: 16>>
  %3 = memref.subview %d[%i, %i] [%i, %i] [%i, %i] {tag} : memref<?x?xf32> to memref<?x?xf32, strided<[?, ?], offset: ?>>
  %4 = memref.reinterpret_cast %a to offset: [0], sizes: [128], strides: [1] : memref<8x16xf32> to memref<128xf32>
  %5 = memref.reinterpret_cast %u to offset: [%i], sizes: [4, %i], strides: [%i, 1] : memref<*xf32> to memref<4x?xf32, strided<[?, 1], offset: ?>>
  %6 = memref.view %bytes[%i][] : memref<2048xi8> to memref<64x4xf32>
  %7 = memref.view %bytes[%i][%i] : memref<2048xi8> to memref<?x4xf32>
  %8 = memref.expand_shape %a [[0, 1], [2]] output_shape [2, 4, 16] : memref<8x16xf32> into memref<2x4x16xf32>
  %9 = memref.expand_shape %d [[0, 1], [2]] output_shape [%i, 4, %i] : memref<?x?xf32> into memref<?x4x?xf32>
  %10 = memref.collapse_shape %a [[0, 1]] : memref<8x16xf32> into memref<128xf32>
  %11 = memref.collapse_shape %9 [[0, 1], [2]] {foo} : memref<?x4x?xf32> into memref<?x?xf32>
  %12 = memref.transpose %a (i, j) -> (j, i) : memref<8x16xf32> to memref<16x8xf32, strided<[1, 16]>>
  %13 = memref.transpose %dd (i, j) -> (j, i) {foo} : memref<?x?xf32, strided<[?, ?], offset: ?>> to memref<?x?xf32, strided<[?, ?], offset: ?>>
  %14 = memref.reshape %a(%s) : (memref<8x16xf32>, memref<2xindex>) -> memref<?x?xf32>
  %15 = memref.reshape %u(%s) : (memref<*xf32>, memref<2xindex>) -> memref<*xf32>
  return
}

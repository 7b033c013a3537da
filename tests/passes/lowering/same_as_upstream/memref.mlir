// PASSES: finalize-memref-to-llvm
func.func @f(%m: memref<?x4xf32, strided<[?,1], offset: ?>>, %u: memref<*xf32>, %i: index, %n: memref<2x3xf32>, %f: f32, %g: memref<i32>, %q: memref<100xi8>, %k: i32, %sp: memref<4xf32, 3>) -> index {
  %a = memref.alloc() : memref<2x3xf32>
  %al = memref.alloca() {alignment = 32} : memref<2x3xf32>
  %ald = memref.alloca(%i) : memref<?xvector<4xf32>>
  %b = memref.alloc(%i, %i) : memref<?x3x?xindex>
  memref.dealloc %a : memref<2x3xf32>
  %d = memref.dim %m, %i : memref<?x4xf32, strided<[?,1], offset: ?>>
  %c0 = arith.constant 1 : index
  %d0 = memref.dim %m, %c0 : memref<?x4xf32, strided<[?,1], offset: ?>>
  %du = memref.dim %u, %i : memref<*xf32>
  %r = memref.rank %u : memref<*xf32>
  %c1 = memref.cast %n : memref<2x3xf32> to memref<?x?xf32>
  %c2 = memref.cast %n : memref<2x3xf32> to memref<*xf32>
  %c3 = memref.cast %u : memref<*xf32> to memref<?x?xf32>
  memref.copy %a, %n : memref<2x3xf32> to memref<2x3xf32>
  memref.copy %m, %m : memref<?x4xf32, strided<[?,1], offset: ?>> to memref<?x4xf32, strided<[?,1], offset: ?>>
  %rc = memref.reinterpret_cast %m to offset: [%i], sizes: [2, %i], strides: [%i, 1] : memref<?x4xf32, strided<[?,1], offset: ?>> to memref<2x?xf32, strided<[?,1], offset: ?>>
  %ra = memref.reinterpret_cast %u to offset: [%i], sizes: [2, %i], strides: [%i, 1] : memref<*xf32> to memref<2x?xf32, strided<[?,1], offset: ?>>
  %v = memref.view %q[%i][%i] : memref<100xi8> to memref<?x4xf32>
  %base, %off, %s:2, %t:2 = memref.extract_strided_metadata %m : memref<?x4xf32, strided<[?,1], offset: ?>> -> memref<f32>, index, index, index, index, index
  %p = memref.extract_aligned_pointer_as_index %m : memref<?x4xf32, strided<[?,1], offset: ?>> -> index
  %as = memref.assume_alignment %n, 16 : memref<2x3xf32>
  %ms = memref.memory_space_cast %sp : memref<4xf32, 3> to memref<4xf32>
  %at = memref.atomic_rmw addf %f, %n[%i, %i] : (f32, memref<2x3xf32>) -> f32
  %at2 = memref.atomic_rmw maximumf %f, %n[%i, %i] : (f32, memref<2x3xf32>) -> f32
  memref.prefetch %n[%i, %i], read, locality<3>, data : memref<2x3xf32>
  %l = memref.load %n[%i, %i] {nontemporal = true} : memref<2x3xf32>
  %l2 = memref.load %m[%i, %i] : memref<?x4xf32, strided<[?,1], offset: ?>>
  %tr = memref.transpose %n (i, j) -> (j, i) : memref<2x3xf32> to memref<3x2xf32, strided<[1, 3]>>
  return %d : index
}
memref.global "private" constant @gl : memref<2xf32> = dense<[1.0, 2.0]> {alignment = 16}
memref.global @gu : memref<2xf32> = uninitialized
memref.global "private" @ge : memref<2xf32>
